// What one agent holds, another cannot change: rates, parents, rails, reset lines, operating points.
// SCMI 3.2 (Arm DEN0056E), sections 4.5, 4.6.2, 4.8.2 and 4.9.

import { describe, expect, it } from "vitest";
import {
	GUEST,
	LINUX,
	TEE,
	THREE_AGENTS,
	threeAgents,
} from "../support/agents.ts";
import {
	disable,
	enable,
	parent,
	rate,
	setParent,
	setRate,
	trySetRate,
} from "../support/clock-calls.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import {
	CLOCK,
	DENIED,
	POWER,
	RESET,
	type Smt,
	SUCCESS,
	u32,
	u64,
} from "../support/smt.ts";

const PERFORMANCE = 0x13;
const VOLTAGE = 0x17;
const GPU_DOMAIN = 5;
const GPU_RESET = 32;
const LDO5 = 10;
const BUCK2 = 1;
const ON = 7;
const OFF = 0;

function tryParent(smt: Smt, name: string, to: string): number {
	return smt.status(CLOCK, 0xd, u32(clockId(name), clockId(to)));
}

describe("clocks", () => {
	// What the TEE holds, what Linux sets, to which rate.
	it.each([
		["the clock itself", "uart2", "uart2", 12_000_000n],
		["a gate below it", "uart2_root_clk", "uart2", 12_000_000n],
		["through the gate above", "uart2", "uart2_root_clk", 12_000_000n],
		["through another gate", "gpu_pll_out", "gpu_pll", 600_000_000n],
		["a PLL through its output", "gpu_pll", "gpu_pll_out", 600_000_000n],
		["what the cluster runs from", "arm_pll_out", "arm", 1_600_000_000n],
		["what the cluster parks on", "arm_a53_div", "arm", 1_600_000_000n],
	] as const)(
		"%s: a rate is DENIED while another holds it",
		(_, held, set, hz) => {
			const { engine, linux, tee } = threeAgents();
			enable(tee.smt, held);
			const before = rate(linux.smt, set);
			expect(trySetRate(linux.smt, set, hz)).toBe(DENIED);
			expect(rate(linux.smt, set)).toBe(before);
			// The rate that it has changes nothing.
			expect(trySetRate(linux.smt, set, before)).toBe(SUCCESS);
			// Who holds it sets it, unless a third one holds it, too.
			enable(linux.smt, held);
			expect(trySetRate(tee.smt, set, hz)).toBe(DENIED);
			disable(linux.smt, held);
			expect(trySetRate(tee.smt, set, hz)).toBe(SUCCESS);
			disable(tee.smt, held);
			expect(engine.clockRequests(clockId(held))).toBe(0);
			expect(trySetRate(linux.smt, set, before)).toBe(SUCCESS);
			expect(rate(linux.smt, set)).toBe(before);
		},
	);

	it("a sibling below the same PLL is held by its setting alone", () => {
		const { linux, tee } = threeAgents();
		setParent(linux.smt, "uart2", "sys_pll1_80m");
		enable(tee.smt, "uart1");
		expect(setRate(linux.smt, "uart2", 40_000_000n)).toBe(40_000_000n);
	});

	it("the parent of what another holds, and of what it gets its rate from", () => {
		const { linux, tee } = threeAgents();
		const before = parent(linux.smt, "uart2");
		enable(tee.smt, "uart2_root_clk");
		expect(tryParent(linux.smt, "uart2", "sys_pll1_80m")).toBe(DENIED);
		expect(parent(linux.smt, "uart2")).toBe(before);
		// The one that it has is no change.
		expect(tryParent(linux.smt, "uart2", "osc_24m")).toBe(SUCCESS);
		disable(tee.smt, "uart2_root_clk");
		expect(tryParent(linux.smt, "uart2", "sys_pll1_80m")).toBe(SUCCESS);
	});

	it("a clock that another may not stop runs on, whoever asks", () => {
		const { engine, linux, tee, guest } = threeAgents();
		for (const { smt } of [linux, tee, guest]) enable(smt, "uart2");
		const id = clockId("uart2");
		const mask = (1 << LINUX) | (1 << TEE) | (1 << GUEST);
		expect(engine.clockRequests(id)).toBe(mask);
		disable(linux.smt, "uart2");
		disable(linux.smt, "uart2");
		disable(guest.smt, "uart2");
		expect(engine.clockRequests(id)).toBe(1 << TEE);
		expect((linux.smt.words(CLOCK, 0x3, u32(id))[0] as number) & 1).toBe(1);
	});

	it("critical clocks, and what was left on at load, are nobody's", () => {
		const { linux } = threeAgents();
		expect(trySetRate(linux.smt, "audio_ahb", 100_000_000n)).toBe(SUCCESS);
		expect(tryParent(linux.smt, "audio_ahb", "osc_24m")).toBe(SUCCESS);
	});

	it("an asynchronous rate: DENIED at once, or when somebody came before it", () => {
		const { engine, linux, tee } = threeAgents();
		const payload = [...u32(1, clockId("uart2")), ...u64(12_000_000n)];
		enable(tee.smt, "uart2");
		expect(linux.smt.status(CLOCK, 0x5, payload)).toBe(DENIED);
		disable(tee.smt, "uart2");
		linux.smt.expect(CLOCK, 0x5, payload, []);
		enable(tee.smt, "uart2");
		engine.advance(1_000_000);
		const [response] = linux.inbox.all();
		expect(response?.payload.slice(0, 4)).toEqual(u32(DENIED));
		expect(rate(linux.smt, "uart2")).toBe(24_000_000n);
	});
});

