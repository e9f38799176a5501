// Debian's Chromium, driven by playwright-core, on pages of a folder that a server of this process hands out.
// Requests to anywhere else are refused and remembered.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

/** What Chromium wants without a desktop and without a network. */
export const CHROMIUM = {
	executablePath: "/usr/bin/chromium",
	args: [
		"--no-sandbox",
		"--disable-gpu",
		"--disable-quic",
		"--no-first-run",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
	],
};

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html",
	".js": "text/javascript",
	".mjs": "text/javascript",
	".json": "application/json",
	".svg": "image/svg+xml",
	".wasm": "application/wasm",
};

/** The headers that give a page shared memory: HTML, "cross-origin isolation". */
export const ISOLATION = {
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
};

export interface OpenPage {
	page: Page;
	/** What the page said on its console, and errors that nobody caught. */
	complaints: string[];
	/** Addresses that it asked for beside this server's. */
	foreign: string[];
	close(): Promise<void>;
}

/**
 * Opens a page of a folder.
 * @param isolated with the headers that give it shared memory
 */
export async function openPage(
	folder: string,
	path: string,
	isolated = false,
): Promise<OpenPage> {
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url as string, "http://localhost");
		const file = join(folder, normalize(decodeURIComponent(pathname)));
		if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
			response.writeHead(404).end();
			return;
		}
		const type = TYPES[extname(file)] ?? "application/octet-stream";
		response.writeHead(200, {
			"Content-Type": type,
			...(isolated ? ISOLATION : {}),
		});
		createReadStream(file).pipe(response);
	});
	await new Promise<void>((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve()),
	);
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const browser: Browser = await chromium.launch(CHROMIUM);
	const page = await browser.newPage();
	const complaints: string[] = [];
	const foreign: string[] = [];
	page.on("console", (message) => complaints.push(message.text()));
	page.on("pageerror", (error) => complaints.push(String(error)));
	await page.route(
		(url) => url.origin !== origin && url.protocol.startsWith("http"),
		(route) => {
			foreign.push(route.request().url());
			return route.abort();
		},
	);
	await page.goto(`${origin}/${path}`);
	return {
		page,
		complaints,
		foreign,
		async close() {
			await browser.close();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
