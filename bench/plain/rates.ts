// Sets of rates as CLOCK_DESCRIBE_RATES tells them: a few discrete ones, or a range.
// SCMI 3.2 (Arm DEN0056E), section 4.6.2.6.

/** More than this many are told as a range. */
const MOST = 16;

/** In Hz; the discrete ones ascending. */
export type Rates =
	| { discrete: readonly number[] }
	| { discrete: undefined; lowest: number; highest: number };

export function rangeOf(lowest: number, highest: number): Rates {
	return { discrete: undefined, lowest, highest };
}

/** Rates in any order, also repeated. */
export function listOf(rates: readonly number[]): Rates {
	const discrete = [...new Set(rates)].sort((a, b) => a - b);
	if (discrete.length <= MOST) return { discrete };
	return rangeOf(discrete[0] as number, discrete.at(-1) as number);
}

/** What comes out when each rate is multiplied by `mult` and divided by any of `divs`, ascending. */
export function scaled(
	rates: Rates,
	mult: number,
	divs: readonly number[],
): Rates {
	const by = (rate: number, div: number) => Math.floor((rate * mult) / div);
	if (rates.discrete === undefined) {
		const [first, last] = [divs[0] as number, divs.at(-1) as number];
		return rangeOf(by(rates.lowest, last), by(rates.highest, first));
	}
	return listOf(
		rates.discrete.flatMap((rate) => divs.map((div) => by(rate, div))),
	);
}
