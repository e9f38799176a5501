// Rows about the C library: the same module through wasm2c and gcc, against the module in Node; the floor by hand beside it.
// What it measures: bench/native/main.c; how it is built: bench/native/Makefile.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileImage } from "../host/platform/image.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Figure } from "./figures.ts";
import type { RequestName } from "./messages.ts";
import { inPackage } from "./package.ts";
import { answered, type Question, type Row, unanswered } from "./row.ts";

/** The program's names of the messages. */
const MESSAGES: Partial<Record<RequestName, string>> = {
	version: "PROTOCOL_VERSION",
	attributes: "CLOCK_ATTRIBUTES",
	"rate-cached": "CLOCK_RATE_GET",
	"rate-set": "CLOCK_RATE_SET",
	"power-state": "POWER_STATE_GET",
};

export const NATIVE: readonly (Question & { message: RequestName })[] =
	Object.keys(MESSAGES).map((message) => ({
		name: `native/${message}`,
		what: "a message to the module through wasm2c and gcc -O2 / one trap in Node",
		unit: "times",
		goal: null,
		direction: "at most",
		message: message as RequestName,
	}));

/** Programs that the build needs, and Debian's package of each. */
const PROGRAMS = [
	["make", "build-essential"],
	["gcc", "build-essential"],
	["objcopy", "build-essential"],
	["wasm2c", "wabt"],
] as const;

interface NativeCost {
	name: string;
	nsNative: number;
	nsFloor: number;
}

const execute = promisify(execFile);

/** What is missing, as a sentence; undefined when all is there. */
async function missingPrograms(): Promise<string | undefined> {
	const missing: string[] = [];
	for (const [program, debian] of PROGRAMS) {
		try {
			await execute(program, ["--version"]);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
			missing.push(`${program} (Debian package ${debian})`);
		}
	}
	return missing.length === 0 ? undefined : `missing: ${missing.join(", ")}`;
}

/** Builds the program and runs it. */
async function runNative(): Promise<NativeCost[]> {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-bench-"));
	try {
		const image = join(folder, "imx8mm.img");
		writeFileSync(image, compileImage(IMX8MM));
		const source = inPackage("bench/native");
		await execute("make", ["-C", source, "CC=gcc", `BUILD=${folder}`]);
		const { stdout } = await execute(join(folder, "native"), [image]);
		return JSON.parse(stdout) as NativeCost[];
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/**
 * Measures rows of {@link NATIVE}.
 * @param nodeNs what a trap of each message costs in Node
 */
export async function measureNative(
	questions: typeof NATIVE,
	nodeNs: (message: RequestName) => Figure,
): Promise<Row[]> {
	const missing = await missingPrograms();
	const costs = missing === undefined ? await runNative() : [];
	return questions.map(({ message, ...question }) => {
		if (missing !== undefined) return unanswered(question, missing);
		const cost = costs.find(({ name }) => name === MESSAGES[message]);
		if (cost === undefined)
			throw new Error(`bench/native did not measure ${MESSAGES[message]}`);
		const { nsNative, nsFloor } = cost;
		const node = nodeNs(message);
		const ratio = {
			median: nsNative / node.median,
			low: nsNative / node.high,
			high: nsNative / node.low,
		};
		return answered(
			question,
			ratio,
			`${nsNative.toFixed(1)} ns; written by hand in C ${nsFloor.toFixed(1)} ns, ${(nsNative / nsFloor).toFixed(2)} times`,
		);
	});
}
