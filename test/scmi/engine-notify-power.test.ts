// Notifications of the power domain and base protocols: who is told of which state, of which error, and in whose name.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.3.1 and 4.3.3: payloads by their offsets.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	isPowered,
	POWER_OFF,
	POWER_ON,
	power,
	setRate,
} from "../support/clock-calls.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import { notification, TWO_AGENTS } from "../support/inbox.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	POWER,
	PROTOCOL_ERROR,
	u32,
} from "../support/smt.ts";
import {
	CHANGED,
	LINUX,
	PLATFORM,
	REQUESTED,
	setup,
	stateMessage,
	TEE,
	watchRate,
	watchRateRequests,
	watchState,
	watchStateRequests,
} from "../support/watches.ts";

const HARDWARE_ERROR = -9;

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

	it("the same, while an asynchronous command of an agent waits behind it", () => {
		const { engine, linux, tee, toLinux } = setup();
		watchState(linux, 2);
		watchState(linux, 3);
		requestFromOutside(engine);
		engine.advance(25_000);
		tee.expect(POWER, 0x4, u32(1, 3, POWER_ON), []);
		engine.advance(20_000);
		expect(toLinux.all()).toEqual([
			stateMessage(CHANGED, PLATFORM, 2, POWER_ON),
			stateMessage(CHANGED, TEE, 3, POWER_ON),
		]);
	});

	it("a handshake written from outside: told when the bus has acknowledged it", () => {
		const { engine, linux, toLinux } = setup();
		watchState(linux, 0);
		// PU_PWRHSK, the requests of hsiomix.
		engine.write32(0x303a_01fc, (1 << 5) | (1 << 6));
		engine.advance(1_999);
		expect(toLinux.busy).toBe(false);
		engine.advance(1);
		expect(toLinux.all()).toEqual([
			stateMessage(CHANGED, PLATFORM, 0, POWER_ON),
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
		const { linux, tee, toLinux, toTee } = setup(BROKEN);
		linux.expect(BASE, 0x8, u32(1), []);
		tee.expect(BASE, 0x8, u32(1), []);
		const header = headerOf(POWER, 0x4, 0x155);
		const { payload } = linux.send(header, u32(0, 0, POWER_ON));
		expect(payload).toEqual(u32(HARDWARE_ERROR >>> 0));
		expect(toLinux.all()).toEqual([
			errorMessage(LINUX, header, HARDWARE_ERROR),
		]);
		expect(toTee.busy).toBe(false);
	});

	it("an asynchronous one, when it was carried out", () => {
		const { engine, linux, toLinux } = setup(BROKEN);
		linux.expect(BASE, 0x8, u32(1), []);
		const header = headerOf(POWER, 0x4, 0x2aa);
		const { payload } = linux.send(header, u32(1, 0, POWER_ON));
		expect(payload).toEqual(u32(0));
		expect(toLinux.busy).toBe(false);
		engine.advance(20_000);
		expect(toLinux.all()).toEqual([
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
