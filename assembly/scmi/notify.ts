// Messages from the platform: delayed responses and notifications, queued for an agent's platform-to-agent channel.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.1 (message types), 4.1.3 (asynchronous commands) and 5.1.2.

import { Agent, Channel, Queued } from "../image";
import { Abi, Address, State } from "../layout";
import { enqueue, nextQueued } from "../shmem";

const enum Type {
	DELAYED_RESPONSE = 2 << 8,
	NOTIFICATION = 3 << 8,
}

const TYPE_MASK: u32 = 3 << 8;
const PROTOCOL_SHIFT: u32 = 10;
const HEADER_SIZE: u32 = 4;

/** Whether an agent can get messages from the platform: without, it is offered nothing asynchronous. */
export function canNotify(agent: usize): bool {
	return load<u32>(agent, Agent.P2A) !== 0;
}

function places(channel: usize): u32 {
	return (
		load<u32>(channel, Channel.WAITING) + load<u32>(channel, Channel.RESERVED)
	);
}

/**
 * Begins a notification to an agent. Returns where its payload goes, to be sent with {@link send}; 0 when the agent has
 * no channel, or has not read so many messages that this one is lost.
 */
export function notification(agent: usize, protocol: u32, id: u32): usize {
	const channel = load<u32>(agent, Agent.P2A);
	if (channel === 0) return 0;
	if (places(channel) >= <u32>Abi.QUEUE_LENGTH) {
		const dropped = load<u32>(channel, Channel.DROPPED) + 1;
		store<u32>(channel, dropped, Channel.DROPPED);
		return 0;
	}
	const message = nextQueued(channel);
	const header = id | Type.NOTIFICATION | (protocol << PROTOCOL_SHIFT);
	store<u32>(message, header, Queued.HEADER);
	return message + Queued.PAYLOAD;
}

/** Sends the message that was begun last for this agent, with `size` bytes of payload. */
export function send(agent: usize, size: u32): void {
	const channel = load<u32>(agent, Agent.P2A);
	store<u32>(nextQueued(channel), HEADER_SIZE + size, Queued.LENGTH);
	enqueue(channel);
}

/** The header of the command that is being served: what its delayed response is made from. */
export function commandHeader(): u32 {
	return load<u32>(Address.STATE, State.HEADER);
}

/** Keeps a place for the delayed response of the command that is being served. False when no more can be pending. */
export function reserveResponse(agent: usize): bool {
	const channel = load<u32>(agent, Agent.P2A);
	if (channel === 0 || places(channel) >= <u32>Abi.QUEUE_LENGTH) return false;
	const reserved = load<u32>(channel, Channel.RESERVED) + 1;
	store<u32>(channel, reserved, Channel.RESERVED);
	return true;
}

/** Gives a reserved place back: no delayed response will follow. */
export function releaseResponse(agent: usize): void {
	const channel = load<u32>(agent, Agent.P2A);
	const reserved = load<u32>(channel, Channel.RESERVED) - 1;
	store<u32>(channel, reserved, Channel.RESERVED);
}

/**
 * Begins the delayed response to a command, in the place reserved for it. Returns where its payload goes, the status
 * first; it is sent with {@link send}.
 */
export function delayedResponse(agent: usize, header: u32): usize {
	releaseResponse(agent);
	const message = nextQueued(load<u32>(agent, Agent.P2A));
	store<u32>(
		message,
		(header & ~TYPE_MASK) | Type.DELAYED_RESPONSE,
		Queued.HEADER,
	);
	return message + Queued.PAYLOAD;
}
