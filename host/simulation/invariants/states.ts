// Whether clocks and power domains are as those who want them, and those below them, need.
// SCMI 3.2 (Arm DEN0056E), sections 4.3.2.4 and 4.6.2.9; what hardware had on when it was first seen is nobody's.
//
// An open gate under a gated parent is no breach as long as nobody wants that clock: it passes nothing. Gates that a loader
// or a register write from outside has left open stay open until somebody who used them lets go.

import type { ClockRow, ClockTable, WordBits } from "./clocks.ts";
import type { DomainRow, DomainTable } from "./domains.ts";
import type { Requests } from "./requests.ts";
import { type Finding, hex } from "./violation.ts";
import type { RegisterWords } from "./words.ts";

export class States {
	readonly #words: RegisterWords;
	readonly #clocks: ClockTable;
	readonly #domains: DomainTable;
	readonly #requests: Requests;
	/** Gates and domains that nobody has opened or switched on here: 1. */
	readonly #gateLeft: Uint8Array;
	readonly #domainLeft: Uint8Array;
	/** Whether somebody uses a gate, for one look. */
	readonly #gateUses: Uint8Array;
	/**
	 * A mux was written from outside: the firmware still holds the parent that was selected when it began to, so that use
	 * counts and what is left open cannot be told from registers.
	 */
	#muxWritten = false;

	constructor(
		words: RegisterWords,
		clocks: ClockTable,
		domains: DomainTable,
		requests: Requests,
	) {
		this.#words = words;
		this.#clocks = clocks;
		this.#domains = domains;
		this.#requests = requests;
		this.#gateLeft = new Uint8Array(clocks.gates.length);
		this.#gateUses = new Uint8Array(clocks.gates.length);
		this.#domainLeft = new Uint8Array(domains.rows.length);
	}

	/** Begins anew: what is on now is nobody's. */
	restart(): void {
		this.#muxWritten = false;
		this.#gateLeft.fill(1);
		this.#domainLeft.fill(1);
		this.findings();
	}

	/** A register access from outside has changed what registers say. */
	writtenFromOutside(): void {
		this.#gateLeft.fill(1);
		this.#domainLeft.fill(1);
		const { before, now } = this.#words;
		for (const row of this.#clocks.rows)
			if (
				row?.mux !== undefined &&
				this.#clocks.parent(row, before) !== this.#clocks.parent(row, now)
			)
				this.#muxWritten = true;
	}

	get muxWritten(): boolean {
		return this.#muxWritten;
	}

	/** Everything that is not as it must be now. */
	findings(): Finding[] {
		const { now } = this.#words;
		const found: Finding[] = [];
		this.#domains.count(this.#requests.domains);
		this.#clocks.count(this.#requests.clocks, this.#domains.held, now);
		this.#clocks.run(now);
		this.#stoppedClocks(found);
		this.#openGates(found);
		this.#domainStates(found);
		if (!this.#muxWritten && !this.#requests.countsAgree())
			found.push(...this.#requests.wrongCounts());
		return found;
	}

	#stoppedClocks(found: Finding[]): void {
		const { uses, running, order } = this.#clocks;
		for (let i = 0; i < order.length; i++) {
			const id = order[i] as number;
			if (uses[id] !== 0 && running[id] === 0) found.push(this.#stopped(id));
		}
	}

	#stopped(id: number): Finding {
		const { now, addresses } = this.#words;
		const own = this.#clocks.rows[id] as ClockRow;
		let closed = own;
		for (closed of this.#clocks.chain(id, now))
			if (!this.#clocks.passes(closed, now)) break;
		const gate =
			closed.gate === undefined ? undefined : this.#clocks.gates[closed.gate];
		const word = gate?.word ?? 0;
		const requests = this.#requests.clocks[id] as number;
		const wanted =
			requests & ~1 ? `wanted by ${this.#requests.names(requests)}` : "in use";
		return {
			invariant: own.clock.critical
				? "critical-clock-off"
				: closed === own
					? "clock-gated-in-use"
					: "clock-under-gated-parent",
			what:
				closed === own
					? `clock ${own.clock.name}, ${wanted}`
					: `clock ${own.clock.name}, ${wanted}, under ${closed.clock.name}`,
			where: addresses[word] as number,
			expected: `a bit of 0x${hex(gate?.mask ?? 0)} set`,
			found: `0x${hex(now[word] as number)}`,
		};
	}

	#openGates(found: Finding[]): void {
		const { rows, gates, gateOf, gateOpen, uses, neverOff } = this.#clocks;
		const { now, addresses } = this.#words;
		const left = this.#gateLeft;
		const used = this.#gateUses;
		used.fill(0);
		for (let id = 0; id < gateOf.length; id++) {
			const gate = gateOf[id] as number;
			if (gate >= 0 && (uses[id] !== 0 || neverOff[id] !== 0)) used[gate] = 1;
		}
		for (let i = 0; i < used.length; i++) {
			// Whoever uses it closes it when it lets go.
			if (gateOpen[i] === 0 || used[i] !== 0) left[i] = 0;
			if (gateOpen[i] === 0 || used[i] !== 0 || left[i] !== 0) continue;
			if (this.#muxWritten) continue;
			const { word, mask } = gates[i] as WordBits;
			const names = rows
				.filter((row) => row?.gate === i)
				.map((row) => row?.clock.name);
			found.push({
				invariant: "clock-left-on",
				what: `clock ${names.join(", ")}, wanted by nobody`,
				where: addresses[word] as number,
				expected: `no bit of 0x${hex(mask)} set`,
				found: `0x${hex(now[word] as number)}`,
			});
		}
	}

	#domainStates(found: Finding[]): void {
		const { rows, uses } = this.#domains;
		const { now } = this.#words;
		const left = this.#domainLeft;
		for (let id = 0; id < rows.length; id++) {
			const row = rows[id] as DomainRow;
			const on = this.#domains.isOn(row, now);
			const used = uses[id] !== 0;
			if (!on || used) left[id] = 0;
			const { name, parent } = row.domain;
			if (used && !on)
				found.push(
					this.#domain(
						"domain-off-in-use",
						row,
						`power domain ${name}, wanted by ${this.#requests.names(this.#requests.domains[id] as number)}`,
						"on",
					),
				);
			if (on && !used && !left[id] && this.#domains.isSwitched(row))
				found.push(
					this.#domain(
						"domain-left-on",
						row,
						`power domain ${name}, wanted by nobody`,
						"off",
					),
				);
			const above = parent === null ? undefined : (rows[parent] as DomainRow);
			if (on && above !== undefined && !this.#domains.isOn(above, now))
				found.push(
					this.#domain(
						"domain-under-off-parent",
						above,
						`power domain ${name} under ${above.domain.name}`,
						"on",
					),
				);
		}
	}

	/** `row` is the domain whose registers are to be other ones. */
	#domain(
		invariant: Finding["invariant"],
		row: DomainRow,
		what: string,
		expected: "on" | "off",
	): Finding {
		const { now, addresses } = this.#words;
		const wrong = (on: boolean) =>
			on ? expected === "off" : expected === "on";
		const bits =
			row.off.find(({ word, mask }) =>
				wrong(((now[word] as number) & mask) === 0),
			) ??
			row.acknowledged.find(({ word, mask }) =>
				wrong(((now[word] as number) & mask) === mask),
			) ??
			row.off[0];
		return {
			invariant,
			what,
			where: bits === undefined ? null : (addresses[bits.word] as number),
			expected: `${row.domain.name} ${expected}`,
			found: bits === undefined ? "no" : `0x${hex(now[bits.word] as number)}`,
		};
	}
}
