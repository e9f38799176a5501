// boot --check: the built program in a process of its own.
// The specification's firmware keeps every invariant; the draft of 2019 is a firmware that does not.

import { expect, it } from "vitest";
import { run } from "./program.ts";

it("says how many messages were checked, over every mailbox", async () => {
	const one = await run("boot", "--check");
	expect(one.stderr).toBe("");
	expect(one.status).toBe(0);
	expect(one.stdout).toMatch(/^\d{4} messages checked, 0 violations$/m);
	const all = await run("boot", "--check", "--mailbox", "smc,doorbell");
	expect(all.status).toBe(0);
	expect(all.stdout.match(/ messages checked, 0 violations/g)).toHaveLength(2);
});

it("prints violations as errors and exits with 1", async () => {
	const { status, stdout } = await run(
		...["boot", "--check", "--profile", "imx8mm-draft"],
		...["--scmi", "scmi-1.0"],
	);
	expect(status).toBe(1);
	expect(stdout).toContain(
		"error: device-in-off-domain: vpu-blk-ctrl, in power domain vpumix at 0x38330000: expected vpumix on, found off, " +
			"after read of 0x38330000\n",
	);
});

it("--json has them, and only when they were checked", async () => {
	const checked = JSON.parse((await run("boot", "--check", "--json")).stdout);
	expect(checked.violations).toEqual([]);
	const draft = await run(
		...["boot", "--check", "--json", "--profile", "imx8mm-draft"],
	);
	expect(draft.status).toBe(1);
	expect(JSON.parse(draft.stdout).violations).toContainEqual(
		expect.objectContaining({ invariant: "device-in-off-domain" }),
	);
	const plain = JSON.parse((await run("boot", "--json")).stdout);
	expect(plain).not.toHaveProperty("violations");
});
