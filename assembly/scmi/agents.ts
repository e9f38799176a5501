// Agents: their names, the versions they speak, and their dispatch tables, which say what each message means to them.
// SCMI 3.2 (Arm DEN0056E), section 4.1.2; version negotiation as in section 4.2.2.4.

import { Address, Agent, Dispatch, Protocol, State } from "../layout";
import { describeBase, isBaseVersion } from "./base";
import { describeClock, isClockVersion } from "./clock";
import { describePowerDomain, isPowerDomainVersion } from "./power-domain";

const enum ProtocolId {
	BASE = 0x10,
	POWER_DOMAIN = 0x11,
	CLOCK = 0x14,
}

/** An agent's ID: the index of its row. */
export function agentId(agent: usize): u32 {
	return <u32>((agent - load<u32>(Address.STATE, State.AGENTS)) / Agent.SIZE);
}

/** Whether the engine has this version of a protocol. */
export function isVersion(protocol: u32, version: u32): bool {
	switch (protocol) {
		case ProtocolId.BASE:
			return isBaseVersion(version);
		case ProtocolId.POWER_DOMAIN:
			return isPowerDomainVersion(version);
		case ProtocolId.CLOCK:
			return isClockVersion(version);
		default:
			return false;
	}
}

/** The version that the platform implements; 0 when it does not serve the protocol. */
export function platformVersion(protocol: u32): u32 {
	const rows = load<u32>(Address.STATE, State.PROTOCOLS);
	const count = load<u32>(Address.STATE, State.PROTOCOL_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const row = rows + i * Protocol.SIZE;
		if (load<u32>(row, Protocol.ID) === protocol)
			return load<u32>(row, Protocol.VERSION);
	}
	return 0;
}

/** The version that an agent speaks: the platform's until it negotiates another. `protocol` counts from 0x10. */
export function versionFor(agent: usize, protocol: u32): u32 {
	return load<u32>(
		load<u32>(agent, Agent.DISPATCH) + Dispatch.VERSIONS + (protocol << 2),
	);
}

/** Makes an agent speak a version: rebuilds its dispatch table for that protocol. */
export function speak(agent: usize, protocolId: u32, version: u32): void {
	const protocol = protocolId - Dispatch.FIRST_PROTOCOL;
	const dispatch = load<u32>(agent, Agent.DISPATCH);
	store<u32>(dispatch + Dispatch.VERSIONS + (protocol << 2), version);
	const table = dispatch + protocol * Dispatch.PROTOCOL_STRIDE;
	memory.fill(table, 0, Dispatch.PROTOCOL_STRIDE);
	const newest = platformVersion(protocolId);
	switch (protocolId) {
		case ProtocolId.BASE:
			describeBase(table, version, newest);
			break;
		case ProtocolId.POWER_DOMAIN:
			describePowerDomain(table, version, newest);
			break;
		case ProtocolId.CLOCK:
			describeClock(table, version, newest);
			break;
		default:
			break;
	}
}
