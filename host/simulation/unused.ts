// Late in boot: an operating system turns off what runs and has no user of its own, whoever left it on.
// Linux: clk_disable_unused() and genpd_power_off_unused() at late_initcall_sync, then regulator_late_cleanup().
//
// Use counts are this system's alone, so it asks for what another agent needs to be off, too: the firmware has to know
// better. Linux waits 30 s for the regulators; nothing else would happen meanwhile here.

import { POWER_STATE_ON } from "../scmi/power-domain.ts";
import { ScmiError } from "../scmi/status.ts";
import { VOLTAGE_MODE_ON } from "../scmi/voltage.ts";
import type { Probing, Seat } from "./probing.ts";
import { CLOCK_PARENTS } from "./state.ts";

/** IDs of what was asked to be off, with the firmware's answer: true, or false for a refusal. */
export interface Asked {
	clocks: Map<number, boolean>;
	powerDomains: Map<number, boolean>;
	rails: Map<number, boolean>;
	/** Clocks that run without a user, and whose state the firmware does not let this agent change: it does not ask. */
	forbiddenClocks: Set<number>;
}

/** Turns off what is unused. */
export async function turnOffUnused(
	seat: Seat,
	probing: Probing,
): Promise<Asked> {
	const unused = new Unused(seat, probing);
	await probing.read("unused clocks", () => unused.clocks(), undefined);
	await probing.read("unused domains", () => unused.powerDomains(), undefined);
	await probing.read("unused rails", () => unused.rails(), undefined);
	return unused.asked;
}

class Unused {
	readonly asked: Asked = {
		clocks: new Map(),
		powerDomains: new Map(),
		rails: new Map(),
		forbiddenClocks: new Set(),
	};
	readonly #seat: Seat;
	readonly #probing: Probing;

	constructor(seat: Seat, probing: Probing) {
		this.#seat = seat;
		this.#probing = probing;
	}

	/** Children before their parents; a clock is in use when one of its children is. */
	async clocks(): Promise<void> {
		const { clock } = this.#seat.agent;
		const hasParents = (await clock.protocolVersion()) >= CLOCK_PARENTS;
		const children = new Map<number | null, number[]>();
		for (const id of this.#clockIds()) {
			const parent = hasParents ? await this.#parentOf(id) : null;
			children.set(parent, [...(children.get(parent) ?? []), id]);
		}
		const visit = async (id: number): Promise<boolean> => {
			let used = this.#probing.uses.clocks.has(id);
			for (const child of children.get(id) ?? [])
				if (await visit(child)) used = true;
			if (!used) await this.#disable(id, hasParents);
			return used;
		};
		for (const root of children.get(null) ?? []) await visit(root);
	}

	/** Aliases are further IDs of a clock; Linux's driver of this SoC knows them as one clock, too. */
	#clockIds(): number[] {
		return this.#seat.firmware.platform.clocks
			.filter(({ kind }) => kind !== "alias")
			.map(({ id }) => id)
			.sort((a, b) => a - b);
	}

	async #parentOf(id: number): Promise<number | null> {
		try {
			return await this.#seat.agent.clock.parentGet(id);
		} catch (error) {
			if (isStatus(error, "NOT_SUPPORTED")) return null;
			throw error;
		}
	}

	async #disable(id: number, hasPermissions: boolean): Promise<void> {
		const { clock } = this.#seat.agent;
		const { enabled, restricted } = await clock.attributes(id);
		if (!enabled) return;
		if (hasPermissions && restricted) {
			const { state } = await clock.getPermissions(id);
			if (!state) {
				this.asked.forbiddenClocks.add(id);
				return;
			}
		}
		this.asked.clocks.set(id, await accepted(clock.disable(id)));
	}

	/** Domains inside others come first. */
	async powerDomains(): Promise<void> {
		const { agent, firmware } = this.#seat;
		const { powerDomains } = this.#probing.uses;
		const rows = firmware.platform.powerDomains;
		const depth = (id: number | null): number => {
			const row = rows.find((other) => other.id === id);
			return row === undefined ? 0 : 1 + depth(row.parent);
		};
		const inside = [...rows].sort((a, b) => depth(b.id) - depth(a.id));
		for (const { id } of inside) {
			if (powerDomains.has(id)) continue;
			if ((await agent.power.stateGet(id)) !== POWER_STATE_ON) continue;
			this.asked.powerDomains.set(id, await accepted(agent.power.off(id)));
		}
	}

	/** Those that the tree describes and does not want on for good; others have no driver that could turn them off. */
	async rails(): Promise<void> {
		const { agent, tree } = this.#seat;
		const { providers, uses } = this.#probing;
		const described = [...tree.nodes()]
			.filter(({ enabled }) => enabled)
			.flatMap((node) => providers.regulatorsOf(node));
		for (const { node, id } of described) {
			if (uses.rails.has(id) || node.has("regulator-always-on")) continue;
			if ((await agent.voltage.configGet(id)) !== VOLTAGE_MODE_ON) continue;
			this.asked.rails.set(id, await accepted(agent.voltage.disable(id)));
		}
	}
}

/** Whether the firmware takes a command, or refuses it: Linux goes on to the next one either way. */
async function accepted(command: Promise<unknown>): Promise<boolean> {
	try {
		await command;
		return true;
	} catch (error) {
		if (isStatus(error, "DENIED")) return false;
		throw error;
	}
}

function isStatus(error: unknown, status: string): boolean {
	return error instanceof ScmiError && error.code === `SCMI_${status}`;
}
