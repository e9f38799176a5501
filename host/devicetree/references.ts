// References between nodes: lists of a phandle with the cells that its target asks for.
// Follows the Devicetree Specification v0.4, chapters 2.3.3 (phandle) and 2.2.4.1 (<prop-encoded-array>).

import { CosimError } from "../errors.ts";
import type { DtNode } from "./tree.ts";
import { hex } from "./values.ts";

/** Most cells behind one phandle. */
const MAX_ARGUMENTS = 16;

/** One entry of a list such as `clocks`. */
export interface Reference {
	/** The node that is meant; undefined for an entry left empty on purpose, which is written <0>. */
	target: DtNode | undefined;
	/** The cells behind the phandle, as many as the target's cells property says. */
	args: number[];
}

/**
 * Decodes a list of references; empty when the property is absent.
 * @param cells the target's property with the number of cells, such as `#clock-cells`, or that number itself
 * @throws CosimError DT_BINDING for an unknown phandle, a target without that property, or a list that ends too early
 */
export function references(
	node: DtNode,
	property: string,
	cells: string | number,
): Reference[] {
	const list = node.cells(property) ?? [];
	const result: Reference[] = [];
	for (let at = 0; at < list.length; ) {
		const phandle = list[at++] ?? 0;
		if (phandle === 0) {
			result.push({ target: undefined, args: [] });
			continue;
		}
		const target = node.phandles.get(phandle);
		const entry = `entry ${result.length}`;
		if (target === undefined)
			throw refuse(
				node,
				property,
				`${entry} names phandle ${hex(phandle)}, expected one that a node has`,
			);
		const count = typeof cells === "number" ? cells : target.u32(cells);
		if (count === undefined)
			throw refuse(
				node,
				property,
				`${entry} names ${target.path}, expected a node with ${cells}`,
			);
		if (count > MAX_ARGUMENTS || count > list.length - at)
			throw refuse(
				node,
				property,
				`${entry} has ${list.length - at} cells behind the phandle, expected the ${count} that ${target.path} asks for`,
			);
		result.push({ target, args: list.slice(at, at + count) });
		at += count;
	}
	return result;
}

/**
 * The reference of a given name, by the list of names that goes with it, such as `clock-names`.
 * @returns undefined when the name is not in the list
 * @throws CosimError DT_BINDING like {@link references}, or when the list is shorter than its names
 */
export function namedReference(
	node: DtNode,
	property: string,
	cells: string | number,
	namesProperty: string,
	name: string,
): Reference | undefined {
	const index = node.texts(namesProperty).indexOf(name);
	if (index < 0) return undefined;
	const reference = references(node, property, cells)[index];
	if (reference === undefined)
		throw refuse(
			node,
			property,
			`entry ${index} is absent, expected one for "${name}" of ${namesProperty}`,
		);
	return reference;
}

function refuse(node: DtNode, property: string, why: string): CosimError {
	return new CosimError("DT_BINDING", `${node.path}: ${property} ${why}`);
}
