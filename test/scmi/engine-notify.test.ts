// Notifications of the base, power domain and clock protocols: who is told what, when, and in whose name.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.3.1, 4.3.3 and 4.6.4: payloads by their offsets.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	isPowered,
	POWER_OFF,
	POWER_ON,
	power,
	rateById,
	setParent,
	setRate,
	trySetRate,
} from "../support/clock-calls.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import {
	Inbox,
	notification,
	TEE_RX,
	TEE_TX,
	TWO_AGENTS,
} from "../support/inbox.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	PROTOCOL_ERROR,
	Smt,
	u32,
	u64,
} from "../support/smt.ts";

const PLATFORM = 0;
const LINUX = 1;
const TEE = 2;
const HARDWARE_ERROR = -9;
const CHANGED = 0x0;
const REQUESTED = 0x1;
const POWER = 0x11;

/** CCM_TARGET_ROOT of uart2, and of the slice that ipg_root divides. */
const UART2_ROOT = 0x3038_af80;
const AHB_ROOT = 0x3038_9000;

function setup() {
	const engine = createEngine(TWO_AGENTS);
	return {
		engine,
		linux: new Smt(engine),
		tee: new Smt(engine, TEE_TX),
		toLinux: new Inbox(engine),
		toTee: new Inbox(engine, TEE_RX),
	};
}

function watchRate(smt: Smt, clock: number, enable = 1): void {
	smt.expect(CLOCK, 0x9, u32(clock, enable), []);
}

function watchRateRequests(smt: Smt, clock: number, enable = 1): void {
	smt.expect(CLOCK, 0xa, u32(clock, enable), []);
}

function watchState(smt: Smt, domain: number, enable = 1): void {
	smt.expect(POWER, 0x6, u32(domain, enable), []);
}

function watchStateRequests(smt: Smt, domain: number, enable = 1): void {
	smt.expect(POWER, 0x7, u32(domain, enable), []);
}

function rateMessage(what: number, agent: number, clock: number, hz: bigint) {
	return notification(CLOCK, what, [...u32(agent, clock), ...u64(hz)]);
}

function stateMessage(
	what: number,
	agent: number,
	domain: number,
	state: number,
) {
	return notification(POWER, what, u32(agent, domain, state));
}

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

describe("POWER_STATE_CHANGED and POWER_STATE_CHANGE_REQUESTED", () => {
	const [gpumix, gpu] = [4, 5];

	it("a domain and the one around it, in the name of the agent that asked", () => {
		const { linux, tee, toTee } = setup();
		watchState(tee, gpumix);
		watchState(tee, gpu);
		power(linux, gpu, true);
		power(linux, gpu, true);
		expect(toTee.all()).toEqual([
			stateMessage(CHANGED, LINUX, gpumix, POWER_ON),
			stateMessage(CHANGED, LINUX, gpu, POWER_ON),
		]);
		power(tee, gpumix, true);
		power(linux, gpu, false);
		expect(toTee.all()).toEqual([stateMessage(CHANGED, LINUX, gpu, POWER_OFF)]);
		watchState(tee, gpu, 0);
		power(tee, gpumix, false);
		expect(toTee.all()).toEqual([
			stateMessage(CHANGED, TEE, gpumix, POWER_OFF),
		]);
	});

	it("requests of the others, kept or not", () => {
		const { linux, tee, toLinux, toTee } = setup();
		watchStateRequests(linux, gpu);
		watchStateRequests(tee, gpu);
		power(linux, gpu, true);
		power(linux, gpu, true);
		power(tee, gpu, true);
		power(linux, gpu, false);
		expect(toLinux.all()).toEqual([
			stateMessage(REQUESTED, TEE, gpu, POWER_ON),
		]);
		expect(toTee.all()).toEqual([
			stateMessage(REQUESTED, LINUX, gpu, POWER_ON),
			stateMessage(REQUESTED, LINUX, gpu, POWER_ON),
			stateMessage(REQUESTED, LINUX, gpu, POWER_OFF),
		]);
		expect(isPowered(linux, gpu)).toBe(true);
	});

	// GPC: PGC_A53_MAPPING, PU_PGC_SW_PUP_REQ; bits of usb-otg1.
	function requestFromOutside(engine: Engine): void {
		engine.write32(0x303a_00ec, 1 << 4);
		engine.write32(0x303a_00f8, 1 << 2);
	}

	it("a request bit written from outside: told when the region has power", () => {
		const { engine, linux, toLinux } = setup();
		watchState(linux, 2);
		requestFromOutside(engine);
		engine.advance(29_999);
		expect(toLinux.busy).toBe(false);
		engine.advance(1);
		expect(toLinux.all()).toEqual([
			stateMessage(CHANGED, PLATFORM, 2, POWER_ON),
		]);
	});

	it("the same, found by the next command: still the platform's doing", () => {
		const { engine, linux, tee, toLinux } = setup();
		watchState(linux, 2);
		requestFromOutside(engine);
		engine.advance(29_500);
		setRate(tee, "uart1", 12_000_000n);
		expect(toLinux.all()).toEqual([
			stateMessage(CHANGED, PLATFORM, 2, POWER_ON),
		]);
	});
});

