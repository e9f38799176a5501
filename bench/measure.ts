// Measures tasks in turns: every round measures each of them for a moment, because clock speeds and load drift.
// Tasks of a group come directly after one another. Tinybench does a slice: the median of a task's runs.

import { Bench } from "tinybench";
import type { Figure } from "./figures.ts";

/** Something to be measured. */
export interface Task {
	/** Messages, or calls, that a run does. */
	messages: number;
	/** What goes before each run and is not measured. */
	prepare?(): void;
	/** Returns 0 when all went well. */
	run(): number;
	/** What is looked at after each run and not measured. Returns 0 when all went well. */
	check?(): number;
}

export interface MeasureOptions {
	/** How often each task is measured. */
	rounds: number;
	/** The clock, in ms. */
	now?: () => number;
}

/** Tasks by name that are compared with one another. */
export type Group = ReadonlyMap<string, Task>;

/** What a task costs. */
export interface TaskCost {
	task: string;
	/** Per message. */
	ns: Figure;
}

const NS_PER_MS = 1e6;
/** How long a task is measured in a round, in ms. */
const SLICE = 2;
/** A slice takes longer where runs do. */
const LEAST_RUNS = 3;
/** Until V8 has compiled everything as well as it can. */
const ROUNDS_BEFORE = 5;

/**
 * Measures groups of tasks.
 * @returns for each task its ns per message in each round
 */
export function measure(
	groups: readonly Group[],
	{ rounds, now }: MeasureOptions,
): Map<string, number[]> {
	const measurings = groups.map((group) => measuring(group, now));
	const costs = new Map<string, number[]>(
		groups.flatMap((group) => [...group.keys()].map((name) => [name, []])),
	);
	for (let round = 0; round < rounds; round++)
		for (const measureOnce of measurings)
			for (const [name, ns] of measureOnce()) costs.get(name)?.push(ns);
	return costs;
}

/** Warms tasks up. Returns what measures each of them for a slice: ns per message. */
export function measuring(
	group: Group,
	now?: () => number,
): () => Map<string, number> {
	const bench = new Bench({
		time: SLICE,
		iterations: LEAST_RUNS,
		warmupTime: SLICE / 6,
		warmupIterations: 1,
		throws: true,
		...(now === undefined ? {} : { now }),
	});
	for (const [name, task] of group) {
		bench.add(name, () => {
			const begin = bench.now();
			task.prepare?.();
			const start = bench.now();
			let failed = task.run();
			const elapsed = bench.now() - start;
			failed |= task.check?.() ?? 0;
			if (failed !== 0) throw new Error(`${name}: a reply is not a success`);
			return {
				overriddenDuration: elapsed / task.messages,
				overriddenIterationCost: bench.now() - begin,
			};
		});
	}
	const measureOnce = () => {
		bench.reset();
		bench.runSync();
		return new Map(
			bench.tasks.map(({ name, result }) => {
				if (result.state !== "completed")
					throw new Error(`${name}: not measured (${result.state})`);
				return [name, result.latency.p50 * NS_PER_MS];
			}),
		);
	};
	for (let round = 0; round < ROUNDS_BEFORE; round++) measureOnce();
	return measureOnce;
}
