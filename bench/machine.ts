// The machine that figures come from, and its state.
// Node's os module; idle time as the kernel counts it for each core.

import { cpus, loadavg, release, type } from "node:os";
import { setTimeout } from "node:timers/promises";

export interface Machine {
	/** Model of the first core. */
	cpu: string;
	cores: number;
	system: string;
	node: string;
	/** Load average of the last minute, before and after the benchmark. */
	loadBefore: number;
	loadAfter: number;
	/** Cores without work, on average over a moment before the benchmark. */
	idleCores: number;
}

const MOMENT_MS = 300;

/** The idle and the whole time of all cores since the system's start, in ms. */
function coreTimes(): { idle: number; all: number } {
	let idle = 0;
	let all = 0;
	for (const { times } of cpus()) {
		idle += times.idle;
		for (const ms of Object.values(times)) all += ms;
	}
	return { idle, all };
}

/** How many cores have no work, on average over a moment. */
export async function idleCores(): Promise<number> {
	const before = coreTimes();
	await setTimeout(MOMENT_MS);
	const after = coreTimes();
	const all = after.all - before.all;
	return all === 0 ? 0 : (cpus().length * (after.idle - before.idle)) / all;
}

/** The machine as it is before the benchmark. */
export async function lookAtMachine(): Promise<Machine> {
	const load = loadavg()[0] ?? 0;
	return {
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		cores: cpus().length,
		system: `${type()} ${release()}`,
		node: process.version,
		loadBefore: load,
		loadAfter: load,
		idleCores: await idleCores(),
	};
}
