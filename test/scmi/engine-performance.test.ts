// The performance protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.5; versions 1.0, 2.0 and 3.0 as in SCMI 1.0, 2.0 and 3.1.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import type { OperatingPoint } from "../../host/platform/performance.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	hardware,
	hardwareAt,
	level,
	limits,
	oneWay,
	PERFORMANCE,
	withoutIndices,
	withPerformance,
} from "../support/performance.ts";
import {
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	OUT_OF_RANGE,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
} from "../support/smt.ts";

const V1 = 0x10000;
const V2 = 0x20000;
const V3 = 0x30000;
const V4 = 0x40000;
const VERSIONS = [V1, V2, V3, V4];
const NO_DOMAINS = [1, 2, 31, 32, 0xffff, 0x10000, 0x8000_0000, 0xffff_ffff];

/** PROTOCOL_ATTRIBUTES bits 17:16. */
const MILLIWATT = 0x1_0000;
const MICROWATT = 0x2_0000;
/** DOMAIN_ATTRIBUTES. */
const SET_BOTH = 0xc000_0000;
const NOTIFY_BOTH = 0x3000_0000;
const FAST_CHANNELS = 0x0800_0000;
const EXTENDED_NAME = 0x0400_0000;
const LEVEL_INDEXING = 0x0200_0000;

/** Request sizes by message, in bytes. */
function sizesOf(version: number): [message: number, size: number][] {
	const sizes: [number, number][] = [
		[0x0, 0],
		[0x1, 0],
		[0x2, 4],
		[0x3, 4],
		[0x4, 8],
		[0x5, 12],
		[0x6, 4],
		[0x7, 8],
		[0x8, 4],
		[0x9, 8],
		[0xa, 8],
	];
	if (version >= V2) sizes.push([0xb, 8]);
	if (version >= V3) sizes.push([0xc, 4]);
	if (version >= V4) sizes.push([0x10, 4]);
	return sizes;
}

function open(platform: Platform): Smt {
	return new Smt(createEngine(platform));
}

/** What an agent of this version calls the operating points: indices in level indexing mode. */
function namesOf(version: number): [number, number, number] {
	return version >= V4 ? [1, 2, 3] : [1200, 1600, 1800];
}

