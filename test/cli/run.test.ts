// scmi-cosim run: scenarios from files and from standard input, a line for each step, and the exit status.
// Exit status: 0 all as expected, 1 not, or a file that cannot be read, 2 a file that is no scenario.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { file, folder, run, runWith } from "./program.ts";

const examples = fileURLToPath(
	new URL("../../examples/scenarios/", import.meta.url),
);
const paths = readdirSync(examples).map((name) => examples + name);
const bytes = (value: unknown) =>
	new TextEncoder().encode(
		typeof value === "string" ? value : JSON.stringify(value),
	);
const RATE_GET = {
	agent: "linux",
	message: "CLOCK_RATE_GET",
	clock_id: "uart4",
};
const WRONG = { agents: ["linux"], steps: [{ ...RATE_GET, status: "DENIED" }] };

describe("scmi-cosim run", () => {
	it("runs the examples", async () => {
		const { status, stdout, stderr } = await run("run", ...paths);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toContain("5 scenarios, 40 steps, all as expected\n");
		expect(stdout).toMatch(
			/^ +4 {2}linux {2}CLOCK_RATE_SET clock_id=audio_pll2 rate=361267200 +DENIED \(-3\)$/m,
		);
	});

	it("prints what the README shows", async () => {
		const root = fileURLToPath(new URL("../../", import.meta.url));
		const readme = readFileSync(`${root}README.md`, "utf8");
		const [, path, shown] =
			/\$ npx scmi-cosim run (\S+)\n([\s\S]*?)```/.exec(readme) ?? [];
		const { stdout } = await run("run", root + path);
		expect(stdout.replaceAll(root, "")).toBe(shown);
	});

	it("marks what is not as expected, and exits with 1", async () => {
		const path = file("wrong.json", bytes(WRONG));
		const { status, stdout, stderr } = await run("run", path);
		expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
		expect(stdout).toBe(`${path}
   step  agent  action                         result
!     1  linux  CLOCK_RATE_GET clock_id=uart4  SUCCESS rate=24000000 (0x16e3600)
${path}:1:30: /steps/0: status is SUCCESS, expected DENIED (-3)

1 scenario, 1 step, 1 not as expected
`);
	});

	it("--json prints one value with everything decoded", async () => {
		const path = file("wrong.json", bytes(WRONG));
		const { status, stdout } = await run("run", "--json", path, ...paths);
		const reports = JSON.parse(stdout);
		expect(status).toBe(1);
		expect(reports).toHaveLength(6);
		expect(reports[0]).toMatchObject({
			file: path,
			passed: false,
			timeNs: 1000,
			failures: [{ what: "status", expected: "DENIED (-3)", found: "SUCCESS" }],
		});
		expect(reports[0].steps[0].reply.fields[2].value).toBe(24_000_000);
		expect(reports[1].passed).toBe(true);
	});

	it("reads standard input", async () => {
		const input = bytes({ agents: ["linux"], steps: [RATE_GET] });
		const { status, stdout } = await runWith({ input }, "run", "-");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^standard input\n/);
	});

	it("tells what no step has asked for", async () => {
		const steps = [
			{
				agent: "linux",
				message: "CLOCK_RATE_SET",
				clock_id: "audio_pll1",
				rate: 393_216_000,
				flags: "async",
			},
			{ advance: 1_000_000 },
			{
				agent: "linux",
				message: "CLOCK_RATE_NOTIFY",
				clock_id: "audio_pll2",
				notify_enable: 1,
			},
			...[361_267_200, 393_216_000].map((rate) => ({
				agent: "linux",
				message: "CLOCK_RATE_SET",
				clock_id: "audio_pll2",
				rate,
			})),
		];
		const input = bytes({ agents: ["linux"], steps });
		const { stdout } = await runWith({ input }, "run", "-");
		expect(stdout).toContain(
			"not asked for: CLOCK_RATE_SET_COMPLETE to linux, 2 CLOCK_RATE_CHANGED to linux\n",
		);
	});

	it("runs nothing when one of the files is no scenario", async () => {
		const text = '{"agents": ["linux"],\n\t"steps": [{"reset": "linus"}]}';
		const path = file("bad.json", bytes(text));
		const { status, stdout, stderr } = await run("run", ...paths, path);
		expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
		expect(stderr).toBe(
			`scmi-cosim: ${path}:2:22: /steps/0/reset: there is no agent "linus", did you mean linux?\n`,
		);
	});

	it.each<[string, Uint8Array, number, string]>([
		["empty", new Uint8Array(), 2, ":1:1: not JSON: expected a value"],
		["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 2, ": not UTF-8"],
		["too long", new Uint8Array((1 << 20) + 1), 2, ": more than 1048576 bytes"],
		["nested", bytes("[".repeat(1 << 20)), 2, ":1:17: nested too deeply"],
		["marked", bytes("\ufeff[]"), 2, ":1:1: a list, expected a scenario"],
	])("%s", async (_, input, code, message) => {
		const { status, stdout, stderr } = await runWith({ input }, "run", "-");
		expect({ status, stdout }).toEqual({ status: code, stdout: "" });
		expect(stderr).toContain(`scmi-cosim: standard input${message}`);
	});

	it.each([
		[
			"a file that is not there",
			["missing.json"],
			1,
			"missing.json: cannot be read: ENOENT",
		],
		["a folder", [folder], 1, "cannot be read: EISDIR"],
		[
			"a file without end",
			["/dev/zero"],
			2,
			"/dev/zero: more than 1048576 bytes",
		],
		["no file", [], 2, "missing required argument 'file'"],
	])("%s", async (_, args, code, message) => {
		const { status, stdout, stderr } = await run("run", ...args);
		expect({ status, stdout }).toEqual({ status: code, stdout: "" });
		expect(stderr).toContain(message);
	});
});
