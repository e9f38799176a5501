// The messages of the clock management protocol, 0x14.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.6, with the layouts of earlier versions beside it.

import {
	array,
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

const clockId = u32("clock_id");

/** Clock management protocol, 0x14. */
export const clockMessages = {
	...common([
		u32("attributes", {
			bits: [bits("num_clocks", 15, 0), bits("max_async_requests", 23, 16)],
		}),
	]),
	ATTRIBUTES: message(
		"CLOCK_ATTRIBUTES",
		0x3,
		[clockId],
		[
			u32("attributes", {
				bits: [
					bit("enabled", 0),
					bit("restricted", 1, { since: 0x30000 }),
					bit("extended_config", 27, { since: 0x30000 }),
					bit("parents", 28, { since: 0x30000 }),
					bit("extended_name", 29, { since: 0x20000 }),
					bit("rate_change_requested_notify", 30, { since: 0x20000 }),
					bit("rate_changed_notify", 31, { since: 0x20000 }),
				],
			}),
			text("clock_name", SHORT_NAME),
			u32("clock_enable_delay", { since: 0x20000 }),
		],
	),
	DESCRIBE_RATES: message(
		"CLOCK_DESCRIBE_RATES",
		0x4,
		[clockId, u32("rate_index", { preset: 0 })],
		[
			u32("num_rates_flags", {
				bits: [
					bits("num_rates", 11, 0),
					bit("format", 12, { values: { 0: "list", 1: "range" } }),
					bits("remaining", 31, 16),
				],
			}),
			array("rates", "u64[]", { countIn: "num_rates" }),
		],
	),
	RATE_SET: message(
		"CLOCK_RATE_SET",
		0x5,
		[
			u32("flags", {
				preset: 0,
				bits: [
					bit("async", 0),
					bit("no_delayed_response", 1),
					bit("round_up", 2),
					bit("round_auto", 3),
				],
			}),
			clockId,
			u64("rate"),
		],
		[],
		[clockId, u64("rate")],
	),
	RATE_GET: message("CLOCK_RATE_GET", 0x6, [clockId], [u64("rate")]),
	CONFIG_SET: message("CLOCK_CONFIG_SET", 0x7, [
		clockId,
		u32("attributes", {
			bits: [
				bit("enable", 0, {
					until: 0x30000,
					values: { 0: "disable", 1: "enable" },
				}),
				bits("state", 1, 0, {
					since: 0x30000,
					values: { 0: "disable", 1: "enable", 3: "unchanged" },
				}),
				bits("extended_config_type", 23, 16, { since: 0x30000 }),
			],
		}),
		u32("extended_config_val", { preset: 0, since: 0x30000 }),
	]),
	NAME_GET: message(
		"CLOCK_NAME_GET",
		0x8,
		[clockId],
		[u32("flags"), text("name", LONG_NAME)],
	),
	RATE_NOTIFY: message("CLOCK_RATE_NOTIFY", 0x9, [clockId, notify]),
	RATE_CHANGE_REQUESTED_NOTIFY: message(
		"CLOCK_RATE_CHANGE_REQUESTED_NOTIFY",
		0xa,
		[clockId, notify],
	),
	CONFIG_GET: message(
		"CLOCK_CONFIG_GET",
		0xb,
		[
			clockId,
			u32("flags", { preset: 0, bits: [bits("extended_config_type", 7, 0)] }),
		],
		[
			u32("attributes"),
			u32("config", { bits: [bit("enabled", 0)] }),
			u32("extended_config_val"),
		],
	),
	POSSIBLE_PARENTS_GET: message(
		"CLOCK_POSSIBLE_PARENTS_GET",
		0xc,
		[clockId, u32("skip_parents", { preset: 0 })],
		[
			u32("num_parents_flags", {
				bits: [bits("num_parents", 7, 0), bits("remaining", 31, 24)],
			}),
			array("parents", "u32[]", { countIn: "num_parents" }),
		],
	),
	PARENT_SET: message("CLOCK_PARENT_SET", 0xd, [clockId, u32("parent_id")]),
	PARENT_GET: message("CLOCK_PARENT_GET", 0xe, [clockId], [u32("parent_id")]),
	GET_PERMISSIONS: message(
		"CLOCK_GET_PERMISSIONS",
		0xf,
		[clockId],
		[
			u32("permissions", {
				bits: [
					bit("state_control", 31),
					bit("parent_control", 30),
					bit("rate_control", 29),
				],
			}),
		],
	),
} satisfies Messages;

const changed = [u32("agent_id"), clockId, u64("rate")];

/** What the clock protocol tells unasked. */
export const clockNotifications = {
	RATE_CHANGED: notification("CLOCK_RATE_CHANGED", 0x0, changed),
	RATE_CHANGE_REQUESTED: notification(
		"CLOCK_RATE_CHANGE_REQUESTED",
		0x1,
		changed,
	),
} satisfies Messages;

export const clockProtocol = {
	id: 0x14,
	name: "clock",
	messages: clockMessages,
	notifications: clockNotifications,
} satisfies Protocol;
