// From bytes to words: a message's header, parameters and bits by their names in the specification.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1, and the message tables in host/scmi.

import { CosimError } from "../errors.ts";
import {
	type Bits,
	completeName,
	extract,
	type Field,
	fixedSize,
	inVersion,
	isArray,
	type Messages,
	NEWEST,
	place,
} from "../scmi/layout.ts";
import { protocolName } from "../scmi/lookup.ts";
import { protocols } from "../scmi/messages.ts";
import { Payload } from "../scmi/payload.ts";
import { statusName } from "../scmi/status.ts";

/** Named bits that are set, or whose zero has a meaning of its own. */
export interface DecodedBits {
	name: string;
	value: number;
	text: string;
}

/** A field of a message, or what stands in its place. */
export interface DecodedField {
	/**
	 * As in the specification; elements of arrays have an index, fields of a record follow it behind a dot, leftover bytes
	 * have the name "(left over)".
	 */
	name: string;
	/** Bytes from the beginning of the message, whose header is at 0. */
	offset: number;
	/** Bytes that are there. */
	size: number;
	/** Undefined when bytes are missing; a bigint only above 2^53 - 1. */
	value: number | bigint | string | undefined;
	/** The value for people. */
	text: string;
	bits?: DecodedBits[];
}

/** A message in words. What depends on a header that is not there is undefined. */
export interface DecodedMessage {
	/** "request", "reply", or the kind of a message that the platform sends by itself. */
	kind:
		| "request"
		| "reply"
		| "delayed response"
		| "notification"
		| "reserved type";
	protocolId: number | undefined;
	/** The protocol's name, or its number. */
	protocol: string;
	messageId: number | undefined;
	/** The message's name, or its number. */
	message: string;
	token: number | undefined;
	/** The status of a reply or a delayed response. */
	status: number | undefined;
	fields: DecodedField[];
}

/** How to read a message. */
export interface DecodeOptions {
	/** It is the reply to a command, not the command: the bytes do not tell. */
	reply?: boolean;
	/** The protocol's version, whose layout is meant; the newest by default. */
	version?: number;
}

const HEADER: readonly Bits[] = [
	{ name: "message_id", lsb: 0, width: 8 },
	{ name: "message_type", lsb: 8, width: 2 },
	{ name: "protocol_id", lsb: 10, width: 8 },
	{ name: "token", lsb: 18, width: 10 },
];
const TYPES = [
	"command",
	"reserved type",
	"delayed response",
	"notification",
] as const;
const HEADER_SIZE = 4;

/**
 * Decodes a message. Whatever the bytes are, it does not throw: fields say what is missing and what is left over.
 * @param data header and payload, as bytes or as hexadecimal digits in memory order, with any spacing
 * @throws CosimError USAGE for text that is not hexadecimal bytes
 */
export function decodeMessage(
	data: Uint8Array | string,
	options: DecodeOptions = {},
): DecodedMessage {
	const bytes = typeof data === "string" ? parseHex(data) : data;
	const version = options.version ?? NEWEST;
	const reader = new Reader(bytes);
	const result: DecodedMessage = {
		kind: options.reply ? "reply" : "request",
		protocolId: undefined,
		protocol: "unknown",
		messageId: undefined,
		message: "unknown",
		token: undefined,
		status: undefined,
		fields: reader.fields,
	};
	const header = reader.header();
	if (header === undefined) {
		return result;
	}
	const [messageId, type, protocolId, token] = HEADER.map((row) =>
		extract(header, row),
	) as [number, number, number, number];
	const typeName = TYPES[type] ?? "reserved type";
	const reply = typeName === "command" && options.reply === true;
	const known = lookUp(protocolId, messageId, typeName, reply);
	Object.assign(result, {
		protocolId,
		protocol: protocolName(protocolId),
		messageId,
		message: known?.name ?? `0x${messageId.toString(16)}`,
		token,
	});
	if (typeName !== "command") result.kind = typeName;
	const answers = reply || typeName === "delayed response";
	if (answers) result.status = reader.status();
	// Whoever refuses has nothing more to say.
	if (known !== undefined && (!answers || result.status === 0))
		reader.parameters(known.layout, version);
	const described = known !== undefined && (result.status ?? 0) === 0;
	reader.rest(described ? "(left over)" : "(payload)");
	return result;
}

/** A message's name and fields, as the tables have them for its type. */
function lookUp(
	protocolId: number,
	messageId: number,
	type: (typeof TYPES)[number],
	reply: boolean,
): { name: string; layout: readonly Field[] } | undefined {
	const protocol = protocols.find((row) => row.id === protocolId);
	const rows: Messages =
		(type === "notification" ? protocol?.notifications : protocol?.messages) ??
		{};
	const row = Object.values(rows).find(({ id }) => id === messageId);
	if (row === undefined || type === "reserved type") return undefined;
	const { name, request, delayed } = row;
	if (type === "delayed response")
		return delayed && { name: completeName(name), layout: delayed };
	const asked = type === "command" && !reply;
	return { name, layout: asked ? request : row.reply };
}

