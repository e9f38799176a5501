// Changes of performance levels and limits: requests by fast channel are found, whoever has asked for it is told.
// SCMI 3.2 (Arm DEN0056E), section 4.5, PERFORMANCE_LIMITS_CHANGED and PERFORMANCE_LEVEL_CHANGED.

import { PLATFORM } from "../hardware/clock-gates";
import {
	currentPoint,
	performanceCount,
	performanceId,
	performanceRow,
} from "../hardware/operating-points";
import { FastChannels, Performance } from "../image";
import { Address, State } from "../layout";
import { callAttention, END_OF_TIME, now } from "../sim/time";
import { agentRow } from "./agents";
import { writeLevel, writeLimits } from "./fast-channels";
import { notification, send } from "./notify";
import {
	levelAt,
	releaseLimits,
	requestLevel,
	requestLimits,
} from "./performance-levels";

const PROTOCOL: u32 = 0x13;

const enum Changed {
	LIMITS = 0x0,
	LEVEL = 0x1,
}

/** The first version in which a limit of 0 stays what it is. */
export const ZERO_KEEPS_LIMIT: u32 = 0x30000;

/** ns between two looks when time passes by traps alone. */
const LOOK_NS: u64 = 1_000_000;

/** Looks whether an agent has written to a fast channel, and does what it says. */
export function pollFastChannels(): void {
	lookLater();
	for (let id: u32 = 0; id < performanceCount(); id++)
		lookAt(performanceRow(id));
}

/** Traps look again after a while. */
export function lookLater(): void {
	const next = performanceCount() === 0 ? END_OF_TIME : now() + LOOK_NS;
	store<u64>(Address.STATE, next, State.FAST_LOOK);
}

/** Looks whether a level has changed. `by`: the agent that may have changed registers, or PLATFORM. */
export function noticeLevels(by: u32): void {
	for (let id: u32 = 0; id < performanceCount(); id++)
		tellLevel(performanceRow(id), by);
}

// Limits come before the level: they may make room for it. An agent writes their two words one after the other, so that
// they may be found half written; a pair that makes no sense is left as it is until the other word follows.
/** Looks what the registers say, and then what the fast channels say. */
export function lookAt(domain: usize): void {
	const version = load<u32>(domain, Performance.FAST_VERSION);
	if (version === 0) {
		tellLevel(domain, PLATFORM);
		return;
	}
	const channels = load<u32>(domain, Performance.FAST_LINEAR);
	const level = load<u32>(channels, FastChannels.LEVEL_SET);
	const max = load<u32>(channels, FastChannels.LIMITS_SET);
	const min = load<u32>(channels, FastChannels.LIMITS_SET + 4);
	const otherLimits =
		max !== load<u32>(domain, Performance.SEEN_MAX) ||
		min !== load<u32>(domain, Performance.SEEN_MIN);
	const otherLevel = level !== load<u32>(domain, Performance.SEEN_LEVEL);
	store<u32>(domain, level, Performance.SEEN_LEVEL);
	store<u32>(domain, max, Performance.SEEN_MAX);
	store<u32>(domain, min, Performance.SEEN_MIN);
	tellLevel(domain, PLATFORM);
	const agent = load<u32>(domain, Performance.FAST_AGENT);
	if (otherLimits) {
		const keeps = version >= ZERO_KEEPS_LIMIT;
		limitsAnswered(
			domain,
			agent,
			requestLimits(domain, agent, max, min, keeps),
		);
	}
	if (otherLevel)
		levelAnswered(domain, agent, requestLevel(domain, agent, level));
}

/** Tells what an agent's request for a level has changed. Returns the request's status. */
export function levelAnswered(domain: usize, agent: u32, status: i32): i32 {
	if (status === 0) writeLevel(domain);
	// The clock may have fallen although the rail did not.
	tellLevel(domain, agent);
	return status;
}

/** The same for limits. */
export function limitsAnswered(domain: usize, agent: u32, status: i32): i32 {
	if (status === 0) {
		writeLimits(domain);
		writeLevel(domain);
		tellLimits(domain);
	}
	tellLevel(domain, agent);
	return status;
}

/** Takes back what an agent has asked for: its limits, and to be told. A level is nobody's. */
export function forgetPerformance(agent: u32): void {
	unwatchPerformance(agent);
	for (let id: u32 = 0; id < performanceCount(); id++) {
		const domain = performanceRow(id);
		if (releaseLimits(domain, agent)) limitsAnswered(domain, agent, 0);
	}
}

/** Ends an agent's subscriptions. */
export function unwatchPerformance(agent: u32): void {
	const bit: u32 = 1 << agent;
	for (let id: u32 = 0; id < performanceCount(); id++) {
		const domain = performanceRow(id);
		const limits = load<u32>(domain, Performance.LIMITS_WATCHERS);
		store<u32>(domain, limits & ~bit, Performance.LIMITS_WATCHERS);
		const levels = load<u32>(domain, Performance.LEVEL_WATCHERS);
		watchLevel(domain, levels & ~bit);
	}
}

/** From now on exactly these agents, a bit for each, are told of other levels. */
export function watchLevel(domain: usize, agents: u32): void {
	const before = load<u32>(domain, Performance.LEVEL_WATCHERS);
	store<u32>(domain, agents, Performance.LEVEL_WATCHERS);
	const watches = load<u32>(Address.STATE, State.WATCHES);
	store<u32>(
		Address.STATE,
		watches + popcnt(agents) - popcnt(before),
		State.WATCHES,
	);
	callAttention();
}

function tellLimits(domain: usize): void {
	const max = load<u32>(domain, Performance.MAX);
	const min = load<u32>(domain, Performance.MIN);
	const known =
		max === load<u32>(domain, Performance.TOLD_MAX) &&
		min === load<u32>(domain, Performance.TOLD_MIN);
	if (known) return;
	store<u32>(domain, max, Performance.TOLD_MAX);
	store<u32>(domain, min, Performance.TOLD_MIN);
	const watchers = load<u32>(domain, Performance.LIMITS_WATCHERS);
	for (let rest = watchers; rest !== 0; rest &= rest - 1) {
		const agent = ctz(rest);
		const p = notification(agentRow(agent), PROTOCOL, Changed.LIMITS);
		if (p === 0) continue;
		store<u32>(p, load<u32>(domain, Performance.LIMITS_BY));
		store<u32>(p, performanceId(domain), 4);
		store<u32>(p, levelAt(domain, max, agent), 8);
		store<u32>(p, levelAt(domain, min, agent), 12);
		send(agentRow(agent), 16);
	}
}

function tellLevel(domain: usize, by: u32): void {
	const position = currentPoint(domain);
	if (position === load<u32>(domain, Performance.TOLD_LEVEL)) return;
	store<u32>(domain, position, Performance.TOLD_LEVEL);
	writeLevel(domain);
	const watchers = load<u32>(domain, Performance.LEVEL_WATCHERS);
	for (let rest = watchers; rest !== 0; rest &= rest - 1) {
		const agent = ctz(rest);
		const p = notification(agentRow(agent), PROTOCOL, Changed.LEVEL);
		if (p === 0) continue;
		store<u32>(p, by);
		store<u32>(p, performanceId(domain), 4);
		store<u32>(p, levelAt(domain, position, agent), 8);
		send(agentRow(agent), 12);
	}
}
