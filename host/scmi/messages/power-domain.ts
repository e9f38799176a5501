// The messages of the power domain management protocol, 0x11.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.3, with the layouts of earlier versions beside it.

import {
	bit,
	bits,
	type Messages,
	message,
	notification,
	text,
	u32,
	u64,
} from "../layout.ts";
import {
	common,
	LONG_NAME,
	notify,
	type Protocol,
	SHORT_NAME,
} from "./common.ts";

/** Power states that every domain has, ON and OFF in the specification. */
export const POWER_STATE_ON = 0;
export const POWER_STATE_OFF = 0x40000000;

const powerState = u32("power_state", {
	values: { [POWER_STATE_ON]: "ON", [POWER_STATE_OFF]: "OFF" },
});

/** Power domain management protocol, 0x11. */
export const powerMessages = {
	...common([
		u32("attributes", { bits: [bits("num_domains", 15, 0)] }),
		u64("statistics_address"),
		u32("statistics_len"),
	]),
	DOMAIN_ATTRIBUTES: message(
		"POWER_DOMAIN_ATTRIBUTES",
		0x3,
		[u32("domain_id")],
		[
			u32("attributes", {
				bits: [
					bit("state_change_notify", 31),
					bit("state_set_async", 30),
					bit("state_set_sync", 29),
					bit("state_change_requested_notify", 28, { since: 0x20000 }),
					bit("extended_name", 27, { since: 0x30000 }),
				],
			}),
			text("name", SHORT_NAME),
		],
	),
	STATE_SET: message("POWER_STATE_SET", 0x4, [
		u32("flags", { preset: 0, bits: [bit("async", 0)] }),
		u32("domain_id"),
		powerState,
	]),
	STATE_GET: message("POWER_STATE_GET", 0x5, [u32("domain_id")], [powerState]),
	STATE_NOTIFY: message("POWER_STATE_NOTIFY", 0x6, [u32("domain_id"), notify]),
	STATE_CHANGE_REQUESTED_NOTIFY: message(
		"POWER_STATE_CHANGE_REQUESTED_NOTIFY",
		0x7,
		[u32("domain_id"), notify],
	),
	DOMAIN_NAME_GET: message(
		"POWER_DOMAIN_NAME_GET",
		0x8,
		[u32("domain_id")],
		[u32("flags"), text("name", LONG_NAME)],
	),
} satisfies Messages;

const changed = [u32("agent_id"), u32("domain_id"), powerState];

/** What the power domain protocol tells unasked. */
export const powerNotifications = {
	STATE_CHANGED: notification("POWER_STATE_CHANGED", 0x0, changed),
	STATE_CHANGE_REQUESTED: notification(
		"POWER_STATE_CHANGE_REQUESTED",
		0x1,
		changed,
	),
} satisfies Messages;

export const powerProtocol = {
	id: 0x11,
	name: "power",
	messages: powerMessages,
	notifications: powerNotifications,
} satisfies Protocol;
