// The voltage domain protocol's calls, word by word, in the layouts of its versions.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.9, and that of 3.0.

import { describe, expect, it } from "vitest";
import { VOLTAGE_MODE_OFF, VOLTAGE_MODE_ON } from "../../host/index.ts";
import { agentOn, type Calls, checkRows, type Row } from "./call-table.ts";
import { FakeFirmware, nameWords } from "./fake-firmware.ts";

const none = { extendedName: false, levelSetAsync: false };

function attributes(
	version: number,
	bit: number,
	flags: Partial<typeof none>,
): Row {
	return {
		name: `VOLTAGE_DOMAIN_ATTRIBUTES of version 0x${version.toString(16)} with bit ${bit}`,
		call: (calls: Calls) => calls.voltage.attributes(5),
		version,
		requests: [[3, 5]],
		replies: [[0, (1 << bit) >>> 0, ...nameWords("BUCK6", 16)]],
		result: { ...none, ...flags, name: "BUCK6" },
	};
}

describe("voltage protocol", () => {
	checkRows(0x17, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.voltage.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x20001]],
			result: 0x20001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.voltage.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xabcd_000c]],
			result: { domains: 12 },
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.voltage.messageAttributes(7),
			requests: [[2, 7]],
			replies: [[0, 0]],
			result: 0,
		},
		attributes(0x10000, 30, {}),
		attributes(0x10000, 31, {}),
		attributes(0x20000, 29, {}),
		attributes(0x20000, 30, { extendedName: true }),
		attributes(0x20000, 31, { levelSetAsync: true }),
		attributes(0x20001, 30, { extendedName: true }),
		attributes(0x20001, 31, { levelSetAsync: true }),
		{
			name: "VOLTAGE_DESCRIBE_LEVELS, a list in one page, levels below zero",
			call: (calls) => calls.voltage.describeLevels(7),
			requests: [[4, 7, 0]],
			replies: [[0, 3, -5_000_000 >>> 0, 0, 0x7fff_ffff]],
			result: { kind: "list", levels: [-5_000_000, 0, 0x7fff_ffff] },
		},
		{
			name: "VOLTAGE_DESCRIBE_LEVELS, a list in three pages",
			call: (calls) => calls.voltage.describeLevels(7),
			requests: [
				[4, 7, 0],
				[4, 7, 2],
				[4, 7, 3],
			],
			replies: [
				[0, (2 << 16) | 2, 1, 2],
				[0, (1 << 16) | 1, 3],
				[0, 1, 4],
			],
			result: { kind: "list", levels: [1, 2, 3, 4] },
		},
		{
			name: "VOLTAGE_DESCRIBE_LEVELS, a triplet",
			call: (calls) => calls.voltage.describeLevels(1),
			requests: [[4, 1, 0]],
			replies: [[0, 0x1003, -700_000 >>> 0, 1_300_000, 10_000]],
			result: { kind: "range", min: -700_000, max: 1_300_000, step: 10_000 },
		},
		{
			name: "VOLTAGE_CONFIG_SET",
			call: (calls) => calls.voltage.configSet(3, 0xd),
			requests: [[5, 3, 0xd]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_CONFIG_SET to on",
			call: (calls) => calls.voltage.enable(3),
			requests: [[5, 3, 7]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_CONFIG_SET to off",
			call: (calls) => calls.voltage.disable(3),
			requests: [[5, 3, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_CONFIG_GET: bits 3:0",
			call: (calls) => calls.voltage.configGet(9),
			requests: [[6, 9]],
			replies: [[0, 0xffff_fff7]],
			result: VOLTAGE_MODE_ON,
		},
		{
			name: "VOLTAGE_CONFIG_GET of a domain that is off",
			call: (calls) => calls.voltage.configGet(9),
			requests: [[6, 9]],
			replies: [[0, 0]],
			result: VOLTAGE_MODE_OFF,
		},
		{
			name: "VOLTAGE_LEVEL_SET",
			call: (calls) => calls.voltage.levelSet(3, 850_000),
			requests: [[7, 3, 0, 850_000]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_LEVEL_SET below zero",
			call: (calls) => calls.voltage.levelSet(3, -850_000, { async: false }),
			requests: [[7, 3, 0, -850_000 >>> 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_LEVEL_SET, asynchronous",
			call: (calls) => calls.voltage.levelSet(3, 850_000, { async: true }),
			requests: [[7, 3, 1, 850_000]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "VOLTAGE_LEVEL_GET below zero",
			call: (calls) => calls.voltage.levelGet(9),
			requests: [[8, 9]],
			replies: [[0, 0x8000_0000]],
			result: -0x8000_0000,
		},
		{
			name: "VOLTAGE_DOMAIN_NAME_GET",
			call: (calls) => calls.voltage.nameGet(9),
			requests: [[9, 9]],
			replies: [
				[0, 0, ...nameWords("a domain whose name exceeds sixteen letters", 64)],
			],
			result: "a domain whose name exceeds sixteen letters",
		},
		{
			name: "a short name",
			call: (calls) => calls.voltage.name(9),
			version: 0x20000,
			requests: [[3, 9]],
			replies: [[0, (1 << 31) >>> 0, ...nameWords("LDO4", 16)]],
			result: "LDO4",
		},
		{
			name: "a long name",
			call: (calls) => calls.voltage.name(9),
			version: 0x20000,
			requests: [
				[3, 9],
				[9, 9],
			],
			replies: [
				[0, 1 << 30, ...nameWords("a domain whose ", 16)],
				[0, 0, ...nameWords("a domain whose name is long", 64)],
			],
			result: "a domain whose name is long",
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.voltage.negotiate(0x10000),
			requests: [[0x10, 0x10000]],
			replies: [[0]],
			result: undefined,
		},
	]);
});

describe("replies that contradict themselves", () => {
	it.each([
		["two values", [0, 0x1002, 1, 2]],
		["four values", [0, 0x1004, 1, 2, 3, 4]],
	])("a triplet of %s", (_, words) => {
		const agent = agentOn(new FakeFirmware().will(...words));
		expect(() => agent.sync.voltage.describeLevels(1)).toThrow(
			expect.objectContaining({ code: "SCMI_PAGING" }),
		);
	});

	it("more levels than the reply has", () => {
		const agent = agentOn(new FakeFirmware().will(0, 3, 1, 2));
		expect(() => agent.sync.voltage.describeLevels(1)).toThrow(
			expect.objectContaining({ code: "SCMI_LENGTH" }),
		);
	});

	it("an empty page, though more are left", () => {
		const agent = agentOn(new FakeFirmware().will(0, 2 << 16));
		expect(() => agent.sync.voltage.describeLevels(1)).toThrow(
			expect.objectContaining({ code: "SCMI_PAGING" }),
		);
	});
});

describe("levels that are no signed 32-bit numbers", () => {
	it.each([0x8000_0000, -0x8000_0001, 0.5, Number.NaN])("%d", (level) => {
		const firmware = new FakeFirmware();
		const agent = agentOn(firmware);
		expect(() => agent.sync.voltage.levelSet(1, level)).toThrow(
			expect.objectContaining({ code: "SCMI_RANGE" }),
		);
		expect(firmware.seen).toEqual([]);
	});

	it("a refusal names the level as it is", () => {
		const agent = agentOn(new FakeFirmware().will(-2 >>> 0));
		expect(() => agent.sync.voltage.levelSet(1, -5)).toThrow(
			/VOLTAGE_LEVEL_SET\(domain_id 1, flags 0, voltage_level -5\)/,
		);
	});
});
