// A shared-memory channel: its area is checked before anything in it is believed, and freed whatever happened.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2, shared memory based transport.

import { type Agent, Payload, Status } from "./protocol.ts";

/** Words of an area. */
const STATUS = 1;
const LENGTH = 5;
const HEADER = 6;
const PAYLOAD_AT = 0x1c;

const FREE = 1;
const ERROR = 2;
/** The length counts the header. */
const HEADER_SIZE = 4;
const STATUS_SIZE = 4;

export class Channel {
	readonly #agent: Agent;
	readonly #words: Uint32Array;
	readonly #payload: Payload;
	readonly #longest: number;

	/** @param at byte offset of the area in the memory */
	constructor(agent: Agent, memory: ArrayBuffer, at: number, size: number) {
		this.#agent = agent;
		this.#words = new Uint32Array(memory, at, PAYLOAD_AT / 4);
		this.#payload = new Payload(memory, at + PAYLOAD_AT, size - PAYLOAD_AT);
		this.#longest = size - PAYLOAD_AT + HEADER_SIZE;
		this.#words[STATUS] = FREE;
	}

	get busy(): boolean {
		return ((this.#words[STATUS] as number) & FREE) === 0;
	}

	/** Answers the message in the area. */
	serve(): void {
		const length = this.#words[LENGTH] as number;
		const header = this.#words[HEADER] as number;
		if (length < HEADER_SIZE || length > this.#longest) {
			this.#reply(Status.PROTOCOL_ERROR, FREE | ERROR);
			return;
		}
		this.#reply(this.#handle(header, length - HEADER_SIZE), FREE);
	}

	/** Size of the return values, or a negative status. */
	#handle(header: number, size: number): number {
		const isCommand = ((header >>> 8) & 3) === 0;
		if (!isCommand) return Status.PROTOCOL_ERROR;
		const protocol = (header >>> 10) & 0xff;
		const message = this.#agent.message(protocol, header & 0xff);
		if (message === undefined) return Status.NOT_SUPPORTED;
		if (message.size !== size) return Status.PROTOCOL_ERROR;
		return message.handler(this.#agent, this.#payload);
	}

	#reply(result: number, status: number): void {
		this.#payload.status = Math.min(result, Status.SUCCESS);
		this.#words[LENGTH] = HEADER_SIZE + STATUS_SIZE + Math.max(result, 0);
		this.#words[STATUS] = status;
	}
}
