// How devicetrees name the i.MX8MM's controllers, and what its block controllers do for their domains.
// Bindings fsl,imx8mm-ccm, fsl,imx-gpcv2, fsl,imx8mm-{vpu,disp}-blk-ctrl, rohm,bd71847; bits as in Linux's drivers.

import type { DevicetreeNames } from "../platform.ts";
import { RAILS } from "./rails.ts";

const VPU = [
	{ id: 0, name: "g1", resetBits: 0x02, clockBits: 0x02, clocks: ["g1"] },
	{ id: 1, name: "g2", resetBits: 0x01, clockBits: 0x01, clocks: ["g2"] },
	{ id: 2, name: "h1", resetBits: 0x04, clockBits: 0x04, clocks: ["h1"] },
];

const DISP = [
	{
		id: 0,
		name: "csi-bridge",
		resetBits: 0x07,
		clockBits: 0x3f,
		clocks: ["csi-bridge-axi", "csi-bridge-apb", "csi-bridge-core"],
	},
	{
		id: 1,
		name: "lcdif",
		resetBits: 0,
		clockBits: 0xc0,
		clocks: ["lcdif-axi", "lcdif-apb", "lcdif-pix"],
	},
	{
		id: 2,
		name: "mipi-dsi",
		resetBits: 0x20,
		clockBits: 0x300,
		clocks: ["dsi-pclk", "dsi-ref"],
	},
	{
		id: 3,
		name: "mipi-csi",
		resetBits: 0x18,
		clockBits: 0xc00,
		clocks: ["csi-aclk", "csi-pclk"],
	},
];

export const DEVICETREE: DevicetreeNames = {
	soc: "fsl,imx8mm",
	clockController: "fsl,imx8mm-ccm",
	powerController: "fsl,imx8mm-gpc",
	resetControllers: ["fsl,imx8mm-src", "fsl,imx8mq-src"],
	blockControllers: [
		{
			compatible: "fsl,imx8mm-vpu-blk-ctrl",
			softReset: 0x0,
			clockEnable: 0x4,
			domains: VPU,
		},
		{
			compatible: "fsl,imx8mm-disp-blk-ctrl",
			softReset: 0x0,
			clockEnable: 0x4,
			domains: DISP,
		},
	],
	powerChips: [
		{
			compatible: "rohm,bd71847",
			// The rails have the names of Linux's bd718x7 driver, which are those of the binding's nodes.
			regulators: Object.fromEntries(RAILS.map(({ name }) => [name, name])),
		},
	],
	// UART4 as the secure console, the second watchdog, the cryptographic accelerator.
	secureDevices: ["serial@30a60000", "watchdog@30290000", "crypto@30900000"],
	// A consumer part of the highest speed grade, which has all operating points.
	supportedHardware: [1 << 3, 1 << 0],
};
