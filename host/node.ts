// The package in Node: everything of index.ts, and the engine's module found beside it.
// Browsers take index.ts and pass the module themselves.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileModule } from "./compile.ts";
import { Engine } from "./engine.ts";
import { IMX8MM } from "./platform/imx8mm/index.ts";
import type { Platform } from "./platform/platform.ts";
import { createProfile } from "./profiles/index.ts";
import type { ProfileFirmware, ProfileName } from "./profiles/profile.ts";

export { compileModule } from "./compile.ts";
export * from "./index.ts";

let compiled: WebAssembly.Module | undefined;

/** The engine's module, `scmi.wasm` of this package, compiled once. Throws ENGINE_ABI when it is no module. */
export function engineModule(): WebAssembly.Module {
	if (compiled === undefined) {
		const file = createRequire(import.meta.url).resolve("scmi-cosim/scmi.wasm");
		compiled = compileModule(readFileSync(file), file);
	}
	return compiled;
}

/** A firmware with its hardware, in its state at load. */
export function createEngine(platform: Platform = IMX8MM): Engine {
	return new Engine(engineModule(), platform);
}

/**
 * A firmware of a profile with its hardware, in its state at load.
 * @throws CosimError UNKNOWN_NAME for a name that is no profile's, BUS_ERROR for a platform that lacks what the profile needs
 */
export function createFirmware(
	profile: ProfileName = "spec",
	platform: Platform = IMX8MM,
): ProfileFirmware {
	return createProfile(engineModule(), profile, platform);
}
