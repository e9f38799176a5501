// The messages of the system power management protocol, 0x12.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.4, with the layouts of earlier versions beside it.

import { bit, type Messages, message, notification, u32 } from "../layout.ts";
import { common, notify, type Protocol } from "./common.ts";

/** System states by their names in lower case; from 0x80000000 on they are a vendor's own. */
export const SYSTEM_STATES = {
	shutdown: 0,
	"cold-reset": 1,
	"warm-reset": 2,
	"power-up": 3,
	suspend: 4,
} as const;

const systemState = u32("system_state", {
	values: {
		[SYSTEM_STATES.shutdown]: "SHUTDOWN",
		[SYSTEM_STATES["cold-reset"]]: "COLD_RESET",
		[SYSTEM_STATES["warm-reset"]]: "WARM_RESET",
		[SYSTEM_STATES["power-up"]]: "POWER_UP",
		[SYSTEM_STATES.suspend]: "SUSPEND",
	},
});
const graceful = [bit("graceful", 0)];

/** System power management protocol, 0x12. */
export const systemMessages = {
	...common([u32("attributes")]),
	STATE_SET: message("SYSTEM_POWER_STATE_SET", 0x3, [
		u32("flags", { preset: 0, bits: graceful }),
		systemState,
	]),
	STATE_GET: message("SYSTEM_POWER_STATE_GET", 0x4, [], [systemState]),
	STATE_NOTIFY: message("SYSTEM_POWER_STATE_NOTIFY", 0x5, [notify]),
} satisfies Messages;

/** What it tells unasked. */
export const systemNotifications = {
	STATE_NOTIFIER: notification("SYSTEM_POWER_STATE_NOTIFIER", 0x0, [
		u32("agent_id"),
		u32("flags", { bits: graceful }),
		systemState,
		u32("timeout", { since: 0x20000 }),
	]),
} satisfies Messages;

export const systemProtocol = {
	id: 0x12,
	name: "system",
	messages: systemMessages,
	notifications: systemNotifications,
} satisfies Protocol;
