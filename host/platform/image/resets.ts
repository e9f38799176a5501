// A platform's reset domains, compiled into the image.
// The format is assembly/image.ts.

import { Reset } from "../../../assembly/image.ts";
import { resetBits } from "../resets.ts";
import { invalid, type Tables } from "./tables.ts";

const MAX_ID = 0xfffe;

export function addResets(tables: Tables): void {
	const resets = [...tables.platform.resets].sort((a, b) => a.id - b.id);
	for (const reset of resets) {
		const { id, name, bits } = reset;
		if (!Number.isInteger(id) || id < 0 || id > MAX_ID)
			throw invalid(`reset ${name}: ID ${id}, expected 0 to ${MAX_ID}`);
		if (id < tables.resets.rows.length)
			throw invalid(`reset ${name}: ID ${id} is used twice`);
		if (bits.some((bit) => !Number.isInteger(bit) || bit < 0 || bit > 31))
			throw invalid(`reset ${name}: bits ${bits}, expected 0 to 31`);
		// IDs that no reset has get an empty row.
		while (tables.resets.rows.length < id) tables.resets.row();
		const mask = resetBits(reset);
		const row = tables.resets.row();
		row.setUint32(Reset.NAME, tables.string(name, "reset"), true);
		row.setUint32(Reset.REGISTER, reset.address, true);
		row.setUint32(Reset.BITS, mask, true);
		row.setUint32(Reset.ASSERTED, reset.assertedWhen === 1 ? mask : 0, true);
		row.setUint32(Reset.PULSE_NS, reset.pulseNs, true);
		row.setUint32(Reset.DENIED, reset.denied ? 1 : 0, true);
	}
}
