// Rows about threads: messages per second of two workers on one engine, against one worker alone.
// Rounds alternate; what a worker does: worker.ts.

import { Worker } from "node:worker_threads";
import { createSharedEngine, imx8mmWith } from "../host/node.ts";
import { figureOf } from "./figures.ts";
import { CoreWatch } from "./machine.ts";
import { type Job, MEETING_SIZE, type Setup, type Work } from "./meeting.ts";
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

/** In which V8 compiles. */
const ROUNDS_BEFORE = 15;
const ROUNDS = 40;
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

/**
 * How much more two workers do than one, in the median of rounds, for each kind of work.
 * @returns a text when there can be no threads here
 */
async function twoToOne(works: readonly Work[]): Promise<number[] | string> {
	const platform = imx8mmWith(["linux", "guest"]);
	const { shared, reason } = createSharedEngine(platform);
	if (shared === null) return reason ?? "there are no threads here";
	const meeting = new SharedArrayBuffer(MEETING_SIZE);
	const program = inPackage("build/bench/worker.js");
	const workers = ([0, 1] as const).map((worker) => {
		const workerData: Setup = { shared, meeting, worker };
		return new Worker(program, { workerData });
	});
	try {
		await Promise.all(workers.map((worker) => next(worker)));
		const medians: number[] = [];
		for (const work of works) {
			new Uint8Array(meeting).fill(0);
			const job: Job = { work, rounds: ROUNDS_BEFORE + ROUNDS };
			for (const worker of workers) worker.postMessage(job);
			const [ratios] = await Promise.all(
				workers.map((worker) => next<number[]>(worker)),
			);
			medians.push(figureOf(ratios?.slice(ROUNDS_BEFORE) ?? []).median);
		}
		return medians;
	} finally {
		await Promise.all(workers.map((worker) => worker.terminate()));
	}
}

/** A row tells nothing on a machine without two idle cores: workers that share one do not even get into each other's way. */
function judged(row: Row, cores: number): Row {
	if (cores >= TWO_CORES) return row;
	const left = `needs two idle cores: other work left ${cores.toFixed(1)}`;
	return { ...row, holds: null, note: `${left}; ${row.note}` };
}

/** Measures those of the two rows that are asked for, by so many pairs of workers. */
export async function measureWorkers(
	questions: readonly Question[],
	crews: number,
): Promise<Row[]> {
	const works: Work[] = questions.map((question) =>
		question === ONE_CHANNEL ? "one channel" : "own channels",
	);
	const watch = new CoreWatch();
	const measured: number[][] = [];
	for (let i = 0; i < crews; i++) {
		const ratios = await twoToOne([...works, "arithmetic"]);
		if (typeof ratios === "string")
			return questions.map((question) => unanswered(question, ratios));
		measured.push(ratios);
	}
	const { cores } = watch;
	const of = (work: number) => measured.map((ratios) => ratios[work] as number);
	const machine = figureOf(of(works.length)).median.toFixed(2);
	const note = `two workers that only calculate do ${machine} times as much as one`;
	return questions.map((question, i) =>
		judged(answered(question, of(i), note), cores),
	);
}
