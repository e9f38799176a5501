// Messages that agents send all the time, answered at once when nothing has to be looked for.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.1, 4.6.2.5, 4.6.2.8 and 4.3.2.6.
//
// What is not at hand (a stale state, an ID that does not exist, a denied agent) is left to the message's own handler: the
// two give the same answers.

import { clockRow, isFresh, kindOf, refresh } from "../hardware/clock-tree";
import { Agent, Clock, ClockKind, ClockState, Domain } from "../image";
import { Address, State } from "../layout";
import { Attribute } from "./clock";
import { LAST_BYTE_CLEAR } from "./common";
import { Reply } from "./entry";

/** What a message's length counts besides its return values: header and status. */
const HEADER_AND_STATUS: u32 = 8;

// Each returns the reply's length, or 0 with nothing written.

/** PROTOCOL_VERSION. */
export function versionAtHand(protocol: u32, p: usize): u32 {
	const version = Address.STATE + State.VERSIONS + (protocol << 2);
	store<u32>(p, load<u32>(version), Reply.AT);
	return HEADER_AND_STATUS + 4;
}

/** The clock with the ID at `p` when its rate is known; an alias has none of its own, and is left out. */
function freshClock(p: usize): usize {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.CLOCK_COUNT)) return 0;
	const clock = clockRow(id);
	return isFresh(clock) ? clock : 0;
}

/** CLOCK_RATE_GET. */
export function rateAtHand(p: usize): u32 {
	const clock = freshClock(p);
	if (clock === 0) return 0;
	store<u64>(p, load<u64>(clock, Clock.RATE), Reply.AT);
	return HEADER_AND_STATUS + 8;
}

/** The same for a rate that is not known: after one change all other rates have to be found. */
export function walkedRate(p: usize): u32 {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.CLOCK_COUNT)) return 0;
	const clock = clockRow(id);
	if (kindOf(clock) <= ClockKind.ALIAS) return 0;
	refresh(clock);
	store<u64>(p, load<u64>(clock, Clock.RATE), Reply.AT);
	return HEADER_AND_STATUS + 8;
}

/** The same, unless somebody is denied the clock. */
export function allowedClock(p: usize): usize {
	const clock = freshClock(p);
	return clock !== 0 && load<u32>(clock, Clock.DENIED_TO) === 0 ? clock : 0;
}

/** The attributes that all clocks have for an agent which can be told of changes. */
export function notifiable(agent: usize): u32 {
	return load<u32>(agent, Agent.P2A) !== 0
		? Attribute.CHANGED_NOTIFY | Attribute.REQUESTED_NOTIFY
		: 0;
}

/** CLOCK_ATTRIBUTES of version 3.0. */
export function attributesAtHand(own: u32, clock: usize, p: usize): u32 {
	const state: u32 = load<u16>(clock, Clock.STATE);
	if (state === 0) return 0;
	const bits = (state & ClockState.LOW) | ((state & ClockState.HIGH) << 16);
	const name =
		load<u32>(Address.STATE, State.STRINGS) + load<u32>(clock, Clock.NAME);
	store<u32>(p, bits | own, Reply.AT);
	store<u64>(p, load<u64>(name), Reply.AT + 4);
	store<u64>(p, load<u64>(name, 8) & LAST_BYTE_CLEAR, Reply.AT + 12);
	store<u32>(p, load<u16>(clock, Clock.ENABLE_DELAY), Reply.AT + 20);
	return HEADER_AND_STATUS + 24;
}

/** POWER_STATE_GET: what was found at the last change of power, while none is due. */
export function stateAtHand(p: usize, time: u64): u32 {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.DOMAIN_COUNT)) return 0;
	const domain = load<u32>(Address.STATE, State.DOMAINS) + id * Domain.SIZE;
	const changes = load<u32>(Address.STATE, State.POWER_CHANGES);
	if (load<u32>(domain, Domain.STATE_AT) !== changes) return 0;
	if (time >= load<u64>(Address.STATE, State.POWER_DUE)) return 0;
	store<u32>(p, load<u32>(domain, Domain.STATE), Reply.AT);
	return HEADER_AND_STATUS + 4;
}
