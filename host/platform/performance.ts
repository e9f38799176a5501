// What a platform says of its performance domains and their operating points.
// Tables, compiled by image/performance.ts for assembly/platform/performance.ts.

/** A rate and the voltage that it needs, as agents see it: a performance level. */
export interface OperatingPoint {
	/** Performance level, 1 to 2^32 - 1: any number that grows with the rate. */
	level: number;
	/**
	 * Level index, 1 to 2^32 - 1, growing likewise. A domain whose operating points all have one is in level indexing mode
	 * from version 0x40000 on: agents name levels by it then. 0 cannot be one, since it is "unchanged" as a limit.
	 */
	index?: number;
	/** Hz. */
	rate: number;
	/** µV. A level that the rail does not have makes the operating point one that cannot be reached. */
	microvolts: number;
	/** Power in µW, told in mW, rounded up, before version 0x30000; 0 when it is not told. */
	power: number;
	/** Time that a change to it takes at most, 0 to 65535 µs. */
	latency: number;
}

/**
 * Fast channels of one agent: 24 bytes of plain memory, at a multiple of 8. In turn: level to set, level to get, limits to
 * set, limits to get; levels have 4 bytes, limits 8, the highest first.
 */
export interface FastChannelArea {
	agent: string;
	/** Physical address. */
	address: number;
	/** Time between two requests that the agent is told to keep, 0 to 1048575 µs, 0 for none. */
	rateLimit: number;
}

/** A performance domain. */
export interface PerformanceDomain {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
	/** Names of the clock and of the rail that its operating points set. */
	clock: string;
	rail: string;
	/** 1 to 16, with ascending rates. */
	points: readonly OperatingPoint[];
	/** Level of the one that it can sustain. */
	sustained: number;
	/** Time between two requests by message that agents are told to keep, 0 to 1048575 µs, 0 for none. */
	rateLimit: number;
	/** From version 0x20000 on; null when it has none. */
	fastChannels: FastChannelArea | null;
}
