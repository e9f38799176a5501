// The row about loading: from the module's file to the first reply, each time in a process of its own.
// What is timed: first-reply.ts.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { figureOf } from "./figures.ts";
import { inPackage } from "./package.ts";
import { answered, type Question, type Row } from "./row.ts";

export const LOAD: Question = {
	name: "load/first-reply",
	what: "read, compile, instantiate, load the platform, first reply, in a fresh Node",
	unit: "ms",
	goal: 10,
	direction: "at most",
};

interface Times {
	loadMs: number;
	importMs: number;
}

/** Runs a program of the benchmark in a process of its own; returns the JSON that it prints. */
export async function runProgram(
	name: string,
	...options: readonly string[]
): Promise<unknown> {
	const program = inPackage(`build/bench/${name}.js`);
	const { stdout } = await promisify(execFile)(process.execPath, [
		...options,
		program,
	]);
	return JSON.parse(stdout);
}

export async function measureLoad(processes: number): Promise<Row> {
	const times: Times[] = [];
	for (let i = 0; i < processes; i++)
		times.push((await runProgram("first-reply")) as Times);
	const imports = figureOf(times.map(({ importMs }) => importMs));
	return answered(
		LOAD,
		times.map(({ loadMs }) => loadMs),
		`importing the package's code takes ${imports.median.toFixed(0)} ms more`,
	);
}
