// CLOCK_DESCRIBE_RATES, CLOCK_RATE_SET and CLOCK_RATE_GET through messages: layouts, paging, flags, and that both agree.
// SCMI 3.2 (Arm DEN0056E), sections 4.6.2.6 to 4.6.2.8.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	ROUND_AUTO,
	ROUND_DOWN,
	ROUND_UP,
	rate,
	setParent,
	setRate,
	trySetRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import { clockId, REAL_CLOCKS } from "../support/imx8mm-facts.ts";
import {
	CLOCK,
	INVALID_PARAMETERS,
	NOT_SUPPORTED,
	OUT_OF_RANGE,
	Smt,
	SUCCESS,
	u32,
	u64,
} from "../support/smt.ts";

const HIGHEST = 2n ** 64n - 1n;

/** What DESCRIBE_RATES tells, all pages together. */
interface Described {
	discrete: bigint[];
	/** Lowest and highest; undefined for a list. */
	range: { min: bigint; max: bigint } | undefined;
}

/** Flags word of a page: number returned, bit 12 range, number remaining from bit 16. */
function flags(count: number, remaining: number): number[] {
	return u32(count | (remaining << 16));
}

function describeRates(smt: Smt, name: string): Described {
	const discrete: bigint[] = [];
	for (;;) {
		const words = smt.words(CLOCK, 0x4, u32(clockId(name), discrete.length));
		const word = words[0] as number;
		const count = word & 0xfff;
		expect(word & 0xe000).toBe(0);
		expect(words).toHaveLength(1 + 2 * count);
		const rates = Array.from(
			{ length: count },
			(_, i) =>
				BigInt(words[1 + 2 * i] as number) |
				(BigInt(words[2 + 2 * i] as number) << 32n),
		);
		if ((word >>> 12) & 1) {
			expect([count, word >>> 16]).toEqual([3, 0]);
			const [min, max, step] = rates as [bigint, bigint, bigint];
			expect(step).toBe(1n);
			expect(min).toBeLessThan(max);
			return { discrete: [], range: { min, max } };
		}
		expect(count).toBeGreaterThan(0);
		discrete.push(...rates);
		if (word >>> 16 === 0) return { discrete, range: undefined };
		// The rest must be what was promised.
		expect(discrete.length + (word >>> 16)).toBeLessThanOrEqual(16);
	}
}

