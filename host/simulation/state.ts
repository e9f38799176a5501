// The state of clocks, domains, rails and resets as an agent learns it: by SCMI messages, but for the resets' lines.
// SCMI 3.2 (Arm DEN0056E), sections 4.3, 4.5, 4.6, 4.8 and 4.9; what an older version cannot tell is null.

import type { Firmware } from "../firmware.ts";
import type { Platform } from "../platform/platform.ts";
import { resetBits } from "../platform/resets.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import { POWER_STATE_ON } from "../scmi/power-domain.ts";
import { ScmiError } from "../scmi/status.ts";
import { VOLTAGE_MODE_ON } from "../scmi/voltage.ts";
import { kilohertzOf, nameOf } from "./levels.ts";

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

export interface PerformanceDomainState {
	id: number;
	name: string;
	/** The level, and the lowest and the highest one allowed; never an index. */
	level: number;
	min: number;
	max: number;
	/** Hz that correspond to the level. */
	rate: number;
}

export interface RailState {
	id: number;
	name: string;
	/** The level that it is set to in µV, also while it is off. */
	microvolts: number;
	on: boolean;
}

export interface ResetState {
	id: number;
	name: string;
	/** Whether the line is asserted. No message tells: this is what the platform's registers say. */
	asserted: boolean;
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

/** All performance domains, by ID. None without the protocol. */
export async function readPerformanceDomains(
	agent: ScmiAgent,
	platform: Platform,
): Promise<PerformanceDomainState[]> {
	const { performance } = agent;
	if (platform.protocols.performance === undefined) return [];
	const { domains: count } = await performance.protocolAttributes();
	const states: PerformanceDomainState[] = [];
	for (let id = 0; id < count; id++) {
		const domain = await performance.domainAttributes(id);
		const levels = await performance.describeLevels(id);
		const called = (name: number) =>
			levels.find((level) => nameOf(level, domain) === name);
		const name = await performance.levelGet(id);
		const { min, max } = await performance.limitsGet(id);
		const level = called(name);
		states.push({
			id,
			name: await performance.name(id),
			level: level?.level ?? name,
			min: called(min)?.level ?? min,
			max: called(max)?.level ?? max,
			rate: level === undefined ? 0 : 1000 * kilohertzOf(level, domain),
		});
	}
	return states;
}

/** All voltage domains, by ID. None without the protocol. */
export async function readRails(
	agent: ScmiAgent,
	platform: Platform,
): Promise<RailState[]> {
	const { voltage } = agent;
	if (platform.protocols.voltage === undefined) return [];
	const { domains: count } = await voltage.protocolAttributes();
	const states: RailState[] = [];
	for (let id = 0; id < count; id++) {
		states.push({
			id,
			name: await voltage.name(id),
			microvolts: await voltage.levelGet(id),
			on: (await voltage.configGet(id)) === VOLTAGE_MODE_ON,
		});
	}
	return states;
}

/** All reset domains, by ID; IDs that the platform leaves out are left out. None without the reset protocol. */
export async function readResets(
	agent: ScmiAgent,
	firmware: Firmware,
): Promise<ResetState[]> {
	const { resets, protocols } = firmware.platform;
	if (protocols.reset === undefined) return [];
	const { domains: count } = await agent.reset.protocolAttributes();
	const states: ResetState[] = [];
	for (let id = 0; id < count; id++) {
		const name = await unlessStatus("NOT_FOUND", agent.reset.name(id));
		const line = resets.find((row) => row.id === id);
		if (name === null || line === undefined) continue;
		const mask = resetBits(line);
		const bits = (firmware.read32(line.address) & mask) >>> 0;
		const released = line.assertedWhen === 1 ? 0 : mask;
		states.push({ id, name, asserted: bits !== released });
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
