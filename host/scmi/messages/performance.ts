// The messages of the performance domain management protocol, 0x13.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, with the layouts of earlier versions beside it.

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

const domainId = u32("domain_id");
const level = u32("performance_level");
const limits = [u32("range_max"), u32("range_min")];

/** Words of an entry of PERFORMANCE_DESCRIBE_LEVELS. */
export const LEVEL_WORDS = 3;
export const LEVEL_WORDS_V4 = 5;

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
				bits: [
					bits("num_levels_returned", 11, 0),
					bits("remaining", 31, 16),
				],
			}),
			array("perf_levels", "u32[]", {
				countIn: "num_levels_returned",
				words: [LEVEL_WORDS, LEVEL_WORDS_V4],
			}),
		],
	),
	LIMITS_SET: message("PERFORMANCE_LIMITS_SET", 0x5, [domainId, ...limits]),
	LIMITS_GET: message("PERFORMANCE_LIMITS_GET", 0x6, [domainId], limits),
	LEVEL_SET: message("PERFORMANCE_LEVEL_SET", 0x7, [domainId, level]),
	LEVEL_GET: message("PERFORMANCE_LEVEL_GET", 0x8, [domainId], [level]),
	NOTIFY_LIMITS: message("PERFORMANCE_NOTIFY_LIMITS", 0x9, [domainId, notify]),
	NOTIFY_LEVEL: message("PERFORMANCE_NOTIFY_LEVEL", 0xa, [domainId, notify]),
} satisfies Messages;
