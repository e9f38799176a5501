// What the engine refuses an image for, and the compiler a platform: performance domains and their operating points.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import {
	Image,
	LoadError,
	OperatingPoint,
	Performance,
} from "../../assembly/image.ts";
import { createEngine } from "../../host/node.ts";
import { compileImage } from "../../host/platform/image.ts";
import type {
	PerformanceDomain,
	OperatingPoint as Point,
} from "../../host/platform/performance.ts";
import { count, refuses, row } from "../support/image-cases.ts";
import { withPerformance } from "../support/performance.ts";

describe("performance domains", () => {
	const domain = row(Image.PERFORMANCE, Performance.SIZE);
	const point = (i: number) =>
		row(Image.OPERATING_POINTS, OperatingPoint.SIZE, i);
	refuses([
		[
			"a name outside",
			domain + Performance.NAME,
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
		[
			"a clock that is none",
			domain + Performance.CLOCK,
			15,
			4,
			LoadError.REFERENCE,
		],
		[
			"a clock outside",
			domain + Performance.CLOCK,
			258,
			4,
			LoadError.REFERENCE,
		],
		[
			"a rail that is none",
			domain + Performance.RAIL,
			count(Image.RAILS),
			4,
			LoadError.REFERENCE,
		],
		[
			"operating points outside",
			domain + Performance.POINTS,
			count(Image.OPERATING_POINTS) + 1,
			4,
			LoadError.REFERENCE,
		],
		[
			"more operating points than there are",
			domain + Performance.POINT_COUNT,
			4,
			4,
			LoadError.REFERENCE,
			domain + Performance.POINTS,
		],
		[
			"no operating points",
			domain + Performance.POINT_COUNT,
			0,
			4,
			LoadError.RANGE,
		],
		[
			"a sustained one that is none",
			domain + Performance.SUSTAINED,
			3,
			4,
			LoadError.REFERENCE,
		],
		[
			"a rate limit of more than 20 bits",
			domain + Performance.RATE_LIMIT,
			0x10_0000,
			4,
			LoadError.RANGE,
		],
		[
			"level indexing other than 0 and 1",
			domain + Performance.INDEXING,
			2,
			4,
			LoadError.RANGE,
		],
		[
			"fast channels at no multiple of 8",
			domain + Performance.FAST,
			0x0093_f804,
			4,
			LoadError.RANGE,
		],
		[
			"fast channels in no block",
			domain + Performance.FAST,
			0x0094_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"fast channels across a block's end",
			domain + Performance.FAST,
			0x0093_fff0,
			4,
			LoadError.ADDRESS,
		],
		[
			"fast channels in registers",
			domain + Performance.FAST,
			0x3038_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"fast channels of the platform itself",
			domain + Performance.FAST_AGENT,
			0,
			4,
			LoadError.REFERENCE,
		],
		[
			"fast channels of an agent that is none",
			domain + Performance.FAST_AGENT,
			2,
			4,
			LoadError.REFERENCE,
		],
		[
			"a fast channel's rate limit of more than 20 bits",
			domain + Performance.FAST_RATE_LIMIT,
			0x10_0000,
			4,
			LoadError.RANGE,
		],
		[
			"a rate as the one before",
			point(1) + OperatingPoint.RATE,
			1_200_000_000,
			4,
			LoadError.RANGE,
			point(1),
		],
		[
			"a rate above every clock",
			point(2) + OperatingPoint.RATE + 4,
			8,
			4,
			LoadError.RANGE,
			point(2),
		],
		[
			"level 0",
			point(0) + OperatingPoint.LEVEL,
			0,
			4,
			LoadError.RANGE,
			point(0),
		],
		[
			"a level below the one before",
			point(2) + OperatingPoint.LEVEL,
			1599,
			4,
			LoadError.RANGE,
			point(2),
		],
		[
			"index 0",
			point(0) + OperatingPoint.INDEX,
			0,
			4,
			LoadError.RANGE,
			point(0),
		],
		[
			"an index as the one before",
			point(1) + OperatingPoint.INDEX,
			1,
			4,
			LoadError.RANGE,
			point(1),
		],
		[
			"a latency of more than 16 bits",
			point(1) + OperatingPoint.LATENCY,
			0x1_0000,
			4,
			LoadError.RANGE,
		],
	]);
});

describe("a platform's tables", () => {
	const points = (length: number): Point[] =>
		Array.from({ length }, (_, i) => ({
			level: i + 1,
			rate: 1_000_000 * (i + 1),
			microvolts: 850_000,
			power: 0,
			latency: 0,
		}));

	it.each<[string, Partial<PerformanceDomain>, RegExp]>([
		["an ID out of turn", { id: 1 }, /a53: ID 1, expected 0/],
		["an unknown clock", { clock: "sun" }, /a53: there is no clock sun/],
		["an unknown rail", { rail: "BUCK9" }, /a53: there is no rail BUCK9/],
		[
			"a sustained level that is none",
			{ sustained: 1500 },
			/no operating point has level 1500/,
		],
		[
			"indices for some only",
			{
				points: [
					{ ...(points(1)[0] as Point), index: 1 },
					...points(3).slice(1),
				],
				sustained: 1,
			},
			/1 of 3 operating points have an index/,
		],
		[
			"fast channels for nobody",
			{ fastChannels: { agent: "nobody", address: 0x0093_f800, rateLimit: 0 } },
			/fast channels for nobody, which is no agent/,
		],
	])("%s: PLATFORM_INVALID", (_what, changes, message) => {
		expect(() => compileImage(withPerformance(0x40000, changes))).toThrow(
			expect.objectContaining({
				code: "PLATFORM_INVALID",
				message: expect.stringMatching(message),
			}),
		);
	});

	it("sixteen operating points are as many as a domain may have", () => {
		const load = (length: number) =>
			createEngine(
				withPerformance(0x40000, { points: points(length), sustained: 1 }),
			);
		expect(load(16).platform.performanceDomains[0]?.points).toHaveLength(16);
		expect(() => load(17)).toThrow(/out of range, in row 0 of performance/);
	});
});
