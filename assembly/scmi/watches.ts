// Watches: which agents have asked to be told of which clock's rate and which power domain's state, and the telling.
// SCMI 3.2 (Arm DEN0056E), sections 4.3.3 and 4.6.4, and the messages that subscribe, in 4.3.2 and 4.6.2.
//
// An agent is told of a change whoever made it, itself included, whether by a command for this ID, for another clock or
// domain that drags it along, or by writing registers; the notification names the agent whose command did it, or the
// platform. Of a request it is told when another agent has made it, whether it changes anything or not. An alias is
// watched as the clock behind it, and told of under the ID that the agent has subscribed to.

import { findClock, rateOf } from "../hardware/clock-tree";
import { settlePower } from "../hardware/power-controller";
import { domainRow } from "../hardware/power-domains";
import { generation } from "../hardware/registers";
import { Address, ClockWatch, DomainWatch, State } from "../layout";
import { callAttention } from "../sim/time";
import { agentRow } from "./agents";
import { watchErrors } from "./base";
import { notification, send } from "./notify";
import { noticeLevels } from "./performance-changes";
import { powerStateOf } from "./power-domain";

const enum Id {
	BASE = 0x10,
	POWER_DOMAIN = 0x11,
	CLOCK = 0x14,
}

/** CLOCK_RATE_CHANGED and POWER_STATE_CHANGED; CLOCK_RATE_CHANGE_REQUESTED and POWER_STATE_CHANGE_REQUESTED. */
const enum Notification {
	CHANGED = 0x0,
	REQUESTED = 0x1,
}

/** Their payload: who did it, what is watched, and its rate or state. */
const enum Payload {
	AGENT = 0,
	WATCHED = 4,
	VALUE = 8,
}

function clockCount(): u32 {
	return load<u32>(Address.STATE, State.CLOCK_COUNT);
}

function clockWatch(id: u32): usize {
	return load<u32>(Address.STATE, State.CLOCK_WATCHES) + id * ClockWatch.SIZE;
}

function domainCount(): u32 {
	return load<u32>(Address.STATE, State.DOMAIN_COUNT);
}

function domainWatch(id: u32): usize {
	return load<u32>(Address.STATE, State.DOMAIN_WATCHES) + id * DomainWatch.SIZE;
}

/** Sets or clears an agent's bit in the word at `agents`; once is enough for both. */
function subscribe(agents: usize, agent: u32, on: bool): void {
	const bits = load<u32>(agents);
	const bit: u32 = 1 << agent;
	if (((bits & bit) !== 0) === on) return;
	store<u32>(agents, bits ^ bit);
	const watches = load<u32>(Address.STATE, State.WATCHES);
	store<u32>(Address.STATE, on ? watches + 1 : watches - 1, State.WATCHES);
	callAttention();
}

/** CLOCK_RATE_NOTIFY, for an ID that is known to be valid. */
export function watchRate(id: u32, agent: u32, on: bool): void {
	const watch = clockWatch(id);
	// Whoever watches already has been told of it, before this command was served.
	store<u64>(watch, rateOf(findClock(id)), ClockWatch.RATE);
	subscribe(watch + ClockWatch.CHANGED, agent, on);
}

/** CLOCK_RATE_CHANGE_REQUESTED_NOTIFY. */
export function watchRateRequests(id: u32, agent: u32, on: bool): void {
	subscribe(clockWatch(id) + ClockWatch.REQUESTED, agent, on);
}

/** POWER_STATE_NOTIFY. */
export function watchState(id: u32, agent: u32, on: bool): void {
	const watch = domainWatch(id);
	store<u32>(watch, powerStateOf(domainRow(id)), DomainWatch.STATE);
	subscribe(watch + DomainWatch.CHANGED, agent, on);
}

/** POWER_STATE_CHANGE_REQUESTED_NOTIFY. */
export function watchStateRequests(id: u32, agent: u32, on: bool): void {
	subscribe(domainWatch(id) + DomainWatch.REQUESTED, agent, on);
}

/** Ends an agent's subscriptions in one of the protocols here, as when it begins to speak another version of it. */
export function unwatch(protocol: u32, agent: u32): void {
	if (load<u32>(Address.STATE, State.CLOCK_WATCHES) === 0) return;
	if (protocol === Id.BASE) {
		watchErrors(agent, false);
	} else if (protocol === Id.POWER_DOMAIN) {
		for (let id: u32 = 0; id < domainCount(); id++) {
			subscribe(domainWatch(id) + DomainWatch.CHANGED, agent, false);
			subscribe(domainWatch(id) + DomainWatch.REQUESTED, agent, false);
		}
	} else if (protocol === Id.CLOCK) {
		for (let id: u32 = 0; id < clockCount(); id++) {
			subscribe(clockWatch(id) + ClockWatch.CHANGED, agent, false);
			subscribe(clockWatch(id) + ClockWatch.REQUESTED, agent, false);
		}
	}
}

