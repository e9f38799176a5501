// The package in Node: everything of index.ts, and the engine's module found beside it.
// Browsers take index.ts and pass the module themselves.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Engine } from "./engine.ts";
import { CosimError } from "./errors.ts";
import { IMX8MM } from "./platform/imx8mm/index.ts";
import type { Platform } from "./platform/platform.ts";
import { createProfile } from "./profiles/index.ts";
import type { ProfileFirmware, ProfileName } from "./profiles/profile.ts";
import type { ScenarioReport } from "./simulation/scenario/report.ts";
import {
	playScenario,
	type ScenarioOptions,
} from "./simulation/scenario/run.ts";
import type { Scenario } from "./simulation/scenario/scenario.ts";

export * from "./index.ts";
export * from "./simulation/scenario/index.ts";
export {
	parseScenario,
	type ScenarioFile,
} from "./simulation/scenario/parse.ts";

let compiled: WebAssembly.Module | undefined;

/** The engine's module, `scmi.wasm` of this package, compiled once. Throws ENGINE_ABI when it is no module. */
export function engineModule(): WebAssembly.Module {
	if (compiled === undefined) {
		const file = createRequire(import.meta.url).resolve("scmi-cosim/scmi.wasm");
		compiled = compileModule(readFileSync(file), file);
	}
	return compiled;
}

/** Compiles a module's bytes. `name` says where they come from. */
export function compileModule(
	bytes: Uint8Array<ArrayBuffer>,
	name: string,
): WebAssembly.Module {
	try {
		return new WebAssembly.Module(bytes);
	} catch (cause) {
		throw new CosimError("ENGINE_ABI", `${name}: not a WebAssembly module`, {
			cause,
		});
	}
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

/**
 * Runs a scenario to its end, whatever is not as expected on the way: several agents on an i.MX8MM of their own.
 * @throws CosimError SCENARIO_INVALID for a scenario that is none, before anything runs
 */
export function runScenario(
	scenario: Scenario,
	options: ScenarioOptions = {},
): ScenarioReport {
	return playScenario(engineModule(), scenario, options);
}
