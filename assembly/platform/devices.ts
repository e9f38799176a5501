// Checks the devices of a platform image, and gives the agents the permissions that they have at load.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { Device, DeviceResource, Image, LoadError } from "../image";
import { Address, State } from "../layout";
import { deniedTo, resetPermissions } from "../scmi/permissions";
import { check, failed, header, state } from "./check";

export function checkDevices(): void {
	for (let id: u32 = 0; id < state(State.DEVICE_COUNT) && !failed(); id++)
		checkDevice(state(State.DEVICES) + id * Device.SIZE);
	if (!failed()) resetPermissions(u32.MAX_VALUE);
}

function checkDevice(device: usize): void {
	const first = load<u32>(device, Device.RESOURCES);
	const count = load<u32>(device, Device.RESOURCE_COUNT);
	const most = header(Image.DEVICE_RESOURCES + 4);
	const inside = first <= most && count <= most - first;
	if (!check(inside, LoadError.REFERENCE, device + Device.RESOURCES)) return;
	const rows: usize =
		Address.IMAGE +
		header(Image.DEVICE_RESOURCES) +
		first * DeviceResource.SIZE;
	for (let i: u32 = 0; i < count; i++) {
		const row = rows + i * DeviceResource.SIZE;
		const known = deniedTo(
			load<u32>(row, DeviceResource.PROTOCOL),
			load<u32>(row, DeviceResource.ID),
		);
		if (!check(known !== 0, LoadError.REFERENCE, row)) return;
	}
	store<u32>(device, <u32>rows, Device.RESOURCES);
	// Nobody can take the platform's own permissions.
	const denied = load<u32>(device, Device.DENIED_AT_LOAD);
	check((denied & 1) === 0, LoadError.RANGE, device + Device.DENIED_AT_LOAD);
}
