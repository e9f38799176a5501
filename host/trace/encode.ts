// From words to bytes: a command's payload from its name and its arguments, as a command line gives them.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1, and the message tables in host/scmi.

import { CosimError } from "../errors.ts";
import {
	type Field,
	fixedSize,
	inVersion,
	type Message,
	NEWEST,
	place,
} from "../scmi/layout.ts";
import { findMessage, findProtocol } from "../scmi/lookup.ts";
import { nearest } from "../scmi/nearest.ts";

/** A number, or words: a number in decimal or hexadecimal, the name of a value, or names of bits with "|" or "," between. */
export type Argument = number | bigint | string;

const WORD_LIMIT = 1n << 32n;

/** A command's numbers and payload: what an agent's `command` takes. */
export interface EncodedMessage {
	/** Name as in the specification; the numbers of a message that it does not have. */
	name: string;
	protocolId: number;
	messageId: number;
	/** Bytes behind the header. */
	payload: Uint8Array;
}

/**
 * Encodes a command. A protocol or message with an unknown number takes any number of 32-bit words.
 * @param protocol such as "clock" or 0x14
 * @param message such as "RATE_GET", "CLOCK_RATE_GET" or 6
 * @param args by name; or in the fields' order, where texts of the form name=value go by name, and fields that have a preset
 * may all be left out
 * @param version the protocol's version, whose layout is meant; the newest by default
 * @throws CosimError UNKNOWN_NAME for a protocol, message or field, USAGE for arguments that are too many, missing or no numbers
 */
export function encodeMessage(
	protocol: string | number,
	message: string | number,
	args: readonly Argument[] | Readonly<Record<string, Argument>> = [],
	version: number = NEWEST,
): EncodedMessage {
	const found = findProtocol(protocol);
	const protocolId = found.id;
	const row = findMessage(found, message);
	if (row.request === undefined) {
		const payload = rawWords(row.name, args);
		return { name: row.name, protocolId, messageId: row.id, payload };
	}
	const fields = row.request.filter((field) => inVersion(field, version));
	const given = isList(args)
		? byPosition(row, fields, args)
		: new Map(Object.entries(args));
	for (const name of given.keys()) {
		if (!fields.some((field) => field.name === name)) {
			const guess = nearest(
				name,
				fields.map((field) => field.name),
			);
			throw new CosimError(
				"UNKNOWN_NAME",
				`${row.name} has no ${name}${guess ? `, did you mean ${guess}?` : `, it takes ${usage(fields)}`}`,
			);
		}
	}
	const view = new DataView(new ArrayBuffer(fixedSize(fields, version)));
	for (const { field, offset } of place(fields, version)) {
		const argument = given.get(field.name) ?? field.preset;
		if (argument === undefined) {
			throw new CosimError(
				"USAGE",
				`${row.name} needs ${field.name}, it takes ${usage(fields)}`,
			);
		}
		const value = fieldValue(row, field, argument, version);
		view.setUint32(offset, Number(value & 0xffff_ffffn), true);
		if (field.size === 8) {
			view.setUint32(offset + 4, Number((value >> 32n) & 0xffff_ffffn), true);
		}
	}
	return {
		name: row.name,
		protocolId,
		messageId: row.id,
		payload: new Uint8Array(view.buffer),
	};
}

function isList(
	args: readonly Argument[] | Readonly<Record<string, Argument>>,
): args is readonly Argument[] {
	return Array.isArray(args);
}

/** The payload of a message whose fields nobody knows. */
function rawWords(
	name: string,
	args: readonly Argument[] | Readonly<Record<string, Argument>>,
): Uint8Array {
	const words = isList(args)
		? args
		: Object.entries(args).map(([key, value]) => `${key}=${value}`);
	const view = new DataView(new ArrayBuffer(4 * words.length));
	for (const [i, word] of words.entries()) {
		const value = wholeNumber(
			typeof word === "string" ? parseNumber(word) : word,
			WORD_LIMIT,
		);
		if (value === undefined) {
			throw new CosimError(
				"USAGE",
				`${name}: word ${i} is "${word}", expected a number of 0 to ${WORD_LIMIT - 1n}: the message's fields are not known`,
			);
		}
		view.setUint32(4 * i, Number(value), true);
	}
	return new Uint8Array(view.buffer);
}

