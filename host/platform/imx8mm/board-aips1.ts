// The built-in board's first peripheral bus: audio, timers, watchdogs, and the clock, reset and power controllers.
// Follows the bindings fsl,imx8mm-ccm, fsl,imx8mm-src, fsl,imx8mm-gpc and those of the devices.

import type { NodeSource } from "../../devicetree/source.ts";
import { ID } from "./binding-ids.ts";
import {
	aips,
	clk,
	gpio,
	gpt,
	registers,
	sai,
	sdma,
	spi,
	watchdog,
} from "./board-source.ts";

/** Audio and debug devices behind the shared peripheral arbiter. */
const audioBus: NodeSource = {
	compatible: ["fsl,spba-bus", "simple-bus"],
	reg: registers(0x30000000, 0x100000),
	"#address-cells": 1,
	"#size-cells": 1,
	ranges: true,
	"sai2: sai@30020000": sai(
		0x30020000,
		96,
		[ID.CLK_SAI2_IPG, ID.CLK_SAI2_ROOT, ID.CLK_DUMMY, ID.CLK_DUMMY],
		{
			"assigned-clocks": clk(ID.CLK_SAI2),
			"assigned-clock-parents": clk(ID.AUDIO_PLL1_OUT),
			"assigned-clock-rates": [24576000],
		},
	),
	"sai3: sai@30030000": sai(
		0x30030000,
		50,
		[ID.CLK_SAI3_IPG, ID.CLK_SAI3_ROOT, ID.CLK_DUMMY, ID.CLK_DUMMY],
		{
			"assigned-clocks": clk(ID.CLK_SAI3),
			"assigned-clock-parents": clk(ID.AUDIO_PLL1_OUT),
			"assigned-clock-rates": [24576000],
		},
	),
	"sai5: sai@30050000": sai(
		0x30050000,
		90,
		[ID.CLK_SAI5_IPG, ID.CLK_SAI5_ROOT, ID.CLK_DUMMY, ID.CLK_DUMMY],
		{
			"assigned-clocks": clk(ID.CLK_SAI5),
			"assigned-clock-parents": clk(ID.AUDIO_PLL1_OUT),
			"assigned-clock-rates": [24576000],
		},
	),
	"sai6: sai@30060000": sai(
		0x30060000,
		90,
		[ID.CLK_SAI6_IPG, ID.CLK_SAI6_ROOT, ID.CLK_DUMMY, ID.CLK_DUMMY],
		{ status: "disabled" },
	),
	"micfil: audio-controller@30080000": {
		compatible: "fsl,imx8mm-micfil",
		reg: registers(0x30080000),
		interrupts: spi(109, 110, 44, 45),
		clocks: clk(
			ID.CLK_PDM_IPG,
			ID.CLK_PDM_ROOT,
			ID.AUDIO_PLL1_OUT,
			ID.AUDIO_PLL2_OUT,
			ID.CLK_EXT3,
		),
		"clock-names": ["ipg_clk", "ipg_clk_app", "pll8k", "pll11k", "clkext3"],
		"assigned-clocks": clk(ID.CLK_PDM),
		"assigned-clock-parents": clk(ID.AUDIO_PLL1_OUT),
		"assigned-clock-rates": [196608000],
		"#sound-dai-cells": 0,
	},
};

const clockController: NodeSource = {
	compatible: "fsl,imx8mm-ccm",
	reg: registers(0x30380000),
	"#clock-cells": 1,
	clocks: [
		"&osc_32k",
		"&osc_24m",
		"&clk_ext1",
		"&clk_ext2",
		"&clk_ext3",
		"&clk_ext4",
	],
	"clock-names": [
		"osc_32k",
		"osc_24m",
		"clk_ext1",
		"clk_ext2",
		"clk_ext3",
		"clk_ext4",
	],
	"assigned-clocks": clk(
		ID.CLK_A53_SRC,
		ID.CLK_A53_CORE,
		ID.CLK_NOC,
		ID.CLK_AUDIO_AHB,
		ID.CLK_IPG_AUDIO_ROOT,
		ID.SYS_PLL3,
		ID.VIDEO_PLL1,
		ID.AUDIO_PLL1,
	),
	"assigned-clock-parents": clk(
		ID.SYS_PLL1_800M,
		ID.ARM_PLL_OUT,
		ID.SYS_PLL3_OUT,
		ID.SYS_PLL1_800M,
	),
	"assigned-clock-rates": [
		0, 0, 0, 400000000, 400000000, 750000000, 594000000, 393216000,
	],
};

