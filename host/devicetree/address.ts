// Addresses in a devicetree: `reg` and `ranges`, and the way from a bus address up to the CPU's.
// Follows the Devicetree Specification v0.4, chapters 2.3.5 (cells), 2.3.6 (reg) and 2.3.8 (ranges).

import { CosimError } from "../errors.ts";
import type { DtNode } from "./tree.ts";
import { hex } from "./values.ts";

/** Most cells that an address or a size may have. */
const MAX_CELLS = 4;

/** Most entries of one `ranges`; the greatest real bus has about 50. */
const MAX_RANGES = 128;

/** Decoded `ranges` by their bytes, which are replaced and never changed when a property is set. */
const decodedRanges = new WeakMap<
	Uint8Array,
	{ widths: string; entries: Range[] }
>();

/** An area of a bus, or of the CPU's physical address space; address and size in bytes. */
export interface Region {
	address: bigint;
	size: bigint;
}

/** One entry of `ranges`: `size` bytes at `child` of a bus appear at `parent` of the bus above. */
export interface Range {
	child: bigint;
	parent: bigint;
	size: bigint;
}

/**
 * Cells of an address on a node's own bus: its `#address-cells`, 2 when absent.
 * @throws CosimError DT_BINDING when it is not 0 to 4
 */
export function addressCells(bus: DtNode): number {
	return cellCount(bus, "#address-cells", 2);
}

/**
 * Cells of a size on a node's own bus: its `#size-cells`, 1 when absent.
 * @throws CosimError DT_BINDING when it is not 0 to 4
 */
export function sizeCells(bus: DtNode): number {
	return cellCount(bus, "#size-cells", 1);
}

/**
 * The entries of a node's `reg`, in the address space of the bus it sits on; empty when it has none.
 * @throws CosimError DT_BINDING when the length does not fit the bus's cells
 */
export function reg(node: DtNode): Region[] {
	const bus = node.parent;
	if (bus === undefined || !node.has("reg")) return [];
	const widths = [addressCells(bus), sizeCells(bus)];
	return entries(node, "reg", widths).map(([address = 0n, size = 0n]) => ({
		address,
		size,
	}));
}

/**
 * The entries of a bus's `ranges`; undefined when it has none, empty when its addresses are those of the bus above.
 * @throws CosimError DT_BINDING when the length does not fit the cells of both buses, or there are more than 128 entries
 */
export function ranges(bus: DtNode): readonly Range[] | undefined {
	const bytes = bus.properties.get("ranges");
	if (bytes === undefined || bus.parent === undefined) return undefined;
	const widths = [addressCells(bus), addressCells(bus.parent), sizeCells(bus)];
	const width = widths.reduce((sum, cells) => sum + cells, 0);
	if (bytes.length > MAX_RANGES * width * 4)
		throw bus.malformed("ranges", `at most ${MAX_RANGES} entries`);
	const known = decodedRanges.get(bytes);
	if (known?.widths === `${widths}`) return known.entries;
	const list = entries(bus, "ranges", widths).map(
		([child = 0n, parent = 0n, size = 0n]) => ({ child, parent, size }),
	);
	decodedRanges.set(bytes, { widths: `${widths}`, entries: list });
	return list;
}

/**
 * The CPU's physical address of an address on a node's own bus.
 * @param size bytes from there that must be reachable as one piece
 * @throws CosimError DT_BINDING when a bus on the way has no `ranges`, or none that covers the area
 */
