// The same unit tests of engine and host in Chromium: every test file that reaches no module of Node.
// Debian's chromium, driven by playwright-core; host/node.ts, which reads the module from a file, is replaced by test/support/browser-node.ts.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM } from "./test/support/chromium.ts";
import { reachesNode } from "./test/support/node-imports.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const NODE_ENTRY = `${root}host/node.ts`;
const BROWSER_ENTRY = `${root}test/support/browser-node.ts`;

export default defineConfig({
	plugins: [
		{
			name: "browser-entry",
			enforce: "pre",
			async resolveId(source, importer, options) {
				const found = await this.resolve(source, importer, {
					...options,
					skipSelf: true,
				});
				return found?.id === NODE_ENTRY ? BROWSER_ENTRY : found;
			},
		},
	],
	test: {
		include: readdirSync(`${root}test`, {
			recursive: true,
			encoding: "utf8",
		})
			.filter((file) => file.endsWith(".test.ts"))
			.map((file) => `test/${file}`)
			.filter((file) => !reachesNode(`${root}${file}`, NODE_ENTRY)),
		browser: {
			enabled: true,
			headless: true,
			screenshotFailures: false,
			provider: playwright({
				launchOptions: CHROMIUM,
			}),
			instances: [{ browser: "chromium" }],
		},
	},
});
