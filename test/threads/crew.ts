// Workers on one engine, each with a CPU, and jobs that they begin at the same time.
// What they do: worker.mjs.

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { SharedFirmware } from "../../host/threads.ts";

/** What a worker is to do: the name of a job in worker.mjs, and what the job takes. */
export interface Job {
	job: string;
	options?: unknown;
}

export class Crew {
	readonly #control = new SharedArrayBuffer(12);
	readonly #workers: Worker[];

	/** One worker for each CPU. */
	constructor(shared: SharedFirmware, cpus: readonly number[]) {
		const file = fileURLToPath(new URL("worker.mjs", import.meta.url));
		this.#workers = cpus.map(
			(cpu) =>
				new Worker(file, {
					workerData: { shared, cpu, control: this.#control },
				}),
		);
	}

	async ready(): Promise<this> {
		await Promise.all(this.#workers.map((worker) => answer(worker)));
		return this;
	}

	/** Gives each worker its job; they begin together. Returns what the jobs return. */
	async run<Result>(...jobs: Job[]): Promise<Result[]> {
		const words = new Int32Array(this.#control);
		words[2] = 0;
		const ready = (words[0] as number) + jobs.length;
		return Promise.all(
			jobs.map((job, i) => {
				const worker = this.#workers[i] as Worker;
				worker.postMessage({ options: {}, ...job, ready });
				return answer<Result>(worker);
			}),
		);
	}

	async end(): Promise<void> {
		await Promise.all(this.#workers.map((worker) => worker.terminate()));
	}
}

function answer<Message>(worker: Worker): Promise<Message> {
	return new Promise((resolve, reject) => {
		worker.once("error", reject);
		worker.once("message", (message: Message) => {
			worker.off("error", reject);
			resolve(message);
		});
	});
}
