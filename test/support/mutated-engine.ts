// Compiles the engine with a few lines of its source replaced, in memory: what a test proves, it must lose with them.
// Options as in asconfig.json, but for the optimiser, which changes no behaviour and takes most of the time.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Lines of a file of the engine, and what stands in their place. */
export interface Mutation {
	/** Path below assembly/. */
	file: string;
	from: string;
	to: string;
}

/** The engine's module with the mutations; throws when one does not apply exactly once, or nothing compiles. */
export async function mutatedEngine(
	...mutations: readonly Mutation[]
): Promise<WebAssembly.Module> {
	const sources = new Map<string, string>();
	for (const { file, from, to } of mutations) {
		const path = join("assembly", file);
		const source = sources.get(path) ?? readSource(path) ?? "";
		if (source.split(from).length !== 2)
			throw new Error(`${path}: expected once: ${from}`);
		sources.set(
			path,
			source.replace(from, () => to),
		);
	}
	const written = new Map<string, Uint8Array>();
	const { error, stderr } = await asc.main(
		[
			"assembly/index.ts",
			...["--outFile", "scmi.wasm", "--runtime", "stub", "--use", "abort="],
			...["--noAssert", "--initialMemory", "1", "-O1"],
		],
		{
			readFile: (name, folder) =>
				sources.get(name) ?? readSource(join(folder, name)),
			writeFile: (name, contents) => {
				if (typeof contents !== "string") written.set(name, contents);
			},
			listFiles: () => [],
		},
	);
	const module = written.get("scmi.wasm");
	if (error !== null || module === undefined)
		throw new Error(`assembly: ${stderr.toString()}`);
	return new WebAssembly.Module(module as Uint8Array<ArrayBuffer>);
}

function readSource(path: string): string | null {
	try {
		return readFileSync(join(ROOT, path), "utf8");
	} catch {
		return null;
	}
}
