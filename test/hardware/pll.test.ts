// The PLLs: rates from their dividers, bypass, LOCK over virtual time, and how a wanted rate is found.
// i.MX 8M Mini reference manual, chapter 5.1.8; retuning as Linux's clk-pll14xx.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	disable,
	enable,
	enabled,
	ROUND_AUTO,
	ROUND_DOWN,
	ROUND_UP,
	rate,
	setParent,
	setRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import { Smt } from "../support/smt.ts";

const AUDIO_PLL1 = 0x3036_0000;
const GPU_PLL = 0x3036_0064;
const RESET_N = 0x200;
const LOCK = 0x8000_0000;

function divCtl0(m: number, p: number, s: number): number {
	return ((m << 12) | (p << 4) | s) >>> 0;
}

/** 24 MHz * factor / (p * 65536 * 2^s), whole Hz. */
function output(factor: number, p: number, s: number): bigint {
	return (24_000_000n * BigInt(factor)) / BigInt(p * 65536 * 2 ** s);
}

describe.each(firmwares)("PLL rates, $name", ({ create }) => {
	const smt = new Smt(create());
	const { firmware } = smt;

	it.each([
		["no kdiv", 325, 3, 2, 0, 650_000_000n],
		["kdiv 1/4", 173, 2, 1, 0x4000, 1_039_500_000n],
		["kdiv -1/2", 100, 1, 0, 0x8000, 2_388_000_000n],
		["kdiv -1/4", 174, 2, 1, 0xc000, 1_042_500_000n],
		["kdiv -1/65536", 100, 1, 0, 0xffff, 2_399_999_633n],
		["kdiv's upper half ignored", 100, 1, 0, 0xabcd_0000, 2_400_000_000n],
		["sdiv 7", 128, 1, 7, 0, 24_000_000n],
		["pdiv 63", 63, 63, 0, 0, 24_000_000n],
		["pdiv 0 stands still", 325, 0, 2, 0, 0n],
		["mdiv 0", 0, 1, 0, 0x4000, 6_000_000n],
		["mdiv 0 and a negative kdiv stand still", 0, 1, 0, 0xc000, 0n],
		["all ones", 1023, 63, 7, 0x7fff, 3_046_130n],
	])("1443x: %s", (_, m, p, s, k, hz) => {
		firmware.write32(AUDIO_PLL1 + 4, divCtl0(m, p, s));
		firmware.write32(AUDIO_PLL1 + 8, k);
		for (const name of ["audio_pll1", "audio_pll1_bypass", "audio_pll1_out"])
			expect(rate(smt, name)).toBe(hz);
	});

	it("1416x has no kdiv", () => {
		firmware.write32(GPU_PLL + 8, 0x4000);
		expect(rate(smt, "gpu_pll")).toBe(800_000_000n);
		firmware.write32(GPU_PLL + 4, divCtl0(225, 3, 0));
		expect(rate(smt, "gpu_pll")).toBe(1_800_000_000n);
		firmware.write32(GPU_PLL + 4, divCtl0(200, 0, 0));
		expect(rate(smt, "gpu_pll")).toBe(0n);
	});

	it.each([
		["internal bypass, bit 4", 1 << 4, 24_000_000n, 24_000_000n],
		["external bypass, bit 28", 1 << 28, 800_000_000n, 24_000_000n],
		["an unconnected reference", 1, 0n, 0n],
		["both: no reference, bypassed", 1 | (1 << 4), 0n, 0n],
	])("1416x: %s", (_, bits, pll, out) => {
		const here = new Smt(create());
		here.firmware.write32(
			GPU_PLL,
			(here.firmware.read32(GPU_PLL) | bits) >>> 0,
		);
		expect(rate(here, "gpu_pll")).toBe(pll);
		expect(rate(here, "gpu_pll_out")).toBe(out);
	});

	it("1443x: external bypass is bit 16", () => {
		const here = new Smt(create());
		here.firmware.write32(
			AUDIO_PLL1,
			(here.firmware.read32(AUDIO_PLL1) | (1 << 16)) >>> 0,
		);
		expect(rate(here, "audio_pll1")).toBe(650_000_000n);
		expect(rate(here, "audio_pll1_out")).toBe(24_000_000n);
	});
});

