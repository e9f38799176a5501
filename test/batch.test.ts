// A batch does what its messages would do one trap after the other: replies, memory, registers, virtual time, interrupts.
// The oracle is the single trap with raw byte offsets: SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Abi, Address, State } from "../assembly/layout.ts";
import { BATCH_WORD } from "../host/batch.ts";
import type { Engine } from "../host/engine.ts";
import { createEngine } from "../host/node.ts";
import type { Platform } from "../host/platform/platform.ts";
import { GUEST_RX, GUEST_TX, THREE_AGENTS } from "./support/agents.ts";
import { RX, TEE_RX, TEE_TX } from "./support/inbox.ts";
import { RawEngine } from "./support/raw-engine.ts";
import {
	type AreaPlace,
	BASE,
	CLOCK,
	headerOf,
	POWER,
	Smt,
	SYSTEM,
	TX,
	u32,
} from "./support/smt.ts";

/** A function ID with two areas: linux's and tee's. */
const PAIR: readonly AreaPlace[] = [0xc00, 0xe00].map((offset) => ({
	...TX,
	address: TX.address + offset,
	functionId: 0xc200_0110,
}));
const AREAS: readonly AreaPlace[] = [TX, TEE_TX, GUEST_TX, ...PAIR];

function channel(
	place: AreaPlace,
	agent: string,
): Platform["channels"][number] {
	const { functionId, address, size } = place;
	return { functionId, exceptionLevel: 3, agent, address, size };
}

const PLATFORM: Platform = {
	...THREE_AGENTS,
	channels: [
		...THREE_AGENTS.channels,
		channel(PAIR[0] as AreaPlace, "linux"),
		channel(PAIR[1] as AreaPlace, "tee"),
	],
};

/** One call: for an area, or of a function ID that has none for commands. */
interface Call {
	functionId: number;
	/** Index into AREAS. */
	area?: number;
	status: number;
	flags: number;
	length: number;
	header: number;
	words: number[];
}

const smallWords = fc.oneof(
	{ weight: 6, arbitrary: fc.nat(8) },
	{ weight: 2, arbitrary: fc.constantFrom(18, 28, 42, 76, 128, 189, 193, 251) },
	{
		weight: 2,
		arbitrary: fc.constantFrom(1 << 30, 1 << 31, 24_000_000, 650_000_000),
	},
	{ weight: 1, arbitrary: fc.integer() },
);
// Turning the system off is rare, or no sequence would come to its end.
const protocols = fc.oneof(
	{
		weight: 30,
		arbitrary: fc.constantFrom(0x10, 0x11, 0x13, 0x14, 0x14, 0x15, 0x16, 0x17),
	},
	{ weight: 1, arbitrary: fc.constantFrom(SYSTEM, 0x18, 0xff, 0) },
);
const messages = fc.oneof(
	{ weight: 30, arbitrary: fc.nat(0x12) },
	{ weight: 1, arbitrary: fc.constantFrom(0x1f, 0x20, 0xff) },
);
const sized: fc.Arbitrary<readonly [number, number, number[]]> = fc.oneof(
	// Right sizes of what matters most.
	fc.tuple(
		fc.constant(CLOCK),
		fc.constantFrom(3, 6, 8, 14),
		fc.array(smallWords, { minLength: 1, maxLength: 1 }),
	),
	fc.tuple(
		fc.constant(CLOCK),
		fc.constant(5),
		fc.tuple(
			fc.constantFrom(0, 1, 2, 3, 4, 8),
			fc.constantFrom(18, 28, 42, 76, 128, 189),
			fc.constantFrom(24_000_000, 100_000_000, 393_216_000, 650_000_000),
			fc.constant(0),
		),
	),
	fc.tuple(
		fc.constant(CLOCK),
		fc.constant(7),
		fc.tuple(smallWords, fc.nat(1), fc.constant(0)),
	),
	fc.tuple(
		fc.constant(CLOCK),
		fc.constantFrom(9, 10),
		fc.tuple(smallWords, fc.nat(1)),
	),
	fc.tuple(
		fc.constant(POWER),
		fc.constant(4),
		fc.tuple(fc.nat(1), fc.nat(11), fc.constantFrom(0, 1 << 30)),
	),
	fc.tuple(
		fc.constant(POWER),
		fc.constantFrom(6, 7),
		fc.tuple(fc.nat(11), fc.nat(1)),
	),
	fc.tuple(
		fc.constant(0x13),
		fc.constant(7),
		fc.tuple(fc.constant(0), fc.nat(4)),
	),
	fc.tuple(fc.constant(BASE), fc.constant(0xb), fc.tuple(fc.nat(3), fc.nat(1))),
	fc.tuple(protocols, messages, fc.array(smallWords, { maxLength: 5 })),
);
const commands: fc.Arbitrary<Call> = fc
	.record({
		area: fc.nat(AREAS.length - 1),
		flags: fc.nat(1),
		token: fc.nat(1023),
		type: fc.oneof(
			{ weight: 20, arbitrary: fc.constant(0) },
			{ weight: 1, arbitrary: fc.nat(3) },
		),
		status: fc.oneof(
			{ weight: 20, arbitrary: fc.constant(0) },
			{ weight: 1, arbitrary: fc.constantFrom(1, 2, 3) },
		),
		length: fc.oneof(
			{ weight: 20, arbitrary: fc.constant(-1) },
			{
				weight: 1,
				arbitrary: fc.constantFrom(
					0,
					3,
					4,
					128,
					132,
					0x1e8,
					0x1e9,
					0xffff_ffff,
				),
			},
		),
		message: sized,
	})
	.map(({ area, flags, token, type, status, length, message }) => {
		const [protocol, id, words] = message;
		return {
			functionId: (AREAS[area] as AreaPlace).functionId,
			area,
			status,
			flags,
			length: length === -1 ? 4 + 4 * words.length : length,
			header: headerOf(protocol, id, token, type),
			words,
		};
	});
