// Checks the registers of a platform image that turn the system off and reset it.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { LoadError, Protocol, System } from "../image";
import { State } from "../layout";
import { check, resolve, state } from "./check";

/** The system power protocol, which is about nothing else. */
const SYSTEM_POWER: u32 = 0x12;

export function checkSystem(): void {
	const system = state(State.SYSTEM);
	if (system === 0) {
		for (let i: u32 = 0; i < state(State.PROTOCOL_COUNT); i++) {
			const row = state(State.PROTOCOLS) + i * Protocol.SIZE;
			const id = load<u32>(row, Protocol.ID);
			check(id !== SYSTEM_POWER, LoadError.PROTOCOL, row);
		}
		return;
	}
	checkBits(system + System.OFF_BITS);
	checkBits(system + System.RESET_LINES);
	const lines = load<u32>(system, System.RESET_LINES);
	checkReset(system + System.COLD, lines);
	checkReset(system + System.WARM, lines);
	check(
		(load<u32>(system, System.RESET_KEEP) & lines) === 0,
		LoadError.RANGE,
		system + System.RESET_KEEP,
	);
	resolve(system + System.OFF);
	resolve(system + System.RESET);
	store<u32>(system, 0, System.WATCHERS);
	store<u32>(system, 0, System.REQUESTER);
}

function checkBits(field: usize): void {
	check(load<u32>(field) !== 0, LoadError.RANGE, field);
}

/** What the firmware writes for a reset pulls one of the lines, or it would never happen. */
function checkReset(field: usize, lines: u32): void {
	check((load<u32>(field) & lines) !== lines, LoadError.RANGE, field);
}
