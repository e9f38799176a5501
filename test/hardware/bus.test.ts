// The physical address space from outside: memory, register blocks, SET, CLR and TOG aliases, and where nothing answers.
// i.MX 8M Mini reference manual, chapters 2 and 5.1.7.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { firmwares } from "../support/firmwares.ts";

const BLOCKS = [
	["sram", 0x0093_f000, 0x1000],
	["wdog1", 0x3028_0000, 0x1_0000],
	// One behind the other.
	["anatop, snvs, ccm, src and gpc", 0x3036_0000, 0x5_0000],
] as const;

const busError = expect.objectContaining({ code: "BUS_ERROR" });

describe.each(firmwares)("the bus, $name", ({ create }) => {
	const firmware = create();

	it.each(BLOCKS)(
		"%s answers from its first to its last word",
		(_, base, size) => {
			for (const address of [base, base + 4, base + size - 4])
				expect(firmware.read32(address)).toBeGreaterThanOrEqual(0);
			for (const address of [base - 4, base + size]) {
				expect(() => firmware.read32(address)).toThrow(busError);
				expect(() => firmware.write32(address, 0)).toThrow(busError);
			}
			for (const offset of [1, 2, 3]) {
				expect(() => firmware.read32(base + offset)).toThrow(busError);
				expect(() => firmware.write32(base + offset, 0)).toThrow(busError);
			}
		},
	);

	it.each([
		0,
		4,
		0x1000,
		0xffff_fffc,
		-4,
		2 ** 32,
		0x3038_0000 + 2 ** 32,
		0.5,
		Number.NaN,
		Number.POSITIVE_INFINITY,
	])("nothing answers at %d", (address) => {
		expect(() => firmware.read32(address)).toThrow(busError);
		expect(() => firmware.write32(address, 0)).toThrow(busError);
	});

	it("says what it is, in one line", () => {
		expect(() => firmware.read32(0x3035_0000)).toThrow(/0x30350000/);
		expect(() => firmware.read32(0x3035_0000)).not.toThrow(/\n/);
	});

	it("memory keeps words, and memoryAt sees the same bytes", () => {
		firmware.write32(0x0093_f800, 0xfedc_ba98);
		expect(firmware.read32(0x0093_f800)).toBe(0xfedc_ba98);
		const at = firmware.memoryAt(0x0093_f800, 8);
		const bytes = new Uint8Array(firmware.buffer, at, 8);
		expect([...bytes.subarray(0, 4)]).toEqual([0x98, 0xba, 0xdc, 0xfe]);
		bytes[4] = 0x77;
		expect(firmware.read32(0x0093_f804)).toBe(0x77);
	});

	it.each([
		[0x0093_f000, 0x1001],
		[0x0093_fffc, 8],
		[0x0093_effc, 8],
		[0x3038_0000, 4],
		[0, 4],
		[0xffff_fffc, 4],
	])("memoryAt(%i, %i) is no memory", (address, size) => {
		expect(() => firmware.memoryAt(address, size)).toThrow(busError);
	});

	it.each([0x3833_0000, 0x32e2_8000, 0x3039_0000])(
		"the block at %i keeps words",
		(base) => {
			for (let offset = 0; offset < 0x10; offset += 4) {
				firmware.write32(base + offset, 0x1234_5678 + offset);
				expect(firmware.read32(base + offset)).toBe(0x1234_5678 + offset);
			}
		},
	);
});

describe.each(firmwares)("SET, CLR and TOG, $name", ({ create }) => {
	const firmware = create();

	it.each([
		["a slice", 0x3038_a300],
		["a CCGR", 0x3038_4330],
		["a word that is nobody's register", 0x3038_0010],
	])("of %s", (_, address) => {
		firmware.write32(address, 0x1100_0005);
		firmware.write32(address + 4, 0x0000_0012);
		expect(firmware.read32(address)).toBe(0x1100_0017);
		firmware.write32(address + 8, 0x0100_0001);
		expect(firmware.read32(address)).toBe(0x1000_0016);
		firmware.write32(address + 12, 0x9000_0001);
		expect(firmware.read32(address)).toBe(0x8000_0017);
		for (const alias of [4, 8, 12])
			expect(firmware.read32(address + alias)).toBe(0x8000_0017);
		expect(firmware.read32(address + 16)).not.toBe(0x8000_0017);
	});

	it("the analog block has none", () => {
		firmware.write32(0x3036_0128, 0x11);
		firmware.write32(0x3036_012c, 0x22);
		expect(firmware.read32(0x3036_0128)).toBe(0x11);
		expect(firmware.read32(0x3036_012c)).toBe(0x22);
	});
});

describe.each(firmwares)("virtual time, $name", ({ create }) => {
	it("begins at 0 and passes as told", () => {
		const firmware = create();
		expect(firmware.timeNs).toBe(0);
		firmware.advance(1);
		firmware.advance(2 ** 40);
		firmware.advance(0);
		expect(firmware.timeNs).toBe(2 ** 40 + 1);
	});
});

describe("the engine's virtual time", () => {
	it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
		"advance(%d) is refused",
		(ns) => {
			expect(() => createEngine().advance(ns)).toThrow(
				expect.objectContaining({ code: "USAGE" }),
			);
		},
	);

	it("stops at its end", () => {
		const engine = createEngine();
		for (let i = 0; i < 2100; i++) engine.advance(Number.MAX_SAFE_INTEGER);
		// A u32 below 2^64, so that no trap wraps around.
		expect(engine.timeNs).toBe(2 ** 64 - 2 ** 32);
	});
});
