// Checks the reset domains of a platform image.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { LoadError, Reset } from "../image";
import { State } from "../layout";
import { check, failed, resolve, resolveName, state } from "./check";

export function checkResets(): void {
	for (let i: u32 = 0; i < state(State.RESET_COUNT) && !failed(); i++) {
		checkReset(state(State.RESETS) + i * Reset.SIZE);
	}
}

function checkReset(row: usize): void {
	store<u32>(row, 0, Reset.WATCHERS);
	store<u32>(row, 0, Reset.PENDING);
	// An ID that no domain has.
	if (load<u32>(row, Reset.REGISTER) === 0) return;
	resolveName(row + Reset.NAME);
	const bits = load<u32>(row, Reset.BITS);
	const asserted = load<u32>(row, Reset.ASSERTED);
	check(bits !== 0, LoadError.RANGE, row + Reset.BITS);
	check(
		asserted === 0 || asserted === bits,
		LoadError.RANGE,
		row + Reset.ASSERTED,
	);
	check(load<u32>(row, Reset.DENIED) <= 1, LoadError.RANGE, row + Reset.DENIED);
	resolve(row + Reset.REGISTER);
}
