// What a platform says of how it is turned off and reset.
// Tables, compiled by image/system.ts for assembly/platform/system.ts.

/** Registers that turn the system off and reset it, physical addresses. */
export interface SystemRegisters {
	/** Power goes off when all of `bits` are written as 1. */
	off: { address: number; bits: number };
	/** A reset happens when one of `lines`, which are active low, is written as 0. */
	reset: {
		address: number;
		lines: number;
		/** Bits that the firmware keeps when it writes the register, none of `lines`. */
		keep: number;
		/** Bits that it sets besides, for a cold reset and for a warm one; not all of `lines`. */
		cold: number;
		warm: number;
	};
	/** ms from a graceful request, of which agents have been told, to a forceful one by the platform; 1 to 2^32 - 1. */
	gracefulTimeoutMs: number;
}
