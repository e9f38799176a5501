// An agent's platform-to-agent channel by raw byte offsets, and platforms of two agents that have one each.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message types) and 5.1.2 (shared memory based transport).

import { expect } from "vitest";
import { Channel } from "../../assembly/image.ts";
import { Address, State } from "../../assembly/layout.ts";
import type { Firmware } from "../../host/firmware.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { type AreaPlace, headerOf, Smt, TX } from "./smt.ts";

/** Message types of the header. */
export const DELAYED_RESPONSE = 2;
export const NOTIFICATION = 3;

const SRAM = 0x0093_f000;

/** The receiving area of the i.MX8MM's agent. */
export const RX: AreaPlace = {
	address: SRAM + 0x200,
	size: 0x200,
	functionId: 0xc200_00ff,
	method: "smc",
};
export const TEE_TX: AreaPlace = {
	...TX,
	address: SRAM + 0x400,
	functionId: 0xc200_0100,
};
export const TEE_RX: AreaPlace = {
	...RX,
	address: SRAM + 0x600,
	functionId: 0xc200_0101,
};

function channel(place: AreaPlace, agent: string, fromPlatform: boolean) {
	const { functionId, address, size } = place;
	return {
		functionId,
		exceptionLevel: 3,
		agent,
		address,
		size,
		fromPlatform,
	} as const;
}

/** Agents 1, linux, and 2, tee, each with a channel in either direction. */
export const TWO_AGENTS: Platform = {
	...IMX8MM,
	agents: ["linux", "tee"],
	channels: [
		channel(TX, "linux", false),
		channel(RX, "linux", true),
		channel(TEE_TX, "tee", false),
		channel(TEE_RX, "tee", true),
	],
};

/** A message that the platform has left: its header and payload. */
export interface Left {
	header: number;
	payload: number[];
}

/** A notification as it must arrive. */
export function notification(
	protocol: number,
	id: number,
	payload: number[],
): Left {
	return { header: headerOf(protocol, id, 0, NOTIFICATION), payload };
}

/** An area that the platform writes, as its agent sees it. */
export class Inbox {
	readonly smt: Smt;

	constructor(firmware: Firmware, place: AreaPlace = RX) {
		this.smt = new Smt(firmware, place);
	}

	get busy(): boolean {
		return (this.smt.view.getUint32(0x04, true) & 1) === 0;
	}

	/** Frees the area, without a word to the platform. */
	free(): void {
		this.smt.view.setUint32(0x04, 1, true);
	}

	/** Reads the message that is there and frees the area; undefined when there is none. */
	read(): Left | undefined {
		if (!this.busy) return undefined;
		const { header, payload } = this.smt.read(0n);
		this.free();
		return { header, payload };
	}

	/** Reads all messages, ringing after each. */
	all(): Left[] {
		const messages: Left[] = [];
		for (let message = this.read(); message; message = this.read()) {
			messages.push(message);
			expect(this.smt.trap()).toBe(0n);
		}
		return messages;
	}
}

/** A word of the engine's row of channel `index`. */
export function channelState(
	firmware: Firmware,
	index: number,
	field: Channel,
): number {
	const memory = new DataView(firmware.buffer);
	const rows = memory.getUint32(Address.STATE + State.CHANNELS, true);
	return memory.getUint32(rows + index * Channel.SIZE + field, true);
}
