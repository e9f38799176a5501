// The clock tree: who is whose parent, what rate each clock has, and whether it runs, all read from registers.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM); every block here is generic, the platform's rows say what exists.

import { Clock, ClockFlag, ClockKind, ClockState } from "../image";
import { Address, State } from "../layout";
import { isLong } from "../scmi/common";
import { enter, knows, learn } from "./clock-cache";
import { pllOf, pllOn, pllRate } from "./pll";
import { field, setField } from "./registers";

/** A composite slice's fields (CCM_TARGET_ROOT). The postdiv is Clock.WIDTH bits wide from bit 0. */
export const enum Slice {
	MUX_SHIFT = 24,
	MUX_WIDTH = 3,
	PREDIV_SHIFT = 16,
	PREDIV_WIDTH = 3,
	POSTDIV_SHIFT = 0,
}

/** The row of an ID that is known to be valid. */
export function clockRow(id: u32): usize {
	return Address.CLOCKS + id * Clock.SIZE;
}

/** Its ClockKind. */
export function kindOf(clock: usize): i32 {
	return load<u8>(clock, Clock.KIND);
}

/** The clock behind an ID from outside, aliases followed; 0 when the binding has no such clock. */
export function findClock(id: u32): usize {
	if (id >= load<u32>(Address.STATE, State.CLOCK_COUNT)) return 0;
	const clock = clockRow(id);
	const kind = kindOf(clock);
	if (kind > ClockKind.ALIAS) return clock;
	return kind === ClockKind.ALIAS
		? clockRow(load<u16>(clock, Clock.TARGET))
		: 0;
}

/** The ID of a row. */
export function clockId(clock: usize): u32 {
	return <u32>((clock - Address.CLOCKS) / Clock.SIZE);
}

export function parentCount(clock: usize): u32 {
	return load<u8>(clock, Clock.PARENT_COUNT);
}

/** The parent at a position of the mux. */
export function parentAt(clock: usize, position: u32): usize {
	const parents = load<u32>(Address.STATE, State.PARENTS);
	return clockRow(
		load<u16>(parents + ((load<u32>(clock, Clock.PARENTS) + position) << 1)),
	);
}

/** The position that the mux selects; 0 for a clock with one fixed parent. */
export function parentPosition(clock: usize): u32 {
	const kind = kindOf(clock);
	if (kind === ClockKind.COMPOSITE)
		return field(
			load<u32>(clock, Clock.REGISTER),
			Slice.MUX_SHIFT,
			Slice.MUX_WIDTH,
		);
	if (kind === ClockKind.MUX) {
		return field(
			load<u32>(clock, Clock.REGISTER),
			load<u8>(clock, Clock.SHIFT),
			load<u8>(clock, Clock.WIDTH),
		);
	}
	return 0;
}

/** Writes the mux field. */
export function selectParent(clock: usize, position: u32): void {
	const register = load<u32>(clock, Clock.REGISTER);
	if (kindOf(clock) === ClockKind.COMPOSITE) {
		setField(register, Slice.MUX_SHIFT, Slice.MUX_WIDTH, position);
	} else if (kindOf(clock) === ClockKind.MUX) {
		setField(
			register,
			load<u8>(clock, Clock.SHIFT),
			load<u8>(clock, Clock.WIDTH),
			position,
		);
	}
}

/** The parent in use, or 0 for a clock without parents. */
export function parentOf(clock: usize): usize {
	return parentCount(clock) === 0 ? 0 : parentAt(clock, parentPosition(clock));
}

/** The rate in Hz, whether the clock runs or not. */
export function rateOf(clock: usize): u64 {
	if (!knows(clock, ClockState.RATE)) findRate(clock);
	return load<u64>(clock, Clock.RATE);
}

/** The parent's rate in Hz, 0 without one. */
export function parentRateOf(clock: usize): u64 {
	const parent = parentOf(clock);
	return parent === 0 ? 0 : rateOf(parent);
}

/** Its ClockState bits that come from registers. */
function stateOf(clock: usize): u32 {
	if (!knows(clock, ClockState.KNOWN)) learn(clock, computeState(clock));
	return load<u16>(clock, Clock.STATE);
}

/** Whether the clock runs: its own gate is open and its parent runs. */
export function isRunning(clock: usize): bool {
	return (stateOf(clock) & ClockState.RUNNING) !== 0;
}

/** Whether CLOCK_RATE_SET can change anything. */
export function isRateSettable(clock: usize): bool {
	return (stateOf(clock) & ClockState.RATE_SETTABLE) !== 0;
}

export function isCritical(clock: usize): bool {
	return (load<u8>(clock, Clock.FLAGS) & ClockFlag.CRITICAL) !== 0;
}

/** Whether there are parents to choose from. */
export function hasMux(clock: usize): bool {
	return parentCount(clock) > 1;
}