describe.each(firmwares)("DESCRIBE_RATES, $name", ({ create }) => {
	const smt = new Smt(create());

	it.each([
		["a fixed clock", "osc_24m", [24_000_000n]],
		["an unconnected one", "osc_hdmi", [0n]],
		["a fixed factor of a fixed PLL", "sys_pll2_333m", [333_333_333n]],
		["a fixed factor of a fixed clock", "gpt_3m", [3_000_000n]],
		["a mux that does not forward", "arm_a53_core", [1_200_000_000n]],
		[
			"an integer PLL",
			"gpu_pll_out",
			[600n, 700n, 750n, 800n, 1000n, 1200n, 1400n, 1500n, 1600n, 1800n].map(
				(mhz) => mhz * 1_000_000n,
			),
		],
		[
			"a core slice",
			"arm_m4_core",
			[
				3_000_000n,
				3_428_571n,
				4_000_000n,
				4_800_000n,
				6_000_000n,
				8_000_000n,
				12_000_000n,
				24_000_000n,
			],
		],
	] as const)("%s: %s", (_, name, rates) => {
		smt.expect(CLOCK, 0x4, u32(clockId(name), 0), [
			...flags(rates.length, 0),
			...u64(...rates),
		]);
		const last = rates.length - 1;
		smt.expect(CLOCK, 0x4, u32(clockId(name), last), [
			...flags(1, 0),
			...u64(rates[last] as bigint),
		]);
		for (const index of [rates.length, rates.length + 1, 0x10000, 0xffff_ffff])
			smt.refuse(CLOCK, 0x4, u32(clockId(name), index), OUT_OF_RANGE);
	});

	it.each([
		[
			"a bus slice, parent 1 to parent / 512",
			"nand_usdhc_bus",
			520_833n,
			266_666_666n,
		],
		["its gate", "nand_usdhc_rawnand_clk", 520_833n, 266_666_666n],
		["a slice of the oscillator", "uart2", 46_875n, 24_000_000n],
		["a fixed factor of a slice", "dram_alt_root", 390_625n, 200_000_000n],
		// 24 MHz * (64 - 1/2) / 63 / 64 to 24 MHz * (1023 + 32767/65536).
		["a fractional PLL", "audio_pll1", 377_976n, 24_563_999_633n],
	])("%s: %s is a range in steps of 1", (_, name, min, max) => {
		smt.expect(CLOCK, 0x4, u32(clockId(name), 0), [
			...u32((1 << 12) | 3),
			...u64(min, max, 1n),
		]);
		for (const index of [1, 2, 3, 0xffff_ffff])
			smt.refuse(CLOCK, 0x4, u32(clockId(name), index), OUT_OF_RANGE);
	});

	it("pages: 16 rates of a divider, 14 in a reply of 128 bytes", () => {
		const here = new Smt(create());
		setParent(here, "clkout1_sel", "osc_24m");
		const id = clockId("clkout1");
		const all = Array.from(
			{ length: 16 },
			(_, i) => 24_000_000n / BigInt(16 - i),
		);
		here.expect(CLOCK, 0x4, u32(id, 0), [
			...flags(14, 2),
			...u64(...all.slice(0, 14)),
		]);
		here.expect(CLOCK, 0x4, u32(id, 14), [
			...flags(2, 0),
			...u64(...all.slice(14)),
		]);
		here.expect(CLOCK, 0x4, u32(id, 5), [
			...flags(11, 0),
			...u64(...all.slice(5)),
		]);
		here.expect(CLOCK, 0x4, u32(id, 1), [
			...flags(14, 1),
			...u64(...all.slice(1, 15)),
		]);
		here.refuse(CLOCK, 0x4, u32(id, 16), OUT_OF_RANGE);
	});

	it.each([
		[76, 8],
		[80, 8],
		[84, 9],
		[4096, 16],
	])(
		"pages: maxMessageSize %i holds %i of 16 rates",
		(maxMessageSize, room) => {
			const channels = IMX8MM.channels.slice(0, 1).map((channel) => ({
				...channel,
				size: 0x1000,
			}));
			const platform =
				maxMessageSize === 4096
					? {
							...IMX8MM,
							maxMessageSize: 0x1000 - 0x18,
							channels,
						}
					: { ...IMX8MM, maxMessageSize };
			const here = new Smt(create(platform));
			setParent(here, "clkout1_sel", "osc_24m");
			const [word] = here.words(CLOCK, 0x4, u32(clockId("clkout1_div"), 0));
			expect(word).toBe(room | ((16 - room) << 16));
			expect(describeRates(here, "clkout1_div").discrete).toHaveLength(16);
		},
	);

	it("a PLL with 16 settings lists them, ascending", () => {
		const rates = Array.from({ length: 16 }, (_, i) => ({
			rate: (i + 64) * 1_000_000,
			mdiv: i + 64,
			pdiv: 24,
			sdiv: 0,
		})).toReversed();
		const clocks = IMX8MM.clocks.map((clock) =>
			clock.kind === "pll" && clock.name === "gpu_pll"
				? { ...clock, rates }
				: clock,
		);
		const here = new Smt(create({ ...IMX8MM, clocks }));
		expect(describeRates(here, "gpu_pll").discrete).toEqual(
			Array.from({ length: 16 }, (_, i) => BigInt(i + 64) * 1_000_000n),
		);
	});

	it("equal rates count once", () => {
		const here = new Smt(create());
		setParent(here, "sai1", "osc_hdmi");
		expect(describeRates(here, "sai1").discrete).toEqual([0n]);
	});
});

describe.each(firmwares)(
	"what is described and what is set agree, $name",
	({ create }) => {
		it("for every clock: what a list or a range promises, RATE_SET reaches, and nothing beyond", () => {
			for (const { name } of REAL_CLOCKS) {
				const smt = new Smt(create());
				const { discrete, range } = describeRates(smt, name);
				const sorted = [...new Set(discrete)].sort((a, b) => (a < b ? -1 : 1));
				expect(discrete, name).toEqual(sorted);
				const [lowest, highest] = range
					? [range.min, range.max]
					: [discrete[0] as bigint, discrete.at(-1) as bigint];
				for (const hz of range ? [lowest, highest] : discrete) {
					for (const rounding of [ROUND_DOWN, ROUND_UP, ROUND_AUTO])
						expect(setRate(smt, name, hz, rounding), `${name} ${hz}`).toBe(hz);
				}
				expect(setRate(smt, name, 0n, ROUND_AUTO), name).toBe(lowest);
				expect(setRate(smt, name, HIGHEST, ROUND_AUTO), name).toBe(highest);
				expect(setRate(smt, name, 0n, ROUND_UP), name).toBe(lowest);
				expect(setRate(smt, name, HIGHEST, ROUND_DOWN), name).toBe(highest);
				expect(trySetRate(smt, name, highest + 1n, ROUND_UP), name).toBe(
					INVALID_PARAMETERS,
				);
				if (lowest > 0n)
					expect(trySetRate(smt, name, lowest - 1n, ROUND_DOWN), name).toBe(
						INVALID_PARAMETERS,
					);
				expect(rate(smt, name), name).toBe(highest);
			}
		});

		it("lists: rounding takes the next entry down, up, or the nearest", () => {
			const listed = REAL_CLOCKS.filter(
				({ kind, name }) =>
					["core", "cpu", "pll1416x"].includes(kind) ||
					name.startsWith("clkout1"),
			).map(({ name }) => name);
			const firmware = create();
			const smt = new Smt(firmware);
			fc.assert(
				fc.property(
					fc.constantFrom(...listed),
					fc.bigInt(0n, 2_000_000_000n),
					fc.constantFrom(
						ROUND_DOWN,
						ROUND_UP,
						ROUND_AUTO,
						ROUND_UP | ROUND_AUTO,
					),
					(name, hz, rounding) => {
						const { discrete } = describeRates(smt, name);
						const fits = discrete.filter((r) =>
							rounding & ROUND_AUTO
								? true
								: rounding & ROUND_UP
									? r >= hz
									: r <= hz,
						);
						const before = rate(smt, name);
						const status = trySetRate(smt, name, hz, rounding);
						expect(status).toBe(fits.length > 0 ? SUCCESS : INVALID_PARAMETERS);
						const after = rate(smt, name);
						if (status !== SUCCESS) expect(after).toBe(before);
						else {
							expect(fits).toContain(after);
							const error = distance(after, hz);
							expect(fits.every((r) => distance(r, hz) >= error)).toBe(true);
						}
					},
				),
				{ numRuns: 400 },
			);
		});
	},
);

