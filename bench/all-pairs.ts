// CLOCK_RATE_SET, and a search of all divider pairs in the same module: assembly/all-pairs.ts.
// scmi.wasm has no such search.

import { readFileSync } from "node:fs";
import { compileModule } from "../host/compile.ts";
import { Engine } from "../host/engine.ts";
import { compileImage } from "../host/platform/image.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Task } from "./measure.ts";
import { RATES, REQUESTS, SLICE, trapping } from "./messages.ts";
import { inPackage } from "./package.ts";

/** A search takes microseconds. */
const SEARCHES = 50;
/** Rounding down, as in the request. */
const DOWN = 0;

interface Exports extends WebAssembly.Exports {
	memory: WebAssembly.Memory;
	reserve(length: number): number;
	loadImage(length: number): number;
	/** Sets a clock's rate; 0 when no pair of dividers serves. */
	setRateByAllPairs(id: number, rate: number, rounding: number): number;
}

let compiled: WebAssembly.Module | undefined;

function allPairsModule(): WebAssembly.Module {
	const file = inPackage("build/scmi-all-pairs.wasm");
	compiled ??= compileModule(readFileSync(file), file);
	return compiled;
}

/** The search alone, without a message around it. */
export function searching(): Task {
	const { exports } = new WebAssembly.Instance(allPairsModule(), {});
	const { memory, reserve, loadImage, setRateByAllPairs } = exports as Exports;
	const image = compileImage(IMX8MM);
	const address = reserve(image.length);
	new Uint8Array(memory.buffer).set(image, address);
	if (loadImage(image.length) !== 0)
		throw new Error("the platform is not loaded");
	const [even, odd] = RATES;
	return {
		messages: SEARCHES,
		run: () => {
			let failed = 0;
			for (let i = 0; i < SEARCHES; i++)
				failed |=
					setRateByAllPairs(SLICE, (i & 1) === 0 ? even : odd, DOWN) ^ 1;
			return failed;
		},
	};
}

/** CLOCK_RATE_SET by the engine of that module. */
export function settingRate(name: string): Task {
	const engine = new Engine(allPairsModule(), IMX8MM);
	return trapping(name, REQUESTS["rate-set"], engine);
}
