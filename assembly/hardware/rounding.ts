// Which of two rates serves a request better: the three rounding modes of CLOCK_RATE_SET.
// SCMI 3.2 (Arm DEN0056E), section 4.6.2.7, flags bits 3:2.

export const enum Rounding {
	DOWN = 0,
	UP = 1,
	/** To the nearest; of two equally near ones the first that is looked at. */
	AUTO = 2,
}

/** No rate: every rate that a clock can have is smaller. */
export const NO_RATE: u64 = u64.MAX_VALUE;

/** Whether `candidate` is allowed by the rounding and, when there is a `best` already, nearer than it. In Hz. */
export function better(
	candidate: u64,
	best: u64,
	hasBest: bool,
	rate: u64,
	rounding: u32,
): bool {
	if (rounding === Rounding.DOWN)
		return candidate <= rate && (!hasBest || candidate > best);
	if (rounding === Rounding.UP)
		return candidate >= rate && (!hasBest || candidate < best);
	return !hasBest || distance(candidate, rate) < distance(best, rate);
}

function distance(a: u64, b: u64): u64 {
	return a > b ? a - b : b - a;
}
