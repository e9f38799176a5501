// Runs Debian's devicetree compiler, the oracle of the devicetree tests, on files in a folder of its own.
// Follows dtc(1) and fdtoverlay(1) of the package device-tree-compiler.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Options of dtc that silence warnings, which real boards give by the hundred; errors remain. */
const QUIET = ["-q"];

/** Runs a program with input files; the result is what it writes to standard output. */
function run(
	program: string,
	inputs: readonly (string | Uint8Array)[],
	args: (files: string[]) => string[],
): Uint8Array {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-dtc-"));
	try {
		const files = inputs.map((input, index) => {
			const file = join(folder, `${index}.in`);
			writeFileSync(file, input);
			return file;
		});
		const done = spawnSync(program, args(files), {
			maxBuffer: 64 * 1024 * 1024,
		});
		if (done.error !== undefined)
			throw new Error(
				`${program} cannot be run (${done.error.message}): install Debian's package device-tree-compiler`,
			);
		if (done.status !== 0)
			throw new Error(`${program} failed: ${done.stderr.toString().trim()}`);
		return done.stdout;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Compiles devicetree source to a blob; `symbols` adds `__symbols__` and fixups, as for overlays. */
export function compile(source: string, symbols = false): Uint8Array {
	const options = symbols ? [...QUIET, "-@"] : QUIET;
	return run("dtc", [source], ([file = ""]) => [
		...options,
		...["-I", "dts", "-O", "dtb", file],
	]);
}

/** Turns a blob back into source; nodes and properties sorted by name unless told otherwise. */
export function decompile(blob: Uint8Array, sorted = true): string {
	const source = run("dtc", [blob], ([file = ""]) => [
		...QUIET,
		...(sorted ? ["-s"] : []),
		...["-I", "dtb", "-O", "dts", file],
	]);
	return new TextDecoder().decode(source);
}

/** What dtc says about a blob: one line for each warning or error. */
export function complaints(blob: Uint8Array): string[] {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-dtc-"));
	try {
		const file = join(folder, "tree.dtb");
		writeFileSync(file, blob);
		const done = spawnSync("dtc", ["-I", "dtb", "-O", "null", file]);
		if (done.error !== undefined)
			throw new Error(
				`dtc cannot be run (${done.error.message}): install Debian's package device-tree-compiler`,
			);
		return done.stderr
			.toString()
			.split("\n")
			.filter((line) => line !== "");
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Applies overlay blobs to a base blob with fdtoverlay, in their order. */
export function fdtoverlay(
	base: Uint8Array,
	overlays: readonly Uint8Array[],
): Uint8Array {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-overlay-"));
	try {
		const output = join(folder, "out.dtb");
		run("fdtoverlay", [base, ...overlays], ([first = "", ...rest]) => [
			...["-i", first, "-o", output],
			...rest,
		]);
		return readFileSync(output);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
