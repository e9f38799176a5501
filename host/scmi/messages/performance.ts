// The messages of the performance domain management protocol, 0x13.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, with the layouts of earlier versions beside it.

import {
	bit,
	bits,
	type Messages,
	message,
	notification,
	records,
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

const domainId = u32("domain_id");
const level = u32("performance_level");
const limits = [u32("range_max"), u32("range_min")];

/** Messages that may have a fast channel. */
const FAST_MESSAGES = {
	5: "LIMITS_SET",
	6: "LIMITS_GET",
	7: "LEVEL_SET",
	8: "LEVEL_GET",
};

/** An entry of PERFORMANCE_DESCRIBE_LEVELS. */
const levels = [
	u32("performance_level"),
	u32("power_cost"),
	u32("attributes", { bits: [bits("transition_latency", 15, 0)] }),
	u32("indicative_frequency", { since: 0x40000 }),
	u32("level_index", { since: 0x40000 }),
];

/** Performance domain management protocol, 0x13. */
export const performanceMessages = {
	...common([
		u32("attributes", {
			bits: [
				bits("num_domains", 15, 0),
				bit("power_in_mw", 16, { until: 0x30000 }),
				bits("power_unit", 17, 16, {
					since: 0x30000,
					values: { 0: "abstract", 1: "mW", 2: "µW" },
				}),
			],
		}),
		u64("statistics_address"),
		u32("statistics_len"),
	]),
	DOMAIN_ATTRIBUTES: message(
		"PERFORMANCE_DOMAIN_ATTRIBUTES",
		0x3,
		[domainId],
		[
			u32("attributes", {
				bits: [
					bit("set_limits", 31),
					bit("set_performance_level", 30),
					bit("limits_change_notify", 29),
					bit("level_change_notify", 28),
					bit("fastchannels", 27, { since: 0x20000 }),
					bit("extended_name", 26, { since: 0x30000 }),
					bit("level_indexing_mode", 25, { since: 0x40000 }),
				],
			}),
			u32("rate_limit", { bits: [bits("microseconds", 19, 0)] }),
			u32("sustained_freq"),
			u32("sustained_perf_level"),
			text("name", SHORT_NAME),
		],
	),
	DESCRIBE_LEVELS: message(
		"PERFORMANCE_DESCRIBE_LEVELS",
		0x4,
		[domainId, u32("level_index", { preset: 0 })],
		[
			u32("num_levels", {
				bits: [bits("num_levels_returned", 11, 0), bits("remaining", 31, 16)],
			}),
			records("perf_levels", levels, { countIn: "num_levels_returned" }),
		],
	),
	LIMITS_SET: message("PERFORMANCE_LIMITS_SET", 0x5, [domainId, ...limits]),
	LIMITS_GET: message("PERFORMANCE_LIMITS_GET", 0x6, [domainId], limits),
	LEVEL_SET: message("PERFORMANCE_LEVEL_SET", 0x7, [domainId, level]),
	LEVEL_GET: message("PERFORMANCE_LEVEL_GET", 0x8, [domainId], [level]),
	NOTIFY_LIMITS: message("PERFORMANCE_NOTIFY_LIMITS", 0x9, [domainId, notify]),
	NOTIFY_LEVEL: message("PERFORMANCE_NOTIFY_LEVEL", 0xa, [domainId, notify]),
	DESCRIBE_FASTCHANNEL: message(
		"PERFORMANCE_DESCRIBE_FASTCHANNEL",
		0xb,
		[domainId, u32("message_id", { values: FAST_MESSAGES })],
		[
			u32("attributes", {
				bits: [
					bit("doorbell", 0),
					bits("doorbell_register_width", 2, 1, {
						values: { 0: "8 bits", 1: "16 bits", 2: "32 bits", 3: "64 bits" },
					}),
				],
			}),
			u32("rate_limit", { bits: [bits("microseconds", 19, 0)] }),
			u64("chan_addr"),
			u32("chan_size"),
			u64("doorbell_addr"),
			u64("doorbell_set_mask"),
			u64("doorbell_preserve_mask"),
		],
	),
	DOMAIN_NAME_GET: message(
		"PERFORMANCE_DOMAIN_NAME_GET",
		0xc,
		[domainId],
		[u32("flags"), text("name", LONG_NAME)],
	),
} satisfies Messages;

/** What it tells unasked. */
export const performanceNotifications = {
	LIMITS_CHANGED: notification("PERFORMANCE_LIMITS_CHANGED", 0x0, [
		u32("agent_id"),
		domainId,
		...limits,
	]),
	LEVEL_CHANGED: notification("PERFORMANCE_LEVEL_CHANGED", 0x1, [
		u32("agent_id"),
		domainId,
		level,
	]),
} satisfies Messages;

export const performanceProtocol = {
	id: 0x13,
	name: "performance",
	messages: performanceMessages,
	notifications: performanceNotifications,
} satisfies Protocol;
