// What the sensors of a platform are: descriptions, axes, update intervals and names, gathered from their pages.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7, and the layouts of versions 0x10000 to 0x30000.

import { CosimError } from "../errors.ts";
import {
	call,
	checkCount,
	command,
	commonCommands,
	flag,
	pages,
} from "./command.ts";
import {
	sensorMessages as messages,
	sensorProtocol,
} from "./messages/sensor.ts";
import type { Payload } from "./payload.ts";

/** A time: `seconds`, 1 to 65535, times ten to the power of `exponent`, -16 to 15. */
export interface SensorInterval {
	seconds: number;
	exponent: number;
}

/** What a value is, in units of ten to the power of `exponent`. */
export interface SensorQuantity {
	/** The name's first 15 characters. */
	name: string;
	/** SENSOR_NAME_GET or SENSOR_AXIS_NAME_GET has the whole name. */
	extendedName: boolean;
	/** Its sort by number, see SENSOR_UNITS. */
	type: number;
	exponent: number;
	/** The least difference, in the unit itself; absent when not told. */
	resolution: number | undefined;
	/** Lowest and highest value, as they are read; absent when not told or beyond 2^53 - 1. */
	min: number | undefined;
	max: number | undefined;
}

/** A sensor. What a version does not have is false or 0. */
export interface SensorDescription extends SensorQuantity {
	id: number;
	/** Readings may be asynchronous. */
	async: boolean;
	/** The agent may be told of every update. */
	continuousUpdates: boolean;
	/** Number of trip points; their IDs are below it. */
	tripPoints: number;
	/** Number of axes, 0 for a scalar sensor; axes have quantities of their own. */
	axes: number;
	/** Timestamps count units of ten to the power of this seconds; absent when there are none. */
	timestampExponent: number | undefined;
	/** What the sensor itself takes; absent when not told. */
	power: number | undefined;
	/** Version 0x10000: time between two updates; absent when not told. */
	updateInterval: SensorInterval | undefined;
}

/** One axis of a sensor. */
export interface SensorAxisDescription extends SensorQuantity {
	id: number;
}

/** A sensor with its axes, whole names everywhere. */
export interface SensorWithAxes extends SensorDescription {
	axisDescriptions: SensorAxisDescription[];
}

/** Update intervals that a sensor can have: some, or all from the first to the second in steps of the third. */
export interface SensorIntervals {
	kind: "list" | "range";
	intervals: SensorInterval[];
}

const { id } = sensorProtocol;
const { protocolVersion } = commonCommands(id, messages);
const SHORT_NAME = 16;
const LONG_NAME = 64;
/** Bytes of a descriptor. */
const DESCRIPTOR = 28;

/** Bits of a word as a signed number of five bits. */
export function fiveBits(word: number, lsb: number): number {
	return (word << (27 - lsb)) >> 27;
}

/** A number as it is written in powers of ten: exact where a binary fraction allows it. */
export function scale(value: number, exponent: number): number {
	return Number(`${value}e${exponent}`);
}

function bound(reply: Payload, offset: number): number | undefined {
	const high = reply.u32(offset + 4) | 0;
	return high >= -0x20_0000 && high < 0x20_0000 ? reply.i64(offset) : undefined;
}

/** Resolution and bounds at an offset. */
function limits(reply: Payload, at: number) {
	const word = reply.u32(at);
	return {
		resolution: scale(word & 0x7ff_ffff, fiveBits(word, 27)),
		min: bound(reply, at + 4),
		max: bound(reply, at + 12),
	};
}

const NO_LIMITS = { resolution: undefined, min: undefined, max: undefined };

/** The descriptor at an offset, and its bytes. A descriptor that is cut off is SCMI_LENGTH. */
function descriptor(
	reply: Payload,
	version: number,
	at: number,
	size: number,
): [SensorDescription, number] {
	const what = messages.DESCRIPTION_GET.name;
	checkCount(what, 1, at + DESCRIPTOR, size);
	const low = reply.u32(at + 4);
	const high = reply.u32(at + 8);
	const v2 = version >= 0x20000;
	const extended = v2 && flag(low, 8);
	const axes = v2 && flag(high, 8) ? (high >>> 16) & 0x3f : 0;
	const scalar = extended && !(v2 && flag(high, 8));
	const bytes = DESCRIPTOR + (extended ? 4 : 0) + (scalar ? 20 : 0);
	checkCount(what, 1, at + bytes, size);
	const seconds = high >>> 27;
	const description = {
		id: reply.u32(at),
		name: reply.name(at + 12, SHORT_NAME),
		extendedName: version >= 0x30000 && flag(low, 29),
		type: high & 0xff,
		exponent: fiveBits(high, 11),
		async: flag(low, 31),
		continuousUpdates: v2 && flag(low, 30),
		tripPoints: low & 0xff,
		axes,
		timestampExponent: v2 && flag(low, 9) ? fiveBits(low, 10) : undefined,
		power: extended ? reply.u32(at + DESCRIPTOR) : undefined,
		updateInterval:
			v2 || seconds === 0
				? undefined
				: { seconds, exponent: fiveBits(high, 22) },
		...(scalar ? limits(reply, at + DESCRIPTOR + 4) : NO_LIMITS),
	};
	return [description, bytes];
}

