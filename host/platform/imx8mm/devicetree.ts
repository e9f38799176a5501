// The built-in board: an i.MX8MM in the shape of the evaluation kit, with an SMC mailbox and an SCMI node.
// Written for this project; structure and names follow the bindings, so that one boot code walks this tree and real ones.

import { buildTree, type NodeSource } from "../../devicetree/source.ts";
import type { DeviceTree } from "../../devicetree/tree.ts";
import { ID } from "./binding-ids.ts";
import { aips1 } from "./board-aips1.ts";
import { aips2, aips3, aips4 } from "./board-aips2-4.ts";
import { accelerator, clk, registers, spi } from "./board-source.ts";

/** One of the four cores. */
function cpu(number: number): NodeSource {
	return {
		device_type: "cpu",
		compatible: "arm,cortex-a53",
		reg: number,
		"enable-method": "psci",
		clocks: clk(ID.CLK_ARM),
		"operating-points-v2": ["&a53_opp_table"],
		"cpu-supply": ["&buck2_reg"],
	};
}

/** An operating point of the cores, for the parts that have it. */
function operatingPoint(
	hertz: number,
	microvolts: number,
	supportedHardware: [grades: number, segments: number],
): NodeSource {
	return {
		"opp-hz": [0, hertz],
		"opp-microvolt": microvolts,
		"opp-supported-hw": supportedHardware,
		"clock-latency-ns": 150_000,
		"opp-suspend": true,
	};
}

/** An oscillator, or a clock that comes in from outside. */
function fixedClock(name: string, frequency: number): NodeSource {
	return {
		compatible: "fixed-clock",
		"#clock-cells": 0,
		"clock-frequency": frequency,
		"clock-output-names": name,
	};
}

function usbPhy(domain: `&${string}`): NodeSource {
	return {
		compatible: "usb-nop-xceiv",
		"#phy-cells": 0,
		clocks: clk(ID.CLK_USB_PHY_REF),
		"clock-names": "main_clk",
		"assigned-clocks": clk(ID.CLK_USB_PHY_REF),
		"assigned-clock-parents": clk(ID.SYS_PLL1_100M),
		"power-domains": [domain],
	};
}

