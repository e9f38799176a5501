// The verbs call and decode with messages that nobody knows, and with bytes that are too few.
// Numbers follow the SCMI specification 3.2 (Arm DEN0056): 4.1.2 has the header, 4.1.4 the status codes.

import { describe, expect, it } from "vitest";
import { run } from "./program.ts";

const NOT_SUPPORTED = -1;

/** Bytes of a message without its token, which the header has in bits 27:18. */
function untold(bytes: string): string {
	const [id, low, high = "", top = "", ...rest] = bytes.split(" ");
	const word = Number.parseInt(top + high, 16) & 0x3;
	return [id, low, word, 0, ...rest].join(" ");
}

describe("call with unknown numbers", () => {
	it.each<[string, string[], string]>([
		["message of a known protocol", ["clock", "0x7f"], "7f 50 0 0"],
		["message in decimal", ["20", "127"], "7f 50 0 0"],
		["protocol with a name", ["0x18", "0"], "00 60 0 0"],
		[
			"protocol without a name, with words",
			["0x99", "1", "1", "2", "0xfffffffd"],
			"01 64 2 0 01 00 00 00 02 00 00 00 fd ff ff ff",
		],
	])("sends a %s", async (_, args, request) => {
		const { status, stdout, stderr } = await run("call", "--json", ...args);
		expect(stderr).toBe("");
		const message = JSON.parse(stdout);
		expect(untold(message.request.bytes)).toBe(request);
		expect(message.reply.status).toBe(NOT_SUPPORTED);
		expect(status).toBe(1);
	});

	it("prints them like any other", async () => {
		const { status, stdout } = await run("call", "0x99", "1", "7");
		expect(status).toBe(1);
		expect(stdout).toMatch(/^0x99 0x1 request$/m);
		expect(stdout).toMatch(/^ +4 +\(payload\) +07 00 00 00$/m);
		expect(stdout).toMatch(/^ +4 +status +NOT_SUPPORTED \(-1\)$/m);
	});

	it.each<[string, string[], RegExp]>([
		["protocol's name", ["sensors", "0"], /no protocol "sensors"/],
		["message's name", ["0x99", "GET"], /no 0x99 message "GET", expected a/],
		["protocol above 255", ["256", "0"], /protocol 256, expected 0 to 255/],
		["message above 255", ["clock", "0x100"], /message 0x100, expected 0 to/],
		[
			"word that is a name",
			["clock", "0x7f", "uart2"],
			/word 0 is "uart2", expected a number/,
		],
	])("a %s is wrong use", async (_, args, message) => {
		const { status, stdout, stderr } = await run("call", ...args);
		expect(stderr).toMatch(message);
		expect(stderr).toMatch(/^scmi-cosim: [^\n]+\n$/);
		expect(stdout).toBe("");
		expect(status).toBe(2);
	});

	it("a known protocol goes by its number in decimal, names of clocks included", async () => {
		for (const clock of ["128", "uart2"]) {
			const { status, stdout } = await run("call", "20", "RATE_GET", clock);
			expect(status).toBe(0);
			expect(stdout).toMatch(/^CLOCK_RATE_GET reply$/m);
			expect(stdout).toMatch(/^ +8 +rate +24000000/m);
		}
	});
});

describe("decode of what the platform sends", () => {
	it.each<[string[], string, RegExp]>([
		[
			["00530000", "01000000", "05000000", "e8030000", "00000000"],
			"clock CLOCK_RATE_CHANGED notification",
			/^ +12 +rate +1000 \(0x3e8\)$/m,
		],
		[
			["05520400", "00000000", "05000000", "e8030000", "00000000"],
			"clock CLOCK_RATE_SET_COMPLETE delayed response",
			/^ +4 +status +SUCCESS \(0\)$/m,
		],
	])("%s is a %s", async (args, title, row) => {
		const { status, stdout } = await run("decode", ...args);
		expect(stdout).toMatch(new RegExp(`^${title}$`, "m"));
		expect(stdout).toMatch(row);
		expect(status).toBe(0);
	});
});

describe("decode of too few bytes", () => {
	it.each<[string, string[], RegExp]>([
		["header", ["06"], /header +missing: needs 4 bytes, 1 there/],
		["no bytes at all", [""], /header +missing: needs 4 bytes, 0 there/],
		["field", ["06500000", "8000"], /clock_id +missing: needs 4 bytes, 2/],
		["status", ["--reply", "06500000"], /status +missing/],
		[
			"array",
			["--reply", "0c50000000000000", "02000000", "01000000"],
			/parents\[1\] +missing/,
		],
	])("%s: prints what is there and exits with 1", async (_, args, row) => {
		const text = await run("decode", ...args);
		expect(text.stdout).toMatch(row);
		expect(text.stdout).toMatch(/^bytes /m);
		expect(text.status).toBe(1);
		const json = await run("decode", "--json", ...args);
		expect(JSON.parse(json.stdout).fields).toContainEqual(
			expect.objectContaining({ text: expect.stringMatching(/^missing/) }),
		);
		expect(json.status).toBe(1);
	});

	it("bytes left over, and a status that refuses, miss nothing", async () => {
		const longer = await run("decode", "06500000", "80000000", "01020304");
		expect(longer).toMatchObject({ status: 0 });
		const refused = await run("decode", "--reply", "06500000", "fcffffff");
		expect(refused).toMatchObject({ status: 0 });
	});
});
