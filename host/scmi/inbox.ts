// Where the platform's messages come in: out of the shared memory at once, checked, matched, handed to whoever waits for them.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1.1, 4.1.3 and 5.1.2, and Linux drivers/firmware/arm_scmi/driver.c.
//
// Nothing here throws into the firmware whose interrupt brought the message: the area is freed whatever is in it, and what
// cannot be used is counted, seen by the observer and reported.

import { CosimError } from "../errors.ts";
import {
	type MailboxChannel,
	type MailboxController,
	requestChannel,
} from "../mailbox/framework.ts";
import type { DelayedResponse, DelayedResponses } from "./delayed.ts";
import { type MessageEvent, resultText } from "./exchange.ts";
import { completeName, type Message, NEWEST } from "./layout.ts";
import { protocolName } from "./lookup.ts";
import { protocols } from "./messages.ts";
import { type Notification, payloadOf, readValues } from "./notification.ts";
import type { SharedMemory } from "./shared-memory.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** A platform-to-agent channel. */
export interface ReceivingSide {
	/** Its channel's client gets `rxCallback` with undefined for each interrupt, and with x0 for the doorbell. */
	controller: MailboxController;
	/** Channel on the controller; the agent takes it for itself. */
	index: number;
	/** Channel of the doorbell, where channels have one direction; without it, that of `index`; null for no doorbell. */
	replyIndex?: number | null;
	/** The area that belongs to the channel. */
	memory: SharedMemory;
	/** The doorbell: passed to the controller to tell that a message was read, such as `{ a0: functionId }`. */
	message?: unknown;
}

/** How many messages of the platform an agent has got. */
export interface Received {
	notifications: number;
	delayedResponses: number;
	/** Malformed, of an unknown protocol or type, or a delayed response that nobody waited for. */
	refused: number;
}

/** What the inbox needs of its agent. */
export interface InboxOptions {
	delayed: DelayedResponses;
	subscriptions: Subscriptions;
	/** The protocol's version that is spoken, if the agent knows. */
	version(protocolId: number): number | undefined;
	onMessage: ((event: MessageEvent) => void) | undefined;
	/** Gets why messages were refused. */
	onRefused: ((error: unknown) => void) | undefined;
	/** Gets what callbacks throw. */
	reportError(error: unknown): void;
}

const MESSAGE_MASK = 0xff;
const TYPE_SHIFT = 8;
const TYPE_MASK = 3;
const DELAYED_RESPONSE = 2;
const NOTIFICATION = 3;
const PROTOCOL_SHIFT = 10;
const PROTOCOL_MASK = 0xff;
const HEADER_SIZE = 4;
const NO_BYTES = new Uint8Array(0);

/** The parts of a message's header. */
interface Header {
	readonly word: number;
	readonly type: number;
	readonly protocolId: number;
	readonly messageId: number;
}

export class Inbox {
	readonly received: Received = {
		notifications: 0,
		delayedResponses: 0,
		refused: 0,
	};
	readonly #side: ReceivingSide;
	readonly #options: InboxOptions;
	readonly #channel: MailboxChannel;
	/** The doorbell: the same channel, or one of its own. */
	readonly #bell: MailboxChannel | undefined;

	/** @throws CosimError MBOX_INVALID without such a channel, MBOX_BUSY when it has a client */
	constructor(side: ReceivingSide, options: InboxOptions) {
		this.#side = side;
		this.#options = options;
		this.#channel = requestChannel(
			{ knowsTxdone: true, rxCallback: (answer) => this.#receive(answer) },
			side.controller,
			side.index,
		);
		const { controller, replyIndex } = side;
		this.#bell =
			replyIndex === undefined
				? this.#channel
				: replyIndex === null
					? undefined
					: requestChannel({ knowsTxdone: true }, controller, replyIndex);
		// An agent before this one may have left a message, and no interrupt comes before it is read.
		this.#readAll();
	}

