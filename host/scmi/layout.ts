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
	/** The highest of them is a sign. */
	signed?: boolean;
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
		| "i64"
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
	/** An array's number of elements is in this field, or in these named bits of one; without, the message's end tells. */
	countIn?: string;
	/** In a record: it is there only while named bits of its earlier words have these values. */
	when?: Readonly<Record<string, number>>;
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

/** A field whose name, kind and bits the compiler knows: types of notifications are made from them. */
type Known<N, K extends Field["kind"], X> = Field & {
	name: N;
	kind: K;
} & (X extends { bits: infer B } ? { bits: B } : unknown) &
	(X extends { since: number } ? { since: number } : unknown);

export const u32 = <const N extends string, const X extends Extra = object>(
	name: N,
	extra?: X,
) => ({ name, kind: "u32", size: 4, ...extra }) as Known<N, "u32", X>;
export const i32 = <const N extends string>(name: N, extra?: Extra) =>
	({ name, kind: "i32", size: 4, ...extra }) as Known<N, "i32", Extra>;
export const u64 = <const N extends string>(name: N, extra?: Extra) =>
	({ name, kind: "u64", size: 8, ...extra }) as Known<N, "u64", Extra>;
export const i64 = <const N extends string>(name: N, extra?: Extra) =>
	({ name, kind: "i64", size: 8, ...extra }) as Known<N, "i64", Extra>;
export const text = <const N extends string>(name: N, size: number) =>
	({ name, kind: "name", size }) as Known<N, "name", Extra>;
export const array = <
	const N extends string,
	const K extends "u8[]" | "u32[]" | "i32[]" | "u64[]",
>(
	name: N,
	kind: K,
	extra: Extra,
) =>
	({
		name,
		kind,
		size: kind === "u8[]" ? 1 : kind === "u64[]" ? 8 : 4,
		...extra,
	}) as Known<N, K, Extra>;
export const records = <
	const N extends string,
	const R extends readonly Field[],
>(
	name: N,
	record: R,
	extra?: Extra,
) =>
	({ name, kind: "record[]", size: 0, record, ...extra }) as Known<
		N,
		"record[]",
		Extra
	> & { record: R };
export const bit = <const N extends string>(
	name: N,
	lsb: number,
	extra: Partial<Bits> = {},
): Bits & { name: N; width: 1 } => ({ ...extra, name, lsb, width: 1 });
export const bits = <const N extends string>(
	name: N,
	msb: number,
	lsb: number,
	extra: Partial<Bits> = {},
): Bits & { name: N } => ({ ...extra, name, lsb, width: msb - lsb + 1 });

/** A message whose reply has the status in front, and its delayed response, too. */
export function message<
	const N extends string,
	const D extends readonly Field[] = never,
>(
	name: N,
	id: number,
	request: readonly Field[],
	reply: readonly Field[] = [],
	delayed?: D,
): Message & { name: N; delayed?: D } {
	const status = i32("status");
	const found: Message = { name, id, request, reply: [status, ...reply] };
	if (delayed !== undefined) found.delayed = [status, ...delayed];
	return found as Message & { name: N; delayed?: D };
}

/** A message that the platform sends unasked: it has no status. */
export function notification<
	const N extends string,
	const F extends readonly Field[],
>(name: N, id: number, reply: F): Message & { name: N; reply: F } {
	return { name, id, request: [], reply };
}

/** The specification's name of the delayed response to a command. */
export function completeName<N extends string>(command: N): CompleteName<N> {
	return `${command.replace(/_GET$/, "")}_COMPLETE` as CompleteName<N>;
}

export type CompleteName<N extends string> = N extends `${infer S}_GET`
	? `${S}_COMPLETE`
	: `${N}_COMPLETE`;

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
