// Writes a devicetree as a flattened blob (DTB).
// Follows the Devicetree Specification v0.4, chapter 5, version 17.

import {
	align4,
	COMPATIBLE_VERSION,
	Header,
	MAGIC,
	Token,
	VERSION,
} from "./fdt-layout.ts";
import type { DeviceTree, DtNode } from "./tree.ts";

/**
 * Writes a tree as a blob of version 17, compatible with 16: header, reservations, structure, strings, nothing between.
 * Each property name is stored once.
 */
export function writeFdt(tree: DeviceTree): Uint8Array {
	const strings = new Map<string, number>();
	let stringsSize = 0;
	let structSize = 4;
	for (const node of tree.nodes()) {
		structSize += 8 + align4(node.name.length + 1);
		for (const [name, value] of node.properties) {
			structSize += 12 + align4(value.length);
			if (strings.has(name)) continue;
			strings.set(name, stringsSize);
			stringsSize += name.length + 1;
		}
	}

	const offReservations = Header.Length;
	const offStruct = offReservations + (tree.reservations.length + 1) * 16;
	const offStrings = offStruct + structSize;
	const bytes = new Uint8Array(offStrings + stringsSize);
	const view = new DataView(bytes.buffer);
	view.setUint32(Header.Magic, MAGIC);
	view.setUint32(Header.TotalSize, bytes.length);
	view.setUint32(Header.OffStruct, offStruct);
	view.setUint32(Header.OffStrings, offStrings);
	view.setUint32(Header.OffReservations, offReservations);
	view.setUint32(Header.Version, VERSION);
	view.setUint32(Header.LastCompatible, COMPATIBLE_VERSION);
	view.setUint32(Header.BootCpu, tree.bootCpu);
	view.setUint32(Header.SizeStrings, stringsSize);
	view.setUint32(Header.SizeStruct, structSize);

	for (const [index, { address, size }] of tree.reservations.entries()) {
		view.setBigUint64(offReservations + index * 16, address);
		view.setBigUint64(offReservations + index * 16 + 8, size);
	}

	let at = offStruct;
	const put = (value: number) => {
		view.setUint32(at, value);
		at += 4;
	};
	const putName = (name: string, offset: number) => {
		for (let index = 0; index < name.length; index++)
			bytes[offset + index] = name.charCodeAt(index);
	};
	const putNode = (node: DtNode) => {
		put(Token.BeginNode);
		putName(node.name, at);
		at += align4(node.name.length + 1);
		for (const [name, value] of node.properties) {
			put(Token.Prop);
			put(value.length);
			put(strings.get(name) ?? 0);
			bytes.set(value, at);
			at += align4(value.length);
		}
		for (const child of node.children.values()) putNode(child);
		put(Token.EndNode);
	};
	putNode(tree.root);
	put(Token.End);
	for (const [name, offset] of strings) putName(name, offStrings + offset);
	return bytes;
}
