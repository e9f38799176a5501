// Resets that end later and resets that others are told of: RESET_COMPLETE and RESET_ISSUED on the second channel.
// SCMI 3.2 (Arm DEN0056E), sections 4.8.2.5 to 4.8.4.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import {
	DELAYED_RESPONSE,
	Inbox,
	type Left,
	notification,
	TEE_RX,
	TEE_TX,
	TWO_AGENTS,
} from "../support/inbox.ts";
import {
	BUSY,
	GENERIC_ERROR,
	headerOf,
	RESET,
	Smt,
	SUCCESS,
	u32,
} from "../support/smt.ts";

const DEASSERT = 0;
const AUTONOMOUS = 1;
const ASSERT = 2;
const ASYNC = 4;
const COLD = 0;
const GPU = 32;
const VPU = 33;
const GPU_REGISTER = 0x3039_0040;
const PULSE_NS = 10_000;
const RESET_ISSUED = 0x0;
const LINUX = 1;
const TEE = 2;

function setup() {
	const engine = createEngine(TWO_AGENTS);
	return {
		engine,
		linux: new Smt(engine),
		tee: new Smt(engine, TEE_TX),
		inbox: new Inbox(engine),
		teeInbox: new Inbox(engine, TEE_RX),
		asserted: () => (engine.read32(GPU_REGISTER) & 1) === 1,
	};
}

/** RESET_COMPLETE to the command with that token. */
function complete(token: number, domain: number): Left {
	return {
		header: headerOf(RESET, 0x4, token, DELAYED_RESPONSE),
		payload: u32(SUCCESS, domain),
	};
}

function issued(agent: number, domain: number): Left {
	return notification(RESET, RESET_ISSUED, u32(agent, domain, COLD));
}

/** Sends an asynchronous reset; it must be answered at once. */
function reset(smt: Smt, token: number, domain: number): void {
	const { payload } = smt.send(
		headerOf(RESET, 0x4, token),
		u32(domain, AUTONOMOUS | ASYNC, COLD),
	);
	expect(payload).toEqual(u32(SUCCESS));
}

describe("an asynchronous reset", () => {
	it("asserts at once, releases when its time is over, and then has its delayed response", () => {
		const { engine, linux, inbox, asserted } = setup();
		reset(linux, 0x155, GPU);
		expect(asserted()).toBe(true);
		expect(inbox.busy).toBe(false);
		engine.advance(PULSE_NS - 1);
		expect(asserted()).toBe(true);
		expect(inbox.busy).toBe(false);
		engine.advance(1);
		expect(asserted()).toBe(false);
		expect(inbox.all()).toEqual([complete(0x155, GPU)]);
	});

	it("ignores the explicit signal", () => {
		const { engine, linux, inbox, asserted } = setup();
		const { payload } = linux.send(
			headerOf(RESET, 0x4, 7),
			u32(GPU, AUTONOMOUS | ASSERT | ASYNC, COLD),
		);
		expect(payload).toEqual(u32(SUCCESS));
		engine.advance(PULSE_NS);
		expect(asserted()).toBe(false);
		expect(inbox.all()).toEqual([complete(7, GPU)]);
	});

	it("keeps its domain from every other RESET meanwhile: GENERIC_ERROR", () => {
		const { engine, linux, tee, teeInbox, asserted } = setup();
		reset(tee, 1, GPU);
		for (const flags of [DEASSERT, AUTONOMOUS, ASSERT, AUTONOMOUS | ASYNC])
			linux.refuse(RESET, 0x4, u32(GPU, flags, COLD), GENERIC_ERROR);
		expect(asserted()).toBe(true);
		// Others are free.
		linux.expect(RESET, 0x4, u32(VPU, ASSERT, COLD), []);
		engine.advance(PULSE_NS);
		expect(teeInbox.all()).toEqual([complete(1, GPU)]);
		linux.expect(RESET, 0x4, u32(GPU, ASSERT, COLD), []);
		expect(asserted()).toBe(true);
	});

	it("of several domains: each has its response, in the order of their ends", () => {
		const { engine, linux, inbox } = setup();
		reset(linux, 1, VPU);
		reset(linux, 2, GPU);
		reset(linux, 3, 19);
		engine.advance(PULSE_NS);
		expect(inbox.all()).toEqual([
			complete(1, VPU),
			complete(2, GPU),
			complete(3, 19),
		]);
	});

	it("that could not be told is refused: BUSY, and nothing is asserted", () => {
		const { engine, linux, inbox, asserted } = setup();
		// Sixteen places; a message that is not read keeps the area, not one of them.
		linux.expect(RESET, 0x5, u32(VPU, 1), []);
		for (let i = 0; i < 17; i++)
			linux.expect(RESET, 0x4, u32(VPU, ASSERT, COLD), []);
		linux.refuse(RESET, 0x4, u32(GPU, AUTONOMOUS | ASYNC, COLD), BUSY);
		expect(asserted()).toBe(false);
		expect(inbox.all()).toHaveLength(17);
		reset(linux, 9, GPU);
		engine.advance(PULSE_NS);
		expect(inbox.all()).toEqual([complete(9, GPU)]);
	});
});

