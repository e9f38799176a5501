// Agents that watch clocks and power domains, and what they must be told, on raw shared memory.
// SCMI 3.2 (Arm DEN0056E), sections 4.3.3 and 4.6.4: payloads by their offsets.

import { createEngine } from "../../host/node.ts";
import { Inbox, notification, TEE_RX, TEE_TX, TWO_AGENTS } from "./inbox.ts";
import { CLOCK, POWER, Smt, u32, u64 } from "./smt.ts";

/** Agent IDs. */
export const PLATFORM = 0;
export const LINUX = 1;
export const TEE = 2;
/** Notification IDs, of clock rates as of power states. */
export const CHANGED = 0x0;
export const REQUESTED = 0x1;

/** Two agents on one engine, and where each of them gets messages. */
export function setup(platform = TWO_AGENTS) {
	const engine = createEngine(platform);
	return {
		engine,
		linux: new Smt(engine),
		tee: new Smt(engine, TEE_TX),
		toLinux: new Inbox(engine),
		toTee: new Inbox(engine, TEE_RX),
	};
}

/** CLOCK_RATE_NOTIFY; 0 ends it. */
export function watchRate(smt: Smt, clock: number, enable = 1): void {
	smt.expect(CLOCK, 0x9, u32(clock, enable), []);
}

/** CLOCK_RATE_CHANGE_REQUESTED_NOTIFY. */
export function watchRateRequests(smt: Smt, clock: number, enable = 1): void {
	smt.expect(CLOCK, 0xa, u32(clock, enable), []);
}

/** POWER_STATE_NOTIFY. */
export function watchState(smt: Smt, domain: number, enable = 1): void {
	smt.expect(POWER, 0x6, u32(domain, enable), []);
}

/** POWER_STATE_CHANGE_REQUESTED_NOTIFY. */
export function watchStateRequests(smt: Smt, domain: number, enable = 1): void {
	smt.expect(POWER, 0x7, u32(domain, enable), []);
}

/** CLOCK_RATE_CHANGED or CLOCK_RATE_CHANGE_REQUESTED. */
export function rateMessage(
	what: number,
	agent: number,
	clock: number,
	hz: bigint,
) {
	return notification(CLOCK, what, [...u32(agent, clock), ...u64(hz)]);
}

/** POWER_STATE_CHANGED or POWER_STATE_CHANGE_REQUESTED. */
export function stateMessage(
	what: number,
	agent: number,
	domain: number,
	state: number,
) {
	return notification(POWER, what, u32(agent, domain, state));
}
