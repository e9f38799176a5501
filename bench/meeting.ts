// What a worker is told and tells: the words between workers.ts and worker.ts.
// Sent by postMessage (HTML, structured clone); the words are shared memory.

import type { SharedFirmware } from "../host/node.ts";

/** What all workers share besides the engine: whose turn it is at the one channel, and how many are ready to start. */
export const TURN = 0;
export const READY = 1;

export interface Setup {
	shared: SharedFirmware;
	/** Words TURN and READY. */
	meeting: SharedArrayBuffer;
	/** 0 or 1. */
	worker: number;
}

export interface Job {
	/** All on the first worker's channel, by turns; else each on its own. */
	oneChannel: boolean;
	messages: number;
	/** How many are ready when everybody is. */
	ready: number;
}

/** When a worker began and ended, in ms of one clock for all. */
export interface Done {
	begin: number;
	end: number;
}
