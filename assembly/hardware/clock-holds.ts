// What other agents hold: clocks that must not change under an agent which has requested one of those that depend on them.
// SCMI 3.2 section 4.6.2: DENIED. Critical clocks, and those of power domains, are the platform's and hold nothing.

import { Clock, ClockFlag, ClockKind } from "../image";
import { Address, State } from "../layout";
import { PLATFORM } from "./clock-gates";
import { beforeFactor, dividerWithParent, HIGHEST, reach } from "./clock-rate";
import { clockRow, kindOf, parentOf, rateOf } from "./clock-tree";
import { NO_RATE } from "./rounding";

/** With a single agent there are no others: the platform and it. */
const ALONE: u32 = 2;

/** Whether another agent wants a clock on that depends on this one, itself included, by the parents selected now. */
export function isHeldByOthers(clock: usize, agent: u32): bool {
	if (load<u32>(Address.STATE, State.AGENT_COUNT) === ALONE) return false;
	const mine: u32 = (1 << PLATFORM) | (1 << agent);
	const count = load<u32>(Address.STATE, State.CLOCK_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const other = clockRow(id);
		if (kindOf(other) <= ClockKind.ALIAS) continue;
		if ((load<u32>(other, Clock.REQUESTS) & ~mine) === 0) continue;
		if (dependsOn(other, clock)) return true;
	}
	return false;
}

function dependsOn(clock: usize, ancestor: usize): bool {
	let at = clock;
	while (at !== 0 && at !== ancestor) at = parentOf(at);
	return at !== 0;
}

/** Whether setting a rate would change a clock that another agent holds, or that this one must not change. */
export function rateIsHeld(
	clock: usize,
	wanted: u64,
	rounding: u32,
	agent: u32,
): bool {
	if (
		load<u32>(Address.STATE, State.AGENT_COUNT) === ALONE &&
		load<u32>(Address.STATE, State.DEVICE_COUNT) === 0
	)
		return false;
	const reached = reach(clock, wanted, rounding);
	if (reached === NO_RATE || reached === rateOf(clock)) return false;
	return settingIsHeld(clock, min(wanted, HIGHEST), rounding, agent);
}

/** Follows a request to the clocks whose settings serve it. */
function settingIsHeld(
	clock: usize,
	rate: u64,
	rounding: u32,
	agent: u32,
): bool {
	const parent = parentOf(clock);
	// The request may have come to it from another clock, which everybody may set.
	if (load<u32>(clock, Clock.DENIED_TO) & (1 << agent)) return true;
	switch (kindOf(clock)) {
		case ClockKind.COMPOSITE:
		case ClockKind.PLL:
			return isHeldByOthers(clock, agent);
		case ClockKind.DIVIDER: {
			const div = dividerWithParent(clock, rate, rounding);
			if (div === 0) return isHeldByOthers(clock, agent);
			const source = beforeFactor(rate, 1, div, rounding);
			return settingIsHeld(parent, source, rounding, agent);
		}
		case ClockKind.FIXED_FACTOR: {
			const mult = load<u32>(clock, Clock.MULT);
			const div = load<u32>(clock, Clock.DIV);
			const source = beforeFactor(rate, mult, div, rounding);
			return settingIsHeld(parent, source, rounding, agent);
		}
		case ClockKind.GATE:
			return settingIsHeld(parent, rate, rounding, agent);
		case ClockKind.MUX:
			if (!(load<u8>(clock, Clock.FLAGS) & ClockFlag.FORWARDS)) return false;
			return settingIsHeld(parent, rate, rounding, agent);
		case ClockKind.CPU: {
			// The mux switches, the parking clock changes its parent.
			const park = clockRow(load<u16>(clock, Clock.PARK));
			if (isHeldByOthers(parent, agent)) return true;
			if (isHeldByOthers(park, agent)) return true;
			const pll = clockRow(load<u16>(clock, Clock.TARGET));
			return settingIsHeld(pll, rate, rounding, agent);
		}
		default:
			return false;
	}
}