describe.each(firmwares)("LOCK, $name", ({ create }) => {
	// 3000 cycles of 24 MHz / pdiv 3; the platform's model.
	const LOCK_NS = 375_000;

	it("falls in reset and rises a while after it", () => {
		const firmware = create();
		const running = firmware.read32(AUDIO_PLL1);
		expect(running & RESET_N).toBe(RESET_N);
		expect(running >>> 31).toBe(1);
		firmware.write32(AUDIO_PLL1, running & ~RESET_N);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(0);
		firmware.advance(10 * LOCK_NS);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(0);
		firmware.write32(AUDIO_PLL1, running);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(0);
		firmware.advance(LOCK_NS - 1);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(0);
		firmware.advance(1);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(1);
	});

	it("is read-only", () => {
		const firmware = create();
		const running = firmware.read32(GPU_PLL);
		firmware.write32(GPU_PLL, (running & ~LOCK) >>> 0);
		expect(firmware.read32(GPU_PLL)).toBe(running);
		firmware.write32(GPU_PLL, (LOCK | (running & ~RESET_N)) >>> 0);
		expect(firmware.read32(GPU_PLL) >>> 31).toBe(0);
	});

	it.each([
		["mdiv", divCtl0(326, 3, 2), 0, 375_000],
		["pdiv", divCtl0(325, 4, 2), 0, 500_000],
		["sdiv", divCtl0(325, 3, 1), 1, 0],
		["nothing", divCtl0(325, 3, 2), 1, 0],
	])("a running PLL with another %s", (_, value, locked, ns) => {
		const firmware = create();
		firmware.write32(AUDIO_PLL1 + 4, value);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(locked);
		firmware.advance(ns);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(1);
	});

	it("another kdiv does not unlock", () => {
		const firmware = create();
		firmware.write32(AUDIO_PLL1 + 8, 0x1234);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(1);
	});

	it("RATE_SET waits for it, unless another kdiv is enough", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		const start = firmware.timeNs;
		setRate(smt, "audio_pll1", 393_216_000n);
		expect(firmware.read32(AUDIO_PLL1) >>> 31).toBe(1);
		// 3000 cycles of 24 MHz / 5.
		expect(firmware.timeNs - start).toBeGreaterThanOrEqual(625_000);
		const dividers = firmware.read32(AUDIO_PLL1 + 4);
		const before = firmware.timeNs;
		setRate(smt, "audio_pll1", 393_100_000n);
		expect(firmware.read32(AUDIO_PLL1 + 4)).toBe(dividers);
		// Two traps: RATE_SET and RATE_GET.
		expect(firmware.timeNs - before).toBe(2 * IMX8MM.trapNs);
	});

	it("RATE_SET on a PLL in reset leaves it there", () => {
		const smt = new Smt(create());
		enable(smt, "gpu_pll");
		disable(smt, "gpu_pll");
		expect(smt.firmware.read32(GPU_PLL) & RESET_N).toBe(0);
		expect(setRate(smt, "gpu_pll", 1_000_000_000n)).toBe(1_000_000_000n);
		expect(smt.firmware.read32(GPU_PLL) & RESET_N).toBe(0);
		expect(enabled(smt, "gpu_pll_out")).toBe(false);
		enable(smt, "gpu_pll");
		expect(smt.firmware.read32(GPU_PLL) >>> 31).toBe(1);
		expect(enabled(smt, "gpu_pll_out")).toBe(true);
	});

	it("a reference that stands still never locks, and nobody waits for ever", () => {
		const smt = new Smt(create());
		setParent(smt, "gpu_pll_ref_sel", "dummy");
		enable(smt, "gpu_pll");
		disable(smt, "gpu_pll");
		enable(smt, "gpu_pll");
		smt.firmware.advance(1e12);
		expect(smt.firmware.read32(GPU_PLL) >>> 31).toBe(0);
		expect(rate(smt, "gpu_pll")).toBe(0n);
	});
});

const TABLE_1416X: readonly (readonly [
	mhz: bigint,
	m: number,
	p: number,
	s: number,
])[] = [
	[1800n, 225, 3, 0],
	[1600n, 200, 3, 0],
	[1500n, 375, 3, 1],
	[1400n, 350, 3, 1],
	[1200n, 300, 3, 1],
	[1000n, 250, 3, 1],
	[800n, 200, 3, 1],
	[750n, 250, 2, 2],
	[700n, 350, 3, 2],
	[600n, 300, 3, 2],
];

