// Guests that try: random bytes, lengths and registers. No trap throws, every channel is free, nobody else notices.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2: nothing in shared memory can be trusted.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { GUEST_RX, GUEST_TX, LINUX, machine, VM2 } from "../support/guests.ts";
import { CLOCK, headerOf, Smt, TX, u32 } from "../support/smt.ts";

const NOT_SUPPORTED = -1;
const PROTOCOL_ERROR = -10;
const FREE = 1;
const ERROR = 2;
const UART2 = 128;
const GPU = 5;

describe("a length that no message has", () => {
	it.each([0, 3, 0x1ec, 0x200, 0x7fff_ffff, 0xffff_ffff])(
		"%i is refused as the engine does",
		(length) => {
			const { vm1, engine, recorder } = machine();
			const header = headerOf(CLOCK, 0x6);
			const own = vm1.smt.send(header, u32(1), length);
			expect(recorder.calls).toEqual([]);
			const below = new Smt(engine, TX).send(header, u32(1), length);
			expect(own).toEqual(below);
			expect(own.channel).toBe(FREE | ERROR);
			expect(own.payload).toEqual(u32(PROTOCOL_ERROR));
		},
	);

	it.each([4, 5, 7, 12, 0x1e8])("%i, of another message, as well", (length) => {
		const { vm1, engine } = machine();
		const header = headerOf(CLOCK, 0x6);
		expect(vm1.smt.send(header, u32(1), length)).toEqual(
			new Smt(engine, TX).send(header, u32(1), length),
		);
	});
});

it.each([
	["an unknown message", CLOCK, 0x1f, 0],
	["an unknown protocol", 0x18, 0x0, 0],
	["a protocol below all", 0x01, 0x0, 0],
	["a delayed response", CLOCK, 0x6, 2],
	["a notification", CLOCK, 0x0, 3],
	["a type that there is not", CLOCK, 0x6, 1],
] as const)(
	"%s has the engine's status and does not reach it",
	(_, protocol, message, type) => {
		const { vm1, engine, recorder } = machine();
		const header = headerOf(protocol, message, 9, type);
		const own = vm1.smt.send(header, u32(1));
		expect(recorder.calls).toEqual([]);
		expect(own).toEqual(new Smt(engine, TX).send(header, u32(1)));
	},
);

it("the memory of others is not mapped", () => {
	const { vm1 } = machine();
	for (const address of [
		0x0093_4000, 0x0093_4400, 0x0093_0000, 0x0093_f400, 0x3038_0000,
		0x0018_0000,
	]) {
		const fault = expect.objectContaining({ code: "BUS_ERROR" });
		expect(() => vm1.guest.read32(address)).toThrow(fault);
		expect(() => vm1.guest.write32(address, 0)).toThrow(fault);
		expect(() => vm1.guest.memoryAt(address, 4)).toThrow(fault);
	}
	expect(() => vm1.guest.memoryAt(GUEST_RX.address, 0x201)).toThrow();
	expect(vm1.guest.read32(GUEST_TX.address + 4)).toBe(FREE);
});

it("the same address is other memory for each guest", () => {
	const { vm1, vm2, engine } = machine();
	vm1.guest.write32(GUEST_TX.address + 0x20, 0x1111);
	vm2.guest.write32(GUEST_TX.address + 0x20, 0x2222);
	expect(vm1.guest.read32(GUEST_TX.address + 0x20)).toBe(0x1111);
	expect(engine.read32(0x0093_4020)).toBe(0x1111);
	expect(engine.read32(0x0093_4420)).toBe(0x2222);
});

it("a block is mapped when the guest has it", () => {
	const { vm1, engine } = machine({ blocks: ["src"] });
	vm1.guest.write32(0x3039_0040, 0x8000_0001);
	expect(vm1.guest.read32(0x3039_0040)).toBe(engine.read32(0x3039_0040));
	expect(() => vm1.guest.read32(0x303a_0000)).toThrow(/src at 0x30390000/);
});

/** What the host and the other guest hold and set, by the engine's own account. */
function others(engine: Engine) {
	const clocks = engine.platform.clocks.map(
		({ id }) => engine.clockRequests(id) & ((1 << LINUX) | (1 << VM2)),
	);
	const domains = engine.platform.powerDomains.map(
		({ id }) => engine.powerDomainRequests(id) & ((1 << LINUX) | (1 << VM2)),
	);
	const linux = new Smt(engine, TX);
	const held = linux.words(CLOCK, 0x6, u32(UART2));
	const areas = [0x0093_4400, 0x0093_4600, 0x0093_0400, 0x0093_0600].map(
		(address) => {
			const at = engine.memoryAt(address, 0x200);
			return [...new Uint8Array(engine.buffer, at, 0x200)];
		},
	);
	return { clocks, domains, held, areas, stopped: engine.stopped };
}

