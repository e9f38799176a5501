// The doorbell-mailbox controller: side A of a messaging unit, with words and doorbells each way, all by interrupt.
// Follows the binding fsl,mu ("fsl,imx6sx-mu") and Linux drivers/mailbox/imx-mailbox.c. Nothing is polled: a word is out when
// the other side has read it, a doorbell as soon as it rings, and what comes in comes by the one interrupt.

import { CosimError } from "../errors.ts";
import { MU_CHANNELS, Mu, muBit } from "../simulation/messaging-unit.ts";
import {
	type MailboxChannel,
	MailboxController,
	type Timers,
} from "./framework.ts";

/** Types of channels, the first cell behind the controller's phandle; the second is 0 to 3. */
export const MuType = {
	/** A word, out when it was read. */
	TX: 0,
	/** A word that has come in, the message of `rxCallback`. */
	RX: 1,
	/** Rings. */
	TXDB: 2,
	/** Is rung; `rxCallback` with undefined. */
	RXDB: 3,
} as const;

const TYPES = 4;

/** The index of a channel in its controller. */
export function muChannel(type: number, channel: number): number {
	return type * MU_CHANNELS + channel;
}

/** What a driver reaches the unit by. */
export interface DoorbellBus {
	read32(address: number): number;
	write32(address: number, value: number): void;
	onInterrupt(interrupt: number, handler: () => void): () => void;
}

/** The node's properties, as plain data. */
export interface DoorbellMailboxProperties {
	/** Path of the devicetree node, for error messages. */
	node: string;
	/** `reg`: physical address of side A. */
	address: number;
	/** `interrupts`: number of its shared peripheral interrupt. */
	interrupt: number;
}

export interface DoorbellMailboxOptions {
	timers?: Timers;
	/** See the mailbox framework's controllers. */
	reportError?: (error: unknown) => void;
}

/**
 * Probes the controller: every interrupt off, nothing pending. It has 16 channels, see {@link muChannel}. Messages of a TX
 * channel are words, those of a doorbell are ignored; `sendMessage` to a receiving channel throws MBOX_INVALID.
 */
export function doorbellMailbox(
	bus: DoorbellBus,
	{ node, address, interrupt }: DoorbellMailboxProperties,
	options: DoorbellMailboxOptions = {},
): MailboxController {
	const read = (offset: number) => bus.read32(address + offset);
	const write = (offset: number, value: number) =>
		bus.write32(address + offset, value >>> 0);
	const setControl = (set: number, clear: number) =>
		write(Mu.CR, (read(Mu.CR) & ~clear) | set);
	/** Channels that have a client. */
	const open = new Set<MailboxChannel>();
	let unsubscribe = () => {};

	write(Mu.CR, 0);
	write(Mu.SR, read(Mu.SR));
	for (let n = 0; n < MU_CHANNELS; n++) read(Mu.RR0 + 4 * n);

	function startup(channel: MailboxChannel): void {
		if (open.size === 0) unsubscribe = bus.onInterrupt(interrupt, serve);
		open.add(channel);
		setControl(enableBit(channel, RECEIVING), 0);
	}

	function shutdown(channel: MailboxChannel): void {
		setControl(0, enableBit(channel, WITH_INTERRUPT));
		open.delete(channel);
		if (open.size === 0) unsubscribe();
	}

	function sendData(channel: MailboxChannel, message: unknown): boolean {
		const { type, n } = kindOf(channel);
		if (type === MuType.TX) {
			write(Mu.TR0 + 4 * n, wordOf(channel, message));
			setControl(muBit.tie(n), 0);
		} else if (type === MuType.TXDB) {
			setControl(muBit.gir(n), 0);
			channel.chanTxDone(0);
		} else {
			throw new CosimError(
				"MBOX_INVALID",
				`${node} channel ${channel.index}: it receives, expected a channel of type 0 or 2 to send`,
			);
		}
		return true;
	}

	/** The one interrupt of all channels: until nothing is left that is enabled and pending. */
	function serve(): void {
		for (let again = true; again; ) {
			again = false;
			for (const channel of open) again = serveChannel(channel) || again;
		}
	}

	function serveChannel(channel: MailboxChannel): boolean {
		const { type, n } = kindOf(channel);
		const bit = enableBit(channel, WITH_INTERRUPT);
		// Status bits lie where their enable bits do.
		if ((read(Mu.SR) & read(Mu.CR) & bit) === 0) return false;
		if (type === MuType.TX) {
			setControl(0, bit);
			channel.chanTxDone(0);
		} else if (type === MuType.RX) {
			channel.chanReceivedData(read(Mu.RR0 + 4 * n));
		} else {
			write(Mu.SR, muBit.gip(n));
			channel.chanReceivedData(undefined);
		}
		return true;
	}

	return new MailboxController({
		...options,
		name: node,
		ops: { sendData, startup, shutdown },
		numChans: TYPES * MU_CHANNELS,
		txdoneIrq: true,
	});
}

const RECEIVING: readonly number[] = [MuType.RX, MuType.RXDB];
const WITH_INTERRUPT: readonly number[] = [...RECEIVING, MuType.TX];

function kindOf({ index }: MailboxChannel): { type: number; n: number } {
	return { type: Math.floor(index / MU_CHANNELS), n: index % MU_CHANNELS };
}

/** The interrupt enable bit of a channel of one of these types; 0 for others. */
function enableBit(channel: MailboxChannel, types: readonly number[]): number {
	const { type, n } = kindOf(channel);
	if (!types.includes(type)) return 0;
	if (type === MuType.TX) return muBit.tie(n);
	return type === MuType.RX ? muBit.rie(n) : muBit.gie(n);
}

function wordOf(channel: MailboxChannel, message: unknown): number {
	if (typeof message === "number" && message >>> 0 === message) return message;
	throw new CosimError(
		"MBOX_INVALID",
		`${channel.controller.name} channel ${channel.index}: a message of ${String(message)}, expected a 32-bit word`,
	);
}
