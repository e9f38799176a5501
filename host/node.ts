// The package in Node: everything of index.ts, and the engine's module found beside it.
// Browsers take index.ts and pass the module themselves.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileModule } from "./compile.ts";
import { Engine, type EngineOptions } from "./engine.ts";
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
import {
	type OpenedEngine,
	openSharedEngine,
	type SharedEngineOptions,
} from "./threads.ts";

export { compileModule } from "./compile.ts";
export * from "./index.ts";
export {
	parseScenario,
	type ScenarioFile,
} from "./simulation/scenario/parse.ts";
export * from "./tools.ts";

/** The package's build, which this file lies in, or beside when it runs from its source. */
const BUILD = new URL(
	import.meta.url.endsWith(".ts") ? "../build/" : "../",
	import.meta.url,
);

const compiled = new Map<string, WebAssembly.Module>();

/** The engine's module, `scmi.wasm` of this package, compiled once. Throws ENGINE_ABI when it is no module. */
export function engineModule(): WebAssembly.Module {
	return packagedModule("scmi.wasm");
}

/** The same for several threads, `scmi-threads.wasm`. */
export function threadedModule(): WebAssembly.Module {
	return packagedModule("scmi-threads.wasm");
}

function packagedModule(name: string): WebAssembly.Module {
	const known = compiled.get(name);
	if (known !== undefined) return known;
	const file = new URL(name, BUILD);
	const module = compileModule(readFileSync(file), fileURLToPath(file));
	compiled.set(name, module);
	return module;
}

let imageOfImx8mm: Uint8Array<ArrayBuffer> | undefined;

/** The build's: compiling it takes longer, in a process that has just begun, than all the rest of a load. */
function builtImage(): Uint8Array<ArrayBuffer> {
	imageOfImx8mm ??= new Uint8Array(
		readFileSync(new URL("imx8mm.image", BUILD)),
	);
	return imageOfImx8mm;
}

/** A firmware with its hardware, in its state at load. */
export function createEngine(
	platform: Platform = IMX8MM,
	options?: EngineOptions,
): Engine {
	const built = platform === IMX8MM ? { image: builtImage() } : {};
	return new Engine(engineModule(), platform, { ...built, ...options });
}

/**
 * A firmware with its hardware, in its state at load, that other threads can join: see {@link attachEngine}.
 * @throws CosimError UNKNOWN_NAME for a CPU that the platform does not have
 */
export function createSharedEngine(
	platform: Platform = IMX8MM,
	options?: SharedEngineOptions,
): OpenedEngine {
	const modules = { single: engineModule(), threaded: threadedModule() };
	return openSharedEngine(modules, platform, options);
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
