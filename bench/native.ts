// Rows about the C library: the same module through wasm2c and gcc, against the module in Node; the floor by hand beside it.
// What it measures: bench/native/main.c; how it is built: bench/native/Makefile.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createEngine } from "../host/node.ts";
import { compileImage } from "../host/platform/image.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { figureOf, ratios } from "./figures.ts";
import { measuring } from "./measure.ts";
import { REQUESTS, type RequestName, trapping } from "./messages.ts";
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

/** Builds the program; returns what runs it. */
async function buildNative(
	folder: string,
): Promise<() => Promise<NativeCost[]>> {
	const image = join(folder, "imx8mm.img");
	writeFileSync(image, compileImage(IMX8MM));
	const source = inPackage("bench/native");
	await execute("make", ["-C", source, "CC=gcc", `BUILD=${folder}`]);
	return async () => {
		const { stdout } = await execute(join(folder, "native"), [image]);
		return JSON.parse(stdout) as NativeCost[];
	};
}

/** ns per message in each round. */
interface Costs {
	native: number[];
	floor: number[];
	node: number[];
}

/** The program and Node by turns. */
async function measureByTurns(
	messages: readonly RequestName[],
	rounds: number,
): Promise<Map<RequestName, Costs>> {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-bench-"));
	try {
		const runNative = await buildNative(folder);
		const engine = createEngine(IMX8MM);
		const runNode = measuring(
			new Map(
				messages.map((message) => [
					message,
					trapping(`beside C, ${message}`, REQUESTS[message], engine),
				]),
			),
		);
		const costs = new Map(
			messages.map((message): [RequestName, Costs] => [
				message,
				{ native: [], floor: [], node: [] },
			]),
		);
		for (let round = 0; round < rounds; round++) {
			const ofNative = await runNative();
			const ofNode = runNode();
			for (const [message, { native, floor, node }] of costs) {
				const cost = ofNative.find(({ name }) => name === MESSAGES[message]);
				if (cost === undefined)
					throw new Error(`bench/native did not measure ${MESSAGES[message]}`);
				native.push(cost.nsNative);
				floor.push(cost.nsFloor);
				node.push(ofNode.get(message) as number);
			}
		}
		return costs;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Measures rows of {@link NATIVE}. */
export async function measureNative(
	questions: typeof NATIVE,
	rounds: number,
): Promise<Row[]> {
	const missing = await missingPrograms();
	if (missing !== undefined)
		return questions.map(({ message: _, ...question }) =>
			unanswered(question, missing),
		);
	const costs = await measureByTurns(
		questions.map(({ message }) => message),
		rounds,
	);
	return questions.map(({ message, ...question }) => {
		const { native, floor, node } = costs.get(message) as Costs;
		const ns = (each: number[]) => figureOf(each).median.toFixed(1);
		return answered(
			question,
			ratios(native, node),
			`${ns(native)} ns; written by hand in C ${ns(floor)} ns, ${figureOf(ratios(native, floor)).median.toFixed(2)} times`,
		);
	});
}