const otherCalls: fc.Arbitrary<Call> = fc
	.constantFrom(
		...[RX, TEE_RX, GUEST_RX].map(({ functionId }) => functionId),
		...[0x8000_0000, 0x8000_0001, 0x8400_0000, 0x8400_000a, 0xdead_beef, 0],
	)
	.map((functionId) => ({
		functionId,
		status: 0,
		flags: 0,
		length: 4,
		header: 0,
		words: [],
	}));
const LONGEST = 40;
const calls = fc.array(
	fc.oneof(
		{ weight: 9, arbitrary: commands },
		{ weight: 1, arbitrary: otherCalls },
	),
	{ minLength: 1, maxLength: LONGEST, size: "max" },
);
/** What happens between two batches. */
const between = fc.oneof(
	fc.record({ ns: fc.constantFrom(0, 1, 10_000, 999_999, 50_000_000) }),
	fc.record({
		// CCM_CCGR81, a slice's target register, GNRL_CTL of audio_pll1, the TMU's.
		address: fc.constantFrom(
			0x3038_4510,
			0x3038_bc00,
			0x3036_0000,
			0x3026_0000,
		),
		value: fc.constantFrom(0, 3, 0x1000_0000, 0x1100_0001, 0xffff_ffff),
	}),
);

/** What an agent sees of a call. */
interface Answer {
	result: number;
	status: number;
	length: number;
	header: number;
	payload: number[];
}

function singly(engine: Engine, smts: readonly Smt[], list: Call[]): Answer[] {
	const answers: Answer[] = [];
	for (const call of list) {
		if (engine.stopped !== null) break;
		const smt = call.area === undefined ? undefined : smts[call.area];
		smt?.write(call.header, u32(...call.words), call.length, call.flags);
		smt?.view.setUint32(4, call.status, true);
		engine.registers(0)[0] = call.functionId;
		const result = engine.trap(0, "smc");
		const { view } = smt ?? {};
		const length = view?.getUint32(0x14, true) ?? call.length;
		answers.push({
			result,
			status: view?.getUint32(4, true) ?? call.status,
			length,
			header: view?.getUint32(0x18, true) ?? call.header,
			payload: payloadOf(call, length, (i) =>
				view?.getUint32(0x1c + 4 * i, true),
			),
		});
	}
	return answers;
}

/** What a reply holds. Nothing in a channel that was free, where the length is none of the platform's. */
function payloadOf(
	{ status }: Call,
	reply: number,
	word: (i: number) => number | undefined,
): number[] {
	if (status & 1) return [];
	return Array.from(
		{ length: Math.max(reply - 4, 0) / 4 },
		(_, i) => word(i) ?? 0,
	);
}

const FIRST = 7;

