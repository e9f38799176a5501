// The reset domain management protocol, 0x16.
// SCMI 3.2 (Arm DEN0056E), section 4.8.

import { findReset, resetId, setLine } from "../hardware/resets";
import { Reset } from "../image";
import { Address, State } from "../layout";
import { schedule } from "../sim/events";
import { now, pass } from "../sim/time";
import { agentId, agentRow } from "./agents";
import {
	isLong,
	NameSize,
	PROTOCOL_ATTRIBUTES,
	row,
	writeExtendedName,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import {
	canNotify,
	commandHeader,
	delayedResponse,
	notification,
	releaseResponse,
	reserveResponse,
	send,
} from "./notify";
import { isDenied } from "./permissions";
import { resetIsHeld } from "./reset-holds";
import { Status } from "./status";

const RESET_DOMAIN: u32 = 0x16;

const enum ResetDomain {
	ATTRIBUTES = 0x3,
	RESET = 0x4,
	NOTIFY = 0x5,
	NAME_GET = 0x6,
}

const enum Notification {
	RESET_ISSUED = 0x0,
}

/** Reset.PENDING when nobody gets the response. */
const UNANSWERED: u32 = 1;

const V1: u32 = 0x10000;
const V2: u32 = 0x20000;
/** Extended names. */
const V3: u32 = 0x30000;
/** Negotiation. */
const V3_1: u32 = 0x30001;

const enum Attribute {
	ASYNCHRONOUS = 1 << 31,
	NOTIFICATIONS = 1 << 30,
	EXTENDED_NAME = 1 << 29,
}

const enum Flag {
	AUTONOMOUS = 1,
	/** Explicit: assert, or else release. Ignored in autonomous resets. */
	ASSERT = 1 << 1,
	/** For autonomous resets only. */
	ASYNCHRONOUS = 1 << 2,
	ALL = 7,
}

/** Reset states: type in bit 31 (0: architectural), ID in bits 30:0. Full loss of context is the only architectural one. */
const COLD_RESET: u32 = 0;

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_RESET_DOMAIN: u32 = V3_1;

export function isResetDomainVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V3 || version === V3_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeResetDomain(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(
		table,
		ResetDomain.ATTRIBUTES,
		4,
		version >= V3 ? attributes.index : attributesV1.index,
	);
	row(table, ResetDomain.RESET, 12, reset.index);
	if (notifies) row(table, ResetDomain.NOTIFY, 8, notify.index);
	if (version >= V3) row(table, ResetDomain.NAME_GET, 4, nameGet.index);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, load<u32>(Address.STATE, State.RESET_COUNT), Reply.AT);
	return 4;
}

function attributesV1(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, false);
}

function attributes(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, true);
}

