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
import type { Journal, JournalCall } from "./journal.ts";
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
	/** Keeps every call before it is served. */
	journal?: Journal;
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
	readonly #areas: ReadonlyMap<number, Area>;

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

	/** Serves the pending call of a CPU, if there is one and it is no fault. Returns whether it has answered one. */
	serve(cpu: number): boolean {
		const start = process.hrtime.bigint();
		const { ram, firmware, conduit, journal, onCall } = this.#options;
		readSync(ram, this.#slot, 0, SLOT_SIZE, slotAt(cpu));
		if (this.#slot.readUInt32LE(SLOT_FAULT) !== 0) {
			this.fault = {
				cpu,
				esr: this.#slot.readBigUInt64LE(SLOT_ESR),
				elr: this.#slot.readBigUInt64LE(SLOT_ELR),
			};
			return false;
		}
		// Served already: when QEMU connected while the doorbell was on the way, or the stub rang twice.
		if (this.#slot.readUInt32LE(SLOT_PENDING) === 0) return false;
		const ticks = this.#slot.readUInt32LE(SLOT_TICKS);
		const frequency = this.#slot.readUInt32LE(SLOT_FREQUENCY);
		if (ticks !== 0) this.roundTripsUs.push((ticks / frequency) * 1e6);
		const functionId = this.#takeRegisters(cpu, this.#slot);
		const area = this.#areas.get(functionId);
		if (area !== undefined) {
			const { address, size } = area.instance;
			readSync(ram, area.bytes, 0, size, address - RAM_BASE);
		}
		const busy = area !== undefined && isBusy(area.bytes);
		journal?.keep({
			cpu,
			registers: this.#slot.subarray(0, REGISTERS * 8),
			area: busy ? area.bytes : NO_AREA,
		});
		const request =
			busy && onCall !== undefined ? message(area.bytes) : NOTHING;
		firmware.trap(cpu, conduit);
		if (busy) this.messages++;
		else if (area === undefined) this.#countOther(functionId);
		this.#answer(cpu, busy ? area : undefined);
		onCall?.({
			cpu,
			functionId,
			request,
			reply: busy ? message(area.bytes) : NOTHING,
		});
		this.serviceNs += process.hrtime.bigint() - start;
		return true;
	}

	/** Serves a call of a journal again, for the engine's sake alone: nothing is written to the guest. */
	replay({ cpu, registers, area }: JournalCall): void {
		const functionId = this.#takeRegisters(cpu, registers);
		const own = this.#areas.get(functionId);
		if (own !== undefined && area.length > 0) area.copy(own.bytes);
		this.#options.firmware.trap(cpu, this.#options.conduit);
		if (own !== undefined && area.length > 0) this.messages++;
	}

	/**
	 * Answers every pending call: those that a host that is gone left open, and those whose doorbell rang while QEMU was
	 * not connected.
	 * @param last the last call of the other host's journal, replayed already
	 */
	servePending(last?: JournalCall): void {
		for (let cpu = 0; cpu < this.#options.firmware.cpus; cpu++) {
			readSync(this.#options.ram, this.#slot, 0, SLOT_SIZE, slotAt(cpu));
			if (this.#slot.readUInt32LE(SLOT_PENDING) === 0) continue;
			if (last?.cpu === cpu && this.#isOpen(last)) {
				const area = this.#areas.get(functionIdOf(last.registers));
				this.#answer(cpu, last.area.length > 0 ? area : undefined);
			} else {
				this.serve(cpu);
			}
		}
	}

	/** Whether the call in this.#slot is this one, perhaps answered by half, and not a later one. */
	#isOpen({ registers, area }: JournalCall): boolean {
		const kept = RESULTS * 8;
		const rest = this.#slot.subarray(kept, registers.length);
		if (!rest.equals(registers.subarray(kept))) return false;
		if (area.length === 0) {
			return this.#slot.subarray(0, kept).equals(registers.subarray(0, kept));
		}
		const own = this.#areas.get(functionIdOf(registers));
		if (own === undefined) return false;
		const now = Buffer.alloc(SMT.header + 4);
		const position = own.instance.address - RAM_BASE;
		readSync(this.#options.ram, now, 0, now.length, position);
		// Linux gives each message another token.
		const header = now.readUInt32LE(SMT.header);
		return !isBusy(now) || header === area.readUInt32LE(SMT.header);
	}

	/** Puts a slot's registers into the engine. Returns the function ID. */
	#takeRegisters(cpu: number, slot: Buffer): number {
		const registers = this.#options.firmware.registers(cpu);
		for (let i = 0; i < REGISTERS * 2; i++) {
			registers[i] = slot.readUInt32LE(i * 4);
		}
		return functionIdOf(slot);
	}

	#countOther(functionId: number): void {
		this.others.set(functionId, (this.others.get(functionId) ?? 0) + 1);
	}

	/** Writes the engine's answer into guest RAM: reply, results, and that the call is no longer pending. */
	#answer(cpu: number, area: Area | undefined): void {
		const { ram, firmware, completionSpi } = this.#options;
		this.#slot.writeUInt32LE(0, SLOT_SPI);
		if (area !== undefined) {
			const { bytes, instance, index } = area;
			const position = instance.address - RAM_BASE;
			const length = bytes.readUInt32LE(SMT.length);
			const end = Math.min(SMT.header + length, instance.size);
			// The status word goes last: an agent that polls sees a whole reply.
			const reply = end - SMT.length;
			writeSync(ram, bytes, SMT.length, reply, position + SMT.length);
			writeSync(ram, bytes, SMT.status, 4, position + SMT.status);
			const interrupt = bytes.readUInt32LE(SMT.flags) & INTERRUPT_ENABLED;
			if (interrupt !== 0 && completionSpi !== undefined) {
				const id = FIRST_SPI_INTID + completionSpi + index;
				this.#slot.writeUInt32LE(id, SLOT_SPI);
			}
		}
		const registers = firmware.registers(cpu);
		for (let i = 0; i < RESULTS * 2; i++) {
			this.#slot.writeUInt32LE(registers[i] as number, i * 4);
		}
		this.#slot.writeUInt32LE(0, SLOT_PENDING);
		const at = slotAt(cpu);
		writeSync(ram, this.#slot, 0, RESULTS * 8, at);
		const tail = SLOT_PENDING + 4 - SLOT_SPI;
		writeSync(ram, this.#slot, SLOT_SPI, tail, at + SLOT_SPI);
	}
}

interface Area {
	instance: GuestInstance;
	/** Place among the instances. */
	index: number;
	/** The engine's copy of the area. */
	bytes: Buffer;
}

const NO_AREA = Buffer.alloc(0);

/** Offset of a CPU's slot in the RAM file. */
function slotAt(cpu: number): number {
	return SLOTS - RAM_BASE + cpu * SLOT_SIZE;
}

function functionIdOf(slot: Buffer): number {
	return (slot.readUInt32LE(0) & ~SVE_HINT) >>> 0;
}

function isBusy(area: Buffer): boolean {
	return (area.readUInt32LE(SMT.status) & FREE) === 0;
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
