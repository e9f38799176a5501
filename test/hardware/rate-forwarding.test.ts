// Rates asked of gates, muxes, dividers, fixed factors and the CPU cluster: which registers change, and which do not.
// i.MX 8M Mini reference manual, chapter 5.1; SCMI 3.2, section 4.6.2.7.

import { describe, expect, it } from "vitest";
import {
	enable,
	enabled,
	parent,
	ROUND_AUTO,
	ROUND_DOWN,
	ROUND_UP,
	rate,
	setParent,
	setRate,
	trySetRate,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import { INVALID_PARAMETERS, Smt, SUCCESS } from "../support/smt.ts";

const ANATOP = 0x3036_0000;
const CCM = 0x3038_0000;

describe.each(firmwares)("forwarded rates, $name", ({ create }) => {
	it.each(["gpu_pll_out", "gpu_pll_bypass", "gpu_pll"])(
		"%s to 1 GHz retunes gpu_pll",
		(name) => {
			const smt = new Smt(create());
			expect(setRate(smt, name, 1_000_000_000n)).toBe(1_000_000_000n);
			expect(smt.firmware.read32(ANATOP + 0x68)).toBe(0x000f_a031);
			for (const other of ["gpu_pll", "gpu_pll_bypass", "gpu_pll_out"])
				expect(rate(smt, other)).toBe(1_000_000_000n);
		},
	);

	it("a bypassed PLL is not retuned: the bypass forwards to the reference", () => {
		const smt = new Smt(create());
		setParent(smt, "gpu_pll_bypass", "gpu_pll_ref_sel");
		expect(setRate(smt, "gpu_pll_out", 1_000_000_000n)).toBe(24_000_000n);
		expect(smt.firmware.read32(ANATOP + 0x68)).toBe(0x000c_8031);
	});

	it("usdhc3_root_clk sets its slice", () => {
		const smt = new Smt(create());
		expect(setRate(smt, "usdhc3_root_clk", 400_000_000n)).toBe(400_000_000n);
		expect(smt.firmware.read32(0x3038_bc80) & 0x0707_003f).toBe(0x0100_0000);
		expect(setRate(smt, "usdhc3_root_clk", 200_000_000n)).toBe(200_000_000n);
		// Two divides by two, as a pair of either kind.
		expect(rate(smt, "usdhc3")).toBe(200_000_000n);
		expect(parent(smt, "usdhc3")).toBe(clockId("sys_pll1_400m"));
		expect(setRate(smt, "usdhc3_root_clk", 1_000_000n)).toBe(1_000_000n);
		// 400 MHz / 512 is the lowest.
		expect(trySetRate(smt, "usdhc3_root_clk", 400_000n)).toBe(
			INVALID_PARAMETERS,
		);
	});

	it("audio_pll1 to 393216000 Hz, and a slice of it to 24576000 Hz", () => {
		const smt = new Smt(create());
		expect(setRate(smt, "audio_pll1", 393_216_000n)).toBe(393_216_000n);
		setParent(smt, "sai3", "audio_pll1_out");
		expect(setRate(smt, "sai3", 24_576_000n)).toBe(24_576_000n);
		expect(rate(smt, "sai3_root_clk")).toBe(24_576_000n);
	});

	it("the system PLLs are fixed, and so is all that divides them", () => {
		const smt = new Smt(create());
		for (const [name, hz] of [
			["sys_pll1", 800_000_000n],
			["sys_pll1_out", 800_000_000n],
			["sys_pll1_133m", 133_333_333n],
			["sys_pll2_500m", 500_000_000n],
		] as const) {
			expect(setRate(smt, name, hz)).toBe(hz);
			expect(setRate(smt, name, hz + 50n, ROUND_DOWN)).toBe(hz);
			expect(setRate(smt, name, hz - 50n, ROUND_UP)).toBe(hz);
			expect(setRate(smt, name, 1n, ROUND_AUTO)).toBe(hz);
			expect(trySetRate(smt, name, hz + 1n, ROUND_UP)).toBe(INVALID_PARAMETERS);
			expect(trySetRate(smt, name, hz - 1n, ROUND_DOWN)).toBe(
				INVALID_PARAMETERS,
			);
		}
		expect(smt.firmware.read32(ANATOP + 0x98)).toBe(0x000c_8031);
	});

	it("a mux that is no PLL's bypass does not forward", () => {
		const smt = new Smt(create());
		setParent(smt, "clkout1_sel", "gpu_pll_out");
		expect(setRate(smt, "clkout1_sel", 1_000_000_000n)).toBe(800_000_000n);
		expect(setRate(smt, "clkout1", 100_000_000n)).toBe(100_000_000n);
		expect(rate(smt, "gpu_pll")).toBe(800_000_000n);
		expect(smt.firmware.read32(ANATOP + 0x128) & 0xf).toBe(7);
	});

	it("clkout1: its divider alone, rounded as asked", () => {
		const smt = new Smt(create());
		setParent(smt, "clkout1_sel", "osc_24m");
		expect(setRate(smt, "clkout1", 3_000_000n)).toBe(3_000_000n);
		expect(setRate(smt, "clkout1", 7_000_000n, ROUND_DOWN)).toBe(6_000_000n);
		expect(setRate(smt, "clkout1", 7_000_000n, ROUND_UP)).toBe(8_000_000n);
		expect(setRate(smt, "clkout1", 6_900_000n, ROUND_AUTO)).toBe(6_000_000n);
		expect(setRate(smt, "clkout1", 7_100_000n, ROUND_AUTO)).toBe(8_000_000n);
		expect(trySetRate(smt, "clkout1", 1_499_999n)).toBe(INVALID_PARAMETERS);
		// The other output's fields lie in the same register.
		expect(smt.firmware.read32(ANATOP + 0x128) & 0x01ff_0000).toBe(0);
	});

	it("ipg_audio_root: its divider when that is enough", () => {
		const smt = new Smt(create());
		setParent(smt, "audio_ahb", "sys_pll1_800m");
		setRate(smt, "audio_ahb", 400_000_000n);
		expect(rate(smt, "ipg_audio_root")).toBe(200_000_000n);
		expect(setRate(smt, "ipg_audio_root", 400_000_000n)).toBe(400_000_000n);
		expect(smt.firmware.read32(CCM + 0x9180)).toBe(0);
		expect(rate(smt, "audio_ahb")).toBe(400_000_000n);
		expect(setRate(smt, "sdma2_clk", 200_000_000n)).toBe(200_000_000n);
		expect(smt.firmware.read32(CCM + 0x9180)).toBe(1);
		expect(rate(smt, "audio_ahb")).toBe(400_000_000n);
	});

	it("ipg_root: its divider when that is enough", () => {
		const smt = new Smt(create());
		expect(setRate(smt, "ipg_root", 133_333_333n)).toBe(133_333_333n);
		expect(smt.firmware.read32(CCM + 0x9080)).toBe(0);
		expect(rate(smt, "ahb")).toBe(133_333_333n);
		expect(setRate(smt, "gpio1_root_clk", 66_666_666n)).toBe(66_666_666n);
		expect(smt.firmware.read32(CCM + 0x9080)).toBe(1);
		expect(rate(smt, "ahb")).toBe(133_333_333n);
	});

	it("dram_alt_root: a quarter of its slice", () => {
		const smt = new Smt(create());
		expect(setRate(smt, "dram_alt_root", 100_000_000n)).toBe(100_000_000n);
		expect(rate(smt, "dram_alt")).toBe(400_000_000n);
		expect(setRate(smt, "dram_alt_root", 33_333_333n)).toBe(33_333_333n);
		expect(setRate(smt, "dram_alt_root", 66_666_667n, ROUND_UP)).toBe(
			100_000_000n,
		);
		expect(setRate(smt, "dram_alt_root", 66_666_667n, ROUND_DOWN)).toBe(
			66_666_666n,
		);
	});
});

describe.each(firmwares)("the CPU cluster, $name", ({ create }) => {
	const A53_DIV = CCM + 0x8000;
	const A53_CORE = CCM + 0x9880;
	const ARM_DIV_CTL0 = ANATOP + 0x88;

	it.each([
		[1_800_000_000n, 0x000e_1030],
		[1_600_000_000n, 0x000c_8030],
		[600_000_000n, 0x0012_c032],
	])("arm to %i Hz retunes arm_pll and runs from it", (hz, divCtl0) => {
		const smt = new Smt(create());
		expect(setRate(smt, "arm", hz)).toBe(hz);
		expect(smt.firmware.read32(ARM_DIV_CTL0)).toBe(divCtl0);
		expect(smt.firmware.read32(ANATOP + 0x84) >>> 31).toBe(1);
		expect(parent(smt, "arm_a53_core")).toBe(clockId("arm_pll_out"));
		expect(rate(smt, "arm_a53_core")).toBe(hz);
		expect(enabled(smt, "arm")).toBe(true);
		// Parked meanwhile on arm_a53_div, fed by sys_pll1_800m.
		expect((smt.firmware.read32(A53_DIV) >>> 24) & 7).toBe(4);
	});

	it("parks on sys_pll1_800m wherever arm_a53_div was", () => {
		const smt = new Smt(create());
		setParent(smt, "arm_a53_div", "osc_24m");
		expect(setRate(smt, "arm", 1_800_000_000n)).toBe(1_800_000_000n);
		expect(parent(smt, "arm_a53_div")).toBe(clockId("sys_pll1_800m"));
		expect(smt.firmware.read32(A53_CORE) >>> 24).toBe(1);
	});

	it("comes back to its PLL from arm_a53_div", () => {
		const smt = new Smt(create());
		setParent(smt, "arm_a53_core", "arm_a53_div");
		expect(rate(smt, "arm")).toBe(800_000_000n);
		expect(setRate(smt, "arm", 1_200_000_000n)).toBe(1_200_000_000n);
		expect(parent(smt, "arm_a53_core")).toBe(clockId("arm_pll_out"));
	});

	it("takes the time of LOCK, and none when the rate is the same", () => {
		const smt = new Smt(create());
		const start = smt.firmware.timeNs;
		setRate(smt, "arm", 1_800_000_000n);
		// 270 cycles of 24 MHz / pdiv 3: the platform's model; and two traps.
		expect(smt.firmware.timeNs - start).toBe(33_750 + 2_000);
		setRate(smt, "arm", 1_800_000_000n);
		expect(smt.firmware.timeNs - start).toBe(33_750 + 4_000);
	});

	it("a rate between two settings is rounded", () => {
		const smt = new Smt(create());
		expect(setRate(smt, "arm", 1_700_000_000n, ROUND_DOWN)).toBe(
			1_600_000_000n,
		);
		expect(setRate(smt, "arm", 1_700_000_000n, ROUND_UP)).toBe(1_800_000_000n);
		expect(trySetRate(smt, "arm", 599_999_999n, ROUND_DOWN)).toBe(
			INVALID_PARAMETERS,
		);
		expect(rate(smt, "arm")).toBe(1_800_000_000n);
		expect(trySetRate(smt, "arm", 599_999_999n, ROUND_UP)).toBe(SUCCESS);
		expect(rate(smt, "arm")).toBe(600_000_000n);
	});

	it("opens its PLL again when something closed it", () => {
		const smt = new Smt(create());
		setParent(smt, "arm_a53_core", "arm_a53_div");
		expect(smt.firmware.read32(ANATOP + 0x84) & 0x800).toBe(0);
		setRate(smt, "arm", 1_000_000_000n);
		expect(smt.firmware.read32(ANATOP + 0x84) & 0xa00).toBe(0xa00);
		enable(smt, "arm");
		expect(enabled(smt, "arm")).toBe(true);
	});
});
