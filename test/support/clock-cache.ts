// Changes clocks in every way and asks about them, and holds what the engine knows of each against an oracle.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.11 and 4.6.2; the engine's notes: Clock and ClockState in assembly/image.ts.

import fc from "fast-check";
import { expect } from "vitest";
import { Block, Clock, ClockState } from "../../assembly/image.ts";
import { Address, State } from "../../assembly/layout.ts";
import type { Batch } from "../../host/batch.ts";
import { callerOf, type Engine } from "../../host/engine.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { ClockModel, type ClocksNow, type RealClock } from "./clock-model.ts";
import { TEE_TX } from "./inbox.ts";
import {
	type AreaPlace,
	BASE,
	CLOCK,
	DENIED,
	headerOf,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	Smt,
	SUCCESS,
	TX,
	text,
	u32,
	u64,
} from "./smt.ts";

const PERFORMANCE = 0x13;
const ATTRIBUTES = 0x3;
const RATE_SET = 0x5;
const RATE_GET = 0x6;
const CONFIG_SET = 0x7;
const NAME_GET = 0x8;
const CONFIG_GET = 0xb;
const PARENT_SET = 0xd;
const PARENT_GET = 0xe;
const GET_PERMISSIONS = 0xf;

/** Agents by their IDs, and where they send from. */
const AGENTS: readonly AreaPlace[] = [TX, TEE_TX];
const [LINUX, TEE] = [0, 1];

/** Numbers are taken modulo the number of what there is. */
const any = fc.nat(100_000);
const agent = fc.constantFrom(LINUX, TEE);

const word = fc.oneof(
	fc.nat(31).map((bit) => (1 << bit) >>> 0),
	fc.nat(0xffff_ffff),
	fc.constantFrom(0, 0xffff_ffff, 0x0700_0000, 0x1000_0000, 0x0014_5032),
);

const change = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant("write"),
			register: any,
			how: fc.constantFrom("write", "set", "clear", "toggle"),
			// A setting's own bits, or any.
			bits: fc.oneof(fc.record({ setting: any, value: word }), word),
		}),
	},
	fc.record({
		do: fc.constant("rate"),
		agent,
		clock: any,
		hz: fc.oneof(fc.bigInt(0n, 2_000_000_000n), fc.bigInt(0n, 2n ** 64n - 1n)),
		rounding: fc.constantFrom(0, 4, 8),
	}),
	fc.record({
		do: fc.constant("config"),
		agent,
		clock: any,
		on: fc.nat(1),
	}),
	fc.record({ do: fc.constant("parent"), agent, clock: any, parent: any }),
	fc.record({
		do: fc.constant("permit"),
		agent,
		device: any,
		allow: fc.boolean(),
	}),
	fc.record({ do: fc.constant("power"), agent, domain: any, on: fc.boolean() }),
	fc.record({
		do: fc.constant("performance"),
		agent,
		level: fc.integer({ min: 1, max: 3 }),
	}),
);

const question = fc.record({
	id: any,
	message: fc.constantFrom(
		...[RATE_GET, RATE_GET, RATE_GET, ATTRIBUTES, ATTRIBUTES, ATTRIBUTES],
		...[NAME_GET, CONFIG_GET, PARENT_GET, GET_PERMISSIONS],
	),
});
const ask = fc.record({
	do: fc.constant("ask"),
	agent,
	way: fc.constantFrom("call", "trap", "batch"),
	questions: fc.array(question, { minLength: 1, maxLength: 30, size: "max" }),
});

const step = fc.oneof(change, ask);

type Chosen<A> = A extends fc.Arbitrary<infer S> ? S : never;
/** One thing to do. */
export type Step = Chosen<typeof step>;
type Ask = Chosen<typeof ask>;
type Question = Chosen<typeof question>;
type Write = Extract<Chosen<typeof change>, { how: string }>;

/** Up to so many. */
export function steps(maxLength: number): fc.Arbitrary<Step[]> {
	return fc.array(step, { minLength: 1, maxLength, size: "max" });
}

/** Takes steps from a fresh start, and asks about everything in the end; throws where something is wrong. */
export function run(driver: CacheDriver, steps: readonly Step[]): void {
	driver.begin();
	for (const step of steps) driver.take(step);
	driver.askAll();
}

function at<Item>(list: readonly Item[], i: number): Item {
	return list[i % list.length] as Item;
}

function words(bytes: readonly number[]): number[] {
	return [...new Uint32Array(new Uint8Array(bytes).buffer)];
}

/** What the rows of all clocks tell. */
interface Row {
	bits: number;
	rate: bigint;
	firstChild: number;
	nextChild: number;
}

interface Known {
	rate: boolean;
	state: boolean;
}

