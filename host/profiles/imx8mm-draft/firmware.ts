// The draft firmware: answers its two function IDs from fixed shared memory, on the hardware of an engine.
// Follows the observed behaviour of the i.MX8MM SCMI draft of 2019; shared memory: SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import type { Firmware } from "../../firmware.ts";
import type { FirmwareStop, Method, Stopped } from "../../mailbox/conduit.ts";
import type { Platform } from "../../platform/platform.ts";
import type { ProfileFirmware } from "../profile.ts";
import { DRAFT_CLOCKS } from "./clock-table.ts";
import { DraftClocks } from "./clocks.ts";
import { End } from "./end.ts";
import { MESSAGES, type Reply, type Row } from "./messages.ts";
import type { QuirkId } from "./quirks.ts";

const SERVED_FUNCTION_ID = 0xc200_00fe;
const HANGING_FUNCTION_ID = 0xc200_00ff;
/** The end of the on-chip RAM. */
const SHARED_MEMORY = 0x0093_f000;
const SHARED_MEMORY_SIZE = 0x1000;

/** Offsets in the area. */
const CHANNEL_STATUS = 0x04;
const LENGTH = 0x14;
const HEADER = 0x18;
const PAYLOAD = 0x1c;
const FREE = 1;
const HEADER_SIZE = 4;
const COMMAND = 0;

const NOT_SUPPORTED = -1;
const NOT_FOUND = -4;

/** What of a platform it serves: two function IDs in EL3, three protocols of version 1.0, nothing by itself. */
export function draftPlatform(platform: Platform): Platform {
	return {
		...platform,
		protocols: { base: 0x10000, powerDomain: 0x10000, clock: 0x10000 },
		channels: platform.channels
			.filter(
				({ functionId }) =>
					functionId === SERVED_FUNCTION_ID ||
					functionId === HANGING_FUNCTION_ID,
			)
			.map((channel) => ({ ...channel, fromPlatform: false })),
	};
}

export class DraftFirmware implements ProfileFirmware {
	readonly platform: Platform;
	/** Registers, memory and time; it answers the calls that are not the draft's. */
	readonly #hardware: Firmware;
	readonly #area: DataView;
	readonly #clocks: DraftClocks;
	#end: FirmwareStop | null = null;
	#quirks: QuirkId[] = [];

	/**
	 * @param createEngine makes the hardware with a firmware that serves no channel
	 * @throws CosimError BUS_ERROR for a platform without the shared memory or the clocks' registers
	 */
	constructor(
		createEngine: (platform: Platform) => Firmware,
		platform: Platform,
	) {
		this.platform = draftPlatform(platform);
		this.#hardware = createEngine({ ...this.platform, channels: [] });
		const at = this.#hardware.memoryAt(SHARED_MEMORY, SHARED_MEMORY_SIZE);
		this.#area = new DataView(this.buffer, at, SHARED_MEMORY_SIZE);
		this.#area.setUint32(CHANNEL_STATUS, FREE, true);
		for (const clock of DRAFT_CLOCKS) {
			if (clock.kind !== "oscillator") this.read32(clock.register);
		}
		this.#clocks = new DraftClocks(this.#hardware, (quirk) =>
			this.#quirks.push(quirk),
		);
	}

	get cpus(): number {
		return this.#hardware.cpus;
	}

	get buffer(): ArrayBuffer {
		return this.#hardware.buffer;
	}

	get timeNs(): number {
		return this.#hardware.timeNs;
	}

	get stopped(): Stopped {
		return this.#end ?? this.#hardware.stopped ?? null;
	}

	get quirks(): readonly QuirkId[] {
		return this.#quirks;
	}

	advance(ns: number): void {
		this.#hardware.advance(ns);
	}

	memoryAt(address: number, size: number): number {
		return this.#hardware.memoryAt(address, size);
	}

	read32(address: number): number {
		return this.#hardware.read32(address);
	}

	write32(address: number, value: number): void {
		this.#hardware.write32(address, value);
	}

	registers(cpu: number): Uint32Array {
		return this.#hardware.registers(cpu);
	}

	/** Nothing is served once the firmware has ended: that call and every one after it leave the registers alone. */
	trap(cpu: number, method: Method): number {
		if (this.stopped !== null) return NOT_SUPPORTED;
		const registers = this.registers(cpu);
		const functionId = registers[0];
		const inEl3 = method === "smc" || this.platform.hypervisorPassesOn;
		const mine =
			functionId === SERVED_FUNCTION_ID || functionId === HANGING_FUNCTION_ID;
		if (!inEl3 || !mine) return this.#hardware.trap(cpu, method);
		this.#hardware.advance(this.platform.trapNs);
		this.#quirks = [];
		try {
			if (functionId === HANGING_FUNCTION_ID) this.#hang();
			this.#serve();
		} catch (error) {
			if (!(error instanceof End)) throw error;
			this.#end = error.stop;
			return NOT_SUPPORTED;
		}
		registers[0] = 0;
		registers[1] = 0;
		return 0;
	}

	#hang(): never {
		this.#quirks.push("call-hangs");
		throw new End({
			reason: "hang",
			message: `function ID 0x${HANGING_FUNCTION_ID.toString(16)} never returns`,
		});
	}

	#serve(): void {
		const area = this.#area;
		const status = area.getUint32(CHANNEL_STATUS, true);
		const length = area.getUint32(LENGTH, true);
		const header = area.getUint32(HEADER, true);
		const message = header & 0xff;
		const protocol = (header >>> 10) & 0xff;
		const row = MESSAGES.find(
			(row) => row.protocol === protocol && row.message === message,
		);
		this.#write(row === undefined ? this.#refuse(protocol) : this.#answer(row));
		area.setUint32(CHANNEL_STATUS, FREE, true);
		const size = length - HEADER_SIZE;
		if (row !== undefined && !row.sizes.includes(size))
			this.#quirks.push("length-ignored");
		if (((header >>> 8) & 3) !== COMMAND) this.#quirks.push("type-ignored");
		if ((status & FREE) !== 0) this.#quirks.push("channel-ignored");
	}

	#refuse(protocol: number): Reply {
		const known = MESSAGES.some((row) => row.protocol === protocol);
		this.#quirks.push(known ? "unknown-message" : "unknown-protocol");
		return { status: NOT_SUPPORTED };
	}

	#answer(row: Row): Reply {
		const request = {
			word: (index: number) => this.#area.getUint32(PAYLOAD + 4 * index, true),
			note: (quirk: QuirkId) => this.#quirks.push(quirk),
		};
		if (row.clockAnswer === undefined) {
			this.#quirks.push(row.quirk);
			return { ...row.reply, ...row.answer?.(request) };
		}
		const clock = this.#clocks.find(request.word(row.clockId ?? 0));
		if (clock === undefined) {
			this.#quirks.push("few-clocks");
			return { status: NOT_FOUND };
		}
		this.#quirks.push(row.quirk);
		return { ...row.reply, ...row.clockAnswer(clock, request, this.#clocks) };
	}

	#write({ status = 0, words = [], name, length }: Reply): void {
		const area = this.#area;
		area.setInt32(PAYLOAD, status, true);
		let at = PAYLOAD + 4;
		for (const word of words) {
			area.setUint32(at, word, true);
			at += 4;
		}
		for (const letter of name === undefined ? "" : `${name}\0`)
			area.setUint8(at++, letter.charCodeAt(0));
		if (length !== undefined) area.setUint32(LENGTH, length, true);
	}
}
