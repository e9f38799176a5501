// Readings of sensors: at once, delayed, by trip points, and at every update interval.
// SCMI 3.2 (Arm DEN0056E), sections 4.7.2.12 (SENSOR_READING_GET), 4.7.3.1 (delayed response) and 4.7.4 (notifications).
//
// Each agent's samples of a sensor are its own, taken at its own update interval while it has asked to be told of
// something. A crossing is what two samples in a row show: what happens in between goes unnoticed, as with any sensor.

import { axisRow, intervalAt, intervalNs, readAxis } from "../hardware/sensors";
import { NO_READING } from "../hardware/thermal";
import { Sensor } from "../image";
import { Address, SensorUse, State, TripPoint } from "../layout";
import { schedule, unschedule } from "../sim/events";
import { now } from "../sim/time";
import { agentId } from "./agents";
import { delayedResponse, notification, send } from "./notify";
import { Status } from "./status";

const PROTOCOL: u32 = 0x15;
const TRIP_POINT_EVENT: u32 = 0x0;
const UPDATE: u32 = 0x1;
/** The platform itself, which causes all notifications of sensors. */
const PLATFORM_ID: u32 = 0;

/** The crossings that a trip point tells of. */
export const enum Crossing {
	NONE = 0,
	UPWARDS = 1,
	DOWNWARDS = 2,
}

/** SENSOR_TRIP_POINT_EVENT: the trip point in bits 7:0, and its direction. */
const UPWARDS_BIT: u32 = 1 << 16;

/** What an agent has made of the sensor with an ID that is known to be valid. */
export function useOf(agent: usize, id: u32): usize {
	const sensors = load<u32>(Address.STATE, State.SENSOR_COUNT);
	const i = agentId(agent) * sensors + id;
	return load<u32>(Address.STATE, State.SENSOR_USES) + i * SensorUse.SIZE;
}

export function tripPoint(use: usize, i: u32): usize {
	return use + SensorUse.TRIP_POINTS + i * TripPoint.SIZE;
}

function sensorOf(use: usize): usize {
	return load<u32>(use, SensorUse.SENSOR);
}

/** Version 1 reads one value: of a sensor with axes, that of the first one. */
export function writeValue(use: usize, to: usize): i32 {
	if (!load<u32>(use, SensorUse.ENABLED)) return Status.PROTOCOL_ERROR;
	const value = readAxis(axisRow(sensorOf(use), 0));
	if (value === NO_READING) return Status.HARDWARE_ERROR;
	store<i64>(to, value);
	return 8;
}

/** Writes value and timestamp of each axis. Returns their size in bytes, or a negative status. */
export function writeReadings(use: usize, to: usize): i32 {
	if (!load<u32>(use, SensorUse.ENABLED)) return Status.PROTOCOL_ERROR;
	const sensor = sensorOf(use);
	const count = load<u32>(sensor, Sensor.AXIS_COUNT);
	const time = timestamp(use);
	for (let i: u32 = 0; i < count; i++) {
		const value = readAxis(axisRow(sensor, i));
		if (value === NO_READING) return Status.HARDWARE_ERROR;
		store<i64>(to + (i << 4), value);
		store<u64>(to + (i << 4), time, 8);
	}
	return count << 4;
}

/** The time in the sensor's unit; 0 when the agent wants none. */
function timestamp(use: usize): u64 {
	if (!load<u32>(use, SensorUse.TIMESTAMPED)) return 0;
	let time = now();
	const exponent = load<i32>(sensorOf(use), Sensor.TIMESTAMP_EXPONENT);
	for (let i: i32 = -9; i < exponent; i++) time /= 10;
	return time;
}

/** Begins an asynchronous reading, whose response has a place reserved. False when it cannot. */
export function readLater(use: usize, header: u32, handler: u32): bool {
	const ns = load<u32>(sensorOf(use), Sensor.READING_NS);
	return schedule(now() + ns, handler, <u32>use, header, 0);
}

export function completeValue(use: u32, header: u32, _c: u32): void {
	const p = delayedResponse(load<u32>(use, SensorUse.AGENT), header);
	complete(use, p, writeValue(use, p + 8));
}

export function completeReadings(use: u32, header: u32, _c: u32): void {
	const p = delayedResponse(load<u32>(use, SensorUse.AGENT), header);
	complete(use, p, writeReadings(use, p + 8));
}

/** Status and sensor ID in front of what was read. */
function complete(use: usize, p: usize, size: i32): void {
	store<i32>(p, min(size, 0));
	store<u32>(p, load<u32>(use, SensorUse.ID), 4);
	send(load<u32>(use, SensorUse.AGENT), 8 + max(size, 0));
}

/** Whether the agent is to be told of anything that samples show. */
function isWatched(use: usize): bool {
	if (!load<u32>(use, SensorUse.ENABLED)) return false;
	if (load<u32>(use, SensorUse.UPDATE_NOTIFY)) return true;
	if (!load<u32>(use, SensorUse.TRIP_NOTIFY)) return false;
	const count = load<u32>(sensorOf(use), Sensor.TRIP_POINTS);
	for (let i: u32 = 0; i < count; i++) {
		if (load<u32>(tripPoint(use, i), TripPoint.EVENTS)) return true;
	}
	return false;
}