export function translate(bus: DtNode, address: bigint, size = 1n): bigint {
	let at = address;
	for (let node = bus; node.parent !== undefined; node = node.parent) {
		const map = ranges(node);
		if (map === undefined)
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: ranges is absent, expected it to map ${hex(at)} to the bus above`,
			);
		if (map.length === 0) continue;
		const range = map.find(
			({ child, size: length }) => at >= child && at + size <= child + length,
		);
		if (range === undefined)
			throw node.malformed(
				"ranges",
				`an entry that covers ${hex(at)}, ${hex(size)} bytes`,
			);
		at += range.parent - range.child;
	}
	if (at + size > 1n << 64n)
		throw new CosimError(
			"DT_BINDING",
			`${bus.path}: ${hex(address)} translates to ${hex(at)}, expected an address below 2^64`,
		);
	return at;
}

/**
 * The address on a node's own bus of a CPU's physical address: the way back of {@link translate}.
 * @param size bytes from there that must be reachable as one piece
 * @throws CosimError DT_BINDING when no `ranges` on the way covers the area
 */
export function busAddress(bus: DtNode, physical: bigint, size = 1n): bigint {
	if (bus.parent === undefined) return physical;
	const at = busAddress(bus.parent, physical, size);
	const map = ranges(bus);
	if (map?.length === 0) return at;
	const range = map?.find(
		({ parent, size: length }) => at >= parent && at + size <= parent + length,
	);
	if (range === undefined)
		throw bus.malformed(
			"ranges",
			`an entry that leads to ${hex(physical)}, ${hex(size)} bytes`,
		);
	return at - range.parent + range.child;
}

/**
 * The entries of a node's `reg` as the CPU's physical addresses.
 * @throws CosimError DT_BINDING when `reg` is malformed or cannot be translated
 */
export function physicalRegions(node: DtNode): Region[] {
	const bus = node.parent;
	if (bus === undefined) return [];
	return reg(node).map(({ address, size }) => ({
		address: translate(bus, address, size),
		size,
	}));
}

/**
 * The cells of a number on a bus, most significant first.
 * @throws CosimError DT_BINDING when the number does not fit
 */
export function toCells(bus: DtNode, value: bigint, width: number): number[] {
	if (value < 0n || value >> BigInt(width * 32) !== 0n)
		throw new CosimError(
			"DT_BINDING",
			`${bus.path}: ${hex(value)} does not fit the bus's ${width} cells`,
		);
	return Array.from({ length: width }, (_, index) =>
		Number((value >> BigInt((width - 1 - index) * 32)) & 0xffffffffn),
	);
}

/** The cells of a `reg` entry on a bus. */
export function regCells(bus: DtNode, { address, size }: Region): number[] {
	return [
		...toCells(bus, address, addressCells(bus)),
		...toCells(bus, size, sizeCells(bus)),
	];
}

/** True when two areas share a byte. */
export function overlap(a: Region, b: Region): boolean {
	return a.address < b.address + b.size && b.address < a.address + a.size;
}

/** True when the first area lies wholly within the second. */
export function within(inner: Region, outer: Region): boolean {
	return (
		inner.address >= outer.address &&
		inner.address + inner.size <= outer.address + outer.size
	);
}

function cellCount(bus: DtNode, property: string, absent: number): number {
	const count = bus.u32(property) ?? absent;
	if (count > MAX_CELLS) throw bus.malformed(property, `0 to ${MAX_CELLS}`);
	return count;
}

/** Splits a property into entries of numbers with the given widths in cells. */
function entries(node: DtNode, property: string, widths: number[]): bigint[][] {
	const cells = node.cells(property) ?? [];
	const width = widths.reduce((sum, cell) => sum + cell, 0);
	if (width === 0 ? cells.length > 0 : cells.length % width !== 0)
		throw node.malformed(property, `entries of ${widths.join(" + ")} cells`);
	const result: bigint[][] = [];
	for (let at = 0; at < cells.length; ) {
		result.push(
			widths.map((count) => {
				let value = 0n;
				for (const end = at + count; at < end; at++)
					value = (value << 32n) | BigInt(cells[at] ?? 0);
				return value;
			}),
		);
	}
	return result;
}

/** An area for a message: its size and where it starts. */
export function describeRegion({ address, size }: Region): string {
	return `${hex(size)} bytes at ${hex(address)}`;
}
