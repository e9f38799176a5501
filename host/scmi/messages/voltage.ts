// The messages of the voltage domain management protocol, 0x17.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.9, with the layouts of earlier versions beside it.

import { type Messages, u32 } from "../layout.ts";
import { common, type Protocol } from "./common.ts";

/** Voltage domain management protocol, 0x17. */
export const voltageMessages = {
	...common([u32("attributes")]),
} satisfies Messages;

/** What it tells unasked. */
export const voltageNotifications = {} satisfies Messages;

export const voltageProtocol = {
	id: 0x17,
	name: "voltage",
	messages: voltageMessages,
	notifications: voltageNotifications,
} satisfies Protocol;