function writeAttributes(agent: usize, p: usize, extended: bool): i32 {
	const domain = findReset(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	const name = load<u32>(domain, Reset.NAME);
	let bits: u32 = extended && isLong(name) ? Attribute.EXTENDED_NAME : 0;
	if (canNotify(agent))
		bits |= Attribute.ASYNCHRONOUS | Attribute.NOTIFICATIONS;
	store<u32>(p, bits, Reply.AT);
	const latency = (load<u32>(domain, Reset.PULSE_NS) + 999) / 1000;
	store<u32>(p, latency, Reply.AT + 4);
	writeShortName(p + Reply.AT + 8, name);
	return 8 + NameSize.SHORT;
}

function reset(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findReset(load<u32>(p));
	const flags = load<u32>(p, 4);
	const state = load<u32>(p, 8);
	if (domain === 0) return Status.NOT_FOUND;
	if (flags & ~Flag.ALL) return Status.INVALID_PARAMETERS;
	if (flags & Flag.ASYNCHRONOUS && !canNotify(agent))
		return Status.NOT_SUPPORTED;
	if (flags & Flag.ASYNCHRONOUS && !(flags & Flag.AUTONOMOUS))
		return Status.INVALID_PARAMETERS;
	if (state !== COLD_RESET) return Status.INVALID_PARAMETERS;
	if (load<u32>(domain, Reset.DENIED)) return Status.DENIED;
	if (isDenied(agent, domain + Reset.DENIED_TO)) return Status.DENIED;
	if (resetIsHeld(resetId(domain), agentId(agent))) return Status.DENIED;
	// Somebody's reset is under way: the domain is in use.
	if (load<u32>(domain, Reset.PENDING)) return Status.GENERIC_ERROR;
	if (flags & Flag.ASYNCHRONOUS) return begin(agent, domain);
	if (flags & Flag.AUTONOMOUS) {
		setLine(domain, true);
		pass(load<u32>(domain, Reset.PULSE_NS));
		setLine(domain, false);
	} else {
		setLine(domain, (flags & Flag.ASSERT) !== 0);
		if (!(flags & Flag.ASSERT)) return 0;
	}
	tell(agent, domain);
	return 0;
}

/** An asynchronous reset: the line is asserted now, and released when its time is over. */
function begin(agent: usize, domain: usize): i32 {
	if (!reserveResponse(agent)) return Status.BUSY;
	const at = now() + load<u32>(domain, Reset.PULSE_NS);
	const header = commandHeader();
	if (!schedule(at, complete.index, <u32>domain, <u32>agent, header)) {
		releaseResponse(agent);
		return Status.BUSY;
	}
	store<u32>(domain, agentId(agent) + 1, Reset.PENDING);
	setLine(domain, true);
	tell(agent, domain);
	return 0;
}

/** RESET_COMPLETE. */
function complete(domain: u32, agent: u32, header: u32): void {
	setLine(domain, false);
	const answered = load<u32>(domain, Reset.PENDING) !== UNANSWERED;
	store<u32>(domain, 0, Reset.PENDING);
	if (!answered) return;
	const p = delayedResponse(agent, header);
	store<i32>(p, Status.SUCCESS);
	store<u32>(p, resetId(domain), 4);
	send(agent, 8);
}

/** An agent's resets go on to their end without a response, and it is told of no others. Lines stay as it has set them. */
export function forgetResets(agent: u32): void {
	unwatchResets(agent);
	const count = load<u32>(Address.STATE, State.RESET_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const domain = findReset(id);
		if (domain === 0) continue;
		if (load<u32>(domain, Reset.PENDING) === agent + 1)
			store<u32>(domain, UNANSWERED, Reset.PENDING);
	}
}

/** Ends an agent's subscriptions. */
export function unwatchResets(agent: u32): void {
	const count = load<u32>(Address.STATE, State.RESET_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const domain = findReset(id);
		if (domain === 0) continue;
		const watchers = load<u32>(domain, Reset.WATCHERS);
		store<u32>(domain, watchers & ~(1 << agent), Reset.WATCHERS);
	}
}

/** RESET_ISSUED, to every agent that has asked for it: the one who resets, too. Releasing a line is no reset. */
function tell(agent: usize, domain: usize): void {
	const watchers = load<u32>(domain, Reset.WATCHERS);
	for (let rest = watchers; rest !== 0; rest &= rest - 1) {
		const watcher = agentRow(ctz(rest));
		const p = notification(watcher, RESET_DOMAIN, Notification.RESET_ISSUED);
		if (p === 0) continue;
		store<u32>(p, agentId(agent));
		store<u32>(p, resetId(domain), 4);
		store<u32>(p, COLD_RESET, 8);
		send(watcher, 12);
	}
}

function notify(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findReset(load<u32>(p));
	const enable = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	if (enable > 1) return Status.INVALID_PARAMETERS;
	const bit: u32 = 1 << agentId(agent);
	const others = load<u32>(domain, Reset.WATCHERS) & ~bit;
	store<u32>(domain, enable ? others | bit : others, Reset.WATCHERS);
	return 0;
}

function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findReset(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(domain, Reset.NAME));
	return 4 + NameSize.EXTENDED;
}
