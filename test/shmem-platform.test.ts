// The platform-to-agent channel: how a message lies in its area, doorbells, order, and an agent that does not read.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2: status +0x4, flags +0x10, length +0x14, header +0x18, payload +0x1c.

import { describe, expect, it } from "vitest";
import { Channel } from "../assembly/image.ts";
import { Address, State } from "../assembly/layout.ts";
import type { Engine } from "../host/engine.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { setRate } from "./support/clock-calls.ts";
import { clockId } from "./support/imx8mm-facts.ts";
import {
	channelState,
	DELAYED_RESPONSE,
	Inbox,
	notification,
	RX,
	TEE_RX,
	TWO_AGENTS,
} from "./support/inbox.ts";
import {
	CLOCK,
	headerOf,
	NOT_SUPPORTED,
	Smt,
	u32,
	u64,
} from "./support/smt.ts";

const uart2 = clockId("uart2");
/** Messages that wait behind the one in the area. */
const QUEUE = 16;
const INVALID_PARAMETERS = -2;

/** An agent that watches uart2. */
function setup(platform = IMX8MM) {
	const engine = createEngine(platform);
	const smt = new Smt(engine);
	smt.expect(CLOCK, 0x9, u32(uart2, 1), []);
	return { engine, smt, inbox: new Inbox(engine) };
}

/** The i-th of many rates of uart2. */
function nth(i: number): bigint {
	return 24_000_000n / BigInt(i + 2);
}

function change(smt: Smt, i: number): void {
	expect(setRate(smt, "uart2", nth(i))).toBe(nth(i));
}

function told(i: number) {
	return notification(CLOCK, 0x0, [...u32(1, uart2), ...u64(nth(i))]);
}

function allInterrupts(engine: Engine): number {
	const memory = new DataView(engine.buffer);
	return memory.getUint32(Address.STATE + State.INTERRUPTS, true);
}

describe("a message in its area", () => {
	it("is busy, asks for a doorbell, and has length, header and payload in their places", () => {
		const { smt, inbox } = setup();
		const { view } = inbox.smt;
		const area = new Uint8Array(view.buffer, view.byteOffset, RX.size);
		area.fill(0x5a);
		inbox.free();
		change(smt, 0);
		const expected = new Array<number>(RX.size).fill(0x5a);
		const put = (at: number, bytes: number[]) =>
			expected.splice(at, bytes.length, ...bytes);
		put(0x04, u32(0));
		put(0x10, u32(1));
		put(0x14, u32(4 + 16));
		// Protocol 0x14, type 3, message 0, token 0.
		put(0x18, u32((0x14 << 10) | (3 << 8)));
		put(0x1c, [...u32(1, uart2), ...u64(12_000_000n)]);
		expect([...area]).toEqual(expected);
	});

	it("stays until it is read, whatever comes meanwhile", () => {
		const { engine, smt, inbox } = setup();
		for (let i = 0; i < 5; i++) change(smt, i);
		engine.advance(1_000_000);
		expect(inbox.smt.trap()).toBe(0n);
		expect(inbox.smt.read(0n)).toMatchObject({ channel: 0, ...told(0) });
	});

	it("is not written over an area that the agent has made busy itself", () => {
		const { engine, smt, inbox } = setup();
		inbox.smt.write(headerOf(CLOCK, 0x0), []);
		change(smt, 0);
		expect(inbox.smt.read(inbox.smt.trap())).toMatchObject({
			x0: 0n,
			channel: 0,
			header: headerOf(CLOCK, 0x0),
		});
		inbox.free();
		engine.advance(0);
		expect(inbox.all()).toEqual([told(0)]);
	});

	it.each([1, 3, 0xffff_ffff])("status %i is free", (status) => {
		const { smt, inbox } = setup();
		inbox.smt.view.setUint32(0x04, status, true);
		change(smt, 0);
		expect(inbox.all()).toEqual([told(0)]);
	});
});

describe("the next message", () => {
	const DOORBELLS = [
		["SMC", "smc", 0xc200_00ff],
		["HVC, passed on", "hvc", 0xc200_00ff],
		["HVC, the hypervisor's own ID for the same area", "hvc", 0xc600_00ff],
	] as const;

	it.each(DOORBELLS)("comes by doorbell: %s", (_, method, functionId) => {
		const { engine, smt } = setup();
		const inbox = new Inbox(engine, { ...RX, method, functionId });
		for (let i = 0; i < 3; i++) change(smt, i);
		expect(inbox.all()).toEqual([told(0), told(1), told(2)]);
		expect(channelState(engine, 1, Channel.INTERRUPTS)).toBe(3);
	});

	it("comes at the next advance when the agent has freed without ringing", () => {
		const { engine, smt, inbox } = setup();
		for (let i = 0; i < 3; i++) change(smt, i);
		expect(inbox.read()).toEqual(told(0));
		expect(inbox.busy).toBe(false);
		engine.advance(0);
		expect(inbox.read()).toEqual(told(1));
		// Another message finds the area free: the older one goes first.
		change(smt, 3);
		expect(inbox.read()).toEqual(told(2));
		engine.advance(1);
		expect(inbox.read()).toEqual(told(3));
	});

	it("does not come by another agent's doorbell", () => {
		const engine = createEngine(TWO_AGENTS);
		const smt = new Smt(engine);
		smt.expect(CLOCK, 0x9, u32(uart2, 1), []);
		for (let i = 0; i < 2; i++) change(smt, i);
		const inbox = new Inbox(engine);
		inbox.free();
		expect(new Inbox(engine, TEE_RX).smt.trap()).toBe(0n);
		expect(inbox.busy).toBe(false);
		expect(inbox.smt.trap()).toBe(0n);
		expect(inbox.read()).toEqual(told(1));
	});

	it("a doorbell with nothing to read is no mistake", () => {
		const { inbox } = setup();
		expect(inbox.smt.trap()).toBe(0n);
		expect(inbox.busy).toBe(false);
	});

	it("a command in the area is none: the doorbell serves nothing", () => {
		const { inbox } = setup();
		inbox.smt.write(headerOf(CLOCK, 0x0), []);
		expect(inbox.smt.read(inbox.smt.trap())).toMatchObject({
			x0: 0n,
			channel: 0,
			length: 4,
		});
	});
});

