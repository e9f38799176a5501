// Two threads on one engine: every reply, the count of time, use counts and rates are what some serial order gives.
// The oracle is the engine for one thread, and the specification's byte offsets in worker.mjs.

import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Clock, Domain } from "../../assembly/image.ts";
import { Address, State } from "../../assembly/layout.ts";
import type { Engine } from "../../host/engine.ts";
import { createEngine, createSharedEngine } from "../../host/node.ts";
import type { SharedFirmware } from "../../host/threads.ts";
import { GUEST_TX, THREE_AGENTS } from "../support/agents.ts";
import { CacheDriver, steps } from "../support/clock-cache.ts";
import { TEE_TX } from "../support/inbox.ts";
import {
	type AreaPlace,
	BASE,
	CLOCK,
	headerOf,
	POWER,
	TX,
} from "../support/smt.ts";
import { Crew } from "./crew.ts";
import { type Message, repliesOf } from "./replies.ts";

const TRAP_NS = THREE_AGENTS.trapNs;
const AUDIO_PLL1 = 18;
const I2C1 = 123;

let engine: Engine;
let shared: SharedFirmware;
let crew: Crew;

beforeAll(async () => {
	const opened = createSharedEngine(THREE_AGENTS);
	expect(opened.reason).toBe(null);
	engine = opened.engine;
	shared = opened.shared as SharedFirmware;
	crew = await new Crew(shared, [1, 2]).ready();
});
afterAll(() => crew.end());
beforeEach(() => engine.reset());

const rateGet = (id: number): Message => [headerOf(CLOCK, 0x6), id];
const rateSet = (id: number, hz: number): Message => [
	headerOf(CLOCK, 0x5),
	...[0, id, hz, 0],
];
const configSet = (id: number, on: number): Message => [
	headerOf(CLOCK, 0x7),
	...[id, on, 0],
];
const powerSet = (id: number, on: boolean): Message => [
	headerOf(POWER, 0x4),
	...[0, id, on ? 0 : 1 << 30],
];

/** What only reads. */
const READS: readonly Message[] = [
	[headerOf(CLOCK, 0x0)],
	rateGet(AUDIO_PLL1),
	[headerOf(CLOCK, 0x3), I2C1],
	[headerOf(POWER, 0x5), 5],
	[headerOf(BASE, 0x7), 0xffff_ffff],
	rateGet(9999),
];

function repeat(place: AreaPlace, count: number, byTurns: boolean) {
	const expected = repliesOf(READS, place, createEngine(THREE_AGENTS)).map(
		(reply) => [reply],
	);
	const options = { place, messages: READS, expected, count, byTurns };
	return { job: "repeat", options };
}

it("two threads on channels of their own: a million replies, and time counts each message once", async () => {
	const count = 500_000;
	const results = await crew.run<{ wrong: string[] }>(
		repeat(TX, count, false),
		repeat(TEE_TX, count, false),
	);
	expect(results.map(({ wrong }) => wrong)).toEqual([[], []]);
	expect(engine.timeNs).toBe(2 * count * TRAP_NS);
}, 300_000);

it("two threads on one channel, by turns: every reply is right, and time counts each message once", async () => {
	const count = 100_000;
	const results = await crew.run<{ wrong: string[] }>(
		repeat(TX, count, true),
		repeat(TX, count, true),
	);
	expect(results.map(({ wrong }) => wrong)).toEqual([[], []]);
	expect(engine.timeNs).toBe(2 * count * TRAP_NS);
}, 300_000);

it("two threads ring for the same command: one serves it, the other finds it served", async () => {
	const place = TX;
	for (const message of [rateGet(AUDIO_PLL1), configSet(I2C1, 1)]) {
		const count = 20_000;
		const [writer, ringer] = await crew.run<{
			served: number;
			others: unknown[];
		}>(
			{ job: "writer", options: { place, message, count } },
			{ job: "ringer", options: { place } },
		);
		expect(writer?.others).toEqual([]);
		expect(ringer?.others).toEqual([]);
		expect((writer?.served ?? 0) + (ringer?.served ?? 0)).toBe(count);
	}
}, 300_000);

