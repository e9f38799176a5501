// The performance protocol's calls, word by word, in the layouts of its four versions; fast channels on a buffer.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, and those of 1.0, 2.0 and 3.1.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { LevelChannel, LimitsChannel } from "../../host/scmi/fast-channel.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { decodeMessage } from "../../host/trace/decode.ts";
import { agentOn, checkRows, type Row } from "./call-table.ts";
import { FakeFirmware, nameWords } from "./fake-firmware.ts";

const none = {
	name: "a53",
	extendedName: false,
	setLimits: false,
	setLevel: false,
	limitsChangeNotify: false,
	levelChangeNotify: false,
	fastChannels: false,
	levelIndexing: false,
	rateLimit: 20,
	sustainedFrequency: 1_800_000,
	sustainedLevel: 1800,
};

function attributes(
	version: number,
	bit: number,
	flags: Partial<typeof none>,
): Row {
	return {
		name: `PERFORMANCE_DOMAIN_ATTRIBUTES of version 0x${version.toString(16)} with bit ${bit}`,
		call: (calls) => calls.performance.domainAttributes(7),
		version,
		requests: [[3, 7]],
		replies: [
			[
				0,
				(1 << bit) >>> 0,
				0xfff0_0014,
				1_800_000,
				1800,
				...nameWords("a53", 16),
			],
		],
		result: { ...none, ...flags },
	};
}

function protocolAttributes(
	version: number,
	unit: number,
	powerUnit: string,
): Row {
	return {
		name: `PROTOCOL_ATTRIBUTES of version 0x${version.toString(16)} with power unit ${unit}`,
		call: (calls) => calls.performance.protocolAttributes(),
		version,
		requests: [[1]],
		replies: [[0, 0xfff0_0002 | (unit << 16), 0x1000, 1, 0x40]],
		result: {
			domains: 2,
			powerUnit,
			statisticsAddress: 0x1_0000_1000,
			statisticsLength: 0x40,
		},
	};
}

