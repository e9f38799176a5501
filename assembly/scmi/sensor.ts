// The sensor management protocol, 0x15.
// SCMI 3.2 (Arm DEN0056E), section 4.7.

import { findSensor, intervalAt, intervalNs } from "../hardware/sensors";
import { Sensor, SensorInterval } from "../image";
import { Abi, Address, SensorUse, State, TripPoint } from "../layout";
import { PROTOCOL_ATTRIBUTES, row } from "./common";
import { Reply } from "./entry";
import {
	canNotify,
	commandHeader,
	releaseResponse,
	reserveResponse,
} from "./notify";
import { isDenied } from "./permissions";
import {
	axes,
	axesV2,
	axisNameGet,
	descriptions,
	descriptionsV1,
	descriptionsV2,
	hasAxisNames,
	listUpdateIntervals,
	nameGet,
} from "./sensor-lists";
import {
	arrangeSamples,
	completeReadings,
	completeValue,
	readLater,
	startTripPoint,
	startTripPoints,
	tripPoint,
	useOf,
	writeReadings,
	writeValue,
} from "./sensor-samples";
import { Status } from "./status";

const enum SensorMessage {
	DESCRIPTION_GET = 0x3,
	TRIP_POINT_NOTIFY = 0x4,
	TRIP_POINT_CONFIG = 0x5,
	READING_GET = 0x6,
	AXIS_DESCRIPTION_GET = 0x7,
	LIST_UPDATE_INTERVALS = 0x8,
	CONFIG_GET = 0x9,
	CONFIG_SET = 0xa,
	CONTINUOUS_UPDATE_NOTIFY = 0xb,
	NAME_GET = 0xc,
	AXIS_NAME_GET = 0xd,
}

const V1: u32 = 0x10000;
/** Axes, configuration, timestamps, continuous updates. */
const V2: u32 = 0x20000;
/** Extended names. */
const V3: u32 = 0x30000;
/** Negotiation. */
const V3_1: u32 = 0x30001;

const MAX_ASYNC_SHIFT: u32 = 16;
/** SENSOR_READING_GET's only flag. */
const ASYNCHRONOUS: u32 = 1;
/** The only bit of both commands that subscribe. */
const NOTIFY: u32 = 1;

/** SENSOR_TRIP_POINT_CONFIG: which crossings count, bits 1:0, of which trip point. */
const enum Trip {
	EVENTS = 3,
	ID_SHIFT = 4,
	ID_MASK = 0xff,
	ALL = EVENTS | (ID_MASK << ID_SHIFT),
}

/** sensor_config; the update interval is above its bit 10, as SENSOR_LIST_UPDATE_INTERVALS has it. */
const enum Config {
	ENABLED = 1,
	TIMESTAMPS = 1 << 1,
	RESERVED = 0x1fc,
	ROUND_UP = 1 << 9,
	ROUND_AUTO = 1 << 10,
	INTERVAL_SHIFT = 11,
}

/** No place in the list of intervals. */
const NOWHERE: u32 = 0xffff_ffff;

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_SENSOR: u32 = V3_1;

