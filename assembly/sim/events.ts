// Events: what happens by itself at a later virtual time, in the order of their times.
// Handlers run between commands, when the firmware has nothing else to do. One that waits for hardware keeps it busy:
// whatever is due meanwhile, events as well as commands, comes behind it.

import { PLATFORM } from "../hardware/clock-gates";
import { followPower } from "../hardware/thermal";
import { Abi, Address, Event, State } from "../layout";
import { pollFastChannels } from "../scmi/performance-changes";
import { notifyChanges } from "../scmi/watches";
import { deliverAll } from "../shmem";
import { callAttention, END_OF_TIME, now } from "./time";

function eventRow(i: u32): usize {
	return load<u32>(Address.STATE, State.EVENTS) + i * Event.SIZE;
}

/** Empties the table. */
export function clearEvents(): void {
	for (let i: u32 = 0; i < <u32>Abi.EVENTS; i++)
		store<u64>(eventRow(i), u64.MAX_VALUE, Event.AT);
	store<u64>(Address.STATE, END_OF_TIME, State.DUE);
}

/**
 * Calls `handler`, the index of a function (a: u32, b: u32, c: u32) => void, at virtual time `at` in ns.
 * Returns false when the table is full.
 */
export function schedule(at: u64, handler: u32, a: u32, b: u32, c: u32): bool {
	for (let i: u32 = 0; i < <u32>Abi.EVENTS; i++) {
		const row = eventRow(i);
		if (load<u64>(row, Event.AT) !== u64.MAX_VALUE) continue;
		const number = load<u32>(Address.STATE, State.EVENT_NUMBER);
		store<u32>(Address.STATE, number + 1, State.EVENT_NUMBER);
		store<u64>(row, at, Event.AT);
		store<u32>(row, number, Event.NUMBER);
		store<u32>(row, handler, Event.HANDLER);
		store<u32>(row, a, Event.A);
		store<u32>(row, b, Event.B);
		store<u32>(row, c, Event.C);
		if (at < load<u64>(Address.STATE, State.DUE))
			store<u64>(Address.STATE, at, State.DUE);
		callAttention();
		return true;
	}
	return false;
}

/** Takes back every event of a handler whose first argument is `a`. */
export function unschedule(handler: u32, a: u32): void {
	for (let i: u32 = 0; i < <u32>Abi.EVENTS; i++) {
		const row = eventRow(i);
		if (
			load<u32>(row, Event.HANDLER) === handler &&
			load<u32>(row, Event.A) === a
		)
			store<u64>(row, u64.MAX_VALUE, Event.AT);
	}
	const next = earliest();
	store<u64>(
		Address.STATE,
		next === 0 ? END_OF_TIME : load<u64>(next, Event.AT),
		State.DUE,
	);
}

/** The event that is next, or 0. */
function earliest(): usize {
	let next: usize = 0;
	for (let i: u32 = 0; i < <u32>Abi.EVENTS; i++) {
		const row = eventRow(i);
		const at = load<u64>(row, Event.AT);
		if (at === u64.MAX_VALUE) continue;
		if (next === 0 || isBefore(row, next)) next = row;
	}
	return next;
}

function isBefore(a: usize, b: usize): bool {
	const at = load<u64>(a, Event.AT);
	const other = load<u64>(b, Event.AT);
	if (at !== other) return at < other;
	// Numbers wrap around.
	return <i32>(load<u32>(a, Event.NUMBER) - load<u32>(b, Event.NUMBER)) < 0;
}

/** Runs every event whose time has come, unless one of them ends everything; at the end of time nothing comes any more. */
export function runDue(): void {
	while (now() >= load<u64>(Address.STATE, State.DUE)) {
		if (load<u32>(Address.STATE, State.STOP)) return;
		const event = earliest();
		if (event === 0) {
			store<u64>(Address.STATE, END_OF_TIME, State.TIME);
			store<u64>(Address.STATE, END_OF_TIME, State.DUE);
			return;
		}
		const handler = load<u32>(event, Event.HANDLER);
		const a = load<u32>(event, Event.A);
		const b = load<u32>(event, Event.B);
		const c = load<u32>(event, Event.C);
		store<u64>(event, u64.MAX_VALUE, Event.AT);
		const next = earliest();
		store<u64>(
			Address.STATE,
			next === 0 ? END_OF_TIME : load<u64>(next, Event.AT),
			State.DUE,
		);
		// What has changed by now is not this handler's doing.
		if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(PLATFORM);
		call_indirect<void>(handler, a, b, c);
	}
}

/**
 * Lets `ns` nanoseconds pass, with everything that happens meanwhile at its own time. More pass when an event's handler
 * is still waiting for hardware at the end.
 */
export function run(ns: u64): void {
	const loaded = load<u32>(Address.STATE, State.IMAGE_LENGTH) !== 0;
	if (!loaded || load<u32>(Address.STATE, State.STOP)) return;
	const end = now() + min(ns, END_OF_TIME - now());
	pollFastChannels();
	followPower();
	while (load<u64>(Address.STATE, State.DUE) <= end) {
		const due = load<u64>(Address.STATE, State.DUE);
		if (due === END_OF_TIME) break;
		if (now() < due) store<u64>(Address.STATE, due, State.TIME);
		runDue();
		if (load<u32>(Address.STATE, State.STOP)) return;
		followPower();
	}
	if (now() < end) store<u64>(Address.STATE, end, State.TIME);
	if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(PLATFORM);
	deliverAll();
}
