// What CLOCK_RATE_SET does without: a search of all pairs of a composite slice's dividers. The benchmark's own build has it.
// i.MX 8M Mini reference manual, section 5.1.7: 8 predividers times 64 postdividers.

import { clockRow, parentRateOf, Slice } from "./hardware/clock-tree";
import { setField } from "./hardware/registers";
import { better } from "./hardware/rounding";
import { Clock } from "./image";

const PREDIVS: u32 = 8;
const POSTDIVS: u32 = 64;
const POSTDIV_WIDTH: u32 = 6;

/** Sets the dividers of the slice with that ID as CLOCK_RATE_SET would. Returns false when no pair serves the request. */
export function setRateByAllPairs(id: u32, rate: u32, rounding: u32): bool {
	const clock = clockRow(id);
	const fin = parentRateOf(clock);
	let best: u64 = 0;
	let found = false;
	let bestPrediv: u32 = 0;
	let bestPostdiv: u32 = 0;
	for (let prediv: u32 = 1; prediv <= PREDIVS; prediv++) {
		for (let postdiv: u32 = 1; postdiv <= POSTDIVS; postdiv++) {
			const candidate = fin / (prediv * postdiv);
			if (!better(candidate, best, found, rate, rounding)) continue;
			found = true;
			best = candidate;
			bestPrediv = prediv;
			bestPostdiv = postdiv;
		}
	}
	if (!found) return false;
	const register = load<u32>(clock, Clock.REGISTER);
	setField(register, Slice.PREDIV_SHIFT, Slice.PREDIV_WIDTH, bestPrediv - 1);
	setField(register, Slice.POSTDIV_SHIFT, POSTDIV_WIDTH, bestPostdiv - 1);
	return true;
}
