// Power domains by the platform's tables and the power controller's registers alone: who is on, who is in use.
// i.MX 8M Mini reference manual, chapter 5.2: PGC_nSR (region off), PU_PWRHSK (acknowledges).

import type { Platform, PowerDomain } from "../../platform/platform.ts";
import { type ClockTable, ones, type WordBits } from "./clocks.ts";
import type { RegisterWords } from "./words.ts";

/** A PGC's control and status lie 0x40 bytes apart from those of the next one; the status 0xc behind the control. */
const PGC_STRIDE = 0x40;
const PGC_STATUS = 0xc;
/** Control: power down enable. Status: the region is off. */
const PGC_BIT = 1;

/** A power domain as registers show it. */
export interface DomainRow {
	readonly domain: PowerDomain;
	/** IDs of the clocks that it keeps on as long as it is on. */
	readonly clocks: readonly number[];
	/** Bits that are clear, and bits that are set, while it is on. */
	readonly off: readonly WordBits[];
	readonly acknowledged: readonly WordBits[];
	/** All bits that switching it moves, and the clocks that run meanwhile. */
	readonly bits: readonly WordBits[];
	readonly switchedWith: readonly number[];
}

export class DomainTable {
	readonly rows: readonly DomainRow[];
	/** IDs, parents before children. */
	readonly order: readonly number[];
	/** How many hold each domain, by the last {@link count}. */
	readonly uses: Int32Array;
	/** How many domains hold each clock, by the last {@link count}. */
	readonly held: Int32Array;
	readonly #byName: ReadonlyMap<string, number>;
	/** Words of the power controller that all domains share. */
	readonly shared: readonly number[];

	constructor(platform: Platform, clocks: ClockTable, words: RegisterWords) {
		const controller = platform.powerController;
		const ids = new Map(platform.clocks.map(({ name, id }) => [name, id]));
		this.shared =
			controller === null
				? []
				: [
						controller.upRequest,
						controller.downRequest,
						controller.mapping,
						controller.handshake,
					].map((address) => words.add(address));
		this.rows = platform.powerDomains.map((domain) =>
			this.#row(domain, ids, controller?.pgcBase ?? 0, words),
		);
		this.#byName = new Map(platform.powerDomains.map((d) => [d.name, d.id]));
		this.order = [...this.rows.keys()].sort(
			(a, b) => this.#depth(a) - this.#depth(b),
		);
		this.uses = new Int32Array(this.rows.length);
		this.held = new Int32Array(clocks.rows.length);
	}

	/** The ID of a domain's name. */
	id(name: string): number {
		return this.#byName.get(name) as number;
	}

	/** Whether its regions have power and its handshakes stand. */
	isOn(row: DomainRow, values: Int32Array): boolean {
		for (const { word, mask } of row.off)
			if ((values[word] as number) & mask) return false;
		for (const { word, mask } of row.acknowledged)
			if (((values[word] as number) & mask) !== mask) return false;
		return true;
	}

	/** A domain that has nothing to switch is always on. */
	isSwitched({ off, acknowledged }: DomainRow): boolean {
		return off.length + acknowledged.length > 0;
	}

	/** Counts who holds each domain, and which clocks they hold; `requests` has a bit for each agent, by domain. */
	count(requests: Uint32Array): void {
		const { uses, held, order } = this;
		held.fill(0);
		for (let id = 0; id < uses.length; id++)
			uses[id] = ones(requests[id] as number);
		for (let i = order.length - 1; i >= 0; i--) {
			const id = order[i] as number;
			if (uses[id] === 0) continue;
			const { domain, clocks } = this.rows[id] as DomainRow;
			const { parent } = domain;
			if (parent !== null) uses[parent] = (uses[parent] as number) + 1;
			for (const clock of clocks) held[clock] = (held[clock] as number) + 1;
		}
	}

	#row(
		domain: PowerDomain,
		ids: ReadonlyMap<string, number>,
		pgcBase: number,
		words: RegisterWords,
	): DomainRow {
		const [up = 0, down = 0, mapping = 0, handshake = 0] = this.shared;
		const off: WordBits[] = [];
		const acknowledged: WordBits[] = [];
		const bits: WordBits[] = [];
		for (const { requestBit, mappingBit, pgcIndex } of domain.switches) {
			const pgc = pgcBase + pgcIndex * PGC_STRIDE;
			off.push({ word: words.add(pgc + PGC_STATUS), mask: PGC_BIT });
			bits.push(
				{ word: words.add(pgc), mask: PGC_BIT },
				{ word: up, mask: 1 << requestBit },
				{ word: down, mask: 1 << requestBit },
				{ word: mapping, mask: 1 << mappingBit },
			);
		}
		for (const { requestBit, acknowledgeBit } of domain.handshakes) {
			acknowledged.push({ word: handshake, mask: 1 << acknowledgeBit });
			bits.push({ word: handshake, mask: 1 << requestBit });
		}
		const switchedWith = domain.clocks.map((name) => ids.get(name) as number);
		return {
			domain,
			clocks: domain.keepsClocksOn ? switchedWith : [],
			off,
			acknowledged,
			bits: [...bits, ...off, ...acknowledged],
			switchedWith,
		};
	}

	#depth(id: number): number {
		const parent = this.rows[id]?.domain.parent ?? null;
		return parent === null ? 0 : 1 + this.#depth(parent);
	}
}
