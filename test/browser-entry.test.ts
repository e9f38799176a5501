// The browser's entries of the package: nothing that they import, however far, is Node's.
// Module specifiers as ECMAScript has them, read from the sources.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ENTRIES = ["host/browser.ts", "host/tools.ts"];
/** The only package that the engine's host needs. */
const PACKAGES = ["@assemblyscript/loader"];

it.each(ENTRIES)(
	"%s reaches no module of Node and no other package",
	(entry) => {
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
		visit(fileURLToPath(new URL(`../${entry}`, import.meta.url)));
		expect(seen.size).toBeGreaterThan(30);
		expect([...foreign]).toEqual(PACKAGES);
	},
);
