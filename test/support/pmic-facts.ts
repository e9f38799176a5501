// The evaluation kit's power management chip as the tests know it: each rail's levels evaluated from its register's byte.
// ROHM BD71847 datasheet and Linux drivers/regulator/bd718x7-regulator.c; limits and slopes of imx8mm-evk.dtsi.

/** Where the model keeps the chip's registers, one in each word. */
export const PMIC = 0x3f4b_0000;

export interface RailFact {
	id: number;
	name: string;
	/** Number of the register that selects the level, and its bits that do. */
	register: number;
	mask: number;
	/** Number of the register with the enable bit, and the bit. */
	enable: number;
	enableBit: number;
	/** The level in µV that a byte in the register selects. */
	level(byte: number): number;
	/** Limits of the board. */
	min: number;
	max: number;
	/** Level when the firmware starts. */
	initial: number;
	/** ns from one level to another while it is on; ns to start. */
	change(from: number, to: number): number;
	start: number;
}

const slope = (from: number, to: number) => (Math.abs(to - from) / 1250) * 1000;
const fixed = (ns: number) => (from: number, to: number) =>
	from === to ? 0 : ns;

const dvs = (byte: number) => Math.min(700 + 10 * (byte & 0x3f), 1300) * 1000;
const buck3 = (byte: number) => {
	const i = byte & 7;
	const first = [700, 800, 900, 1000, 1050, 1100, 1200, 1350][i] as number;
	const range = byte >> 6;
	if (range === 0) return first * 1000;
	return range === 1 ? (550 + 50 * i) * 1000 : (first - 25) * 1000;
};
const buck5 = (byte: number) =>
	([1605, 1695, 1755, 1800, 1845, 1905, 1950, 1995][byte & 7] as number) * 1000;
const low = (byte: number) => Math.min(900 + 100 * (byte & 0xf), 1800) * 1000;

type Row = readonly [
	name: string,
	register: number,
	mask: number,
	enable: number,
	enableBit: number,
	level: (byte: number) => number,
	min: number,
	max: number,
	initial: number,
	change: (from: number, to: number) => number,
	startUs: number,
];

const LDO_CHANGE = fixed(1_000_000);

// biome-ignore format: one rail in each line
const ROWS: readonly Row[] = [
	["BUCK1", 0x0d, 0x3f, 0x05, 0x01, dvs, 700, 1300, 850, slope, 144],
	["BUCK2", 0x10, 0x3f, 0x06, 0x01, dvs, 700, 1300, 850, slope, 162],
	["BUCK3", 0x14, 0xc7, 0x09, 0x01, buck3, 700, 1350, 975, fixed(162_000), 162],
	["BUCK4", 0x15, 0x43, 0x0a, 0x01, (byte) => (byte & 0x40 ? 2600 : 3000) * 1000 + (byte & 3) * 100_000, 3000, 3300, 3300, fixed(240_000), 240],
	["BUCK5", 0x16, 0x07, 0x0b, 0x01, buck5, 1605, 1995, 1800, fixed(270_000), 270],
	["BUCK6", 0x17, 0x3f, 0x0c, 0x01, (byte) => Math.min(800 + 10 * (byte & 0x3f), 1400) * 1000, 800, 1400, 1100, fixed(200_000), 200],
	["LDO1", 0x18, 0x23, 0x18, 0x40, (byte) => (byte & 0x20 ? 1600 : 3000) * 1000 + (byte & 3) * 100_000, 1600, 3300, 1800, LDO_CHANGE, 440],
	["LDO2", 0x19, 0x20, 0x19, 0x40, (byte) => (byte & 0x20 ? 800_000 : 900_000), 800, 900, 800, LDO_CHANGE, 370],
	["LDO3", 0x1a, 0x0f, 0x1a, 0x40, (byte) => 1_800_000 + (byte & 0xf) * 100_000, 1800, 3300, 1800, LDO_CHANGE, 310],
	["LDO4", 0x1b, 0x0f, 0x1b, 0x40, low, 900, 1800, 900, LDO_CHANGE, 400],
	["LDO5", 0x1c, 0x2f, 0x1c, 0x40, (byte) => (byte & 0x20 ? 800 : 1800) * 1000 + (byte & 0xf) * 100_000, 800, 3300, 1800, LDO_CHANGE, 530],
	["LDO6", 0x1d, 0x0f, 0x1d, 0x40, low, 900, 1800, 1200, LDO_CHANGE, 400],
];

export const RAIL_FACTS: readonly RailFact[] = ROWS.map(
	(
		[
			name,
			register,
			mask,
			enable,
			enableBit,
			level,
			min,
			max,
			initial,
			change,
			us,
		],
		id,
	) => ({
		id,
		name,
		register: PMIC + 4 * register,
		mask,
		enable: PMIC + 4 * enable,
		enableBit,
		level,
		min: min * 1000,
		max: max * 1000,
		initial: initial * 1000,
		change,
		start: us * 1000,
	}),
);

/** The only rail that may be off, and is when the firmware starts. */
export const SWITCHABLE = 10;

export function railFact(name: string): RailFact {
	return RAIL_FACTS.find((fact) => fact.name === name) as RailFact;
}

/** The different levels that a rail may be set to, ascending. */
export function usableLevels({ level, min, max }: RailFact): number[] {
	const all = new Set(Array.from({ length: 256 }, (_, byte) => level(byte)));
	return [...all]
		.filter((microvolts) => microvolts >= min && microvolts <= max)
		.sort((a, b) => a - b);
}

/** The step between them, undefined when it is not the same everywhere or there are less than three. */
export function equalStep(levels: readonly number[]): number | undefined {
	const steps = new Set(
		levels.slice(1).map((level, i) => level - (levels[i] as number)),
	);
	return levels.length > 2 && steps.size === 1 ? [...steps][0] : undefined;
}
