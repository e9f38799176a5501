// What the protocols share: rows of a dispatch table, names, and how much fits into a reply.
// SCMI 3.2 (Arm DEN0056E), section 4.1.

import { Address, Dispatch, State } from "../layout";

/** The message in which each protocol tells its own attributes. */
export const PROTOCOL_ATTRIBUTES: u32 = 0x1;

/** ns from an asynchronous command until the firmware turns to it; then it costs what it would have cost at once. */
export const BACKGROUND_NS: u64 = 10000;

/** notify_enable of the messages that ask for notifications: the other bits are reserved. */
export const NOTIFY_ENABLE: u32 = 1;

/** The messages that at-hand.ts answers. */
export const enum AtHand {
	NO = 0,
	PROTOCOL_VERSION = 1,
	CLOCK_ATTRIBUTES = 2,
	CLOCK_RATE_GET = 3,
	POWER_STATE_GET = 4,
}

/** Bytes of the two kinds of name fields, their NUL included. */
export const enum NameSize {
	SHORT = 16,
	EXTENDED = 64,
}

/** The last of eight bytes, in memory order, cleared. */
export const LAST_BYTE_CLEAR: u64 = ~((<u64>0xff) << 56);

/** One row of a dispatch table: message, exact size of its request in bytes, handler. */
export function row(table: usize, message: u32, size: u32, handler: u32): void {
	rowAtHand(table, message, size, handler, AtHand.NO);
}

/** The same for a message that is answered at once where possible. */
export function rowAtHand(
	table: usize,
	message: u32,
	size: u32,
	handler: u32,
	atHand: u32,
): void {
	const entry =
		(size << Dispatch.SIZE_SHIFT) |
		(atHand << Dispatch.AT_HAND_SHIFT) |
		handler;
	store<u32>(table + message * Dispatch.ENTRY, entry);
}

/** The address of a name in STRINGS. */
function text(name: u32): usize {
	return load<u32>(Address.STATE, State.STRINGS) + name;
}

/** Whether a name needs the extended form: more than 15 characters. */
export function isLong(name: u32): bool {
	return load<u8>(text(name), NameSize.SHORT - 1) !== 0;
}

/** Writes a short name field: 16 bytes, cut to leave a NUL, zeros behind it. */
export function writeShortName(to: usize, name: u32): void {
	const from = text(name);
	store<u64>(to, load<u64>(from));
	store<u64>(to, load<u64>(from, 8) & LAST_BYTE_CLEAR, 8);
}

/** Writes an extended name field: 64 bytes, zeros behind the name. */
export function writeExtendedName(to: usize, name: u32): void {
	const from = text(name);
	memory.fill(to, 0, NameSize.EXTENDED);
	for (let i: usize = 0; load<u8>(from + i) !== 0; i++)
		store<u8>(to + i, load<u8>(from + i));
}

/** How many entries of `size` bytes fit into a reply behind status and one more word. */
export function entriesPerReply(size: u32): u32 {
	// The message's length counts header and status; one word of flags or count precedes the array.
	return (load<u32>(Address.STATE, State.MAX_MESSAGE) - 12) / size;
}
