// Stands in for host/node.ts in tests that run in a browser: the same functions, the module fetched before the tests begin.
// host/browser.ts is the browser's own entry; its functions return promises, these do not.

import wasm from "../../build/scmi.wasm?url";
import { Engine } from "../../host/engine.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { createProfile } from "../../host/profiles/index.ts";
import type {
	ProfileFirmware,
	ProfileName,
} from "../../host/profiles/profile.ts";

export { compileModule } from "../../host/compile.ts";
export * from "../../host/index.ts";
export * from "../../host/tools.ts";

const compiled = await WebAssembly.compileStreaming(fetch(wasm));

export function engineModule(): WebAssembly.Module {
	return compiled;
}

export function createEngine(platform: Platform = IMX8MM): Engine {
	return new Engine(compiled, platform);
}

export function createFirmware(
	profile: ProfileName = "spec",
	platform: Platform = IMX8MM,
): ProfileFirmware {
	return createProfile(compiled, profile, platform);
}
