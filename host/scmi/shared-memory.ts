// The agent's end of a shared-memory channel (SMT): status, flags, length, header, payload.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 5.1.2, and Linux drivers/firmware/arm_scmi/shmem.c.

import { CosimError } from "../errors.ts";
import { Payload } from "./payload.ts";

/** Byte offsets of the area's fields. 0x0 and 0x8 to 0xf are reserved or the implementation's own. */
const CHANNEL_STATUS = 0x4;
const FLAGS = 0x10;
const LENGTH = 0x14;
const HEADER = 0x18;
const PAYLOAD = 0x1c;

/** Bits of the channel status. */
const STATUS_FREE = 1 << 0;
const STATUS_ERROR = 1 << 1;

const FLAG_INTERRUPT = 1 << 0;

/** Smallest area that holds a reply: the payload's first word is the status. */
const MIN_SIZE = PAYLOAD + 4;

/** A channel's shared memory, in a buffer that stays where it is. */
export class SharedMemory {
	/** Bytes of the whole area. */
	readonly size: number;
	readonly payload: Payload;
	readonly #words: Uint32Array;
	readonly #message: Uint8Array;

	/**
	 * @param byteOffset of the area in the buffer, a multiple of 4
	 * @param size bytes of the area, the rest of the buffer by default
	 * @throws CosimError MBOX_INVALID for an area that is unaligned, below 32 bytes, or not in the buffer
	 */
	constructor(
		buffer: ArrayBufferLike,
		byteOffset = 0,
		size = buffer.byteLength - byteOffset,
	) {
		if (
			byteOffset % 4 !== 0 ||
			!(byteOffset >= 0) ||
			!(size >= MIN_SIZE) ||
			byteOffset + size > buffer.byteLength
		) {
			throw new CosimError(
				"MBOX_INVALID",
				`shared memory of ${size} bytes at offset ${byteOffset} of ${buffer.byteLength}: expected at least ${MIN_SIZE} bytes, aligned to 4`,
			);
		}
		this.size = size;
		this.#words = new Uint32Array(buffer, byteOffset, PAYLOAD >>> 2);
		this.#message = new Uint8Array(buffer, byteOffset + HEADER, size - HEADER);
		this.payload = new Payload(buffer, byteOffset + PAYLOAD, size - PAYLOAD);
	}

	/** The agent owns the area. */
	get free(): boolean {
		return ((this.#words[CHANNEL_STATUS >>> 2] as number) & STATUS_FREE) !== 0;
	}

	/** The platform could not read the last message. */
	get error(): boolean {
		return ((this.#words[CHANNEL_STATUS >>> 2] as number) & STATUS_ERROR) !== 0;
	}

	/** Bytes of the message: header and payload. */
	get length(): number {
		return this.#words[LENGTH >>> 2] as number;
	}

	/** Bytes that a message may have in this area. */
	get maxLength(): number {
		return this.size - HEADER;
	}

	/** Whoever sent the message wants an interrupt when it has been taken. */
	get interrupt(): boolean {
		return ((this.#words[FLAGS >>> 2] as number) & FLAG_INTERRUPT) !== 0;
	}

	/** The message header. */
	get header(): number {
		return this.#words[HEADER >>> 2] as number;
	}

	/**
	 * Hands a command to the platform; its payload is in place already.
	 * @param length bytes of header and payload
	 * @param interrupt ask for an interrupt when the command is done
	 */
	submit(header: number, length: number, interrupt: boolean): void {
		this.#words[HEADER >>> 2] = header;
		this.#words[LENGTH >>> 2] = length;
		this.#words[FLAGS >>> 2] = interrupt ? FLAG_INTERRUPT : 0;
		this.#words[CHANNEL_STATUS >>> 2] = 0;
	}

	/** Header and payload of the message in the area, as far as it fits: a copy. */
	message(): Uint8Array {
		return this.#message.slice(0, this.length);
	}

	/** Makes the channel free and without error, as the platform does at its start and whoever has taken a message. */
	release(): void {
		this.#words[CHANNEL_STATUS >>> 2] = STATUS_FREE;
	}
}
