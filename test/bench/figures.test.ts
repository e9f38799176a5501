// Statistics of the benchmark: figures of measurements, tasks measured in turns on a clock that stands still by itself.
// Quantiles checked against R's default (type 7), computed by hand.

import { describe, expect, it } from "vitest";
import { figureOf, ratios, shift } from "../../bench/figures.ts";
import { measure, type Task } from "../../bench/measure.ts";

describe("figures", () => {
	it("are the median and what four fifths lie between", () => {
		expect(figureOf([7])).toEqual({ median: 7, low: 7, high: 7 });
		expect(figureOf([4, 1, 3, 2]).median).toBe(2.5);
		// One to eleven, shuffled: the second and the last but one.
		const eleven = [11, 3, 1, 9, 2, 10, 5, 4, 8, 6, 7];
		expect(figureOf(eleven)).toEqual({ median: 6, low: 2, high: 10 });
	});

	it("of ratios are taken round by round: a slow round does not show", () => {
		expect(ratios([10, 1000, 20], [5, 500, 10])).toEqual([2, 2, 2]);
	});

	it("need a measurement", () => {
		expect(() => figureOf([])).toThrow("nothing was measured");
	});
});

describe("the rank test", () => {
	const eight = [1, 2, 3, 4, 5, 6, 7, 8];
	const above = eight.map((value) => value + 100);

	it("has U's mean and deviation: 32 and the root of 8 * 8 * 17 / 12", () => {
		expect(shift(eight, eight)).toBe(0);
		expect(shift(eight, above)).toBeCloseTo(32 / 9.5219, 4);
		expect(shift(above, eight)).toBeCloseTo(-32 / 9.5219, 4);
		// One pair of 64 the other way round.
		expect(shift([...eight.slice(1), 101.5], above)).toBeCloseTo(
			31 / 9.5219,
			4,
		);
	});

	it("does not look at how far off a measurement is", () => {
		expect(shift([...eight.slice(1), 1e9], above)).toBe(
			shift([...eight.slice(1), 1000], above),
		);
	});
});

describe("measuring", () => {
	/** A clock in ms, and tasks that let it go on. */
	function fakes() {
		let now = 0;
		const order: string[] = [];
		const task = (
			name: string,
			ns: number,
			more: Partial<Task> = {},
		): Task => ({
			messages: 1000,
			run: () => {
				if (order.at(-1) !== name) order.push(name);
				now += ns / 1000;
				return 0;
			},
			...more,
		});
		return { now: () => now, pass: (ms: number) => (now += ms), order, task };
	}

	it("gives ns per message, one for each round; a group's tasks follow one another", () => {
		const { now, order, task } = fakes();
		const groups = [
			new Map([
				["fast", task("fast", 7)],
				["slow", task("slow", 70)],
			]),
			new Map([["other", task("other", 1)]]),
		];
		const costs = measure(groups, { rounds: 3, now });
		for (const [name, ns] of [
			["fast", 7],
			["slow", 70],
			["other", 1],
		] as const) {
			const measured = costs.get(name) ?? [];
			expect(measured).toHaveLength(3);
			for (const each of measured) expect(each).toBeCloseTo(ns, 6);
		}
		// In each of the rounds a warm-up of both, then both.
		const round = ["fast", "slow", "fast", "slow", "other"];
		expect(order.slice(-15)).toEqual([...round, ...round, ...round]);
	});

	it("leaves out what goes before and after a run", () => {
		const { now, pass, task } = fakes();
		const around = {
			prepare: () => void pass(5),
			check: () => {
				pass(3);
				return 0;
			},
		};
		const tasks = new Map([["batch", task("batch", 4, around)]]);
		const [ns] = measure([tasks], { rounds: 1, now }).get("batch") ?? [];
		expect(ns).toBeCloseTo(4, 6);
	});

	it("refuses a task whose replies are no success", () => {
		const { now, task } = fakes();
		const bad = task("bad", 4, { check: () => 1 });
		expect(() =>
			measure([new Map([["bad", bad]])], { rounds: 1, now }),
		).toThrow("bad: a reply is not a success");
	});
});
