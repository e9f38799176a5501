// What a second thread brings: messages per second of two workers on one engine, against one worker alone.
// `node build/bench/threads.js`, or with `--json` one object. Rounds alternate, because clock speeds and load drift; the
// first row is what the machine itself has to give. On a busy one, `--messages 5000000` makes rounds so long that both
// workers get their share of it.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import {
	isMainThread,
	parentPort,
	Worker,
	workerData,
} from "node:worker_threads";
import Table from "cli-table3";
import {
	attachEngine,
	createSharedEngine,
	imx8mmWith,
	type SharedFirmware,
} from "../host/node.ts";

const READY = 1;
/** How many workers there are; one of them alone is the measure. */
const WORKERS = 2;
/** Messages of each worker in a round. */
const MESSAGES = 204_800;
const EL3 = 3;

/** Words of an area and of a batch's entry: SCMI 3.2, section 5.1.2. */
const STATUS = 1;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD = 7;

const RATE_GET = (0x14 << 10) | 0x6;
const RATE_SET = (0x14 << 10) | 0x5;
/** One for each worker. */
const CLOCKS = ["usdhc3", "i2c1"];

type Kind = "control" | "traps" | "batch" | "rate sets" | "one channel";
const KINDS: Record<Kind, string> = {
	control: "control: arithmetic alone, nothing shared",
	traps: "CLOCK_RATE_GET, one trap each, own channels",
	batch: "CLOCK_RATE_GET, batches of 512, own channels",
	"rate sets": "CLOCK_RATE_SET, one trap each, own channels",
	"one channel": "CLOCK_RATE_GET, one trap each, one channel by turns",
};

interface Setup {
	shared: SharedFirmware;
	/** Word 0 is the turn at the one channel, word 1 counts who is ready to start. */
	turn: SharedArrayBuffer;
	worker: number;
}

interface Job {
	kind: Kind;
	messages: number;
	/** How many are ready when everybody is. */
	ready: number;
}

/** When a worker began and ended, in ms of one clock for all. */
interface Done {
	begin: number;
	end: number;
}

function runWorker({ shared, turn, worker }: Setup): void {
	const engine = attachEngine(shared, 1 + worker);
	const { channels } = shared.platform;
	// One for each worker's agent.
	const own = channels.filter(
		({ fromPlatform, exceptionLevel }) =>
			fromPlatform !== true && exceptionLevel === EL3,
	);
	const areaOf = (i: number) => {
		const { address, size } = own[i] as (typeof own)[number];
		const at = engine.memoryAt(address, size);
		return new Int32Array(engine.buffer, at, size / 4);
	};
	const x = engine.registers(1 + worker);
	const trap = engine.rawTrap;
	const cpu = 1 + worker;
	const clock =
		shared.platform.clocks.find(({ name }) => name === CLOCKS[worker])?.id ?? 0;
	const turns = new Int32Array(turn);
	const batch = engine.batch();
	const half = batch.size / WORKERS;

	const message = (area: Int32Array, functionId: number, id: number) => {
		area[STATUS] = 0;
		area[LENGTH] = 8;
		area[HEADER] = RATE_GET;
		area[PAYLOAD] = id;
		x[0] = functionId;
		trap(cpu, EL3);
		return area[PAYLOAD] as number;
	};
	const jobs: Record<Kind, (messages: number) => number> = {
		control: (messages) => {
			let value = 1;
			for (let i = 0; i < 16 * messages; i++)
				value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
			return value === 0 ? 1 : 0;
		},
		traps: (messages) => {
			const area = areaOf(worker);
			const { functionId } = own[worker] as (typeof own)[number];
			let failed = 0;
			for (let i = 0; i < messages; i++)
				failed |= message(area, functionId, clock);
			return failed;
		},
		batch: (messages) => {
			const { functionId } = own[worker] as (typeof own)[number];
			const { words, stride } = batch;
			const first = worker * half;
			let failed = 0;
			for (let done = 0; done < messages; done += half) {
				for (let i = first; i < first + half; i++) {
					const at = i * stride;
					words[at] = functionId;
					words[at + STATUS] = 0;
					words[at + LENGTH] = 8;
					words[at + HEADER] = RATE_GET;
					words[at + PAYLOAD] = clock;
				}
				engine.rawBatch(cpu, EL3, first, half);
				for (let i = first; i < first + half; i++)
					failed |= words[i * stride + PAYLOAD] as number;
			}
			return failed;
		},
		"rate sets": (messages) => {
			const area = areaOf(worker);
			const { functionId } = own[worker] as (typeof own)[number];
			let failed = 0;
			for (let i = 0; i < messages; i++) {
				area[STATUS] = 0;
				area[LENGTH] = 20;
				area[HEADER] = RATE_SET;
				area[PAYLOAD] = 0;
				area[PAYLOAD + 1] = clock;
				area[PAYLOAD + 2] = i & 1 ? 24_000_000 : 12_000_000;
				area[PAYLOAD + 3] = 0;
				x[0] = functionId;
				trap(cpu, EL3);
				failed |= area[PAYLOAD] as number;
			}
			return failed;
		},
		"one channel": (messages) => {
			const area = areaOf(0);
			const { functionId } = own[0] as (typeof own)[number];
			let failed = 0;
			for (let i = 0; i < messages; i++) {
				do while (Atomics.load(turns, 0) !== 0);
				while (Atomics.compareExchange(turns, 0, 0, 1) !== 0);
				failed |= message(area, functionId, clock);
				Atomics.store(turns, 0, 0);
			}
			return failed;
		},
	};
	parentPort?.on("message", ({ kind, messages, ready }: Job) => {
		Atomics.add(turns, READY, 1);
		while (Atomics.load(turns, READY) < ready);
		const begin = performance.timeOrigin + performance.now();
		const failed = jobs[kind](messages);
		const end = performance.timeOrigin + performance.now();
		if (failed !== 0) throw new Error(`${kind}: a reply is not a success`);
		parentPort?.postMessage({ begin, end } satisfies Done);
	});
	parentPort?.postMessage("ready");
}

