// The package in browsers: everything of index.ts, and the engine's module fetched from beside it.
// On the main thread or in a worker; nothing else is fetched.

import { compileModule } from "./compile.ts";
import { Engine } from "./engine.ts";
import { CosimError } from "./errors.ts";
import { IMX8MM } from "./platform/imx8mm/index.ts";
import type { Platform } from "./platform/platform.ts";
import {
	type OpenedEngine,
	openSharedEngine,
	type SharedEngineOptions,
} from "./threads.ts";

export { compileModule } from "./compile.ts";
export * from "./index.ts";

/** Bundlers know this form, and put the modules beside what they make. */
const MODULE = new URL("../scmi.wasm", import.meta.url);
const THREADED_MODULE = new URL("../scmi-threads.wasm", import.meta.url);

const compiled = new Map<URL, Promise<WebAssembly.Module>>();

/**
 * The engine's module, `scmi.wasm` of this package, fetched and compiled once.
 * @throws CosimError FILE when it cannot be fetched, ENGINE_ABI when what was fetched is no module
 */
export function engineModule(): Promise<WebAssembly.Module> {
	return packagedModule(MODULE);
}

/** The same for several threads, `scmi-threads.wasm`. */
export function threadedModule(): Promise<WebAssembly.Module> {
	return packagedModule(THREADED_MODULE);
}

function packagedModule(url: URL): Promise<WebAssembly.Module> {
	const known = compiled.get(url);
	if (known !== undefined) return known;
	const module = fetchModule(url).catch((error: unknown) => {
		// The next call may have more luck.
		compiled.delete(url);
		throw error;
	});
	compiled.set(url, module);
	return module;
}

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
	try {
		const response = await fetch(url);
		if (!response.ok) throw new Error(`${response.status}`);
		// Not compileStreaming: servers may not know the module's type.
		return compileModule(await response.arrayBuffer(), String(url));
	} catch (cause) {
		if (cause instanceof CosimError) throw cause;
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new CosimError("FILE", `${url}: cannot be fetched: ${why}`, {
			cause,
		});
	}
}

/** A firmware with its hardware, in its state at load. */
export async function createEngine(
	platform: Platform = IMX8MM,
): Promise<Engine> {
	return new Engine(await engineModule(), platform);
}

/**
 * A firmware with its hardware, in its state at load, that other threads can join where the page is cross-origin isolated: see
 * {@link attachEngine}.
 * @throws CosimError UNKNOWN_NAME for a CPU that the platform does not have
 */
export async function createSharedEngine(
	platform: Platform = IMX8MM,
	options?: SharedEngineOptions,
): Promise<OpenedEngine> {
	const [single, threaded] = await Promise.all([
		engineModule(),
		threadedModule(),
	]);
	return openSharedEngine({ single, threaded }, platform, options);
}
