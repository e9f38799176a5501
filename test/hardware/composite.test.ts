// RATE_SET on composite slices against an exhaustive search over all divider pairs.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM_TARGET_ROOT); SCMI 3.2, section 4.6.2.7 (rounding).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	parent,
	ROUND_AUTO,
	ROUND_DOWN,
	ROUND_UP,
	rate,
	setParent,
	trySetRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	type ClockFact,
	clockFact,
	clockId,
	parentNames,
	REAL_CLOCKS,
} from "../support/imx8mm-facts.ts";
import { INVALID_PARAMETERS, Smt, SUCCESS } from "../support/smt.ts";

const SLICES = REAL_CLOCKS.filter(({ kind }) =>
	["core", "bus", "ip"].includes(kind),
);
const ROUNDINGS = [ROUND_DOWN, ROUND_UP, ROUND_AUTO];

/** Every product of a predivider 1..8 and a postdivider 1..64; core slices have a postdivider 1..8 alone. */
const PAIRS = [
	...new Set(
		Array.from({ length: 512 }, (_, i) =>
			BigInt(((i >> 6) + 1) * ((i & 63) + 1)),
		),
	),
];
const CORE = PAIRS.filter((divider) => divider <= 8n);

/** The best rate that a slice can have, by trying them all; undefined when none lies on the rounding's side. */
function best(
	kind: string,
	fin: bigint,
	hz: bigint,
	rounding: number,
): { rate: bigint; error: bigint } | undefined {
	let found: { rate: bigint; error: bigint } | undefined;
	for (const divider of kind === "core" ? CORE : PAIRS) {
		const candidate = fin / divider;
		if (rounding === ROUND_DOWN && candidate > hz) continue;
		if (rounding === ROUND_UP && candidate < hz) continue;
		const error = candidate > hz ? candidate - hz : hz - candidate;
		if (found === undefined || error < found.error)
			found = { rate: candidate, error };
	}
	return found;
}

/** What a slice's register may not lose: everything but its dividers. */
function outsideDividers({ kind }: ClockFact, word: number): number {
	return (word & (kind === "core" ? ~0x0000_0007 : ~0x0007_003f)) >>> 0;
}

function check(smt: Smt, fact: ClockFact, hz: bigint, rounding: number): void {
	const { name, kind } = fact;
	const address = Number(fact.columns[0]);
	const source = parent(smt, name);
	const fin = rate(
		smt,
		(REAL_CLOCKS.find(({ id }) => id === source) as ClockFact).name,
	);
	const before = smt.firmware.read32(address);
	const expected = best(kind, fin, hz, rounding);
	const status = trySetRate(smt, name, hz, rounding);
	const after = smt.firmware.read32(address);
	const what = `${name} of ${fin} Hz to ${hz} Hz, rounding ${rounding}`;
	if (expected === undefined) {
		expect(status, what).toBe(INVALID_PARAMETERS);
		expect(after, what).toBe(before);
		return;
	}
	expect(status, what).toBe(SUCCESS);
	const reached = rate(smt, name);
	if (rounding === ROUND_AUTO) {
		expect(reached > hz ? reached - hz : hz - reached, what).toBe(
			expected.error,
		);
	} else {
		expect(reached, what).toBe(expected.rate);
	}
	expect(outsideDividers(fact, after), what).toBe(
		outsideDividers(fact, before),
	);
}

describe.each(firmwares)("composite slices, $name", ({ create }) => {
	it("every slice with every parent, at telling rates", () => {
		const smt = new Smt(create());
		for (const fact of SLICES) {
			for (const source of new Set(parentNames(fact))) {
				setParent(smt, fact.name, source);
				const fin = rate(smt, source);
				for (const hz of [fin / 7n, fin / 11n + 1n, 123_456_789n]) {
					for (const rounding of ROUNDINGS) check(smt, fact, hz, rounding);
				}
				expect(parent(smt, fact.name)).toBe(clockId(source));
			}
		}
	});

	it("any rate from any parent", () => {
		const smt = new Smt(create());
		fc.assert(
			fc.property(
				fc.constantFrom(...SLICES),
				fc.nat(7),
				fc.nat(0xffff_ffff),
				fc.constantFrom(...ROUNDINGS),
				fc.oneof(
					fc.bigInt(0n, 1_100_000_000n),
					fc.bigInt(0n, 3_000_000n),
					fc.bigInt(0n, 2n ** 64n - 1n),
				),
				(fact, input, word, rounding, hz) => {
					// Other bits at random, the mux where we want it.
					const value = ((word & 0xf8ff_ffff) | (input << 24)) >>> 0;
					smt.firmware.write32(Number(fact.columns[0]), value);
					check(smt, fact, hz, rounding);
				},
			),
			{ numRuns: 300 },
		);
	});

	it("from every parent, at and beside every rate that dividers give", () => {
		const firmware = create();
		const smt = new Smt(firmware);
		const seen = new Set<string>();
		for (const fact of SLICES) {
			for (const source of new Set(parentNames(fact))) {
				const fin = rate(smt, source);
				// Slices of one kind differ by nothing but their register.
				const what = `${fact.kind === "core" ? "core" : "other"} ${fin}`;
				if (seen.has(what)) continue;
				seen.add(what);
				setParent(smt, fact.name, source);
				const dividers = fact.kind === "core" ? CORE : PAIRS;
				const outcomes = dividers.map((divider) => Number(fin / divider));
				const mostly = outcomes.filter((_, i) => i % 4 === seen.size % 4);
				for (const outcome of fact.kind === "core" ? outcomes : mostly)
					for (const hz of [outcome - 1, outcome, outcome + 1])
						for (const rounding of ROUNDINGS)
							if (hz >= 0) check(smt, fact, BigInt(hz), rounding);
			}
		}
		expect(seen.size).toBeGreaterThan(20);
	}, 60_000);

	it("any rate from fractional parents, at and around what dividers give", () => {
		const smt = new Smt(create());
		const fact = clockFact("lcdif_pixel");
		setParent(smt, "lcdif_pixel", "video_pll1_out");
		fc.assert(
			fc.property(
				fc.integer({ min: 64, max: 1023 }),
				fc.integer({ min: 1, max: 63 }),
				fc.nat(0xffff),
				fc.constantFrom(...PAIRS),
				fc.constantFrom(-1n, 0n, 1n),
				fc.constantFrom(...ROUNDINGS),
				(m, p, k, divider, beside, rounding) => {
					smt.firmware.write32(0x3036_002c, (m << 12) | (p << 4) | 1);
					smt.firmware.write32(0x3036_0030, k);
					const hz = rate(smt, "video_pll1_out") / divider + beside;
					check(smt, fact, hz < 0n ? 0n : hz, rounding);
				},
			),
			{ numRuns: 300 },
		);
	});
});
