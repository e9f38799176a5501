// The API reference: made from the docstrings by TypeDoc, without a warning, with a page for what the package is about.
// `npm run docs` writes it to build/api.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("is made without a warning, from every entry of the package", {
	timeout: 180_000,
}, () => {
	const out = mkdtempSync(join(tmpdir(), "scmi-cosim-api-"));
	try {
		execFileSync("npx", ["typedoc", "--out", out, "--logLevel", "Warn"], {
			cwd: root,
			encoding: "utf8",
		});
		for (const page of [
			"classes/node.Engine.html",
			"interfaces/node.Platform.html",
			"functions/browser.createEngine.html",
			"classes/node.Hypervisor.html",
			"functions/bridge_serve.serve.html",
			"classes/bridge_qemu.Guest.html",
		])
			expect(existsSync(join(out, page)), page).toBe(true);
	} finally {
		rmSync(out, { recursive: true });
	}
});
