// Fast channels: words in shared memory that stand for a performance command, written and read without a message.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, PERFORMANCE_DESCRIBE_FASTCHANNEL.

import { CosimError } from "../errors.ts";
import type { PerformanceLimits } from "./performance.ts";

/** The channel for PERFORMANCE_LEVEL_SET or PERFORMANCE_LEVEL_GET of a domain: one word. */
export class LevelChannel {
	readonly #words: Uint32Array;

	/**
	 * @param buffer memory that agent and platform share, such as `engine.buffer`
	 * @param byteOffset where the channel lies in it, such as `engine.memoryAt(address, 4)`
	 */
	constructor(buffer: ArrayBufferLike, byteOffset: number) {
		this.#words = new Uint32Array(buffer, byteOffset, 1);
	}

	/** Asks for a level, or for a level's index; the platform takes it when it looks next. */
	set(level: number): void {
		this.#words[0] = word(level);
	}

	/** The level or the index that the channel has. */
	get(): number {
		return this.#words[0] as number;
	}
}

/** The channel for PERFORMANCE_LIMITS_SET or PERFORMANCE_LIMITS_GET of a domain: two words. */
export class LimitsChannel {
	readonly #words: Uint32Array;

	/** As {@link LevelChannel}; the channel has 8 bytes. */
	constructor(buffer: ArrayBufferLike, byteOffset: number) {
		this.#words = new Uint32Array(buffer, byteOffset, 2);
	}

	/** Asks for limits. */
	set({ max, min }: PerformanceLimits): void {
		const words = [word(max), word(min)];
		this.#words.set(words);
	}

	/** The limits that the channel has. */
	get(): PerformanceLimits {
		const [max, min] = this.#words as unknown as [number, number];
		return { max, min };
	}
}

/** @throws CosimError SCMI_RANGE for anything but an integer of 0 to 2^32 - 1 */
function word(value: number): number {
	if (value >>> 0 === value) return value;
	throw new CosimError(
		"SCMI_RANGE",
		`${value} is not a level, expected 0 to 4294967295`,
	);
}
