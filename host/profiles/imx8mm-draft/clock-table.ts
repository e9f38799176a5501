// The clocks that the draft firmware knows, by their place in its tables: PLLs and dividers by position, composites, gates.
// IDs: devicetree binding of the i.MX8MM's clocks; registers: reference manual, chapters 5.1 (CCM) and 5.1.8 (analog).

interface Named {
	/** ID in the devicetree binding. */
	id: number;
	name: string;
}

export interface Oscillator extends Named {
	kind: "oscillator";
}

export interface PllClock extends Named {
	kind: "pll";
	/** GNRL_CTL; DIV_CTL0 and DIV_CTL1 follow. */
	register: number;
	/** Bit of the output gate in GNRL_CTL. */
	gateBit: number;
	/** Has a fraction in DIV_CTL1. */
	fractional: boolean;
}

export interface DividerClock extends Named {
	kind: "divider";
	/** Position of its PLL. */
	parent: number;
	divisor: number;
	/** The PLL's GNRL_CTL, and the bit of its own gate there. */
	register: number;
	gateBit: number;
}

export interface CompositeClock extends Named {
	kind: "composite";
	register: number;
	/** Numbers of its parents, by parent field. */
	parents: readonly number[];
	critical: boolean;
}

export interface GateClock extends Named {
	kind: "gate";
	/** CCGR. */
	register: number;
	/** ID of its composite. */
	composite: number;
}

export type DraftClock =
	| Oscillator
	| PllClock
	| DividerClock
	| CompositeClock
	| GateClock;

const SYS_PLL1 = { position: 8, register: 0x3036_0094 };
const SYS_PLL2 = { position: 9, register: 0x3036_0104 };

/** One divider of each kind: its part of the name and its divisor have their row in the lists of both PLLs. */
const DIVISORS = [20, 10, 8, 6, 5, 4, 3, 2];
/** The gates of a PLL's dividers have every other bit, from this one down. */
const FIRST_DIVIDER_BIT = 27;

function pll(
	id: number,
	name: string,
	register: number,
	gateBit: number,
	fractional: boolean,
): PllClock {
	return { kind: "pll", id, name, register, gateBit, fractional };
}

function dividers(
	firstId: number,
	{ position, register }: typeof SYS_PLL1,
	names: readonly string[],
): DividerClock[] {
	return names.map((name, i) => ({
		kind: "divider",
		id: firstId + i,
		name,
		parent: position,
		divisor: DIVISORS[i] as number,
		register,
		gateBit: FIRST_DIVIDER_BIT - 2 * i,
	}));
}

/**
 * The table that parents are looked up in, by position. Its authors left out number 19 when they numbered the rows: those
 * at 19 to 26 count as 20 to 27.
 */
export const POSITIONS: readonly (Oscillator | PllClock | DividerClock)[] = [
	{ kind: "oscillator", id: 2, name: "osc_24m1" },
	pll(18, "audio_pll1_out1", 0x3036_0000, 13, true),
	pll(19, "audio_pll2_out1", 0x3036_0014, 13, true),
	pll(20, "video_pll1_out1", 0x3036_0028, 13, true),
	pll(21, "dram_pll_out1", 0x3036_0050, 13, true),
	pll(22, "gpu_pll_out1", 0x3036_0064, 11, false),
	pll(23, "vpu_pll_out1", 0x3036_0074, 11, false),
	pll(24, "arm_pll_out1", 0x3036_0084, 11, false),
	pll(25, "sys_pll1_800m1", SYS_PLL1.register, 11, false),
	pll(26, "sys_pll2_1000m1", SYS_PLL2.register, 11, false),
	pll(27, "sys_pll3_out1", 0x3036_0114, 11, false),
	...dividers(48, SYS_PLL1, [
		"sys_pll1_40m1",
		"sys_pll1_80m1",
		"sys_pll1_100m1",
		"sys_pll1_133m1",
		"sys_pll1_160m1",
		"sys_pll1_200m1",
		"sys_pll1_266m1",
		"sys_pll1_400m1",
	]),
	...dividers(57, SYS_PLL2, [
		"sys_pll2_50m1",
		"sys_pll2_100m1",
		"sys_pll2_125m1",
		"sys_pll2_166m1",
		"sys_pll2_200m1",
		"sys_pll2_250m1",
		"sys_pll2_333m1",
		"sys_pll2_500m1",
	]),
];

/** From this number on, a parent's number is one more than the position that was meant. */
export const SLIPPED_NUMBER = 20;

const USDHC_PARENTS = [0, 18, 8, 27, 10, 17, 2, 13];

export const COMPOSITES: readonly CompositeClock[] = [
	{
		kind: "composite",
		id: 83,
		name: "nand_usdhc_bus1",
		register: 0x3038_8900,
		parents: [0, 17, 8, 23, 14, 10, 24, 1],
		critical: true,
	},
	{
		kind: "composite",
		id: 145,
		name: "usdhc31",
		register: 0x3038_bc80,
		parents: USDHC_PARENTS,
		critical: false,
	},
	{
		kind: "composite",
		id: 122,
		name: "usdhc21",
		register: 0x3038_ac80,
		parents: USDHC_PARENTS,
		critical: false,
	},
];

export const GATES: readonly GateClock[] = [
	{
		kind: "gate",
		id: 208,
		name: "usdhc3_root",
		register: 0x3038_45e0,
		composite: 145,
	},
	{
		kind: "gate",
		id: 195,
		name: "usdhc2_root",
		register: 0x3038_4520,
		composite: 122,
	},
];

/** Every clock that has a row. */
export const DRAFT_CLOCKS: readonly DraftClock[] = [
	...POSITIONS,
	...COMPOSITES,
	...GATES,
];
