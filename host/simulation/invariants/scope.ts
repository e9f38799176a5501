// What of the registers each doing may change: the bits of the clocks, domains, rails and lines that it is about.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 to 4.9; i.MX 8M Mini reference manual, chapters 5.1, 5.2 and 6 (SRC).

import type { Platform } from "../../platform/platform.ts";
import { resetBits } from "../../platform/resets.ts";
import type { ClockRow, ClockTable, WordBits } from "./clocks.ts";
import type { DomainRow, DomainTable } from "./domains.ts";
import type { Effect } from "./effects.ts";
import type { Requests } from "./requests.ts";
import type { RegisterWords } from "./words.ts";

/** Something that may change registers. */
export interface Doing {
	/** ID of the agent; null for accesses from outside. */
	agent: number | null;
	effect: Effect | "power-controller" | "clock-gates";
	/** It was begun by an earlier message. */
	begun: boolean;
}

export interface RailBits {
	name: string;
	level: WordBits;
	enable: WordBits;
}

export interface LineBits extends WordBits {
	name: string;
	id: number;
}

export class Scope {
	readonly rails: readonly RailBits[];
	/** By the ID of the reset domain. */
	readonly lines: ReadonlyMap<number, LineBits>;
	readonly #words: RegisterWords;
	readonly #clocks: ClockTable;
	readonly #domains: DomainTable;
	readonly #requests: Requests;
	readonly #performance: readonly { clock: number; rail: number }[];
	readonly #system: readonly number[];

	constructor(
		platform: Platform,
		words: RegisterWords,
		clocks: ClockTable,
		domains: DomainTable,
		requests: Requests,
	) {
		this.#words = words;
		this.#clocks = clocks;
		this.#domains = domains;
		this.#requests = requests;
		const bits = (address: number, mask: number) => ({
			word: words.add(address),
			mask,
		});
		this.rails = platform.rails.map(({ name, selector, enable }) => ({
			name,
			level: bits(selector.address, selector.mask),
			enable: bits(enable.address, enable.mask),
		}));
		this.lines = new Map(
			platform.resets.map((line) => [
				line.id,
				{
					name: line.name,
					id: line.id,
					...bits(line.address, resetBits(line) | 0),
				},
			]),
		);
		const clockIds = new Map(platform.clocks.map((row) => [row.name, row.id]));
		this.#performance = platform.performanceDomains.map((domain) => ({
			clock: clockIds.get(domain.clock) as number,
			rail: platform.rails.findIndex(({ name }) => name === domain.rail),
		}));
		const { system } = platform;
		this.#system =
			system === null
				? []
				: [words.add(system.off.address), words.add(system.reset.address)];
	}

	/** Sets the bits that it may change in `masks`, by word. */
	allow(effect: Doing["effect"], masks: Int32Array): void {
		if (effect === "power-controller") {
			for (const word of this.#domains.shared) masks[word] = -1;
			for (const row of this.#domains.rows) add(masks, row.bits);
			return;
		}
		if (effect === "clock-gates") {
			add(masks, this.#clocks.gates);
			return;
		}
		const { kind, id } = effect;
		switch (kind) {
			case "clock-state":
				this.#allowGates(id, masks);
				break;
			case "clock-parent":
				this.#allowGates(id, masks);
				this.#allowMux(id, masks);
				break;
			case "clock-rate":
				this.#allowRate(id, masks);
				break;
			case "power-domain":
				this.#allowDomain(id, masks);
				break;
			case "performance": {
				const domain = this.#performance[id];
				if (domain === undefined) break;
				this.#allowRate(domain.clock, masks);
				add(masks, [(this.rails[domain.rail] as RailBits).level]);
				break;
			}
			case "rail-level":
				add(masks, [(this.rails[id] as RailBits).level]);
				break;
			case "rail-mode":
				add(masks, [(this.rails[id] as RailBits).enable]);
				break;
			case "reset-line":
				add(masks, [this.lines.get(id) as LineBits]);
				break;
			case "system":
				for (const word of this.#system) masks[word] = -1;
				break;
			case "agent-reset":
				this.#allowReset(id, masks);
				break;
			default:
		}
	}

	/** Gates of a clock and of what it runs from, before and now. */
	#allowGates(id: number, masks: Int32Array): void {
		this.#allowGatesBy(id, this.#words.before, masks);
		this.#allowGatesBy(id, this.#words.now, masks);
	}

	#allowGatesBy(id: number, values: Int32Array, masks: Int32Array): void {
		const { rows, gates } = this.#clocks;
		let at: number | undefined = id;
		while (at !== undefined) {
			const row: ClockRow = rows[at] as ClockRow;
			if (row.gate !== undefined) addOne(masks, gates[row.gate] as WordBits);
			at = this.#clocks.parent(row, values);
		}
	}

	#allowMux(id: number, masks: Int32Array): void {
		const row = this.#clocks.rows[id] as ClockRow;
		if (row.mux === undefined) return;
		const { word, mask, shift } = row.mux;
		add(masks, [{ word, mask: mask << shift }]);
	}

	// A rate comes about where the first divider, slice or PLL is, and in dividers with what is above them, too.
	#allowRate(id: number, masks: Int32Array): void {
		for (const values of [this.#words.before, this.#words.now])
			for (const row of this.#clocks.chain(id, values)) {
				const { clock } = row;
				add(masks, row.settings);
				if (clock.kind === "cpu") {
					const names = [clock.pll, clock.park, clock.parkParent, clock.parent];
					for (const name of names) {
						const part = this.#idOf(name);
						this.#allowGates(part, masks);
						if (name !== clock.parkParent && name !== clock.pll)
							this.#allowMux(part, masks);
					}
					this.#allowRate(this.#idOf(clock.pll), masks);
					break;
				}
				if (clock.kind === "composite" || clock.kind === "pll") break;
				if (clock.kind === "mux" && !clock.forwardsRate) break;
			}
	}

	#idOf(name: string): number {
		return this.#clocks.rows.findIndex((row) => row?.clock.name === name);
	}

	/** A domain with those around it. */
	#allowDomain(id: number, masks: Int32Array): void {
		let at: number | null = id;
		while (at !== null) {
			const row: DomainRow = this.#domains.rows[at] as DomainRow;
			add(masks, row.bits);
			for (const clock of row.switchedWith) this.#allowGates(clock, masks);
			at = row.domain.parent;
		}
	}

	/** Everything that an agent holds. */
	#allowReset(agent: number, masks: Int32Array): void {
		const { clocks, domains, railsOn } = this.#requests;
		const bit = 1 << agent;
		for (const [id, holders] of clocks.entries())
			if (holders & bit) this.#allowGates(id, masks);
		for (const [id, holders] of domains.entries())
			if (holders & bit) this.#allowDomain(id, masks);
		for (const [id, holders] of railsOn.entries())
			if (holders & bit) add(masks, [(this.rails[id] as RailBits).enable]);
	}
}

function add(masks: Int32Array, bits: readonly WordBits[]): void {
	for (const one of bits) addOne(masks, one);
}

function addOne(masks: Int32Array, { word, mask }: WordBits): void {
	masks[word] = (masks[word] as number) | mask;
}
