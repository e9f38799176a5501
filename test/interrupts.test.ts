// Interrupts of the engine: when handlers run, whose they are, what they find and leave; and when the next event is.
// Channel flags as SCMI 3.2 (Arm DEN0056E), section 5.1.2, has them; POWER_STATE_NOTIFY and CLOCK_RATE_NOTIFY raise the rest.

import { describe, expect, it, vi } from "vitest";
import type { Engine } from "../host/engine.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import {
	type Platform,
	withoutPlatformChannels,
} from "../host/platform/platform.ts";
import {
	type AreaPlace,
	CLOCK,
	headerOf,
	POWER,
	Smt,
	TX,
	u32,
} from "./support/smt.ts";

const TX_LINE = 115;
const RX_LINE = 116;
const TEE_LINE = 200;
const STATE_SET = 4;
const STATE_NOTIFY = 6;
const RATE_SET = 5;
const RATE_NOTIFY = 9;
const OFF = 0x40000000;
const DOMAIN = 5;
const GPU_PLL_OUT = 42;
const SRAM = 0x0093_f000;
const RX_AREA = { ...TX, address: SRAM + 0x200, functionId: 0xc200_00ff };

/** Counts the interrupts of a number. */
function countOf(engine: Engine, line: number): { count: number } {
	const seen = { count: 0 };
	engine.onInterrupt(line, () => {
		seen.count++;
	});
	return seen;
}

/** A command by an agent that wants an interrupt when it is done. */
function command(engine: Engine, place: AreaPlace): void {
	const smt = new Smt(engine, place);
	smt.write(headerOf(CLOCK, 6), u32(2), undefined, 1);
	smt.trap();
}

/** The agent is told of the domain from now on, and has turned it off and on. */
function switchDomain(engine: Engine): void {
	const smt = new Smt(engine);
	smt.expect(POWER, STATE_NOTIFY, u32(DOMAIN, 1), []);
	smt.expect(POWER, STATE_SET, u32(0, DOMAIN, 0), []);
	smt.expect(POWER, STATE_SET, u32(0, DOMAIN, OFF), []);
}

describe("an interrupt", () => {
	it("comes inside the trap that raised it, to those who subscribed to its number", () => {
		const engine = createEngine();
		const tx = countOf(engine, TX_LINE);
		const rx = countOf(engine, RX_LINE);
		const back = engine.onInterrupt(TX_LINE, () => {
			expect(new Smt(engine).view.getUint32(4, true)).toBe(1);
		});
		command(engine, TX);
		expect([tx.count, rx.count]).toEqual([1, 0]);
		back();
		new Smt(engine).call(CLOCK, 6, u32(2));
		expect([tx.count, rx.count]).toEqual([1, 0]);
	});

	it("is told of each message of the platform once the last was read", () => {
		const engine = createEngine();
		const rx = countOf(engine, RX_LINE);
		switchDomain(engine);
		expect(rx.count).toBe(1);
		const inbox = new Smt(engine, RX_AREA);
		inbox.view.setUint32(4, 1, true);
		expect(inbox.trap()).toBe(0n);
		expect(rx.count).toBe(2);
	});

	it("comes while time passes", () => {
		const engine = createEngine();
		const rx = countOf(engine, RX_LINE);
		const smt = new Smt(engine);
		smt.expect(CLOCK, RATE_NOTIFY, u32(GPU_PLL_OUT, 1), []);
		expect(engine.nextEventNs).toBeNull();
		// Asynchronous, without a delayed response.
		smt.expect(CLOCK, RATE_SET, u32(3, GPU_PLL_OUT, 1_000_000_000, 0), []);
		expect(rx.count).toBe(0);
		const due = engine.nextEventNs as number;
		expect(due).toBeGreaterThan(engine.timeNs);
		engine.advance(due - engine.timeNs - 1);
		expect(rx.count).toBe(0);
		engine.advance(1);
		expect(rx.count).toBe(1);
		expect(engine.nextEventNs).toBeNull();
	});

	it("comes for a register that was written", () => {
		const engine = createEngine();
		const rx = countOf(engine, RX_LINE);
		const smt = new Smt(engine);
		const uart2 = 128;
		smt.expect(CLOCK, RATE_NOTIFY, u32(uart2, 1), []);
		// uart2's slice: half the rate by its postdivider.
		const slice = 0x3038_af80;
		engine.write32(slice, (engine.read32(slice) & ~0x3f) | 1);
		expect(rx.count).toBe(1);
	});

	it("belongs to the channel that raised it, however the platform orders them", () => {
		const [tx, rx] = IMX8MM.channels as [
			Platform["channels"][number],
			Platform["channels"][number],
		];
		const tee = {
			...TX,
			address: SRAM + 0x400,
			functionId: 0xc200_0100,
		};
		// The two areas of one function ID are neighbours in the engine's tables, though not here.
		const platform: Platform = {
			...IMX8MM,
			agents: ["linux", "tee"],
			channels: [
				tx,
				{
					...tx,
					agent: "tee",
					address: tee.address,
					functionId: tee.functionId,
					interrupt: TEE_LINE,
				},
				{ ...tx, address: SRAM + 0x600, interrupt: 201 },
				rx,
			],
		};
		const engine = createEngine(platform);
		const lines = [TX_LINE, TEE_LINE, 201, RX_LINE].map((line) =>
			countOf(engine, line),
		);
		const counts = () => lines.map(({ count }) => count);
		command(engine, tee);
		expect(counts()).toEqual([0, 1, 0, 0]);
		command(engine, { ...TX, address: SRAM + 0x600 });
		expect(counts()).toEqual([0, 1, 1, 0]);
		command(engine, TX);
		expect(counts()).toEqual([1, 1, 1, 0]);
	});

	it("is told once, also when the engine begins again", () => {
		const engine = createEngine();
		const tx = countOf(engine, TX_LINE);
		command(engine, TX);
		engine.reset();
		engine.advance(1);
		expect(tx.count).toBe(1);
		command(engine, TX);
		expect(tx.count).toBe(2);
	});

	it("leaves nobody the platform's channel where there is none", () => {
		const engine = createEngine(withoutPlatformChannels(IMX8MM));
		new Smt(engine).refuse(POWER, STATE_NOTIFY, u32(DOMAIN, 1), -1);
		const rx = countOf(engine, RX_LINE);
		command(engine, RX_AREA);
		expect(rx.count).toBe(1);
	});
});

