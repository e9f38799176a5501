// Applies a devicetree overlay to a tree: fragments, fixups by label, renumbered phandles, symbols.
// Follows the overlay layout that dtc writes (-@) and fdtoverlay applies; the Devicetree Specification leaves it out.

import { CosimError } from "../errors.ts";
import type { DeviceTree, DtNode } from "./tree.ts";
import {
	decodeCells,
	decodePhandle,
	decodeStrings,
	describeValue,
	hex,
	isPhandleName,
	NO_BYTES,
	quote,
} from "./values.ts";

const LAST_PHANDLE = 0xfffffffe;

/**
 * Applies an overlay to a copy of a tree. A node that both trees give a phandle keeps that of the base.
 * @returns the tree with the overlay; `base` and `overlay` stay as they are
 * @throws CosimError DT_OVERLAY with the fragment, its target or property, and what was expected
 */
export function applyOverlay(
	base: DeviceTree,
	overlay: DeviceTree,
): DeviceTree {
	try {
		return new Overlay(base, overlay).apply();
	} catch (error) {
		if (error instanceof CosimError && error.code !== "DT_OVERLAY")
			throw new CosimError("DT_OVERLAY", `overlay: ${error.message}`, {
				cause: error,
			});
		throw error;
	}
}

class Overlay {
	readonly #result: DeviceTree;
	readonly #overlay: DeviceTree;
	/** Cells of the overlay that refer to nodes of the overlay. */
	readonly #localCells: DataView[] = [];
	/** Phandles of the overlay that a node of the base replaces by its own. */
	readonly #replaced = new Map<number, number>();

	constructor(base: DeviceTree, overlay: DeviceTree) {
		this.#result = base.clone();
		this.#overlay = overlay.clone();
	}

	apply(): DeviceTree {
		this.#fixUpLabels();
		this.#renumber();
		const fragments = this.#fragments();
		// A rehearsal tells which phandles the base replaces; then those references can be set right.
		this.#mergeAll(this.#result.clone(), fragments);
		for (const cell of this.#localCells) {
			const phandle = this.#replaced.get(cell.getUint32(0));
			if (phandle !== undefined) cell.setUint32(0, phandle);
		}
		const targets = this.#mergeAll(this.#result, fragments);
		this.#addSymbols(targets);
		return this.#result;
	}

