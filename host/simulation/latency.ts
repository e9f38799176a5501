// What a message takes, in virtual time: from the moment when the agent sends a command until it has the reply.

import type { MessageEvent } from "../scmi/exchange.ts";

/** Whole ns: half of the messages take at most `p50Ns`, 99 of 100 at most `p99Ns`, none more than `maxNs`; 0 without any. */
export interface Latency {
	p50Ns: number;
	p99Ns: number;
	maxNs: number;
}

/** Options of a board that measure its agent's commands; one command is under way at a time. */
export class Latencies {
	readonly #now: () => number;
	readonly #taken: number[] = [];
	#sent = 0;

	/** @param now virtual time in ns */
	constructor(now: () => number) {
		this.#now = now;
	}

	readonly onSend = (): void => {
		this.#sent = this.#now();
	};

	readonly onMessage = ({ kind }: MessageEvent): void => {
		if (kind === "command") this.#taken.push(this.#now() - this.#sent);
	};

	summary(): Latency {
		const sorted = this.#taken.toSorted((a, b) => a - b);
		const rank = (share: number) =>
			sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
		return { p50Ns: rank(0.5), p99Ns: rank(0.99), maxNs: rank(1) };
	}
}