function asBatch(engine: Engine, list: Call[]): Answer[] {
	const batch = engine.batch();
	for (const [i, call] of list.entries()) {
		batch.set(FIRST + i, call.functionId, call.header, call.words);
		const at = (FIRST + i) * batch.stride;
		batch.words[at + BATCH_WORD.status] = call.status;
		batch.words[at + BATCH_WORD.flags] = call.flags;
		batch.words[at + BATCH_WORD.length] = call.length;
		batch.words[at + BATCH_WORD.area] = call.area === AREAS.length - 1 ? 1 : 0;
	}
	const untouched = batch.words.slice();
	const count = batch.run(list.length, FIRST);
	const rest = (FIRST + count) * batch.stride;
	const outside = (words: Uint32Array) => [
		...words.subarray(0, FIRST * batch.stride),
		...words.subarray(rest),
	];
	expect(outside(batch.words).join()).toBe(outside(untouched).join());
	return list.slice(0, count).map((call, i) => {
		const at = (FIRST + i) * batch.stride;
		const word = (name: keyof typeof BATCH_WORD) =>
			batch.words[at + BATCH_WORD[name]] as number;
		return {
			result: batch.result(FIRST + i),
			status: word("status"),
			length: word("length"),
			header: word("header"),
			payload: payloadOf(
				call,
				word("length"),
				(j) => batch.words[at + BATCH_WORD.payload + j],
			),
		};
	});
}

/** State that only saves work, and is set anew before it is used: the header of the last command on the full way, the next look. */
const NOTES = [
	{ at: Address.STATE + State.HEADER, size: 4 },
	{ at: Address.STATE + State.ATTENTION, size: 8 },
];

/** All memory but the areas that commands go through, and such notes. */
function memoryOf(engine: Engine): Uint8Array {
	const memory = new Uint8Array(engine.buffer, 0, engine.memoryEnd).slice();
	for (const { at, size } of NOTES) memory.fill(0, at, at + size);
	for (const { address, size } of AREAS) {
		const at = engine.memoryAt(address, size);
		memory.fill(0, at, at + size);
	}
	return memory;
}

function expectSameMemory(one: Engine, other: Engine): void {
	const [a, b] = [memoryOf(one), memoryOf(other)];
	const at = a.findIndex((byte, i) => byte !== b[i]);
	if (at < 0 && a.length === b.length) return;
	throw new Error(`memory differs at 0x${at.toString(16)}`);
}

