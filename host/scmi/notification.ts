// What the platform tells unasked, as plain objects: types and values both come from the message tables.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1.1 and 4.1.3, and the tables in messages/.
//
// A field is there under its name in camel case; one that consists of named bits is there as those, single bits as booleans.

import { CosimError } from "../errors.ts";
import {
	type CompleteName,
	extract,
	type Field,
	fixedSize,
	inVersion,
	isArray,
	place,
} from "./layout.ts";
import type { baseMessages, baseNotifications } from "./messages/base.ts";
import type { clockMessages, clockNotifications } from "./messages/clock.ts";
import type {
	performanceMessages,
	performanceNotifications,
} from "./messages/performance.ts";
import type {
	powerMessages,
	powerNotifications,
} from "./messages/power-domain.ts";
import type {
	resetMessages,
	resetNotifications,
} from "./messages/reset-domain.ts";
import type { sensorMessages, sensorNotifications } from "./messages/sensor.ts";
import type {
	systemMessages,
	systemNotifications,
} from "./messages/system-power.ts";
import type {
	voltageMessages,
	voltageNotifications,
} from "./messages/voltage.ts";
import { Payload } from "./payload.ts";

/** The tables of each protocol, by its name. */
interface Tables {
	base: [typeof baseMessages, typeof baseNotifications];
	power: [typeof powerMessages, typeof powerNotifications];
	system: [typeof systemMessages, typeof systemNotifications];
	performance: [typeof performanceMessages, typeof performanceNotifications];
	clock: [typeof clockMessages, typeof clockNotifications];
	sensor: [typeof sensorMessages, typeof sensorNotifications];
	reset: [typeof resetMessages, typeof resetNotifications];
	voltage: [typeof voltageMessages, typeof voltageNotifications];
}

type Camel<S extends string> = S extends `${infer A}_${infer B}`
	? `${A}${Capitalize<Camel<B>>}`
	: S;

/** A field, or the named bits that it consists of. */
type Leaf<F> = F extends { bits: readonly (infer B)[] } ? B : F;

type Value<L> =
	| (L extends { width: 1 }
			? boolean
			: L extends { kind: "name" }
				? string
				: L extends { record: readonly (infer R extends Field)[] }
					? Values<R>[]
					: L extends { kind: `${string}[]` }
						? number[]
						: number)
	| (L extends { since: number } ? undefined : never);

type Values<F extends { name: string }> = {
	[L in Leaf<F> as L extends { name: infer N extends string }
		? Camel<N>
		: never]: Value<L>;
};

type NotificationOf<P, M> = M extends {
	name: infer N;
	reply: readonly (infer F extends Field)[];
}
	? { protocol: P; name: N } & Values<F>
	: never;

/** Commands that are never asynchronous have no fields with names that the compiler knows. */
type CompletionOf<P, M> = M extends {
	name: infer N extends string;
	delayed?: readonly (infer F extends Field)[];
}
	? string extends F["name"]
		? never
		: { protocol: P; name: CompleteName<N>; status: number } & Partial<
				Values<F>
			>
	: never;

/**
 * What an agent is told: a notification, such as CLOCK_RATE_CHANGED; or the delayed response to a direct call, such as
 * CLOCK_RATE_SET_COMPLETE, with its status, and its values if that is 0. What the version spoken does not have is undefined.
 */
export type Notification = {
	[P in keyof Tables]:
		| {
				[K in keyof Tables[P][1]]: NotificationOf<P, Tables[P][1][K]>;
		  }[keyof Tables[P][1]]
		| {
				[K in keyof Tables[P][0]]: CompletionOf<P, Tables[P][0][K]>;
		  }[keyof Tables[P][0]];
}[keyof Tables];

/** Which of them somebody wants: all when it says nothing. */
export interface NotificationFilter {
	protocol?: Notification["protocol"];
	/** As in the specification, such as CLOCK_RATE_CHANGED. */
	name?: Notification["name"];
}

/** Those that a filter lets through. */
export type Matching<F> = Extract<Notification, F>;

export function matches(
	{ protocol, name }: NotificationFilter,
	notification: Notification,
): boolean {
	return (
		(protocol === undefined || protocol === notification.protocol) &&
		(name === undefined || name === notification.name)
	);
}

/** The payload of a message, behind its header, whatever its length. */
export function payloadOf(message: Uint8Array): Payload {
	const size = message.length - HEADER_SIZE;
	const words = new Uint8Array((size + 3) & ~3);
	words.set(message.subarray(HEADER_SIZE));
	return new Payload(words.buffer, 0, words.length);
}

/**
 * The values of a layout's fields.
 * @param size bytes of the payload
 * @throws CosimError SCMI_LENGTH when fields or elements that are counted are missing, SCMI_RANGE above 2^53 - 1
 */
export function readValues(
	what: string,
	layout: readonly Field[],
	payload: Payload,
	version: number,
	size: number,
): Record<string, unknown> {
	const needed = fixedSize(layout, version);
	if (size < needed) throw tooShort(what, size, needed);
	const values: Record<string, unknown> = {};
	for (const { field, offset } of place(layout, version)) {
		if (isArray(field)) {
			const { record = [] } = field;
			const step = field.size || fixedSize(record, version);
			const counted = values[camel(field.countIn ?? "")];
			const count =
				typeof counted === "number"
					? counted
					: Math.floor((size - offset) / step);
			const end = offset + count * step;
			if (end > size) throw tooShort(what, size, end);
			values[camel(field.name)] = Array.from({ length: count }, (_, i) =>
				field.record === undefined
					? element(field, payload, offset + i * step)
					: readRecord(record, payload, offset + i * step, version),
			);
		} else {
			readField(values, field, payload, offset, version);
		}
	}
	return values;
}

/** The values of a record, which has no arrays. */
function readRecord(
	record: readonly Field[],
	payload: Payload,
	at: number,
	version: number,
): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const { field, offset } of place(record, version))
		readField(values, field, payload, at + offset, version);
	return values;
}

/** Adds the value of a field that is no array, or those of its bits. */
function readField(
	values: Record<string, unknown>,
	field: Field,
	payload: Payload,
	offset: number,
	version: number,
): void {
	if (field.bits === undefined) {
		values[camel(field.name)] = element(field, payload, offset);
		return;
	}
	const word = payload.u32(offset);
	for (const row of field.bits) {
		if (!inVersion(row, version)) continue;
		const value = extract(word, row);
		const unused = 32 - row.width;
		values[camel(row.name)] =
			row.width === 1
				? value === 1
				: row.signed
					? (value << unused) >> unused
					: value;
	}
}

const HEADER_SIZE = 4;

/** One value of a field, or of an array's element. */
function element(
	{ kind, size }: Field,
	payload: Payload,
	offset: number,
): number | string {
	if (kind === "name") return payload.name(offset, size);
	if (kind === "i64") return payload.i64(offset);
	if (size === 8) return payload.u64(offset);
	if (size === 1) return payload.bytes[offset] as number;
	const word = payload.u32(offset);
	return kind.startsWith("i") ? word | 0 : word;
}

function camel(name: string): string {
	return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function tooShort(what: string, size: number, needed: number): CosimError {
	return new CosimError(
		"SCMI_LENGTH",
		`${what}: ${size} payload bytes, expected ${needed}`,
	);
}
