// The i.MX8MM's reset domains: lines of the system reset controller, by the IDs of its devicetree binding.
// Binding fsl,imx8mq-src, whose IDs the i.MX8MM shares, without the lines that it lacks; bits as Linux's reset-imx7 driver has them.

import type { Reset } from "../resets.ts";
import { SRC } from "./blocks.ts";

/** Linux waits as long before it releases the PCIe PHY; one figure for all, a model, not the manual's. */
const PULSE_NS = 10_000;

/** A line: ID, name, register offset, bits, value while asserted. */
type Line = readonly [
	id: number,
	name: string,
	offset: number,
	bits: readonly number[],
	assertedWhen: 0 | 1,
];

/** What all agents run on: the cores, their L2 cache and the memory behind it. */
const OWN_GROUND: readonly Line[] = [
	[0, "a53-core-por-reset0", 0x4, [0], 1],
	[1, "a53-core-por-reset1", 0x4, [1], 1],
	[2, "a53-core-por-reset2", 0x4, [2], 1],
	[3, "a53-core-por-reset3", 0x4, [3], 1],
	[4, "a53-core-reset0", 0x4, [4], 1],
	[5, "a53-core-reset1", 0x4, [5], 1],
	[6, "a53-core-reset2", 0x4, [6], 1],
	[7, "a53-core-reset3", 0x4, [7], 1],
	[17, "a53-l2reset", 0x4, [21], 1],
	[44, "ddrc1-prst", 0x1000, [0], 1],
	[45, "ddrc1-core-reset", 0x1000, [1], 1],
	[46, "ddrc1-phy-reset", 0x1000, [2], 1],
];

const LINES: readonly Line[] = [
	[8, "a53-dbg-reset0", 0x4, [8], 1],
	[9, "a53-dbg-reset1", 0x4, [9], 1],
	[10, "a53-dbg-reset2", 0x4, [10], 1],
	[11, "a53-dbg-reset3", 0x4, [11], 1],
	[12, "a53-etm-reset0", 0x4, [12], 1],
	[13, "a53-etm-reset1", 0x4, [13], 1],
	[14, "a53-etm-reset2", 0x4, [14], 1],
	[15, "a53-etm-reset3", 0x4, [15], 1],
	[16, "a53-soc-dbg-reset", 0x4, [20], 1],
	[18, "sw-non-sclr-m4c-rst", 0xc, [0], 1],
	[19, "otg1-phy-reset", 0x20, [0], 1],
	[20, "otg2-phy-reset", 0x24, [0], 1],
	[21, "mipi-dsi-reset-byte-n", 0x28, [1], 0],
	[22, "mipi-dsi-reset-n", 0x28, [2], 0],
	[23, "mipi-dsi-dpi-reset-n", 0x28, [3], 0],
	[24, "mipi-dsi-esc-reset-n", 0x28, [4], 0],
	[25, "mipi-dsi-pclk-reset-n", 0x28, [5], 0],
	[26, "pciephy", 0x2c, [2, 1], 1],
	[27, "pciephy-perst", 0x2c, [3], 1],
	[28, "pcie-ctrl-apps-en", 0x2c, [6], 0],
	[29, "pcie-ctrl-apps-turnoff", 0x2c, [11], 1],
	[31, "disp-reset", 0x34, [0], 1],
	[32, "gpu-reset", 0x40, [0], 1],
	[33, "vpu-reset", 0x44, [0], 1],
	[50, "sw-m4c-rst", 0xc, [1], 1],
	[51, "sw-m4p-rst", 0xc, [2], 1],
	[52, "m4-enable", 0xc, [3], 0],
];

function reset([id, name, offset, bits, assertedWhen]: Line): Reset {
	return {
		id,
		name,
		address: SRC + offset,
		bits,
		assertedWhen,
		pulseNs: PULSE_NS,
	};
}

export const RESETS: readonly Reset[] = [
	...OWN_GROUND.map((line) => ({ ...reset(line), denied: true })),
	...LINES.map(reset),
].sort((a, b) => a.id - b.id);

/**
 * Lines that nobody has released when a kernel starts, because a loader without PCIe, display and M4 leaves them alone:
 * the PHYs' of PCIe and MIPI DSI, PCIe's link, the M4. All others are released.
 */
export const RESET_VALUES: readonly (readonly [
	address: number,
	value: number,
])[] = [
	[SRC + 0x0c, 0x1], // SRC_M4RCR: M4 disabled and in its non-self-clearing reset
	[SRC + 0x2c, 0xe], // SRC_PCIEPHY_RCR: PHY, its button and PERST asserted, application off
];
