// The i.MX8MM's sensors: its thermal unit, and what the firmware knows of the Cortex-A53 cluster's clock and supply.
// i.MX 8M Mini reference manual, chapter on the thermal monitoring unit; its range as in Linux's imx8mm_thermal driver.

import type { Sensor, Thermal, UpdateInterval } from "../sensors.ts";
import { TMU } from "./blocks.ts";

/** TER: enabled. */
const TER_EN = 0x8000_0000;
/** TRITSR, the immediate temperature: the reading is valid. */
const TRITSR_V = 0x8000_0000;

/** The value of TER that a loader leaves behind. */
export const TER: readonly [address: number, value: number] = [TMU, TER_EN];

/** The cluster's supply, VDD_ARM. */
const VDD_ARM = "BUCK2";
const CPU_CLOCK = "arm";

const INTERVALS: readonly UpdateInterval[] = [
	{ seconds: 1, exponent: -1 },
	{ seconds: 1, exponent: -3 },
	{ seconds: 1, exponent: -2 },
	{ seconds: 1, exponent: 0 },
	{ seconds: 1, exponent: 1 },
];

const LEVEL = {
	kind: "level",
	rail: VDD_ARM,
	min: 700_000,
	max: 1_300_000,
	resolution: 10_000,
} as const;

export const SENSORS: readonly Sensor[] = [
	{
		id: 0,
		name: "cpu-temperature",
		reads: {
			kind: "temperature",
			min: 10_000,
			max: 125_000,
			resolution: 1,
		},
		tripPoints: 4,
		intervals: INTERVALS,
		timestampExponent: -6,
		readingNs: 100_000,
	},
	{
		id: 1,
		name: "vdd-arm",
		reads: LEVEL,
		tripPoints: 2,
		intervals: INTERVALS,
		timestampExponent: -6,
		readingNs: 0,
	},
	{
		id: 2,
		name: "cpu-power",
		reads: { kind: "power", min: 0, max: 10_000, resolution: 1 },
		tripPoints: 0,
		intervals: INTERVALS,
		timestampExponent: -6,
		readingNs: 0,
	},
	{
		id: 3,
		name: "a53-operating-point",
		reads: [
			{
				name: "rate",
				kind: "rate",
				clock: CPU_CLOCK,
				min: 0,
				max: 1_800_000_000,
				resolution: 1,
			},
			{ name: "level", ...LEVEL },
		],
		tripPoints: 0,
		intervals: INTERVALS,
		timestampExponent: -9,
		readingNs: 0,
	},
];

/**
 * The model's figures are orders of magnitude of such a board at a busy cluster, not measured: 0.6 W at 1.2 GHz and 850 mV,
 * 1.2 W at 1.8 GHz and 1 V, 20 °C for each of them.
 */
export const THERMAL: Thermal | null = {
	enable: { address: TMU, mask: TER_EN },
	reading: { address: TMU + 0x20, validMask: TRITSR_V },
	min: 10_000,
	max: 125_000,
	clock: CPU_CLOCK,
	rail: VDD_ARM,
	dynamicPower: 560,
	staticPower: 150_000,
	ambient: 25_000,
	resistance: 20_000,
	timeConstantUs: 10_000_000,
};
