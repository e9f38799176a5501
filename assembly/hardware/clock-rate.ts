// Changing rates: which clock a request reaches, and which dividers or PLL settings serve it.
// SCMI 3.2 section 4.6.2.7; a composite slice keeps its parent, a CPU cluster is parked while its PLL relocks.

import { Clock, ClockFlag, ClockKind } from "../image";
import { dropClock, holdClock, setClockParent } from "./clock-gates";
import {
	clockRow,
	kindOf,
	parentAt,
	parentCount,
	parentOf,
	parentRateOf,
	rateOf,
	Slice,
	sliceDivider,
} from "./clock-tree";
import { pllOf, pllReach, retunePll } from "./pll";
import { setField, write } from "./registers";
import { better, NO_RATE, Rounding } from "./rounding";

/** Above every clock; keeps products in 64 bits. */
export const HIGHEST: u64 = 1 << 35;

/** What CLOCK_RATE_SET would give, in Hz, or NO_RATE when nothing lies in the rounding's direction. */
export function reach(clock: usize, wanted: u64, rounding: u32): u64 {
	if (wanted > HIGHEST && rounding === Rounding.UP) return NO_RATE;
	const rate = min(wanted, HIGHEST);
	switch (kindOf(clock)) {
		case ClockKind.COMPOSITE: {
			const fin = parentRateOf(clock);
			const pair = bestPair(clock, fin, rate, rounding);
			return pair === 0 ? NO_RATE : fin / dividerOfPair(pair);
		}
		case ClockKind.PLL:
			// Without a reference it stands still, whatever its dividers.
			if (load<u8>(clock, Clock.FLAGS) & ClockFlag.RATE_FIXED) break;
			if (parentRateOf(clock) === 0) break;
			return pllReach(pllOf(clock), rate, parentRateOf(clock), rounding);
		case ClockKind.DIVIDER:
			return reachByDivider(clock, rate, rounding);
		case ClockKind.FIXED_FACTOR: {
			const mult = load<u32>(clock, Clock.MULT);
			const div = load<u32>(clock, Clock.DIV);
			const parent = reach(
				parentOf(clock),
				beforeFactor(rate, mult, div, rounding),
				rounding,
			);
			return parent === NO_RATE ? NO_RATE : (parent * mult) / div;
		}
		case ClockKind.GATE:
			return reach(parentOf(clock), rate, rounding);
		case ClockKind.MUX:
			if (!(load<u8>(clock, Clock.FLAGS) & ClockFlag.FORWARDS)) break;
			return reach(parentOf(clock), rate, rounding);
		case ClockKind.CPU:
			return reach(clockRow(load<u16>(clock, Clock.TARGET)), rate, rounding);
		default:
			break;
	}
	const fixed = rateOf(clock);
	return better(fixed, 0, false, rate, rounding) ? fixed : NO_RATE;
}

/** Whether {@link setRate} would set a rate now. */
export function canSetRate(clock: usize, wanted: u64, rounding: u32): bool {
	return reach(clock, wanted, rounding) !== NO_RATE;
}

/** Sets the rate, rounded; false, with nothing changed, when nothing lies in the rounding's direction. */
export function setRate(clock: usize, wanted: u64, rounding: u32): bool {
	if (kindOf(clock) === ClockKind.COMPOSITE)
		return setSlice(clock, wanted, rounding);
	const reached = reach(clock, wanted, rounding);
	if (reached === NO_RATE) return false;
	if (reached !== rateOf(clock)) apply(clock, min(wanted, HIGHEST), rounding);
	return true;
}