describe("RESET_ISSUED", () => {
	it("comes to whoever has asked for it, the agent that resets included", () => {
		const { linux, tee, inbox, teeInbox } = setup();
		linux.expect(RESET, 0x5, u32(GPU, 1), []);
		tee.expect(RESET, 0x5, u32(GPU, 1), []);
		tee.expect(RESET, 0x4, u32(GPU, AUTONOMOUS, COLD), []);
		expect(inbox.all()).toEqual([issued(TEE, GPU)]);
		expect(teeInbox.all()).toEqual([issued(TEE, GPU)]);
		linux.expect(RESET, 0x4, u32(GPU, ASSERT, COLD), []);
		expect(inbox.all()).toEqual([issued(LINUX, GPU)]);
		expect(teeInbox.all()).toEqual([issued(LINUX, GPU)]);
	});

	it("does not come for other domains, for a release, or to who has not asked", () => {
		const { linux, tee, inbox, teeInbox } = setup();
		linux.expect(RESET, 0x5, u32(GPU, 1), []);
		tee.expect(RESET, 0x4, u32(VPU, AUTONOMOUS, COLD), []);
		tee.expect(RESET, 0x4, u32(GPU, DEASSERT, COLD), []);
		expect(inbox.all()).toEqual([]);
		tee.expect(RESET, 0x4, u32(GPU, ASSERT, COLD), []);
		expect(inbox.all()).toEqual([issued(TEE, GPU)]);
		expect(teeInbox.all()).toEqual([]);
	});

	it("comes no more when it is no longer asked for", () => {
		const { linux, tee, inbox } = setup();
		linux.expect(RESET, 0x5, u32(GPU, 1), []);
		linux.expect(RESET, 0x5, u32(GPU, 0), []);
		tee.expect(RESET, 0x4, u32(GPU, AUTONOMOUS, COLD), []);
		expect(inbox.all()).toEqual([]);
	});

	it("does not come for a RESET that is refused", () => {
		const { linux, tee, inbox } = setup();
		for (const id of [0, GPU]) linux.expect(RESET, 0x5, u32(id, 1), []);
		tee.status(RESET, 0x4, u32(0, AUTONOMOUS, COLD));
		tee.status(RESET, 0x4, u32(GPU, AUTONOMOUS, 1));
		tee.status(RESET, 0x4, u32(GPU, ASYNC, COLD));
		expect(inbox.all()).toEqual([]);
	});

	it("comes before RESET_COMPLETE, when an asynchronous reset begins", () => {
		const { engine, linux, inbox } = setup();
		linux.expect(RESET, 0x5, u32(GPU, 1), []);
		reset(linux, 5, GPU);
		expect(inbox.all()).toEqual([issued(LINUX, GPU)]);
		engine.advance(PULSE_NS);
		expect(inbox.all()).toEqual([complete(5, GPU)]);
	});
});