describe("rails", () => {
	const set = (smt: Smt, level: number) =>
		smt.status(VOLTAGE, 0x7, u32(LDO5, 0, level));
	const config = (smt: Smt, mode: number) =>
		smt.status(VOLTAGE, 0x5, u32(LDO5, mode));

	it.each([
		["has switched on", (smt: Smt) => config(smt, ON)],
		["has set", (smt: Smt) => set(smt, 1_900_000)],
	] as const)("what another agent %s", (_, hold) => {
		const { linux, tee } = threeAgents();
		expect(hold(tee.smt)).toBe(SUCCESS);
		const [level] = linux.smt.words(VOLTAGE, 0x8, u32(LDO5)) as [number];
		expect(set(linux.smt, 3_000_000)).toBe(DENIED);
		expect(linux.smt.status(VOLTAGE, 0x7, u32(LDO5, 1, 3_000_000))).toBe(
			DENIED,
		);
		expect(config(linux.smt, OFF)).toBe(DENIED);
		linux.smt.expect(VOLTAGE, 0x8, u32(LDO5), u32(level));
		expect(set(tee.smt, 3_000_000)).toBe(SUCCESS);
		expect(config(tee.smt, OFF)).toBe(SUCCESS);
		expect(set(linux.smt, 1_800_000)).toBe(SUCCESS);
	});

	it("both have switched it on: it is off when both have let go", () => {
		const { linux, tee } = threeAgents();
		for (const { smt } of [linux, tee]) expect(config(smt, ON)).toBe(SUCCESS);
		expect(set(tee.smt, 3_000_000)).toBe(DENIED);
		expect(config(tee.smt, OFF)).toBe(SUCCESS);
		linux.smt.expect(VOLTAGE, 0x6, u32(LDO5), u32(ON));
		expect(config(tee.smt, OFF)).toBe(DENIED);
		expect(config(linux.smt, OFF)).toBe(SUCCESS);
		linux.smt.expect(VOLTAGE, 0x6, u32(LDO5), u32(OFF));
	});

	it("an agent that is reset lets go: off is what it alone had switched on", () => {
		const { engine, linux, tee } = threeAgents();
		for (const { smt } of [linux, tee]) expect(config(smt, ON)).toBe(SUCCESS);
		engine.resetAgent("tee");
		linux.smt.expect(VOLTAGE, 0x6, u32(LDO5), u32(ON));
		expect(set(linux.smt, 3_000_000)).toBe(SUCCESS);
		engine.resetAgent("linux");
		tee.smt.expect(VOLTAGE, 0x6, u32(LDO5), u32(OFF));
	});
});

