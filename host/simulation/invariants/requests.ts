// What the agents have asked for, followed from their messages alone, and compared with what the engine holds.
// SCMI 3.2 (Arm DEN0056E), sections 4.3.2.4, 4.6.2.9, 4.9.2 and 4.2.2.11: asking twice is asking once, a reset takes all back.

import { Clock, Domain, Rail } from "../../../assembly/image.ts";
import { State } from "../../../assembly/layout.ts";
import { Engine } from "../../engine.ts";
import type { Firmware } from "../../firmware.ts";
import type { ClockTable } from "./clocks.ts";
import type { DomainTable } from "./domains.ts";
import { type Effect, PROTOCOL } from "./effects.ts";
import {
	copy,
	type EngineRows,
	engineRows,
	read,
	same,
} from "./engine-rows.ts";
import { Permissions } from "./permissions.ts";
import { type Finding, hex } from "./violation.ts";

const RAIL_OFF = 0;
const CLOCK_ON = 1;

/** An asynchronous POWER_STATE_SET that has not been carried out yet. */
interface Awaited {
	agent: number;
	effect: Effect;
	/** The same agent has asked again meanwhile: the order in which they were carried out is the firmware's. */
	overtaken: boolean;
}

export class Requests {
	/** A bit for each agent that wants it on, bit 0 is the platform. By ID. */
	readonly clocks: Uint32Array;
	readonly domains: Uint32Array;
	readonly railsOn: Uint32Array;
	readonly railLevels: Uint32Array;
	readonly permissions: Permissions;
	readonly #clockTable: ClockTable;
	readonly #domainTable: DomainTable;
	readonly #agents: readonly string[];
	readonly #rails: readonly string[];
	#awaited: Awaited[] = [];
	#engine:
		| { clocks: EngineRows; domains: EngineRows; rails: EngineRows }
		| undefined;

	constructor(
		firmware: Firmware,
		clockTable: ClockTable,
		domainTable: DomainTable,
	) {
		const { platform } = firmware;
		this.#clockTable = clockTable;
		this.#domainTable = domainTable;
		this.#agents = ["the platform", ...platform.agents];
		this.#rails = platform.rails.map(({ name }) => name);
		this.clocks = new Uint32Array(clockTable.rows.length);
		this.domains = new Uint32Array(domainTable.rows.length);
		this.railsOn = new Uint32Array(platform.rails.length);
		this.railLevels = new Uint32Array(platform.rails.length);
		this.permissions = new Permissions(
			platform,
			(id) => clockTable.resolve(id) as number,
		);
		this.restart(firmware);
	}

	/** Begins anew: what an engine holds now was asked for by messages that nobody has seen here. */
	restart(firmware: Firmware): void {
		this.permissions.restart();
		this.#awaited = [];
		if (!(firmware instanceof Engine)) {
			for (const [id, row] of this.#clockTable.rows.entries())
				this.clocks[id] = row?.clock.critical ? 1 : 0;
			for (const own of [this.domains, this.railsOn, this.railLevels])
				own.fill(0);
			return;
		}
		this.#engine = {
			clocks: engineRows(firmware, State.CLOCKS, Clock.SIZE),
			domains: engineRows(firmware, State.DOMAINS, Domain.SIZE),
			rails: engineRows(firmware, State.RAILS, Rail.SIZE),
		};
		const { clocks, domains, rails } = this.#engine;
		copy(clocks, Clock.REQUESTS, this.clocks);
		copy(domains, Domain.REQUESTS, this.domains);
		copy(rails, Rail.ON_FOR, this.railsOn);
		copy(rails, Rail.LEVEL_FOR, this.railLevels);
	}

	/** Agents as people name them. */
	names(bits: number): string {
		const names = this.#agents.filter((_, id) => bits & (1 << id));
		return names.length === 0 ? "nobody" : names.join(" and ");
	}

	/** The agents that want a device's clocks or domains, or hold anything else of it, and may: a bit for each. */
	usersOf(device: number): number {
		const { permissions } = this;
		let users = 0;
		const add = (protocol: number, requests: Uint32Array) => {
			const allowed = ~permissions.denied(device, protocol);
			for (let id = 0; id < requests.length; id++)
				if (permissions.devicesOf(protocol, id).includes(device))
					users |= (requests[id] as number) & allowed;
		};
		add(PROTOCOL.clock, this.clocks);
		add(PROTOCOL.power, this.domains);
		return users & ~1;
	}

	/** Follows a message that was answered with SUCCESS, or what it asked for at its time. */
	follow(agent: number, effect: Effect): void {
		const { kind, id, value } = effect;
		switch (kind) {
			case "clock-state": {
				const clock = this.#clockTable.resolve(id);
				if (clock !== undefined)
					set(this.clocks, clock, agent, value === CLOCK_ON);
				break;
			}
			case "power-domain":
				this.#followDomain(agent, effect);
				break;
			case "rail-mode":
				set(this.railsOn, id, agent, value !== RAIL_OFF);
				if (value === RAIL_OFF) set(this.railLevels, id, agent, false);
				break;
			case "rail-level":
				set(this.railLevels, id, agent, true);
				break;
			case "agent-reset":
				this.resetAgent(id, value !== 0);
				break;
			default:
				this.permissions.follow(effect);
		}
	}