/** Devices on the SoC's own bus, beside the peripheral buses. */
const socDevices: NodeSource = {
	"dma_apbh: dma-controller@33000000": {
		compatible: ["fsl,imx7d-dma-apbh", "fsl,imx28-dma-apbh"],
		reg: registers(0x33000000, 0x2000),
		interrupts: spi(12, 12, 12, 12),
		clocks: clk(ID.CLK_NAND_USDHC_BUS_RAWNAND_CLK),
		"#dma-cells": 1,
		"dma-channels": 4,
	},
	"pcie0: pcie@33800000": {
		compatible: "fsl,imx8mm-pcie",
		reg: [0x33800000, 0x400000, 0x1ff00000, 0x80000],
		"reg-names": ["dbi", "config"],
		device_type: "pci",
		"#address-cells": 3,
		"#size-cells": 2,
		"bus-range": [0, 0xff],
		ranges: [
			0x81000000, 0, 0, 0x1ff80000, 0, 0x10000, 0x82000000, 0, 0x18000000,
			0x18000000, 0, 0x7f00000,
		],
		interrupts: spi(122),
		"interrupt-names": "msi",
		clocks: [...clk(ID.CLK_PCIE1_ROOT, ID.CLK_PCIE1_AUX), "&pcie0_refclk"],
		"clock-names": ["pcie", "pcie_aux", "pcie_bus"],
		"assigned-clocks": clk(ID.CLK_PCIE1_AUX, ID.CLK_PCIE1_CTRL),
		"assigned-clock-parents": clk(ID.SYS_PLL2_50M, ID.SYS_PLL2_250M),
		"assigned-clock-rates": [10000000, 250000000],
		"power-domains": ["&pgc_pcie"],
		resets: ["&src", 28, "&src", 29],
		"reset-names": ["apps", "turnoff"],
		phys: ["&pcie_phy"],
		"phy-names": "pcie-phy",
	},
	"gpu_3d: gpu@38000000": accelerator(
		"vivante,gc",
		registers(0x38000000, 0x8000),
		3,
		[ID.CLK_GPU_AHB, ID.CLK_GPU_BUS_ROOT, ID.CLK_GPU3D_ROOT, ID.CLK_GPU3D_ROOT],
		["&pgc_gpu"],
		{
			"clock-names": ["reg", "bus", "core", "shader"],
			"assigned-clocks": clk(ID.CLK_GPU3D_CORE, ID.GPU_PLL_OUT),
			"assigned-clock-parents": clk(ID.GPU_PLL_OUT),
			"assigned-clock-rates": [0, 800000000],
		},
	),
	"gpu_2d: gpu@38008000": accelerator(
		"vivante,gc",
		registers(0x38008000, 0x8000),
		25,
		[ID.CLK_GPU_AHB, ID.CLK_GPU_BUS_ROOT, ID.CLK_GPU2D_ROOT],
		["&pgc_gpu"],
		{
			"clock-names": ["reg", "bus", "core"],
			"assigned-clocks": clk(ID.CLK_GPU2D_CORE, ID.GPU_PLL_OUT),
			"assigned-clock-parents": clk(ID.GPU_PLL_OUT),
			"assigned-clock-rates": [0, 800000000],
		},
	),
	"vpu_g1: video-codec@38300000": accelerator(
		"nxp,imx8mm-vpu-g1",
		registers(0x38300000),
		7,
		[ID.CLK_VPU_G1_ROOT],
		["&vpu_blk_ctrl", ID.VPUBLK_PD_G1],
	),
	"vpu_g2: video-codec@38310000": accelerator(
		"nxp,imx8mq-vpu-g2",
		registers(0x38310000),
		8,
		[ID.CLK_VPU_G2_ROOT],
		["&vpu_blk_ctrl", ID.VPUBLK_PD_G2],
	),
	"vpu_h1: video-codec@38320000": accelerator(
		"nxp,imx8mm-vpu-h1",
		registers(0x38320000),
		30,
		[ID.CLK_VPU_H1_ROOT],
		["&vpu_blk_ctrl", ID.VPUBLK_PD_H1],
	),
	"vpu_blk_ctrl: blk-ctrl@38330000": {
		compatible: ["fsl,imx8mm-vpu-blk-ctrl", "syscon"],
		reg: registers(0x38330000, 0x100),
		"power-domains": [
			"&pgc_vpumix",
			"&pgc_vpu_g1",
			"&pgc_vpu_g2",
			"&pgc_vpu_h1",
		],
		"power-domain-names": ["bus", "g1", "g2", "h1"],
		clocks: clk(ID.CLK_VPU_G1_ROOT, ID.CLK_VPU_G2_ROOT, ID.CLK_VPU_H1_ROOT),
		"clock-names": ["g1", "g2", "h1"],
		"assigned-clocks": clk(ID.CLK_VPU_G1, ID.CLK_VPU_G2),
		"assigned-clock-parents": clk(ID.VPU_PLL_OUT, ID.VPU_PLL_OUT),
		"assigned-clock-rates": [600000000, 600000000],
		"#power-domain-cells": 1,
	},
	"gic: interrupt-controller@38800000": {
		compatible: "arm,gic-v3",
		reg: [0x38800000, 0x10000, 0x38880000, 0xc0000],
		"interrupt-controller": true,
		"#interrupt-cells": 3,
		"#address-cells": 0,
		interrupts: [1, 9, 4],
	},
	"ddrc: memory-controller@3d400000": {
		compatible: ["fsl,imx8mm-ddrc", "fsl,imx8m-ddrc"],
		reg: registers(0x3d400000, 0x400000),
		clocks: clk(
			ID.CLK_DRAM_CORE,
			ID.DRAM_PLL,
			ID.CLK_DRAM_ALT,
			ID.CLK_DRAM_APB,
		),
		"clock-names": ["core", "pll", "alt", "apb"],
	},
};

