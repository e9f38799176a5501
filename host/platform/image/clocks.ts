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
import { invalid, type Section, type Tables } from "./tables.ts";

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
	if (count > 0) tables.clocks.turnTo(count - 1);
	const seen = new Set<number>();
	for (const clock of tables.platform.clocks) {
		if (!Number.isInteger(clock.id) || clock.id < 0)
			throw invalid(`clock ${clock.name}: ID ${clock.id}, expected 0 to 65534`);
		if (seen.has(clock.id))
			throw invalid(`clock ${clock.name}: ID ${clock.id} is used twice`);
		seen.add(clock.id);
		addClock(tables, tables.clocks.turnTo(clock.id), clock);
	}
}

function addClock(tables: Tables, row: Section, clock: ClockTable): void {
	row.u8(Clock.KIND, CLOCK_KINDS[clock.kind]);
	row.u32(Clock.NAME, tables.string(clock.name, "clock"));
	row.u16(Clock.ENABLE_DELAY, enableDelay(clock));
	let flags = clock.critical === true ? ClockFlag.CRITICAL : 0;
	if (clock.gate !== undefined) {
		row.u32(Clock.GATE_REGISTER, clock.gate.address);
		row.u8(Clock.GATE_SHIFT, clock.gate.shift);
		row.u8(Clock.GATE_WIDTH, clock.gate.width);
	}
	switch (clock.kind) {
		case "alias":
			row.u16(Clock.TARGET, clock.of);
			break;
		case "fixed":
			row.u64(Clock.FIXED_RATE, BigInt(clock.rate));
			break;
		case "fixed-factor":
			setParents(tables, row, clock.name, [clock.parent]);
			row.u32(Clock.MULT, clock.mult);
			row.u32(Clock.DIV, clock.div);
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
			row.u16(Clock.TARGET, tables.plls.count);
			if (clock.fixedRate === true) flags |= ClockFlag.RATE_FIXED;
			addPll(tables, clock);
			break;
		case "cpu":
			setParents(tables, row, clock.name, [clock.parent]);
			row.u16(Clock.TARGET, tables.clockId(clock.pll, clock.name));
			row.u16(Clock.PARK, tables.clockId(clock.park, clock.name));
			row.u8(Clock.PARK_PARENT, parkPosition(tables, clock));
			break;
	}
	row.u8(Clock.FLAGS, flags);
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
	row: Section,
	by: string,
	names: readonly string[],
): void {
	if (names.length > 0xff)
		throw invalid(`clock ${by}: ${names.length} parents, expected at most 255`);
	const key = names.join(" ");
	let first = tables.parentLists.get(key);
	if (first === undefined) {
		first = tables.parents.count;
		tables.parentLists.set(key, first);
		const clock = `clock ${by}`;
		for (const name of names)
			tables.parents.row().u16(0, tables.clockId(name, clock));
	}
	row.u32(Clock.PARENTS, first);
	row.u8(Clock.PARENT_COUNT, names.length);
}

function addPll(
	tables: Tables,
	clock: Extract<ClockTable, { kind: "pll" }>,
): void {
	let first = tables.rateLists.get(clock.rates);
	if (first === undefined) {
		first = tables.pllRates.count;
		tables.rateLists.set(clock.rates, first);
		for (const { rate, mdiv, pdiv, sdiv, kdiv = 0 } of clock.rates) {
			const row = tables.pllRates.row();
			row.u32(PllRate.RATE, rate);
			row.u32(PllRate.DIV_CTL0, (mdiv << 12) | (pdiv << 4) | sdiv);
			row.u32(PllRate.DIV_CTL1, kdiv & 0xffff);
		}
	}
	const row = tables.plls.row();
	row.u32(Pll.CONTROL, clock.address);
	row.u32(Pll.FRACTIONAL, clock.fractional ? 1 : 0);
	row.u32(Pll.RATES, first);
	row.u32(Pll.RATE_COUNT, clock.rates.length);
	row.u32(Pll.LOCK_CYCLES, clock.lockCycles);
	row.u32(Pll.CLOCK, clock.id);
}

function setField(row: Section, field: Field): void {
	row.u32(Clock.REGISTER, field.address);
	row.u8(Clock.SHIFT, field.shift);
	row.u8(Clock.WIDTH, field.width);
}