	#followDomain(agent: number, effect: Effect): void {
		const same = this.#awaited.filter(
			(one) => one.agent === agent && one.effect.id === effect.id,
		);
		for (const one of same) one.overtaken = true;
		if (effect.later)
			this.#awaited.push({ agent, effect, overtaken: same.length > 0 });
		else set(this.domains, effect.id, agent, effect.value !== 0);
	}

	/** All that an agent has asked for is taken back. */
	resetAgent(agent: number, permissions: boolean): void {
		for (const own of [
			this.clocks,
			this.domains,
			this.railsOn,
			this.railLevels,
		])
			for (let id = 0; id < own.length; id++) set(own, id, agent, false);
		this.#awaited = this.#awaited.filter((one) => one.agent !== agent);
		if (permissions) this.permissions.resetAgent(agent);
	}

	/** Whether asynchronous requests for power states wait. */
	get awaits(): boolean {
		return this.#awaited.length > 0;
	}

	/**
	 * While such a request waits, the engine's word counts for its agent and domain, and the order of several is the
	 * engine's; one that has been carried out must have had its effect.
	 */
	settle(waits: (effect: Effect) => boolean): void {
		const domains = this.#engine?.domains;
		for (const { agent, effect, overtaken } of this.#awaited) {
			const { id, value } = effect;
			if (!overtaken && !waits(effect))
				set(this.domains, id, agent, value !== 0);
			else if (domains !== undefined) {
				const held = read(domains, id, Domain.REQUESTS);
				set(this.domains, id, agent, (held & (1 << agent)) !== 0);
			}
		}
		this.#awaited = this.#awaited.filter(({ effect }) => waits(effect));
	}

	/** Whether the engine holds just that; in other firmwares there is nothing to compare. */
	agree(): boolean {
		if (this.#engine === undefined) return true;
		const { clocks, domains, rails } = this.#engine;
		return (
			same(clocks, Clock.REQUESTS, this.clocks) &&
			same(domains, Domain.REQUESTS, this.domains) &&
			same(rails, Rail.ON_FOR, this.railsOn) &&
			same(rails, Rail.LEVEL_FOR, this.railLevels)
		);
	}

	/** Where it does not. */
	*disagreements(): Generator<Finding> {
		if (this.#engine === undefined) return;
		const { clocks, domains, rails } = this.#engine;
		const clock = (id: number) => `clock ${this.#clockTable.name(id)}`;
		const domain = (id: number) =>
			`power domain ${this.#domainTable.rows[id]?.domain.name}`;
		const rail = (id: number) => `rail ${this.#rails[id]}`;
		yield* this.#differences(clocks, Clock.REQUESTS, this.clocks, clock);
		yield* this.#differences(domains, Domain.REQUESTS, this.domains, domain);
		yield* this.#differences(rails, Rail.ON_FOR, this.railsOn, rail);
		yield* this.#differences(rails, Rail.LEVEL_FOR, this.railLevels, rail);
	}

	*#differences(
		rows: EngineRows,
		field: number,
		own: Uint32Array,
		what: (id: number) => string,
	): Generator<Finding> {
		for (const [id, wanted] of own.entries()) {
			const held = read(rows, id, field);
			if (held === wanted) continue;
			yield {
				invariant: "requests",
				what: what(id),
				where: null,
				expected: `wanted by ${this.names(wanted)}`,
				found: `${this.names(held)}, 0x${hex(held)}`,
			};
		}
	}

	/** Whether use counts of the engine's clocks and domains are those that were counted here. */
	countsAgree(): boolean {
		if (this.#engine === undefined) return true;
		const { clocks, domains } = this.#engine;
		return (
			same(clocks, Clock.USE_COUNT, this.#clockTable.uses) &&
			same(domains, Domain.USE_COUNT, this.#domainTable.uses)
		);
	}

	/** Where they are not. */
	*wrongCounts(): Generator<Finding> {
		if (this.#engine === undefined) return;
		const { clocks, domains } = this.#engine;
		const { uses } = this.#clockTable;
		for (const [id, row] of this.#clockTable.rows.entries()) {
			if (row === undefined) continue;
			const found = read(clocks, id, Clock.USE_COUNT);
			if (found !== uses[id])
				yield wrongCount(`clock ${row.clock.name}`, uses[id], found);
		}
		for (const [id, { domain }] of this.#domainTable.rows.entries()) {
			const found = read(domains, id, Domain.USE_COUNT);
			const expected = this.#domainTable.uses[id];
			if (found !== expected)
				yield wrongCount(`power domain ${domain.name}`, expected, found);
		}
	}
}

function wrongCount(
	what: string,
	expected: number | undefined,
	found: number,
): Finding {
	return {
		invariant: "use-count",
		what,
		where: null,
		expected: `${expected} users`,
		found: `${found}`,
	};
}

function set(masks: Uint32Array, id: number, agent: number, on: boolean): void {
	if (id >= masks.length) return;
	const bit = 1 << agent;
	const old = masks[id] as number;
	masks[id] = on ? old | bit : old & ~bit;
}
