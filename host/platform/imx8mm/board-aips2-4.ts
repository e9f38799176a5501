// The built-in board's other peripheral buses: PWM, serial ports, storage, network, display, camera, USB and the PCIe PHY.
// Follows the bindings of the fsl,imx8mm-* devices and fsl,imx8mm-disp-blk-ctrl.

import type { NodeSource } from "../../devicetree/source.ts";
import { ID } from "./binding-ids.ts";
import { pmic } from "./board-pmic.ts";
import {
	aips,
	clk,
	ecspi,
	i2c,
	pwm,
	registers,
	sdma,
	spi,
	uart,
	usdhc,
} from "./board-source.ts";

export const aips2: NodeSource = aips(
	0x30400000,
	[0x30400000, 0x30400000, 0x400000],
	{
		"pwm1: pwm@30660000": pwm(0x30660000, 81, ID.CLK_PWM1_ROOT),
		"pwm2: pwm@30670000": pwm(0x30670000, 82, ID.CLK_PWM2_ROOT, {
			status: "disabled",
		}),
		"system_counter: timer@306a0000": {
			compatible: "nxp,sysctr-timer",
			reg: registers(0x306a0000, 0x20000),
			interrupts: spi(47),
			clocks: ["&osc_24m"],
			"clock-names": "per",
		},
	},
);

/** Serial devices behind the shared peripheral arbiter. */
const serialBus: NodeSource = {
	compatible: ["fsl,spba-bus", "simple-bus"],
	reg: registers(0x30800000, 0x100000),
	"#address-cells": 1,
	"#size-cells": 1,
	ranges: true,
	"ecspi1: spi@30820000": ecspi(0x30820000, 31, ID.CLK_ECSPI1_ROOT, {
		status: "disabled",
	}),
	"ecspi2: spi@30830000": ecspi(0x30830000, 32, ID.CLK_ECSPI2_ROOT),
	"uart1: serial@30860000": uart(0x30860000, 26, ID.CLK_UART1_ROOT, {
		"assigned-clocks": clk(ID.CLK_UART1),
		"assigned-clock-parents": clk(ID.SYS_PLL1_80M),
	}),
	"uart3: serial@30880000": uart(0x30880000, 28, ID.CLK_UART3_ROOT, {
		"assigned-clocks": clk(ID.CLK_UART3),
		"assigned-clock-parents": clk(ID.SYS_PLL1_80M),
	}),
	"uart2: serial@30890000": uart(0x30890000, 27, ID.CLK_UART2_ROOT),
};