describe("performance protocol", () => {
	checkRows(0x13, [
		protocolAttributes(0x10000, 0, "abstract"),
		protocolAttributes(0x10000, 1, "mW"),
		protocolAttributes(0x20000, 3, "mW"),
		protocolAttributes(0x30000, 1, "mW"),
		protocolAttributes(0x30000, 2, "µW"),
		protocolAttributes(0x40000, 0, "abstract"),
		...[0x10000, 0x20000, 0x30000, 0x40000].flatMap((version): Row[] => [
			attributes(version, 31, { setLimits: true }),
			attributes(version, 30, { setLevel: true }),
			attributes(version, 29, { limitsChangeNotify: true }),
			attributes(version, 28, { levelChangeNotify: true }),
			attributes(version, 27, { fastChannels: version >= 0x20000 }),
			attributes(version, 26, { extendedName: version >= 0x30000 }),
			attributes(version, 25, { levelIndexing: version >= 0x40000 }),
		]),
		...[0x10000, 0x20000, 0x30000].map(
			(version): Row => ({
				name: `PERFORMANCE_DESCRIBE_LEVELS of version 0x${version.toString(16)}, in two pages`,
				call: (calls) => calls.performance.describeLevels(7),
				version,
				requests: [
					[4, 7, 0],
					[4, 7, 2],
				],
				replies: [
					[0, 2 | (1 << 16), 100, 5, 0xffff_0096, 200, 6, 151],
					[0, 1, 300, 0, 0xffff],
				],
				result: [
					{ level: 100, power: 5, latency: 150 },
					{ level: 200, power: 6, latency: 151 },
					{ level: 300, power: 0, latency: 0xffff },
				].map((level) => ({
					...level,
					frequency: undefined,
					index: undefined,
				})),
			}),
		),
		{
			name: "PERFORMANCE_DESCRIBE_LEVELS of version 0x40000, in two pages",
			call: (calls) => calls.performance.describeLevels(7),
			version: 0x40000,
			requests: [
				[4, 7, 0],
				[4, 7, 1],
			],
			replies: [
				[0, 1 | (1 << 16), 100, 5, 150, 1_200_000, 9],
				[0, 1, 200, 6, 151, 0xffff_ffff, 11],
			],
			result: [
				{ level: 100, power: 5, latency: 150, frequency: 1_200_000, index: 9 },
				{
					level: 200,
					power: 6,
					latency: 151,
					frequency: 0xffff_ffff,
					index: 11,
				},
			],
		},
		{
			name: "PERFORMANCE_LIMITS_SET",
			call: (calls) => calls.performance.limitsSet(7, { max: 9, min: 3 }),
			requests: [[5, 7, 9, 3]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "PERFORMANCE_LIMITS_GET",
			call: (calls) => calls.performance.limitsGet(7),
			requests: [[6, 7]],
			replies: [[0, 9, 3]],
			result: { max: 9, min: 3 },
		},
		{
			name: "PERFORMANCE_LEVEL_SET",
			call: (calls) => calls.performance.levelSet(7, 0xffff_ffff),
			requests: [[7, 7, 0xffff_ffff]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "PERFORMANCE_LEVEL_GET",
			call: (calls) => calls.performance.levelGet(7),
			requests: [[8, 7]],
			replies: [[0, 0xffff_fffe]],
			result: 0xffff_fffe,
		},
		{
			name: "PERFORMANCE_NOTIFY_LIMITS",
			call: (calls) => calls.performance.notifyLimits(7, true),
			requests: [[9, 7, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "PERFORMANCE_NOTIFY_LEVEL",
			call: (calls) => calls.performance.notifyLevel(7, false),
			requests: [[0xa, 7, 0]],
			replies: [[0]],
			result: undefined,
		},
		...(
			[
				["LIMITS_SET", 5],
				["LIMITS_GET", 6],
				["LEVEL_SET", 7],
				["LEVEL_GET", 8],
			] as const
		).map(
			([message, number]): Row => ({
				name: `PERFORMANCE_DESCRIBE_FASTCHANNEL of ${message}`,
				call: (calls) => calls.performance.describeFastChannel(7, message),
				requests: [[0xb, 7, number]],
				replies: [[0, 0, 0xfff0_0005, 0x80, 2, 8, 1, 2, 3, 4, 5, 6]],
				result: {
					address: 0x2_0000_0080,
					size: 8,
					rateLimit: 5,
					doorbell: undefined,
				},
			}),
		),
		{
			name: "PERFORMANCE_DESCRIBE_FASTCHANNEL with a doorbell",
			call: (calls) => calls.performance.describeFastChannel(7, "LEVEL_SET"),
			requests: [[0xb, 7, 7]],
			replies: [[0, 5, 0, 0x80, 0, 4, 0x10, 1, 0x20, 2, 0x30, 3]],
			result: {
				address: 0x80,
				size: 4,
				rateLimit: 0,
				doorbell: {
					address: 0x1_0000_0010,
					width: 32,
					setMask: 0x2_0000_0020,
					preserveMask: 0x3_0000_0030,
				},
			},
		},
		{
			name: "PERFORMANCE_DOMAIN_NAME_GET",
			call: (calls) => calls.performance.nameGet(7),
			requests: [[0xc, 7]],
			replies: [[0, 0, ...nameWords("sixty-three".padEnd(63, "."), 64)]],
			result: "sixty-three".padEnd(63, "."),
		},
		{
			name: "a long name",
			call: (calls) => calls.performance.name(7),
			version: 0x30000,
			requests: [
				[3, 7],
				[0xc, 7],
			],
			replies: [
				[0, 1 << 26, 0, 0, 0, ...nameWords("a domain whose ", 16)],
				[0, 0, ...nameWords("a domain whose name is long", 64)],
			],
			result: "a domain whose name is long",
		},
		{
			name: "a short name",
			call: (calls) => calls.performance.name(7),
			version: 0x20000,
			requests: [[3, 7]],
			replies: [[0, 1 << 26, 0, 0, 0, ...nameWords("a53", 16)]],
			result: "a53",
		},
	]);

	it.each([
		[0x30000, [0, 2, 1, 2, 3, 4, 5]],
		[0x40000, [0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
	])(
		"counts more levels than the reply has, version %i: SCMI_LENGTH",
		(version, words) => {
			const firmware = new FakeFirmware().will(0, version).will(...words);
			const { performance } = agentOn(firmware).sync;
			expect(() => performance.describeLevels(1)).toThrow(
				expect.objectContaining({ code: "SCMI_LENGTH" }),
			);
		},
	);

	it.each([-1, 1.5, 2 ** 32, Number.NaN])("refuses level %s", (level) => {
		const firmware = new FakeFirmware();
		const { performance } = agentOn(firmware).sync;
		expect(() => performance.levelSet(0, level)).toThrow(
			expect.objectContaining({ code: "SCMI_RANGE" }),
		);
		expect(firmware.seen).toHaveLength(0);
	});
});

describe("an agent's fast channels", () => {
	it("are found by message and used without one", () => {
		const engine = createEngine();
		const { agent } = openBoard(imx8mmBoard(), engine);
		const { performance } = agent.sync;
		const place = (
			message: "LEVEL_SET" | "LEVEL_GET" | "LIMITS_SET" | "LIMITS_GET",
		) => {
			const { address, size } = performance.describeFastChannel(0, message);
			return engine.memoryAt(address, size);
		};
		const levelSet = new LevelChannel(engine.buffer, place("LEVEL_SET"));
		const levelGet = new LevelChannel(engine.buffer, place("LEVEL_GET"));
		const limitsSet = new LimitsChannel(engine.buffer, place("LIMITS_SET"));
		const limitsGet = new LimitsChannel(engine.buffer, place("LIMITS_GET"));
		const messages = agent.messages;
		levelSet.set(3);
		engine.advance(1_000_000);
		expect(levelGet.get()).toBe(3);
		limitsSet.set({ max: 2, min: 1 });
		engine.advance(1_000_000);
		expect(limitsGet.get()).toEqual({ max: 2, min: 1 });
		expect(levelGet.get()).toBe(2);
		expect(agent.messages).toBe(messages);
		expect(agent.sync.clock.rateGet(215)).toBe(1_600_000_000);
	});

	it.each([-1, 0.5, 2 ** 32, Number.NaN])(
		"refuse %s, and stay as they are",
		(value) => {
			const { buffer } = new Uint32Array([1, 2, 3]);
			const level = new LevelChannel(buffer, 0);
			const limits = new LimitsChannel(buffer, 4);
			const wrong = expect.objectContaining({ code: "SCMI_RANGE" });
			expect(() => level.set(value)).toThrow(wrong);
			expect(() => limits.set({ max: value, min: 1 })).toThrow(wrong);
			expect(() => limits.set({ max: 5, min: value })).toThrow(wrong);
			expect([level.get(), limits.get()]).toEqual([1, { max: 2, min: 3 }]);
		},
	);
});

describe("decoding PERFORMANCE_DESCRIBE_LEVELS", () => {
	/** Header, status, count, and these words. */
	const reply = (count: number, ...words: number[]) =>
		new Uint8Array(new Uint32Array([0x4c04, 0, count, ...words]).buffer);
	const named = (data: Uint8Array, version?: number) =>
		decodeMessage(data, {
			reply: true,
			...(version === undefined ? {} : { version }),
		})
			.fields.slice(2)
			.map(({ name, value }) => [name, value]);

	it("names the words of each entry, as many as the version has", () => {
		expect(named(reply(2, 1200, 5, 150, 1600, 6, 151), 0x30000)).toEqual([
			["num_levels", 2],
			["perf_levels[0].performance_level", 1200],
			["perf_levels[0].power_cost", 5],
			["perf_levels[0].attributes", 150],
			["perf_levels[1].performance_level", 1600],
			["perf_levels[1].power_cost", 6],
			["perf_levels[1].attributes", 151],
		]);
		expect(named(reply(1, 1200, 5, 150, 1_200_000, 1))).toEqual([
			["num_levels", 1],
			["perf_levels[0].performance_level", 1200],
			["perf_levels[0].power_cost", 5],
			["perf_levels[0].attributes", 150],
			["perf_levels[0].indicative_frequency", 1_200_000],
			["perf_levels[0].level_index", 1],
		]);
	});

	it("says what is missing", () => {
		const { fields } = decodeMessage(reply(3, 1200, 5), {
			reply: true,
			version: 0x30000,
		});
		expect(fields.slice(3).map(({ name, text }) => `${name}: ${text}`)).toEqual(
			[
				"perf_levels[0].performance_level: 1200 (0x4b0)",
				"perf_levels[0].power_cost: 5",
				"perf_levels[0].attributes: missing: needs 4 bytes, 0 there",
				"perf_levels[1]: missing: needs 24 bytes, 0 there",
			],
		);
	});
});
