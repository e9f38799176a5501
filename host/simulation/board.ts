// A board: a devicetree and a firmware, joined by the channel that the tree describes, with the operating system's agent on it.
// Bindings arm,scmi, arm,smc-mbox, fsl,mu and arm,scmi-smc; nothing here knows an SoC.

import { physicalRegions } from "../devicetree/address.ts";
import { findScmi } from "../devicetree/scmi-nodes.ts";
import {
	mailboxInterrupts,
	readScmiTransport,
	receivingChannel,
	type ScmiChannel,
	type ScmiTransport,
} from "../devicetree/scmi-transport.ts";
import type { DeviceTree, DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import { armSmcMailbox } from "../mailbox/arm-smc-mailbox.ts";
import type { Method } from "../mailbox/conduit.ts";
import { MuType, muChannel } from "../mailbox/doorbell-mailbox.ts";
import type { MailboxController } from "../mailbox/framework.ts";
import {
	type Platform,
	withoutPlatformChannels,
} from "../platform/platform.ts";
import { ScmiAgent } from "../scmi/agent.ts";
import type { MessageEvent } from "../scmi/exchange.ts";
import type { ReceivingSide } from "../scmi/inbox.ts";
import { SharedMemory } from "../scmi/shared-memory.ts";
import { ManagedFirmware } from "./managed-firmware.ts";
import { addPlatformNodes } from "./platform-nodes.ts";

/** Bytes of an area in front of its message (SCMI 3.2, 5.1.2). */
const SMT_HEADER = 0x18;

export interface BoardOptions {
	/** Sees every message of the agent and of the platform. */
	onMessage?: (event: MessageEvent) => void;
	/** Sees that the agent is about to send a command. */
	onSend?: () => void;
	/** See ScmiAgent's. */
	reportError?: (error: unknown) => void;
}

export interface Board {
	readonly tree: DeviceTree;
	/** The firmware; a {@link ManagedFirmware} around it where the tree's mailbox is a messaging unit. */
	readonly firmware: Firmware;
	/** The operating system's agent, on the channels "tx" and "rx" of the tree's SCMI node. */
	readonly agent: ScmiAgent;
	readonly channel: ScmiChannel;
	readonly transport: ScmiTransport;
	/** Whether the tree had no SCMI nodes and got them. */
	readonly addedScmiNodes: boolean;
}

/**
 * The platform as the agent of a board can use it: one that only answers, when the tree gives the firmware no way to speak
 * first. Such an agent would never hear of what it has started.
 */
export function platformFor(tree: DeviceTree, platform: Platform): Platform {
	checkSoc(tree, platform);
	const copy = tree.clone();
	addPlatformNodes(copy, platform);
	const node = findScmi(copy);
	const receives =
		node !== undefined &&
		receivingChannel(readScmiTransport(copy, node)) !== undefined;
	return receives ? platform : withoutPlatformChannels(platform);
}

/**
 * Refuses a devicetree of another SoC. Some boards name only themselves at the root: the SoC's clock controller tells
 * as well.
 */
export function checkSoc(tree: DeviceTree, platform: Platform): void {
	const { soc, clockController } = platform.devicetree;
	const compatible = tree.root.texts("compatible");
	if (compatible.includes(soc) || tree.compatible(clockController).length > 0)
		return;
	const found =
		compatible.map((name) => JSON.stringify(name)).join(", ") || "absent";
	throw new CosimError(
		"DT_BINDING",
		`/: compatible is ${found}, expected "${soc}" among them, for a board of that SoC`,
	);
}

/**
 * Opens the channels that a board's devicetree describes. A tree without SCMI nodes gets them first. The firmware of a tree
 * without a channel "rx", or without its interrupt, should be made for {@link platformFor} that tree.
 * Throws DT_BINDING for a tree of another SoC, one whose channel a driver could not use, or one that names a channel
 * which is none of the firmware's.
 */
export function openBoard(
	tree: DeviceTree,
	hardware: Firmware,
	options: BoardOptions = {},
): Board {
	checkSoc(tree, hardware.platform);
	const addedScmiNodes = addPlatformNodes(tree, hardware.platform);
	const node = findScmi(tree);
	if (node === undefined)
		throw new CosimError(
			"DT_BINDING",
			"/firmware/scmi: absent, expected an SCMI node",
		);
	const transport = readScmiTransport(tree, node);
	const channel = transport.channels.find(({ name }) => name === "tx");
	if (channel === undefined || transport.kind === "smc-param") {
		throw new CosimError(
			"DT_BINDING",
			`${node.path}: expected compatible "arm,scmi" or "arm,scmi-smc" with a tx channel`,
		);
	}
	const served = servedChannel(channel, node, hardware.platform, false);
	const firmware = behind(channel, hardware);
	const controllers = new Controllers(firmware);
	const { onMessage, onSend, reportError } = options;
	const agent = new ScmiAgent({
		...controllers.side(channel, served.functionId),
		interrupt: channel.conduit === "doorbell",
		...(onSend === undefined ? {} : { onSend }),
		...receivingSide(transport, firmware, controllers),
		...(onMessage === undefined ? {} : { onMessage }),
		...(reportError === undefined ? {} : { reportError }),
	});
	return { tree, firmware, agent, channel, transport, addedScmiNodes };
}

/** The firmware as a channel reaches it: behind a messaging unit, on a processor of its own. */
function behind({ conduit }: ScmiChannel, firmware: Firmware): Firmware {
	return conduit !== "doorbell" || firmware instanceof ManagedFirmware
		? firmware
		: new ManagedFirmware(firmware);
}

/** The receiving side of a tree and a firmware that both have one. */
function receivingSide(
	transport: ScmiTransport,
	firmware: Firmware,
	controllers: Controllers,
): { receive?: ReceivingSide } {
	const rx = receivingChannel(transport);
	const { platform } = firmware;
	const speaks =
		firmware.onInterrupt !== undefined &&
		platform.channels.some(({ fromPlatform }) => fromPlatform === true);
	if (rx === undefined || !speaks) return {};
	const served = servedChannel(rx, transport.node, platform, true);
	const side = controllers.side(rx, served.functionId);
	const silent = rx.answered === false;
	return { receive: silent ? { ...side, replyIndex: null } : side };
}

/** The platform's channel that the tree's channel names: same conduit, function ID, area and direction. */
function servedChannel(
	channel: ScmiChannel,
	node: DtNode,
	platform: Platform,
	fromPlatform: boolean,
): Platform["channels"][number] {
	const { conduit, sharedMemory } = channel;
	const doorbell = conduit === "doorbell";
	const functionId = doorbell
		? doorbellFunctionId(channel, platform)
		: channel.functionId;
	// All doorbells have the unit's.
	const interrupt = doorbell ? undefined : channel.interrupt;
	const levels = conduit === "hvc" ? [2] : [3];
	if (conduit === "hvc" && platform.hypervisorPassesOn) levels.push(3);
	const served = platform.channels.filter(
		(row) =>
			levels.includes(row.exceptionLevel) &&
			(row.fromPlatform ?? false) === fromPlatform,
	);
	const found = served.find(
		(row) =>
			(functionId === undefined || row.functionId === functionId) &&
			BigInt(row.address) === sharedMemory.address &&
			sharedMemory.size <= row.size &&
			sharedMemory.size >= SMT_HEADER + platform.maxMessageSize &&
			(!fromPlatform || doorbell || row.interrupt === interrupt),
	);
	if (found !== undefined) return found;
	const name = (
		id: number | undefined,
		address: bigint,
		size: bigint,
		line: number | undefined,
	) =>
		`${id === undefined ? "any" : hex(id)} with ${size} bytes at ${hex(address)}` +
		(fromPlatform && !doorbell ? ` and interrupt ${line}` : "");
	const known = served.map((row) =>
		name(row.functionId, BigInt(row.address), BigInt(row.size), row.interrupt),
	);
	const { address, size } = sharedMemory;
	throw new CosimError(
		"DT_BINDING",
		`${node.path}: channel ${channel.name} is ${conduit} ${name(functionId, address, size, interrupt)}, expected one that ` +
			`${platform.name} serves: ${known.join(", ") || "none"}`,
	);
}

/** The function ID of the channel behind a doorbell, on a unit that is the platform's. */
function doorbellFunctionId(
	{ mailbox, interrupt }: ScmiChannel,
	{ name, management }: Platform,
): number {
	const { node, index } = mailbox as NonNullable<ScmiChannel["mailbox"]>;
	const address = physicalRegions(node)[0]?.address;
	if (management === undefined || address !== BigInt(management.address))
		throw node.malformed(
			"reg",
			management === undefined
				? `another mailbox: ${name} has no management processor`
				: `${hex(management.address)}, where ${name} has its messaging unit`,
		);
	if (interrupt !== management.interrupt)
		throw node.malformed(
			"interrupts",
			`the shared peripheral interrupt ${management.interrupt}`,
		);
	const id = management.doorbells[index];
	if (id === undefined)
		throw new CosimError(
			"DT_BINDING",
			`${node.path}: nobody answers doorbell ${index}, expected 0 to ${management.doorbells.length - 1}`,
		);
	return id;
}

function hex(value: number | bigint): string {
	return `0x${value.toString(16)}`;
}

/** The mailbox controllers of a tree, each probed once. */
class Controllers {
	readonly #firmware: Firmware;
	readonly #probed = new Map<DtNode, MailboxController>();

	constructor(firmware: Firmware) {
		this.#firmware = firmware;
	}

	/** A channel's end on this side: its controller, its area, and the function ID where the message has to bring it. */
	side(channel: ScmiChannel, functionId: number) {
		const { address, size } = channel.sharedMemory;
		const offset = this.#firmware.memoryAt(Number(address), Number(size));
		return {
			...this.#controllerFor(channel),
			memory: new SharedMemory(this.#firmware.buffer, offset, Number(size)),
			// Without a function ID of its own a mailbox channel takes it from the message.
			message: { a0: functionId },
		};
	}

	/** `arm,scmi-smc` needs no controller in the tree and gets one of a single channel. */
	#controllerFor(channel: ScmiChannel): {
		controller: MailboxController;
		index: number;
		replyIndex?: number;
	} {
		const { conduit, functionId, mailbox } = channel;
		if (conduit === "doorbell") return this.#doorbells(channel);
		if (mailbox === undefined) {
			if (functionId === undefined)
				throw new CosimError(
					"DT_BINDING",
					"arm,smc-id: absent, expected a function ID",
				);
			const data = {
				node: "arm,scmi-smc",
				method: conduit,
				numChans: 1,
				funcIds: [functionId],
			};
			return { controller: armSmcMailbox(this.#firmware, data), index: 0 };
		}
		const { node, index } = mailbox;
		const controller = this.#probed.get(node) ?? this.#probe(node, conduit);
		this.#probed.set(node, controller);
		return { controller, index };
	}

	#doorbells({ name, mailbox, answered }: ScmiChannel) {
		const { node, index } = mailbox as NonNullable<ScmiChannel["mailbox"]>;
		const rings = muChannel(MuType.TXDB, index);
		const isRung = muChannel(MuType.RXDB, index);
		const sends = name === "tx";
		return {
			controller: (this.#firmware as ManagedFirmware).mailbox(node.path),
			index: sends ? rings : isRung,
			...(answered === true && { replyIndex: sends ? isRung : rings }),
		};
	}

	#probe(node: DtNode, method: Method): MailboxController {
		const transports = node.text("transports");
		const interrupts = mailboxInterrupts(node);
		const firmware = this.#firmware;
		const data = {
			node: node.path,
			method,
			numChans: node.u32("arm,num-chans") ?? 1,
			funcIds: node.cells("arm,func-ids") ?? node.cells("arm,func-id") ?? [],
			...(transports === undefined ? {} : { transports }),
			...(interrupts === undefined ? {} : { interrupts }),
		};
		return armSmcMailbox(firmware, data, {
			onInterrupt: (interrupt, handler) =>
				firmware.onInterrupt?.(interrupt, handler) ?? (() => {}),
		});
	}
}
