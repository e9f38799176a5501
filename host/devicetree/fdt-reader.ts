// Reads flattened devicetree blobs (DTB) and trusts no byte of them: every step is checked against its block.
// Follows the Devicetree Specification v0.4, chapter 5: version 16 and whatever is compatible with 17.

import {
	align4,
	COMPATIBLE_VERSION,
	Header,
	MAGIC,
	refuse,
	TOKEN_NAMES,
	Token,
	VERSION,
} from "./fdt-layout.ts";
import { DeviceTree, type DtNode, MAX_DEPTH } from "./tree.ts";
import {
	decodePhandle,
	hex,
	isNodeName,
	isPhandleName,
	isPropertyName,
	MAX_NAME_LENGTH,
	NO_BYTES,
	quote,
} from "./values.ts";

/** Greatest blob that is read, in bytes; Linux on arm64 takes 2 MiB at most. */
export const MAX_BLOB_SIZE = 16 * 1024 * 1024;

/** One part of the blob: from `start` up to, not including, `end`. */
interface Block {
	name: string;
	start: number;
	end: number;
	/** Where the header says so. */
	field: number;
}

/**
 * Reads a blob of version 16 or later. Bytes behind its total size are ignored; nothing of `blob` is kept.
 * @throws CosimError FDT_INVALID with the byte offset, what was found there and what was expected
 */
export function readFdt(blob: Uint8Array): DeviceTree {
	return new Reader(blob).read();
}

class Reader {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	readonly #names = new Map<number, string>();
	readonly #phandles = new Map<number, DtNode>();
	#struct: Block = { name: "structure block", start: 0, end: 0, field: 0 };
	#strings: Block = { name: "strings block", start: 0, end: 0, field: 0 };
	#sizeStructKnown = false;

	constructor(blob: Uint8Array) {
		if (blob.length < 8)
			throw refuse(0, `a blob of ${blob.length} bytes`, "a 40-byte header");
		const head = new DataView(blob.buffer, blob.byteOffset, blob.length);
		const magic = head.getUint32(Header.Magic);
		if (magic !== MAGIC)
			throw refuse(Header.Magic, hex(magic), `magic ${hex(MAGIC)}`);
		const total = head.getUint32(Header.TotalSize);
		if (total > MAX_BLOB_SIZE) {
			throw refuse(
				Header.TotalSize,
				`total size ${hex(total)}`,
				`at most ${hex(MAX_BLOB_SIZE)}`,
			);
		}
		if (total > blob.length) {
			throw refuse(
				Header.TotalSize,
				`total size ${hex(total)}`,
				`at most the ${hex(blob.length)} bytes that are there`,
			);
		}
		if (total < Header.SizeStruct) {
			throw refuse(
				Header.TotalSize,
				`total size ${hex(total)}`,
				"room for the header",
			);
		}
		// Not slice(), which for a Node Buffer is no copy.
		this.#bytes = new Uint8Array(blob.subarray(0, total));
		this.#view = new DataView(this.#bytes.buffer);
	}

	read(): DeviceTree {
		const tree = new DeviceTree();
		const reservations = this.#readHeader();
		reservations.end = this.#readReservations(tree, reservations);
		tree.bootCpu = this.#view.getUint32(Header.BootCpu);
		this.#refuseOverlaps([reservations, this.#struct, this.#strings]);
		this.#readStructure(tree);
		return tree;
	}

	/** Checks the header and learns where the blocks are; returns the memory reservation block. */
	#readHeader(): Block {
		const view = this.#view;
		const total = view.byteLength;
		const version = view.getUint32(Header.Version);
		if (version < COMPATIBLE_VERSION)
			throw refuse(
				Header.Version,
				`version ${version}`,
				`${COMPATIBLE_VERSION} or later`,
			);
		const compatible = view.getUint32(Header.LastCompatible);
		if (compatible > VERSION || compatible > version)
			throw refuse(
				Header.LastCompatible,
				`last compatible version ${compatible}`,
				`at most ${Math.min(VERSION, version)}`,
			);
		this.#sizeStructKnown = version >= 17;
		const length = this.#sizeStructKnown ? Header.Length : Header.SizeStruct;
		if (total < length)
			throw refuse(
				Header.TotalSize,
				`total size ${hex(total)}`,
				`the ${length} bytes of a version ${version} header`,
			);

