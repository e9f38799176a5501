// What two workers and who started them tell each other: messages, and words of memory that all share.
// Sent by postMessage (HTML, structured clone).

import type { SharedFirmware } from "../host/node.ts";

/** Words. The round that the second worker may begin, has begun, has done; in a cache line of its own whose turn it is at the one channel. */
export const GO = 0;
export const BEGUN = 1;
export const DONE = 2;
export const TURN = 16;
export const WORDS = 32;
/** Behind them, when the second worker began and ended its round: two doubles. */
export const MEETING_SIZE = 4 * WORDS + 16;

export interface Setup {
	shared: SharedFirmware;
	/** The words, and the times behind them. */
	meeting: SharedArrayBuffer;
	/** 0 leads: it measures itself alone, then both. 1 follows. */
	worker: 0 | 1;
}

/** Messages on a channel each, or by turns on the first worker's; or arithmetic that shares nothing, as a measure of the machine. */
export type Work = "own channels" | "one channel" | "arithmetic";

export interface Job {
	work: Work;
	rounds: number;
}
