// The i.MX8MM's messaging unit, with the Cortex-M4 behind it as management processor.
// Address and interrupt: i.MX 8M Mini reference manual, chapter 2 (memory maps) and the interrupt table of chapter 7.

import type { Management } from "../management.ts";

/** The delays are orders of magnitude of a core at 400 MHz behind a bus of its own, not figures of the manual. */
export function management(functionIds: readonly number[]): Management {
	return {
		address: 0x30aa_0000,
		size: 0x1_0000,
		compatible: ["fsl,imx8mm-mu", "fsl,imx6sx-mu"],
		interrupt: 88,
		doorbells: functionIds,
		agentInterruptNs: 2_000,
		interruptNs: 1_000,
		pollNs: 250,
	};
}
