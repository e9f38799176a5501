// Every command of the base, power domain and clock protocols: names, numbers, parameters.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.2, 4.3 and 4.6, with the layouts of earlier versions beside it.

import {
	array,
	bit,
	bits,
	type Field,
	type Messages,
	message,
	text,
	u32,
	u64,
} from "./layout.ts";

const SHORT_NAME = 16;
const LONG_NAME = 64;

/** The commands that every protocol has. */
function common(attributes: readonly Field[]) {
	return {
		PROTOCOL_VERSION: message("PROTOCOL_VERSION", 0x0, [], [u32("version")]),
		PROTOCOL_ATTRIBUTES: message("PROTOCOL_ATTRIBUTES", 0x1, [], attributes),
		PROTOCOL_MESSAGE_ATTRIBUTES: message(
			"PROTOCOL_MESSAGE_ATTRIBUTES",
			0x2,
			[u32("message_id")],
			[u32("attributes")],
		),
		NEGOTIATE_PROTOCOL_VERSION: message("NEGOTIATE_PROTOCOL_VERSION", 0x10, [
			u32("version"),
		]),
	};
}

const access = [bit("access", 0, { values: { 0: "deny", 1: "allow" } })];
const notify = u32("notify_enable", { bits: [bit("enable", 0)] });

/** Base protocol, 0x10. */
export const baseMessages = {
	...common([
		u32("attributes", {
			bits: [bits("num_protocols", 7, 0), bits("num_agents", 15, 8)],
		}),
	]),
	DISCOVER_VENDOR: message(
		"BASE_DISCOVER_VENDOR",
		0x3,
		[],
		[text("vendor_identifier", SHORT_NAME)],
	),
	DISCOVER_SUB_VENDOR: message(
		"BASE_DISCOVER_SUB_VENDOR",
		0x4,
		[],
		[text("vendor_identifier", SHORT_NAME)],
	),
	DISCOVER_IMPLEMENTATION_VERSION: message(
		"BASE_DISCOVER_IMPLEMENTATION_VERSION",
		0x5,
		[],
		[u32("implementation_version")],
	),
	DISCOVER_LIST_PROTOCOLS: message(
		"BASE_DISCOVER_LIST_PROTOCOLS",
		0x6,
		[u32("skip", { preset: 0 })],
		[
			u32("num_protocols"),
			array("protocols", "u8[]", { countIn: "num_protocols" }),
		],
	),
	DISCOVER_AGENT: message(
		"BASE_DISCOVER_AGENT",
		0x7,
		[u32("agent_id", { values: { 4294967295: "self" } })],
		[u32("agent_id", { since: 0x20000 }), text("name", SHORT_NAME)],
	),
	NOTIFY_ERRORS: message("BASE_NOTIFY_ERRORS", 0x8, [notify]),
	SET_DEVICE_PERMISSIONS: message("BASE_SET_DEVICE_PERMISSIONS", 0x9, [
		u32("agent_id"),
		u32("device_id"),
		u32("flags", { bits: access }),
	]),
	SET_PROTOCOL_PERMISSIONS: message("BASE_SET_PROTOCOL_PERMISSIONS", 0xa, [
		u32("agent_id"),
		u32("device_id"),
		u32("command_id", { bits: [bits("protocol", 7, 0)] }),
		u32("flags", { bits: access }),
	]),
	RESET_AGENT_CONFIGURATION: message("BASE_RESET_AGENT_CONFIGURATION", 0xb, [
		u32("agent_id"),
		u32("flags", { preset: 0, bits: [bit("permissions_reset", 0)] }),
	]),
} satisfies Messages;

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
	RATE_SET: message("CLOCK_RATE_SET", 0x5, [
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
	]),
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

/** A protocol: its number, its names, its messages by their names without the protocol's own. */
export interface Protocol {
	id: number;
	/** The word for it on command lines and in traces. */
	name: string;
	messages: Messages;
}

export const baseProtocol = {
	id: 0x10,
	name: "base",
	messages: baseMessages,
} satisfies Protocol;
export const powerProtocol = {
	id: 0x11,
	name: "power",
	messages: powerMessages,
} satisfies Protocol;
export const clockProtocol = {
	id: 0x14,
	name: "clock",
	messages: clockMessages,
} satisfies Protocol;

/** Every protocol whose messages are known. */
export const protocols: readonly Protocol[] = [
	baseProtocol,
	powerProtocol,
	clockProtocol,
];
