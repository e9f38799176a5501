// What a platform says of its supplies, which SCMI calls voltage domains.
// Tables, compiled by image/rails.ts for assembly/platform/rails.ts.

/** A supply. */
export interface Rail {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
}
