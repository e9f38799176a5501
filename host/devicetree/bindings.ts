// Checks the nodes of SMC mailboxes, SCMI firmware and their shared memory in a devicetree.
// Follows the bindings fsl,mu, mmio-sram, arm,scmi-shmem, arm,scmi, arm,scmi-smc of the Linux kernel and arm,smc-mbox as posted there.

import { overlap, physicalRegions, type Region, within } from "./address.ts";
import { checkMailbox, checkMessagingUnit } from "./bindings-mailbox.ts";
import { checkScmi } from "./bindings-scmi.ts";
import { type Finding, NodeCheck } from "./finding.ts";
import { MESSAGING_UNIT } from "./messaging-unit.ts";
import type { DeviceTree, DtNode } from "./tree.ts";
import { hex } from "./values.ts";

export type { Finding } from "./finding.ts";

/** Bytes up to the end of the message header of a shared-memory channel: no message fits in less. */
const MIN_SHARED_MEMORY = 28n;

/** The bindings that are checked, by the `compatible` of their nodes. */
const BINDINGS: readonly [
	compatible: string[],
	check: (check: NodeCheck, tree: DeviceTree) => void,
][] = [
	[["arm,smc-mbox", "arm,hvc-mbox"], checkMailbox],
	[[MESSAGING_UNIT], checkMessagingUnit],
	[["arm,scmi", "arm,scmi-smc", "arm,scmi-smc-param"], checkScmi],
	[["arm,scmi-shmem"], checkSharedMemory],
	[["mmio-sram"], checkSram],
];

/**
 * Checks every enabled node with one of the bindings that this package knows.
 * @returns what is wrong, in the order of the tree; empty when all is well
 */
export function checkBindings(tree: DeviceTree): Finding[] {
	const findings: Finding[] = [];
	for (const node of tree.nodes()) {
		for (const [compatible, check] of BINDINGS) {
			if (node.isCompatible(...compatible) && node.enabled)
				check(new NodeCheck(node, findings), tree);
		}
	}
	return findings;
}

/** `arm,scmi-shmem`: an area of an SRAM or of reserved memory. */
function checkSharedMemory(check: NodeCheck): void {
	const { node } = check;
	const { parent } = node;
	const place = '"mmio-sram" or /reserved-memory';
	if (
		parent === undefined ||
		!(parent.isCompatible("mmio-sram") || parent.path === "/reserved-memory")
	) {
		check.report(
			"compatible",
			`a node within ${place}`,
			`"arm,scmi-shmem" within ${parent?.path ?? "nothing"}`,
		);
	}
	const regions = checkRegions(check);
	if (regions === undefined) return;
	const [area] = regions;
	if (area === undefined || regions.length > 1) check.report("reg", "one area");
	else if (area.size < MIN_SHARED_MEMORY)
		check.report(
			"reg",
			`an area of at least ${hex(MIN_SHARED_MEMORY)} bytes, a channel's header`,
		);
	else if (area.address % 4n !== 0n)
		check.report("reg", "an area that starts at a multiple of 4 bytes");
}

/** `mmio-sram`: memory with an area for each child. */
function checkSram(check: NodeCheck): void {
	const { node, findings } = check;
	const regions = checkRegions(check);
	if (regions?.length === 0) check.report("reg", "the memory's area");
	if (node.children.size === 0) return;
	const cells = ["#address-cells", "#size-cells"].map((property) =>
		check.u32(property, "<1> or <2>", 1, 2),
	);
	if (!node.has("ranges"))
		check.report("ranges", "the way from the areas to the memory");
	if (regions === undefined || cells.includes(undefined) || !node.has("ranges"))
		return;

	const areas: { child: DtNode; area: Region }[] = [];
	for (const child of node.children.values()) {
		const childCheck = new NodeCheck(child, findings);
		const known = child.isCompatible("arm,scmi-shmem");
		// The area of a shared-memory node is reported by that node's own check.
		const found = known ? readRegions(child) : checkRegions(childCheck);
		for (const area of found ?? []) {
			if (regions.some((region) => within(area, region)))
				areas.push({ child, area });
			else childCheck.report("reg", `an area within that of ${node.path}`);
		}
	}
	areas.sort((a, b) => (a.area.address < b.area.address ? -1 : 1));
	for (const [index, { child, area }] of areas.entries()) {
		const before = areas[index - 1];
		if (before !== undefined && overlap(before.area, area))
			new NodeCheck(child, findings).report(
				"reg",
				`an area of its own, not one that overlaps ${before.child.path}`,
			);
	}
}

/** The node's areas at the CPU's addresses; undefined and reported when it has none that can be read. */
function checkRegions(check: NodeCheck): Region[] | undefined {
	return check.read("reg", "areas that the CPU can address", () =>
		physicalRegions(check.node),
	);
}

function readRegions(node: DtNode): Region[] | undefined {
	return new NodeCheck(node, []).read("reg", "", () => physicalRegions(node));
}
