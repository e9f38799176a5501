// Messages in shared memory by raw byte offsets: the tests' own hand at the channel, nothing of the product's encoder.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message header) and 5.1.2 (shared memory based transport).

import { expect } from "vitest";
import type { Firmware } from "../../host/firmware.ts";
import type { Method } from "../../host/mailbox/conduit.ts";

export const BASE = 0x10;
export const POWER = 0x11;
export const SYSTEM = 0x12;
export const CLOCK = 0x14;
export const RESET = 0x16;

export const SUCCESS = 0;
export const NOT_SUPPORTED = -1;
export const INVALID_PARAMETERS = -2;
export const DENIED = -3;
export const NOT_FOUND = -4;
export const OUT_OF_RANGE = -5;
export const BUSY = -6;
export const GENERIC_ERROR = -8;
export const PROTOCOL_ERROR = -10;

/** A shared-memory area and the way to it. */
export interface AreaPlace {
	address: number;
	size: number;
	functionId: number;
	method: Method;
}

/** The mailbox binding's example: the first area of the on-chip RAM's last 4 KiB. */
export const TX: AreaPlace = {
	address: 0x0093_f000,
	size: 0x200,
	functionId: 0xc200_00fe,
	method: "smc",
};

/** What an area holds after a trap. */
export interface Reply {
	/** x0, both halves, as a signed 64-bit number. */
	x0: bigint;
	/** Channel status: bit 0 free, bit 1 error. */
	channel: number;
	length: number;
	header: number;
	/** Payload bytes as far as the length says; none when it says nonsense. */
	payload: number[];
}

/** Little-endian words. */
export function u32(...values: number[]): number[] {
	return values.flatMap((value) => [
		value & 0xff,
		(value >>> 8) & 0xff,
		(value >>> 16) & 0xff,
		(value >>> 24) & 0xff,
	]);
}

/** Little-endian 64-bit words. */
export function u64(...values: bigint[]): number[] {
	return values.flatMap((value) =>
		u32(Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn)),
	);
}

/** A name field: ASCII, cut to leave a NUL, zeros behind it. */
export function text(name: string, size: number): number[] {
	const bytes = [...name].slice(0, size - 1).map((c) => c.charCodeAt(0));
	return [...bytes, ...new Array<number>(size - bytes.length).fill(0)];
}

/** A message header: ID 7:0, type 9:8, protocol 17:10, token 27:18. */
export function headerOf(
	protocol: number,
	message: number,
	token = 0,
	type = 0,
): number {
	return (message | (type << 8) | (protocol << 10) | (token << 18)) >>> 0;
}

/** An area of a firmware as an agent sees it. */
export class Smt {
	readonly firmware: Firmware;
	readonly place: AreaPlace;
	readonly view: DataView;
	#token = 0;

	constructor(firmware: Firmware, place: AreaPlace = TX) {
		this.firmware = firmware;
		this.place = place;
		const at = firmware.memoryAt(place.address, place.size);
		this.view = new DataView(firmware.buffer, at, place.size);
	}

	/** Writes a command and makes the channel busy. */
	write(
		header: number,
		payload: readonly number[],
		length = payload.length + 4,
		flags = 0,
	): void {
		const { view } = this;
		view.setUint32(0x04, 0, true);
		view.setUint32(0x10, flags, true);
		view.setUint32(0x14, length, true);
		view.setUint32(0x18, header, true);
		for (const [i, byte] of payload.entries()) view.setUint8(0x1c + i, byte);
	}

	/** Traps; returns x0. */
	trap(cpu = 0): bigint {
		const registers = this.firmware.registers(cpu);
		registers.fill(0);
		registers[0] = this.place.functionId;
		this.firmware.trap(cpu, this.place.method);
		return BigInt.asIntN(
			64,
			(BigInt(registers[1] as number) << 32n) | BigInt(registers[0] as number),
		);
	}

	read(x0: bigint): Reply {
		const { view } = this;
		const length = view.getUint32(0x14, true);
		const size =
			length >= 4 && length <= this.place.size - 0x18 ? length - 4 : 0;
		return {
			x0,
			channel: view.getUint32(0x04, true),
			length,
			header: view.getUint32(0x18, true),
			payload: Array.from({ length: size }, (_, i) => view.getUint8(0x1c + i)),
		};
	}

	/** Sends a command as it is. */
	send(header: number, payload: readonly number[], length?: number): Reply {
		this.write(header, payload, length);
		return this.read(this.trap());
	}

	/** Sends a command with a fresh token, fills the payload with garbage first, and returns the reply's payload. */
	call(
		protocol: number,
		message: number,
		payload: readonly number[],
	): number[] {
		this.#token = (this.#token + 1) & 0x3ff;
		for (let at = 0x1c; at < this.place.size; at++)
			this.view.setUint8(at, 0xa5);
		const header = headerOf(protocol, message, this.#token);
		const reply = this.send(header, payload);
		expect(reply).toEqual({
			x0: 0n,
			channel: 1,
			length: 4 + reply.payload.length,
			header,
			payload: reply.payload,
		});
		return reply.payload;
	}

	/** Sends a command; the reply must be SUCCESS with exactly these bytes behind the status. */
	expect(
		protocol: number,
		message: number,
		payload: readonly number[],
		bytes: readonly number[],
	): void {
		expect(this.call(protocol, message, payload)).toEqual([
			...u32(SUCCESS),
			...bytes,
		]);
	}

	/** Sends a command; the reply must be this status alone. */
	refuse(
		protocol: number,
		message: number,
		payload: readonly number[],
		status: number,
	): void {
		expect(this.call(protocol, message, payload)).toEqual(u32(status));
	}

	/** The status of a command's reply. */
	status(
		protocol: number,
		message: number,
		payload: readonly number[],
	): number {
		const reply = new Uint8Array(this.call(protocol, message, payload));
		return new DataView(reply.buffer).getInt32(0, true);
	}

	/** Words behind the status of a command that must succeed. */
	words(
		protocol: number,
		message: number,
		payload: readonly number[],
	): number[] {
		const reply = new Uint8Array(this.call(protocol, message, payload));
		const view = new DataView(reply.buffer);
		expect(view.getInt32(0, true)).toBe(SUCCESS);
		return Array.from({ length: reply.length / 4 - 1 }, (_, i) =>
			view.getUint32(4 + 4 * i, true),
		);
	}
}
