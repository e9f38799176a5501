// Where the i.MX8MM's register blocks and on-chip memory lie.
// i.MX 8M Mini reference manual, chapter 2 (memory maps).

import type { Block } from "../platform.ts";

/** Thermal monitoring unit. */
export const TMU = 0x3026_0000;
/** CCM analog: the PLLs. */
export const ANATOP = 0x3036_0000;
/** Clock controller module. */
export const CCM = 0x3038_0000;
/** General power controller. */
export const GPC = 0x303a_0000;
/** System reset controller. */
export const SRC = 0x3039_0000;
/** Secure non-volatile storage, with the power-off logic. */
export const SNVS = 0x3037_0000;
/** The first watchdog. */
export const WDOG1 = 0x3028_0000;

/**
 * The board's power management chip. It sits behind I2C (bus 1, address 0x4b), which is not modelled: its 8-bit registers
 * lie one in each word of a window of this model's own, below the DRAM where the SoC has nothing.
 */
export const PMIC = 0x3f4b_0000;

/** The on-chip RAM's last 4 KiB, which the mailbox binding's example uses for its shared-memory areas. */
export const SRAM = 0x0093_f000;
export const SRAM_SIZE = 0x1000;
/** The fast channels of the Cortex-A53 cluster, behind those areas. */
export const FAST_CHANNELS = SRAM + 0x800;

export const BLOCKS: readonly Block[] = [
	{ name: "sram", address: SRAM, size: SRAM_SIZE, kind: "ram" },
	{ name: "tmu", address: TMU, size: 0x1_0000, kind: "thermal" },
	{ name: "anatop", address: ANATOP, size: 0x1_0000, kind: "pll" },
	{ name: "ccm", address: CCM, size: 0x1_0000, kind: "set-clear-toggle" },
	{ name: "gpc", address: GPC, size: 0x1_0000, kind: "power" },
	{ name: "src", address: SRC, size: 0x1_0000, kind: "registers" },
	{ name: "snvs", address: SNVS, size: 0x1_0000, kind: "system" },
	{ name: "wdog1", address: WDOG1, size: 0x1_0000, kind: "system" },
	{
		name: "vpu-blk-ctrl",
		address: 0x3833_0000,
		size: 0x100,
		powerDomain: "vpumix",
		kind: "registers",
	},
	{
		name: "disp-blk-ctrl",
		address: 0x32e2_8000,
		size: 0x100,
		powerDomain: "dispmix",
		kind: "registers",
	},
	{ name: "pmic", address: PMIC, size: 0x400, kind: "registers" },
];
