// The verb diff, and the firmware profiles of the verbs that open a board, as their users have them.
// Exit status: 0 done, differences or not; 1 failed; 2 wrong use.

import { describe, expect, it } from "vitest";
import { boardBlob, file, run } from "./program.ts";

interface Json {
	profiles: string[];
	messages: number;
	differences: Record<string, unknown>[];
}

describe("diff", { timeout: 20_000 }, () => {
	it("prints each message's first difference, then how many there are and why", async () => {
		const { status, stdout, stderr } = await run(
			"diff",
			"spec",
			"imx8mm-draft",
		);
		expect(stderr).toBe("");
		expect(status).toBe(0);
		expect(stdout).toMatch(
			/^base BASE_DISCOVER_VENDOR\(\)\n +field +spec +imx8mm-draft\n/m,
		);
		expect(stdout).toMatch(/^\* +length +24 +2$/m);
		expect(stdout).toMatch(/^ +status +SUCCESS \(0\) +SUCCESS \(0\)$/m);
		expect(stdout).toMatch(/^\* +vendor_identifier +"scmi-cosim" +"NXP"$/m);
		expect(stdout).toMatch(
			/^quirk vendor-length: the vendor is the four bytes/m,
		);
		expect(stdout).toMatch(/^base +BASE_DISCOVER_VENDOR +2 +vendor-length 2$/m);
		expect(stdout).toMatch(
			/^clock +CLOCK_CONFIG_SET +\d+ .*disable-panics 27/m,
		);
		expect(stdout).toMatch(
			/^spec, imx8mm-draft: \d+ messages, \d+ differences\n$/m,
		);
	});

	it("--all prints every difference, a firmware that stops among them", async () => {
		const { status, stdout } = await run(
			"diff",
			"spec",
			"imx8mm-draft",
			"--all",
		);
		const [, differences] = /, (\d+) differences\n$/.exec(stdout) ?? [];
		expect(status).toBe(0);
		expect(stdout.match(/^ +field +spec +imx8mm-draft$/gm)).toHaveLength(
			Number(differences),
		);
		expect(stdout).toMatch(
			/^clock CLOCK_CONFIG_SET\(clock_id 18 \(0x12\), attributes 0x00000000: state disable, .*\n(?:.*\n){1,12}?\* +stopped +- +panic: the monitor panics: audio_pll1_out1 /m,
		);
	});

	it("--json prints one object with every difference", async () => {
		const { status, stdout } = await run(
			"diff",
			"spec",
			"imx8mm-draft",
			"--json",
		);
		const diff = JSON.parse(stdout) as Json;
		expect(status).toBe(0);
		expect(diff.profiles).toEqual(["spec", "imx8mm-draft"]);
		expect(diff.messages).toBeGreaterThan(diff.differences.length);
		for (const difference of diff.differences) {
			expect(difference).toEqual({
				message: expect.any(String),
				protocol: expect.any(String),
				messageId: expect.any(Number),
				request: expect.stringMatching(/^([0-9a-f]{2} ?)+$/),
				a: expect.any(Object),
				b: expect.any(Object),
				quirk: expect.any(String),
			});
		}
	});

	it.each(["spec", "imx8mm-draft"])(
		"%s and itself differ nowhere",
		async (name) => {
			const text = await run("diff", name, name);
			expect(text.status).toBe(0);
			expect(text.stdout).toMatch(
				new RegExp(`^${name}, ${name}: \\d+ messages, 0 differences\\n$`),
			);
			const json = JSON.parse((await run("diff", name, name, "--json")).stdout);
			expect(json.differences).toEqual([]);
		},
	);

	it("takes the boot of another board", async () => {
		const blob = boardBlob((tree) => {
			for (const node of tree.nodes())
				if (node.has("clocks") || node.has("power-domains"))
					node.set("status", "disabled");
		});
		const board = file("quiet.dtb", blob);
		const quiet = await run("diff", "spec", "spec", "--json", "--dtb", board);
		const whole = await run("diff", "spec", "spec", "--json");
		const messages = ({ stdout }: { stdout: string }) =>
			(JSON.parse(stdout) as Json).messages;
		expect(messages(quiet)).toBeLessThan(messages(whole));
	});

	it.each([
		[
			["diff", "spec", "imx8mm-drift"],
			/no firmware profile "imx8mm-drift", did you mean imx8mm-draft\?/,
		],
		[
			["diff", "linux", "spec"],
			/no firmware profile "linux", expected spec or imx8mm-draft/,
		],
		[["diff", "spec"], /missing required argument/],
		[["diff", "spec", "spec", "spec"], /too many arguments/],
		[
			["diff", "spec", "spec", "--profile", "spec"],
			/unknown option '--profile'/,
		],
		[["boot", "--profile", "imx8mm-drift"], /did you mean imx8mm-draft\?/],
	])("%j is wrong use", async (args, message) => {
		const { status, stdout, stderr } = await run(...args);
		expect(status).toBe(2);
		expect(stdout).toBe("");
		expect(stderr).toMatch(/^scmi-cosim: [^\n]*\n$/);
		expect(stderr).toMatch(message);
	});
});

describe("--profile", () => {
	it("call asks the draft, in the layouts of its versions", async () => {
		const { status, stdout } = await run(
			"call",
			"--profile",
			"imx8mm-draft",
			"--json",
			"clock",
			"CONFIG_SET",
			"145",
			"1",
		);
		expect(status).toBe(0);
		const { request, reply } = JSON.parse(stdout);
		expect(request.bytes).toBe("07 50 00 00 91 00 00 00 01 00 00 00");
		expect(reply).toMatchObject({
			status: 0,
			bytes: "07 50 00 00 00 00 00 00",
		});
	});

	it("a call that stops the firmware fails in one line", async () => {
		const { status, stdout, stderr } = await run(
			"call",
			"--profile",
			"imx8mm-draft",
			"clock",
			"CONFIG_SET",
			"18",
			"0",
		);
		expect(status).toBe(1);
		expect(stdout).toBe("");
		expect(stderr).toMatch(
			/^scmi-cosim: [^\n]*: the firmware has stopped \(panic\): [^\n]*\n$/,
		);
	});

	it("boot tells what the draft cannot do, and ends with 1", async () => {
		const { status, stdout } = await run("boot", "--profile", "imx8mm-draft");
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/^error: .*BASE_DISCOVER_VENDOR: a reply of 2 bytes/m,
		);
		expect(stdout).toMatch(
			/^\d+ devices, \d+ messages, \d+ notifications, \d+ errors, /m,
		);
	});
});
