// boot --mailbox: the built program in a process of its own.
// Latencies are in virtual ns, so they are the same on every machine.

import { expect, it } from "vitest";
import { run } from "./program.ts";

it("prints the mailboxes side by side", async () => {
	const { status, stdout, stderr } = await run("boot", "--mailbox", "all");
	expect(stderr).toBe("");
	expect(status).toBe(0);
	const [head, ...rows] = stdout.trim().split("\n");
	expect(head).toMatch(/^mailbox +messages +errors +p50 ns +p99 ns +max ns$/);
	const cells = rows.map((row) => row.split(/ +/));
	expect(cells.map(([name]) => name)).toEqual(["smc", "hvc", "doorbell"]);
	const [smc, hvc, doorbell] = cells.map((row) => row.slice(1).map(Number));
	expect(hvc).toEqual(smc);
	expect(doorbell?.slice(0, 2)).toEqual(smc?.slice(0, 2));
	// An interrupt each way, and a look at the doorbells.
	expect((doorbell?.[2] as number) - (smc?.[2] as number)).toBe(3250);
});

it("adds one line to the summary for one of them", async () => {
	const { status, stdout } = await run("boot", "--mailbox", "doorbell");
	expect(status).toBe(0);
	expect(stdout).toMatch(/: SCMI over doorbell, shared memory at 0x93f000$/m);
	expect(stdout).toMatch(/^doorbell +\d+ +0 +4250 +\d+ +\d+$/m);
});

it("--json has the report with its latency, or all of them", async () => {
	const one = JSON.parse(
		(await run("boot", "--mailbox", "doorbell", "--json")).stdout,
	);
	expect(one).toMatchObject({
		mailbox: "doorbell",
		latency: { p50Ns: 4250 },
		errors: [],
	});
	const { mailboxes } = JSON.parse(
		(await run("boot", "--mailbox", "hvc,doorbell", "--json")).stdout,
	);
	expect(mailboxes).toHaveLength(2);
	expect(mailboxes[0]).toMatchObject({
		mailbox: "hvc",
		messages: one.messages,
	});
	expect(mailboxes[1]).toEqual(one);
});

it.each(["telegraph", "smc,", ""])("refuses %j", async (name) => {
	const { status, stderr } = await run("boot", "--mailbox", name);
	expect(status).toBe(2);
	expect(stderr).toContain("expected smc, hvc, doorbell, several of them");
});
