// What a guest holds in a firmware that cannot reset an agent's configuration: remembered, to be taken back one by one.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2: BASE_RESET_AGENT_CONFIGURATION is optional.

import type { PlatformMessage } from "./agent-channel.ts";
import type { PlacedRow, Places } from "./placed-rows.ts";

const TOKEN_MASK = 0x3ff << 18;

export class Holdings {
	/** The commands that take back what is held, by message and resource, the oldest first. */
	readonly #held = new Map<string, PlatformMessage>();

	/**
	 * Notes a command that has succeeded.
	 * @param payload with the platform's IDs
	 */
	note(
		{ row }: PlacedRow,
		places: Places,
		header: number,
		payload: Uint8Array<ArrayBuffer>,
	): void {
		if (row.holds === undefined || places.held === undefined) return;
		const undo = payload.slice();
		const view = new DataView(undo.buffer);
		const released = row.holds.released;
		const holds = view.getUint32(places.held, true) !== released;
		const [first] = places.request;
		const resource =
			first === undefined ? "" : view.getUint32(first.offset, true);
		const command = header & ~TOKEN_MASK;
		const key = `${command} ${resource}`;
		this.#held.delete(key);
		if (!holds) return;
		view.setUint32(places.held, released, true);
		this.#held.set(key, { header: command, payload: undo });
	}

	/** The commands that take back everything, the last one first. */
	undone(): PlatformMessage[] {
		return [...this.#held.values()].reverse();
	}

	clear(): void {
		this.#held.clear();
	}
}
