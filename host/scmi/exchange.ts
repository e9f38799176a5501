// One command at a time through a mailbox channel and its shared-memory area: out, answered, checked, decoded.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 5.1, and Linux drivers/firmware/arm_scmi/driver.c and mailbox.c.

import { CosimError } from "../errors.ts";
import {
	ETIME,
	type MailboxChannel,
	type MailboxController,
	requestChannel,
} from "../mailbox/framework.ts";
import { type Command, describeCall } from "./command.ts";
import { DelayedResponse, type DelayedResponses } from "./delayed.ts";
import type { ReceivingSide } from "./inbox.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { ScmiError } from "./status.ts";

/** A command with its reply, or a message of the platform, as {@link AgentOptions.onMessage} gets them. */
export interface MessageEvent {
	/** "unknown": a message of the platform that is of no kind that it may send. */
	kind: "command" | "delayed response" | "notification" | "unknown";
	/** Name as in the specification, or the numbers of a raw command or an unknown message. */
	name: string;
	protocolId: number;
	messageId: number;
	/** Header: message 7:0, type 9:8, protocol 17:10, token 27:18. */
	header: number;
	/** Header and payload of the command, a copy; empty for a message of the platform. */
	request: Uint8Array;
	/** Header and payload of the reply or of the platform's message, a copy; empty when there is none. */
	reply: Uint8Array;
	/** The status; undefined when there is none to be believed, see `error`, or none at all. */
	status: number | undefined;
	/** Why the exchange failed before its status counted, or why the platform's message was refused. */
	error: unknown;
}

/** Parameters of {@link ScmiAgent}. */
export interface AgentOptions {
	controller: MailboxController;
	/** Channel on the controller; the agent takes it for itself. */
	index: number;
	/** Channel on which the answers come in, where channels have one direction; without it, those of `index`. */
	replyIndex?: number;
	/** The area that belongs to the channel. */
	memory: SharedMemory;
	/** Passed to the controller with each command, such as `{ a0: functionId }` for an SMC mailbox without `arm,func-ids`. */
	message?: unknown;
	/** Milliseconds that an awaited call waits for its answer once it is sent, 1000 by default; a flush gets as many. */
	timeout?: number;
	/** Ask the platform for an interrupt when a command is done. */
	interrupt?: boolean;
	/** Sees that a command is about to go out. */
	onSend?: () => void;
	/** Where the platform's messages come in; without it the agent gets no notifications and no delayed responses. */
	receive?: ReceivingSide;
	/** Milliseconds that an awaited call waits for its delayed response once its command is accepted, 1000 by default. */
	maxRxTimeout?: number;
	/** Sees every exchange when it is over, before the call returns, and every message of the platform when it is read. */
	onMessage?: (event: MessageEvent) => void;
	/**
	 * Gets what no call can throw: errors of callbacks, and why a message of the platform was refused. By default the
	 * former go to the receiving controller's reportError, the latter only to `onMessage`.
	 */
	reportError?: (error: unknown) => void;
}

/** A command whatever its arguments and its result. */
export type AnyCommand = Command<readonly unknown[], unknown, unknown>;

const TOKENS = 1024;
const NO_BYTES = new Uint8Array(0);

/** The agent's end of a channel. Arguments of commands are passed one by one, so that a direct call makes no array. */
export class Exchange {
	readonly #controller: MailboxController;
	readonly #channel: MailboxChannel;
	readonly #replies: MailboxChannel | undefined;
	readonly #memory: SharedMemory;
	readonly #message: unknown;
	readonly #timeout: number;
	readonly #interrupt: boolean;
	readonly #onSend: (() => void) | undefined;
	readonly #onMessage: ((event: MessageEvent) => void) | undefined;
	readonly #delayed: DelayedResponses | undefined;
	readonly #maxRxTimeout: number;
	#messages = 0;
	#token = 0;
	/** The command under way: its header, whether it was answered and with what, who waits for that. */
	#inFlight = false;
	#header = 0;
	#request: Uint8Array | undefined;
	#answered = false;
	#answer: unknown;
	#wake: (() => void) | undefined;

	/**
	 * @param delayed of an agent with a receiving side
	 * @throws CosimError MBOX_INVALID without such a channel, MBOX_BUSY when it has a client
	 */
	constructor(options: AgentOptions, delayed?: DelayedResponses) {
		this.#memory = options.memory;
		this.#controller = options.controller;
		this.#message = options.message;
		this.#timeout = options.timeout ?? 1000;
		this.#interrupt = options.interrupt ?? false;
		this.#onSend = options.onSend;
		this.#onMessage = options.onMessage;
		this.#delayed = delayed;
		this.#maxRxTimeout = options.maxRxTimeout ?? 1000;
		const { controller, index, replyIndex } = options;
		const client = {
			knowsTxdone: true,
			rxCallback: (answer: unknown) => this.#receive(answer),
		};
		this.#channel = requestChannel(client, controller, index);
		if (replyIndex === undefined) return;
		try {
			this.#replies = requestChannel(client, controller, replyIndex);
		} catch (error) {
			this.#channel.freeChannel();
			throw error;
		}
	}

