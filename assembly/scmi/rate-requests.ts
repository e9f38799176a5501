// Asynchronous CLOCK_RATE_SET: changes that wait for the firmware to turn to them, and what they answer then.
// SCMI 3.2 (Arm DEN0056E), sections 4.6.2.7 and 4.6.3.1, CLOCK_RATE_SET_COMPLETE.
//
// A request is checked when it comes and carried out BACKGROUND_NS later, the older one first; it takes then what it
// would have taken at once, until its PLL has locked, and the delayed response follows. It overwrites what was set in
// the meantime. When its rate has come out of reach, because somebody has changed the parent, or another agent holds the
// clock by then, or the agent has lost the permission to set it, the response is DENIED.

import { rateIsHeld } from "../hardware/clock-holds";
import { canSetRate, setRate } from "../hardware/clock-rate";
import { findClock, rateOf } from "../hardware/clock-tree";
import { Rounding } from "../hardware/rounding";
import { Abi, Address, RateRequest, State } from "../layout";
import { schedule, unschedule } from "../sim/events";
import { now } from "../sim/time";
import { agentId } from "./agents";
import { BACKGROUND_NS } from "./common";
import {
	canNotify,
	commandHeader,
	delayedResponse,
	releaseResponse,
	reserveResponse,
	send,
} from "./notify";
import { Status } from "./status";
import { notifyChanges, rateRequested } from "./watches";

/** Flags of CLOCK_RATE_SET. */
export const enum RateFlag {
	ASYNCHRONOUS = 1,
	NO_DELAYED_RESPONSE = 1 << 1,
	ROUND_UP = 1 << 2,
	ROUND_AUTO = 1 << 3,
	ALL = 15,
}

/** CLOCK_RATE_SET_COMPLETE. */
const enum Complete {
	STATUS = 0,
	CLOCK = 4,
	RATE = 8,
	SIZE = 16,
}

/** The Rounding that flags ask for. */
export function roundingOf(flags: u32): u32 {
	if (flags & RateFlag.ROUND_AUTO) return Rounding.AUTO;
	return flags & RateFlag.ROUND_UP ? Rounding.UP : Rounding.DOWN;
}

/** Asynchronous changes that an agent may have pending, for PROTOCOL_ATTRIBUTES. */
export function mostRequests(agent: usize): u32 {
	return canNotify(agent) ? Abi.RATE_REQUESTS : 0;
}

/** Takes an agent's request for a clock that exists. Returns the status of the command's own reply. */
export function requestRate(agent: usize, flags: u32, id: u32, rate: u64): i32 {
	if (!canNotify(agent)) return Status.NOT_SUPPORTED;
	const clock = findClock(id);
	if (!canSetRate(clock, rate, roundingOf(flags)))
		return Status.INVALID_PARAMETERS;
	if (rateIsHeld(clock, rate, roundingOf(flags), agentId(agent)))
		return Status.DENIED;
	const request = freeRequest(agentId(agent));
	if (request === 0) return Status.BUSY;
	const answers = (flags & RateFlag.NO_DELAYED_RESPONSE) === 0;
	if (answers && !reserveResponse(agent)) return Status.BUSY;
	const at = now() + BACKGROUND_NS;
	if (!schedule(at, carryOut.index, <u32>agent, <u32>request, 0)) {
		if (answers) releaseResponse(agent);
		return Status.BUSY;
	}
	store<u32>(request, flags, RateRequest.FLAGS);
	store<u32>(request, commandHeader(), RateRequest.HEADER);
	store<u64>(request, rate, RateRequest.RATE);
	store<u32>(request, id, RateRequest.CLOCK);
	rateRequested(clock, agentId(agent), rate);
	return 0;
}

/** A free row of an agent, or 0. */
function freeRequest(agent: u32): usize {
	for (let i: u32 = 0; i < <u32>Abi.RATE_REQUESTS; i++) {
		const row = requestRow(agent, i);
		if (load<u32>(row, RateRequest.FLAGS) === 0) return row;
	}
	return 0;
}

/** Takes back all requests of an agent: nothing is changed, and no response comes. */
export function forgetRequests(agent: usize): void {
	unschedule(carryOut.index, <u32>agent);
	for (let i: u32 = 0; i < <u32>Abi.RATE_REQUESTS; i++)
		store<u32>(requestRow(agentId(agent), i), 0, RateRequest.FLAGS);
}

function requestRow(agent: u32, i: u32): usize {
	const place = agent * Abi.RATE_REQUESTS + i;
	return Address.RATE_REQUESTS + place * RateRequest.SIZE;
}

function carryOut(agent: u32, request: u32, _unused: u32): void {
	const flags = load<u32>(request, RateRequest.FLAGS);
	const id = load<u32>(request, RateRequest.CLOCK);
	const rate = load<u64>(request, RateRequest.RATE);
	const clock = findClock(id);
	store<u32>(request, 0, RateRequest.FLAGS);
	const rounding = roundingOf(flags);
	const held = rateIsHeld(clock, rate, rounding, agentId(agent));
	const done = !held && setRate(clock, rate, rounding);
	if (!(flags & RateFlag.NO_DELAYED_RESPONSE)) {
		const p = delayedResponse(agent, load<u32>(request, RateRequest.HEADER));
		store<i32>(p, done ? Status.SUCCESS : Status.DENIED, Complete.STATUS);
		store<u32>(p, id, Complete.CLOCK);
		store<u64>(p, rateOf(clock), Complete.RATE);
		send(agent, Complete.SIZE);
	}
	if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(agentId(agent));
}
