// Who wants to be told what: callbacks and asynchronous iterators over an agent's notifications.
// Callbacks run in a microtask of their own, when the call that was under way is over, so that they may call the agent.

import {
	type Matching,
	matches,
	type Notification,
	type NotificationFilter,
} from "./notification.ts";

/** Notifications that wait in a stream at most, unless it was made for another number. */
const STREAM_LIMIT = 256;

export interface StreamOptions {
	/** Notifications that wait to be taken at most, 1 or more; 256 by default. When one more comes, the oldest is dropped. */
	limit?: number;
}

/** Notifications to be iterated over with `for await`. Leaving the loop ends the stream, closing the agent ends the loop. */
export class NotificationStream<N = Notification>
	implements AsyncIterableIterator<N, undefined>
{
	readonly #limit: number;
	readonly #end: (stream: NotificationStream<N>) => void;
	readonly #waiting: N[] = [];
	readonly #readers: ((result: IteratorResult<N, undefined>) => void)[] = [];
	#ended = false;
	#dropped = 0;

	constructor(limit: number, end: (stream: NotificationStream<N>) => void) {
		this.#limit = limit;
		this.#end = end;
	}

	/** Notifications lost because nobody took them in time. */
	get dropped(): number {
		return this.#dropped;
	}

	next(): Promise<IteratorResult<N, undefined>> {
		const value = this.#waiting.shift();
		if (value !== undefined) return Promise.resolve({ done: false, value });
		if (this.#ended) return Promise.resolve(DONE);
		return new Promise((resolve) => this.#readers.push(resolve));
	}

	return(): Promise<IteratorResult<N, undefined>> {
		this.#waiting.length = 0;
		this.end();
		return Promise.resolve(DONE);
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	/** The agent: one more. */
	push(value: N): void {
		const reader = this.#readers.shift();
		if (reader !== undefined) {
			reader({ done: false, value });
			return;
		}
		if (this.#waiting.length === this.#limit) {
			this.#waiting.shift();
			this.#dropped++;
		}
		this.#waiting.push(value);
	}

	/** The agent: no more. What waits can still be taken. */
	end(): void {
		this.#ended = true;
		this.#end(this);
		for (const reader of this.#readers.splice(0)) reader(DONE);
	}
}

const DONE = { done: true, value: undefined } as const;

type Callback = (notification: Notification) => void;

/** The subscriptions of an agent. */
export class Subscriptions {
	readonly #reportError: (error: unknown) => void;
	readonly #streams = new Map<NotificationStream, NotificationFilter>();
	readonly #callbacks = new Map<Callback, NotificationFilter>();
	/** What callbacks have yet to be called with. */
	#due: [Callback, Notification][] = [];
	#closed = false;

	/** @param reportError gets what callbacks throw */
	constructor(reportError: (error: unknown) => void) {
		this.#reportError = reportError;
	}

	stream<const F extends NotificationFilter>(
		filter: F,
		{ limit = STREAM_LIMIT }: StreamOptions,
	): NotificationStream<Matching<F>> {
		const stream = new NotificationStream(limit, (ended) =>
			this.#streams.delete(ended),
		);
		if (this.#closed) stream.end();
		else this.#streams.set(stream, filter);
		return stream as unknown as NotificationStream<Matching<F>>;
	}

	subscribe<const F extends NotificationFilter>(
		filter: F,
		callback: (notification: Matching<F>) => void,
	): () => void {
		// The same function may subscribe twice.
		const own: Callback = (notification) =>
			callback(notification as Matching<F>);
		if (!this.#closed) this.#callbacks.set(own, filter);
		return () => this.#callbacks.delete(own);
	}

	/** Tells everybody who wants to know. */
	tell(notification: Notification): void {
		for (const [stream, filter] of this.#streams) {
			if (matches(filter, notification)) stream.push(notification);
		}
		for (const [callback, filter] of this.#callbacks) {
			if (!matches(filter, notification)) continue;
			if (this.#due.length === 0) queueMicrotask(() => this.#callAll());
			this.#due.push([callback, notification]);
		}
	}

	#callAll(): void {
		const due = this.#due;
		this.#due = [];
		for (const [callback, notification] of due) {
			// One before it may have taken it back.
			if (!this.#callbacks.has(callback)) continue;
			try {
				callback(notification);
			} catch (error) {
				this.#reportError(error);
			}
		}
	}

	/** Ends all streams and calls no callback any more. */
	close(): void {
		this.#closed = true;
		this.#callbacks.clear();
		for (const stream of [...this.#streams.keys()]) stream.end();
	}
}
