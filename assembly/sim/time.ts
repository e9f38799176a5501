// Virtual time: whole nanoseconds since load. Wall time never enters the engine.
// Advanced by the host, and by the firmware where it waits for hardware.

import { Address, State } from "../layout";

/** Where time stops, in ns: far enough from 2^64 that a trap's cost, a u32, never wraps around. */
export const END_OF_TIME: u64 = u64.MAX_VALUE - u32.MAX_VALUE;

/** Virtual time in ns. */
export function now(): u64 {
	return load<u64>(Address.STATE, State.TIME);
}

/** The next trap looks what there is to do besides its call: to be called by whatever makes it more. */
export function callAttention(): void {
	store<u64>(Address.STATE, 0, State.ATTENTION);
}

/** Lets `ns` nanoseconds pass, until the end of time. */
export function pass(ns: u64): void {
	const left = END_OF_TIME - now();
	store<u64>(Address.STATE, now() + min(ns, left), State.TIME);
}
