// A client of the sockets by raw byte offsets, as docs/serve.md has them; nothing of the product's own encoder.
// Over TCP, a Unix socket or WebSockets (ws is another's implementation, and Node's own where that has one).

import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocket } from "ws";

export const HELLO = 1;
export const MESSAGE = 2;
export const TRAP = 3;
export const READ = 4;
export const WRITE = 5;
export const ADVANCE = 6;
export const RESET = 7;
export const PLATFORM_MESSAGE = 0x40;
export const STOPPED = 0x41;
export const INTERRUPT = 0x42;
export const ERROR = 0xff;

export interface Answer {
	kind: number;
	tag: number;
	payload: Buffer;
}

export function frameOf(
	kind: number,
	tag: number,
	payload: Uint8Array,
): Buffer {
	const head = Buffer.alloc(12);
	head.writeUInt32LE(8 + payload.length, 0);
	head.writeUInt32LE(kind, 4);
	head.writeUInt32LE(tag, 8);
	return Buffer.concat([head, payload]);
}

export function helloOf(
	agent: string,
	{ simulation = "", token = "", version = 1 } = {},
): Buffer {
	const payload = Buffer.alloc(116);
	payload.writeUInt32LE(version, 0);
	payload.write(simulation, 4);
	payload.write(agent, 36);
	payload.write(token, 52);
	return payload;
}

export function u64(value: bigint): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(value);
	return bytes;
}

/** The stream to an address that a server has printed. */
export function open(address: string, origin?: string): Duplex {
	const [, kind, rest] = /^(\w+):(.*)$/.exec(address) as RegExpExecArray;
	if (kind === "unix") return connect(rest as string);
	if (kind === "ws") {
		const options = origin === undefined ? {} : { origin };
		return createWebSocketStream(new WebSocket(`ws://${rest}`, options));
	}
	const at = (rest as string).lastIndexOf(":");
	const host = (rest as string).slice(0, at).replace(/^\[|\]$/g, "");
	return connect(Number((rest as string).slice(at + 1)), host);
}

export class ServeClient {
	readonly stream: Duplex;
	/** What came unasked. */
	readonly pushed: Answer[] = [];
	/** The stream is closed, and by which error. */
	readonly closed: Promise<unknown>;
	readonly #waiting = new Map<number, (answer: Answer) => void>();
	#bytes = Buffer.alloc(0);
	#tag = 0;
	#onPush: (() => void) | undefined;

	constructor(address: string, origin?: string) {
		this.stream = open(address, origin);
		this.closed = new Promise((resolve) => {
			this.stream.on("error", resolve);
			this.stream.on("close", () => resolve(undefined));
		});
		this.stream.on("data", (chunk: Buffer) => this.#take(chunk));
	}

	static async hello(
		address: string,
		agent: string,
		options?: Parameters<typeof helloOf>[1],
	): Promise<ServeClient> {
		const client = new ServeClient(address);
		const answer = await client.ask(HELLO, helloOf(agent, options));
		if (answer.kind !== HELLO + 0x80)
			throw new Error(`refused: ${answer.payload.subarray(4)}`);
		return client;
	}

	ask(kind: number, payload: Uint8Array): Promise<Answer> {
		const tag = ++this.#tag;
		return new Promise((resolve) => {
			this.#waiting.set(tag, resolve);
			this.stream.write(frameOf(kind, tag, payload));
		});
	}

	/** The next thing that comes unasked, or has come. */
	async nextPush(): Promise<Answer> {
		while (this.pushed.length === 0)
			await new Promise<void>((resolve) => {
				this.#onPush = resolve;
			});
		return this.pushed.shift() as Answer;
	}

	/** Ends the connection; the server has let go of its agent then. */
	async end(): Promise<void> {
		this.stream.end();
		await this.closed;
	}

	#take(chunk: Buffer): void {
		this.#bytes = Buffer.concat([this.#bytes, chunk]);
		while (this.#bytes.length >= 12) {
			const size = 4 + this.#bytes.readUInt32LE(0);
			if (this.#bytes.length < size) return;
			const answer = {
				kind: this.#bytes.readUInt32LE(4),
				tag: this.#bytes.readUInt32LE(8),
				payload: this.#bytes.subarray(12, size),
			};
			this.#bytes = this.#bytes.subarray(size);
			const asked = this.#waiting.get(answer.tag);
			this.#waiting.delete(answer.tag);
			if (asked !== undefined) asked(answer);
			else {
				this.pushed.push(answer);
				this.#onPush?.();
			}
		}
	}
}
