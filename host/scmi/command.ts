// One description per command, from which both kinds of calls come: direct ones and awaited ones.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1: a command, its parameters, its reply.
//
// A command that may be asynchronous has a delayed response (4.1.3). To describe it, give its message the fields of that
// response, and the command `asynchronous`, which tells from a call's arguments whether such a response will follow, and
// `delayed`, which reads it: CLOCK_RATE_SET is the example. An awaited call then returns what `delayed` returns.

import { CosimError } from "../errors.ts";
import { fixedSize, type Message, NEWEST, place } from "./layout.ts";
import { Payload } from "./payload.ts";

/** A command that takes at most four arguments `A` and answers with a result `R`, or later with `D` if it may be asynchronous. */
export interface Command<A extends readonly unknown[], R, D = never> {
	readonly protocolId: number;
	readonly message: Message;
	/** The layout depends on the protocol's version, which this command asks for. */
	readonly versionFrom?: Command<[], number>;
	/** A success of this command tells the protocol's version, or sets it to its argument. */
	readonly version?: "told" | "set";
	/** Hands any status to `decode` in place of throwing. */
	readonly anyStatus?: boolean;
	/** Bytes of the request's payload, and the least that a successful reply's payload has. */
	requestSize(version: number): number;
	replySize(version: number): number;
	/** Writes the request's payload. */
	encode(request: Payload, version: number, ...args: A): void;
	/**
	 * Reads a reply's payload, `replySize` bytes of which are there.
	 * @param size bytes of the payload
	 */
	decode(reply: Payload, version: number, size: number): R;
	/** Whether a call with these arguments has a delayed response. */
	asynchronous?(...args: A): boolean;
	/**
	 * Reads the payload of a delayed response with status SUCCESS, as many bytes of which are there as the message says.
	 * @param size bytes of the payload
	 */
	delayed?(response: Payload, version: number, size: number): D;
}

/** What a call that waits for everything returns. */
export type Result<R, D> = [D] extends [never]
	? R
	: (R extends void ? undefined : R) | D;

/** What {@link command} takes; what is left out does nothing. */
interface Coding<A extends readonly unknown[], R, D> {
	versionFrom?: Command<[], number>;
	version?: "told" | "set";
	encode?(request: Payload, version: number, ...args: A): void;
	decode?(reply: Payload, version: number, size: number): R;
	asynchronous?(...args: A): boolean;
	delayed?(response: Payload, version: number, size: number): D;
}

/** Describes a command. Without `encode` it takes no arguments, without `decode` it has no result. */
export function command<A extends readonly unknown[] = [], R = void, D = never>(
	protocolId: number,
	message: Message,
	coding: Coding<A, R, D> = {},
): Command<A, R, D> {
	const requestSize = fixedSize(message.request, NEWEST);
	const replySize = fixedSize(message.reply, NEWEST);
	return {
		protocolId,
		message,
		requestSize: (version) =>
			coding.versionFrom ? fixedSize(message.request, version) : requestSize,
		replySize: (version) =>
			coding.versionFrom ? fixedSize(message.reply, version) : replySize,
		encode: () => {},
		decode: () => undefined as R,
		...coding,
	};
}

/** The commands that every protocol has, but for the attributes, which differ. */
export function commonCommands(
	protocolId: number,
	messages: Readonly<
		Record<
			| "PROTOCOL_VERSION"
			| "PROTOCOL_MESSAGE_ATTRIBUTES"
			| "NEGOTIATE_PROTOCOL_VERSION",
			Message
		>
	>,
) {
	return {
		/** The protocol's version: major in bits 31:16, minor in 15:0. Always the newest that the platform has. */
		protocolVersion: command(protocolId, messages.PROTOCOL_VERSION, {
			version: "told",
			decode: (reply) => reply.u32(4),
		}),
		/** The attributes of a message, as it defines them. NOT_FOUND when the platform does not have it. */
		messageAttributes: command(
			protocolId,
			messages.PROTOCOL_MESSAGE_ATTRIBUTES,
			{
				encode: (request, _version, messageId: number) =>
					request.setU32(0, messageId),
				decode: (reply) => reply.u32(4),
			},
		),
		/** Makes the platform speak an older version; the agent follows. */
		negotiate: command(protocolId, messages.NEGOTIATE_PROTOCOL_VERSION, {
			version: "set",
			encode: (request, _version, version: number) =>
				request.setU32(0, version),
		}),
	};
}

/** A command that asks for notifications about one of the protocol's things by its ID, or ends them. */
export function notifyCommand(
	protocolId: number,
	message: Message,
): Command<[id: number, enable: boolean], void> {
	return command(protocolId, message, {
		encode: (request, _version, id: number, enable: boolean) => {
			request.setU32(0, id);
			request.setU32(4, enable ? 1 : 0);
		},
	});
}

/** A reply whatever its status. */
export interface RawReply {
	/** A signed 32-bit number, 0 for success. */
	status: number;
	/** Bytes behind the status, a copy. */
	payload: Uint8Array;
}

