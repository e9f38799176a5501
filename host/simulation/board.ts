// A board: a devicetree and a firmware, joined by the channel that the tree describes, with the operating system's agent on it.
// Bindings arm,scmi, arm,smc-mbox and arm,scmi-smc; nothing here knows an SoC.

import { addScmiNodes, findScmi } from "../devicetree/scmi-nodes.ts";
import {
	readScmiTransport,
	type ScmiChannel,
	type ScmiTransport,
} from "../devicetree/scmi-transport.ts";
import type { DeviceTree, DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import { armSmcMailbox } from "../mailbox/arm-smc-mailbox.ts";
import type { Method } from "../mailbox/conduit.ts";
import type { MailboxController } from "../mailbox/framework.ts";
import type { Platform } from "../platform/platform.ts";
import { ScmiAgent } from "../scmi/agent.ts";
import type { MessageEvent } from "../scmi/exchange.ts";
import { SharedMemory } from "../scmi/shared-memory.ts";

/** Bytes of an area in front of its message (SCMI 3.2, 5.1.2). */
const SMT_HEADER = 0x18;

export interface BoardOptions {
	/** Sees every message of the agent. */
	onMessage?: (event: MessageEvent) => void;
}

export interface Board {
	readonly tree: DeviceTree;
	readonly firmware: Firmware;
	/** The operating system's agent, on the channel "tx" of the tree's SCMI node. */
	readonly agent: ScmiAgent;
	readonly channel: ScmiChannel;
	readonly transport: ScmiTransport;
	/** Whether the tree had no SCMI nodes and got them. */
	readonly addedScmiNodes: boolean;
}

/**
 * Adds mailbox, shared memory and SCMI nodes for a platform's first two channels of a conduit; a tree that has an SCMI
 * node is left alone. Returns whether nodes were added.
 */
export function addPlatformNodes(
	tree: DeviceTree,
	platform: Platform,
	method: Method = "smc",
): boolean {
	const level = method === "smc" ? 3 : 2;
	const [tx, rx] = platform.channels.filter(
		({ exceptionLevel }) => exceptionLevel === level,
	);
	const sram = platform.blocks.find(({ kind }) => kind === "ram");
	if (tx === undefined || rx === undefined || sram === undefined) {
		throw new CosimError(
			"PLATFORM_INVALID",
			`platform ${platform.name}: no memory with two ${method} channels`,
		);
	}
	return addScmiNodes(tree, {
		sram: { address: BigInt(sram.address), size: BigInt(sram.size) },
		areaSize: tx.size,
		functionIds: [tx.functionId, rx.functionId],
		method,
	}).added;
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
 * Opens the channel that a board's devicetree describes. A tree without SCMI nodes gets them first.
 * Throws DT_BINDING for a tree of another SoC, one whose channel a driver could not use, or one that names a channel
 * which is none of the firmware's.
 */
export function openBoard(
	tree: DeviceTree,
	firmware: Firmware,
	options: BoardOptions = {},
): Board {
	checkSoc(tree, firmware.platform);
	const addedScmiNodes = addPlatformNodes(tree, firmware.platform);
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
	const served = servedChannel(channel, node, firmware.platform);
	const { controller, index } = controllerFor(channel, firmware);
	const { address, size } = channel.sharedMemory;
	const offset = firmware.memoryAt(Number(address), Number(size));
	const agent = new ScmiAgent({
		controller,
		index,
		memory: new SharedMemory(firmware.buffer, offset, Number(size)),
		// Without a function ID of its own a mailbox channel takes it from the message.
		message: { a0: served.functionId },
		...(options.onMessage === undefined
			? {}
			: { onMessage: options.onMessage }),
	});
	return { tree, firmware, agent, channel, transport, addedScmiNodes };
}

/** The platform's channel that the tree's channel names: same conduit, function ID and area. */
function servedChannel(
	channel: ScmiChannel,
	node: DtNode,
	platform: Platform,
): Platform["channels"][number] {
	const { conduit, functionId, sharedMemory } = channel;
	const levels = conduit === "smc" ? [3] : [2];
	if (conduit === "hvc" && platform.hypervisorPassesOn) levels.push(3);
	const served = platform.channels.filter((row) =>
		levels.includes(row.exceptionLevel),
	);
	const found = served.find(
		(row) =>
			(functionId === undefined || row.functionId === functionId) &&
			BigInt(row.address) === sharedMemory.address &&
			sharedMemory.size <= row.size &&
			sharedMemory.size >= SMT_HEADER + platform.maxMessageSize,
	);
	if (found !== undefined) return found;
	const name = (id: number | undefined, address: bigint, size: bigint) =>
		`${id === undefined ? "any" : hex(id)} with ${size} bytes at ${hex(address)}`;
	const known = served.map((row) =>
		name(row.functionId, BigInt(row.address), BigInt(row.size)),
	);
	const { address, size } = sharedMemory;
	throw new CosimError(
		"DT_BINDING",
		`${node.path}: channel tx is ${conduit} ${name(functionId, address, size)}, expected one that ` +
			`${platform.name} serves: ${known.join(", ") || "none"}`,
	);
}

function hex(value: number | bigint): string {
	return `0x${value.toString(16)}`;
}

/** The mailbox controller of a channel; `arm,scmi-smc` needs none in the tree and gets one of a single channel. */
function controllerFor(
	channel: ScmiChannel,
	firmware: Firmware,
): { controller: MailboxController; index: number } {
	const { conduit, functionId, mailbox } = channel;
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
		return { controller: armSmcMailbox(firmware, data), index: 0 };
	}
	const transports = mailbox.node.text("transports");
	const data = {
		node: mailbox.node.path,
		method: conduit,
		numChans: mailbox.node.u32("arm,num-chans") ?? 1,
		funcIds:
			mailbox.node.cells("arm,func-ids") ??
			mailbox.node.cells("arm,func-id") ??
			[],
		...(transports === undefined ? {} : { transports }),
	};
	return { controller: armSmcMailbox(firmware, data), index: mailbox.index };
}
