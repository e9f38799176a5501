// Which test files run in Chromium: every folder of engine and host has its part, and nothing is left out without a reason.
// The list is vitest.browser.config.ts's own, test/support/browser-tests.ts.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
	allTests,
	browserTests,
	NODE_ONLY,
	runnableTests,
} from "../support/browser-tests.ts";
import { reachesNode } from "../support/node-imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files in Chromium of each folder, at least. Below that, something has begun to need Node. */
const AT_LEAST: Readonly<Record<string, number>> = {
	test: 5,
	"test/devicetree": 6,
	"test/hardware": 15,
	"test/mailbox": 6,
	"test/platform": 12,
	"test/profiles": 5,
	"test/scmi": 40,
	"test/simulation": 11,
	"test/simulation/invariants": 1,
	"test/simulation/scenario": 1,
	"test/threads": 1,
	"test/trace": 4,
};

/** Folders whose subject only Node has, and those that call no engine. */
const NODE_FOLDERS = [
	"test/bench",
	"test/bridge",
	"test/bridge/serve",
	"test/browser",
	"test/cli",
	"test/docs",
	"test/package",
];

function folderOf(file: string): string {
	return file.slice(0, file.lastIndexOf("/"));
}

it("every folder but Node's own is among them, with as many files as it had", () => {
	const files = browserTests();
	const counts = Object.keys(AT_LEAST).map((folder) => ({
		folder,
		count: files.filter((file) => folderOf(file) === folder).length,
	}));
	for (const { folder, count } of counts)
		expect(count, folder).toBeGreaterThanOrEqual(AT_LEAST[folder] as number);
	const folders = [...new Set(allTests().map(folderOf))].sort();
	const named = [...Object.keys(AT_LEAST), ...NODE_FOLDERS].sort();
	expect(folders).toEqual(named);
});

it("what is left out by name could run, and has a reason", () => {
	for (const [file, reason] of Object.entries(NODE_ONLY)) {
		expect(runnableTests()).toContain(file);
		expect(reason.length, file).toBeGreaterThan(20);
	}
	expect(browserTests().length).toBe(
		runnableTests().length - Object.keys(NODE_ONLY).length,
	);
});

it("a file that reaches Node is told from one that does not", () => {
	const reaches = (file: string) => reachesNode(`${root}${file}`, "");
	expect(reaches("host/node.ts")).toBe(true);
	expect(reaches("test/bridge/c.test.ts")).toBe(true);
	expect(reaches("host/engine.ts")).toBe(false);
	expect(reaches("test/support/recorded-traffic.ts")).toBe(false);
});

it("npm test runs them, after those in Node", () => {
	const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
	expect(scripts.test).toMatch(
		/vitest run --dir test .*&& vitest run --config vitest\.browser\.config\.ts$/,
	);
});
