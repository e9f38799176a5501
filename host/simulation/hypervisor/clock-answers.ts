// What a guest is told of clocks: of their parents those that it sees, of their rates those that it may ask for.
// SCMI 3.2 (Arm DEN0056E), section 4.6.2. A clock whose parents are all hidden has none for the guest.

import { clockMessages } from "../../scmi/messages/clock.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { payloadOf } from "./agent-channel.ts";
import type { Answer, Call } from "./call.ts";

/** Bits of CLOCK_ATTRIBUTES, since version 3.0. */
const RESTRICTED = 1 << 1;
const PARENTS = 1 << 28;
const V3 = 0x30000;
/** Bits of CLOCK_GET_PERMISSIONS. */
const PARENT_CONTROL = 1 << 30;

/** Bytes of a reply in front of a list: header, status, and the word with the counts. */
const LIST_AT = 12;
/** More pages than any list has. */
const MOST_PAGES = 0x1000;

/** The parents of the call's clock that the guest sees, by the platform's IDs, in the platform's order. */
function visibleParents(call: Call): readonly number[] {
	const { caller } = call;
	const id = call.target as number;
	const known = caller.parents.get(id);
	if (known !== undefined) return known;
	const parents: number[] = [];
	for (let skip = 0, page = 0; page < MOST_PAGES; page++) {
		const reply = call.send(clockMessages.POSSIBLE_PARENTS_GET, id, skip);
		if (reply.getInt32(0, true) !== ScmiStatus.SUCCESS) return [];
		const counts = reply.getUint32(4, true);
		const count = Math.min(counts & 0xff, (reply.byteLength - 8) >>> 2);
		for (let i = 0; i < count; i++)
			parents.push(reply.getUint32(8 + 4 * i, true));
		skip += count;
		if (count === 0 || counts >>> 24 === 0) break;
	}
	const visible = parents.filter(
		(parent) => caller.ids.toGuest("clocks", parent) !== undefined,
	);
	caller.parents.set(id, visible);
	return visible;
}

export function clockAttributes(word: number, call: Call): number {
	if (call.version < V3) return word;
	let bits = word;
	if ((bits & PARENTS) !== 0 && visibleParents(call).length === 0)
		bits &= ~PARENTS;
	const { policy } = call.caller;
	const id = call.target as number;
	const restricted =
		policy.isReadOnly(call.protocol, id) || policy.rates(id) !== undefined;
	return restricted ? bits | RESTRICTED : bits;
}

export function clockPermissions(word: number, call: Call): number {
	const { policy } = call.caller;
	const id = call.target as number;
	if (policy.isReadOnly(call.protocol, id)) return 0;
	const choice =
		visibleParents(call).length > 0 && policy.rates(id) === undefined;
	return choice ? word : word & ~PARENT_CONTROL;
}

/** CLOCK_POSSIBLE_PARENTS_GET: the firmware's list without what the guest does not see, in pages of its own. */
export function possibleParents(call: Call): Answer {
	const { ids, maxMessageSize } = call.caller;
	const parents = visibleParents(call);
	if (parents.length === 0) return ScmiStatus.NOT_SUPPORTED;
	const skip = call.request.getUint32(4, true);
	if (skip > parents.length) return ScmiStatus.INVALID_PARAMETERS;
	const room = (maxMessageSize - LIST_AT) >>> 2;
	const page = parents.slice(skip, skip + room);
	const remaining = parents.length - skip - page.length;
	return payloadOf(
		ScmiStatus.SUCCESS,
		((remaining << 24) | page.length) >>> 0,
		...page.map((id) => ids.toGuest("clocks", id) as number),
	);
}

/** A clock with limits keeps its parent, and with it the rates that the limits were made for. */
export function parentSet(call: Call): Answer {
	const { policy } = call.caller;
	return policy.rates(call.target as number) === undefined
		? call.forward()
		: ScmiStatus.DENIED;
}

export function rateSet(call: Call): Answer {
	const limits = call.caller.policy.rates(call.target as number);
	if (limits !== undefined) {
		const rate = call.request.getBigUint64(8, true);
		if (rate < limits.min || rate > limits.max) return ScmiStatus.DENIED;
	}
	return call.forward();
}

/** CLOCK_DESCRIBE_RATES, within the limits. */
export function ratesOf(call: Call): Answer {
	const { policy, maxMessageSize } = call.caller;
	const id = call.target as number;
	const limits = policy.rates(id);
	if (limits === undefined) return call.forward();
	const rates: bigint[] = [];
	for (let index = 0, page = 0; page < MOST_PAGES; page++) {
		const reply = call.send(clockMessages.DESCRIBE_RATES, id, index);
		const status = reply.getInt32(0, true);
		if (status !== ScmiStatus.SUCCESS) return status;
		const flags = reply.getUint32(4, true);
		const count = Math.min(flags & 0xfff, (reply.byteLength - 8) >>> 3);
		for (let i = 0; i < count; i++)
			rates.push(reply.getBigUint64(8 + 8 * i, true));
		if (((flags >>> 12) & 1) === 1) return rangeWithin(call, rates, limits);
		index += count;
		if (count === 0 || flags >>> 16 === 0) break;
	}
	const allowed = rates.filter(
		(rate) => rate >= limits.min && rate <= limits.max,
	);
	const first = call.request.getUint32(4, true);
	if (first >= allowed.length) return ScmiStatus.OUT_OF_RANGE;
	const room = (maxMessageSize - LIST_AT) >>> 3;
	const listed = allowed.slice(first, first + room);
	const remaining = allowed.length - first - listed.length;
	return ratesAnswer((remaining << 16) | listed.length, listed);
}

/** Lowest, highest, step; the lowest stays one of the steps. */
function rangeWithin(
	call: Call,
	[lowest = 0n, highest = 0n, step = 0n]: bigint[],
	limits: { min: bigint; max: bigint },
): Answer {
	if (call.request.getUint32(4, true) !== 0) return ScmiStatus.OUT_OF_RANGE;
	let min = lowest;
	if (limits.min > lowest) {
		const unit = step === 0n ? 1n : step;
		min = lowest + ((limits.min - lowest + unit - 1n) / unit) * unit;
	}
	const max = limits.max < highest ? limits.max : highest;
	if (min > max) return ScmiStatus.OUT_OF_RANGE;
	return ratesAnswer((1 << 12) | 3, [min, max, step]);
}

function ratesAnswer(flags: number, rates: readonly bigint[]): Answer {
	const view = new DataView(new ArrayBuffer(8 + 8 * rates.length));
	view.setUint32(4, flags, true);
	for (const [i, rate] of rates.entries())
		view.setBigUint64(8 + 8 * i, rate, true);
	return new Uint8Array(view.buffer);
}
