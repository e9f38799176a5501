// A thread of the tests: joins an engine of the built package and does jobs, messages written by raw byte offsets.
// WebAssembly threads proposal; areas: raw-area.mjs.

import { parentPort, workerData } from "node:worker_threads";
import { attachEngine } from "scmi-cosim";
import { RawArea } from "./raw-area.mjs";

const { shared, cpu, control } = workerData;
const engine = attachEngine(shared, cpu);
/** Word 0 counts who is ready, word 1 is the turn at an area, word 2 ends a job. */
const words = new Int32Array(control);

function areaOf(place) {
	return new RawArea(engine, cpu, place);
}

const jobs = {
	/** Sends messages over and over; `expected` are all the replies that each may have. Returns wrong ones. */
	repeat({ place, messages, expected, count, byTurns }) {
		const area = areaOf(place);
		const wrong = [];
		const seen = messages.map(() => new Set());
		for (let i = 0; i < count; i++) {
			const which = i % messages.length;
			if (byTurns) while (Atomics.compareExchange(words, 1, 0, 1) !== 0);
			const reply = area.send(messages[which]);
			if (byTurns) Atomics.store(words, 1, 0);
			seen[which].add(reply);
			if (!expected[which].includes(reply)) wrong.push(reply);
			if (wrong.length > 9) break;
		}
		return { wrong, seen: seen.map((replies) => [...replies]) };
	},
	/** The same in batches from an entry on. */
	batches({ place, messages, expected, count, first, size }) {
		const batch = engine.batch();
		const wrong = [];
		for (let done = 0; done < count; done += size) {
			for (let i = 0; i < size; i++) {
				const [header, ...payload] = messages[i % messages.length];
				batch.set(first + i, place.functionId, header, payload);
			}
			if (batch.run(size, first) !== size) wrong.push("short");
			for (let i = 0; i < size; i++) {
				const reply = [...new Int32Array(batch.payload(first + i))].join(" ");
				if (expected[i % messages.length] !== reply) wrong.push(reply);
			}
			if (wrong.length > 9) break;
		}
		return { wrong };
	},
	/** Sends messages one after the other; returns their replies. */
	list({ place, messages }) {
		const area = areaOf(place);
		return messages.map((message) => area.send(message));
	},
	/** Writes messages and rings until each is served, by whomever. Returns how many traps found it. */
	writer({ place, message, count }) {
		const area = areaOf(place);
		let served = 0;
		const others = [];
		for (let i = 0; i < count; i++) {
			area.write(message);
			const result = area.ring();
			if (result === 0) served++;
			else if (result !== -2) others.push(result);
			if (!area.isFree()) others.push("not served");
		}
		Atomics.store(words, 2, 1);
		return { served, others };
	},
	/** Rings until the writer is done. */
	ringer({ place }) {
		const area = areaOf(place);
		let served = 0;
		const others = [];
		while (Atomics.load(words, 2) === 0) {
			const result = area.ring();
			if (result === 0) served++;
			else if (result !== -2) others.push(result);
		}
		return { served, others };
	},
	release() {
		engine.release();
	},
};

parentPort.on("message", ({ job, ready, options }) => {
	Atomics.add(words, 0, 1);
	while (Atomics.load(words, 0) < ready);
	parentPort.postMessage(jobs[job](options));
});
parentPort.postMessage("ready");
