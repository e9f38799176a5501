// Frames out of a stream of bytes, and into one.
// The protocol of docs/serve.md: u32 length of what follows, u32 kind, u32 tag, payload.

import { Frame, MAX_FRAME, ServeError } from "./protocol.ts";
import { Refusal } from "./refusal.ts";

export interface RequestFrame {
	kind: number;
	tag: number;
	/** Valid until the next frame is taken. */
	payload: Uint8Array;
}

/** Puts chunks together again; holds at most one incomplete frame beside the chunk that was given last. */
export class FrameReader {
	readonly #chunks: Uint8Array[] = [];
	/** Bytes of all chunks, and how many of them make the next step possible. */
	#length = 0;
	#needed: number = Frame.KIND;

	/** Adds what has arrived. */
	push(chunk: Uint8Array): void {
		this.#chunks.push(chunk);
		this.#length += chunk.length;
	}

	/**
	 * The next complete frame; undefined when there is none yet.
	 * @throws Refusal MALFORMED for a length that no frame has
	 */
	next(): RequestFrame | undefined {
		if (this.#length < this.#needed) return undefined;
		const bytes = this.#joined();
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		const size = Frame.KIND + view.getUint32(Frame.LENGTH, true);
		if (size < Frame.PAYLOAD || size > MAX_FRAME) {
			throw new Refusal(
				ServeError.MALFORMED,
				`frame length ${size - Frame.KIND}: expected ${Frame.PAYLOAD - Frame.KIND} to ${MAX_FRAME - Frame.KIND}`,
			);
		}
		this.#needed = size;
		if (bytes.length < size) return undefined;
		this.#chunks[0] = bytes.subarray(size);
		this.#length -= size;
		this.#needed = Frame.KIND;
		return {
			kind: view.getUint32(Frame.KIND, true),
			tag: view.getUint32(Frame.TAG, true),
			payload: bytes.subarray(Frame.PAYLOAD, size),
		};
	}

	/** All chunks as one. */
	#joined(): Uint8Array {
		if (this.#chunks.length > 1) {
			const bytes = new Uint8Array(this.#length);
			let at = 0;
			for (const chunk of this.#chunks) {
				bytes.set(chunk, at);
				at += chunk.length;
			}
			this.#chunks.splice(0, this.#chunks.length, bytes);
		}
		return this.#chunks[0] as Uint8Array;
	}
}

/** A whole frame. */
export function frame(
	kind: number,
	tag: number,
	payload: Uint8Array,
): Uint8Array {
	const bytes = new Uint8Array(Frame.PAYLOAD + payload.length);
	const view = new DataView(bytes.buffer);
	view.setUint32(Frame.LENGTH, bytes.length - Frame.KIND, true);
	view.setUint32(Frame.KIND, kind, true);
	view.setUint32(Frame.TAG, tag, true);
	bytes.set(payload, Frame.PAYLOAD);
	return bytes;
}

/** A payload of u32 words. */
export function words(...values: readonly number[]): Uint8Array {
	return new Uint8Array(Uint32Array.from(values).buffer);
}
