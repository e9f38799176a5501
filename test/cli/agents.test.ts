// boot --agents: the built program in a process of its own.
// What the firmware keeps on is test/simulation/boot-agents.test.ts's; here is what people see of it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { boardBlob, file, run } from "./program.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));

it("prints what the README shows", async () => {
	const { status, stdout, stderr } = await run("boot", "--agents", "linux,tee");
	expect(stderr).toBe("");
	expect(status).toBe(0);
	const [, excerpt] =
		readFileSync(README, "utf8").match(
			/\$ npx scmi-cosim boot --agents linux,tee\n([\s\S]*?)```/,
		) ?? [];
	const shown = (excerpt ?? "").trim().split("\n");
	expect(shown.length).toBeGreaterThan(10);
	const printed = stdout.split("\n");
	let at = 0;
	for (const line of shown) {
		if (line === "..." || line === "") continue;
		const found = printed.indexOf(line, at);
		expect(found, line).toBeGreaterThanOrEqual(at);
		at = found + 1;
	}
});

it("--json has the same, by name", async () => {
	const { status, stdout } = await run(
		...["boot", "--agents", "linux,tee,guest", "--json"],
	);
	expect(status).toBe(0);
	const report = JSON.parse(stdout);
	expect(report.agents).toMatchObject([
		{ name: "tee", id: 2, secure: true, reserved: ["uart4", "i2c4"] },
		{ name: "linux", id: 1, secure: false, errors: [] },
		{ name: "guest", id: 3, devices: 0, errors: [] },
	]);
	expect(report.survived.clocks).toContainEqual({
		id: 191,
		name: "uart4_root_clk",
		requestedBy: ["tee"],
		neededBy: ["tee"],
	});
	expect(report.turnedOff.clocks).toContain("ecspi3");
	expect(report.kept.clocks).toContain("wdog2_root_clk");
});

it("takes the TEE's devices by name, from a board's own blob", async () => {
	const blob = file(
		"plain.dtb",
		boardBlob((tree) => {
			for (const node of tree.nodes()) node.delete("secure-status");
		}),
	);
	const held = async (...args: string[]) => {
		const { stdout } = await run(
			...["boot", "--agents", "linux,tee", "--dtb", blob, "--json", ...args],
		);
		const { survived } = JSON.parse(stdout) as {
			survived: { clocks: { name: string; requestedBy: string[] }[] };
		};
		return survived.clocks
			.filter(({ requestedBy }) => requestedBy.includes("tee"))
			.map(({ name }) => name);
	};
	// The platform's usual ones, for a tree that says nothing of them.
	expect(await held()).toEqual(["ahb", "uart4_root_clk", "wdog2_root_clk"]);
	expect(await held("--tee-devices", "i2c4,uart4")).toEqual([
		"i2c4_root_clk",
		"uart4_root_clk",
	]);
});

it("what linux may no longer do is an error, and exit status 1", async () => {
	const { status, stdout } = await run(
		...["boot", "--agents", "linux,tee", "--tee-devices", "micfil"],
	);
	expect(status).toBe(1);
	expect(stdout).toMatch(
		/^error: linux: .*clock-controller@30380000: assigned-clock-rates: CLOCK_RATE_SET\(.*DENIED/m,
	);
});

it.each([
	[["--agents", "tee"], "expected different names, linux among them"],
	[["--agents", "linux,linux"], "expected different names"],
	[["--agents", "linux,"], "expected names with commas between them"],
	[["--agents", ""], "expected names with commas between them"],
	[["--agents", "linux,a,b,c,d,e"], "at most 4 others"],
	[["--agents", "linux,platform"], "other than platform"],
	[["--agents", "linux,tee", "--mailbox", "smc"], "expected one of them"],
	[["--agents", "linux,tee", "--profile", "imx8mm-draft"], "has one agent"],
	[["--tee-devices", "uart4"], "expected --agents"],
	[["--agents", "linux", "--tee-devices", "uart4"], "expected tee among"],
	[["--agents", "linux,tee", "--tee-devices", "uart44"], "did you mean uart4?"],
	[["--agents", "linux,tee", "--tee-devices", "psci"], "uses no clock"],
])("refuses %j", async (args, message) => {
	const { status, stdout, stderr } = await run("boot", ...args);
	expect(status).toBe(2);
	expect(stdout).toBe("");
	expect(stderr).toContain(message);
	expect(stderr.trim().split("\n")).toHaveLength(1);
});