/** Any message at all, from its numbers and its bytes. */
export function rawCommand(
	protocolId: number,
	messageId: number,
	payload: Uint8Array = new Uint8Array(0),
): Command<[], RawReply> {
	const name = `protocol 0x${protocolId.toString(16)} message 0x${messageId.toString(16)}`;
	for (const [id, what] of [
		[protocolId, "protocol"],
		[messageId, "message"],
	] as const) {
		if (!Number.isInteger(id) || id < 0 || id > 0xff) {
			throw new CosimError(
				"SCMI_RANGE",
				`${id} is not a ${what} ID, expected 0 to 255`,
			);
		}
	}
	return {
		protocolId,
		message: { name, id: messageId, request: [], reply: [] },
		anyStatus: true,
		requestSize: () => payload.length,
		replySize: () => 4,
		encode: (request) => request.bytes.set(payload),
		decode: (reply, _version, size) => ({
			status: reply.u32(0) | 0,
			payload: reply.bytes.slice(4, size),
		}),
	};
}

/** A request of a {@link Procedure} to whoever runs it. */
export interface Step {
	readonly command: Command<readonly unknown[], unknown, unknown>;
	readonly args: readonly unknown[];
}

/** Several commands in a row with one result, such as all pages of a list. */
export type Procedure<A extends readonly unknown[], R> = (
	...args: A
) => Generator<Step, R, unknown>;

/** Inside a procedure: `const result = yield* call(command, ...args)`. */
export function* call<A extends readonly unknown[], R, D>(
	command: Command<A, R, D>,
	...args: A
): Generator<Step, Result<R, D>, unknown> {
	return (yield { command, args }) as Result<R, D>;
}

/** A protocol's commands and procedures by the names of their calls. */
export type CommandTable = Readonly<
	Record<string, Command<never, unknown, unknown> | Procedure<never, unknown>>
>;

/** Calls that return when the reply is there. A delayed response, if one follows, is an event of the agent. */
export type SyncCalls<T> = {
	readonly [K in keyof T]: T[K] extends Command<infer A, infer R, unknown>
		? (...args: A) => R
		: T[K] extends (...args: infer A) => Generator<Step, infer R, unknown>
			? (...args: A) => R
			: never;
};

/** The same calls, to be awaited: with the delayed response, if one follows. */
export type AsyncCalls<T> = {
	readonly [K in keyof T]: T[K] extends Command<infer A, infer R, infer D>
		? (...args: A) => Promise<Result<R, D>>
		: T[K] extends (...args: infer A) => Generator<Step, infer R, unknown>
			? (...args: A) => Promise<R>
			: never;
};

/** A command with its arguments, such as "CLOCK_RATE_GET(clock_id 128)", for error messages. */
export function describeCall(
	command: Command<readonly unknown[], unknown, unknown>,
	version: number,
	args: readonly unknown[],
): string {
	const size = command.requestSize(version);
	const payload = new Payload(new ArrayBuffer((size + 3) & ~3), 0, size);
	if (command.message.request.length > 0) {
		command.encode(payload, version, ...args);
	}
	const words = place(command.message.request, version).map(
		({ field, offset }) => {
			const value =
				field.kind === "u64"
					? payload.u64(offset)
					: field.kind === "i64"
						? payload.i64(offset)
						: field.kind === "i32"
							? payload.i32(offset)
							: payload.u32(offset);
			return `${field.name} ${field.values?.[value] ?? value}`;
		},
	);
	return words.length > 0
		? `${command.message.name}(${words.join(", ")})`
		: command.message.name;
}

/**
 * Gathers a list that comes in pages.
 * @param what the list, for error messages
 * @param page asks for the elements behind the first `skip`, and how many are left behind them
 * @throws CosimError SCMI_PAGING when a page is empty although more are said to be left, or pages contradict each other
 */
export function* pages<T>(
	what: string,
	page: (
		skip: number,
	) => Generator<Step, { items: readonly T[]; remaining: number }, unknown>,
): Generator<Step, T[], unknown> {
	const all: T[] = [];
	let expected: number | undefined;
	for (;;) {
		const { items, remaining } = yield* page(all.length);
		if (expected !== undefined && items.length + remaining !== expected) {
			throw new CosimError(
				"SCMI_PAGING",
				`${what}: ${items.length} and ${remaining} more behind the first ${all.length}, expected ${expected} together`,
			);
		}
		all.push(...items);
		if (remaining === 0) {
			return all;
		}
		if (items.length === 0) {
			throw new CosimError(
				"SCMI_PAGING",
				`${what}: an empty page, though ${remaining} more are left`,
			);
		}
		expected = remaining;
	}
}

/**
 * Makes sure that a reply holds the elements that it counts.
 * @throws CosimError SCMI_LENGTH
 */
export function checkCount(
	what: string,
	count: number,
	needed: number,
	size: number,
): void {
	if (needed > size) {
		throw new CosimError(
			"SCMI_LENGTH",
			`${what}: a reply of ${size} payload bytes counts ${count} elements, which need ${needed}`,
		);
	}
}

/** Whether a bit of a word is set. */
export function flag(word: number, lsb: number): boolean {
	return ((word >>> lsb) & 1) === 1;
}
