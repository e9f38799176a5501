// Graceful requests, and who is told of any: SYSTEM_POWER_STATE_NOTIFIER on the second channel, in its two layouts.
// SCMI 3.2 (Arm DEN0056E), sections 4.4.2.5 STATE_SET, 4.4.2.7 STATE_NOTIFY and 4.4.3.1.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	Inbox,
	notification,
	TEE_RX,
	TEE_TX,
	TWO_AGENTS,
} from "../support/inbox.ts";
import { headerOf, NOT_SUPPORTED, Smt, SYSTEM, u32 } from "../support/smt.ts";

const FORCEFUL = 0;
const GRACEFUL = 1;
const SHUTDOWN = 0;
const COLD_RESET = 1;
const WARM_RESET = 2;
const STATE_NOTIFIER = 0x0;
const LINUX = 1;
const TEE = 2;
/** ms that the platform waits, and ns. */
const TIMEOUT = 10_000;
const TIMEOUT_NS = TIMEOUT * 1_000_000;

function setup(platform: Platform = TWO_AGENTS) {
	const engine = createEngine(platform);
	return {
		engine,
		linux: new Smt(engine),
		tee: new Smt(engine, TEE_TX),
		inbox: new Inbox(engine),
		teeInbox: new Inbox(engine, TEE_RX),
	};
}

/** A request that ends everything. */
function force(smt: Smt, state: number): void {
	smt.write(headerOf(SYSTEM, 0x3), u32(FORCEFUL, state));
	expect(smt.trap()).toBe(-1n);
}

function told(...payload: number[]) {
	return notification(SYSTEM, STATE_NOTIFIER, u32(...payload));
}

describe("a graceful request", () => {
	it("tells the others and gives them time: at its end the platform does it", () => {
		const { engine, linux, tee, inbox, teeInbox } = setup();
		for (const smt of [linux, tee]) smt.expect(SYSTEM, 0x5, u32(1), []);
		tee.expect(SYSTEM, 0x3, u32(GRACEFUL, SHUTDOWN), []);
		const asked = engine.timeNs;
		expect(inbox.all()).toEqual([told(TEE, GRACEFUL, SHUTDOWN, TIMEOUT)]);
		expect(teeInbox.all()).toEqual([]);
		expect(engine.stopped).toBeNull();
		engine.advance(asked + TIMEOUT_NS - 1 - engine.timeNs);
		expect(engine.stopped).toBeNull();
		engine.advance(1);
		expect(engine.stopped).toBe("off");
		expect(engine.timeNs).toBe(asked + TIMEOUT_NS);
	});

	it.each([COLD_RESET, WARM_RESET])(
		"for reset %i: no timeout is told, which is a shutdown's only",
		(state) => {
			const { engine, linux, tee, inbox } = setup();
			linux.expect(SYSTEM, 0x5, u32(1), []);
			tee.expect(SYSTEM, 0x3, u32(GRACEFUL, state), []);
			expect(inbox.all()).toEqual([told(TEE, GRACEFUL, state, 0)]);
			engine.advance(TIMEOUT_NS);
			expect(engine.stopped).toBe("reset");
		},
	);

	it("comes true as soon as somebody makes it forcefully", () => {
		const { engine, linux, tee, teeInbox } = setup();
		for (const smt of [linux, tee]) smt.expect(SYSTEM, 0x5, u32(1), []);
		tee.expect(SYSTEM, 0x3, u32(GRACEFUL, SHUTDOWN), []);
		engine.advance(1_000_000);
		force(linux, SHUTDOWN);
		expect(engine.stopped).toBe("off");
		// Who had asked learns that the other one is ready.
		expect(teeInbox.read()).toEqual(told(LINUX, FORCEFUL, SHUTDOWN, 0));
	});

	it("is replaced by the next one, whose time begins anew", () => {
		const { engine, linux, tee, inbox } = setup();
		linux.expect(SYSTEM, 0x5, u32(1), []);
		tee.expect(SYSTEM, 0x3, u32(GRACEFUL, SHUTDOWN), []);
		engine.advance(TIMEOUT_NS / 2);
		tee.expect(SYSTEM, 0x3, u32(GRACEFUL, COLD_RESET), []);
		expect(inbox.all()).toEqual([
			told(TEE, GRACEFUL, SHUTDOWN, TIMEOUT),
			told(TEE, GRACEFUL, COLD_RESET, 0),
		]);
		engine.advance(TIMEOUT_NS - 1_000_000);
		expect(engine.stopped).toBeNull();
		engine.advance(1_000_000);
		expect(engine.stopped).toBe("reset");
	});

	it("ends everything inside a trap that comes too late: it is not served", () => {
		const platform = { ...TWO_AGENTS, trapNs: TIMEOUT_NS / 4 };
		const { engine, linux, tee } = setup(platform);
		linux.expect(SYSTEM, 0x5, u32(1), []);
		tee.expect(SYSTEM, 0x3, u32(GRACEFUL, SHUTDOWN), []);
		for (let i = 0; i < 3; i++) linux.expect(SYSTEM, 0x4, [], u32(3));
		linux.write(headerOf(SYSTEM, 0x4), []);
		expect(linux.trap()).toBe(-1n);
		expect(engine.stopped).toBe("off");
		expect(linux.view.getUint32(0x04, true)).toBe(0);
	});

	it("without anybody to tell happens at once", () => {
		const { engine, linux, tee } = setup();
		tee.expect(SYSTEM, 0x5, u32(1), []);
		linux.expect(SYSTEM, 0x5, u32(1), []);
		linux.expect(SYSTEM, 0x5, u32(0), []);
		tee.write(headerOf(SYSTEM, 0x3), u32(GRACEFUL, SHUTDOWN));
		expect(tee.trap()).toBe(-1n);
		expect(engine.stopped).toBe("off");
	});
});

