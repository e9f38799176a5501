// Register words in linear memory, their bit fields, and the generation that counts their changes.
// Whatever is derived from registers (rates, running clocks) is valid for one generation only.

import { Clock } from "../image";
import { Address, State } from "../layout";
import { callAttention } from "../sim/time";

/** The current generation. */
export function generation(): u32 {
	return load<u32>(Address.STATE, State.GENERATION);
}

/** Makes everything derived from registers stale. */
export function invalidate(): void {
	let next = generation() + 1;
	if (next === 0) {
		// After 2^32 changes a stamp from long ago could look fresh: forget them all.
		const clocks = load<u32>(Address.STATE, State.CLOCKS);
		const count = load<u32>(Address.STATE, State.CLOCK_COUNT);
		for (let i: u32 = 0; i < count; i++) {
			store<u32>(clocks + i * Clock.SIZE, 0, Clock.GENERATION);
		}
		next = 1;
	}
	store<u32>(Address.STATE, next, State.GENERATION);
	callAttention();
}

/** Writes a register word at its linear address. */
export function write(register: usize, value: u32): void {
	if (load<u32>(register) === value) return;
	store<u32>(register, value);
	invalidate();
}

/** A field of `width` bits, 1 to 31, from bit `shift` of a register word. */
export function field(register: usize, shift: u32, width: u32): u32 {
	return (load<u32>(register) >> shift) & ((1 << width) - 1);
}

/** Writes that field, leaving the other bits. */
export function setField(
	register: usize,
	shift: u32,
	width: u32,
	value: u32,
): void {
	const mask: u32 = ((1 << width) - 1) << shift;
	write(register, (load<u32>(register) & ~mask) | ((value << shift) & mask));
}
