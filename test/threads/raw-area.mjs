// A shared-memory area as a thread sees it, by raw word offsets, and the SMC that rings for it.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message header) and 5.1.2 (shared memory based transport).

/** Words of an area. */
const STATUS = 1;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD = 7;

const FREE = 1;
const EL3 = 3;

export class RawArea {
	#words;
	#x;
	#engine;
	#cpu;
	#functionId;

	constructor(engine, cpu, { address, size, functionId }) {
		const at = engine.memoryAt(address, size);
		this.#words = new Int32Array(engine.buffer, at, size / 4);
		this.#x = engine.registers(cpu);
		this.#engine = engine;
		this.#cpu = cpu;
		this.#functionId = functionId;
	}

	isFree() {
		return (this.#words[STATUS] & FREE) !== 0;
	}

	write([header, ...payload]) {
		this.#words[LENGTH] = 4 + 4 * payload.length;
		this.#words[HEADER] = header;
		this.#words.set(payload, PAYLOAD);
		Atomics.store(this.#words, STATUS, 0);
	}

	/** Returns x0. */
	ring() {
		this.#x[0] = this.#functionId;
		return this.#engine.rawTrap(this.#cpu, EL3);
	}

	/** Returns the reply's words as one text: x0, status, header, payload. */
	send(message) {
		this.write(message);
		const result = this.ring();
		const count = (this.#words[LENGTH] - 4) / 4;
		const reply = this.#words.subarray(PAYLOAD, PAYLOAD + count);
		return `${result} ${this.#words[STATUS]} ${this.#words[HEADER]} ${reply.join(" ")}`;
	}
}
