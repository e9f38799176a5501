// A message's payload as the agent reads and writes it: little-endian words, 64-bit pairs and names at byte offsets.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1: parameters are 32-bit words, 64-bit values low word first.

import { CosimError } from "../errors.ts";

/** Views of a payload, made once. Offsets are in bytes, multiples of 4, and the caller's to check against the length. */
export class Payload {
	readonly words: Uint32Array;
	readonly bytes: Uint8Array;

	/**
	 * @param byteOffset a multiple of 4
	 * @param size bytes; what exceeds a multiple of 4 is left out
	 */
	constructor(buffer: ArrayBufferLike, byteOffset: number, size: number) {
		this.words = new Uint32Array(buffer, byteOffset, size >>> 2);
		this.bytes = new Uint8Array(buffer, byteOffset, size & ~3);
	}

	u32(offset: number): number {
		return this.words[offset >>> 2] as number;
	}

	/** A signed 32-bit value. */
	i32(offset: number): number {
		return this.u32(offset) | 0;
	}

	/**
	 * A 64-bit value.
	 * @throws CosimError SCMI_RANGE above 2^53 - 1, which a number cannot hold
	 */
	u64(offset: number): number {
		const value = this.u32(offset + 4) * 0x1_0000_0000 + this.u32(offset);
		if (value > Number.MAX_SAFE_INTEGER) {
			throw new CosimError(
				"SCMI_RANGE",
				`a reply's 64-bit value 0x${this.#hex(offset)} exceeds 2^53 - 1`,
			);
		}
		return value;
	}

	/** A NUL-terminated name in an area of `size` bytes, the whole area when the NUL is missing. */
	name(offset: number, size: number): string {
		let text = "";
		for (let i = offset; i < offset + size; i++) {
			const byte = this.bytes[i];
			if (!byte) {
				break;
			}
			text += String.fromCharCode(byte);
		}
		return text;
	}

	/** @throws CosimError SCMI_RANGE for anything but an integer of 0 to 2^32 - 1 */
	setU32(offset: number, value: number): void {
		if (value >>> 0 !== value) {
			throw new CosimError(
				"SCMI_RANGE",
				`${value} is not a 32-bit parameter, expected 0 to 4294967295`,
			);
		}
		this.words[offset >>> 2] = value;
	}

	/** @throws CosimError SCMI_RANGE for anything but an integer of -2^31 to 2^31 - 1 */
	setI32(offset: number, value: number): void {
		if ((value | 0) !== value) {
			throw new CosimError(
				"SCMI_RANGE",
				`${value} is not a signed 32-bit parameter, expected -2147483648 to 2147483647`,
			);
		}
		this.words[offset >>> 2] = value;
	}

	/** @throws CosimError SCMI_RANGE for anything but an integer of 0 to 2^53 - 1 */
	setU64(offset: number, value: number): void {
		if (!Number.isSafeInteger(value) || value < 0) {
			throw new CosimError(
				"SCMI_RANGE",
				`${value} is not a 64-bit parameter, expected 0 to ${Number.MAX_SAFE_INTEGER}`,
			);
		}
		this.words[offset >>> 2] = value;
		this.words[(offset >>> 2) + 1] = value / 0x1_0000_0000;
	}

	#hex(offset: number): string {
		const digits = (word: number) => word.toString(16).padStart(8, "0");
		return digits(this.u32(offset + 4)) + digits(this.u32(offset));
	}
}
