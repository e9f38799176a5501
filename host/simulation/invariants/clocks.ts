// The clock tree by the platform's tables and the registers alone: parents, gates, who runs, who is in use.
// i.MX 8M Mini reference manual, chapter 5.1: CCM_TARGET_ROOT (slices), CCM_CCGR (gates), GNRL_CTL and DIV_CTL (PLLs).

import type { Clock, Field, Platform } from "../../platform/platform.ts";
import { clockCount } from "../../platform/platform.ts";
import type { RegisterWords } from "./words.ts";

/** Fields of a slice. */
const SLICE_MUX = { shift: 24, width: 3 };
const SLICE_PREDIV = { shift: 16, width: 3 };
/** GNRL_CTL of a PLL: out of reset, and its bypass; its dividers' registers follow. */
const PLL_RESET_N = { shift: 9, width: 1 };
const PLL_BYPASS = 1 << 4;
const PLL_DIV_CTL0 = 4;
const PLL_DIV_CTL1 = 8;
const WHOLE_WORD = -1;

/** Bits of a register word. */
export interface WordBits {
	word: number;
	mask: number;
}

/** A clock as registers show it. */
export interface ClockRow {
	readonly clock: Clock;
	/** IDs of its parents by the mux's value; one for a clock without mux. */
	readonly parents: readonly number[];
	readonly mux: { word: number; shift: number; mask: number } | undefined;
	/** Index of its gate, undefined when it has none. */
	readonly gate: number | undefined;
	/** Bits that its rate depends on, those of the mux left out. */
	readonly settings: readonly WordBits[];
	/** The same with those of the mux. */
	readonly rateBits: readonly WordBits[];
}

export class ClockTable {
	/** By ID; undefined for aliases and IDs that do not exist. */
	readonly rows: readonly (ClockRow | undefined)[];
	/** Different gates; clocks that share one have the same. */
	readonly gates: WordBits[] = [];
	/** IDs, parents before children. */
	readonly order: Int32Array;
	/** How many hold each clock, by the last {@link count}; whether it runs, by the last {@link run}. */
	readonly uses: Int32Array;
	readonly running: Uint8Array;
	/** Whether each gate is open, by the last {@link run}. */
	readonly gateOpen: Uint8Array;
	/** Index of each clock's gate, -1 when it has none; whether it is one that never goes off. By ID. */
	readonly gateOf: Int32Array;
	readonly neverOff: Uint8Array;
	/** The rows once more, for the loops over all of them: word of the mux, or -1, and where its parents lie. */
	readonly #gateWord: Int32Array;
	readonly #gateMask: Int32Array;
	readonly #muxWord: Int32Array;
	readonly #muxShift: Uint8Array;
	readonly #muxMask: Uint8Array;
	readonly #firstParent: Int32Array;
	readonly #parents: Int32Array;
	readonly #aliases = new Map<number, number>();
	readonly #words: RegisterWords;

