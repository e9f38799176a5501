// The system power management protocol, 0x12.
// SCMI 3.2 (Arm DEN0056E), section 4.4.

import { PROTOCOL_ATTRIBUTES, row } from "./common";
import { Reply } from "./entry";

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_SYSTEM_POWER: u32 = 0x20001;

export function isSystemPowerVersion(version: u32): bool {
	return version === 0x10000 || version === 0x20000 || version === 0x20001;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeSystemPower(
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
