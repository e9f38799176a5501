// The whole benchmark: which rows there are, and how they are measured.
// What the figures mean: docs/benchmark.md.

import { loadavg } from "node:os";
import { LOAD, measureLoad } from "./load.ts";
import { lookAtMachine, type Machine } from "./machine.ts";
import type { TaskCost } from "./measure.ts";
import { COLLECTIONS, ENGINE_BYTES, measureMemory } from "./memory.ts";
import { measureNative, NATIVE } from "./native.ts";
import { packageVersion } from "./package.ts";
import { measureThroughput, type Throughput } from "./picture.ts";
import { MESSAGE_RATIOS, measureRatios, SIZE_RATIOS } from "./ratios.ts";
import type { Question, Row } from "./row.ts";
import { CLOCK_SIZE, clockSize, MODULE_SIZE, moduleSize } from "./sizes.ts";
import { measureWorkers, ONE_CHANNEL, OWN_CHANNELS } from "./workers.ts";

/** Version of the results' format. */
export const FORMAT = 2;

export interface BenchResult {
	/** {@link FORMAT}. */
	format: number;
	/** Of the package. */
	version: string;
	quick: boolean;
	/** When it began, ISO 8601. */
	date: string;
	machine: Machine;
	rows: Row[];
	/** ns per message of everything that was measured for ratios. */
	costs: TaskCost[];
	throughput: Throughput[];
}

export interface BenchRunOptions {
	/** Fewer measurements of each. */
	quick?: boolean;
	/** Names of rows, or groups of them; all unless told otherwise. */
	only?: readonly string[];
	/** Told what is going on. */
	onStep?: (step: string) => void;
}

interface Effort {
	/** That measure ratios one after the other. */
	processes: number;
	pictureRounds: number;
	nativeRounds: number;
	/** Pairs of workers. */
	crews: number;
	loads: number;
}

const QUICK: Effort = {
	processes: 8,
	pictureRounds: 10,
	nativeRounds: 10,
	crews: 5,
	loads: 7,
};
const FULL: Effort = {
	processes: 30,
	pictureRounds: 60,
	nativeRounds: 100,
	crews: 20,
	loads: 25,
};

/** Every row, in the order of the results. */
export const QUESTIONS: readonly Question[] = [
	...MESSAGE_RATIOS,
	...SIZE_RATIOS,
	CLOCK_SIZE,
	OWN_CHANNELS,
	ONE_CHANNEL,
	...NATIVE,
	MODULE_SIZE,
	LOAD,
	ENGINE_BYTES,
	COLLECTIONS,
];

/** The group of a row: what its name has before the slash. */
export function groupOf(name: string): string {
	return name.split("/", 1)[0] as string;
}

/** Measures the rows. */
export async function runBench({
	quick = false,
	only,
	onStep,
}: BenchRunOptions = {}): Promise<BenchResult> {
	const effort = quick ? QUICK : FULL;
	const wanted = ({ name }: Question) =>
		only === undefined || only.includes(name) || only.includes(groupOf(name));
	const date = new Date().toISOString();
	const machine = await lookAtMachine();
	const rows: Row[] = [];

	// Threads before anything else warms the machine up, memory and load in processes of their own.
	const threads = [OWN_CHANNELS, ONE_CHANNEL].filter(wanted);
	if (threads.length > 0) {
		onStep?.("two workers");
		rows.push(...(await measureWorkers(threads, effort.crews)));
	}
	if (wanted(LOAD)) {
		onStep?.("load to first reply");
		rows.push(await measureLoad(effort.loads));
	}
	if (wanted(ENGINE_BYTES) || wanted(COLLECTIONS)) {
		onStep?.("a million messages");
		rows.push(...(await measureMemory()).filter(wanted));
	}
	if (wanted(MODULE_SIZE)) rows.push(moduleSize());
	if (wanted(CLOCK_SIZE)) rows.push(clockSize());

	const costs: TaskCost[] = [];
	for (const some of [MESSAGE_RATIOS, SIZE_RATIOS]) {
		const ratios = await measureRatios(
			some.filter(wanted),
			effort.processes,
			(process) => onStep?.(`messages, ${process + 1} of ${effort.processes}`),
		);
		rows.push(...ratios.rows);
		costs.push(...ratios.costs);
	}
	const throughput: Throughput[] = [];
	if (only === undefined) {
		onStep?.("sizes of batches");
		throughput.push(...measureThroughput({ rounds: effort.pictureRounds }));
	}
	const native = NATIVE.filter(wanted);
	if (native.length > 0) {
		onStep?.("the C library");
		rows.push(...(await measureNative(native, effort.nativeRounds)));
	}

	const order = QUESTIONS.map(({ name }) => name);
	rows.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
	return {
		format: FORMAT,
		version: packageVersion(),
		quick,
		date,
		machine: { ...machine, loadAfter: loadavg()[0] ?? 0 },
		rows,
		costs,
		throughput,
	};
}
