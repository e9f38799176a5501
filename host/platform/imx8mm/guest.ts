// What a Linux guest on QEMU's own board is made to use of the i.MX8MM: clocks, power domains and resets for its AMBA devices.
// A stock kernel's AMBA bus takes `clocks`, `assigned-clock-rates`, `power-domains` and `resets` of any primecell.

import type { GuestConsumer } from "../platform.ts";

export const GUEST_CONSUMERS: readonly GuestConsumer[] = [
	{
		compatible: "arm,pl031",
		clock: "pwm1_root_clk",
		assigned: [
			{ clock: "pwm1", rate: 12_000_000 },
			{ clock: "audio_pll1", rate: 393_216_000 },
		],
		domain: "usb-otg1",
		reset: "pciephy-perst",
	},
	{
		compatible: "arm,pl061",
		clock: "i2c4_root_clk",
		assigned: [{ clock: "i2c4", rate: 6_000_000 }],
		domain: "gpumix",
		reset: "mipi-dsi-reset-n",
	},
];
