// Fast channels: words in shared memory that stand for LEVEL_SET, LEVEL_GET, LIMITS_SET and LIMITS_GET of one domain.
// SCMI 3.2 (Arm DEN0056E), sections 4.5.3 (DESCRIBE_FASTCHANNEL), 4.5.5 and 5.3; no doorbells, the platform looks.
//
// The platform looks whenever virtual time advances, and before it serves a message about a level or limits, so that
// what was written before a message counts before it. A value that was there at the last look is no new request. The last
// one to ask wins, whichever way: as soon as anything changes level or limits, a message, another agent, registers, the
// platform writes what is in force now into the channels to get and to set, and any other value there is a request again.
// Values that no message could ask for change nothing, and stay.

import { currentPoint } from "../hardware/operating-points";
import { FastChannels, Performance } from "../image";
import { levelAt } from "./performance-levels";

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
	writeFastChannels(domain);
}

/** Writes what is in force. */
export function writeFastChannels(domain: usize): void {
	if (load<u32>(domain, Performance.FAST_VERSION) === 0) return;
	const channels = load<u32>(domain, Performance.FAST_LINEAR);
	const agent = load<u32>(domain, Performance.FAST_AGENT);
	const level = levelAt(domain, currentPoint(domain), agent);
	const max = levelAt(domain, load<u32>(domain, Performance.MAX), agent);
	const min = levelAt(domain, load<u32>(domain, Performance.MIN), agent);
	store<u32>(channels, level, FastChannels.LEVEL_GET);
	store<u32>(channels, max, FastChannels.LIMITS_GET);
	store<u32>(channels, min, FastChannels.LIMITS_GET + 4);
	store<u32>(channels, level, FastChannels.LEVEL_SET);
	store<u32>(channels, max, FastChannels.LIMITS_SET);
	store<u32>(channels, min, FastChannels.LIMITS_SET + 4);
	store<u32>(domain, level, Performance.SEEN_LEVEL);
	store<u32>(domain, max, Performance.SEEN_MAX);
	store<u32>(domain, min, Performance.SEEN_MIN);
}
