// A guest's interrupts: kept until it may take them, handed on as a CPU does, with registers of the handlers' own.
// As host/interrupts.ts for the engine's; GICv3 calls them virtual interrupts (Arm IHI 0069, chapter 6).

import { throwLater } from "../../errors.ts";

export class VirtualInterrupts {
	readonly #registers: readonly Uint32Array[];
	readonly #handlers = new Map<number, Set<() => void>>();
	#pending: number[] = [];
	#running = false;

	/** @param registers of the guest's CPUs, which handlers leave as they were */
	constructor(registers: readonly Uint32Array[]) {
		this.#registers = registers;
	}

	subscribe(interrupt: number, handler: () => void): () => void {
		const handlers = this.#handlers.get(interrupt) ?? new Set();
		this.#handlers.set(interrupt, handlers);
		// The same function may subscribe twice.
		const own = () => handler();
		handlers.add(own);
		return () => handlers.delete(own);
	}

	/** Makes one pending; undefined is no interrupt. */
	raise(interrupt: number | undefined): void {
		if (interrupt !== undefined) this.#pending.push(interrupt);
	}

	/** Forgets all that are pending. */
	clear(): void {
		this.#pending = [];
	}

	/** Calls the handlers of all that are pending. They may trap and raise more; they are not interrupted in turn. */
	handOn(): void {
		if (this.#running || this.#pending.length === 0) return;
		const saved = this.#registers.map((registers) => registers.slice());
		this.#running = true;
		for (
			let interrupt = this.#pending.shift();
			interrupt !== undefined;
			interrupt = this.#pending.shift()
		) {
			for (const handler of this.#handlers.get(interrupt) ?? []) {
				try {
					handler();
				} catch (error) {
					throwLater(error);
				}
			}
		}
		this.#running = false;
		for (const [cpu, registers] of saved.entries())
			this.#registers[cpu]?.set(registers);
	}
}
