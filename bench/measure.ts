// Measures tasks in turns: every round measures each of them for a moment, because clock speeds and load drift.
// Tinybench does a round: it warms a task up and takes the median of its runs.

import { Bench } from "tinybench";

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
	/** How long each time, in ms. */
	time: number;
	/** The clock, in ms. */
	now?: () => number;
	/** Called before each round. */
	onRound?: (round: number, rounds: number) => void;
}

const NS_PER_MS = 1e6;

/**
 * Measures tasks.
 * @returns for each task its ns per message in each round
 */
export function measure(
	tasks: ReadonlyMap<string, Task>,
	{ rounds, time, now, onRound }: MeasureOptions,
): Map<string, number[]> {
	const costs = new Map<string, number[]>();
	for (let round = 0; round < rounds; round++) {
		onRound?.(round, rounds);
		for (const [name, ns] of measureOnce(tasks, time, now))
			costs.set(name, [...(costs.get(name) ?? []), ns]);
	}
	return costs;
}

function measureOnce(
	tasks: ReadonlyMap<string, Task>,
	time: number,
	now?: () => number,
): Map<string, number> {
	const bench = new Bench({
		time,
		warmupTime: time / 4,
		throws: true,
		...(now === undefined ? {} : { now }),
	});
	for (const [name, task] of tasks) {
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
	bench.runSync();
	return new Map(
		bench.tasks.map(({ name, result }) => {
			if (result.state !== "completed")
				throw new Error(`${name}: not measured (${result.state})`);
			return [name, result.latency.p50 * NS_PER_MS];
		}),
	);
}
