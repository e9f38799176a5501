// Words to bytes, compared with payloads written down by hand.
// Follows the SCMI specification 3.2 (Arm DEN0056), chapter 4.

import { describe, expect, it } from "vitest";
import { hexBytes } from "../../host/trace/decode.ts";
import { encodeMessage } from "../../host/trace/encode.ts";

type Parameters4 = Parameters<typeof encodeMessage>;

function bytes(...parameters: Parameters4): string {
	return hexBytes(encodeMessage(...parameters).payload);
}

describe("names", () => {
	it.each([
		"RATE_GET",
		"rate_get",
		"rate-get",
		"CLOCK_RATE_GET",
		"clock_rate_get",
		"6",
		"0x6",
		6,
	])("%s is CLOCK_RATE_GET", (name) => {
		expect(encodeMessage("clock", name, [128])).toEqual({
			name: "CLOCK_RATE_GET",
			protocolId: 0x14,
			messageId: 6,
			payload: new Uint8Array([128, 0, 0, 0]),
		});
	});

	it.each(["power", "POWER", "power-domain", "power_domain", "0x11", "17", 17])(
		"%s is the power domain protocol",
		(name) => {
			expect(encodeMessage(name, "STATE_GET", [1])).toMatchObject({
				name: "POWER_STATE_GET",
				protocolId: 0x11,
			});
		},
	);

	it.each([
		["clock", "ATTRIBUTES", [1], "CLOCK_ATTRIBUTES"],
		["clock", "PROTOCOL_ATTRIBUTES", [], "PROTOCOL_ATTRIBUTES"],
		["clock", "VERSION", [], "PROTOCOL_VERSION"],
		["power", "NAME_GET", [1], "POWER_DOMAIN_NAME_GET"],
		["base", "DISCOVER_VENDOR", [], "BASE_DISCOVER_VENDOR"],
		["base", "ATTRIBUTES", [], "PROTOCOL_ATTRIBUTES"],
	])("%s %s%s is %s", (protocol, message, args, name) => {
		expect(encodeMessage(protocol, message, args).name).toBe(name);
	});

	it.each([
		["clok", "RATE_GET", 'no protocol "clok", did you mean clock?'],
		[
			"x",
			"RATE_GET",
			'no protocol "x", expected one of base, power, system, performance, clock',
		],
		[
			"",
			"RATE_GET",
			'no protocol "", expected one of base, power, system, performance, clock',
		],
		[
			"clock",
			"RATE_GTE",
			'no clock message "RATE_GTE", did you mean RATE_GET?',
		],
		[
			"power",
			"STAT_SET",
			'no power message "STAT_SET", did you mean STATE_SET?',
		],
		[
			"clock",
			"wobble",
			'no clock message "wobble", expected one of PROTOCOL_VERSION,',
		],
		["clock", "1.5", 'no clock message "1.5"'],
		["0x99", "VERSION", "expected a number of 0 to 255"],
	])("%s %s is refused", (protocol, message, words) => {
		expect(() => encodeMessage(protocol, message)).toThrow(
			expect.objectContaining({
				code: "UNKNOWN_NAME",
				message: expect.stringContaining(words),
			}),
		);
	});
});

describe("unknown numbers", () => {
	it.each<[Parameters4, string, number, number, string]>([
		[["clock", "0x7f"], "clock 0x7f", 0x14, 0x7f, ""],
		[["20", 127, []], "clock 0x7f", 0x14, 0x7f, ""],
		[["0x13", "0x7f"], "performance 0x7f", 0x13, 0x7f, ""],
		[["0x18", "0"], "powercap 0x0", 0x18, 0, ""],
		[
			["0x99", 1, ["1", "0xffffffff", 2]],
			"0x99 0x1",
			0x99,
			1,
			"01 00 00 00 ff ff ff ff 02 00 00 00",
		],
		[[0, 255, [3n]], "0x0 0xff", 0, 255, "03 00 00 00"],
	])("%s", (parameters, name, protocolId, messageId, payload) => {
		const encoded = encodeMessage(...parameters);
		expect(encoded).toMatchObject({ name, protocolId, messageId });
		expect(hexBytes(encoded.payload)).toBe(payload);
	});

	it.each<[Parameters4, string]>([
		[["0x100", 0], "protocol 0x100, expected 0 to 255"],
		[["clock", 256], "message 256, expected 0 to 255"],
		[["clock", "0x7f", ["uart2"]], 'clock 0x7f: word 0 is "uart2", expected'],
		[["clock", "0x7f", [0, "4294967296"]], 'word 1 is "4294967296"'],
		[["clock", "0x7f", { clock_id: 1 }], 'word 0 is "clock_id=1"'],
		[["clock", "0x7f", [1.5]], 'word 0 is "1.5"'],
	])("%s are refused", (parameters, words) => {
		expect(() => encodeMessage(...parameters)).toThrow(
			expect.objectContaining({
				code: "USAGE",
				message: expect.stringContaining(words),
			}),
		);
	});
});

