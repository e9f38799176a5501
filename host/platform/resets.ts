// What a platform says of its reset domains.
// Tables, compiled by image/resets.ts for assembly/platform/resets.ts.

/** A reset domain: one line, on bits of a register. */
export interface Reset {
	/** SCMI ID; IDs may be left out. */
	id: number;
	/** At most 63 characters. */
	name: string;
	/** Physical address of the register with the line's bits. */
	address: number;
	/** Bit numbers, 0 to 31; all of them move together. */
	bits: readonly number[];
	/** Their value while the line is asserted. */
	assertedWhen: 0 | 1;
	/** ns that an autonomous reset keeps it asserted. */
	pulseNs: number;
	/** The agents themselves run on what it resets: RESET is DENIED to all of them. */
	denied?: boolean;
}

/** The line's bits as a mask. */
export function resetBits(reset: Reset): number {
	return reset.bits.reduce((mask, bit) => mask | (1 << bit), 0) >>> 0;
}
