// The command line as its users have it: the built program in a process of its own, its output and exit status.
// Exit status: 0 done, 1 failed, 2 wrong use; bad input gives one line on stderr and never a stack trace.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { findScmi } from "../../host/devicetree/scmi-nodes.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { boardBlob, file, folder, run } from "./program.ts";

describe("boot", () => {
	it("prints devices, the clock tree and a summary", async () => {
		const { status, stdout, stderr } = await run("boot");
		expect(stderr).toBe("");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^device +messages$/m);
		expect(stdout).toMatch(/^ +uart2_root_clk +189 +\d+ +on$/m);
		expect(stdout).toMatch(
			/^\d+ devices, \d+ messages, \d+ notifications, 0 errors, /m,
		);
	});

	it("--json prints one object", async () => {
		const { status, stdout } = await run("boot", "--json");
		const report = JSON.parse(stdout);
		expect(status).toBe(0);
		expect(report).toMatchObject({
			devices: expect.any(Number),
			messages: expect.any(Number),
			errors: [],
			unserved: expect.any(Array),
			virtualTimeNs: expect.any(Number),
		});
	});

	it("exits with 1 when a device fails", async () => {
		const blob = boardBlob((tree) => {
			const device = tree
				.compatible("fsl,imx8mm-uart")
				.find((node) => node.enabled);
			device?.set("clocks", [0x7777, 1]);
		});
		const { status, stdout } = await run(
			"boot",
			"--dtb",
			file("broken.dtb", blob),
		);
		expect(status).toBe(1);
		expect(stdout).toMatch(/^error: .*serial.*: clocks: .*phandle 0x7777/m);
		expect(stdout).toMatch(/, 1 error, /);
	});
});

describe("clk and power", () => {
	it("clk --json is an array of id, name, rate, enabled, parent", async () => {
		const clocks = JSON.parse((await run("clk", "--json")).stdout);
		expect(clocks).toHaveLength(238);
		expect(clocks.find(({ id }: { id: number }) => id === 189)).toEqual({
			id: 189,
			name: "uart2_root_clk",
			rate: 24_000_000,
			enabled: true,
			parent: "uart2",
		});
		for (const clock of clocks) {
			expect(Object.keys(clock)).toEqual([
				"id",
				"name",
				"rate",
				"enabled",
				"parent",
			]);
		}
	});

	it("clk prints children under their parents", async () => {
		const lines = (await run("clk")).stdout.split("\n");
		const at = lines.findIndex((line) => /^ +uart2 /.test(line));
		const indent = (line: string) => line.search(/\S/);
		expect(lines[at + 1]).toMatch(/^ +uart2_root_clk /);
		expect(indent(lines[at + 1] as string)).toBe(
			indent(lines[at] as string) + 2,
		);
	});

	it("power lists every domain, every rail and every reset line", async () => {
		const { powerDomains, performanceDomains, rails, resets } = JSON.parse(
			(await run("power", "--json")).stdout,
		);
		expect(performanceDomains).toEqual([
			{
				id: 0,
				name: "a53",
				level: 1800,
				min: 1200,
				max: 1800,
				rate: 1_800_000_000,
			},
		]);
		expect(rails).toHaveLength(12);
		expect(rails[1]).toEqual({
			id: 1,
			name: "BUCK2",
			microvolts: 1_000_000,
			on: true,
		});
		expect(powerDomains).toHaveLength(12);
		expect(powerDomains[5]).toEqual({ id: 5, name: "gpu", on: true });
		expect(resets).toHaveLength(39);
		expect(resets[26]).toEqual({ id: 26, name: "pciephy", asserted: false });
		expect(resets[27]).toMatchObject({ id: 27, asserted: true });
		const { stdout } = await run("power");
		expect(stdout).toMatch(/^gpu +5 +on$/m);
		expect(stdout).toMatch(/^a53 +0 +1800 +1200 +1800 +1800000000$/m);
		expect(stdout).toMatch(/^BUCK2 +1 +1000000 +on$/m);
		expect(stdout).toMatch(/^LDO5 +10 +1800000 +off$/m);
		expect(stdout).toMatch(/^pciephy +26 +released$/m);
		expect(stdout).toMatch(/^pciephy-perst +27 +asserted$/m);
	});

	it("power of versions without resets and rails lists none", async () => {
		const args = ["power", "--scmi", "scmi-1.0"];
		const { resets, rails } = JSON.parse((await run(...args, "--json")).stdout);
		expect([resets, rails]).toEqual([[], []]);
		expect((await run(...args)).stdout).not.toMatch(/reset|rail/);
	});
});