describe("arguments", () => {
	it("go in order, by name, or both", () => {
		const expected = "04 00 00 00 07 00 00 00 00 5a 62 02 00 00 00 00";
		expect(bytes("clock", "RATE_SET", [4, 7, 40_000_000])).toBe(expected);
		expect(
			bytes("clock", "RATE_SET", { rate: 40_000_000, clock_id: 7, flags: 4 }),
		).toBe(expected);
		expect(
			bytes("clock", "RATE_SET", ["flags=round_up", "7", "0x2625a00"]),
		).toBe(expected);
		expect(
			bytes("clock", "RATE_SET", ["7", "rate = 40000000", "flags=4"]),
		).toBe(expected);
	});

	it("with a preset may be left out", () => {
		expect(bytes("clock", "RATE_SET", [7, 1])).toBe(
			"00 00 00 00 07 00 00 00 01 00 00 00 00 00 00 00",
		);
		expect(bytes("clock", "DESCRIBE_RATES", [7])).toBe(
			"07 00 00 00 00 00 00 00",
		);
		expect(bytes("clock", "DESCRIBE_RATES", [7, 3])).toBe(
			"07 00 00 00 03 00 00 00",
		);
		expect(bytes("base", "DISCOVER_LIST_PROTOCOLS")).toBe("00 00 00 00");
		expect(bytes("base", "PROTOCOL_VERSION")).toBe("");
	});

	it("may be words", () => {
		expect(bytes("power", "STATE_SET", [3, "off"])).toBe(
			"00 00 00 00 03 00 00 00 00 00 00 40",
		);
		expect(bytes("power", "STATE_SET", ["async", "3", "ON"])).toBe(
			"01 00 00 00 03 00 00 00 00 00 00 00",
		);
		expect(bytes("clock", "CONFIG_SET", ["7", "enable"])).toBe(
			"07 00 00 00 01 00 00 00 00 00 00 00",
		);
		expect(bytes("clock", "CONFIG_SET", ["7", "unchanged"])).toBe(
			"07 00 00 00 03 00 00 00 00 00 00 00",
		);
		expect(
			bytes("clock", "RATE_SET", ["async|round-auto", "7", "1"]).slice(0, 2),
		).toBe("09");
		expect(
			bytes("clock", "RATE_SET", [
				"async, no_delayed_response",
				"7",
				"1",
			]).slice(0, 2),
		).toBe("03");
		expect(bytes("base", "SET_DEVICE_PERMISSIONS", [1, 2, "allow"])).toBe(
			"01 00 00 00 02 00 00 00 01 00 00 00",
		);
		expect(bytes("base", "DISCOVER_AGENT", ["self"])).toBe("ff ff ff ff");
	});

	it("follow the version's layout", () => {
		expect(bytes("clock", "CONFIG_SET", ["7", "enable"], 0x20000)).toBe(
			"07 00 00 00 01 00 00 00",
		);
		expect(bytes("clock", "CONFIG_SET", ["7", "disable"], 0x10000)).toBe(
			"07 00 00 00 00 00 00 00",
		);
		expect(() =>
			bytes("clock", "CONFIG_SET", ["7", "unchanged"], 0x20000),
		).toThrow(expect.objectContaining({ code: "USAGE" }));
	});

	it("reach to 64 bits in a rate", () => {
		expect(bytes("clock", "RATE_SET", [7, 0xfffffffffffffffen]).slice(24)).toBe(
			"fe ff ff ff ff ff ff ff",
		);
		expect(
			bytes("clock", "RATE_SET", ["7", "18446744073709551615"]).slice(24),
		).toBe("ff ff ff ff ff ff ff ff");
	});

	it.each<[Parameters4, string, string]>([
		[
			["clock", "RATE_GET", []],
			"USAGE",
			"CLOCK_RATE_GET needs clock_id, it takes clock_id",
		],
		[
			["clock", "RATE_SET", [7]],
			"USAGE",
			"CLOCK_RATE_SET needs rate, it takes [flags] clock_id rate",
		],
		[
			["clock", "RATE_GET", [7, 8]],
			"USAGE",
			"CLOCK_RATE_GET takes clock_id, not 2 arguments",
		],
		[
			["base", "PROTOCOL_VERSION", [1]],
			"USAGE",
			"PROTOCOL_VERSION takes no arguments, not 1 arguments",
		],
		[
			["clock", "RATE_GET", ["uart"]],
			"USAGE",
			'CLOCK_RATE_GET: clock_id is "uart", expected a number of 0 to 4294967295',
		],
		[["clock", "RATE_GET", [2 ** 32]], "USAGE", "4294967296"],
		[["clock", "RATE_GET", [-1]], "USAGE", '"-1"'],
		[["clock", "RATE_GET", ["-1"]], "USAGE", '"-1"'],
		[["clock", "RATE_GET", [1.5]], "USAGE", '"1.5"'],
		[["clock", "RATE_GET", ["1e3"]], "USAGE", '"1e3"'],
		[["clock", "RATE_GET", [""]], "USAGE", '""'],
		[
			["clock", "RATE_SET", [7, 1n << 64n]],
			"USAGE",
			"0 to 18446744073709551615",
		],
		[
			["clock", "RATE_SET", ["up", 7, 1]],
			"USAGE",
			"or async, no_delayed_response, round_up, round_auto",
		],
		[["power", "STATE_SET", [7, "standby"]], "USAGE", "or ON, OFF"],
		[
			["clock", "RATE_GET", { clock_ids: 7 }],
			"UNKNOWN_NAME",
			"CLOCK_RATE_GET has no clock_ids, did you mean clock_id?",
		],
		[
			["clock", "RATE_GET", ["id=7"]],
			"UNKNOWN_NAME",
			"CLOCK_RATE_GET has no id, it takes clock_id",
		],
	])("%s are refused", (parameters, code, words) => {
		expect(() => encodeMessage(...parameters)).toThrow(
			expect.objectContaining({
				code,
				message: expect.stringContaining(words),
			}),
		);
	});
});
