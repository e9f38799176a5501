// The mailbox framework between clients and controllers: exclusive channels, a queue, and three ways to learn that a message is out.
// Follows Linux drivers/mailbox/mailbox.c, include/linux/mailbox_client.h and include/linux/mailbox_controller.h.
//
// Where a kernel thread would sleep (tx_block), sendMessage returns a promise instead. Everything else happens inside the call:
// with a synchronous controller the message is sent, the receive callback runs and the client acknowledges before sendMessage returns.
// Errors of a client's callbacks never reach the controller. They come out of the sendMessage that caused them, or else go to the
// controller's reportError; the message counts as sent or failed, and the channel goes on with the next one.

import { CosimError, throwLater } from "../errors.ts";
import { MailboxChannel } from "./channel.ts";

export { EIO, ETIME, MailboxChannel, MBOX_TX_QUEUE_LEN } from "./channel.ts";

/** Source of time for timeouts and polling. */
export interface Timers {
	/**
	 * Runs a function later, once.
	 * @param ms delay in milliseconds, 0 or more
	 * @returns a function that cancels it
	 */
	after(ms: number, run: () => void): () => void;
	/**
	 * Lets time pass, inside the call, until something holds or `ms` milliseconds are over. Absent where time passes by
	 * itself.
	 */
	wait?(ms: number, until: () => boolean): void;
}

/** Wall-clock time. */
export const wallTimers: Timers = {
	after(ms, run) {
		const handle = setTimeout(run, ms);
		return () => clearTimeout(handle);
	},
};

/** What a client asks of its channel, and what it wants to be told. The framework holds on to it until the channel is freed. */
export interface MailboxClient {
	/** `sendMessage` returns a promise that settles when the message is out. */
	txBlock?: boolean;
	/** Milliseconds that a blocking send waits; 0 or absent waits for ever. */
	txTout?: number;
	/** The client learns of its own accord that a message is out: it calls `txDone` on a channel that would be polled. */
	knowsTxdone?: boolean;
	/** Data has come in on the channel. */
	rxCallback?(message: unknown): void;
	/** A message is about to be handed to the controller. */
	txPrepare?(message: unknown): void;
	/** A message is out (`r` 0), or has failed (`r` negative, a Linux error number). */
	txDone?(message: unknown, r: number): void;
}

/** What a controller can do. Only `sendData` is required, and `lastTxDone` of a polled controller. */
export interface MailboxOps {
	/** Sends a message. Returning false means busy: the message stays first in the queue until the channel's next event. */
	sendData(channel: MailboxChannel, message: unknown): boolean;
	/** Completes the transfer under way within `timeout` ms, calls `chanTxDone`, or throws. */
	flush?(channel: MailboxChannel, timeout: number): void;
	/** A client takes the channel. */
	startup?(channel: MailboxChannel): void;
	/** The client gives the channel back. */
	shutdown?(channel: MailboxChannel): void;
	/** Whether the last message is out; asked every `txpollPeriod` of a polled controller. */
	lastTxDone?(channel: MailboxChannel): boolean;
	/** Whether received data is waiting; if so it is delivered by `chanReceivedData` at once. */
	peekData?(channel: MailboxChannel): boolean;
}

/** How a channel learns that a message is out: from the controller, by asking the controller, or from the client. */
export type TxdoneMethod = "irq" | "poll" | "ack";

/** Parameters of {@link MailboxController}. */
export interface MailboxControllerOptions {
	/** Name in error messages, such as the devicetree node's path. */
	name: string;
	ops: MailboxOps;
	/** Number of channels, 1 or more. They are created when first asked for. */
	numChans: number;
	/** The controller calls `chanTxDone`. */
	txdoneIrq?: boolean;
	/** The framework asks `lastTxDone`. Without either, the client acknowledges. */
	txdonePoll?: boolean;
	/** Milliseconds between two polls, 1 by default. */
	txpollPeriod?: number;
	timers?: Timers;
	/** Gets errors of client callbacks that no `sendMessage` can throw; by default they surface as uncaught errors. */
	reportError?: (error: unknown) => void;
}