describe("speaking another version of a protocol", () => {
	it("ends the agent's subscriptions in it, and no others", () => {
		const { linux, tee, toLinux, toTee } = setup();
		const uart2 = clockId("uart2");
		for (const smt of [linux, tee]) {
			watchRate(smt, uart2);
			watchRateRequests(smt, uart2);
			watchState(smt, 2);
			watchStateRequests(smt, 2);
			smt.expect(BASE, 0x8, u32(1), []);
		}
		linux.expect(CLOCK, 0x10, u32(0x30000), []);
		setRate(tee, "uart2", 12_000_000n);
		power(tee, 2, true);
		linux.send(headerOf(BASE, 0), [], 0);
		expect(toLinux.all()).toHaveLength(3);
		linux.expect(POWER, 0x10, u32(0x30001), []);
		power(tee, 2, false);
		linux.send(headerOf(BASE, 0), [], 0);
		expect(toLinux.all()).toHaveLength(1);
		linux.expect(BASE, 0x10, u32(0x20001), []);
		linux.send(headerOf(BASE, 0), [], 0);
		expect(toLinux.busy).toBe(false);
		expect(toTee.all()).toHaveLength(3);
	});
});

describe("BASE_ERROR_EVENT", () => {
	/** A controller whose handshake register takes no requests: hsiomix, domain 0, never gets an answer. */
	const controller = IMX8MM.powerController;
	if (controller === null) throw new Error("no power controller");
	const BROKEN = {
		...TWO_AGENTS,
		powerController: { ...controller, handshake: controller.upRequest },
	};

	function errorMessage(agent: number, header: number, status: number) {
		return notification(BASE, 0x0, u32(agent, 1, header, status >>> 0));
	}

	it("a command that ended because of hardware: its header and its status", () => {
		const engine = createEngine(BROKEN);
		const [linux, tee] = [new Smt(engine), new Smt(engine, TEE_TX)];
		linux.expect(BASE, 0x8, u32(1), []);
		tee.expect(BASE, 0x8, u32(1), []);
		const header = headerOf(POWER, 0x4, 0x155);
		const { payload } = linux.send(header, u32(0, 0, POWER_ON));
		expect(payload).toEqual(u32(HARDWARE_ERROR >>> 0));
		expect(new Inbox(engine).all()).toEqual([
			errorMessage(LINUX, header, HARDWARE_ERROR),
		]);
		expect(new Inbox(engine, TEE_RX).busy).toBe(false);
	});

	it("an asynchronous one, when it was carried out", () => {
		const engine = createEngine(BROKEN);
		const linux = new Smt(engine);
		linux.expect(BASE, 0x8, u32(1), []);
		const header = headerOf(POWER, 0x4, 0x2aa);
		const { payload } = linux.send(header, u32(1, 0, POWER_ON));
		expect(payload).toEqual(u32(0));
		expect(new Inbox(engine).busy).toBe(false);
		engine.advance(20_000);
		expect(new Inbox(engine).all()).toEqual([
			errorMessage(LINUX, header, HARDWARE_ERROR),
		]);
	});

	it.each([0, 3, 0x200, 0xffff_ffff])(
		"a message that the channel refused, of length %i",
		(length) => {
			const { tee, toTee, toLinux } = setup();
			tee.expect(BASE, 0x8, u32(1), []);
			const header = headerOf(CLOCK, 0x6, 7);
			tee.send(header, u32(2), length);
			expect(toTee.all()).toEqual([errorMessage(TEE, header, PROTOCOL_ERROR)]);
			expect(toLinux.busy).toBe(false);
		},
	);

	it("nothing else that goes wrong, and nothing unless asked for", () => {
		const { linux, toLinux } = setup();
		linux.send(headerOf(BASE, 0), [], 0);
		expect(toLinux.busy).toBe(false);
		linux.expect(BASE, 0x8, u32(1), []);
		linux.send(headerOf(CLOCK, 0x6), [1, 2]);
		linux.send(headerOf(CLOCK, 0x6), u32(15));
		linux.send(headerOf(0x77, 0x6), []);
		linux.send(headerOf(BASE, 0, 0, 1), []);
		expect(toLinux.busy).toBe(false);
		linux.expect(BASE, 0x8, u32(0), []);
		linux.send(headerOf(BASE, 0), [], 0);
		expect(toLinux.busy).toBe(false);
	});
});
