// Statistics of the benchmark: figures of measurements, tasks measured in turns on a clock that stands still by itself.
// Quantiles checked against R's default (type 7), computed by hand.

import { describe, expect, it } from "vitest";
import { figureOf, ratioOf } from "../../bench/figures.ts";
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
		expect(ratioOf([10, 1000, 20], [5, 500, 10])).toEqual({
			median: 2,
			low: 2,
			high: 2,
		});
	});

	it("need a measurement", () => {
		expect(() => figureOf([])).toThrow("nothing was measured");
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

	it("gives ns per message, one for each round, rounds in turns", () => {
		const { now, order, task } = fakes();
		const tasks = new Map([
			["fast", task("fast", 7)],
			["slow", task("slow", 70)],
		]);
		const costs = measure(tasks, { rounds: 3, time: 2, now });
		for (const [name, ns] of [
			["fast", 7],
			["slow", 70],
		] as const) {
			const measured = costs.get(name) ?? [];
			expect(measured).toHaveLength(3);
			for (const each of measured) expect(each).toBeCloseTo(ns, 6);
		}
		// Warm-up of both, then both, in each of the rounds.
		expect(order.length).toBeGreaterThanOrEqual(6);
		expect(new Set(order)).toEqual(new Set(["fast", "slow"]));
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
		const [ns] =
			measure(tasks, { rounds: 1, time: 100, now }).get("batch") ?? [];
		expect(ns).toBeCloseTo(4, 6);
	});

	it("refuses a task whose replies are no success", () => {
		const { now, task } = fakes();
		const bad = task("bad", 4, { check: () => 1 });
		expect(() =>
			measure(new Map([["bad", bad]]), { rounds: 1, time: 1, now }),
		).toThrow("bad: a reply is not a success");
	});
});
