// The base protocol, 0x10: who implements this platform, which protocols it serves, which agents it knows.
// SCMI 3.2 (Arm DEN0056E), section 4.2.

import { Agent, Image, Protocol } from "../image";
import { Address, State } from "../layout";
import { agentId, agentRow } from "./agents";
import { describePermissions } from "./base-permissions";
import {
	entriesPerReply,
	NameSize,
	NOTIFY_ENABLE,
	PROTOCOL_ATTRIBUTES,
	row,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import { notification, send } from "./notify";
import { Status } from "./status";

const enum Base {
	DISCOVER_VENDOR = 0x3,
	DISCOVER_SUB_VENDOR = 0x4,
	DISCOVER_IMPLEMENTATION_VERSION = 0x5,
	DISCOVER_LIST_PROTOCOLS = 0x6,
	DISCOVER_AGENT = 0x7,
	NOTIFY_ERRORS = 0x8,
	ID = 0x10,
	/** As an agent ID: the caller itself. Since version 2.0. */
	SELF = 0xffffffff,
}

const V1: u32 = 0x10000;
/** Agents can ask for themselves. */
const V2: u32 = 0x20000;
/** Negotiation. */
const V2_1: u32 = 0x20001;

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_BASE: u32 = V2_1;

export function isBaseVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V2_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeBase(table: usize, version: u32, notifies: bool): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(table, Base.DISCOVER_VENDOR, 0, discoverVendor.index);
	row(table, Base.DISCOVER_SUB_VENDOR, 0, discoverSubVendor.index);
	row(
		table,
		Base.DISCOVER_IMPLEMENTATION_VERSION,
		0,
		discoverImplementationVersion.index,
	);
	row(table, Base.DISCOVER_LIST_PROTOCOLS, 4, discoverListProtocols.index);
	row(
		table,
		Base.DISCOVER_AGENT,
		4,
		version >= V2 ? discoverAgent.index : discoverAgentV1.index,
	);
	if (notifies) row(table, Base.NOTIFY_ERRORS, 4, notifyErrors.index);
	if (version >= V2) describePermissions(table);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	// Neither the base protocol nor the platform counts.
	const protocols = load<u32>(Address.STATE, State.PROTOCOL_COUNT) - 1;
	const agents = load<u32>(Address.STATE, State.AGENT_COUNT) - 1;
	store<u32>(p, (agents << 8) | protocols, Reply.AT);
	return 4;
}

function discoverVendor(_agent: usize, _protocol: u32, p: usize): i32 {
	writeShortName(p + Reply.AT, vendorName(Image.VENDOR));
	return NameSize.SHORT;
}

function discoverSubVendor(_agent: usize, _protocol: u32, p: usize): i32 {
	writeShortName(p + Reply.AT, vendorName(Image.SUB_VENDOR));
	return NameSize.SHORT;
}

function discoverImplementationVersion(
	_agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	store<u32>(
		p,
		load<u32>(Address.IMAGE, Image.IMPLEMENTATION_VERSION),
		Reply.AT,
	);
	return 4;
}

// Protocol IDs are bytes, four to a word; the last word is padded with zeros.
function discoverListProtocols(_agent: usize, _protocol: u32, p: usize): i32 {
	const skip = load<u32>(p);
	const total = load<u32>(Address.STATE, State.PROTOCOL_COUNT) - 1;
	if (skip > total) return Status.INVALID_PARAMETERS;
	const count = min(total - skip, entriesPerReply(4) * 4);
	const words = (count + 3) >> 2;
	const list = p + Reply.AT + 4;
	store<u32>(p, count, Reply.AT);
	memory.fill(list, 0, words << 2);
	for (let i: u32 = 0; i < count; i++)
		store<u8>(list + i, <u8>listedProtocol(skip + i));
	return 4 + (words << 2);
}

/** The protocol at a place in the list, which leaves the base protocol out; rows ascend by ID and begin with it. */
function listedProtocol(place: u32): u32 {
	return load<u32>(
		load<u32>(Address.STATE, State.PROTOCOLS) + (place + 1) * Protocol.SIZE,
		Protocol.ID,
	);
}

function discoverAgent(agent: usize, _protocol: u32, p: usize): i32 {
	const wanted = load<u32>(p);
	const id = wanted === Base.SELF ? agentId(agent) : wanted;
	if (id >= load<u32>(Address.STATE, State.AGENT_COUNT))
		return Status.NOT_FOUND;
	store<u32>(p, id, Reply.AT);
	writeShortName(p + Reply.AT + 4, agentName(id));
	return 4 + NameSize.SHORT;
}

/** One of the two names in the image's header. */
function vendorName(field: u32): usize {
	return (
		load<u32>(Address.STATE, State.STRINGS) + load<u32>(Address.IMAGE + field)
	);
}

// Version 1.0 returns the name alone and has no way to ask for oneself.
function discoverAgentV1(_agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.AGENT_COUNT))
		return Status.NOT_FOUND;
	writeShortName(p + Reply.AT, agentName(id));
	return NameSize.SHORT;
}

function agentName(id: u32): u32 {
	return load<u32>(agentRow(id), Agent.NAME);
}

function notifyErrors(agent: usize, _protocol: u32, p: usize): i32 {
	const enable = load<u32>(p);
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	watchErrors(agentId(agent), enable !== 0);
	return 0;
}

/** Makes an agent be told of errors, or no more. */
export function watchErrors(agent: u32, on: bool): void {
	const agents = load<u32>(Address.STATE, State.ERROR_WATCHES);
	const bit: u32 = 1 << agent;
	store<u32>(
		Address.STATE,
		on ? agents | bit : agents & ~bit,
		State.ERROR_WATCHES,
	);
}

// BASE_ERROR_EVENT, which the specification leaves to the implementation: an agent is told, if it has asked for it, of
// each of its own commands that ended with HARDWARE_ERROR, at once or asynchronously, and of each one that its channel
// refused with PROTOCOL_ERROR because of the length. Nothing here is fatal, and each command has an event of its own.

const enum ErrorEvent {
	ID = 0x0,
	/** Words: whose command it was; bit 31 fatal, number of commands in 9:0; of each its header and its status. */
	AGENT = 0,
	ERROR_STATUS = 4,
	HEADER = 8,
	STATUS = 12,
	SIZE = 16,
}

/** Tells an agent of a command of its own that went wrong. */
export function reportError(agent: usize, header: u32, status: i32): void {
	const id = agentId(agent);
	if (!(load<u32>(Address.STATE, State.ERROR_WATCHES) & (1 << id))) return;
	const p = notification(agent, Base.ID, ErrorEvent.ID);
	if (p === 0) return;
	store<u32>(p, id, ErrorEvent.AGENT);
	store<u32>(p, 1, ErrorEvent.ERROR_STATUS);
	store<u32>(p, header, ErrorEvent.HEADER);
	store<i32>(p, status, ErrorEvent.STATUS);
	send(agent, ErrorEvent.SIZE);
}
