// A page that shares its engine with workers where it can, and does their work itself where it cannot.
// HTML, "crossOriginIsolated"; what a worker does: thread-work.mjs.

import { createSharedEngine, imx8mmWith } from "scmi-cosim";
import { work } from "./thread-work.mjs";

/** Each job has a CPU. Returns what all of them came to, and the engine's virtual time. */
globalThis.run = async (agents, jobs) => {
	const { engine, shared, reason } = await createSharedEngine(
		imx8mmWith(agents),
	);
	const results =
		shared === null
			? jobs.map((job) => work(engine, job))
			: await Promise.all(jobs.map((job) => inWorker({ shared, job })));
	return {
		...{ reason, results, isolated: crossOriginIsolated },
		...{ threads: shared === null ? 1 : jobs.length, timeNs: engine.timeNs },
		isShared: !(engine.buffer instanceof ArrayBuffer),
	};
};

/** One job in a worker that has an engine to itself. */
globalThis.runApart = (agents, job) => inWorker({ shared: null, agents, job });

function inWorker(task) {
	const worker = new Worker(new URL("./thread.mjs", import.meta.url), {
		type: "module",
	});
	return new Promise((resolve, reject) => {
		worker.onmessage = ({ data }) => resolve(data);
		worker.onerror = ({ message }) => reject(new Error(message));
		worker.postMessage(task);
	});
}
