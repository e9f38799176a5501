// The firmwares that the same tests run on: the engine, and the plain TypeScript server that the bench compares it with.
// Both are made from the same platform tables.

import { PlainServer } from "../../bench/plain-server.ts";
import type { Firmware } from "../../host/firmware.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";

export interface FirmwareUnderTest {
	name: string;
	create(platform?: Platform): Firmware;
}

export const firmwares: readonly FirmwareUnderTest[] = [
	{ name: "engine", create: (platform = IMX8MM) => createEngine(platform) },
	{
		name: "plain server",
		create: (platform = IMX8MM) => new PlainServer(platform),
	},
];
