// The voltage domain management protocol, 0x17.
// SCMI 3.2 (Arm DEN0056E), section 4.9.

import {
	findRail,
	hasRailLevel,
	railId,
	railIsOn,
	railLevel,
	railRow,
	setRail,
	setRailLevel,
	settlesAt,
	startRailLevel,
	writeLevels,
} from "../hardware/rails";
import { Rail } from "../image";
import { Address, State } from "../layout";
import { schedule, unschedule } from "../sim/events";
import { agentId } from "./agents";
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
import {
	canNotify,
	commandHeader,
	delayedResponse,
	releaseResponse,
	reserveResponse,
	send,
} from "./notify";
import { isDenied } from "./permissions";
import { Status } from "./status";

const enum VoltageMessage {
	DOMAIN_ATTRIBUTES = 0x3,
	DESCRIBE_LEVELS = 0x4,
	CONFIG_SET = 0x5,
	CONFIG_GET = 0x6,
	LEVEL_SET = 0x7,
	LEVEL_GET = 0x8,
	DOMAIN_NAME_GET = 0x9,
}

const V1: u32 = 0x10000;
/** Asynchronous level changes, extended names. */
const V2: u32 = 0x20000;
/** Negotiation. */
const V2_1: u32 = 0x20001;

const enum Attribute {
	EXTENDED_NAME = 1 << 30,
	ASYNCHRONOUS = 1 << 31,
}

const enum LevelFlag {
	ASYNCHRONOUS = 1,
}

/** Architectural modes; bit 3 would mark an implementation's own, and bits 31:4 are reserved. */
const enum Mode {
	OFF = 0,
	ON = 7,
}

/** VOLTAGE_DESCRIBE_LEVELS: bit 12 of the flags marks a triplet. */
const TRIPLET: u32 = 1 << 12;

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_VOLTAGE: u32 = V2_1;

export function isVoltageVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V2_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeVoltage(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(table, VoltageMessage.DESCRIBE_LEVELS, 8, describeLevels.index);
	row(table, VoltageMessage.CONFIG_SET, 8, configSet.index);
	row(table, VoltageMessage.CONFIG_GET, 4, configGet.index);
	row(table, VoltageMessage.LEVEL_GET, 4, levelGet.index);
	if (version < V2) {
		row(table, VoltageMessage.DOMAIN_ATTRIBUTES, 4, attributesV1.index);
		row(table, VoltageMessage.LEVEL_SET, 12, levelSetV1.index);
		return;
	}
	row(table, VoltageMessage.DOMAIN_ATTRIBUTES, 4, attributes.index);
	row(
		table,
		VoltageMessage.LEVEL_SET,
		12,
		notifies ? levelSet.index : levelSetOneWay.index,
	);
	row(table, VoltageMessage.DOMAIN_NAME_GET, 4, nameGet.index);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, load<u32>(Address.STATE, State.RAIL_COUNT), Reply.AT);
	return 4;
}

// Version 1.0 has the name only.
function attributesV1(_agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeShortName(p + Reply.AT + 4, load<u32>(rail, Rail.NAME));
	return 4 + NameSize.SHORT;
}

function attributes(agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	const name = load<u32>(rail, Rail.NAME);
	let bits: u32 = canNotify(agent) ? Attribute.ASYNCHRONOUS : 0;
	if (isLong(name)) bits |= Attribute.EXTENDED_NAME;
	store<u32>(p, bits, Reply.AT);
	writeShortName(p + Reply.AT + 4, name);
	return 4 + NameSize.SHORT;
}

function describeLevels(_agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	const index = load<u32>(p, 4);
	if (rail === 0) return Status.NOT_FOUND;
	const levels = p + Reply.AT + 4;
	const total = load<u32>(rail, Rail.USABLE_COUNT);
	const step = load<u32>(rail, Rail.STEP);
	if (step !== 0) {
		// The triplet lowest, highest, step; it is never split.
		if (index !== 0) return Status.OUT_OF_RANGE;
		store<u32>(p, TRIPLET | 3, Reply.AT);
		writeLevels(rail, 0, 1, levels);
		writeLevels(rail, total - 1, 1, levels + 4);
		store<u32>(levels, step, 8);
		return 16;
	}
	if (index >= total) return Status.OUT_OF_RANGE;
	const count = min(total - index, entriesPerReply(4));
	store<u32>(p, ((total - index - count) << 16) | count, Reply.AT);
	writeLevels(rail, index, count, levels);
	return 4 + (count << 2);
}

// An agent holds a rail from when it has switched it on or set its level until it switches it off or is reset. What
// another agent holds cannot be set to another level, nor off: who holds it too lets go, and it stays on.

/** The agents that hold a rail, a bit for each. */
function holders(rail: usize): u32 {
	return load<u32>(rail, Rail.ON_FOR) | load<u32>(rail, Rail.LEVEL_FOR);
}

function letGo(rail: usize, bit: u32): void {
	store<u32>(rail, load<u32>(rail, Rail.ON_FOR) & ~bit, Rail.ON_FOR);
	store<u32>(rail, load<u32>(rail, Rail.LEVEL_FOR) & ~bit, Rail.LEVEL_FOR);
}

