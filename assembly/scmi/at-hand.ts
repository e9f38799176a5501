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

/** PROTOCOL_VERSION. */
export function versionAtHand(protocol: u32, p: usize): void {
	const version = Address.STATE + State.VERSIONS + (protocol << 2);
	store<u32>(p, load<u32>(version), Reply.AT);
}

/** The clock with the ID at `p` when its rate and state are known; an alias has none of its own, and is left out. */
function freshClock(p: usize): usize {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.CLOCK_COUNT)) return 0;
	const clock = clockRow(id);
	return isFresh(clock) ? clock : 0;
}

/** CLOCK_RATE_GET; a rate that is not known is found here, too: after one change all other rates have to be. */
export function rateAtHand(p: usize): bool {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.CLOCK_COUNT)) return false;
	const clock = clockRow(id);
	if (!isFresh(clock)) {
		if (kindOf(clock) <= ClockKind.ALIAS) return false;
		refresh(clock);
	}
	store<u64>(p, load<u64>(clock, Clock.RATE), Reply.AT);
	return true;
}

/** CLOCK_ATTRIBUTES of version 3.0. */
export function attributesAtHand(agent: usize, p: usize): bool {
	const clock = freshClock(p);
	if (clock === 0 || load<u32>(clock, Clock.DENIED_TO) !== 0) return false;
	const state: u32 = load<u16>(clock, Clock.STATE);
	if (state === 0) return false;
	let bits = (state & ClockState.LOW) | ((state & ClockState.HIGH) << 16);
	if (load<u32>(agent, Agent.P2A) !== 0)
		bits |= Attribute.CHANGED_NOTIFY | Attribute.REQUESTED_NOTIFY;
	const name =
		load<u32>(Address.STATE, State.STRINGS) + load<u32>(clock, Clock.NAME);
	store<u32>(p, bits, Reply.AT);
	store<u64>(p, load<u64>(name), Reply.AT + 4);
	store<u64>(p, load<u64>(name, 8) & LAST_BYTE_CLEAR, Reply.AT + 12);
	store<u32>(p, load<u16>(clock, Clock.ENABLE_DELAY), Reply.AT + 20);
	return true;
}

/** POWER_STATE_GET: what was found at the last change of power, while none is due. */
export function stateAtHand(p: usize, time: u64): bool {
	const id = load<u32>(p);
	if (id >= load<u32>(Address.STATE, State.DOMAIN_COUNT)) return false;
	const domain = load<u32>(Address.STATE, State.DOMAINS) + id * Domain.SIZE;
	const changes = load<u32>(Address.STATE, State.POWER_CHANGES);
	if (load<u32>(domain, Domain.STATE_AT) !== changes) return false;
	if (time >= load<u64>(Address.STATE, State.POWER_DUE)) return false;
	store<u32>(p, load<u32>(domain, Domain.STATE), Reply.AT);
	return true;
}
