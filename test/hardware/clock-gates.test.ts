// Who holds which clock on: gates, shared gates, parents and agents, seen in the registers.
// SCMI 3.2, section 4.6.2.9; i.MX 8M Mini reference manual, chapter 5.1 (CCGR).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Firmware } from "../../host/firmware.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	disable,
	enable,
	enabled,
	parent,
	setParent,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	CRITICAL,
	clockFact,
	clockId,
	parentNames,
	REAL_CLOCKS,
} from "../support/imx8mm-facts.ts";
import { CLOCK, DENIED, Smt, TX, u32 } from "../support/smt.ts";

const ANATOP = 0x3036_0000;
const CCM = 0x3038_0000;
const SAI1_CCGR = CCM + 0x4330;
const DISP_CCGR = CCM + 0x45d0;
const SLICE_GATE = 0x1000_0000;

const [first] = IMX8MM.channels as [(typeof IMX8MM.channels)[number]];
const TEE = { ...TX, address: TX.address + 0x200, functionId: 0xc200_00ff };

/** Two agents, each with a channel. */
const TWO_AGENTS: Platform = {
	...IMX8MM,
	agents: ["linux", "tee"],
	channels: [
		first,
		{
			...first,
			agent: "tee",
			address: TEE.address,
			functionId: TEE.functionId,
		},
	],
};

function clear(firmware: Firmware, address: number, bits: number): void {
	firmware.write32(address, (firmware.read32(address) & ~bits) >>> 0);
}

describe.each(firmwares)("shared gates, $name", ({ create }) => {
	it("sai1's root and ipg gate is off only when both let go", () => {
		const smt = new Smt(create());
		expect(smt.firmware.read32(SAI1_CCGR)).toBe(0);
		enable(smt, "sai1_root_clk");
		enable(smt, "sai1_ipg_clk");
		disable(smt, "sai1_root_clk");
		expect(smt.firmware.read32(SAI1_CCGR)).toBe(3);
		expect(enabled(smt, "sai1_ipg_clk")).toBe(true);
		// Its slice has no other user: the open gate passes nothing.
		expect(enabled(smt, "sai1")).toBe(false);
		expect(enabled(smt, "sai1_root_clk")).toBe(false);
		disable(smt, "sai1_ipg_clk");
		expect(smt.firmware.read32(SAI1_CCGR)).toBe(0);
		expect(enabled(smt, "sai1_ipg_clk")).toBe(false);
	});

	it("the display's four clocks share one", () => {
		const names = [
			"disp_root_clk",
			"disp_axi_root_clk",
			"disp_apb_root_clk",
			"disp_rtrm_root_clk",
		];
		const smt = new Smt(create());
		for (const name of names) enable(smt, name);
		for (const name of names) {
			expect(smt.firmware.read32(DISP_CCGR)).toBe(3);
			disable(smt, name);
		}
		expect(smt.firmware.read32(DISP_CCGR)).toBe(0);
	});

	it("a request that nobody made closes nothing that another uses", () => {
		const smt = new Smt(create());
		enable(smt, "nand_root_clk");
		disable(smt, "nand_usdhc_rawnand_clk");
		expect(smt.firmware.read32(CCM + 0x4300)).toBe(3);
		disable(smt, "nand_root_clk");
		expect(smt.firmware.read32(CCM + 0x4300)).toBe(0);
	});
});

