// What a booted EVK runs at: rates and gates that the registers at load give.
// i.MX 8M Mini reference manual, chapter 5.1; what boot ROM and loader of the evaluation kit leave.

import { describe, expect, it } from "vitest";
import { CLOCKS } from "../../host/platform/imx8mm/clocks.ts";
import { enabled, rate } from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	CLOCK_FACTS,
	CRITICAL,
	clockFact,
	parentNames,
	REAL_CLOCKS,
} from "../support/imx8mm-facts.ts";
import { Smt } from "../support/smt.ts";

const RATES: readonly (readonly [name: string, hz: number])[] = [
	["dummy", 0],
	["osc_32k", 32768],
	["osc_24m", 24000000],
	["osc_hdmi", 0],
	["clk_ext1", 133000000],
	["clk_ext4", 133000000],
	["sys_pll1", 800000000],
	["sys_pll1_40m", 40000000],
	["sys_pll1_80m", 80000000],
	["sys_pll1_100m", 100000000],
	["sys_pll1_133m", 133333333],
	["sys_pll1_160m", 160000000],
	["sys_pll1_200m", 200000000],
	["sys_pll1_266m", 266666666],
	["sys_pll1_400m", 400000000],
	["sys_pll1_800m", 800000000],
	["sys_pll2", 1000000000],
	["sys_pll2_50m", 50000000],
	["sys_pll2_100m", 100000000],
	["sys_pll2_125m", 125000000],
	["sys_pll2_166m", 166666666],
	["sys_pll2_200m", 200000000],
	["sys_pll2_250m", 250000000],
	["sys_pll2_333m", 333333333],
	["sys_pll2_500m", 500000000],
	["sys_pll2_1000m", 1000000000],
	["sys_pll3_out", 750000000],
	["gpu_pll_out", 800000000],
	["vpu_pll_out", 600000000],
	["arm_pll_out", 1200000000],
	["video_pll1_out", 594000000],
	["arm_a53_core", 1200000000],
	["arm", 1200000000],
	["gpt_3m", 3000000],
	["main_axi", 333333333],
	["nand_usdhc_bus", 266666666],
	["noc_apb", 133333333],
	["ahb", 133333333],
	["ipg_root", 66666666],
	["uart1", 24000000],
	["uart2_root_clk", 24000000],
	["i2c1_root_clk", 24000000],
	["usdhc3_root_clk", 200000000],
	["gic", 200000000],
	["gpio1_root_clk", 66666666],
	["wdog1_root_clk", 24000000],
];

describe.each(firmwares)("rates at load, $name", ({ create }) => {
	const smt = new Smt(create());

	it.each(RATES)("%s %i Hz", (name, hz) => {
		expect(rate(smt, name)).toBe(BigInt(hz));
	});

	it("critical clocks run", () => {
		for (const name of CRITICAL) expect(enabled(smt, name)).toBe(true);
	});

	it("the console, boot media, pins and buses run; the rest is gated", () => {
		const gates = REAL_CLOCKS.filter(
			({ kind, columns }) => kind === "gate" && columns[2] === "2",
		).map(({ name }) => name);
		const running = gates.filter((name) => enabled(smt, name));
		for (const name of ["uart2_root_clk", "usdhc2_root_clk", "gpio1_root_clk"])
			expect(running).toContain(name);
		for (const name of ["gpu3d_root_clk", "sai1_root_clk", "uart1_root_clk"])
			expect(running).not.toContain(name);
	});

	it.each([
		["sys_pll1", 0x98, 0x000c_8031],
		["gpu_pll", 0x68, 0x000c_8031],
		["sys_pll2", 0x108, 0x000f_a031],
		["arm_pll", 0x88, 0x0012_c031],
		["vpu_pll", 0x78, 0x0012_c032],
		["sys_pll3", 0x118, 0x000f_a022],
		["video_pll1", 0x2c, 0x000c_6022],
	])("%s's DIV_CTL0", (_, offset, value) => {
		expect(smt.firmware.read32(0x3036_0000 + offset)).toBe(value);
	});

	it.each([
		["1443x", [0x000, 0x014, 0x028, 0x050], 0xa000_2200],
		["1416x", [0x064, 0x074, 0x084, 0x114], 0xa000_0a00],
		["system PLLs with all outputs", [0x094, 0x104], 0xaaaa_aa00],
	])(
		"GNRL_CTL of %s: locked, out of reset, output open",
		(_, offsets, value) => {
			for (const offset of offsets)
				expect(smt.firmware.read32(0x3036_0000 + offset)).toBe(value);
		},
	);
});

describe("the platform's clock tables", () => {
	it("have every clock of the binding and no other", () => {
		expect(CLOCKS.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
			CLOCK_FACTS.map(({ id }) => id),
		);
	});

	it("name each as the clock controller's facts do", () => {
		for (const { id, name } of REAL_CLOCKS)
			expect(CLOCKS.find((clock) => clock.id === id)?.name).toBe(name);
	});

	it("have its parents, in the order of the mux's values", () => {
		for (const clock of CLOCKS) {
			if (clock.kind === "alias") continue;
			const parents =
				"parents" in clock
					? [...clock.parents]
					: "parent" in clock
						? [clock.parent]
						: [];
			expect(parents).toEqual(parentNames(clockFact(clock.name)));
		}
	});

	it("mark the critical ones", () => {
		const critical = CLOCKS.filter((clock) => clock.critical === true);
		expect(critical.map(({ name }) => name).sort()).toEqual(
			CRITICAL.toSorted(),
		);
	});

	it("have the gates' registers, some of which clocks share", () => {
		const sharers = new Map<string, string[]>();
		for (const { name, kind, columns } of REAL_CLOCKS) {
			if (kind !== "gate" || columns[2] !== "2") continue;
			const key = columns[0] as string;
			sharers.set(key, [...(sharers.get(key) ?? []), name]);
		}
		for (const [address, names] of sharers) {
			const rows = CLOCKS.filter(({ name }) => names.includes(name));
			for (const { gate } of rows)
				expect(gate).toEqual({ address: Number(address), shift: 0, width: 2 });
		}
		expect(
			[...sharers.values()].filter((names) => names.length > 1),
		).toHaveLength(9);
	});
});