/** The setting rule by trying everything: the table's exact entry, else only kdiv within its reach, else the least error. */
function leastError(
	hz: bigint,
	now: [m: number, p: number, s: number],
): bigint {
	const error = (factor: number, p: number, s: number) => {
		const found = output(factor, p, s);
		return found > hz ? found - hz : hz - found;
	};
	const around = (low: number, high: number, p: number, s: number) => {
		const ideal = Number((hz * BigInt(p * 65536 * 2 ** s)) / 24_000_000n);
		return [-2, -1, 0, 1, 2]
			.map((d) => Math.min(Math.max(ideal + d, low), high))
			.map((factor) => error(factor, p, s))
			.sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
	};
	const [m, p, s] = now;
	const low = m * 65536 - 32768;
	if (output(low, p, s) <= hz && output(low + 65535, p, s) >= hz)
		return around(low, low + 65535, p, s);
	let least: bigint | undefined;
	for (let pdiv = 1; pdiv <= 63; pdiv++) {
		for (let sdiv = 0; sdiv <= 6; sdiv++) {
			const found = around(
				64 * 65536 - 32768,
				1023 * 65536 + 32767,
				pdiv,
				sdiv,
			);
			if (least === undefined || found < least) least = found;
		}
	}
	return least as bigint;
}

describe.each(firmwares)("retuning, $name", ({ create }) => {
	const smt = new Smt(create());
	const { firmware } = smt;

	it.each(TABLE_1416X)(
		"1416x: %i MHz is mdiv %i, pdiv %i, sdiv %i",
		(mhz, m, p, s) => {
			expect(setRate(smt, "gpu_pll", mhz * 1_000_000n)).toBe(mhz * 1_000_000n);
			expect(firmware.read32(GPU_PLL + 4)).toBe(divCtl0(m, p, s));
		},
	);

	it.each([
		[1_039_500_000n, 173, 2, 1, 16384],
		[650_000_000n, 325, 3, 2, 0],
		[594_000_000n, 198, 2, 2, 0],
		[519_750_000n, 173, 2, 2, 16384],
		[393_216_000n, 655, 5, 3, 23593],
	])("1443x: %i Hz is mdiv %i, pdiv %i, sdiv %i, kdiv %i", (hz, m, p, s, k) => {
		const here = new Smt(create());
		expect(setRate(here, "audio_pll1", hz)).toBe(hz);
		expect(here.firmware.read32(AUDIO_PLL1 + 4)).toBe(divCtl0(m, p, s));
		expect(here.firmware.read32(AUDIO_PLL1 + 8) & 0xffff).toBe(k);
	});

	it("ends the internal bypass", () => {
		const here = new Smt(create());
		here.firmware.write32(GPU_PLL, here.firmware.read32(GPU_PLL) | 0x10);
		expect(rate(here, "gpu_pll")).toBe(24_000_000n);
		expect(setRate(here, "gpu_pll", 1_000_000_000n)).toBe(1_000_000_000n);
		expect(rate(here, "gpu_pll_out")).toBe(1_000_000_000n);
	});

	it("1443x: nothing comes closer to any rate than what is found, on the rounding's side", () => {
		fc.assert(
			fc.property(
				fc.bigInt(400_000n, 4_000_000_000n),
				fc.constantFrom(ROUND_DOWN, ROUND_UP, ROUND_AUTO),
				fc.integer({ min: 64, max: 1023 }),
				fc.integer({ min: 1, max: 63 }),
				fc.integer({ min: 0, max: 6 }),
				(hz, rounding, m, p, s) => {
					firmware.write32(AUDIO_PLL1 + 4, divCtl0(m, p, s));
					const reached = setRate(smt, "audio_pll1", hz, rounding);
					const error = reached > hz ? reached - hz : hz - reached;
					if (rounding === ROUND_DOWN) expect(reached).toBeLessThanOrEqual(hz);
					if (rounding === ROUND_UP) expect(reached).toBeGreaterThanOrEqual(hz);
					const least = leastError(hz, [m, p, s]);
					if (rounding === ROUND_AUTO) expect(error).toBe(least);
					else expect(error).toBeGreaterThanOrEqual(least);
					// Registers within the dividers' limits.
					const word = firmware.read32(AUDIO_PLL1 + 4);
					expect((word >>> 4) & 63).toBeGreaterThan(0);
					expect(word & 7).toBeLessThanOrEqual(6);
					expect(word >>> 12).toBeGreaterThanOrEqual(64);
					expect(word >>> 12).toBeLessThanOrEqual(1023);
				},
			),
			{ numRuns: 60 },
		);
	});
});