const descriptionPage = command(id, messages.DESCRIPTION_GET, {
	versionFrom: protocolVersion,
	encode: (request, _version, index: number) => request.setU32(0, index),
	decode: (reply, version, size) => {
		const word = reply.u32(4);
		const items: SensorDescription[] = [];
		let at = 8;
		for (let i = 0; i < (word & 0xfff); i++) {
			const [item, bytes] = descriptor(reply, version, at, size);
			items.push(item);
			at += bytes;
		}
		return { items, remaining: word >>> 16 };
	},
});

const axisPage = command(id, messages.AXIS_DESCRIPTION_GET, {
	versionFrom: protocolVersion,
	encode: (request, _version, sensorId: number, index: number) => {
		request.setU32(0, sensorId);
		request.setU32(4, index);
	},
	decode: (reply, version, size) => {
		const what = messages.AXIS_DESCRIPTION_GET.name;
		const word = reply.u32(4);
		const items: SensorAxisDescription[] = [];
		let at = 8;
		for (let i = 0; i < (word & 0x3f); i++) {
			checkCount(what, 1, at + DESCRIPTOR, size);
			const low = reply.u32(at + 4);
			const high = reply.u32(at + 8);
			const bytes = DESCRIPTOR + (flag(low, 8) ? 20 : 0);
			checkCount(what, 1, at + bytes, size);
			items.push({
				id: reply.u32(at),
				name: reply.name(at + 12, SHORT_NAME),
				extendedName: version >= 0x30000 && flag(low, 9),
				type: high & 0xff,
				exponent: fiveBits(high, 11),
				...(flag(low, 8) ? limits(reply, at + DESCRIPTOR) : NO_LIMITS),
			});
			at += bytes;
		}
		return { items, remaining: word >>> 26 };
	},
});

const intervalPage = command(id, messages.LIST_UPDATE_INTERVALS, {
	encode: (request, _version, sensorId: number, index: number) => {
		request.setU32(0, sensorId);
		request.setU32(4, index);
	},
	decode: (reply, _version, size) => {
		const word = reply.u32(4);
		const count = word & 0xfff;
		const what = messages.LIST_UPDATE_INTERVALS.name;
		checkCount(what, count, 8 + 4 * count, size);
		const items = [...reply.words.subarray(2, 2 + count)].map((interval) => ({
			seconds: (interval >>> 5) & 0xffff,
			exponent: fiveBits(interval, 0),
		}));
		return { items, remaining: word >>> 16, range: flag(word, 12) };
	},
});

export const nameGet = command(id, messages.NAME_GET, {
	encode: (request, _version, sensorId: number) => request.setU32(0, sensorId),
	decode: (reply) => reply.name(8, LONG_NAME),
});

const axisNamePage = command(id, messages.AXIS_NAME_GET, {
	encode: (request, _version, sensorId: number, axisId: number) => {
		request.setU32(0, sensorId);
		request.setU32(4, axisId);
	},
	decode: (reply, _version, size) => {
		const word = reply.u32(4);
		const count = word & 0x3f;
		const bytes = 4 + LONG_NAME;
		const what = messages.AXIS_NAME_GET.name;
		checkCount(what, count, 8 + bytes * count, size);
		const items = Array.from({ length: count }, (_, i) => ({
			axisId: reply.u32(8 + bytes * i),
			name: reply.name(12 + bytes * i, LONG_NAME),
		}));
		return { items, remaining: word >>> 26 };
	},
});

/** All pages of descriptions. */
export function* descriptions() {
	return yield* pages(messages.DESCRIPTION_GET.name, (skip) =>
		call(descriptionPage, skip),
	);
}

/** All pages of axes. */
export function* axes(sensorId: number) {
	return yield* pages(
		`${messages.AXIS_DESCRIPTION_GET.name}(sensor_id ${sensorId})`,
		(skip) => call(axisPage, sensorId, skip),
	);
}

/** All pages of the axes' long names. */
export function* axisNames(sensorId: number) {
	return yield* pages(
		`${messages.AXIS_NAME_GET.name}(sensor_id ${sensorId})`,
		(skip) => call(axisNamePage, sensorId, skip),
	);
}

/** All sensors with their axes and whole names. */
export function* sensors() {
	const sensors: SensorWithAxes[] = [];
	for (const description of yield* descriptions()) {
		const { id, axes: count, extendedName } = description;
		const axisDescriptions = count > 0 ? yield* axes(id) : [];
		if (axisDescriptions.some((axis) => axis.extendedName)) {
			for (const { axisId, name } of yield* axisNames(id)) {
				const axis = axisDescriptions.find((row) => row.id === axisId);
				if (axis) axis.name = name;
			}
		}
		const name = extendedName ? yield* call(nameGet, id) : description.name;
		sensors.push({ ...description, name, axisDescriptions });
	}
	return sensors;
}

/** The update intervals that a sensor can have. NOT_SUPPORTED for a sensor without. */
export function* updateIntervals(sensorId: number) {
	let range = false;
	const intervals = yield* pages(
		`${messages.LIST_UPDATE_INTERVALS.name}(sensor_id ${sensorId})`,
		function* (skip) {
			const page = yield* call(intervalPage, sensorId, skip);
			range ||= page.range;
			return page;
		},
	);
	if (range && intervals.length !== 3) {
		throw new CosimError(
			"SCMI_PAGING",
			`${messages.LIST_UPDATE_INTERVALS.name}(sensor_id ${sensorId}): a range of ${intervals.length} values, expected 3`,
		);
	}
	const kind = range ? "range" : "list";
	return { kind, intervals } as SensorIntervals;
}