/** Whether another agent holds a rail that has not this level, in µV. */
export function levelIsHeld(rail: usize, level: i32, agent: u32): bool {
	return (holders(rail) & ~(1 << agent)) !== 0 && railLevel(rail) !== level;
}

function configSet(agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	const mode = load<u32>(p, 4);
	if (rail === 0) return Status.NOT_FOUND;
	if (mode !== Mode.OFF && mode !== Mode.ON) return Status.INVALID_PARAMETERS;
	if (isDenied(agent, rail + Rail.DENIED_TO)) return Status.DENIED;
	const bit: u32 = 1 << agentId(agent);
	if (mode === Mode.ON) {
		store<u32>(rail, load<u32>(rail, Rail.ON_FOR) | bit, Rail.ON_FOR);
		setRail(rail, true);
		return 0;
	}
	const held = (holders(rail) & bit) !== 0;
	letGo(rail, bit);
	if (holders(rail) !== 0) return held ? 0 : Status.DENIED;
	return setRail(rail, false) ? 0 : Status.DENIED;
}

function configGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	store<u32>(p, railIsOn(rail) ? Mode.ON : Mode.OFF, Reply.AT);
	return 4;
}

// All flags are reserved.
function levelSetV1(agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	if (load<u32>(p, 4) !== 0) return Status.INVALID_PARAMETERS;
	return setLevel(agent, rail, load<i32>(p, 8));
}

function levelSetOneWay(agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	const flags = load<u32>(p, 4);
	if (rail === 0) return Status.NOT_FOUND;
	if (flags & ~LevelFlag.ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
	if (flags & LevelFlag.ASYNCHRONOUS) return Status.NOT_SUPPORTED;
	return setLevel(agent, rail, load<i32>(p, 8));
}

function levelSet(agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	const flags = load<u32>(p, 4);
	const level = load<i32>(p, 8);
	if (rail === 0) return Status.NOT_FOUND;
	if (flags & ~LevelFlag.ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
	if (!(flags & LevelFlag.ASYNCHRONOUS)) return setLevel(agent, rail, level);
	if (!hasRailLevel(rail, level)) return Status.INVALID_PARAMETERS;
	if (mustKeep(agent, rail, level)) return Status.DENIED;
	return startLevel(agent, rail, level);
}

function setLevel(agent: usize, rail: usize, level: i32): i32 {
	if (!hasRailLevel(rail, level)) return Status.INVALID_PARAMETERS;
	if (mustKeep(agent, rail, level)) return Status.DENIED;
	holdLevel(agent, rail);
	setRailLevel(rail, level);
	return 0;
}

/** Whether an agent must not set this level. */
function mustKeep(agent: usize, rail: usize, level: i32): bool {
	return (
		isDenied(agent, rail + Rail.DENIED_TO) ||
		levelIsHeld(rail, level, agentId(agent))
	);
}

function holdLevel(agent: usize, rail: usize): void {
	const bit: u32 = 1 << agentId(agent);
	store<u32>(rail, load<u32>(rail, Rail.LEVEL_FOR) | bit, Rail.LEVEL_FOR);
}

/** Begins an asynchronous change; one may be pending for each rail. */
function startLevel(agent: usize, rail: usize, level: i32): i32 {
	if (load<u32>(rail, Rail.PENDING) || !reserveResponse(agent))
		return Status.BUSY;
	const scheduled = schedule(
		settlesAt(rail, level),
		levelSetComplete.index,
		<u32>agent,
		commandHeader(),
		<u32>rail,
	);
	if (!scheduled) {
		releaseResponse(agent);
		return Status.BUSY;
	}
	startRailLevel(rail, level);
	holdLevel(agent, rail);
	store<u32>(rail, agentId(agent), Rail.PENDING);
	store<i32>(rail, level, Rail.TARGET);
	return 0;
}

/** VOLTAGE_LEVEL_SET_COMPLETE: status, domain, the level that was asked for and has been reached. */
function levelSetComplete(agent: u32, header: u32, rail: u32): void {
	store<u32>(rail, 0, Rail.PENDING);
	const p = delayedResponse(agent, header);
	store<i32>(p, Status.SUCCESS);
	store<u32>(p, railId(rail), 4);
	store<i32>(p, load<i32>(rail, Rail.TARGET), 8);
	send(agent, 12);
}

/**
 * An agent lets go of all rails: what it alone has switched on goes off. Changes that it has begun go on to their end,
 * without a response.
 */
export function forgetLevels(agent: usize): void {
	unschedule(levelSetComplete.index, <u32>agent);
	const count = load<u32>(Address.STATE, State.RAIL_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const rail = railRow(id);
		if (load<u32>(rail, Rail.PENDING) === agentId(agent))
			store<u32>(rail, 0, Rail.PENDING);
		const bit: u32 = 1 << agentId(agent);
		const wasOn = (load<u32>(rail, Rail.ON_FOR) & bit) !== 0;
		letGo(rail, bit);
		if (wasOn && holders(rail) === 0) setRail(rail, false);
	}
}

function levelGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	store<i32>(p, railLevel(rail), Reply.AT);
	return 4;
}

function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const rail = findRail(load<u32>(p));
	if (rail === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(rail, Rail.NAME));
	return 4 + NameSize.EXTENDED;
}
