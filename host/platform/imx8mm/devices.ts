// Devices of the i.MX 8M Mini with what belongs to each of them alone: their own clocks, power domains and reset lines.
// Follows the bindings fsl,imx8mm-ccm, fsl,imx8mm-gpc and fsl,imx8mm-src; shared bus clocks are no device's.
//
// IMX8MM has a single agent and nobody to protect from it: a platform of several agents takes this list as its `devices`.

import type { Device } from "../devices.ts";

/** A device with a slice and a gate of its own. */
function simple(name: string): Omit<Device, "id"> {
	return { name, clocks: [name, `${name}_root_clk`] };
}

const ALL: readonly Omit<Device, "id">[] = [
	...["uart1", "uart2", "uart3", "uart4"].map(simple),
	...["i2c1", "i2c2", "i2c3", "i2c4"].map(simple),
	...["ecspi1", "ecspi2", "ecspi3"].map(simple),
	...["usdhc1", "usdhc2", "usdhc3"].map(simple),
	{
		name: "gpu",
		clocks: [
			"gpu3d_core",
			"gpu3d_root_clk",
			"gpu2d_core",
			"gpu2d_root_clk",
			"gpu_root_clk",
		],
		powerDomains: ["gpumix", "gpu"],
		resets: ["gpu-reset"],
	},
	{
		name: "vpu",
		clocks: [
			...["vpu_g1", "vpu_g2", "vpu_h1", "vpu_bus"],
			...["vpu_g1_root_clk", "vpu_g2_root_clk", "vpu_h1_root_clk"],
			"vpu_dec_root_clk",
		],
		powerDomains: ["vpumix", "vpu-g1", "vpu-g2", "vpu-h1"],
		resets: ["vpu-reset"],
	},
	{
		name: "display",
		clocks: ["lcdif_pixel", "dsi_core", "dsi_phy_ref", "dsi_dbi"],
		powerDomains: ["dispmix", "mipi"],
		resets: [
			"disp-reset",
			"mipi-dsi-reset-byte-n",
			"mipi-dsi-reset-n",
			"mipi-dsi-dpi-reset-n",
			"mipi-dsi-esc-reset-n",
			"mipi-dsi-pclk-reset-n",
		],
	},
	{
		name: "usb1",
		powerDomains: ["usb-otg1"],
		resets: ["otg1-phy-reset"],
	},
	{
		name: "usb2",
		powerDomains: ["usb-otg2"],
		resets: ["otg2-phy-reset"],
	},
	{
		name: "pcie",
		clocks: ["pcie1_ctrl", "pcie1_phy", "pcie1_aux", "pcie1_root_clk"],
		powerDomains: ["pcie"],
		resets: [
			"pciephy",
			"pciephy-perst",
			"pcie-ctrl-apps-en",
			"pcie-ctrl-apps-turnoff",
		],
	},
	{
		name: "a53",
		clocks: ["arm"],
		performanceDomains: ["a53"],
		rails: ["BUCK2"],
	},
	{
		name: "m4",
		clocks: ["arm_m4_core"],
		resets: ["sw-non-sclr-m4c-rst", "sw-m4c-rst", "sw-m4p-rst", "m4-enable"],
	},
];

export const IMX8MM_DEVICES: readonly Device[] = ALL.map((device, id) => ({
	...device,
	id,
}));
