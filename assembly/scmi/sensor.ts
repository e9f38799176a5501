// The sensor management protocol, 0x15.
// SCMI 3.2 (Arm DEN0056E), section 4.7.

import { PROTOCOL_ATTRIBUTES, row } from "./common";
import { Reply } from "./entry";

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_SENSOR: u32 = 0x30001;

export function isSensorVersion(version: u32): bool {
	return (
		version === 0x10000 ||
		version === 0x20000 ||
		version === 0x30000 ||
		version === 0x30001
	);
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeSensor(
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
