// A management processor of a platform: the messaging unit between it and the application processor, and what its work costs.
// Delays in whole ns.

/** Every delay is 0 to 2^32 - 1. */
export interface Management {
	/** Side A's registers: physical address and size in bytes. */
	address: number;
	size: number;
	/** `compatible` of its devicetree node, the most specific first. */
	compatible: readonly string[];
	/** Number of the shared peripheral interrupt that side A raises. */
	interrupt: number;
	/**
	 * Function ID of the channel behind each doorbell, from doorbell 0 on; at most four. The firmware on the management
	 * processor serves the same channels as the one behind SMC.
	 */
	doorbells: readonly number[];
	/** From side A's interrupt to the first instruction of its handler, on the application processor. */
	agentInterruptNs: number;
	/** The same on side B, for a management processor that sleeps. */
	interruptNs: number;
	/** One look at the doorbells: before each command, and once more before the processor sleeps again. */
	pollNs: number;
}
