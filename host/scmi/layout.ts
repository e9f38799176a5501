// How a message's parameters are described: fields in order, each a word, a 64-bit value, a name or an array, with named bits.
// Follows the tables of the SCMI specification 3.2 (Arm DEN0056): one row of theirs is one field here.

/** Named bits of a word. */
export interface Bits {
	name: string;
	/** Lowest bit, 0 to 31. */
	lsb: number;
	/** Number of bits, 1 or more. */
	width: number;
	/** Words for values. */
	values?: Readonly<Record<number, string>>;
	/** First protocol version that has the bits, and first that has them no more. */
	since?: number;
	until?: number;
}

/** One parameter of a request or a reply. Integers are little-endian, 64-bit ones two words, low word first. */
export interface Field {
	name: string;
	kind:
		| "u32"
		| "i32"
		| "u64"
		| "name"
		| "u8[]"
		| "u32[]"
		| "i32[]"
		| "u64[]"
		| "record[]";
	/** Bytes of a name's area; of one element of an array, 0 for records; 4 or 8 otherwise. */
	size: number;
	/** The fields of each record. */
	record?: readonly Field[];
	bits?: readonly Bits[];
	/** Words for values of the whole field. */
	values?: Readonly<Record<number, string>>;
	/** Value that a request takes when none is given. */
	preset?: number;
	/** An array's number of elements is in this field, or in these named bits of one. */
	countIn?: string;
	/** First protocol version that has the field, and first that has it no more. */
	since?: number;
	until?: number;
}

/** A command of a protocol with its parameters. */
export interface Message {
	/** Name as in the specification, such as CLOCK_RATE_GET. */
	name: string;
	id: number;
	/** Of the request, behind the header. */
	request: readonly Field[];
	/** Of the reply, behind the header: the status first. */
	reply: readonly Field[];
	/** Of the delayed response, the status first; absent for commands that are never asynchronous. */
	delayed?: readonly Field[];
}

/** A protocol's messages by their names without the protocol's own. */
export type Messages = Readonly<Record<string, Message>>;

/** A field in its place. */
export interface PlacedField {
	field: Field;
	/** Bytes from the beginning of the payload. */
	offset: number;
}

/** A version that has everything: what layouts follow when none is given. */
export const NEWEST = 0xffffffff;

type Extra = Partial<Omit<Field, "name" | "kind" | "size">>;

export const u32 = (name: string, extra: Extra = {}): Field => ({
	name,
	kind: "u32",
	size: 4,
	...extra,
});
export const i32 = (name: string, extra: Extra = {}): Field => ({
	name,
	kind: "i32",
	size: 4,
	...extra,
});
export const u64 = (name: string, extra: Extra = {}): Field => ({
	name,
	kind: "u64",
	size: 8,
	...extra,
});
export const text = (name: string, size: number): Field => ({
	name,
	kind: "name",
	size,
});
export const array = (
	name: string,
	kind: "u8[]" | "u32[]" | "i32[]" | "u64[]",
	extra: Extra,
): Field => ({
	name,
	kind,
	size: kind === "u8[]" ? 1 : kind === "u64[]" ? 8 : 4,
	...extra,
});
export const records = (
	name: string,
	record: readonly Field[],
	extra: Extra,
): Field => ({ name, kind: "record[]", size: 0, record, ...extra });
export const bit = (
	name: string,
	lsb: number,
	extra: Partial<Bits> = {},
): Bits => ({ name, lsb, width: 1, ...extra });
export const bits = (
	name: string,
	msb: number,
	lsb: number,
	extra: Partial<Bits> = {},
): Bits => ({
	name,
	lsb,
	width: msb - lsb + 1,
	...extra,
});

/** A message whose reply has the status in front. */
export function message(
	name: string,
	id: number,
	request: readonly Field[],
	reply: readonly Field[] = [],
	delayed?: readonly Field[],
): Message {
	const status = i32("status");
	return {
		name,
		id,
		request,
		reply: [status, ...reply],
		...(delayed === undefined ? {} : { delayed: [status, ...delayed] }),
	};
}

/** A message that the platform sends unasked: it has no status. */
export function notification(
	name: string,
	id: number,
	reply: readonly Field[],
): Message {
	return { name, id, request: [], reply };
}

/** Whether a protocol version has a field or bits. */
export function inVersion(
	row: { since?: number; until?: number },
	version: number,
): boolean {
	return (
		version >= (row.since ?? 0) &&
		version < (row.until ?? Number.POSITIVE_INFINITY)
	);
}

/** The fields that a protocol version has, in their places; an array, always last, in the place where it begins. */
export function place(
	fields: readonly Field[],
	version: number,
): PlacedField[] {
	let offset = 0;
	return fields
		.filter((field) => inVersion(field, version))
		.map((field) => {
			const placed = { field, offset };
			offset += isArray(field) ? 0 : field.size;
			return placed;
		});
}

/** Bytes that a payload has at least: everything but the elements of arrays. */
export function fixedSize(fields: readonly Field[], version: number): number {
	return fields.reduce(
		(sum, field) =>
			sum + (inVersion(field, version) && !isArray(field) ? field.size : 0),
		0,
	);
}

export function isArray(field: Field): boolean {
	return field.kind.endsWith("[]");
}

/** The value of named bits in a word. */
export function extract(word: number, row: Bits): number {
	return (word >>> row.lsb) & (row.width === 32 ? -1 : (1 << row.width) - 1);
}