function byPosition(
	row: Message,
	fields: readonly Field[],
	args: readonly Argument[],
): Map<string, Argument> {
	const given = new Map<string, Argument>();
	const unnamed: Argument[] = [];
	for (const argument of args) {
		const named =
			typeof argument === "string" ? /^\s*(\w+)\s*=(.*)$/.exec(argument) : null;
		if (named?.[1] && named[2] !== undefined) {
			given.set(named[1], named[2].trim());
		} else {
			unnamed.push(argument);
		}
	}
	const open = fields.filter((field) => !given.has(field.name));
	const needed = open.filter((field) => field.preset === undefined);
	const targets = unnamed.length <= needed.length ? needed : open;
	if (unnamed.length > open.length) {
		throw new CosimError(
			"USAGE",
			`${row.name} takes ${usage(fields) || "no arguments"}, not ${unnamed.length} arguments`,
		);
	}
	unnamed.forEach((argument, i) => {
		given.set((targets[i] as Field).name, argument);
	});
	return given;
}

function usage(fields: readonly Field[]): string {
	return fields
		.map((field) =>
			field.preset === undefined ? field.name : `[${field.name}]`,
		)
		.join(" ");
}

/**
 * A field's value from what was given for it, as a bigint.
 * @throws CosimError USAGE, naming message and field
 */
export function fieldValue(
	row: Message,
	field: Field,
	argument: Argument,
	version: number,
): bigint {
	const value =
		typeof argument === "string"
			? (parseNumber(argument) ?? named(field, argument, version))
			: argument;
	const values = field.size === 8 ? WORD_LIMIT * WORD_LIMIT : WORD_LIMIT;
	const least = field.kind.startsWith("i") ? -values / 2n : 0n;
	const limit = least + values;
	const whole = wholeNumber(value, limit, least);
	if (whole === undefined) {
		const words = knownWords(field, version);
		throw new CosimError(
			"USAGE",
			`${row.name}: ${field.name} is "${argument}", expected a number of ${least} to ${limit - 1n}${
				words.length > 0 ? ` or ${words.join(", ")}` : ""
			}`,
		);
	}
	return whole;
}

/** A value as a bigint; undefined unless it is whole, `least` or more, and below the limit. */
function wholeNumber(
	value: number | bigint | undefined,
	limit: bigint,
	least = 0n,
): bigint | undefined {
	const whole =
		typeof value === "number" && Number.isSafeInteger(value)
			? BigInt(value)
			: value;
	return typeof whole === "bigint" && whole >= least && whole < limit
		? whole
		: undefined;
}

function parseNumber(text: string): bigint | undefined {
	const number = /^(-?)(\d+|0x[0-9a-f]+)$/i.exec(text.trim());
	if (number?.[2] === undefined) return undefined;
	return number[1] ? -BigInt(number[2]) : BigInt(number[2]);
}

/** The value of names; undefined when one of them is none. */
function named(
	field: Field,
	text: string,
	version: number,
): bigint | undefined {
	let value = 0n;
	for (const word of text.split(/[|,]/)) {
		const part = wordValue(
			field,
			word.trim().toLowerCase().replaceAll("-", "_"),
			version,
		);
		if (part === undefined) {
			return undefined;
		}
		value |= BigInt(part);
	}
	return value;
}

function wordValue(
	field: Field,
	word: string,
	version: number,
): number | undefined {
	for (const [value, name] of Object.entries(field.values ?? {})) {
		if (name.toLowerCase() === word) {
			return Number(value);
		}
	}
	for (const bits of field.bits ?? []) {
		if (!inVersion(bits, version)) {
			continue;
		}
		if (bits.name === word && bits.width === 1) {
			return (1 << bits.lsb) >>> 0;
		}
		for (const [value, name] of Object.entries(bits.values ?? {})) {
			if (name === word) {
				return (Number(value) << bits.lsb) >>> 0;
			}
		}
	}
	return undefined;
}

function knownWords(field: Field, version: number): string[] {
	const bits = (field.bits ?? []).filter((row) => inVersion(row, version));
	return [
		...Object.values(field.values ?? {}),
		...bits.flatMap((row) =>
			row.values
				? Object.values(row.values)
				: row.width === 1
					? [row.name]
					: [],
		),
	];
}
