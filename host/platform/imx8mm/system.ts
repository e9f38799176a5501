// How an i.MX8MM is turned off and reset.
// i.MX 8M Mini reference manual, chapters 6.4 (SNVS) and 6.6 (WDOG); what the firmware writes as TF-A's imx_system_off and imx_wdog_restart.

import type { SystemRegisters } from "../system.ts";
import { SNVS, WDOG1 } from "./blocks.ts";

/** SNVS_LPCR: turn off power, dumb PMIC enabled. */
export const SNVS_LPCR = SNVS + 0x38;
const TOP = 1 << 6;
const DP_EN = 1 << 5;

/** WDOG1_WCR, the low half of a word whose high half is WDOG1_WSR. */
export const WDOG1_WCR = WDOG1;
/** 0 asserts the internal software reset. */
const SRS = 1 << 4;
/** 0 asserts WDOG_B, which resets the PMIC. */
const WDA = 1 << 5;
const SRE = 1 << 6;
const WDE = 1 << 2;
/** WDBG, WDE and WDT, which can be written once only. */
const ONCE = 0xe;

export const SYSTEM: SystemRegisters = {
	off: { address: SNVS_LPCR, bits: TOP | DP_EN },
	reset: {
		address: WDOG1_WCR,
		lines: SRS | WDA,
		keep: ONCE,
		cold: WDE | SRS,
		warm: WDE | SRE | WDA,
	},
	// A model's choice: nothing of the hardware depends on it.
	gracefulTimeoutMs: 10_000,
};

/** LPCR and WCR as a power-on reset leaves them: the firmware writes them only to end everything. */
export const SYSTEM_VALUES: readonly (readonly [
	address: number,
	value: number,
])[] = [
	[SNVS_LPCR, DP_EN],
	[WDOG1_WCR, WDA | SRS],
];
