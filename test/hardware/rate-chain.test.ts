// Dividers and fixed factors over slices: RATE_SET finds the best of everything that both can give together.
// i.MX 8M Mini reference manual, chapter 5.1; SCMI 3.2, section 4.6.2.7 (rounding).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ROUND_AUTO,
	ROUND_DOWN,
	ROUND_UP,
	rate,
	setParent,
	trySetRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import { clockFact, parentNames } from "../support/imx8mm-facts.ts";
import { INVALID_PARAMETERS, Smt, SUCCESS } from "../support/smt.ts";

/** A clock over a slice, and what it can divide the slice's rate by. */
const CHAINS = [
	{ name: "ipg_root", slice: "ahb", by: [1n, 2n] },
	{ name: "gpio1_root_clk", slice: "ahb", by: [1n, 2n] },
	{ name: "ipg_audio_root", slice: "audio_ahb", by: [1n, 2n] },
	{ name: "dram_alt_root", slice: "dram_alt", by: [4n] },
];

const DIVIDERS = [
	...new Set(
		Array.from({ length: 512 }, (_, i) =>
			BigInt(((i >> 6) + 1) * ((i & 63) + 1)),
		),
	),
];

/** Least error on the rounding's side over everything reachable; undefined when nothing lies there. */
function leastError(
	fin: bigint,
	by: readonly bigint[],
	hz: bigint,
	rounding: number,
): bigint | undefined {
	let least: bigint | undefined;
	for (const divider of DIVIDERS) {
		for (const last of by) {
			const reached = fin / divider / last;
			if (rounding === ROUND_DOWN && reached > hz) continue;
			if (rounding === ROUND_UP && reached < hz) continue;
			const error = reached > hz ? reached - hz : hz - reached;
			if (least === undefined || error < least) least = error;
		}
	}
	return least;
}

describe.each(firmwares)("a chain of dividers, $name", ({ create }) => {
	it("any rate, any rounding: nothing reachable is better", () => {
		const smt = new Smt(create());
		fc.assert(
			fc.property(
				fc.constantFrom(...CHAINS),
				fc.nat(7),
				fc.constantFrom(ROUND_DOWN, ROUND_UP, ROUND_AUTO),
				fc.bigInt(0n, 500_000_000n),
				fc.constantFrom(...DIVIDERS),
				fc.constantFrom(undefined, -2n, -1n, 0n, 1n, 2n),
				({ name, slice, by }, input, rounding, any, divider, beside) => {
					const source = parentNames(clockFact(slice))[input] as string;
					setParent(smt, slice, source);
					const fin = rate(smt, source);
					// Any rate, or one beside what there is.
					const near = fin / divider / (by[0] as bigint) + (beside ?? 0n);
					const hz = beside === undefined ? any : near < 0n ? 0n : near;
					const least = leastError(fin, by, hz, rounding);
					const before = rate(smt, name);
					const status = trySetRate(smt, name, hz, rounding);
					const reached = rate(smt, name);
					if (least === undefined) {
						expect(status).toBe(INVALID_PARAMETERS);
						expect(reached).toBe(before);
						return;
					}
					expect(status).toBe(SUCCESS);
					const error = reached > hz ? reached - hz : hz - reached;
					if (rounding === ROUND_DOWN) expect(reached).toBeLessThanOrEqual(hz);
					if (rounding === ROUND_UP) expect(reached).toBeGreaterThanOrEqual(hz);
					expect(error).toBe(least);
				},
			),
			{ numRuns: 300 },
		);
	});
});
