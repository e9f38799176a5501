// A thread of the tests: joins an engine of the built package and does jobs, messages written by raw byte offsets.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message header) and 5.1.2 (shared memory based transport).

import { parentPort, workerData } from "node:worker_threads";
import { attachEngine } from "scmi-cosim";

/** Words of an area. */
const STATUS = 1;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD = 7;

const { shared, cpu, control } = workerData;
const engine = attachEngine(shared, cpu);
/** Word 0 counts who is ready, word 1 is the turn at an area, word 2 ends a job. */
const words = new Int32Array(control);
const x = engine.registers(cpu);

function areaOf({ address, size }) {
	const at = engine.memoryAt(address, size);
	return new Int32Array(engine.buffer, at, size / 4);
}

function write(area, [header, ...payload]) {
	area[LENGTH] = 4 + 4 * payload.length;
	area[HEADER] = header;
	area.set(payload, PAYLOAD);
	Atomics.store(area, STATUS, 0);
}

function ring(functionId) {
	x[0] = functionId;
	return engine.rawTrap(cpu, 3);
}

/** Reply words as one text: x0, status, header, payload. */
function send(area, functionId, message) {
	write(area, message);
	const result = ring(functionId);
	const count = (area[LENGTH] - 4) / 4;
	const reply = area.subarray(PAYLOAD, PAYLOAD + count);
	return `${result} ${area[STATUS]} ${area[HEADER]} ${reply.join(" ")}`;
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
			const reply = send(area, place.functionId, messages[which]);
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
		return messages.map((message) => send(area, place.functionId, message));
	},
	/** Writes messages and rings until each is served, by whomever. Returns how many traps found it. */
	writer({ place, message, count }) {
		const area = areaOf(place);
		let served = 0;
		const others = [];
		for (let i = 0; i < count; i++) {
			write(area, message);
			const result = ring(place.functionId);
			if (result === 0) served++;
			else if (result !== -2) others.push(result);
			if ((area[STATUS] & 1) === 0) others.push("not served");
		}
		Atomics.store(words, 2, 1);
		return { served, others };
	},
	/** Rings until the writer is done. */
	ringer({ place }) {
		let served = 0;
		const others = [];
		while (Atomics.load(words, 2) === 0) {
			const result = ring(place.functionId);
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
