// The clock protocol's calls, word by word, in the layouts of its three versions.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.6, and those of 1.0 and 3.1.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentOn, type Calls, checkRows, type Row } from "./call-table.ts";
import { FakeFirmware, nameWords } from "./fake-firmware.ts";

const none = {
	enabled: false,
	restricted: false,
	extendedConfig: false,
	parents: false,
	extendedName: false,
	rateChangedNotify: false,
	rateChangeRequestedNotify: false,
	enableDelay: 0,
};

function attributes(
	version: number,
	bit: number,
	flags: Partial<typeof none>,
): Row {
	const delay = version >= 0x20000 ? [250] : [];
	return {
		name: `CLOCK_ATTRIBUTES of version 0x${version.toString(16)} with bit ${bit}`,
		call: (calls: Calls) => calls.clock.attributes(128),
		version,
		requests: [[3, 128]],
		replies: [[0, (1 << bit) >>> 0, ...nameWords("uart2", 16), ...delay]],
		result: { ...none, ...flags, name: "uart2", enableDelay: delay[0] },
	};
}

describe("clock protocol", () => {
	checkRows(0x14, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.clock.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x30000]],
			result: 0x30000,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.clock.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xff07_0102]],
			result: { clocks: 258, maxAsyncRequests: 7 },
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.clock.messageAttributes(8),
			requests: [[2, 8]],
			replies: [[0, 0]],
			result: 0,
		},
		attributes(0x10000, 0, { enabled: true }),
		attributes(0x10000, 1, {}),
		attributes(0x10000, 29, {}),
		attributes(0x10000, 31, {}),
		attributes(0x20000, 0, { enabled: true }),
		attributes(0x20000, 1, {}),
		attributes(0x20000, 28, {}),
		attributes(0x20000, 29, { extendedName: true }),
		attributes(0x20000, 30, { rateChangeRequestedNotify: true }),
		attributes(0x20000, 31, { rateChangedNotify: true }),
		attributes(0x30000, 0, { enabled: true }),
		attributes(0x30000, 1, { restricted: true }),
		attributes(0x30000, 27, { extendedConfig: true }),
		attributes(0x30000, 28, { parents: true }),
		attributes(0x30000, 29, { extendedName: true }),
		{
			name: "CLOCK_DESCRIBE_RATES, a list in one page",
			call: (calls) => calls.clock.describeRates(7),
			requests: [[4, 7, 0]],
			replies: [[0, 2, 24_000_000, 0, 5, 1]],
			result: { kind: "list", rates: [24_000_000, 2 ** 32 + 5] },
		},
		{
			name: "CLOCK_DESCRIBE_RATES, a list in three pages",
			call: (calls) => calls.clock.describeRates(7),
			requests: [
				[4, 7, 0],
				[4, 7, 2],
				[4, 7, 3],
			],
			replies: [
				[0, 2 | (3 << 16), 1, 0, 2, 0],
				[0, 1 | (2 << 16), 3, 0],
				[0, 2, 4, 0, 5, 0],
			],
			result: { kind: "list", rates: [1, 2, 3, 4, 5] },
		},
		{
			name: "CLOCK_DESCRIBE_RATES, a range",
			call: (calls) => calls.clock.describeRates(7),
			requests: [[4, 7, 0]],
			replies: [[0, 3 | (1 << 12), 46875, 0, 24_000_000, 0, 1, 0]],
			result: { kind: "range", min: 46875, max: 24_000_000, step: 1 },
		},
		{
			name: "CLOCK_RATE_SET",
			call: (calls) => calls.clock.rateSet(7, 2 ** 32 * 3 + 9),
			requests: [[5, 0, 7, 9, 3]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_SET rounding up, asynchronous",
			call: (calls) =>
				calls.clock.rateSet(7, 1000, {
					round: "up",
					async: true,
					noDelayedResponse: true,
				}),
			requests: [[5, 7, 7, 1000, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_SET rounding as the platform likes",
			call: (calls) => calls.clock.rateSet(7, 1000, { round: "auto" }),
			requests: [[5, 8, 7, 1000, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_NOTIFY, on",
			call: (calls) => calls.clock.rateNotify(7, true),
			requests: [[9, 7, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_NOTIFY, off",
			call: (calls) => calls.clock.rateNotify(7, false),
			requests: [[9, 7, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_CHANGE_REQUESTED_NOTIFY, on",
			call: (calls) => calls.clock.rateChangeRequestedNotify(7, true),
			requests: [[10, 7, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_CHANGE_REQUESTED_NOTIFY, off",
			call: (calls) => calls.clock.rateChangeRequestedNotify(7, false),
			requests: [[10, 7, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_RATE_GET",
			call: (calls) => calls.clock.rateGet(7),
			requests: [[6, 7]],
			replies: [[0, 0x80000000, 2]],
			result: 0x2_8000_0000,
		},
		...[0x10000, 0x20000].flatMap((version): Row[] => [
			{
				name: `CLOCK_CONFIG_SET on, version 0x${version.toString(16)}`,
				call: (calls) => calls.clock.enable(7),
				version,
				requests: [[7, 7, 1]],
				replies: [[0]],
				result: undefined,
			},
			{
				name: `CLOCK_CONFIG_SET off, version 0x${version.toString(16)}`,
				call: (calls) => calls.clock.disable(7),
				version,
				requests: [[7, 7, 0]],
				replies: [[0]],
				result: undefined,
			},
		]),
		{
			name: "CLOCK_CONFIG_SET on, version 0x30000",
			call: (calls) => calls.clock.enable(7),
			version: 0x30000,
			requests: [[7, 7, 1, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_CONFIG_SET off, version 0x30000",
			call: (calls) => calls.clock.disable(7),
			version: 0x30000,
			requests: [[7, 7, 0, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_CONFIG_SET of an extended configuration alone",
			call: (calls) => calls.clock.configSet(7, "unchanged", 0x81, 0xfffffff0),
			version: 0x30000,
			requests: [[7, 7, 0x810003, 0xfffffff0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_NAME_GET",
			call: (calls) => calls.clock.nameGet(7),
			requests: [[8, 7]],
			replies: [
				[0, 0, ...nameWords("sixty-three letters".padEnd(63, "."), 64)],
			],
			result: "sixty-three letters".padEnd(63, "."),
		},
		{
			name: "a long name",
			call: (calls) => calls.clock.name(7),
			version: 0x20000,
			requests: [
				[3, 7],
				[8, 7],
			],
			replies: [
				[0, 1 << 29, ...nameWords("a clock whose n", 16), 0],
				[0, 0, ...nameWords("a clock whose name is long", 64)],
			],
			result: "a clock whose name is long",
		},
		{
			name: "a short name",
			call: (calls) => calls.clock.name(7),
			version: 0x10000,
			requests: [[3, 7]],
			replies: [[0, 1 << 29, ...nameWords("osc_24m", 16)]],
			result: "osc_24m",
		},
		{
			name: "CLOCK_CONFIG_GET",
			call: (calls) => calls.clock.configGet(7),
			requests: [[0xb, 7, 0]],
			replies: [[0, 0, 1, 0]],
			result: { enabled: true, extendedValue: 0 },
		},
		{
			name: "CLOCK_CONFIG_GET of an extended configuration",
			call: (calls) => calls.clock.configGet(7, 0x80),
			requests: [[0xb, 7, 0x80]],
			replies: [[0, 1, 0xfffffffe, 0x12345678]],
			result: { enabled: false, extendedValue: 0x12345678 },
		},
		{
			name: "CLOCK_POSSIBLE_PARENTS_GET in one page",
			call: (calls) => calls.clock.possibleParents(7),
			requests: [[0xc, 7, 0]],
			replies: [[0, 2, 30, 31]],
			result: [30, 31],
		},
		{
			name: "CLOCK_PARENT_SET",
			call: (calls) => calls.clock.parentSet(7, 30),
			requests: [[0xd, 7, 30]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "CLOCK_PARENT_GET",
			call: (calls) => calls.clock.parentGet(7),
			requests: [[0xe, 7]],
			replies: [[0, 30]],
			result: 30,
		},
		...(
			[
				[31, { state: true, parent: false, rate: false }],
				[30, { state: false, parent: true, rate: false }],
				[29, { state: false, parent: false, rate: true }],
				[28, { state: false, parent: false, rate: false }],
			] as const
		).map(
			([bit, result]): Row => ({
				name: `CLOCK_GET_PERMISSIONS with bit ${bit}`,
				call: (calls) => calls.clock.getPermissions(7),
				requests: [[0xf, 7]],
				replies: [[0, (1 << bit) >>> 0]],
				result,
			}),
		),
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.clock.negotiate(0x20000),
			requests: [[0x10, 0x20000]],
			replies: [[0]],
			result: undefined,
		},
	]);

	it("gathers parents over pages, up to 255 left", () => {
		const page = (first: number, count: number, left: number) => [
			0,
			(count | (left << 24)) >>> 0,
			...Array.from({ length: count }, (_, i) => first + i),
		];
		const firmware = new FakeFirmware()
			.will(...page(0, 30, 57))
			.will(...page(30, 30, 27))
			.will(...page(60, 27, 0));
		expect(agentOn(firmware).sync.clock.possibleParents(7)).toEqual(
			Array.from({ length: 87 }, (_, i) => i),
		);
		expect(firmware.seen.map(({ payload }) => payload)).toEqual([
			[7, 0],
			[7, 30],
			[7, 60],
		]);
	});

	it.each([
		["an empty page with more to come", [[0, 5 << 16]]],
		[
			"more left than before",
			[
				[0, 1 | (2 << 16), 1, 0],
				[0, 1 | (2 << 16), 2, 0],
			],
		],
		[
			"the same page for ever",
			Array.from({ length: 50 }, () => [0, 1 | (1 << 16), 1, 0]),
		],
		["a range of two", [[0, 2 | (1 << 12), 1, 0, 2, 0]]],
		["a range of four", [[0, 4 | (1 << 12), 1, 0, 2, 0, 3, 0, 4, 0]]],
	])("ends with SCMI_PAGING on %s", async (_what, replies) => {
		for (const way of ["direct", "awaited"]) {
			const firmware = new FakeFirmware();
			for (const words of replies) {
				firmware.will(...words);
			}
			const agent = agentOn(firmware);
			const run = async () =>
				await (way === "direct" ? agent.sync : agent).clock.describeRates(7);
			await expect(run()).rejects.toMatchObject({
				code: "SCMI_PAGING",
				message: expect.stringContaining("clock_id 7"),
			});
			expect(firmware.seen.length).toBeLessThanOrEqual(2);
		}
	});

	it("counts more rates or parents than the reply has: SCMI_LENGTH", () => {
		const firmware = new FakeFirmware().will(0, 0xfff, 1, 0).will(0, 2, 1);
		const { clock } = agentOn(firmware).sync;
		expect(() => clock.describeRates(1)).toThrow(
			expect.objectContaining({ code: "SCMI_LENGTH" }),
		);
		expect(() => clock.possibleParents(1)).toThrow(
			expect.objectContaining({ code: "SCMI_LENGTH" }),
		);
	});

	it("has extended configurations from version 0x30000 on only", () => {
		const firmware = new FakeFirmware().will(0, 0x20000);
		const { clock } = agentOn(firmware).sync;
		expect(() => clock.configSet(1, "unchanged")).toThrow(
			expect.objectContaining({ code: "SCMI_RANGE" }),
		);
		expect(() => clock.configSet(1, "on", 3, 1)).toThrow(
			expect.objectContaining({ code: "SCMI_RANGE" }),
		);
		expect(firmware.seen).toHaveLength(1);
	});

	it.each([-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
		"refuses to set a rate of %s",
		(rate) => {
			const firmware = new FakeFirmware();
			expect(() => agentOn(firmware).sync.clock.rateSet(1, rate)).toThrow(
				expect.objectContaining({
					code: "SCMI_RANGE",
					message: expect.stringContaining("CLOCK_RATE_SET"),
				}),
			);
			expect(firmware.seen).toHaveLength(0);
		},
	);

	it("carries every rate up to 2^53 - 1 both ways", () => {
		fc.assert(
			fc.property(fc.maxSafeNat(), (rate) => {
				const low = Number(BigInt(rate) & 0xffffffffn);
				const high = Number(BigInt(rate) >> 32n);
				const firmware = new FakeFirmware().will(0).will(0, low, high);
				const { clock } = agentOn(firmware).sync;
				clock.rateSet(1, rate);
				expect(firmware.last.payload.slice(2)).toEqual([low, high]);
				expect(clock.rateGet(1)).toBe(rate);
			}),
		);
	});
});
