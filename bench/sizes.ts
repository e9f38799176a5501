// Rows about bytes: the module, and what a clock takes in memory.
// Nothing is timed here: they are the same each time.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Image } from "../assembly/image.ts";
import { Address } from "../assembly/layout.ts";
import { createEngine } from "../host/node.ts";
import { inPackage } from "./package.ts";
import { FEWEST_CLOCKS, MOST_CLOCKS, withClocks } from "./platforms.ts";
import { answered, type Question, type Row } from "./row.ts";

export const MODULE_SIZE: Question = {
	name: "module/gzip",
	what: "scmi.wasm, compressed by gzip -9",
	unit: "KiB",
	goal: 24,
	direction: "at most",
};

export const CLOCK_SIZE: Question = {
	name: "size/bytes-per-clock",
	what: `memory that ${MOST_CLOCKS} clocks take beyond ${FEWEST_CLOCKS}, names aside / clocks`,
	unit: "bytes",
	goal: 64,
	direction: "at most",
};

const KIB = 1024;

export function moduleSize(): Row {
	const bytes = readFileSync(inPackage("build/scmi.wasm"));
	const { length } = gzipSync(bytes, { level: 9 });
	return answered(MODULE_SIZE, [length / KIB], `${length} bytes`);
}

/** Bytes of memory in use with so many clocks, without the batch and the clocks' names. */
function memoryWith(clocks: number): number {
	const engine = createEngine(withClocks(clocks), { batch: 0 });
	const image = new DataView(engine.buffer, Address.IMAGE);
	const names = image.getUint32(Image.STRINGS + 4, true);
	return engine.memoryEnd - names;
}

export function clockSize(): Row {
	const bytes = memoryWith(MOST_CLOCKS) - memoryWith(FEWEST_CLOCKS);
	const perClock = bytes / (MOST_CLOCKS - FEWEST_CLOCKS);
	// What lies behind the clocks is aligned: a few bytes for all of them.
	return answered(CLOCK_SIZE, [Math.round(perClock * 100) / 100]);
}
