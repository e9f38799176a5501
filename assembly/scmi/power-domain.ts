// The power domain management protocol, 0x11.
// SCMI 3.2 (Arm DEN0056E), section 4.3.

import {
	domainIsOn,
	domainRow,
	findDomain,
	requestDomain,
} from "../hardware/power-domains";
import { Domain } from "../image";
import { Address, State } from "../layout";
import { schedule, unschedule } from "../sim/events";
import { now } from "../sim/time";
import { agentId } from "./agents";
import { reportError } from "./base";
import {
	BACKGROUND_NS,
	isLong,
	NameSize,
	NOTIFY_ENABLE,
	PROTOCOL_ATTRIBUTES,
	row,
	writeExtendedName,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import { canNotify, commandHeader } from "./notify";
import { isDenied } from "./permissions";
import { Status } from "./status";
import {
	notifyChanges,
	stateRequested,
	watchState,
	watchStateRequests,
} from "./watches";

const enum PowerDomain {
	ATTRIBUTES = 0x3,
	STATE_SET = 0x4,
	STATE_GET = 0x5,
	STATE_NOTIFY = 0x6,
	STATE_CHANGE_REQUESTED_NOTIFY = 0x7,
	NAME_GET = 0x8,
}

const V1: u32 = 0x10000;
/** Notifications of requests. */
const V2: u32 = 0x20000;
/** Extended names. */
const V3: u32 = 0x30000;
/** Negotiation. */
const V3_1: u32 = 0x30001;

const enum Attribute {
	CHANGED_NOTIFY = 1 << 31,
	ASYNCHRONOUS = 1 << 30,
	SYNCHRONOUS = 1 << 29,
	REQUESTED_NOTIFY = 1 << 28,
	EXTENDED_NAME = 1 << 27,
}

const enum Flag {
	ASYNCHRONOUS = 1,
}

/** Power states: state type in bit 30 (1: context lost), ID in bits 27:0. */
const enum PowerState {
	ON = 0,
	OFF = 1 << 30,
}

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_POWER_DOMAIN: u32 = V3_1;

export function isPowerDomainVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V3 || version === V3_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describePowerDomain(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(
		table,
		PowerDomain.ATTRIBUTES,
		4,
		version >= V3
			? attributes.index
			: version >= V2
				? attributesV2.index
				: attributesV1.index,
	);
	row(table, PowerDomain.STATE_SET, 12, stateSet.index);
	row(table, PowerDomain.STATE_GET, 4, stateGet.index);
	if (version >= V3) row(table, PowerDomain.NAME_GET, 4, nameGet.index);
	if (!notifies) return;
	row(table, PowerDomain.STATE_NOTIFY, 8, stateNotify.index);
	if (version < V2) return;
	row(
		table,
		PowerDomain.STATE_CHANGE_REQUESTED_NOTIFY,
		8,
		stateChangeRequestedNotify.index,
	);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, load<u32>(Address.STATE, State.DOMAIN_COUNT), Reply.AT);
	// No statistics region: address and length 0.
	store<u64>(p, 0, Reply.AT + 4);
	store<u32>(p, 0, Reply.AT + 12);
	return 16;
}

function attributesV1(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V1);
}

function attributesV2(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V2);
}

function attributes(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V3);
}

function writeAttributes(agent: usize, p: usize, version: u32): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	const name = load<u32>(domain, Domain.NAME);
	let bits: u32 = Attribute.SYNCHRONOUS;
	if (version >= V3 && isLong(name)) bits |= Attribute.EXTENDED_NAME;
	if (canNotify(agent)) {
		bits |= Attribute.CHANGED_NOTIFY | Attribute.ASYNCHRONOUS;
		if (version >= V2) bits |= Attribute.REQUESTED_NOTIFY;
	}
	store<u32>(p, bits, Reply.AT);
	writeShortName(p + Reply.AT + 4, name);
	return 4 + NameSize.SHORT;
}

function stateSet(agent: usize, _protocol: u32, p: usize): i32 {
	const flags = load<u32>(p);
	const id = load<u32>(p, 4);
	const domain = findDomain(id);
	const state = load<u32>(p, 8);
	if (domain === 0) return Status.NOT_FOUND;
	if (flags & ~Flag.ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
	if (flags & Flag.ASYNCHRONOUS && !canNotify(agent))
		return Status.NOT_SUPPORTED;
	if (state !== PowerState.ON && state !== PowerState.OFF)
		return Status.INVALID_PARAMETERS;
	if (isDenied(agent, domain + Domain.DENIED_TO)) return Status.DENIED;
	const on = state === PowerState.ON;
	if (flags & Flag.ASYNCHRONOUS) {
		const at = now() + BACKGROUND_NS;
		const what = (id << 1) | (on ? 1 : 0);
		if (!schedule(at, carryOut.index, <u32>agent, what, commandHeader()))
			return Status.BUSY;
	}
	stateRequested(id, agentId(agent), state);
	if (flags & Flag.ASYNCHRONOUS) return 0;
	return requestDomain(domain, agentId(agent), on) ? 0 : Status.HARDWARE_ERROR;
}

// An asynchronous request overwrites what was set in the meantime. It has no delayed response: agents watch the state,
// and get BASE_ERROR_EVENT when the hardware did not answer.
function carryOut(agent: u32, what: u32, header: u32): void {
	const domain = domainRow(what >> 1);
	const done = requestDomain(domain, agentId(agent), (what & 1) !== 0);
	if (!done) reportError(agent, header, Status.HARDWARE_ERROR);
	if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(agentId(agent));
}

/** Takes back all asynchronous requests of an agent. */
export function forgetStates(agent: usize): void {
	unschedule(carryOut.index, <u32>agent);
}

function stateGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, powerStateOf(domain), Reply.AT);
	return 4;
}

/** A domain's power state. */
export function powerStateOf(domain: usize): u32 {
	const state: u32 = domainIsOn(domain) ? PowerState.ON : PowerState.OFF;
	store<u32>(domain, state, Domain.STATE);
	const changes = load<u32>(Address.STATE, State.POWER_CHANGES);
	store<u32>(domain, changes, Domain.STATE_AT);
	return state;
}

function stateNotify(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const enable = load<u32>(p, 4);
	if (findDomain(id) === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	watchState(id, agentId(agent), enable !== 0);
	return 0;
}

function stateChangeRequestedNotify(
	agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	const id = load<u32>(p);
	const enable = load<u32>(p, 4);
	if (findDomain(id) === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	watchStateRequests(id, agentId(agent), enable !== 0);
	return 0;
}

function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(domain, Domain.NAME));
	return 4 + NameSize.EXTENDED;
}
