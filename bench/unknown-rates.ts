// Clocks whose rates nothing can be known about: every PLL's rate changes, and with it all that is below.
// i.MX 8M Mini reference manual, chapter 5.1: MUX of CCM_TARGET_ROOT, PLL_POST_DIV of the PLLs' DIV_CTL0.

import type { Firmware } from "../host/firmware.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";

const MUX = 7 << 24;
const FIRST_PLL = 1 << 24;
const DIV_CTL0 = 4;
/** Halves the rate; a PLL stays locked. */
const POST_DIVIDER = 1;

/** The only leaves that no PLL drives: from the crystal, and from nothing. */
const OTHERS = ["gpt_3m", "disp_dtrc", "disp_root_clk"];

const parents = new Set(
	IMX8MM.clocks.flatMap((clock) =>
		"parents" in clock
			? clock.parents
			: "parent" in clock
				? [clock.parent]
				: [],
	),
);

/** IDs of the clocks that nothing else is derived from, once {@link forgetRates} was called. */
export const LEAVES: readonly number[] = IMX8MM.clocks
	.filter(({ kind, name }) => kind !== "alias" && !parents.has(name))
	.filter(({ name }) => !OTHERS.includes(name))
	.map(({ id }) => id);

/** Lets every leaf have another rate than before: slices that reset leaves with the crystal go to a PLL, then the PLLs change. */
export function forgetRates(firmware: Firmware): void {
	for (const clock of IMX8MM.clocks) {
		if (clock.kind === "composite") {
			const word = firmware.read32(clock.address);
			if ((word & MUX) === 0) firmware.write32(clock.address, word | FIRST_PLL);
		} else if (clock.kind === "pll") {
			const address = clock.address + DIV_CTL0;
			firmware.write32(address, firmware.read32(address) ^ POST_DIVIDER);
		}
	}
}
