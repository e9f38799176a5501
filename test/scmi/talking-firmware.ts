// A scripted firmware that also speaks first: messages in a second area, an interrupt for each, a doorbell when one was read.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1.1 and 5.1.2, for the offsets.

import { armSmcMailbox } from "../../host/mailbox/arm-smc-mailbox.ts";
import type { Method } from "../../host/mailbox/conduit.ts";
import {
	type AgentOptions,
	type MessageEvent,
	ScmiAgent,
} from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { AREA, AREA_SIZE, FakeFirmware, TestTimers } from "./fake-firmware.ts";

export const RX_AREA = 0x180;
export const RX_SIZE = 0x80;
const TX_ID = 0xc20000fe;
const RX_ID = 0xc20000ff;
const TX_INTERRUPT = 41;
const RX_INTERRUPT = 42;

/** A message header: ID 7:0, type 9:8, protocol 17:10, token 27:18. */
export function header(
	type: number,
	protocol: number,
	id: number,
	token = 0,
): number {
	return id | (type << 8) | (protocol << 10) | (token << 18);
}

/** CLOCK_RATE_CHANGED of a clock: agent, clock, rate. */
export function rateChanged(clock: number, rate: number) {
	return [header(3, 0x14, 0), [0, clock, rate, 0]] as const;
}

export class TalkingFirmware extends FakeFirmware {
	/** x0 of each doorbell, x1..x7 behind it. */
	readonly rings: bigint[][] = [];
	/** x0 after a doorbell. */
	ringResult = 0n;
	readonly #handlers = new Set<() => void>();
	readonly #waiting: (() => void)[] = [];

	constructor() {
		super();
		this.view.setUint32(RX_AREA + 0x04, 1, true);
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		if (interrupt !== RX_INTERRUPT) return () => {};
		this.#handlers.add(handler);
		return () => this.#handlers.delete(handler);
	}

	get subscribers(): number {
		return this.#handlers.size;
	}

	/** Sends a message as soon as the last one was read. */
	tell(
		word: number,
		payload: readonly number[],
		{ length = 4 + 4 * payload.length, flags = 1 } = {},
	): void {
		this.#waiting.push(() => {
			const set = (offset: number, value: number) =>
				this.view.setUint32(RX_AREA + offset, value, true);
			set(0x10, flags);
			set(0x14, length);
			set(0x18, word);
			for (const [i, value] of payload.entries()) set(0x1c + 4 * i, value);
			set(0x04, 0);
		});
		this.#deliver();
	}

	/** Whether the agent has read the last message. */
	get rxFree(): boolean {
		return this.view.getUint32(RX_AREA + 0x04, true) === 1;
	}

	/** The interrupt by itself. */
	interrupt(): void {
		for (const handler of this.#handlers) handler();
	}

	#deliver(): void {
		if (!this.rxFree) return;
		const next = this.#waiting.shift();
		if (next === undefined) return;
		next();
		this.interrupt();
	}

	override trap(cpu: number, method: Method): number {
		const registers = this.registers(cpu);
		if (registers[0] !== RX_ID) return super.trap(cpu, method);
		const x = Array.from({ length: 8 }, (_, i) =>
			BigInt(registers[2 * i] ?? 0),
		);
		this.rings.push(x);
		this.#deliver();
		registers[0] = Number(this.ringResult & 0xffffffffn);
		registers[1] = Number(this.ringResult >> 32n);
		return Number(BigInt.asIntN(32, this.ringResult));
	}
}

/** An agent with both channels on such a firmware. */
export function listen(
	options: Partial<AgentOptions> = {},
	firmware = new TalkingFirmware(),
	silent?: "silent",
) {
	const timers = new TestTimers();
	const events: MessageEvent[] = [];
	const reported: unknown[] = [];
	const controller = armSmcMailbox(
		firmware,
		{
			node: "/mailbox",
			method: "smc",
			numChans: 2,
			funcIds: [TX_ID, RX_ID],
			interrupts: [TX_INTERRUPT, RX_INTERRUPT],
		},
		{
			timers,
			onInterrupt: (interrupt, handler) =>
				firmware.onInterrupt(interrupt, handler),
		},
	);
	const { buffer } = firmware;
	const agent = new ScmiAgent({
		controller,
		index: 0,
		memory: new SharedMemory(buffer, AREA, AREA_SIZE),
		receive: {
			controller,
			index: 1,
			memory: new SharedMemory(buffer, RX_AREA, RX_SIZE),
		},
		...(silent
			? {}
			: {
					onMessage: (event) => events.push(event),
					reportError: (error) => reported.push(error),
				}),
		...options,
	});
	return { firmware, agent, timers, events, reported, controller };
}