const word = fc.oneof(
	fc.nat({ max: 8 }),
	fc.nat({ max: 0xffff_ffff }),
	fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x4000_0000, UART2, GPU),
);
const message = fc.record({
	// Mostly headers that exist.
	header: fc.oneof(
		fc
			.tuple(
				fc.integer({ min: 0x10, max: 0x17 }),
				fc.nat({ max: 0x11 }),
				fc.nat({ max: 0x3ff }),
			)
			.map(([protocol, id, token]) => headerOf(protocol, id, token)),
		word,
	),
	payload: fc.array(word, { maxLength: 12 }),
	// Mostly the length that the words have.
	length: fc.oneof(
		{ weight: 4, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: word },
	),
	flags: fc.nat({ max: 1 }),
	cpu: fc.nat({ max: 3 }),
});

it("random messages never throw, leave no channel busy, and change nothing of others", () => {
	fc.assert(
		fc.property(
			fc.array(message, { minLength: 5, maxLength: 30 }),
			(messages) => {
				const { vm1, vm2, engine } = machine();
				vm2.smt.expect(CLOCK, 0x7, u32(0, 1, 0), []);
				vm2.smt.expect(0x11, 0x4, u32(0, 0, 0), []);
				new Smt(engine, TX).expect(CLOCK, 0x7, u32(UART2, 1, 0), []);
				const before = others(engine);
				for (const { header, payload, length, flags, cpu } of messages) {
					const bytes = u32(...payload);
					vm1.smt.write(header >>> 0, bytes, length ?? bytes.length + 4, flags);
					const x0 = vm1.smt.trap(cpu);
					if (vm1.guest.stopped !== null) {
						expect(x0).toBe(-1n);
						vm1.guest.reset();
					} else expect(x0).toBe(0n);
					const reply = vm1.smt.read(x0);
					expect(reply.channel & FREE).toBe(FREE);
					expect(reply.length).toBeLessThanOrEqual(128);
					vm1.inbox.free();
					engine.advance(1_000);
				}
				expect(others(engine)).toEqual(before);
			},
		),
		{ numRuns: 100 },
	);
}, 60_000);

it("random bytes in both areas and random registers never throw, and stay the guest's own", () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ minLength: 0x400, maxLength: 0x400 }),
			fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 36, maxLength: 36 }),
			fc.constantFrom(
				undefined,
				GUEST_TX.functionId,
				GUEST_RX.functionId,
				TX.functionId,
				0xc200_0104,
				0x8400_0008,
			),
			(bytes, registers, functionId) => {
				const { vm1, vm2, engine } = machine();
				vm2.smt.expect(CLOCK, 0x7, u32(0, 1, 0), []);
				const before = others(engine);
				const at = vm1.guest.memoryAt(GUEST_TX.address, 0x200);
				new Uint8Array(vm1.guest.buffer, at, 0x400).set(bytes);
				const view = vm1.guest.registers(1);
				view.set(registers);
				if (functionId !== undefined) view[0] = functionId;
				const rang = view[0] === GUEST_TX.functionId;
				const busy =
					(new DataView(vm1.guest.buffer, at).getUint8(4) & FREE) === 0;
				const result = vm1.guest.trap(1, "hvc");
				if (rang) expect(result).toBe(busy ? 0 : -2);
				if (rang) expect(vm1.smt.read(0n).channel & FREE).toBe(FREE);
				if (functionId === TX.functionId || functionId === 0xc200_0104)
					expect(result).toBe(NOT_SUPPORTED);
				expect(others(engine)).toEqual(before);
			},
		),
		{ numRuns: 100 },
	);
}, 60_000);

it("a guest that never reads its messages loses its own, and holds up nobody", () => {
	const { vm1, vm2, engine } = machine();
	vm1.smt.expect(0x11, 0x6, u32(1, 1), []);
	vm2.smt.expect(0x11, 0x6, u32(0, 1), []);
	const heard: number[][] = [];
	const switches = 40;
	for (let i = 0; i < switches; i++) {
		const state = i % 2 === 0 ? 0 : 0x4000_0000;
		vm2.smt.expect(0x11, 0x4, u32(0, 0, state), []);
		engine.advance(1_000_000);
		heard.push(...vm2.inbox.all().map(({ payload }) => payload));
	}
	expect(heard).toHaveLength(switches);
	expect(vm1.inbox.busy).toBe(true);
	// The first, in its area, and what the firmware keeps for it.
	const kept = vm1.inbox.all();
	expect(kept.length).toBeGreaterThan(1);
	expect(kept.length).toBeLessThan(switches);
	expect(kept[0]?.payload).toEqual(u32(0, 1, 0));
});
