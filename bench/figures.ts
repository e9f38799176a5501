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
export function ratioOf(
	dividends: readonly number[],
	divisors: readonly number[],
): Figure {
	return figureOf(
		dividends.map((dividend, round) => dividend / (divisors[round] as number)),
	);
}
