// Rows that divide one task by another. Each process that measures compiles and places code a little otherwise, which
// stays for its life; so several do one after the other, and each counts as one measurement. What they do: slices.ts.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { figureOf, ratios } from "./figures.ts";
import type { TaskCost } from "./measure.ts";
import type { RequestName } from "./messages.ts";
import { inPackage } from "./package.ts";
import { FEWEST_CLOCKS, MOST_CHANNELS, MOST_CLOCKS } from "./platforms.ts";
import { answered, type Question, type Row } from "./row.ts";
import type { Slices } from "./slices.ts";
import { BATCH, NAMES } from "./tasks.ts";

/** A row that is one task's cost divided by another's. */
interface RatioQuestion extends Question {
	dividend: string;
	divisor: string;
}

const TRAPPED: readonly RequestName[] = [
	"version",
	"attributes",
	"rate-cached",
	"power-state",
];

function times(
	name: string,
	what: string,
	dividend: string,
	divisor: string,
	direction: Question["direction"],
	goal: number,
): RatioQuestion {
	return { name, what, unit: "times", goal, direction, dividend, divisor };
}

export const MESSAGE_RATIOS: readonly RatioQuestion[] = [
	...TRAPPED.map((name) =>
		times(
			`trap/${name}`,
			"one trap from JavaScript / an empty call",
			`trap ${name}`,
			`empty call ${name}`,
			"at most",
			3,
		),
	),
	...NAMES.map((name) =>
		times(
			`plain/${name}`,
			"the server in plain TypeScript / one trap",
			`plain ${name}`,
			`trap ${name}`,
			"at least",
			name === "rate-walked" ? 3 : 1.3,
		),
	),
	times(
		"rate-set/all-pairs",
		"a search of all 512 pairs of dividers / CLOCK_RATE_SET",
		"all pairs",
		"rate set beside them",
		"at least",
		8,
	),
	...TRAPPED.map((name) =>
		times(
			`batch/${name}`,
			"a message in a batch of 1024, the engine's time / one trap",
			`batch ${BATCH} ${name}`,
			`trap ${name}`,
			"at most",
			0.5,
		),
	),
];

/** Apart from the others: memory that grows for a large platform takes its buffer away, after which V8 checks every view for that. */
export const SIZE_RATIOS: readonly RatioQuestion[] = [
	times(
		"size/clocks",
		`CLOCK_RATE_GET among ${MOST_CLOCKS} clocks / among ${FEWEST_CLOCKS}`,
		`clocks ${MOST_CLOCKS}`,
		`clocks ${FEWEST_CLOCKS}`,
		"at most",
		2,
	),
	times(
		"size/channels",
		`CLOCK_RATE_GET on the last of ${MOST_CHANNELS} channels / on the only one`,
		`channels ${MOST_CHANNELS}`,
		"channels 1",
		"at most",
		2,
	),
];

/** V8 does not leave that to other threads, which have to wait on a busy machine while slow code is measured. */
const COMPILE_AT_ONCE = "--no-concurrent-recompilation";

/** Measures those rows. */
export async function measureRatios(
	questions: readonly RatioQuestion[],
	processes: number,
	onProcess: (process: number) => void,
): Promise<{ rows: Row[]; costs: TaskCost[] }> {
	const tasks = [
		...new Set(
			questions.flatMap(({ dividend, divisor }) => [dividend, divisor]),
		),
	];
	if (tasks.length === 0) return { rows: [], costs: [] };
	const all: Slices[] = [];
	for (let i = 0; i < processes; i++) {
		onProcess(i);
		const program = inPackage("build/bench/slices.js");
		const { stdout } = await promisify(execFile)(process.execPath, [
			COMPILE_AT_ONCE,
			program,
			...tasks,
		]);
		all.push(JSON.parse(stdout) as Slices);
	}
	const rows = questions.map(({ dividend, divisor, ...question }) =>
		answered(
			question,
			all.map((ns) => median(ratios(of(ns, dividend), of(ns, divisor)))),
		),
	);
	const costs = tasks.map((task) => ({
		task,
		ns: figureOf(all.map((ns) => median(of(ns, task)))),
	}));
	return { rows, costs };
}

function of(slices: Slices, task: string): number[] {
	const ns = slices[task];
	if (ns === undefined) throw new Error(`${task}: not measured`);
	return ns;
}

function median(values: readonly number[]): number {
	return figureOf(values).median;
}
