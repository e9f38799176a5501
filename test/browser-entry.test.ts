// The browser's entry of the package: nothing that it imports, however far, is Node's.
// Module specifiers as ECMAScript has them, read from the sources.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ENTRY = fileURLToPath(new URL("../host/browser.ts", import.meta.url));
/** The only package that the engine's host needs. */
const PACKAGES = ["@assemblyscript/loader"];

it("host/browser.ts reaches no module of Node and no other package", () => {
	const seen = new Set<string>();
	const foreign = new Set<string>();
	const visit = (file: string) => {
		if (seen.has(file)) return;
		seen.add(file);
		const source = readFileSync(file, "utf8");
		for (const [, name] of source.matchAll(/\bfrom "([^"]+)"/g)) {
			if ((name as string).startsWith("."))
				visit(resolve(dirname(file), name as string));
			else foreign.add(name as string);
		}
		expect(source, file).not.toMatch(/\b(process|Buffer|require)\s*[.(]/);
	};
	visit(ENTRY);
	expect(seen.size).toBeGreaterThan(30);
	expect([...foreign]).toEqual(PACKAGES);
});
