// The built-in board's power management chip and its regulators, with the limits that the board sets.
// Follows the binding rohm,bd71847; limits as in Linux's imx8mm-evk.dtsi.

import type { NodeSource } from "../../devicetree/source.ts";
import { RAILS } from "./rails.ts";

/** Those that supply something, which must not be switched off. Labels as in Linux's board. */
const regulators: NodeSource = Object.fromEntries(
	RAILS.filter(({ alwaysOn }) => alwaysOn).map(
		({ name, min, max, rampRate }) => [
			`${name.toLowerCase()}_reg: ${name}`,
			{
				"regulator-name": name.toLowerCase(),
				"regulator-min-microvolt": min,
				"regulator-max-microvolt": max,
				"regulator-boot-on": true,
				"regulator-always-on": true,
				...(rampRate === 0 ? {} : { "regulator-ramp-delay": rampRate }),
			},
		],
	),
);

export const pmic: NodeSource = {
	compatible: "rohm,bd71847",
	reg: 0x4b,
	"#clock-cells": 0,
	clocks: ["&osc_32k"],
	"clock-output-names": "clk-32k-out",
	regulators,
};
