// What a platform says of its supplies, which SCMI calls voltage domains.
// Tables, compiled by image/rails.ts for assembly/platform/rails.ts.

/** A level of a supply: the selecting bits of its register, in their place, and what they give in µV. */
export interface RailLevel {
	select: number;
	microvolts: number;
}

/** Bits of a register at a physical address. */
export interface RegisterBits {
	address: number;
	mask: number;
}

/** A supply. Levels are in µV, from -2^31 to 2^31 - 1. */
export interface Rail {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
	/** The bits that select its level, at most 8 of them. */
	selector: RegisterBits;
	/** The bits that are all set while it is on. */
	enable: RegisterBits;
	/** One for each value of the selecting bits; the first one of several with the same level is the one that is written. */
	levels: readonly RailLevel[];
	/** The board's limits: agents cannot set what is not within them. */
	min: number;
	max: number;
	/** Slope of a change in µV per µs; 0 when its time does not depend on the distance. */
	rampRate: number;
	/** ns that a change takes besides, and ns from enabled to on; a second at most. */
	settleNs: number;
	enableNs: number;
	/** Must not be switched off. */
	alwaysOn: boolean;
}
