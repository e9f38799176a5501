// Whole numbers that may outgrow a double, and the rounding of rate requests.
// Rates stay below 2^53; products of rates and dividers do not.

/** floor((a * b + c) / divisor) of whole numbers, exact: BigInt only where the product needs it. */
export function mulDiv(a: number, b: number, divisor: number, c = 0): number {
	const product = a * b + c;
	if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / divisor);
	return Number((BigInt(a) * BigInt(b) + BigInt(c)) / BigInt(divisor));
}

/** The rounding modes of CLOCK_RATE_SET. */
export type Rounding = "down" | "up" | "nearest";

/** Whether `candidate` lies in the rounding's direction and is nearer to `wanted` than `best`. Ties keep `best`. */
export function isBetter(
	candidate: number,
	best: number | undefined,
	wanted: number,
	rounding: Rounding,
): boolean {
	switch (rounding) {
		case "down":
			return candidate <= wanted && (best === undefined || candidate > best);
		case "up":
			return candidate >= wanted && (best === undefined || candidate < best);
		case "nearest":
			return (
				best === undefined ||
				Math.abs(candidate - wanted) < Math.abs(best - wanted)
			);
	}
}

/** Virtual time in ns since load. */
export class Time {
	now = 0;

	pass(ns: number): void {
		this.now = Math.min(this.now + ns, 2 ** 64 - 2 ** 32);
	}
}
