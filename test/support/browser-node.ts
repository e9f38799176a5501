// Stands in for host/node.ts in tests that run in a browser: the same functions, the modules fetched before the tests begin.
// host/browser.ts is the browser's own entry; its functions return promises, these do not.

import wasm from "../../build/scmi.wasm?url";
import threadedWasm from "../../build/scmi-threads.wasm?url";
import { Engine, type EngineOptions } from "../../host/engine.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { createProfile } from "../../host/profiles/index.ts";
import type {
	ProfileFirmware,
	ProfileName,
} from "../../host/profiles/profile.ts";
import type { ScenarioReport } from "../../host/simulation/scenario/report.ts";
import {
	playScenario,
	type ScenarioOptions,
} from "../../host/simulation/scenario/run.ts";
import type { Scenario } from "../../host/simulation/scenario/scenario.ts";
import {
	type OpenedEngine,
	openSharedEngine,
	type SharedEngineOptions,
} from "../../host/threads.ts";

export { compileModule } from "../../host/compile.ts";
export * from "../../host/index.ts";
export * from "../../host/tools.ts";

const [compiled, threaded] = await Promise.all(
	[wasm, threadedWasm].map((url) => WebAssembly.compileStreaming(fetch(url))),
);

export function engineModule(): WebAssembly.Module {
	return compiled as WebAssembly.Module;
}

export function threadedModule(): WebAssembly.Module {
	return threaded as WebAssembly.Module;
}

export function createEngine(
	platform: Platform = IMX8MM,
	options?: EngineOptions,
): Engine {
	return new Engine(engineModule(), platform, options);
}

export function createSharedEngine(
	platform: Platform = IMX8MM,
	options?: SharedEngineOptions,
): OpenedEngine {
	const modules = { single: engineModule(), threaded: threadedModule() };
	return openSharedEngine(modules, platform, options);
}

export function createFirmware(
	profile: ProfileName = "spec",
	platform: Platform = IMX8MM,
): ProfileFirmware {
	return createProfile(engineModule(), profile, platform);
}

export function runScenario(
	scenario: Scenario,
	options: ScenarioOptions = {},
): ScenarioReport {
	return playScenario(engineModule(), scenario, options);
}
