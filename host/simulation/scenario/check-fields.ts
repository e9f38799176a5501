// Fields of messages in a scenario checked against the message tables, in the layout of the version that is spoken.
// Follows the tables of the SCMI specification 3.2 (Arm DEN0056), chapter 4, in host/scmi/messages.

import type { Platform } from "../../platform/platform.ts";
import {
	type Bits,
	type Field,
	inVersion,
	isArray,
	NEWEST,
} from "../../scmi/layout.ts";
import { encodeMessage } from "../../trace/encode.ts";
import { type Known, valueAt } from "./names.ts";
import type { ExpectedAt } from "./plan.ts";
import type { StepKind } from "./shape.ts";
import { type Spot, unknownName } from "./spot.ts";

/** Elements of an array that a message of 128 bytes cannot have. */
const MOST_ELEMENTS = 1024;

/** A request, encoded. */
interface Request {
	payload: Uint8Array;
	values: Map<string, bigint>;
	/** As given, "clock_id=uart4 rate=80000000". */
	fields: string;
}

/** The request that a step's keys beside its kind's own make. */
export function requestOf(
	step: Spot,
	kind: StepKind,
	known: Known,
	version: number = NEWEST,
	platform: Platform,
): Request {
	const own = kind.keys.map(({ name }) => name);
	const { message, protocol } = known;
	const fields = message.request.filter((field) => inVersion(field, version));
	const values = new Map<string, bigint>();
	const words: string[] = [];
	for (const key of step.names("a step")) {
		if (own.includes(key)) continue;
		const field = fields.find(({ name }) => name === key);
		if (field === undefined)
			throw noField(
				step,
				key,
				message.request,
				[...fields.map(({ name }) => name), ...own],
				known,
				version,
			);
		const spot = step.member(key);
		values.set(key, valueAt(spot, known, field, version, platform));
		words.push(`${key}=${spot.value}`);
	}
	for (const { name, preset } of fields) {
		if (preset === undefined && !values.has(name))
			throw step.refused(`${message.name} needs the field "${name}"`);
	}
	const args = Object.fromEntries(values);
	const { payload } = encodeMessage(protocol.id, message.id, args, version);
	return { payload, values, fields: words.join(" ") };
}

/** That a message has no such field, or not in the version spoken, where only these names may stand. */
function noField(
	spot: Spot,
	key: string,
	all: readonly Field[],
	names: readonly string[],
	{ protocol, message }: Known,
	version: number,
): Error {
	const other = all.find(({ name }) => name === key);
	if (other !== undefined)
		return spot.keyRefused(
			key,
			`${message.name} of the ${protocol.name} protocol's version ${hex(version)} has no ${key}, it is there ${whenThere(other)}`,
		);
	return spot.keyRefused(
		key,
		`${message.name}: ${unknownName("field", key, names)}`,
	);
}

function whenThere({ since, until }: Field): string {
	const from = since === undefined ? "" : `from ${hex(since)} on`;
	return until === undefined ? from : `${from} before ${hex(until)}`.trim();
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}

/** The names by which a field's value is expected: its own, and those of its bits. */
function namesIn(field: Field): string[] {
	return [field.name, ...(field.bits ?? []).map(({ name }) => name)];
}

/**
 * What a message must have in it.
 * @param own keys that are no fields
 * @param known undefined for a message that must not be there
 */
export function expectedFields(
	spot: Spot,
	own: readonly string[],
	known: Known | undefined,
	version: number = NEWEST,
	platform: Platform,
): ExpectedAt[] {
	const all = (known?.message.reply ?? []).filter(
		({ name }) => name !== "status",
	);
	const fields = all.filter((field) => inVersion(field, version));
	return spot
		.names("fields with their values")
		.filter((key) => !own.includes(key))
		.flatMap((key) => {
			if (known === undefined)
				throw spot.keyRefused(key, "where nothing is told there are no fields");
			const found = withName(key, fields, version);
			if (found === undefined)
				throw noField(
					spot,
					key,
					all,
					[...fields.flatMap(namesIn), ...own],
					known,
					version,
				);
			return expectedAt(spot.member(key), "", found, known, version, platform);
		});
}

/** A field, or the bits of one. */
interface Found {
	field: Field;
	bits: Bits | undefined;
}

function withName(
	key: string,
	fields: readonly Field[],
	version: number,
): Found | undefined {
	const field = fields.find(({ name }) => name === key);
	if (field !== undefined) return { field, bits: undefined };
	for (const field of fields) {
		const bits = field.bits?.find(
			(row) => row.name === key && inVersion(row, version),
		);
		if (bits !== undefined) return { field, bits };
	}
	return undefined;
}

/** A value expected below a prefix of paths. */
function expectedAt(
	spot: Spot,
	prefix: string,
	{ field, bits }: Found,
	known: Known,
	version: number,
	platform: Platform,
): ExpectedAt[] {
	const path = `${prefix}${bits?.name ?? field.name}`;
	const text = String(spot.value);
	if (bits !== undefined) return [{ path, value: bitsAt(spot, bits), text }];
	if (field.kind === "name") {
		return [{ path, value: spot.text(), text: JSON.stringify(spot.value) }];
	}
	if (!isArray(field)) {
		const value = valueAt(spot, known, field, version, platform);
		return [{ path, value, text }];
	}
	const elements = spot.list(`the elements of ${path}`, 0, MOST_ELEMENTS);
	const length = `${elements.length}`;
	return [
		{ path: `${path}.length`, value: BigInt(length), text: length },
		...elements.flatMap((each, i) => {
			const place = `${path}[${i}]`;
			if (field.record === undefined) {
				const element = elementOf(field);
				return [
					{
						path: place,
						value: valueAt(each, known, element, version, platform),
						text: String(each.value),
					},
				];
			}
			return recordAt(each, `${place}.`, field, known, version, platform);
		}),
	];
}

/** What a field of many has as one; parents are clocks. */
function elementOf(field: Field): Field {
	const signed = field.kind.startsWith("i") ? "i" : "u";
	return {
		name: field.name === "parents" ? "parent_id" : field.name,
		kind: field.size === 8 ? `${signed}64` : `${signed}32`,
		size: field.size === 8 ? 8 : 4,
	};
}

/** The fields that matter of a record. */
function recordAt(
	spot: Spot,
	prefix: string,
	field: Field,
	known: Known,
	version: number,
	platform: Platform,
): ExpectedAt[] {
	const fields = (field.record ?? []).filter((row) => inVersion(row, version));
	return spot.names("fields with their values").flatMap((key) => {
		const found = withName(key, fields, version);
		if (found === undefined) {
			const names = fields.flatMap(namesIn);
			throw spot.keyRefused(key, unknownName("field", key, names));
		}
		const value = spot.member(key);
		return expectedAt(value, prefix, found, known, version, platform);
	});
}

/** Named bits: true and false for a single one, a number, or the word for one. */
function bitsAt(spot: Spot, { width, values = {}, signed }: Bits): bigint {
	if (width === 1 && typeof spot.value === "boolean")
		return spot.value ? 1n : 0n;
	const word = Object.entries(values).find(([, name]) => name === spot.value);
	if (word !== undefined) return BigInt(word[0]);
	const most = 2 ** (signed ? width - 1 : width) - 1;
	return BigInt(spot.integer(signed ? -most - 1 : 0, most));
}
