// Builds the clocks of a platform from its tables.
// Registers and fields: i.MX 8M Mini reference manual, chapter 5.1 (CCM_TARGET_ROOT).

import {
	type Clock as ClockTable,
	clockCount,
	type Field as FieldTable,
	type Platform,
} from "../../host/platform/platform.ts";
import { type Bus, type Device, Field, type Register } from "./bus.ts";
import type { Clock, Identity } from "./clock.ts";
import * as kinds from "./clock-kinds.ts";
import { HIGHEST_RATE } from "./clock-kinds.ts";
import type { Rounding, Time } from "./numbers.ts";
import { Pll } from "./pll.ts";

/** Agent 0 is the platform itself. */
const PLATFORM = 0;

export class ClockTree implements Device {
	/** num_clocks. */
	readonly count: number;
	/** By ID, aliases led to their targets. */
	readonly #clocks = new Map<number, Clock>();
	/** By ID; an alias has a name of its own. */
	readonly #names = new Map<number, string>();
	readonly #byName = new Map<string, Clock>();
	readonly #plls: Pll[] = [];
	readonly #bus: Bus;
	readonly #time: Time;
	/** Whether there are several agents: one alone is held up by nobody. */
	readonly #shared: boolean;

	constructor(platform: Platform, bus: Bus, time: Time) {
		this.#bus = bus;
		this.#time = time;
		this.#shared = platform.agents.length > 1;
		this.count = clockCount(platform);
		for (const table of platform.clocks) this.#create(table);
		for (const table of platform.clocks) this.#link(table, platform.clocks);
		bus.attach("pll", this);
		const inOrder = [...this.#byName.values()].sort((a, b) => a.id - b.id);
		for (const clock of inOrder) {
			if (clock.critical) clock.request(PLATFORM, true);
		}
	}

	/** The clock with an ID from outside. */
	find(id: number): Clock | undefined {
		return this.#clocks.get(id);
	}

	/** The name of an ID that exists. */
	nameOf(id: number): string {
		return this.#names.get(id) as string;
	}

	/** A clock that the tables refer to. */
	named(name: string): Clock {
		return this.#byName.get(name) as Clock;
	}

	/** Whether another agent wants a clock on that depends on one of these. */
	isHeld(clocks: readonly Clock[], agent: number): boolean {
		if (!this.#shared) return false;
		return [...this.#byName.values()].some(
			(clock) =>
				clock.isHeldFromOutside(agent) &&
				clocks.some((changed) => clock.dependsOn(changed)),
		);
	}

	/** Whether setting a rate would change a clock that another agent holds. */
	rateIsHeld(
		clock: Clock,
		wanted: number,
		rounding: Rounding,
		agent: number,
	): boolean {
		if (!this.#shared) return false;
		if (wanted > HIGHEST_RATE && rounding === "up") return false;
		const rate = Math.min(wanted, HIGHEST_RATE);
		const reached = clock.reach(rate, rounding);
		if (reached === undefined || reached === clock.rate()) return false;
		return this.isHeld(clock.settings(rate, rounding), agent);
	}

	/** Sets a rate in Hz; false when nothing lies in the rounding's direction. */
	setRate(clock: Clock, wanted: number, rounding: Rounding): boolean {
		if (wanted > HIGHEST_RATE && rounding === "up") return false;
		const rate = Math.min(wanted, HIGHEST_RATE);
		const reached = clock.reach(rate, rounding);
		if (reached === undefined) return false;
		if (reached !== clock.rate()) clock.applyRate(rate, rounding);
		return true;
	}

	read(address: number, register: Register): number {
		const pll = this.#plls.find((each) => each.owns(address));
		return pll?.read(address, register) ?? register.value;
	}

	write(address: number, register: Register, value: number): void {
		const pll = this.#plls.find((each) => each.owns(address));
		if (pll === undefined) register.value = value;
		else pll.write(address, register, value);
	}

	#field({ address, shift, width }: FieldTable): Field {
		return new Field(this.#bus.register(address), shift, width);
	}

	#create(table: ClockTable): void {
		this.#names.set(table.id, table.name);
		if (table.kind === "alias") return;
		const clock = this.#clockOf(table);
		this.#clocks.set(table.id, clock);
		this.#byName.set(table.name, clock);
	}

	#clockOf(table: Exclude<ClockTable, { kind: "alias" }>): Clock {
		const identity: Identity = {
			id: table.id,
			name: table.name,
			critical: table.critical === true,
			enableDelay: table.enableDelay ?? 0,
			gate: table.gate && this.#field(table.gate),
		};
		switch (table.kind) {
			case "fixed":
				return new kinds.FixedClock(identity, table.rate);
			case "fixed-factor":
				return new kinds.FactorClock(identity, table.mult, table.div);
			case "gate":
				return new kinds.GateClock(identity);
			case "mux": {
				const forwards = table.forwardsRate === true;
				return new kinds.MuxClock(identity, this.#field(table.field), forwards);
			}
			case "divider":
				return new kinds.DividerClock(identity, this.#field(table.field));
			case "composite": {
				const register = this.#bus.register(table.address);
				return new kinds.CompositeClock(
					identity,
					new Field(register, 24, 3),
					table.prediv ? new Field(register, 16, 3) : undefined,
					new Field(register, 0, table.postdivWidth),
				);
			}
			case "pll": {
				const pll = new Pll(table, this.#bus, this.#time);
				this.#plls.push(pll);
				const fixed = table.fixedRate === true;
				return new kinds.PllClock(identity, pll, table.fractional, fixed);
			}
			case "cpu":
				return new kinds.CpuClock(identity);
		}
	}

	#link(table: ClockTable, all: readonly ClockTable[]): void {
		if (table.kind === "alias") {
			this.#clocks.set(table.id, this.#clocks.get(table.of) as Clock);
			return;
		}
		const clock = this.named(table.name);
		if ("parents" in table)
			clock.parents = table.parents.map((name) => this.named(name));
		else if ("parent" in table) clock.parents = [this.named(table.parent)];
		const { gate } = table;
		if (gate !== undefined) {
			clock.sharing = all
				.filter(
					(other) =>
						other.gate?.address === gate.address &&
						other.gate.shift === gate.shift,
				)
				.map(({ name }) => this.named(name))
				.filter((other) => other !== clock);
		}
		if (table.kind === "cpu" && clock instanceof kinds.CpuClock) {
			clock.pll = this.named(table.pll);
			clock.park = this.named(table.park);
			clock.parkParent = this.named(table.parkParent);
		}
	}
}
