// scmi-cosim image: what it writes is what the engine loads, and what it prints is what is in it.
// The order of calls: docs/abi.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Abi } from "../../assembly/layout.ts";
import { RawEngine } from "../support/raw-engine.ts";
import { folder, run } from "./program.ts";

/** Every start of the program takes its time when the machine has other work. */
const TIMEOUT_MS = 60_000;

describe("image", { timeout: TIMEOUT_MS }, () => {
	it("writes an image that the engine loads, and says what is in it", async () => {
		const { status, stdout } = await run("image", "-o", "imx8mm.img");
		const image = readFileSync(join(folder, "imx8mm.img"));
		expect(status).toBe(0);
		const [head, , first] = stdout.split("\n");
		expect(head).toBe(
			`imx8mm.img: imx8mm with scmi-3.2, ${image.length} bytes, ABI version ${Abi.VERSION}, 4 CPUs`,
		);
		expect(first?.trim()).toMatch(
			/^0 +0xc20000fe +smc +0x93f000 +512 +linux +agent +115 +normal$/,
		);
		const engine = new RawEngine();
		expect(engine.load(image)).toEqual({ error: 0, at: 0 });
		expect(engine.trap(0x8000_0000, 3)).toBe(0x1_0004);
	});

	it("has the agents and versions that are asked for", async () => {
		const options = ["--agents", "linux,tee,vm", "--scmi", "scmi-1.0"];
		const { stdout } = await run("image", ...options, "--json");
		const facts = JSON.parse(stdout);
		expect(facts).toMatchObject({
			output: null,
			platform: "imx8mm",
			abiVersion: Abi.VERSION,
			scmi: "scmi-1.0",
			cpus: 4,
			agents: ["linux", "tee", "vm"],
		});
		expect(facts.channels[4]).toEqual({
			channel: 4,
			functionId: 0xc200_0100,
			conduit: "smc",
			address: 0x18_0000,
			size: 512,
			agent: "tee",
			agentId: 2,
			fromPlatform: false,
			interrupt: 42,
			secure: true,
		});
		const { bytes, stderr } = await run("image", ...options, "-o", "-");
		expect(bytes.length).toBe(facts.bytes);
		expect(stderr).toContain("standard output: imx8mm with scmi-1.0");
		expect(new RawEngine().load(bytes).error).toBe(0);
	});

	it("refuses names that are none, and files that cannot be", async () => {
		expect(await run("image", "--agents", "linux,,tee")).toMatchObject({
			status: 2,
			stdout: "",
			stderr: expect.stringContaining("expected names, separated by commas"),
		});
		expect(await run("image", "--agents", "a,b,c,d,e")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("at most 4 others"),
		});
		expect(await run("image", "--scmi", "4.0")).toMatchObject({ status: 2 });
		expect(await run("image", "-o", "no/such/folder")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("no/such/folder: cannot be written"),
		});
	});
});
