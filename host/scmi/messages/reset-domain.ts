// The messages of the reset domain management protocol, 0x16.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.8, with the layouts of earlier versions beside it.

import { type Messages, u32 } from "../layout.ts";
import { common, type Protocol } from "./common.ts";

/** Reset domain management protocol, 0x16. */
export const resetMessages = {
	...common([u32("attributes")]),
} satisfies Messages;

/** What it tells unasked. */
export const resetNotifications = {} satisfies Messages;

export const resetProtocol = {
	id: 0x16,
	name: "reset",
	messages: resetMessages,
	notifications: resetNotifications,
} satisfies Protocol;