/** Goes through a message's bytes and collects fields. */
class Reader {
	readonly fields: DecodedField[] = [];
	readonly #bytes: Uint8Array;
	/** The same bytes, copied and padded to whole words. */
	readonly #words: Payload;
	#at = 0;

	constructor(bytes: Uint8Array) {
		const size = (bytes.length + 7) & ~7;
		const buffer = new ArrayBuffer(size);
		new Uint8Array(buffer).set(bytes);
		this.#bytes = bytes;
		this.#words = new Payload(buffer, 0, size);
	}

	header(): number | undefined {
		const row: Field = {
			name: "header",
			kind: "u32",
			size: HEADER_SIZE,
			bits: HEADER,
		};
		return this.#scalar(row, row.name, 0) as number | undefined;
	}

	status(): number | undefined {
		const row: Field = { name: "status", kind: "i32", size: 4 };
		return this.#scalar(row, row.name, HEADER_SIZE) as number | undefined;
	}

	/** Everything behind the header; of a reply, behind the status. */
	parameters(layout: readonly Field[], version: number): void {
		/** Values of words and of their named bits: arrays are counted in one of them. */
		const words = new Map<string, number>();
		for (const { field, offset } of place(layout, version)) {
			const at = HEADER_SIZE + offset;
			if (field.record) {
				this.#records(field, at, words, version);
			} else if (isArray(field)) {
				this.#array(field, at, words);
			} else if (field.name !== "status") {
				this.#word(field, field.name, at, words, version);
			}
		}
	}