/** The shared memory and the way to the firmware. */
const firmware: NodeSource = {
	"ocram_scmi: sram@93f000": {
		compatible: "mmio-sram",
		reg: [0, 0x93f000, 0, 0x1000],
		"#address-cells": 1,
		"#size-cells": 1,
		ranges: [0, 0, 0x93f000, 0x1000],
		"scmi_tx: scmi-shmem@0": {
			compatible: "arm,scmi-shmem",
			reg: registers(0, 0x200),
		},
		"scmi_rx: scmi-shmem@200": {
			compatible: "arm,scmi-shmem",
			reg: registers(0x200, 0x200),
		},
	},
	firmware: {
		"smc_mbox: mailbox": {
			compatible: "arm,smc-mbox",
			"#mbox-cells": 1,
			"arm,num-chans": 2,
			method: "smc",
			"arm,func-ids": [0xc20000fe, 0xc20000ff],
			interrupts: [0, 115, 1, 0, 116, 1],
		},
		"scmi: scmi": {
			compatible: "arm,scmi",
			mboxes: ["&smc_mbox", 0, "&smc_mbox", 1],
			"mbox-names": ["tx", "rx"],
			shmem: ["&scmi_tx", "&scmi_rx"],
			"#address-cells": 1,
			"#size-cells": 0,
			"scmi_power: protocol@11": { reg: 0x11, "#power-domain-cells": 1 },
			"scmi_clk: protocol@14": { reg: 0x14, "#clock-cells": 1 },
		},
	},
};

const board: NodeSource = {
	"#address-cells": 2,
	"#size-cells": 2,
	"interrupt-parent": ["&gic"],
	model: "scmi-cosim i.MX8MM board",
	compatible: ["fsl,imx8mm-evk", "fsl,imx8mm"],
	aliases: {
		ethernet0: "&fec1",
		i2c0: "&i2c1",
		i2c1: "&i2c2",
		i2c2: "&i2c3",
		mmc0: "&usdhc1",
		mmc1: "&usdhc2",
		mmc2: "&usdhc3",
		serial0: "&uart1",
		serial1: "&uart2",
		serial2: "&uart3",
		serial3: "&uart4",
		spi0: "&flexspi",
		spi1: "&ecspi2",
	},
	chosen: { "stdout-path": "&uart2" },
	"memory@40000000": {
		device_type: "memory",
		reg: [0, 0x40000000, 0, 0x80000000],
	},
	cpus: {
		"#address-cells": 1,
		"#size-cells": 0,
		"cpu@0": cpu(0),
		"cpu@1": cpu(1),
		"cpu@2": cpu(2),
		"cpu@3": cpu(3),
	},
	"a53_opp_table: opp-table": {
		compatible: "operating-points-v2",
		"opp-shared": true,
		"opp-1200000000": operatingPoint(1_200_000_000, 850_000, [0xe, 0x7]),
		"opp-1600000000": operatingPoint(1_600_000_000, 950_000, [0xc, 0x7]),
		"opp-1800000000": operatingPoint(1_800_000_000, 1_000_000, [0x8, 0x3]),
	},
	psci: { compatible: "arm,psci-1.0", method: "smc" },
	timer: {
		compatible: "arm,armv8-timer",
		interrupts: [1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08, 1, 10, 0xf08],
		"clock-frequency": 8000000,
	},
	"osc_32k: clock-osc-32k": fixedClock("osc_32k", 32768),
	"osc_24m: clock-osc-24m": fixedClock("osc_24m", 24000000),
	"clk_ext1: clock-ext1": fixedClock("clk_ext1", 133000000),
	"clk_ext2: clock-ext2": fixedClock("clk_ext2", 133000000),
	"clk_ext3: clock-ext3": fixedClock("clk_ext3", 133000000),
	"clk_ext4: clock-ext4": fixedClock("clk_ext4", 133000000),
	"pcie0_refclk: pcie0-refclk": fixedClock("pcie0_refclk", 100000000),
	"usbphynop1: usbphynop1": usbPhy("&pgc_otg1"),
	"usbphynop2: usbphynop2": usbPhy("&pgc_otg2"),
	...firmware,
	"soc: soc@0": {
		compatible: ["fsl,imx8mm-soc", "simple-bus"],
		"#address-cells": 1,
		"#size-cells": 1,
		ranges: [0, 0, 0, 0x3e000000],
		"aips1: bus@30000000": aips1,
		"aips2: bus@30400000": aips2,
		"aips3: bus@30800000": aips3,
		"aips4: bus@32c00000": aips4,
		...socDevices,
	},
};

/** The built-in board as a fresh tree, which the caller may change. */
export function imx8mmBoard(): DeviceTree {
	return buildTree(board);
}