export const aips3: NodeSource = aips(
	0x30800000,
	[0x30800000, 0x30800000, 0x400000, 0x8000000, 0x8000000, 0x10000000],
	{
		"spba-bus@30800000": serialBus,
		"crypto: crypto@30900000": {
			compatible: "fsl,sec-v4.0",
			reg: registers(0x30900000, 0x40000),
			interrupts: spi(91),
			clocks: clk(ID.CLK_AHB, ID.CLK_IPG_ROOT),
			"clock-names": ["aclk", "ipg"],
			"secure-status": "okay",
			"#address-cells": 1,
			"#size-cells": 1,
			ranges: [0, 0x30900000, 0x40000],
			"jr1: jr@2000": {
				compatible: "fsl,sec-v4.0-job-ring",
				reg: registers(0x2000, 0x1000),
				interrupts: spi(106),
			},
		},
		"i2c1: i2c@30a20000": i2c(0x30a20000, 35, ID.CLK_I2C1_ROOT, {
			"pmic: pmic@4b": pmic,
		}),
		"i2c2: i2c@30a30000": i2c(0x30a30000, 36, ID.CLK_I2C2_ROOT),
		"i2c3: i2c@30a40000": i2c(0x30a40000, 37, ID.CLK_I2C3_ROOT),
		// The TEE has these two for itself: a secure element behind the bus, and its console.
		"i2c4: i2c@30a50000": i2c(0x30a50000, 38, ID.CLK_I2C4_ROOT, {
			status: "disabled",
			"secure-status": "okay",
		}),
		"uart4: serial@30a60000": uart(0x30a60000, 29, ID.CLK_UART4_ROOT, {
			status: "disabled",
			"secure-status": "okay",
			"assigned-clocks": clk(ID.CLK_UART4),
			"assigned-clock-parents": clk(ID.SYS_PLL1_80M),
		}),
		"mu: mailbox@30aa0000": {
			compatible: ["fsl,imx8mm-mu", "fsl,imx6sx-mu"],
			reg: registers(0x30aa0000),
			interrupts: spi(88),
			clocks: clk(ID.CLK_MU_ROOT),
			"#mbox-cells": 2,
		},
		"usdhc1: mmc@30b40000": usdhc(
			0x30b40000,
			22,
			[ID.CLK_IPG_ROOT, ID.CLK_NAND_USDHC_BUS, ID.CLK_USDHC1_ROOT],
			{
				"assigned-clocks": clk(ID.CLK_USDHC1),
				"assigned-clock-rates": [50000000],
			},
		),
		"usdhc2: mmc@30b50000": usdhc(
			0x30b50000,
			23,
			[ID.CLK_IPG_ROOT, ID.CLK_NAND_USDHC_BUS, ID.CLK_USDHC2_ROOT],
			{
				"assigned-clocks": clk(ID.CLK_USDHC2),
				"assigned-clock-rates": [200000000],
			},
		),
		"usdhc3: mmc@30b60000": usdhc(
			0x30b60000,
			24,
			[ID.CLK_IPG_ROOT, ID.CLK_NAND_USDHC_BUS, ID.CLK_USDHC3_ROOT],
			{
				"assigned-clocks": clk(ID.CLK_USDHC3_ROOT),
				"assigned-clock-rates": [400000000],
				"bus-width": 8,
				"non-removable": true,
			},
		),
		"flexspi: spi@30bb0000": {
			compatible: "nxp,imx8mm-fspi",
			reg: [0x30bb0000, 0x10000, 0x8000000, 0x10000000],
			"reg-names": ["fspi_base", "fspi_mmap"],
			interrupts: spi(107),
			clocks: clk(ID.CLK_QSPI_ROOT, ID.CLK_QSPI_ROOT),
			"clock-names": ["fspi_en", "fspi"],
			"#address-cells": 1,
			"#size-cells": 0,
		},
		"sdma1: dma-controller@30bd0000": sdma(
			0x30bd0000,
			2,
			ID.CLK_SDMA1_ROOT,
			ID.CLK_AHB,
		),
		"fec1: ethernet@30be0000": {
			compatible: ["fsl,imx8mm-fec", "fsl,imx8mq-fec", "fsl,imx6sx-fec"],
			reg: registers(0x30be0000),
			interrupts: spi(118, 119, 120, 121),
			clocks: clk(
				ID.CLK_ENET1_ROOT,
				ID.CLK_ENET1_ROOT,
				ID.CLK_ENET_TIMER,
				ID.CLK_ENET_REF,
				ID.CLK_ENET_PHY_REF,
			),
			"clock-names": ["ipg", "ahb", "ptp", "enet_clk_ref", "enet_out"],
			"assigned-clocks": clk(
				ID.CLK_ENET_AXI,
				ID.CLK_ENET_TIMER,
				ID.CLK_ENET_REF,
				ID.CLK_ENET_PHY_REF,
			),
			"assigned-clock-parents": clk(
				ID.SYS_PLL1_266M,
				ID.SYS_PLL2_100M,
				ID.SYS_PLL2_125M,
				ID.SYS_PLL2_50M,
			),
			"assigned-clock-rates": [0, 100000000, 125000000, 0],
			"phy-mode": "rgmii-id",
		},
	},
);

/** A USB controller; its PHY's power domain hangs below the controller's. */
function usb(
	address: number,
	interrupt: number,
	phy: `&${string}`,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-usb", "fsl,imx7d-usb"],
		reg: registers(address, 0x200),
		interrupts: spi(interrupt),
		clocks: clk(ID.CLK_USB1_CTRL_ROOT),
		"clock-names": "usb1_ctrl_root_clk",
		"assigned-clocks": clk(ID.CLK_USB_BUS),
		"assigned-clock-parents": clk(ID.SYS_PLL2_500M),
		phys: [phy],
		"power-domains": ["&pgc_hsiomix"],
	};
}