describe("interrupts", () => {
	it("one for each message that lies in the area, none for those that wait or for doorbells", () => {
		const { engine, smt, inbox } = setup();
		const counters = () => [
			channelState(engine, 0, Channel.INTERRUPTS),
			channelState(engine, 1, Channel.INTERRUPTS),
			allInterrupts(engine),
		];
		expect(counters()).toEqual([0, 0, 0]);
		change(smt, 0);
		expect(counters()).toEqual([0, 1, 1]);
		change(smt, 1);
		inbox.smt.trap();
		expect(counters()).toEqual([0, 1, 1]);
		inbox.all();
		expect(counters()).toEqual([0, 2, 2]);
		inbox.smt.trap();
		engine.advance(1_000);
		expect(counters()).toEqual([0, 2, 2]);
	});
});

describe("an agent that does not read", () => {
	const dropped = (engine: Engine) => channelState(engine, 1, Channel.DROPPED);

	it("gets the oldest of the notifications, and what comes when there is room again", () => {
		const { engine, smt, inbox } = setup();
		for (let i = 0; i < QUEUE + 1; i++) change(smt, i);
		expect(dropped(engine)).toBe(0);
		expect(channelState(engine, 1, Channel.WAITING)).toBe(QUEUE);
		for (let i = 0; i < 3; i++) change(smt, QUEUE + 1 + i);
		expect(dropped(engine)).toBe(3);
		expect(inbox.read()).toEqual(told(0));
		inbox.smt.trap();
		change(smt, 30);
		expect(inbox.all()).toEqual([
			...Array.from({ length: QUEUE }, (_, i) => told(i + 1)),
			told(30),
		]);
		expect(dropped(engine)).toBe(3);
	});

	it("goes round its queue many times without losing or mixing anything", () => {
		const { engine, smt, inbox } = setup();
		for (let round = 0; round < 20; round++) {
			const count = 1 + ((round * 7) % QUEUE);
			for (let i = 0; i < count; i++) change(smt, (round % 2) * 20 + i);
			expect(inbox.all()).toEqual(
				Array.from({ length: count }, (_, i) => told((round % 2) * 20 + i)),
			);
		}
		expect(dropped(engine)).toBe(0);
	});

	/** Asks for an asynchronous change of uart1 to its own rate: a response, but no notification. */
	function ask(smt: Smt, token: number): number {
		const payload = [...u32(1, clockId("uart1")), ...u64(24_000_000n)];
		const reply = smt.send(headerOf(CLOCK, 0x5, token), payload);
		return new Int32Array(new Uint8Array(reply.payload).buffer)[0] as number;
	}

	function response(token: number) {
		return {
			header: headerOf(CLOCK, 0x5, token, DELAYED_RESPONSE),
			payload: [...u32(0, clockId("uart1")), ...u64(24_000_000n)],
		};
	}

	it("loses no delayed response: their places are taken when the command is", () => {
		const { engine, smt, inbox } = setup({ ...IMX8MM, trapNs: 1 });
		for (let i = 0; i < QUEUE - 1; i++) change(smt, i);
		expect(ask(smt, 1)).toBe(0);
		expect(ask(smt, 2)).toBe(0);
		// 14 wait, two places are reserved.
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(2);
		change(smt, 40);
		expect(dropped(engine)).toBe(1);
		expect(ask(smt, 3)).toBe(-6);
		engine.advance(20_000);
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(0);
		expect(inbox.all()).toEqual([
			...Array.from({ length: QUEUE - 1 }, (_, i) => told(i)),
			response(1),
			response(2),
		]);
		expect(ask(smt, 3)).toBe(0);
	});

	it("harms no other agent", () => {
		const engine = createEngine(TWO_AGENTS);
		const linux = new Smt(engine);
		const toTee = new Inbox(engine, TEE_RX);
		const tee = new Smt(engine, {
			...TEE_RX,
			address: TEE_RX.address - 0x200,
			functionId: 0xc200_0100,
		});
		for (const smt of [linux, tee]) smt.expect(CLOCK, 0x9, u32(uart2, 1), []);
		for (let i = 0; i < 40; i++) {
			change(linux, i);
			expect(toTee.all()).toEqual([told(i)]);
		}
		expect(dropped(engine)).toBe(40 - QUEUE - 1);
		expect(channelState(engine, 3, Channel.DROPPED)).toBe(0);
	});
});

describe("a refused request", () => {
	it.each([
		["a type that agents do not send", headerOf(CLOCK, 0x0, 0, 3), -10],
		["no such message", headerOf(CLOCK, 0x1f), NOT_SUPPORTED],
	])("%s: no message of the platform follows", (_, header, status) => {
		const { engine, smt, inbox } = setup();
		expect(smt.send(header, []).payload).toEqual(u32(status >>> 0));
		smt.refuse(
			CLOCK,
			0x5,
			[...u32(1 << 4, uart2), ...u64(12_000_000n)],
			INVALID_PARAMETERS,
		);
		engine.advance(1_000_000);
		expect(inbox.busy).toBe(false);
	});
});
