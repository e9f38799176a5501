// Property values of a devicetree: bytes to strings, cells and phandles and back.
// Follows the Devicetree Specification v0.4, chapters 2.2.1 (names) and 2.2.4 (property values).

/** Longest node or property name in characters. The specification says 31, which real trees exceed. */
export const MAX_NAME_LENGTH = 255;

/** The value of a property without value. */
export const NO_BYTES = new Uint8Array(0);

/**
 * What a property can be set to: raw bytes (kept, not copied), a string, a list of strings, one u32 cell, a list of u32 cells,
 * one u64 (bigint), or `true` for a property without value.
 */
export type PropertyValue =
	| Uint8Array
	| string
	| readonly string[]
	| number
	| readonly number[]
	| bigint
	| true;

/** True for a name that a node may have below the root: 1 to 255 printable ASCII characters, no space, no slash. */
export function isNodeName(name: string): boolean {
	return isPropertyName(name) && !name.includes("/");
}

/** True for a name that a property may have: 1 to 255 printable ASCII characters, no space. */
export function isPropertyName(name: string): boolean {
	return name.length <= MAX_NAME_LENGTH && /^[!-~]+$/.test(name);
}

/** True for the two property names that give a node its phandle. */
export function isPhandleName(property: string): boolean {
	return property === "phandle" || property === "linux,phandle";
}

/** The bytes of a value, or why it has none. */
export function encodeValue(value: PropertyValue): Uint8Array | string {
	if (value instanceof Uint8Array) return value;
	if (value === true) return NO_BYTES;
	if (typeof value === "bigint") {
		if (BigInt.asUintN(64, value) !== value) return `${value} is not a u64`;
		const bytes = new Uint8Array(8);
		new DataView(bytes.buffer).setBigUint64(0, value);
		return bytes;
	}
	if (typeof value === "string") return new TextEncoder().encode(`${value}\0`);
	if (typeof value === "number") return encodeCells([value]);
	if (value.every((item) => typeof item === "number"))
		return encodeCells(value);
	return new TextEncoder().encode(value.map((item) => `${item}\0`).join(""));
}

function encodeCells(cells: readonly number[]): Uint8Array | string {
	const wrong = cells.find((cell) => cell >>> 0 !== cell);
	if (wrong !== undefined) return `${wrong} is not a u32`;
	const bytes = new Uint8Array(cells.length * 4);
	const view = new DataView(bytes.buffer);
	for (const [index, cell] of cells.entries()) view.setUint32(index * 4, cell);
	return bytes;
}

/** The u32 cells of a value; undefined when its length is no multiple of 4 bytes. */
export function decodeCells(bytes: Uint8Array): number[] | undefined {
	if (bytes.length % 4 !== 0) return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	return Array.from({ length: bytes.length / 4 }, (_, index) =>
		view.getUint32(index * 4),
	);
}

/** The strings of a NUL-terminated list; undefined when the bytes are not one. */
export function decodeStrings(bytes: Uint8Array): string[] | undefined {
	if (bytes.length === 0) return [];
	if (bytes.at(-1) !== 0) return undefined;
	try {
		const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
		return decoder.decode(bytes.subarray(0, -1)).split("\0");
	} catch {
		return undefined;
	}
}

/** The phandle that a value holds, 1 to 0xfffffffe; undefined when it holds none. */
export function decodePhandle(
	bytes: Uint8Array | undefined,
): number | undefined {
	if (bytes?.length !== 4) return undefined;
	const phandle = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
	return phandle === 0 || phandle === 0xffffffff ? undefined : phandle;
}

/** A value as a person would write it: strings, cells or bytes, shortened when long. */
export function describeValue(bytes: Uint8Array): string {
	if (bytes.length === 0) return "empty";
	const texts = bytes.length > 256 ? undefined : decodeStrings(bytes);
	if (texts?.every((text) => /^[ -~]+$/.test(text)))
		return texts.map((text) => JSON.stringify(text)).join(", ");
	const head = bytes.subarray(0, 64);
	const more = bytes.length > head.length ? " ..." : "";
	const bare = Array.from(head, (byte) => byte.toString(16).padStart(2, "0"));
	if (bytes.length % 4 !== 0) return `[${bare.join(" ")}${more}]`;
	const cells = decodeCells(head)?.map((cell) => hex(cell));
	return `<${cells?.join(" ")}${more}>`;
}

/** A number as hexadecimal with its prefix. */
export function hex(value: number | bigint): string {
	return `0x${value.toString(16)}`;
}

/** A text of any origin in quotes for a message, control characters escaped, shortened when long. */
export function quote(text: string): string {
	return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
