// Performance levels as agents name them, and what they may ask for: a level within the limits, and limits.
// SCMI 3.2 (Arm DEN0056E), section 4.5.3: level indexing mode, LIMITS_SET and LEVEL_SET.

import { rateIsHeld } from "../hardware/clock-holds";
import { clockRow } from "../hardware/clock-tree";
import {
	currentPoint,
	pointAt,
	pointCount,
	setPoint,
} from "../hardware/operating-points";
import { railRow } from "../hardware/rails";
import { Rounding } from "../hardware/rounding";
import { OperatingPoint, Performance } from "../image";
import { Address, State } from "../layout";
import { agentRow } from "./agents";
import { isDenied } from "./permissions";
import { Status } from "./status";
import { levelIsHeld } from "./voltage";

/** Whether an agent names a domain's levels by their indices. */
export function usesIndices(domain: usize, agent: u32): bool {
	return (load<u32>(domain, Performance.INDEXED) & (1 << agent)) !== 0;
}

/** What an agent calls the operating point at a position: its level or its index. */
export function levelAt(domain: usize, position: u32, agent: u32): u32 {
	const point = pointAt(domain, position);
	return usesIndices(domain, agent)
		? load<u32>(point, OperatingPoint.INDEX)
		: load<u32>(point, OperatingPoint.LEVEL);
}

/** How many levels are no higher than this one. */
function levelsUpTo(domain: usize, level: u32, agent: u32): u32 {
	const count = pointCount(domain);
	let i: u32 = 0;
	while (i < count && levelAt(domain, i, agent) <= level) i++;
	return i;
}

/** An agent asks for a level; of several agents' levels, all within their limits, the last one is in force. Returns a status. */
export function requestLevel(domain: usize, agent: u32, level: u32): i32 {
	const count = levelsUpTo(domain, level, agent);
	if (count === 0) return Status.OUT_OF_RANGE;
	const position = count - 1;
	const known = levelAt(domain, position, agent) === level;
	const allowed =
		position >= load<u32>(domain, Performance.MIN) &&
		position <= load<u32>(domain, Performance.MAX);
	if (!known || !allowed) return Status.OUT_OF_RANGE;
	if (isDenied(agentRow(agent), domain + Performance.DENIED_TO))
		return Status.DENIED;
	if (pointIsHeld(domain, position, agent)) return Status.DENIED;
	return setPoint(domain, position) ? 0 : Status.HARDWARE_ERROR;
}

/**
 * An agent sets its limits; a level outside of what all agents allow then moves to the nearer end first. A limit between
 * two levels counts as the level inside of it. DENIED when that leaves no level which the others allow. Returns a status.
 * @param zeroKeeps a limit of 0 stays what this agent has set
 */
export function requestLimits(
	domain: usize,
	agent: u32,
	highest: u32,
	lowest: u32,
	zeroKeeps: bool,
): i32 {
	const own = load<u8>(domain + agent, Performance.AGENT_LIMITS);
	const keepsMax = zeroKeeps && highest === 0;
	const keepsMin = zeroKeeps && lowest === 0;
	if (keepsMax && keepsMin) return Status.OUT_OF_RANGE;
	if (!keepsMax && !isWithin(domain, highest, agent))
		return Status.OUT_OF_RANGE;
	if (!keepsMin && !isWithin(domain, lowest, agent)) return Status.OUT_OF_RANGE;
	const top = keepsMax
		? highestOf(own)
		: levelsUpTo(domain, highest, agent) - 1;
	const bottom = keepsMin
		? lowestOf(own)
		: levelsUpTo(domain, lowest - 1, agent);
	if (bottom > top) return Status.INVALID_PARAMETERS;
	if (isDenied(agentRow(agent), domain + Performance.DENIED_TO))
		return Status.DENIED;
	const all = withOthers(domain, agent, pack(bottom, top));
	if (lowestOf(all) > highestOf(all)) return Status.DENIED;
	const current = currentPoint(domain);
	const nearest = min(max(current, lowestOf(all)), highestOf(all));
	if (nearest !== current) {
		if (pointIsHeld(domain, nearest, agent)) return Status.DENIED;
		if (!setPoint(domain, nearest)) return Status.HARDWARE_ERROR;
	}
	setLimits(domain, agent, pack(bottom, top));
	return 0;
}

/** Whether another agent holds the clock or the rail that an operating point would change. */
function pointIsHeld(domain: usize, position: u32, agent: u32): bool {
	const point = pointAt(domain, position);
	const clock = clockRow(load<u32>(domain, Performance.CLOCK));
	const rail = railRow(load<u32>(domain, Performance.RAIL));
	const rate = load<u64>(point, OperatingPoint.RATE);
	const microvolts = load<i32>(point, OperatingPoint.MICROVOLTS);
	return (
		rateIsHeld(clock, rate, Rounding.DOWN, agent) ||
		levelIsHeld(rail, microvolts, agent)
	);
}

// An agent's limits are a byte, see Performance.AGENT_LIMITS. The limits in force are what all agents allow: there is
// always such a level, because an agent cannot set limits that have none in common with the others'.

function pack(lowest: u32, highest: u32): u32 {
	return (highest << 4) | lowest;
}

function lowestOf(limits: u32): u32 {
	return limits & 15;
}

function highestOf(limits: u32): u32 {
	return limits >> 4;
}

/** Position of the lowest operating point that an agent itself allows. */
export function ownLowest(domain: usize, agent: u32): u32 {
	return lowestOf(load<u8>(domain + agent, Performance.AGENT_LIMITS));
}

/** Position of the highest one. */
export function ownHighest(domain: usize, agent: u32): u32 {
	return highestOf(load<u8>(domain + agent, Performance.AGENT_LIMITS));
}

/** What an agent allows by these limits, and all others allow by theirs. */
function withOthers(domain: usize, agent: u32, limits: u32): u32 {
	let lowest = lowestOf(limits);
	let highest = highestOf(limits);
	const agents = load<u32>(Address.STATE, State.AGENT_COUNT);
	for (let other: u32 = 1; other < agents; other++) {
		if (other === agent) continue;
		lowest = max(lowest, ownLowest(domain, other));
		highest = min(highest, ownHighest(domain, other));
	}
	return pack(lowest, highest);
}

function setLimits(domain: usize, agent: u32, limits: u32): void {
	const all = withOthers(domain, agent, limits);
	store<u8>(domain + agent, <u8>limits, Performance.AGENT_LIMITS);
	store<u32>(domain, highestOf(all), Performance.MAX);
	store<u32>(domain, lowestOf(all), Performance.MIN);
	store<u32>(domain, agent, Performance.LIMITS_BY);
}

/** Gives an agent limits that allow everything, as at load. */
export function allowAll(domain: usize, agent: u32): void {
	const limits = pack(0, pointCount(domain) - 1);
	store<u8>(domain + agent, <u8>limits, Performance.AGENT_LIMITS);
}

/** Takes an agent's limits back. Whether there were any. */
export function releaseLimits(domain: usize, agent: u32): bool {
	const limits = pack(0, pointCount(domain) - 1);
	const own = load<u8>(domain + agent, Performance.AGENT_LIMITS);
	if (own === <u8>limits) return false;
	setLimits(domain, agent, limits);
	return true;
}

/** Between the lowest and the highest level of all. */
function isWithin(domain: usize, level: u32, agent: u32): bool {
	return (
		level >= levelAt(domain, 0, agent) &&
		level <= levelAt(domain, pointCount(domain) - 1, agent)
	);
}
