// Who may have changed a register: what messages are about, and what of it other agents hold.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 to 4.9; i.MX 8M Mini reference manual, chapters 5.1, 5.2 and 6 (SRC).

import type { Platform } from "../../platform/platform.ts";
import type { ClockTable, WordBits } from "./clocks.ts";
import type { DomainTable } from "./domains.ts";
import { PROTOCOL } from "./effects.ts";
import type { Requests } from "./requests.ts";
import { type Doing, Scope } from "./scope.ts";
import { type Finding, hex } from "./violation.ts";
import type { RegisterWords } from "./words.ts";

/** What holders of something care about in a word. */
const WordKind = { RATE: 1, RAIL: 2, LINE: 4 } as const;

export class Changes {
	readonly #words: RegisterWords;
	readonly #clocks: ClockTable;
	readonly #requests: Requests;
	readonly #scope: Scope;
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
		this.#requests = requests;
		this.#names = ["the platform", ...platform.agents];
		this.#scope = new Scope(platform, words, clocks, domains, requests);
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
		for (const { level, enable } of this.#scope.rails)
			for (const { word } of [level, enable]) mark(word, WordKind.RAIL);
		for (const { word } of this.#scope.lines.values())
			mark(word, WordKind.LINE);
	}

	/** What has changed and must not have, by the doings that there were; none of them has changed who holds what yet. */
	*check(doings: readonly Doing[]): Generator<Finding> {
		for (const masks of this.#allowed) masks.fill(0);
		for (const doing of doings)
			this.#scope.allow(
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
		for (const [id, { name, level, enable }] of this.#scope.rails.entries()) {
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
		for (const line of this.#scope.lines.values()) {
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
}
