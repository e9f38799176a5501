// The reset domain management protocol, 0x16.
// SCMI 3.2 (Arm DEN0056E), section 4.8.

import { PROTOCOL_ATTRIBUTES, row } from "./common";
import { Reply } from "./entry";

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_RESET_DOMAIN: u32 = 0x30001;

export function isResetDomainVersion(version: u32): bool {
	return (
		version === 0x10000 ||
		version === 0x20000 ||
		version === 0x30000 ||
		version === 0x30001
	);
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeResetDomain(
	table: usize,
	_version: u32,
	_notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
}

function protocolAttributes(_agent: usize, _protocol: u32, p: usize): i32 {
	store<u32>(p, 0, Reply.AT);
	return 4;
}
