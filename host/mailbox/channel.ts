// A mailbox channel: one client, a queue of messages, one message under way.
// Follows Linux drivers/mailbox/mailbox.c; where its theory is told, see framework.ts.

import { CosimError } from "../errors.ts";
import type {
	MailboxClient,
	MailboxController,
	TxdoneMethod,
} from "./framework.ts";

/** Messages that wait in a channel's queue at most. */
export const MBOX_TX_QUEUE_LEN = 20;

/** Result of a transfer that ran out of time, as `txDone` gets it: Linux -ETIME. */
export const ETIME = -62;

/** Result of a transfer that its controller or `txPrepare` failed with an error, as `txDone` gets it: Linux -EIO. */
export const EIO = -5;

/** A blocking send: how to end its promise and its timeout. */
interface Waiter {
	resolve(): void;
	reject(error: unknown): void;
	cancel?: () => void;
}

/** One channel of a controller. A client gets it from {@link requestChannel}. */
export class MailboxChannel {
	readonly controller: MailboxController;
	readonly index: number;
	#client: MailboxClient | undefined;
	#txdoneMethod: TxdoneMethod;
	/** The message that the controller has, if #active. */
	#active = false;
	#activeReq: unknown;
	#activeWaiter: Waiter | undefined;
	/** Messages that wait, oldest first, each with its waiter. */
	readonly #queue: unknown[] = [];
	readonly #waiters: (Waiter | undefined)[] = [];
	#token = 0;
	#submitting = false;
	/** Depth of sendMessage calls on this channel, and the first error of a callback inside them. */
	#sending = 0;
	#failed = false;
	#error: unknown;

	constructor(controller: MailboxController, index: number) {
		this.controller = controller;
		this.index = index;
		this.#txdoneMethod = controller.txdoneMethod;
	}

	/** Who tells that a message is out, with the present client. */
	get txdoneMethod(): TxdoneMethod {
		return this.#txdoneMethod;
	}

	/** The controller has a message that is not out yet. */
	get busy(): boolean {
		return this.#active;
	}

	/** Messages that wait behind it, 0 to 20. */
	get queued(): number {
		return this.#queue.length;
	}

	/** Client: takes the channel; use {@link requestChannel}. */
	bindClient(client: MailboxClient): void {
		if (this.#client) {
			throw new CosimError("MBOX_BUSY", `${this.#name()} has a client already`);
		}
		this.#client = client;
		this.#token = 0;
		if (this.#txdoneMethod === "poll" && client.knowsTxdone) {
			this.#txdoneMethod = "ack";
		}
		try {
			this.controller.ops.startup?.(this);
		} catch (error) {
			this.freeChannel();
			throw error;
		}
	}

	/**
	 * Client: queues a message and sends it as soon as the channel is idle.
	 * @param message passed to the controller as it is
	 * @returns a token of 0 to 19; with `txBlock` a promise of it that resolves when the message is out, whatever its result,
	 * and rejects with MBOX_TIMEOUT after `txTout`: the transfer is ended then, and the next message goes out
	 * @throws CosimError MBOX_INVALID on a freed channel, MBOX_QUEUE_FULL when 20 messages wait, and what the client's callbacks
	 * or the controller throw while the message is sent; with `txBlock` as rejections
	 */
	sendMessage(message: unknown): number | Promise<number> {
		if (this.#client?.txBlock) {
			return this.#sendBlocking(message, this.#client.txTout ?? 0);
		}
		this.#sending++;
		let token: number;
		try {
			token = this.#enqueue(message, undefined);
			this.#submit();
		} finally {
			this.#sending--;
		}
		if (this.#failed && this.#sending === 0) {
			throw this.#takeError();
		}
		return token;
	}

	/** Client: the last message is out (`r` 0) or has failed. Ignored where the controller knows better, as in Linux. */
	txDone(r: number): void {
		if (this.#txdoneMethod === "ack") {
			this.#tick(r);
		}
	}

