// Which clocks have their mux, divider or gate in a register: a hash table of chains through the clocks' rows, made at load.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM): several clocks may share a register, or the very bits of a gate.
//
// A PLL's own registers are in no chain: pll.ts tells what changes of them mean.

import { Clock, ClockFlag, ClockKind, ClockState } from "../image";
import { Address, State } from "../layout";
import { forget, leave, numbered, numberOf } from "./clock-cache";
import { kindOf, Slice } from "./clock-tree";

/** Some bits of a register are about to change: forgets what clocks have from them. */
export function forgetFrom(register: usize, changed: u32): void {
	const chain = chainOf(register);
	let clock = numbered(load<u16>(chain));
	while (clock !== 0) {
		const own = hasField(clock);
		if (own && <usize>load<u32>(clock, Clock.REGISTER) === register) {
			if (changed & muxMask(clock)) {
				forget(clock, ClockState.RATES | ClockState.STATES);
				leave(clock);
			} else if (changed & dividerMask(clock)) {
				forget(clock, ClockState.RATES);
			}
		}
		if (
			<usize>load<u32>(clock, Clock.GATE_REGISTER) === register &&
			(changed & gateMask(clock)) !== 0
		)
			forget(clock, ClockState.STATES);
		clock = nextIn(chain, clock);
	}
}

function mask(shift: u32, width: u32): u32 {
	return ((1 << width) - 1) << shift;
}

function muxMask(clock: usize): u32 {
	if (kindOf(clock) === ClockKind.COMPOSITE)
		return mask(Slice.MUX_SHIFT, Slice.MUX_WIDTH);
	return kindOf(clock) === ClockKind.MUX ? fieldMask(clock) : 0;
}

function dividerMask(clock: usize): u32 {
	if (kindOf(clock) !== ClockKind.COMPOSITE) return fieldMask(clock);
	const prediv = load<u8>(clock, Clock.FLAGS) & ClockFlag.PREDIV;
	// Whatever the row says of a shift.
	return (
		mask(Slice.POSTDIV_SHIFT, load<u8>(clock, Clock.WIDTH)) |
		(prediv ? mask(Slice.PREDIV_SHIFT, Slice.PREDIV_WIDTH) : 0)
	);
}

function fieldMask(clock: usize): u32 {
	return mask(load<u8>(clock, Clock.SHIFT), load<u8>(clock, Clock.WIDTH));
}

function gateMask(clock: usize): u32 {
	return mask(
		load<u8>(clock, Clock.GATE_SHIFT),
		load<u8>(clock, Clock.GATE_WIDTH),
	);
}

// Chains: the clocks with a field or a gate in one of the registers that share a slot of the hash table.

function chainOf(register: usize): usize {
	const slot =
		((<u32>register * 0x9e3779b1) >> 16) &
		load<u32>(Address.STATE, State.CHAIN_MASK);
	return load<u32>(Address.STATE, State.CHAINS) + (slot << 1);
}

/** Whether Clock.REGISTER holds a mux or divider. */
export function hasField(clock: usize): bool {
	const kind = kindOf(clock);
	return (
		kind === ClockKind.COMPOSITE ||
		kind === ClockKind.MUX ||
		kind === ClockKind.DIVIDER
	);
}

function isChainedByField(chain: usize, clock: usize): bool {
	return hasField(clock) && chainOf(load<u32>(clock, Clock.REGISTER)) === chain;
}

function nextIn(chain: usize, clock: usize): usize {
	return numbered(
		isChainedByField(chain, clock)
			? load<u16>(clock, Clock.FIELD_NEXT)
			: load<u16>(clock, Clock.GATE_NEXT),
	);
}

/** Enters a clock whose addresses are resolved in the chains of its registers. */
export function chain(clock: usize): void {
	const number = numberOf(clock);
	if (hasField(clock)) {
		const slot = chainOf(load<u32>(clock, Clock.REGISTER));
		store<u16>(clock, load<u16>(slot), Clock.FIELD_NEXT);
		store<u16>(slot, number);
	}
	const gate = load<u32>(clock, Clock.GATE_REGISTER);
	if (gate === 0) return;
	const slot = chainOf(gate);
	if (isChainedByField(slot, clock)) return;
	store<u16>(clock, load<u16>(slot), Clock.GATE_NEXT);
	store<u16>(slot, number);
}

/** Whether another clock that is in use has the same gate. */
export function gateIsShared(clock: usize): bool {
	const gate = load<u32>(clock, Clock.GATE_REGISTER);
	const chain = chainOf(gate);
	let other = numbered(load<u16>(chain));
	while (other !== 0) {
		if (
			other !== clock &&
			load<u32>(other, Clock.USE_COUNT) !== 0 &&
			load<u32>(other, Clock.GATE_REGISTER) === gate &&
			(gateMask(other) & gateMask(clock)) !== 0
		)
			return true;
		other = nextIn(chain, other);
	}
	return false;
}
