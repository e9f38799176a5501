// scmi-cosim bench as its users have it: rows, refusals, a comparison that fails. How long anything takes is not looked at.
// Exit status: 0 done, 1 worse than before, 2 wrong use.

import { describe, expect, it } from "vitest";
import { QUESTIONS } from "../../bench/bench.ts";
import type { Row } from "../../bench/row.ts";
import { file, run } from "../cli/program.ts";

const GROUPS = {
	trap: ["version", "attributes", "rate-cached", "power-state"],
	plain: [
		"version",
		"attributes",
		"rate-cached",
		"rate-walked",
		"rate-set",
		"power-state",
	],
	"rate-set": ["all-pairs"],
	batch: ["version", "attributes", "rate-cached", "power-state"],
	size: ["clocks", "channels", "bytes-per-clock"],
	workers: ["own-channels", "one-channel"],
	native: ["version", "attributes", "rate-cached", "rate-set", "power-state"],
	module: ["gzip"],
	load: ["first-reply"],
	memory: ["engine", "collections"],
};
const NAMES = Object.entries(GROUPS).flatMap(([group, members]) =>
	members.map((member) => `${group}/${member}`),
);

function text(value: unknown): Uint8Array {
	return new TextEncoder().encode(JSON.stringify(value));
}

describe("rows", () => {
	it("have names that stay", () => {
		expect(QUESTIONS.map(({ name }) => name)).toEqual(NAMES);
	});

	it.each(["trap", "plain/rate-walked", "rate-set", "batch", "size"])(
		"of %s are measured, each a ratio with its goal",
		async (only) => {
			const outcome = await run("bench", "--quick", "--only", only, "--json");
			expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
			const { rows, costs } = JSON.parse(outcome.stdout);
			expect(rows.map(({ name }: Row) => name)).toEqual(
				NAMES.filter((name) => `${name}/`.startsWith(`${only}/`)),
			);
			expect(costs.length).toBeGreaterThan(1);
			for (const row of rows as Row[]) {
				expect(row.ratio).toBeGreaterThan(0);
				expect(row.goal).toBeGreaterThan(0);
				expect(typeof row.holds).toBe("boolean");
				expect(row.samples.length).toBeGreaterThan(
					row.name === "size/bytes-per-clock" ? 0 : 7,
				);
				expect(row.low).toBeLessThanOrEqual(row.ratio as number);
				expect(row.high).toBeGreaterThanOrEqual(row.ratio as number);
			}
		},
		60_000,
	);

	it("of threads hold, do not, or tell of the machine", async () => {
		const { status, stdout } = await run(
			...["bench", "--quick", "--only", "workers", "--json"],
		);
		expect(status).toBe(0);
		const { rows } = JSON.parse(stdout) as { rows: Row[] };
		expect(rows).toHaveLength(2);
		for (const { holds, note, ratio } of rows) {
			expect(ratio).toBeGreaterThan(0);
			expect(note).toMatch(
				holds === null
					? /^needs two idle cores: other work left \d\.\d; two workers that/
					: /^two workers that only calculate do \d\.\d\d times as much/,
			);
		}
	}, 60_000);

	it("of memory: a million messages leave nothing in the engine, and nothing to collect", async () => {
		const { stdout } = await run("bench", "--only", "memory", "--json");
		const { rows } = JSON.parse(stdout) as { rows: Row[] };
		expect(rows.map(({ name, ratio, holds }) => [name, ratio, holds])).toEqual([
			["memory/engine", 0, true],
			["memory/collections", 0, true],
		]);
	}, 60_000);

	it("of the module and of clocks hold: bytes are the same everywhere", async () => {
		const { stdout } = await run(
			...["bench", "--only", "module", "--only", "size/bytes-per-clock"],
			"--json",
		);
		const { rows } = JSON.parse(stdout) as { rows: Row[] };
		expect(rows.map(({ name, holds }) => [name, holds])).toEqual([
			["size/bytes-per-clock", true],
			["module/gzip", true],
		]);
	}, 60_000);

	it("are a table for people", async () => {
		const { status, stdout } = await run("bench", "--only", "module");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^module\/gzip +\d+\.\d+ KiB +at most 24 +holds /m);
		expect(stdout).toMatch(/^1 hold, 0 do not, 0 cannot be told here$/m);
	});
});

describe("--compare", () => {
	/** A result of which the module's size is something else. */
	async function resultWith(kib: number): Promise<string> {
		const only = ["--only", "module"];
		const { stdout } = await run("bench", ...only, "--json");
		const result = JSON.parse(stdout);
		result.rows[0] = { ...result.rows[0], ratio: kib, samples: [kib] };
		return file(`old-${kib}.json`, text(result));
	}

	it("exits with 1 when a row has become worse, and names it", async () => {
		const args = ["bench", "--only", "module", "--compare"];
		const smaller = await resultWith(20);
		const worse = await run(...args, smaller);
		expect(worse.status).toBe(1);
		expect(worse.stdout).toMatch(/^module\/gzip +20\.00 .* WORSE$/m);
		expect(worse.stdout).toMatch(/^worse: module\/gzip$/m);
		const json = await run(...args, smaller, "--json");
		expect(json.status).toBe(1);
		expect(JSON.parse(json.stdout).compared).toMatchObject([
			{ name: "module/gzip", old: 20, verdict: "worse", regression: true },
		]);
		const better = await run(...args, await resultWith(40));
		expect(better.status).toBe(0);
		expect(better.stdout).toContain("no row has become worse");
	}, 60_000);

	it.each([
		["not JSON", new TextEncoder().encode("rows"), "not JSON"],
		["something else", text({ rows: [] }), "no benchmark's result"],
		["another format", text({ format: 9, rows: [] }), "format 9, this version"],
	])("refuses %s before it measures anything", async (name, bytes, said) => {
		const old = file(`${name}.json`, bytes);
		const { status, stdout, stderr } = await run("bench", "--compare", old);
		expect([status, stdout]).toEqual([1, ""]);
		expect(stderr).toContain(`${old}: ${said}`);
		expect(stderr.trim().split("\n")).toHaveLength(1);
	});

	it("refuses a file that is not there", async () => {
		const { status, stderr } = await run("bench", "--compare", "none.json");
		expect(status).toBe(1);
		expect(stderr).toBe(
			"scmi-cosim: none.json: cannot be read: ENOENT: no such file or directory\n",
		);
	});
});

describe("wrong use", () => {
	it.each([
		[["--only", "trap/versoin"], "no row: did you mean trap/version?"],
		[["--only", "everything"], "no row: expected one of trap, plain, rate-set"],
		[["--svg", "a.svg", "--only", "trap"], "--svg with --only"],
		[["--svg", "-", "--json"], "--svg - with --json"],
	])("%j exits with 2", async (args, said) => {
		const { status, stdout, stderr } = await run("bench", ...args);
		expect([status, stdout]).toEqual([2, ""]);
		expect(stderr).toContain(said);
	});
});