/**
 * Samples are taken from now on as the agent's settings want it; those under way keep their times, unless the interval
 * has changed. False when no more can be scheduled.
 */
export function arrangeSamples(use: usize, anew: bool): bool {
	const watched = isWatched(use);
	const sampled = load<u64>(use, SensorUse.NEXT) !== 0;
	if (watched && sampled && !anew) return true;
	if (sampled) {
		unschedule(sample.index, <u32>use);
		store<u64>(use, 0, SensorUse.NEXT);
	}
	return !watched || scheduleSample(use, now());
}

/** An agent has made nothing of any sensor, as at load: it may read them, and is told of nothing. */
export function forgetSensors(agent: usize): void {
	const count = load<u32>(Address.STATE, State.SENSOR_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const use = useOf(agent, id);
		unschedule(completeValue.index, <u32>use);
		unschedule(completeReadings.index, <u32>use);
	}
	resetSensors(agent);
}

/** Ends an agent's subscriptions, and takes its configuration back to that at load. */
export function resetSensors(agent: usize): void {
	const count = load<u32>(Address.STATE, State.SENSOR_COUNT);
	for (let id: u32 = 0; id < count; id++) {
		const use = useOf(agent, id);
		unschedule(sample.index, <u32>use);
		const settings = use + SensorUse.ENABLED;
		memory.fill(settings, 0, SensorUse.SIZE - SensorUse.ENABLED);
		store<u32>(use, 1, SensorUse.ENABLED);
	}
}

function scheduleSample(use: usize, last: u64): bool {
	const place = load<u32>(use, SensorUse.INTERVAL);
	const next = last + intervalNs(intervalAt(sensorOf(use), place));
	// Never, when time ends before.
	if (next < last) return true;
	if (!schedule(next, sample.index, <u32>use, 0, 0)) return false;
	store<u64>(use, next, SensorUse.NEXT);
	return true;
}

/** Crossings count from the value that the sensor has now. */
export function startTripPoint(use: usize, trip: usize): void {
	const value = readAxis(axisRow(sensorOf(use), 0));
	store<u32>(trip, Crossing.NONE, TripPoint.SIDE);
	store<u32>(trip, 0, TripPoint.REACHED);
	if (value !== NO_READING) follow(trip, value);
}

/** The same for all trip points of an agent. */
export function startTripPoints(use: usize): void {
	const count = load<u32>(sensorOf(use), Sensor.TRIP_POINTS);
	for (let i: u32 = 0; i < count; i++) startTripPoint(use, tripPoint(use, i));
}

function sample(use: u32, _b: u32, _c: u32): void {
	const last = load<u64>(use, SensorUse.NEXT);
	store<u64>(use, 0, SensorUse.NEXT);
	if (load<u32>(use, SensorUse.TRIP_NOTIFY)) lookAtTripPoints(use);
	if (load<u32>(use, SensorUse.UPDATE_NOTIFY)) update(use);
	scheduleSample(use, last);
}

function lookAtTripPoints(use: usize): void {
	const value = readAxis(axisRow(sensorOf(use), 0));
	if (value === NO_READING) return;
	const count = load<u32>(sensorOf(use), Sensor.TRIP_POINTS);
	for (let i: u32 = 0; i < count; i++) {
		const trip = tripPoint(use, i);
		const crossing = follow(trip, value);
		if (crossing & load<u32>(trip, TripPoint.EVENTS)) tell(use, i, crossing);
	}
}

/**
 * Notes a sample. Returns how the trip point was crossed since the last one. Reaching the value is crossing it, from
 * either side; what follows counts from the other side, so that crossings alternate.
 */
function follow(trip: usize, value: i64): u32 {
	const limit = load<i64>(trip, TripPoint.VALUE);
	const side = load<u32>(trip, TripPoint.SIDE);
	let next: u32 = value > limit ? Crossing.UPWARDS : Crossing.DOWNWARDS;
	if (value === limit) {
		const stays = side === Crossing.NONE || load<u32>(trip, TripPoint.REACHED);
		next = stays ? side : Crossing.UPWARDS + Crossing.DOWNWARDS - side;
	}
	store<u32>(trip, next, TripPoint.SIDE);
	store<u32>(trip, value === limit ? 1 : 0, TripPoint.REACHED);
	return side === Crossing.NONE || side === next ? Crossing.NONE : next;
}

function tell(use: usize, i: u32, crossing: u32): void {
	const agent = load<u32>(use, SensorUse.AGENT);
	const p = notification(agent, PROTOCOL, TRIP_POINT_EVENT);
	if (p === 0) return;
	store<u32>(p, PLATFORM_ID);
	store<u32>(p, load<u32>(use, SensorUse.ID), 4);
	store<u32>(p, i | (crossing === Crossing.UPWARDS ? UPWARDS_BIT : 0), 8);
	send(agent, 12);
}

function update(use: usize): void {
	const agent = load<u32>(use, SensorUse.AGENT);
	const p = notification(agent, PROTOCOL, UPDATE);
	if (p === 0) return;
	store<u32>(p, PLATFORM_ID);
	store<u32>(p, load<u32>(use, SensorUse.ID), 4);
	const size = writeReadings(use, p + 8);
	// Begun, but never sent: the sensor has no reading.
	if (size < 0) return;
	send(agent, 8 + size);
}