/** A mailbox controller with its channels. */
export class MailboxController {
	readonly name: string;
	readonly ops: MailboxOps;
	readonly numChans: number;
	readonly txdoneMethod: TxdoneMethod;
	readonly txpollPeriod: number;
	readonly timers: Timers;
	readonly reportError: (error: unknown) => void;
	readonly #channels = new Map<number, MailboxChannel>();
	#polling = false;

	/** @throws CosimError MBOX_INVALID without channels, or when a polled controller lacks `lastTxDone` */
	constructor(options: MailboxControllerOptions) {
		this.name = options.name;
		this.ops = options.ops;
		this.numChans = options.numChans;
		this.txdoneMethod = options.txdoneIrq
			? "irq"
			: options.txdonePoll
				? "poll"
				: "ack";
		this.txpollPeriod = options.txpollPeriod ?? 1;
		this.timers = options.timers ?? wallTimers;
		this.reportError = options.reportError ?? throwLater;
		if (!Number.isInteger(this.numChans) || this.numChans < 1) {
			throw new CosimError(
				"MBOX_INVALID",
				`${this.name}: ${this.numChans} channels, expected 1 or more`,
			);
		}
		if (this.txdoneMethod === "poll" && !this.ops.lastTxDone) {
			throw new CosimError(
				"MBOX_INVALID",
				`${this.name}: a polled controller needs lastTxDone`,
			);
		}
	}

	/**
	 * The channel of an index, always the same object.
	 * @throws CosimError MBOX_INVALID for an index that is not 0 to `numChans` - 1
	 */
	channel(index: number): MailboxChannel {
		let channel = this.#channels.get(index);
		if (channel === undefined) {
			if (!Number.isInteger(index) || index < 0 || index >= this.numChans) {
				throw new CosimError(
					"MBOX_INVALID",
					`${this.name}: no channel ${index}, expected 0 to ${this.numChans - 1}`,
				);
			}
			channel = new MailboxChannel(this, index);
			this.#channels.set(index, channel);
		}
		return channel;
	}

	/** Starts asking `lastTxDone`, at once and then every `txpollPeriod`, until no channel has a message under way. */
	startPolling(): void {
		if (!this.#polling) {
			this.#polling = true;
			this.timers.after(0, () => this.#poll());
		}
	}

	#poll(): void {
		this.#polling = false;
		let again = false;
		for (const channel of this.#channels.values()) {
			if (channel.busy && channel.txdoneMethod === "poll" && !channel.poll()) {
				again = true;
			}
		}
		if (again && !this.#polling) {
			this.#polling = true;
			this.timers.after(this.txpollPeriod, () => this.#poll());
		}
	}
}

/** An entry of a client node's `mboxes`, resolved, with its name from `mbox-names`. */
export interface MailboxSpecifier {
	controller: MailboxController;
	/** Channel index on that controller. */
	index: number;
	name?: string;
}

/**
 * Takes a channel for a client alone.
 * @param index channel index on the controller
 * @throws CosimError MBOX_INVALID for an index out of range, MBOX_BUSY when the channel has a client
 */
export function requestChannel(
	client: MailboxClient,
	controller: MailboxController,
	index: number,
): MailboxChannel {
	const channel = controller.channel(index);
	channel.bindClient(client);
	return channel;
}

/**
 * Takes a channel by its name in `mbox-names`.
 * @param mboxes the client node's `mboxes`, resolved
 * @throws CosimError MBOX_INVALID when no entry has the name, MBOX_BUSY when the channel has a client
 */
export function requestChannelByName(
	client: MailboxClient,
	mboxes: readonly MailboxSpecifier[],
	name: string,
): MailboxChannel {
	const found = mboxes.find((entry) => entry.name === name);
	if (!found) {
		const names = mboxes.map((entry) => entry.name ?? "(unnamed)").join(", ");
		throw new CosimError(
			"MBOX_INVALID",
			`mbox-names has no "${name}", only: ${names}`,
		);
	}
	return requestChannel(client, found.controller, found.index);
}
