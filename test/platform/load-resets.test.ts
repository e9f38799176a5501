// What the engine refuses an image for, and the compiler a platform: reset lines, and how the system is turned off.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import {
	Image,
	LoadError,
	Protocol,
	Reset,
	System,
} from "../../assembly/image.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	changed,
	count,
	engine,
	refuses,
	row,
} from "../support/image-cases.ts";

const PCIEPHY = row(Image.RESETS, Reset.SIZE, 26);
const HOLE = row(Image.RESETS, Reset.SIZE, 30);
const SYSTEM = row(Image.SYSTEM, System.SIZE);

describe("reset lines", () => {
	refuses([
		[
			"a name outside",
			PCIEPHY + Reset.NAME,
			count(Image.STRINGS),
			4,
			LoadError.REFERENCE,
		],
		[
			"a register outside",
			PCIEPHY + Reset.REGISTER,
			0x303b_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a register between words",
			PCIEPHY + Reset.REGISTER,
			0x3039_002e,
			4,
			LoadError.ADDRESS,
		],
		["no bits", PCIEPHY + Reset.BITS, 0, 4, LoadError.RANGE],
		["bits that disagree", PCIEPHY + Reset.ASSERTED, 2, 4, LoadError.RANGE],
		["others' bits", PCIEPHY + Reset.ASSERTED, 8, 4, LoadError.RANGE],
		["a denial of 2", PCIEPHY + Reset.DENIED, 2, 4, LoadError.RANGE],
		[
			"a line where there is none, without bits",
			HOLE + Reset.REGISTER,
			0x3039_0030,
			4,
			LoadError.RANGE,
			HOLE + Reset.BITS,
		],
		[
			"a table outside",
			Image.RESETS + 4,
			0x1_0000,
			4,
			LoadError.SECTION,
			Image.RESETS,
		],
	]);

	it("who watches and what is under way are the engine's, whatever the image says", () => {
		const image = changed(PCIEPHY + Reset.PENDING, 1, 4);
		expect(engine.load(image).error).toBe(LoadError.NONE);
	});
});

describe("off and reset", () => {
	refuses([
		[
			"a register outside to turn off",
			SYSTEM + System.OFF,
			0x3035_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a register between words to reset",
			SYSTEM + System.RESET,
			0x3028_0002,
			4,
			LoadError.ADDRESS,
		],
		["no bits to turn off", SYSTEM + System.OFF_BITS, 0, 4, LoadError.RANGE],
		["no lines to reset", SYSTEM + System.RESET_LINES, 0, 4, LoadError.RANGE],
		[
			"a cold reset that pulls no line",
			SYSTEM + System.COLD,
			0x34,
			4,
			LoadError.RANGE,
		],
		[
			"a warm reset that pulls no line",
			SYSTEM + System.WARM,
			0x30,
			4,
			LoadError.RANGE,
		],
		[
			"a line that is kept",
			SYSTEM + System.RESET_KEEP,
			0x1e,
			4,
			LoadError.RANGE,
		],
		[
			"none, but the protocol",
			Image.SYSTEM + 4,
			0,
			4,
			LoadError.PROTOCOL,
			row(Image.PROTOCOLS, Protocol.SIZE, 2),
		],
	]);
});

describe("compileImage refuses", () => {
	const withReset = (
		change: Partial<Platform["resets"][number]>,
	): Platform => ({
		...IMX8MM,
		resets: IMX8MM.resets.map((reset) =>
			reset.id === 26 ? { ...reset, ...change } : reset,
		),
	});

	it.each<[string, Platform, string]>([
		["an ID twice", withReset({ id: 27 }), "ID 27 is used twice"],
		["an ID below 0", withReset({ id: -1 }), "ID -1, expected 0 to 65534"],
		["an ID too high", withReset({ id: 65535 }), "ID 65535, expected 0 to"],
		["half an ID", withReset({ id: 0.5 }), "ID 0.5, expected 0 to 65534"],
		["bit 32", withReset({ bits: [1, 32] }), "bits 1,32, expected 0 to 31"],
		["bit -1", withReset({ bits: [-1] }), "bits -1, expected 0 to 31"],
		["half a bit", withReset({ bits: [0.5] }), "bits 0.5, expected 0 to 31"],
		["no name", withReset({ name: "" }), 'reset "": expected 1 to 63'],
		[
			"a protocol that has nothing to do",
			{ ...IMX8MM, system: null },
			"the system power protocol is served, but system is null",
		],
	])("%s", (_, platform, message) => {
		expect(() => compileImage(platform)).toThrow(
			expect.objectContaining({
				code: "PLATFORM_INVALID",
				message: expect.stringContaining(message),
			}),
		);
	});
});
