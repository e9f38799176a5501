// The messages of the sensor management protocol, 0x15.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7, with the layouts of earlier versions beside it.

import { type Messages, u32 } from "../layout.ts";
import { common, type Protocol } from "./common.ts";

/** Sensor management protocol, 0x15. */
export const sensorMessages = {
	...common([u32("attributes")]),
} satisfies Messages;

/** What it tells unasked. */
export const sensorNotifications = {} satisfies Messages;

export const sensorProtocol = {
	id: 0x15,
	name: "sensor",
	messages: sensorMessages,
	notifications: sensorNotifications,
} satisfies Protocol;
