// The firmwares that the same tests run on: the engine, and the plain TypeScript server that the bench compares it with.
// Both are made from the same platform tables, without what the plain server lacks.

import { PlainServer } from "../../bench/plain-server.ts";
import type { Firmware } from "../../host/firmware.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	type Platform,
	withoutPlatformChannels,
} from "../../host/platform/platform.ts";

export interface FirmwareUnderTest {
	name: string;
	create(platform?: Platform): Firmware;
}

/** A platform with the protocols that the plain server has, and with channels from agents only. */
export function withoutPlatformMessages(platform: Platform): Platform {
	const { base, powerDomain, clock } = platform.protocols;
	return {
		...withoutPlatformChannels(platform),
		protocols: { base, powerDomain, clock },
		performanceDomains: [],
	};
}

export const firmwares: readonly FirmwareUnderTest[] = [
	{
		name: "engine",
		create: (platform = IMX8MM) =>
			createEngine(withoutPlatformMessages(platform)),
	},
	{
		name: "plain server",
		create: (platform = IMX8MM) =>
			new PlainServer(withoutPlatformMessages(platform)),
	},
];
