// SENSOR_DESCRIPTION_GET for a guest: the descriptors of its own sensors, in its own order, with its own IDs.
// SCMI 3.2 (Arm DEN0056E), section 4.7.2.5. A descriptor's length depends on its bits, so each is asked for by itself.

import { extract, type Field, inVersion } from "../../scmi/layout.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { payloadOf } from "./agent-channel.ts";
import type { Answer, Call } from "./call.ts";

/** Status and the word with the counts. */
const LIST_AT = 8;
const HEADER_SIZE = 4;
/** A place behind every sensor: the firmware's own answer to one that does not exist. */
const NOWHERE = 0xffff_ffff;

export function descriptions(call: Call): Answer {
	const { ids, maxMessageSize } = call.caller;
	const total = ids.count("sensors");
	const first = call.request.getUint32(0, true);
	if (first > total) return refusal(call);
	const found: Uint8Array[] = [];
	let size = HEADER_SIZE + LIST_AT;
	let place = first;
	for (; place < total; place++) {
		const id = ids.toPlatform("sensors", place);
		if (id === undefined) continue;
		const descriptor = descriptorOf(call, id, place);
		if (typeof descriptor === "number") return descriptor;
		if (size + descriptor.length > maxMessageSize) break;
		size += descriptor.length;
		found.push(descriptor);
	}
	const answer = new Uint8Array(size - HEADER_SIZE);
	answer.set(
		payloadOf(
			ScmiStatus.SUCCESS,
			(((total - place) << 16) | found.length) >>> 0,
		),
	);
	let at = LIST_AT;
	for (const descriptor of found) {
		answer.set(descriptor, at);
		at += descriptor.length;
	}
	return answer;
}

/** What the firmware says of a place that there is not. */
function refusal(call: Call): Answer {
	const status = call.send(call.message, NOWHERE).getInt32(0, true);
	return status === ScmiStatus.SUCCESS ? ScmiStatus.OUT_OF_RANGE : status;
}

/** The descriptor of one sensor, with the guest's ID; the firmware may send others behind it. */
function descriptorOf(
	call: Call,
	platformId: number,
	guestId: number,
): Uint8Array | number {
	const reply = call.send(call.message, platformId);
	const status = reply.getInt32(0, true);
	if (status !== ScmiStatus.SUCCESS) return status;
	const record = call.message.reply.find(({ record }) => record)?.record ?? [];
	const view = new DataView(reply.buffer, LIST_AT);
	const size = recordSize(record, call.version, view);
	const is = size > 0 && view.getUint32(0, true) === platformId;
	if (!is) return ScmiStatus.GENERIC_ERROR;
	const bytes = new Uint8Array(reply.buffer).slice(LIST_AT, LIST_AT + size);
	new DataView(bytes.buffer).setUint32(0, guestId, true);
	return bytes;
}

/** Bytes of the record at the beginning of a view; 0 when it is not all there. */
function recordSize(
	fields: readonly Field[],
	version: number,
	view: DataView,
): number {
	const bits = new Map<string, number>();
	let size = 0;
	for (const field of fields) {
		const conditions = Object.entries(field.when ?? {});
		if (
			!inVersion(field, version) ||
			!conditions.every(([name, value]) => bits.get(name) === value)
		)
			continue;
		if (size + field.size > view.byteLength) return 0;
		for (const row of field.bits ?? [])
			if (inVersion(row, version))
				bits.set(row.name, extract(view.getUint32(size, true), row));
		size += field.size;
	}
	return size;
}