	/** Gives the channel back. */
	close(): void {
		this.#channel.freeChannel();
		if (this.#bell !== this.#channel) this.#bell?.freeChannel();
	}

	/** Mailbox client: an interrupt, or what the doorbell's call returned. */
	#receive(answer: unknown): void {
		if (answer === undefined) {
			this.#readAll();
			return;
		}
		this.#channel.txDone(0);
		if (answer === 0) return;
		const result = resultText(answer as number | bigint);
		this.#options.onRefused?.(
			new CosimError(
				"SMC_RESULT",
				`the doorbell of the platform's messages returned ${result}, expected 0`,
			),
		);
	}

	#readAll(): void {
		const { memory } = this.#side;
		while (!memory.free) {
			const { length, interrupt } = memory;
			const whole = length >= HEADER_SIZE && length <= memory.maxLength;
			const message = whole ? memory.message() : NO_BYTES;
			memory.release();
			this.#guard(() => {
				if (whole) this.#take(message);
				else this.#refuse(message, unreadable(length, memory.maxLength));
			});
			// The platform may have the next one ready.
			if (interrupt)
				this.#guard(() => this.#bell?.sendMessage(this.#side.message));
		}
	}

	/** Observers may throw, and so may the controller. */
	#guard(run: () => void): void {
		try {
			run();
		} catch (error) {
			this.#options.reportError(error);
		}
	}

	#take(message: Uint8Array): void {
		const header = readHeader(message);
		if (header.type === DELAYED_RESPONSE) {
			this.#takeResponse(message, header);
		} else if (header.type === NOTIFICATION) {
			this.#takeNotification(message, header);
		} else {
			const what = `a message of type ${header.type} from the platform`;
			const expected = "expected a delayed response or a notification";
			this.#refuse(message, unusable(header, `${what}, ${expected}`), header);
		}
	}

	/** Its header is the command's, but for the type. */
	#takeResponse(message: Uint8Array, header: Header): void {
		const command = header.word & ~(TYPE_MASK << TYPE_SHIFT);
		const response = this.#options.delayed.take(command);
		if (response === undefined) {
			const what = "a delayed response to a command that nobody has sent";
			this.#refuse(message, unusable(header, what), header);
		} else if (response.state === "given up") {
			const what = "a delayed response to a call that had given up";
			this.#refuse(message, unusable(header, what), header);
		} else if (response.state === "awaited") {
			this.received.delayedResponses++;
			response.settle(message);
			this.#observe(message, header, nameOf(response), statusOf(message));
		} else {
			this.#takeCompletion(message, header, response);
		}
	}

	/** The delayed response to a direct call is an event like a notification. */
	#takeCompletion(
		message: Uint8Array,
		header: Header,
		{ command, version }: DelayedResponse,
	): void {
		const name = completeName(command.message.name);
		const status = statusOf(message);
		const layout = (command.message.delayed ?? []).slice(
			0,
			status ? 1 : undefined,
		);
		const values = this.#values(message, header, name, layout, version);
		if (values === undefined) return;
		this.received.delayedResponses++;
		this.#tell(header, name, values);
		this.#observe(message, header, name, status);
	}

	#takeNotification(message: Uint8Array, header: Header): void {
		const { protocolId, messageId } = header;
		const protocol = protocols.find(({ id }) => id === protocolId);
		const rows: Message[] = Object.values(protocol?.notifications ?? {});
		const row = rows.find(({ id }) => id === messageId);
		if (row === undefined) {
			this.#refuse(
				message,
				unusable(header, "an unknown notification"),
				header,
			);
			return;
		}
		const version = this.#options.version(protocolId) ?? NEWEST;
		const { name, reply } = row;
		const values = this.#values(message, header, name, reply, version);
		if (values === undefined) return;
		this.received.notifications++;
		this.#tell(header, name, values);
		this.#observe(message, header, name, undefined);
	}

	/** The values of a message, which is refused when it does not have them. */
	#values(
		message: Uint8Array,
		header: Header,
		name: string,
		layout: Message["reply"],
		version: number,
	): Record<string, unknown> | undefined {
		try {
			const size = message.length - HEADER_SIZE;
			return readValues(name, layout, payloadOf(message), version, size);
		} catch (error) {
			this.#refuse(message, error, header, name);
			return undefined;
		}
	}

	#tell(
		{ protocolId }: Header,
		name: string,
		values: Record<string, unknown>,
	): void {
		const protocol = protocolName(protocolId);
		const notification = { protocol, name, ...values };
		this.#options.subscriptions.tell(notification as Notification);
	}

	#refuse(
		message: Uint8Array,
		error: unknown,
		header: Header = NO_HEADER,
		name = "unknown message",
	): void {
		this.received.refused++;
		this.#observe(message, header, name, undefined, error);
		this.#options.onRefused?.(error);
	}

	#observe(
		message: Uint8Array,
		{ word, type, protocolId, messageId }: Header,
		name: string,
		status: number | undefined,
		error?: unknown,
	): void {
		this.#options.onMessage?.({
			kind:
				type === DELAYED_RESPONSE
					? "delayed response"
					: type === NOTIFICATION
						? "notification"
						: "unknown",
			name,
			protocolId,
			messageId,
			header: word,
			request: NO_BYTES,
			reply: message,
			status,
			error,
		});
	}
}

const NO_HEADER: Header = { word: 0, type: 0, protocolId: 0, messageId: 0 };

function readHeader(message: Uint8Array): Header {
	const { buffer, byteOffset } = message;
	const word = new DataView(buffer, byteOffset).getUint32(0, true);
	return {
		word,
		type: (word >>> TYPE_SHIFT) & TYPE_MASK,
		protocolId: (word >>> PROTOCOL_SHIFT) & PROTOCOL_MASK,
		messageId: word & MESSAGE_MASK,
	};
}

/** A delayed response's status; undefined when it has none. */
function statusOf(message: Uint8Array): number | undefined {
	return message.length < HEADER_SIZE + 4
		? undefined
		: payloadOf(message).u32(0) | 0;
}

function nameOf({ command }: DelayedResponse): string {
	return completeName(command.message.name);
}

function unreadable(length: number, most: number): CosimError {
	return new CosimError(
		"SCMI_LENGTH",
		`a message of ${length} bytes from the platform, expected ${HEADER_SIZE} to ${most}`,
	);
}

function unusable(header: Header, what: string): CosimError {
	const { word, protocolId, messageId } = header;
	const hex = word.toString(16).padStart(8, "0");
	return new CosimError(
		"SCMI_TOKEN",
		`${what}: header 0x${hex}, ${protocolName(protocolId)} message 0x${messageId.toString(16)}`,
	);
}