function next<Message>(worker: Worker): Promise<Message> {
	return new Promise((resolve, reject) => {
		worker.once("error", reject);
		worker.once("message", (message: Message) => {
			worker.off("error", reject);
			resolve(message);
		});
	});
}

/** Messages a second of the first `count` workers at once. */
async function rate(
	workers: readonly Worker[],
	count: number,
	turns: Int32Array,
	kind: Kind,
	messages: number,
): Promise<number> {
	const ready = Atomics.load(turns, READY) + count;
	const job: Job = { kind, messages, ready };
	const times = await Promise.all(
		workers.slice(0, count).map((worker) => {
			worker.postMessage(job);
			return next<Done>(worker);
		}),
	);
	const begin = Math.min(...times.map((time) => time.begin));
	const end = Math.max(...times.map((time) => time.end));
	return (count * messages) / ((end - begin) / 1000);
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** ns per message. */
function costOf(rates: readonly number[]): { median: number; best: number } {
	return { median: 1e9 / median(rates), best: 1e9 / Math.max(...rates) };
}

/** Measures every kind. */
async function measure(rounds: number, messages: number) {
	const { engine, shared, reason } = createSharedEngine(
		imx8mmWith(["linux", "guest"]),
	);
	if (shared === null) throw new Error(`no threads: ${reason}`);
	const turn = new SharedArrayBuffer(8);
	const turns = new Int32Array(turn);
	const workers = Array.from(
		{ length: WORKERS },
		(_, worker) =>
			new Worker(new URL(import.meta.url), {
				workerData: { shared, turn, worker } satisfies Setup,
			}),
	);
	await Promise.all(workers.map((worker) => next(worker)));
	const rows = [];
	for (const kind of Object.keys(KINDS) as Kind[]) {
		const one: number[] = [];
		const two: number[] = [];
		await rate(workers, WORKERS, turns, kind, messages);
		for (let round = 0; round < rounds; round++) {
			one.push(await rate(workers, 1, turns, kind, messages));
			two.push(await rate(workers, WORKERS, turns, kind, messages));
		}
		rows.push({
			kind,
			alone: costOf(one),
			together: costOf(two),
			medianRatio: median(two) / median(one),
			bestRatio: Math.max(...two) / Math.max(...one),
		});
	}
	await Promise.all(workers.map((worker) => worker.terminate()));
	return { rounds, load: loadavg()[0] ?? 0, virtualNs: engine.timeNs, rows };
}

if (isMainThread) {
	const { values } = parseArgs({
		options: {
			json: { type: "boolean" },
			rounds: { type: "string" },
			messages: { type: "string" },
		},
	});
	const result = await measure(
		Number(values.rounds ?? 20),
		Number(values.messages ?? MESSAGES),
	);
	if (values.json === true) console.log(JSON.stringify(result));
	else {
		const table = new Table({
			head: ["best (median)", "one worker", "two", "two / one"],
			colAligns: ["left", "right", "right", "right"],
			style: { head: [], border: [] },
		});
		for (const { kind, alone, together, ...row } of result.rows)
			table.push([
				KINDS[kind],
				`${alone.best.toFixed(1)} (${alone.median.toFixed(1)})`,
				`${together.best.toFixed(1)} (${together.median.toFixed(1)})`,
				`${row.bestRatio.toFixed(2)} (${row.medianRatio.toFixed(2)})`,
			]);
		console.log(
			`ns per message, all workers together: the best of ${result.rounds} rounds and their median; load average ${result.load.toFixed(2)}`,
		);
		console.log(table.toString());
	}
} else runWorker(workerData as Setup);
