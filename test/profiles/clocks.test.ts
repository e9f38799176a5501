// Rates of the draft firmware and what its clock messages do to registers, worked out by hand from its rules.
// Follows the observed behaviour of the i.MX8MM SCMI draft of 2019; register fields: reference manual, chapter 5.1.

import { describe, expect, it } from "vitest";
import { CLOCK, u32, u64 } from "../support/smt.ts";
import { DraftArea } from "./area.ts";

const AUDIO_PLL1 = 0x3036_0000;
const DRAM_PLL = 0x3036_0050;
const GPU_PLL = 0x3036_0064;
const SYS_PLL1 = 0x3036_0094;
const SYS_PLL2 = 0x3036_0104;
const NAND = 0x3038_8900;
const USDHC3 = 0x3038_bc80;
const USDHC3_CCGR = 0x3038_45e0;

/** Clock IDs. */
const Id = {
	OSC: 2,
	AUDIO_PLL1: 18,
	DRAM_PLL: 21,
	GPU_PLL: 22,
	SYS_PLL1_800M: 25,
	SYS_PLL1_40M: 48,
	SYS_PLL1_266M: 54,
	SYS_PLL2_500M: 64,
	NAND: 83,
	USDHC2: 122,
	USDHC3: 145,
	USDHC2_ROOT: 195,
	USDHC3_ROOT: 208,
};

const GATE = 0x1000_0000;

class Draft extends DraftArea {
	rate(id: number, hz: bigint): void {
		const bytes = u64(hz);
		this.expect(CLOCK, 6, u32(id), { status: 0, bytes, length: 16 });
	}

	setRate(id: number, hz: bigint, flags = 0): void {
		const payload = [...u32(flags, id), ...u64(hz)];
		this.expect(CLOCK, 5, payload, { status: 0, length: 8 });
	}

	enable(id: number): void {
		this.expect(CLOCK, 7, u32(id, 1), { status: 0, length: 8 });
	}

	disable(id: number): void {
		this.expect(CLOCK, 7, u32(id, 0), { status: 0, length: 8 });
	}

	write(address: number, value: number): void {
		this.firmware.write32(address, value);
	}

	change(address: number, clear: number, set: number): void {
		this.write(address, (this.firmware.read32(address) & ~clear) | set);
	}

	register(address: number): string {
		return this.firmware.read32(address).toString(16);
	}
}

describe("rates at load", () => {
	const draft = new Draft();

	it.each([
		[Id.OSC, 24_000_000n],
		[18, 650_000_000n],
		[19, 650_000_000n],
		[20, 594_000_000n],
		[21, 750_000_000n],
		[22, 800_000_000n],
		[23, 600_000_000n],
		[24, 1_200_000_000n],
		[25, 800_000_000n],
		[26, 1_000_000_000n],
		[27, 750_000_000n],
		[48, 40_000_000n],
		[49, 80_000_000n],
		[50, 100_000_000n],
		[51, 133_333_333n],
		[52, 160_000_000n],
		[53, 200_000_000n],
		[54, 266_666_666n],
		[55, 400_000_000n],
		[57, 50_000_000n],
		[58, 100_000_000n],
		[59, 125_000_000n],
		[60, 166_666_666n],
		[61, 200_000_000n],
		[62, 250_000_000n],
		[63, 333_333_333n],
		[64, 500_000_000n],
		[Id.NAND, 266_666_666n],
		[Id.USDHC3, 200_000_000n],
		[Id.USDHC2, 200_000_000n],
		[Id.USDHC3_ROOT, 200_000_000n],
		[Id.USDHC2_ROOT, 200_000_000n],
	])("clock %i: %i Hz", (id, hz) => draft.rate(id, hz));
});

