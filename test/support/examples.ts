// Runs an example against the built package, as it stands: it has to print what the comments behind its console.log say.
// The package refers to itself by its name, so examples run from the folder of what was built.

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const build = fileURLToPath(new URL("../../build/", import.meta.url));

export function expectAsSaid(example: string): void {
	const script = `${build}example-${randomUUID()}.mjs`;
	writeFileSync(script, example);
	let output: string;
	try {
		output = execFileSync(process.execPath, [script], { encoding: "utf8" });
	} finally {
		rmSync(script);
	}
	const printed = output.trim().split("\n");
	const said = [
		...example.matchAll(/^\s*console\.log\(.*\); \/\/ +(.*)$/gm),
	].map(([, comment]) => comment as string);
	expect(said.length).toBeGreaterThan(1);
	// A comment begins with what is printed, and may go on to explain it.
	expect(
		said.map((comment, i) => comment.slice(0, printed[i]?.length)),
	).toEqual(printed);
}
