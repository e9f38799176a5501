// Who may have changed a register: what messages are about, and what of it other agents hold.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 to 4.9; i.MX 8M Mini reference manual, chapters 5.1, 5.2 and 6 (SRC).

import type { Platform } from "../../platform/platform.ts";
import { resetBits } from "../../platform/resets.ts";
import type { ClockRow, ClockTable, WordBits } from "./clocks.ts";
import type { DomainRow, DomainTable } from "./domains.ts";
import { type Effect, PROTOCOL } from "./effects.ts";
import type { Requests } from "./requests.ts";
import { type Finding, hex } from "./violation.ts";
import type { RegisterWords } from "./words.ts";

/** Something that may change registers. */
export interface Doing {
	/** ID of the agent; null for accesses from outside. */
	agent: number | null;
	effect: Effect | "power-controller" | "clock-gates";
	/** It was begun by an earlier message. */
	begun: boolean;
}

/** What holders of something care about in a word. */
const WordKind = { RATE: 1, RAIL: 2, LINE: 4 } as const;

interface RailBits {
	name: string;
	level: WordBits;
	enable: WordBits;
}

interface LineBits extends WordBits {
	name: string;
	id: number;
}

export class Changes {
	readonly #words: RegisterWords;
	readonly #clocks: ClockTable;
	readonly #domains: DomainTable;
	readonly #requests: Requests;
	readonly #rails: readonly RailBits[];
	readonly #lines: ReadonlyMap<number, LineBits>;
	readonly #performance: readonly { clock: number; rail: number }[];
	readonly #system: readonly number[];
	readonly #names: readonly string[];
	/** Bits of each word that the agents' doings may have changed, by agent; outside is the last one. */
	#allowed: Int32Array[] = [];
	/** What each word is about, WordKind bits. */
	#kinds = new Uint8Array(0);

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
		this.#names = ["the platform", ...platform.agents];
		const bits = (address: number, mask: number) => ({
			word: words.add(address),
			mask,
		});
		this.#rails = platform.rails.map(({ name, selector, enable }) => ({
			name,
			level: bits(selector.address, selector.mask),
			enable: bits(enable.address, enable.mask),
		}));
		this.#lines = new Map(
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

	/** Begins when all words are known. */
	open(): void {
		const count = this.#words.addresses.length;
		const masks = () => new Int32Array(count);
		this.#allowed = [...this.#names, "outside"].map(masks);
		this.#kinds = new Uint8Array(count);
		const mark = (word: number, kind: number) => {
			this.#kinds[word] = (this.#kinds[word] as number) | kind;
		};
		for (const row of this.#clocks.rows)
			if (row !== undefined)
				for (const { word } of row.rateBits) mark(word, WordKind.RATE);
		for (const { level, enable } of this.#rails)
			for (const { word } of [level, enable]) mark(word, WordKind.RAIL);
		for (const { word } of this.#lines.values()) mark(word, WordKind.LINE);
	}

	/** What has changed and must not have, by the doings that there were; none of them has changed who holds what yet. */
	*check(doings: readonly Doing[]): Generator<Finding> {
		for (const masks of this.#allowed) masks.fill(0);
		for (const doing of doings)
			this.#allow(
				doing.effect,
				this.#allowed[this.#behind(doing)] as Int32Array,
			);
		const { before, now, changed, changes } = this.#words;
		let kinds = 0;
		for (let i = 0; i < changes; i++) {
			const word = changed[i] as number;
			const diff = (before[word] as number) ^ (now[word] as number);
			kinds |= this.#kinds[word] as number;
			let allowed = 0;
			for (const masks of this.#allowed) allowed |= masks[word] as number;
			if (diff & ~allowed) yield this.#unaddressed(word);
		}
		if (kinds & WordKind.RATE) yield* this.#heldRates();
		if (kinds & WordKind.RAIL) yield* this.#heldRails();
		if (kinds & WordKind.LINE) yield* this.#heldLines(doings);
	}

	/** On whose behalf: what an agent's reset changes it has held itself, whoever resets it. */
	#behind({ agent, effect }: Doing): number {
		if (typeof effect === "object" && effect.kind === "agent-reset")
			return effect.id;
		return agent ?? this.#names.length;
	}

	#unaddressed(word: number): Finding {
		const { before, now, addresses } = this.#words;
		return {
			invariant: "register-changed",
			what: "a register that no message under way is about",
			where: addresses[word] as number,
			expected: `0x${hex(before[word] as number)}`,
			found: `0x${hex(now[word] as number)}`,
		};
	}

	/** Whether bits have changed that only agents may have changed who are not alone in holding them. */
	#taken({ word, mask }: WordBits, holders: number): boolean {
		const { before, now } = this.#words;
		const diff = ((before[word] as number) ^ (now[word] as number)) & mask;
		if (diff === 0) return false;
		return !this.#allowed.some(
			(masks, agent) =>
				((masks[word] as number) & diff) === diff &&
				(holders & ~(1 << agent)) === 0,
		);
	}

	*#heldRates(): Generator<Finding> {
		const { clocks: requests } = this.#requests;
		for (let id = 0; id < requests.length; id++) {
			const holders = (requests[id] as number) & ~1;
			if (holders === 0) continue;
			for (const row of this.#clocks.chain(id, this.#words.before))
				for (const bits of row.rateBits)
					if (this.#taken(bits, holders))
						yield this.#held(
							`clock ${row.clock.name}, which ${this.#clocks.name(id)} depends on`,
							bits,
							holders,
						);
		}
	}

	// Whoever switches a rail on takes nothing from those who hold it.
	*#heldRails(): Generator<Finding> {
		const { railsOn, railLevels } = this.#requests;
		const { before, now } = this.#words;
		for (const [id, { name, level, enable }] of this.#rails.entries()) {
			const holders = (railsOn[id] as number) | (railLevels[id] as number);
			if (holders === 0) continue;
			const { word } = enable;
			const cleared = (before[word] as number) & ~(now[word] as number);
			for (const bits of [level, { word, mask: enable.mask & cleared }])
				if (this.#taken(bits, holders))
					yield this.#held(`rail ${name}`, bits, holders);
		}
	}

	// A reset that was begun when nobody was at work goes on to its end.
	*#heldLines(doings: readonly Doing[]): Generator<Finding> {
		const { permissions } = this.#requests;
		const begun = (line: number) =>
			doings.some(
				({ begun, effect }) =>
					begun &&
					typeof effect === "object" &&
					effect.kind === "reset-line" &&
					effect.id === line,
			);
		for (const line of this.#lines.values()) {
			const { before, now } = this.#words;
			const diff = (before[line.word] as number) ^ (now[line.word] as number);
			if ((diff & line.mask) === 0 || begun(line.id)) continue;
			let users = 0;
			for (const device of permissions.devicesOf(PROTOCOL.reset, line.id))
				users |= this.#requests.usersOf(device);
			if (users !== 0 && this.#taken(line, users))
				yield this.#held(`reset line ${line.name}`, line, users);
		}
	}

	#held(what: string, { word }: WordBits, holders: number): Finding {
		const { addresses, before, now } = this.#words;
		return {
			invariant: "held-by-other",
			what,
			where: addresses[word] as number,
			expected: `0x${hex(before[word] as number)}, as ${this.#requests.names(holders)} need${holders & (holders - 1) ? "" : "s"} it`,
			found: `0x${hex(now[word] as number)}`,
		};
	}

	#allow(effect: Doing["effect"], masks: Int32Array): void {
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
				add(masks, [(this.#rails[domain.rail] as RailBits).level]);
				break;
			}
			case "rail-level":
				add(masks, [(this.#rails[id] as RailBits).level]);
				break;
			case "rail-mode":
				add(masks, [(this.#rails[id] as RailBits).enable]);
				break;
			case "reset-line":
				add(masks, [this.#lines.get(id) as LineBits]);
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
			if (holders & bit) add(masks, [(this.#rails[id] as RailBits).enable]);
	}
}

function add(masks: Int32Array, bits: readonly WordBits[]): void {
	for (const one of bits) addOne(masks, one);
}

function addOne(masks: Int32Array, { word, mask }: WordBits): void {
	masks[word] = (masks[word] as number) | mask;
}