describe("rates follow the registers", () => {
	it.each([
		["k unsigned: 325.5 / 12", AUDIO_PLL1, Id.AUDIO_PLL1, 0x8000, 651_000_000n],
		["k at its most", AUDIO_PLL1, Id.AUDIO_PLL1, 0xffff, 651_999_969n],
		["only 16 bits of k", AUDIO_PLL1, Id.AUDIO_PLL1, 0xffff_0000, 650_000_000n],
		["position 4 has a k", DRAM_PLL, Id.DRAM_PLL, 0x8000, 751_500_000n],
		["position 5 has none", GPU_PLL, Id.GPU_PLL, 0x8000, 800_000_000n],
		["position 8 has none", SYS_PLL1, Id.SYS_PLL1_800M, 0x8000, 800_000_000n],
	])("%s", (_, pll, id, k, hz) => {
		const draft = new Draft();
		// DRAM: m 250, p 2, s 2; audio: m 325, p 3, s 2.
		draft.write(pll + 8, k);
		draft.rate(id, hz);
	});

	it("p 0: as the processor divides", () => {
		const draft = new Draft();
		draft.write(AUDIO_PLL1 + 4, 0x0014_5002);
		draft.rate(Id.AUDIO_PLL1, 0n);
	});

	it.each([
		["audio_pll1", AUDIO_PLL1, Id.AUDIO_PLL1, 13, 650_000_000n],
		["gpu_pll", GPU_PLL, Id.GPU_PLL, 11, 800_000_000n],
	])(
		"%s: gate first, then bypass; reset is not looked at",
		(_, pll, id, bit, hz) => {
			const draft = new Draft();
			draft.change(pll, 1 << 9, 0);
			draft.rate(id, hz);
			draft.change(pll, 0, 1 << 4);
			draft.rate(id, 24_000_000n);
			draft.change(pll, 1 << bit, 0);
			draft.rate(id, 0n);
			draft.change(pll, 1 << 4, 0);
			draft.rate(id, 0n);
		},
	);

	it.each(
		[27, 25, 23, 21, 19, 17, 15, 13].flatMap(
			(bit, i): [number, number, number][] => [
				[SYS_PLL1, bit, 48 + i],
				[SYS_PLL2, bit, 57 + i],
			],
		),
	)("divider of the PLL at %i, bit %i: clock %i", (pll, bit, id) => {
		const draft = new Draft();
		draft.change(pll, 1 << bit, 0);
		draft.rate(id, 0n);
		draft.rate(id === 48 ? 49 : 48, id === 48 ? 80_000_000n : 40_000_000n);
		draft.change(pll, 0, 1 << bit);
		draft.change(pll, 1 << 11, 0);
		draft.rate(id, 0n);
		draft.change(pll, 0, (1 << 11) | (1 << 4));
		const by = [20n, 10n, 8n, 6n, 5n, 4n, 3n, 2n][id < 57 ? id - 48 : id - 57];
		draft.rate(id, 24_000_000n / (by as bigint));
	});

	it.each([
		// Parents by number 0 17 8 23 14 10 24 1, taken for positions.
		[0, 24_000_000n],
		[1, 266_666_666n],
		[2, 800_000_000n],
		[3, 200_000_000n],
		[4, 133_333_333n],
		[5, 750_000_000n],
		[6, 250_000_000n],
		[7, 650_000_000n],
	])("nand_usdhc_bus1, parent %i", (parent, hz) => {
		const draft = new Draft();
		draft.write(NAND, GATE + parent * 0x0100_0000);
		draft.rate(Id.NAND, hz);
	});

	it.each([
		// Parents by number 0 18 8 27 10 17 2 13; the fourth is not there.
		[0, 24_000_000n],
		[1, 400_000_000n],
		[2, 800_000_000n],
		[4, 750_000_000n],
		[5, 266_666_666n],
		[6, 650_000_000n],
		[7, 100_000_000n],
	])("usdhc31 and its gate, parent %i", (parent, hz) => {
		const draft = new Draft();
		draft.write(USDHC3, GATE + parent * 0x0100_0000);
		draft.rate(Id.USDHC3, hz);
		draft.rate(Id.USDHC3_ROOT, hz);
	});

	it("both dividers; gates make no difference", () => {
		const draft = new Draft();
		draft.write(USDHC3, 0x0207_003f);
		draft.rate(Id.USDHC3, 800_000_000n / 8n / 64n);
		draft.write(USDHC3_CCGR, 0);
		draft.rate(Id.USDHC3_ROOT, 800_000_000n / 8n / 64n);
		draft.write(USDHC3_CCGR, 3);
		draft.rate(Id.USDHC3_ROOT, 800_000_000n / 8n / 64n);
	});
});

