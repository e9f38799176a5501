// What the engine refuses an image for, and the compiler a platform: its rails and their levels.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import { Image, LoadError, Rail, RailLevel } from "../../assembly/image.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { count, refuses, row, word } from "../support/image-cases.ts";

const BUCK2 = row(Image.RAILS, Rail.SIZE, 1);
const FIRST = word(BUCK2 + Rail.LEVELS);
const level = (i: number) => row(Image.RAIL_LEVELS, RailLevel.SIZE, FIRST + i);

describe("rails", () => {
	const field = (at: number) => BUCK2 + at;
	refuses([
		[
			"a name outside",
			field(Rail.NAME),
			count(Image.STRINGS),
			4,
			LoadError.REFERENCE,
		],
		[
			"a selector outside",
			field(Rail.REGISTER),
			0x3f4b_0400,
			4,
			LoadError.ADDRESS,
		],
		[
			"a selector between words",
			field(Rail.REGISTER),
			0x3f4b_0041,
			4,
			LoadError.ADDRESS,
		],
		[
			"an enable bit outside",
			field(Rail.ENABLE_REGISTER),
			0,
			4,
			LoadError.ADDRESS,
		],
		["no enable bit", field(Rail.ENABLE_MASK), 0, 4, LoadError.RANGE],
		["more than 8 bits to select", field(Rail.MASK), 0x1ff, 4, LoadError.RANGE],
		[
			"fewer levels than selectors",
			field(Rail.LEVEL_COUNT),
			63,
			4,
			LoadError.RANGE,
		],
		[
			"more levels than selectors",
			field(Rail.LEVEL_COUNT),
			65,
			4,
			LoadError.RANGE,
		],
		[
			"levels outside",
			field(Rail.LEVELS),
			count(Image.RAIL_LEVELS) - 63,
			4,
			LoadError.REFERENCE,
		],
		[
			"levels far outside",
			field(Rail.LEVELS),
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
		[
			"no level within the limits",
			field(Rail.MIN),
			1_300_001,
			4,
			LoadError.RANGE,
		],
		[
			"limits that exclude each other",
			field(Rail.MAX),
			699_999,
			4,
			LoadError.RANGE,
			field(Rail.MIN),
		],
		[
			"a change of more than a second",
			field(Rail.SETTLE_NS),
			1_000_000_001,
			4,
			LoadError.RANGE,
		],
		[
			"a start of more than a second",
			field(Rail.ENABLE_NS),
			1_000_000_001,
			4,
			LoadError.RANGE,
		],
		["a flag other than 0 and 1", field(Rail.ALWAYS_ON), 2, 4, LoadError.RANGE],
	]);
});

describe("levels", () => {
	refuses([
		[
			"bits that are no selector",
			level(3) + RailLevel.SELECT,
			0x40,
			4,
			LoadError.RANGE,
		],
		[
			"a selector twice",
			level(3) + RailLevel.SELECT,
			word(level(2) + RailLevel.SELECT),
			4,
			LoadError.DUPLICATE,
		],
		[
			"a level below the one before",
			level(3) + RailLevel.MICROVOLTS,
			-1,
			4,
			LoadError.RANGE,
		],
	]);
});

describe("the compiler", () => {
	const [first, second, ...others] = IMX8MM.rails;

	it("takes rails in any order", () => {
		const rails = IMX8MM.rails.toReversed();
		expect(compileImage({ ...IMX8MM, rails })).toEqual(compileImage(IMX8MM));
	});

	it.each([
		["a hole", [first, ...others], "rail BUCK3: ID 2, expected 1"],
		[
			"one twice",
			[first, second, second, ...others],
			"rail BUCK2: ID 1, expected 2",
		],
	])("refuses IDs with %s", (_, rails, message) => {
		expect(() =>
			compileImage({ ...IMX8MM, rails: rails as typeof IMX8MM.rails }),
		).toThrow(
			expect.objectContaining({
				code: "PLATFORM_INVALID",
				message: expect.stringContaining(message),
			}),
		);
	});
});
