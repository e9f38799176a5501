// The messages of the voltage domain management protocol, 0x17.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.9, with the layouts of earlier versions beside it.

import {
	array,
	bit,
	bits,
	i32,
	type Messages,
	message,
	text,
	u32,
} from "../layout.ts";
import { common, LONG_NAME, type Protocol, SHORT_NAME } from "./common.ts";

/** Modes that the specification defines for every domain. */
export const VOLTAGE_MODE_OFF = 0;
export const VOLTAGE_MODE_ON = 7;

const domainId = u32("domain_id");
const config = u32("config", {
	bits: [
		bits("mode", 3, 0, {
			values: { [VOLTAGE_MODE_OFF]: "off", [VOLTAGE_MODE_ON]: "on" },
		}),
	],
});

/** Voltage domain management protocol, 0x17. */
export const voltageMessages = {
	...common([u32("attributes", { bits: [bits("num_domains", 15, 0)] })]),
	DOMAIN_ATTRIBUTES: message(
		"VOLTAGE_DOMAIN_ATTRIBUTES",
		0x3,
		[domainId],
		[
			u32("attributes", {
				bits: [
					bit("level_set_async", 31, { since: 0x20000 }),
					bit("extended_name", 30, { since: 0x20000 }),
				],
			}),
			text("name", SHORT_NAME),
		],
	),
	DESCRIBE_LEVELS: message(
		"VOLTAGE_DESCRIBE_LEVELS",
		0x4,
		[domainId, u32("level_index", { preset: 0 })],
		[
			u32("flags", {
				bits: [
					bits("num_levels", 11, 0),
					bit("format", 12, { values: { 0: "list", 1: "triplet" } }),
					bits("remaining", 31, 16),
				],
			}),
			array("voltage", "i32[]", { countIn: "num_levels" }),
		],
	),
	CONFIG_SET: message("VOLTAGE_CONFIG_SET", 0x5, [domainId, config]),
	CONFIG_GET: message("VOLTAGE_CONFIG_GET", 0x6, [domainId], [config]),
	LEVEL_SET: message(
		"VOLTAGE_LEVEL_SET",
		0x7,
		[
			domainId,
			u32("flags", { preset: 0, bits: [bit("async", 0, { since: 0x20000 })] }),
			i32("voltage_level"),
		],
		[],
		[domainId, i32("voltage_level")],
	),
	LEVEL_GET: message(
		"VOLTAGE_LEVEL_GET",
		0x8,
		[domainId],
		[i32("voltage_level")],
	),
	DOMAIN_NAME_GET: message(
		"VOLTAGE_DOMAIN_NAME_GET",
		0x9,
		[domainId],
		[u32("flags"), text("name", LONG_NAME)],
	),
} satisfies Messages;

/** It has no notifications. */
export const voltageNotifications = {} satisfies Messages;

export const voltageProtocol = {
	id: 0x17,
	name: "voltage",
	messages: voltageMessages,
	notifications: voltageNotifications,
} satisfies Protocol;
