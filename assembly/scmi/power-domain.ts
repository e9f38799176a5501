// The power domain management protocol, 0x11.
// SCMI 3.2 (Arm DEN0056E), section 4.3.

import {
	domainIsOn,
	findDomain,
	requestDomain,
} from "../hardware/power-domains";
import { Domain } from "../image";
import { Address, State } from "../layout";
import { agentId } from "./agents";
import {
	isLong,
	NameSize,
	PROTOCOL_ATTRIBUTES,
	row,
	writeExtendedName,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import { Status } from "./status";

const enum PowerDomain {
	ATTRIBUTES = 0x3,
	STATE_SET = 0x4,
	STATE_GET = 0x5,
	NAME_GET = 0x8,
}

const V1: u32 = 0x10000;
const V2: u32 = 0x20000;
/** Extended names. */
const V3: u32 = 0x30000;
/** Negotiation. */
const V3_1: u32 = 0x30001;

const enum Attribute {
	SYNCHRONOUS = 1 << 29,
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
	_notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(
		table,
		PowerDomain.ATTRIBUTES,
		4,
		version >= V3 ? attributes.index : attributesV1.index,
	);
	row(table, PowerDomain.STATE_SET, 12, stateSet.index);
	row(table, PowerDomain.STATE_GET, 4, stateGet.index);
	if (version >= V3) row(table, PowerDomain.NAME_GET, 4, nameGet.index);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, load<u32>(Address.STATE, State.DOMAIN_COUNT), Reply.AT);
	// No statistics region: address and length 0.
	store<u64>(p, 0, Reply.AT + 4);
	store<u32>(p, 0, Reply.AT + 12);
	return 16;
}

function attributesV1(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(p, false);
}

function attributes(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(p, true);
}

function writeAttributes(p: usize, extended: bool): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	const name = load<u32>(domain, Domain.NAME);
	const long: u32 = extended && isLong(name) ? Attribute.EXTENDED_NAME : 0;
	store<u32>(p, Attribute.SYNCHRONOUS | long, Reply.AT);
	writeShortName(p + Reply.AT + 4, name);
	return 4 + NameSize.SHORT;
}

function stateSet(agent: usize, _protocol: u32, p: usize): i32 {
	const flags = load<u32>(p);
	const domain = findDomain(load<u32>(p, 4));
	const state = load<u32>(p, 8);
	if (domain === 0) return Status.NOT_FOUND;
	if (flags & ~Flag.ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
	if (flags & Flag.ASYNCHRONOUS) return Status.NOT_SUPPORTED;
	if (state !== PowerState.ON && state !== PowerState.OFF)
		return Status.INVALID_PARAMETERS;
	return requestDomain(domain, agentId(agent), state === PowerState.ON)
		? 0
		: Status.HARDWARE_ERROR;
}

function stateGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, domainIsOn(domain) ? PowerState.ON : PowerState.OFF, Reply.AT);
	return 4;
}

function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findDomain(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(domain, Domain.NAME));
	return 4 + NameSize.EXTENDED;
}