/** Whether its own gate lets it through. Any non-zero setting of a wide gate (CCGR) is on while the SoC runs. */
export function gateOpen(clock: usize): bool {
	if (kindOf(clock) === ClockKind.PLL) return pllOn(pllOf(clock));
	const gate = load<u32>(clock, Clock.GATE_REGISTER);
	return (
		gate === 0 ||
		field(
			gate,
			load<u8>(clock, Clock.GATE_SHIFT),
			load<u8>(clock, Clock.GATE_WIDTH),
		) !== 0
	);
}

/** What a composite slice divides its parent by. */
export function sliceDivider(clock: usize): u32 {
	const register = load<u32>(clock, Clock.REGISTER);
	const postdiv =
		field(register, Slice.POSTDIV_SHIFT, load<u8>(clock, Clock.WIDTH)) + 1;
	if (!(load<u8>(clock, Clock.FLAGS) & ClockFlag.PREDIV)) return postdiv;
	return (
		postdiv * (field(register, Slice.PREDIV_SHIFT, Slice.PREDIV_WIDTH) + 1)
	);
}

/** What a divider divides its parent by. */
export function divider(clock: usize): u32 {
	return (
		field(
			load<u32>(clock, Clock.REGISTER),
			load<u8>(clock, Clock.SHIFT),
			load<u8>(clock, Clock.WIDTH),
		) + 1
	);
}

/** Products of dividers up to this one have room for one more factor of 16 bits. */
const ROOM: u64 = 1 << 47;

/** Works out the rate. load() has checked that nothing is its own ancestor and how deep the tree is. */
function findRate(clock: usize): void {
	store<u64>(clock, computeRate(clock), Clock.RATE);
	learn(clock, ClockState.RATE);
}

// Dividers one below the other round down like one divider by their product: a single division for a whole branch, up to
// the next clock that multiplies, or whose rate is known.
function computeRate(clock: usize): u64 {
	let divisor: u64 = 1;
	let at = clock;
	do {
		const parent = enter(at);
		switch (kindOf(at)) {
			case ClockKind.COMPOSITE:
				divisor *= sliceDivider(at);
				break;
			case ClockKind.DIVIDER:
				divisor *= divider(at);
				break;
			case ClockKind.FIXED_FACTOR:
				if (load<u32>(at, Clock.MULT) !== 1) {
					const product = rateOf(parent) * load<u32>(at, Clock.MULT);
					return product / (load<u32>(at, Clock.DIV) * divisor);
				}
				divisor *= load<u32>(at, Clock.DIV);
				break;
			case ClockKind.FIXED:
				return divided(load<u64>(at, Clock.FIXED_RATE), divisor);
			case ClockKind.PLL:
				if (at !== clock) return divided(rateOf(at), divisor);
				return pllRate(pllOf(at), rateOf(parent));
			default:
				break;
		}
		at = parent;
	} while (!knows(at, ClockState.RATE) && divisor < ROOM);
	return divided(rateOf(at), divisor);
}

/** Most branches above a PLL divide by nothing, and a division costs more than the rest of a level. */
function divided(rate: u64, divisor: u64): u64 {
	return divisor === 1 ? rate : rate / divisor;
}

// Parents first: nothing is known of a clock without being known of those above it.
function computeState(clock: usize): u32 {
	const parent = enter(clock);
	let state: u32 = ClockState.RUNNING;
	if (parent !== 0)
		state = stateOf(parent) & (ClockState.RUNNING | ClockState.RATE_SETTABLE);
	if (!gateOpen(clock)) state &= ~ClockState.RUNNING;
	const flags = load<u8>(clock, Clock.FLAGS);
	switch (kindOf(clock)) {
		case ClockKind.COMPOSITE:
		case ClockKind.DIVIDER:
		case ClockKind.CPU:
			state |= ClockState.RATE_SETTABLE;
			break;
		case ClockKind.PLL:
			state |= ClockState.RATE_SETTABLE;
			if (flags & ClockFlag.RATE_FIXED) state &= ~ClockState.RATE_SETTABLE;
			break;
		case ClockKind.MUX:
			if (!(flags & ClockFlag.FORWARDS)) state &= ~ClockState.RATE_SETTABLE;
			break;
		default:
			break;
	}
	if (parent !== 0) state |= ClockState.PARENTS;
	if (isLong(load<u32>(clock, Clock.NAME))) state |= ClockState.LONG_NAME;
	if (load<u32>(clock, Clock.DENIED_TO) === 0) state |= ClockState.EVERYBODYS;
	const all =
		hasMux(clock) &&
		!isCritical(clock) &&
		(state & ClockState.RATE_SETTABLE) !== 0;
	if (!all) state |= ClockState.RESTRICTED;
	return state | ClockState.KNOWN;
}
