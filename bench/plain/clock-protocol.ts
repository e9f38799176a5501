// The clock management protocol, 0x14.
// SCMI 3.2 (Arm DEN0056E), section 4.6.

import type { Clock } from "./clock.ts";
import type { ClockTree } from "./clock-tree.ts";
import type { Rounding } from "./numbers.ts";
import {
	entriesPerReply,
	type Handler,
	LONG_NAME,
	type Payload,
	type Protocol,
	SHORT_NAME,
	Status,
} from "./protocol.ts";

/** Enable delay and extended names since 2.0; parents, CONFIG_GET and permissions since 3.0. */
const V2 = 0x20000;
const V3 = 0x30000;

/** CLOCK_ATTRIBUTES. */
const ENABLED = 1;
const RESTRICTED = 1 << 1;
const HAS_PARENTS = 1 << 28;
const EXTENDED_NAME = 1 << 29;

/** CLOCK_RATE_SET. */
const ASYNCHRONOUS = 1;
const ROUND_UP = 1 << 2;
const ROUND_AUTO = 1 << 3;
const RATE_FLAGS = 15;

/** CLOCK_GET_PERMISSIONS. */
const MAY_SET_STATE = 1 << 31;
const MAY_SET_PARENT = 1 << 30;
const MAY_SET_RATE = 1 << 29;
const MAY_ALL = MAY_SET_STATE | MAY_SET_PARENT | MAY_SET_RATE;

/** CLOCK_DESCRIBE_RATES. */
const IS_RANGE = 1 << 12;

function permissions(clock: Clock): number {
	return (
		(clock.critical ? 0 : MAY_SET_STATE) |
		(clock.parents.length > 1 ? MAY_SET_PARENT : 0) |
		(clock.rateSettable ? MAY_SET_RATE : 0)
	);
}

function roundingOf(flags: number): Rounding {
	if ((flags & ROUND_AUTO) !== 0) return "nearest";
	return (flags & ROUND_UP) !== 0 ? "up" : "down";
}

