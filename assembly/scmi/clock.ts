// The clock management protocol, 0x14.
// SCMI 3.2 (Arm DEN0056E), section 4.6.

import { requestClock, setClockParent } from "../hardware/clock-gates";
import { isHeldByOthers } from "../hardware/clock-holds";
import { positionOf } from "../hardware/clock-rate";
import {
	clockId,
	clockRow,
	findClock,
	hasMux,
	isCritical,
	isRateSettable,
	isRunning,
	parentAt,
	parentCount,
	parentOf,
	parentPosition,
} from "../hardware/clock-tree";
import { Clock } from "../image";
import { Address, Dispatch, State } from "../layout";
import { agentId } from "./agents";
import {
	describeRatesOf,
	rateChangeRequestedNotify,
	rateGet,
	rateNotify,
	rateSet,
} from "./clock-rates";
import {
	entriesPerReply,
	isLong,
	NameSize,
	PROTOCOL_ATTRIBUTES,
	row,
	writeExtendedName,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import { canNotify } from "./notify";
import { isDenied } from "./permissions";
import { mostRequests } from "./rate-requests";
import { Status } from "./status";

const enum ClockMessage {
	ATTRIBUTES = 0x3,
	DESCRIBE_RATES = 0x4,
	RATE_SET = 0x5,
	RATE_GET = 0x6,
	CONFIG_SET = 0x7,
	NAME_GET = 0x8,
	RATE_NOTIFY = 0x9,
	RATE_CHANGE_REQUESTED_NOTIFY = 0xa,
	CONFIG_GET = 0xb,
	POSSIBLE_PARENTS_GET = 0xc,
	PARENT_SET = 0xd,
	PARENT_GET = 0xe,
	GET_PERMISSIONS = 0xf,
}

const V1: u32 = 0x10000;
/** Enable delay, extended names, notifications. */
const V2: u32 = 0x20000;
/** Parents, CONFIG_GET, permissions, extended configuration. */
const V3: u32 = 0x30000;

const enum Attribute {
	ENABLED = 1,
	RESTRICTED = 1 << 1,
	PARENTS = 1 << 28,
	EXTENDED_NAME = 1 << 29,
	REQUESTED_NOTIFY = 1 << 30,
	CHANGED_NOTIFY = 1 << 31,
}

const enum Config {
	DISABLE = 0,
	ENABLE = 1,
}

const enum Permission {
	STATE = 1 << 31,
	PARENT = 1 << 30,
	RATE = 1 << 29,
	ALL = STATE | PARENT | RATE,
}

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_CLOCK: u32 = V3;

export function isClockVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V3;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeClock(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(table, ClockMessage.DESCRIBE_RATES, 8, describeRatesOf.index);
	row(table, ClockMessage.RATE_SET, 16, rateSet.index);
	row(table, ClockMessage.RATE_GET, 4, rateGet.index);
	if (version < V2) {
		row(table, ClockMessage.ATTRIBUTES, 4, attributesV1.index);
	} else {
		if (version < V3)
			row(table, ClockMessage.ATTRIBUTES, 4, attributesV2.index);
		else row(table, ClockMessage.ATTRIBUTES, 4, attributes.index);
		row(table, ClockMessage.NAME_GET, 4, nameGet.index);
		if (notifies) {
			row(table, ClockMessage.RATE_NOTIFY, 8, rateNotify.index);
			row(
				table,
				ClockMessage.RATE_CHANGE_REQUESTED_NOTIFY,
				8,
				rateChangeRequestedNotify.index,
			);
		}
	}
	if (version < V3) {
		row(table, ClockMessage.CONFIG_SET, 8, configSet.index);
		return;
	}
	row(table, ClockMessage.CONFIG_SET, 12, configSet.index);
	row(table, ClockMessage.CONFIG_GET, 8, configGet.index);
	row(table, ClockMessage.POSSIBLE_PARENTS_GET, 8, possibleParentsGet.index);
	row(table, ClockMessage.PARENT_SET, 8, parentSet.index);
	row(table, ClockMessage.PARENT_GET, 4, parentGet.index);
	row(table, ClockMessage.GET_PERMISSIONS, 4, getPermissions.index);
}

function protocolAttributes(agent: usize, _protocol: u32, p: usize): i32 {
	const clocks = load<u32>(Address.STATE, State.CLOCK_COUNT);
	store<u32>(p, (mostRequests(agent) << 16) | clocks, Reply.AT);
	return 4;
}

// Version 1.0 has the enabled bit and the name.
function attributesV1(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V1);
}

function attributesV2(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V2);
}

function attributes(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, V3);
}

/** Whether a dispatch entry is that of version 3.0. */
export function isAttributes(entry: u32): bool {
	return (entry & Dispatch.HANDLER_MASK) === attributes.index;
}

/** The attributes that all clocks have for an agent. */
export function everyClocksBits(agent: usize): u32 {
	return canNotify(agent)
		? Attribute.CHANGED_NOTIFY | Attribute.REQUESTED_NOTIFY
		: 0;
}