	/**
	 * Client: completes the transfer under way without waiting for an event.
	 * @param timeout milliseconds that the controller may take
	 * @throws CosimError MBOX_INVALID when the controller cannot; or what it throws, after the transfer was ended
	 */
	flush(timeout: number): void {
		const { ops } = this.controller;
		if (!ops.flush) {
			throw new CosimError(
				"MBOX_INVALID",
				`${this.#name()}: the controller cannot flush`,
			);
		}
		try {
			ops.flush(this, timeout);
		} catch (error) {
			this.#tick(
				error instanceof CosimError && error.code === "MBOX_TIMEOUT"
					? ETIME
					: EIO,
			);
			throw error;
		}
	}

	/** Client: whether received data was waiting; if so, `rxCallback` has it. */
	peekData(): boolean {
		return this.controller.ops.peekData?.(this) ?? false;
	}

	/** Client: gives the channel back. Messages that wait are dropped without a callback; blocking sends reject with MBOX_INVALID. */
	freeChannel(): void {
		if (!this.#client) {
			return;
		}
		try {
			this.controller.ops.shutdown?.(this);
		} finally {
			this.#forget();
		}
	}

	#forget(): void {
		const waiters = [this.#activeWaiter, ...this.#waiters];
		this.#client = undefined;
		this.#active = false;
		this.#activeReq = undefined;
		this.#activeWaiter = undefined;
		this.#queue.length = 0;
		this.#waiters.length = 0;
		this.#txdoneMethod = this.controller.txdoneMethod;
		for (const waiter of waiters) {
			waiter?.cancel?.();
			waiter?.reject(
				new CosimError(
					"MBOX_INVALID",
					`${this.#name()} was freed before the message was out`,
				),
			);
		}
	}

	/** Controller: hands received data to the client. Never throws. */
	chanReceivedData(message: unknown): void {
		try {
			this.#client?.rxCallback?.(message);
		} catch (error) {
			this.#fail(error);
			// The client will hardly acknowledge any more.
			if (this.#txdoneMethod === "ack" && this.#active) {
				this.#tick(EIO);
			}
		}
	}

	/** Controller with `txdoneIrq`: the last message is out (`r` 0) or has failed. Ignored from others, as in Linux. */
	chanTxDone(r: number): void {
		if (this.#txdoneMethod === "irq") {
			this.#tick(r);
		}
	}

	/** Framework: asks the controller whether the message is out, and ends the transfer if so. */
	poll(): boolean {
		try {
			if (this.controller.ops.lastTxDone?.(this) === false) {
				return false;
			}
			this.#tick(0);
		} catch (error) {
			this.#fail(error);
			this.#tick(EIO);
		}
		return true;
	}

	#name(): string {
		return `${this.controller.name} channel ${this.index}`;
	}

	#enqueue(message: unknown, waiter: Waiter | undefined): number {
		if (!this.#client) {
			throw new CosimError("MBOX_INVALID", `${this.#name()} has no client`);
		}
		if (this.#queue.length === MBOX_TX_QUEUE_LEN) {
			throw new CosimError(
				"MBOX_QUEUE_FULL",
				`${this.#name()}: ${MBOX_TX_QUEUE_LEN} messages wait already`,
			);
		}
		this.#queue.push(message);
		this.#waiters.push(waiter);
		const token = this.#token;
		this.#token = (token + 1) % MBOX_TX_QUEUE_LEN;
		return token;
	}

	#sendBlocking(message: unknown, txTout: number): Promise<number> {
		return new Promise((resolve, reject) => {
			let open = true;
			const waiter: Waiter = {
				resolve: () => {
					open = false;
					resolve(token);
				},
				reject: (error) => {
					open = false;
					reject(error);
				},
			};
			const token = this.#enqueue(message, waiter);
			this.#submit();
			if (open && txTout > 0) {
				waiter.cancel = this.controller.timers.after(txTout, () =>
					this.#expire(waiter, txTout),
				);
			}
		});
	}

	/** Sends what waits until a message stays under way. Not re-entered: a message that ends inside sendData only ends. */
	#submit(): void {
		if (this.#submitting) {
			return;
		}
		this.#submitting = true;
		try {
			while (this.#client && !this.#active && this.#queue.length > 0) {
				const message = this.#queue.shift();
				const waiter = this.#waiters.shift();
				if (!this.#start(this.#client, message, waiter)) {
					this.#queue.unshift(message);
					this.#waiters.unshift(waiter);
					break;
				}
			}
		} finally {
			this.#submitting = false;
		}
		if (this.#active && this.#txdoneMethod === "poll") {
			this.controller.startPolling();
		}
	}

	/** Hands a message to the controller. False when it is busy. */
	#start(
		client: MailboxClient,
		message: unknown,
		waiter: Waiter | undefined,
	): boolean {
		this.#active = true;
		this.#activeReq = message;
		this.#activeWaiter = waiter;
		try {
			client.txPrepare?.(message);
			if (this.controller.ops.sendData(this, message) || !this.#active) {
				return true;
			}
		} catch (error) {
			this.#fail(error);
			this.#tick(EIO);
			return true;
		}
		this.#active = false;
		this.#activeReq = undefined;
		this.#activeWaiter = undefined;
		return false;
	}

	/** Ends the transfer under way, sends the next message, tells the client. */
	#tick(r: number): void {
		const ended = this.#active;
		const message = this.#activeReq;
		const waiter = this.#activeWaiter;
		this.#active = false;
		this.#activeReq = undefined;
		this.#activeWaiter = undefined;
		const client = this.#client;
		this.#submit();
		if (!ended) {
			return;
		}
		if (client?.txDone) {
			try {
				client.txDone(message, r);
			} catch (error) {
				this.#report(error);
			}
		}
		if (waiter) {
			waiter.cancel?.();
			waiter.resolve();
		}
	}

	/** A blocking send ran out of time. Unlike Linux, which ends whatever is under way, this ends the sender's own message. */
	#expire(waiter: Waiter, txTout: number): void {
		waiter.reject(
			new CosimError(
				"MBOX_TIMEOUT",
				`${this.#name()}: the message was not out within ${txTout} ms`,
			),
		);
		if (this.#activeWaiter === waiter) {
			this.#tick(ETIME);
			return;
		}
		const at = this.#waiters.indexOf(waiter);
		if (at >= 0) {
			const [message] = this.#queue.splice(at, 1);
			this.#waiters.splice(at, 1);
			try {
				this.#client?.txDone?.(message, ETIME);
			} catch (error) {
				this.#report(error);
			}
		}
	}

	/** The message under way met an error: its blocking sender hears of it, or else whoever #report finds. */
	#fail(error: unknown): void {
		if (this.#activeWaiter) {
			this.#activeWaiter.reject(error);
		} else {
			this.#report(error);
		}
	}

	#report(error: unknown): void {
		if (this.#sending === 0) {
			this.controller.reportError(error);
		} else if (!this.#failed) {
			this.#failed = true;
			this.#error = error;
		}
	}

	#takeError(): unknown {
		const error = this.#error;
		this.#failed = false;
		this.#error = undefined;
		return error;
	}
}
