// A management processor: the firmware behind SMC on a core of its own, woken by the doorbells of a messaging unit.
// SCMI 3.2 (Arm DEN0056E), section 5.1: shared-memory transport with doorbells as they are between two processors.
//
// A command costs what it costs the firmware, plus the interrupt and the look at the doorbells. It is served when its turn
// comes, in one go; the reply lies in the area from then on, but the area is the agent's, and the doorbell back rings, only
// when that time is over on the simulation's clock. Doorbells that ring meanwhile are answered in turn.

import type { Firmware } from "../firmware.ts";
import type { Management } from "../platform/management.ts";
import type { Channel } from "../platform/platform.ts";
import type { Agenda } from "./agenda.ts";
import { MU_CHANNELS, Mu, type MuSide, muBit } from "./messaging-unit.ts";

/** Words of an area (SCMI 3.2, 5.1.2). */
const STATUS = 1;
const FLAGS = 4;
const FREE = 1;
const INTERRUPT_ENABLED = 1;

/** The core that lends its registers for a trap, and gets them back as they were. */
const CPU = 0;

/** A channel behind a doorbell. */
interface Served extends Channel {
	readonly doorbell: number;
	/** The area's words. */
	readonly area: Uint32Array;
}

export class ManagementProcessor {
	readonly #firmware: Firmware;
	readonly #management: Management;
	readonly #side: MuSide;
	readonly #agenda: Agenda;
	readonly #now: () => number;
	readonly #channels: readonly (Served | undefined)[];
	#stuck = false;
	#awake = false;
	/** The doorbell that was answered last: the others come before it. */
	#last = MU_CHANNELS - 1;

	/**
	 * @param firmware what it executes, with the hardware
	 * @param side its side of the messaging unit
	 * @param agenda of the simulation, whose clock is the doorbells' time
	 */
	constructor(
		firmware: Firmware,
		management: Management,
		side: MuSide,
		agenda: Agenda,
		now: () => number,
	) {
		this.#firmware = firmware;
		this.#management = management;
		this.#side = side;
		this.#agenda = agenda;
		this.#now = now;
		this.#channels = management.doorbells
			.slice(0, MU_CHANNELS)
			.map((id, doorbell) => this.#served(id, doorbell));
		side.onLine((asserted) => {
			if (asserted) this.#wake();
		});
		let enabled = 0;
		for (const channel of this.#channels) {
			if (channel === undefined) continue;
			enabled |= muBit.gie(channel.doorbell);
			if (channel.fromPlatform && channel.interrupt !== undefined)
				firmware.onInterrupt?.(channel.interrupt, () =>
					this.#announce(channel),
				);
		}
		side.write32(Mu.CR, enabled >>> 0);
	}

	/** It hangs: doorbells ring, and nobody answers until this is false again. What it has begun it finishes. */
	get stuck(): boolean {
		return this.#stuck;
	}

	set stuck(stuck: boolean) {
		this.#stuck = stuck;
		if (!stuck && this.#side.line) this.#wake();
	}

	/** Whether it has woken up and not gone back to sleep. */
	get busy(): boolean {
		return this.#awake;
	}

	#served(functionId: number, doorbell: number): Served | undefined {
		const { platform, buffer } = this.#firmware;
		const channel = platform.channels.find(
			(row) => row.functionId === functionId,
		);
		if (channel === undefined) return undefined;
		const at = this.#firmware.memoryAt(channel.address, channel.size);
		const area = new Uint32Array(buffer, at, channel.size >>> 2);
		return { ...channel, doorbell, area };
	}

	#wake(): void {
		if (this.#awake || this.#stuck) return;
		this.#awake = true;
		const { interruptNs } = this.#management;
		this.#agenda.at(this.#now() + interruptNs, (at) => this.#poll(at));
	}

	#poll(at: number): void {
		this.#agenda.at(at + this.#management.pollNs, (then) => this.#look(then));
	}

	/** Answers the next doorbell in turn, or goes to sleep. */
	#look(at: number): void {
		const ringing = this.#stuck ? 0 : this.#side.read32(Mu.SR);
		for (let i = 1; i <= MU_CHANNELS; i++) {
			const n = (this.#last + i) % MU_CHANNELS;
			const channel = this.#channels[n];
			if (channel === undefined || !(ringing & muBit.gip(n))) continue;
			this.#last = n;
			this.#side.write32(Mu.SR, muBit.gip(n));
			this.#serve(channel, at);
			return;
		}
		this.#awake = false;
	}

	#serve(channel: Served, at: number): void {
		const firmware = this.#firmware;
		const { area, fromPlatform } = channel;
		const command = !fromPlatform && ((area[STATUS] as number) & FREE) === 0;
		const asked = ((area[FLAGS] as number) & INTERRUPT_ENABLED) !== 0;
		this.#execute(channel);
		// Whoever stops the system sends no reply.
		if (firmware.stopped) {
			this.#awake = false;
			return;
		}
		const status = area[STATUS] as number;
		const done = Math.max(at, firmware.timeNs);
		if (command) area[STATUS] = 0;
		this.#agenda.at(done, (then) => {
			if (command) {
				area[STATUS] = status;
				if (asked) this.#ring(channel);
			}
			this.#poll(then);
		});
	}

	/** The trap that this firmware is behind elsewhere. */
	#execute({ functionId, exceptionLevel }: Served): void {
		const registers = this.#firmware.registers(CPU);
		const saved = registers.slice();
		registers.fill(0);
		registers[0] = functionId;
		this.#firmware.trap(CPU, exceptionLevel === 3 ? "smc" : "hvc");
		registers.set(saved);
	}

	/** The firmware has put a message of its own into its area, by its own time. */
	#announce(channel: Served): void {
		const at = Math.max(this.#firmware.timeNs, this.#now());
		this.#agenda.at(at, () => this.#ring(channel));
	}

	#ring({ doorbell }: Served): void {
		const side = this.#side;
		side.write32(Mu.CR, (side.read32(Mu.CR) | muBit.gir(doorbell)) >>> 0);
	}
}
