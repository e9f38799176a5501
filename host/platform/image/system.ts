// How a platform is turned off and reset, compiled into the image.
// The format is assembly/image.ts.

import { System } from "../../../assembly/image.ts";
import { invalid, type Tables } from "./tables.ts";

export function addSystem(tables: Tables): void {
	const { system, protocols } = tables.platform;
	if (system === null) {
		if (protocols.systemPower !== undefined)
			throw invalid(
				"the system power protocol is served, but system is null: how is it turned off?",
			);
		return;
	}
	const { off, reset, gracefulTimeoutMs } = system;
	const row = tables.system.row();
	row.u32(System.OFF, off.address);
	row.u32(System.OFF_BITS, off.bits);
	row.u32(System.RESET, reset.address);
	row.u32(System.RESET_LINES, reset.lines);
	row.u32(System.RESET_KEEP, reset.keep);
	row.u32(System.COLD, reset.cold);
	row.u32(System.WARM, reset.warm);
	row.u32(System.TIMEOUT_MS, gracefulTimeoutMs);
}
