// Devicetrees for tests: a comparable picture of a tree, random trees, and blobs put together word by word.
// Follows the Devicetree Specification v0.4, chapters 2.2 (names and values) and 5 (blob).

import fc from "fast-check";
import { DeviceTree, type DtNode } from "../../host/devicetree/tree.ts";

/** A node as plain data, properties as hexadecimal, in the order of the tree. */
export interface PlainNode {
	name: string;
	properties: [string, string][];
	children: PlainNode[];
}

/** Plain data of everything that a tree holds. */
export function plain(tree: DeviceTree) {
	return {
		bootCpu: tree.bootCpu,
		reservations: tree.reservations.map(({ address, size }) => [address, size]),
		root: plainNode(tree.root),
	};
}

export function plainNode(node: DtNode): PlainNode {
	return {
		name: node.name,
		properties: [...node.properties].map(([name, value]) => [
			name,
			[...value].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
		]),
		children: [...node.children.values()].map(plainNode),
	};
}

/** What {@link addPlain} adds to a node. */
export interface RandomNode {
	name: string;
	properties: [string, Uint8Array][];
	children: RandomNode[];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789,._+-";

const nodeName = fc
	.tuple(
		fc.string({
			unit: fc.constantFrom(...LETTERS),
			minLength: 1,
			maxLength: 31,
		}),
		fc.option(fc.integer({ min: 0, max: 0xffffffff })),
	)
	.map(([name, unit]) =>
		unit === null ? name : `${name}@${unit.toString(16)}`,
	);

// "name" and "phandle" mean something to dtc, which would drop or refuse random values.
const propertyName = fc
	.string({
		unit: fc.constantFrom(...LETTERS, "#", "?"),
		minLength: 1,
		maxLength: 40,
	})
	.filter((name) => name !== "name" && !name.endsWith("phandle"));

// dtc 1.6 writes NUL before an octal digit as one escape, and reads it back as another byte.
const misreadByDtc = (bytes: Uint8Array): boolean =>
	bytes.some(
		(byte, index) =>
			byte === 0 && /[0-7]/.test(String.fromCharCode(bytes[index + 1] ?? 0)),
	);

const value = fc
	.oneof(
		fc.constant(new Uint8Array(0)),
		fc.uint8Array({ maxLength: 40 }),
		fc
			.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 3 })
			.map((texts) => new TextEncoder().encode(`${texts.join("\0")}\0`)),
		fc
			.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 8 })
			.map((cells) => {
				const bytes = new Uint8Array(cells.length * 4);
				cells.forEach((cell, index) => {
					new DataView(bytes.buffer).setUint32(index * 4, cell);
				});
				return bytes;
			}),
	)
	.filter((bytes) => !misreadByDtc(bytes));

function nodeOfDepth(depth: number): fc.Arbitrary<RandomNode> {
	return fc.record({
		name: nodeName,
		properties: fc.uniqueArray(fc.tuple(propertyName, value), {
			selector: ([name]) => name,
			maxLength: 5,
		}),
		children:
			depth === 1
				? fc.constant([])
				: fc.uniqueArray(nodeOfDepth(depth - 1), {
						selector: ({ name }) => name,
						maxLength: 3,
					}),
	});
}

/** Random nodes, up to four levels, with names and values that a devicetree may have. */
export const arbitraryNode: fc.Arbitrary<RandomNode> = nodeOfDepth(4);

/** Adds a random node with all its children; returns it. */
export function addPlain(parent: DtNode, source: RandomNode): DtNode {
	const node = parent.addChild(source.name);
	for (const [name, bytes] of source.properties) node.set(name, bytes);
	for (const child of source.children) addPlain(node, child);
	return node;
}

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

/** Random whole trees. */
export const arbitraryTree: fc.Arbitrary<DeviceTree> = fc
	.record({
		bootCpu: fc.integer({ min: 0, max: 0xffffffff }),
		reservations: fc.array(
			fc.record({ address: u64, size: u64.filter((size) => size > 0n) }),
			{ maxLength: 3 },
		),
		children: fc.uniqueArray(arbitraryNode, {
			selector: ({ name }) => name,
			maxLength: 4,
		}),
	})
	.map(({ bootCpu, reservations, children }) => {
		const tree = new DeviceTree();
		tree.bootCpu = bootCpu;
		tree.reservations.push(...reservations);
		for (const child of children) addPlain(tree.root, child);
		return tree;
	});

/** Big-endian bytes of words; a string stands for its characters, NUL and padding to a word. */
export function words(...items: (number | string)[]): number[] {
	return items.flatMap((item) => {
		if (typeof item === "number")
			return [item >>> 24, (item >>> 16) & 255, (item >>> 8) & 255, item & 255];
		const bytes = [...new TextEncoder().encode(`${item}\0`)];
		while (bytes.length % 4 !== 0) bytes.push(0);
		return bytes;
	});
}

/** Where {@link blob} puts its structure block. */
export const STRUCT = 0x38;

/** A version 17 blob: header, one empty reservation entry at 0x28, structure at 0x38, then strings. */
export function blob(
	struct: (number | string)[],
	strings = "",
	header: Partial<Record<number, number>> = {},
): Uint8Array {
	const body = words(...struct);
	const text = [...new TextEncoder().encode(strings)];
	const total = STRUCT + body.length + text.length;
	const bytes = Uint8Array.from([
		...words(0xd00dfeed, total, STRUCT, STRUCT + body.length, 0x28),
		...words(17, 16, 0, text.length, body.length),
		...words(0, 0, 0, 0),
		...body,
		...text,
	]);
	const view = new DataView(bytes.buffer);
	for (const [offset, word] of Object.entries(header))
		view.setUint32(Number(offset), word ?? 0);
	return bytes;
}