export function isSensorVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V3 || version === V3_1;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describeSensor(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(table, PROTOCOL_ATTRIBUTES, 0, protocolAttributes.index);
	if (notifies) {
		row(table, SensorMessage.TRIP_POINT_NOTIFY, 8, tripPointNotify.index);
		row(table, SensorMessage.TRIP_POINT_CONFIG, 16, tripPointConfig.index);
	}
	if (version < V2) {
		row(table, SensorMessage.DESCRIPTION_GET, 4, descriptionsV1.index);
		row(table, SensorMessage.READING_GET, 8, readingGetV1.index);
		return;
	}
	row(table, SensorMessage.READING_GET, 8, readingGet.index);
	row(table, SensorMessage.LIST_UPDATE_INTERVALS, 8, listUpdateIntervals.index);
	row(table, SensorMessage.CONFIG_GET, 4, configGet.index);
	row(table, SensorMessage.CONFIG_SET, 8, configSet.index);
	if (notifies) {
		const handler = continuousUpdateNotify.index;
		row(table, SensorMessage.CONTINUOUS_UPDATE_NOTIFY, 8, handler);
	}
	if (version < V3) {
		row(table, SensorMessage.DESCRIPTION_GET, 4, descriptionsV2.index);
		row(table, SensorMessage.AXIS_DESCRIPTION_GET, 8, axesV2.index);
		return;
	}
	row(table, SensorMessage.DESCRIPTION_GET, 4, descriptions.index);
	row(table, SensorMessage.AXIS_DESCRIPTION_GET, 8, axes.index);
	row(table, SensorMessage.NAME_GET, 4, nameGet.index);
	if (hasAxisNames())
		row(table, SensorMessage.AXIS_NAME_GET, 8, axisNameGet.index);
}

function protocolAttributes(agent: usize, _protocol: u32, p: usize): i32 {
	const pending: u32 = canNotify(agent) ? Abi.QUEUE_LENGTH : 0;
	const count = load<u32>(Address.STATE, State.SENSOR_COUNT);
	store<u32>(p, (pending << MAX_ASYNC_SHIFT) | count, Reply.AT);
	// No memory with readings: address and length 0.
	store<u64>(p, 0, Reply.AT + 4);
	store<u32>(p, 0, Reply.AT + 12);
	return 16;
}

function tripPointNotify(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const control = load<u32>(p, 4);
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	if (control & ~NOTIFY) return Status.INVALID_PARAMETERS;
	if (!load<u32>(sensor, Sensor.TRIP_POINTS)) return Status.NOT_SUPPORTED;
	const use = useOf(agent, id);
	if (control && !load<u32>(use, SensorUse.TRIP_NOTIFY)) startTripPoints(use);
	return subscribe(use, SensorUse.TRIP_NOTIFY, control);
}

function continuousUpdateNotify(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const control = load<u32>(p, 4);
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	if (control & ~NOTIFY) return Status.INVALID_PARAMETERS;
	if (!load<u32>(sensor, Sensor.INTERVAL_COUNT)) return Status.NOT_SUPPORTED;
	return subscribe(useOf(agent, id), SensorUse.UPDATE_NOTIFY, control);
}

/** Sets a field that samples depend on; it is 0 again when they cannot be taken. */
function subscribe(use: usize, field: u32, value: u32): i32 {
	store<u32>(use + field, value);
	if (arrangeSamples(use, false)) return 0;
	store<u32>(use + field, 0);
	return Status.BUSY;
}

function tripPointConfig(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const control = load<u32>(p, 4);
	const value = load<i64>(p, 8);
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	const count = load<u32>(sensor, Sensor.TRIP_POINTS);
	if (count === 0) return Status.NOT_SUPPORTED;
	const i = (control >> Trip.ID_SHIFT) & Trip.ID_MASK;
	if (control & ~Trip.ALL || i >= count) return Status.INVALID_PARAMETERS;
	if (isDenied(agent, sensor + Sensor.DENIED_TO)) return Status.DENIED;
	const use = useOf(agent, id);
	const trip = tripPoint(use, i);
	store<i64>(trip, value, TripPoint.VALUE);
	startTripPoint(use, trip);
	const field: u32 = <u32>(trip - use) + TripPoint.EVENTS;
	return subscribe(use, field, control & Trip.EVENTS);
}

function readingGetV1(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const flags = load<u32>(p, 4);
	const refused = refusal(agent, id, flags);
	if (refused < 0) return refused;
	const use = useOf(agent, id);
	return flags & ASYNCHRONOUS
		? readAsync(agent, use, completeValue.index)
		: writeValue(use, p + Reply.AT);
}

