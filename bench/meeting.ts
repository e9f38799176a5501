// What two workers and who started them tell each other: messages, and words of memory that all share.
// Sent by postMessage (HTML, structured clone).

import type { SharedFirmware } from "../host/node.ts";

/** Words. Whose turn it is at the one channel; the round that the second worker may begin, has begun, has done. */
export const TURN = 0;
export const GO = 1;
export const BEGUN = 2;
export const DONE = 3;
export const WORDS = 4;
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
