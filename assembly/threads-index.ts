// What the threaded build exports besides index.ts: the whole engine for one thread alone.
// WebAssembly threads proposal (shared memories, atomic operations).

import { hold, letGo, NO_CPU } from "./threads";

/** Waits until no other thread is in the engine, and keeps them out until {@link resume}: for a load or a snapshot. */
export function suspend(): void {
	hold();
}

/** Lets the other threads in again. Only after {@link suspend}, by the same thread. */
export function resume(): void {
	letGo(NO_CPU);
}