/** Ends all of an agent's subscriptions in the protocols here. */
export function unwatchAll(agent: u32): void {
	unwatch(Id.BASE, agent);
	unwatch(Id.POWER_DOMAIN, agent);
	unwatch(Id.CLOCK, agent);
}

/** An agent has asked for another rate of a clock, in Hz. */
export function rateRequested(clock: usize, agent: u32, rate: u64): void {
	if (load<u32>(Address.STATE, State.WATCHES) === 0) return;
	for (let id: u32 = 0; id < clockCount(); id++) {
		const agents =
			load<u32>(clockWatch(id), ClockWatch.REQUESTED) & ~(1 << agent);
		if (agents !== 0 && findClock(id) === clock)
			tellRate(agents, Notification.REQUESTED, agent, id, rate);
	}
}

/** An agent has asked for a power state of a domain. */
export function stateRequested(id: u32, agent: u32, state: u32): void {
	if (load<u32>(Address.STATE, State.WATCHES) === 0) return;
	const agents =
		load<u32>(domainWatch(id), DomainWatch.REQUESTED) & ~(1 << agent);
	tellState(agents, Notification.REQUESTED, agent, id, state);
}

/**
 * Tells everybody who has asked for it what has changed since the last look, by the hand of agent `cause`. To be called
 * when State.WATCHES is not 0; nothing is compared unless something was written that may matter.
 */
export function notifyChanges(cause: u32): void {
	settlePower();
	const registers = generation();
	if (registers !== load<u32>(Address.STATE, State.WATCHED_GENERATION)) {
		store<u32>(Address.STATE, registers, State.WATCHED_GENERATION);
		compareRates(cause);
		noticeLevels(cause);
	}
	const power = load<u32>(Address.STATE, State.POWER_CHANGES);
	if (power !== load<u32>(Address.STATE, State.WATCHED_POWER_CHANGES)) {
		store<u32>(Address.STATE, power, State.WATCHED_POWER_CHANGES);
		compareStates(cause);
	}
}

function compareRates(cause: u32): void {
	for (let id: u32 = 0; id < clockCount(); id++) {
		const watch = clockWatch(id);
		const agents = load<u32>(watch, ClockWatch.CHANGED);
		if (agents === 0) continue;
		const rate = rateOf(findClock(id));
		if (rate === load<u64>(watch, ClockWatch.RATE)) continue;
		store<u64>(watch, rate, ClockWatch.RATE);
		tellRate(agents, Notification.CHANGED, cause, id, rate);
	}
}

function compareStates(cause: u32): void {
	for (let id: u32 = 0; id < domainCount(); id++) {
		const watch = domainWatch(id);
		const agents = load<u32>(watch, DomainWatch.CHANGED);
		if (agents === 0) continue;
		const state = powerStateOf(domainRow(id));
		if (state === load<u32>(watch, DomainWatch.STATE)) continue;
		store<u32>(watch, state, DomainWatch.STATE);
		tellState(agents, Notification.CHANGED, cause, id, state);
	}
}

function tellRate(
	agents: u32,
	what: u32,
	cause: u32,
	id: u32,
	rate: u64,
): void {
	for (let rest = agents; rest !== 0; rest &= rest - 1) {
		const agent = agentRow(ctz(rest));
		const p = notification(agent, Id.CLOCK, what);
		if (p === 0) continue;
		store<u32>(p, cause, Payload.AGENT);
		store<u32>(p, id, Payload.WATCHED);
		store<u64>(p, rate, Payload.VALUE);
		send(agent, Payload.VALUE + 8);
	}
}

function tellState(
	agents: u32,
	what: u32,
	cause: u32,
	id: u32,
	state: u32,
): void {
	for (let rest = agents; rest !== 0; rest &= rest - 1) {
		const agent = agentRow(ctz(rest));
		const p = notification(agent, Id.POWER_DOMAIN, what);
		if (p === 0) continue;
		store<u32>(p, cause, Payload.AGENT);
		store<u32>(p, id, Payload.WATCHED);
		store<u32>(p, state, Payload.VALUE);
		send(agent, Payload.VALUE + 4);
	}
}
