// Power domains of a platform, with their switches and handshakes, compiled into their sections.
// The format is assembly/image.ts.

import { Domain, Handshake, Index, Switch } from "../../../assembly/image.ts";
import { byId, invalid, type Tables } from "./tables.ts";

export function addPower(tables: Tables): void {
	const controller = tables.platform.powerController;
	const domains = byId(tables.platform.powerDomains);
	for (const [index, domain] of domains.entries()) {
		if (domain.id !== index)
			throw invalid(
				`power domain ${domain.name}: ID ${domain.id}, expected ${index}`,
			);
		if (controller === null)
			throw invalid(
				`power domain ${domain.name}: the platform has no power controller`,
			);
		const firstSwitch = tables.switches.count;
		for (const { requestBit, mappingBit, pgcIndex } of domain.switches) {
			const row = tables.switches.row();
			row.u32(Switch.REQUEST, 1 << requestBit);
			row.u32(Switch.MAPPING, 1 << mappingBit);
			row.u32(Switch.CONTROL, controller.pgcBase + pgcIndex * 0x40);
			row.u32(Switch.STATUS, controller.pgcBase + pgcIndex * 0x40 + 0xc);
		}
		const switches = rowMask(firstSwitch, tables.switches.count, domain.name);
		const firstHandshake = tables.handshakes.count;
		for (const { requestBit, acknowledgeBit } of domain.handshakes) {
			const row = tables.handshakes.row();
			row.u32(Handshake.REQUEST, 1 << requestBit);
			row.u32(Handshake.ACKNOWLEDGE, 1 << acknowledgeBit);
			row.u32(Handshake.SWITCHES, switches);
		}
		const row = tables.domains.row();
		row.u32(Domain.NAME, tables.string(domain.name, "power domain"));
		row.u16(Domain.PARENT, domain.parent ?? Index.NONE);
		row.u16(Domain.KEEPS_CLOCKS, domain.keepsClocksOn ? 1 : 0);
		row.u32(Domain.SWITCHES, switches);
		row.u32(
			Domain.HANDSHAKES,
			rowMask(firstHandshake, tables.handshakes.count, domain.name),
		);
		row.u32(Domain.CLOCKS, tables.domainClocks.count);
		row.u32(Domain.CLOCK_COUNT, domain.clocks.length);
		for (const name of domain.clocks) {
			tables.domainClocks
				.row()
				.u16(0, tables.clockId(name, `power domain ${domain.name}`));
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
