// The registers that the platform's tables name, as they were before the last message and as they are now.
// They are read where they are stored, without the firmware; in other firmwares than the engine, through the bus.

import { Engine } from "../../engine.ts";
import type { Firmware } from "../../firmware.ts";

export class RegisterWords {
	/** Physical addresses, by the words' indices. */
	readonly addresses: number[] = [];
	/** Values before and after the last change; the same once {@link accept} has been called. */
	before = new Int32Array(0);
	now = new Int32Array(0);
	/** Indices of the words that the last {@link look} has found changed: the first `changes` of them. */
	changed = new Int32Array(0);
	changes = 0;
	readonly #indices = new Map<number, number>();
	#memory = new Int32Array(0);
	#places = new Int32Array(0);
	#firmware: Firmware | undefined;

	/** The index of the word at a physical address, which gets one if it has none yet. */
	add(address: number): number {
		const known = this.#indices.get(address);
		if (known !== undefined) return known;
		const index = this.addresses.push(address) - 1;
		this.#indices.set(address, index);
		return index;
	}

	/** The index of the word at a physical address; undefined when no table names it. */
	find(address: number): number | undefined {
		return this.#indices.get(address);
	}

	/** Begins with a firmware, when all words are known. */
	open(firmware: Firmware): void {
		const count = this.addresses.length;
		if (this.now.length !== count) {
			this.before = new Int32Array(count);
			this.now = new Int32Array(count);
			this.changed = new Int32Array(count);
		}
		this.#firmware = firmware;
		if (firmware instanceof Engine) {
			this.#memory = new Int32Array(firmware.buffer);
			this.#places = Int32Array.from(
				this.addresses,
				(address) => firmware.storedAt(address, 4) >>> 2,
			);
		}
		this.look();
		this.accept();
	}

	/** Reads all words. Returns how many have changed. */
	look(): number {
		const { now, changed } = this;
		const memory = this.#memory;
		const places = this.#places;
		let changes = 0;
		if (places.length !== now.length) {
			this.#readByBus();
			return this.changes;
		}
		for (let i = 0; i < places.length; i++) {
			const value = memory[places[i] as number] as number;
			if (value === now[i]) continue;
			now[i] = value;
			changed[changes++] = i;
		}
		this.changes = changes;
		return changes;
	}

	#readByBus(): void {
		this.changes = 0;
		for (const [i, address] of this.addresses.entries()) {
			const value = (this.#firmware as Firmware).read32(address) | 0;
			if (value === this.now[i]) continue;
			this.now[i] = value;
			this.changed[this.changes++] = i;
		}
	}

	/** What is now is what was before. */
	accept(): void {
		for (let i = 0; i < this.changes; i++) {
			const word = this.changed[i] as number;
			this.before[word] = this.now[word] as number;
		}
		this.changes = 0;
	}
}
