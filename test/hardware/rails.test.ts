// The power management chip's rails: registers and levels agree both ways, changes take their time, other bits stay.
// ROHM BD71847; the facts are the test's own, in test/support/pmic-facts.ts.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { RAIL_FACTS, railFact, usableLevels } from "../support/pmic-facts.ts";
import { INVALID_PARAMETERS, Smt, SUCCESS, u32 } from "../support/smt.ts";

const VOLTAGE = 0x17;
const { trapNs } = IMX8MM;

function start() {
	const engine = createEngine(IMX8MM);
	const smt = new Smt(engine);
	return {
		engine,
		smt,
		level: (id: number) => (smt.words(VOLTAGE, 0x8, u32(id))[0] as number) | 0,
		set: (id: number, microvolts: number) =>
			smt.status(VOLTAGE, 0x7, u32(id, 0, microvolts)),
		isOn: (id: number) => smt.words(VOLTAGE, 0x6, u32(id))[0] === 7,
	};
}

describe("registers and levels", () => {
	it.each(RAIL_FACTS)(
		"$name has its level at load, from its register",
		({ id, register, level, initial }) => {
			const { engine, level: get } = start();
			expect(get(id)).toBe(initial);
			expect(level(engine.read32(register))).toBe(initial);
		},
	);

	it.each(RAIL_FACTS)(
		"$name: every byte of its register is the level that the datasheet says",
		({ id, register, level }) => {
			const { engine, level: get } = start();
			for (let byte = 0; byte < 256; byte++) {
				engine.write32(register, byte);
				expect(get(id)).toBe(level(byte));
			}
		},
	);

	it.each(RAIL_FACTS)(
		"$name: every level within the limits can be set, and leaves all other bits",
		(fact) => {
			const { engine, level: get, set } = start();
			const others = 0xff & ~fact.mask;
			for (const microvolts of usableLevels(fact)) {
				for (const rest of [others, fact.enableBit & others]) {
					engine.write32(
						fact.register,
						(engine.read32(fact.register) & ~others) | rest,
					);
					expect(set(fact.id, microvolts)).toBe(SUCCESS);
					expect(get(fact.id)).toBe(microvolts);
					const byte = engine.read32(fact.register);
					expect(fact.level(byte)).toBe(microvolts);
					expect(byte & others).toBe(rest);
				}
			}
		},
	);

	it.each(RAIL_FACTS)(
		"$name: what it cannot have, or may not, is refused and changes nothing",
		(fact) => {
			const { engine, set } = start();
			const can = usableLevels(fact);
			const byte = engine.read32(fact.register);
			const beyond = Array.from({ length: 256 }, (_, b) =>
				fact.level(b),
			).filter((level) => !can.includes(level));
			const between = can.flatMap((level) => [level - 1, level + 1]);
			for (const microvolts of [
				...beyond,
				...between,
				0,
				-fact.initial,
				0x7fff_ffff,
				-0x8000_0000,
			]) {
				expect(set(fact.id, microvolts)).toBe(INVALID_PARAMETERS);
				expect(engine.read32(fact.register)).toBe(byte);
			}
		},
	);

	it("BUCK2 has what the A53 cluster needs", () => {
		const { engine, set } = start();
		for (const [microvolts, byte] of [
			[950_000, 0x19],
			[1_000_000, 0x1e],
			[850_000, 0x0f],
		] as const) {
			expect(set(1, microvolts)).toBe(SUCCESS);
			expect(engine.read32(railFact("BUCK2").register)).toBe(byte);
		}
	});

	it("BUCK3: of selectors with the same level the first range's is written", () => {
		const { engine, set } = start();
		expect(set(2, 800_000)).toBe(SUCCESS);
		expect(engine.read32(railFact("BUCK3").register)).toBe(0x01);
		expect(set(2, 750_000)).toBe(SUCCESS);
		expect(engine.read32(railFact("BUCK3").register)).toBe(0x44);
		expect(set(2, 875_000)).toBe(SUCCESS);
		expect(engine.read32(railFact("BUCK3").register)).toBe(0x82);
	});
});

describe("time", () => {
	it.each(RAIL_FACTS)(
		"$name: a change takes as long as its distance",
		(fact) => {
			const { engine, set } = start();
			engine.write32(fact.enable, engine.read32(fact.enable) | fact.enableBit);
			let from = fact.initial;
			const levels = usableLevels(fact);
			for (const to of [
				...levels,
				levels[0] as number,
				levels[0] as number,
				...levels.toReversed(),
			]) {
				const before = engine.timeNs;
				expect(set(fact.id, to)).toBe(SUCCESS);
				expect(engine.timeNs - before).toBe(trapNs + fact.change(from, to));
				from = to;
			}
		},
	);

	it("BUCK2 from 850 to 1000 mV at 1.25 mV/µs: 120 µs", () => {
		const { engine, set } = start();
		set(1, 1_000_000);
		expect(engine.timeNs).toBe(trapNs + 120_000);
	});

	it("a slope that does not divide the distance is rounded up to whole ns", () => {
		const engine = createEngine({
			...IMX8MM,
			rails: IMX8MM.rails.map((rail) => ({
				...rail,
				rampRate: 7000,
				settleNs: 5,
			})),
		});
		const smt = new Smt(engine);
		smt.expect(VOLTAGE, 0x7, u32(0, 0, 860_000), []);
		// 10 mV at 7 mV/µs: 1428.57 ns, and 5 ns besides.
		expect(engine.timeNs).toBe(trapNs + 1434);
	});

	it("a rail that is off changes at once", () => {
		const { engine, set } = start();
		expect(set(10, 3_300_000)).toBe(SUCCESS);
		expect(engine.timeNs).toBe(trapNs);
	});
});

describe("on and off", () => {
	it("every rail but LDO5 is on at load", () => {
		const { isOn } = start();
		expect(RAIL_FACTS.filter(({ id }) => !isOn(id)).map((f) => f.name)).toEqual(
			["LDO5"],
		);
	});

	it.each(RAIL_FACTS)(
		"$name follows its enable bit, whoever writes it",
		(fact) => {
			const { engine, isOn, level } = start();
			const word = engine.read32(fact.enable);
			engine.write32(fact.enable, word & ~fact.enableBit);
			expect(isOn(fact.id)).toBe(false);
			expect(level(fact.id)).toBe(fact.initial);
			engine.write32(fact.enable, word | fact.enableBit);
			expect(isOn(fact.id)).toBe(true);
		},
	);

	it.each(RAIL_FACTS)(
		"$name takes its time to start, none when it is on",
		(fact) => {
			const { engine, smt, isOn } = start();
			const word = engine.read32(fact.enable) & ~fact.enableBit;
			engine.write32(fact.enable, word);
			const before = engine.timeNs;
			smt.expect(VOLTAGE, 0x5, u32(fact.id, 7), []);
			expect(engine.timeNs - before).toBe(trapNs + fact.start);
			expect(engine.read32(fact.enable)).toBe(word | fact.enableBit);
			smt.expect(VOLTAGE, 0x5, u32(fact.id, 7), []);
			expect(engine.timeNs - before).toBe(2 * trapNs + fact.start);
			expect(isOn(fact.id)).toBe(true);
		},
	);
});
