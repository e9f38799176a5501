// Program of a worker thread: sends messages on a shared engine when it is told to. workers.ts runs it.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; one CPU for each worker.

import { parentPort, workerData } from "node:worker_threads";
import { attachEngine } from "../host/node.ts";
import { type Done, type Job, READY, type Setup, TURN } from "./meeting.ts";
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

const { shared, meeting, worker } = workerData as Setup;
/** The CPU of the thread that opened the engine is 0. */
const cpu = 1 + worker;
const engine = attachEngine(shared, cpu);
const words = new Int32Array(meeting);
const x = engine.registers(cpu);
const trap = engine.rawTrap;
const clock = CLOCKS[worker] ?? 0;
const channels = shared.platform.channels.filter(
	({ fromPlatform, exceptionLevel }) =>
		fromPlatform !== true && exceptionLevel === EL3,
);

/** Sends messages on a channel. Returns 0 when each was a success. */
function send({ oneChannel, messages }: Job): number {
	const channel = channels[oneChannel ? 0 : worker];
	if (channel === undefined) throw new Error(`no channel for ${worker}`);
	const { functionId, address, size } = channel;
	const at = engine.memoryAt(address, size);
	const area = new Int32Array(engine.buffer, at, size / 4);
	let failed = 0;
	for (let i = 0; i < messages; i++) {
		if (oneChannel) while (Atomics.compareExchange(words, TURN, 0, 1) !== 0);
		area[STATUS] = 0;
		area[LENGTH] = 8;
		area[HEADER] = (CLOCK << 10) | RATE_GET;
		area[PAYLOAD] = clock;
		x[0] = functionId;
		trap(cpu, EL3);
		failed |= area[PAYLOAD] as number;
		if (oneChannel) Atomics.store(words, TURN, 0);
	}
	return failed;
}

parentPort?.on("message", (job: Job) => {
	Atomics.add(words, READY, 1);
	while (Atomics.load(words, READY) < job.ready);
	const begin = performance.timeOrigin + performance.now();
	const failed = send(job);
	const end = performance.timeOrigin + performance.now();
	if (failed !== 0) throw new Error("CLOCK_RATE_GET: a reply is not a success");
	parentPort?.postMessage({ begin, end } satisfies Done);
});
parentPort?.postMessage("ready");
