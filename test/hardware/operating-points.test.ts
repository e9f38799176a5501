// Operating points through messages: PLL and rail move together, in the order that keeps the voltage sufficient.
// SCMI 3.2, section 4.5; rates and voltages of Linux's imx8mm.dtsi; i.MX 8M Mini reference manual, chapter 5.1.8.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { rate, setParent } from "../support/clock-calls.ts";
import {
	ARM_PLL,
	BUCK2,
	DIV_CTL0,
	HARDWARE_ERROR,
	hardware,
	hardwareAt,
	level,
	limits,
	PERFORMANCE,
	SELECTOR,
} from "../support/performance.ts";
import { CLOCK, Smt, u32, u64 } from "../support/smt.ts";

/** Level indices. */
const SLOW = 1;
const MIDDLE = 2;
const FAST = 3;
/** ns: a step of the rail is 10 mV at 1.25 mV/µs; the PLL locks after 270 cycles of 24 MHz divided by pdiv, 3. */
const RAIL_STEP_NS = 8000;
const LOCK_NS = 33_750;
const TRAP_NS = 1000;

function open(platform: Platform = IMX8MM): { engine: Engine; smt: Smt } {
	const engine = createEngine(platform);
	return { engine, smt: new Smt(engine) };
}

function setLevel(smt: Smt, index: number): number {
	return smt.status(PERFORMANCE, 0x7, u32(0, index));
}

/** The same platform with a rail that reaches from `min` to `max` µV only. */
function limitedRail(min: number, max: number): Platform {
	return {
		...IMX8MM,
		rails: IMX8MM.rails.map((rail) =>
			rail.name === "BUCK2" ? { ...rail, min, max } : rail,
		),
	};
}

describe("the platform's operating points", () => {
	it("are those of Linux's table", () => {
		const [a53] = IMX8MM.performanceDomains;
		const points = a53?.points.map(({ rate, microvolts }) => [
			rate,
			microvolts,
		]);
		expect(points).toEqual([
			[1_200_000_000, 850_000],
			[1_600_000_000, 950_000],
			[1_800_000_000, 1_000_000],
		]);
	});
});

