// The protocols that the engine has: their versions, and what each message means to an agent at the version it speaks.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.1, 4.2.2.3, 4.2.2.4 and their twins in the other protocols.

import { Agent } from "../image";
import { forgetCall } from "../last-call";
import { Address, Dispatch, State } from "../layout";
import { agentId } from "./agents";
import { describeBase, isBaseVersion, NEGOTIABLE_BASE } from "./base";
import { describeClock, isClockVersion, NEGOTIABLE_CLOCK } from "./clock";
import { row } from "./common";
import { entryFor, Reply } from "./entry";
import { canNotify } from "./notify";
import {
	describePerformance,
	isPerformanceVersion,
	NEGOTIABLE_PERFORMANCE,
} from "./performance";
import { unwatchPerformance } from "./performance-changes";
import {
	describePowerDomain,
	isPowerDomainVersion,
	NEGOTIABLE_POWER_DOMAIN,
} from "./power-domain";
import {
	describeResetDomain,
	isResetDomainVersion,
	NEGOTIABLE_RESET_DOMAIN,
	unwatchResets,
} from "./reset-domain";
import { describeSensor, isSensorVersion, NEGOTIABLE_SENSOR } from "./sensor";
import { resetSensors } from "./sensor-samples";
import { Status } from "./status";
import {
	describeSystemPower,
	isSystemPowerVersion,
	NEGOTIABLE_SYSTEM_POWER,
	unwatchSystem,
} from "./system-power";
import {
	describeVoltage,
	isVoltageVersion,
	NEGOTIABLE_VOLTAGE,
} from "./voltage";
import { unwatch } from "./watches";

const enum Id {
	BASE = 0x10,
	POWER_DOMAIN = 0x11,
	SYSTEM_POWER = 0x12,
	PERFORMANCE = 0x13,
	CLOCK = 0x14,
	SENSOR = 0x15,
	RESET_DOMAIN = 0x16,
	VOLTAGE = 0x17,
}

/** Messages that every protocol has; PROTOCOL_ATTRIBUTES, 0x1, is each protocol's own. */
const enum Common {
	PROTOCOL_VERSION = 0x0,
	PROTOCOL_MESSAGE_ATTRIBUTES = 0x2,
	NEGOTIATE_PROTOCOL_VERSION = 0x10,
}

/** Whether the engine has this version of a protocol. */
export function isVersion(protocol: u32, version: u32): bool {
	switch (protocol) {
		case Id.BASE:
			return isBaseVersion(version);
		case Id.POWER_DOMAIN:
			return isPowerDomainVersion(version);
		case Id.SYSTEM_POWER:
			return isSystemPowerVersion(version);
		case Id.PERFORMANCE:
			return isPerformanceVersion(version);
		case Id.CLOCK:
			return isClockVersion(version);
		case Id.SENSOR:
			return isSensorVersion(version);
		case Id.RESET_DOMAIN:
			return isResetDomainVersion(version);
		case Id.VOLTAGE:
			return isVoltageVersion(version);
		default:
			return false;
	}
}

/** The first version of a protocol that has NEGOTIATE_PROTOCOL_VERSION. */
function negotiableSince(protocol: u32): u32 {
	switch (protocol) {
		case Id.BASE:
			return NEGOTIABLE_BASE;
		case Id.POWER_DOMAIN:
			return NEGOTIABLE_POWER_DOMAIN;
		case Id.SYSTEM_POWER:
			return NEGOTIABLE_SYSTEM_POWER;
		case Id.PERFORMANCE:
			return NEGOTIABLE_PERFORMANCE;
		case Id.CLOCK:
			return NEGOTIABLE_CLOCK;
		case Id.SENSOR:
			return NEGOTIABLE_SENSOR;
		case Id.RESET_DOMAIN:
			return NEGOTIABLE_RESET_DOMAIN;
		default:
			return NEGOTIABLE_VOLTAGE;
	}
}

/** The version that the platform implements; 0 when it does not serve the protocol. */
function platformVersion(protocol: u32): u32 {
	const index = protocol - Dispatch.FIRST_PROTOCOL;
	return load<u32>(Address.STATE + State.VERSIONS + (index << 2));
}

/** Makes an agent speak a version: rebuilds its dispatch table for that protocol. */
export function speak(agent: usize, protocol: u32, version: u32): void {
	const index = protocol - Dispatch.FIRST_PROTOCOL;
	const table =
		load<u32>(agent, Agent.DISPATCH) + index * Dispatch.PROTOCOL_STRIDE;
	memory.fill(table, 0, Dispatch.PROTOCOL_STRIDE);
	row(table, Common.PROTOCOL_VERSION, 0, protocolVersion.index);
	row(table, Common.PROTOCOL_MESSAGE_ATTRIBUTES, 4, messageAttributes.index);
	// An agent that went back to an older version may come forward again.
	if (platformVersion(protocol) >= negotiableSince(protocol)) {
		row(table, Common.NEGOTIATE_PROTOCOL_VERSION, 4, negotiate.index);
	}
	describe(protocol, table, version, canNotify(agent));
	forgetCall();
}

function describe(
	protocol: u32,
	table: usize,
	version: u32,
	notifies: bool,
): void {
	switch (protocol) {
		case Id.BASE:
			describeBase(table, version, notifies);
			break;
		case Id.POWER_DOMAIN:
			describePowerDomain(table, version, notifies);
			break;
		case Id.SYSTEM_POWER:
			describeSystemPower(table, version, notifies);
			break;
		case Id.PERFORMANCE:
			describePerformance(table, version, notifies);
			break;
		case Id.CLOCK:
			describeClock(table, version, notifies);
			break;
		case Id.SENSOR:
			describeSensor(table, version, notifies);
			break;
		case Id.RESET_DOMAIN:
			describeResetDomain(table, version, notifies);
			break;
		default:
			describeVoltage(table, version, notifies);
			break;
	}
}

/** Lets an agent speak the versions that the platform implements, as at load. */
export function speakAsAtLoad(agent: usize): void {
	for (let i: u32 = 0; i < <u32>Dispatch.PROTOCOLS; i++) {
		const protocol = Dispatch.FIRST_PROTOCOL + i;
		const version = platformVersion(protocol);
		if (version !== 0) speak(agent, protocol, version);
	}
}

function protocolVersion(_agent: usize, index: u32, p: usize): i32 {
	store<u32>(p, platformVersion(index + Dispatch.FIRST_PROTOCOL), Reply.AT);
	return 4;
}

function messageAttributes(agent: usize, index: u32, p: usize): i32 {
	if (entryFor(agent, index, load<u32>(p)) === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	return 4;
}

function negotiate(agent: usize, index: u32, p: usize): i32 {
	const protocol = index + Dispatch.FIRST_PROTOCOL;
	const version = load<u32>(p);
	const known = isVersion(protocol, version);
	if (!known || version > platformVersion(protocol))
		return Status.NOT_SUPPORTED;
	speak(agent, protocol, version);
	endSubscriptions(protocol, agent);
	return 0;
}

// What an agent subscribed to, and how it set up its sensors, another version may have no word for.
function endSubscriptions(protocol: u32, agent: usize): void {
	const id = agentId(agent);
	switch (protocol) {
		case Id.SYSTEM_POWER:
			unwatchSystem(id);
			break;
		case Id.PERFORMANCE:
			unwatchPerformance(id);
			break;
		case Id.SENSOR:
			resetSensors(agent);
			break;
		case Id.RESET_DOMAIN:
			unwatchResets(id);
			break;
		default:
			unwatch(protocol, id);
			break;
	}
}
