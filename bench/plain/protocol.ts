// What the protocols share: payloads, statuses, message tables, agents, and the messages that every protocol has.
// SCMI 3.2 (Arm DEN0056E), sections 4.1 and 4.2.2.

/** Status codes of replies. */
export const Status = {
	SUCCESS: 0,
	NOT_SUPPORTED: -1,
	INVALID_PARAMETERS: -2,
	DENIED: -3,
	NOT_FOUND: -4,
	OUT_OF_RANGE: -5,
	HARDWARE_ERROR: -9,
	PROTOCOL_ERROR: -10,
} as const;

/** Bytes of name fields, the NUL included. */
export const SHORT_NAME = 16;
export const LONG_NAME = 64;

/** Parameters of a request, and in their place the reply's status and return values. */
export class Payload {
	readonly #words: Uint32Array;
	readonly #bytes: Uint8Array;

	/** @param at byte offset of the payload in the shared memory, a multiple of 4 */
	constructor(buffer: ArrayBuffer, at: number, size: number) {
		this.#words = new Uint32Array(buffer, at, size >>> 2);
		this.#bytes = new Uint8Array(buffer, at, size);
	}

	argument(word: number): number {
		return this.#words[word] as number;
	}

	set status(status: number) {
		this.#words[0] = status;
	}

	/** Return value `word`, counted behind the status. */
	setResult(word: number, value: number): void {
		this.#words[word + 1] = value;
	}

	/** A rate in two words. */
	setRate(word: number, rate: number): void {
		this.setResult(word, rate);
		this.setResult(word + 1, Math.floor(rate / 2 ** 32));
	}

	/** A name in a field of `size` bytes: cut to leave a NUL, zeros behind it. */
	setName(word: number, name: string, size: number): void {
		const at = (word + 1) * 4;
		this.#bytes.fill(0, at, at + size);
		for (let i = 0; i < name.length && i < size - 1; i++)
			this.#bytes[at + i] = name.charCodeAt(i);
	}

	setBytes(word: number, bytes: readonly number[]): void {
		this.#bytes.set(bytes, (word + 1) * 4);
	}
}

/** Answers a request. Returns the size of the return values in bytes, or a negative status. */
export type Handler = (agent: Agent, payload: Payload) => number;

export interface Message {
	/** Exact size of the parameters in bytes. */
	size: number;
	handler: Handler;
}

/** The messages of one version of a protocol, by ID. */
export type Messages = Map<number, Message>;

export interface Protocol {
	id: number;
	/** The version that the platform implements. */
	version: number;
	/** All that an agent may negotiate, if not newer than that. */
	versions: readonly number[];
	/** Since when NEGOTIATE_PROTOCOL_VERSION exists. */
	negotiates: number;
	/** The messages of a version, without those that all protocols have. */
	messages(version: number): [id: number, size: number, handler: Handler][];
}

/** Who sends: what each message means depends on the versions that it speaks. */
export class Agent {
	readonly id: number;
	readonly name: string;
	readonly #spoken = new Map<number, Messages>();

	constructor(id: number, name: string, protocols: readonly Protocol[]) {
		this.id = id;
		this.name = name;
		for (const protocol of protocols) this.speak(protocol, protocol.version);
	}

	message(protocol: number, message: number): Message | undefined {
		return this.#spoken.get(protocol)?.get(message);
	}

	speak(protocol: Protocol, version: number): void {
		const messages: Messages = new Map();
		for (const [id, size, handler] of [
			...commonMessages(protocol),
			...protocol.messages(version),
		])
			messages.set(id, { size, handler });
		this.#spoken.set(protocol.id, messages);
	}
}

function commonMessages(
	protocol: Protocol,
): [id: number, size: number, handler: Handler][] {
	const version: Handler = (_agent, payload) => {
		payload.setResult(0, protocol.version);
		return 4;
	};
	const messageAttributes: Handler = (agent, payload) => {
		if (agent.message(protocol.id, payload.argument(0)) === undefined)
			return Status.NOT_FOUND;
		payload.setResult(0, 0);
		return 4;
	};
	const negotiate: Handler = (agent, payload) => {
		const wanted = payload.argument(0);
		if (!protocol.versions.includes(wanted) || wanted > protocol.version)
			return Status.NOT_SUPPORTED;
		agent.speak(protocol, wanted);
		return 0;
	};
	const messages: [number, number, Handler][] = [
		[0x0, 0, version],
		[0x2, 4, messageAttributes],
	];
	if (protocol.version >= protocol.negotiates)
		messages.push([0x10, 4, negotiate]);
	return messages;
}

/** How many entries of `size` bytes fit into a reply behind its header, status and one more word. */
export function entriesPerReply(maxMessageSize: number, size: number): number {
	return Math.floor((maxMessageSize - 12) / size);
}
