// An engine that threads share: who may join, that joining changes nothing, and what there is where threads are not.
// WebAssembly threads proposal; HTML, "crossOriginIsolated".

import { afterEach, describe, expect, it, vi } from "vitest";
import { Address, Cpu } from "../../assembly/layout.ts";
import { Engine } from "../../host/engine.ts";
import {
	createEngine,
	createSharedEngine,
	engineModule,
	threadedModule,
} from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	attachEngine,
	openSharedEngine,
	type SharedEngine,
	type SharedFirmware,
	whyNoThreads,
} from "../../host/threads.ts";
import { CLOCK, Smt, TX, u32 } from "../support/smt.ts";
import { Crew } from "./crew.ts";

function open(): { engine: SharedEngine; shared: SharedFirmware } {
	const { engine, shared } = createSharedEngine();
	return {
		engine: engine as SharedEngine,
		shared: shared as SharedFirmware,
	};
}

const taken = (message: RegExp) =>
	expect.objectContaining({
		code: "CPU_TAKEN",
		message: expect.stringMatching(message),
	});

describe("a batch", () => {
	it("with the lock, too, answers in the version that the agent has changed to", () => {
		const { engine } = open();
		const batch = engine.batch();
		const { functionId } = TX;
		/** What a batch of one message replies: bytes of header and payload. */
		const lengthOf = (message: number, words: readonly number[]) => {
			batch.set(0, functionId, (CLOCK << 10) | message, words);
			expect(batch.run(1)).toBe(1);
			expect([batch.result(0), batch.status(0)]).toEqual([0, 0]);
			// Without a lease a CPU takes the lock.
			new DataView(engine.buffer, Address.CPU).setBigUint64(Cpu.LEASE, 0n);
			return batch.words[5];
		};
		expect(lengthOf(0x3, [189])).toBe(0x20);
		expect(lengthOf(0x3, [189])).toBe(0x20);
		expect(lengthOf(0x10, [0x10000])).toBe(8);
		// Version 1.0 has no enable delay.
		expect(lengthOf(0x3, [189])).toBe(0x1c);
	});
});

describe("joining", () => {
	it("leaves firmware and hardware as they are", () => {
		const { engine, shared } = open();
		new Smt(engine).call(CLOCK, 0x7, u32(194, 1, 0));
		engine.advance(12_345);
		const before = new Uint8Array(engine.buffer).slice();
		const other = attachEngine(shared, 3);
		const after = new Uint8Array(engine.buffer).slice();
		const changed = [...after.keys()].filter((i) => after[i] !== before[i]);
		// The bit of CPU 3, next to that of CPU 0.
		expect(changed).toEqual([Address.THREADS]);
		expect([before[Address.THREADS], after[Address.THREADS]]).toEqual([1, 9]);
		expect(other.timeNs).toBe(engine.timeNs);
		expect(other.read32(0x3038_4510)).toBe(3);
	});

	it("shows each thread what the other does", () => {
		const { engine, shared } = open();
		const other = attachEngine(shared, 1);
		other.write32(0x3038_4510, 3);
		expect(engine.read32(0x3038_4510)).toBe(3);
		engine.advance(1000);
		expect(other.timeNs).toBe(1000);
		engine.reset();
		expect(other.read32(0x3038_4510)).toBe(0);
		expect(other.timeNs).toBe(0);
		const batch = other.batch();
		batch.set(0, TX.functionId, (CLOCK << 10) | 0x6, [128]);
		expect(batch.run(1)).toBe(1);
		expect(batch.payload(0)[1]).toBe(24_000_000);
		expect(engine.timeNs).toBe(1000);
	});

	it("needs a CPU that no other thread has", () => {
		const { engine, shared } = open();
		expect(() => attachEngine(shared, 0)).toThrow(taken(/^CPU 0: another/));
		const other = attachEngine(shared, 1);
		expect(() => attachEngine(shared, 1)).toThrow(taken(/^CPU 1: another/));
		expect(() => other.trap(0, "smc")).toThrow(taken(/this thread has CPU 1/));
		expect(() => other.batch({ cpu: 2 })).toThrow(taken(/has CPU 1/));
		other.release();
		other.release();
		expect(() => other.trap(1, "smc")).toThrow(taken(/has let go of it/));
		expect(attachEngine(shared, 1).cpu).toBe(1);
		engine.reset();
		expect(() => attachEngine(shared, 1)).toThrow(taken(/^CPU 1: another/));
		for (const cpu of [4, -1, 0.5, Number.NaN])
			expect(() => attachEngine(shared, cpu)).toThrow(
				expect.objectContaining({ code: "UNKNOWN_NAME" }),
			);
	});

	it("needs the same platform, and the threaded module", () => {
		const { shared } = open();
		const platform = { ...IMX8MM, maxMessageSize: 100 };
		expect(() => attachEngine({ ...shared, platform }, 1)).toThrow(
			expect.objectContaining({ code: "PLATFORM_INVALID" }),
		);
		const module = engineModule();
		expect(() => attachEngine({ ...shared, module }, 1)).toThrow(
			expect.objectContaining({ code: "ENGINE_ABI" }),
		);
		const memory = new WebAssembly.Memory({
			...{ initial: 1, maximum: 4096, shared: true },
		});
		expect(() => attachEngine({ ...shared, memory }, 1)).toThrow(
			/another one, or none/,
		);
	});

	it("in a worker, and the CPU is free again when it lets go", async () => {
		const { shared } = open();
		const crew = await new Crew(shared, [2]).ready();
		expect(() => attachEngine(shared, 2)).toThrow(taken(/another thread/));
		await crew.run({ job: "release" });
		expect(attachEngine(shared, 2).cpu).toBe(2);
		await crew.end();
	});
});

