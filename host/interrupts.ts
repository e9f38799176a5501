// The interrupts that the engine raises: counted in memory for each channel, handed to whoever subscribed to their number.
// State.INTERRUPTS and Channel.INTERRUPTS of assembly/; as a CPU does, handlers run with registers of their own, and in the
// normal world, wherever the call came from that raised the interrupt.

import { Channel } from "../assembly/image.ts";
import { Address, Cpu, State } from "../assembly/layout.ts";
import { throwLater } from "./errors.ts";
import { channelGroups } from "./platform/image/services.ts";
import type { Platform } from "./platform/platform.ts";

/**
 * A channel with an interrupt: its number, where the engine counts it, and how many were handed on. That lies in the
 * engine's memory too, so that a copy of the memory is a whole snapshot.
 */
interface Line {
	readonly interrupt: number;
	readonly raised: number;
	readonly taken: number;
}

export class Interrupts {
	readonly #words: Uint32Array;
	readonly #registers: ReadonlyMap<number, Uint32Array>;
	readonly #lines: Line[] = [];
	readonly #handlers = new Map<number, Set<() => void>>();
	readonly #shared: boolean;
	#running = false;

	/**
	 * @param registers of this thread's CPUs, which handlers leave as they were
	 * @param shared other threads may have subscribed: without a handler here, interrupts are left to them
	 */
	constructor(
		buffer: ArrayBuffer,
		platform: Platform,
		registers: ReadonlyMap<number, Uint32Array>,
		shared: boolean,
	) {
		this.#shared = shared;
		this.#words = new Uint32Array(buffer);
		this.#registers = registers;
		const rows = this.#words[(Address.STATE + State.CHANNELS) >>> 2] as number;
		for (const [i, row] of channelGroups(platform).flat().entries()) {
			if (row.interrupt === undefined) continue;
			const channel = rows + i * Channel.SIZE;
			this.#lines.push({
				interrupt: row.interrupt,
				raised: (channel + Channel.INTERRUPTS) >>> 2,
				taken: (channel + Channel.TAKEN) >>> 2,
			});
		}
	}

	/** Calls a handler for each interrupt of that number, until the function that is returned is called. */
	subscribe(interrupt: number, handler: () => void): () => void {
		const handlers = this.#handlers.get(interrupt) ?? new Set();
		this.#handlers.set(interrupt, handlers);
		// The same function may subscribe twice.
		const own = () => handler();
		handlers.add(own);
		return () => handlers.delete(own);
	}

	/** Whether anybody has subscribed, now or before. */
	get watched(): boolean {
		return this.#handlers.size > 0;
	}

	/** Hands on what was raised since the last time: one load when nothing was. */
	take(): void {
		if (this.#words[COUNTER] === this.#words[TAKEN] || this.#running) return;
		if (this.watched || !this.#shared) this.#handOn();
	}

	#handOn(): void {
		const saved = [...this.#registers].map(([cpu, registers]) => ({
			cpu,
			registers,
			values: registers.slice(),
			secure: this.#words[secureAt(cpu)] as number,
		}));
		for (const { cpu } of saved) this.#words[secureAt(cpu)] = 0;
		this.#running = true;
		// Handlers may trap and raise more.
		while (this.#words[COUNTER] !== this.#words[TAKEN]) {
			this.#words[TAKEN] = this.#words[COUNTER] as number;
			for (const line of this.#lines) {
				const raised = this.#words[line.raised] as number;
				if (raised === this.#words[line.taken]) continue;
				this.#words[line.taken] = raised;
				for (const handler of this.#handlers.get(line.interrupt) ?? []) {
					try {
						handler();
					} catch (error) {
						throwLater(error);
					}
				}
			}
		}
		this.#running = false;
		for (const { cpu, registers, values, secure } of saved) {
			registers.set(values);
			this.#words[secureAt(cpu)] = secure;
		}
	}
}

function secureAt(cpu: number): number {
	return (Address.CPU + cpu * Address.CPU_STRIDE + Cpu.SECURE) >>> 2;
}

const COUNTER = (Address.STATE + State.INTERRUPTS) >>> 2;
const TAKEN = (Address.STATE + State.INTERRUPTS_TAKEN) >>> 2;