it("batches of two threads", async () => {
	const count = 102_400;
	const job = (place: AreaPlace, first: number) => ({
		job: "batches",
		options: {
			...{ place, first, count, size: 512, messages: READS },
			expected: repliesOf(READS, place, createEngine(THREE_AGENTS)).map(
				(reply) => reply.split(" ").slice(3).join(" "),
			),
		},
	});
	const results = await crew.run<{ wrong: string[] }>(
		job(TX, 0),
		job(TEE_TX, 512),
	);
	expect(results.map(({ wrong }) => wrong)).toEqual([[], []]);
	expect(engine.timeNs).toBe(2 * count * TRAP_NS);
}, 300_000);

it("a reader sees only the two rates that a writer toggles between", async () => {
	const count = 1_000_000;
	const writes = [
		rateSet(AUDIO_PLL1, 650_000_000),
		rateSet(AUDIO_PLL1, 393_216_000),
	];
	const rates = [650_000_000, 393_216_000].map(
		(hz) => `0 1 ${headerOf(CLOCK, 0x6)} 0 ${hz} 0`,
	);
	const written = [`0 1 ${headerOf(CLOCK, 0x5)} 0`];
	const [, reader] = await crew.run<{ wrong: string[]; seen: string[][] }>(
		{
			job: "repeat",
			options: {
				...{ place: TX, messages: writes, count: 20_000 },
				expected: [written, written],
			},
		},
		{
			job: "repeat",
			options: {
				...{ place: TEE_TX, messages: [rateGet(AUDIO_PLL1)], count },
				expected: [rates],
			},
		},
	);
	expect(reader?.wrong).toEqual([]);
	expect(rates).toEqual(expect.arrayContaining(reader?.seen[0] ?? [""]));
}, 300_000);

/** All rows of clocks and power domains, without what is cached. */
function rowsOf(from: Engine): number[][] {
	const view = new DataView(from.buffer);
	const word = (at: number) => view.getUint32(at, true);
	const table = (field: number, size: number, columns: number[]) =>
		Array.from({ length: word(Address.STATE + field + 4) }, (_, i) =>
			columns.map((column) =>
				word(word(Address.STATE + field) + i * size + column),
			),
		);
	return [
		...table(State.CLOCKS, Clock.SIZE, [Clock.REQUESTS, Clock.USE_COUNT]),
		...table(State.DOMAINS, Domain.SIZE, [Domain.REQUESTS, Domain.USE_COUNT]),
	];
}

it("use counts of clocks and domains that two agents switch at once come out even", async () => {
	const before = rowsOf(engine);
	const clocks = [18, 28, 38, 109, 193, 200, I2C1, 164];
	const domains = [1, 4, 5, 9, 10, 11];
	const messages = [
		...clocks.map((id) => configSet(id, 1)),
		...domains.map((id) => powerSet(id, true)),
		...domains.map((id) => powerSet(id, false)),
		...clocks.map((id) => configSet(id, 0)),
	];
	const expected = messages.map(([header]) => [`0 1 ${header} 0`]);
	const job = (place: AreaPlace) => ({
		job: "repeat",
		options: { place, messages, expected, count: 10_000 * messages.length },
	});
	const results = await crew.run<{ wrong: string[] }>(job(TX), job(TEE_TX));
	expect(results.map(({ wrong }) => wrong)).toEqual([[], []]);
	expect(rowsOf(engine)).toEqual(before);
}, 300_000);

/** Every order of two lists in which each list keeps its own. */
function interleavings<Item>(a: readonly Item[], b: readonly Item[]): Item[][] {
	const [[x, ...restA], [y, ...restB]] = [a, b];
	if (x === undefined) return [[...b]];
	if (y === undefined) return [[...a]];
	return [
		...interleavings(restA, b).map((rest) => [x, ...rest]),
		...interleavings(a, restB).map((rest) => [y, ...rest]),
	];
}

