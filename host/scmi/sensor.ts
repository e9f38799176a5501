// Sensor management protocol (0x15): what sensors read, how they work, when the agent is told.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7, and the layouts of versions 0x10000 to 0x30000.

import { CosimError } from "../errors.ts";
import { call, checkCount, command, commonCommands, flag } from "./command.ts";
import {
	sensorMessages as messages,
	sensorProtocol,
} from "./messages/sensor.ts";
import type { Payload } from "./payload.ts";
import {
	axes,
	axisNames,
	descriptions,
	fiveBits,
	nameGet,
	type SensorInterval,
	type SensorWithAxes,
	scale,
	sensors,
	updateIntervals,
} from "./sensor-lists.ts";

export { SENSOR_UNITS } from "./messages/sensor.ts";

/** What the platform has. */
export interface SensorProtocolAttributes {
	/** Number of sensors; IDs are below it. */
	sensors: number;
	/** Asynchronous readings that may be pending, 0 for none. */
	maxAsyncRequests: number;
	/** Physical address of a memory with readings, 0 when there is none, and its length in bytes. */
	registersAddress: number;
	registersLength: number;
}

/** How a sensor works for this agent. */
export interface SensorConfig {
	enabled: boolean;
	timestamps: boolean;
	/** Absent when the sensor has none; left out to keep it. */
	interval?: SensorInterval;
}

/** A value as it is read. */
export interface SensorReading {
	/** In units of ten to the power of the exponent. */
	value: number;
	/** When, in the sensor's unit; 0 without timestamps. */
	timestamp: number;
}

/** A value with its meaning. */
export interface ScaledReading extends SensorReading {
	/** The sensor's name, or the axis's. */
	name: string;
	/** In the unit itself, such as 45.25 for 45250 thousandths. */
	scaled: number;
	/** See SENSOR_UNITS. */
	type: number;
}

/** Which way a value has to go across a trip point. */
export type TripEvents = "none" | "positive" | "negative" | "both";

const { id } = sensorProtocol;
const common = commonCommands(id, messages);
const TRIP_EVENTS = { none: 0, positive: 1, negative: 2, both: 3 } as const;
/** Bytes of a reading. */
const READING = 16;

/** The readings from an offset to the end: one value in version 0x10000, later value and timestamp of each axis. */
function decodeReadings(
	payload: Payload,
	version: number,
	at: number,
	size: number,
): SensorReading[] {
	if (version < 0x20000) return [{ value: payload.i64(at), timestamp: 0 }];
	const what = messages.READING_GET.name;
	const count = Math.max(Math.ceil((size - at) / READING), 1);
	checkCount(what, count, at + READING * count, size);
	return Array.from({ length: count }, (_, i) => ({
		value: payload.i64(at + READING * i),
		timestamp: payload.u64(at + READING * i + 8),
	}));
}

const readingGet = command(id, messages.READING_GET, {
	versionFrom: common.protocolVersion,
	encode: (request, _version, sensorId: number) => {
		request.setU32(0, sensorId);
		request.setU32(4, 0);
	},
	decode: (reply, version, size) => decodeReadings(reply, version, 4, size),
});

