// Bytes to words, from messages written down by hand.
// Follows the SCMI specification 3.2 (Arm DEN0056), chapter 4.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, hexBytes, parseHex } from "../../host/trace/decode.ts";

/** Names and texts of the fields. */
function words(
	data: string,
	options: Parameters<typeof decodeMessage>[1] = {},
): [string, string][] {
	return decodeMessage(data, options).fields.map(({ name, text }) => [
		name,
		text,
	]);
}

describe("a request", () => {
	it("is named, with its token and its parameters in their places", () => {
		expect(
			decodeMessage(
				"05 50 04 00  04 00 00 00  80 00 00 00  00 5a 62 02  00 00 00 00",
			),
		).toEqual({
			kind: "request",
			protocolId: 0x14,
			protocol: "clock",
			messageId: 5,
			message: "CLOCK_RATE_SET",
			token: 1,
			status: undefined,
			fields: [
				{
					name: "header",
					offset: 0,
					size: 4,
					value: 0x45005,
					text: "0x00045005: message_id 5, message_type 0, protocol_id 20, token 1",
					bits: [
						{ name: "message_id", value: 5, text: "message_id 5" },
						{ name: "message_type", value: 0, text: "message_type 0" },
						{ name: "protocol_id", value: 20, text: "protocol_id 20" },
						{ name: "token", value: 1, text: "token 1" },
					],
				},
				{
					name: "flags",
					offset: 4,
					size: 4,
					value: 4,
					text: "0x00000004: round_up",
					bits: [{ name: "round_up", value: 1, text: "round_up" }],
				},
				{
					name: "clock_id",
					offset: 8,
					size: 4,
					value: 128,
					text: "128 (0x80)",
				},
				{
					name: "rate",
					offset: 12,
					size: 8,
					value: 40_000_000,
					text: "40000000 (0x2625a00)",
				},
			],
		});
	});

	it("has the layout of its version", () => {
		const bytes = "07 50 00 00 07 00 00 00 01 00 00 00";
		expect(words(bytes, { version: 0x20000 }).slice(1)).toEqual([
			["clock_id", "7"],
			["attributes", "0x00000001: enable enable"],
		]);
		expect(
			words(`${bytes} 05 00 00 00`, { version: 0x20000 }).slice(3),
		).toEqual([["(left over)", "05 00 00 00"]]);
		expect(
			words("07 50 00 00 07 00 00 00 03 00 81 00 05 00 00 00").slice(1),
		).toEqual([
			["clock_id", "7"],
			["attributes", "0x00810003: state unchanged, extended_config_type 129"],
			["extended_config_val", "5"],
		]);
		expect(words(bytes, { version: 0x30000 }).slice(2)).toEqual([
			["attributes", "0x00000001: state enable, extended_config_type 0"],
			["extended_config_val", "missing: needs 4 bytes, 0 there"],
		]);
		expect(words(bytes).slice(3)).toEqual([
			["extended_config_val", "missing: needs 4 bytes, 0 there"],
		]);
	});

	it("has names for values", () => {
		expect(
			words("04 44 00 00 00 00 00 00 02 00 00 00 00 00 00 40").slice(1),
		).toEqual([
			["flags", "0x00000000"],
			["domain_id", "2"],
			["power_state", "OFF (0x40000000)"],
		]);
		expect(
			words("09 40 00 00 01 00 00 00 02 00 00 00 00 00 00 00").at(-1),
		).toEqual(["flags", "0x00000000: access deny"]);
	});

	it("shows bits that nobody has defined", () => {
		expect(words("05 50 00 f0 01 01 00 80").slice(0, 2)).toEqual([
			[
				"header",
				"0xf0005005: message_id 5, message_type 0, protocol_id 20, token 0, reserved 0xf0000000",
			],
			["flags", "0x80000101: async, reserved 0x80000100"],
		]);
	});
});

