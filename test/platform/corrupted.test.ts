// Corrupted images: whatever the bytes, the engine refuses them with a place inside the image, or serves without trapping.
// This project's own image format, assembly/image.ts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Block, Image } from "../../assembly/image.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { RawEngine } from "../support/raw-engine.ts";
import { CLOCK, headerOf } from "../support/smt.ts";

const IMAGE = compileImage(IMX8MM);
const WORDS = new DataView(IMAGE.buffer);
const word = (at: number) => WORDS.getUint32(at, true);

/** Words that say how much memory a block needs: at random they ask for gigabytes, which the engine may well have. */
const BLOCK_LENGTHS = new Set(
	Array.from(
		{ length: word(Image.BLOCKS + 4) },
		(_, i) => word(Image.BLOCKS) + i * Block.SIZE + Block.LENGTH,
	),
);

interface Change {
	at: number;
	value: number;
	bytes: 1 | 2 | 4;
}

const SECTIONS = [
	Image.STRINGS,
	Image.BLOCKS,
	Image.CLOCKS,
	Image.PARENTS,
	Image.PLLS,
	Image.PLL_RATES,
	Image.REGISTERS,
	Image.DOMAINS,
	Image.DOMAIN_CLOCKS,
	Image.SWITCHES,
	Image.HANDSHAKES,
	Image.AGENTS,
	Image.CHANNELS,
	Image.SERVICES,
	Image.RESULTS,
	Image.PROTOCOLS,
	Image.RAILS,
	Image.RAIL_LEVELS,
	Image.PERFORMANCE,
	Image.OPERATING_POINTS,
];

/** Places all over, and as many in each section and in the header, however small they are. */
const place = fc.oneof(
	fc.nat(IMAGE.length - 4),
	fc.nat(Image.HEADER_SIZE - 1),
	fc
		.tuple(fc.constantFrom(...SECTIONS), fc.nat(600))
		.map(([section, offset]) =>
			Math.min(word(section) + offset, IMAGE.length - 4),
		),
);
const value = fc.oneof(
	fc.nat(0xffff_ffff),
	fc.nat(300),
	fc.nat(31).map((bit) => (1 << bit) >>> 0),
	fc.constantFrom(
		0,
		1,
		0xff,
		0xffff,
		0x7fff_ffff,
		0x8000_0000,
		0xffff_fffc,
		0xffff_ffff,
	),
	fc.nat(IMAGE.length),
	fc.constantFrom(0x0093_f000, 0x3036_0000, 0x3038_0000, 0x303a_0000),
);
const change: fc.Arbitrary<Change> = fc
	.record({ at: place, value, bytes: fc.constantFrom(1, 2, 4) })
	.map(({ at, value, bytes }) => ({ at: at - (at % bytes), value, bytes }))
	.filter(({ at }) => !BLOCK_LENGTHS.has(at - (at % 4)));

function corrupted(changes: readonly Change[]): Uint8Array {
	const image = IMAGE.slice();
	const view = new DataView(image.buffer);
	for (const { at, value, bytes } of changes) {
		if (bytes === 1) view.setUint8(at, value & 0xff);
		else if (bytes === 2) view.setUint16(at, value & 0xffff, true);
		else view.setUint32(at, value, true);
	}
	return image;
}

/** A message: protocol, ID, and words that are often clock or domain IDs. */
const message = fc.tuple(
	fc.constantFrom(0x10, 0x11, CLOCK, CLOCK, CLOCK, 0x17, 0x13),
	fc.nat(0x11),
	fc.array(
		fc.oneof(
			fc.nat(260),
			fc.constantFrom(0, 1, 2, 3, 8, 0x4000_0000),
			fc.nat(0xffff_ffff),
		),
		{
			minLength: 4,
			maxLength: 4,
		},
	),
);

const SIZES: Record<string, number> = {
	"16.6": 4,
	"16.7": 4,
	"16.2": 4,
	"19.4": 8,
	"19.5": 12,
	"19.7": 8,
	"19.9": 8,
	"19.10": 8,
	"19.11": 8,
	"17.4": 12,
	"20.4": 8,
	"20.5": 16,
	"20.7": 12,
	"20.11": 8,
	"20.12": 8,
	"20.13": 8,
	"23.4": 8,
	"23.5": 8,
	"23.7": 12,
};

function serve(
	engine: RawEngine,
	messages: readonly (readonly [number, number, number[]])[],
): void {
	const { view } = engine;
	const ids = new Set([
		...engine.functionIds(word(Image.SERVICES), word(Image.SERVICES + 4)),
		0xc200_00fe,
	]);
	for (const id of ids) {
		for (const level of [2, 3]) engine.trap(id, level, 0x8400_0000);
	}
	const [area] = engine.areas();
	if (area === undefined) return;
	for (const [protocol, id, words] of messages) {
		view.setUint32(area + 4, 0, true);
		view.setUint32(
			area + 0x14,
			4 + (SIZES[`${protocol}.${id}`] ?? (id < 2 ? 0 : 4)),
			true,
		);
		view.setUint32(area + 0x18, headerOf(protocol, id), true);
		for (const [i, w] of words.entries())
			view.setUint32(area + 0x1c + 4 * i, w, true);
		for (const functionId of ids) engine.trap(functionId, 3);
		// A level and limits by fast channel.
		engine.exports.write32(0x0093_f800, words[1] as number);
		engine.exports.write32(0x0093_f808, words[2] as number);
		engine.exports.advance(1000, 0);
	}
	for (const base of [0x3036_0000, 0x3038_8000, 0x303a_00f8, 0x303a_01fc]) {
		for (const offset of [0, 4, 8, 12]) {
			engine.exports.write32(base + offset, 0xffff_ffff);
			engine.exports.read32(base + offset);
		}
	}
}

describe("a corrupted image", () => {
	// One instance for all runs: loading again begins afresh, and memory only grows.
	const engine = new RawEngine();

	it("is refused with a place inside it, or serves any message without trapping", () => {
		let loaded = 0;
		fc.assert(
			fc.property(
				fc.array(change, { minLength: 1, maxLength: 4 }),
				fc.array(message, { minLength: 4, maxLength: 12 }),
				(changes, messages) => {
					const image = corrupted(changes);
					const { error, at } = engine.load(image);
					expect(error).toBeLessThanOrEqual(11);
					if (error !== 0) {
						expect(at).toBeLessThan(IMAGE.length);
						return;
					}
					loaded++;
					serve(engine, messages);
				},
			),
			{ numRuns: 3000 },
		);
		expect(loaded).toBeGreaterThan(100);
	});

	it("cut short anywhere is refused", () => {
		for (let length = 0; length < IMAGE.length; length += 97)
			expect(engine.load(IMAGE, length).error).not.toBe(0);
	});

	it("of noise is refused", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
				expect(engine.load(bytes).error).not.toBe(0);
			}),
			{ numRuns: 200 },
		);
	});

	it("does not spoil the engine for a good one", () => {
		expect(engine.load(IMAGE)).toEqual({ error: 0, at: 0 });
		expect(engine.trap(0x8000_0000, 3)).toBe(0x1_0004);
	});
});
