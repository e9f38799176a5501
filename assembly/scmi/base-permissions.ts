// The base protocol's messages by which trusted agents manage others: permissions, and their configuration.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2; since version 2.0.
//
// What the platform trusts an agent with is the platform's to say. An agent that is not trusted may reset its own
// configuration, but no permissions. Nobody may anything to the platform itself, agent 0, nor to the base protocol.

import { Agent } from "../image";
import { Address, Dispatch, State } from "../layout";
import { resetAgent } from "./agent-reset";
import { agentId, agentRow } from "./agents";
import { row } from "./common";
import { findDevice, permitDevice, permitProtocol } from "./permissions";
import { Status } from "./status";

const enum Message {
	SET_DEVICE_PERMISSIONS = 0x9,
	SET_PROTOCOL_PERMISSIONS = 0xa,
	RESET_AGENT_CONFIGURATION = 0xb,
}

const PLATFORM: u32 = 0;
const BASE: u32 = 0x10;
/** The only flag: access is allowed. */
const ALLOW: u32 = 1;
/** RESET_AGENT_CONFIGURATION's only flag: permissions as well. */
const PERMISSIONS_RESET: u32 = 1;
/** command_id has the protocol in bits 7:0. */
const PROTOCOL_MASK: u32 = 0xff;

/** Without devices there are no permissions to manage. */
export function describePermissions(table: usize): void {
	if (load<u32>(Address.STATE, State.DEVICE_COUNT) === 0) return;
	row(table, Message.SET_DEVICE_PERMISSIONS, 12, setDevicePermissions.index);
	row(
		table,
		Message.SET_PROTOCOL_PERMISSIONS,
		16,
		setProtocolPermissions.index,
	);
	row(
		table,
		Message.RESET_AGENT_CONFIGURATION,
		8,
		resetAgentConfiguration.index,
	);
}

function isAgent(id: u32): bool {
	return id < load<u32>(Address.STATE, State.AGENT_COUNT);
}

function isTrusted(agent: usize): bool {
	return load<u32>(agent, Agent.TRUSTED) !== 0;
}

function setDevicePermissions(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const device = findDevice(load<u32>(p, 4));
	const flags = load<u32>(p, 8);
	if (!isAgent(id) || device === 0) return Status.NOT_FOUND;
	if (flags & ~ALLOW) return Status.INVALID_PARAMETERS;
	if (!isTrusted(agent) || id === PLATFORM) return Status.DENIED;
	permitDevice(device, id, flags !== 0);
	return 0;
}

function setProtocolPermissions(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const device = findDevice(load<u32>(p, 4));
	const command = load<u32>(p, 8);
	const flags = load<u32>(p, 12);
	if (!isAgent(id) || device === 0) return Status.NOT_FOUND;
	if (command & ~PROTOCOL_MASK || flags & ~ALLOW)
		return Status.INVALID_PARAMETERS;
	if (!isServed(command)) return Status.NOT_FOUND;
	if (!isTrusted(agent) || id === PLATFORM || command === BASE)
		return Status.DENIED;
	permitProtocol(device, command, id, flags !== 0);
	return 0;
}

function resetAgentConfiguration(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const flags = load<u32>(p, 4);
	if (!isAgent(id)) return Status.NOT_FOUND;
	if (flags & ~PERMISSIONS_RESET) return Status.INVALID_PARAMETERS;
	const oneself = id === agentId(agent);
	if (id === PLATFORM) return Status.DENIED;
	if (!isTrusted(agent) && (!oneself || flags !== 0)) return Status.DENIED;
	resetAgent(agentRow(id), flags !== 0, oneself);
	return 0;
}

function isServed(protocol: u32): bool {
	const index = protocol - Dispatch.FIRST_PROTOCOL;
	if (index >= <u32>Dispatch.PROTOCOLS) return false;
	return load<u32>(Address.STATE + (index << 2), State.VERSIONS) !== 0;
}