describe("CLOCK_RATE_SET", () => {
	it.each<[string, number, bigint, string]>([
		[
			"its own parent is fast enough: 400 / 4",
			0x1100_0000,
			100_000_000n,
			"11000003",
		],
		["as fast as its parent", 0x1100_003f, 400_000_000n, "11000000"],
		[
			"the first of two pairs: 1, 2 before 2, 1",
			0x1100_0000,
			200_000_000n,
			"11000001",
		],
		[
			"a predivider where one is needed: 2, 40",
			0x1100_0000,
			5_000_000n,
			"11010027",
		],
		["the slowest pair for 0 Hz", 0x1100_0000, 0n, "1107003f"],
		[
			"no round number: 400 / 3 is nearest to 130",
			0x1100_0000,
			130_000_000n,
			"11000002",
		],
		[
			"the first parent that is fast enough",
			0x1000_0000,
			100_000_000n,
			"11000003",
		],
		["from a slow parent to itself", 0x1500_0000, 24_000_000n, "1500000a"],
		["400 for 400", 0x1000_0000, 400_000_000n, "11000000"],
		["800 for a little more", 0x1000_0000, 400_000_001n, "12000001"],
		[
			"first best of 800 and 400 for 600",
			0x1100_0000,
			600_000_000n,
			"12000000",
		],
		["bits besides stay", 0xf1f8_f0c0, 100_000_000n, "f1f8f0c3"],
		["a closed gate stays closed", 0x0100_0000, 100_000_000n, "1000003"],
	])("usdhc31: %s", (_, before, hz, after) => {
		const draft = new Draft();
		draft.write(USDHC3, before);
		draft.setRate(Id.USDHC3, hz, 0xffff_ffff);
		expect(draft.register(USDHC3)).toBe(after);
	});

	it.each<[string, bigint, string]>([
		[
			"index 8: bit 27, parent 0, the last parent's dividers",
			900_000_000n,
			"18000000",
		],
		["at twice 650 too", 1_300_000_000n, "18000000"],
		// From here on the error of a pair is cut: 2^32 and 650 / 2 more is no error at (1, 2).
		["an error of 2^32 is none", 0x1_0000_0000n + 325_000_000n, "18000001"],
		[
			"an error of 5 * 2^32 is none either",
			0x5_0000_0000n + 650_000_000n / 3n,
			"18000002",
		],
		[
			"an error of 2^31 has no positive, and is the least",
			0x8000_0000n + 325_000_000n,
			"18000001",
		],
	])("nand_usdhc_bus1: %s", (_, hz, after) => {
		const draft = new Draft();
		draft.setRate(Id.NAND, hz);
		expect(draft.register(NAND)).toBe(after);
	});

	it("bit 27 stays, and index 8 is read as parent 0", () => {
		const draft = new Draft();
		draft.setRate(Id.NAND, 900_000_000n);
		draft.rate(Id.NAND, 24_000_000n);
		draft.setRate(Id.NAND, 12_000_000n);
		expect(draft.register(NAND)).toBe("18000001");
	});

	it("a gated PLL is too slow for everything", () => {
		const draft = new Draft();
		draft.change(SYS_PLL1, 1 << 11, 0);
		draft.setRate(Id.NAND, 100_000_000n);
		// Positions 0, 17 and 8 are too slow; 23 has 200 MHz.
		expect(draft.register(NAND)).toBe("13000001");
	});

	it("nothing while the clock is in use", () => {
		const draft = new Draft();
		draft.enable(Id.USDHC3);
		draft.setRate(Id.USDHC3, 100_000_000n);
		expect(draft.register(USDHC3)).toBe("11000001");
		draft.disable(Id.USDHC3);
		draft.setRate(Id.USDHC3, 100_000_000n);
		expect(draft.register(USDHC3)).toBe("1000003");
	});

	it("a gate opens its composite and sets it", () => {
		const draft = new Draft();
		draft.write(USDHC3, 0x0100_0000);
		draft.write(USDHC3_CCGR, 0);
		draft.setRate(Id.USDHC3_ROOT, 50_000_000n);
		expect(draft.register(USDHC3)).toBe("11000007");
		expect(draft.register(USDHC3_CCGR)).toBe("0");
		// That does not count: the composite takes another rate.
		draft.setRate(Id.USDHC3, 100_000_000n);
		expect(draft.register(USDHC3)).toBe("11000003");
	});

	it("a gate in use, or one whose composite is, changes nothing", () => {
		const draft = new Draft();
		draft.enable(Id.USDHC3_ROOT);
		draft.setRate(Id.USDHC3_ROOT, 50_000_000n);
		expect(draft.register(USDHC3)).toBe("11000001");
		draft.disable(Id.USDHC3_ROOT);
		draft.enable(Id.USDHC3);
		draft.change(USDHC3, GATE, 0);
		draft.setRate(Id.USDHC3_ROOT, 50_000_000n);
		expect(draft.register(USDHC3)).toBe("1000001");
	});

	it.each([
		Id.OSC,
		Id.AUDIO_PLL1,
		Id.GPU_PLL,
		Id.SYS_PLL1_40M,
		Id.SYS_PLL2_500M,
	])("clock %i ignores it", (id) => {
		const draft = new Draft();
		const registers = [AUDIO_PLL1, GPU_PLL, SYS_PLL1, SYS_PLL2].flatMap(
			(pll) => [pll, pll + 4, pll + 8],
		);
		const before = registers.map((address) => draft.register(address));
		draft.setRate(id, 123_456_789n);
		expect(registers.map((address) => draft.register(address))).toEqual(before);
	});
});

