// The thermal unit: its registers, and the temperature against the same model in floating point.
// i.MX 8M Mini reference manual, chapter on the TMU; a resistance and a capacity as any textbook has them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { Thermal } from "../../host/platform/sensors.ts";
import {
	BUCK2_CTRL,
	firstValue,
	HARDWARE_ERROR,
	SENSOR,
	setOperatingPoint,
	TER,
	TRITSR,
} from "../support/sensor-calls.ts";
import { Smt, u32 } from "../support/smt.ts";

const VALID = 0x8000_0000;
const ENABLED = 0x8000_0000;
const SECOND = 1_000_000_000;

/** The platform's figures, said once more. */
const AMBIENT = 25;
const CELSIUS_PER_WATT = 20;
const TIME_CONSTANT_S = 10;

/** What the cluster takes in W. */
function watts(megahertz: number, volts: number): number {
	return (560e-6 * megahertz + 0.15) * volts * volts;
}

/** The temperature some seconds after it was `from`. */
function after(from: number, seconds: number, power: number): number {
	const steady = AMBIENT + CELSIUS_PER_WATT * power;
	return steady + (from - steady) * Math.exp(-seconds / TIME_CONSTANT_S);
}

/** An engine that costs no time by being asked. */
function create(thermal: Partial<Thermal> = {}): Engine {
	const platform: Platform = {
		...IMX8MM,
		trapNs: 0,
		thermal: { ...(IMX8MM.thermal as Thermal), ...thermal },
	};
	return createEngine(platform);
}

function millidegrees(engine: Engine): number {
	return Number(firstValue(new Smt(engine), 0));
}

/** Points that the cluster can be at: MHz and mV. */
const POINTS = [
	[1200, 850],
	[1600, 950],
	[1800, 1000],
	[600, 700],
	[1800, 1300],
] as const;

describe("registers", () => {
	it("TRITSR: whole degrees and the valid bit, from the surroundings' temperature on", () => {
		const engine = create();
		expect(engine.read32(TRITSR)).toBe(VALID + 25);
		engine.advance(10 * SECOND);
		const now = after(AMBIENT, 10, watts(1200, 0.85));
		expect(engine.read32(TRITSR)).toBe(VALID + Math.floor(now));
		expect(Math.floor(now)).toBe(32);
	});

	it("TRITSR is read-only, other words are memory", () => {
		const engine = create();
		engine.write32(TRITSR, 0x1234_5678);
		expect(engine.read32(TRITSR)).toBe(VALID + 25);
		engine.write32(TER + 0x10, 0x1234_5678);
		expect(engine.read32(TER + 0x10)).toBe(0x1234_5678);
	});

	it("measures while TER_EN is set, and goes on warming without", () => {
		const engine = create();
		expect(engine.read32(TER)).toBe(ENABLED);
		engine.write32(TER, 3);
		expect(engine.read32(TRITSR)).toBe(0);
		new Smt(engine).refuse(SENSOR, 0x6, u32(0, 0), HARDWARE_ERROR);
		engine.advance(1000 * SECOND);
		engine.write32(TER, ENABLED | 3);
		expect(engine.read32(TRITSR)).toBe(VALID + 36);
	});

	it.each([
		[9_999, false],
		[10_000, true],
		[125_000, true],
		[125_001, false],
		[-40_000, false],
	])("%i m°C within the unit's range: %s", (ambient, valid) => {
		const engine = create({ ambient, dynamicPower: 0, staticPower: 0 });
		const degrees = Math.trunc(ambient / 1000);
		expect(engine.read32(TRITSR)).toBe(valid ? VALID + degrees : 0);
		const smt = new Smt(engine);
		if (valid) expect(firstValue(smt, 0)).toBe(BigInt(ambient));
		else smt.refuse(SENSOR, 0x6, u32(0, 0), HARDWARE_ERROR);
	});

	it("bits 7:0 are signed for a unit that measures below 0 °C", () => {
		const engine = create({
			ambient: -12_500,
			min: -40_000,
			dynamicPower: 0,
			staticPower: 0,
		});
		expect(engine.read32(TRITSR)).toBe(VALID + 0x100 - 12);
		expect(firstValue(new Smt(engine), 0)).toBe(-12_500n);
	});
});

