// What a platform says of its reset domains.
// Tables, compiled by image/resets.ts for assembly/platform/resets.ts.

/** A reset domain. */
export interface Reset {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
}
