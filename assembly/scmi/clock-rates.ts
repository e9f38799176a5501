// The clock protocol's messages about rates: what a clock can have, has, shall have, and who is told of it.
// SCMI 3.2 (Arm DEN0056E), sections 4.6.2.6 to 4.6.2.8, 4.6.2.12 and 4.6.2.13.

import { rateIsHeld } from "../hardware/clock-holds";
import { describeRates } from "../hardware/clock-range";
import { setRate } from "../hardware/clock-rate";
import { findClock, rateOf } from "../hardware/clock-tree";
import { Clock } from "../image";
import { Address, Rates } from "../layout";
import { agentId } from "./agents";
import { entriesPerReply, NOTIFY_ENABLE } from "./common";
import { Reply } from "./entry";
import { isDenied } from "./permissions";
import { RateFlag, requestRate, roundingOf } from "./rate-requests";
import { Status } from "./status";
import { rateRequested, watchRate, watchRateRequests } from "./watches";

/** CLOCK_DESCRIBE_RATES: bit 12 of the flags marks a range. */
const RANGE: u32 = 1 << 12;

export function describeRatesOf(_agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	const index = load<u32>(p, 4);
	if (clock === 0) return Status.NOT_FOUND;
	describeRates(clock);
	const total = load<u32>(Address.RATES, Rates.COUNT);
	if (total === 0) return writeRange(index, p);
	if (index >= total) return Status.OUT_OF_RANGE;
	const count = min(total - index, entriesPerReply(8));
	store<u32>(p, ((total - index - count) << 16) | count, Reply.AT);
	memory.copy(
		p + Reply.AT + 4,
		Address.RATES + Rates.LIST + (index << 3),
		count << 3,
	);
	return 4 + (count << 3);
}

/** The triplet lowest, highest, step; it is never split. */
function writeRange(index: u32, p: usize): i32 {
	if (index !== 0) return Status.OUT_OF_RANGE;
	store<u32>(p, RANGE | 3, Reply.AT);
	store<u64>(p, load<u64>(Address.RATES, Rates.MIN), Reply.AT + 4);
	store<u64>(p, load<u64>(Address.RATES, Rates.MAX), Reply.AT + 12);
	store<u64>(p, 1, Reply.AT + 20);
	return 28;
}

export function rateSet(agent: usize, _protocol: u32, p: usize): i32 {
	const flags = load<u32>(p);
	const id = load<u32>(p, 4);
	// Agents write it as two words: a load of both would have to wait until these have left the store buffer.
	const rate = ((<u64>load<u32>(p, 12)) << 32) | load<u32>(p, 8);
	const clock = findClock(id);
	if (clock === 0) return Status.NOT_FOUND;
	if (flags & ~RateFlag.ALL) return Status.INVALID_PARAMETERS;
	if (isDenied(agent, clock + Clock.DENIED_TO)) return Status.DENIED;
	if (flags & RateFlag.ASYNCHRONOUS) return requestRate(agent, flags, id, rate);
	if (rateIsHeld(clock, rate, roundingOf(flags), agentId(agent)))
		return Status.DENIED;
	if (!setRate(clock, rate, roundingOf(flags)))
		return Status.INVALID_PARAMETERS;
	rateRequested(clock, agentId(agent), rate);
	return 0;
}

export function rateGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const clock = findClock(load<u32>(p));
	if (clock === 0) return Status.NOT_FOUND;
	store<u64>(p, rateOf(clock), Reply.AT);
	return 8;
}

export function rateNotify(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const enable = load<u32>(p, 4);
	if (findClock(id) === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	watchRate(id, agentId(agent), enable !== 0);
	return 0;
}

export function rateChangeRequestedNotify(
	agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	const id = load<u32>(p);
	const enable = load<u32>(p, 4);
	if (findClock(id) === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	watchRateRequests(id, agentId(agent), enable !== 0);
	return 0;
}
