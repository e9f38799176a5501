// Bundles a page of pages/ for browsers, as a user of the package would: Vite, the package's browser entry, modules beside it.
// Node's package exports, condition "browser".

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type OpenPage, openPage } from "../support/chromium.ts";

const pages = fileURLToPath(new URL("pages", import.meta.url));
const entry = fileURLToPath(
	new URL("../../build/host/browser.js", import.meta.url),
);

/** A folder with the page and all that it needs. To be removed by who asked for it. */
export async function bundlePage(name: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-page-"));
	await build({
		root: pages,
		base: "./",
		configFile: false,
		logLevel: "error",
		resolve: { alias: { "scmi-cosim": entry } },
		worker: { format: "es" },
		build: {
			target: "esnext",
			assetsInlineLimit: 0,
			outDir: folder,
			emptyOutDir: true,
			rollupOptions: { input: join(pages, name) },
		},
	});
	return folder;
}

/** Bundles a page, opens it, hands it over, and removes everything. */
export async function withPage<Result>(
	name: string,
	isolated: boolean,
	use: (open: OpenPage) => Promise<Result>,
): Promise<Result> {
	const folder = await bundlePage(name);
	const open = await openPage(folder, name, isolated);
	try {
		return await use(open);
	} finally {
		await open.close();
		rmSync(folder, { recursive: true });
	}
}
