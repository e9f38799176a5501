// The shared-memory channel: status, flags, length and header of an area, checked before anything is believed.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2, shared memory based transport.

import { PLATFORM } from "./hardware/clock-gates";
import { Agent, Channel, Queued } from "./image";
import { Abi, Address, State } from "./layout";
import { agentRow } from "./scmi/agents";
import { reportError } from "./scmi/base";
import { dispatch } from "./scmi/entry";
import { Status } from "./scmi/status";
import { notifyChanges } from "./scmi/watches";

/** Offsets in an area. */
export const enum Smt {
	STATUS = 0x04,
	FLAGS = 0x10,
	LENGTH = 0x14,
	HEADER = 0x18,
	PAYLOAD = 0x1c,
}

export const enum SmtStatus {
	FREE = 1,
	ERROR = 2,
}

/** Channel flags. */
export const INTERRUPT_ENABLED: u32 = 1;
/** The length counts the header word; an error reply holds header and status. */
export const HEADER_SIZE: u32 = 4;
const STATUS_SIZE: u32 = 4;

/** Serves every busy area of a function ID. Returns how many there were. */
export function serveChannels(first: usize, count: u32): u32 {
	let served: u32 = 0;
	for (let i: u32 = 0; i < count; i++) {
		if (serveChannel(first + i * Channel.SIZE)) served++;
		if (load<u32>(Address.STATE, State.STOP)) break;
	}
	return served;
}

/** Serves the command in a channel's area. False when there is none. */
export function serveChannel(channel: usize): bool {
	return serveArea(channel, load<u32>(channel, Channel.LINEAR));
}

/** The same for a command that lies elsewhere, laid out as in an area. */
export function serveArea(channel: usize, area: usize): bool {
	if (load<u32>(area, Smt.STATUS) & SmtStatus.FREE) return false;
	// What time has changed is nobody's doing, what changes now is the agent's.
	const watched = load<u32>(Address.STATE, State.WATCHES) !== 0;
	if (watched) notifyChanges(PLATFORM);
	// Read once: whoever shares the memory may change it meanwhile.
	const size = load<u32>(area, Smt.LENGTH) - HEADER_SIZE;
	const header = load<u32>(area, Smt.HEADER);
	const interrupt = load<u32>(area, Smt.FLAGS) & INTERRUPT_ENABLED;
	const agent = load<u32>(channel, Channel.AGENT_ROW);
	// A length without a header word has wrapped around.
	if (size > load<u32>(channel, Channel.MOST)) {
		refuse(channel, area);
		reportError(agent, header, Status.PROTOCOL_ERROR);
	} else {
		store<u32>(Address.STATE, header, State.HEADER);
		const replied = dispatch(agent, header, area + Smt.PAYLOAD, size);
		store<u32>(area, HEADER_SIZE + replied, Smt.LENGTH);
		store<u32>(area, SmtStatus.FREE, Smt.STATUS);
	}
	if (interrupt) raiseInterrupt(channel);
	if (watched) notifyChanges(load<u32>(channel, Channel.AGENT));
	return true;
}

// There is no message to answer; agents that look at the status first find one.
function refuse(channel: usize, area: usize): void {
	store<i32>(area, Status.PROTOCOL_ERROR, Smt.PAYLOAD);
	store<u32>(area, HEADER_SIZE + STATUS_SIZE, Smt.LENGTH);
	const refused = load<u32>(channel, Channel.REFUSED) + 1;
	store<u32>(channel, refused, Channel.REFUSED);
	store<u32>(area, SmtStatus.FREE | SmtStatus.ERROR, Smt.STATUS);
}

export function raiseInterrupt(channel: usize): void {
	const raised = load<u32>(channel, Channel.INTERRUPTS) + 1;
	store<u32>(channel, raised, Channel.INTERRUPTS);
	const all = load<u32>(Address.STATE, State.INTERRUPTS) + 1;
	store<u32>(Address.STATE, all, State.INTERRUPTS);
}

/** A place in a platform-to-agent channel's queue, counted from the oldest message. */
function queued(channel: usize, place: u32): usize {
	const size: u32 = Queued.HEADER + load<u32>(Address.STATE, State.MAX_MESSAGE);
	const i = (load<u32>(channel, Channel.FIRST) + place) % Abi.QUEUE_LENGTH;
	return load<u32>(channel, Channel.QUEUE) + i * size;
}

/** The place for a message behind all that wait; it is sent with {@link enqueue}. */
export function nextQueued(channel: usize): usize {
	return queued(channel, load<u32>(channel, Channel.WAITING));
}

/** Puts the message in {@link nextQueued} behind all that wait, and delivers what can be delivered. */
export function enqueue(channel: usize): void {
	const waiting = load<u32>(channel, Channel.WAITING) + 1;
	store<u32>(channel, waiting, Channel.WAITING);
	deliver(channel);
}

/** Hands the oldest message to the agent, if one waits and the agent has read the last one. */
export function deliver(channel: usize): void {
	const waiting = load<u32>(channel, Channel.WAITING);
	const area = load<u32>(channel, Channel.LINEAR);
	if (waiting === 0 || !(load<u32>(area, Smt.STATUS) & SmtStatus.FREE)) return;
	const message = queued(channel, 0);
	const length = load<u32>(message, Queued.LENGTH);
	memory.copy(area + Smt.HEADER, message + Queued.HEADER, length);
	store<u32>(area, length, Smt.LENGTH);
	// The agent rings when it has read the message.
	store<u32>(area, INTERRUPT_ENABLED, Smt.FLAGS);
	store<u32>(area, 0, Smt.STATUS);
	const first = (load<u32>(channel, Channel.FIRST) + 1) % Abi.QUEUE_LENGTH;
	store<u32>(channel, first, Channel.FIRST);
	store<u32>(channel, waiting - 1, Channel.WAITING);
	raiseInterrupt(channel);
}

/** Agents may read a message without ringing: delivers to all that have. */
export function deliverAll(): void {
	const agents = load<u32>(Address.STATE, State.AGENT_COUNT);
	for (let id: u32 = 1; id < agents; id++) {
		const channel = load<u32>(agentRow(id), Agent.P2A);
		if (channel !== 0) deliver(channel);
	}
}

/** The doorbell of platform-to-agent channels: several may be behind one function ID, and one area behind several. */
export function readMessages(first: usize, count: u32): void {
	for (let i: u32 = 0; i < count; i++) {
		const agent = load<u32>(first + i * Channel.SIZE, Channel.AGENT);
		deliver(load<u32>(agentRow(agent), Agent.P2A));
	}
}
