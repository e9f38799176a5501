// The sensor protocol's calls, word by word.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7, and the layouts of versions 0x10000 and 0x20000.

import { describe, expect, it } from "vitest";
import { SENSOR_UNITS } from "../../host/scmi/sensor.ts";
import { agentOn, checkRows } from "./call-table.ts";
import { FakeFirmware, nameWords } from "./fake-firmware.ts";

const none = {
	extendedName: false,
	async: false,
	continuousUpdates: false,
	tripPoints: 0,
	axes: 0,
	timestampExponent: undefined,
	power: undefined,
	updateInterval: undefined,
	resolution: undefined,
	min: undefined,
	max: undefined,
};
/** 64-bit values as words, low one first. */
const long = (value: bigint): number[] => {
	const bits = BigInt.asUintN(64, value);
	return [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
};
const LONG_NAME = "a sensor whose name exceeds sixteen letters";

describe("sensor protocol", () => {
	checkRows(0x15, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.sensor.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x30001]],
			result: 0x30001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.sensor.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xff05_0123, 0x93fc00, 0x12, 0x400]],
			result: {
				sensors: 0x123,
				maxAsyncRequests: 5,
				registersAddress: 0x12_0093_fc00,
				registersLength: 0x400,
			},
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.sensor.messageAttributes(6),
			requests: [[2, 6]],
			replies: [[0, 1]],
			result: 1,
		},
		{
			name: "SENSOR_DESCRIPTION_GET in version 0x10000, two pages",
			call: (calls) => calls.sensor.descriptions(),
			version: 0x10000,
			requests: [
				[3, 0],
				[3, 2],
			],
			replies: [
				[
					0,
					0x0001_0002,
					// Bits of later versions mean nothing here.
					...[7, 0xffff_ff04, (5 << 27) | (30 << 22) | 0x1f_0000 | 0xed02],
					...nameWords("soc", 16),
					...[8, 0x1, 0x0805],
					...nameWords("vdd", 16),
				],
				[0, 1, 9, 0, 0x7, ...nameWords("fifteen-letters", 16)],
			],
			result: [
				{
					...none,
					id: 7,
					name: "soc",
					type: 2,
					exponent: -3,
					async: true,
					tripPoints: 4,
					updateInterval: { seconds: 5, exponent: -2 },
				},
				{ ...none, id: 8, name: "vdd", type: 5, exponent: 1, tripPoints: 1 },
				{ ...none, id: 9, name: "fifteen-letters", type: 7, exponent: 0 },
			],
		},
		{
			name: "SENSOR_DESCRIPTION_GET in version 0x20000: descriptors of three sizes",
			call: (calls) => calls.sensor.descriptions(),
			version: 0x20000,
			requests: [[3, 0]],
			replies: [
				[
					0,
					3,
					// Extended attributes of a scalar sensor.
					...[0, (1 << 30) | (1 << 29) | (23 << 10) | 0x303, 0xe802],
					...nameWords("scalar", 16),
					...[77, (0x1d << 27) | 250, ...long(-40_000n), ...long(125_000n)],
					// Of one with axes: the power alone.
					...[1, 0x100, (3 << 16) | 0x101],
					...nameWords("axes", 16),
					78,
					// None.
					...[2, 0x200, 0x14],
					...nameWords("plain", 16),
				].map((word) => word >>> 0),
			],
			result: [
				{
					...none,
					id: 0,
					name: "scalar",
					type: 2,
					exponent: -3,
					continuousUpdates: true,
					tripPoints: 3,
					timestampExponent: -9,
					power: 77,
					resolution: 0.25,
					min: -40_000,
					max: 125_000,
				},
				{
					...none,
					id: 1,
					name: "axes",
					type: 1,
					exponent: 0,
					axes: 3,
					power: 78,
				},
				{
					...none,
					id: 2,
					name: "plain",
					type: 0x14,
					exponent: 0,
					timestampExponent: 0,
				},
			],
		},
		{
			name: "SENSOR_DESCRIPTION_GET in version 0x30000: long names, bounds that are not told",
			call: (calls) => calls.sensor.descriptions(),
			version: 0x30000,
			requests: [[3, 0]],
			replies: [
				[
					0,
					1,
					...[0, 0x2000_0100, 0x2],
					...nameWords("fifteen-letters", 16),
					...[0, 0, 0, 0x8000_0000, 0xffff_ffff, 0x7fff_ffff],
				],
			],
			result: [
				{
					...none,
					id: 0,
					name: "fifteen-letters",
					extendedName: true,
					type: 2,
					exponent: 0,
					power: 0,
					resolution: 0,
				},
			],
		},
		{
			name: "SENSOR_AXIS_DESCRIPTION_GET, two pages",
			call: (calls) => calls.sensor.axes(3),
			version: 0x30000,
			requests: [
				[7, 3, 0],
				[7, 3, 1],
			],
			replies: [
				[
					0,
					0x0400_0001,
					...[0, 0x300, 0xd005],
					...nameWords("x", 16),
					...[(0x1a << 27) >>> 0, ...long(-5n), ...long(5n)],
				],
				[0, 1, 1, 0, 0x14, ...nameWords("y", 16)],
			],
			result: [
				{
					id: 0,
					name: "x",
					extendedName: true,
					type: 5,
					exponent: -6,
					resolution: 0,
					min: -5,
					max: 5,
				},
				{
					id: 1,
					name: "y",
					extendedName: false,
					type: 0x14,
					exponent: 0,
					resolution: undefined,
					min: undefined,
					max: undefined,
				},
			],
		},
		{
			name: "SENSOR_AXIS_NAME_GET, two pages",
			call: (calls) => calls.sensor.axisNames(3),
			requests: [
				[0xd, 3, 0],
				[0xd, 3, 1],
			],
			replies: [
				[0, 0x0400_0001, 0, ...nameWords(LONG_NAME, 64)],
				[0, 1, 1, ...nameWords("y", 64)],
			],
			result: [
				{ axisId: 0, name: LONG_NAME },
				{ axisId: 1, name: "y" },
			],
		},
		{
			name: "SENSOR_LIST_UPDATE_INTERVALS, two pages",
			call: (calls) => calls.sensor.updateIntervals(4),
			requests: [
				[8, 4, 0],
				[8, 4, 2],
			],
			replies: [
				[0, 0x0001_0002, (1 << 5) | 0x1d, (0xffff << 5) | 0x0f],
				[0, 1, (25 << 5) | 0x10],
			],
			result: {
				kind: "list",
				intervals: [
					{ seconds: 1, exponent: -3 },
					{ seconds: 65_535, exponent: 15 },
					{ seconds: 25, exponent: -16 },
				],
			},
		},
		{
			name: "SENSOR_LIST_UPDATE_INTERVALS of a range",
			call: (calls) => calls.sensor.updateIntervals(4),
			requests: [[8, 4, 0]],
			replies: [[0, 0x1003, 1 << 5, 9 << 5, 2 << 5]],
			result: {
				kind: "range",
				intervals: [1, 9, 2].map((seconds) => ({ seconds, exponent: 0 })),
			},
		},
		{
			name: "SENSOR_CONFIG_GET",
			call: (calls) => calls.sensor.configGet(4),
			requests: [[9, 4]],
			replies: [[0, 0xffff_8003]],
			result: {
				enabled: true,
				timestamps: true,
				interval: { seconds: 65_535, exponent: -16 },
			},
		},
		{
			name: "SENSOR_CONFIG_GET of a sensor without interval",
			call: (calls) => calls.sensor.configGet(4),
			requests: [[9, 4]],
			replies: [[0, 0]],
			result: { enabled: false, timestamps: false },
		},
		...(
			[
				[undefined, 0],
				["down", 0],
				["up", 1 << 9],
				["auto", 1 << 10],
			] as const
		).map(([round, bit]) => ({
			name: `SENSOR_CONFIG_SET, rounded ${round}`,
			call: (
				calls: Parameters<Parameters<typeof checkRows>[1][number]["call"]>[0],
			) =>
				calls.sensor.configSet(
					4,
					{
						enabled: true,
						timestamps: true,
						interval: { seconds: 0x8001, exponent: -3 },
					},
					round,
				),
			requests: [[0xa, 4, (0x8001_e803 | bit) >>> 0]] as [
				number,
				number,
				number,
			][],
			replies: [[0]],
			result: undefined,
		})),
		{
			name: "SENSOR_CONFIG_SET that keeps the interval",
			call: (calls) =>
				calls.sensor.configSet(4, { enabled: false, timestamps: false }),
			requests: [[0xa, 4, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "SENSOR_READING_GET in version 0x10000",
			call: (calls) => calls.sensor.readingGet(4),
			version: 0x10000,
			requests: [[6, 4, 0]],
			replies: [[0, ...long(-12_500n)]],
			result: [{ value: -12_500, timestamp: 0 }],
		},
		{
			name: "SENSOR_READING_GET of two axes",
			call: (calls) => calls.sensor.readingGet(4),
			version: 0x20000,
			requests: [[6, 4, 0]],
			replies: [
				[0, ...long(-1n), ...long(1n << 40n), ...long(0x12_3456_789an), 0, 0],
			],
			result: [
				{ value: -1, timestamp: 2 ** 40 },
				{ value: 0x12_3456_789a, timestamp: 0 },
			],
		},
		{
			name: "SENSOR_READING_GET, asynchronous",
			call: (calls) => calls.sensor.readingGetAsync(4),
			version: 0x30000,
			requests: [[6, 4, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "SENSOR_TRIP_POINT_NOTIFY",
			call: (calls) => calls.sensor.tripPointNotify(4, true),
			requests: [[4, 4, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "SENSOR_CONTINUOUS_UPDATE_NOTIFY, no more",
			call: (calls) => calls.sensor.continuousUpdateNotify(4, false),
			requests: [[0xb, 4, 0]],
			replies: [[0]],
			result: undefined,
		},
		...(["none", "positive", "negative", "both"] as const).map((events, i) => ({
			name: `SENSOR_TRIP_POINT_CONFIG, ${events}`,
			call: (
				calls: Parameters<Parameters<typeof checkRows>[1][number]["call"]>[0],
			) => calls.sensor.tripPointConfig(4, 0xab, -(2 ** 33) - 5, events),
			requests: [[5, 4, 0xab0 + i, ...long(-(2n ** 33n) - 5n)]] as [
				number,
				...number[],
			][],
			replies: [[0]],
			result: undefined,
		})),
		{
			name: "SENSOR_NAME_GET",
			call: (calls) => calls.sensor.nameGet(9),
			requests: [[0xc, 9]],
			replies: [[0, 0, ...nameWords(LONG_NAME, 64)]],
			result: LONG_NAME,
		},
		{
			name: "all sensors with whole names",
			call: (calls) => calls.sensor.sensors(),
			version: 0x30001,
			requests: [
				[3, 0],
				[7, 5, 0],
				[0xd, 5, 0],
				[0xc, 5],
			],
			replies: [
				[
					0,
					1,
					5,
					0x2000_0000,
					0x0002_0101,
					...nameWords("a sensor whose ", 16),
				],
				[
					0,
					2,
					...[0, 0x200, 0x14, ...nameWords("an axis whose n", 16)],
					...[1, 0, 0xe805, ...nameWords("y", 16)],
				],
				// Only those with long names, for all that the agent knows.
				[0, 1, 0, ...nameWords("an axis whose name is long", 64)],
				[0, 0, ...nameWords(LONG_NAME, 64)],
			],
			result: [
				{
					...none,
					id: 5,
					name: LONG_NAME,
					extendedName: true,
					type: 1,
					exponent: 0,
					axes: 2,
					axisDescriptions: [
						expect.objectContaining({
							id: 0,
							name: "an axis whose name is long",
						}),
						expect.objectContaining({ id: 1, name: "y", exponent: -3 }),
					],
				},
			],
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.sensor.negotiate(0x20000),
			requests: [[0x10, 0x20000]],
			replies: [[0]],
			result: undefined,
		},
	]);

	it("reads with units: of a scalar sensor, and of axes", () => {
		const firmware = new FakeFirmware();
		const { sensor } = agentOn(firmware).sync;
		const scalar = {
			...none,
			id: 1,
			name: "temperature",
			type: 2,
			exponent: -3,
			axisDescriptions: [],
		};
		const axis = { ...none, type: 0x14, extendedName: false };
		const axes = {
			...scalar,
			axes: 2,
			axisDescriptions: [
				{ ...axis, id: 0, name: "rate", exponent: 6 },
				{ ...axis, id: 1, name: "level", type: 5, exponent: -6 },
			],
		};
		firmware.will(0, 0x20000).will(0, ...long(45_678n), ...long(9n));
		expect(sensor.read(scalar)).toEqual([
			{
				name: "temperature",
				type: 2,
				value: 45_678,
				scaled: 45.678,
				timestamp: 9,
			},
		]);
		firmware.will(0, ...long(1200n), 0, 0, ...long(-850_000n), 0, 0);
		expect(sensor.read(axes)).toEqual([
			{ name: "rate", type: 0x14, value: 1200, scaled: 1.2e9, timestamp: 0 },
			{ name: "level", type: 5, value: -850_000, scaled: -0.85, timestamp: 0 },
		]);
		expect([2, 0x14, 5].map((type) => SENSOR_UNITS[type])).toEqual([
			"°C",
			"Hz",
			"V",
		]);
	});

	it.each([
		["a seconds' count of 0", { seconds: 0, exponent: 0 }],
		["more seconds than 16 bits", { seconds: 65_536, exponent: 0 }],
		["a fraction", { seconds: 1.5, exponent: 0 }],
		["too small an exponent", { seconds: 1, exponent: -17 }],
		["too large an exponent", { seconds: 1, exponent: 16 }],
	])("refuses an update interval with %s", (_what, interval) => {
		const { sensor } = agentOn(new FakeFirmware()).sync;
		expect(() =>
			sensor.configSet(0, { enabled: true, timestamps: false, interval }),
		).toThrow(expect.objectContaining({ code: "SCMI_RANGE" }));
	});

	it.each([
		[-1, 0],
		[256, 0],
		[0.5, 0],
		[0, 0.5],
		[0, 2 ** 53],
	])("refuses trip point %d at %d", (trip, value) => {
		const { sensor } = agentOn(new FakeFirmware()).sync;
		expect(() => sensor.tripPointConfig(0, trip, value, "both")).toThrow(
			expect.objectContaining({ code: "SCMI_RANGE" }),
		);
	});

	it.each([2n ** 53n, -(2n ** 53n)])(
		"refuses to round a value of %d",
		(value) => {
			const firmware = new FakeFirmware().will(0, 0x10000);
			firmware.will(0, ...long(value));
			expect(() => agentOn(firmware).sync.sensor.readingGet(0)).toThrow(
				expect.objectContaining({ code: "SCMI_RANGE" }),
			);
		},
	);

	it("refuses a range of intervals that are not three, and one of several pages", () => {
		const firmware = new FakeFirmware().will(0, 0x1002, 1 << 5, 2 << 5);
		const { sensor } = agentOn(firmware).sync;
		expect(() => sensor.updateIntervals(0)).toThrow(
			expect.objectContaining({ code: "SCMI_PAGING" }),
		);
	});

	it.each([
		["descriptions", [3, 0x10000]],
		["axes", [7, 0x20000]],
	] as const)("%s cut off within one: SCMI_LENGTH", (call, [, version]) => {
		const firmware = new FakeFirmware().will(0, version);
		firmware.will(0, 1, 0, 0, 0, ...nameWords("x", 16).slice(0, 3));
		const { sensor } = agentOn(firmware).sync;
		expect(() =>
			call === "axes" ? sensor.axes(0) : sensor.descriptions(),
		).toThrow(expect.objectContaining({ code: "SCMI_LENGTH" }));
	});
});
