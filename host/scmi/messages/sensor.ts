// The messages of the sensor management protocol, 0x15.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7, with the layouts of earlier versions beside it.

import {
	array,
	bit,
	bits,
	i64,
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

/** Sensor types by their number: what they are the unit of. Of the specification's table, which is DSP0249's. */
export const SENSOR_UNITS: Readonly<Record<number, string>> = {
	0: "none",
	1: "unspecified",
	2: "°C",
	3: "°F",
	4: "K",
	5: "V",
	6: "A",
	7: "W",
	8: "J",
	9: "C",
	10: "VA",
	18: "cfm",
	19: "rpm",
	20: "Hz",
	21: "s",
};

const V2 = { since: 0x20000 };
const V3 = { since: 0x30000 };
const sensorId = u32("sensor_id");

const type = bits("sensor_type", 7, 0, { values: SENSOR_UNITS });
const exponent = bits("exponent", 15, 11, { signed: true });
const extended = bit("extended_attributes", 8, V2);

const resolution = (name: string, when: Record<string, number>) =>
	u32(name, {
		...V2,
		when,
		bits: [
			bits("resolution", 26, 0),
			bits("resolution_exponent", 31, 27, { signed: true }),
		],
	});

const scalar = { extended_attributes: 1, axis_support: 0 };

const descriptor = [
	sensorId,
	u32("sensor_attributes_low", {
		bits: [
			bits("num_trip_points", 7, 0),
			extended,
			bit("timestamp_support", 9, V2),
			bits("timestamp_exponent", 14, 10, { ...V2, signed: true }),
			bit("extended_name", 29, V3),
			bit("continuous_update_notify", 30, V2),
			bit("async_read", 31),
		],
	}),
	u32("sensor_attributes_high", {
		bits: [
			type,
			bit("axis_support", 8, V2),
			exponent,
			bits("num_axes", 21, 16, V2),
			bits("update_interval_exponent", 26, 22, {
				until: 0x20000,
				signed: true,
			}),
			bits("update_interval", 31, 27, { until: 0x20000 }),
		],
	}),
	text("sensor_name", SHORT_NAME),
	u32("sensor_power", { ...V2, when: { extended_attributes: 1 } }),
	resolution("sensor_resolution", scalar),
	i64("sensor_min_range", { ...V2, when: scalar }),
	i64("sensor_max_range", { ...V2, when: scalar }),
];

const axisExtended = { extended_attributes: 1 };

const axisDescriptor = [
	u32("axis_id"),
	u32("axis_attributes_low", {
		bits: [extended, bit("extended_name", 9, V3)],
	}),
	u32("axis_attributes_high", { bits: [type, exponent] }),
	text("axis_name", SHORT_NAME),
	resolution("axis_resolution", axisExtended),
	i64("axis_min_range", { when: axisExtended }),
	i64("axis_max_range", { when: axisExtended }),
];

const axisFlags = u32("num_axis_flags", {
	bits: [bits("num_axes", 5, 0), bits("remaining", 31, 26)],
});

/** An update interval as SENSOR_CONFIG_GET and SENSOR_CONFIG_SET have it. */
const config = [
	bits("update_interval", 31, 16),
	bits("update_interval_exponent", 15, 11, { signed: true }),
	bit("timestamps", 1),
	bit("enabled", 0),
];

/** Version 0x10000 has one value, later ones have one of each axis. */
const readings = [
	i64("sensor_value", { until: 0x20000 }),
	records("readings", [i64("sensor_value"), u64("timestamp")], V2),
];

/** Sensor management protocol, 0x15. */
export const sensorMessages = {
	...common([
		u32("attributes", {
			bits: [bits("num_sensors", 15, 0), bits("max_async_requests", 23, 16)],
		}),
		u64("sensor_reg_address"),
		u32("sensor_reg_len"),
	]),
	DESCRIPTION_GET: message(
		"SENSOR_DESCRIPTION_GET",
		0x3,
		[u32("desc_index", { preset: 0 })],
		[
			u32("num_sensor_flags", {
				bits: [bits("num_sensors", 11, 0), bits("remaining", 31, 16)],
			}),
			records("desc", descriptor, { countIn: "num_sensors" }),
		],
	),
	TRIP_POINT_NOTIFY: message("SENSOR_TRIP_POINT_NOTIFY", 0x4, [
		sensorId,
		u32("sensor_event_control", { bits: [bit("enable", 0)] }),
	]),
	TRIP_POINT_CONFIG: message("SENSOR_TRIP_POINT_CONFIG", 0x5, [
		sensorId,
		u32("trip_point_ev_ctrl", {
			bits: [
				bits("event_control", 1, 0, {
					values: { 0: "disable", 1: "positive", 2: "negative", 3: "both" },
				}),
				bits("trip_point_id", 11, 4),
			],
		}),
		i64("trip_point_val"),
	]),
	READING_GET: message(
		"SENSOR_READING_GET",
		0x6,
		[sensorId, u32("flags", { preset: 0, bits: [bit("async", 0)] })],
		readings,
		[sensorId, ...readings],
	),
	AXIS_DESCRIPTION_GET: message(
		"SENSOR_AXIS_DESCRIPTION_GET",
		0x7,
		[sensorId, u32("axis_desc_index", { preset: 0 })],
		[axisFlags, records("desc", axisDescriptor, { countIn: "num_axes" })],
	),
	LIST_UPDATE_INTERVALS: message(
		"SENSOR_LIST_UPDATE_INTERVALS",
		0x8,
		[sensorId, u32("index", { preset: 0 })],
		[
			u32("num_update_intervals_flags", {
				bits: [
					bits("num_intervals", 11, 0),
					bit("format", 12, { values: { 0: "list", 1: "range" } }),
					bits("remaining", 31, 16),
				],
			}),
			array("update_intervals", "u32[]", { countIn: "num_intervals" }),
		],
	),
	CONFIG_GET: message(
		"SENSOR_CONFIG_GET",
		0x9,
		[sensorId],
		[u32("sensor_config", { bits: config })],
	),
	CONFIG_SET: message("SENSOR_CONFIG_SET", 0xa, [
		sensorId,
		u32("sensor_config", {
			bits: [...config, bit("round_up", 9), bit("round_auto", 10)],
		}),
	]),
	CONTINUOUS_UPDATE_NOTIFY: message("SENSOR_CONTINUOUS_UPDATE_NOTIFY", 0xb, [
		sensorId,
		notify,
	]),
	NAME_GET: message(
		"SENSOR_NAME_GET",
		0xc,
		[sensorId],
		[u32("flags"), text("name", LONG_NAME)],
	),
	AXIS_NAME_GET: message(
		"SENSOR_AXIS_NAME_GET",
		0xd,
		[sensorId, u32("axis_id", { preset: 0 })],
		[
			axisFlags,
			records("desc", [u32("axis_id"), text("name", LONG_NAME)], {
				countIn: "num_axes",
			}),
		],
	),
} satisfies Messages;

/** What it tells unasked. */
export const sensorNotifications = {
	TRIP_POINT_EVENT: notification("SENSOR_TRIP_POINT_EVENT", 0x0, [
		u32("agent_id"),
		sensorId,
		u32("trip_point_desc", {
			bits: [
				bits("trip_point_id", 7, 0),
				bit("direction", 16, { values: { 0: "negative", 1: "positive" } }),
			],
		}),
	]),
	UPDATE: notification("SENSOR_UPDATE", 0x1, [
		u32("agent_id"),
		sensorId,
		records("readings", [i64("sensor_value"), u64("timestamp")]),
	]),
} satisfies Messages;

export const sensorProtocol = {
	id: 0x15,
	name: "sensor",
	messages: sensorMessages,
	notifications: sensorNotifications,
} satisfies Protocol;
