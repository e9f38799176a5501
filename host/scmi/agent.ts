// An SCMI agent: every command of the protocols it knows, direct and awaited, on a mailbox channel and a shared-memory area.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1.
//
// The area holds one message at a time. Awaited calls queue in the agent, so that any number may be made at once; a direct call
// needs the channel for itself and a controller that answers within sendMessage, as the SMC mailbox does.
//
// What the platform sends by itself comes in on a second channel. An awaited call of an asynchronous command waits for its
// delayed response, and leaves the channel to others meanwhile; a direct one returns when the command is accepted.

import { baseCommands } from "./base.ts";
import { clockCommands } from "./clock.ts";
import {
	type AsyncCalls,
	type CommandTable,
	type Procedure,
	type RawReply,
	rawCommand,
	type SyncCalls,
} from "./command.ts";
import { DelayedResponse, DelayedResponses } from "./delayed.ts";
import { type AgentOptions, type AnyCommand, Exchange } from "./exchange.ts";
import { Inbox, type Received } from "./inbox.ts";
import type { Matching, NotificationFilter } from "./notification.ts";
import { performanceCommands } from "./performance.ts";
import { powerCommands } from "./power-domain.ts";
import { resetCommands } from "./reset-domain.ts";
import { sensorCommands } from "./sensor.ts";
import type { SharedMemory } from "./shared-memory.ts";
import {
	type NotificationStream,
	type StreamOptions,
	Subscriptions,
} from "./subscriptions.ts";
import { systemCommands } from "./system-power.ts";
import { voltageCommands } from "./voltage.ts";

export type { RawReply } from "./command.ts";
export type { AgentOptions, MessageEvent } from "./exchange.ts";

/** The protocols by the names of their calls. */
const tables = {
	base: baseCommands,
	power: powerCommands,
	system: systemCommands,
	performance: performanceCommands,
	clock: clockCommands,
	sensor: sensorCommands,
	reset: resetCommands,
	voltage: voltageCommands,
};
type Tables = typeof tables;

/** Calls that return when the reply is there. */
export type AgentSyncCalls = {
	readonly [P in keyof Tables]: SyncCalls<Tables[P]>;
} & {
	/** See {@link ScmiAgent.command}. */
	command(
		protocolId: number,
		messageId: number,
		payload?: Uint8Array,
	): RawReply;
};

type AnyProcedure = Procedure<readonly unknown[], unknown>;

/**
 * An agent. Its calls throw or reject with
 * - ScmiError, code SCMI_ and the status, when the platform refuses, at once or in a delayed response
 * - CosimError SCMI_RANGE for arguments or results that do not fit, SCMI_TOKEN, SCMI_LENGTH and SCMI_PAGING for wrong replies
 * - CosimError CHANNEL_BUSY, CHANNEL_ERROR, SMC_RESULT when the channel does not work
 * - CosimError MBOX_BUSY for a direct call while another is under way, MBOX_TIMEOUT when no answer or no delayed response comes
 */
export class ScmiAgent {
	/** Awaited calls. */
	readonly base: AsyncCalls<typeof baseCommands>;
	readonly power: AsyncCalls<typeof powerCommands>;
	readonly system: AsyncCalls<typeof systemCommands>;
	readonly performance: AsyncCalls<typeof performanceCommands>;
	readonly clock: AsyncCalls<typeof clockCommands>;
	readonly sensor: AsyncCalls<typeof sensorCommands>;
	readonly reset: AsyncCalls<typeof resetCommands>;
	readonly voltage: AsyncCalls<typeof voltageCommands>;
	/** The same calls, direct. */
	readonly sync: AgentSyncCalls;
	readonly memory: SharedMemory;
	readonly #exchange: Exchange;
	readonly #inbox: Inbox | undefined;
	readonly #delayed = new DelayedResponses();
	readonly #subscriptions: Subscriptions;
	/** Versions in force by protocol. */
	readonly #versions = new Map<number, number>();
	/** Awaited calls that are not over, and what settles when the last of them is. */
	#calls = 0;
	#last: Promise<void> = Promise.resolve();