function apply(clock: usize, rate: u64, rounding: u32): void {
	switch (kindOf(clock)) {
		case ClockKind.COMPOSITE: {
			setPair(clock, bestPair(clock, parentRateOf(clock), rate, rounding));
			break;
		}
		case ClockKind.PLL:
			if (load<u8>(clock, Clock.FLAGS) & ClockFlag.RATE_FIXED) break;
			retunePll(pllOf(clock), rate, parentRateOf(clock), rounding);
			break;
		case ClockKind.DIVIDER:
			applyByDivider(clock, rate, rounding);
			break;
		case ClockKind.FIXED_FACTOR: {
			const mult = load<u32>(clock, Clock.MULT);
			const div = load<u32>(clock, Clock.DIV);
			apply(parentOf(clock), beforeFactor(rate, mult, div, rounding), rounding);
			break;
		}
		case ClockKind.GATE:
			apply(parentOf(clock), rate, rounding);
			break;
		case ClockKind.MUX:
			if (load<u8>(clock, Clock.FLAGS) & ClockFlag.FORWARDS)
				apply(parentOf(clock), rate, rounding);
			break;
		case ClockKind.CPU:
			applyToCpu(clock, rate, rounding);
			break;
		default:
			break;
	}
}

/** The parent's rate whose `* mult / div`, rounded down to whole Hz, comes closest to `rate` from the rounding's side. */
export function beforeFactor(
	rate: u64,
	mult: u64,
	div: u64,
	rounding: u32,
): u64 {
	if (mult === 0) return 0;
	const wanted =
		rounding === Rounding.DOWN
			? ((rate + 1) * div - 1) / mult
			: (rate * div + mult - 1) / mult;
	return min(wanted, HIGHEST);
}

// Composite slices: 8 predividers times 64 postdividers (core slices: 8 postdividers).
// For each predivider only the two postdividers around the exact quotient can be best, and of the products of all those
// only the ones that come closer than any before, from above or from below: so 512 divisions become a handful.
// A pair is prediv << 16 | postdiv, both counted from 1; 0 is none.

/** The largest product of a pair. */
const MOST_DIVIDER: u64 = 8 * 64;

function dividerOfPair(pair: u32): u32 {
	return (pair >> 16) * (pair & 0xffff);
}

function bestPair(clock: usize, fin: u64, rate: u64, rounding: u32): u32 {
	const predivs: u32 = load<u8>(clock, Clock.FLAGS) & ClockFlag.PREDIV ? 8 : 1;
	const postdivs: u32 = 1 << load<u8>(clock, Clock.WIDTH);
	// Dividers up to this one give `rate` or more, all others less.
	const quotient = <u32>(
		(rate === 0 ? MOST_DIVIDER : min(fin / rate, MOST_DIVIDER))
	);
	let best: u32 = 0;
	let bestRate: u64 = 0;
	let above: u32 = 0;
	let below: u32 = <u32>MOST_DIVIDER + 1;
	for (let prediv: u32 = 1; prediv <= predivs; prediv++) {
		const low = min(max(quotient / prediv, 1), postdivs);
		const high = min(low + 1, postdivs);
		for (let postdiv = low; postdiv <= high; postdiv++) {
			const divider = prediv * postdiv;
			if (divider <= quotient) {
				if (divider <= above) continue;
				above = divider;
			} else {
				if (divider >= below) continue;
				below = divider;
			}
			const candidate = fin / divider;
			if (better(candidate, bestRate, best !== 0, rate, rounding)) {
				best = (prediv << 16) | postdiv;
				bestRate = candidate;
			}
		}
		if (best !== 0 && bestRate === rate) break;
	}
	return best;
}

/** {@link setRate} of a slice: one search for both what it reaches and how. */
function setSlice(clock: usize, wanted: u64, rounding: u32): bool {
	if (wanted > HIGHEST && rounding === Rounding.UP) return false;
	const fin = parentRateOf(clock);
	const pair = bestPair(clock, fin, min(wanted, HIGHEST), rounding);
	if (pair === 0) return false;
	// Another pair for the rate that it has already would change nothing.
	if (fin / dividerOfPair(pair) !== fin / sliceDivider(clock))
		setPair(clock, pair);
	return true;
}