describe("an operating point", () => {
	it.each([
		[SLOW, 1200],
		[MIDDLE, 1600],
		[FAST, 1800],
	] as const)(
		"index %i is %i MHz: PLL, rail, and the clock protocol agree",
		(index, megahertz) => {
			const { engine, smt } = open();
			expect(setLevel(smt, index)).toBe(0);
			expect(hardware(smt)).toEqual(hardwareAt(megahertz));
			expect(rate(smt, "arm")).toBe(BigInt(megahertz) * 1_000_000n);
			expect(rate(smt, "arm_pll_out")).toBe(BigInt(megahertz) * 1_000_000n);
			// The core runs from the PLL, which has locked.
			expect((engine.read32(0x3038_9880) >>> 24) & 1).toBe(1);
			expect(engine.read32(0x3036_0084) >>> 31).toBe(1);
		},
	);

	it("takes the time of the rail and of the PLL, each once", () => {
		const { engine, smt } = open();
		for (const [index, steps] of [
			[FAST, 15],
			[MIDDLE, 5],
			[SLOW, 10],
		] as const) {
			const before = engine.timeNs;
			expect(setLevel(smt, index)).toBe(0);
			const took = engine.timeNs - before;
			expect(took).toBe(TRAP_NS + steps * RAIL_STEP_NS + LOCK_NS);
			// DESCRIBE_LEVELS tells the latency in µs.
			const [, , , latency] = smt.words(PERFORMANCE, 0x4, u32(0, 0));
			expect(took - TRAP_NS).toBeLessThanOrEqual((latency as number) * 1000);
		}
	});

	it("asked for again costs nothing but the trap", () => {
		const { engine, smt } = open();
		setLevel(smt, FAST);
		const before = engine.timeNs;
		expect(setLevel(smt, FAST)).toBe(0);
		expect(engine.timeNs - before).toBe(TRAP_NS);
	});

	it("above what the rail has: HARDWARE_ERROR, and the clock stays, since the rail goes first", () => {
		const { smt } = open(limitedRail(700_000, 900_000));
		for (const index of [MIDDLE, FAST]) {
			expect(setLevel(smt, index)).toBe(HARDWARE_ERROR);
			expect(hardware(smt)).toEqual(hardwareAt(1200));
			expect(level(smt)).toBe(SLOW);
		}
		expect(setLevel(smt, SLOW)).toBe(0);
	});

	it("below what the rail has: HARDWARE_ERROR, and the clock has fallen, since it goes first", () => {
		const { engine, smt } = open(limitedRail(950_000, 1_300_000));
		expect(setLevel(smt, FAST)).toBe(0);
		expect(setLevel(smt, SLOW)).toBe(HARDWARE_ERROR);
		expect(hardware(smt)).toEqual([SELECTOR[1800], DIV_CTL0[1200]]);
		expect(level(smt)).toBe(SLOW);
		expect(engine.read32(BUCK2) & 0x3f).toBe(SELECTOR[1800]);
	});

	it("that a PLL without a reference cannot give: HARDWARE_ERROR", () => {
		const { engine, smt } = open();
		// Input 1 of arm_pll_ref_sel is no clock at all.
		engine.write32(0x3036_0084, (engine.read32(0x3036_0084) & 0x7fff_ffff) | 1);
		expect(setLevel(smt, FAST)).toBe(HARDWARE_ERROR);
		expect(engine.read32(ARM_PLL)).toBe(DIV_CTL0[1200]);
	});

	it("limits that need a level which the hardware cannot have: HARDWARE_ERROR, they stay", () => {
		const { smt } = open(limitedRail(700_000, 900_000));
		smt.refuse(PERFORMANCE, 0x5, u32(0, FAST, MIDDLE), HARDWARE_ERROR);
		expect(limits(smt)).toEqual([FAST, SLOW]);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
	});
});

describe("LEVEL_GET tells what the registers say", () => {
	it("after CLOCK_RATE_SET, whatever the rail has", () => {
		const { smt } = open();
		const ARM = 215;
		smt.expect(CLOCK, 0x5, [...u32(0, ARM), ...u64(1_600_000_000n)], []);
		expect(level(smt)).toBe(MIDDLE);
		expect(hardware(smt)).toEqual([SELECTOR[1200], DIV_CTL0[1600]]);
		// Asking for it sets the voltage, too.
		expect(setLevel(smt, MIDDLE)).toBe(0);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
	});

	it("after a write to the PLL", () => {
		const { engine, smt } = open();
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		expect(level(smt)).toBe(FAST);
		engine.write32(ARM_PLL, DIV_CTL0[1600] as number);
		expect(level(smt)).toBe(MIDDLE);
	});

	it("the slowest operating point that is as fast, or the fastest one", () => {
		const { engine, smt } = open();
		const pll = (mdiv: number, sdiv: number) =>
			engine.write32(ARM_PLL, (mdiv << 12) | (3 << 4) | sdiv);
		pll(250, 1); // 1000 MHz
		expect(level(smt)).toBe(SLOW);
		pll(151, 0); // 1208 MHz
		expect(level(smt)).toBe(MIDDLE);
		pll(201, 0); // 1608 MHz
		expect(level(smt)).toBe(FAST);
		pll(250, 0); // 2000 MHz
		expect(level(smt)).toBe(FAST);
	});

	it("a cluster parked at 800 MHz is told as the slowest point; asking for that one unparks it", () => {
		const { smt } = open();
		setParent(smt, "arm_a53_core", "arm_a53_div");
		expect(rate(smt, "arm")).toBe(800_000_000n);
		expect(level(smt)).toBe(SLOW);
		expect(setLevel(smt, SLOW)).toBe(0);
		expect(rate(smt, "arm")).toBe(1_200_000_000n);
	});
});
