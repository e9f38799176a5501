// A platform's supplies, which SCMI calls voltage domains, compiled into the image.
// The format is assembly/image.ts.

import { Rail, RailLevel } from "../../../assembly/image.ts";
import { byId, invalid, type Tables } from "./tables.ts";

export function addRails(tables: Tables): void {
	const rails = byId(tables.platform.rails);
	for (const [index, rail] of rails.entries()) {
		if (rail.id !== index)
			throw invalid(`rail ${rail.name}: ID ${rail.id}, expected ${index}`);
		const row = tables.rails.row();
		row.u32(Rail.NAME, tables.string(rail.name, "rail"));
		row.u32(Rail.REGISTER, rail.selector.address);
		row.u32(Rail.MASK, rail.selector.mask);
		row.u32(Rail.ENABLE_REGISTER, rail.enable.address);
		row.u32(Rail.ENABLE_MASK, rail.enable.mask);
		row.u32(Rail.LEVELS, tables.railLevels.count);
		row.u32(Rail.LEVEL_COUNT, rail.levels.length);
		row.i32(Rail.MIN, rail.min);
		row.i32(Rail.MAX, rail.max);
		row.u32(Rail.RAMP_RATE, rail.rampRate);
		row.u32(Rail.SETTLE_NS, rail.settleNs);
		row.u32(Rail.ENABLE_NS, rail.enableNs);
		row.u32(Rail.ALWAYS_ON, rail.alwaysOn ? 1 : 0);
		// Stable: of equal levels the first in the table stays the first.
		const levels = [...rail.levels].sort((a, b) => a.microvolts - b.microvolts);
		for (const { select, microvolts } of levels) {
			const level = tables.railLevels.row();
			level.u32(RailLevel.SELECT, select);
			level.i32(RailLevel.MICROVOLTS, microvolts);
		}
	}
}
