// The channels of a guest's agent in the firmware below: commands go out, what the platform says by itself comes in.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; both areas are the hypervisor's alone, no guest can reach them.

import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import type { Channel } from "../../platform/platform.ts";
import { SharedMemory } from "../../scmi/shared-memory.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { callFirmware, clientWord, REGISTER_WORDS, X7 } from "./smc.ts";

const HEADER_SIZE = 4;

/** A message: its header and the bytes behind it. */
export interface PlatformMessage {
	header: number;
	payload: Uint8Array<ArrayBuffer>;
}

/** Little-endian words, as a payload. */
export function payloadOf(...words: number[]): Uint8Array<ArrayBuffer> {
	const view = new DataView(new ArrayBuffer(4 * words.length));
	for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
	return new Uint8Array(view.buffer);
}

export class AgentChannel {
	/** The agent's ID in the firmware below. */
	readonly agentId: number;
	/** The interrupt of what the platform says by itself; undefined when nothing tells of it. */
	readonly interrupt: number | undefined;
	readonly #firmware: Firmware;
	readonly #clientId: number;
	readonly #tx: { functionId: number; memory: SharedMemory };
	readonly #rx: { functionId: number; memory: SharedMemory } | undefined;

	/**
	 * @param agent its name
	 * @throws CosimError UNKNOWN_NAME for an agent without a channel for commands by SMC from the normal world
	 */
	constructor(firmware: Firmware, agent: string, clientId: number) {
		const { platform } = firmware;
		const channels = platform.channels.filter(
			(row) =>
				row.agent === agent && row.exceptionLevel === 3 && row.secure !== true,
		);
		const tx = channels.find(({ fromPlatform }) => fromPlatform !== true);
		const rx = channels.find(({ fromPlatform }) => fromPlatform === true);
		if (tx === undefined)
			throw new CosimError(
				"UNKNOWN_NAME",
				`agent ${agent}: ${platform.name} has no channel of it by SMC, expected one of ${platform.agents.join(", ")}`,
			);
		const end = ({ functionId, address, size }: Channel) => ({
			functionId,
			memory: new SharedMemory(
				firmware.buffer,
				firmware.memoryAt(address, size),
				size,
			),
		});
		this.agentId = platform.agents.indexOf(agent) + 1;
		this.#firmware = firmware;
		this.#clientId = clientId;
		this.#tx = end(tx);
		this.#rx = rx && end(rx);
		this.interrupt = rx?.interrupt;
	}

	/** Whether the platform can speak first to this agent. */
	get receives(): boolean {
		return this.#rx !== undefined;
	}

	/**
	 * Sends a command and returns the reply's payload, the status first. COMMS_ERROR when the firmware does not answer, or
	 * answers something else.
	 * @param least bytes that a successful reply has: some firmware leaves the request's length in the area
	 */
	send(
		cpu: number,
		header: number,
		payload: Uint8Array,
		least = 4,
	): Uint8Array<ArrayBuffer> {
		const { functionId, memory } = this.#tx;
		if (HEADER_SIZE + payload.length > memory.maxLength) return noAnswer();
		memory.payload.bytes.fill(0);
		memory.payload.bytes.set(payload);
		memory.submit(header, HEADER_SIZE + payload.length, false);
		const result = this.#ring(cpu, functionId);
		const { length } = memory;
		const answered =
			result === 0 && memory.free && !memory.error && memory.header === header;
		if (!answered || length < 2 * HEADER_SIZE || length > memory.maxLength)
			return noAnswer();
		const succeeded = memory.payload.i32(0) === ScmiStatus.SUCCESS;
		const size = Math.max(length - HEADER_SIZE, succeeded ? least : 0);
		return memory.payload.bytes.slice(0, size);
	}

	/** Takes the oldest message of the platform and makes room for the next one; undefined when there is none. */
	take(cpu: number): PlatformMessage | undefined {
		if (this.#rx === undefined) return undefined;
		const { functionId, memory } = this.#rx;
		if (memory.free) return undefined;
		const { header, length } = memory;
		const size = Math.max(Math.min(length, memory.maxLength) - HEADER_SIZE, 0);
		const payload = memory.payload.bytes.slice(0, size);
		memory.release();
		this.#ring(cpu, functionId);
		return { header, payload };
	}

	#ring(cpu: number, functionId: number): number {
		const words = new Uint32Array(REGISTER_WORDS);
		words[0] = functionId;
		words[X7] = clientWord(this.#clientId);
		return callFirmware(this.#firmware, cpu, words);
	}
}

function noAnswer(): Uint8Array<ArrayBuffer> {
	return payloadOf(ScmiStatus.COMMS_ERROR);
}