describe("a reply", () => {
	it("has its status, names and bits", () => {
		const decoded = decodeMessage(
			"03 50 00 00  00 00 00 00  01 00 00 b0  75 61 72 74 32 00 00 00 00 00 00 00 00 00 00 00  fa 00 00 00",
			{ reply: true },
		);
		expect(decoded).toMatchObject({
			kind: "reply",
			message: "CLOCK_ATTRIBUTES",
			status: 0,
		});
		expect(decoded.fields.slice(1)).toEqual([
			{ name: "status", offset: 4, size: 4, value: 0, text: "SUCCESS (0)" },
			{
				name: "attributes",
				offset: 8,
				size: 4,
				value: 0xb0000001,
				text: "0xb0000001: enabled, parents, extended_name, rate_changed_notify",
				bits: [
					{ name: "enabled", value: 1, text: "enabled" },
					{ name: "parents", value: 1, text: "parents" },
					{ name: "extended_name", value: 1, text: "extended_name" },
					{
						name: "rate_changed_notify",
						value: 1,
						text: "rate_changed_notify",
					},
				],
			},
			{
				name: "clock_name",
				offset: 12,
				size: 16,
				value: "uart2",
				text: '"uart2"',
			},
			{
				name: "clock_enable_delay",
				offset: 28,
				size: 4,
				value: 250,
				text: "250 (0xfa)",
			},
		]);
	});

	it("with another status has nothing more to say", () => {
		expect(words("06 50 00 00 fc ff ff ff", { reply: true }).slice(1)).toEqual([
			["status", "NOT_FOUND (-4)"],
		]);
		expect(
			words("06 50 00 00 ec ff ff ff 01 02", { reply: true }).slice(1),
		).toEqual([
			["status", "UNKNOWN_STATUS (-20)"],
			["(payload)", "01 02"],
		]);
	});

	it("has as many elements as it counts", () => {
		expect(
			words(
				"04 50 00 00 00 00 00 00 02 00 05 00 01 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00",
				{ reply: true },
			).slice(2),
		).toEqual([
			["num_rates_flags", "0x00050002: num_rates 2, format list, remaining 5"],
			["rates[0]", "1"],
			["rates[1]", "4294967296 (0x100000000)"],
		]);
		expect(
			words("0c 50 00 00 00 00 00 00 01 00 00 ff 09 00 00 00 08 00 00 00", {
				reply: true,
			}).slice(2),
		).toEqual([
			["num_parents_flags", "0xff000001: num_parents 1, remaining 255"],
			["parents[0]", "9"],
			["(left over)", "08 00 00 00"],
		]);
		expect(
			words("06 40 00 00 00 00 00 00 03 00 00 00 11 12 14 00", {
				reply: true,
			}).slice(2),
		).toEqual([
			["num_protocols", "3"],
			["protocols[0]", "17 (0x11)"],
			["protocols[1]", "18 (0x12)"],
			["protocols[2]", "20 (0x14)"],
		]);
	});

	it("says which elements are missing", () => {
		expect(
			decodeMessage(
				"04 50 00 00 00 00 00 00 03 00 00 00 01 00 00 00 00 00 00 00 05",
				{ reply: true },
			).fields.slice(3),
		).toEqual([
			{ name: "rates[0]", offset: 12, size: 8, value: 1, text: "1" },
			{
				name: "rates[1..2]",
				offset: 20,
				size: 1,
				value: undefined,
				text: "missing: needs 16 bytes, 1 there",
			},
		]);
		expect(
			words("06 40 00 00 00 00 00 00 ff ff ff ff 11", { reply: true }).slice(3),
		).toEqual([
			["protocols[0]", "17 (0x11)"],
			["protocols[1..4294967294]", "missing: needs 4294967294 bytes, 0 there"],
		]);
	});

	it("has rates above 2^53 as bigints, names without NUL as they are", () => {
		expect(
			decodeMessage("06 50 00 00 00 00 00 00 ff ff ff ff ff ff ff ff", {
				reply: true,
			}).fields[2],
		).toMatchObject({
			value: 0xffffffffffffffffn,
			text: "18446744073709551615 (0xffffffffffffffff)",
		});
		expect(
			words(`03 40 00 00 00 00 00 00 ${"41 ".repeat(16)}`, { reply: true })[2],
		).toEqual(["vendor_identifier", '"AAAAAAAAAAAAAAAA" (no terminating NUL)']);
	});
});

describe("a delayed response", () => {
	it("is named, with its status and its fields", () => {
		const bytes = "05 52 10 00 00 00 00 00 05 00 00 00 00 ca 9a 3b 01 00 00 00";
		expect(decodeMessage(bytes)).toMatchObject({
			kind: "delayed response",
			protocol: "clock",
			message: "CLOCK_RATE_SET_COMPLETE",
			messageId: 5,
			token: 4,
			status: 0,
		});
		expect(words(bytes).slice(1)).toEqual([
			["status", "SUCCESS (0)"],
			["clock_id", "5"],
			["rate", "5294967296 (0x13b9aca00)"],
		]);
		expect(words(`${bytes} 07`).at(-1)).toEqual(["(left over)", "07"]);
	});

	it("with another status has nothing more to say", () => {
		expect(words("05 52 00 00 f7 ff ff ff 05 00 00 00").slice(1)).toEqual([
			["status", "HARDWARE_ERROR (-9)"],
			["(payload)", "05 00 00 00"],
		]);
	});

	it("says what is missing", () => {
		expect(words("05 52 00 00").slice(1)).toEqual([
			["status", "missing: needs 4 bytes, 0 there"],
		]);
		expect(words("05 52 00 00 00 00 00 00 05 00 00 00").at(-1)).toEqual([
			"rate",
			"missing: needs 8 bytes, 0 there",
		]);
	});
});