describe("call and decode", () => {
	it("call prints request and reply, field by field and as bytes", async () => {
		const { status, stdout } = await run("call", "clock", "RATE_GET", "uart2");
		expect(status).toBe(0);
		// Message 6, protocol 0x14 in bits 17:10, any token above; clock 128; then status 0 and 24 MHz.
		expect(stdout).toMatch(/^bytes 06 50 .. .. 80 00 00 00$/m);
		expect(stdout).toMatch(
			/^bytes 06 50 .. .. 00 00 00 00 00 36 6e 01 00 00 00 00$/m,
		);
		expect(stdout).toMatch(/^ +4 +clock_id +128/m);
		expect(stdout).toMatch(/^ +8 +rate +24000000/m);
	});

	it("call exits with 1 when the platform refuses", async () => {
		const { status, stdout } = await run(
			"call",
			"clock",
			"CONFIG_SET",
			"noc",
			"0",
		);
		expect(status).toBe(1);
		expect(stdout).toMatch(/status +DENIED \(-3\)/);
	});

	it("call takes names of domains, bits and values", async () => {
		const { status, stdout } = await run(
			"call",
			"--json",
			"power",
			"STATE_SET",
			"domain_id=gpumix",
			"power_state=OFF",
		);
		expect(status).toBe(0);
		expect(JSON.parse(stdout).request.bytes).toMatch(
			/^04 44 .. .. 00 00 00 00 04 00 00 00 00 00 00 40$/,
		);
	});

	it("call waits for the delayed response of an asynchronous command", async () => {
		const args = ["voltage", "LEVEL_SET", "buck1", "900000", "flags=async"];
		const { status, stdout } = await run("call", ...args);
		expect(status).toBe(0);
		// Message 7 of protocol 0x17, of type 2 in bits 9:8; status, domain, level.
		expect(stdout).toMatch(
			/^bytes 07 5e .. .. 00 00 00 00 00 00 00 00 a0 bb 0d 00$/m,
		);
		const { response } = JSON.parse(
			(await run("call", "--json", ...args)).stdout,
		);
		expect(response).toMatchObject({ kind: "delayed response", status: 0 });
	});

	it("call has no delayed response where none comes", async () => {
		const { stdout } = await run(
			"call",
			"--json",
			"clock",
			"RATE_GET",
			"uart2",
		);
		expect(Object.keys(JSON.parse(stdout))).toEqual(["request", "reply"]);
		const refused = await run(
			...["call", "--json", "clock", "RATE_SET", "uart2", "1", "flags=async"],
		);
		expect(refused.status).toBe(1);
		expect(Object.keys(JSON.parse(refused.stdout))).toEqual([
			"request",
			"reply",
		]);
	});

	it("call takes names of values in any case behind the ID", async () => {
		const { status, stdout } = await run(
			...["call", "--json", "reset", "RESET", "pciephy", "autonomous"],
		);
		expect(status).toBe(0);
		expect(JSON.parse(stdout).request.bytes).toMatch(
			/^04 58 .. .. 1a 00 00 00 01 00 00 00 00 00 00 00$/,
		);
	});

	it("call knows what a shortened name may stand for", async () => {
		const { status, stderr } = await run("call", "perf", "LEVEL_GET", "0");
		expect(status).toBe(2);
		expect(stderr).toContain('"perf", did you mean performance?');
	});

	it("call uses the layouts of the chosen versions", async () => {
		const { stdout } = await run(
			"call",
			"--json",
			"--scmi",
			"scmi-1.0",
			"clock",
			"ATTRIBUTES",
			"uart2",
		);
		const { reply } = JSON.parse(stdout);
		// Header, status, attributes, 16 bytes of name: no enable delay before version 2.0.
		expect(reply.bytes.split(" ")).toHaveLength(28);
	});

	it("call --boot sees the board after its boot", async () => {
		const { stdout } = await run(
			"call",
			"--boot",
			"--json",
			"clock",
			"RATE_GET",
			"audio_pll1",
		);
		expect(JSON.parse(stdout).reply.bytes).toMatch(/00 00 70 17 00 00 00 00$/);
	});

	it("decode turns bytes to words", async () => {
		const request = await run("decode", "06500000", "80000000");
		expect(request.stdout).toMatch(/CLOCK_RATE_GET request/);
		expect(request.stdout).toMatch(/clock_id +128/);
		const reply = await run(
			"decode",
			"--json",
			"--reply",
			"06 50 00 00 fc ff ff ff",
		);
		expect(JSON.parse(reply.stdout)).toMatchObject({ status: -4 });
	});
});