	/** @throws CosimError MBOX_INVALID without such a channel, MBOX_BUSY when it has a client */
	constructor(options: AgentOptions) {
		const { receive, onMessage } = options;
		const { reportError } = receive?.controller ?? options.controller;
		this.memory = options.memory;
		this.#subscriptions = new Subscriptions(options.reportError ?? reportError);
		this.#exchange = new Exchange(
			options,
			receive === undefined ? undefined : this.#delayed,
		);
		const calls = bindAll(
			(command, a, b, c, d) => this.#callAsync(command, a, b, c, d),
			(procedure, args) => this.#runAsync(procedure, args),
		) as { [P in keyof Tables]: AsyncCalls<Tables[P]> };
		this.base = calls.base;
		this.power = calls.power;
		this.system = calls.system;
		this.performance = calls.performance;
		this.clock = calls.clock;
		this.sensor = calls.sensor;
		this.reset = calls.reset;
		this.voltage = calls.voltage;
		this.sync = {
			...(bindAll(
				(command, a, b, c, d) => this.#call(command, a, b, c, d),
				(procedure, args) => this.#run(procedure, args),
			) as { [P in keyof Tables]: SyncCalls<Tables[P]> }),
			command: (protocolId, messageId, payload) =>
				this.#call(rawCommand(protocolId, messageId, payload)) as RawReply,
		};
		if (receive === undefined) return;
		this.#inbox = new Inbox(receive, {
			delayed: this.#delayed,
			subscriptions: this.#subscriptions,
			version: (protocolId) => this.#versions.get(protocolId),
			onMessage,
			onRefused: options.reportError,
			reportError: options.reportError ?? reportError,
		});
	}

	/** Commands sent so far. */
	get messages(): number {
		return this.#exchange.messages;
	}

	/** Whether the platform can send messages to this agent. */
	get receives(): boolean {
		return this.#inbox !== undefined;
	}

	/** Messages of the platform so far. */
	get received(): Readonly<Received> {
		return { ...(this.#inbox?.received ?? NOTHING_RECEIVED) };
	}

	/**
	 * Notifications from now on, and delayed responses to direct calls, for `for await`; only those of a protocol or of a
	 * name if the filter says so. To be told anything, ask the platform: `clock.rateNotify(id, true)`.
	 */
	notifications<const F extends NotificationFilter = NotificationFilter>(
		filter: F = {} as F,
		options: StreamOptions = {},
	): NotificationStream<Matching<F>> {
		return this.#subscriptions.stream(filter, options);
	}

	/**
	 * Calls a function for each of them, after the call that is under way, in a microtask: it may make calls itself.
	 * What it throws goes to `reportError`.
	 * @returns a function that takes it back
	 */
	onNotification<const F extends NotificationFilter>(
		filter: F,
		callback: (notification: Matching<F>) => void,
	): () => void {
		return this.#subscriptions.subscribe(filter, callback);
	}

	/**
	 * Any command by its numbers; a status other than SUCCESS is a result here, not an error.
	 * @param protocolId 0 to 255
	 * @param messageId 0 to 255
	 * @param payload bytes behind the header, none by default
	 */
	async command(
		protocolId: number,
		messageId: number,
		payload?: Uint8Array,
	): Promise<RawReply> {
		return (await this.#callAsync(
			rawCommand(protocolId, messageId, payload),
		)) as RawReply;
	}

	/**
	 * Gives the channels back and ends the notifications. Calls under way fail with MBOX_TIMEOUT, later ones and those that
	 * wait for a delayed response with MBOX_INVALID.
	 */
	close(): void {
		this.#exchange.close();
		this.#inbox?.close();
		this.#delayed.close();
		this.#subscriptions.close();
	}

	#run(procedure: AnyProcedure, args: readonly unknown[]): unknown {
		const run = procedure(...args);
		let step = run.next();
		while (!step.done) {
			const [a, b, c, d] = step.value.args;
			step = run.next(this.#call(step.value.command, a, b, c, d));
		}
		return step.value;
	}

	async #runAsync(
		procedure: AnyProcedure,
		args: readonly unknown[],
	): Promise<unknown> {
		const run = procedure(...args);
		let step = run.next();
		while (!step.done) {
			const [a, b, c, d] = step.value.args;
			step = run.next(await this.#callAsync(step.value.command, a, b, c, d));
		}
		return step.value;
	}

	#call(
		command: AnyCommand,
		a?: unknown,
		b?: unknown,
		c?: unknown,
		d?: unknown,
	): unknown {
		let version = 0;
		if (command.versionFrom) {
			version =
				this.#versions.get(command.protocolId) ??
				(this.#call(command.versionFrom) as number);
		}
		const result = this.#exchange.run(command, version, a, b, c, d);
		this.#learn(command, a, result);
		return result;
	}

	async #callAsync(
		command: AnyCommand,
		a?: unknown,
		b?: unknown,
		c?: unknown,
		d?: unknown,
	): Promise<unknown> {
		const before = this.#last;
		const idle = this.#calls === 0 && !this.#exchange.busy;
		let over = () => {};
		this.#last = new Promise((resolve) => {
			over = resolve;
		});
		this.#calls++;
		// Where nothing is under way the command goes out at once.
		if (!idle) await before;
		let result: unknown;
		try {
			let version = 0;
			const { versionFrom } = command;
			if (versionFrom) {
				version =
					this.#versions.get(command.protocolId) ??
					((await this.#exchange.runAsync(versionFrom, 0)) as number);
				this.#learn(versionFrom, undefined, version);
			}
			result = await this.#exchange.runAsync(command, version, a, b, c, d);
			this.#learn(command, a, result);
		} finally {
			this.#calls--;
			over();
		}
		return result instanceof DelayedResponse ? result.promise : result;
	}

	/** Keeps a version that a command has told, unless one was negotiated before, or that it has set. */
	#learn(command: AnyCommand, argument: unknown, result: unknown): void {
		if (command.version === "set") {
			this.#versions.set(command.protocolId, argument as number);
		} else if (
			command.version === "told" &&
			!this.#versions.has(command.protocolId)
		) {
			this.#versions.set(command.protocolId, result as number);
		}
	}
}

const NOTHING_RECEIVED: Received = {
	notifications: 0,
	delayedResponses: 0,
	refused: 0,
};

/** Makes calls of the commands and procedures of all protocols. */
function bindAll(
	call: (
		command: AnyCommand,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
	) => unknown,
	run: (procedure: AnyProcedure, args: readonly unknown[]) => unknown,
): unknown {
	const bound = Object.entries(tables).map(([protocol, table]) => {
		const calls = Object.entries<CommandTable[string]>(table).map(
			([name, entry]) => [
				name,
				typeof entry === "function"
					? (...args: unknown[]) => run(entry as AnyProcedure, args)
					: (a: unknown, b: unknown, c: unknown, d: unknown) =>
							call(entry as AnyCommand, a, b, c, d),
			],
		);
		return [protocol, Object.fromEntries(calls)];
	});
	return Object.fromEntries(bound);
}
