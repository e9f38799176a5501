// Turns a devicetree written as nested object literals into a tree, as a compiler does with devicetree source.
// Follows the Devicetree Specification v0.4, chapter 6: labels, `&label` as a phandle in cells and as a path elsewhere.

import { CosimError } from "../errors.ts";
import { DeviceTree, type DtNode } from "./tree.ts";

/** One cell: a u32, or `&label` for the phandle of a node. */
export type CellSource = number | `&${string}`;

/**
 * A property: `true` without value, a number for one cell, a list with numbers or `&label` for cells,
 * other strings for text. A single `&label` outside a list is the path of the node.
 */
export type PropertySource =
	| true
	| number
	| string
	| readonly string[]
	| readonly CellSource[];

/** A node: properties, and children under keys that may start with a label, such as `"uart2: serial@30890000"`. */
export interface NodeSource {
	readonly [key: string]: PropertySource | NodeSource;
}

/**
 * Builds a tree. Nodes with a label get phandles and are listed in `/__symbols__`, so that overlays apply.
 * @throws CosimError DT_BINDING for an unknown or repeated label, or a name or value that no tree can have
 */
export function buildTree(source: NodeSource): DeviceTree {
	const tree = new DeviceTree();
	const labels = new Map<string, DtNode>();
	// Nodes first: a reference may point forward.
	const nodes = addNodes(tree.root, source, labels);
	const label = (reference: string): DtNode => {
		const node = labels.get(reference.slice(1));
		if (node === undefined)
			throw new CosimError(
				"DT_BINDING",
				`devicetree source: ${reference} is not a label of any node`,
			);
		return node;
	};
	for (const [node, properties] of nodes) {
		for (const [name, value] of Object.entries(properties)) {
			if (isNode(value)) continue;
			if (typeof value === "string" && value.startsWith("&"))
				node.set(name, label(value).path);
			else if (typeof value === "object" && isCells(value))
				node.set(
					name,
					value.map((cell) =>
						typeof cell === "number" ? cell : tree.phandleOf(label(cell)),
					),
				);
			else node.set(name, value);
		}
	}
	const symbols = tree.root.ensureChild("__symbols__");
	for (const [name, node] of labels) {
		tree.phandleOf(node);
		symbols.set(name, node.path);
	}
	return tree;
}

/** Adds the children of a source node, at all depths; returns every node with the source of its properties. */
function addNodes(
	node: DtNode,
	source: NodeSource,
	labels: Map<string, DtNode>,
): [DtNode, NodeSource][] {
	const result: [DtNode, NodeSource][] = [[node, source]];
	for (const [key, value] of Object.entries(source)) {
		if (!isNode(value)) continue;
		const [name = "", label] = key.split(/: */).reverse();
		const child = node.addChild(name);
		if (label !== undefined) {
			if (labels.has(label))
				throw new CosimError(
					"DT_BINDING",
					`devicetree source: label ${label} is at ${labels.get(label)?.path} and at ${child.path}`,
				);
			labels.set(label, child);
		}
		result.push(...addNodes(child, value, labels));
	}
	return result;
}

function isNode(value: PropertySource | NodeSource): value is NodeSource {
	return typeof value === "object" && !Array.isArray(value);
}

function isCells(
	value: readonly string[] | readonly CellSource[],
): value is readonly CellSource[] {
	return value.every(
		(item) => typeof item === "number" || item.startsWith("&"),
	);
}
