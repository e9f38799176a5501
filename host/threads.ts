// One firmware for several threads: its memory is shared, each thread has an instance of the threaded module and a CPU.
// WebAssembly threads proposal; in browsers SharedArrayBuffer needs cross-origin isolation (HTML, "crossOriginIsolated").

import { Address } from "../assembly/layout.ts";
import type { Batch, BatchOptions } from "./batch.ts";
import { Engine } from "./engine.ts";
import { CosimError } from "./errors.ts";
import type { Method } from "./mailbox/conduit.ts";
import type { Platform } from "./platform/platform.ts";

/** What a thread needs to join: to be sent to it with postMessage. */
export interface SharedFirmware {
	/** The threaded module, `scmi-threads.wasm`. */
	readonly module: WebAssembly.Module;
	readonly memory: WebAssembly.Memory;
	readonly platform: Platform;
}

export interface SharedEngineOptions {
	/** The CPU of the thread that opens it; 0 unless told otherwise. */
	cpu?: number;
	/** Entries of the batch, which all threads share: 1024 unless told otherwise. */
	batch?: number;
}

/** An engine, and how other threads join it. */
export interface OpenedEngine {
	readonly engine: Engine;
	/** For {@link attachEngine} in other threads; null when the engine is this thread's alone. */
	readonly shared: SharedFirmware | null;
	/** Why it is; null when it is not. */
	readonly reason: string | null;
}

/**
 * The engine as one thread has it: with a CPU of its own, which no other thread has meanwhile.
 *
 * Threads may trap, read and write registers and let time pass whenever they want. Messages that only read run at the same time,
 * on different channels; everything else one after the other. An area, as any shared memory, belongs to one writer at a time:
 * threads that share a channel settle among themselves whose turn it is. Interrupts are handed on in the thread that has
 * subscribed, when it next calls the engine. {@link reset} is for the whole system: other threads must not be in a call.
 */
export class SharedEngine extends Engine {
	/** This thread's CPU. */
	readonly cpu: number;
	#attached = true;

	/** For {@link openSharedEngine} and {@link attachEngine}. */
	constructor(
		firmware: Omit<SharedFirmware, "memory"> & { memory?: WebAssembly.Memory },
		cpu: number,
		batch?: number,
	) {
		const { module, platform, memory } = firmware;
		const known = Number.isInteger(cpu) && cpu >= 0 && cpu < platform.cpus;
		if (!known)
			throw new CosimError(
				"UNKNOWN_NAME",
				`CPU ${cpu}: ${platform.name} has CPUs 0 to ${platform.cpus - 1}`,
			);
		super(module, platform, {
			cpu,
			...(memory === undefined ? {} : { memory }),
			...(batch === undefined ? {} : { batch }),
		});
		this.cpu = cpu;
		const words = this.#words();
		const before = Atomics.or(words, THREADS, 1 << cpu);
		if (before & (1 << cpu))
			throw new CosimError(
				"CPU_TAKEN",
				`CPU ${cpu}: another thread has it; each thread needs one of its own`,
			);
		if (memory === undefined) Atomics.store(words, MAY_SLEEP, 1);
		if (!maySleep()) Atomics.store(words, MAY_SLEEP, 0);
	}

	#words(): Int32Array {
		return new Int32Array(this.buffer);
	}

	override trap(cpu: number, method: Method): number {
		this.#checkCpu(cpu);
		return super.trap(cpu, method);
	}

	override batch({ cpu = this.cpu, ...options }: BatchOptions = {}): Batch {
		this.#checkCpu(cpu);
		return super.batch({ ...options, cpu });
	}

	#checkCpu(cpu: number): void {
		if (cpu === this.cpu && this.#attached) return;
		throw new CosimError(
			"CPU_TAKEN",
			this.#attached
				? `CPU ${cpu}: this thread has CPU ${this.cpu}`
				: `CPU ${cpu}: this thread has let go of it`,
		);
	}

	/** Lets go of the CPU: another thread may have it. This engine is no longer to be used. */
	release(): void {
		if (!this.#attached) return;
		this.#attached = false;
		Atomics.and(this.#words(), THREADS, ~(1 << this.cpu));
	}
}

const THREADS = Address.THREADS / 4;
const MAY_SLEEP = Address.MAY_SLEEP / 4;

/** Browsers let workers sleep, but not the thread that draws the page. */
function maySleep(): boolean {
	try {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
		return true;
	} catch {
		return false;
	}
}

/** Why threads cannot share an engine here, for people; null when they can. */
export function whyNoThreads(
	module: WebAssembly.Module | undefined,
): string | null {
	const { crossOriginIsolated } = globalThis as {
		crossOriginIsolated?: boolean;
	};
	if (crossOriginIsolated === false)
		return "the page is not cross-origin isolated (crossOriginIsolated is false): it has to be served with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
	if (typeof SharedArrayBuffer === "undefined")
		return "there is no SharedArrayBuffer here";
	if (module === undefined)
		return "the threaded module, scmi-threads.wasm, is missing";
	return null;
}

/**
 * A firmware with its hardware in its state at load, for several threads where that is possible, else for this one alone
 * with the reason why.
 * @param modules the compiled `scmi.wasm`, and `scmi-threads.wasm` where there is one
 * @throws CosimError as {@link Engine} does, UNKNOWN_NAME for a CPU that the platform does not have
 */
export function openSharedEngine(
	modules: {
		single: WebAssembly.Module;
		threaded?: WebAssembly.Module | undefined;
	},
	platform: Platform,
	{ cpu = 0, batch }: SharedEngineOptions = {},
): OpenedEngine {
	const module = modules.threaded;
	const reason = whyNoThreads(module);
	if (module === undefined || reason !== null) {
		const options = batch === undefined ? {} : { batch };
		const engine = new Engine(modules.single, platform, options);
		return { engine, shared: null, reason };
	}
	const engine = new SharedEngine({ module, platform }, cpu, batch);
	const { memory } = engine;
	return { engine, shared: { module, memory, platform }, reason: null };
}

/**
 * Joins the firmware of another thread, as it is now, with a CPU of its own.
 * @throws CosimError CPU_TAKEN when another thread has the CPU, UNKNOWN_NAME when there is no such one
 */
export function attachEngine(
	shared: SharedFirmware,
	cpu: number,
): SharedEngine {
	return new SharedEngine(shared, cpu);
}
