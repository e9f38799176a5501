import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { FirmwareUnderTest } from "./firmwares.ts";
export const firmwares: readonly FirmwareUnderTest[] = [
	{ name: "engine", create: (platform = IMX8MM) => createEngine(platform) },
];
