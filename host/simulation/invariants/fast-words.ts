// Fast channels: an agent writes there without a message, and the firmware looks there when it likes.
// SCMI 3.2 (Arm DEN0056E), section 4.5.4; the offsets are FastChannelArea's.

import type { Firmware } from "../../firmware.ts";

/** Level to set, limits to set. */
const OFFSETS = [0x0, 0x8, 0xc];

export class FastWords {
	/** The agents whose they are, with the performance domain. */
	readonly owners: readonly { agent: number; id: number }[];
	readonly #memory: Int32Array;
	readonly #places: readonly number[];
	readonly #seen: Int32Array;

	constructor(firmware: Firmware) {
		const { platform } = firmware;
		this.#memory = new Int32Array(firmware.buffer);
		const areas = platform.performanceDomains.flatMap(({ id, fastChannels }) =>
			fastChannels === null ? [] : [{ id, ...fastChannels }],
		);
		this.owners = areas.map(({ id, agent }) => ({
			id,
			agent: platform.agents.indexOf(agent) + 1,
		}));
		this.#places = areas.flatMap(({ address }) =>
			OFFSETS.map((offset) => firmware.memoryAt(address + offset, 4) >>> 2),
		);
		this.#seen = new Int32Array(this.#places.length);
	}

	/** Whether somebody has written there since the last look. */
	look(): boolean {
		let written = false;
		for (let i = 0; i < this.#places.length; i++) {
			const word = this.#memory[this.#places[i] as number] as number;
			if (word === this.#seen[i]) continue;
			this.#seen[i] = word;
			written = true;
		}
		return written;
	}
}