	constructor(platform: Platform, words: RegisterWords) {
		this.#words = words;
		const ids = new Map(platform.clocks.map(({ name, id }) => [name, id]));
		const rows: (ClockRow | undefined)[] = Array.from({
			length: clockCount(platform),
		});
		for (const clock of platform.clocks) {
			if (clock.kind === "alias") this.#aliases.set(clock.id, clock.of);
			else rows[clock.id] = this.#row(clock, ids);
		}
		this.rows = rows;
		this.order = Int32Array.from(parentsFirst(rows));
		this.#gateWord = Int32Array.from(this.gates, ({ word }) => word);
		this.#gateMask = Int32Array.from(this.gates, ({ mask }) => mask);
		this.gateOpen = new Uint8Array(this.gates.length);
		const column = (value: (row: ClockRow) => number | undefined) =>
			rows.map((row) => (row && value(row)) ?? -1);
		this.gateOf = Int32Array.from(column(({ gate }) => gate));
		this.neverOff = Uint8Array.from(
			rows.map((row) => (row !== undefined && isKept(row.clock) ? 1 : 0)),
		);
		this.#muxWord = Int32Array.from(column(({ mux }) => mux?.word));
		this.#muxShift = Uint8Array.from(column(({ mux }) => mux?.shift ?? 0));
		this.#muxMask = Uint8Array.from(column(({ mux }) => mux?.mask ?? 0));
		const parents: number[] = [];
		this.#firstParent = Int32Array.from(
			column((row) =>
				row.parents.length === 0
					? -1
					: parents.push(...row.parents) - row.parents.length,
			),
		);
		this.#parents = Int32Array.from(parents);
		this.uses = new Int32Array(rows.length);
		this.running = new Uint8Array(rows.length);
	}

	/** The clock behind an ID, aliases followed; undefined when there is none. */
	resolve(id: number): number | undefined {
		const target = this.#aliases.get(id) ?? id;
		return this.rows[target] === undefined ? undefined : target;
	}

	name(id: number): string {
		return (this.rows[id] as ClockRow).clock.name;
	}

	/** The parent that these register values select; undefined for a clock without one. */
	parent(row: ClockRow, values: Int32Array): number | undefined {
		const { mux, parents } = row;
		if (mux === undefined) return parents[0];
		return parents[((values[mux.word] as number) >>> mux.shift) & mux.mask];
	}

	/** Whether its own gate lets it through: any bit of it is set. */
	passes(row: ClockRow, values: Int32Array): boolean {
		if (row.gate === undefined) return true;
		const { word, mask } = this.gates[row.gate] as WordBits;
		return ((values[word] as number) & mask) !== 0;
	}

	/** A clock and everything that it runs from, by these register values. */
	*chain(id: number, values: Int32Array): Generator<ClockRow> {
		let at: number | undefined = id;
		while (at !== undefined) {
			const row: ClockRow = this.rows[at] as ClockRow;
			yield row;
			at = this.parent(row, values);
		}
	}

	/**
	 * Counts who holds each clock: the agents that want it, the power domains that do, and each clock below it in use.
	 * @param requests a bit for each agent, by clock
	 * @param held by power domains, by clock
	 */
	count(requests: Uint32Array, held: Int32Array, values: Int32Array): void {
		const { uses, order } = this;
		for (let id = 0; id < uses.length; id++)
			uses[id] = ones(requests[id] as number) + (held[id] as number);
		for (let i = order.length - 1; i >= 0; i--) {
			const id = order[i] as number;
			if (uses[id] === 0) continue;
			const parent = this.#parentId(id, values);
			if (parent >= 0) uses[parent] = (uses[parent] as number) + 1;
		}
	}

	/** Finds out which clocks run. */
	run(values: Int32Array): void {
		const { running, order, gateOf, gateOpen } = this;
		for (let i = 0; i < gateOpen.length; i++)
			gateOpen[i] =
				(values[this.#gateWord[i] as number] as number) &
				(this.#gateMask[i] as number)
					? 1
					: 0;
		for (let i = 0; i < order.length; i++) {
			const id = order[i] as number;
			const parent = this.#parentId(id, values);
			const gate = gateOf[id] as number;
			const fed = parent < 0 || running[parent] !== 0;
			running[id] = fed && (gate < 0 || gateOpen[gate] !== 0) ? 1 : 0;
		}
	}

	/** ID of the parent that these register values select, -1 for a clock without one. */
	#parentId(id: number, values: Int32Array): number {
		const first = this.#firstParent[id] as number;
		const word = this.#muxWord[id] as number;
		if (word < 0 || first < 0)
			return first < 0 ? -1 : (this.#parents[first] as number);
		const field = (values[word] as number) >>> (this.#muxShift[id] as number);
		return this.#parents[
			first + (field & (this.#muxMask[id] as number))
		] as number;
	}

	#row(clock: Clock, ids: Map<string, number>): ClockRow {
		const names = parentNames(clock);
		const field = clock.kind === "mux" ? clock.field : undefined;
		const slice = clock.kind === "composite" ? clock.address : undefined;
		const mux = slice !== undefined ? { address: slice, ...SLICE_MUX } : field;
		const gate =
			clock.kind === "pll"
				? { address: clock.address, ...PLL_RESET_N }
				: clock.gate;
		const settings = this.#settings(clock);
		const selector = mux && {
			word: this.#words.add(mux.address),
			shift: mux.shift,
			mask: (1 << mux.width) - 1,
		};
		return {
			clock,
			parents: names.map((name) => ids.get(name) as number),
			mux: selector,
			gate: gate && this.#gate(this.#bits(gate)),
			settings,
			rateBits: mux === undefined ? settings : [this.#bits(mux), ...settings],
		};
	}

	#bits({ address, shift, width }: Field): WordBits {
		const mask = ((1 << width) - 1) << shift;
		return { word: this.#words.add(address), mask };
	}

	#gate({ word, mask }: WordBits): number {
		const known = this.gates.findIndex(
			(gate) => gate.word === word && gate.mask === mask,
		);
		return known < 0 ? this.gates.push({ word, mask }) - 1 : known;
	}

	#settings(clock: Clock): WordBits[] {
		if (clock.kind === "divider") return [this.#bits(clock.field)];
		if (clock.kind === "composite") {
			const { address, prediv, postdivWidth } = clock;
			const postdiv = this.#bits({ address, shift: 0, width: postdivWidth });
			if (!prediv) return [postdiv];
			return [postdiv, this.#bits({ address, ...SLICE_PREDIV })];
		}
		if (clock.kind !== "pll") return [];
		const { address, fractional } = clock;
		const word = (offset: number, mask: number) => ({
			word: this.#words.add(address + offset),
			mask,
		});
		const dividers = [word(0, PLL_BYPASS), word(PLL_DIV_CTL0, WHOLE_WORD)];
		return fractional
			? [...dividers, word(PLL_DIV_CTL1, WHOLE_WORD)]
			: dividers;
	}
}

/** The system PLLs never go off. */
function isKept(clock: Clock): boolean {
	return clock.kind === "pll" && clock.fixedRate === true;
}

function parentNames(clock: Clock): readonly string[] {
	if ("parents" in clock) return clock.parents;
	return "parent" in clock ? [clock.parent] : [];
}

function parentsFirst(rows: readonly (ClockRow | undefined)[]): number[] {
	const order: number[] = [];
	const visited = new Set<number>();
	const visit = (id: number) => {
		if (visited.has(id)) return;
		visited.add(id);
		for (const parent of rows[id]?.parents ?? []) visit(parent);
		order.push(id);
	};
	for (const [id, row] of rows.entries()) if (row !== undefined) visit(id);
	return order;
}

/** How many bits are set. */
export function ones(bits: number): number {
	let count = 0;
	for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
	return count;
}
