// What one trap from JavaScript costs: request written into shared memory, trap, reply read; on the engine, on the
// plain server, and an empty call into WebAssembly as the floor. Rounds alternate, because clock speeds drift.

import { Bench } from "tinybench";
import { Address, State } from "../assembly/layout.ts";
import type { Engine } from "../host/engine.ts";
import type { Firmware } from "../host/firmware.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { PlainServer } from "./plain-server.ts";

/** In ns per message: the median of the rounds' medians, the lowest and the highest of them. */
export interface Cost {
	median: number;
	low: number;
	high: number;
}

export interface Row {
	message: string;
	engine: Cost;
	plain: Cost;
	/** How many times the engine's cost the plain server takes. */
	plainToEngine: number;
	/** How many empty calls the engine takes. */
	engineToEmptyCall: number;
}

export interface TrapCosts {
	rounds: number;
	/** A JavaScript to WebAssembly call that does nothing. */
	emptyCall: Cost;
	rows: Row[];
}

export interface TrapOptions {
	/** How often everything is measured. */
	rounds?: number;
	/** How long each measurement lasts, in ms. */
	time?: number;
}

/** Does one thing `BATCH` times; returns 0 when each was a success. */
type Batch = () => number;

interface Request {
	name: string;
	protocol: number;
	message: number;
	/** Parameters as words. */
	words: readonly number[];
	/** Word 2 of every other message, where they shall differ. */
	otherWord2?: number;
	/** Every message finds that registers have changed, so that nothing known about clocks holds. */
	stale?: boolean;
}

const EL3 = 3;
/** Messages between two looks at the clock. */
const BATCH = 1000;
const NS_PER_MS = 1e6;

const CHANNEL = IMX8MM.channels[0] as (typeof IMX8MM.channels)[number];
/** Words of an area: SCMI 3.2, section 5.1.2. */
const STATUS = 1;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD = 7;
const FREE = 1;

function clockId(name: string): number {
	const clock = IMX8MM.clocks.find((each) => each.name === name);
	if (clock === undefined) throw new Error(`there is no clock ${name}`);
	return clock.id;
}

const REQUESTS: readonly Request[] = [
	{ name: "PROTOCOL_VERSION", protocol: 0x14, message: 0x0, words: [] },
	{
		name: "CLOCK_ATTRIBUTES",
		protocol: 0x14,
		message: 0x3,
		words: [clockId("usdhc3_root_clk")],
	},
	{
		name: "CLOCK_RATE_GET",
		protocol: 0x14,
		message: 0x6,
		words: [clockId("usdhc3_root_clk")],
	},
	{
		name: "CLOCK_RATE_GET, tree walked",
		protocol: 0x14,
		message: 0x6,
		words: [clockId("usdhc3_root_clk")],
		stale: true,
	},
	{
		// Neither rate comes out exactly, so that all dividers are looked at; each changes the registers.
		name: "CLOCK_RATE_SET",
		protocol: 0x14,
		message: 0x5,
		words: [0, clockId("usdhc3"), 148_500_000, 0],
		otherWord2: 52_000_001,
	},
	{ name: "POWER_STATE_GET", protocol: 0x11, message: 0x5, words: [10] },
];

/** The views that an agent keeps: the first channel's area and the first CPU's registers. */
function viewsOf(firmware: Firmware): [area: Int32Array, x: Uint32Array] {
	const at = firmware.memoryAt(CHANNEL.address, CHANNEL.size);
	const area = new Int32Array(firmware.buffer, at, CHANNEL.size / 4);
	return [area, firmware.registers(0)];
}

/** The words of a request that an agent writes: header, length, and as many parameters as the message has. */
function writes({ protocol, message, words, otherWord2 }: Request): string {
	const parameters = words.map((word, i) => {
		const other = i === 2 ? (otherWord2 ?? word) : word;
		const value = other === word ? word : `(i & 1) === 0 ? ${word} : ${other}`;
		return `area[${PAYLOAD + i}] = ${value};`;
	});
	return `
		area[${STATUS}] = 0;
		area[${LENGTH}] = ${4 + 4 * words.length};
		area[${HEADER}] = ${(protocol << 10) | message};
		${parameters.join("\n")}`;
}

// V8 makes the best of views and call targets that a function has had only once, and functions of the same text share what
// it has learnt. So each message to each firmware gets a loop of its own, as a driver's code would be: written from this
// text, with the message's name in it.