/** Writes both dividers at once. */
function setPair(clock: usize, pair: u32): void {
	const register = load<u32>(clock, Clock.REGISTER);
	const postdivs: u32 = 1 << load<u8>(clock, Clock.WIDTH);
	let word = load<u32>(register) & ~(postdivs - 1);
	if (load<u8>(clock, Clock.FLAGS) & ClockFlag.PREDIV) {
		word &= ~(((1 << Slice.PREDIV_WIDTH) - 1) << Slice.PREDIV_SHIFT);
		word |= ((pair >> 16) - 1) << Slice.PREDIV_SHIFT;
	}
	write(register, word | ((pair & 0xffff) - 1));
}

// Dividers: the own field as long as it serves the request exactly, else together with whatever the parent can change.

function reachByDivider(clock: usize, rate: u64, rounding: u32): u64 {
	const div = dividerWithParent(clock, rate, rounding);
	if (div === 0) {
		const own = bestDivider(clock, rate, rounding);
		return own === 0 ? NO_RATE : parentRateOf(clock) / own;
	}
	return (
		reach(parentOf(clock), beforeFactor(rate, 1, div, rounding), rounding) / div
	);
}

function applyByDivider(clock: usize, rate: u64, rounding: u32): void {
	let div = dividerWithParent(clock, rate, rounding);
	if (div === 0) div = bestDivider(clock, rate, rounding);
	else apply(parentOf(clock), beforeFactor(rate, 1, div, rounding), rounding);
	setField(
		load<u32>(clock, Clock.REGISTER),
		load<u8>(clock, Clock.SHIFT),
		load<u8>(clock, Clock.WIDTH),
		div - 1,
	);
}

/** The value that serves the request together with a changed parent; 0 when the own field alone does at least as well. */
export function dividerWithParent(clock: usize, rate: u64, rounding: u32): u32 {
	const own = bestDivider(clock, rate, rounding);
	const ownRate = own === 0 ? NO_RATE : parentRateOf(clock) / own;
	if (ownRate === rate) return 0;
	return bestDividerWithParent(clock, rate, rounding, ownRate);
}

/** The best value with the parent as it is; 0 when there is none. */
function bestDivider(clock: usize, rate: u64, rounding: u32): u32 {
	const fin = parentRateOf(clock);
	const most: u32 = 1 << load<u8>(clock, Clock.WIDTH);
	let best: u32 = 0;
	for (let div: u32 = 1; div <= most; div++) {
		if (
			better(fin / div, best === 0 ? 0 : fin / best, best !== 0, rate, rounding)
		)
			best = div;
	}
	return best;
}

/** The value that together with a changed parent beats `ownRate`; 0 when there is none. */
function bestDividerWithParent(
	clock: usize,
	rate: u64,
	rounding: u32,
	ownRate: u64,
): u32 {
	const parent = parentOf(clock);
	const most: u32 = 1 << load<u8>(clock, Clock.WIDTH);
	let best: u32 = 0;
	let bestRate = ownRate;
	for (let div: u32 = 1; div <= most; div++) {
		const parentRate = reach(
			parent,
			beforeFactor(rate, 1, div, rounding),
			rounding,
		);
		if (parentRate === NO_RATE) continue;
		if (
			better(parentRate / div, bestRate, bestRate !== NO_RATE, rate, rounding)
		) {
			best = div;
			bestRate = parentRate / div;
		}
	}
	return best;
}

// CPU clusters: run from the parking clock while the PLL relocks, then from the PLL.
function applyToCpu(clock: usize, rate: u64, rounding: u32): void {
	const mux = parentOf(clock);
	const pll = clockRow(load<u16>(clock, Clock.TARGET));
	const park = clockRow(load<u16>(clock, Clock.PARK));
	holdClock(park);
	setClockParent(park, load<u8>(clock, Clock.PARK_PARENT));
	setClockParent(mux, positionOf(mux, park));
	apply(pll, rate, rounding);
	setClockParent(mux, positionOf(mux, pll));
	dropClock(park);
}

/** The mux position of a parent, 0xff when it is none of them. */
export function positionOf(clock: usize, parent: usize): u32 {
	const count = parentCount(clock);
	for (let i: u32 = 0; i < count; i++) {
		if (parentAt(clock, i) === parent) return i;
	}
	return 0xff;
}
