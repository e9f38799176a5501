// Reset lines that must be left alone, because another agent is at work with a device that they reset.
// SCMI 3.2 (Arm DEN0056E), section 4.8.2, RESET: DENIED. Which device a line belongs to is the platform's to say.

import { findClock } from "../hardware/clock-tree";
import { domainRow } from "../hardware/power-domains";
import { Clock, Device, DeviceResource, Domain } from "../image";
import { Address, State } from "../layout";
import { deniedOn, findDevice } from "./permissions";

const enum Id {
	POWER_DOMAIN = 0x11,
	CLOCK = 0x14,
	RESET_DOMAIN = 0x16,
}

const PLATFORM_BIT: u32 = 1;

/** Whether another agent, permitted to use a device of this line, has requested a clock or power domain of that device. */
export function resetIsHeld(id: u32, agent: u32): bool {
	const mine = PLATFORM_BIT | (1 << agent);
	const devices = load<u32>(Address.STATE, State.DEVICE_COUNT);
	for (let i: u32 = 0; i < devices; i++) {
		const device = findDevice(i);
		if (hasLine(device, id) && users(device) & ~mine) return true;
	}
	return false;
}

function resourceAt(device: usize, i: u32): usize {
	return load<u32>(device, Device.RESOURCES) + i * DeviceResource.SIZE;
}

function hasLine(device: usize, id: u32): bool {
	const count = load<u32>(device, Device.RESOURCE_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const row = resourceAt(device, i);
		if (load<u32>(row, DeviceResource.PROTOCOL) !== Id.RESET_DOMAIN) continue;
		if (load<u32>(row, DeviceResource.ID) === id) return true;
	}
	return false;
}

/** The agents that have requested something of a device and may: a bit for each. */
function users(device: usize): u32 {
	let agents: u32 = 0;
	const count = load<u32>(device, Device.RESOURCE_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const row = resourceAt(device, i);
		const protocol = load<u32>(row, DeviceResource.PROTOCOL);
		const requests = requestsFor(protocol, load<u32>(row, DeviceResource.ID));
		agents |= requests & ~load<u32>(deniedOn(device, protocol));
	}
	return agents;
}

function requestsFor(protocol: u32, id: u32): u32 {
	if (protocol === Id.CLOCK) return load<u32>(findClock(id), Clock.REQUESTS);
	if (protocol === Id.POWER_DOMAIN)
		return load<u32>(domainRow(id), Domain.REQUESTS);
	return 0;
}
