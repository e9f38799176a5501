// Reads from a devicetree what a driver needs to reach an SCMI firmware: conduit, function IDs, shared memory, protocols.
// Follows the bindings arm,scmi, arm,scmi-smc, arm,smc-mbox, fsl,mu and arm,scmi-shmem of the Linux kernel.

import { CosimError } from "../errors.ts";
import type { Method } from "../mailbox/conduit.ts";
import { physicalRegions, type Region } from "./address.ts";
import { sharedInterrupts } from "./interrupts.ts";
import { doorbellPairs, usesMessagingUnit } from "./messaging-unit.ts";
import { references } from "./references.ts";
import type { DeviceTree, DtNode } from "./tree.ts";

/** One shared-memory area, at the CPU's physical address. */
export interface SharedMemory extends Region {
	node: DtNode;
}

/** What announces a message: a trap, or a doorbell of a messaging unit. */
export type Announcement = Method | "doorbell";

/** One way to the firmware: a trap with a function ID, or a doorbell, and the shared memory that it announces. */
export interface ScmiChannel {
	/** "tx" for commands, "rx" for notifications and delayed replies. */
	name: string;
	conduit: Announcement;
	/** Undefined for a doorbell, and when the function ID comes with each message instead of from the tree. */
	functionId: number | undefined;
	sharedMemory: SharedMemory;
	/** The mailbox and the index of its channel, or the doorbell's number; undefined for the transports without a mailbox. */
	mailbox: { node: DtNode; index: number } | undefined;
	/** The mailbox channel's shared peripheral interrupt, by which the firmware speaks first; undefined without. */
	interrupt: number | undefined;
	/** A doorbell has one back, of the same number. */
	answered?: boolean;
}

/** One child of an SCMI node. */
export interface ScmiProtocolNode {
	/** Protocol ID, such as 0x14. */
	id: number;
	node: DtNode;
	/** Areas of its own, in the order of its `shmem`; empty when it shares those of the SCMI node. */
	sharedMemory: SharedMemory[];
}

/** An SCMI node as its driver sees it. */
export interface ScmiTransport {
	node: DtNode;
	/** "smc-param" passes the address of the shared memory along with the function ID. */
	kind: "mailbox" | "smc" | "smc-param";
	channels: ScmiChannel[];
	protocols: ScmiProtocolNode[];
	/** True when `a2p` names an interrupt that tells the end of a command; its specifier stays in the node. */
	completionInterrupt: boolean;
}

/**
 * Reads an `arm,scmi`, `arm,scmi-smc` or `arm,scmi-smc-param` node.
 * @throws CosimError DT_BINDING for whatever a driver could not use, with node, property and what was expected
 */
export function readScmiTransport(
	tree: DeviceTree,
	node: DtNode,
): ScmiTransport {
	const areas = sharedMemory(node);
	const first = areas[0];
	if (first === undefined)
		throw node.malformed("shmem", "at least one area of shared memory");
	const common = { node, protocols: protocolNodes(node) };
	if (node.isCompatible("arm,scmi")) {
		return {
			...common,
			kind: "mailbox",
			channels: mailboxChannels(node, areas),
			completionInterrupt: false,
		};
	}
	const param = node.isCompatible("arm,scmi-smc-param");
	if (!param && !node.isCompatible("arm,scmi-smc"))
		throw node.malformed(
			"compatible",
			'"arm,scmi", "arm,scmi-smc" or "arm,scmi-smc-param"',
		);
	const functionId = node.u32("arm,smc-id");
	if (functionId === undefined)
		throw node.malformed("arm,smc-id", "a function ID");
	return {
		...common,
		kind: param ? "smc-param" : "smc",
		channels: [
			{
				name: "tx",
				conduit: psciConduit(tree),
				functionId,
				sharedMemory: first,
				mailbox: undefined,
				interrupt: undefined,
			},
		],
		completionInterrupt: node.texts("interrupt-names").includes("a2p"),
	};
}

/** The channel on which the firmware may speak first: one of its own, with an interrupt. */
export function receivingChannel({
	channels,
}: ScmiTransport): ScmiChannel | undefined {
	const rx = channels.find(({ name }) => name === "rx");
	const shared = channels.some(
		(other) =>
			other !== rx &&
			other.mailbox?.node === rx?.mailbox?.node &&
			other.mailbox?.index === rx?.mailbox?.index,
	);
	return shared || rx?.interrupt === undefined ? undefined : rx;
}

/**
 * The conduit that the PSCI node's `method` names.
 * @throws CosimError DT_BINDING when there is no such node, or another word
 */
