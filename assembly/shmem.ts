// The shared-memory channel: status, flags, length and header of an area, checked before anything is believed.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2, shared memory based transport.

import { Channel } from "./image";
import { agentRow } from "./scmi/agents";
import { dispatch } from "./scmi/entry";
import { Status } from "./scmi/status";

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

const INTERRUPT_ENABLED: u32 = 1;
/** The length counts the header word; an error reply holds header and status. */
const HEADER_SIZE: u32 = 4;
const STATUS_SIZE: u32 = 4;

/** Serves every busy area of a function ID. Returns how many there were. */
export function serveChannels(first: usize, count: u32): u32 {
	let served: u32 = 0;
	for (let i: u32 = 0; i < count; i++) {
		const channel = first + i * Channel.SIZE;
		const area = load<u32>(channel, Channel.LINEAR);
		if (load<u32>(area, Smt.STATUS) & SmtStatus.FREE) continue;
		serveArea(channel, area);
		served++;
	}
	return served;
}

function serveArea(channel: usize, area: usize): void {
	// Read once: whoever shares the memory may change it meanwhile.
	const length = load<u32>(area, Smt.LENGTH);
	const header = load<u32>(area, Smt.HEADER);
	const interrupt = load<u32>(area, Smt.FLAGS) & INTERRUPT_ENABLED;
	if (
		length < HEADER_SIZE ||
		length > load<u32>(channel, Channel.LENGTH) - Smt.HEADER
	) {
		// There is no message to answer; agents that look at the status first find one.
		store<i32>(area, Status.PROTOCOL_ERROR, Smt.PAYLOAD);
		store<u32>(area, HEADER_SIZE + STATUS_SIZE, Smt.LENGTH);
		store<u32>(
			channel,
			load<u32>(channel, Channel.REFUSED) + 1,
			Channel.REFUSED,
		);
		complete(channel, area, SmtStatus.FREE | SmtStatus.ERROR, interrupt);
		return;
	}
	const agent = agentRow(load<u32>(channel, Channel.AGENT));
	const size = dispatch(
		agent,
		header,
		area + Smt.PAYLOAD,
		length - HEADER_SIZE,
	);
	store<u32>(area, HEADER_SIZE + size, Smt.LENGTH);
	complete(channel, area, SmtStatus.FREE, interrupt);
}

function complete(
	channel: usize,
	area: usize,
	status: u32,
	interrupt: u32,
): void {
	store<u32>(area, status, Smt.STATUS);
	if (interrupt)
		store<u32>(
			channel,
			load<u32>(channel, Channel.INTERRUPTS) + 1,
			Channel.INTERRUPTS,
		);
}
