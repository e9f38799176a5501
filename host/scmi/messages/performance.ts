// The messages of the performance domain management protocol, 0x13.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, with the layouts of earlier versions beside it.

import { type Messages, u32 } from "../layout.ts";
import { common, type Protocol } from "./common.ts";

/** Performance domain management protocol, 0x13. */
export const performanceMessages = {
	...common([u32("attributes")]),
} satisfies Messages;

/** What it tells unasked. */
export const performanceNotifications = {} satisfies Messages;

export const performanceProtocol = {
	id: 0x13,
	name: "performance",
	messages: performanceMessages,
	notifications: performanceNotifications,
} satisfies Protocol;
