// Sensors by raw byte offsets and registers: the tests' own hand at both.
// SCMI 3.2 (Arm DEN0056E), section 4.7; registers of the i.MX 8M Mini and of the board's power management chip.

import type { Firmware } from "../../host/firmware.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { Smt, u32 } from "./smt.ts";

export const SENSOR = 0x15;
export const BUSY = -6;
export const HARDWARE_ERROR = -9;
export const VERSIONS = [0x10000, 0x20000, 0x30000, 0x30001];

/** TMU: enable, and immediate temperature. */
export const TER = 0x3026_0000;
export const TRITSR = 0x3026_0020;
/** ARM PLL: DIV_CTL0. */
const ARM_PLL_DIV = 0x3036_0088;
/** The PMIC's voltage selector and control register of BUCK2, which supplies VDD_ARM. */
const BUCK2_VOLT = 0x3f4b_0040;
export const BUCK2_CTRL = 0x3f4b_0018;

/** The platform with a version of the sensor protocol. */
export function pinned(sensor: number, platform: Platform = IMX8MM): Platform {
	return { ...platform, protocols: { ...platform.protocols, sensor } };
}

export function smtOf(platform: Platform): Smt {
	return new Smt(createEngine(platform));
}

/** Puts the cluster's rate, a multiple of 8 MHz from 600 on, and its supply in mV into the registers. */
export function setOperatingPoint(
	firmware: Firmware,
	megahertz: number,
	millivolts: number,
): void {
	firmware.write32(ARM_PLL_DIV, ((megahertz / 8) << 12) | (3 << 4) | 0);
	firmware.write32(BUCK2_VOLT, (millivolts - 700) / 10);
}

/** The first value that a sensor reads, at version 0x20000 or later: signed 64 bits. */
export function firstValue(smt: Smt, id: number): bigint {
	const [low, high] = smt.words(SENSOR, 0x6, u32(id, 0));
	return BigInt.asIntN(
		64,
		(BigInt(high as number) << 32n) | BigInt(low as number),
	);
}
