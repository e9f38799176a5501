// The messages of the system power management protocol, 0x12.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.4, with the layouts of earlier versions beside it.

import { type Messages, u32 } from "../layout.ts";
import { common, type Protocol } from "./common.ts";

/** System power management protocol, 0x12. */
export const systemMessages = {
	...common([u32("attributes")]),
} satisfies Messages;

/** What it tells unasked. */
export const systemNotifications = {} satisfies Messages;

export const systemProtocol = {
	id: 0x12,
	name: "system",
	messages: systemMessages,
	notifications: systemNotifications,
} satisfies Protocol;
