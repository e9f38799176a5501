// A firmware on a management processor, with the messaging unit to it: a Firmware like any other, on one virtual clock.
// The application processor's time is this clock; what the management processor does is entered in the agenda.
//
// Whoever awaits an answer is a processor that sleeps: when the program has nothing else to do, time jumps to what is next.
// Whoever calls directly is one that spins: time passes inside the call.

import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import { stopped as stoppedError } from "../mailbox/arm-smc-mailbox.ts";
import type { Method, Stopped } from "../mailbox/conduit.ts";
import { doorbellMailbox } from "../mailbox/doorbell-mailbox.ts";
import type { MailboxController, Timers } from "../mailbox/framework.ts";
import type { Management } from "../platform/management.ts";
import type { Platform } from "../platform/platform.ts";
import { Agenda } from "./agenda.ts";
import { ManagementProcessor } from "./management-processor.ts";
import { MessagingUnit } from "./messaging-unit.ts";

const NS_PER_MS = 1_000_000;

export class ManagedFirmware implements Firmware, Timers {
	/** The hardware, and the firmware as SMC and HVC reach it. */
	readonly firmware: Firmware;
	readonly management: Management;
	readonly unit = new MessagingUnit();
	readonly processor: ManagementProcessor;
	readonly #agenda = new Agenda();
	readonly #handlers = new Set<() => void>();
	#controller: MailboxController | undefined;
	#time: number;
	/** Timers that have not run, and whether the program will be asked for its idle time. */
	#waiting = 0;
	#pumping = false;
	/** Counts what the application processor notices: interrupts and timers. */
	#noticed = 0;

	/**
	 * @param firmware reached by nobody else from now on, but for its time, registers and memory
	 * @throws CosimError PLATFORM_INVALID for a platform without a management processor
	 */
	constructor(firmware: Firmware) {
		const { management, name } = firmware.platform;
		if (management === undefined)
			throw new CosimError(
				"PLATFORM_INVALID",
				`platform ${name}: no management processor, expected one behind a messaging unit`,
			);
		this.firmware = firmware;
		this.management = management;
		this.#time = firmware.timeNs;
		this.unit.a.onLine((asserted) => {
			if (!asserted) return;
			const { agentInterruptNs } = management;
			this.#agenda.at(this.#time + agentInterruptNs, () => this.#interrupt());
		});
		this.processor = new ManagementProcessor(
			firmware,
			management,
			this.unit.b,
			this.#agenda,
			() => this.#time,
		);
	}

	get platform(): Platform {
		return this.firmware.platform;
	}

	get cpus(): number {
		return this.firmware.cpus;
	}

	get buffer(): ArrayBuffer {
		return this.firmware.buffer;
	}

	get stopped(): Stopped {
		return this.firmware.stopped ?? null;
	}

	get timeNs(): number {
		return this.#time;
	}

	get nextEventNs(): number | null {
		const next = this.#next();
		return next === null ? null : Math.max(next, this.#time);
	}

	/** The mailbox controller of side A, the same for every client; `node` is its name. */
	mailbox(node: string): MailboxController {
		const { address } = this.management;
		this.#controller ??= doorbellMailbox(
			this,
			{ node, address, interrupt: this.management.interrupt },
			{ timers: this },
		);
		return this.#controller;
	}

	registers(cpu: number): Uint32Array {
		return this.firmware.registers(cpu);
	}

	memoryAt(address: number, size: number): number {
		return this.firmware.memoryAt(address, size);
	}

	/** A trap waits for what the management processor has begun: both run one firmware. */
	trap(cpu: number, method: Method): number {
		const result = this.firmware.trap(cpu, method);
		this.#time = Math.max(this.#time, this.firmware.timeNs);
		const registers = this.registers(cpu);
		const returned = registers.slice();
		this.#runDue();
		registers.set(returned);
		return result;
	}

	read32(address: number): number {
		return this.#isUnit(address)
			? this.unit.a.read32(address - this.management.address)
			: this.firmware.read32(address);
	}

	write32(address: number, value: number): void {
		this.#catchUp();
		if (this.#isUnit(address))
			this.unit.a.write32(address - this.management.address, value);
		else this.firmware.write32(address, value);
		this.#runDue();
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		if (interrupt !== this.management.interrupt)
			return this.firmware.onInterrupt?.(interrupt, handler) ?? (() => {});
		// The same function may subscribe twice.
		const own = () => handler();
		this.#handlers.add(own);
		return () => this.#handlers.delete(own);
	}

	advance(ns: number): void {
		// Refuses what is no time.
		if (!Number.isSafeInteger(ns) || ns < 0) this.firmware.advance(ns);
		this.#catchUp();
		const end = this.#time + ns;
		for (let next = this.#next(); next !== null && next <= end; ) {
			this.#runTo(next);
			next = this.#next();
		}
		this.#runTo(end);
	}

	after(ms: number, run: () => void): () => void {
		this.#catchUp();
		let open = true;
		const end = () => {
			open = false;
			this.#waiting--;
		};
		this.#waiting++;
		const at = this.#time + Math.round(ms * NS_PER_MS);
		const cancel = this.#agenda.at(at, () => {
			end();
			this.#noticed++;
			run();
		});
		this.#pump();
		return () => {
			if (!open) return;
			end();
			cancel();
		};
	}

	wait(ms: number, until: () => boolean): void {
		const end = this.#time + Math.round(ms * NS_PER_MS);
		while (!until()) {
			if (this.stopped)
				throw stoppedError(this.#controller?.name ?? "doorbell", this.stopped);
			const next = this.#next();
			if (next === null || next > end) break;
			this.#runTo(next);
		}
		if (!until()) this.#runTo(end);
	}

	#isUnit(address: number): boolean {
		const offset = address - this.management.address;
		return offset >= 0 && offset < this.management.size;
	}

	#interrupt(): void {
		// It may have been served with the one before.
		if (!this.unit.a.line) return;
		this.#noticed++;
		for (const handler of this.#handlers) handler();
	}

	/** When something happens next; before the present time, what the firmware was too busy for. */
	#next(): number | null {
		const { firmware } = this;
		const own = this.#agenda.next;
		const due = this.stopped ? null : (firmware.nextEventNs ?? null);
		if (own === null || due === null) return own ?? due;
		return Math.min(own, due);
	}

	/** The firmware is ahead when the management processor works; otherwise its time is everybody's. */
	#catchUp(): void {
		if (!this.processor.busy)
			this.#time = Math.max(this.#time, this.firmware.timeNs);
	}

	/** Lets time pass until then. The firmware may be ahead, by what it does for the management processor. */
	#runTo(at: number): void {
		this.firmware.advance(Math.max(0, at - this.firmware.timeNs));
		this.#time = Math.max(this.#time, at);
		this.#runDue();
	}

	#runDue(): void {
		while (this.#agenda.runNext(this.#time)) {}
	}

	/** As long as somebody waits, the program's idle time is the time that passes. */
	#pump(): void {
		if (this.#pumping || this.#waiting === 0) return;
		this.#pumping = true;
		whenIdle(() => {
			this.#pumping = false;
			const before = this.#noticed;
			while (this.#waiting > 0 && this.#noticed === before)
				this.#runTo(this.#next() as number);
			this.#pump();
		});
	}
}

/** After everything that can go on by itself; browsers lack the quicker way. */
function whenIdle(run: () => void): void {
	if (typeof setImmediate === "function") setImmediate(run);
	else setTimeout(run, 0);
}
