// What the engine refuses an image for as a whole: header, sections, blocks and register values.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import { Block, Image, LoadError, Register } from "../../assembly/image.ts";
import { Abi, State } from "../../assembly/layout.ts";
import {
	count,
	engine,
	GOOD,
	refuses,
	row,
	word,
} from "../support/image-cases.ts";

describe("the image as compiled", () => {
	it("loads", () => {
		expect(engine.load(GOOD)).toEqual({ error: LoadError.NONE, at: 0 });
		expect(engine.state(State.IMAGE_LENGTH)).toBe(GOOD.length);
		expect(engine.state(State.CLOCK_COUNT)).toBe(258);
	});
});

describe("header", () => {
	refuses([
		["no magic number", Image.MAGIC, 0x494d_4354, 4, LoadError.MAGIC],
		[
			"the next format version",
			Image.VERSION,
			Abi.VERSION + 1,
			4,
			LoadError.VERSION,
		],
		["format version 0", Image.VERSION, 0, 4, LoadError.VERSION],
		["another length", Image.LENGTH, GOOD.length - 8, 4, LoadError.LENGTH],
		["no CPUs", Image.CPUS, 0, 4, LoadError.RANGE],
		["17 CPUs", Image.CPUS, 17, 4, LoadError.RANGE],
		["too short messages", Image.MAX_MESSAGE, 72, 4, LoadError.RANGE],
		["too long messages", Image.MAX_MESSAGE, 4100, 4, LoadError.RANGE],
		["messages of odd bytes", Image.MAX_MESSAGE, 126, 4, LoadError.RANGE],
		["pass-on other than 0 and 1", Image.PASS_ON, 2, 4, LoadError.RANGE],
		[
			"a vendor's name outside",
			Image.VENDOR,
			count(Image.STRINGS),
			4,
			LoadError.REFERENCE,
		],
		[
			"a sub-vendor's name outside",
			Image.SUB_VENDOR,
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
	]);

	it.each([
		0,
		1,
		Image.HEADER_SIZE - 1,
		GOOD.length - 8,
		GOOD.length + 8,
		0x7fff_ffff,
		0xffff_ffff,
	])("loaded with a length of %i", (length) => {
		expect(engine.load(GOOD, length)).toEqual({
			error: LoadError.LENGTH,
			at: Image.LENGTH,
		});
	});
});

describe("sections", () => {
	const sections: readonly (readonly [name: string, field: number])[] = [
		["strings", Image.STRINGS],
		["blocks", Image.BLOCKS],
		["clocks", Image.CLOCKS],
		["parents", Image.PARENTS],
		["PLLs", Image.PLLS],
		["PLL rates", Image.PLL_RATES],
		["registers", Image.REGISTERS],
		["domains", Image.DOMAINS],
		["domain clocks", Image.DOMAIN_CLOCKS],
		["switches", Image.SWITCHES],
		["handshakes", Image.HANDSHAKES],
		["agents", Image.AGENTS],
		["channels", Image.CHANNELS],
		["services", Image.SERVICES],
		["results", Image.RESULTS],
		["protocols", Image.PROTOCOLS],
	];
	describe.each(sections)("%s", (_, field) => {
		const offset = word(field);
		refuses([
			["in the header", field, 0, 4, LoadError.SECTION],
			["misaligned", field, offset + 1, 4, LoadError.SECTION],
			["misaligned by a word", field, offset + 4, 4, LoadError.SECTION],
			["at the image's end", field, GOOD.length, 4, LoadError.SECTION],
			["far away", field, 0xffff_fff8, 4, LoadError.SECTION],
			["of too many rows", field + 4, 0xffff_ffff, 4, LoadError.SECTION, field],
			[
				"of as many rows as wrap around",
				field + 4,
				0x1000_0001,
				4,
				LoadError.SECTION,
				field,
			],
		]);
	});

	describe("in one another", () => {
		const clocks = word(Image.CLOCKS);
		refuses([
			["parents", Image.PARENTS, clocks, 4, LoadError.SECTION],
			["strings", Image.STRINGS, clocks, 4, LoadError.SECTION],
			["registers", Image.REGISTERS, clocks + 64, 4, LoadError.SECTION],
		]);
	});

	it("strings without an end are refused", () => {
		const image = GOOD.slice();
		const at = word(Image.STRINGS);
		image.fill(0x41, at, at + count(Image.STRINGS));
		expect(engine.load(image)).toEqual({
			error: LoadError.RANGE,
			at: Image.STRINGS,
		});
	});

	it("a name of 64 characters is refused", () => {
		const image = GOOD.slice();
		image.fill(0x41, word(Image.STRINGS), word(Image.STRINGS) + 64);
		expect(engine.load(image).error).toBe(LoadError.RANGE);
	});
});

describe("blocks and registers", () => {
	const block = row(Image.BLOCKS, Block.SIZE, 1);
	const before = row(Image.BLOCKS, Block.SIZE, 0);
	refuses([
		[
			"a misaligned block",
			block + Block.BASE,
			0x3036_0008,
			4,
			LoadError.RANGE,
			block,
		],
		["an empty block", block + Block.LENGTH, 0, 4, LoadError.RANGE, block],
		[
			"a block of odd size",
			block + Block.LENGTH,
			0x1_0004,
			4,
			LoadError.RANGE,
			block,
		],
		[
			"a block beyond 4 GiB",
			block + Block.BASE,
			0xffff_fff0,
			4,
			LoadError.RANGE,
			block,
		],
		["a block of an unknown kind", block + Block.KIND, 99, 4, LoadError.RANGE],
		[
			"overlapping blocks",
			block + Block.BASE,
			0x0093_f000,
			4,
			LoadError.DUPLICATE,
			block,
		],
		[
			"more memory than there is",
			before + Block.LENGTH,
			0xffff_fff0,
			4,
			LoadError.MEMORY,
			Image.BLOCKS,
		],
		[
			"a register outside",
			row(Image.REGISTERS, Register.SIZE, 3),
			0x4000_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a misaligned register",
			row(Image.REGISTERS, Register.SIZE, 3),
			0x3036_0002,
			4,
			LoadError.ADDRESS,
		],
	]);
});
