// Every clock's rate and running state against an evaluation of the tests' own, over random register values.
// i.MX 8M Mini reference manual, chapter 5.1.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rateById } from "../support/clock-calls.ts";
import { evaluate } from "../support/clock-oracle.ts";
import { firmwares } from "../support/firmwares.ts";
import { REAL_CLOCKS } from "../support/imx8mm-facts.ts";
import { CLOCK, Smt, u32 } from "../support/smt.ts";

const RATE_SET = 0x5;
const CONFIG_SET = 0x7;
const PARENT_SET = 0xd;

/** Every register that a clock's rate or gate depends on. */
const REGISTERS: readonly number[] = [
	...new Set(
		REAL_CLOCKS.flatMap(({ kind, columns }) => {
			if (kind === "fixed" || kind === "cpu") return [];
			const address = Number(columns[0]);
			if (kind === "factor")
				return columns[2] === undefined ? [] : [Number(columns[2])];
			return kind.startsWith("pll")
				? [address, address + 4, address + 8]
				: [address];
		}),
	),
];

function checkAll(smt: Smt): void {
	const words = new Map<number, number>();
	const read = (address: number) => {
		let word = words.get(address);
		if (word === undefined) {
			word = smt.firmware.read32(address);
			words.set(address, word);
		}
		return word;
	};
	for (const { id, name } of REAL_CLOCKS) {
		const { rate, running } = evaluate(name, read);
		const [attributes] = smt.words(CLOCK, 0x3, u32(id)) as [number];
		expect([name, rateById(smt, id), attributes & 1]).toEqual([
			name,
			rate,
			running ? 1 : 0,
		]);
	}
}

/** Words with fields all over, few bits, or all of them. */
const word = fc.oneof(
	fc.nat(0xffff_ffff),
	fc.nat(31).map((bit) => (1 << bit) >>> 0),
	fc.constantFrom(
		0,
		0xffff_ffff,
		0x0014_5032,
		0x000c_8031,
		0xa000_0a00,
		0x1100_0001,
	),
);

describe.each(firmwares)("rates from registers, $name", ({ create }) => {
	it("at load", () => checkAll(new Smt(create())));

	it("with every register at random", () => {
		const smt = new Smt(create());
		fc.assert(
			fc.property(
				fc.array(word, {
					minLength: REGISTERS.length,
					maxLength: REGISTERS.length,
				}),
				(values) => {
					for (const [i, address] of REGISTERS.entries())
						smt.firmware.write32(address, values[i] as number);
					checkAll(smt);
				},
			),
			{ numRuns: 25 },
		);
	});

	it("with one register changed after another", () => {
		const smt = new Smt(create());
		fc.assert(
			fc.property(fc.constantFrom(...REGISTERS), word, (address, value) => {
				smt.firmware.write32(address, value);
				checkAll(smt);
			}),
			{ numRuns: 50 },
		);
	});

	it("with one register written after another, between calls that change rates, parents and gates", () => {
		const smt = new Smt(create());
		const clock = fc.constantFrom(...REAL_CLOCKS);
		const step = fc.oneof(
			fc.record({ address: fc.constantFrom(...REGISTERS), value: word }),
			fc.record({
				clock,
				message: fc.constant(RATE_SET),
				words: fc
					.tuple(fc.constantFrom(0, 4, 8), fc.nat(2_000_000_000))
					.map(([flags, hz]) => [flags, hz]),
			}),
			fc.record({
				clock,
				message: fc.constant(PARENT_SET),
				words: clock.map(({ id }) => [id]),
			}),
			fc.record({
				clock,
				message: fc.constant(CONFIG_SET),
				words: fc.nat(1).map((on) => [on, 0]),
			}),
		);
		const take = (
			one: typeof step extends fc.Arbitrary<infer S> ? S : never,
		) => {
			if ("address" in one) {
				smt.firmware.write32(one.address, one.value);
				return;
			}
			const { clock, message, words } = one;
			const [first = 0, second = 0] = words;
			if (message === RATE_SET)
				smt.status(CLOCK, message, u32(first, clock.id, second, 0));
			else smt.status(CLOCK, message, u32(clock.id, ...words));
		};
		fc.assert(
			fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
				for (const one of steps) take(one);
				checkAll(smt);
			}),
			{ numRuns: 60 },
		);
	}, 60_000);

	it("with values set, cleared and toggled through the CCM's aliases", () => {
		const smt = new Smt(create());
		const ccm = REGISTERS.filter((address) => address >= 0x3038_0000);
		fc.assert(
			fc.property(
				fc.constantFrom(...ccm),
				fc.constantFrom(0, 4, 8, 12),
				word,
				(address, alias, value) => {
					const old = smt.firmware.read32(address);
					smt.firmware.write32(address + alias, value);
					const expected = [value, old | value, old & ~value, old ^ value][
						alias / 4
					] as number;
					for (const at of [0, 4, 8, 12])
						expect(smt.firmware.read32(address + at)).toBe(expected >>> 0);
				},
			),
			{ numRuns: 500 },
		);
		checkAll(smt);
	});
});
