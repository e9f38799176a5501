// The ways in which the draft firmware ends for good.
// Follows the observed behaviour of the i.MX8MM SCMI draft of 2019.

import type { FirmwareStop } from "../../mailbox/conduit.ts";

/** Thrown through the interpreter; firmware.ts makes it the firmware's state. */
export class End extends Error {
	readonly stop: FirmwareStop;

	constructor(stop: FirmwareStop) {
		super(stop.message);
		this.stop = stop;
	}
}
