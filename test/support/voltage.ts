// What the voltage protocol's tests share: its number, versions, platforms pinned to one, agents without a second channel.
// SCMI 3.2 (Arm DEN0056E), sections 4.9 and 5.1.2.

import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { type AreaPlace, TX } from "./smt.ts";

export const VOLTAGE = 0x17;
export const V1 = 0x10000;
export const V2 = 0x20000;
export const V2_1 = 0x20001;
export const VERSIONS = [V1, V2, V2_1] as const;

/** Modes: architectural ones, bit 3 clear. */
export const OFF = 0;
export const ON = 7;

export function pinned(voltage: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, voltage } };
}

/** The same without messages from the platform. */
export function oneWay(platform: Platform): Platform {
	return {
		...platform,
		channels: platform.channels.map((channel) => ({
			...channel,
			fromPlatform: false,
		})),
	};
}

/** The area in which the platform's messages arrive. */
export const RX: AreaPlace = {
	...TX,
	address: 0x0093_f200,
	functionId: 0xc200_00ff,
};
