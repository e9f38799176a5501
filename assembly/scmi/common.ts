// What the protocols share: rows of a dispatch table, names, and how much fits into a reply.
// SCMI 3.2 (Arm DEN0056E), section 4.1.

import { Address, Dispatch, State } from "../layout";

/** The message in which each protocol tells its own attributes. */
export const PROTOCOL_ATTRIBUTES: u32 = 0x1;

/** ns from an asynchronous command until the firmware turns to it; then it costs what it would have cost at once. */
export const BACKGROUND_NS: u64 = 10000;

/** notify_enable of the messages that ask for notifications: the other bits are reserved. */
export const NOTIFY_ENABLE: u32 = 1;

/** Bytes of the two kinds of name fields, their NUL included. */
export const enum NameSize {
	SHORT = 16,
	EXTENDED = 64,
}

/** One row of a dispatch table: message, exact size of its request in bytes, handler. */
export function row(table: usize, message: u32, size: u32, handler: u32): void {
	const entry = (size << Dispatch.SIZE_SHIFT) | handler;
	store<u32>(table + message * Dispatch.ENTRY, entry);
}

// Names lie in memory in both forms, see Image.VENDOR.

/** Whether a name needs the extended form: more than 15 characters. */
export function isLong(name: usize): bool {
	return load<u8>(name, NameSize.SHORT) !== 0;
}

/** Writes a short name field: 16 bytes, cut to leave a NUL, zeros behind it. */
export function writeShortName(to: usize, name: usize): void {
	store<u64>(to, load<u64>(name));
	store<u64>(to, load<u64>(name, 8), 8);
}

/** Writes an extended name field: 64 bytes, zeros behind the name. */
export function writeExtendedName(to: usize, name: usize): void {
	const whole = isLong(name) ? name + NameSize.SHORT : name;
	memory.fill(to, 0, NameSize.EXTENDED);
	for (let i: usize = 0; load<u8>(whole + i) !== 0; i++)
		store<u8>(to + i, load<u8>(whole + i));
}

/** How many entries of `size` bytes fit into a reply behind status and one more word. */
export function entriesPerReply(size: u32): u32 {
	// The message's length counts header and status; one word of flags or count precedes the array.
	return (load<u32>(Address.STATE, State.MAX_MESSAGE) - 12) / size;
}
