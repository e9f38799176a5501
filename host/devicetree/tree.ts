// The devicetree as a plain mutable model: nodes, properties, paths, aliases and phandles.
// Follows the Devicetree Specification v0.4, chapters 2.2 (structure and conventions) and 2.3 (standard properties).

import { CosimError } from "../errors.ts";
import {
	decodeCells,
	decodePhandle,
	decodeStrings,
	describeValue,
	encodeValue,
	isNodeName,
	isPhandleName,
	isPropertyName,
	MAX_NAME_LENGTH,
	NO_BYTES,
	type PropertyValue,
	quote,
} from "./values.ts";

/** Deepest nesting of nodes that is read, built or written; the root is at depth 1. */
export const MAX_DEPTH = 64;

const NO_PROPERTIES: ReadonlyMap<string, Uint8Array> = new Map();
const NO_CHILDREN: ReadonlyMap<string, DtNode> = new Map();

/** One node. Values handed out are views: change a property with {@link set}, never in place. */
export class DtNode {
	/** Name with unit address, such as `serial@30890000`; the root's is empty. */
	readonly name: string;
	/** The node above; undefined for the root and for a node that was removed. */
	parent: DtNode | undefined;
	/** 1 for the root, one more for each level below. */
	readonly depth: number;
	#properties: Map<string, Uint8Array> | undefined;
	#children: Map<string, DtNode> | undefined;
	/** Nodes by phandle, kept by the root only and dropped when anything it depends on changes. */
	#phandles: Map<number, DtNode> | undefined;

	constructor(name: string, parent?: DtNode) {
		this.name = name;
		this.parent = parent;
		this.depth = parent === undefined ? 1 : parent.depth + 1;
	}

	/** Properties by name, in the order of the tree. */
	get properties(): ReadonlyMap<string, Uint8Array> {
		return this.#properties ?? NO_PROPERTIES;
	}

	/** Child nodes by name, in the order of the tree. */
	get children(): ReadonlyMap<string, DtNode> {
		return this.#children ?? NO_CHILDREN;
	}

	/** Full path from the root, such as `/soc@0/bus@30800000`. */
	get path(): string {
		const names: string[] = [];
		for (
			let node: DtNode = this;
			node.parent !== undefined;
			node = node.parent
		) {
			names.unshift(node.name);
		}
		return `/${names.join("/")}`;
	}

	/** The name without its unit address. */
	get baseName(): string {
		return this.name.split("@", 1)[0] ?? "";
	}

	/** What follows the `@` in the name; undefined when there is none. */
	get unitAddress(): string | undefined {
		const at = this.name.indexOf("@");
		return at < 0 ? undefined : this.name.slice(at + 1);
	}

	/** The topmost node above this one, or this one. */
	get root(): DtNode {
		let node: DtNode = this;
		while (node.parent !== undefined) node = node.parent;
		return node;
	}

	/** This node and everything below it, parents before children, in the order of the tree. */
	*walk(): Generator<DtNode> {
		yield this;
		for (const child of this.children.values()) yield* child.walk();
	}

	/**
	 * A child by its name; without a unit address in the name also the one child whose name differs only by it.
	 */
	child(name: string): DtNode | undefined {
		const exact = this.children.get(name);
		if (exact !== undefined || name.includes("@")) return exact;
		let found: DtNode | undefined;
		for (const child of this.children.values()) {
			if (child.baseName !== name) continue;
			if (found !== undefined) return undefined;
			found = child;
		}
		return found;
	}

