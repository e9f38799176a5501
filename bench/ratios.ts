// Rows that divide one task by another, measured in the same rounds; and the messages per second behind the picture.
// What a task does: messages.ts.

import type { Engine } from "../host/engine.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { searching, settingRate } from "./all-pairs.ts";
import { type Figure, figureOf, ratioOf } from "./figures.ts";
import { type MeasureOptions, measure, type Task } from "./measure.ts";
import {
	batching,
	CLOCK,
	callingNothing,
	firstChannel,
	RATE_GET,
	REQUESTS,
	type RequestName,
	trapping,
	trappingPlain,
} from "./messages.ts";
import { PlainServer } from "./plain-server.ts";
import {
	FEWEST_CLOCKS,
	MOST_CHANNELS,
	MOST_CLOCKS,
	withChannels,
	withClocks,
} from "./platforms.ts";
import { answered, type Question, type Row } from "./row.ts";

/** Messages in a call; 0 is a trap for each message, memory written and read by the host and all. */
export const BATCH_SIZES = [1, 4, 16, 64, 256, 1024] as const;
const LARGEST_BATCH = 1024;

/** A row that is one task's cost divided by another's. */
interface RatioQuestion extends Question {
	dividend: string;
	divisor: string;
}

const NAMES = Object.keys(REQUESTS) as RequestName[];
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

export const RATIOS: readonly RatioQuestion[] = [
	...TRAPPED.map((name) =>
		times(
			`trap/${name}`,
			"one trap from JavaScript / an empty call",
			`trap ${name}`,
			"empty call",
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
			`batch ${LARGEST_BATCH} ${name}`,
			`trap ${name}`,
			"at most",
			0.5,
		),
	),
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

/** Messages per second, by message and by how many go in a call. */
export interface Throughput {
	message: RequestName;
	/** 0: a trap each, with the request written and the reply read; else entries of the batch in a call, the engine's time. */
	batch: number;
	perSecond: number;
}

/** What a task costs. */
export interface TaskCost {
	task: string;
	ns: Figure;
}

export interface Ratios {
	rows: Row[];
	costs: TaskCost[];
	throughput: Throughput[];
}

function askingForClocks(name: string, idsBelow: number): Task {
	const engine = createEngine(withClocks(idsBelow));
	const rate = { protocol: CLOCK, message: RATE_GET, words: [0], idsBelow };
	return trapping(name, rate, engine);
}

function askingOnChannel(name: string, count: number): Task {
	const engine = createEngine(withChannels(count));
	const channel = engine.platform.channels[count - 1];
	const rate = { protocol: CLOCK, message: RATE_GET, words: [0] };
	return trapping(name, rate, engine, channel ?? firstChannel(IMX8MM));
}

/** How each task is made. */
function makers(): Map<string, () => Task> {
	let opened: Engine | undefined;
	const engine = () => {
		opened ??= createEngine(IMX8MM);
		return opened;
	};
	let server: PlainServer | undefined;
	const plain = () => {
		server ??= new PlainServer(IMX8MM);
		return server;
	};
	const made = new Map<string, () => Task>([
		["empty call", callingNothing],
		["all pairs", searching],
		["rate set beside them", () => settingRate("rate set beside them")],
	]);
	for (const name of NAMES) {
		const request = REQUESTS[name];
		const trap = `trap ${name}`;
		made.set(trap, () => trapping(trap, request, engine()));
		made.set(`plain ${name}`, () =>
			trappingPlain(`plain ${name}`, request, plain()),
		);
		for (const size of BATCH_SIZES)
			made.set(`batch ${size} ${name}`, () =>
				batching(request, engine(), size),
			);
	}
	for (const count of [FEWEST_CLOCKS, MOST_CLOCKS]) {
		const name = `clocks ${count}`;
		made.set(name, () => askingForClocks(name, count));
	}
	for (const count of [1, MOST_CHANNELS]) {
		const name = `channels ${count}`;
		made.set(name, () => askingOnChannel(name, count));
	}
	return made;
}

/** Batches change no register between two messages, so that none of them walks the tree. */
const DRAWN = NAMES.filter((name) => name !== "rate-walked");

/** Measures those rows, and with `picture` the throughput of every message at every size of batch. */
export function measureRatios(
	questions: readonly RatioQuestion[],
	options: MeasureOptions & {
		picture: boolean;
		/** Messages whose traps somebody else needs the cost of. */
		alsoTrapping?: readonly RequestName[];
	},
): Ratios {
	const needed = new Set(
		questions.flatMap(({ dividend, divisor }) => [dividend, divisor]),
	);
	for (const name of options.alsoTrapping ?? []) needed.add(`trap ${name}`);
	if (options.picture) {
		for (const name of DRAWN) {
			needed.add(`trap ${name}`);
			for (const size of BATCH_SIZES) needed.add(`batch ${size} ${name}`);
		}
	}
	const tasks = new Map<string, Task>();
	for (const [name, make] of makers())
		if (needed.has(name)) tasks.set(name, make());
	const costs: ReadonlyMap<string, number[]> =
		tasks.size === 0 ? new Map() : measure(tasks, options);
	const costOf = (name: string) => costs.get(name) ?? [];
	return {
		rows: questions.map(({ dividend, divisor, ...question }) =>
			answered(question, ratioOf(costOf(dividend), costOf(divisor))),
		),
		costs: [...costs].map(([task, ns]) => ({ task, ns: figureOf(ns) })),
		throughput: options.picture
			? DRAWN.flatMap((message) =>
					[0, ...BATCH_SIZES].map((batch) => {
						const task =
							batch === 0 ? `trap ${message}` : `batch ${batch} ${message}`;
						const { median } = figureOf(costOf(task));
						return { message, batch, perSecond: 1e9 / median };
					}),
				)
			: [],
	};
}
