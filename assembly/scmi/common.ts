// What all protocols share: their first three messages, version negotiation, dispatch rows and names.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.1 to 4.2.2.4 and their twins in the other protocols.

import { Address, Dispatch, State } from "../layout";
import { isVersion, platformVersion, speak } from "./agents";
import { entryFor, Reply } from "./entry";
import { Status } from "./status";

export const enum Common {
	PROTOCOL_VERSION = 0x0,
	PROTOCOL_ATTRIBUTES = 0x1,
	PROTOCOL_MESSAGE_ATTRIBUTES = 0x2,
	NEGOTIATE_PROTOCOL_VERSION = 0x10,
}

/** Bytes of the two kinds of name fields, their NUL included. */
export const enum NameSize {
	SHORT = 16,
	EXTENDED = 64,
}

/** One row of a dispatch table: message, exact size of its request in bytes, handler. */
export function row(table: usize, message: u32, size: u32, handler: u32): void {
	store<u32>(table + message * Dispatch.ENTRY, (size << 16) | handler);
}

/** The rows that every protocol has. Negotiation came with the protocol's version `negotiates`. */
export function describeCommon(
	table: usize,
	newest: u32,
	negotiates: u32,
): void {
	row(table, Common.PROTOCOL_VERSION, 0, protocolVersion.index);
	row(table, Common.PROTOCOL_MESSAGE_ATTRIBUTES, 4, messageAttributes.index);
	if (newest >= negotiates)
		row(table, Common.NEGOTIATE_PROTOCOL_VERSION, 4, negotiate.index);
}

function protocolVersion(_agent: usize, protocol: u32, p: usize): i32 {
	store<u32>(p, platformVersion(protocol + Dispatch.FIRST_PROTOCOL), Reply.AT);
	return 4;
}

function messageAttributes(agent: usize, protocol: u32, p: usize): i32 {
	if (entryFor(agent, protocol, load<u32>(p)) === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	return 4;
}

function negotiate(agent: usize, protocol: u32, p: usize): i32 {
	const id = protocol + Dispatch.FIRST_PROTOCOL;
	const version = load<u32>(p);
	if (!isVersion(id, version) || version > platformVersion(id))
		return Status.NOT_SUPPORTED;
	speak(agent, id, version);
	return 0;
}

/** The address of a name in STRINGS. */
function text(name: u32): usize {
	return load<u32>(Address.STATE, State.STRINGS) + name;
}

/** Whether a name needs the extended form: more than 15 characters. */
export function isLong(name: u32): bool {
	const from = text(name);
	for (let i: usize = 0; i < <usize>NameSize.SHORT; i++) {
		if (load<u8>(from + i) === 0) return false;
	}
	return true;
}

/** Writes a name into a field of `size` bytes: cut to leave a NUL, zeros behind it. */
export function writeName(to: usize, name: u32, size: u32): void {
	const from = text(name);
	let i: u32 = 0;
	while (i < size - 1 && load<u8>(from + i) !== 0) {
		store<u8>(to + i, load<u8>(from + i));
		i++;
	}
	memory.fill(to + i, 0, size - i);
}

/** How many entries of `size` bytes fit into a reply behind status and one more word. */
export function entriesPerReply(size: u32): u32 {
	// The message's length counts header and status; one word of flags or count precedes the array.
	return (load<u32>(Address.STATE, State.MAX_MESSAGE) - 12) / size;
}
