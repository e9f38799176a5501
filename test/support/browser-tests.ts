// Which test files run in Chromium too, vitest.browser.config.ts: all that reach no module of Node, but for the heavy ones.
// What a file reaches: node-imports.ts.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reachesNode } from "./node-imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What browser-node.ts stands in for. */
export const NODE_ENTRY = `${root}host/node.ts`;
export const BROWSER_ENTRY = `${root}test/support/browser-node.ts`;

/** Files that could run in a browser and do not, and why. */
export const NODE_ONLY: Readonly<Record<string, string>> = {
	"test/simulation/scenario/refused.test.ts":
		"texts with places are read in Node only, by parseScenario",
};

/** All test files, as paths from the repository's folder. */
export function allTests(): string[] {
	return readdirSync(`${root}test`, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".test.ts"))
		.map((file) => `test/${file}`)
		.sort();
}

/** Those that a browser can run. */
export function runnableTests(): string[] {
	return allTests().filter(
		(file) => !reachesNode(`${root}${file}`, NODE_ENTRY),
	);
}

/** Those that run in Chromium. */
export function browserTests(): string[] {
	return runnableTests().filter((file) => NODE_ONLY[file] === undefined);
}
