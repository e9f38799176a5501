// What is to happen at which virtual time: in the order of the times, and at one time in the order of its entry.

interface Entry {
	readonly at: number;
	readonly run: (at: number) => void;
}

export class Agenda {
	/** The earliest last. */
	readonly #entries: Entry[] = [];

	/** Time in ns of the next entry; null when there is none. */
	get next(): number | null {
		return this.#entries.at(-1)?.at ?? null;
	}

	/**
	 * Enters a function, which gets its own time.
	 * @returns a function that takes it out again
	 */
	at(at: number, run: (at: number) => void): () => void {
		const entries = this.#entries;
		const entry = { at, run };
		let place = entries.length;
		while (place > 0 && (entries[place - 1] as Entry).at <= at) place--;
		entries.splice(place, 0, entry);
		return () => {
			const index = entries.indexOf(entry);
			if (index >= 0) entries.splice(index, 1);
		};
	}

	/** Runs the next entry if its time is `now` or before. False when there is none. */
	runNext(now: number): boolean {
		const entry = this.#entries.at(-1);
		if (entry === undefined || entry.at > now) return false;
		this.#entries.pop();
		entry.run(entry.at);
		return true;
	}
}
