// scmi-cosim sensors: the built program in a process of its own.
// Values are those of the built-in board after its boot.

import { expect, it } from "vitest";
import { run } from "./program.ts";

it("prints a row for each reading", async () => {
	const { status, stdout, stderr } = await run("sensors");
	expect(stderr).toBe("");
	expect(status).toBe(0);
	expect(stdout).toMatch(/^sensor +id +reading +value +unit +trip points$/m);
	expect(stdout).toMatch(/^cpu-temperature +0 +25\.\d+ +°C +4$/m);
	expect(stdout).toMatch(/^vdd-arm +1 +1 +V +2$/m);
	expect(stdout).toMatch(/^a53-operating-point +3 +rate +1800000000 +Hz +0$/m);
	expect(stdout).toMatch(/^a53-operating-point +3 +level +1 +V +0$/m);
	expect(stdout.trim().split("\n")).toHaveLength(6);
});

it("--json prints an array of id, name, tripPoints, readings", async () => {
	const { status, stdout } = await run("sensors", "--json");
	expect(status).toBe(0);
	const sensors = JSON.parse(stdout);
	expect(sensors).toHaveLength(4);
	expect(sensors[2]).toEqual({
		id: 2,
		name: "cpu-power",
		tripPoints: 0,
		readings: [{ name: "cpu-power", value: 1.158, unit: "W" }],
	});
});

it("an older version reads one value of each and has short names", async () => {
	const { stdout } = await run("sensors", "--scmi", "scmi-1.0");
	expect(stdout).toMatch(/^a53-operating-p +3 +1800000000 +Hz +0$/m);
	expect(stdout.trim().split("\n")).toHaveLength(5);
});

it("a firmware without the protocol has none", async () => {
	const { status, stdout } = await run(
		...["sensors", "--profile", "imx8mm-draft", "--json"],
	);
	expect([status, stdout]).toEqual([0, "[]\n"]);
});
