// A platform's devices and what its agents may, compiled into the image.
// The format is assembly/image.ts.

import { Device, DeviceResource } from "../../../assembly/image.ts";
import type { Device as DeviceTable } from "../devices.ts";
import { type Platform, PROTOCOL_IDS } from "../platform.ts";
import { byId, invalid, type Tables } from "./tables.ts";

/** The lists of a device, the platform's table that has their names, and the protocol that knows them by their IDs. */
const LISTS = [
	["clocks", "clocks", PROTOCOL_IDS.clock],
	["powerDomains", "powerDomains", PROTOCOL_IDS.powerDomain],
	["performanceDomains", "performanceDomains", PROTOCOL_IDS.performance],
	["rails", "rails", PROTOCOL_IDS.voltage],
	["sensors", "sensors", PROTOCOL_IDS.sensor],
	["resets", "resets", PROTOCOL_IDS.reset],
] as const satisfies readonly [keyof DeviceTable, keyof Platform, number][];

export function addDevices(tables: Tables): void {
	const { devices = [], agentRights = {}, agents } = tables.platform;
	for (const name of Object.keys(agentRights)) {
		if (!agents.includes(name))
			throw invalid(`rights of ${name}: there is no such agent`);
	}
	const names = new Set<string>();
	for (const [index, device] of byId(devices).entries()) {
		if (device.id !== index)
			throw invalid(
				`device ${device.name}: ID ${device.id}, expected ${index}`,
			);
		if (names.has(device.name))
			throw invalid(`device ${device.name}: the name is used twice`);
		names.add(device.name);
		addDevice(tables, device);
	}
	for (const [agent, { denied = [] }] of Object.entries(agentRights)) {
		const unknown = denied.find((name) => !names.has(name));
		if (unknown !== undefined)
			throw invalid(`rights of ${agent}: there is no device ${unknown}`);
	}
}

function addDevice(tables: Tables, device: DeviceTable): void {
	const { agents, agentRights = {} } = tables.platform;
	const row = tables.devices.row();
	row.u32(Device.RESOURCES, tables.deviceResources.count);
	let denied = 0;
	for (const [i, agent] of agents.entries()) {
		if (agentRights[agent]?.denied?.includes(device.name))
			denied |= 1 << (i + 1);
	}
	row.u32(Device.DENIED_AT_LOAD, denied >>> 0);
	let count = 0;
	for (const [list, table, protocol] of LISTS) {
		for (const name of device[list] ?? []) {
			const found = tables.platform[table].find((each) => each.name === name);
			if (found === undefined)
				throw invalid(
					`device ${device.name}: ${name} is none of the platform's ${table}`,
				);
			const resource = tables.deviceResources.row();
			resource.u32(DeviceResource.PROTOCOL, protocol);
			resource.u32(DeviceResource.ID, found.id);
			count++;
		}
	}
	row.u32(Device.RESOURCE_COUNT, count);
}
