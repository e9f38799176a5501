// Serves the guest's calls: from the registers that the stub saved in guest RAM to a trap of the engine, and back.
// SMCCC 1.4 (Arm DEN0028); the slots' layout is guest-layout.ts.

import { readSync, writeSync } from "node:fs";
import type { Firmware } from "../../firmware.ts";
import type { Method } from "../../mailbox/conduit.ts";
import {
	RAM_BASE,
	SLOT_ELR,
	SLOT_ESR,
	SLOT_FAULT,
	SLOT_FREQUENCY,
	SLOT_PENDING,
	SLOT_SIZE,
	SLOT_SPI,
	SLOT_TICKS,
	SLOTS,
} from "./guest-layout.ts";
import type { GuestInstance } from "./platform.ts";

/** A served call, as onCall gets it. */
export interface GuestCall {
	cpu: number;
	functionId: number;
	/** Header and payload before and after; empty for calls that are no SCMI message. */
	request: Uint8Array;
	reply: Uint8Array;
}

export interface CallServiceOptions {
	/** File descriptor of the guest's RAM. */
	ram: number;
	firmware: Firmware;
	conduit: Method;
	instances: readonly GuestInstance[];
	/** First SPI for completion interrupts; undefined for completion by return. */
	completionSpi: number | undefined;
	onCall?: (call: GuestCall) => void;
}

/** The guest took an exception that it cannot survive: the stub says where. */
export interface GuestFault {
	cpu: number;
	esr: bigint;
	elr: bigint;
}

/** Offsets of the shared-memory channel (SCMI 3.2, 5.1.2). */
const SMT = { status: 0x04, flags: 0x10, length: 0x14, header: 0x18 } as const;
const FREE = 1;
const INTERRUPT_ENABLED = 1;
const SVE_HINT = 0x1_0000;
const FIRST_SPI_INTID = 32;
/** x0..x17 come in, x0..x3 go out. */
const REGISTERS = 18;
const RESULTS = 4;

export class CallService {
	/** SCMI messages served. */
	messages = 0;
	/** Other forwarded calls by function ID. */
	readonly others = new Map<number, number>();
	/** Round trips in µs of the guest's counter, each told with the CPU's next call. */
	readonly roundTripsUs: number[] = [];
	/** ns spent in serve(). */
	serviceNs = 0n;
	fault: GuestFault | undefined;

	readonly #options: CallServiceOptions;
	readonly #slot = Buffer.alloc(SLOT_SIZE);
	readonly #areas: ReadonlyMap<
		number,
		{ instance: GuestInstance; index: number; bytes: Buffer }
	>;

	constructor(options: CallServiceOptions) {
		this.#options = options;
		this.#areas = new Map(
			options.instances.map((instance, index) => {
				const { functionId, address, size } = instance;
				const offset = options.firmware.memoryAt(address, size);
				const bytes = Buffer.from(options.firmware.buffer, offset, size);
				return [functionId, { instance, index, bytes }];
			}),
		);
	}

	/** Serves the pending call of a CPU. False when the stub reports a fault instead. */
	serve(cpu: number): boolean {
		const start = process.hrtime.bigint();
		const { ram, firmware, conduit } = this.#options;
		const at = SLOTS - RAM_BASE + cpu * SLOT_SIZE;
		readSync(ram, this.#slot, 0, SLOT_SIZE, at);
		if (this.#slot.readUInt32LE(SLOT_FAULT) !== 0) {
			this.fault = {
				cpu,
				esr: this.#slot.readBigUInt64LE(SLOT_ESR),
				elr: this.#slot.readBigUInt64LE(SLOT_ELR),
			};
			return false;
		}
		const ticks = this.#slot.readUInt32LE(SLOT_TICKS);
		const frequency = this.#slot.readUInt32LE(SLOT_FREQUENCY);
		if (ticks !== 0) this.roundTripsUs.push((ticks / frequency) * 1e6);
		const registers = firmware.registers(cpu);
		for (let i = 0; i < REGISTERS * 2; i++) {
			registers[i] = this.#slot.readUInt32LE(i * 4);
		}
		const functionId = ((registers[0] as number) & ~SVE_HINT) >>> 0;
		const area = this.#areas.get(functionId);
		if (area === undefined) {
			firmware.trap(cpu, conduit);
			this.others.set(functionId, (this.others.get(functionId) ?? 0) + 1);
			this.#options.onCall?.({
				cpu,
				functionId,
				request: NOTHING,
				reply: NOTHING,
			});
		} else {
			this.#serveArea(cpu, functionId, area);
		}
		for (let i = 0; i < RESULTS * 2; i++) {
			this.#slot.writeUInt32LE(registers[i] as number, i * 4);
		}
		// Results first: a host that takes over after us finds a call either untouched or answered.
		writeSync(ram, this.#slot, 0, RESULTS * 8, at);
		this.#slot.writeUInt32LE(0, SLOT_PENDING);
		writeSync(
			ram,
			this.#slot,
			SLOT_SPI,
			SLOT_PENDING + 4 - SLOT_SPI,
			at + SLOT_SPI,
		);
		this.serviceNs += process.hrtime.bigint() - start;
		return true;
	}

	#serveArea(
		cpu: number,
		functionId: number,
		{
			instance,
			index,
			bytes,
		}: { instance: GuestInstance; index: number; bytes: Buffer },
	): void {
		const { ram, firmware, conduit, onCall, completionSpi } = this.#options;
		const position = instance.address - RAM_BASE;
		readSync(ram, bytes, 0, instance.size, position);
		const busy = (bytes.readUInt32LE(SMT.status) & FREE) === 0;
		const interrupt = (bytes.readUInt32LE(SMT.flags) & INTERRUPT_ENABLED) !== 0;
		const request = onCall === undefined || !busy ? NOTHING : message(bytes);
		firmware.trap(cpu, conduit);
		if (busy) {
			this.messages++;
			// The status word goes last: an agent that polls sees a whole reply.
			const end = Math.min(
				SMT.header + bytes.readUInt32LE(SMT.length),
				instance.size,
			);
			writeSync(
				ram,
				bytes,
				SMT.length,
				end - SMT.length,
				position + SMT.length,
			);
			writeSync(ram, bytes, SMT.status, 4, position + SMT.status);
		}
		onCall?.({
			cpu,
			functionId,
			request,
			reply: busy ? message(bytes) : NOTHING,
		});
		if (busy && interrupt && completionSpi !== undefined) {
			this.#slot.writeUInt32LE(
				FIRST_SPI_INTID + completionSpi + index,
				SLOT_SPI,
			);
		}
	}
}

const NOTHING = new Uint8Array();

/** Header and payload of the message in an area, a copy. */
function message(area: Buffer): Uint8Array {
	const length = Math.min(
		area.readUInt32LE(SMT.length),
		area.length - SMT.header,
	);
	return new Uint8Array(area.subarray(SMT.header, SMT.header + length));
}