	/**
	 * Adds an empty child node at the end.
	 * @throws CosimError DT_BINDING when the name is taken or not a node's name, or the nesting gets too deep
	 */
	addChild(name: string): DtNode {
		if (!isNodeName(name)) {
			throw this.#refuse(
				`cannot have a child named ${quote(name)}: expected 1 to ${MAX_NAME_LENGTH} printable characters without "/"`,
			);
		}
		if (this.children.has(name))
			throw this.#refuse(`already has a child ${name}`);
		if (this.depth >= MAX_DEPTH)
			throw this.#refuse(
				`cannot have children: nodes nest at most ${MAX_DEPTH} deep`,
			);
		const child = new DtNode(name, this);
		this.#children ??= new Map();
		this.#children.set(name, child);
		return child;
	}

	/** The child of exactly this name, added when it does not exist. */
	ensureChild(name: string): DtNode {
		return this.children.get(name) ?? this.addChild(name);
	}

	/** Takes this node, with everything below it, out of its tree. */
	remove(): void {
		this.root.#phandles = undefined;
		if (this.parent !== undefined) this.parent.#children?.delete(this.name);
		this.parent = undefined;
	}

	/** True when the property exists, whatever its value. */
	has(property: string): boolean {
		return this.properties.has(property);
	}

	/**
	 * Sets a property, adding it when it does not exist.
	 * @throws CosimError DT_BINDING for a name or a value that no property can have
	 */
	set(property: string, value: PropertyValue): this {
		if (!isPropertyName(property))
			throw this.#refuse(`cannot have a property named ${quote(property)}`);
		const bytes = encodeValue(value);
		if (typeof bytes === "string")
			throw this.#refuse(`cannot set ${property}: ${bytes}`);
		this.#properties ??= new Map();
		this.#properties.set(property, bytes);
		if (isPhandleName(property)) this.root.#phandles = undefined;
		return this;
	}

	/** Removes a property; nothing happens when it does not exist. */
	delete(property: string): void {
		this.#properties?.delete(property);
		if (isPhandleName(property)) this.root.#phandles = undefined;
	}

	/**
	 * A property that is one string; undefined when absent.
	 * @throws CosimError DT_BINDING when the value is not exactly one NUL-terminated string
	 */
	text(property: string): string | undefined {
		const all = this.properties.has(property)
			? this.texts(property)
			: undefined;
		if (all === undefined || all.length === 1) return all?.[0];
		throw this.malformed(property, "one string");
	}

	/**
	 * A property that is a list of strings; empty when absent or without value.
	 * @throws CosimError DT_BINDING when the value does not end with NUL or is not UTF-8
	 */
	texts(property: string): string[] {
		const texts = decodeStrings(this.properties.get(property) ?? NO_BYTES);
		if (texts === undefined)
			throw this.malformed(property, "NUL-terminated strings");
		return texts;
	}

	/**
	 * A property that is a list of u32 cells; undefined when absent.
	 * @throws CosimError DT_BINDING when its length is no multiple of 4 bytes
	 */
	cells(property: string): number[] | undefined {
		const bytes = this.properties.get(property);
		if (bytes === undefined) return undefined;
		const cells = decodeCells(bytes);
		if (cells === undefined)
			throw this.malformed(property, "a whole number of 4-byte cells");
		return cells;
	}

	/**
	 * A property that is one u32 cell; undefined when absent.
	 * @throws CosimError DT_BINDING when it is not 4 bytes long
	 */
	u32(property: string): number | undefined {
		const bytes = this.properties.get(property);
		if (bytes !== undefined && bytes.length !== 4)
			throw this.malformed(property, "one 4-byte cell");
		return this.cells(property)?.[0];
	}

	/**
	 * A property that is one u64; undefined when absent.
	 * @throws CosimError DT_BINDING when it is not 8 bytes long
	 */
	u64(property: string): bigint | undefined {
		const bytes = this.properties.get(property);
		if (bytes === undefined) return undefined;
		if (bytes.length !== 8) throw this.malformed(property, "8 bytes");
		return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
	}

	/** True when `compatible` lists one of the names; a malformed list matches nothing. */
	isCompatible(...names: string[]): boolean {
		const list = decodeStrings(this.properties.get("compatible") ?? NO_BYTES);
		return list?.some((name) => names.includes(name)) ?? false;
	}

	/** False when the node or one above it has a `status` other than "okay" or "ok". */
	get enabled(): boolean {
		for (let node: DtNode | undefined = this; node; node = node.parent) {
			const status = node.properties.get("status");
			if (status === undefined) continue;
			const words = decodeStrings(status);
			if (words?.[0] !== "okay" && words?.[0] !== "ok") return false;
		}
		return true;
	}

	/** The phandle of this node, 1 to 0xfffffffe; undefined when it has none. */
	get phandle(): number | undefined {
		return (
			decodePhandle(this.properties.get("phandle")) ??
			decodePhandle(this.properties.get("linux,phandle"))
		);
	}

	/** All nodes of this node's tree by phandle. The index is built when first asked for after a change. */
	get phandles(): ReadonlyMap<number, DtNode> {
		const root = this.root;
		if (root.#phandles === undefined) {
			root.#phandles = new Map();
			for (const node of root.walk()) {
				const phandle = node.phandle;
				if (phandle !== undefined && !root.#phandles.has(phandle))
					root.#phandles.set(phandle, node);
			}
		}
		return root.#phandles;
	}

	/** Merges the properties and the nodes of another node into this one, the other's values winning. */
	merge(other: DtNode): void {
		for (const [property, value] of other.properties)
			this.set(property, new Uint8Array(value));
		for (const child of other.children.values())
			this.ensureChild(child.name).merge(child);
	}

	/** The error for a property that is not what its reader needs. */
	malformed(property: string, expected: string): CosimError {
		const bytes = this.properties.get(property);
		return new CosimError(
			"DT_BINDING",
			`${this.path}: ${property} is ${bytes === undefined ? "absent" : describeValue(bytes)}, expected ${expected}`,
		);
	}

	#refuse(why: string): CosimError {
		return new CosimError("DT_BINDING", `${this.path}: ${why}`);
	}
}

