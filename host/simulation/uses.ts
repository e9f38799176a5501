// What an operating system has asked for while it probed its devices, as its own use counts know it.
// Linux: enable_count of clocks and regulators, devices of a generic power domain, deassert_count of resets.

/** IDs of clocks, power domains and rails that are in use, and of lines that were released. */
export class Uses {
	readonly clocks = new Set<number>();
	readonly powerDomains = new Set<number>();
	readonly rails = new Set<number>();
	readonly resets = new Set<number>();
}
