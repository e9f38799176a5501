// Messages that agents send all the time, answered at once when nothing has to be looked for.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.1, 4.6.2.5, 4.6.2.8, 4.3.2.6 and 5.1.2.
//
// What is not at hand (something unknown, an ID that does not exist, a denied agent) is left to the message's own handler:
// the two give the same answers. It becomes one piece of code with its callers, trap.ts and batch.ts.

import { Clock, ClockState, Domain } from "../image";
import { Address, AttributesFor, State } from "../layout";
import { Smt } from "../shmem";
import { everyClocksBits, isAttributes } from "./clock";
import { entryFor, Header } from "./entry";
import { Status } from "./status";

/** Headers without token: the message's ID, and the protocol's from bit 10 on. */
export const enum Message {
	MASK = 0x3_ffff,
	PROTOCOL_VERSION = 0x10 << 10,
	/** The lowest bits of the protocol's ID. */
	PROTOCOL_INDEX = 0x7 << 10,
	POWER_STATE_GET = (0x11 << 10) | 0x5,
	CLOCK_ATTRIBUTES = (0x14 << 10) | 0x3,
	CLOCK_RATE_GET = (0x14 << 10) | 0x6,
}

/** Lengths count the header. */
export const enum Length {
	HEADER = 4,
	HEADER_AND_ID = 8,
	HEADER_AND_STATUS = 8,
}

/** Return values in an area, behind the status. */
const enum Returned {
	RATE = 0x20,
	NAME = 0x24,
	ENABLE_DELAY = 0x34,
}

/** Whether the platform serves the messages: every agent has them then, in whatever version. */
export function hasAtHand(agent: usize): bool {
	return entryFor(agent, 0x4, 0x6) !== 0 && entryFor(agent, 0x1, 0x5) !== 0;
}

/** An agent's AttributesFor. */
export function attributesFor(agent: usize): u32 {
	return isAttributes(entryFor(agent, 0x4, 0x3))
		? everyClocksBits(agent) | AttributesFor.EVERYBODYS
		: AttributesFor.NOT_AT_HAND;
}

/** The message of a command's header, without its token. */
export function messageOf(header: u32): u32 {
	return header & Message.MASK;
}

/** Whether a message is PROTOCOL_VERSION, of any protocol. */
export function isVersion(message: u32): bool {
	const rest = message - Message.PROTOCOL_VERSION;
	return (rest & ~Message.PROTOCOL_INDEX) === 0;
}

/** Whether it has the length of a message without parameters. */
export function hasNothing(length: u32): bool {
	return length === Length.HEADER;
}

/** Whether it has the length that goes with an ID as the only parameter. */
export function hasId(length: u32): bool {
	return length === Length.HEADER_AND_ID;
}

/** The ID in an area. */
export function idIn(area: usize): u32 {
	return load<u32>(area, Smt.PAYLOAD);
}

/** Whether there is a clock, or a hole, with that ID. */
export function isClockId(id: u32): bool {
	return id < load<u32>(Address.STATE, State.CLOCK_COUNT);
}

/** The ClockState bits behind such an ID, the enable delay and the name above them: none are set in an alias or a hole. */
export function clockWords(id: u32): u64 {
	return load<u64>(id * Clock.SIZE, Address.CLOCKS + Clock.STATE);
}

// Each writes status, return values and the reply's length into an area, or what is laid out like one.

/** Status and the first returned word. */
function putWord(area: usize, word: u32): void {
	store<u64>(area, (<u64>word) << 32, Smt.PAYLOAD);
}

export function tellRate(area: usize, id: u32): void {
	const rate = load<u64>(id * Clock.SIZE, Address.CLOCKS + Clock.RATE);
	store<u32>(area, Status.SUCCESS, Smt.PAYLOAD);
	store<u64>(area, rate, Returned.RATE);
	store<u32>(area, Length.HEADER_AND_STATUS + 8, Smt.LENGTH);
}

/** The attributes of a clock, by its words, for the agent with that AttributesFor; with bits of MORE when they are not at hand. */
export function attributesOf(words: u64, agents: u32): u32 {
	const own = <u32>words & ClockState.ATTRIBUTES;
	return rotl<u32>(own, ClockState.ATTRIBUTES_TURN) ^ agents;
}

export function tellAttributes(area: usize, attributes: u32, words: u64): void {
	const name = <usize>(words >> 32);
	putWord(area, attributes);
	store<u64>(area, load<u64>(name), Returned.NAME);
	store<u64>(area, load<u64>(name, 8), Returned.NAME + 8);
	store<u32>(area, <u32>words >> 16, Returned.ENABLE_DELAY);
	store<u32>(area, Length.HEADER_AND_STATUS + 24, Smt.LENGTH);
}

/** A reply with one word behind the status. */
export function tellWord(area: usize, word: u32): void {
	putWord(area, word);
	store<u32>(area, Length.HEADER_AND_STATUS + 4, Smt.LENGTH);
}

export function isDomainId(id: u32): bool {
	return id < load<u32>(Address.STATE, State.DOMAIN_COUNT);
}

/** Whether a domain's state has been found since the last change of power. */
export function isStateKnown(domain: usize): bool {
	const changes = load<u32>(Address.STATE, State.POWER_CHANGES);
	return load<u32>(domain, Domain.STATE_AT) === changes;
}

export function stateOf(domain: usize): u32 {
	return load<u32>(domain, Domain.STATE);
}

/** The version of the protocol that PROTOCOL_VERSION is about; 0 when it is not served. */
export function versionFor(message: u32): u32 {
	const rest = message - Message.PROTOCOL_VERSION;
	const index = rest >> Header.PROTOCOL_SHIFT;
	return load<u32>(index << 2, Address.STATE + State.VERSIONS);
}
