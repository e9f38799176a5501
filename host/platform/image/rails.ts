// A platform's supplies, which SCMI calls voltage domains, compiled into the image.
// The format is assembly/image.ts.

import { Rail, RailLevel } from "../../../assembly/image.ts";
import { invalid, type Tables } from "./tables.ts";

export function addRails(tables: Tables): void {
	const rails = [...tables.platform.rails].sort((a, b) => a.id - b.id);
	for (const [index, rail] of rails.entries()) {
		if (rail.id !== index)
			throw invalid(`rail ${rail.name}: ID ${rail.id}, expected ${index}`);
		const row = tables.rails.row();
		row.setUint32(Rail.NAME, tables.string(rail.name, "rail"), true);
		row.setUint32(Rail.REGISTER, rail.selector.address, true);
		row.setUint32(Rail.MASK, rail.selector.mask, true);
		row.setUint32(Rail.ENABLE_REGISTER, rail.enable.address, true);
		row.setUint32(Rail.ENABLE_MASK, rail.enable.mask, true);
		row.setUint32(Rail.LEVELS, tables.railLevels.rows.length, true);
		row.setUint32(Rail.LEVEL_COUNT, rail.levels.length, true);
		row.setInt32(Rail.MIN, rail.min, true);
		row.setInt32(Rail.MAX, rail.max, true);
		row.setUint32(Rail.RAMP_RATE, rail.rampRate, true);
		row.setUint32(Rail.SETTLE_NS, rail.settleNs, true);
		row.setUint32(Rail.ENABLE_NS, rail.enableNs, true);
		row.setUint32(Rail.ALWAYS_ON, rail.alwaysOn ? 1 : 0, true);
		// Stable: of equal levels the first in the table stays the first.
		const levels = [...rail.levels].sort((a, b) => a.microvolts - b.microvolts);
		for (const { select, microvolts } of levels) {
			const level = tables.railLevels.row();
			level.setUint32(RailLevel.SELECT, select, true);
			level.setInt32(RailLevel.MICROVOLTS, microvolts, true);
		}
	}
}
