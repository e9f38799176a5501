// Clocks on and off, and their parents, through messages: layouts, reserved bits, refusals, what agents see afterwards.
// SCMI 3.2 (Arm DEN0056E), sections 4.6.2.9 to 4.6.2.15.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	disable,
	enable,
	enabled,
	parent,
	rate,
	rateById,
	setParent,
	setRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	CRITICAL,
	clockFact,
	clockId,
	parentNames,
	REAL_CLOCKS,
} from "../support/imx8mm-facts.ts";
import {
	CLOCK,
	DENIED,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	Smt,
	u32,
	u64,
} from "../support/smt.ts";

function pinned(clock: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, clock } };
}

const UART2_ROOT = 189;
const USDHC1_ROOT = 194;

describe.each(firmwares)("CONFIG_SET and CONFIG_GET, $name", ({ create }) => {
	it.each([0x10000, 0x20000])("version %i: clock, attributes", (version) => {
		const smt = new Smt(create(pinned(version)));
		expect(enabled(smt, "usdhc1_root_clk")).toBe(false);
		smt.expect(CLOCK, 0x7, u32(USDHC1_ROOT, 1), []);
		expect(enabled(smt, "usdhc1_root_clk")).toBe(true);
		smt.expect(CLOCK, 0x7, u32(USDHC1_ROOT, 0), []);
		expect(enabled(smt, "usdhc1_root_clk")).toBe(false);
		for (let bit = 1; bit < 32; bit++)
			smt.refuse(
				CLOCK,
				0x7,
				u32(USDHC1_ROOT, (1 << bit) >>> 0),
				INVALID_PARAMETERS,
			);
		expect(enabled(smt, "usdhc1_root_clk")).toBe(false);
	});

	it("version 3.0: clock, attributes, extended value", () => {
		const smt = new Smt(create());
		smt.expect(CLOCK, 0xb, u32(USDHC1_ROOT, 0), u32(0, 0, 0));
		smt.expect(CLOCK, 0x7, u32(USDHC1_ROOT, 1, 0), []);
		smt.expect(CLOCK, 0xb, u32(USDHC1_ROOT, 0), u32(0, 1, 0));
		smt.expect(CLOCK, 0x7, u32(USDHC1_ROOT, 0, 0), []);
		smt.expect(CLOCK, 0xb, u32(USDHC1_ROOT, 0), u32(0, 0, 0));
		// The extended value counts for nothing without a type.
		smt.expect(CLOCK, 0x7, u32(USDHC1_ROOT, 1, 0xffff_ffff), []);
		smt.expect(CLOCK, 0xb, u32(USDHC1_ROOT, 0), u32(0, 1, 0));
	});

	it("version 3.0: reserved bits, reserved and unknown values", () => {
		const smt = new Smt(create());
		const bits = [2, 3];
		for (let bit = 2; bit < 32; bit++) bits.push((1 << bit) >>> 0);
		for (const attributes of bits)
			smt.refuse(
				CLOCK,
				0x7,
				u32(USDHC1_ROOT, attributes, 0),
				INVALID_PARAMETERS,
			);
		for (let bit = 0; bit < 32; bit++)
			smt.refuse(
				CLOCK,
				0xb,
				u32(USDHC1_ROOT, (1 << bit) >>> 0),
				INVALID_PARAMETERS,
			);
		expect(enabled(smt, "usdhc1_root_clk")).toBe(false);
	});

	it("critical clocks: disabling is DENIED, everything else is not", () => {
		const smt = new Smt(create());
		for (const name of CRITICAL) {
			const id = clockId(name);
			smt.refuse(CLOCK, 0x7, u32(id, 0, 0), DENIED);
			expect(enabled(smt, name)).toBe(true);
			enable(smt, name);
			smt.refuse(CLOCK, 0x7, u32(id, 0, 0), DENIED);
			smt.expect(CLOCK, 0xb, u32(id, 0), u32(0, 1, 0));
			expect(smt.status(CLOCK, 0x3, u32(id))).toBe(0);
			expect(smt.status(CLOCK, 0x4, u32(id, 0))).toBe(0);
			expect(setRate(smt, name, rate(smt, name))).toBe(rate(smt, name));
			for (const source of new Set(parentNames(clockFact(name)))) {
				if (source === "dummy") continue;
				if (parentNames(clockFact(name)).length > 1) {
					setParent(smt, name, source);
					expect(parent(smt, name)).toBe(clockId(source));
					expect(enabled(smt, name)).toBe(true);
				}
			}
		}
	});

	it("no clock but the critical ones refuses to be disabled", () => {
		for (const { name, id } of REAL_CLOCKS) {
			if (CRITICAL.includes(name)) continue;
			const smt = new Smt(create());
			smt.expect(CLOCK, 0x7, u32(id, 1, 0), []);
			expect(enabled(smt, name)).toBe(true);
			smt.expect(CLOCK, 0x7, u32(id, 0, 0), []);
			smt.expect(CLOCK, 0x7, u32(id, 0, 0), []);
			for (const critical of CRITICAL)
				expect(enabled(smt, critical)).toBe(true);
		}
	});

	it("further IDs share state, rate and parent with their clock", () => {
		const smt = new Smt(create());
		const [cg, div, core] = [74, 79, 248];
		smt.expect(CLOCK, 0xd, u32(cg, clockId("sys_pll1_800m")), []);
		for (const id of [69, cg, div, core])
			smt.expect(CLOCK, 0xe, u32(id), u32(clockId("sys_pll1_800m")));
		smt.expect(CLOCK, 0x5, [...u32(0, div), ...u64(400_000_000n)], []);
		for (const id of [69, cg, div, core])
			expect(rateById(smt, id)).toBe(400_000_000n);
		for (const [on, by] of [
			[1, cg],
			[0, core],
			[1, core],
			[0, div],
		] as const) {
			smt.expect(CLOCK, 0x7, u32(by, on, 0), []);
			for (const id of [69, cg, div, core])
				smt.expect(CLOCK, 0xb, u32(id, 0), u32(0, on, 0));
		}
		expect(smt.firmware.read32(0x3038_8180) >>> 24).toBe(0x02);
	});

	it("enabling and disabling write the gate", () => {
		const smt = new Smt(create());
		const ccgr = 0x3038_4510;
		expect(smt.firmware.read32(ccgr)).toBe(0);
		enable(smt, "usdhc1_root_clk");
		expect(smt.firmware.read32(ccgr)).toBe(3);
		disable(smt, "usdhc1_root_clk");
		expect(smt.firmware.read32(ccgr)).toBe(0);
		enable(smt, "uart2_root_clk");
		smt.expect(CLOCK, 0x7, u32(UART2_ROOT, 0, 0), []);
		expect(smt.firmware.read32(0x3038_44a0)).toBe(0);
	});
});