describe("a batch", () => {
	it("does what the same messages do one trap after the other", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(calls, between), { minLength: 1, maxLength: 4 }),
				(rounds) => {
					const options = { batch: FIRST + LONGEST + 1 };
					const one = createEngine(PLATFORM, options);
					const other = createEngine(PLATFORM, options);
					const smts = AREAS.map((place) => new Smt(one, place));
					const raised: string[][] = [[], []];
					for (const [i, engine] of [one, other].entries())
						for (const { interrupt } of engine.platform.channels)
							if (interrupt !== undefined)
								engine.onInterrupt(interrupt, () =>
									raised[i]?.push(`${interrupt}`),
								);
					for (const [list, step] of rounds) {
						expect(asBatch(other, list)).toEqual(singly(one, smts, list));
						expectSameMemory(one, other);
						expect(other.stopped).toBe(one.stopped);
						for (const engine of [one, other]) {
							if ("ns" in step) engine.advance(step.ns);
							else engine.write32(step.address, step.value);
						}
					}
					expectSameMemory(one, other);
					expect(new Set(raised[1])).toEqual(new Set(raised[0]));
				},
			),
			{ numRuns: 150 },
		);
	}, 600_000);

	it("ends with the message that turns the system off, and leaves the others as they are", () => {
		const engine = createEngine();
		const batch = engine.batch();
		const rateGet = headerOf(CLOCK, 0x6);
		batch.set(0, TX.functionId, rateGet, [128]);
		// SYSTEM_POWER_STATE_SET: forceful, shutdown.
		batch.set(1, TX.functionId, headerOf(SYSTEM, 0x3), [0, 0]);
		batch.set(2, TX.functionId, rateGet, [128]);
		expect(batch.run(3)).toBe(2);
		expect(engine.stopped).toBe("off");
		expect([batch.result(0), batch.result(1), batch.result(2)]).toEqual([
			0, -1, 0,
		]);
		expect(batch.words[2 * batch.stride + BATCH_WORD.status]).toBe(0);
		expect(batch.words[2 * batch.stride + BATCH_WORD.payload]).toBe(128);
		expect(engine.registers(0)[0]).toBe(0xffff_ffff);
		expect(batch.run(1, 2)).toBe(0);
		engine.reset();
		expect(batch.run(1, 2)).toBe(1);
		expect([...batch.payload(2)]).toEqual([0, 24_000_000, 0]);
	});

	it("gives each entry its result when areas or services do not exist", () => {
		const engine = createEngine();
		const batch = engine.batch();
		const header = headerOf(CLOCK, 0x0);
		batch.set(0, TX.functionId, header);
		batch.words[BATCH_WORD.area] = 1;
		batch.set(1, 0xc200_7777, header);
		batch.set(2, TX.functionId, header);
		batch.words[2 * batch.stride + BATCH_WORD.status] = 1;
		batch.set(3, TX.functionId, header);
		batch.words[3 * batch.stride + BATCH_WORD.length] = 3;
		expect(batch.run(4)).toBe(4);
		expect([0, 1, 2, 3].map((i) => batch.result(i))).toEqual([-1, -1, -2, 0]);
		expect(batch.words[3 * batch.stride + BATCH_WORD.status]).toBe(3);
		expect(batch.status(3)).toBe(-10);
		expect(engine.timeNs).toBe(4000);
	});

	it("leaves the areas alone", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		smt.write(headerOf(CLOCK, 0x6), u32(128));
		const batch = engine.batch();
		batch.set(0, TX.functionId, headerOf(POWER, 0x0));
		expect(batch.run(1)).toBe(1);
		expect([...batch.payload(0)]).toEqual([0, 0x30001]);
		expect(smt.view.getUint32(4, true)).toBe(0);
		expect(smt.read(smt.trap()).payload).toEqual(u32(0, 24_000_000, 0));
	});

	it("belongs to the CPU and the conduit that it was made for", () => {
		const engine = createEngine();
		const header = headerOf(CLOCK, 0x0);
		const hvc = engine.batch({ cpu: 1, method: "hvc" });
		hvc.set(0, 0x8000_0000, header);
		expect(hvc.run(1)).toBe(1);
		expect(hvc.result(0)).toBe(0x10004);
		expect(engine.registers(1)[0]).toBe(0x10004);
		expect(() => engine.batch({ cpu: 4 })).toThrow(/CPU 4: expected 0 to 3/);
		expect(() => engine.batch({ cpu: 0.5 })).toThrow(/expected 0 to 3/);
	});

	it("has as many entries as its engine was told", () => {
		expect(createEngine().batch().size).toBe(1024);
		const engine = createEngine(PLATFORM, { batch: 3 });
		const batch = engine.batch();
		expect(batch.size).toBe(3);
		for (const wrong of [-1, 3, 0.5, Number.NaN])
			expect(() => batch.set(wrong, TX.functionId, 0)).toThrow(
				/expected 0 to 2/,
			);
		for (const [count, first] of [
			[4, 0],
			[1, 3],
			[-1, 0],
			[1, -1],
			[0.5, 0],
		] as const)
			expect(() => batch.run(count, first)).toThrow(/there are 3/);
		expect(batch.run(0, 3)).toBe(0);
		expect(() => batch.set(0, TX.functionId, 0, new Array(42).fill(0))).toThrow(
			/42 words of payload, expected at most/,
		);
		for (const batch of [-1, 1.5, 2 ** 32, 10_000_000])
			expect(() => createEngine(PLATFORM, { batch })).toThrow(
				expect.objectContaining({ code: "USAGE" }),
			);
	});

	it("is refused by the engine itself where there are no such entries or CPU", () => {
		const { exports } = new RawEngine();
		expect(exports.reserveBatch(1)).toBe(0);
		expect(exports.batch(0, 3, 0, 1)).toBe(0);
		const engine = createEngine(PLATFORM, { batch: 2 });
		const execute = engine.rawBatch;
		const before = memoryOf(engine);
		for (const [cpu, first, count] of [
			[0, 0, 3],
			[0, 2, 1],
			[0, 0xffff_ffff, 2],
			[0, 1, 0xffff_ffff],
			[Abi.MAX_CPUS, 0, 1],
			[4, 0, 1],
		] as const)
			expect(execute(cpu, 3, first, count)).toBe(0);
		const after = memoryOf(engine);
		expect(after.findIndex((byte, i) => byte !== before[i])).toBe(-1);
	});
});
