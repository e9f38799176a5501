// Performance levels as rates, and as the numbers that messages name them by.
// SCMI 3.2 (Arm DEN0056E), section 4.5: level indexing mode, and sustained_freq with sustained_perf_level before it.

import type {
	PerformanceDomainAttributes,
	PerformanceLevel,
} from "../scmi/performance.ts";

/** The rate of a level in kHz; without level indexing it is proportional to the level, as agents take it. */
export function kilohertzOf(
	level: PerformanceLevel,
	domain: PerformanceDomainAttributes,
): number {
	if (domain.levelIndexing) return level.frequency ?? 0;
	const { sustainedFrequency, sustainedLevel } = domain;
	return Math.round((level.level * sustainedFrequency) / (sustainedLevel || 1));
}

/** What messages call a level: its index in level indexing mode, otherwise the level. */
export function nameOf(
	level: PerformanceLevel,
	domain: PerformanceDomainAttributes,
): number {
	return domain.levelIndexing ? (level.index ?? 0) : level.level;
}
