// SCMI over a messaging unit: which of its doorbells an SCMI node's `mboxes` name, and how such a list is written.
// Follows the bindings fsl,mu and arm,scmi of the Linux kernel: channels of one direction, two for each shared-memory area.

import {
	busAddress,
	physicalRegions,
	type Region,
	regCells,
} from "./address.ts";
import { setSharedInterrupts } from "./interrupts.ts";
import { type Reference, references } from "./references.ts";
import type { DeviceTree, DtNode } from "./tree.ts";

/** `compatible` of the units with the layout of registers that is served here. */
export const MESSAGING_UNIT = "fsl,imx6sx-mu";

/** Types of channels, the first cell behind the unit's phandle. */
const TXDB = 2;
const RXDB = 3;
const DOORBELLS = 4;

/** Names and types of the channels by their places in `mboxes`. */
const PLACES = [
	["tx", TXDB],
	["tx_reply", RXDB],
	["rx", RXDB],
	["rx_reply", TXDB],
] as const;

/** The doorbells of one shared-memory area. */
export interface DoorbellPair {
	/** "tx" for commands, "rx" for notifications and delayed replies. */
	name: "tx" | "rx";
	unit: DtNode;
	/** The doorbell, 0 to 3: the same number each way. */
	doorbell: number;
	/** Whether `mboxes` has the one back: for "rx" it may be left out. */
	answered: boolean;
}

/** Whether an SCMI node's first mailbox is a messaging unit. */
export function usesMessagingUnit(mboxes: readonly Reference[]): boolean {
	return mboxes[0]?.target?.isCompatible(MESSAGING_UNIT) ?? false;
}

/**
 * The doorbells of an SCMI node: two entries for its first area, one or two for its second.
 * @throws CosimError DT_BINDING for another number of entries, types that do not fit their places, or pairs that do not belong
 * together
 */
export function doorbellPairs(node: DtNode): DoorbellPair[] {
	const mboxes = references(node, "mboxes", "#mbox-cells");
	const areas = references(node, "shmem", 0).length;
	const expected = areas === 1 ? [2] : [3, 4];
	if (!expected.includes(mboxes.length))
		throw node.malformed(
			"mboxes",
			`${expected.join(" or ")} doorbells for ${areas === 1 ? "one area" : "two areas"} of shared memory`,
		);
	const unit = mboxes[0]?.target as DtNode;
	for (const [i, { target, args }] of mboxes.entries()) {
		const [name, type] = PLACES[i] as (typeof PLACES)[number];
		const fits =
			target === unit && args[0] === type && (args[1] ?? 0) < DOORBELLS;
		// The one back is the other half of the one before.
		const paired = i % 2 === 0 || args[1] === mboxes[i - 1]?.args[1];
		if (!fits || !paired)
			throw node.malformed(
				"mboxes",
				`<&${unit.name} ${type} n>, n ${i % 2 === 0 ? "0 to 3" : "as in the entry before"}, for "${name}" in entry ${i}`,
			);
	}
	return (["tx", "rx"] as const)
		.filter((_, i) => mboxes[2 * i] !== undefined)
		.map((name, i) => ({
			name,
			unit,
			doorbell: mboxes[2 * i]?.args[1] as number,
			answered: mboxes[2 * i + 1] !== undefined,
		}));
}

/** What a tree says of a messaging unit. */
export interface MessagingUnitNode extends Region {
	/** The most specific first; "fsl,imx6sx-mu" among them. */
	compatible: readonly string[];
	/** Its shared peripheral interrupt. */
	interrupt: number;
}

/** The enabled node of a messaging unit at an address, added below the root when there is none. */
export function messagingUnit(
	tree: DeviceTree,
	{ address, size, compatible, interrupt }: MessagingUnitNode,
): DtNode {
	const found = tree
		.compatible(MESSAGING_UNIT)
		.find((node) => physicalRegions(node)[0]?.address === address);
	if (found !== undefined) {
		if (!found.enabled) found.set("status", "okay");
		return found;
	}
	const region = { address: busAddress(tree.root, address, size), size };
	const unit = tree.root
		.addChild(`mailbox@${address.toString(16)}`)
		.set("compatible", compatible)
		.set("reg", regCells(tree.root, region))
		.set("#mbox-cells", 2);
	setSharedInterrupts(tree, unit, [interrupt]);
	return unit;
}

/** Points an SCMI node with two areas at the doorbells 0 (commands) and 1 (the firmware's messages) of a unit. */
export function setDoorbells(
	tree: DeviceTree,
	scmi: DtNode,
	unit: DtNode,
): void {
	const phandle = tree.phandleOf(unit);
	scmi
		.set(
			"mboxes",
			PLACES.flatMap(([, type], i) => [phandle, type, i >> 1]),
		)
		.set(
			"mbox-names",
			PLACES.map(([name]) => name),
		);
}
