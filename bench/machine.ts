// The machine that figures come from, and its state.
// Node's os module; idle time as the kernel counts it for each core, own time as it counts it for the process.

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
	/** Cores without other work, on average over a moment before the benchmark. */
	idleCores: number;
}

const MOMENT_MS = 300;

/** Sees how many cores others leave to this process, from its making on. */
export class CoreWatch {
	readonly #free = freeMs();
	readonly #start = performance.now();

	/** Cores that were idle or worked for this process, on average. */
	get cores(): number {
		return (freeMs() - this.#free) / (performance.now() - this.#start);
	}
}

/** Time of all cores that was idle or this process's, in ms. */
function freeMs(): number {
	const { user, system } = process.cpuUsage();
	const idle = cpus().reduce((sum, { times }) => sum + times.idle, 0);
	return idle + (user + system) / 1000;
}

/** The machine as it is before the benchmark. */
export async function lookAtMachine(): Promise<Machine> {
	const load = loadavg()[0] ?? 0;
	const watch = new CoreWatch();
	await setTimeout(MOMENT_MS);
	return {
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		cores: cpus().length,
		system: `${type()} ${release()}`,
		node: process.version,
		loadBefore: load,
		loadAfter: load,
		idleCores: Math.min(watch.cores, cpus().length),
	};
}
