// Fast channels: words in shared memory that stand for LEVEL_SET, LEVEL_GET, LIMITS_SET and LIMITS_GET of one domain.
// SCMI 3.2 (Arm DEN0056E), section 4.5, DESCRIBE_FASTCHANNEL; no doorbells, the platform looks.
//
// The platform looks whenever virtual time advances, and before it serves a message about a level or limits, so that
// what was written before a message counts before it. A value that was there at the last look is no new request. The last
// one to ask wins, whichever way: once a message, another agent or a register has changed level or limits, the platform
// writes what is in force now into the channels to get and to set, and any other value there is a request again; to set
// limits, what this agent has set, which others' limits narrow. Values
// that no message could ask for change nothing, and stay.

import { currentPoint } from "../hardware/operating-points";
import { FastChannels, Performance } from "../image";
import { levelAt, ownHighest, ownLowest } from "./performance-levels";

/** Whether an agent has fast channels to a domain, in the version that it speaks. */
export function hasFastChannels(domain: usize, agent: u32): bool {
	return (
		load<u32>(domain, Performance.FAST_VERSION) !== 0 &&
		load<u32>(domain, Performance.FAST_AGENT) === agent
	);
}

/** An agent speaks another version now: with it the names of the levels change, and whether there are fast channels. */
export function openFastChannels(domain: usize, version: u32): void {
	store<u32>(domain, version, Performance.FAST_VERSION);
	// What was asked for by the old names, or without fast channels, is void.
	const channels = load<u32>(domain, Performance.FAST_LINEAR);
	const asked = load<u32>(channels, FastChannels.LEVEL_SET);
	store<u32>(domain, asked, Performance.SEEN_LEVEL);
	writeLevel(domain);
	writeLimits(domain);
}

/** Writes the level in force, but not over a request that nobody has looked at yet. */
export function writeLevel(domain: usize): void {
	if (load<u32>(domain, Performance.FAST_VERSION) === 0) return;
	const channels = load<u32>(domain, Performance.FAST_LINEAR);
	const agent = load<u32>(domain, Performance.FAST_AGENT);
	const level = levelAt(domain, currentPoint(domain), agent);
	store<u32>(channels, level, FastChannels.LEVEL_GET);
	const asked = load<u32>(channels, FastChannels.LEVEL_SET);
	if (asked !== load<u32>(domain, Performance.SEEN_LEVEL)) return;
	store<u32>(channels, level, FastChannels.LEVEL_SET);
	store<u32>(domain, level, Performance.SEEN_LEVEL);
}

/** Writes the limits in force, and those that the agent itself has set. */
export function writeLimits(domain: usize): void {
	if (load<u32>(domain, Performance.FAST_VERSION) === 0) return;
	const channels = load<u32>(domain, Performance.FAST_LINEAR);
	const agent = load<u32>(domain, Performance.FAST_AGENT);
	const max = levelAt(domain, load<u32>(domain, Performance.MAX), agent);
	const min = levelAt(domain, load<u32>(domain, Performance.MIN), agent);
	store<u32>(channels, max, FastChannels.LIMITS_GET);
	store<u32>(channels, min, FastChannels.LIMITS_GET + 4);
	const ownMax = levelAt(domain, ownHighest(domain, agent), agent);
	const ownMin = levelAt(domain, ownLowest(domain, agent), agent);
	store<u32>(channels, ownMax, FastChannels.LIMITS_SET);
	store<u32>(channels, ownMin, FastChannels.LIMITS_SET + 4);
	store<u32>(domain, ownMax, Performance.SEEN_MAX);
	store<u32>(domain, ownMin, Performance.SEEN_MIN);
}