	/** Adds a field that is not an array, and notes its value and those of its bits. */
	#word(
		field: Field,
		name: string,
		offset: number,
		words: Map<string, number>,
		version: number,
	): void {
		const row = field.bits
			? {
					...field,
					bits: field.bits.filter((bits) => inVersion(bits, version)),
				}
			: field;
		const value = this.#scalar(row, name, offset);
		if (typeof value !== "number") return;
		words.set(row.name, value);
		for (const bits of row.bits ?? []) {
			words.set(bits.name, extract(value, bits));
		}
	}

	/** Bytes that no field has taken. */
	rest(name: string): void {
		const left = this.#bytes.subarray(this.#at);
		if (left.length > 0) {
			this.fields.push({
				name,
				offset: this.#at,
				size: left.length,
				value: hexBytes(left),
				text: hexBytes(left),
			});
		}
	}

	#array(row: Field, offset: number, words: ReadonlyMap<string, number>): void {
		const total = words.get(row.countIn ?? "");
		if (total === undefined) {
			return;
		}
		const there = Math.floor(
			Math.max(0, this.#bytes.length - offset) / row.size,
		);
		const element: Field = {
			name: row.name,
			kind: row.kind === "u64[]" ? "u64" : row.kind === "i32[]" ? "i32" : "u32",
			size: row.size,
		};
		for (let i = 0; i < Math.min(total, there); i++) {
			this.#scalar(element, `${row.name}[${i}]`, offset + i * row.size);
		}
		if (row.size < 4) {
			// Bytes come in whole words.
			this.#at = Math.min((this.#at + 3) & ~3, this.#bytes.length);
		}
		if (total > there) {
			const at = offset + there * row.size;
			const name = `${row.name}[${there}${total - there > 1 ? `..${total - 1}` : ""}]`;
			const size = this.#bytes.length - at;
			this.#at = this.#bytes.length;
			this.fields.push({
				name,
				offset: at,
				size,
				value: undefined,
				text: `missing: needs ${(total - there) * row.size} bytes, ${size} there`,
			});
		}
	}

	/** As many as are counted, or as have begun; what fields one has, its own words tell. */
	#records(
		row: Field,
		offset: number,
		words: ReadonlyMap<string, number>,
		version: number,
	): void {
		const { record = [], countIn } = row;
		const total =
			countIn === undefined
				? Number.POSITIVE_INFINITY
				: (words.get(countIn) ?? 0);
		let at = offset;
		for (let i = 0; i < total; i++) {
			if (at >= this.#bytes.length) {
				if (countIn === undefined) return;
				const always = record.filter((field) => field.when === undefined);
				const needed = (total - i) * fixedSize(always, version);
				this.#missing(`${row.name}[${i}]`, at, needed);
				return;
			}
			const own = new Map<string, number>();
			for (const field of record) {
				if (!inVersion(field, version) || !isThere(field, own)) continue;
				const name = `${row.name}[${i}].${field.name}`;
				this.#word(field, name, at, own, version);
				at += field.size;
			}
		}
	}

	/** Adds what is counted, but not there at all. */
	#missing(name: string, offset: number, needed: number): void {
		this.fields.push({
			name,
			offset,
			size: 0,
			value: undefined,
			text: `missing: needs ${needed} bytes, 0 there`,
		});
	}

	/** Adds a field that is not an array; returns its value if it is there. */
	#scalar(
		row: Field,
		name: string,
		offset: number,
	): number | bigint | string | undefined {
		const there = Math.max(0, Math.min(row.size, this.#bytes.length - offset));
		this.#at = Math.max(this.#at, offset + there);
		if (there < row.size) {
			this.fields.push({
				name,
				offset,
				size: there,
				value: undefined,
				text: `missing: needs ${row.size} bytes, ${there} there`,
			});
			return undefined;
		}
		const field = this.#read(row, offset);
		this.fields.push({ name, offset, size: row.size, ...field });
		return field.value;
	}

	#read(
		row: Field,
		offset: number,
	): Pick<DecodedField, "value" | "text" | "bits"> {
		if (row.kind === "name") {
			const value = this.#words.name(offset, row.size);
			const ended = value.length < row.size;
			return {
				value,
				text: JSON.stringify(value) + (ended ? "" : " (no terminating NUL)"),
			};
		}
		if (row.kind === "u64" || row.kind === "i64") {
			const bits =
				(BigInt(this.#words.u32(offset + 4)) << 32n) |
				BigInt(this.#words.u32(offset));
			const value = row.kind === "i64" ? BigInt.asIntN(64, bits) : bits;
			const short = Number.isSafeInteger(Number(value)) ? Number(value) : value;
			return { value: short, text: numberText(short) };
		}
		if (row.kind === "i32") {
			const value = this.#words.i32(offset);
			return {
				value,
				text:
					row.name === "status"
						? `${statusName(value)} (${value})`
						: `${value}`,
			};
		}
		const value =
			row.size === 1
				? (this.#bytes[offset] as number)
				: this.#words.u32(offset);
		if (row.bits) {
			const bits = decodeBits(row.bits, value);
			const words = bits.map((bit) => bit.text).join(", ");
			return {
				value,
				text: words ? `${hexWord(value)}: ${words}` : hexWord(value),
				bits,
			};
		}
		const word = row.values?.[value];
		return {
			value,
			text:
				word === undefined ? numberText(value) : `${word} (${hexWord(value)})`,
		};
	}
}

/** Whether a record has a field, as its earlier words tell. */
function isThere(field: Field, words: ReadonlyMap<string, number>): boolean {
	return Object.entries(field.when ?? {}).every(
		([name, value]) => words.get(name) === value,
	);
}

function decodeBits(rows: readonly Bits[], word: number): DecodedBits[] {
	const found: DecodedBits[] = [];
	let reserved = word;
	for (const row of rows) {
		const unused = row.signed ? 32 - row.width : 0;
		const value = (extract(word, row) << unused) >> unused;
		reserved &= ~(extract(-1, row) << row.lsb);
		const meaning = row.values?.[value];
		if (row.width > 1 || value !== 0 || meaning !== undefined) {
			const text =
				row.width === 1 && !meaning
					? row.name
					: `${row.name} ${meaning ?? value}`;
			found.push({ name: row.name, value, text });
		}
	}
	if (reserved !== 0) {
		found.push({
			name: "reserved",
			value: reserved >>> 0,
			text: `reserved ${hexWord(reserved >>> 0)}`,
		});
	}
	return found;
}

function numberText(value: number | bigint): string {
	return value > 9 ? `${value} (0x${value.toString(16)})` : `${value}`;
}

function hexWord(value: number): string {
	return `0x${value.toString(16).padStart(8, "0")}`;
}

/** Bytes as pairs of hexadecimal digits, a space between two. */
export function hexBytes(bytes: Uint8Array): string {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/**
 * Bytes from hexadecimal digits in memory order. Spaces, commas, colons, line ends and "0x" are passed over.
 * @throws CosimError USAGE, with the position
 */
export function parseHex(text: string): Uint8Array {
	const digits = text.replace(/0x|[\s,:]/gi, "");
	const wrong = text.replace(/0x/gi, "  ").search(/[^\s,:0-9a-f]/i);
	if (wrong >= 0) {
		throw new CosimError(
			"USAGE",
			`"${text[wrong]}" at position ${wrong} is not a hexadecimal digit`,
		);
	}
	if (digits.length % 2 !== 0) {
		throw new CosimError(
			"USAGE",
			`${digits.length} hexadecimal digits, expected two for each byte`,
		);
	}
	return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
		Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
	);
}
