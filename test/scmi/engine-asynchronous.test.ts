// Asynchronous CLOCK_RATE_SET and POWER_STATE_SET: when they are carried out, what follows, how many may be pending.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (tokens), 4.3.2.6, 4.6.2.7 and 4.6.3.1.

import { describe, expect, it } from "vitest";
import { Channel } from "../../assembly/image.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	enable,
	isPowered,
	POWER_OFF,
	POWER_ON,
	power,
	rate,
	setParent,
	setRate,
} from "../support/clock-calls.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import {
	channelState,
	DELAYED_RESPONSE,
	Inbox,
	notification,
	TEE_RX,
	TEE_TX,
	TWO_AGENTS,
} from "../support/inbox.ts";
import {
	CLOCK,
	DENIED,
	headerOf,
	POWER,
	Smt,
	SUCCESS,
	u32,
	u64,
} from "../support/smt.ts";

const BUSY = -6;
const ASYNC = 1;
const NO_RESPONSE = 2;
/** ns until the firmware turns to an asynchronous command. */
const LATER = 10_000;
const uart2 = clockId("uart2");

/** The delayed response to CLOCK_RATE_SET with a token. */
function response(token: number, status: number, clock: number, hz: bigint) {
	return {
		header: headerOf(CLOCK, 0x5, token, DELAYED_RESPONSE),
		payload: [...u32(status >>> 0, clock), ...u64(hz)],
	};
}

/** Sends an asynchronous CLOCK_RATE_SET; returns the reply's status. */
function request(
	smt: Smt,
	clock: number,
	hz: bigint,
	token = 0,
	flags = 0,
): number {
	const payload = [...u32(ASYNC | flags, clock), ...u64(hz)];
	const reply = smt.send(headerOf(CLOCK, 0x5, token), payload);
	expect(reply).toMatchObject({ x0: 0n, channel: 1, length: 8 });
	const status = new Int32Array(new Uint8Array(reply.payload).buffer);
	return status[0] as number;
}