	/** Writes the phandles of the base's nodes where `__fixups__` asks for them by label. */
	#fixUpLabels(): void {
		const fixups = this.#overlay.root.children.get("__fixups__");
		for (const [label, places] of fixups?.properties ?? []) {
			const list = decodeStrings(places);
			if (list === undefined)
				throw refuse(
					"__fixups__",
					`${label} is ${describeValue(places)}`,
					"a list of places",
				);
			const node = this.#result.byLabel(label);
			if (node === undefined)
				throw refuse(
					fragmentOf(list[0] ?? ""),
					`label ${quote(label)} at ${quote(list[0] ?? "")}`,
					"a label of __symbols__ of the base, with a node",
				);
			const phandle = this.#result.phandleOf(node);
			for (const place of list) this.#cellAt(place).setUint32(0, phandle);
		}
	}

	/** The cell that a place such as `/fragment@0:target:0` means. */
	#cellAt(place: string): DataView {
		const [path = "", property = "", offset = "", ...more] = place.split(":");
		const [root, ...names] = path.split("/");
		let node = root === "" ? this.#overlay.root : undefined;
		for (const name of names) node = node?.children.get(name);
		const at = /^[0-9]{1,9}$/.test(offset) ? Number(offset) : -1;
		const bytes = node?.properties.get(property);
		if (
			more.length > 0 ||
			bytes === undefined ||
			at < 0 ||
			at + 4 > bytes.length
		)
			throw refuse(
				fragmentOf(path),
				`fixup ${quote(place)}`,
				"the path, property and offset of a cell of the overlay",
			);
		return new DataView(bytes.buffer, bytes.byteOffset + at, 4);
	}

	/** Moves the overlay's phandles, and the cells that refer to them, beyond those of the base. */
	#renumber(): void {
		let delta = 0;
		for (const phandle of this.#result.root.phandles.keys())
			delta = Math.max(delta, phandle);
		const moved = (phandle: number, where: string): number => {
			if (phandle + delta > LAST_PHANDLE)
				throw refuse(
					fragmentOf(where),
					`phandle ${hex(phandle)} of ${where}`,
					`at most ${hex(LAST_PHANDLE - delta)}, as the base uses ${hex(delta)}`,
				);
			return phandle + delta;
		};
		for (const node of this.#overlay.nodes()) {
			for (const [property, value] of node.properties) {
				const phandle = isPhandleName(property) && decodePhandle(value);
				if (phandle) node.set(property, moved(phandle, node.path));
			}
		}
		const visit = (fixups: DtNode, node: DtNode | undefined): void => {
			for (const [property, places] of fixups.properties) {
				const bytes = node?.properties.get(property) ?? NO_BYTES;
				const offsets = decodeCells(places);
				const where = `${node?.path ?? fixups.path}:${property}`;
				if (offsets?.every((offset) => offset + 4 <= bytes.length) !== true)
					throw refuse(
						fragmentOf(node?.path ?? ""),
						`${fixups.path}: ${property} ${describeValue(places)}`,
						"offsets of cells in the overlay's property of that name",
					);
				for (const offset of offsets) {
					const cell = new DataView(bytes.buffer, bytes.byteOffset + offset, 4);
					cell.setUint32(0, moved(cell.getUint32(0), where));
					this.#localCells.push(cell);
				}
			}
			for (const child of fixups.children.values())
				visit(child, node?.children.get(child.name));
		};
		const local = this.#overlay.root.children.get("__local_fixups__");
		if (local !== undefined) visit(local, this.#overlay.root);
	}

	#fragments(): { fragment: DtNode; content: DtNode }[] {
		const fragments: { fragment: DtNode; content: DtNode }[] = [];
		for (const fragment of this.#overlay.root.children.values()) {
			if (fragment.name.startsWith("__")) continue;
			const content = fragment.children.get("__overlay__");
			if (content === undefined)
				throw refuse(
					fragment.name,
					"a node without __overlay__",
					"a fragment with target or target-path and __overlay__",
				);
			fragments.push({ fragment, content });
		}
		if (fragments.length === 0)
			throw refuse("/", "no fragment", "at least one node with __overlay__");
		return fragments;
	}

	/** Merges all fragments into a tree, in their order; returns their targets by fragment name. */
	#mergeAll(
		tree: DeviceTree,
		fragments: { fragment: DtNode; content: DtNode }[],
	): Map<string, DtNode> {
		const targets = new Map<string, DtNode>();
		for (const { fragment, content } of fragments) {
			const target = this.#target(tree, fragment);
			targets.set(fragment.name, target);
			this.#merge(target, content);
		}
		return targets;
	}

	#target(tree: DeviceTree, fragment: DtNode): DtNode {
		const bytes = fragment.properties.get("target");
		if (bytes !== undefined) {
			const phandle = decodePhandle(bytes);
			const node =
				phandle === undefined
					? undefined
					: tree.byPhandle(this.#replaced.get(phandle) ?? phandle);
			if (node !== undefined) return node;
			throw refuse(
				fragment.name,
				`target ${describeValue(bytes)}`,
				"the phandle of a node, or a fixup by label",
			);
		}
		const path = fragment.properties.get("target-path");
		if (path === undefined)
			throw refuse(fragment.name, "no target", "target or target-path");
		const [text = "", ...more] = decodeStrings(path) ?? [];
		const node = more.length === 0 && text !== "" ? tree.node(text) : undefined;
		if (node !== undefined) return node;
		throw refuse(
			fragment.name,
			`target-path ${describeValue(path)}`,
			"the path of a node of the base",
		);
	}

	#merge(target: DtNode, source: DtNode): void {
		const own = target.phandle;
		const other = source.phandle;
		if (own !== undefined && other !== undefined && own !== other)
			this.#replaced.set(other, own);
		for (const [property, value] of source.properties) {
			if (isPhandleName(property) && own !== undefined) continue;
			target.set(property, new Uint8Array(value));
		}
		for (const child of source.children.values())
			this.#merge(target.ensureChild(child.name), child);
	}

	/** Adds the overlay's labels to the base's, with the paths that their nodes got. */
	#addSymbols(targets: Map<string, DtNode>): void {
		const symbols = this.#overlay.root.children.get("__symbols__");
		for (const [label, value] of symbols?.properties ?? []) {
			const path = decodeStrings(value)?.[0] ?? "";
			const [, fragment = "", content, ...names] = path.split("/");
			const target = targets.get(fragment);
			// Labels of the fragments themselves mean nothing in the result.
			if (target === undefined || content !== "__overlay__") continue;
			const base = target.parent === undefined ? "" : target.path;
			this.#result.root
				.ensureChild("__symbols__")
				.set(label, [base, ...names].join("/") || "/");
		}
	}
}

/** The name of the fragment that a path of the overlay lies in. */
function fragmentOf(path: string): string {
	return path.split(/[/:]/)[1] || "/";
}

function refuse(where: string, found: string, expected: string): CosimError {
	return new CosimError(
		"DT_OVERLAY",
		`overlay, ${where}: found ${found}, expected ${expected}`,
	);
}