describe.each(firmwares)("a clock and its ancestors, $name", ({ create }) => {
	it("enabling a leaf opens every gate above it", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		setParent(smt, "uart3", "audio_pll2_out");
		clear(firmware, CCM + 0xb000, SLICE_GATE);
		clear(firmware, ANATOP + 0x14, 0x2200);
		expect(enabled(smt, "uart3_root_clk")).toBe(false);
		enable(smt, "uart3_root_clk");
		for (const name of [
			"uart3_root_clk",
			"uart3",
			"audio_pll2_out",
			"audio_pll2",
		])
			expect(enabled(smt, name)).toBe(true);
		expect(firmware.read32(CCM + 0x44b0)).toBe(3);
		expect(firmware.read32(CCM + 0xb000) & SLICE_GATE).toBe(SLICE_GATE);
		expect(firmware.read32(ANATOP + 0x14) & 0x2200).toBe(0x2200);
		expect(firmware.read32(ANATOP + 0x14) >>> 31).toBe(1);
	});

	it("disabling it closes what nobody else needs", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		setParent(smt, "gpu3d_core", "gpu_pll_out");
		setParent(smt, "gpu2d_core", "gpu_pll_out");
		enable(smt, "gpu3d_root_clk");
		enable(smt, "gpu2d_root_clk");
		disable(smt, "gpu3d_root_clk");
		expect(enabled(smt, "gpu3d_core")).toBe(false);
		expect(enabled(smt, "gpu2d_root_clk")).toBe(true);
		expect(firmware.read32(ANATOP + 0x64) & 0xa00).toBe(0xa00);
		disable(smt, "gpu2d_root_clk");
		expect(enabled(smt, "gpu2d_core")).toBe(false);
		expect(firmware.read32(ANATOP + 0x64) & 0xa00).toBe(0);
		expect(enabled(smt, "gpu_pll_out")).toBe(false);
	});

	it("keeps fixed and critical ancestors", () => {
		const smt = new Smt(create());
		enable(smt, "gpio1_root_clk");
		disable(smt, "gpio1_root_clk");
		for (const name of ["gpio1_root_clk"])
			expect(enabled(smt, name)).toBe(false);
		for (const name of [
			"ipg_root",
			"ahb",
			"sys_pll1_133m",
			"sys_pll1",
			"osc_24m",
		])
			expect(enabled(smt, name)).toBe(true);
	});

	it("what a loader left on is closed on the first explicit disable", () => {
		const smt = new Smt(create());
		expect(enabled(smt, "uart2_root_clk")).toBe(true);
		disable(smt, "uart2_root_clk");
		expect(smt.firmware.read32(CCM + 0x44a0)).toBe(0);
		expect(enabled(smt, "uart2_root_clk")).toBe(false);
		// Its slice is nobody's request either, and was not asked about.
		expect(enabled(smt, "uart2")).toBe(true);
	});

	it("asking twice is asking once", () => {
		const smt = new Smt(create());
		for (let i = 0; i < 5; i++) enable(smt, "pwm1_root_clk");
		disable(smt, "pwm1_root_clk");
		expect(enabled(smt, "pwm1_root_clk")).toBe(false);
		for (let i = 0; i < 3; i++) disable(smt, "pwm1_root_clk");
		enable(smt, "pwm1_root_clk");
		expect(enabled(smt, "pwm1_root_clk")).toBe(true);
	});

	it("asking again opens what registers closed from outside", () => {
		const smt = new Smt(create());
		enable(smt, "pwm1_root_clk");
		smt.firmware.write32(CCM + 0x4280, 0);
		clear(smt.firmware, CCM + 0xb380, SLICE_GATE);
		expect(enabled(smt, "pwm1_root_clk")).toBe(false);
		enable(smt, "pwm1_root_clk");
		expect(enabled(smt, "pwm1_root_clk")).toBe(true);
	});

	it("a CCGR field other than 0 lets the clock run", () => {
		const smt = new Smt(create());
		for (const [value, runs] of [
			[0, false],
			[1, true],
			[2, true],
			[3, true],
			[4, false],
		] as const) {
			smt.firmware.write32(CCM + 0x4280, value);
			expect(enabled(smt, "pwm1_root_clk")).toBe(runs);
		}
	});
});

describe.each(firmwares)(
	"PARENT_SET on a clock in use, $name",
	({ create }) => {
		const SYS_PLL2 = ANATOP + 0x104;
		/** Output gate of sys_pll2_100m. */
		const GATE_100M = 1 << 25;

		it("holds the new parent and lets the old one go", () => {
			const smt = new Smt(create());
			const { firmware } = smt;
			enable(smt, "uart3_root_clk");
			clear(firmware, SYS_PLL2, GATE_100M);
			setParent(smt, "uart3", "sys_pll2_100m");
			expect(firmware.read32(SYS_PLL2) & GATE_100M).toBe(GATE_100M);
			expect(enabled(smt, "uart3_root_clk")).toBe(true);
			setParent(smt, "uart3", "sys_pll1_80m");
			expect(firmware.read32(SYS_PLL2) & GATE_100M).toBe(0);
			expect(enabled(smt, "uart3_root_clk")).toBe(true);
			disable(smt, "uart3_root_clk");
			expect(enabled(smt, "sys_pll1_80m")).toBe(false);
		});

		it("touches no gates of a clock that is not in use", () => {
			const smt = new Smt(create());
			const before = smt.firmware.read32(SYS_PLL2);
			clear(smt.firmware, SYS_PLL2, GATE_100M);
			setParent(smt, "uart3", "sys_pll2_100m");
			expect(smt.firmware.read32(SYS_PLL2)).toBe((before & ~GATE_100M) >>> 0);
			setParent(smt, "uart3", "osc_24m");
			expect(smt.firmware.read32(SYS_PLL2)).toBe((before & ~GATE_100M) >>> 0);
		});
	},
);