/** CCM and its analog block: what rates are made of. */
function registersOf(from: Engine): string {
	const addresses = [0x3036_0000, 0x3036_0004, 0x3036_0008];
	for (let root = 0; root < 134; root++)
		addresses.push(0x3038_8000 + root * 0x80);
	return addresses.map((address) => from.read32(address)).join(" ");
}

it("replies and hardware are those of some serial order", async () => {
	const lists: readonly (readonly [Message[], Message[]])[] = [
		[
			[rateSet(AUDIO_PLL1, 650_000_000), rateGet(38), configSet(38, 1)],
			[rateSet(AUDIO_PLL1, 393_216_000), rateGet(AUDIO_PLL1), rateGet(38)],
		],
		[
			// Whoever enables the clock first keeps the other from another rate.
			[configSet(I2C1, 1), rateSet(I2C1, 12_000_000), configSet(I2C1, 0)],
			[rateSet(I2C1, 6_000_000), rateGet(I2C1), rateSet(I2C1, 24_000_000)],
		],
		[
			[powerSet(5, true), [headerOf(POWER, 0x5), 4], powerSet(5, false)],
			[powerSet(4, true), powerSet(4, false), [headerOf(POWER, 0x5), 5]],
		],
	];
	for (const [a, b] of lists) {
		const outcomes = new Set<string>();
		for (const order of interleavings(
			a.map((message) => ({ message, place: TX })),
			b.map((message) => ({ message, place: GUEST_TX })),
		)) {
			const single = createEngine(THREE_AGENTS, { batch: 0 });
			const replies: Record<string, string[]> = {};
			for (const { message, place } of order) {
				const [reply] = repliesOf([message], place, single);
				const list = replies[place.functionId] ?? [];
				replies[place.functionId] = [...list, reply as string];
			}
			outcomes.add(
				JSON.stringify([
					replies[TX.functionId],
					replies[GUEST_TX.functionId],
					registersOf(single),
					single.timeNs,
				]),
			);
		}
		for (let round = 0; round < 100; round++) {
			engine.reset();
			const replies = await crew.run(
				{ job: "list", options: { place: TX, messages: a } },
				{ job: "list", options: { place: GUEST_TX, messages: b } },
			);
			const outcome = [...replies, registersOf(engine), engine.timeNs];
			expect(outcomes).toContain(JSON.stringify(outcome));
		}
	}
}, 300_000);

it("two threads that find out about the same clocks leave each in one list, with the truth in its row", async () => {
	const driver = new CacheDriver(engine, false);
	const questions = THREE_AGENTS.clocks.flatMap(({ id }) =>
		[0x6, 0x3].map((message) => ({ id, message })),
	);
	// What both know already gives them the time to meet.
	const version: Message = [headerOf(CLOCK, 0x0)];
	const early = Array.from({ length: 112 }, () => version);
	const [versionReply] = repliesOf([version], TX, createEngine(THREE_AGENTS));
	const known = versionReply?.split(" ").slice(3).join(" ");
	/** Half of the batch each. */
	const ask = (agent: number, place: AreaPlace, list: typeof questions) => {
		const later = list.map(({ id, message }) => [headerOf(CLOCK, message), id]);
		const told = driver
			.answers(agent, list)
			.map((words) => new Int32Array(words).join(" "));
		const options = {
			...{ place, first: agent * 512, count: 512, size: 512 },
			messages: [...early, ...later],
			expected: [...early.map(() => known), ...told],
		};
		return { job: "batches", options };
	};
	const meet = async (list: typeof questions) => {
		const jobs = [ask(0, TX, list), ask(1, TEE_TX, list)];
		const results = await crew.run<{ wrong: string[] }>(...jobs);
		expect(results.map(({ wrong }) => wrong)).toEqual([[], []]);
		driver.check();
	};
	const order = fc.shuffledSubarray(questions, {
		minLength: 400,
		maxLength: 400,
	});
	await fc.assert(
		fc.asyncProperty(order, order, steps(4), async (a, b, changes) => {
			driver.begin();
			await meet(a);
			for (const change of changes) driver.take(change);
			await meet(b);
		}),
		{ numRuns: 100, endOnFailure: true },
	);
}, 300_000);
