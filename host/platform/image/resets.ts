// A platform's reset domains, compiled into the image.
// The format is assembly/image.ts.

import { Reset } from "../../../assembly/image.ts";
import { resetBits } from "../resets.ts";
import { byId, invalid, type Tables } from "./tables.ts";

const MAX_ID = 0xfffe;

export function addResets(tables: Tables): void {
	const resets = byId(tables.platform.resets);
	for (const reset of resets) {
		const { id, name, bits } = reset;
		if (!Number.isInteger(id) || id < 0 || id > MAX_ID)
			throw invalid(`reset ${name}: ID ${id}, expected 0 to ${MAX_ID}`);
		if (id < tables.resets.count)
			throw invalid(`reset ${name}: ID ${id} is used twice`);
		if (bits.some((bit) => !Number.isInteger(bit) || bit < 0 || bit > 31))
			throw invalid(`reset ${name}: bits ${bits}, expected 0 to 31`);
		// IDs that no reset has get an empty row.
		const row = tables.resets.turnTo(id);
		const mask = resetBits(reset);
		row.u32(Reset.NAME, tables.string(name, "reset"));
		row.u32(Reset.REGISTER, reset.address);
		row.u32(Reset.BITS, mask);
		row.u32(Reset.ASSERTED, reset.assertedWhen === 1 ? mask : 0);
		row.u32(Reset.PULSE_NS, reset.pulseNs);
		row.u32(Reset.DENIED, reset.denied ? 1 : 0);
	}
}