describe("CLOCK_CONFIG_SET", () => {
	it("a composite: bit 28, once", () => {
		const draft = new Draft();
		draft.write(USDHC3, 0x0100_0001);
		draft.enable(Id.USDHC3);
		expect(draft.register(USDHC3)).toBe("11000001");
		draft.write(USDHC3, 0x0100_0001);
		draft.enable(Id.USDHC3);
		expect(draft.register(USDHC3)).toBe("1000001");
		draft.write(USDHC3, 0x1100_0001);
		draft.disable(Id.USDHC3);
		expect(draft.register(USDHC3)).toBe("1000001");
		draft.expectStop("panic", () => draft.disable(Id.USDHC3));
	});

	it("a gate: two bits, and its composite's", () => {
		const draft = new Draft();
		draft.write(USDHC3, 0x0100_0001);
		draft.write(USDHC3_CCGR, 0x30);
		draft.enable(Id.USDHC3_ROOT);
		expect(draft.register(USDHC3_CCGR)).toBe("33");
		expect(draft.register(USDHC3)).toBe("11000001");
		draft.disable(Id.USDHC3_ROOT);
		expect(draft.register(USDHC3_CCGR)).toBe("30");
		expect(draft.register(USDHC3)).toBe("1000001");
		draft.expectStop("panic", () => draft.disable(Id.USDHC3_ROOT));
	});

	it("a gate closes its composite although somebody uses that, who may still disable it", () => {
		const draft = new Draft();
		draft.enable(Id.USDHC3);
		draft.enable(Id.USDHC3_ROOT);
		draft.disable(Id.USDHC3_ROOT);
		expect(draft.register(USDHC3)).toBe("1000001");
		draft.disable(Id.USDHC3);
		draft.expectStop("panic", () => draft.disable(Id.USDHC3));
	});

	it("a gate does not count as a user of its composite", () => {
		const draft = new Draft();
		draft.enable(Id.USDHC3_ROOT);
		draft.expectStop("panic", () => draft.disable(Id.USDHC3));
	});

	it("a critical composite stays on, and in use", () => {
		const draft = new Draft();
		draft.enable(Id.NAND);
		for (let times = 0; times < 3; times++) draft.disable(Id.NAND);
		expect(draft.register(NAND)).toBe("11000000");
		draft.setRate(Id.NAND, 24_000_000n);
		expect(draft.register(NAND)).toBe("11000000");
	});

	it("a critical composite that nobody uses panics like any other", () => {
		const draft = new Draft();
		draft.expectStop("panic", () => draft.disable(Id.NAND));
	});

	it("bit 0 of the attributes counts", () => {
		const draft = new Draft();
		const config = (attributes: number) =>
			draft.expect(CLOCK, 7, u32(Id.USDHC3, attributes), {
				status: 0,
				length: 8,
			});
		config(0xffff_ffff);
		expect(draft.register(USDHC3)).toBe("11000001");
		config(0xffff_fffe);
		expect(draft.register(USDHC3)).toBe("1000001");
	});

	it.each([Id.OSC, Id.AUDIO_PLL1, Id.GPU_PLL, Id.SYS_PLL1_266M])(
		"clock %i: enabling does nothing, disabling panics",
		(id) => {
			const draft = new Draft();
			draft.change(AUDIO_PLL1, 1 << 13, 0);
			draft.change(GPU_PLL, 1 << 11, 0);
			draft.change(SYS_PLL1, 1 << 15, 0);
			const before = [AUDIO_PLL1, GPU_PLL, SYS_PLL1].map((pll) =>
				draft.register(pll),
			);
			draft.enable(id);
			draft.enable(id);
			expect(
				[AUDIO_PLL1, GPU_PLL, SYS_PLL1].map((pll) => draft.register(pll)),
			).toEqual(before);
			draft.expectStop("panic", () => draft.disable(id));
		},
	);
});

