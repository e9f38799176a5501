// The system power management protocol, 0x12.
// SCMI 3.2 (Arm DEN0056E), section 4.4.
//
// A graceful request goes to the other agents that have asked for notifications. It comes true when one of them makes
// the request forcefully, being ready, and at the latest when the platform's timeout is over; without anybody to tell at
// once. The last graceful request replaces the one before it. The specification leaves all of this to the platform, but
// for the timeout's place in the notification, which it fills for a shutdown only.

import { powerOff, restart } from "../hardware/system";
import { System } from "../image";
import { Address, State } from "../layout";
import { schedule, unschedule } from "../sim/events";
import { now } from "../sim/time";
import { agentId, agentRow } from "./agents";
import { PROTOCOL_ATTRIBUTES, row } from "./common";
import { entryFor, Reply } from "./entry";
import { canNotify, notification, send } from "./notify";
import { Status } from "./status";

const SYSTEM_POWER: u32 = 0x12;
const PROTOCOL_INDEX: u32 = 2;
const PROTOCOL_MESSAGE_ATTRIBUTES: u32 = 0x2;

const enum SystemPower {
	STATE_SET = 0x3,
	STATE_GET = 0x4,
	STATE_NOTIFY = 0x5,
}

const enum Notification {
	STATE_NOTIFIER = 0x0,
}

const V1: u32 = 0x10000;
/** The notification has a timeout. */
const V2: u32 = 0x20000;
/** Negotiation. */
const V2_1: u32 = 0x20001;

const enum SystemState {
	SHUTDOWN = 0,
	COLD_RESET = 1,
	WARM_RESET = 2,
	POWER_UP = 3,
	SUSPEND = 4,
	/** From here on they are the vendor's. */
	VENDOR = 1 << 31,
}

/** Attributes of SYSTEM_POWER_STATE_SET: bit 31 warm reset, bit 30 suspend, which is not offered. */
const WARM_RESET_SUPPORTED: u32 = 1 << 31;

const GRACEFUL: u32 = 1;
const NS_PER_MS: u64 = 1_000_000;

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_SYSTEM_POWER: u32 = V2_1;

export function isSystemPowerVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V2_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeSystemPower(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	row(table, PROTOCOL_MESSAGE_ATTRIBUTES, 4, messageAttributes.index);
	row(table, SystemPower.STATE_SET, 8, stateSet.index);
	row(table, SystemPower.STATE_GET, 0, stateGet.index);
	if (!notifies) return;
	row(
		table,
		SystemPower.STATE_NOTIFY,
		4,
		version >= V2 ? stateNotify.index : stateNotifyV1.index,
	);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, 0, Reply.AT);
	return 4;
}

/** Unlike the other protocols, this one tells what a message can do, and which notifications it lacks. */
function messageAttributes(agent: usize, index: u32, p: usize): i32 {
	const message = load<u32>(p);
	if (message === SystemPower.STATE_NOTIFY && !canNotify(agent))
		return Status.NOT_SUPPORTED;
	if (entryFor(agent, index, message) === 0) return Status.NOT_FOUND;
	const bits = message === SystemPower.STATE_SET ? WARM_RESET_SUPPORTED : 0;
	store<u32>(p, bits, Reply.AT);
	return 4;
}

function stateSet(agent: usize, _protocol: u32, p: usize): i32 {
	const flags = load<u32>(p);
	const state = load<u32>(p, 4);
	if (flags & ~GRACEFUL) return Status.INVALID_PARAMETERS;
	if (state > <u32>SystemState.SUSPEND && state < <u32>SystemState.VENDOR)
		return Status.INVALID_PARAMETERS;
	// A running system cannot be powered up; nobody here could wake a suspended one.
	if (state > <u32>SystemState.WARM_RESET) return Status.NOT_SUPPORTED;
	unschedule(force.index, 0);
	const others = watchersBut(agent);
	if (flags & GRACEFUL && others !== 0) {
		const timeout = <u64>load<u32>(systemRow(), System.TIMEOUT_MS) * NS_PER_MS;
		if (!schedule(now() + timeout, force.index, 0, state, 0))
			return Status.BUSY;
		store<u32>(systemRow(), agentId(agent), System.REQUESTER);
		tell(others, agent, flags, state);
		return 0;
	}
	tell(others, agent, flags, state);
	force(0, state, 0);
	return 0;
}

function systemRow(): usize {
	return load<u32>(Address.STATE, State.SYSTEM);
}

/** Everything ends here. */
function force(_a: u32, state: u32, _c: u32): void {
	if (state === SystemState.SHUTDOWN) powerOff(systemRow());
	else if (state === SystemState.COLD_RESET) restart(systemRow(), System.COLD);
	else restart(systemRow(), System.WARM);
}

/** A running agent sees a system that is powered up. */
function stateGet(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, SystemState.POWER_UP, Reply.AT);
	return 4;
}

function stateNotifyV1(agent: usize, _protocol: u32, p: usize): i32 {
	return watch(agent, load<u32>(p));
}

function stateNotify(agent: usize, _protocol: u32, p: usize): i32 {
	return watch(agent, load<u32>(p));
}

function watch(agent: usize, enable: u32): i32 {
	if (enable > 1) return Status.INVALID_PARAMETERS;
	const others = watchersBut(agent);
	const watchers = enable ? others | (1 << agentId(agent)) : others;
	store<u32>(systemRow(), watchers, System.WATCHERS);
	return 0;
}

/** Takes back an agent's graceful request, and tells it of no others. */
export function forgetSystem(agent: u32): void {
	const system = systemRow();
	if (system === 0) return;
	unwatchSystem(agent);
	if (load<u32>(system, System.REQUESTER) === agent) unschedule(force.index, 0);
}

/** Ends an agent's subscription. */
export function unwatchSystem(agent: u32): void {
	const system = systemRow();
	if (system === 0) return;
	const watchers = load<u32>(system, System.WATCHERS);
	store<u32>(system, watchers & ~(1 << agent), System.WATCHERS);
}

/** Who is told of requests, but for one agent. */
function watchersBut(agent: usize): u32 {
	return load<u32>(systemRow(), System.WATCHERS) & ~(1 << agentId(agent));
}

/** SYSTEM_POWER_STATE_NOTIFIER, in the layout of the version that each agent speaks. */
function tell(watchers: u32, agent: usize, flags: u32, state: u32): void {
	for (let rest = watchers; rest !== 0; rest &= rest - 1) {
		const watcher = agentRow(ctz(rest));
		const p = notification(watcher, SYSTEM_POWER, Notification.STATE_NOTIFIER);
		if (p === 0) continue;
		store<u32>(p, agentId(agent));
		store<u32>(p, flags, 4);
		store<u32>(p, state, 8);
		if (speaksV1(watcher)) {
			send(watcher, 12);
			continue;
		}
		const timed = flags & GRACEFUL && state === SystemState.SHUTDOWN;
		const timeout = timed ? load<u32>(systemRow(), System.TIMEOUT_MS) : 0;
		store<u32>(p, timeout, 12);
		send(watcher, 16);
	}
}

/** An agent's dispatch table knows its version. */
function speaksV1(agent: usize): bool {
	const entry = entryFor(agent, PROTOCOL_INDEX, SystemPower.STATE_NOTIFY);
	return (entry & 0xffff) === stateNotifyV1.index;
}
