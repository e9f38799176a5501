// Whole register blocks: what no table names must stay as it is, and what lies in a power domain needs its power.
// i.MX 8M Mini reference manual, chapter 2 (memory maps); which block lies in which domain, the platform says.

import { Engine } from "../../engine.ts";
import type { Firmware } from "../../firmware.ts";
import type { Block } from "../../platform/platform.ts";
import type { DomainRow, DomainTable } from "./domains.ts";
import { type Finding, hex } from "./violation.ts";
import type { RegisterWords } from "./words.ts";

/** A block with a copy of its words. */
interface CopiedBlock {
	block: Block;
	words: Int32Array;
	copy: Int32Array;
}

export class Blocks {
	readonly #firmware: Firmware;
	readonly #words: RegisterWords;
	readonly #domains: DomainTable;
	readonly #powered: readonly Block[];
	#copies: CopiedBlock[] = [];

	constructor(firmware: Firmware, words: RegisterWords, domains: DomainTable) {
		this.#firmware = firmware;
		this.#words = words;
		this.#domains = domains;
		this.#powered = firmware.platform.blocks.filter(
			({ powerDomain }) => powerDomain !== undefined,
		);
		if (!(firmware instanceof Engine)) return;
		// Memory is everybody's, and a thermal unit's registers follow the time.
		const registers = firmware.platform.blocks.filter(
			({ kind }) => kind !== "ram" && kind !== "thermal",
		);
		this.#copies = registers.map((block) => {
			const at = firmware.storedAt(block.address, block.size);
			const words = new Int32Array(firmware.buffer, at, block.size / 4);
			return { block, words, copy: words.slice() };
		});
	}

	/** Begins anew: registers are as they are now. */
	restart(): void {
		for (const { words, copy } of this.#copies) copy.set(words);
	}

	/** An access to a device without power. */
	*unpowered(address: number): Generator<Finding> {
		const block = this.#powered.find(
			(row) => address >= row.address && address < row.address + row.size,
		);
		if (block?.powerDomain === undefined) return;
		const row = this.#domains.rows[
			this.#domains.id(block.powerDomain)
		] as DomainRow;
		if (this.#domains.isOn(row, this.#words.now)) return;
		yield {
			invariant: "device-in-off-domain",
			what: `${block.name}, in power domain ${block.powerDomain}`,
			where: address,
			expected: `${block.powerDomain} on`,
			found: "off",
		};
	}

	/** A word was written from outside: it is to be what it is now. */
	accept(address: number): void {
		for (const { block, words, copy } of this.#copies) {
			const offset = address - block.address;
			if (offset < 0 || offset >= block.size) continue;
			// SET, CLR and TOG change the word in front of them.
			const i =
				block.kind === "set-clear-toggle" ? (offset >> 4) << 2 : offset >> 2;
			copy[i] = words[i] as number;
		}
	}

	isPowerController(address: number): boolean {
		return this.#firmware.platform.blocks.some(
			({ kind, address: base, size }) =>
				kind === "power" && address >= base && address < base + size,
		);
	}

	/** Words that no table names and that have changed all the same. */
	*changed(): Generator<Finding> {
		for (const { block, words, copy } of this.#copies) {
			for (let i = 0; i < words.length; i++) {
				if (words[i] === copy[i]) continue;
				const address = block.address + 4 * i;
				if (this.#words.find(address) !== undefined) continue;
				yield {
					invariant: "register-changed",
					what: `a register of ${block.name} that no message is about`,
					where: address,
					expected: `0x${hex(copy[i] as number)}`,
					found: `0x${hex(words[i] as number)}`,
				};
			}
		}
	}
}
