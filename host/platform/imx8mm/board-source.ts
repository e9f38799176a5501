// Shorthands of the built-in board's devicetree: references to the SoC's controllers, and devices that come in families.
// Follows the bindings of the fsl,imx8mm-* devices in the Linux kernel, reduced to what a clock or power driver sees.

import type { CellSource, NodeSource } from "../../devicetree/source.ts";

/** References to clocks of the clock controller, by binding ID. */
export function clk(...ids: number[]): CellSource[] {
	return ids.flatMap((id): CellSource[] => ["&clk", id]);
}

/** Shared peripheral interrupts, level high, as the interrupt controller's cells. */
export function spi(...numbers: number[]): number[] {
	return numbers.flatMap((number) => [0, number, 4]);
}

/** Address and size of registers on a bus with one cell for each. */
export function registers(address: number, size = 0x10000): number[] {
	return [address, size];
}

/** A bus whose children have the CPU's own addresses. */
export function aips(
	address: number,
	ranges: number[],
	children: NodeSource,
): NodeSource {
	return {
		compatible: ["fsl,aips-bus", "simple-bus"],
		reg: registers(address, 0x400000),
		"#address-cells": 1,
		"#size-cells": 1,
		ranges,
		...children,
	};
}

/** A device with interrupts and one clock under the names that its driver asks for. */
function device(
	compatible: string[],
	address: number,
	interrupt: number,
	clock: number,
	names: string[],
	more: NodeSource = {},
): NodeSource {
	return {
		compatible,
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(...names.map(() => clock)),
		"clock-names": names,
		...more,
	};
}

export function uart(
	address: number,
	interrupt: number,
	clock: number,
	more?: NodeSource,
): NodeSource {
	const compatible = ["fsl,imx8mm-uart", "fsl,imx6q-uart"];
	return device(compatible, address, interrupt, clock, ["ipg", "per"], more);
}

export function pwm(
	address: number,
	interrupt: number,
	clock: number,
	more?: NodeSource,
): NodeSource {
	const compatible = ["fsl,imx8mm-pwm", "fsl,imx27-pwm"];
	return device(compatible, address, interrupt, clock, ["ipg", "per"], {
		"#pwm-cells": 3,
		...more,
	});
}

export function ecspi(
	address: number,
	interrupt: number,
	clock: number,
	more?: NodeSource,
): NodeSource {
	const compatible = ["fsl,imx8mm-ecspi", "fsl,imx51-ecspi"];
	return device(compatible, address, interrupt, clock, ["ipg", "per"], {
		"#address-cells": 1,
		"#size-cells": 0,
		...more,
	});
}

export function gpt(
	address: number,
	interrupt: number,
	clock: number,
): NodeSource {
	const compatible = ["fsl,imx8mm-gpt", "fsl,imx6dl-gpt"];
	return device(compatible, address, interrupt, clock, ["ipg", "per"]);
}

/** Direct memory access with its two clocks, which differ on one of the three. */
export function sdma(
	address: number,
	interrupt: number,
	ipg: number,
	ahb: number,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-sdma", "fsl,imx8mq-sdma"],
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(ipg, ahb),
		"clock-names": ["ipg", "ahb"],
		"#dma-cells": 3,
	};
}

export function i2c(
	address: number,
	interrupt: number,
	clock: number,
	more?: NodeSource,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-i2c", "fsl,imx21-i2c"],
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(clock),
		"clock-frequency": 400000,
		"#address-cells": 1,
		"#size-cells": 0,
		...more,
	};
}

export function gpio(
	address: number,
	interrupt: number,
	clock: number,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-gpio", "fsl,imx35-gpio"],
		reg: registers(address),
		interrupts: spi(interrupt, interrupt + 1),
		clocks: clk(clock),
		"gpio-controller": true,
		"#gpio-cells": 2,
		"interrupt-controller": true,
		"#interrupt-cells": 2,
		"#address-cells": 0,
	};
}

export function watchdog(
	address: number,
	interrupt: number,
	clock: number,
	more?: NodeSource,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-wdt", "fsl,imx21-wdt"],
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(clock),
		...more,
	};
}

export function usdhc(
	address: number,
	interrupt: number,
	clocks: number[],
	more: NodeSource,
): NodeSource {
	return {
		compatible: ["fsl,imx8mm-usdhc", "fsl,imx7d-usdhc"],
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(...clocks),
		"clock-names": ["ipg", "ahb", "per"],
		"bus-width": 4,
		...more,
	};
}

export function sai(
	address: number,
	interrupt: number,
	clocks: number[],
	more?: NodeSource,
): NodeSource {
	return {
		"#sound-dai-cells": 0,
		compatible: ["fsl,imx8mm-sai", "fsl,imx8mq-sai"],
		reg: registers(address),
		interrupts: spi(interrupt),
		clocks: clk(...clocks),
		"clock-names": ["bus", "mclk1", "mclk2", "mclk3"],
		...more,
	};
}

/** A video codec or a graphics core: no bus of its own, one power domain. */
export function accelerator(
	compatible: string,
	reg: number[],
	interrupt: number,
	clocks: number[],
	domain: CellSource[],
	more?: NodeSource,
): NodeSource {
	return {
		compatible,
		reg,
		interrupts: spi(interrupt),
		clocks: clk(...clocks),
		"power-domains": domain,
		...more,
	};
}
