// The messages of the reset domain management protocol, 0x16.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.8, with the layouts of earlier versions beside it.

import {
	bit,
	bits,
	type Messages,
	message,
	notification,
	text,
	u32,
} from "../layout.ts";
import {
	common,
	LONG_NAME,
	notify,
	type Protocol,
	SHORT_NAME,
} from "./common.ts";

/** The architectural reset state that every domain has: full loss of context. */
export const COLD_RESET_STATE = 0;
/** A latency that the platform does not tell. */
export const LATENCY_UNKNOWN = 0xffffffff;

const domainId = u32("domain_id");
const resetState = u32("reset_state", {
	values: { [COLD_RESET_STATE]: "COLD_RESET" },
});

/** Reset domain management protocol, 0x16. */
export const resetMessages = {
	...common([u32("attributes", { bits: [bits("num_domains", 15, 0)] })]),
	DOMAIN_ATTRIBUTES: message(
		"RESET_DOMAIN_ATTRIBUTES",
		0x3,
		[domainId],
		[
			u32("attributes", {
				bits: [
					bit("async_reset", 31),
					bit("reset_notify", 30),
					bit("extended_name", 29, { since: 0x30000 }),
				],
			}),
			u32("latency", { values: { [LATENCY_UNKNOWN]: "unknown" } }),
			text("name", SHORT_NAME),
		],
	),
	RESET: message(
		"RESET",
		0x4,
		[
			domainId,
			u32("flags", {
				bits: [
					bit("autonomous", 0),
					bit("explicit_assert", 1),
					bit("async", 2),
				],
			}),
			{ ...resetState, preset: COLD_RESET_STATE },
		],
		[],
		[domainId],
	),
	NOTIFY: message("RESET_NOTIFY", 0x5, [domainId, notify]),
	DOMAIN_NAME_GET: message(
		"RESET_DOMAIN_NAME_GET",
		0x6,
		[domainId],
		[u32("flags"), text("name", LONG_NAME)],
	),
} satisfies Messages;

/** What it tells unasked. */
export const resetNotifications = {
	RESET_ISSUED: notification("RESET_ISSUED", 0x0, [
		u32("agent_id"),
		domainId,
		resetState,
	]),
} satisfies Messages;

export const resetProtocol = {
	id: 0x16,
	name: "reset",
	messages: resetMessages,
	notifications: resetNotifications,
} satisfies Protocol;
