// What sensors are: descriptions, axes, update intervals and names, in pages.
// SCMI 3.2 (Arm DEN0056E), sections 4.7.2.5 to 4.7.2.7, 4.7.2.14 and 4.7.2.15; version 1 as in SCMI 2.0.

import {
	axisRow,
	exponentOf,
	findSensor,
	intervalAt,
} from "../hardware/sensors";
import { Sensor, SensorAxis, SensorInterval, SensorKind } from "../image";
import { Address, State } from "../layout";
import {
	entriesPerReply,
	isLong,
	NameSize,
	writeExtendedName,
	writeShortName,
} from "./common";
import { Reply } from "./entry";
import { canNotify } from "./notify";
import { Status } from "./status";

/** sensor_attributes_low and axis_attributes_low. */
const enum Low {
	EXTENDED_ATTRIBUTES = 1 << 8,
	TIMESTAMPS = 1 << 9,
	EXTENDED_AXIS_NAME = 1 << 9,
	TIMESTAMP_EXPONENT_SHIFT = 10,
	EXTENDED_NAME = 1 << 29,
	UPDATES = 1 << 30,
	ASYNCHRONOUS = 1 << 31,
}

/** sensor_attributes_high and axis_attributes_high. */
const enum High {
	AXES = 1 << 8,
	EXPONENT_SHIFT = 11,
	AXIS_COUNT_SHIFT = 16,
	/** Version 1: the update interval. */
	INTERVAL_EXPONENT_SHIFT = 22,
	INTERVAL_SHIFT = 27,
}

/** Sensor types. */
const enum Type {
	UNSPECIFIED = 0x1,
	CELSIUS = 0x2,
	VOLTS = 0x5,
	WATTS = 0x7,
	HERTZ = 0x14,
}

const EXPONENT_MASK: u32 = 0x1f;
const RESOLUTION_EXPONENT_SHIFT: u32 = 27;
/** Bytes of a descriptor without extended attributes, and of those of a scalar sensor and of an axis. */
const DESCRIPTOR: u32 = 28;
const SCALAR_ATTRIBUTES: u32 = 24;
const AXIS_ATTRIBUTES: u32 = 20;
const AXIS_NAME: u32 = 4 + NameSize.EXTENDED;

/** The versions whose descriptors differ. */
const V1: u32 = 0x10000;
const V2: u32 = 0x20000;
const V3: u32 = 0x30000;

function typeOf(kind: u32): u32 {
	switch (kind) {
		case SensorKind.TEMPERATURE:
			return Type.CELSIUS;
		case SensorKind.LEVEL:
			return Type.VOLTS;
		case SensorKind.RATE:
			return Type.HERTZ;
		default:
			return Type.WATTS;
	}
}

/** Type and exponent of an axis, as attributes_high has them. */
function unitOf(axis: usize): u32 {
	const kind = load<u32>(axis, SensorAxis.KIND);
	const exponent = <u32>exponentOf(kind) & EXPONENT_MASK;
	return (exponent << High.EXPONENT_SHIFT) | typeOf(kind);
}

/** Whether a message holds an axis's long name at all: shorter ones do without. */
export function hasAxisNames(): bool {
	return entriesPerReply(AXIS_NAME) !== 0;
}

function isScalar(sensor: usize): bool {
	return load<u32>(sensor, Sensor.SCALAR) !== 0;
}

export function descriptionsV1(agent: usize, _protocol: u32, p: usize): i32 {
	return writeDescriptions(agent, p, V1);
}

export function descriptionsV2(agent: usize, _protocol: u32, p: usize): i32 {
	return writeDescriptions(agent, p, V2);
}

export function descriptions(agent: usize, _protocol: u32, p: usize): i32 {
	return writeDescriptions(agent, p, V3);
}

function writeDescriptions(agent: usize, p: usize, version: u32): i32 {
	const total = load<u32>(Address.STATE, State.SENSOR_COUNT);
	const first = load<u32>(p);
	if (first > total) return Status.INVALID_PARAMETERS;
	const room = entriesPerReply(1);
	let size: u32 = 0;
	let id = first;
	for (; id < total; id++) {
		const sensor = findSensor(id);
		const extended = version >= V2 && isScalar(sensor);
		const next = DESCRIPTOR + (extended ? SCALAR_ATTRIBUTES : 0);
		if (size + next > room) break;
		const to = p + Reply.AT + 4 + size;
		store<u32>(to, id);
		store<u32>(to, lowBits(agent, sensor, version), 4);
		store<u32>(to, highBits(sensor, version), 8);
		writeShortName(to + 12, load<u32>(sensor, Sensor.NAME));
		if (extended) {
			// The power that the sensor itself takes: not told.
			store<u32>(to, 0, DESCRIPTOR);
			writeLimits(to + DESCRIPTOR + 4, axisRow(sensor, 0));
		}
		size += next;
	}
	store<u32>(p, ((total - id) << 16) | (id - first), Reply.AT);
	return 4 + size;
}