export function clockProtocol(
	version: number,
	clocks: ClockTree,
	maxMessageSize: number,
): Protocol {
	/** A handler for a message whose first parameter is the clock's ID. */
	const onClock =
		(
			handle: (clock: Clock, payload: Payload, agent: number) => number,
		): Handler =>
		(agent, payload) => {
			const clock = clocks.find(payload.argument(0));
			return clock === undefined
				? Status.NOT_FOUND
				: handle(clock, payload, agent.id);
		};

	const protocolAttributes: Handler = (_agent, payload) => {
		payload.setResult(0, clocks.count);
		return 4;
	};

	const attributes = (spoken: number): Handler =>
		onClock((clock, payload) => {
			const name = clocks.nameOf(payload.argument(0));
			let bits = clock.running ? ENABLED : 0;
			if (spoken >= V2 && name.length >= SHORT_NAME) bits |= EXTENDED_NAME;
			if (spoken >= V3 && clock.parents.length > 0) bits |= HAS_PARENTS;
			if (spoken >= V3 && permissions(clock) !== MAY_ALL) bits |= RESTRICTED;
			payload.setResult(0, bits);
			payload.setName(1, name, SHORT_NAME);
			if (spoken < V2) return 4 + SHORT_NAME;
			payload.setResult(5, clock.enableDelay);
			return 8 + SHORT_NAME;
		});

	const describeRates = onClock((clock, payload) => {
		const index = payload.argument(1);
		const rates = clock.rates();
		if (rates.discrete === undefined) {
			if (index > 0) return Status.OUT_OF_RANGE;
			payload.setResult(0, IS_RANGE | 3);
			payload.setRate(1, rates.lowest);
			payload.setRate(3, rates.highest);
			payload.setRate(5, 1);
			return 28;
		}
		const rest = rates.discrete.slice(index);
		if (rest.length === 0) return Status.OUT_OF_RANGE;
		const told = rest.slice(0, entriesPerReply(maxMessageSize, 8));
		payload.setResult(0, ((rest.length - told.length) << 16) | told.length);
		for (const [i, rate] of told.entries()) payload.setRate(1 + 2 * i, rate);
		return 4 + 8 * told.length;
	});

	const rateSet: Handler = (agent, payload) => {
		const flags = payload.argument(0);
		const clock = clocks.find(payload.argument(1));
		const rate = payload.argument(2) + payload.argument(3) * 2 ** 32;
		if (clock === undefined) return Status.NOT_FOUND;
		if (flags > RATE_FLAGS) return Status.INVALID_PARAMETERS;
		if ((flags & ASYNCHRONOUS) !== 0) return Status.NOT_SUPPORTED;
		if (clocks.rateIsHeld(clock, rate, roundingOf(flags), agent.id))
			return Status.DENIED;
		return clocks.setRate(clock, rate, roundingOf(flags))
			? Status.SUCCESS
			: Status.INVALID_PARAMETERS;
	};

	const rateGet = onClock((clock, payload) => {
		payload.setRate(0, clock.rate());
		return 8;
	});

	const configSet = onClock((clock, payload, agent) => {
		const config = payload.argument(1);
		if (config > 1) return Status.INVALID_PARAMETERS;
		if (config === 0 && clock.critical) return Status.DENIED;
		clock.request(agent, config === 1);
		return Status.SUCCESS;
	});

	const nameGet = onClock((_clock, payload) => {
		const name = clocks.nameOf(payload.argument(0));
		payload.setResult(0, 0);
		payload.setName(1, name, LONG_NAME);
		return 4 + LONG_NAME;
	});

	const configGet = onClock((clock, payload) => {
		if (payload.argument(1) !== 0) return Status.INVALID_PARAMETERS;
		payload.setResult(0, 0);
		payload.setResult(1, clock.running ? 1 : 0);
		payload.setResult(2, 0);
		return 12;
	});

	const possibleParents = onClock((clock, payload) => {
		const skip = payload.argument(1);
		// A mux may have a parent on several inputs.
		const parents = [...new Set(clock.parents)];
		if (parents.length === 0) return Status.NOT_SUPPORTED;
		if (skip > parents.length) return Status.INVALID_PARAMETERS;
		const room = entriesPerReply(maxMessageSize, 4);
		const told = parents.slice(skip, skip + room);
		const remaining = parents.length - skip - told.length;
		payload.setResult(0, (remaining << 24) | told.length);
		for (const [i, parent] of told.entries())
			payload.setResult(1 + i, parent.id);
		return 4 + 4 * told.length;
	});

	const parentSet = onClock((clock, payload, agent) => {
		const parent = clocks.find(payload.argument(1));
		if (parent === undefined) return Status.NOT_FOUND;
		if (clock.parents.length === 0) return Status.NOT_SUPPORTED;
		if (!clock.parents.includes(parent)) return Status.INVALID_PARAMETERS;
		if (clock.parent !== parent && clocks.isHeld([clock], agent))
			return Status.DENIED;
		clock.setParent(parent);
		return Status.SUCCESS;
	});

	const parentGet = onClock((clock, payload) => {
		if (clock.parent === undefined) return Status.NOT_SUPPORTED;
		payload.setResult(0, clock.parent.id);
		return 4;
	});

	const getPermissions = onClock((clock, payload) => {
		payload.setResult(0, permissions(clock));
		return 4;
	});

	return {
		id: 0x14,
		version,
		versions: [0x10000, V2, V3],
		negotiates: V3,
		messages: (spoken) => {
			const messages: [number, number, Handler][] = [
				[0x1, 0, protocolAttributes],
				[0x3, 4, attributes(spoken)],
				[0x4, 8, describeRates],
				[0x5, 16, rateSet],
				[0x6, 4, rateGet],
				[0x7, spoken >= V3 ? 12 : 8, configSet],
			];
			if (spoken >= V2) messages.push([0x8, 4, nameGet]);
			if (spoken >= V3) {
				messages.push(
					[0xb, 8, configGet],
					[0xc, 8, possibleParents],
					[0xd, 8, parentSet],
					[0xe, 4, parentGet],
					[0xf, 4, getPermissions],
				);
			}
			return messages;
		},
	};
}