describe("asynchronous CLOCK_RATE_SET", () => {
	it("replies at once and changes the rate later, with the command's token in the response", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		expect(request(smt, uart2, 13_000_000n, 0x2a5)).toBe(SUCCESS);
		engine.advance(LATER - 1);
		expect(engine.read32(0x3038_af80) & 0x3f).toBe(0);
		expect(inbox.busy).toBe(false);
		engine.advance(1);
		expect(engine.read32(0x3038_af80) & 0x3f).toBe(1);
		expect(inbox.all()).toEqual([response(0x2a5, SUCCESS, uart2, 12_000_000n)]);
		engine.advance(1_000_000);
		expect(inbox.busy).toBe(false);
	});

	it("rounds as its flags say", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		for (const [flags, hz] of [
			[0, 12_000_000n],
			[4, 24_000_000n],
			[8, 12_000_000n],
			[12, 12_000_000n],
		] as const) {
			setRate(smt, "uart2", 6_000_000n);
			request(smt, uart2, 13_000_000n, 0, flags);
			engine.advance(LATER);
			expect(inbox.all()).toEqual([response(0, SUCCESS, uart2, hz)]);
		}
	});

	it("a PLL's response comes when it has locked", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		const gate = clockId("gpu_pll_out");
		enable(smt, "gpu_pll_out");
		request(smt, gate, 1_200_000_000n);
		const before = engine.timeNs;
		// GNRL_CTL's LOCK, and what was set before.
		expect(engine.read32(0x3036_0064) >>> 31).toBe(1);
		const setting = engine.read32(0x3036_0068);
		engine.advance(LATER - 1);
		expect(engine.read32(0x3036_0068)).toBe(setting);
		engine.advance(1);
		expect(inbox.all()).toEqual([response(0, SUCCESS, gate, 1_200_000_000n)]);
		// 270 cycles of 24 MHz divided by the pdiv.
		const pdiv = (engine.read32(0x3036_0068) >>> 4) & 0x3f;
		expect(engine.read32(0x3036_0064) >>> 31).toBe(1);
		const rung = 1_000;
		expect(engine.timeNs - before).toBe(
			LATER + Math.floor((270 * pdiv * 1e9) / 24e6) + rung,
		);
	});

	it("with the response not wanted: the change, and nothing else", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		expect(request(smt, uart2, 12_000_000n, 1, NO_RESPONSE)).toBe(SUCCESS);
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(0);
		engine.advance(LATER);
		expect(rate(smt, "uart2")).toBe(12_000_000n);
		expect(inbox.busy).toBe(false);
	});

	it("the flag without the asynchronous one is ignored: nothing follows a synchronous change", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		smt.expect(
			CLOCK,
			0x5,
			[...u32(NO_RESPONSE, uart2), ...u64(12_000_000n)],
			[],
		);
		engine.advance(LATER);
		expect(new Inbox(engine).busy).toBe(false);
	});

	it("names an alias as the agent did", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		const hz = rate(smt, "arm_a53_div");
		request(smt, 66, hz);
		engine.advance(LATER);
		expect(new Inbox(engine).all()).toEqual([response(0, SUCCESS, 66, hz)]);
	});

	it("is DENIED when the rate has come out of reach, and tells the rate that there is", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		setParent(smt, "uart2", "sys_pll1_80m");
		request(smt, uart2, 80_000_000n, 3, 4);
		setParent(smt, "uart2", "osc_24m");
		engine.advance(LATER);
		expect(new Inbox(engine).all()).toEqual([
			response(3, DENIED, uart2, 24_000_000n),
		]);
	});

	it("a trap in between is served first, a trap behind it later", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		request(smt, uart2, 12_000_000n);
		expect(rate(smt, "uart2")).toBe(24_000_000n);
		setRate(smt, "uart2", 6_000_000n);
		engine.advance(LATER - 4_000);
		expect(inbox.busy).toBe(false);
		expect(rate(smt, "uart2")).toBe(12_000_000n);
		expect(inbox.busy).toBe(true);
	});

	it("those of one time are carried out in their order", () => {
		const platform = { ...TWO_AGENTS, trapNs: 0 };
		const engine = createEngine(platform);
		const [linux, tee] = [new Smt(engine), new Smt(engine, TEE_TX)];
		linux.expect(CLOCK, 0x9, u32(uart2, 1), []);
		request(linux, uart2, 12_000_000n, 1);
		request(tee, uart2, 6_000_000n, 2);
		request(linux, uart2, 3_000_000n, 3);
		engine.advance(LATER);
		const changed = (agent: number, hz: bigint) =>
			notification(CLOCK, 0x0, [...u32(agent, uart2), ...u64(hz)]);
		expect(new Inbox(engine).all()).toEqual([
			response(1, SUCCESS, uart2, 12_000_000n),
			changed(1, 12_000_000n),
			changed(2, 6_000_000n),
			response(3, SUCCESS, uart2, 3_000_000n),
			changed(1, 3_000_000n),
		]);
		expect(new Inbox(engine, TEE_RX).all()).toEqual([
			response(2, SUCCESS, uart2, 6_000_000n),
		]);
	});

	it("others are told of the request when it comes, once", () => {
		const engine = createEngine(TWO_AGENTS);
		const [linux, tee] = [new Smt(engine), new Smt(engine, TEE_TX)];
		const toTee = new Inbox(engine, TEE_RX);
		tee.expect(CLOCK, 0xa, u32(uart2, 1), []);
		request(linux, uart2, 13_000_000n);
		expect(toTee.all()).toEqual([
			notification(CLOCK, 0x1, [...u32(1, uart2), ...u64(13_000_000n)]),
		]);
		engine.advance(LATER);
		expect(toTee.busy).toBe(false);
	});

	it("four may be pending for each agent, then BUSY, until one is done", () => {
		const engine = createEngine({ ...TWO_AGENTS, trapNs: 1 });
		const [linux, tee] = [new Smt(engine), new Smt(engine, TEE_TX)];
		const inbox = new Inbox(engine);
		const ids = ["uart1", "uart2", "uart3", "uart4", "i2c1"].map(clockId);
		const ask = (smt: Smt, flags = 0) =>
			ids.map((id, i) => request(smt, id, 12_000_000n, i, flags));
		expect(ask(linux)).toEqual([0, 0, 0, 0, BUSY]);
		expect(ask(tee, NO_RESPONSE)).toEqual([0, 0, 0, 0, BUSY]);
		engine.advance(LATER);
		expect(inbox.all().map(({ header }) => (header >>> 18) & 0x3ff)).toEqual([
			0, 1, 2, 3,
		]);
		expect(rate(linux, "i2c1")).toBe(24_000_000n);
		expect(ask(linux)).toEqual([0, 0, 0, 0, BUSY]);
	});
});

