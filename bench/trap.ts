// What one trap from JavaScript costs: request written into shared memory, trap, reply read; on the engine, on the
// plain server, and an empty call into WebAssembly as the floor. Rounds alternate, because clock speeds drift.

import { Bench } from "tinybench";
import type { Engine } from "../host/engine.ts";
import type { Firmware } from "../host/firmware.ts";
import { createEngine, engineModule } from "../host/node.ts";
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
}

/** Sends a request `BATCH` times. */
type Sender = (request: Request) => number;

const EL3 = 3;
/** Messages between two looks at the clock. */
const BATCH = 500;
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

/** What is written for a request: header, length, four words of parameters. */
function encode({
	protocol,
	message,
	words,
}: Request): [number, number, number, number, number, number] {
	const [a = 0, b = 0, c = 0, d = 0] = words;
	return [(protocol << 10) | message, 4 + 4 * words.length, a, b, c, d];
}

// V8 makes the best of views and call targets that a function has had only once: the engine and the plain server have a
// loop each, written out twice, and its closure is made once.

function engineSender(engine: Engine): Sender {
	const [area, x] = viewsOf(engine);
	const trap = engine.rawTrap;
	const { functionId } = CHANNEL;
	return (request) => {
		const [header, length, a, b, even, d] = encode(request);
		const odd = request.otherWord2 ?? even;
		let sum = 0;
		for (let i = 0; i < BATCH; i++) {
			area[STATUS] = 0;
			area[LENGTH] = length;
			area[HEADER] = header;
			area[PAYLOAD] = a;
			area[PAYLOAD + 1] = b;
			area[PAYLOAD + 2] = (i & 1) === 0 ? even : odd;
			area[PAYLOAD + 3] = d;
			x[0] = functionId;
			sum |= trap(0, EL3);
			sum |= (area[STATUS] as number) ^ FREE;
			sum |= area[PAYLOAD] as number;
		}
		return sum;
	};
}

function plainSender(server: PlainServer): Sender {
	const [area, x] = viewsOf(server);
	const { functionId } = CHANNEL;
	return (request) => {
		const [header, length, a, b, even, d] = encode(request);
		const odd = request.otherWord2 ?? even;
		let sum = 0;
		for (let i = 0; i < BATCH; i++) {
			area[STATUS] = 0;
			area[LENGTH] = length;
			area[HEADER] = header;
			area[PAYLOAD] = a;
			area[PAYLOAD + 1] = b;
			area[PAYLOAD + 2] = (i & 1) === 0 ? even : odd;
			area[PAYLOAD + 3] = d;
			x[0] = functionId;
			sum |= server.trap(0, "smc");
			sum |= (area[STATUS] as number) ^ FREE;
			sum |= area[PAYLOAD] as number;
		}
		return sum;
	};
}

function emptyBatch(): Batch {
	const { exports } = new WebAssembly.Instance(engineModule(), {});
	const abiVersion = exports.abiVersion as () => number;
	const version = abiVersion();
	return () => {
		let sum = 0;
		for (let i = 0; i < BATCH; i++) sum |= abiVersion() ^ version;
		return sum;
	};
}

/** Measures every message on the engine and on the plain server. */
export function measureTraps({
	rounds = 12,
	time = 40,
}: TrapOptions = {}): TrapCosts {
	const toEngine = engineSender(createEngine(IMX8MM));
	const toPlain = plainSender(new PlainServer(IMX8MM));
	const batches = new Map<string, Batch>([["empty call", emptyBatch()]]);
	for (const request of REQUESTS) {
		batches.set(`engine ${request.name}`, () => toEngine(request));
		batches.set(`plain ${request.name}`, () => toPlain(request));
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