describe("interrupts", () => {
	it("are handed on in the thread that has subscribed, with its own CPU's registers kept", () => {
		const { engine, shared } = open();
		const other = attachEngine(shared, 1);
		const { interrupt } = IMX8MM.channels[0] ?? {};
		const seen: number[] = [];
		engine.onInterrupt(interrupt as number, () => seen.push(engine.timeNs));
		const smt = new Smt(other);
		smt.write((CLOCK << 10) | 0x0, [], 4, 1);
		other.registers(1)[0] = TX.functionId;
		expect(other.trap(1, "smc")).toBe(0);
		expect(seen).toEqual([]);
		engine.advance(1);
		expect(seen).toEqual([1001]);
	});
});

describe("alone", () => {
	it("a snapshot of a shared engine comes back, time and leases included", () => {
		const { engine } = open();
		const memory = new Uint8Array(engine.buffer, 0, engine.memoryEnd);
		const run = () => {
			const batch = engine.batch();
			for (let i = 0; i < 100; i++)
				batch.set(i, TX.functionId, (CLOCK << 10) | 0x6, [128]);
			return [batch.run(100), engine.timeNs];
		};
		run();
		const snapshot = engine.alone(() => memory.slice());
		const once = run();
		engine.alone(() => {
			memory.set(snapshot.subarray(Address.STATE), Address.STATE);
		});
		expect(engine.timeNs).toBe(100_000);
		expect(run()).toEqual(once);
	});

	it("is over when what was done throws", () => {
		const { engine } = open();
		const failing = () => {
			throw new Error("no");
		};
		expect(() => engine.alone(failing)).toThrow("no");
		engine.advance(5);
		expect(engine.timeNs).toBe(5);
		expect(createEngine().alone(() => 7)).toBe(7);
	});
});

describe("without threads", () => {
	afterEach(() => vi.unstubAllGlobals());
	const modules = { single: engineModule(), threaded: threadedModule() };

	function fallback(reason: RegExp, threaded = modules.threaded): void {
		const opened = openSharedEngine({ ...modules, threaded }, IMX8MM);
		expect(opened.shared).toBe(null);
		expect(opened.reason).toMatch(reason);
		expect(opened.engine).toBeInstanceOf(Engine);
		expect(opened.engine.buffer).toBeInstanceOf(ArrayBuffer);
		const smt = new Smt(opened.engine);
		expect(smt.words(CLOCK, 0x6, u32(128))).toEqual([24_000_000, 0]);
	}

	it("because the page is not cross-origin isolated", () => {
		vi.stubGlobal("crossOriginIsolated", false);
		fallback(/crossOriginIsolated is false.*Cross-Origin-Opener-Policy/);
	});

	it("because there is no SharedArrayBuffer", () => {
		vi.stubGlobal("SharedArrayBuffer", undefined);
		fallback(/no SharedArrayBuffer/);
	});

	it("because the threaded module is missing", () => {
		const { engine, shared, reason } = openSharedEngine(
			{ single: modules.single },
			IMX8MM,
			{ batch: 5 },
		);
		expect(reason).toMatch(/scmi-threads\.wasm, is missing/);
		expect([shared, engine.batch().size]).toEqual([null, 5]);
	});

	it("and in a page that is isolated there are threads", () => {
		vi.stubGlobal("crossOriginIsolated", true);
		expect(whyNoThreads(modules.threaded)).toBe(null);
	});
});
