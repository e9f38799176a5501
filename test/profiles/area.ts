// The draft firmware's shared memory by raw byte offsets: requests in, everything that is there afterwards out.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message header) and 5.1.2 (shared memory based transport).

import { expect } from "vitest";
import type { FirmwareStop, Method } from "../../host/mailbox/conduit.ts";
import { createFirmware } from "../../host/node.ts";
import type { ProfileFirmware } from "../../host/profiles/profile.ts";
import { headerOf, u32 } from "../support/smt.ts";

export const SERVED = 0xc200_00fe;
export const HANGING = 0xc200_00ff;
const ADDRESS = 0x0093_f000;
const SIZE = 0x1000;
/** What the area holds before a request. */
export const GARBAGE = 0xa5;

/** What a test may have otherwise than a well-behaved agent would. */
export interface Oddities {
	/** Channel status before the call: 0 busy, 1 free, 2 error. */
	status?: number;
	length?: number;
	type?: number;
	token?: number;
	method?: Method;
	cpu?: number;
	functionId?: number;
}

/** A reply as the page's tables have it. */
export interface Expected {
	status: number;
	/** Behind the status. */
	bytes?: readonly number[];
	/** The request's when left out. */
	length?: number;
}

export class DraftArea {
	readonly firmware: ProfileFirmware;
	readonly view: DataView;

	constructor(firmware = createFirmware("imx8mm-draft")) {
		this.firmware = firmware;
		const at = firmware.memoryAt(ADDRESS, SIZE);
		this.view = new DataView(firmware.buffer, at, SIZE);
	}

	/** Writes a request into garbage and makes the call. */
	send(
		protocol: number,
		message: number,
		payload: readonly number[],
		oddities: Oddities = {},
	): void {
		const { view } = this;
		for (let at = 0; at < SIZE; at++) view.setUint8(at, GARBAGE);
		view.setUint32(0x04, oddities.status ?? 0, true);
		view.setUint32(0x10, 0, true);
		view.setUint32(0x14, oddities.length ?? 4 + payload.length, true);
		view.setUint32(
			0x18,
			headerOf(protocol, message, oddities.token ?? 7, oddities.type ?? 0),
			true,
		);
		for (const [i, byte] of payload.entries()) view.setUint8(0x1c + i, byte);
		this.call(oddities);
	}

	call({ functionId = SERVED, method = "smc", cpu = 0 }: Oddities = {}): void {
		const registers = this.firmware.registers(cpu).fill(0x5a5a_5a5a);
		registers.set([functionId, 0]);
		const result = this.firmware.trap(cpu, method);
		if (this.firmware.stopped) throw new Ended(result, registers);
	}

	/** The payload's bytes, the request's length behind them and all that follows. */
	bytes(count: number): number[] {
		return Array.from({ length: count }, (_, i) =>
			this.view.getUint8(0x1c + i),
		);
	}

	/**
	 * Sends a request. x0 is 0, the channel free, the header as it was; the payload has the bytes expected and, behind them,
	 * what was there before.
	 */
	expect(
		protocol: number,
		message: number,
		payload: readonly number[],
		{ status, bytes = [], length }: Expected,
		oddities: Oddities = {},
	): void {
		this.send(protocol, message, payload, oddities);
		const written = [...u32(status), ...bytes];
		const before = [...payload, ...new Array<number>(64).fill(GARBAGE)];
		const registers = this.firmware.registers(oddities.cpu ?? 0);
		expect({
			x0: [registers[0], registers[1]],
			channel: this.view.getUint32(0x04, true),
			length: this.view.getUint32(0x14, true),
			header: this.view.getUint32(0x18, true),
			payload: this.bytes(before.length),
		}).toEqual({
			x0: [0, 0],
			channel: 1,
			length: length ?? oddities.length ?? 4 + payload.length,
			header: headerOf(
				protocol,
				message,
				oddities.token ?? 7,
				oddities.type ?? 0,
			),
			payload: [...written, ...before.slice(written.length)],
		});
	}

	/** A call that ends the firmware: it is not served, its registers stay. Returns why. */
	expectStop(reason: string, run: () => void): FirmwareStop {
		expect(run).toThrow(Ended);
		expect(this.firmware.stopped).toMatchObject({ reason });
		return this.firmware.stopped as FirmwareStop;
	}
}

/** A call that found the firmware ended, or ended it. */
export class Ended extends Error {
	constructor(result: number, registers: Uint32Array) {
		super(`the trap returned ${result}`);
		expect(result).toBe(-1);
		expect([...registers.subarray(2)]).toEqual(
			new Array<number>(registers.length - 2).fill(0x5a5a_5a5a),
		);
		expect(registers[0]).toBeGreaterThan(0x8000_0000);
	}
}

/** ASCII with a NUL. */
export function name(text: string): number[] {
	return [...[...text].map((letter) => letter.charCodeAt(0)), 0];
}
