// The same unit tests of engine and host in Chromium: every test file that reaches no module of Node.
// Debian's chromium, driven by playwright-core; host/node.ts, which reads the modules from files, is replaced by test/support/browser-node.ts.

import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import {
	BROWSER_ENTRY,
	browserTests,
	NODE_ENTRY,
} from "./test/support/browser-tests.ts";
import { CHROMIUM, ISOLATION } from "./test/support/chromium.ts";

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
	// All that tests import: one found on the way would reload the page in the middle of a test.
	optimizeDeps: {
		include: ["@assemblyscript/loader", "fast-check"],
	},
	// Shared memory, for the threaded build.
	server: { headers: ISOLATION },
	test: {
		include: browserTests(),
		testTimeout: 60_000,
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
