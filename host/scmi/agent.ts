// An SCMI agent: every command of the protocols it knows, direct and awaited, on a mailbox channel and a shared-memory area.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1.
//
// The area holds one message at a time. Awaited calls queue in the agent, so that any number may be made at once; a direct call
// needs the channel for itself and a controller that answers within sendMessage, as the SMC mailbox does.

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
import { type AgentOptions, type AnyCommand, Exchange } from "./exchange.ts";
import { performanceCommands } from "./performance.ts";
import { powerCommands } from "./power-domain.ts";
import { resetCommands } from "./reset-domain.ts";
import { sensorCommands } from "./sensor.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { systemCommands } from "./system-power.ts";
import { voltageCommands } from "./voltage.ts";

export type { RawReply } from "./command.ts";
export type { AgentOptions, MessageEvent } from "./exchange.ts";

/** Calls that return when the reply is there. */
export interface AgentSyncCalls {
	readonly base: SyncCalls<typeof baseCommands>;
	readonly power: SyncCalls<typeof powerCommands>;
	readonly system: SyncCalls<typeof systemCommands>;
	readonly performance: SyncCalls<typeof performanceCommands>;
	readonly clock: SyncCalls<typeof clockCommands>;
	readonly sensor: SyncCalls<typeof sensorCommands>;
	readonly reset: SyncCalls<typeof resetCommands>;
	readonly voltage: SyncCalls<typeof voltageCommands>;
	/** See {@link ScmiAgent.command}. */
	command(
		protocolId: number,
		messageId: number,
		payload?: Uint8Array,
	): RawReply;
}

type AnyProcedure = Procedure<readonly unknown[], unknown>;

/**
 * An agent. Its calls throw or reject with
 * - ScmiError, code SCMI_ and the status, when the platform refuses
 * - CosimError SCMI_RANGE for arguments or results that do not fit, SCMI_TOKEN, SCMI_LENGTH and SCMI_PAGING for wrong replies
 * - CosimError CHANNEL_BUSY, CHANNEL_ERROR, SMC_RESULT when the channel does not work
 * - CosimError MBOX_BUSY for a direct call while another is under way, MBOX_TIMEOUT when no answer comes
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
	/** Versions in force by protocol. */
	readonly #versions = new Map<number, number>();
	/** Settles when the last of the awaited calls is over. */
	#last: Promise<void> = Promise.resolve();

	/** @throws CosimError MBOX_INVALID without such a channel, MBOX_BUSY when it has a client */
	constructor(options: AgentOptions) {
		this.memory = options.memory;
		this.#exchange = new Exchange(options);
		this.base = this.#bindAsync(baseCommands);
		this.power = this.#bindAsync(powerCommands);
		this.system = this.#bindAsync(systemCommands);
		this.performance = this.#bindAsync(performanceCommands);
		this.clock = this.#bindAsync(clockCommands);
		this.sensor = this.#bindAsync(sensorCommands);
		this.reset = this.#bindAsync(resetCommands);
		this.voltage = this.#bindAsync(voltageCommands);
		this.sync = {
			base: this.#bind(baseCommands),
			power: this.#bind(powerCommands),
			system: this.#bind(systemCommands),
			performance: this.#bind(performanceCommands),
			clock: this.#bind(clockCommands),
			sensor: this.#bind(sensorCommands),
			reset: this.#bind(resetCommands),
			voltage: this.#bind(voltageCommands),
			command: (protocolId, messageId, payload) =>
				this.#call(rawCommand(protocolId, messageId, payload)) as RawReply,
		};
	}

	/** Commands sent so far. */
	get messages(): number {
		return this.#exchange.messages;
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

	/** Gives the channel back. Calls under way fail with MBOX_TIMEOUT, later ones with MBOX_INVALID. */
	close(): void {
		this.#exchange.close();
	}

	#bind<T extends CommandTable>(table: T): SyncCalls<T> {
		const calls: Record<string, unknown> = {};
		for (const [name, entry] of Object.entries(table)) {
			if (typeof entry === "function") {
				calls[name] = (...args: unknown[]) =>
					this.#run(entry as AnyProcedure, args);
			} else {
				calls[name] = (a: unknown, b: unknown, c: unknown, d: unknown) =>
					this.#call(entry as AnyCommand, a, b, c, d);
			}
		}
		return calls as SyncCalls<T>;
	}

	#bindAsync<T extends CommandTable>(table: T): AsyncCalls<T> {
		const calls: Record<string, unknown> = {};
		for (const [name, entry] of Object.entries(table)) {
			if (typeof entry === "function") {
				calls[name] = (...args: unknown[]) =>
					this.#runAsync(entry as AnyProcedure, args);
			} else {
				calls[name] = (a: unknown, b: unknown, c: unknown, d: unknown) =>
					this.#callAsync(entry as AnyCommand, a, b, c, d);
			}
		}
		return calls as AsyncCalls<T>;
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
		let over = () => {};
		this.#last = new Promise((resolve) => {
			over = resolve;
		});
		await before;
		try {
			let version = 0;
			const { versionFrom } = command;
			if (versionFrom) {
				version =
					this.#versions.get(command.protocolId) ??
					((await this.#exchange.runAsync(versionFrom, 0)) as number);
				this.#learn(versionFrom, undefined, version);
			}
			const result = await this.#exchange.runAsync(
				command,
				version,
				a,
				b,
				c,
				d,
			);
			this.#learn(command, a, result);
			return result;
		} finally {
			over();
		}
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
