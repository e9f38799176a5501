// Runs the built program in a process of its own, in a folder of its own that is removed afterwards.
// Used by the tests of the command line; each test file has its own folder.

import { type StdioOptions, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { writeFdt } from "../../host/devicetree/fdt.ts";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";

const PROGRAM = fileURLToPath(
	new URL("../../build/host/cli/main.js", import.meta.url),
);
/** A program that does not end by itself fails its test. */
const TIMEOUT_MS = 20_000;

export const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

export interface Outcome {
	/** Exit status; undefined when a signal ended the program. */
	status: number | undefined;
	signal: NodeJS.Signals | undefined;
	stdout: string;
	stderr: string;
	/** What `stdout` was made from. */
	bytes: Buffer;
}

/** Runs the program. */
export function run(...args: string[]): Promise<Outcome> {
	return runWith({}, ...args);
}

/** Runs the program with bytes on its standard input, or with another file for its standard output. */
export function runWith(
	given: { input?: Uint8Array; stdout?: number },
	...args: string[]
): Promise<Outcome> {
	return outcome(
		process.execPath,
		[PROGRAM, ...args],
		["pipe", given.stdout ?? "pipe", "pipe"],
		given.input,
	);
}

/** Runs a shell script. */
export function shell(script: string): Promise<Outcome> {
	return outcome("sh", ["-c", script], ["ignore", "pipe", "pipe"]);
}

function outcome(
	program: string,
	args: readonly string[],
	stdio: StdioOptions,
	input?: Uint8Array,
): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			cwd: folder,
			stdio,
			timeout: TIMEOUT_MS,
			killSignal: "SIGKILL",
		});
		const stdout: Buffer[] = [];
		const stderr: Buffer[] = [];
		child.stdout?.on("data", (chunk) => stdout.push(chunk));
		child.stderr?.on("data", (chunk) => stderr.push(chunk));
		// A program need not read what it is given.
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
		child.on("error", reject);
		child.on("close", (code, signal) => {
			const bytes = Buffer.concat(stdout);
			resolve({
				status: code ?? undefined,
				signal: signal ?? undefined,
				stdout: bytes.toString(),
				stderr: Buffer.concat(stderr).toString(),
				bytes,
			});
		});
	});
}

/** Puts a file into the folder; returns its path. */
export function file(name: string, bytes: Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	return path;
}

/** The built-in board's blob, changed. */
export function boardBlob(change: (tree: DeviceTree) => void): Uint8Array {
	const tree = imx8mmBoard();
	change(tree);
	return writeFdt(tree);
}