/** The sensor protocol's calls. Values are integers; those beyond 2^53 - 1 are refused with SCMI_RANGE in both directions. */
export const sensorCommands = {
	...common,
	/** Numbers of sensors and of asynchronous readings, and where readings lie in memory. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply): SensorProtocolAttributes => ({
			sensors: reply.u32(4) & 0xffff,
			maxAsyncRequests: (reply.u32(4) >>> 16) & 0xff,
			registersAddress: reply.u64(8),
			registersLength: reply.u32(16),
		}),
	}),
	/** What each sensor is. */
	descriptions,
	/** What each axis of a sensor is. NOT_SUPPORTED for a scalar sensor. */
	axes,
	/** The long name of each axis. */
	axisNames,
	/** A sensor's long name, of up to 63 characters. */
	nameGet,
	/** All sensors with their axes and whole names. */
	sensors,
	/** The update intervals that a sensor can have. NOT_SUPPORTED for a sensor without. */
	updateIntervals,
	/** How a sensor works for this agent. */
	configGet: command(id, messages.CONFIG_GET, {
		encode: (request, _version, sensorId: number) =>
			request.setU32(0, sensorId),
		decode: (reply): SensorConfig => {
			const word = reply.u32(4);
			const seconds = word >>> 16;
			const exponent = fiveBits(word, 11);
			return {
				enabled: flag(word, 0),
				timestamps: flag(word, 1),
				...(seconds === 0 ? {} : { interval: { seconds, exponent } }),
			};
		},
	}),
	/** Enables or disables a sensor and its timestamps; an interval that it does not have is rounded, down by default. */
	configSet: command(id, messages.CONFIG_SET, {
		encode: (
			request,
			_version,
			sensorId: number,
			config: SensorConfig,
			round?: "down" | "up" | "auto",
		) => {
			const { enabled, timestamps, interval } = config;
			const rounding = round === "up" ? 1 << 9 : round === "auto" ? 1 << 10 : 0;
			const flags = (enabled ? 1 : 0) | (timestamps ? 2 : 0) | rounding;
			request.setU32(0, sensorId);
			request.setU32(4, (flags | intervalBits(interval)) >>> 0);
		},
	}),
	/** A sensor's value, or those of its axes in their order. */
	readingGet,
	/**
	 * Asks for a reading that the platform sends later, as a delayed response: what an awaited call of an agent that receives
	 * returns.
	 */
	readingGetAsync: {
		...command(id, messages.READING_GET, {
			versionFrom: common.protocolVersion,
			encode: (request, _version, sensorId: number) => {
				request.setU32(0, sensorId);
				request.setU32(4, 1);
			},
			asynchronous: (_sensorId: number) => true,
			delayed: (response, version, size) =>
				decodeReadings(response, version, 8, size),
		}),
		// The reply is the status alone.
		replySize: () => 4,
	},
	/** Reads a sensor, see {@link sensorCommands.sensors}, and tells what its values mean. */
	*read(sensor: SensorWithAxes) {
		const readings = yield* call(readingGet, sensor.id);
		const quantities = sensor.axes > 0 ? sensor.axisDescriptions : [sensor];
		return readings.map((reading, i): ScaledReading => {
			const { name, type, exponent } = quantities[i] ?? sensor;
			const scaled = scale(reading.value, exponent);
			return { ...reading, name, scaled, type };
		});
	},
	/** Asks to be told, or not, when a sensor's value crosses one of its trip points. */
	tripPointNotify: command(id, messages.TRIP_POINT_NOTIFY, {
		encode: (request, _version, sensorId: number, enable: boolean) => {
			request.setU32(0, sensorId);
			request.setU32(4, enable ? 1 : 0);
		},
	}),
	/** Sets a trip point, 0 to 255, to a value in the sensor's unit, and which crossings of it count. */
	tripPointConfig: command(id, messages.TRIP_POINT_CONFIG, {
		encode: (
			request,
			_version,
			sensorId: number,
			tripPoint: number,
			value: number,
			events: TripEvents,
		) => {
			if ((tripPoint & 0xff) !== tripPoint) {
				throw new CosimError(
					"SCMI_RANGE",
					`${tripPoint} is not a trip point, expected 0 to 255`,
				);
			}
			request.setU32(0, sensorId);
			request.setU32(4, TRIP_EVENTS[events] | (tripPoint << 4));
			request.setI64(8, value);
		},
	}),
	/** Asks to be told, or not, of a sensor's value at every update interval. */
	continuousUpdateNotify: command(id, messages.CONTINUOUS_UPDATE_NOTIFY, {
		encode: (request, _version, sensorId: number, enable: boolean) => {
			request.setU32(0, sensorId);
			request.setU32(4, enable ? 1 : 0);
		},
	}),
};

/** An interval in the upper bits of sensor_config; 0 keeps the one in force. */
function intervalBits(interval: SensorInterval | undefined): number {
	if (interval === undefined) return 0;
	const { seconds, exponent } = interval;
	const whole = Number.isInteger(seconds) && Number.isInteger(exponent);
	const inRange = seconds >= 1 && seconds <= 0xffff;
	if (!whole || !inRange || exponent < -16 || exponent > 15) {
		throw new CosimError(
			"SCMI_RANGE",
			`${seconds} * 10^${exponent} s is not an update interval, expected 1 to 65535 and an exponent of -16 to 15`,
		);
	}
	return (seconds << 16) | ((exponent & 0x1f) << 11);
}