export class CacheDriver {
	readonly #engine: Engine;
	readonly #platform: Platform;
	readonly #model: ClockModel;
	readonly #byId: ReadonlyMap<number, RealClock>;
	readonly #smts: readonly Smt[];
	readonly #batch: Batch;
	/** One more than the highest clock ID. */
	readonly #count: number;
	/** Names of the devices that an agent must not use. */
	readonly #denied: Set<string>[] = [];

	constructor(engine: Engine) {
		const { platform } = engine;
		this.#engine = engine;
		this.#platform = platform;
		this.#model = new ClockModel(platform);
		this.#byId = new Map(this.#model.clocks.map((clock) => [clock.id, clock]));
		this.#smts = AGENTS.map((place) => new Smt(engine, place));
		this.#batch = engine.batch();
		this.#count = Math.max(...platform.clocks.map(({ id }) => id)) + 1;
	}

	/** Starts from the platform as it is at load. */
	begin(): void {
		this.#engine.reset();
		const rights = this.#platform.agentRights ?? {};
		for (const [i, name] of this.#platform.agents.entries())
			this.#denied[i] = new Set(rights[name]?.denied);
	}

	/** Takes a step, which must say the truth, and leave nothing but the truth behind. */
	take(step: Step): void {
		if ("how" in step) this.#write(step);
		else if ("questions" in step) this.#ask(step);
		else if ("allow" in step) this.#permit(step);
		else this.#send(step);
		this.#checkRows();
	}

	/** All that can be asked. */
	askAll(): void {
		const ids = Array.from({ length: this.#count + 1 }, (_, id) => id);
		for (const message of [ATTRIBUTES, RATE_GET])
			for (const way of ["batch", "call"] as const)
				this.#ask({
					...{ do: "ask", way, agent: LINUX },
					questions: ids.map((id) => ({ id, message })),
				});
		this.#checkRows();
	}

	/** Registers are read where they lie: the bus has bits of its own to tell of a PLL. */
	#now(): ClocksNow {
		const view = new DataView(this.#engine.buffer);
		const blocks = view.getUint32(Address.STATE + State.BLOCKS, true);
		return this.#model.now((address) => {
			const { blocks: tables } = this.#platform;
			const i = tables.indexOf(this.#blockOf(address));
			const row = blocks + i * Block.SIZE;
			const linear = view.getUint32(row + Block.LINEAR, true);
			const base = view.getUint32(row + Block.BASE, true);
			return view.getUint32(linear + address - base, true);
		});
	}