describe("the model", () => {
	it.each(POINTS)(
		"%i MHz at %i mV: power and steady temperature",
		(mhz, mv) => {
			const engine = create();
			setOperatingPoint(engine, mhz, mv);
			const power = watts(mhz, mv / 1000);
			expect(Number(firstValue(new Smt(engine), 2))).toBe(
				Math.floor(power * 1000 + 1e-9),
			);
			engine.advance(1000 * SECOND);
			const steady = 1000 * (AMBIENT + CELSIUS_PER_WATT * power);
			expect(Math.abs(millidegrees(engine) - steady)).toBeLessThan(1);
		},
	);

	it("no power while the rail is off or the clock does not run", () => {
		const off = create();
		off.write32(BUCK2_CTRL, off.read32(BUCK2_CTRL) & ~1);
		expect(firstValue(new Smt(off), 2)).toBe(0n);
		expect(firstValue(new Smt(off), 1)).toBe(0n);
		const stopped = create();
		stopped.write32(0x3036_0084, stopped.read32(0x3036_0084) & ~(1 << 11));
		const leakage = 0.15 * 0.85 * 0.85;
		expect(firstValue(new Smt(stopped), 2)).toBe(
			BigInt(Math.floor(leakage * 1e3)),
		);
		expect(firstValue(new Smt(stopped), 3)).toBe(0n);
	});

	it("follows every change of the operating point at its time", () => {
		const change = fc.record({
			point: fc.constantFrom(...POINTS),
			ns: fc.integer({ min: 0, max: 30 * SECOND }),
		});
		fc.assert(
			fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
				const engine = create();
				let expected = AMBIENT;
				for (const { point, ns } of changes) {
					const [mhz, mv] = point;
					setOperatingPoint(engine, mhz, mv);
					engine.advance(ns);
					expected = after(expected, ns / SECOND, watts(mhz, mv / 1000));
					// Truncated to m°C; time and temperature to millionths.
					const difference = expected * 1000 - millidegrees(engine);
					expect(difference).toBeGreaterThan(-0.1);
					expect(difference).toBeLessThan(1.1);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("is the same to the last digit however time passes and whoever looks", () => {
		const [whole, steps] = [create(), create()];
		for (const [mhz, mv] of POINTS) {
			setOperatingPoint(whole, mhz, mv);
			whole.advance(1000 * 3_141_592);
			setOperatingPoint(steps, mhz, mv);
			for (let i = 0; i < 1000; i++) {
				steps.advance(3_141_592);
				steps.read32(TRITSR);
			}
			expect(millidegrees(steps)).toBe(millidegrees(whole));
		}
	});

	it("writes that do not change the power change nothing", () => {
		const [quiet, busy] = [create(), create()];
		quiet.advance(SECOND);
		for (let i = 0; i < 1000; i++) {
			// A postdivider of a clock that has nothing to do with the cluster.
			busy.write32(0x3038_af00, 0x1000_0000 | (i & 7));
			busy.advance(SECOND / 1000);
		}
		expect(millidegrees(busy)).toBe(millidegrees(quiet));
	});

	it("a change between traps counts from a millisecond later at most", () => {
		const engine = createEngine({ ...IMX8MM, trapNs: 1_000 });
		const smt = new Smt(engine);
		engine.advance(100 * SECOND);
		const before = after(AMBIENT, 100, watts(1200, 0.85));
		// Two seconds in traps alone, each of 1 ms.
		const slow = createEngine({ ...IMX8MM, trapNs: 1_000_000 });
		const traps = new Smt(slow);
		slow.advance(100 * SECOND);
		setOperatingPoint(slow, 1800, 1300);
		for (let i = 0; i < 2000; i++) traps.words(SENSOR, 0x0, []);
		const expected = after(before, 2, watts(1800, 1.3));
		expect(
			Math.abs(Number(firstValue(traps, 0)) / 1000 - expected),
		).toBeLessThan(0.02);
		// And 20 ms in traps of 1 µs that write other registers all the time.
		setOperatingPoint(engine, 1800, 1300);
		for (let i = 0; i < 20_000; i++) {
			engine.write32(0x3038_af00, 0x1000_0000 | (i & 7));
			smt.words(SENSOR, 0x0, []);
		}
		const late = after(before, 0.02, watts(1800, 1.3)) * 1000;
		const perMillisecond = late - after(before, 0.019, watts(1800, 1.3)) * 1000;
		const difference = late - Number(firstValue(smt, 0));
		expect(difference).toBeGreaterThan(-0.2);
		expect(difference).toBeLessThan(1.2 + perMillisecond);
	});

	it("is heated by PERFORMANCE_LEVEL_SET, which moves PLL and rail", () => {
		const engine = createEngine({
			...IMX8MM,
			protocols: { ...IMX8MM.protocols, performance: 0x30000 },
		});
		const smt = new Smt(engine);
		engine.advance(100 * SECOND);
		const before = after(AMBIENT, 100, watts(1200, 0.85));
		// PERFORMANCE_DESCRIBE_LEVELS: three levels of three words, ascending.
		const levels = smt.words(0x13, 0x4, u32(0, 0));
		smt.expect(0x13, 0x7, u32(0, levels[1 + 2 * 3] as number), []);
		engine.advance(SECOND);
		const expected = after(before, 1, watts(1800, 1));
		expect(Math.abs(millidegrees(engine) / 1000 - expected)).toBeLessThan(0.02);
		expect(expected - before).toBeGreaterThan(1);
	});

	it("a long time costs no more than a short one", () => {
		const engine = create();
		for (let i = 0; i < 2000; i++) {
			const [mhz, mv] = POINTS[i % POINTS.length] as (typeof POINTS)[number];
			setOperatingPoint(engine, mhz, mv);
			engine.advance(3600 * SECOND);
		}
		const steady = AMBIENT + CELSIUS_PER_WATT * watts(1800, 1.3);
		expect(Math.abs(millidegrees(engine) / 1000 - steady)).toBeLessThan(0.001);
	});

	it("a platform may have no thermal unit", () => {
		const engine = createEngine({
			...IMX8MM,
			thermal: null,
			sensors: IMX8MM.sensors
				.filter(({ name }) => name === "vdd-arm")
				.map((sensor) => ({ ...sensor, id: 0 })),
		});
		engine.write32(TRITSR, 77);
		engine.advance(SECOND);
		expect(engine.read32(TRITSR)).toBe(77);
		expect(firstValue(new Smt(engine), 0)).toBe(850_000n);
	});
});