	/** Commands sent so far. */
	get messages(): number {
		return this.#messages;
	}

	/** A command is under way. */
	get busy(): boolean {
		return this.#inFlight;
	}

	/** Gives the channel back. */
	close(): void {
		this.#channel.freeChannel();
		this.#replies?.freeChannel();
	}

	/** Sends a command and has the answer when sendMessage returns, or soon after a flush. */
	run(
		command: AnyCommand,
		version: number,
		a?: unknown,
		b?: unknown,
		c?: unknown,
		d?: unknown,
	): unknown {
		if (this.#inFlight || this.#channel.busy) {
			throw new CosimError(
				"MBOX_BUSY",
				`${command.message.name}: the channel is in use, await the call to queue it`,
			);
		}
		this.#begin(command, version, a, b, c, d);
		const response = this.#expect(false, command, version, a, b, c, d);
		try {
			this.#send();
			if (!this.#answered) {
				this.#fetch(command);
			}
		} catch (error) {
			this.#abandon(command, error);
			throw error;
		}
		return this.#finish(response, command, version, a, b, c, d);
	}

	/**
	 * Sends a command and waits for the answer; no other may be under way. When a delayed response will follow, the
	 * answer is the {@link DelayedResponse} to wait for.
	 */
	async runAsync(
		command: AnyCommand,
		version: number,
		a?: unknown,
		b?: unknown,
		c?: unknown,
		d?: unknown,
	): Promise<unknown> {
		this.#begin(command, version, a, b, c, d);
		const response = this.#expect(true, command, version, a, b, c, d);
		try {
			this.#send();
			if (!this.#answered) {
				await this.#wait(command);
			}
		} catch (error) {
			this.#abandon(command, error);
			throw error;
		}
		const result = this.#finish(response, command, version, a, b, c, d);
		response?.accepted(this.#controller.timers, this.#maxRxTimeout);
		return response ?? result;
	}

	/** Puts a command into the shared memory and hands that to the platform. */
	#begin(
		command: AnyCommand,
		version: number,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
	): void {
		const memory = this.#memory;
		const { name, id } = command.message;
		if (!memory.free) {
			throw new CosimError(
				"CHANNEL_BUSY",
				`${name}: the channel is not free, the platform still has a message`,
			);
		}
		const length = 4 + command.requestSize(version);
		if (length > memory.maxLength) {
			throw new CosimError(
				"SCMI_LENGTH",
				`${name}: ${length} bytes do not fit into an area for ${memory.maxLength}`,
			);
		}
		try {
			command.encode(memory.payload, version, a, b, c, d);
		} catch (error) {
			throw named(name, error);
		}
		const token = this.#nextToken(name);
		this.#header = id | (command.protocolId << 10) | (token << 18);
		this.#messages++;
		memory.submit(this.#header, length, this.#interrupt);
		this.#inFlight = true;
		this.#answered = false;
		this.#answer = undefined;
		if (this.#onMessage) {
			this.#request = memory.message();
		}
	}

	/** The next token in turn that no delayed response to come may have. */
	#nextToken(name: string): number {
		for (let i = 0; i < TOKENS; i++) {
			const token = this.#token;
			this.#token = (token + 1) % TOKENS;
			if (!this.#delayed?.has(token)) return token;
		}
		throw new CosimError(
			"SCMI_TOKEN",
			`${name}: all ${TOKENS} tokens belong to commands whose delayed response has not come`,
		);
	}

	/** Keeps the command that goes out for its delayed response, which may be there before the reply is read. */
	#expect(
		awaited: boolean,
		command: AnyCommand,
		version: number,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
	): DelayedResponse | undefined {
		if (!this.#delayed || !command.asynchronous?.(a, b, c, d)) return undefined;
		const args = [a, b, c, d];
		const response = new DelayedResponse(command, version, args, awaited);
		this.#delayed.expect(this.#header, response);
		return response;
	}

	/** What sendMessage refuses never reached the platform: the agent takes the area back. */
	#send(): void {
		this.#onSend?.();
		try {
			this.#channel.sendMessage(this.#message);
		} catch (error) {
			this.#memory.release();
			throw error;
		}
	}

	/** Mailbox client: the controller has an answer. One that nobody waits for, after a timeout say, is dropped. */
	#receive(answer: unknown): void {
		// A doorbell may ring late, for a command that was given up; Linux ignores it, too.
		if (this.#replies !== undefined && !this.#memory.free) return;
		if (!this.#answered) {
			this.#answered = true;
			this.#answer = answer;
			this.#wake?.();
		}
		this.#channel.txDone(0);
	}

