// An agent on the channels that the platform's tables give it, by SMC: for agents that no board's devicetree describes.
// Follows the mailbox binding arm,smc-mbox with `interrupts`; a secure agent calls from the secure world.

import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import { armSmcMailbox } from "../mailbox/arm-smc-mailbox.ts";
import { ScmiAgent } from "../scmi/agent.ts";
import type { MessageEvent } from "../scmi/exchange.ts";
import { SharedMemory } from "../scmi/shared-memory.ts";

/**
 * Opens an agent's channels.
 * @param name one of the platform's agents, with a channel for commands behind SMC; it receives where it has one for that
 * @param onMessage sees every message of the agent and of the platform
 * @throws CosimError UNKNOWN_NAME when the platform has no such channel
 */
export function agentByName(
	firmware: Firmware,
	name: string,
	onMessage?: (event: MessageEvent) => void,
): ScmiAgent {
	const { channels, name: platform } = firmware.platform;
	const own = channels.filter(
		({ agent, exceptionLevel }) => agent === name && exceptionLevel === 3,
	);
	const tx = own.find(({ fromPlatform }) => !fromPlatform);
	if (tx === undefined) {
		throw new CosimError(
			"UNKNOWN_NAME",
			`agent ${name}: ${platform} has no SMC channel for its commands`,
		);
	}
	const rx = own.find(({ fromPlatform }) => fromPlatform);
	const rows = rx === undefined ? [tx] : [tx, rx];
	const interrupts = rows.flatMap(({ interrupt }) => interrupt ?? []);
	const controller = armSmcMailbox(
		firmware,
		{
			node: `mailbox of ${name}`,
			method: "smc",
			numChans: rows.length,
			funcIds: rows.map(({ functionId }) => functionId),
			...(interrupts.length === rows.length && { interrupts }),
		},
		{
			secure: tx.secure === true,
			onInterrupt: (interrupt, handler) =>
				firmware.onInterrupt?.(interrupt, handler) ?? (() => {}),
		},
	);
	const side = (index: number, { address, size }: typeof tx) => {
		const offset = firmware.memoryAt(address, size);
		const memory = new SharedMemory(firmware.buffer, offset, size);
		return { controller, index, memory };
	};
	return new ScmiAgent({
		...side(0, tx),
		...(rx !== undefined && { receive: side(1, rx) }),
		...(onMessage !== undefined && { onMessage }),
	});
}
