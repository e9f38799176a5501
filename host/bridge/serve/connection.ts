// One connection: bytes in, frames served in order, answers out, no faster than the other side takes them.
// Slow, silent and malformed peers cost bounded memory: see docs/serve.md, "What a server bears".

import { once } from "node:events";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { FrameReader, frame } from "./frames.ts";
import { ANSWER, Push, ServeError } from "./protocol.ts";
import { Refusal } from "./refusal.ts";
import { Session } from "./session.ts";
import type { Simulations } from "./simulations.ts";

/** Frames of one connection in a row before others get their turn. */
const FRAMES_IN_A_ROW = 512;
/** Bytes of answers that are put together before they are written. */
const OUTPUT_SIZE = 0x1_0000;
/** Frames that a peer who takes nothing may leave behind, in bytes, before pushes wait or, where they cannot, are dropped. */
const MAX_UNSENT = 0x4_0000;

export interface ConnectionOptions {
	simulations: Simulations;
	authorized: (token: string) => boolean;
	/** ms that a peer has for HELLO. */
	helloMs: number;
}

/** Serves a connection until either side ends it. Never throws. */
export async function serveConnection(
	stream: Duplex,
	options: ConnectionOptions,
): Promise<void> {
	const connection = new Connection(stream, options);
	try {
		await connection.run();
	} catch {
		// The other side is gone, or this one has closed: whatever was under way is nobody's now.
	} finally {
		connection.close();
	}
}

class Connection {
	readonly #stream: Duplex;
	readonly #session: Session;
	readonly #reader = new FrameReader();
	readonly #helloTimer: NodeJS.Timeout;
	#output: Uint8Array[] = [];
	#outputSize = 0;

	constructor(stream: Duplex, options: ConnectionOptions) {
		this.#stream = stream;
		const { simulations, authorized, helloMs } = options;
		this.#session = new Session(
			{ push: (bytes) => this.#push(bytes) },
			simulations,
			authorized,
		);
		this.#helloTimer = setTimeout(() => {
			this.#refuse(0, new Refusal(ServeError.LIMIT, "no HELLO in time"));
			this.#flush();
			stream.destroy();
		}, helloMs);
		stream.on("error", () => {});
		stream.on("drain", () => this.#session.drain());
	}

	async run(): Promise<void> {
		for await (const chunk of this.#stream) {
			this.#reader.push(chunk as Uint8Array);
			if (!(await this.#serveAll())) break;
		}
		// Before the other side hears of the end: it may come again at once.
		this.#session.close();
		await new Promise<void>((resolve) => this.#stream.end(resolve));
	}

	close(): void {
		clearTimeout(this.#helloTimer);
		this.#session.close();
		this.#stream.destroy();
	}

	/** Every complete frame. False when the connection is to be closed. */
	async #serveAll(): Promise<boolean> {
		for (let served = 1; ; served++) {
			const open = this.#serveNext();
			if (open === undefined) break;
			if (!open) return false;
			if (this.#outputSize >= OUTPUT_SIZE) await this.#sent();
			if (served % FRAMES_IN_A_ROW === 0) {
				await this.#sent();
				await setImmediate();
			}
		}
		await this.#sent();
		return true;
	}

	/** Serves a frame. False when the connection is to be closed; undefined when there is none. */
	#serveNext(): boolean | undefined {
		let tag = 0;
		try {
			const request = this.#reader.next();
			if (request === undefined) return undefined;
			tag = request.tag;
			const answer = this.#session.serve(request);
			if (this.#session.entered) clearTimeout(this.#helloTimer);
			this.#put(frame(request.kind + ANSWER, tag, answer));
			return true;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.#refuse(tag, error);
			if (!error.fatal) return true;
			this.#flush();
			return false;
		}
	}

	#refuse(tag: number, { code, message }: Refusal): void {
		const text = new TextEncoder().encode(message);
		const payload = new Uint8Array(4 + text.length);
		new DataView(payload.buffer).setUint32(0, code, true);
		payload.set(text, 4);
		this.#put(frame(Push.ERROR, tag, payload));
	}

	/** In the order of what happened: behind the answers that wait already. */
	#push(bytes: Uint8Array): boolean {
		if (this.#stream.writableLength + this.#outputSize > MAX_UNSENT)
			return false;
		this.#put(bytes);
		// Nobody else may flush before long.
		queueMicrotask(() => this.#flush());
		return true;
	}

	#put(bytes: Uint8Array): void {
		this.#output.push(bytes);
		this.#outputSize += bytes.length;
	}

	#flush(): void {
		if (this.#outputSize === 0 || this.#stream.destroyed) return;
		const bytes = Buffer.concat(this.#output, this.#outputSize);
		this.#output = [];
		this.#outputSize = 0;
		this.#stream.write(bytes);
	}

	/** Writes what there is, and waits until the other side has taken most of it. */
	async #sent(): Promise<void> {
		this.#flush();
		if (!this.#stream.writableNeedDrain) return;
		const gone = new AbortController();
		const closed = () => gone.abort();
		this.#stream.once("close", closed);
		try {
			if (!this.#stream.destroyed)
				await once(this.#stream, "drain", { signal: gone.signal });
		} finally {
			this.#stream.off("close", closed);
		}
	}
}
