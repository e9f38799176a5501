// Clocks and PLLs of a platform, compiled into their sections.
// The format is assembly/image.ts.

import {
	Clock,
	ClockFlag,
	ClockKind,
	Pll,
	PllRate,
} from "../../../assembly/image.ts";
import {
	type Clock as ClockTable,
	clockCount,
	type Field,
} from "../platform.ts";
import { invalid, type Tables } from "./tables.ts";

const CLOCK_KINDS = {
	alias: ClockKind.ALIAS,
	fixed: ClockKind.FIXED,
	"fixed-factor": ClockKind.FIXED_FACTOR,
	mux: ClockKind.MUX,
	divider: ClockKind.DIVIDER,
	gate: ClockKind.GATE,
	composite: ClockKind.COMPOSITE,
	pll: ClockKind.PLL,
	cpu: ClockKind.CPU,
} as const;

export function addClocks(tables: Tables): void {
	const count = clockCount(tables.platform);
	if (count > 0xffff)
		throw invalid(`clock ID ${count - 1}: expected at most 65534`);
	const rows = Array.from({ length: count }, () => tables.clocks.row());
	const seen = new Set<number>();
	for (const clock of tables.platform.clocks) {
		if (seen.has(clock.id))
			throw invalid(`clock ${clock.name}: ID ${clock.id} is used twice`);
		seen.add(clock.id);
		addClock(tables, rows[clock.id] as DataView, clock);
	}
	shareGates(tables, rows);
}

function addClock(tables: Tables, row: DataView, clock: ClockTable): void {
	row.setUint8(Clock.KIND, CLOCK_KINDS[clock.kind]);
	row.setUint32(Clock.NAME, tables.string(clock.name, "clock"), true);
	row.setUint16(Clock.SHARE_NEXT, clock.id, true);
	row.setUint16(Clock.ENABLE_DELAY, enableDelay(clock), true);
	let flags = clock.critical === true ? ClockFlag.CRITICAL : 0;
	if (clock.gate !== undefined) {
		row.setUint32(Clock.GATE_REGISTER, clock.gate.address, true);
		row.setUint8(Clock.GATE_SHIFT, clock.gate.shift);
		row.setUint8(Clock.GATE_WIDTH, clock.gate.width);
	}
	switch (clock.kind) {
		case "alias":
			row.setUint16(Clock.TARGET, clock.of, true);
			break;
		case "fixed":
			row.setBigUint64(Clock.FIXED_RATE, BigInt(clock.rate), true);
			break;
		case "fixed-factor":
			setParents(tables, row, clock.name, [clock.parent]);
			row.setUint32(Clock.MULT, clock.mult, true);
			row.setUint32(Clock.DIV, clock.div, true);
			break;
		case "mux":
			setParents(tables, row, clock.name, clock.parents);
			setField(row, clock.field);
			if (clock.forwardsRate === true) flags |= ClockFlag.FORWARDS;
			break;
		case "divider":
			setParents(tables, row, clock.name, [clock.parent]);
			setField(row, clock.field);
			break;
		case "gate":
			setParents(tables, row, clock.name, [clock.parent]);
			break;
		case "composite":
			setParents(tables, row, clock.name, clock.parents);
			setField(row, {
				address: clock.address,
				shift: 0,
				width: clock.postdivWidth,
			});
			if (clock.prediv) flags |= ClockFlag.PREDIV;
			break;
		case "pll":
			setParents(tables, row, clock.name, [clock.parent]);
			row.setUint16(Clock.TARGET, tables.plls.rows.length, true);
			if (clock.fixedRate === true) flags |= ClockFlag.RATE_FIXED;
			addPll(tables, clock);
			break;
		case "cpu":
			setParents(tables, row, clock.name, [clock.parent]);
			row.setUint16(Clock.TARGET, tables.clockId(clock.pll, clock.name), true);
			row.setUint16(Clock.PARK, tables.clockId(clock.park, clock.name), true);
			row.setUint8(Clock.PARK_PARENT, parkPosition(tables, clock));
			break;
	}
	row.setUint8(Clock.FLAGS, flags);
}

function enableDelay({ name, enableDelay = 0 }: ClockTable): number {
	if (!Number.isInteger(enableDelay) || enableDelay < 0 || enableDelay > 0xffff)
		throw invalid(
			`clock ${name}: enable delay of ${enableDelay} µs, expected 0 to 65535`,
		);
	return enableDelay;
}

function parkPosition(
	tables: Tables,
	clock: Extract<ClockTable, { kind: "cpu" }>,
): number {
	const park = tables.platform.clocks.find(({ name }) => name === clock.park);
	const parents = park !== undefined && "parents" in park ? park.parents : [];
	const position = parents.indexOf(clock.parkParent);
	if (position < 0)
		throw invalid(
			`clock ${clock.name}: ${clock.parkParent} is not a parent of ${clock.park}`,
		);
	return position;
}

function setParents(
	tables: Tables,
	row: DataView,
	by: string,
	names: readonly string[],
): void {
	if (names.length > 0xff)
		throw invalid(`clock ${by}: ${names.length} parents, expected at most 255`);
	const key = names.join(" ");
	let first = tables.parentLists.get(key);
	if (first === undefined) {
		first = tables.parents.rows.length;
		tables.parentLists.set(key, first);
		for (const name of names)
			tables.parents
				.row()
				.setUint16(0, tables.clockId(name, `clock ${by}`), true);
	}
	row.setUint32(Clock.PARENTS, first, true);
	row.setUint8(Clock.PARENT_COUNT, names.length);
}

function addPll(
	tables: Tables,
	clock: Extract<ClockTable, { kind: "pll" }>,
): void {
	let first = tables.rateLists.get(clock.rates);
	if (first === undefined) {
		first = tables.pllRates.rows.length;
		tables.rateLists.set(clock.rates, first);
		for (const { rate, mdiv, pdiv, sdiv, kdiv = 0 } of clock.rates) {
			const row = tables.pllRates.row();
			row.setUint32(PllRate.RATE, rate, true);
			row.setUint32(PllRate.DIV_CTL0, (mdiv << 12) | (pdiv << 4) | sdiv, true);
			row.setUint32(PllRate.DIV_CTL1, kdiv & 0xffff, true);
		}
	}
	const row = tables.plls.row();
	row.setUint32(Pll.CONTROL, clock.address, true);
	row.setUint32(Pll.FRACTIONAL, clock.fractional ? 1 : 0, true);
	row.setUint32(Pll.RATES, first, true);
	row.setUint32(Pll.RATE_COUNT, clock.rates.length, true);
	row.setUint32(Pll.LOCK_CYCLES, clock.lockCycles, true);
	row.setUint32(Pll.CLOCK, clock.id, true);
}

/** Links the clocks of each group into a ring. */
function shareGates(tables: Tables, rows: DataView[]): void {
	const groups = new Map<string, number[]>();
	for (const { id, shareGroup } of tables.platform.clocks) {
		if (shareGroup !== undefined)
			groups.set(shareGroup, [...(groups.get(shareGroup) ?? []), id]);
	}
	for (const ids of groups.values()) {
		for (const [i, id] of ids.entries()) {
			(rows[id] as DataView).setUint16(
				Clock.SHARE_NEXT,
				ids[(i + 1) % ids.length] as number,
				true,
			);
		}
	}
}

function setField(row: DataView, field: Field): void {
	row.setUint32(Clock.REGISTER, field.address, true);
	row.setUint8(Clock.SHIFT, field.shift);
	row.setUint8(Clock.WIDTH, field.width);
}