describe.each(VERSIONS)("performance protocol, version %i", (version) => {
	const platform = withPerformance(version);
	const smt = open(platform);
	const [slow, middle, fast] = namesOf(version);
	const fastChannels = version >= V2 ? FAST_CHANNELS : 0;
	const indexing = version >= V4 ? LEVEL_INDEXING : 0;

	it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES: one domain, power in mW or µW, no statistics", () => {
		smt.expect(PERFORMANCE, 0x0, [], u32(version));
		const unit = version >= V3 ? MICROWATT : MILLIWATT;
		smt.expect(PERFORMANCE, 0x1, [], u32(unit | 1, 0, 0, 0));
	});

	it("PROTOCOL_MESSAGE_ATTRIBUTES: bit 0 for messages with fast channels; NOT_FOUND when not served", () => {
		const served = sizesOf(version).map(([message]) => message);
		for (const message of [...Array(64).keys(), 0xff, 0x100, 0x8000_0005]) {
			const isFast = version >= V2 && message >= 0x5 && message <= 0x8;
			if (served.includes(message))
				smt.expect(PERFORMANCE, 0x2, u32(message), u32(isFast ? 1 : 0));
			else smt.refuse(PERFORMANCE, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("DOMAIN_ATTRIBUTES: bits, rate limit, sustained frequency and level, name", () => {
		const bits = SET_BOTH | NOTIFY_BOTH | fastChannels | indexing;
		smt.expect(PERFORMANCE, 0x3, u32(0), [
			...u32(bits, 0, 1_800_000, 1800),
			...text("a53", 16),
		]);
		const limited = open(withPerformance(version, { rateLimit: 0xf_ffff }));
		expect(limited.words(PERFORMANCE, 0x3, u32(0))[1]).toBe(0xf_ffff);
	});

	it("DESCRIBE_LEVELS: level, power, latency; in version 4.0 frequency and index, too", () => {
		const microwatts = [520_200, 866_400, 1_080_000];
		const milliwatts = [521, 867, 1080];
		const power = version >= V3 ? microwatts : milliwatts;
		const entries = [1200, 1600, 1800].flatMap((megahertz, i) => [
			megahertz,
			power[i] as number,
			154,
			...(version >= V4 ? [megahertz * 1000, i + 1] : []),
		]);
		smt.expect(PERFORMANCE, 0x4, u32(0, 0), u32(3, ...entries));
		const words = entries.length / 3;
		smt.expect(
			PERFORMANCE,
			0x4,
			u32(0, 2),
			u32(1, ...entries.slice(2 * words)),
		);
	});

	it("LEVEL_SET and LEVEL_GET", () => {
		expect(level(smt)).toBe(slow);
		for (const [name, megahertz] of [
			[fast, 1800],
			[middle, 1600],
			[slow, 1200],
		] as const) {
			smt.expect(PERFORMANCE, 0x7, u32(0, name), []);
			smt.expect(PERFORMANCE, 0x8, u32(0), u32(name));
			expect(hardware(smt)).toEqual(hardwareAt(megahertz));
		}
	});

	it("LEVEL_SET to what is no level: OUT_OF_RANGE, nothing changes", () => {
		const other = version >= V4 ? [1200, 1600, 1800] : [1, 2, 3];
		for (const wrong of [
			...other,
			0,
			slow - 1,
			fast + 1,
			1201,
			1_200_000,
			0x8000_0000,
			0xffff_ffff,
		])
			smt.refuse(PERFORMANCE, 0x7, u32(0, wrong), OUT_OF_RANGE);
		expect(level(smt)).toBe(slow);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
	});

	it("LIMITS_SET and LIMITS_GET; levels outside: OUT_OF_RANGE", () => {
		const smt = open(platform);
		expect(limits(smt)).toEqual([fast, slow]);
		smt.expect(PERFORMANCE, 0x5, u32(0, middle, slow), []);
		smt.expect(PERFORMANCE, 0x6, u32(0), u32(middle, slow));
		smt.refuse(PERFORMANCE, 0x7, u32(0, fast), OUT_OF_RANGE);
		smt.expect(PERFORMANCE, 0x7, u32(0, middle), []);
		expect(limits(smt)).toEqual([middle, slow]);
	});

	it("LIMITS_SET moves a level that lies outside to the nearer limit", () => {
		const smt = open(platform);
		smt.expect(PERFORMANCE, 0x5, u32(0, fast, middle), []);
		expect(level(smt)).toBe(middle);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		smt.expect(PERFORMANCE, 0x7, u32(0, fast), []);
		smt.expect(PERFORMANCE, 0x5, u32(0, middle, middle), []);
		expect(level(smt)).toBe(middle);
		smt.expect(PERFORMANCE, 0x5, u32(0, slow, slow), []);
		expect(level(smt)).toBe(slow);
		// Wider limits move nothing back.
		smt.expect(PERFORMANCE, 0x5, u32(0, fast, slow), []);
		expect(level(smt)).toBe(slow);
	});

	it("LIMITS_SET outside of all levels: OUT_OF_RANGE; upside down: INVALID_PARAMETERS; nothing changes", () => {
		const smt = open(platform);
		smt.expect(PERFORMANCE, 0x5, u32(0, middle, middle), []);
		const cases: [max: number, min: number, status: number][] = [
			[fast + 1, slow, OUT_OF_RANGE],
			[0xffff_ffff, slow, OUT_OF_RANGE],
			[fast, fast + 1, OUT_OF_RANGE],
			[0, 0, OUT_OF_RANGE],
			[slow, middle, INVALID_PARAMETERS],
			[middle, fast, INVALID_PARAMETERS],
			[slow, fast, INVALID_PARAMETERS],
		];
		if (version < V4)
			cases.push(
				[fast, slow - 1, OUT_OF_RANGE],
				// Between two levels, which leaves none.
				[1599, 1201, INVALID_PARAMETERS],
			);
		for (const [max, min, status] of cases)
			smt.refuse(PERFORMANCE, 0x5, u32(0, max, min), status);
		expect(limits(smt)).toEqual([middle, middle]);
		expect(level(smt)).toBe(middle);
	});

	it("LIMITS_SET with one limit of 0: unchanged since version 3.0, before OUT_OF_RANGE", () => {
		const smt = open(platform);
		smt.expect(PERFORMANCE, 0x5, u32(0, middle, middle), []);
		if (version < V3) {
			smt.refuse(PERFORMANCE, 0x5, u32(0, fast, 0), OUT_OF_RANGE);
			smt.refuse(PERFORMANCE, 0x5, u32(0, 0, slow), OUT_OF_RANGE);
			return;
		}
		smt.expect(PERFORMANCE, 0x5, u32(0, fast, 0), []);
		expect(limits(smt)).toEqual([fast, middle]);
		smt.expect(PERFORMANCE, 0x5, u32(0, 0, slow), []);
		expect(limits(smt)).toEqual([fast, slow]);
		smt.expect(PERFORMANCE, 0x5, u32(0, slow, 0), []);
		smt.refuse(PERFORMANCE, 0x5, u32(0, 0, middle), INVALID_PARAMETERS);
		expect(limits(smt)).toEqual([slow, slow]);
	});

	it("a level index outside the list: OUT_OF_RANGE", () => {
		for (const index of [3, 4, 0xffff, 0x8000_0000, 0xffff_ffff])
			smt.refuse(PERFORMANCE, 0x4, u32(0, index), OUT_OF_RANGE);
	});

	it("no such domain: NOT_FOUND, whatever follows", () => {
		for (const [message, size] of sizesOf(version)) {
			if (message < 3 || message === 0x10) continue;
			for (const id of NO_DOMAINS)
				smt.refuse(
					PERFORMANCE,
					message,
					[...u32(id), ...new Array<number>(size - 4).fill(0xff)],
					NOT_FOUND,
				);
		}
	});

	it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
		for (const [message, size] of sizesOf(version)) {
			for (const wrong of [0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 100]) {
				if (wrong !== size)
					smt.refuse(
						PERFORMANCE,
						message,
						new Array<number>(wrong).fill(0xff),
						PROTOCOL_ERROR,
					);
			}
		}
	});

	it("messages that this version does not have: NOT_SUPPORTED", () => {
		const served = sizesOf(version).map(([message]) => message);
		for (let message = 0; message < 0x20; message++) {
			if (served.includes(message)) continue;
			for (const payload of [[], u32(0), u32(0, 5), u32(0, 1, 1)])
				smt.refuse(PERFORMANCE, message, payload, NOT_SUPPORTED);
		}
	});

	it("NOTIFY_LIMITS and NOTIFY_LEVEL: reserved bits are INVALID_PARAMETERS", () => {
		for (const message of [0x9, 0xa]) {
			for (let bit = 1; bit < 32; bit++) {
				const enable = (1 << bit) >>> 0;
				for (const word of [enable, (enable | 1) >>> 0])
					smt.refuse(PERFORMANCE, message, u32(0, word), INVALID_PARAMETERS);
			}
			smt.expect(PERFORMANCE, message, u32(0, 1), []);
			smt.expect(PERFORMANCE, message, u32(0, 0), []);
		}
	});

	it("an agent without a channel for notifications is offered none", () => {
		const smt = open(oneWay(platform));
		const [bits] = smt.words(PERFORMANCE, 0x3, u32(0));
		expect((bits as number) & NOTIFY_BOTH).toBe(0);
		for (const message of [0x9, 0xa]) {
			smt.refuse(PERFORMANCE, message, u32(0, 1), NOT_SUPPORTED);
			smt.refuse(PERFORMANCE, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("sixteen levels come in pages, as many as fit into 128 bytes", () => {
		const points = Array.from(
			{ length: 16 },
			(_, i): OperatingPoint => ({
				level: 10 * (i + 1),
				index: 7 * (i + 1),
				rate: 100_000_000 * (i + 1),
				microvolts: 850_000,
				power: 1000 * i,
				latency: i,
			}),
		);
		const smt = open(withPerformance(version, { points, sustained: 160 }));
		const words = version >= V4 ? 5 : 3;
		const room = Math.floor((128 - 12) / 4 / words);
		const found: number[] = [];
		for (let index = 0; index < 16; index += room) {
			const count = Math.min(room, 16 - index);
			const left = 16 - index - count;
			const reply = smt.words(PERFORMANCE, 0x4, u32(0, index));
			expect(reply[0]).toBe((left << 16) | count);
			expect(reply).toHaveLength(1 + count * words);
			found.push(...reply.slice(1));
		}
		const expected = points.flatMap(
			({ level, index, rate, power, latency }) => [
				level,
				version >= V3 ? power : power / 1000,
				latency,
				...(version >= V4 ? [rate / 1000, index as number] : []),
			],
		);
		expect(found).toEqual(expected);
	});

	it("a long name is marked since version 3.0", () => {
		const name =
			"a-performance-domain-with-a-name-of-sixty-three-characters-here";
		expect(name).toHaveLength(63);
		const long = open(withPerformance(version, { name }));
		const [bits] = long.words(PERFORMANCE, 0x3, u32(0));
		const marked = version >= V3 ? EXTENDED_NAME : 0;
		expect((bits as number) & EXTENDED_NAME).toBe(marked);
		expect(long.call(PERFORMANCE, 0x3, u32(0)).slice(20)).toEqual(
			text(name, 16),
		);
		if (version >= V3)
			long.expect(PERFORMANCE, 0xc, u32(0), [...u32(0), ...text(name, 64)]);
	});

	it("a platform without performance domains counts none", () => {
		const smt = open({ ...platform, performanceDomains: [] });
		const unit = version >= V3 ? MICROWATT : MILLIWATT;
		smt.expect(PERFORMANCE, 0x1, [], u32(unit, 0, 0, 0));
		smt.refuse(PERFORMANCE, 0x3, u32(0), NOT_FOUND);
		smt.refuse(PERFORMANCE, 0x8, u32(0), NOT_FOUND);
		smt.expect(PERFORMANCE, 0x2, u32(0x8), u32(0));
	});
});

it.each([V3, V4])("DOMAIN_NAME_GET in version %i", (version) => {
	const smt = open(withPerformance(version));
	smt.expect(PERFORMANCE, 0xc, u32(0), [...u32(0), ...text("a53", 64)]);
});

describe("limits between two levels, by their values", () => {
	it("count as the levels inside of them", () => {
		const smt = open(withPerformance(V3));
		smt.expect(PERFORMANCE, 0x5, u32(0, 1799, 1201), []);
		expect(limits(smt)).toEqual([1600, 1600]);
		expect(level(smt)).toBe(1600);
		smt.expect(PERFORMANCE, 0x5, u32(0, 1800, 1599), []);
		expect(limits(smt)).toEqual([1800, 1600]);
	});
});

describe("without level indices, version 4.0", () => {
	const smt = open(withPerformance(V4, withoutIndices()));

	it("has the longer entries, and names levels by their values", () => {
		const [bits] = smt.words(PERFORMANCE, 0x3, u32(0));
		expect((bits as number) & LEVEL_INDEXING).toBe(0);
		expect(smt.words(PERFORMANCE, 0x4, u32(0, 0))).toHaveLength(1 + 3 * 5);
		smt.expect(PERFORMANCE, 0x7, u32(0, 1600), []);
		smt.expect(PERFORMANCE, 0x8, u32(0), u32(1600));
		smt.expect(PERFORMANCE, 0x6, u32(0), u32(1800, 1200));
		smt.refuse(PERFORMANCE, 0x7, u32(0, 2), OUT_OF_RANGE);
	});
});

describe("NEGOTIATE_PROTOCOL_VERSION", () => {
	it("changes layouts and the names of the levels, there and back", () => {
		const smt = open(withPerformance(V4));
		smt.expect(PERFORMANCE, 0x7, u32(0, 2), []);
		for (const version of [V1, V2, V3, V4, V3]) {
			smt.expect(PERFORMANCE, 0x10, u32(version), []);
			smt.expect(PERFORMANCE, 0x0, [], u32(V4));
			const [slow, middle, fast] = namesOf(version);
			expect(level(smt)).toBe(middle);
			expect(limits(smt)).toEqual([fast, slow]);
			const words = version >= V4 ? 5 : 3;
			expect(smt.words(PERFORMANCE, 0x4, u32(0, 0))).toHaveLength(
				1 + 3 * words,
			);
			const served = version >= V2;
			const reply = smt.status(PERFORMANCE, 0xb, u32(0, 5));
			expect(reply === NOT_SUPPORTED).toBe(!served);
		}
	});

	it.each([0, 1, 0x40001, 0x50000, 0xffff_ffff])(
		"version %i, which there is not: NOT_SUPPORTED",
		(version) => {
			const smt = open(withPerformance(V4));
			smt.refuse(PERFORMANCE, 0x10, u32(version), NOT_SUPPORTED);
			expect(level(smt)).toBe(1);
		},
	);
});
