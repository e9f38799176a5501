// Two results against each other: what counts as worse, and what is refused as no result.
// The results are written here by hand, as bench --json prints them.

import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../bench/bench.ts";
import { compare, parseResult } from "../../bench/compare.ts";
import { answered, type Question, type Row } from "../../bench/row.ts";

const TRAP: Question = {
	name: "trap/version",
	what: "one trap / an empty call",
	unit: "times",
	goal: 3,
	direction: "at most",
};
const PLAIN: Question = {
	...TRAP,
	name: "plain/version",
	direction: "at least",
};

/** A row of eight measurements around a median, one of them far off. */
function row(question: Question, median: number): Row {
	const around = [-0.01, -0.01, -0.005, 0, 0, 0.005, 0.01];
	const samples = around.map((share) => median * (1 + share));
	return answered(question, [...samples, median * 2]);
}

function result(rows: Row[], node = "v20.20.2"): BenchResult {
	return {
		format: 2,
		version: "0.1.0",
		quick: false,
		date: "2026-01-02T03:04:05.678Z",
		machine: {
			cpu: "A",
			cores: 2,
			system: "Linux",
			node,
			loadBefore: 0,
			loadAfter: 1,
			idleCores: 2,
		},
		rows,
		costs: [],
		throughput: [],
	};
}

function judge(old: Row, now: Row) {
	const [compared] = compare(result([old]), result([now])).compared;
	return [compared?.verdict, compared?.regression];
}

describe("few samples", () => {
	const of = (samples: number[]) => answered(TRAP, samples);

	it("tell nothing, however far apart", () => {
		const four = [1, 1, 1, 1];
		const five = [2, 2, 2, 2, 2];
		expect(judge(of(four), of(five))).toEqual([null, false]);
		expect(judge(of(five), of(four))).toEqual([null, false]);
	});

	it("tell it when there are five on each side", () => {
		const slower = [2, 2.1, 2.2, 2.3, 2.4];
		const faster = [1, 1.1, 1.2, 1.3, 1.4];
		expect(judge(of(faster), of(slower))).toEqual(["worse", true]);
		expect(judge(of(slower), of(faster))).toEqual(["better", false]);
	});
});

describe("a row", () => {
	it("holds on the right side of its goal, and on it", () => {
		expect(answered(TRAP, [2, 3, 4]).holds).toBe(true);
		expect(answered(TRAP, [2, 3.01, 4]).holds).toBe(false);
		expect(answered(PLAIN, [2, 3, 4]).holds).toBe(true);
		expect(answered(PLAIN, [2, 2.99, 4]).holds).toBe(false);
		expect(answered({ ...TRAP, goal: null }, [2, 3, 4]).holds).toBe(null);
	});
});

describe("a slower engine", () => {
	it("is worse: more empty calls a trap, less ahead of the plain server", () => {
		expect(judge(row(TRAP, 2), row(TRAP, 2.1))).toEqual(["worse", true]);
		expect(judge(row(PLAIN, 4), row(PLAIN, 3.8))).toEqual(["worse", true]);
	});

	it("is the other way round better", () => {
		expect(judge(row(TRAP, 2.1), row(TRAP, 2))).toEqual(["better", false]);
		expect(judge(row(PLAIN, 3.8), row(PLAIN, 4))).toEqual(["better", false]);
	});

	it("does not show by chance, or below three per cent", () => {
		const same = ["as before", false];
		const wide = answered(TRAP, [1, 1.2, 1.4, 1.6, 2.4, 2.6, 2.8, 3]);
		expect(judge(row(TRAP, 1.9), wide)).toEqual(same);
		expect(judge(row(TRAP, 2), row(TRAP, 2.05))).toEqual(same);
	});

	it("is not told by rows in ms, without a goal, or that the machine could not answer", () => {
		const load: Question = { ...TRAP, unit: "ms" };
		expect(judge(row(load, 1), row(load, 2))).toEqual(["worse", false]);
		const told: Question = { ...TRAP, goal: null };
		expect(judge(row(told, 1), row(told, 2))).toEqual(["worse", false]);
		const untold: Row = { ...row(TRAP, 2), holds: null };
		expect(judge(row(TRAP, 1), untold)).toEqual([null, false]);
	});
});

describe("a comparison", () => {
	it("has old, new and change of every new row, also of one that was not there", () => {
		const old = result([answered(TRAP, [2])]);
		const now = result([answered(TRAP, [3]), answered(PLAIN, [5])]);
		expect(compare(old, now).compared).toEqual([
			{
				name: "trap/version",
				old: 2,
				new: 3,
				change: 0.5,
				verdict: "worse",
				regression: true,
			},
			{
				name: "plain/version",
				old: null,
				new: 5,
				change: null,
				verdict: null,
				regression: false,
			},
		]);
	});

	it("tells of bytes where there were none", () => {
		const bytes: Question = { ...TRAP, unit: "bytes", goal: 0 };
		const [compared] = compare(
			result([answered(bytes, [0])]),
			result([answered(bytes, [8])]),
		).compared;
		expect(compared).toMatchObject({ change: null, regression: true });
	});

	it("says what was not measured alike", () => {
		const { differences } = compare(result([]), result([], "v22.1.0"));
		expect(differences).toEqual(["Node: v20.20.2 then, v22.1.0 now"]);
	});
});

describe("a file", () => {
	it("that bench --json has printed is read", () => {
		const text = JSON.stringify(result([row(TRAP, 2)]));
		expect(parseResult(text, "old.json")).toEqual(JSON.parse(text));
	});

	it.each([
		["", "old.json: not JSON: "],
		["[]", "old.json: no benchmark's result: expected what scmi-cosim bench"],
		["null", "old.json: no benchmark's result"],
		['{"rows":[]}', "old.json: no benchmark's result"],
		['{"format":2,"rows":{}}', "old.json: no benchmark's result"],
		[
			'{"format":1,"rows":[]}',
			"old.json: format 1, this version compares format 2",
		],
		['{"format":2,"rows":[7]}', "old.json: rows[0]: expected what"],
		['{"format":2,"rows":[{"name":"a","ratio":"1"}]}', "old.json: rows[0]"],
		[
			'{"format":2,"rows":[{"name":"a","ratio":1,"goal":2,"samples":[null]}]}',
			"old.json: rows[0]",
		],
		['{"format":2,"rows":[]}', "old.json: machine: expected what"],
	])("that is none is refused: %s", (text, message) => {
		expect(() => parseResult(text, "old.json")).toThrow(message);
	});
});