	#blockOf(address: number): Platform["blocks"][number] {
		return this.#platform.blocks.find(
			(block) =>
				address >= block.address && address < block.address + block.size,
		) as Platform["blocks"][number];
	}

	#row({ id }: RealClock): Row {
		const view = new DataView(this.#engine.buffer);
		const row = Address.CLOCKS + id * Clock.SIZE;
		return {
			bits: view.getUint16(row + Clock.STATE, true),
			rate: view.getBigUint64(row + Clock.RATE, true),
			firstChild: view.getUint16(row + Clock.FIRST_CHILD, true),
			nextChild: view.getUint16(row + Clock.NEXT_CHILD, true),
		};
	}

	#rows(): Map<RealClock, Row> {
		return new Map(
			this.#model.clocks.map((clock) => [clock, this.#row(clock)]),
		);
	}

	/** Whether a rate, and a state, are known of each clock. */
	#known(): Map<RealClock, Known> {
		return new Map(
			[...this.#rows()].map(([clock, { bits }]) => [
				clock,
				{
					rate: (bits & ClockState.RATE) !== 0,
					state: (bits & ClockState.KNOWN) !== 0,
				},
			]),
		);
	}

	/** A write makes unknown what depends on the bits that it changes, by the muxes before it, and nothing else. */
	#write({ register, how, bits }: Write): void {
		const { registers, settings } = this.#model;
		if (registers.length === 0) return;
		const address = at(registers, register);
		const before = this.#now();
		const known = this.#known();
		const own = [...settings.values()]
			.flat()
			.filter((setting) => setting.address === address);
		const value =
			typeof bits === "number" ? bits : at(own, bits.setting).mask & bits.value;
		this.#access(address, how, value >>> 0);
		const after = this.#now();
		const changed = before.word(address) ^ after.word(address);
		const what = `${how} ${value.toString(16)} at ${address.toString(16)}`;
		const relearnt = this.#referencesOf(address, after);
		const rates = before.dependents("rate", address, changed);
		const states = before.dependents("state", address, changed);
		for (const [clock, now] of this.#known()) {
			const was = known.get(clock) as Known;
			const expected = {
				rate: relearnt.has(clock) ? now.rate : was.rate && !rates.has(clock),
				state: was.state && !states.has(clock),
			};
			if (now.rate !== expected.rate || now.state !== expected.state)
				expect({ what, clock: clock.name, ...now }).toEqual({
					...{ what, clock: clock.name },
					...expected,
				});
		}
	}

	#access(address: number, how: string, value: number): void {
		const old = this.#now().word(address);
		const alias = ["write", "set", "clear", "toggle"].indexOf(how);
		if (this.#blockOf(address).kind === "set-clear-toggle")
			this.#engine.write32(address + 4 * alias, value);
		else {
			const results = [value, old | value, old & ~value, old ^ value];
			this.#engine.write32(address, (results[alias] as number) >>> 0);
		}
	}

	/** A PLL that has to lock anew looks at its reference's rate, after the write. */
	#referencesOf(address: number, after: ClocksNow): Set<RealClock> {
		const plls = this.#model.clocks.filter(
			(clock) =>
				clock.kind === "pll" &&
				address >= clock.address &&
				address <= clock.address + 8,
		);
		return new Set(plls.flatMap((pll) => after.path(pll).slice(1)));
	}

	#send(step: Exclude<Step, Write | Ask | { allow: boolean }>): void {
		const clocks = this.#model.clocks;
		const status = (protocol: number, message: number, bytes: number[]) =>
			(this.#smts[step.agent] as Smt).status(protocol, message, bytes);
		if ("hz" in step) {
			const { id } = at(clocks, step.clock);
			const bytes = [...u32(step.rounding, id), ...u64(step.hz)];
			expect([SUCCESS, DENIED, INVALID_PARAMETERS]).toContain(
				status(CLOCK, RATE_SET, bytes),
			);
		} else if ("parent" in step) {
			const clock = at(clocks, step.clock);
			const names = "parents" in clock ? clock.parents : ["none"];
			const parent = this.#model.byName.get(at(names, step.parent));
			status(CLOCK, PARENT_SET, u32(clock.id, parent?.id ?? 0));
		} else if ("clock" in step) {
			const { id } = at(clocks, step.clock);
			status(CLOCK, CONFIG_SET, u32(id, step.on, 0));
		} else if ("domain" in step) {
			const state = step.on ? 0 : 0x4000_0000;
			const domains = Math.max(this.#platform.powerDomains.length, 1);
			status(POWER, 0x4, u32(0, step.domain % domains, state));
		} else if (this.#platform.protocols.performance !== undefined) {
			status(PERFORMANCE, 0x7, u32(0, step.level));
		}
	}

	/** Permissions are a part of the attributes; no rate depends on them. */
	#permit(step: Extract<Step, { allow: boolean }>): void {
		const device = at(this.#platform.devices ?? [], step.device);
		const bytes = u32(step.agent + 1, device.id, step.allow ? 1 : 0);
		const before = this.#known();
		(this.#smts[TEE as number] as Smt).expect(BASE, 0x9, bytes, []);
		const denied = this.#denied[step.agent] as Set<string>;
		if (step.allow) denied.delete(device.name);
		else denied.add(device.name);
		for (const [clock, { rate }] of this.#known())
			if (before.get(clock)?.rate)
				expect([clock.name, rate]).toEqual([clock.name, true]);
	}

	#mustNotChange(agent: number, { name }: RealClock): boolean {
		return (this.#platform.devices ?? []).some(
			(device) =>
				this.#denied[agent]?.has(device.name) && device.clocks?.includes(name),
		);
	}

	#ask({ agent, way, questions }: Ask): void {
		const now = this.#now();
		// The last one is beyond the table.
		const asked = questions.map(({ id, message }) => ({
			...{ id: id % (this.#count + 1), message },
		}));
		const replies =
			way === "batch"
				? this.#askBatch(agent, asked)
				: asked.map((one) => this.#askOne(agent, way, one));
		for (const [i, one] of asked.entries()) {
			const reply = replies[i] as number[];
			const expected = this.#answer(agent, one, now);
			if (reply.join() !== expected.join())
				expect({ ...one, way, reply }).toEqual({
					...{ ...one, way, reply: expected },
				});
		}
	}

	#payload({ id, message }: Question): number[] {
		return message === CONFIG_GET ? [id, 0] : [id];
	}

	#askOne(agent: number, way: string, one: Question): number[] {
		const smt = this.#smts[agent] as Smt;
		const bytes = u32(...this.#payload(one));
		smt.write(headerOf(CLOCK, one.message), bytes);
		const x0 =
			way === "call"
				? this.#engine.rawCall(smt.place.functionId, callerOf(0, "smc"))
				: Number(smt.trap());
		expect(x0).toBe(0);
		return words(smt.read(0n).payload);
	}

	#askBatch(agent: number, asked: readonly Question[]): number[][] {
		const { functionId } = AGENTS[agent] as AreaPlace;
		const batch = this.#batch;
		for (const [i, one] of asked.entries())
			batch.set(
				i,
				functionId,
				headerOf(CLOCK, one.message),
				this.#payload(one),
			);
		expect(batch.run(asked.length)).toBe(asked.length);
		return asked.map((_, i) => [...batch.payload(i)]);
	}

	/** What an agent must be told, in words. */
	#answer(agent: number, { id, message }: Question, now: ClocksNow): number[] {
		const named = this.#platform.clocks.find((clock) => clock.id === id);
		const target = named?.kind === "alias" ? named.of : id;
		const clock = this.#byId.get(target);
		if (named === undefined || clock === undefined) return [NOT_FOUND >>> 0];
		const { name } = named;
		switch (message) {
			case RATE_GET:
				return words([...u32(SUCCESS), ...u64(now.rate(clock))]);
			case ATTRIBUTES: {
				const attributes = this.#attributes(agent, name, clock, now);
				const delay = clock.enableDelay ?? 0;
				const bytes = [...u32(attributes), ...text(name, 16), ...u32(delay)];
				return words([...u32(SUCCESS), ...bytes]);
			}
			case NAME_GET:
				return words([...u32(SUCCESS, 0), ...text(name, 64)]);
			case CONFIG_GET:
				return [SUCCESS, 0, now.running(clock) ? 1 : 0, 0];
			case PARENT_GET: {
				const parent = now.parent(clock);
				return parent === undefined
					? [NOT_SUPPORTED >>> 0]
					: [SUCCESS, parent.id];
			}
			default:
				return [SUCCESS, this.#permissions(agent, clock, now)];
		}
	}

	/** What can be changed: bit 31 the state, bit 30 the parent, bit 29 the rate. */
	#permissions(agent: number, clock: RealClock, now: ClocksNow): number {
		if (this.#mustNotChange(agent, clock)) return 0;
		const state = clock.critical ? 0 : 0x8000_0000;
		const parent = "parents" in clock ? 0x4000_0000 : 0;
		return (state | parent | (now.rateSettable(clock) ? 0x2000_0000 : 0)) >>> 0;
	}

	/** Bits 31 and 30: notifications, which both agents have a channel for. */
	#attributes(
		agent: number,
		name: string,
		clock: RealClock,
		now: ClocksNow,
	): number {
		const restricted = this.#permissions(agent, clock, now) !== 0xe000_0000;
		return (
			(0xc000_0000 |
				(name.length > 15 ? 0x2000_0000 : 0) |
				(now.parent(clock) === undefined ? 0 : 0x1000_0000) |
				(restricted ? 2 : 0) |
				(now.running(clock) ? 1 : 0)) >>>
			0
		);
	}

	/** All that the rows hold is true, and each entered clock is in one list, that of the parent in use. */
	#checkRows(): void {
		const now = this.#now();
		const rows = this.#rows();
		const entered: [number, string | undefined][] = [];
		for (const [clock, { bits, rate }] of rows) {
			const { name } = clock;
			if (bits & ClockState.RATE && rate !== now.rate(clock))
				expect({ name, rate }).toEqual({ name, rate: now.rate(clock) });
			const states = bits & ClockState.STATES;
			if (bits & ClockState.KNOWN && states !== this.#states(clock, now))
				expect({ name, states }).toEqual({
					...{ name, states: this.#states(clock, now) },
				});
			if (bits & ClockState.ENTERED)
				entered.push([clock.id, now.parent(clock)?.name]);
		}
		const listed = new Map<number, string>();
		for (const [{ name }, { firstChild }] of rows) {
			for (let number = firstChild; number !== 0; ) {
				const id = number - 1;
				// Twice, or in a circle.
				if (listed.has(id)) throw new Error(`${id} in ${name}'s list, again`);
				listed.set(id, name);
				const child = this.#byId.get(id) as RealClock;
				number = rows.get(child)?.nextChild as number;
			}
		}
		const byId = (lists: Iterable<[number, string | undefined]>) =>
			[...lists].sort(([a], [b]) => a - b).map((each) => each.join(" in "));
		expect(byId(listed)).toEqual(byId(entered));
	}

	/** The ClockState bits that are known together. */
	#states(clock: RealClock, now: ClocksNow): number {
		const denied = AGENTS.some((_, i) => this.#mustNotChange(i, clock));
		const whole =
			!clock.critical && "parents" in clock && now.rateSettable(clock);
		return (
			ClockState.KNOWN |
			(now.parent(clock) === undefined ? 0 : ClockState.PARENTS) |
			(clock.name.length > 15 ? ClockState.LONG_NAME : 0) |
			(now.rateSettable(clock) ? ClockState.RATE_SETTABLE : 0) |
			(now.running(clock) ? ClockState.RUNNING : 0) |
			(whole ? 0 : ClockState.RESTRICTED) |
			(denied ? 0 : ClockState.EVERYBODYS)
		);
	}
}
