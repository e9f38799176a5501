// What is known of the clocks, and what a change of a register makes unknown: just what depends on the bits that changed.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM); the bookkeeping, in the clocks' rows, is this project's own.
//
// A rate comes from the clock's own fields and its parent's rate; whether a clock runs, from its own gate and its parent.
// Who works out one of them for a clock enters it in the list of the parent that its mux selects, and so on upwards. A
// change goes down these lists as far as there is something to forget. A mux leaves its parent's list before it turns.
//
// Threads may work out the same at once, with the same result: they enter clocks by atomic operations, and whoever sees
// the bit sees the rate. Who forgets has the hardware for itself.

import { Clock, ClockState } from "../image";
import { clockId, clockRow, parentOf } from "./clock-tree";

/** A clock as two bytes: 1 + its ID, 0 for none. */
export function numberOf(clock: usize): u16 {
	return <u16>(clockId(clock) + 1);
}

export function numbered(number: u32): usize {
	return number === 0 ? 0 : clockRow(number - 1);
}

function bitsOf(clock: usize): u32 {
	return ASC_FEATURE_THREADS
		? atomic.load<u16>(clock, Clock.STATE)
		: load<u16>(clock, Clock.STATE);
}

/** Whether all those ClockState bits are set. */
export function knows(clock: usize, bits: u32): bool {
	return (bitsOf(clock) & bits) === bits;
}

/** Sets ClockState bits of a clock that has been entered. */
export function learn(clock: usize, bits: u32): void {
	if (ASC_FEATURE_THREADS) atomic.or<u16>(clock, <u16>bits, Clock.STATE);
	else store<u16>(clock, <u16>(bitsOf(clock) | bits), Clock.STATE);
}

/** Enters a clock in the list of its parent, of which something below is known from now on. Returns the parent, 0 for none. */
export function enter(clock: usize): usize {
	const parent = parentOf(clock);
	if (parent === 0) return 0;
	if (!knows(clock, ClockState.ENTERED)) enterIn(parent, clock);
	if (!knows(parent, ClockState.BELOW)) learn(parent, ClockState.BELOW);
	return parent;
}

function enterIn(parent: usize, clock: usize): void {
	const number = numberOf(clock);
	if (!ASC_FEATURE_THREADS) {
		learn(clock, ClockState.ENTERED);
		store<u16>(clock, load<u16>(parent, Clock.FIRST_CHILD), Clock.NEXT_CHILD);
		store<u16>(parent, number, Clock.FIRST_CHILD);
		return;
	}
	const bit = <u16>ClockState.ENTERED;
	if (atomic.or<u16>(clock, bit, Clock.STATE) & bit) return;
	while (true) {
		const first = atomic.load<u16>(parent, Clock.FIRST_CHILD);
		atomic.store<u16>(clock, first, Clock.NEXT_CHILD);
		if (atomic.cmpxchg<u16>(parent, first, number, Clock.FIRST_CHILD) === first)
			return;
	}
}

/** Takes a clock out of its parent's list, as before its mux turns. */
export function leave(clock: usize): void {
	if (!knows(clock, ClockState.ENTERED)) return;
	const bits = bitsOf(clock) & ~ClockState.ENTERED;
	store<u16>(clock, <u16>bits, Clock.STATE);
	const number = numberOf(clock);
	let at = parentOf(clock) + Clock.FIRST_CHILD;
	while (load<u16>(at) !== number)
		at = numbered(load<u16>(at)) + Clock.NEXT_CHILD;
	store<u16>(at, load<u16>(clock, Clock.NEXT_CHILD));
}

/** Forgets rates, states or both (ClockState.RATES, STATES), of a clock and of everything below it. */
export function forget(clock: usize, what: u32): void {
	const bits = bitsOf(clock);
	let lost: u32 = 0;
	if (bits & ClockState.RATES) lost |= what & ClockState.RATES;
	// Nothing below runs or stands still for sure when that is not known of the clock itself.
	if (bits & ClockState.KNOWN) lost |= what & ClockState.STATES;
	if (lost === 0) return;
	store<u16>(clock, <u16>(bits & ~lost), Clock.STATE);
	let child: u32 = load<u16>(clock, Clock.FIRST_CHILD);
	while (child !== 0) {
		const row = numbered(child);
		forget(row, lost);
		child = load<u16>(row, Clock.NEXT_CHILD);
	}
}