function writeAttributes(agent: usize, p: usize, version: u32): i32 {
	const id = load<u32>(p);
	const clock = findClock(id);
	if (clock === 0) return Status.NOT_FOUND;
	const name = nameOf(id);
	let bits: u32 = isRunning(clock) ? Attribute.ENABLED : 0;
	if (version >= V2) {
		if (isLong(name)) bits |= Attribute.EXTENDED_NAME;
		bits |= everyClocksBits(agent);
	}
	if (version >= V3) {
		if (parentCount(clock) !== 0) bits |= Attribute.PARENTS;
		if (permissions(agent, clock) !== Permission.ALL)
			bits |= Attribute.RESTRICTED;
	}
	store<u32>(p, bits, Reply.AT);
	writeShortName(p + Reply.AT + 4, name);
	if (version < V2) return 4 + NameSize.SHORT;
	store<u32>(
		p,
		load<u16>(clock, Clock.ENABLE_DELAY),
		Reply.AT + 4 + NameSize.SHORT,
	);
	return 8 + NameSize.SHORT;
}

/** An alias has a name of its own. */
function nameOf(id: u32): u32 {
	return load<u32>(clockRow(id), Clock.NAME);
}

// Version 3.0 appends an extended configuration value. No clock here has one: any type other than 0, and "unchanged",
// which needs a type, is as invalid as a reserved bit of the older layout.
function configSet(agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	const config = load<u32>(p, 4);
	if (clock === 0) return Status.NOT_FOUND;
	if (config > <u32>Config.ENABLE) return Status.INVALID_PARAMETERS;
	if (config === Config.DISABLE && isCritical(clock)) return Status.DENIED;
	if (isDenied(agent, clock + Clock.DENIED_TO)) return Status.DENIED;
	requestClock(clock, agentId(agent), config === Config.ENABLE);
	return 0;
}

function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	if (findClock(id) === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, nameOf(id));
	return 4 + NameSize.EXTENDED;
}

function configGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	const flags = load<u32>(p, 4);
	if (clock === 0) return Status.NOT_FOUND;
	if (flags !== 0) return Status.INVALID_PARAMETERS;
	store<u32>(p, 0, Reply.AT);
	store<u32>(
		p,
		isRunning(clock) ? Config.ENABLE : Config.DISABLE,
		Reply.AT + 4,
	);
	store<u32>(p, 0, Reply.AT + 8);
	return 12;
}

// A mux may have the same parent on several inputs: it is listed once, at its first.
function possibleParentsGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	const skip = load<u32>(p, 4);
	if (clock === 0) return Status.NOT_FOUND;
	const inputs = parentCount(clock);
	if (inputs === 0) return Status.NOT_SUPPORTED;
	const room = entriesPerReply(4);
	let total: u32 = 0;
	let count: u32 = 0;
	for (let i: u32 = 0; i < inputs; i++) {
		const parent = parentAt(clock, i);
		if (positionOf(clock, parent) !== i) continue;
		if (total >= skip && count < room) {
			store<u32>(p + (count << 2), clockId(parent), Reply.AT + 4);
			count++;
		}
		total++;
	}
	if (skip > total) return Status.INVALID_PARAMETERS;
	store<u32>(p, ((total - skip - count) << 24) | count, Reply.AT);
	return 4 + (count << 2);
}

function parentSet(agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	const parent = findClock(load<u32>(p, 4));
	if (clock === 0 || parent === 0) return Status.NOT_FOUND;
	if (parentCount(clock) === 0) return Status.NOT_SUPPORTED;
	const position = positionOf(clock, parent);
	if (position >= parentCount(clock)) return Status.INVALID_PARAMETERS;
	if (isDenied(agent, clock + Clock.DENIED_TO)) return Status.DENIED;
	// The same parent again still moves the hold, when registers were written from outside.
	const selected = parentOf(clock) === parent;
	if (!selected && isHeldByOthers(clock, agentId(agent))) return Status.DENIED;
	setClockParent(clock, selected ? parentPosition(clock) : position);
	return 0;
}

function parentGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	if (clock === 0) return Status.NOT_FOUND;
	if (parentCount(clock) === 0) return Status.NOT_SUPPORTED;
	store<u32>(p, clockId(parentOf(clock)), Reply.AT);
	return 4;
}

function getPermissions(agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	if (clock === 0) return Status.NOT_FOUND;
	store<u32>(p, permissions(agent, clock), Reply.AT);
	return 4;
}

/**
 * What an agent may change: nothing of a clock that it has no permission for, or else everything but the state of critical
 * clocks, and what the hardware cannot change.
 */
function permissions(agent: usize, clock: usize): u32 {
	if (isDenied(agent, clock + Clock.DENIED_TO)) return 0;
	let bits: u32 = 0;
	if (!isCritical(clock)) bits |= Permission.STATE;
	if (hasMux(clock)) bits |= Permission.PARENT;
	if (isRateSettable(clock)) bits |= Permission.RATE;
	return bits;
}
