// Signed parameters between words and bytes: the voltage protocol's levels.
// SCMI 3.2 (Arm DEN0056E), sections 4.9.2.6, 4.9.2.9 and 4.9.2.10.

import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../host/trace/decode.ts";
import { encodeMessage } from "../../host/trace/encode.ts";
import { headerOf, u32 } from "../support/smt.ts";

const bytes = (...words: number[]) => new Uint8Array(u32(...words));

describe("encode", () => {
	it.each([
		["-850000", -850_000],
		["-0x10", -16],
		[-2147483648, -0x8000_0000],
		[2147483647n, 0x7fff_ffff],
		["0", 0],
	])("level %s", (level, word) => {
		const { payload } = encodeMessage("voltage", "LEVEL_SET", [3, level]);
		expect([...payload]).toEqual(u32(3, 0, word));
	});

	it.each(["2147483648", "-2147483649", "0xffffffff", "--1", "-"])(
		"no level: %s",
		(level) => {
			expect(() => encodeMessage("voltage", "LEVEL_SET", [3, level])).toThrow(
				`voltage_level is "${level}", expected a number of -2147483648 to 2147483647`,
			);
		},
	);

	it("unsigned parameters take no sign", () => {
		expect(() => encodeMessage("voltage", "LEVEL_GET", ["-1"])).toThrow(
			'domain_id is "-1", expected a number of 0 to 4294967295',
		);
	});
});

describe("decode", () => {
	it("a level", () => {
		const reply = bytes(headerOf(0x17, 0x8), 0, -850_000);
		const { fields } = decodeMessage(reply, { reply: true });
		expect(fields.at(-1)).toMatchObject({
			name: "voltage_level",
			value: -850_000,
			text: "-850000",
		});
	});

	it("levels in a list", () => {
		const reply = bytes(headerOf(0x17, 0x4), 0, 2, -5, 7);
		const { fields } = decodeMessage(reply, { reply: true });
		expect(fields.slice(-2)).toMatchObject([
			{ name: "voltage[0]", value: -5, text: "-5" },
			{ name: "voltage[1]", value: 7, text: "7" },
		]);
	});

	it("a status keeps its name", () => {
		const reply = bytes(headerOf(0x17, 0x8), -3);
		const { fields } = decodeMessage(reply, { reply: true });
		expect(fields.find(({ name }) => name === "status")).toMatchObject({
			value: -3,
			text: "DENIED (-3)",
		});
	});
});
