// Performance levels as agents name them, and what they may ask for: a level within the limits, and limits.
// SCMI 3.2 (Arm DEN0056E), section 4.5.3: level indexing mode, LIMITS_SET and LEVEL_SET.

import {
	currentPoint,
	pointAt,
	pointCount,
	setPoint,
} from "../hardware/operating-points";
import { OperatingPoint, Performance } from "../image";
import { agentRow } from "./agents";
import { isDenied } from "./permissions";
import { Status } from "./status";

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

/** An agent asks for a level. Returns a status. */
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
	return setPoint(domain, position) ? 0 : Status.HARDWARE_ERROR;
}

/**
 * An agent sets limits; a level outside of them moves to the nearer one first. A limit between two levels counts as the
 * level inside of it. Returns a status.
 * @param zeroKeeps a limit of 0 stays what it is
 */
export function requestLimits(
	domain: usize,
	agent: u32,
	highest: u32,
	lowest: u32,
	zeroKeeps: bool,
): i32 {
	const keepsMax = zeroKeeps && highest === 0;
	const keepsMin = zeroKeeps && lowest === 0;
	if (keepsMax && keepsMin) return Status.OUT_OF_RANGE;
	if (!keepsMax && !isWithin(domain, highest, agent))
		return Status.OUT_OF_RANGE;
	if (!keepsMin && !isWithin(domain, lowest, agent)) return Status.OUT_OF_RANGE;
	const top = keepsMax
		? load<u32>(domain, Performance.MAX)
		: levelsUpTo(domain, highest, agent) - 1;
	const bottom = keepsMin
		? load<u32>(domain, Performance.MIN)
		: levelsUpTo(domain, lowest - 1, agent);
	if (bottom > top) return Status.INVALID_PARAMETERS;
	if (isDenied(agentRow(agent), domain + Performance.DENIED_TO))
		return Status.DENIED;
	const current = currentPoint(domain);
	const nearest = min(max(current, bottom), top);
	if (nearest !== current && !setPoint(domain, nearest))
		return Status.HARDWARE_ERROR;
	store<u32>(domain, top, Performance.MAX);
	store<u32>(domain, bottom, Performance.MIN);
	store<u32>(domain, agent, Performance.LIMITS_BY);
	return 0;
}

/** Between the lowest and the highest level of all. */
function isWithin(domain: usize, level: u32, agent: u32): bool {
	return (
		level >= levelAt(domain, 0, agent) &&
		level <= levelAt(domain, pointCount(domain) - 1, agent)
	);
}