describe("a forceful request", () => {
	it("tells the others while everything ends", () => {
		const { linux, tee, inbox, teeInbox } = setup();
		for (const smt of [linux, tee]) smt.expect(SYSTEM, 0x5, u32(1), []);
		force(linux, WARM_RESET);
		expect(inbox.read()).toBeUndefined();
		expect(teeInbox.read()).toEqual(told(LINUX, FORCEFUL, WARM_RESET, 0));
	});
});

describe("requests that are refused", () => {
	it.each([
		[0, 3],
		[1, 4],
		[1, 5],
		[2, 0],
	])("flags %i, state %i: nobody is told", (flags, state) => {
		const { engine, linux, tee, inbox } = setup();
		linux.expect(SYSTEM, 0x5, u32(1), []);
		expect(tee.status(SYSTEM, 0x3, u32(flags, state))).not.toBe(0);
		expect(inbox.all()).toEqual([]);
		engine.advance(2 * TIMEOUT_NS);
		expect(engine.stopped).toBeNull();
	});
});

describe("the notification's layout", () => {
	const graceful = (smt: Smt) =>
		smt.expect(SYSTEM, 0x3, u32(GRACEFUL, SHUTDOWN), []);

	it("of version 1 has no timeout", () => {
		const protocols = { ...TWO_AGENTS.protocols, systemPower: 0x10000 };
		const { linux, tee, inbox } = setup({ ...TWO_AGENTS, protocols });
		linux.expect(SYSTEM, 0x5, u32(1), []);
		graceful(tee);
		expect(inbox.all()).toEqual([told(TEE, GRACEFUL, SHUTDOWN)]);
	});

	it("follows NEGOTIATE_PROTOCOL_VERSION, which ends the subscription", () => {
		const { linux, tee, inbox } = setup();
		linux.expect(SYSTEM, 0x10, u32(0x10000), []);
		linux.expect(SYSTEM, 0x5, u32(1), []);
		graceful(tee);
		expect(inbox.all()).toEqual([told(TEE, GRACEFUL, SHUTDOWN)]);
		linux.expect(SYSTEM, 0x10, u32(0x20000), []);
		linux.expect(SYSTEM, 0x5, u32(1), []);
		graceful(tee);
		expect(inbox.all()).toEqual([told(TEE, GRACEFUL, SHUTDOWN, TIMEOUT)]);
		for (const version of [0, 0x10001, 0x20002, 0x30000])
			linux.refuse(SYSTEM, 0x10, u32(version), NOT_SUPPORTED);
	});
});
