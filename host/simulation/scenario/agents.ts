// The agents of a platform of several, each on its own channels by SMC, and what each has been told.
// Channels: the platform's table; the driver is arm-smc-mailbox, binding arm,smc-mbox of 2019.

import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import {
	type ArmSmcMailboxOptions,
	armSmcMailbox,
} from "../../mailbox/arm-smc-mailbox.ts";
import type { Conduit } from "../../mailbox/conduit.ts";
import type { Channel } from "../../platform/platform.ts";
import { ScmiAgent } from "../../scmi/agent.ts";
import type { MessageEvent } from "../../scmi/exchange.ts";
import { SharedMemory } from "../../scmi/shared-memory.ts";

/** Where SMC lands. */
const EL3 = 3;

/** An agent's two channels. */
interface Channels {
	tx: Channel;
	rx: Channel | undefined;
}

function channelsOf({ platform }: Firmware, name: string): Channels {
	const own = platform.channels.filter(
		({ agent, exceptionLevel }) => agent === name && exceptionLevel === EL3,
	);
	const tx = own.find(({ fromPlatform }) => fromPlatform !== true);
	if (tx === undefined)
		throw new CosimError(
			"PLATFORM_INVALID",
			`agent ${name}: ${platform.name} has no channel for its commands by SMC`,
		);
	return { tx, rx: own.find(({ fromPlatform }) => fromPlatform === true) };
}

/** The driver of an agent's channels, calls of a secure one coming from the secure world. */
function mailboxOf(
	conduit: Conduit,
	{ tx, rx }: Channels,
	options: ArmSmcMailboxOptions = {},
) {
	const rows = rx === undefined ? [tx] : [tx, rx];
	const interrupts = rows.map(({ interrupt }) => interrupt);
	const known = interrupts.every((each) => each !== undefined);
	const properties = {
		node: `the mailbox of ${tx.agent}`,
		method: "smc",
		numChans: rows.length,
		funcIds: rows.map(({ functionId }) => functionId),
		...(known ? { interrupts } : {}),
	};
	const secure = tx.secure === true;
	return armSmcMailbox(conduit, properties, { ...options, secure });
}

function memoryOf(firmware: Firmware, { address, size }: Channel) {
	const at = firmware.memoryAt(address, size);
	return new SharedMemory(firmware.buffer, at, size);
}

/**
 * Opens an agent of the firmware by its name.
 * @param onMessage sees its commands and what it is told
 */
export function openAgent(
	firmware: Firmware,
	name: string,
	onMessage: (event: MessageEvent) => void,
): ScmiAgent {
	const channels = channelsOf(firmware, name);
	const controller = mailboxOf(firmware, channels, {
		onInterrupt: (interrupt, handler) =>
			firmware.onInterrupt?.(interrupt, handler) ?? (() => {}),
	});
	const { tx, rx } = channels;
	return new ScmiAgent({
		controller,
		index: 0,
		memory: memoryOf(firmware, tx),
		onMessage,
		...(rx === undefined
			? {}
			: {
					receive: { controller, index: 1, memory: memoryOf(firmware, rx) },
				}),
	});
}

/** An agent that only asks, on channels that another one has open, by another conduit to the same firmware. */
export function openObserver(
	firmware: Firmware,
	name: string,
	conduit: Conduit,
): ScmiAgent {
	const channels = channelsOf(firmware, name);
	return new ScmiAgent({
		controller: mailboxOf(conduit, channels),
		index: 0,
		memory: memoryOf(firmware, channels.tx),
	});
}
