// The registers that turn an i.MX8MM off and reset it, with their bits.
// i.MX 8M Mini reference manual, chapters 6.4 (SNVS) and 6.6 (WDOG).

export const SNVS_LPCR = 0x3037_0038;
/** Turn off system power; dumb PMIC enabled. */
export const TOP = 0x40;
export const DP_EN = 0x20;

/** Two 16-bit registers in one word: WCR below, WSR above. */
export const WDOG1_WCR = 0x3028_0000;
export const WDBG = 0x02;
export const WDE = 0x04;
/** Both active low. */
export const SRS = 0x10;
export const WDA = 0x20;
export const SRE = 0x40;
