// Sensor messages by raw byte offsets, and the platform-to-agent area as an agent reads it: the tests' own hand at both.
// SCMI 3.2 (Arm DEN0056E), sections 4.7 and 5.1.2; registers of the i.MX 8M Mini and of the board's power management chip.

import { expect } from "vitest";
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

/** The platform whose agents get no messages but replies. */
export function oneWay(platform: Platform): Platform {
	return {
		...platform,
		channels: platform.channels.map((channel) => ({
			...channel,
			fromPlatform: false,
		})),
	};
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

/** A message of the platform. */
export interface PlatformMessage {
	header: number;
	/** Words behind the header. */
	words: number[];
}

/** The agent's end of the platform-to-agent area. */
export class Rx {
	readonly #firmware: Firmware;
	readonly #view: DataView;

	constructor(firmware: Firmware) {
		this.#firmware = firmware;
		const at = firmware.memoryAt(0x0093_f200, 0x200);
		this.#view = new DataView(firmware.buffer, at, 0x200);
	}

	/** Reads every message there is, ringing the doorbell after each. */
	read(): PlatformMessage[] {
		const messages: PlatformMessage[] = [];
		const view = this.#view;
		while ((view.getUint32(0x04, true) & 1) === 0) {
			const length = view.getUint32(0x14, true);
			expect(length % 4).toBe(0);
			messages.push({
				header: view.getUint32(0x18, true),
				words: Array.from({ length: length / 4 - 1 }, (_, i) =>
					view.getUint32(0x1c + 4 * i, true),
				),
			});
			view.setUint32(0x04, 1, true);
			const registers = this.#firmware.registers(0);
			registers.fill(0);
			registers[0] = 0xc200_00ff;
			this.#firmware.trap(0, "smc");
		}
		return messages;
	}
}
