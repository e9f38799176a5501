// An agent by raw messages: each is put into its channel's shared memory, rung for, and its reply taken out as it is.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; the messages as Linux's SCMI raw mode has them, header and payload.

import type { Firmware } from "../../firmware.ts";
import type { Channel } from "../../platform/platform.ts";
import { SharedMemory } from "../../scmi/shared-memory.ts";
import { ServeError } from "./protocol.ts";
import { Refusal } from "./refusal.ts";

/** Offset of the message in an area, and the shortest one: its header. */
const MESSAGE = 0x18;
const HEADER_SIZE = 4;
const CPU = 0;
/** Two words for each of x0..x7. */
const ARGUMENT_WORDS = 16;

/** One end of a channel. */
class Area {
	readonly channel: Channel;
	readonly memory: SharedMemory;
	readonly bytes: Uint8Array;
	readonly #firmware: Firmware;

	constructor(firmware: Firmware, channel: Channel) {
		const { address, size } = channel;
		const at = firmware.memoryAt(address, size);
		this.channel = channel;
		this.#firmware = firmware;
		this.memory = new SharedMemory(firmware.buffer, at, size);
		this.bytes = new Uint8Array(firmware.buffer, at + MESSAGE, size - MESSAGE);
	}

	ring(): number {
		const firmware = this.#firmware;
		const { functionId, secure = false } = this.channel;
		const registers = firmware.registers(CPU);
		registers.fill(0, 0, ARGUMENT_WORDS);
		registers[0] = functionId;
		if (!secure) return firmware.trap(CPU, "smc");
		firmware.setSecure?.(CPU, true);
		try {
			return firmware.trap(CPU, "smc");
		} finally {
			firmware.setSecure?.(CPU, false);
		}
	}
}

export class AgentPort {
	readonly #firmware: Firmware;
	readonly #name: string;
	readonly #commands: Area;
	readonly #platform: Area | undefined;
	readonly #unsubscribe: (() => void) | undefined;
	readonly #receive: (message: Uint8Array) => boolean;

	/**
	 * @param receive gets each message of the platform; false when it has to wait, until {@link drain}
	 * @throws Refusal UNKNOWN_NAME for an agent without a channel for commands by SMC
	 */
	constructor(
		firmware: Firmware,
		name: string,
		receive: (message: Uint8Array) => boolean,
	) {
		this.#firmware = firmware;
		this.#name = name;
		this.#receive = receive;
		const own = (fromPlatform: boolean) =>
			firmware.platform.channels.find(
				(row) =>
					row.agent === name &&
					row.exceptionLevel === 3 &&
					(row.fromPlatform ?? false) === fromPlatform,
			);
		const commands = own(false);
		if (commands === undefined) {
			const { agents } = firmware.platform;
			throw new Refusal(
				ServeError.UNKNOWN_NAME,
				`agent "${name}": expected ${agents.join(", ")}, or none`,
			);
		}
		this.#commands = new Area(firmware, commands);
		const messages = own(true);
		this.#platform =
			messages === undefined ? undefined : new Area(firmware, messages);
		if (messages?.interrupt !== undefined)
			this.#unsubscribe = firmware.onInterrupt?.(messages.interrupt, () =>
				this.drain(),
			);
	}

	/** Bytes of header and payload that a message may have: what the platform takes, and what fits. */
	get maxMessage(): number {
		const { maxMessageSize } = this.#firmware.platform;
		return Math.min(maxMessageSize, this.#commands.bytes.length);
	}

	/**
	 * Sends a command and returns the reply, each with its header. The reply is valid until the next one.
	 * @throws Refusal RANGE for a message that is no message, STOPPED when the firmware has not answered
	 */
	send(message: Uint8Array): Uint8Array {
		if (message.length < HEADER_SIZE || message.length > this.maxMessage) {
			throw new Refusal(
				ServeError.RANGE,
				`message of ${message.length} bytes: expected a header and payload, ${HEADER_SIZE} to ${this.maxMessage} bytes`,
			);
		}
		const { memory, bytes } = this.#commands;
		const header =
			(message[0] as number) |
			((message[1] as number) << 8) |
			((message[2] as number) << 16) |
			((message[3] as number) << 24);
		bytes.set(message);
		memory.submit(header >>> 0, message.length, false);
		const result = this.#commands.ring();
		if (result !== 0 || !memory.free) {
			memory.release();
			throw new Refusal(
				ServeError.STOPPED,
				`no reply, x0 is ${result}: expected a firmware that runs`,
			);
		}
		return bytes.subarray(0, Math.min(memory.length, bytes.length));
	}

	/** Takes what the platform has sent, as long as the receiver does. */
	drain(): void {
		const area = this.#platform;
		if (area === undefined) return;
		while (!area.memory.free) {
			if (!this.#receive(area.memory.message())) return;
			const { interrupt } = area.memory;
			area.memory.release();
			if (!interrupt || area.ring() !== 0) return;
		}
	}

	/** The agent is gone, with everything that it has asked for. */
	close(): void {
		this.#unsubscribe?.();
		this.#firmware.resetAgent?.(this.#name);
	}
}