describe("reset lines", () => {
	const resetGpu = (smt: Smt, flags = 1) =>
		smt.status(RESET, 0x4, u32(GPU_RESET, flags, 0));

	it.each([
		[
			"the domain",
			(smt: Smt, on: boolean) =>
				smt.status(POWER, 0x4, u32(0, GPU_DOMAIN, on ? 0 : 0x4000_0000)),
		],
		[
			"a clock",
			(smt: Smt, on: boolean) =>
				smt.status(CLOCK, 0x7, u32(clockId("gpu3d_core"), on ? 1 : 0, 0)),
		],
	] as const)("of a device of which another agent holds %s", (_, hold) => {
		const { linux, tee } = threeAgents();
		hold(linux.smt, true);
		expect(resetGpu(linux.smt)).toBe(SUCCESS);
		hold(tee.smt, true);
		for (const flags of [1, 2, 0, 5])
			expect(resetGpu(linux.smt, flags)).toBe(DENIED);
		hold(linux.smt, false);
		expect(resetGpu(tee.smt)).toBe(SUCCESS);
		hold(tee.smt, false);
		expect(resetGpu(linux.smt)).toBe(SUCCESS);
	});

	it("but not one that is not permitted to use it", () => {
		const { linux, tee } = threeAgents();
		enable(linux.smt, "gpu3d_core");
		tee.smt.expect(0x10, 0x9, u32(LINUX, 1, 0), []);
		expect(resetGpu(tee.smt)).toBe(SUCCESS);
	});
});

describe("performance", () => {
	const level = (smt: Smt, value: number) =>
		smt.status(PERFORMANCE, 0x7, u32(0, value));
	const limits = (smt: Smt, highest: number, lowest: number) =>
		smt.status(PERFORMANCE, 0x5, u32(0, highest, lowest));

	it("limits are what all agents allow", () => {
		const { linux, tee } = threeAgents();
		expect(limits(linux.smt, 3, 2)).toBe(SUCCESS);
		expect(limits(tee.smt, 2, 1)).toBe(SUCCESS);
		for (const { smt } of [linux, tee])
			smt.expect(PERFORMANCE, 0x6, u32(0), u32(2, 2));
		expect(level(tee.smt, 3)).toBe(-5);
		// Its own limits, not the others' too, are what an agent takes back.
		expect(limits(tee.smt, 3, 1)).toBe(SUCCESS);
		tee.smt.expect(PERFORMANCE, 0x6, u32(0), u32(3, 2));
		expect(level(tee.smt, 3)).toBe(SUCCESS);
	});

	it("limits that leave nothing in common are DENIED", () => {
		const { linux, tee } = threeAgents();
		expect(limits(linux.smt, 3, 3)).toBe(SUCCESS);
		expect(limits(tee.smt, 2, 1)).toBe(DENIED);
		tee.smt.expect(PERFORMANCE, 0x6, u32(0), u32(3, 3));
	});

	it("of several agents' levels the last one is in force", () => {
		const { linux, tee } = threeAgents();
		expect(level(linux.smt, 3)).toBe(SUCCESS);
		expect(level(tee.smt, 2)).toBe(SUCCESS);
		linux.smt.expect(PERFORMANCE, 0x8, u32(0), u32(2));
	});

	it.each([
		["clock", (smt: Smt) => smt.status(CLOCK, 0x7, u32(clockId("arm"), 1, 0))],
		["rail", (smt: Smt) => smt.status(VOLTAGE, 0x7, u32(BUCK2, 0, 1_300_000))],
	] as const)("DENIED while another agent holds its %s", (_, hold) => {
		const { linux, tee } = threeAgents();
		expect(level(linux.smt, 1)).toBe(SUCCESS);
		expect(hold(tee.smt)).toBe(SUCCESS);
		expect(level(linux.smt, 2)).toBe(DENIED);
		expect(limits(linux.smt, 3, 2)).toBe(DENIED);
		expect(level(tee.smt, 2)).toBe(SUCCESS);
	});
});

it("a single agent meets none of this", () => {
	const { linux } = threeAgents({
		...THREE_AGENTS,
		agents: ["linux"],
		agentRights: {},
		channels: THREE_AGENTS.channels.filter(({ agent }) => agent === "linux"),
		blocks: THREE_AGENTS.blocks,
	});
	enable(linux.smt, "uart2_root_clk");
	expect(trySetRate(linux.smt, "uart2", 12_000_000n)).toBe(SUCCESS);
	expect(tryParent(linux.smt, "uart2", "sys_pll1_80m")).toBe(SUCCESS);
});
