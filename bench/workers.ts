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

/** In which V8 compiles, and the system finds a core for each. */
const ROUNDS_BEFORE = 30;
const ROUNDS = 50;
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

/** What a pair of workers measured, and how many cores it had meanwhile. */
interface Measured {
	ratios: number[];
	cores: number;
}

/**
 * Measures those of the two rows that are asked for, by so many pairs of workers. Those count that had two cores; where
 * none had, a row tells nothing: workers that share a core do not even get into each other's way.
 */
export async function measureWorkers(
	questions: readonly Question[],
	crews: number,
): Promise<Row[]> {
	const works: Work[] = questions.map((question) =>
		question === ONE_CHANNEL ? "one channel" : "own channels",
	);
	const all: Measured[] = [];
	for (let i = 0; i < crews; i++) {
		const watch = new CoreWatch();
		const ratios = await twoToOne([...works, "arithmetic"]);
		if (typeof ratios === "string")
			return questions.map((question) => unanswered(question, ratios));
		all.push({ ratios, cores: watch.cores });
	}
	const undisturbed = all.filter(({ cores }) => cores >= TWO_CORES);
	const counted = undisturbed.length === 0 ? all : undisturbed;
	const of = (work: number) => counted.map(({ ratios }) => ratios[work] ?? 0);
	const machine = figureOf(of(works.length)).median.toFixed(2);
	const note = `two workers that only calculate do ${machine} times as much as one`;
	const left = figureOf(all.map(({ cores }) => cores)).median.toFixed(1);
	return questions.map((question, i) => {
		const row = answered(question, of(i), note);
		if (undisturbed.length > 0) return row;
		const busy = `needs two idle cores: other work left ${left}`;
		return { ...row, holds: null, note: `${busy}; ${note}` };
	});
}
