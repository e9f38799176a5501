// Operating points of a performance domain: a rate of its clock, and the voltage of its rail that this rate needs.
// SCMI 3.2 (Arm DEN0056E), section 4.5 calls them performance levels; registers alone tell which one is in force.

import { OperatingPoint, Performance } from "../image";
import { Address, State } from "../layout";
import { setRate } from "./clock-rate";
import { clockRow, rateOf } from "./clock-tree";
import { railRow, setRailLevel } from "./rails";
import { Rounding } from "./rounding";

/** The row of a performance domain. */
export function performanceRow(id: u32): usize {
	return load<u32>(Address.STATE, State.PERFORMANCE) + id * Performance.SIZE;
}

/** How many performance domains there are. */
export function performanceCount(): u32 {
	return load<u32>(Address.STATE, State.PERFORMANCE_COUNT);
}

/** The performance domain with an ID from outside, or 0. */
export function findPerformance(id: u32): usize {
	return id < performanceCount() ? performanceRow(id) : 0;
}

/** The ID of a row. */
export function performanceId(domain: usize): u32 {
	const rows = load<u32>(Address.STATE, State.PERFORMANCE);
	return <u32>((domain - rows) / Performance.SIZE);
}

/** How many operating points a domain has: one at least. */
export function pointCount(domain: usize): u32 {
	return load<u32>(domain, Performance.POINT_COUNT);
}

/** The operating point at a position, counted from the slowest. */
export function pointAt(domain: usize, position: u32): usize {
	return load<u32>(domain, Performance.POINTS) + position * OperatingPoint.SIZE;
}

function clockOf(domain: usize): usize {
	return clockRow(load<u32>(domain, Performance.CLOCK));
}

/**
 * Position of the operating point in force: the slowest one that is as fast as the clock, or the fastest one. The rail
 * does not count: more voltage than a rate needs makes nothing faster. A loader may have left a rate that no operating
 * point has; asking for the one told here then sets its rate and its voltage.
 */
export function currentPoint(domain: usize): u32 {
	const rate = rateOf(clockOf(domain));
	const last = pointCount(domain) - 1;
	let position: u32 = 0;
	while (
		position < last &&
		load<u64>(pointAt(domain, position), OperatingPoint.RATE) < rate
	)
		position++;
	return position;
}

/**
 * Sets rate and voltage. The rail rises before the clock does, and falls after it, so that there is always enough
 * voltage. False when the hardware cannot: the clock does not rise then; one that was to fall has fallen.
 */
export function setPoint(domain: usize, position: u32): bool {
	const point = pointAt(domain, position);
	const clock = clockOf(domain);
	const rail = railRow(load<u32>(domain, Performance.RAIL));
	const rate = load<u64>(point, OperatingPoint.RATE);
	const microvolts = load<i32>(point, OperatingPoint.MICROVOLTS);
	return rate < rateOf(clock)
		? setExactRate(clock, rate) && setRailLevel(rail, microvolts)
		: setRailLevel(rail, microvolts) && setExactRate(clock, rate);
}

/** Never faster: the voltage is enough for this rate. */
function setExactRate(clock: usize, rate: u64): bool {
	return setRate(clock, rate, Rounding.DOWN) && rateOf(clock) === rate;
}
