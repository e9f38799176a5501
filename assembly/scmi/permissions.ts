// Permissions: which agent must not change what, by the devices that clocks, domains and sensors belong to.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2, BASE_SET_DEVICE_PERMISSIONS and BASE_SET_PROTOCOL_PERMISSIONS.
//
// The specification leaves to the platform what a permission covers. Here: whatever would change a resource of the device
// is DENIED, by the protocol in question; everything is told and read as before, and notifications may be asked for. A
// resource that several devices have needs the permission for each of them. What is of no device is everybody's; a rate
// that it hands on to a device's clock needs the permission for that one. A protocol that an agent has lost on all its
// devices is still listed and answers. Requests made before stay in force; a rate that waits to be set is none.

import { forget } from "../hardware/clock-cache";
import { clockRow, findClock } from "../hardware/clock-tree";
import { findPerformance } from "../hardware/operating-points";
import { findDomain } from "../hardware/power-domains";
import { findRail } from "../hardware/rails";
import { findReset } from "../hardware/resets";
import { findSensor } from "../hardware/sensors";
import {
	Clock,
	ClockState,
	Device,
	DeviceResource,
	Domain,
	Performance,
	Rail,
	Reset,
	Sensor,
} from "../image";
import { Address, Dispatch, State } from "../layout";
import { agentId } from "./agents";

const enum Id {
	POWER_DOMAIN = 0x11,
	PERFORMANCE = 0x13,
	CLOCK = 0x14,
	SENSOR = 0x15,
	RESET_DOMAIN = 0x16,
	VOLTAGE = 0x17,
}

/** Whether an agent must not change something, by the mask at `mask`: the DENIED_TO of its row. */
export function isDenied(agent: usize, mask: usize): bool {
	const agents = load<u32>(mask);
	return agents !== 0 && (agents & (1 << agentId(agent))) !== 0;
}

/** Where the row behind a protocol's ID keeps the agents that must not change it; 0 when there is none. */
export function deniedTo(protocol: u32, id: u32): usize {
	switch (protocol) {
		case Id.POWER_DOMAIN:
			return field(findDomain(id), Domain.DENIED_TO);
		case Id.PERFORMANCE:
			return field(findPerformance(id), Performance.DENIED_TO);
		case Id.CLOCK:
			return field(findClock(id), Clock.DENIED_TO);
		case Id.SENSOR:
			return field(findSensor(id), Sensor.DENIED_TO);
		case Id.RESET_DOMAIN:
			return field(findReset(id), Reset.DENIED_TO);
		case Id.VOLTAGE:
			return field(findRail(id), Rail.DENIED_TO);
		default:
			return 0;
	}
}

function field(row: usize, offset: u32): usize {
	return row === 0 ? 0 : row + offset;
}

function deviceCount(): u32 {
	return load<u32>(Address.STATE, State.DEVICE_COUNT);
}

/** The device with an ID from outside, or 0. */
export function findDevice(id: u32): usize {
	if (id >= deviceCount()) return 0;
	return load<u32>(Address.STATE, State.DEVICES) + id * Device.SIZE;
}

/** The agents that must not use a protocol on a device: a bit for each. */
export function deniedOn(device: usize, protocol: u32): usize {
	return device + Device.DENIED + ((protocol - Dispatch.FIRST_PROTOCOL) << 2);
}

/** Allows or denies some agents, a bit for each, the use of a protocol on a device; to be followed by {@link apply}. */
function change(device: usize, protocol: u32, agents: u32, allow: bool): void {
	const mask = deniedOn(device, protocol);
	const denied = load<u32>(mask);
	store<u32>(mask, allow ? denied & ~agents : denied | agents);
}

/** The same for all protocols. */
function changeAll(device: usize, agents: u32, allow: bool): void {
	for (let i: u32 = 0; i < <u32>Dispatch.PROTOCOLS; i++)
		change(device, Dispatch.FIRST_PROTOCOL + i, agents, allow);
}

/** Allows or denies an agent the use of a protocol on a device. */
export function permitProtocol(
	device: usize,
	protocol: u32,
	agent: u32,
	allow: bool,
): void {
	change(device, protocol, 1 << agent, allow);
	apply();
}

/** Allows or denies an agent the use of a device. */
export function permitDevice(device: usize, agent: u32, allow: bool): void {
	changeAll(device, 1 << agent, allow);
	apply();
}

/** Gives some agents, a bit for each, the permissions that they have at load. */
export function resetPermissions(agents: u32): void {
	for (let id: u32 = 0; id < deviceCount(); id++) {
		const device = findDevice(id);
		const denied = load<u32>(device, Device.DENIED_AT_LOAD) & agents;
		changeAll(device, agents, true);
		changeAll(device, denied, false);
	}
	apply();
}

/** Writes into every resource's row who must not change it. */
function apply(): void {
	forgetClocks();
	clear(State.CLOCKS, Clock.SIZE, Clock.DENIED_TO);
	clear(State.DOMAINS, Domain.SIZE, Domain.DENIED_TO);
	clear(State.PERFORMANCE, Performance.SIZE, Performance.DENIED_TO);
	clear(State.SENSORS, Sensor.SIZE, Sensor.DENIED_TO);
	clear(State.RESETS, Reset.SIZE, Reset.DENIED_TO);
	clear(State.RAILS, Rail.SIZE, Rail.DENIED_TO);
	for (let id: u32 = 0; id < deviceCount(); id++) {
		const device = findDevice(id);
		const count = load<u32>(device, Device.RESOURCE_COUNT);
		const rows = load<u32>(device, Device.RESOURCES);
		for (let i: u32 = 0; i < count; i++) {
			const row = rows + i * DeviceResource.SIZE;
			const protocol = load<u32>(row, DeviceResource.PROTOCOL);
			const mask = deniedTo(protocol, load<u32>(row, DeviceResource.ID));
			const denied = load<u32>(deniedOn(device, protocol));
			store<u32>(mask, load<u32>(mask) | denied);
		}
	}
}

/** What clocks are to agents depends on permissions, too. */
function forgetClocks(): void {
	const count = load<u32>(Address.STATE, State.CLOCK_COUNT);
	for (let id: u32 = 0; id < count; id++)
		forget(clockRow(id), ClockState.STATES);
}

/** Clears a field of all rows of a table. */
function clear(table: u32, size: u32, field: u32): void {
	const rows = load<u32>(Address.STATE + table);
	const count = load<u32>(Address.STATE + table + 4);
	for (let i: u32 = 0; i < count; i++) store<u32>(rows + i * size + field, 0);
}
