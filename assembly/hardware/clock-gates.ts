// Who wants which clock on: requests of agents, use counts, and the gates that follow them, parents before children.
// SCMI 3.2 section 4.6.2.9: a clock is on while any agent wants it; gates that were open at load are nobody's request.

import { Clock, ClockFlag, ClockKind } from "../image";
import { gateIsShared } from "./clock-registers";
import {
	gateOpen,
	kindOf,
	parentAt,
	parentCount,
	parentOf,
	parentPosition,
	parentRateOf,
	selectParent,
} from "./clock-tree";
import { pllOf, powerDownPll, powerUpPll } from "./pll";
import { setField } from "./registers";

/** Agent 0: the platform itself, which holds critical clocks and those of power domains. */
export const PLATFORM: u32 = 0;

function openGate(clock: usize): void {
	if (kindOf(clock) === ClockKind.PLL) {
		powerUpPll(pllOf(clock), parentRateOf(clock));
		return;
	}
	const gate = load<u32>(clock, Clock.GATE_REGISTER);
	const width = load<u8>(clock, Clock.GATE_WIDTH);
	if (gate !== 0)
		setField(gate, load<u8>(clock, Clock.GATE_SHIFT), width, (1 << width) - 1);
}

// A gate that clocks share stays open while one of them is in use.
function closeGate(clock: usize): void {
	if (kindOf(clock) === ClockKind.PLL) {
		if (!(load<u8>(clock, Clock.FLAGS) & ClockFlag.RATE_FIXED))
			powerDownPll(pllOf(clock));
		return;
	}
	const gate = load<u32>(clock, Clock.GATE_REGISTER);
	if (gate === 0 || gateIsShared(clock)) return;
	setField(
		gate,
		load<u8>(clock, Clock.GATE_SHIFT),
		load<u8>(clock, Clock.GATE_WIDTH),
		0,
	);
}

/** One more user: the first one brings up the parents and then the clock. */
export function holdClock(clock: usize): void {
	const count = load<u32>(clock, Clock.USE_COUNT);
	store<u32>(clock, count + 1, Clock.USE_COUNT);
	if (count !== 0) return;
	if (parentCount(clock) !== 0) {
		const position = parentPosition(clock);
		store<u8>(clock, <u8>position, Clock.HELD_PARENT);
		holdClock(parentAt(clock, position));
	}
	openGate(clock);
}

/** One user less: the last one gates the clock and lets its parents go. */
export function dropClock(clock: usize): void {
	const count = load<u32>(clock, Clock.USE_COUNT) - 1;
	store<u32>(clock, count, Clock.USE_COUNT);
	if (count !== 0) return;
	closeGate(clock);
	if (parentCount(clock) !== 0)
		dropClock(parentAt(clock, load<u8>(clock, Clock.HELD_PARENT)));
}

// Registers may have been written from outside since: hold the parent that the mux selects now, and open what was closed.
function restoreClock(clock: usize): void {
	const parent = parentOf(clock);
	if (parent !== 0) {
		holdSelectedParent(clock);
		restoreClock(parent);
	}
	if (!gateOpen(clock)) openGate(clock);
}

function holdSelectedParent(clock: usize): void {
	const held = load<u8>(clock, Clock.HELD_PARENT);
	const position = parentPosition(clock);
	if (held === position) return;
	store<u8>(clock, <u8>position, Clock.HELD_PARENT);
	holdClock(parentAt(clock, position));
	dropClock(parentAt(clock, held));
}

/** An agent's request: on or off. Asking twice is asking once. */
export function requestClock(clock: usize, agent: u32, on: bool): void {
	const requests = load<u32>(clock, Clock.REQUESTS);
	const bit: u32 = 1 << agent;
	if (on) {
		if (requests & bit) {
			restoreClock(clock);
		} else {
			store<u32>(clock, requests | bit, Clock.REQUESTS);
			holdClock(clock);
			restoreClock(clock);
		}
	} else if (requests & bit) {
		store<u32>(clock, requests & ~bit, Clock.REQUESTS);
		dropClock(clock);
	} else if (load<u32>(clock, Clock.USE_COUNT) === 0) {
		closeGate(clock);
	}
}

/** Switches the mux. A clock in use holds the new parent before it leaves the old one. */
export function setClockParent(clock: usize, position: u32): void {
	if (load<u32>(clock, Clock.USE_COUNT) === 0) {
		selectParent(clock, position);
		return;
	}
	const parent = parentAt(clock, position);
	holdClock(parent);
	selectParent(clock, position);
	holdSelectedParent(clock);
	dropClock(parent);
}
