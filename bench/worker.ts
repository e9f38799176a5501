// Program of a worker thread: sends messages on a shared engine, alone and beside another. workers.ts runs it.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; one CPU for each worker.

import { parentPort, workerData } from "node:worker_threads";
import { attachEngine, callerOf } from "../host/node.ts";
import {
	BEGUN,
	DONE,
	GO,
	type Job,
	type Setup,
	TURN,
	WORDS,
	type Work,
} from "./meeting.ts";
import {
	CLOCK,
	clockId,
	HEADER,
	LENGTH,
	PAYLOAD,
	RATE_GET,
	STATUS,
} from "./messages.ts";

const EL3 = 3;
/** One for each worker. */
const CLOCKS = [clockId("usdhc3"), clockId("i2c1")];
/** A slice takes less than a millisecond: some go by undisturbed on a machine that has other work. */
const MESSAGES = 10_000;
/** Arithmetic that takes about as long as a message. */
const STEPS = 40;

const { shared, meeting, worker } = workerData as Setup;
/** The CPU of the thread that opened the engine is 0. */
const cpu = 1 + worker;
const engine = attachEngine(shared, cpu);
const words = new Int32Array(meeting, 0, WORDS);
/** When the second worker began and ended a round; not on the first one's clock, which other work may keep from its core. */
const times = new Float64Array(meeting, 4 * WORDS, 2);
const call = engine.rawCall;
const caller = callerOf(cpu, "smc");
const clock = CLOCKS[worker] ?? 0;
const channels = shared.platform.channels.filter(
	({ fromPlatform, exceptionLevel }) =>
		fromPlatform !== true && exceptionLevel === EL3,
);

/** Waits for the channel. Only who has seen it free tries to take it: words that both write travel between their cores. */
function takeTurn(): void {
	do while (Atomics.load(words, TURN) !== 0);
	while (Atomics.compareExchange(words, TURN, 0, 1) !== 0);
}

/** Sends messages on a channel. Returns 0 when each was a success. */
function send(oneChannel: boolean): number {
	const channel = channels[oneChannel ? 0 : worker];
	if (channel === undefined) throw new Error(`no channel for ${worker}`);
	const { functionId, address, size } = channel;
	const at = engine.memoryAt(address, size);
	const area = new Int32Array(engine.buffer, at, size / 4);
	let failed = 0;
	for (let i = 0; i < MESSAGES; i++) {
		if (oneChannel) takeTurn();
		area[STATUS] = 0;
		area[LENGTH] = 8;
		area[HEADER] = (CLOCK << 10) | RATE_GET;
		area[PAYLOAD] = clock;
		call(functionId, caller);
		failed |= area[PAYLOAD] as number;
		if (oneChannel) Atomics.store(words, TURN, 0);
	}
	return failed;
}

function calculate(): number {
	let value = 1;
	for (let i = 0; i < STEPS * MESSAGES; i++)
		value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
	return value === 0 ? 1 : 0;
}

function work(kind: Work): void {
	const failed =
		kind === "arithmetic" ? calculate() : send(kind === "one channel");
	if (failed !== 0) throw new Error(`${kind}: a reply is not a success`);
}

/** ms of one clock for all. */
function now(): number {
	return performance.timeOrigin + performance.now();
}

/** How much more both do than this worker alone, directly before: in each round. The other one sleeps until it is called. */
function lead(job: Job): number[] {
	return Array.from({ length: job.rounds }, (_, i) => {
		const round = i + 1;
		const start = now();
		work(job.work);
		const alone = now() - start;
		Atomics.store(words, GO, round);
		Atomics.notify(words, GO);
		while (Atomics.load(words, BEGUN) < round);
		const begin = now();
		work(job.work);
		const end = now();
		while (Atomics.load(words, DONE) < round);
		const [otherBegin = 0, otherEnd = 0] = times;
		const both = Math.max(end, otherEnd) - Math.min(begin, otherBegin);
		return (2 * alone) / both;
	});
}

function follow(job: Job): void {
	for (let round = 1; round <= job.rounds; round++) {
		Atomics.wait(words, GO, round - 1);
		times[0] = now();
		Atomics.store(words, BEGUN, round);
		work(job.work);
		times[1] = now();
		Atomics.store(words, DONE, round);
	}
}

parentPort?.on("message", (job: Job) => {
	parentPort?.postMessage(worker === 0 ? lead(job) : follow(job));
});
parentPort?.postMessage("ready");
