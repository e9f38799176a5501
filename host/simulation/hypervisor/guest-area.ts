// The shared memory of a guest, seen from EL2: every byte is the guest's to change at any time, so it is read once.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; malformed lengths are answered as the engine does (assembly/shmem.ts).

import type { Firmware } from "../../firmware.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import type { PlatformMessage } from "./agent-channel.ts";

/** A channel of a guest: one area behind one function ID. */
export interface GuestChannel {
	/** By HVC, or by SMC, which is trapped. */
	functionId: number;
	/** Where the guest sees the area: an intermediate physical address, a multiple of 4. */
	address: number;
	/** Where it is: the physical address of plain memory that nobody else uses, a multiple of 4. */
	physical: number;
	/** Bytes, at least the platform's longest message and 24. */
	size: number;
	/** The guest's number of the shared peripheral interrupt that it raises; none when left out. */
	interrupt?: number;
}

/** Byte offsets in an area. */
const STATUS = 0x04;
const FLAGS = 0x10;
const LENGTH = 0x14;
const HEADER = 0x18;
const PAYLOAD = 0x1c;

const FREE = 1;
const ERROR = 2;
const INTERRUPT_ENABLED = 1;
const HEADER_SIZE = 4;

/** A command as it was when it was read. */
export interface GuestMessage extends PlatformMessage {
	/** False for a length that no message in this area has. */
	valid: boolean;
	/** The guest wants an interrupt when it is done. */
	interrupt: boolean;
}

export class GuestArea {
	readonly channel: GuestChannel;
	readonly #view: DataView<ArrayBuffer>;

	/** @throws CosimError BUS_ERROR when there is no memory */
	constructor(firmware: Firmware, channel: GuestChannel) {
		const { physical, size } = channel;
		this.channel = channel;
		const at = firmware.memoryAt(physical, size);
		this.#view = new DataView(firmware.buffer, at, size);
		this.clear();
	}

	get free(): boolean {
		return (this.#view.getUint32(STATUS, true) & FREE) !== 0;
	}

	/** Empties the area: free, nothing in it. */
	clear(): void {
		const { buffer, byteOffset, byteLength } = this.#view;
		new Uint8Array(buffer, byteOffset, byteLength).fill(0);
		this.#view.setUint32(STATUS, FREE, true);
	}

	/** The command in the area, copied; undefined when there is none. */
	read(): GuestMessage | undefined {
		if (this.free) return undefined;
		const view = this.#view;
		const length = view.getUint32(LENGTH, true);
		const header = view.getUint32(HEADER, true);
		const interrupt = (view.getUint32(FLAGS, true) & INTERRUPT_ENABLED) !== 0;
		const valid = length >= HEADER_SIZE && length <= view.byteLength - HEADER;
		const payload = new Uint8Array(valid ? length - HEADER_SIZE : 0);
		const from = view.byteOffset + PAYLOAD;
		payload.set(new Uint8Array(view.buffer, from, payload.length));
		return { header, payload, valid, interrupt };
	}

	/** Writes the reply to the command that was read, and hands the area back. */
	reply(header: number, payload: Uint8Array): void {
		this.#write(header, payload);
		this.#view.setUint32(STATUS, FREE, true);
	}

	/** There is no message to answer; agents that look at the status first find one. */
	refuse(): void {
		const view = this.#view;
		view.setInt32(PAYLOAD, ScmiStatus.PROTOCOL_ERROR, true);
		view.setUint32(LENGTH, 2 * HEADER_SIZE, true);
		view.setUint32(STATUS, FREE | ERROR, true);
	}

	/** Hands the guest a message of the platform; it rings when it has read it. */
	deliver({ header, payload }: PlatformMessage): void {
		this.#write(header, payload);
		this.#view.setUint32(FLAGS, INTERRUPT_ENABLED, true);
		this.#view.setUint32(STATUS, 0, true);
	}

	#write(header: number, payload: Uint8Array): void {
		const view = this.#view;
		const bytes = payload.subarray(0, view.byteLength - PAYLOAD);
		const to = view.byteOffset + PAYLOAD;
		new Uint8Array(view.buffer, to, bytes.length).set(bytes);
		view.setUint32(HEADER, header, true);
		view.setUint32(LENGTH, HEADER_SIZE + bytes.length, true);
	}
}