export const aips4: NodeSource = aips(
	0x32c00000,
	[0x32c00000, 0x32c00000, 0x400000],
	{
		"lcdif: lcdif@32e00000": {
			compatible: ["fsl,imx8mm-lcdif", "fsl,imx6sx-lcdif"],
			reg: registers(0x32e00000),
			interrupts: spi(5),
			clocks: clk(
				ID.CLK_LCDIF_PIXEL,
				ID.CLK_DISP_APB_ROOT,
				ID.CLK_DISP_AXI_ROOT,
			),
			"clock-names": ["pix", "axi", "disp_axi"],
			"assigned-clocks": clk(ID.CLK_LCDIF_PIXEL),
			"assigned-clock-parents": clk(ID.VIDEO_PLL1_OUT),
			"assigned-clock-rates": [594000000],
			"power-domains": ["&disp_blk_ctrl", ID.DISPBLK_PD_LCDIF],
			// Both worlds show something.
			"secure-status": "okay",
		},
		"mipi_dsi: dsi@32e10000": {
			compatible: "fsl,imx8mm-mipi-dsim",
			reg: registers(0x32e10000, 0x400),
			interrupts: spi(18),
			clocks: clk(ID.CLK_DSI_CORE, ID.CLK_DSI_PHY_REF),
			"clock-names": ["bus_clk", "sclk_mipi"],
			"assigned-clocks": clk(ID.CLK_DSI_CORE, ID.CLK_DSI_PHY_REF),
			"assigned-clock-parents": clk(ID.SYS_PLL1_266M, ID.CLK_24M),
			"assigned-clock-rates": [266000000, 24000000],
			"power-domains": ["&disp_blk_ctrl", ID.DISPBLK_PD_MIPI_DSI],
		},
		"csi: csi@32e20000": {
			compatible: ["fsl,imx8mm-csi", "fsl,imx7-csi"],
			reg: registers(0x32e20000, 0x1000),
			interrupts: spi(16),
			clocks: clk(ID.CLK_CSI1_ROOT),
			"clock-names": "mclk",
			"power-domains": ["&disp_blk_ctrl", ID.DISPBLK_PD_CSI_BRIDGE],
		},
		"disp_blk_ctrl: blk-ctrl@32e28000": {
			compatible: ["fsl,imx8mm-disp-blk-ctrl", "syscon"],
			reg: registers(0x32e28000, 0x100),
			"power-domains": [
				"&pgc_dispmix",
				"&pgc_dispmix",
				"&pgc_dispmix",
				"&pgc_mipi",
				"&pgc_mipi",
			],
			"power-domain-names": [
				"bus",
				"csi-bridge",
				"lcdif",
				"mipi-dsi",
				"mipi-csi",
			],
			clocks: clk(
				ID.CLK_DISP_AXI_ROOT,
				ID.CLK_DISP_APB_ROOT,
				ID.CLK_CSI1_ROOT,
				ID.CLK_DISP_AXI_ROOT,
				ID.CLK_DISP_APB_ROOT,
				ID.CLK_DISP_ROOT,
				ID.CLK_DSI_CORE,
				ID.CLK_DSI_PHY_REF,
				ID.CLK_CSI1_CORE,
				ID.CLK_CSI1_PHY_REF,
			),
			"clock-names": [
				"csi-bridge-axi",
				"csi-bridge-apb",
				"csi-bridge-core",
				"lcdif-axi",
				"lcdif-apb",
				"lcdif-pix",
				"dsi-pclk",
				"dsi-ref",
				"csi-aclk",
				"csi-pclk",
			],
			"#power-domain-cells": 1,
		},
		"mipi_csi: mipi-csi@32e30000": {
			compatible: "fsl,imx8mm-mipi-csi2",
			reg: registers(0x32e30000, 0x1000),
			interrupts: spi(17),
			"assigned-clocks": clk(ID.CLK_CSI1_CORE),
			"assigned-clock-parents": clk(ID.SYS_PLL2_1000M),
			"clock-frequency": 333000000,
			clocks: clk(
				ID.CLK_DISP_APB_ROOT,
				ID.CLK_CSI1_ROOT,
				ID.CLK_CSI1_PHY_REF,
				ID.CLK_DISP_AXI_ROOT,
			),
			"clock-names": ["pclk", "wrap", "phy", "axi"],
			"power-domains": ["&disp_blk_ctrl", ID.DISPBLK_PD_MIPI_CSI],
		},
		"usbotg1: usb@32e40000": usb(0x32e40000, 40, "&usbphynop1"),
		"usbotg2: usb@32e50000": usb(0x32e50000, 41, "&usbphynop2"),
		"pcie_phy: pcie-phy@32f00000": {
			compatible: "fsl,imx8mm-pcie-phy",
			reg: registers(0x32f00000),
			clocks: ["&pcie0_refclk"],
			"clock-names": "ref",
			"assigned-clocks": clk(ID.CLK_PCIE1_PHY),
			"assigned-clock-parents": clk(ID.SYS_PLL2_100M),
			"assigned-clock-rates": [100000000],
			resets: ["&src", 26],
			"reset-names": "pciephy",
			"#phy-cells": 0,
		},
	},
);