function distance(a: bigint, b: bigint): bigint {
	return a > b ? a - b : b - a;
}

describe.each(firmwares)("RATE_SET's flags, $name", ({ create }) => {
	const smt = new Smt(create());
	const uart2 = 128;
	const set = (word: number, hz: bigint) => [...u32(word, uart2), ...u64(hz)];

	it.each([
		["down by default", 0, 12_000_000n],
		["ignoring the delayed response", 2, 12_000_000n],
		["up", 4, 24_000_000n],
		["automatic", 8, 12_000_000n],
		["automatic beats up", 12, 12_000_000n],
		["all but asynchronous", 14, 12_000_000n],
	])("rounds %s", (_, word, result) => {
		smt.expect(CLOCK, 0x5, set(word, 13_000_000n), []);
		smt.expect(CLOCK, 0x6, u32(uart2), u64(result));
	});

	it("asynchronous changes are NOT_SUPPORTED", () => {
		for (const word of [1, 3, 5, 9, 15])
			smt.refuse(CLOCK, 0x5, set(word, 6_000_000n), NOT_SUPPORTED);
	});

	it("reserved bits are INVALID_PARAMETERS, with the asynchronous bit too", () => {
		for (let bit = 4; bit < 32; bit++) {
			smt.refuse(
				CLOCK,
				0x5,
				set((1 << bit) >>> 0, 6_000_000n),
				INVALID_PARAMETERS,
			);
			smt.refuse(
				CLOCK,
				0x5,
				set(((1 << bit) | 1) >>> 0, 6_000_000n),
				INVALID_PARAMETERS,
			);
		}
	});

	it("refused requests change nothing", () => {
		smt.expect(CLOCK, 0x5, set(0, 6_000_000n), []);
		const register = smt.firmware.read32(0x3038_af80);
		smt.refuse(CLOCK, 0x5, set(1, 3_000_000n), NOT_SUPPORTED);
		smt.refuse(CLOCK, 0x5, set(16, 3_000_000n), INVALID_PARAMETERS);
		smt.refuse(CLOCK, 0x5, set(0, 46_874n), INVALID_PARAMETERS);
		smt.refuse(CLOCK, 0x5, set(4, 24_000_001n), INVALID_PARAMETERS);
		expect(smt.firmware.read32(0x3038_af80)).toBe(register);
		expect(rate(smt, "uart2")).toBe(6_000_000n);
	});

	it("uses all 64 bits of the rate", () => {
		smt.expect(CLOCK, 0x5, set(0, 2n ** 32n + 6_000_000n), []);
		expect(rate(smt, "uart2")).toBe(24_000_000n);
		smt.refuse(CLOCK, 0x5, set(4, 2n ** 32n + 6_000_000n), INVALID_PARAMETERS);
		smt.expect(
			CLOCK,
			0x5,
			[...u32(0, clockId("audio_pll1")), ...u64(2n ** 33n)],
			[],
		);
		// In steps of 183 Hz up there: 24 MHz / 2 / 65536.
		const reached = rate(smt, "audio_pll1");
		expect(reached).toBeLessThanOrEqual(2n ** 33n);
		expect(reached).toBeGreaterThan(2n ** 33n - 184n);
	});
});
