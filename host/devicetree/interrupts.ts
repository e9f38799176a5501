// A node's interrupts: their controller, and the numbers of the shared peripheral ones among them.
// Follows the Devicetree Specification v0.4, chapter 2.4, and the bindings arm,gic-v3 and arm,gic of the Linux kernel.

import { soleCell } from "./finding.ts";
import type { DeviceTree, DtNode } from "./tree.ts";

const GICS = ["arm,gic-v3", "arm,gic-400"] as const;

/** First cell of a shared peripheral interrupt, whose number is the second; the third tells how it is triggered. */
const SPI = 0;
const EDGE_RISING = 1;
const LEAST_CELLS = 3;

/** The interrupt controller that the nearest `interrupt-parent` at or above a node names. */
export function interruptParent(node: DtNode): DtNode | undefined {
	for (let at: DtNode | undefined = node; at; at = at.parent) {
		if (at.has("interrupt-parent"))
			return node.phandles.get(soleCell(at, "interrupt-parent") ?? 0);
	}
	return undefined;
}

/** Whether a node is an interrupt controller of Arm's, which knows shared peripheral interrupts. */
export function isGic(node: DtNode): boolean {
	return node.isCompatible(...GICS);
}

/** Cells of one interrupt of a GIC; 0 for other controllers. */
function gicCells(node: DtNode | undefined): number {
	if (node === undefined || !isGic(node)) return 0;
	const cells = soleCell(node, "#interrupt-cells") ?? 0;
	return cells < LEAST_CELLS ? 0 : cells;
}

/** The numbers of a node's `interrupts`, undefined where one is not a shared peripheral interrupt; none without a GIC. */
export function sharedInterrupts(node: DtNode): (number | undefined)[] {
	const width = gicCells(interruptParent(node));
	const cells = node.cells("interrupts") ?? [];
	if (width === 0) return [];
	return Array.from({ length: Math.floor(cells.length / width) }, (_, i) =>
		cells[i * width] === SPI ? cells[i * width + 1] : undefined,
	);
}

/**
 * Gives a node shared peripheral interrupts, triggered by rising edges. Returns false, and leaves it alone, in a tree
 * without a GIC.
 */
export function setSharedInterrupts(
	tree: DeviceTree,
	node: DtNode,
	numbers: readonly number[],
): boolean {
	const near = interruptParent(node);
	const gic = [near, ...tree.compatible(...GICS)].find(
		(candidate) => gicCells(candidate) !== 0,
	);
	if (gic === undefined) return false;
	if (gic !== near) node.set("interrupt-parent", tree.phandleOf(gic));
	const rest = new Array<number>(gicCells(gic) - LEAST_CELLS).fill(0);
	const cells = numbers.flatMap((n) => [SPI, n, EDGE_RISING, ...rest]);
	node.set("interrupts", cells);
	return true;
}
