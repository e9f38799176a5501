// The i.MX8MM's performance domain: the Cortex-A53 cluster, which runs from the ARM PLL and from the EVK's BUCK2.
// Rates and voltages as in the operating-points-v2 table of Linux's imx8mm.dtsi.

import type { OperatingPoint, PerformanceDomain } from "../performance.ts";
import { FAST_CHANNELS } from "./blocks.ts";

/** µs: 150 mV at BUCK2's 1.25 mV/µs, then the PLL's 33.75 µs until it locks. Linux's table says 150. */
const LATENCY = 154;
/** What the cluster switches with each cycle, in pF: a choice, of the order of such clusters, not a measurement. */
const CAPACITANCE = 600;

function point(
	index: number,
	megahertz: number,
	millivolts: number,
): OperatingPoint {
	return {
		level: megahertz,
		index,
		rate: megahertz * 1_000_000,
		microvolts: millivolts * 1000,
		// pF * V² * MHz are µW.
		power: (CAPACITANCE * millivolts ** 2 * megahertz) / 1_000_000,
		latency: LATENCY,
	};
}

export const PERFORMANCE_DOMAINS: readonly PerformanceDomain[] = [
	{
		id: 0,
		name: "a53",
		clock: "arm",
		rail: "BUCK2",
		points: [point(1, 1200, 850), point(2, 1600, 950), point(3, 1800, 1000)],
		sustained: 1800,
		rateLimit: 0,
		// The firmware looks at them every millisecond where nothing else makes it look.
		fastChannels: { agent: "linux", address: FAST_CHANNELS, rateLimit: 1000 },
	},
];
