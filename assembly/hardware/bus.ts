// The physical address space: which block answers an address, and what a 32-bit read or write of it does.
// Alias semantics: i.MX 8M Mini reference manual, chapter 5.1.7 (CCM, SET, CLR and TOG registers).

import { Block, BlockKind, Pll } from "../image";
import { Address, State } from "../layout";
import { clockRow, parentRateOf } from "./clock-tree";
import { readPllWord, startLocking, writePllWord } from "./pll";
import { readPowerWord, writePowerWord } from "./power-controller";
import { write } from "./registers";
import { writeSystemWord } from "./system";

/** The block that covers `length` bytes from a physical address, or 0. */
export function findBlock(physical: u32, length: u32): usize {
	const blocks = load<u32>(Address.STATE, State.BLOCKS);
	const count = load<u32>(Address.STATE, State.BLOCK_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const block = blocks + i * Block.SIZE;
		const size = load<u32>(block, Block.LENGTH);
		const offset = physical - load<u32>(block, Block.BASE);
		if (offset < size && length <= size - offset) return block;
	}
	return 0;
}

/** The linear address behind a physical one, or 0 when no block covers all `length` bytes. */
export function linearAddress(physical: u32, length: u32): usize {
	const block = findBlock(physical, length);
	return block === 0
		? 0
		: load<u32>(block, Block.LINEAR) +
				(physical - load<u32>(block, Block.BASE));
}

/** Whether a 32-bit access to this address is possible: aligned and covered. */
export function accessible(physical: u32): bool {
	return (physical & 3) === 0 && findBlock(physical, 4) !== 0;
}

/** A 32-bit read; 0 where nothing answers. */
export function busRead(physical: u32): u32 {
	if (!accessible(physical)) return 0;
	const block = findBlock(physical, 4);
	const register = linearAddress(physical, 4);
	switch (load<u32>(block, Block.KIND)) {
		case BlockKind.SET_CLEAR_TOGGLE:
			return load<u32>(register & ~0xf);
		case BlockKind.PLL:
			return readPllWord(register);
		case BlockKind.POWER:
			return readPowerWord(register);
		default:
			return load<u32>(register);
	}
}

/** A 32-bit write; ignored where nothing answers, and by a system that no longer runs. */
export function busWrite(physical: u32, value: u32): void {
	if (!accessible(physical) || load<u32>(Address.STATE, State.STOP)) return;
	const block = findBlock(physical, 4);
	const register = linearAddress(physical, 4);
	switch (load<u32>(block, Block.KIND)) {
		case BlockKind.SET_CLEAR_TOGGLE:
			writeAliased(register & ~0xf, (register >> 2) & 3, value);
			break;
		case BlockKind.PLL:
			writePll(register, value);
			break;
		case BlockKind.POWER:
			writePowerWord(register, value);
			break;
		case BlockKind.REGISTERS:
			write(register, value);
			break;
		case BlockKind.SYSTEM:
			writeSystemWord(register, value);
			break;
		default:
			store<u32>(register, value);
			break;
	}
}

/** Alias 0 writes, 1 sets, 2 clears, 3 toggles bits. */
function writeAliased(register: usize, alias: usize, value: u32): void {
	const old = load<u32>(register);
	if (alias === 0) write(register, value);
	else if (alias === 1) write(register, old | value);
	else if (alias === 2) write(register, old & ~value);
	else write(register, old ^ value);
}

/** The reference is the one that the registers select after the write. */
function writePll(register: usize, value: u32): void {
	const pll = writePllWord(register, value);
	if (pll === 0) return;
	startLocking(pll, parentRateOf(clockRow(load<u32>(pll, Pll.CLOCK))));
}
