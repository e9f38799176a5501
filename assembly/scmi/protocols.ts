// The protocols that the engine has: their versions, and what each message means to an agent at the version it speaks.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.1, 4.2.2.3, 4.2.2.4 and their twins in the other protocols.

import { Agent, Protocol } from "../image";
import { Address, Dispatch, State } from "../layout";
import { describeBase, isBaseVersion, NEGOTIABLE_BASE } from "./base";
import { describeClock, isClockVersion, NEGOTIABLE_CLOCK } from "./clock";
import { row } from "./common";
import { entryFor, Reply } from "./entry";
import {
	describePowerDomain,
	isPowerDomainVersion,
	NEGOTIABLE_POWER_DOMAIN,
} from "./power-domain";
import { Status } from "./status";

const enum Id {
	BASE = 0x10,
	POWER_DOMAIN = 0x11,
	CLOCK = 0x14,
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
		case Id.CLOCK:
			return isClockVersion(version);
		default:
			return false;
	}
}

/** The first version of a protocol that has NEGOTIATE_PROTOCOL_VERSION. */
function negotiableSince(protocol: u32): u32 {
	if (protocol === Id.BASE) return NEGOTIABLE_BASE;
	return protocol === Id.CLOCK ? NEGOTIABLE_CLOCK : NEGOTIABLE_POWER_DOMAIN;
}

/** The version that the platform implements; 0 when it does not serve the protocol. */
function platformVersion(protocol: u32): u32 {
	const rows = load<u32>(Address.STATE, State.PROTOCOLS);
	const count = load<u32>(Address.STATE, State.PROTOCOL_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const entry = rows + i * Protocol.SIZE;
		if (load<u32>(entry, Protocol.ID) === protocol) {
			return load<u32>(entry, Protocol.VERSION);
		}
	}
	return 0;
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
	if (protocol === Id.BASE) describeBase(table, version);
	else if (protocol === Id.POWER_DOMAIN) describePowerDomain(table, version);
	else if (protocol === Id.CLOCK) describeClock(table, version);
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
	return 0;
}