		const start = (name: string, field: number, alignment: number): Block => {
			const at = view.getUint32(field);
			if (at < length || at > total)
				throw refuse(
					field,
					`${name} at ${hex(at)}`,
					`${hex(length)} to ${hex(total)}`,
				);
			if (at % alignment !== 0)
				throw refuse(
					field,
					`${name} at ${hex(at)}`,
					`a multiple of ${alignment}`,
				);
			return { name, start: at, end: total, field };
		};
		const sized = (block: Block, field: number): Block => {
			const size = view.getUint32(field);
			if (size > total - block.start)
				throw refuse(
					field,
					`${block.name} of ${hex(size)} bytes`,
					`at most ${hex(total - block.start)}, to the end of the blob`,
				);
			return { ...block, end: block.start + size };
		};

		const reservations = start(
			"memory reservation block",
			Header.OffReservations,
			8,
		);
		this.#struct = start("structure block", Header.OffStruct, 4);
		this.#strings = sized(
			start("strings block", Header.OffStrings, 1),
			Header.SizeStrings,
		);
		if (this.#sizeStructKnown) {
			this.#struct = sized(this.#struct, Header.SizeStruct);
			const size = this.#struct.end - this.#struct.start;
			if (size % 4 !== 0)
				throw refuse(
					Header.SizeStruct,
					`structure block of ${hex(size)} bytes`,
					"a multiple of 4",
				);
		} else {
			for (const { start } of [this.#strings, reservations])
				if (start > this.#struct.start)
					this.#struct.end = Math.min(this.#struct.end, start);
		}
		return reservations;
	}

	/** Reads entries up to the one of zeros; returns the offset behind it. */
	#readReservations(tree: DeviceTree, block: Block): number {
		for (let at = block.start; at <= block.end - 16; at += 16) {
			const address = this.#view.getBigUint64(at);
			const size = this.#view.getBigUint64(at + 8);
			if (address === 0n && size === 0n) return at + 16;
			tree.reservations.push({ address, size });
		}
		throw refuse(
			block.end,
			"the end of the blob",
			"the zero entry that ends the memory reservation block",
		);
	}

	#refuseOverlaps(blocks: Block[]): void {
		const used = blocks.filter((block) => block.end > block.start);
		used.sort((a, b) => a.start - b.start);
		for (const [index, block] of used.entries()) {
			const before = used[index - 1];
			if (before !== undefined && block.start < before.end)
				throw refuse(
					block.field,
					`${block.name} at ${hex(block.start)}`,
					`${hex(before.end)} or later, behind the ${before.name}`,
				);
		}
	}

	#readStructure(tree: DeviceTree): void {
		const { end } = this.#struct;
		let at = this.#struct.start;
		let node: DtNode | undefined;
		let rootSeen = false;
		for (;;) {
			const where = at;
			const token = this.#u32(at, "a token");
			at += 4;
			const legal = node
				? "FDT_PROP, FDT_BEGIN_NODE or FDT_END_NODE"
				: rootSeen
					? "FDT_END behind the root node"
					: "FDT_BEGIN_NODE of the root node";
			const unexpected = () =>
				refuse(where, TOKEN_NAMES[token] ?? `token ${hex(token)}`, legal);
			switch (token) {
				case Token.Nop:
					break;
				case Token.BeginNode: {
					if (node === undefined && rootSeen) throw unexpected();
					const name = this.#string(at, end, "a node's name");
					if (node === undefined) {
						if (name !== "")
							throw refuse(
								at,
								`root node ${quote(name)}`,
								"a root node without a name",
							);
						node = tree.root;
						rootSeen = true;
					} else {
						node = this.#addNode(node, name, at);
					}
					at = align4(at + name.length + 1);
					break;
				}
				case Token.EndNode:
					if (node === undefined) throw unexpected();
					node = node.parent;
					break;
				case Token.Prop:
					if (node === undefined) throw unexpected();
					if (node.children.size > 0)
						throw refuse(
							where,
							`FDT_PROP behind a child of ${quote(node.path)}`,
							"FDT_BEGIN_NODE or FDT_END_NODE",
						);
					at = this.#readProperty(node, at);
					break;
				case Token.End:
					if (node !== undefined || !rootSeen) throw unexpected();
					if (this.#sizeStructKnown && at !== end)
						throw refuse(
							at,
							`${hex(end - at)} bytes behind FDT_END`,
							"the end of the structure block",
						);
					return;
				default:
					throw unexpected();
			}
		}
	}

	#addNode(parent: DtNode, name: string, at: number): DtNode {
		if (!isNodeName(name))
			throw refuse(
				at,
				`node name ${quote(name)}`,
				`1 to ${MAX_NAME_LENGTH} printable characters without "/"`,
			);
		if (parent.children.has(name))
			throw refuse(
				at,
				`a second node ${quote(name)} in ${quote(parent.path)}`,
				"names to be unique",
			);
		if (parent.depth >= MAX_DEPTH)
			throw refuse(
				at,
				`a node at depth ${parent.depth + 1}`,
				`at most ${MAX_DEPTH}`,
			);
		return parent.addChild(name);
	}

	/** Reads what follows an FDT_PROP token; returns the offset behind it. */
	#readProperty(node: DtNode, at: number): number {
		const length = this.#u32(at, "a property's length");
		const nameOffset = this.#u32(at + 4, "a property's name");
		const name = this.#propertyName(nameOffset, at + 4);
		const start = at + 8;
		const room = this.#struct.end - start;
		if (length > room)
			throw refuse(
				at,
				`property ${quote(name)} of ${hex(length)} bytes`,
				`at most ${hex(room)}, to the end of the structure block`,
			);
		if (node.has(name))
			throw refuse(
				at + 4,
				`a second property ${quote(name)} in ${quote(node.path)}`,
				"names to be unique",
			);
		const value =
			length === 0 ? NO_BYTES : this.#bytes.subarray(start, start + length);
		if (isPhandleName(name)) this.#checkPhandle(node, name, value, start);
		node.set(name, value);
		return align4(start + length);
	}

	#checkPhandle(
		node: DtNode,
		name: string,
		value: Uint8Array,
		at: number,
	): void {
		const phandle = decodePhandle(value);
		if (phandle === undefined)
			throw refuse(
				at,
				`${name} of ${quote(node.path)}, ${value.length} bytes`,
				"4 bytes, 0x1 to 0xfffffffe",
			);
		const owner = this.#phandles.get(phandle);
		if (
			(owner !== undefined && owner !== node) ||
			(node.phandle ?? phandle) !== phandle
		)
			throw refuse(
				at,
				`${name} ${hex(phandle)} in ${quote(node.path)}`,
				`a phandle of its own; ${quote((owner ?? node).path)} has one already`,
			);
		this.#phandles.set(phandle, node);
	}

	/** The name at an offset of the strings block, which the cell at `at` gives. */
	#propertyName(offset: number, at: number): string {
		const known = this.#names.get(offset);
		if (known !== undefined) return known;
		const { start, end } = this.#strings;
		if (offset >= end - start)
			throw refuse(
				at,
				`name offset ${hex(offset)}`,
				`less than ${hex(end - start)}, the size of the strings block`,
			);
		const name = this.#string(start + offset, end, "a property's name");
		if (!isPropertyName(name))
			throw refuse(
				start + offset,
				`property name ${quote(name)}`,
				`1 to ${MAX_NAME_LENGTH} printable characters`,
			);
		this.#names.set(offset, name);
		return name;
	}

	/** The NUL-terminated string at an offset, at most one character longer than a name may be. */
	#string(at: number, end: number, what: string): string {
		const limit = Math.min(end, at + MAX_NAME_LENGTH + 1);
		let text = "";
		for (let next = at; next < limit; next++) {
			const byte = this.#view.getUint8(next);
			if (byte === 0) return text;
			text += String.fromCharCode(byte);
		}
		throw refuse(
			at,
			`${what} without an end, ${quote(text)}`,
			limit === end
				? "NUL within the block"
				: `at most ${MAX_NAME_LENGTH} characters`,
		);
	}

	#u32(at: number, what: string): number {
		if (at > this.#struct.end - 4)
			throw refuse(at, "the end of the structure block", what);
		return this.#view.getUint32(at);
	}
}
