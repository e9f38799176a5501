// From a message header to its handler: type, protocol, message and size are checked here, once for all messages.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (header) and 4.1.4 (status).

import { Agent } from "../image";
import { Dispatch } from "../layout";
import { reportError } from "./base";
import { Status } from "./status";

/** The message header: ID 7:0, type 9:8, protocol 17:10, token 27:18. */
export const enum Header {
	MESSAGE_MASK = 0xff,
	TYPE_MASK = 3 << 8,
	PROTOCOL_SHIFT = 10,
	PROTOCOL_MASK = 0xff,
	/** What all commands of messages 0 to 31 of protocols 0x10 to 0x17 have in common: bits, and their values. */
	KNOWN_MASK = 0x3e3e0,
	KNOWN = 0x10 << 10,
}

/**
 * Answers a command in place.
 * @param agent the sender's row
 * @param payload the request's parameters; the reply's status and return values overwrite them
 * @param size bytes of the request's parameters
 * @returns bytes of the reply's payload: status and return values
 */
export function dispatch(
	agent: usize,
	header: u32,
	payload: usize,
	size: u32,
): u32 {
	const result = handle(agent, header, payload, size);
	if (result < 0) {
		store<i32>(payload, result);
		if (result === Status.HARDWARE_ERROR) reportError(agent, header, result);
		return 4;
	}
	store<i32>(payload, Status.SUCCESS);
	return 4 + result;
}

// A handler gets the agent, the protocol's index and the payload. It reads its parameters from the payload, writes
// return values behind the status word, and returns their size in bytes, or a negative status.
function handle(agent: usize, header: u32, payload: usize, size: u32): i32 {
	if (!isKnown(header))
		return header & Header.TYPE_MASK
			? Status.PROTOCOL_ERROR
			: Status.NOT_SUPPORTED;
	const protocol = protocolOf(header);
	const entry = entryIn(load<u32>(agent, Agent.DISPATCH), header);
	if (size !== entry >> Dispatch.SIZE_SHIFT)
		return entry === 0 ? Status.NOT_SUPPORTED : Status.PROTOCOL_ERROR;
	// Entry 0, function 0: the size is right for a message that is not served.
	if (entry === 0) return Status.NOT_SUPPORTED;
	const handler = entry & Dispatch.HANDLER_MASK;
	return call_indirect<i32>(handler, agent, protocol, payload);
}

/** Whether it is the header of a command that dispatch tables have a place for. */
function isKnown(header: u32): bool {
	return (header & Header.KNOWN_MASK) === Header.KNOWN;
}

/** The index of such a header's protocol. */
function protocolOf(header: u32): u32 {
	return (header >> Header.PROTOCOL_SHIFT) & (Dispatch.PROTOCOLS - 1);
}

/** The place of such a header in a dispatch table. */
function entryIn(table: usize, header: u32): u32 {
	return load<u32>(
		table +
			protocolOf(header) * Dispatch.PROTOCOL_STRIDE +
			(header & (Dispatch.MESSAGES - 1)) * Dispatch.ENTRY,
	);
}

/** The dispatch entry of a message at the version that the agent speaks; 0 when that version does not have it. */
export function entryFor(agent: usize, protocol: u32, message: u32): u32 {
	if (protocol >= <u32>Dispatch.PROTOCOLS || message >= <u32>Dispatch.MESSAGES)
		return 0;
	const table =
		load<u32>(agent, Agent.DISPATCH) + protocol * Dispatch.PROTOCOL_STRIDE;
	return load<u32>(table + message * Dispatch.ENTRY);
}

/** Where a handler's return values go: behind the status word. */
export const enum Reply {
	AT = 4,
}
