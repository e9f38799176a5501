// Notifications of the clock protocol: who is told of which rate, when, and in whose name.
// SCMI 3.2 (Arm DEN0056E), section 4.6.4: payloads by their offsets.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import {
	rateById,
	setParent,
	setRate,
	trySetRate,
} from "../support/clock-calls.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import { Inbox, TEE_TX, TWO_AGENTS } from "../support/inbox.ts";
import { CLOCK, headerOf, Smt, u32, u64 } from "../support/smt.ts";
import {
	CHANGED,
	LINUX,
	PLATFORM,
	REQUESTED,
	rateMessage,
	setup,
	TEE,
	watchRate,
	watchRateRequests,
} from "../support/watches.ts";

/** CCM_TARGET_ROOT of uart2, and of the slice that ipg_root divides. */
const UART2_ROOT = 0x3038_af80;
const AHB_ROOT = 0x3038_9000;

describe("CLOCK_RATE_CHANGED", () => {
	const uart2 = clockId("uart2");

	it("names the agent that has set the rate, to all who watch, itself included", () => {
		const { linux, tee, toLinux, toTee } = setup();
		watchRate(linux, uart2);
		watchRate(tee, uart2);
		setRate(tee, "uart2", 12_000_000n);
		const told = [rateMessage(CHANGED, TEE, uart2, 12_000_000n)];
		expect(toLinux.all()).toEqual(told);
		expect(toTee.all()).toEqual(told);
	});

	it("is not sent for a rate that stays, nor to agents that have not asked", () => {
		const { linux, tee, toLinux, toTee } = setup();
		watchRate(linux, uart2);
		setRate(tee, "uart2", 24_000_000n);
		setRate(tee, "uart1", 12_000_000n);
		expect(trySetRate(tee, "uart2", 1n)).not.toBe(0);
		expect(toLinux.busy).toBe(false);
		setRate(tee, "uart2", 6_000_000n);
		expect(toTee.busy).toBe(false);
		expect(toLinux.all()).toHaveLength(1);
	});

	it("comes once however often one has subscribed, and no more after the first end", () => {
		const { linux, toLinux } = setup();
		watchRate(linux, uart2);
		watchRate(linux, uart2);
		setRate(linux, "uart2", 12_000_000n);
		expect(toLinux.all()).toHaveLength(1);
		watchRate(linux, uart2, 0);
		setRate(linux, "uart2", 6_000_000n);
		expect(toLinux.busy).toBe(false);
		watchRate(linux, uart2, 0);
		// What has changed meanwhile is not news.
		watchRate(linux, uart2);
		expect(toLinux.busy).toBe(false);
		setRate(linux, "uart2", 6_000_000n);
		expect(toLinux.busy).toBe(false);
		setRate(linux, "uart2", 3_000_000n);
		expect(toLinux.all()).toEqual([
			rateMessage(CHANGED, LINUX, uart2, 3_000_000n),
		]);
	});

	it("ends for one agent, not for the other", () => {
		const { linux, tee, toLinux, toTee } = setup();
		watchRate(linux, uart2);
		watchRate(tee, uart2);
		watchRate(linux, uart2, 0);
		setRate(linux, "uart2", 12_000_000n);
		expect(toLinux.busy).toBe(false);
		expect(toTee.all()).toEqual([
			rateMessage(CHANGED, LINUX, uart2, 12_000_000n),
		]);
	});

	it("a parent retuned: told of what hangs on it, in the order of the IDs", () => {
		const { linux, tee, toTee } = setup();
		for (const name of ["gpu_pll_out", "gpu_pll", "gpu_axi"])
			watchRate(tee, clockId(name));
		const gate = clockId("gpu_pll_out");
		setParent(linux, "gpu_axi", "gpu_pll_out");
		toTee.all();
		setRate(linux, "gpu_pll_out", 1_200_000_000n);
		const axi = rateById(linux, clockId("gpu_axi"));
		expect(toTee.all()).toEqual([
			rateMessage(CHANGED, LINUX, clockId("gpu_pll"), 1_200_000_000n),
			rateMessage(CHANGED, LINUX, gate, 1_200_000_000n),
			rateMessage(CHANGED, LINUX, clockId("gpu_axi"), axi),
		]);
	});

	it("a mux moved", () => {
		const { linux, toLinux } = setup();
		watchRate(linux, uart2);
		setParent(linux, "uart2", "sys_pll1_80m");
		expect(toLinux.all()).toEqual([
			rateMessage(CHANGED, LINUX, uart2, 80_000_000n),
		]);
	});

	it("a register written from outside: the platform's doing, told at once", () => {
		const { engine, linux, toLinux } = setup();
		const ipg = clockId("ipg_root");
		watchRate(linux, uart2);
		watchRate(linux, ipg);
		const before = rateById(linux, ipg);
		engine.write32(UART2_ROOT, engine.read32(UART2_ROOT) | 1);
		expect(toLinux.busy).toBe(true);
		// POSTDIV of the parent's slice by its SET alias.
		engine.write32(AHB_ROOT + 4, 3);
		expect(toLinux.all()).toEqual([
			rateMessage(CHANGED, PLATFORM, uart2, 12_000_000n),
			rateMessage(CHANGED, PLATFORM, ipg, before / 4n),
		]);
	});

	it("an alias is told of under its own ID, and the clock behind it under its", () => {
		const { linux, toLinux } = setup();
		const slice = clockId("arm_a53_div");
		watchRate(linux, 66);
		watchRate(linux, 71);
		watchRate(linux, slice);
		watchRate(linux, 66, 0);
		setParent(linux, "arm_a53_div", "osc_24m");
		expect(toLinux.all()).toEqual([
			rateMessage(CHANGED, LINUX, 71, 24_000_000n),
			rateMessage(CHANGED, LINUX, slice, 24_000_000n),
		]);
	});

	it("two changes in one trap, by two agents: each in its own name", () => {
		const areas = TWO_AGENTS.channels.map((channel) =>
			channel.fromPlatform ? channel : { ...channel, functionId: 0xc200_00fe },
		);
		const channels = [...areas].sort((a, b) => a.functionId - b.functionId);
		const engine = createEngine({ ...TWO_AGENTS, channels });
		const linux = new Smt(engine);
		const tee = new Smt(engine, { ...TEE_TX, functionId: 0xc200_00fe });
		const uart1 = clockId("uart1");
		watchRate(linux, uart1);
		watchRate(linux, uart2);
		const half = (clock: number) => [...u32(0, clock), ...u64(12_000_000n)];
		linux.write(headerOf(CLOCK, 0x5), half(uart2));
		tee.write(headerOf(CLOCK, 0x5), half(uart1));
		expect(linux.trap()).toBe(0n);
		expect(new Inbox(engine).all()).toEqual([
			rateMessage(CHANGED, LINUX, uart2, 12_000_000n),
			rateMessage(CHANGED, TEE, uart1, 12_000_000n),
		]);
	});

	it("whatever happens, the rate told last is the rate", () => {
		const watched = ["uart2", "ipg_root", "gpu_pll_out", "sai1", "audio_pll1"];
		const roots = [UART2_ROOT, AHB_ROOT, 0x3038_a580, 0x3036_0004];
		const { engine, linux, tee, toTee } = setup();
		const known = new Map(
			watched.map((name) => [clockId(name), rateById(tee, clockId(name))]),
		);
		for (const id of known.keys()) watchRate(tee, id);
		fc.assert(
			fc.property(
				fc.constantFrom(...watched),
				fc.bigInt(0n, 2_000_000_000n),
				fc.constantFrom(...roots),
				fc.nat(0xffff_ffff),
				fc.boolean(),
				(name, hz, root, word, write) => {
					if (write) engine.write32(root, word);
					else trySetRate(linux, name, hz, 8);
					for (const { payload } of toTee.all()) {
						const view = new DataView(new Uint8Array(payload).buffer);
						expect(view.getUint32(0, true)).toBe(write ? PLATFORM : LINUX);
						const id = view.getUint32(4, true);
						expect(known.get(id)).not.toBe(view.getBigUint64(8, true));
						known.set(id, view.getBigUint64(8, true));
					}
					for (const [id, rate] of known)
						expect(rateById(linux, id)).toBe(rate);
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe("CLOCK_RATE_CHANGE_REQUESTED", () => {
	const uart2 = clockId("uart2");

	it("tells the others of the rate as it was asked for, before it tells of the change", () => {
		const { linux, tee, toLinux, toTee } = setup();
		for (const smt of [linux, tee]) {
			watchRateRequests(smt, uart2);
			watchRate(smt, uart2);
		}
		setRate(linux, "uart2", 13_000_000n);
		const change = rateMessage(CHANGED, LINUX, uart2, 12_000_000n);
		expect(toLinux.all()).toEqual([change]);
		expect(toTee.all()).toEqual([
			rateMessage(REQUESTED, LINUX, uart2, 13_000_000n),
			change,
		]);
	});

	it("also when the rate stays; not when the request was refused, nor for other clocks", () => {
		const { linux, tee, toTee } = setup();
		watchRateRequests(tee, uart2);
		setRate(linux, "uart2", 2n ** 40n);
		expect(trySetRate(linux, "uart2", 1n)).not.toBe(0);
		setRate(linux, "uart1", 12_000_000n);
		setParent(linux, "uart2", "sys_pll1_80m");
		expect(toTee.all()).toEqual([
			rateMessage(REQUESTED, LINUX, uart2, 2n ** 40n),
		]);
		watchRateRequests(tee, uart2, 0);
		setRate(linux, "uart2", 12_000_000n);
		expect(toTee.busy).toBe(false);
	});

	it("by an alias for a clock, by a clock for its alias", () => {
		const { linux, tee, toTee } = setup();
		const slice = clockId("arm_a53_div");
		watchRateRequests(tee, 66);
		watchRateRequests(tee, slice);
		const hz = rateById(linux, slice);
		linux.expect(CLOCK, 0x5, [...u32(0, 71), ...u64(hz)], []);
		expect(toTee.all()).toEqual([
			rateMessage(REQUESTED, LINUX, 66, hz),
			rateMessage(REQUESTED, LINUX, slice, hz),
		]);
	});
});
