// The messages of the base protocol, 0x10.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.2, with the layouts of earlier versions beside it.

import {
	array,
	bit,
	bits,
	type Messages,
	message,
	notification,
	text,
	u32,
} from "../layout.ts";
import { common, notify, type Protocol, SHORT_NAME } from "./common.ts";

const access = [bit("access", 0, { values: { 0: "deny", 1: "allow" } })];

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

/** What the base protocol tells unasked. */
export const baseNotifications = {
	ERROR_EVENT: notification("BASE_ERROR_EVENT", 0x0, [
		u32("agent_id"),
		u32("error_status", { bits: [bits("cmd_count", 9, 0), bit("fatal", 31)] }),
		// Each the command's header in the low word and its status in the high one.
		array("msg_reports", "u64[]", { countIn: "cmd_count" }),
	]),
} satisfies Messages;

export const baseProtocol = {
	id: 0x10,
	name: "base",
	messages: baseMessages,
	notifications: baseNotifications,
} satisfies Protocol;