describe.each(firmwares)("parents, $name", ({ create }) => {
	const smt = new Smt(create());

	it("POSSIBLE_PARENTS_GET of every clock: each parent once, in the order of its first input", () => {
		for (const fact of REAL_CLOCKS) {
			const ids = [...new Set(parentNames(fact))].map(clockId);
			if (ids.length === 0) {
				smt.refuse(CLOCK, 0xc, u32(fact.id, 0), NOT_SUPPORTED);
				continue;
			}
			smt.expect(CLOCK, 0xc, u32(fact.id, 0), [
				...u32(ids.length),
				...u32(...ids),
			]);
		}
	});

	it("clkout1_sel: 16 inputs, 12 parents", () => {
		const ids = [38, 39, 40, 0, 42, 43, 44, 25, 26, 27, 2, 1];
		smt.expect(CLOCK, 0xc, u32(252, 0), [...u32(12), ...u32(...ids)]);
		smt.expect(CLOCK, 0xc, u32(252, 10), u32(2, 2, 1));
		smt.expect(CLOCK, 0xc, u32(252, 12), u32(0));
		smt.refuse(CLOCK, 0xc, u32(252, 13), INVALID_PARAMETERS);
		smt.refuse(CLOCK, 0xc, u32(252, 0xffff_ffff), INVALID_PARAMETERS);
	});

	it("pages when a reply cannot hold them all", () => {
		// 32 different parents, 29 of which fit into 128 bytes behind status and flags.
		const outs = Array.from({ length: 32 }, (_, i) => ({
			id: 258 + i,
			name: `source-${i}`,
			kind: "fixed" as const,
			rate: 1000 + i,
		}));
		const wide = {
			id: 290,
			name: "wide",
			kind: "mux" as const,
			parents: outs.map(({ name }) => name),
			field: { address: 0x3036_0200, shift: 0, width: 5 },
		};
		const platform = { ...IMX8MM, clocks: [...IMX8MM.clocks, ...outs, wide] };
		const paged = new Smt(create(platform));
		const ids = outs.map(({ id }) => id);
		const flags = (remaining: number, count: number) =>
			(remaining << 24) | count;
		paged.expect(CLOCK, 0x1, [], u32(291));
		paged.expect(CLOCK, 0xc, u32(290, 0), [
			...u32(flags(3, 29)),
			...u32(...ids.slice(0, 29)),
		]);
		paged.expect(CLOCK, 0xc, u32(290, 29), [
			...u32(flags(0, 3)),
			...u32(...ids.slice(29)),
		]);
		paged.expect(CLOCK, 0xc, u32(290, 1), [
			...u32(flags(2, 29)),
			...u32(...ids.slice(1, 30)),
		]);
		const small = new Smt(create({ ...platform, maxMessageSize: 76 }));
		small.expect(CLOCK, 0xc, u32(290, 5), [
			...u32(flags(11, 16)),
			...u32(...ids.slice(5, 21)),
		]);
	});

	it("PARENT_GET of every clock", () => {
		const fixed = REAL_CLOCKS.filter(({ kind }) => kind === "fixed");
		for (const { id } of fixed) smt.refuse(CLOCK, 0xe, u32(id), NOT_SUPPORTED);
		for (const fact of REAL_CLOCKS) {
			const names = parentNames(fact);
			if (names.length === 1)
				smt.expect(CLOCK, 0xe, u32(fact.id), u32(clockId(names[0] as string)));
		}
		smt.expect(CLOCK, 0xe, u32(91), u32(56));
		smt.expect(CLOCK, 0xe, u32(251), u32(44));
	});

	it("PARENT_SET to every possible parent of every mux and slice, and the rate follows", () => {
		for (const fact of REAL_CLOCKS) {
			const names = parentNames(fact);
			if (names.length < 2 || fact.name.endsWith("_bypass")) continue;
			const here = new Smt(create());
			for (const name of new Set(names)) {
				setParent(here, fact.name, name);
				expect(parent(here, fact.name)).toBe(clockId(name));
				const register = here.firmware.read32(Number(fact.columns[0]));
				const [shift, width] =
					fact.kind === "mux"
						? [Number(fact.columns[1]), Number(fact.columns[2])]
						: [24, 3];
				expect((register >>> shift) % 2 ** width).toBe(names.indexOf(name));
			}
		}
	});

	it("a bypassed PLL passes its reference", () => {
		setParent(smt, "gpu_pll_bypass", "gpu_pll_ref_sel");
		expect(rate(smt, "gpu_pll_out")).toBe(24_000_000n);
		setParent(smt, "gpu_pll_bypass", "gpu_pll");
		expect(rate(smt, "gpu_pll_out")).toBe(800_000_000n);
	});

	it("PARENT_SET refuses", () => {
		const uart2 = 128;
		smt.refuse(CLOCK, 0xd, u32(uart2, 15), NOT_FOUND);
		smt.refuse(CLOCK, 0xd, u32(uart2, 258), NOT_FOUND);
		smt.refuse(CLOCK, 0xd, u32(15, 2), NOT_FOUND);
		smt.refuse(CLOCK, 0xd, u32(2, 2), NOT_SUPPORTED);
		smt.refuse(
			CLOCK,
			0xd,
			u32(uart2, clockId("video_pll1_out")),
			INVALID_PARAMETERS,
		);
		smt.refuse(CLOCK, 0xd, u32(uart2, uart2), INVALID_PARAMETERS);
		smt.refuse(CLOCK, 0xd, u32(UART2_ROOT, 2), INVALID_PARAMETERS);
		expect(parent(smt, "uart2")).toBe(2);
		expect(parent(smt, "uart2_root_clk")).toBe(uart2);
	});

	it("a duplicated input counts as the parent that it is", () => {
		const here = new Smt(create());
		// Field value 3 is dummy again, the first is 1.
		here.firmware.write32(0x3036_0064, here.firmware.read32(0x3036_0064) | 3);
		expect(parent(here, "gpu_pll_ref_sel")).toBe(0);
		setParent(here, "gpu_pll_ref_sel", "osc_24m");
		expect(here.firmware.read32(0x3036_0064) & 3).toBe(0);
		setParent(here, "gpu_pll_ref_sel", "dummy");
		expect(here.firmware.read32(0x3036_0064) & 3).toBe(1);
	});
});