function readingGet(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const flags = load<u32>(p, 4);
	const refused = refusal(agent, id, flags);
	if (refused < 0) return refused;
	const use = useOf(agent, id);
	return flags & ASYNCHRONOUS
		? readAsync(agent, use, completeReadings.index)
		: writeReadings(use, p + Reply.AT);
}

/** Why SENSOR_READING_GET cannot be served; 0 when it can. */
function refusal(agent: usize, id: u32, flags: u32): i32 {
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	if (flags & ~ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
	if (!(flags & ASYNCHRONOUS)) return 0;
	const offered = canNotify(agent) && load<u32>(sensor, Sensor.READING_NS);
	return offered ? 0 : Status.NOT_SUPPORTED;
}

function readAsync(agent: usize, use: usize, handler: u32): i32 {
	if (!load<u32>(use, SensorUse.ENABLED)) return Status.PROTOCOL_ERROR;
	if (!reserveResponse(agent)) return Status.BUSY;
	if (readLater(use, commandHeader(), handler)) return 0;
	releaseResponse(agent);
	return Status.BUSY;
}

function configGet(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	const use = useOf(agent, id);
	let config: u32 = load<u32>(use, SensorUse.ENABLED) ? Config.ENABLED : 0;
	if (load<u32>(use, SensorUse.TIMESTAMPED)) config |= Config.TIMESTAMPS;
	if (load<u32>(sensor, Sensor.INTERVAL_COUNT)) {
		const interval = intervalAt(sensor, load<u32>(use, SensorUse.INTERVAL));
		config |= interval << Config.INTERVAL_SHIFT;
	}
	store<u32>(p, config, Reply.AT);
	return 4;
}

function configSet(agent: usize, _protocol: u32, p: usize): i32 {
	const id = load<u32>(p);
	const config = load<u32>(p, 4);
	const sensor = findSensor(id);
	if (sensor === 0) return Status.NOT_FOUND;
	if (config & Config.RESERVED) return Status.INVALID_PARAMETERS;
	const timestamps: u32 = config & Config.TIMESTAMPS ? 1 : 0;
	if (timestamps && !load<u32>(sensor, Sensor.TIMESTAMPS))
		return Status.NOT_SUPPORTED;
	const use = useOf(agent, id);
	const old = load<u32>(use, SensorUse.INTERVAL);
	let place = old;
	const interval = config >> Config.INTERVAL_SHIFT;
	if (interval !== 0) {
		if (!load<u32>(sensor, Sensor.INTERVAL_COUNT)) return Status.NOT_SUPPORTED;
		place = findInterval(sensor, interval, config);
		if (place === NOWHERE) return Status.INVALID_PARAMETERS;
	}
	if (isDenied(agent, sensor + Sensor.DENIED_TO)) return Status.DENIED;
	store<u32>(use, timestamps, SensorUse.TIMESTAMPED);
	store<u32>(use, place, SensorUse.INTERVAL);
	store<u32>(use, config & Config.ENABLED, SensorUse.ENABLED);
	if (arrangeSamples(use, place !== old)) return 0;
	// Only a sensor that was not enabled can find no room.
	store<u32>(use, 0, SensorUse.ENABLED);
	return Status.BUSY;
}

/** The place of the interval that a request is rounded to: down, up, or to the nearest; NOWHERE when there is none. */
function findInterval(sensor: usize, interval: u32, config: u32): u32 {
	if (interval >> SensorInterval.EXPONENT_WIDTH === 0) return NOWHERE;
	const wanted = intervalNs(interval);
	let best = NOWHERE;
	let least = u64.MAX_VALUE;
	const count = load<u32>(sensor, Sensor.INTERVAL_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const ns = intervalNs(intervalAt(sensor, i));
		if (!(config & Config.ROUND_AUTO)) {
			const up = (config & Config.ROUND_UP) !== 0;
			if (up ? ns < wanted : ns > wanted) continue;
		}
		const distance = ns < wanted ? wanted - ns : ns - wanted;
		if (distance >= least) continue;
		least = distance;
		best = i;
	}
	return best;
}