function lowBits(agent: usize, sensor: usize, version: u32): u32 {
	const notifies = canNotify(agent);
	let bits: u32 = notifies ? load<u32>(sensor, Sensor.TRIP_POINTS) : 0;
	if (notifies && load<u32>(sensor, Sensor.READING_NS))
		bits |= Low.ASYNCHRONOUS;
	if (version < V2) return bits;
	if (isScalar(sensor)) bits |= Low.EXTENDED_ATTRIBUTES;
	if (notifies && load<u32>(sensor, Sensor.INTERVAL_COUNT)) bits |= Low.UPDATES;
	if (load<u32>(sensor, Sensor.TIMESTAMPS)) {
		const exponent = load<u32>(sensor, Sensor.TIMESTAMP_EXPONENT);
		bits |= Low.TIMESTAMPS;
		bits |= (exponent & EXPONENT_MASK) << Low.TIMESTAMP_EXPONENT_SHIFT;
	}
	const long = version >= V3 && isLong(load<u32>(sensor, Sensor.NAME));
	return long ? bits | Low.EXTENDED_NAME : bits;
}

/** Axes may have different units: then the sensor as a whole has none. */
function highBits(sensor: usize, version: u32): u32 {
	if (version < V2) return unitOf(axisRow(sensor, 0)) | intervalBits(sensor);
	if (isScalar(sensor)) return unitOf(axisRow(sensor, 0));
	const count = load<u32>(sensor, Sensor.AXIS_COUNT);
	return (count << High.AXIS_COUNT_SHIFT) | High.AXES | Type.UNSPECIFIED;
}

/** Version 1 tells the preset interval, if five bits suffice for its number of seconds. */
function intervalBits(sensor: usize): u32 {
	if (!load<u32>(sensor, Sensor.INTERVAL_COUNT)) return 0;
	const interval = intervalAt(sensor, 0);
	const seconds = interval >> SensorInterval.EXPONENT_WIDTH;
	if (seconds > EXPONENT_MASK) return 0;
	return (
		(seconds << High.INTERVAL_SHIFT) |
		((interval & EXPONENT_MASK) << High.INTERVAL_EXPONENT_SHIFT)
	);
}

/** Resolution, lowest and highest value. */
function writeLimits(to: usize, axis: usize): void {
	const exponent = <u32>exponentOf(load<u32>(axis, SensorAxis.KIND));
	store<u32>(
		to,
		load<u32>(axis, SensorAxis.RESOLUTION) |
			(exponent << RESOLUTION_EXPONENT_SHIFT),
	);
	store<i64>(to + 4, load<i64>(axis, SensorAxis.MIN));
	store<i64>(to + 12, load<i64>(axis, SensorAxis.MAX));
}

export function axesV2(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeAxes(p, V2);
}

export function axes(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeAxes(p, V3);
}

function writeAxes(p: usize, version: u32): i32 {
	const sensor = findSensor(load<u32>(p));
	const first = load<u32>(p, 4);
	if (sensor === 0) return Status.NOT_FOUND;
	if (isScalar(sensor)) return Status.NOT_SUPPORTED;
	const total = load<u32>(sensor, Sensor.AXIS_COUNT);
	if (first > total) return Status.INVALID_PARAMETERS;
	const extended = version >= V3 && hasAxisNames();
	const size = DESCRIPTOR + AXIS_ATTRIBUTES;
	const count = min(total - first, entriesPerReply(size));
	for (let i: u32 = 0; i < count; i++) {
		const axis = axisRow(sensor, first + i);
		const name = load<u32>(axis, SensorAxis.NAME);
		const to = p + Reply.AT + 4 + i * size;
		let low: u32 = Low.EXTENDED_ATTRIBUTES;
		if (extended && isLong(name)) low |= Low.EXTENDED_AXIS_NAME;
		store<u32>(to, first + i);
		store<u32>(to, low, 4);
		store<u32>(to, unitOf(axis), 8);
		writeShortName(to + 12, name);
		writeLimits(to + DESCRIPTOR, axis);
	}
	store<u32>(p, ((total - first - count) << 26) | count, Reply.AT);
	return 4 + count * size;
}

export function listUpdateIntervals(
	_agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	const sensor = findSensor(load<u32>(p));
	const first = load<u32>(p, 4);
	if (sensor === 0) return Status.NOT_FOUND;
	const total = load<u32>(sensor, Sensor.INTERVAL_COUNT);
	if (total === 0) return Status.NOT_SUPPORTED;
	if (first > total) return Status.INVALID_PARAMETERS;
	const count = min(total - first, entriesPerReply(4));
	for (let i: u32 = 0; i < count; i++)
		store<u32>(p + (i << 2), intervalAt(sensor, first + i), Reply.AT + 4);
	store<u32>(p, ((total - first - count) << 16) | count, Reply.AT);
	return 4 + (count << 2);
}

export function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const sensor = findSensor(load<u32>(p));
	if (sensor === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(sensor, Sensor.NAME));
	return 4 + NameSize.EXTENDED;
}

/** All axes from the given one on, those with short names as well. */
export function axisNameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const sensor = findSensor(load<u32>(p));
	const first = load<u32>(p, 4);
	if (sensor === 0) return Status.NOT_FOUND;
	if (isScalar(sensor)) return Status.NOT_SUPPORTED;
	const total = load<u32>(sensor, Sensor.AXIS_COUNT);
	if (first >= total) return Status.NOT_FOUND;
	const count = min(total - first, entriesPerReply(AXIS_NAME));
	for (let i: u32 = 0; i < count; i++) {
		const axis = axisRow(sensor, first + i);
		const to = p + Reply.AT + 4 + i * AXIS_NAME;
		store<u32>(to, first + i);
		writeExtendedName(to + 4, load<u32>(axis, SensorAxis.NAME));
	}
	store<u32>(p, ((total - first - count) << 26) | count, Reply.AT);
	return 4 + count * AXIS_NAME;
}
