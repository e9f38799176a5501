// The i.MX8MM's clocks, read from their tables into the platform's rows.
// i.MX 8M Mini reference manual, chapter 5.1; PLL settings as Linux's clk-pll14xx has them.

import type { Clock, Field, PllRate } from "../platform.ts";
import { ANATOP, CCM } from "./blocks.ts";
import * as tables from "./clock-tables.ts";

/** Settings of the integer PLLs. */
const RATES_1416X: readonly PllRate[] = [
	{ rate: 1800000000, mdiv: 225, pdiv: 3, sdiv: 0 },
	{ rate: 1600000000, mdiv: 200, pdiv: 3, sdiv: 0 },
	{ rate: 1500000000, mdiv: 375, pdiv: 3, sdiv: 1 },
	{ rate: 1400000000, mdiv: 350, pdiv: 3, sdiv: 1 },
	{ rate: 1200000000, mdiv: 300, pdiv: 3, sdiv: 1 },
	{ rate: 1000000000, mdiv: 250, pdiv: 3, sdiv: 1 },
	{ rate: 800000000, mdiv: 200, pdiv: 3, sdiv: 1 },
	{ rate: 750000000, mdiv: 250, pdiv: 2, sdiv: 2 },
	{ rate: 700000000, mdiv: 350, pdiv: 3, sdiv: 2 },
	{ rate: 600000000, mdiv: 300, pdiv: 3, sdiv: 2 },
];

/** Settings of the fractional PLLs. */
const RATES_1443X: readonly PllRate[] = [
	{ rate: 1039500000, mdiv: 173, pdiv: 2, sdiv: 1, kdiv: 16384 },
	{ rate: 650000000, mdiv: 325, pdiv: 3, sdiv: 2 },
	{ rate: 594000000, mdiv: 198, pdiv: 2, sdiv: 2 },
	{ rate: 519750000, mdiv: 173, pdiv: 2, sdiv: 2, kdiv: 16384 },
];

/** Reference cycles until LOCK: the order of magnitude of these PLL families, not a figure of the manual. */
const LOCK_CYCLES = { "1416x": 270, "1443x": 3000 };

/** CPU clusters run from `park`, fed by `parkParent`, while `pll` relocks. */
const CPU: Clock = {
	id: 215,
	name: "arm",
	kind: "cpu",
	parent: "arm_a53_core",
	pll: "arm_pll_out",
	park: "arm_a53_div",
	parkParent: "sys_pll1_800m",
};

/** A table's rows, each split into its columns. */
function rows(table: string): string[][] {
	return table
		.trim()
		.split("\n")
		.map((line) => line.trim().split(/ +/));
}

/** "ccm+0x8000" as a physical address. */
function address(text: string): number {
	const [block, offset] = text.split("+");
	return (block === "ccm" ? CCM : ANATOP) + Number(offset);
}

/** A register and "shift:width" as a field. */
function field(register: string, bits: string): Field {
	const [shift, width] = bits.split(":").map(Number);
	return {
		address: address(register),
		shift: shift as number,
		width: width as number,
	};
}

/** A table row's columns as a clock, without ID and name. */
type Reader = (columns: string[], name: string) => object;

function read(table: string, kind: Clock["kind"], reader: Reader): Clock[] {
	return rows(table).map(([id, name, ...columns]) => {
		const critical = tables.CRITICAL.includes(name as string)
			? { critical: true }
			: {};
		return {
			id: Number(id),
			name,
			kind,
			...critical,
			...reader(columns, name as string),
		} as Clock;
	});
}

const fixed: Reader = ([rate]) => ({ rate: Number(rate) });

const pll: Reader = ([type, register, parent], name) => ({
	parent,
	address: address(register as string),
	fractional: type === "1443x",
	rates: type === "1443x" ? RATES_1443X : RATES_1416X,
	lockCycles: LOCK_CYCLES[type as keyof typeof LOCK_CYCLES],
	// Firmware sets the system PLLs once; an operating system takes them as fixed.
	fixedRate: name === "sys_pll1" || name === "sys_pll2",
});

const mux: Reader = ([register, bits, ...parents], name) => ({
	parents,
	field: field(register as string, bits as string),
	forwardsRate: name.endsWith("_bypass"),
});

const outputGate: Reader = ([register, bit, parent]) => ({
	parent,
	gate: field(register as string, `${bit}:1`),
});

const factor: Reader = ([parent, div, gate]) => {
	const [register, bit] = (gate as string).split(":");
	const output =
		bit === undefined ? {} : { gate: field(register as string, `${bit}:1`) };
	return { parent, mult: 1, div: Number(div), ...output };
};

const divider: Reader = ([register, bits, parent]) => ({
	parent,
	field: field(register as string, bits as string),
});

const slice: Reader = ([type, register, ...parents]) => ({
	parents,
	address: address(register as string),
	prediv: type !== "core",
	postdivWidth: type === "core" ? 3 : 6,
	gate: field(register as string, "28:1"),
});

const ccgr: Reader = ([register, parent]) => ({
	parent,
	gate: field(register as string, "0:2"),
});

const alias: Reader = ([of]) => ({ of: Number(of) });

/** Every clock of the binding; IDs that are missing here do not exist. */
export const CLOCKS: readonly Clock[] = [
	...read(tables.FIXED, "fixed", fixed),
	...read(tables.PLLS, "pll", pll),
	...read(tables.MUXES, "mux", mux),
	...read(tables.OUTPUT_GATES, "gate", outputGate),
	...read(tables.FACTORS, "fixed-factor", factor),
	...read(tables.DIVIDERS, "divider", divider),
	...read(tables.SLICES, "composite", slice),
	...read(tables.CCGRS, "gate", ccgr),
	...read(tables.ALIASES, "alias", alias),
	{ ...CPU, critical: true },
];
