// Reset lines: bits of registers, which assert a line when they are all set or all clear.
// i.MX 8M Mini reference manual, chapter 6 (SRC); which level asserts a line is the platform's to say.

import { Reset } from "../image";
import { Address, State } from "../layout";
import { write } from "./registers";

/** The reset domain with an ID from outside, or 0. */
export function findReset(id: u32): usize {
	if (id >= load<u32>(Address.STATE, State.RESET_COUNT)) return 0;
	const row = load<u32>(Address.STATE, State.RESETS) + id * Reset.SIZE;
	return load<u32>(row, Reset.REGISTER) === 0 ? 0 : row;
}

/** The ID of a reset domain's row. */
export function resetId(reset: usize): u32 {
	return <u32>((reset - load<u32>(Address.STATE, State.RESETS)) / Reset.SIZE);
}

/** Asserts or releases a line. */
export function setLine(reset: usize, asserted: bool): void {
	const register = load<u32>(reset, Reset.REGISTER);
	const bits = load<u32>(reset, Reset.BITS);
	const level = load<u32>(reset, Reset.ASSERTED);
	const others = load<u32>(register) & ~bits;
	write(register, others | (asserted ? level : bits & ~level));
}