describe("a handler", () => {
	it("may trap: nobody sees other registers, and what it raises comes after it", () => {
		const engine = createEngine();
		const depth: number[] = [];
		let running = 0;
		engine.onInterrupt(RX_LINE, () => {
			depth.push(++running);
			const inbox = new Smt(engine, RX_AREA);
			inbox.view.setUint32(4, 1, true);
			engine.registers(1).fill(7);
			inbox.trap();
			running--;
		});
		engine.registers(1).fill(0x1234);
		switchDomain(engine);
		expect(depth).toEqual([1, 1]);
		expect([...new Set(engine.registers(1))]).toEqual([0x1234]);
		// x0 is the trap's, the rest as it was before.
		expect([...engine.registers(0)]).toEqual(new Array(36).fill(0));
	});

	it("that throws does not harm the trap nor the other handlers", () => {
		const later: (() => void)[] = [];
		const spy = vi
			.spyOn(globalThis, "queueMicrotask")
			.mockImplementation((run) => later.push(run));
		const engine = createEngine();
		engine.onInterrupt(TX_LINE, () => {
			throw new Error("handler");
		});
		const tx = countOf(engine, TX_LINE);
		command(engine, TX);
		command(engine, TX);
		spy.mockRestore();
		expect(tx.count).toBe(2);
		expect(later).toHaveLength(2);
		expect(() => later[0]?.()).toThrow("handler");
	});

	it("subscribed twice is called twice, and ends one by one", () => {
		const engine = createEngine();
		let count = 0;
		const handler = () => {
			count++;
		};
		const back = engine.onInterrupt(TX_LINE, handler);
		engine.onInterrupt(TX_LINE, handler);
		command(engine, TX);
		expect(count).toBe(2);
		back();
		command(engine, TX);
		expect(count).toBe(3);
	});
});

describe("a snapshot", () => {
	it("knows which interrupts were handed on: the same command raises the same after each restoring", () => {
		const engine = createEngine();
		const seen = countOf(engine, RX_LINE);
		const smt = new Smt(engine);
		smt.expect(POWER, STATE_NOTIFY, u32(DOMAIN, 1), []);
		const memory = new Uint8Array(engine.buffer).slice(0, engine.memoryEnd);
		for (const count of [1, 2, 3]) {
			smt.expect(POWER, STATE_SET, u32(0, DOMAIN, 0), []);
			expect(seen.count).toBe(count);
			new Uint8Array(engine.buffer).set(memory);
			engine.advance(1);
			expect(seen.count).toBe(count);
		}
	});
});

describe("a long time", () => {
	it.each([1, 100])(
		"in %i steps: a handler that reads at once misses no update, and runs at its time",
		(steps) => {
			const engine = createEngine();
			const smt = new Smt(engine);
			const rx = new Smt(engine, RX_AREA);
			const times: number[] = [];
			engine.onInterrupt(RX_LINE, () => {
				times.push(engine.timeNs);
				rx.view.setUint32(0x04, 1, true);
				rx.trap();
			});
			// SENSOR_CONTINUOUS_UPDATE_NOTIFY of the first sensor, at its first interval.
			smt.expect(0x15, 0xb, u32(0, 1), []);
			const seconds = 10;
			for (let i = 0; i < steps; i++) engine.advance((seconds * 1e9) / steps);
			expect(times.length).toBeGreaterThan(90);
			const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
			const [gap = 0] = gaps;
			for (const other of gaps) expect(Math.abs(other - gap)).toBeLessThan(1e4);
		},
	);
});