describe("dt", () => {
	it("adds nodes to a blob, which then has no findings", async () => {
		const bare = boardBlob((tree) => {
			findScmi(tree)?.remove();
			tree.node("/firmware/mailbox")?.remove();
			tree.node("/sram@93f000")?.remove();
		});
		const input = file("bare.dtb", bare);
		const output = join(folder, "added.dtb");
		const added = await run(
			"dt",
			"add",
			input,
			"-o",
			output,
			"--method",
			"hvc",
			"--json",
		);
		expect(JSON.parse(added.stdout)).toEqual({ output, added: true });
		const scmi = findScmi(readFdt(new Uint8Array(readFileSync(output))));
		expect(scmi?.texts("compatible")).toEqual(["arm,scmi"]);
		expect(await run("dt", "check", output)).toMatchObject({ status: 0 });
		// The firmware serves the HVC channels that the nodes name.
		expect(await run("boot", "--dtb", output)).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/SCMI over hvc 0xc60000fe/),
		});
	});

	it("check tells node, property and what was expected, and exits with 1", async () => {
		const blob = boardBlob((tree) => {
			findScmi(tree)?.set("mbox-names", ["rx", "tx", "third"]);
		});
		const { status, stdout } = await run("dt", "check", file("bad.dtb", blob));
		expect(status).toBe(1);
		expect(stdout).toMatch(/\/firmware\/scmi.*mbox-names/);
	});
});

describe("bad input: one line, the right status, no stack trace", () => {
	const truncated = writeFdt(imx8mmBoard()).slice(0, 1000);
	const otherSoc = boardBlob((tree) => {
		tree.root.set("compatible", "fsl,imx8mq");
		tree.compatible("fsl,imx8mm-ccm")[0]?.set("compatible", "fsl,imx8mq-ccm");
	});

	it.each<[string, string[], number, RegExp]>([
		["unknown verb", ["bogus"], 2, /unknown command 'bogus'/],
		["unknown option", ["boot", "--bogus"], 2, /unknown option '--bogus'/],
		[
			"unknown version set",
			["boot", "--scmi", "4"],
			2,
			/Allowed choices are scmi-3.2/,
		],
		[
			"missing file",
			["boot", "--dtb", "absent.dtb"],
			1,
			/absent\.dtb: cannot be read/,
		],
		["folder for a file", ["boot", "--dtb", "."], 1, /\.: cannot be read/],
		[
			"empty blob",
			["boot", "--dtb", file("empty.dtb", new Uint8Array())],
			1,
			/empty\.dtb: .*offset 0x0/,
		],
		[
			"truncated blob",
			["boot", "--dtb", file("short.dtb", truncated)],
			1,
			/short\.dtb: .*offset 0x4/,
		],
		[
			"no blob",
			["dt", "check", file("text.dtb", new Uint8Array(64))],
			1,
			/expected magic 0xd00dfeed/,
		],
		[
			"another SoC",
			["boot", "--dtb", file("other.dtb", otherSoc)],
			1,
			/other\.dtb: \/: compatible is "fsl,imx8mq", expected "fsl,imx8mm"/,
		],
		[
			"unknown clock",
			["call", "clock", "RATE_GET", "uart99"],
			2,
			/no clock uart99, the nearest name is uart/,
		],
		[
			"unknown domain",
			["call", "power", "STATE_GET", "gpumux"],
			2,
			/no power domain gpumux, the nearest name is gpumix/,
		],
		["unknown protocol", ["call", "nope", "RATE_GET"], 2, /no protocol "nope"/],
		[
			"unknown message",
			["call", "clock", "RATES"],
			2,
			/no clock message "RATES"/,
		],
		[
			"non-numeric rate",
			["call", "clock", "RATE_SET", "clock_id=uart2", "rate=fast"],
			2,
			/rate is "fast", expected a number/,
		],
		[
			"negative rate",
			["call", "clock", "RATE_SET", "clock_id=uart2", "rate=-1"],
			2,
			/expected a number/,
		],
		["missing argument", ["call", "clock", "RATE_GET"], 2, /clock_id/],
		[
			"too many arguments",
			["call", "clock", "RATE_GET", "1", "2"],
			2,
			/RATE_GET/,
		],
		["no hexadecimal", ["decode", "zz"], 2, /not a hexadecimal digit/],
		["no output", ["dt", "add"], 2, /--output/],
		[
			"output into nowhere",
			["dt", "add", "-o", "absent/x.dtb"],
			1,
			/absent\/x\.dtb: cannot be written/,
		],
	])("%s", async (_, args, expected, message) => {
		const { status, stdout, stderr } = await run(...args);
		expect(stderr).toMatch(message);
		expect(stderr).toMatch(/^scmi-cosim: [^\n]+\n$/);
		expect(stderr).not.toMatch(/\n\s+at /);
		expect(stdout).toBe("");
		expect(status).toBe(expected);
	});

	it("leaves nothing half-written", () => {
		expect(
			readdirSync(folder).filter((name) => name.includes("partial")),
		).toEqual([]);
	});

	it("no verb and no subcommand print their help and exit with 2", async () => {
		expect(await run()).toMatchObject({
			status: 2,
			stdout: expect.stringMatching(/^Usage/),
		});
		expect(await run("dt")).toMatchObject({ status: 2 });
		expect(await run("--help")).toMatchObject({ status: 0 });
		expect(await run("boot", "--help")).toMatchObject({ status: 0 });
	});
});
