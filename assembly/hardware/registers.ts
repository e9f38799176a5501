// Register words in linear memory, their bit fields, and the generation that counts their changes.
// Whoever writes a register writes it here, so that nobody goes on believing what was derived from it.

import { Address, State } from "../layout";
import { callAttention } from "../sim/time";
import { forgetFrom } from "./clock-registers";
import { forgetPlls } from "./pll";

/** The current generation. */
export function generation(): u32 {
	return load<u32>(Address.STATE, State.GENERATION);
}

/** Writes a register word at its linear address. */
export function write(register: usize, value: u32): void {
	const changed = load<u32>(register) ^ value;
	if (changed === 0) return;
	// While muxes still select the parents that clocks have entered.
	forgetFrom(register, changed);
	forgetPlls(register, changed);
	store<u32>(register, value);
	store<u32>(Address.STATE, generation() + 1, State.GENERATION);
	callAttention();
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