describe("parent 27", () => {
	const PARENT_3 = 0x1300_0000;

	it.each<[string, (draft: Draft) => void]>([
		["CLOCK_RATE_GET", (draft) => draft.rate(Id.USDHC3, 0n)],
		["CLOCK_RATE_GET of the gate", (draft) => draft.rate(Id.USDHC3_ROOT, 0n)],
		["CLOCK_RATE_SET", (draft) => draft.setRate(Id.USDHC3, 1n)],
		[
			"CLOCK_RATE_SET of the gate",
			(draft) => draft.setRate(Id.USDHC3_ROOT, 1n),
		],
		["CLOCK_CONFIG_SET", (draft) => draft.enable(Id.USDHC3)],
		["CLOCK_CONFIG_SET of the gate", (draft) => draft.enable(Id.USDHC3_ROOT)],
	])("%s reads past the end", (_, run) => {
		const draft = new Draft();
		draft.write(USDHC3, PARENT_3);
		const stop = draft.expectStop("out-of-bounds", () => run(draft));
		expect(stop.address).toBe(USDHC3);
	});

	it.each([Id.USDHC3, Id.USDHC3_ROOT])("so does disabling clock %i", (id) => {
		const draft = new Draft();
		draft.enable(id);
		draft.write(USDHC3, PARENT_3);
		draft.expectStop("out-of-bounds", () => draft.disable(id));
	});

	it("so does the search for a parent above 800 MHz", () => {
		const draft = new Draft();
		draft.setRate(Id.USDHC3, 800_000_000n);
		expect(draft.register(USDHC3)).toBe("12000000");
		draft.expectStop("out-of-bounds", () =>
			draft.setRate(Id.USDHC3, 800_000_001n),
		);
	});

	it("enabling again does not look, nor does a rate in use", () => {
		const draft = new Draft();
		draft.enable(Id.USDHC3);
		draft.write(USDHC3, PARENT_3);
		draft.enable(Id.USDHC3);
		draft.setRate(Id.USDHC3, 1n);
		expect(draft.firmware.stopped).toBeNull();
	});
});