export function psciConduit(tree: DeviceTree): Method {
	const psci =
		tree.node("/psci") ??
		tree.compatible("arm,psci-1.0", "arm,psci-0.2", "arm,psci")[0];
	if (psci === undefined)
		throw new CosimError(
			"DT_BINDING",
			'/psci: absent, expected a node whose method is "smc" or "hvc"',
		);
	return conduit(psci);
}

/** A node's `method`. */
function conduit(node: DtNode): Method {
	const method = node.text("method");
	if (method !== "smc" && method !== "hvc")
		throw node.malformed("method", '"smc" or "hvc"');
	return method;
}

function mailboxChannels(node: DtNode, areas: SharedMemory[]): ScmiChannel[] {
	const mboxes = references(node, "mboxes", "#mbox-cells");
	if (usesMessagingUnit(mboxes)) return doorbellChannels(node, areas);
	const names = node.texts("mbox-names");
	const tx = mboxes[0];
	if (tx?.target === undefined)
		throw node.malformed("mboxes", "a mailbox channel");
	const channels = areas.map((area, index): ScmiChannel => {
		// One bidirectional channel may serve both areas.
		const { target = tx.target, args } = mboxes[index] ?? tx;
		const channel = args[0] ?? 0;
		return {
			name: names[index] ?? (index === 0 ? "tx" : "rx"),
			...mailboxChannel(target as DtNode, channel),
			sharedMemory: area,
			mailbox: { node: target as DtNode, index: channel },
			interrupt: mailboxInterrupts(target as DtNode)?.[channel],
		};
	});
	if (channels.length < mboxes.length && mboxes.length > 1)
		throw node.malformed(
			"shmem",
			`one area for each of the ${mboxes.length} mailbox channels`,
		);
	return channels;
}

/** A messaging unit has one interrupt for all its doorbells. */
function doorbellChannels(node: DtNode, areas: SharedMemory[]): ScmiChannel[] {
	return doorbellPairs(node).map(({ name, unit, doorbell, answered }, i) => ({
		name,
		conduit: "doorbell",
		functionId: undefined,
		sharedMemory: areas[i] as SharedMemory,
		mailbox: { node: unit, index: doorbell },
		interrupt: sharedInterrupts(unit)[0],
		answered,
	}));
}

/** The shared peripheral interrupts of a mailbox, one for each channel; undefined when it has them not, or others. */
export function mailboxInterrupts(mailbox: DtNode): number[] | undefined {
	const numbers = sharedInterrupts(mailbox).filter((n) => n !== undefined);
	const channels = mailbox.u32("arm,num-chans") ?? 1;
	return numbers.length === channels ? numbers : undefined;
}

/** Conduit and function ID of a mailbox's channel, whichever revision of the binding the mailbox follows. */
function mailboxChannel(
	mailbox: DtNode,
	index: number,
): Pick<ScmiChannel, "conduit" | "functionId"> {
	if (!mailbox.isCompatible("arm,smc-mbox", "arm,hvc-mbox"))
		throw mailbox.malformed("compatible", '"arm,smc-mbox" or "arm,hvc-mbox"');
	if (mailbox.u32("#mbox-cells") === 0) {
		return {
			conduit: mailbox.isCompatible("arm,hvc-mbox") ? "hvc" : "smc",
			functionId: mailbox.u32("arm,func-id"),
		};
	}
	const count = mailbox.u32("arm,num-chans") ?? 0;
	if (index >= count)
		throw mailbox.malformed(
			"arm,num-chans",
			`more than ${index}, the index of a channel in use`,
		);
	return {
		conduit: conduit(mailbox),
		functionId: mailbox.cells("arm,func-ids")?.[index],
	};
}

function sharedMemory(node: DtNode): SharedMemory[] {
	if ((node.cells("shmem")?.length ?? 0) > 2)
		throw node.malformed("shmem", "at most two areas of shared memory");
	return references(node, "shmem", 0).map(({ target }) => {
		if (target === undefined)
			throw node.malformed("shmem", "phandles of shared memory");
		const region = physicalRegions(target)[0];
		if (region === undefined)
			throw target.malformed("reg", "the area of the shared memory");
		return { node: target, ...region };
	});
}

function protocolNodes(node: DtNode): ScmiProtocolNode[] {
	return [...node.children.values()]
		.filter((child) => child.baseName === "protocol" && child.enabled)
		.map((child) => {
			const id = child.u32("reg");
			if (id === undefined || id > 0xff)
				throw child.malformed("reg", "a protocol ID up to 0xff");
			return { id, node: child, sharedMemory: sharedMemory(child) };
		});
}
