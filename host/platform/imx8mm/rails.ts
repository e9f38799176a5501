// The supplies of the i.MX8MM's evaluation kit: the bucks and LDOs of its power management chip, ROHM BD71847.
// Registers and levels as in Linux's bd718x7 driver, limits and slopes as in its imx8mm-evk.dtsi.

import type { Rail, RailLevel, RegisterBits } from "../rails.ts";
import { PMIC } from "./blocks.ts";

/** Levels of neighbouring selectors, from a first one in equal steps. */
function range(
	first: number,
	count: number,
	microvolts: number,
	step: number,
): RailLevel[] {
	return Array.from({ length: count }, (_, i) => ({
		select: first + i,
		microvolts: microvolts + i * step,
	}));
}

/** BUCK1 and BUCK2, run state. */
const DVS_BUCK = [
	...range(0x00, 0x3d, 700_000, 10_000),
	...range(0x3d, 3, 1_300_000, 0),
];

/** Bits 7:6 of BUCK3 select one of three ranges; both of their higher values the last one. */
const BUCK3 = [0x00, 0x40, 0x80, 0xc0].flatMap((select) => {
	if (select === 0x40) return range(select, 8, 550_000, 50_000);
	const lower = select === 0x00 ? 0 : 25_000;
	return [
		...range(select, 4, 700_000 - lower, 100_000),
		...range(select + 4, 2, 1_050_000 - lower, 50_000),
		...range(select + 6, 2, 1_200_000 - lower, 150_000),
	];
});

const BUCK4 = [
	...range(0x00, 4, 3_000_000, 100_000),
	...range(0x40, 4, 2_600_000, 100_000),
];

const BUCK5 = [
	1_605_000, 1_695_000, 1_755_000, 1_800_000, 1_845_000, 1_905_000, 1_950_000,
	1_995_000,
].map((microvolts, select) => ({ select, microvolts }));

// Where the driver has no level for a selector, it stays at the highest one, as BUCK1 does.
const BUCK6 = [
	...range(0x00, 0x3d, 800_000, 10_000),
	...range(0x3d, 3, 1_400_000, 0),
];

const LDO1 = [
	...range(0x00, 4, 3_000_000, 100_000),
	...range(0x20, 4, 1_600_000, 100_000),
];

const LDO2 = [
	{ select: 0x00, microvolts: 900_000 },
	{ select: 0x20, microvolts: 800_000 },
];

const LDO3 = range(0x0, 16, 1_800_000, 100_000);

/** LDO4 and LDO6. */
const LOW_LDO = [
	...range(0x0, 10, 900_000, 100_000),
	...range(0xa, 6, 1_800_000, 0),
];

const LDO5 = [
	...range(0x00, 16, 1_800_000, 100_000),
	...range(0x20, 16, 800_000, 100_000),
];

const BUCK_EN = 0x01;
const LDO_EN = 0x40;
/** How long an LDO takes at most to a higher level. */
const LDO_SETTLE_NS = 1_000_000;

/** The chip's 8-bit register of this number. */
export function pmicRegister(number: number): number {
	return PMIC + 4 * number;
}

function bits(number: number, mask: number): RegisterBits {
	return { address: pmicRegister(number), mask };
}

/** A buck with a slope of its own. */
const sloped = { rampRate: 1250, settleNs: 0, alwaysOn: true };

/** A buck without: it takes no longer to another level than it takes to start. */
function unsloped(startNs: number) {
	return {
		rampRate: 0,
		settleNs: startNs,
		enableNs: startNs,
		alwaysOn: true,
	};
}

function ldo(number: number, mask: number, startNs: number) {
	return {
		selector: bits(number, mask),
		enable: bits(number, LDO_EN),
		rampRate: 0,
		settleNs: LDO_SETTLE_NS,
		enableNs: startNs,
		alwaysOn: true,
	};
}

export const RAILS: readonly Rail[] = [
	{
		id: 0,
		name: "BUCK1", // VDD_SOC
		selector: bits(0x0d, 0x3f),
		enable: bits(0x05, BUCK_EN),
		levels: DVS_BUCK,
		min: 700_000,
		max: 1_300_000,
		enableNs: 144_000,
		...sloped,
	},
	{
		id: 1,
		name: "BUCK2", // VDD_ARM
		selector: bits(0x10, 0x3f),
		enable: bits(0x06, BUCK_EN),
		levels: DVS_BUCK,
		min: 700_000,
		max: 1_300_000,
		enableNs: 162_000,
		...sloped,
	},
	{
		id: 2,
		name: "BUCK3", // VDD_DRAM, VDD_GPU and VDD_VPU; BUCK5 in the datasheet
		selector: bits(0x14, 0xc7),
		enable: bits(0x09, BUCK_EN),
		levels: BUCK3,
		min: 700_000,
		max: 1_350_000,
		...unsloped(162_000),
	},
	{
		id: 3,
		name: "BUCK4", // 3.3 V; BUCK6 in the datasheet
		selector: bits(0x15, 0x43),
		enable: bits(0x0a, BUCK_EN),
		levels: BUCK4,
		min: 3_000_000,
		max: 3_300_000,
		...unsloped(240_000),
	},
	{
		id: 4,
		name: "BUCK5", // 1.8 V; BUCK7 in the datasheet
		selector: bits(0x16, 0x07),
		enable: bits(0x0b, BUCK_EN),
		levels: BUCK5,
		min: 1_605_000,
		max: 1_995_000,
		...unsloped(270_000),
	},
	{
		id: 5,
		name: "BUCK6", // NVCC_DRAM; BUCK8 in the datasheet
		selector: bits(0x17, 0x3f),
		enable: bits(0x0c, BUCK_EN),
		levels: BUCK6,
		min: 800_000,
		max: 1_400_000,
		...unsloped(200_000),
	},
	{
		id: 6,
		name: "LDO1", // NVCC_SNVS
		...ldo(0x18, 0x23, 440_000),
		levels: LDO1,
		min: 1_600_000,
		max: 3_300_000,
	},
	{
		id: 7,
		name: "LDO2", // VDD_SNVS
		...ldo(0x19, 0x20, 370_000),
		levels: LDO2,
		min: 800_000,
		max: 900_000,
	},
	{
		id: 8,
		name: "LDO3", // VDDA
		...ldo(0x1a, 0x0f, 310_000),
		levels: LDO3,
		min: 1_800_000,
		max: 3_300_000,
	},
	{
		id: 9,
		name: "LDO4", // VDD_PHY, 0.9 V
		...ldo(0x1b, 0x0f, 400_000),
		levels: LOW_LDO,
		min: 900_000,
		max: 1_800_000,
	},
	{
		// Supplies nothing on this board, which therefore has no limits for it and lets it be off.
		id: 10,
		name: "LDO5",
		...ldo(0x1c, 0x2f, 530_000),
		levels: LDO5,
		min: 800_000,
		max: 3_300_000,
		alwaysOn: false,
	},
	{
		id: 11,
		name: "LDO6", // VDD_PHY, 1.2 V
		...ldo(0x1d, 0x0f, 400_000),
		levels: LOW_LDO,
		min: 900_000,
		max: 1_800_000,
	},
];
