// An agent begins anew: whatever it has asked for is taken back, and nothing that was on its way to it arrives.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2, BASE_RESET_AGENT_CONFIGURATION.
//
// What it alone has wanted on goes off. What hardware has been set to stays, until somebody sets it to something else:
// rates, parents, levels, reset lines. An
// asynchronous reset of a domain, and a rail that is on its way to a level, come to their end, but nobody gets a response.

import { requestClock } from "../hardware/clock-gates";
import { clockRow } from "../hardware/clock-tree";
import { domainRow, requestDomain } from "../hardware/power-domains";
import { Channel, ChannelDirection, Clock, Domain } from "../image";
import { Address, State } from "../layout";
import { Smt, SmtStatus } from "../shmem";
import { agentId } from "./agents";
import { forgetPerformance } from "./performance-changes";
import { resetPermissions } from "./permissions";
import { forgetStates } from "./power-domain";
import { speakAsAtLoad } from "./protocols";
import { forgetRequests } from "./rate-requests";
import { forgetResets } from "./reset-domain";
import { forgetSensors } from "./sensor-samples";
import { forgetSystem } from "./system-power";
import { forgetLevels } from "./voltage";
import { unwatchAll } from "./watches";

/**
 * Takes back everything that an agent has asked for.
 * @param permissions it gets those that it has at load, too
 * @param alive it is waiting for answers: commands in its areas stay there
 */
export function resetAgent(agent: usize, permissions: bool, alive: bool): void {
	const id = agentId(agent);
	forgetRequests(agent);
	forgetStates(agent);
	forgetLevels(agent);
	forgetResets(id);
	forgetSensors(agent);
	forgetSystem(id);
	forgetPerformance(id);
	unwatchAll(id);
	dropClocks(id);
	dropDomains(id);
	withdrawMessages(id, alive);
	speakAsAtLoad(agent);
	if (permissions) resetPermissions(1 << id);
}

function dropClocks(agent: u32): void {
	const count = load<u32>(Address.STATE, State.CLOCK_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const clock = clockRow(id);
		const requests = load<u32>(clock, Clock.REQUESTS);
		if (requests & (1 << agent)) requestClock(clock, agent, false);
	}
}

function dropDomains(agent: u32): void {
	const count = load<u32>(Address.STATE, State.DOMAIN_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const domain = domainRow(id);
		const requests = load<u32>(domain, Domain.REQUESTS);
		if (requests & (1 << agent)) requestDomain(domain, agent, false);
	}
}

/** Frees the agent's areas. Messages of the platform to it are lost, those that wait and the one that it has not read. */
function withdrawMessages(agent: u32, alive: bool): void {
	const count = load<u32>(Address.STATE, State.CHANNEL_COUNT);
	const channels = load<u32>(Address.STATE, State.CHANNELS);
	for (let i: u32 = 0; i < count; i++) {
		const channel = channels + i * Channel.SIZE;
		if (load<u32>(channel, Channel.AGENT) !== agent) continue;
		const direction = load<u32>(channel, Channel.DIRECTION);
		if (direction === ChannelDirection.PLATFORM_TO_AGENT) {
			store<u32>(channel, 0, Channel.WAITING);
			store<u32>(channel, 0, Channel.RESERVED);
		} else if (alive) continue;
		const area = load<u32>(channel, Channel.LINEAR);
		store<u32>(area, SmtStatus.FREE, Smt.STATUS);
	}
}
