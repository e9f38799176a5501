// What a guest reaches: its own areas, each at an address of the guest's, and register blocks at their own addresses.
// Stage 2 translation of the Arm architecture (DDI 0487), chapter D8: everything else is a fault.

import { CosimError } from "../../errors.ts";
import type { Platform } from "../../platform/platform.ts";
import type { GuestChannel } from "./guest-area.ts";

export class GuestMemory {
	readonly #platform: Platform;
	readonly #areas: readonly GuestChannel[];

	/** @param platform the guest's own, whose blocks are what is mapped */
	constructor(platform: Platform, areas: readonly GuestChannel[]) {
		this.#platform = platform;
		this.#areas = areas;
	}

	/**
	 * The physical address of plain memory.
	 * @throws CosimError BUS_ERROR unless one area covers all of it
	 */
	memory(address: number, size: number): number {
		const physical = this.#inArea(address, size);
		if (physical !== undefined) return physical;
		throw new CosimError(
			"BUS_ERROR",
			`memory at 0x${address.toString(16)}, ${size} bytes: ${this.#platform.name} has no memory that covers it`,
		);
	}

	/**
	 * The physical address of a word of memory or a register.
	 * @throws CosimError BUS_ERROR where nothing is mapped
	 */
	word(address: number, what: "read" | "write"): number {
		const physical = this.#inArea(address, 4);
		if (physical !== undefined) return physical;
		const { blocks } = this.#platform;
		const mapped = blocks.some(
			(block) =>
				block.kind !== "ram" &&
				address >= block.address &&
				address + 4 <= block.address + block.size,
		);
		if (mapped) return address;
		const known = blocks
			.map((block) => `${block.name} at 0x${block.address.toString(16)}`)
			.join(", ");
		throw new CosimError(
			"BUS_ERROR",
			`${what} of 0x${address.toString(16)}: expected a multiple of 4 in one of ${known}`,
		);
	}

	#inArea(address: number, size: number): number | undefined {
		const area = this.#areas.find(
			(row) =>
				address >= row.address && address + size <= row.address + row.size,
		);
		return area && area.physical + (address - area.address);
	}
}
