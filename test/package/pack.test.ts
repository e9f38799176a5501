// The package as npm packs it, installed into an empty project: runs in Node, passes a type-check, bundles for browsers.
// Node's package exports; the bundler is Vite.

import { execFileSync } from "node:child_process";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPage } from "../support/chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Engine and host together, in bytes. */
const MOST_GZIPPED = 100 * 1024;
const project = mkdtempSync(join(tmpdir(), "scmi-cosim-pack-"));
afterAll(() => rmSync(project, { recursive: true }));

function run(program: string, ...args: string[]): string {
	return execFileSync(program, args, { cwd: project, encoding: "utf8" });
}

function file(name: string, text: string): void {
	writeFileSync(join(project, name), text);
}

const MAIN = `
import { boot, createEngine, imx8mmBoard, openBoard } from "scmi-cosim";
const engine = await createEngine();
const report = await boot(openBoard(imx8mmBoard(), engine));
const result = { errors: report.errors.length, clocks: report.clocks.length };
`;

beforeAll(() => {
	const packed = execFileSync(
		"npm",
		["pack", "--silent", "--ignore-scripts", "--pack-destination", project],
		{ cwd: root, encoding: "utf8" },
	).trim();
	file("package.json", JSON.stringify({ type: "module", private: true }));
	// Its dependencies are here already: the network has no part in this.
	mkdirSync(join(project, "node_modules/scmi-cosim"), { recursive: true });
	run("tar", "xzf", packed, "--strip=1", "-C", "node_modules/scmi-cosim");
	const { dependencies } = JSON.parse(
		readFileSync(join(project, "node_modules/scmi-cosim/package.json"), "utf8"),
	) as { dependencies: Record<string, string> };
	const needed = [...Object.keys(dependencies), "typescript", "vite"];
	for (const name of [...needed, "@types/node", "@types/ws"]) {
		const target = join(project, "node_modules", name);
		mkdirSync(join(target, ".."), { recursive: true });
		symlinkSync(join(root, "node_modules", name), target);
	}
}, 120_000);

it("brings its modules, types, documents and examples, and nothing of the tests", () => {
	const own = join(project, "node_modules/scmi-cosim");
	const top = readdirSync(own).sort();
	expect(top).toEqual([
		"CHANGELOG.md",
		"LICENSE",
		"README.md",
		"bench",
		"build",
		"docs",
		"examples",
		"host",
		"package.json",
		"schema",
	]);
	const all = readdirSync(own, { recursive: true, encoding: "utf8" });
	expect(all.filter((name) => /\.test\.|build\/bench/.test(name))).toEqual([]);
	const { exports } = JSON.parse(
		readFileSync(join(own, "package.json"), "utf8"),
	) as { exports: unknown };
	const targets = [...JSON.stringify(exports).matchAll(/"(\.\/[^"]+)"/g)]
		.map(([, name]) => name as string)
		.filter((name) => /\.(js|ts|wasm|json)$/.test(name));
	expect(targets.length).toBeGreaterThan(5);
	for (const name of targets.filter((name) => name.startsWith("./build")))
		expect(statSync(join(own, name)).isFile(), name).toBe(true);
});

it("runs in Node, as a library and as a program", () => {
	file("main.js", `${MAIN}console.log(JSON.stringify(result));`);
	const { errors, clocks } = JSON.parse(run("node", "main.js"));
	expect([errors, clocks > 200]).toEqual([0, true]);
	file("serve.js", 'import { serve } from "scmi-cosim/serve"; serve;');
	run("node", "serve.js");
	const program = "node_modules/scmi-cosim/build/host/cli/main.js";
	expect(run("node", program, "decode", "00400000")).toContain("base");
});

it("passes a strict type-check, as Node and as bundlers resolve it", () => {
	file(
		"typed.ts",
		`${MAIN}export const errors: number = result.errors;
import { type Engine, type Platform, ScmiError } from "scmi-cosim";
export const name = (engine: Engine): string => (engine.platform satisfies Platform).name;
export const code = (error: unknown) => error instanceof ScmiError ? error.code : undefined;
`,
	);
	for (const resolution of ["nodenext", "bundler"]) {
		const module = resolution === "bundler" ? "esnext" : "nodenext";
		run(
			"node",
			"node_modules/typescript/bin/tsc",
			...["--noEmit", "--strict", "--target", "es2022", "--skipLibCheck"],
			...["--module", module, "--moduleResolution", resolution, "typed.ts"],
		);
	}
}, 120_000);

it("bundles for browsers with its module beside it, small, and runs in one", async () => {
	file(
		"index.html",
		'<p id="result"></p><script type="module" src="/page.js"></script>',
	);
	file(
		"page.js",
		`${MAIN}document.getElementById("result").textContent = JSON.stringify(result);`,
	);
	file(
		"vite.config.js",
		'export default { build: { target: "esnext", assetsInlineLimit: 0 }, base: "./" };',
	);
	run("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "error");
	const { page, foreign, close } = await openPage(
		join(project, "dist"),
		"index.html",
	);
	try {
		await page.waitForFunction(
			() => document.getElementById("result")?.textContent !== "",
		);
		const text = (await page.textContent("#result")) as string;
		expect(JSON.parse(text)).toEqual(JSON.parse(run("node", "main.js")));
		expect(foreign).toEqual([]);
	} finally {
		await close();
	}
	// All that the entry exports, so that nothing is left out because the page does not use it.
	file("page.js", 'import * as all from "scmi-cosim"; globalThis.all = all;');
	run("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "error");
	const assets = join(project, "dist/assets");
	const sizes = readdirSync(assets).map((name) => ({
		name,
		size: gzipSync(readFileSync(join(assets, name)), { level: 9 }).length,
	}));
	expect(sizes.map(({ name }) => name.split(".").at(-1)).sort()).toEqual([
		"js",
		"wasm",
		"wasm",
	]);
	// A page fetches one of the two modules.
	const total = sizes
		.filter(({ name }) => !name.startsWith("scmi-threads"))
		.reduce((sum, { size }) => sum + size, 0);
	console.log(`engine and host: ${JSON.stringify(sizes)}`);
	expect(total).toBeLessThanOrEqual(MOST_GZIPPED);
}, 120_000);