describe.each(firmwares)("two agents, $name", ({ create }) => {
	it("a clock is on while one of them wants it", () => {
		const firmware = create(TWO_AGENTS);
		const linux = new Smt(firmware);
		const tee = new Smt(firmware, TEE);
		enable(linux, "ecspi1_root_clk");
		enable(tee, "ecspi1_root_clk");
		disable(linux, "ecspi1_root_clk");
		disable(linux, "ecspi1_root_clk");
		expect(enabled(linux, "ecspi1_root_clk")).toBe(true);
		disable(tee, "ecspi1_root_clk");
		expect(enabled(tee, "ecspi1_root_clk")).toBe(false);
	});

	const LEAVES = REAL_CLOCKS.filter(
		({ name, kind }) =>
			!CRITICAL.includes(name) &&
			kind !== "fixed" &&
			!name.includes("_ref_sel"),
	).map(({ name }) => name);
	const MUXES = [
		"uart1",
		"uart2",
		"usdhc1",
		"sai1",
		"gpu3d_core",
		"clkout1_sel",
		"audio_ahb",
	];

	it("whatever they do, all that somebody wants runs, and in the end the rest stands still", () => {
		const step = fc.oneof(
			{
				weight: 4,
				arbitrary: fc.tuple(
					fc.constant("config"),
					fc.constantFrom(...LEAVES),
					fc.boolean(),
					fc.boolean(),
				),
			},
			{
				weight: 1,
				arbitrary: fc.tuple(
					fc.constant("parent"),
					fc.constantFrom(...MUXES),
					fc.boolean(),
					fc.nat(7),
				),
			},
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
				const firmware = create(TWO_AGENTS);
				const agents = [new Smt(firmware), new Smt(firmware, TEE)] as const;
				const wanted = [new Set<string>(CRITICAL), new Set<string>()] as const;
				const touched = new Set<string>();
				for (const [what, name, second, value] of steps) {
					const i = second ? 1 : 0;
					if (what === "parent") {
						const to = parentNames(clockFact(name))[Number(value)] as string;
						const payload = u32(clockId(name), clockId(to));
						const before = parent(agents[i], name);
						const status = agents[i].status(CLOCK, 0xd, payload);
						// What runs for the other agent alone keeps its parent.
						const held = [...wanted[second ? 0 : 1]].some((other) => {
							const above = new Set<string>();
							if (!CRITICAL.includes(other)) need(agents[i], other, above);
							return above.has(name);
						});
						const moves = before !== clockId(to);
						if (held && moves) expect(parent(agents[i], name)).toBe(before);
						expect(status).toBe(held && moves ? DENIED : 0);
					} else {
						enable(agents[i], name, value === true);
						if (value === true) wanted[i].add(name);
						else wanted[i].delete(name);
						touched.add(name);
					}
					for (const on of new Set([...wanted[0], ...wanted[1]]))
						expect(enabled(agents[0], on), on).toBe(true);
				}
				for (const name of touched) {
					for (const agent of agents) disable(agent, name);
				}
				const needed = new Set<string>();
				for (const name of CRITICAL) need(agents[0], name, needed);
				for (const name of touched) {
					const { kind } = clockFact(name);
					if (needed.has(name) || sharesGate(name, needed)) continue;
					if (
						kind === "gate" ||
						kind === "ip" ||
						kind === "bus" ||
						kind === "core"
					)
						expect(enabled(agents[0], name), name).toBe(false);
				}
				for (const name of CRITICAL)
					expect(enabled(agents[0], name)).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});
});

/** Adds a clock and its ancestors as they are selected now. */
function need(smt: Smt, name: string, needed: Set<string>): void {
	needed.add(name);
	if (parentNames(clockFact(name)).length === 0) return;
	const id = parent(smt, name);
	const above = REAL_CLOCKS.find((clock) => clock.id === id);
	if (above !== undefined) need(smt, above.name, needed);
}

function sharesGate(name: string, needed: ReadonlySet<string>): boolean {
	const { kind, columns } = clockFact(name);
	return REAL_CLOCKS.some(
		(other) =>
			needed.has(other.name) &&
			other.kind === kind &&
			other.columns[0] === columns[0] &&
			other.id !== clockId(name),
	);
}
