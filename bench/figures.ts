// What is left of many measurements: their median, and how far they spread.
// Four fifths of them lie within the spread; the rest is what other work on the machine did to single rounds.

/** The unit is that of the measurements. */
export interface Figure {
	median: number;
	/** A tenth of the measurements lie below `low`, a tenth above `high`. */
	low: number;
	high: number;
}

const TENTH = 0.1;

/** The figure of measurements, at least one. */
export function figureOf(measurements: readonly number[]): Figure {
	if (measurements.length === 0) throw new Error("nothing was measured");
	const sorted = measurements.toSorted((a, b) => a - b);
	return {
		median: quantile(sorted, 0.5),
		low: quantile(sorted, TENTH),
		high: quantile(sorted, 1 - TENTH),
	};
}

/** What lies at a share of sorted measurements, between two of them if need be. */
function quantile(sorted: readonly number[], share: number): number {
	const at = share * (sorted.length - 1);
	const below = sorted[Math.floor(at)] as number;
	const above = sorted[Math.ceil(at)] as number;
	return below + (above - below) * (at - Math.floor(at));
}

/** How many times the second one the first is, round by round: what slows a whole round does not show. */
export function ratios(
	dividends: readonly number[],
	divisors: readonly number[],
): number[] {
	return dividends.map(
		(dividend, round) => dividend / (divisors[round] as number),
	);
}

/**
 * How far the new measurements lie above the old ones by their ranks (Mann and Whitney's U), in standard deviations of
 * what two samples of the same kind would show. Single measurements far off weigh no more than others.
 */
export function shift(old: readonly number[], now: readonly number[]): number {
	const pairs = old.length * now.length;
	let above = 0;
	for (const before of old)
		for (const after of now) above += (Math.sign(after - before) + 1) / 2;
	const deviation = Math.sqrt((pairs * (old.length + now.length + 1)) / 12);
	return (above - pairs / 2) / deviation;
}