/** A whole devicetree, as a blob holds it. */
export class DeviceTree {
	readonly root = new DtNode("");
	/** The memory reservation block: physical areas that an operating system must not use. */
	readonly reservations: { address: bigint; size: bigint }[] = [];
	/** Physical ID of the CPU that boots, as in the blob's header. */
	bootCpu = 0;

	/** Every node, parents before children. */
	nodes(): Generator<DtNode> {
		return this.root.walk();
	}

	/** The node at a path, which starts with `/` or with the name of an alias; undefined when there is none. */
	node(path: string): DtNode | undefined {
		const [alias = "", ...names] = path.split("/");
		let node: DtNode | undefined = this.root;
		if (alias !== "") {
			const aliases = this.root.children.get("aliases")?.properties.get(alias);
			const target = decodeStrings(aliases ?? NO_BYTES);
			if (target?.length !== 1 || !target[0]?.startsWith("/")) return undefined;
			node = this.node(target[0]);
		}
		for (const name of names) if (name !== "") node = node?.child(name);
		return node;
	}

	/** The node that has a phandle; undefined when there is none. */
	byPhandle(phandle: number): DtNode | undefined {
		return this.root.phandles.get(phandle);
	}

	/** The node that `__symbols__` gives a label; undefined when there is none. */
	byLabel(label: string): DtNode | undefined {
		const symbols = this.root.children.get("__symbols__");
		const path = decodeStrings(symbols?.properties.get(label) ?? NO_BYTES);
		return path?.length === 1 && path[0]?.startsWith("/")
			? this.node(path[0])
			: undefined;
	}

	/** All nodes that list one of the names in `compatible`, in the order of the tree. */
	compatible(...names: string[]): DtNode[] {
		return [...this.nodes()].filter((node) => node.isCompatible(...names));
	}

	/** The phandle of a node, which gets a fresh one when it has none. */
	phandleOf(node: DtNode): number {
		if (node.phandle === undefined) node.set("phandle", this.freshPhandle());
		return node.phandle as number;
	}

	/**
	 * A phandle that no node has: one more than the greatest.
	 * @throws CosimError DT_BINDING when the greatest possible one is taken
	 */
	freshPhandle(): number {
		let greatest = 0;
		for (const phandle of this.root.phandles.keys())
			greatest = Math.max(greatest, phandle);
		if (greatest >= 0xfffffffe)
			throw new CosimError("DT_BINDING", "/: no phandle is left");
		return greatest + 1;
	}

	/** A deep copy that shares nothing with this tree. */
	clone(): DeviceTree {
		const copy = new DeviceTree();
		copy.root.merge(this.root);
		copy.reservations.push(...this.reservations.map((area) => ({ ...area })));
		copy.bootCpu = this.bootCpu;
		return copy;
	}
}