	/** A direct call's answer did not come by itself: asks the controller for it. */
	#fetch(command: AnyCommand): void {
		const { ops, timers } = this.#controller;
		timers.wait?.(this.#timeout, () => this.#answered);
		if (!this.#answered && ops.flush) {
			this.#channel.flush(this.#timeout);
		}
		if (!this.#answered && ops.peekData) {
			this.#channel.peekData();
		}
		if (!this.#answered) {
			throw new CosimError(
				"MBOX_TIMEOUT",
				`${command.message.name}: ${this.#controller.name} did not answer at once, await the call instead`,
			);
		}
	}

	#wait(command: AnyCommand): Promise<void> {
		return new Promise((resolve, reject) => {
			const cancel = this.#controller.timers.after(this.#timeout, () =>
				reject(
					new CosimError(
						"MBOX_TIMEOUT",
						`${command.message.name}: no answer within ${this.#timeout} ms`,
					),
				),
			);
			this.#wake = () => {
				cancel();
				resolve();
			};
		});
	}

	/** Gives an exchange up that got no answer. The platform keeps the shared memory until it frees it. */
	#abandon(command: AnyCommand, error: unknown): void {
		this.#delayed?.take(this.#header);
		if (this.#channel.busy) {
			this.#channel.txDone(ETIME);
		}
		this.#close(command, undefined, error);
	}

	/** Checks the reply and decodes it. A command that failed has no delayed response. */
	#finish(
		response: DelayedResponse | undefined,
		command: AnyCommand,
		version: number,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
	): unknown {
		const header = this.#header;
		try {
			return this.#read(command, version, a, b, c, d);
		} catch (error) {
			if (response) this.#delayed?.take(header);
			throw error;
		}
	}

	#read(
		command: AnyCommand,
		version: number,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
	): unknown {
		let status: number;
		try {
			status = this.#check(command);
		} catch (error) {
			this.#close(command, undefined, error);
			throw error;
		}
		this.#close(command, status, undefined);
		const { payload, length } = this.#memory;
		const size = length - 4;
		if (status !== 0 && !command.anyStatus) {
			throw new ScmiError(describeCall(command, version, [a, b, c, d]), status);
		}
		if (size < command.replySize(version)) {
			throw new CosimError(
				"SCMI_LENGTH",
				`${command.message.name}: a reply of ${size} payload bytes, expected ${command.replySize(version)}`,
			);
		}
		try {
			return command.decode(payload, version, size);
		} catch (error) {
			throw named(command.message.name, error);
		}
	}

	/** Everything about a reply that can be wrong whatever the command. Returns its status. */
	#check(command: AnyCommand): number {
		const memory = this.#memory;
		const { name } = command.message;
		const answer = this.#answer;
		if (
			(typeof answer === "number" && answer !== 0) ||
			typeof answer === "bigint"
		) {
			// Nobody has taken the area: the agent takes it back.
			memory.release();
			throw new CosimError(
				"SMC_RESULT",
				`${name}: the call returned ${resultText(answer)}, expected 0`,
			);
		}
		if (!memory.free) {
			throw new CosimError(
				"CHANNEL_BUSY",
				`${name}: the platform answered without freeing the channel`,
			);
		}
		if (memory.error) {
			throw new CosimError(
				"CHANNEL_ERROR",
				`${name}: the platform set the channel's error bit`,
			);
		}
		const { length } = memory;
		if (length < 8 || length > memory.maxLength) {
			throw new CosimError(
				"SCMI_LENGTH",
				`${name}: a reply of ${length} bytes, expected 8 to ${memory.maxLength}`,
			);
		}
		const header = memory.header;
		if (header !== this.#header) {
			throw new CosimError(
				"SCMI_TOKEN",
				`${name}: the reply's header is ${hex(header)}, expected ${hex(this.#header)}`,
			);
		}
		return memory.payload.u32(0) | 0;
	}

	/** An exchange is over: the agent is free for the next one. */
	#close(
		command: AnyCommand,
		status: number | undefined,
		error: unknown,
	): void {
		this.#inFlight = false;
		this.#wake = undefined;
		if (this.#onMessage && this.#request) {
			const request = this.#request;
			this.#request = undefined;
			this.#onMessage({
				kind: "command",
				name: command.message.name,
				protocolId: command.protocolId,
				messageId: command.message.id,
				header: this.#header,
				request,
				reply: this.#memory.free ? this.#memory.message() : NO_BYTES,
				status,
				error,
			});
		}
	}
}

function named(name: string, error: unknown): unknown {
	return error instanceof CosimError
		? new CosimError(error.code, `${name}: ${error.message}`, { cause: error })
		: error;
}

function hex(word: number): string {
	return `0x${word.toString(16).padStart(8, "0")}`;
}

/** x0 as SMCCC means it: negative numbers are errors, -1 being NOT_SUPPORTED. */
export function resultText(x0: number | bigint): string {
	const value =
		typeof x0 === "bigint"
			? Number(BigInt.asIntN(64, x0))
			: x0 > 0x7fffffff && x0 <= 0xffffffff
				? x0 | 0
				: x0;
	return value === -1 ? "-1 (NOT_SUPPORTED) in x0" : `${value} in x0`;
}
