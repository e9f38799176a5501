// Virtual time: whole nanoseconds since load. Wall time never enters the engine.
// Advanced by the host, and by the firmware where it waits for hardware.

import { Address, State } from "../layout";

/** Virtual time in ns. */
export function now(): u64 {
	return load<u64>(Address.STATE, State.TIME);
}

/** Lets `ns` nanoseconds pass; time stops at its end, 2^64 - 1 ns, and never wraps. */
export function pass(ns: u64): void {
	const time = now() + ns;
	store<u64>(Address.STATE, time < ns ? u64.MAX_VALUE : time, State.TIME);
}
