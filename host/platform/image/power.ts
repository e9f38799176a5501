// Power domains of a platform, with their switches and handshakes, compiled into their sections.
// The format is assembly/image.ts.

import { Domain, Handshake, Index, Switch } from "../../../assembly/image.ts";
import { invalid, type Tables } from "./tables.ts";

export function addPower(tables: Tables): void {
	const controller = tables.platform.powerController;
	const domains = [...tables.platform.powerDomains].sort((a, b) => a.id - b.id);
	for (const [index, domain] of domains.entries()) {
		if (domain.id !== index)
			throw invalid(
				`power domain ${domain.name}: ID ${domain.id}, expected ${index}`,
			);
		if (controller === null)
			throw invalid(
				`power domain ${domain.name}: the platform has no power controller`,
			);
		const firstSwitch = tables.switches.rows.length;
		for (const { requestBit, mappingBit, pgcIndex } of domain.switches) {
			const row = tables.switches.row();
			row.setUint32(Switch.REQUEST, 1 << requestBit, true);
			row.setUint32(Switch.MAPPING, 1 << mappingBit, true);
			row.setUint32(Switch.CONTROL, controller.pgcBase + pgcIndex * 0x40, true);
			row.setUint32(
				Switch.STATUS,
				controller.pgcBase + pgcIndex * 0x40 + 0xc,
				true,
			);
		}
		const switches = rowMask(
			firstSwitch,
			tables.switches.rows.length,
			domain.name,
		);
		const firstHandshake = tables.handshakes.rows.length;
		for (const { requestBit, acknowledgeBit } of domain.handshakes) {
			const row = tables.handshakes.row();
			row.setUint32(Handshake.REQUEST, 1 << requestBit, true);
			row.setUint32(Handshake.ACKNOWLEDGE, 1 << acknowledgeBit, true);
			row.setUint32(Handshake.SWITCHES, switches, true);
		}
		const row = tables.domains.row();
		row.setUint32(
			Domain.NAME,
			tables.string(domain.name, "power domain"),
			true,
		);
		row.setUint16(Domain.PARENT, domain.parent ?? Index.NONE, true);
		row.setUint16(Domain.KEEPS_CLOCKS, domain.keepsClocksOn ? 1 : 0, true);
		row.setUint32(Domain.SWITCHES, switches, true);
		row.setUint32(
			Domain.HANDSHAKES,
			rowMask(firstHandshake, tables.handshakes.rows.length, domain.name),
			true,
		);
		row.setUint32(Domain.CLOCKS, tables.domainClocks.rows.length, true);
		row.setUint32(Domain.CLOCK_COUNT, domain.clocks.length, true);
		for (const name of domain.clocks) {
			tables.domainClocks
				.row()
				.setUint16(
					0,
					tables.clockId(name, `power domain ${domain.name}`),
					true,
				);
		}
	}
}

/** A mask with a bit for each row from `first` to before `end`. */
function rowMask(first: number, end: number, by: string): number {
	if (end > 32)
		throw invalid(
			`power domain ${by}: more than 32 switches or handshakes in all`,
		);
	let mask = 0;
	for (let i = first; i < end; i++) mask |= 1 << i;
	return mask >>> 0;
}
