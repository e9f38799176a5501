// Rows about threads: messages per second of two workers on one engine, against one worker alone.
// Rounds alternate; what a worker does: worker.ts.

import { Worker } from "node:worker_threads";
import { createSharedEngine, imx8mmWith } from "../host/node.ts";
import { type Figure, ratioOf } from "./figures.ts";
import { CoreWatch } from "./machine.ts";
import { type Done, type Job, READY, type Setup } from "./meeting.ts";
import { inPackage } from "./package.ts";
import { answered, type Question, type Row, unanswered } from "./row.ts";

export const OWN_CHANNELS: Question = {
	name: "workers/own-channels",
	what: "two workers, a channel each / one worker",
	unit: "times",
	goal: 1.8,
	direction: "at least",
};

export const ONE_CHANNEL: Question = {
	name: "workers/one-channel",
	what: "two workers by turns on one channel / one worker",
	unit: "times",
	goal: 0.5,
	direction: "at least",
};

const WORKERS = 2;
/** A round is short, so that some go by undisturbed on a machine that has other work. */
const MESSAGES = 20_000;
/** Two cores without other work, but for what a system always does. */
const TWO_CORES = 1.9;

/** The next message of a worker. */
function next<Message>(worker: Worker): Promise<Message> {
	return new Promise((resolve, reject) => {
		worker.once("error", reject);
		worker.once("message", (message: Message) => {
			worker.off("error", reject);
			resolve(message);
		});
	});
}

class Crew {
	readonly #workers: readonly Worker[];
	readonly #meeting: Int32Array;

	private constructor(workers: readonly Worker[], meeting: Int32Array) {
		this.#workers = workers;
		this.#meeting = meeting;
	}

	/** Workers that are ready; a text when there can be no threads here. */
	static async start(): Promise<Crew | string> {
		const platform = imx8mmWith(["linux", "guest"]);
		const { shared, reason } = createSharedEngine(platform);
		if (shared === null) return reason ?? "there are no threads here";
		const meeting = new SharedArrayBuffer(8);
		const program = inPackage("build/bench/worker.js");
		const workers = Array.from({ length: WORKERS }, (_, worker) => {
			const workerData: Setup = { shared, meeting, worker };
			return new Worker(program, { workerData });
		});
		await Promise.all(workers.map((worker) => next(worker)));
		return new Crew(workers, new Int32Array(meeting));
	}

	/** Messages a second of the first `count` workers together. */
	async rate(count: number, oneChannel: boolean): Promise<number> {
		const ready = Atomics.load(this.#meeting, READY) + count;
		const job: Job = { oneChannel, messages: MESSAGES, ready };
		const times = await Promise.all(
			this.#workers.slice(0, count).map((worker) => {
				worker.postMessage(job);
				return next<Done>(worker);
			}),
		);
		const begin = Math.min(...times.map((time) => time.begin));
		const end = Math.max(...times.map((time) => time.end));
		return (count * MESSAGES) / ((end - begin) / 1000);
	}

	async end(): Promise<void> {
		await Promise.all(this.#workers.map((worker) => worker.terminate()));
	}
}

async function twoToOne(
	crew: Crew,
	oneChannel: boolean,
	rounds: number,
): Promise<Figure> {
	const one: number[] = [];
	const two: number[] = [];
	// The first round warms up.
	for (let round = 0; round <= rounds; round++) {
		const alone = await crew.rate(1, oneChannel);
		const together = await crew.rate(WORKERS, oneChannel);
		if (round === 0) continue;
		one.push(alone);
		two.push(together);
	}
	return ratioOf(two, one);
}

/** A row that tells nothing when it does not hold on a machine without two idle cores. */
function judged(question: Question, figure: Figure, cores: number): Row {
	const row = answered(question, figure);
	if (row.holds || cores >= TWO_CORES) return row;
	const note = `needs two idle cores: other work left ${cores.toFixed(1)}`;
	return { ...row, holds: null, note };
}

/** Measures those of the two rows that are asked for. */
export async function measureWorkers(
	questions: readonly Question[],
	rounds: number,
): Promise<Row[]> {
	const crew = await Crew.start();
	if (typeof crew === "string")
		return questions.map((question) => unanswered(question, crew));
	try {
		const rows: Row[] = [];
		for (const question of questions) {
			const oneChannel = question === ONE_CHANNEL;
			const watch = new CoreWatch();
			const figure = await twoToOne(crew, oneChannel, rounds);
			rows.push(judged(question, figure, watch.cores));
		}
		return rows;
	} finally {
		await crew.end();
	}
}