describe("a notification", () => {
	it("is named, with its fields and no status", () => {
		const bytes = "00 47 00 00 01 00 00 00 07 00 00 00 00 00 00 40";
		expect(decodeMessage(bytes, { reply: true })).toMatchObject({
			kind: "notification",
			protocol: "power",
			message: "POWER_STATE_CHANGED",
			status: undefined,
		});
		expect(words(bytes).slice(1)).toEqual([
			["agent_id", "1"],
			["domain_id", "7"],
			["power_state", "OFF (0x40000000)"],
		]);
	});
});

describe("what is not known", () => {
	it("is left as bytes under its number", () => {
		expect(decodeMessage("01 00 02 00 aa bb")).toMatchObject({
			protocol: "0x80",
			message: "0x1",
			kind: "request",
		});
		expect(words("01 00 02 00 aa bb").slice(1)).toEqual([
			["(payload)", "aa bb"],
		]);
		expect(decodeMessage("30 50 00 00")).toMatchObject({
			protocol: "clock",
			message: "0x30",
		});
		expect(decodeMessage("03 60 00 00")).toMatchObject({
			protocol: "powercap",
			message: "0x3",
		});
		expect(
			words("03 60 00 00 00 00 00 00 01", { reply: true }).slice(1),
		).toEqual([
			["status", "SUCCESS (0)"],
			["(payload)", "01"],
		]);
	});

	it.each([
		[1, 5, "reserved type", "0x5"],
		[2, 6, "delayed response", "0x6"],
		[3, 5, "notification", "0x5"],
	])("type %i of message %i is a %s", (type, id, kind, message) => {
		const bytes = new Uint8Array([id, 0x50 | type, 0, 0, 1, 2, 3, 4]);
		expect(decodeMessage(bytes)).toMatchObject({
			kind,
			protocol: "clock",
			message,
		});
		expect(decodeMessage(bytes).fields.at(-1)).toMatchObject(
			type === 2
				? { name: "status", value: 0x04030201 }
				: { name: "(payload)", value: "01 02 03 04" },
		);
	});

	it("may be no message at all", () => {
		expect(decodeMessage("")).toMatchObject({
			protocolId: undefined,
			token: undefined,
			fields: [
				{
					name: "header",
					size: 0,
					value: undefined,
					text: "missing: needs 4 bytes, 0 there",
				},
			],
		});
		expect(decodeMessage("06 50 00").fields).toMatchObject([
			{ name: "header", size: 3, value: undefined },
		]);
		expect(words("06 50 00 00 00 00", { reply: true })).toMatchObject([
			["header", expect.anything()],
			["status", "missing: needs 4 bytes, 2 there"],
		]);
	});

	it("never makes it throw, and every byte is in one field", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 80 }),
				fc.boolean(),
				fc.constantFrom(0x10000, 0x20000, 0x30000, undefined),
				fc.constantFrom([0x40, 0], [0x44, 0], [0x50, 0], undefined),
				fc.nat(17),
				(bytes, reply, version, protocol, id) => {
					if (protocol && bytes.length > 3) {
						bytes.set([id, ...protocol]);
					}
					const { fields } = decodeMessage(
						bytes,
						version === undefined ? { reply } : { reply, version },
					);
					let at = 0;
					for (const { offset, size } of fields.filter(
						(field) => field.size > 0,
					)) {
						// Arrays of bytes end with up to three bytes that fill the word.
						expect(offset - at).toBeGreaterThanOrEqual(0);
						expect(offset - at).toBeLessThan(4);
						at = offset + size;
					}
					expect(bytes.length - at).toBeLessThan(4);
				},
			),
		);
	});
});

describe("hexadecimal text", () => {
	it("is taken with any spacing", () => {
		expect(parseHex("0x01 02:03,04\n0506\tAb")).toEqual(
			new Uint8Array([1, 2, 3, 4, 5, 6, 0xab]),
		);
		expect(hexBytes(new Uint8Array([0, 1, 0xff]))).toBe("00 01 ff");
	});

	it.each([
		["01 0g", '"g" at position 4 is not a hexadecimal digit'],
		["0x1 zz", '"z" at position 4 is not a hexadecimal digit'],
		["01 2", "3 hexadecimal digits, expected two for each byte"],
	])("%s is refused", (text, message) => {
		expect(() => decodeMessage(text)).toThrow(
			expect.objectContaining({ code: "USAGE", message }),
		);
	});
});
