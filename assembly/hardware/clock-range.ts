// Which rates a clock can reach, collected at Address.RATES: up to 16 discrete rates, or the lowest and the highest.
// SCMI 3.2 section 4.6.2.6; the same clocks are reached as by clock-rate.ts.

import { Clock, ClockFlag, ClockKind, Pll } from "../image";
import { Address, Rates } from "../layout";
import { clockRow, kindOf, parentOf, parentRateOf, rateOf } from "./clock-tree";
import { pllMaximum, pllMinimum, pllOf, pllTableRate } from "./pll";
import { NO_RATE } from "./rounding";

/** Fills Address.RATES for a clock. */
export function describeRates(clock: usize): void {
	switch (kindOf(clock)) {
		case ClockKind.COMPOSITE:
			describeComposite(clock);
			break;
		case ClockKind.PLL:
			if (load<u8>(clock, Clock.FLAGS) & ClockFlag.RATE_FIXED) {
				oneRate(rateOf(clock));
			} else {
				describePll(clock);
			}
			break;
		case ClockKind.DIVIDER:
			describeRates(parentOf(clock));
			mapRates(1, 1, 1 << load<u8>(clock, Clock.WIDTH));
			break;
		case ClockKind.FIXED_FACTOR:
			describeRates(parentOf(clock));
			mapRates(
				load<u32>(clock, Clock.MULT),
				load<u32>(clock, Clock.DIV),
				load<u32>(clock, Clock.DIV),
			);
			break;
		case ClockKind.GATE:
			describeRates(parentOf(clock));
			break;
		case ClockKind.MUX:
			if (load<u8>(clock, Clock.FLAGS) & ClockFlag.FORWARDS) {
				describeRates(parentOf(clock));
			} else {
				oneRate(rateOf(clock));
			}
			break;
		case ClockKind.CPU:
			describeRates(clockRow(load<u16>(clock, Clock.TARGET)));
			break;
		default:
			oneRate(rateOf(clock));
			break;
	}
}

function noRates(): void {
	store<u32>(Address.RATES, 0, Rates.COUNT);
	store<u64>(Address.RATES, NO_RATE, Rates.MIN);
	store<u64>(Address.RATES, 0, Rates.MAX);
}

function oneRate(rate: u64): void {
	noRates();
	addRate(rate);
}

function range(lowest: u64, highest: u64): void {
	store<u32>(Address.RATES, 0, Rates.COUNT);
	store<u64>(Address.RATES, lowest, Rates.MIN);
	store<u64>(Address.RATES, highest, Rates.MAX);
}

function rateAt(i: u32): u64 {
	return load<u64>(Address.RATES + (i << 3), Rates.LIST);
}

/** Inserts a rate in order, once. False when it is one too many: then the list is a range. */
function addRate(rate: u64): bool {
	const count = load<u32>(Address.RATES, Rates.COUNT);
	let at = count;
	while (at > 0 && rateAt(at - 1) > rate) at--;
	if (at > 0 && rateAt(at - 1) === rate) return true;
	for (let i = count; i > at; i--)
		store<u64>(Address.RATES + (i << 3), rateAt(i - 1), Rates.LIST);
	store<u64>(Address.RATES + (at << 3), rate, Rates.LIST);
	store<u32>(Address.RATES, count + 1, Rates.COUNT);
	store<u64>(
		Address.RATES,
		min(rate, load<u64>(Address.RATES, Rates.MIN)),
		Rates.MIN,
	);
	store<u64>(
		Address.RATES,
		max(rate, load<u64>(Address.RATES, Rates.MAX)),
		Rates.MAX,
	);
	return count < <u32>Rates.LIMIT;
}

function describeComposite(clock: usize): void {
	const fin = parentRateOf(clock);
	const predivs: u32 = load<u8>(clock, Clock.FLAGS) & ClockFlag.PREDIV ? 8 : 1;
	const postdivs: u32 = 1 << load<u8>(clock, Clock.WIDTH);
	noRates();
	for (let prediv: u32 = 1; prediv <= predivs; prediv++) {
		for (let postdiv: u32 = 1; postdiv <= postdivs; postdiv++) {
			if (!addRate(fin / (prediv * postdiv))) {
				range(fin / (predivs * postdivs), fin);
				return;
			}
		}
	}
}

function describePll(clock: usize): void {
	const pll = pllOf(clock);
	const fin = parentRateOf(clock);
	noRates();
	if (fin === 0) {
		addRate(0);
	} else if (load<u32>(pll, Pll.FRACTIONAL)) {
		range(pllMinimum(fin), pllMaximum(fin));
	} else {
		const count = load<u32>(pll, Pll.RATE_COUNT);
		for (let i: u32 = 0; i < count; i++) addRate(pllTableRate(pll, i, fin));
	}
}

/** Replaces every rate by rate * mult / div, for each div from `first` to `last`. */
function mapRates(mult: u32, first: u32, last: u32): void {
	const count = load<u32>(Address.RATES, Rates.COUNT);
	const lowest = (load<u64>(Address.RATES, Rates.MIN) * mult) / last;
	const highest = (load<u64>(Address.RATES, Rates.MAX) * mult) / first;
	if (count === 0) {
		range(lowest, highest);
		return;
	}
	memory.copy(
		Address.RATES + Rates.SOURCE,
		Address.RATES + Rates.LIST,
		(<usize>count) << 3,
	);
	noRates();
	for (let i: u32 = 0; i < count; i++) {
		const rate = load<u64>(Address.RATES + (i << 3), Rates.SOURCE) * mult;
		for (let div = first; div <= last; div++) {
			if (!addRate(rate / div)) {
				range(lowest, highest);
				return;
			}
		}
	}
}
