// The state of clocks and power domains as an agent learns it: by SCMI messages alone.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 and 4.6; what an older version cannot tell is null.

import type { ScmiAgent } from "../scmi/agent.ts";
import { POWER_STATE_ON } from "../scmi/power-domain.ts";
import { ScmiError } from "../scmi/status.ts";

export interface ClockState {
	id: number;
	name: string;
	/** Hz. */
	rate: number;
	/** Whether it runs. */
	enabled: boolean;
	/** Name of the parent in use; null for a clock without one, or when the protocol's version has no parents. */
	parent: string | null;
}

export interface PowerDomainState {
	id: number;
	name: string;
	on: boolean;
}

/** Version of the clock protocol that brought parents. */
export const CLOCK_PARENTS = 0x3_0000;

/** All clocks, by ID; IDs that the platform leaves out (NOT_FOUND) are left out. */
export async function readClocks(agent: ScmiAgent): Promise<ClockState[]> {
	const version = await agent.clock.protocolVersion();
	const { clocks: count } = await agent.clock.protocolAttributes();
	const states: (ClockState & { parentId: number | null })[] = [];
	for (let id = 0; id < count; id++) {
		const attributes = await unlessStatus(
			"NOT_FOUND",
			agent.clock.attributes(id),
		);
		if (attributes === null) continue;
		const parentId =
			version < CLOCK_PARENTS
				? null
				: await unlessStatus("NOT_SUPPORTED", agent.clock.parentGet(id));
		states.push({
			id,
			name: await agent.clock.name(id),
			rate: await agent.clock.rateGet(id),
			enabled: attributes.enabled,
			parent: null,
			parentId,
		});
	}
	const names = new Map(states.map(({ id, name }) => [id, name]));
	return states.map(({ parentId, ...state }) => ({
		...state,
		parent:
			parentId === null ? null : (names.get(parentId) ?? `clock ${parentId}`),
	}));
}

/** All power domains, by ID. */
export async function readPowerDomains(
	agent: ScmiAgent,
): Promise<PowerDomainState[]> {
	const { domains: count } = await agent.power.protocolAttributes();
	const states: PowerDomainState[] = [];
	for (let id = 0; id < count; id++) {
		states.push({
			id,
			name: await agent.power.name(id),
			on: (await agent.power.stateGet(id)) === POWER_STATE_ON,
		});
	}
	return states;
}

/** The reply, or null when the platform answers with this status. */
async function unlessStatus<T>(
	status: string,
	reply: Promise<T>,
): Promise<T | null> {
	try {
		return await reply;
	} catch (error) {
		if (error instanceof ScmiError && error.code === `SCMI_${status}`)
			return null;
		throw error;
	}
}