describe("asynchronous POWER_STATE_SET", () => {
	const otg1 = 2;
	const setLater = (smt: Smt, domain: number, state: number) =>
		smt.expect(POWER, 0x4, u32(ASYNC, domain, state), []);

	it("replies at once and switches later, without a response of its own", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		setLater(smt, otg1, POWER_ON);
		expect(isPowered(smt, otg1)).toBe(false);
		expect(engine.powerDomainRequests(otg1)).toBe(0);
		engine.advance(LATER);
		expect(engine.powerDomainRequests(otg1)).toBe(2);
		expect(isPowered(smt, otg1)).toBe(true);
		setLater(smt, otg1, POWER_OFF);
		expect(isPowered(smt, otg1)).toBe(true);
		engine.advance(LATER);
		expect(isPowered(smt, otg1)).toBe(false);
		expect(inbox.busy).toBe(false);
	});

	it("takes the time of the switches, and tells who watches when it is done", () => {
		const engine = createEngine();
		const [smt, inbox] = [new Smt(engine), new Inbox(engine)];
		smt.expect(POWER, 0x6, u32(otg1, 1), []);
		setLater(smt, otg1, POWER_ON);
		const before = engine.timeNs;
		engine.advance(LATER - 1);
		expect(inbox.busy).toBe(false);
		engine.advance(1);
		// Handshakes of hsiomix, then the region's switch.
		expect(engine.timeNs - before).toBe(LATER + 2_000 + 30_000);
		expect(inbox.all()).toEqual([
			notification(POWER, 0x0, u32(1, otg1, POWER_ON)),
		]);
	});

	it("overwrites what was set in the meantime", () => {
		const engine = createEngine({ ...IMX8MM, trapNs: 1 });
		const smt = new Smt(engine);
		power(smt, otg1, true);
		setLater(smt, otg1, POWER_ON);
		power(smt, otg1, false);
		engine.advance(LATER);
		expect(isPowered(smt, otg1)).toBe(true);
	});

	it("is BUSY when no more fits into the events, and nothing of it happens", () => {
		const engine = createEngine({ ...TWO_AGENTS, trapNs: 0 });
		const [linux, tee] = [new Smt(engine), new Smt(engine, TEE_TX)];
		tee.expect(POWER, 0x7, u32(5, 1), []);
		for (let i = 0; i < 64; i++) setLater(linux, otg1, POWER_ON);
		linux.refuse(POWER, 0x4, u32(ASYNC, 5, POWER_ON), BUSY);
		expect(request(linux, uart2, 12_000_000n)).toBe(BUSY);
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(0);
		expect(new Inbox(engine, TEE_RX).busy).toBe(false);
		engine.advance(LATER);
		expect([2, 5].map((id) => isPowered(linux, id))).toEqual([true, false]);
		expect(request(linux, uart2, 12_000_000n)).toBe(SUCCESS);
	});
});
