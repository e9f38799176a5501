// What a platform says of its performance domains and their operating points.
// Tables, compiled by image/performance.ts for assembly/platform/performance.ts.

/** A performance domain. */
export interface PerformanceDomain {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
}