/** The power domains, in the order of their binding IDs. */
const powerDomains: NodeSource = {
	"#address-cells": 1,
	"#size-cells": 0,
	"pgc_hsiomix: power-domain@0": {
		reg: ID.POWER_DOMAIN_HSIOMIX,
		"#power-domain-cells": 0,
		clocks: clk(ID.CLK_USB_BUS),
		"assigned-clocks": clk(ID.CLK_USB_BUS),
		"assigned-clock-parents": clk(ID.SYS_PLL2_500M),
	},
	"pgc_pcie: power-domain@1": {
		reg: ID.POWER_DOMAIN_PCIE,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_hsiomix"],
		clocks: clk(ID.CLK_PCIE1_ROOT),
	},
	"pgc_otg1: power-domain@2": {
		reg: ID.POWER_DOMAIN_OTG1,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_hsiomix"],
	},
	"pgc_otg2: power-domain@3": {
		reg: ID.POWER_DOMAIN_OTG2,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_hsiomix"],
	},
	"pgc_gpumix: power-domain@4": {
		reg: ID.POWER_DOMAIN_GPUMIX,
		"#power-domain-cells": 0,
		clocks: clk(ID.CLK_GPU_BUS_ROOT, ID.CLK_GPU_AHB),
		"assigned-clocks": clk(ID.CLK_GPU_AXI, ID.CLK_GPU_AHB),
		"assigned-clock-parents": clk(ID.SYS_PLL1_800M, ID.SYS_PLL1_800M),
		"assigned-clock-rates": [800000000, 400000000],
	},
	"pgc_gpu: power-domain@5": {
		reg: ID.POWER_DOMAIN_GPU,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_gpumix"],
		clocks: clk(
			ID.CLK_GPU_AHB,
			ID.CLK_GPU_BUS_ROOT,
			ID.CLK_GPU2D_ROOT,
			ID.CLK_GPU3D_ROOT,
		),
		resets: ["&src", 32],
	},
	"pgc_vpumix: power-domain@6": {
		reg: ID.POWER_DOMAIN_VPUMIX,
		"#power-domain-cells": 0,
		clocks: clk(ID.CLK_VPU_DEC_ROOT),
		"assigned-clocks": clk(ID.CLK_VPU_BUS),
		"assigned-clock-parents": clk(ID.SYS_PLL1_800M),
	},
	"pgc_vpu_g1: power-domain@7": {
		reg: ID.POWER_DOMAIN_VPUG1,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_vpumix"],
	},
	"pgc_vpu_g2: power-domain@8": {
		reg: ID.POWER_DOMAIN_VPUG2,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_vpumix"],
	},
	"pgc_vpu_h1: power-domain@9": {
		reg: ID.POWER_DOMAIN_VPUH1,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_vpumix"],
	},
	"pgc_dispmix: power-domain@a": {
		reg: ID.POWER_DOMAIN_DISPMIX,
		"#power-domain-cells": 0,
		clocks: clk(ID.CLK_DISP_APB_ROOT, ID.CLK_DISP_AXI_ROOT),
		"assigned-clocks": clk(ID.CLK_DISP_AXI, ID.CLK_DISP_APB),
		"assigned-clock-parents": clk(ID.SYS_PLL2_1000M, ID.SYS_PLL1_800M),
		"assigned-clock-rates": [500000000, 200000000],
	},
	"pgc_mipi: power-domain@b": {
		reg: ID.POWER_DOMAIN_MIPI,
		"#power-domain-cells": 0,
		"power-domains": ["&pgc_dispmix"],
	},
};

export const aips1: NodeSource = aips(
	0x30000000,
	[0x30000000, 0x30000000, 0x400000],
	{
		"spba-bus@30000000": audioBus,
		"gpio1: gpio@30200000": gpio(0x30200000, 64, ID.CLK_GPIO1_ROOT),
		"gpio2: gpio@30210000": gpio(0x30210000, 66, ID.CLK_GPIO2_ROOT),
		"gpio3: gpio@30220000": gpio(0x30220000, 68, ID.CLK_GPIO3_ROOT),
		"gpio4: gpio@30230000": gpio(0x30230000, 70, ID.CLK_GPIO4_ROOT),
		"gpio5: gpio@30240000": gpio(0x30240000, 72, ID.CLK_GPIO5_ROOT),
		"tmu: tmu@30260000": {
			compatible: "fsl,imx8mm-tmu",
			reg: registers(0x30260000),
			clocks: clk(ID.CLK_TMU_ROOT),
			"#thermal-sensor-cells": 0,
		},
		"wdog1: watchdog@30280000": watchdog(0x30280000, 78, ID.CLK_WDOG1_ROOT),
		"wdog2: watchdog@30290000": watchdog(0x30290000, 79, ID.CLK_WDOG2_ROOT, {
			status: "disabled",
			"secure-status": "okay",
		}),
		"wdog3: watchdog@302a0000": watchdog(0x302a0000, 10, ID.CLK_WDOG3_ROOT, {
			status: "disabled",
		}),
		"sdma3: dma-controller@302b0000": sdma(
			0x302b0000,
			34,
			ID.CLK_SDMA3_ROOT,
			ID.CLK_SDMA3_ROOT,
		),
		"sdma2: dma-controller@302c0000": sdma(
			0x302c0000,
			103,
			ID.CLK_SDMA2_ROOT,
			ID.CLK_SDMA2_ROOT,
		),
		"gpt1: timer@302d0000": gpt(0x302d0000, 55, ID.CLK_GPT1_ROOT),
		"ocotp: efuse@30350000": {
			compatible: ["fsl,imx8mm-ocotp", "syscon"],
			reg: registers(0x30350000),
			clocks: clk(ID.CLK_OCOTP_ROOT),
			"#address-cells": 1,
			"#size-cells": 1,
		},
		"anatop: anatop@30360000": {
			compatible: ["fsl,imx8mm-anatop", "syscon"],
			reg: registers(0x30360000),
		},
		"clk: clock-controller@30380000": clockController,
		"src: reset-controller@30390000": {
			compatible: ["fsl,imx8mm-src", "fsl,imx8mq-src", "syscon"],
			reg: registers(0x30390000),
			interrupts: spi(89),
			"#reset-cells": 1,
		},
		"gpc: gpc@303a0000": {
			compatible: "fsl,imx8mm-gpc",
			reg: registers(0x303a0000),
			interrupts: spi(87),
			"interrupt-controller": true,
			"#interrupt-cells": 3,
			"#address-cells": 0,
			pgc: powerDomains,
		},
	},
);
