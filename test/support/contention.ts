// Several agents at once on a watched engine: runs steps fast, finds where an invariant breaks, and with how few steps.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2 (shared memory).

import type { Engine } from "../../host/engine.ts";
import {
	type Violation,
	violationText,
	type WatchedFirmware,
	watchInvariants,
} from "../../host/simulation/invariants/index.ts";
import type { Step } from "./contended-steps.ts";

const STATUS = 1;
const FLAGS = 4;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD = 7;
const FREE = 1;

/** Longer than the firmware puts anything off. */
const TIME: Step = {
	scenario: { advance: 20_000 },
	advance: 20_000,
	header: 0,
	words: [],
};

/** What steps cost a reader: a message more than time that passes. */
function cost(steps: readonly Step[]): number {
	return steps.reduce(
		(sum, { advance }) => sum + (advance === undefined ? 2 : 1),
		0,
	);
}

interface Talker {
	cpu: number;
	functionId: number;
	area: Uint32Array;
	/** The area of the platform's messages. */
	inbox: Uint32Array;
}

export interface RunOptions {
	/** Called before each message, as by somebody who tampers with the engine. */
	tamper?: (engine: Engine) => void;
}

/** An engine with its agents, each on a CPU of its own. */
export class Contention {
	readonly engine: Engine;
	readonly watched: WatchedFirmware;
	/** Messages sent so far, in all runs. */
	messages = 0;
	readonly #talkers: ReadonlyMap<string, Talker>;
	/** The one that steps are left out for. */
	#invariant: string | undefined;

	constructor(engine: Engine) {
		this.engine = engine;
		this.watched = watchInvariants(engine);
		const { agents, channels } = engine.platform;
		this.#talkers = new Map(
			agents.map((agent, cpu) => {
				const own = channels.filter((row) => row.agent === agent);
				const place = (fromPlatform: boolean) => {
					const row = own.find(
						(each) => (each.fromPlatform ?? false) === fromPlatform,
					);
					if (row === undefined) throw new Error(`${agent} has no channel`);
					const at = engine.memoryAt(row.address, row.size);
					const area = new Uint32Array(engine.buffer, at, row.size / 4);
					return { functionId: row.functionId, area };
				};
				const inbox = place(true).area;
				return [agent, { cpu, ...place(false), inbox }];
			}),
		);
	}

	/** Runs steps from a fresh start. Returns the place of the one after which an invariant was broken, or -1. */
	run(steps: readonly Step[], { tamper }: RunOptions = {}): number {
		const { engine, watched } = this;
		watched.reset();
		for (const [agent, { cpu }] of this.#talkers)
			engine.setSecure(cpu, agent === "tee");
		watched.checker.violations.length = 0;
		for (let i = 0; i < steps.length; i++) {
			tamper?.(engine);
			this.#do(steps[i] as Step);
			if (watched.violations.length > 0) return i;
		}
		return -1;
	}

	#do(step: Step): void {
		const { agent, reset, advance } = step;
		if (reset !== undefined) this.watched.resetAgent(reset);
		else if (advance !== undefined) {
			for (const { inbox } of this.#talkers.values()) inbox[STATUS] = FREE;
			this.watched.advance(advance);
		} else this.#send(this.#talkers.get(agent as string) as Talker, step);
	}

	#send({ cpu, functionId, area }: Talker, step: Step): void {
		const { words, length = 4 + 4 * words.length } = step;
		this.messages++;
		area[STATUS] = 0;
		area[FLAGS] = 0;
		area[LENGTH] = length;
		area[HEADER] = step.header;
		for (let i = 0; i < words.length; i++)
			area[PAYLOAD + i] = words[i] as number;
		const x = this.engine.registers(cpu);
		x[0] = functionId;
		x[1] = 0;
		this.watched.trap(cpu, "smc");
	}

	/** Few of these steps, in their order, that still break the same invariant. */
	fewest(steps: readonly Step[], options?: RunOptions): Step[] {
		let left = steps.slice(0, this.run(steps, options) + 1);
		const [violation] = this.watched.violations;
		this.#invariant = violation?.invariant;
		let more = Number.POSITIVE_INFINITY;
		while (cost(left) < more) {
			more = cost(left);
			for (let size = left.length >> 1; size >= 1; size >>= 1)
				left = this.#without(left, size, options);
		}
		this.run(left, options);
		return left;
	}

	/**
	 * Leaves out so many steps at a time, or lets time pass instead of them, wherever that invariant still breaks then: some
	 * steps do nothing but give the firmware the time for what it does later.
	 */
	#without(steps: Step[], size: number, options?: RunOptions): Step[] {
		let left = steps;
		let at = 0;
		while (at < left.length) {
			const head = left.slice(0, at);
			const tail = left.slice(at + size);
			const shorter = [[...head, ...tail]];
			const some = left.slice(at, at + size);
			if (cost(some) > cost([TIME])) shorter.push([...head, TIME, ...tail]);
			const taken = this.#firstBroken(shorter, options);
			if (taken === undefined) at += size;
			else left = taken;
		}
		return left;
	}

	/** The first of these that breaks that invariant, up to where it does. */
	#firstBroken(all: Step[][], options?: RunOptions): Step[] | undefined {
		for (const steps of all) {
			const broken = this.run(steps, options);
			const [violation] = this.watched.violations;
			if (broken >= 0 && violation?.invariant === this.#invariant)
				return steps.slice(0, broken + 1);
		}
		return undefined;
	}

	/** What breaks, and the steps as a scenario that can be put into a file. */
	report(steps: readonly Step[]): string {
		const [violation] = this.watched.violations as readonly [Violation];
		const { agents, agentRights } = this.engine.platform;
		const scenario = {
			description: violationText(violation),
			agents,
			permissions: agentRights,
			steps: steps.map((step) => step.scenario),
		};
		return `${scenario.description}\n${JSON.stringify(scenario, null, 2)}`;
	}
}