function batchOf(
	firmware: Firmware,
	request: Request,
	call: string,
	target: unknown,
	generation?: Uint32Array,
): Batch {
	const [area, x] = viewsOf(firmware);
	const loop = `
		// ${request.name}, ${call}
		return () => {
			let sum = 0;
			for (let i = 0; i < ${BATCH}; i++) {
				${writes(request)}
				${generation === undefined ? "" : "generation[0]++;"}
				x[0] = ${CHANNEL.functionId};
				sum |= ${call};
				sum |= area[${STATUS}] ^ ${FREE};
				sum |= area[${PAYLOAD}];
			}
			return sum;
		};`;
	return new Function("area", "x", "target", "generation", loop)(
		area,
		x,
		target,
		generation,
	);
}

function engineBatch(engine: Engine, request: Request): Batch {
	// What a register write does, without its own cost; the plain server walks the tree for every message.
	const generation =
		request.stale === true
			? new Uint32Array(engine.buffer, Address.STATE + State.GENERATION, 1)
			: undefined;
	const call = `target(0, ${EL3})`;
	return batchOf(engine, request, call, engine.rawTrap, generation);
}

function plainBatch(server: PlainServer, request: Request): Batch {
	return batchOf(server, request, `target.trap(0, "smc")`, server);
}

/** A module with nothing but `trap`, which returns 0. */
const EMPTY = new Uint8Array([
	// Magic and version; type (i32, i32) -> i32; one function; its export "trap"; its body: i32.const 0.
	0x00,
	0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 3, 2, 1,
	0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0, 10, 6, 1, 4, 0, 0x41, 0, 0x0b,
]);

/** A call of the same kind as a trap, from a loop of the same kind, with nothing on either side. */
function emptyBatch(): Batch {
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(EMPTY));
	const loop = `
		return () => {
			let sum = 0;
			for (let i = 0; i < ${BATCH}; i++) sum |= trap(0, ${EL3});
			return sum;
		};`;
	return new Function("trap", loop)(exports.trap);
}

/** Measures every message on the engine and on the plain server. */
export function measureTraps({
	rounds = 12,
	time = 40,
}: TrapOptions = {}): TrapCosts {
	const engine = createEngine(IMX8MM);
	const server = new PlainServer(IMX8MM);
	const batches = new Map<string, Batch>([["empty call", emptyBatch()]]);
	for (const request of REQUESTS) {
		batches.set(`engine ${request.name}`, engineBatch(engine, request));
		batches.set(`plain ${request.name}`, plainBatch(server, request));
	}
	const medians = new Map<string, number[]>();
	for (let round = 0; round < rounds; round++) {
		for (const [name, ns] of measureOnce([...batches], time))
			medians.set(name, [...(medians.get(name) ?? []), ns]);
	}
	const costOf = (name: string) => summary(medians.get(name) ?? []);
	const emptyCall = costOf("empty call");
	const rows = REQUESTS.map(({ name }): Row => {
		const engineCost = costOf(`engine ${name}`);
		const plain = costOf(`plain ${name}`);
		return {
			message: name,
			engine: engineCost,
			plain,
			plainToEngine: plain.median / engineCost.median,
			engineToEmptyCall: engineCost.median / emptyCall.median,
		};
	});
	return { rounds, emptyCall, rows };
}

/** The median of each batch in ns per message. */
function measureOnce(
	batches: readonly (readonly [name: string, batch: Batch])[],
	time: number,
): Map<string, number> {
	const bench = new Bench({ time, warmupTime: time / 4, throws: true });
	for (const [name, batch] of batches) {
		bench.add(name, () => {
			const start = bench.now();
			const failures = batch();
			const elapsed = bench.now() - start;
			if (failures !== 0) throw new Error(`${name}: a reply is not a success`);
			return {
				overriddenDuration: elapsed / BATCH,
				overriddenIterationCost: elapsed,
			};
		});
	}
	bench.runSync();
	return new Map(
		bench.tasks.map(({ name, result }) => {
			if (result.state !== "completed")
				throw new Error(`${name}: not measured (${result.state})`);
			return [name, result.latency.p50 * NS_PER_MS];
		}),
	);
}

function summary(values: readonly number[]): Cost {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const low = sorted[Math.ceil(middle) - 1] ?? 0;
	const high = sorted[Math.floor(middle)] ?? 0;
	return {
		median: (low + high) / 2,
		low: sorted[0] ?? 0,
		high: sorted.at(-1) ?? 0,
	};
}
