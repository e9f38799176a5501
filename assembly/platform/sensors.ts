// Checks the sensors of a platform image and the thermal unit behind them, and makes their rows ready for use.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { clockRow, kindOf } from "../hardware/clock-tree";
import { intervalNs } from "../hardware/sensors";
import { coolDown } from "../hardware/thermal";
import {
	ClockKind,
	Image,
	LoadError,
	Sensor,
	SensorAxis,
	SensorInterval,
	SensorKind,
	Thermal,
} from "../image";
import { Abi, Address, SensorUse, State } from "../layout";
import { agentRow } from "../scmi/agents";
import { check, failed, header, resolve, resolveName, state } from "./check";
import { isClock } from "./clocks";

/** An axis ID has 6 bits, a resolution 27. */
const MAX_AXES: u32 = 63;
const MAX_RESOLUTION: u32 = 0x7ff_ffff;
/** Bytes of a message in front of its readings, and of one reading. */
const READINGS_AT: u32 = 12;
const READING_SIZE: u32 = 16;
/** No sensor is sampled more often than every 100 µs, no reading takes longer than a second. */
const MIN_INTERVAL_NS: u64 = 100_000;
const MAX_READING_NS: u32 = 1_000_000_000;
const INTERVAL_BITS: u32 = 0x1f_ffff;
/** Kinds whose source is not an ID. */
const NO_SOURCE: u32 = 0;
/** Bounds of the thermal model: °C, mW and their products stay within 64 bits. */
const MAX_MILLIDEGREES: i32 = 500_000;
const MAX_POWER: u32 = 1_000_000;
const MAX_RESISTANCE: u32 = 10_000_000;

export function checkSensors(): void {
	checkThermal();
	for (let id: u32 = 0; id < state(State.SENSOR_COUNT) && !failed(); id++)
		checkSensor(state(State.SENSORS) + id * Sensor.SIZE);
	if (!failed()) beginUses();
}

function checkThermal(): void {
	const thermal = state(State.THERMAL);
	if (thermal === 0) return;
	resolve(thermal + Thermal.ENABLE_REGISTER);
	resolve(thermal + Thermal.READING_REGISTER);
	const enables = load<u32>(thermal, Thermal.ENABLE_MASK) !== 0;
	check(enables, LoadError.RANGE, thermal + Thermal.ENABLE_MASK);
	const apart = (load<u32>(thermal, Thermal.VALID_MASK) & 0xff) === 0;
	check(apart, LoadError.RANGE, thermal + Thermal.VALID_MASK);
	const clock = load<u32>(thermal, Thermal.CLOCK);
	check(isClock(clock), LoadError.REFERENCE, thermal + Thermal.CLOCK);
	const rail = load<u32>(thermal, Thermal.RAIL);
	const supplied = rail < state(State.RAIL_COUNT);
	check(supplied, LoadError.REFERENCE, thermal + Thermal.RAIL);
	atMost(thermal + Thermal.DYNAMIC_POWER, MAX_POWER);
	atMost(thermal + Thermal.STATIC_POWER, MAX_POWER);
	atMost(thermal + Thermal.RESISTANCE, MAX_RESISTANCE);
	const ambient = load<i32>(thermal, Thermal.AMBIENT);
	const bearable = ambient >= -MAX_MILLIDEGREES && ambient <= MAX_MILLIDEGREES;
	check(bearable, LoadError.RANGE, thermal + Thermal.AMBIENT);
	const constant = load<u32>(thermal, Thermal.TIME_CONSTANT) !== 0;
	check(constant, LoadError.RANGE, thermal + Thermal.TIME_CONSTANT);
	if (!failed()) coolDown(thermal);
}

function atMost(field: usize, most: u32): void {
	check(load<u32>(field) <= most, LoadError.RANGE, field);
}

function isFlag(field: usize): void {
	atMost(field, 1);
}

function checkSensor(sensor: usize): void {
	resolveName(sensor + Sensor.NAME);
	isFlag(sensor + Sensor.SCALAR);
	isFlag(sensor + Sensor.TIMESTAMPS);
	atMost(sensor + Sensor.READING_NS, MAX_READING_NS);
	const exponent = load<i32>(sensor, Sensor.TIMESTAMP_EXPONENT);
	const counted = exponent >= -9 && exponent <= 0;
	check(counted, LoadError.RANGE, sensor + Sensor.TIMESTAMP_EXPONENT);
	checkAxes(sensor);
	checkIntervals(sensor);
	// A trip point belongs to one value, which has to be sampled.
	const trips = load<u32>(sensor, Sensor.TRIP_POINTS);
	const possible =
		load<u32>(sensor, Sensor.SCALAR) !== 0 &&
		load<u32>(sensor, Sensor.INTERVAL_COUNT) !== 0;
	const most: u32 = possible ? Abi.TRIP_POINTS : 0;
	check(trips <= most, LoadError.RANGE, sensor + Sensor.TRIP_POINTS);
}

function checkAxes(sensor: usize): void {
	const count = load<u32>(sensor, Sensor.AXIS_COUNT);
	const scalar = load<u32>(sensor, Sensor.SCALAR) !== 0;
	const size = READINGS_AT + count * READING_SIZE;
	const fits =
		count >= 1 &&
		count <= MAX_AXES &&
		(count === 1 || !scalar) &&
		size <= state(State.MAX_MESSAGE);
	if (!check(fits, LoadError.RANGE, sensor + Sensor.AXIS_COUNT)) return;
	const rows = section(
		sensor + Sensor.AXES,
		count,
		Image.SENSOR_AXES,
		SensorAxis.SIZE,
	);
	for (let i: u32 = 0; i < count && !failed(); i++)
		checkAxis(rows + i * SensorAxis.SIZE);
}

/** Turns the index of `count` rows of a section into their address. */
function section(field: usize, count: u32, table: u32, size: u32): usize {
	const first = load<u32>(field);
	const most = header(table + 4);
	check(first <= most && count <= most - first, LoadError.REFERENCE, field);
	const rows: usize = Address.IMAGE + header(table) + first * size;
	store<u32>(field, <u32>rows);
	return rows;
}

function checkAxis(axis: usize): void {
	resolveName(axis + SensorAxis.NAME);
	const kind = load<u32>(axis, SensorAxis.KIND);
	const known = kind < <u32>SensorKind.COUNT;
	if (!check(known, LoadError.RANGE, axis + SensorAxis.KIND)) return;
	const source = load<u32>(axis, SensorAxis.SOURCE);
	check(hasSource(kind, source), LoadError.REFERENCE, axis + SensorAxis.SOURCE);
	atMost(axis + SensorAxis.RESOLUTION, MAX_RESOLUTION);
	const ordered =
		load<i64>(axis, SensorAxis.MIN) <= load<i64>(axis, SensorAxis.MAX);
	check(ordered, LoadError.RANGE, axis + SensorAxis.MIN);
}

function hasSource(kind: u32, source: u32): bool {
	if (kind === SensorKind.LEVEL) return source < state(State.RAIL_COUNT);
	if (kind === SensorKind.RATE)
		return isClock(source) && kindOf(clockRow(source)) !== ClockKind.ALIAS;
	return state(State.THERMAL) !== 0 && source === NO_SOURCE;
}

function checkIntervals(sensor: usize): void {
	const count = load<u32>(sensor, Sensor.INTERVAL_COUNT);
	const rows = section(
		sensor + Sensor.INTERVALS,
		count,
		Image.SENSOR_INTERVALS,
		SensorInterval.SIZE,
	);
	for (let i: u32 = 0; i < count && !failed(); i++) {
		const row = rows + i * SensorInterval.SIZE;
		const interval = load<u32>(row);
		const ns = intervalNs(interval);
		const good =
			(interval & ~INTERVAL_BITS) === 0 &&
			ns >= MIN_INTERVAL_NS &&
			ns < u64.MAX_VALUE;
		check(good, LoadError.RANGE, row);
	}
}

/** Until agents say otherwise, sensors may be read, and nobody is told of anything. */
function beginUses(): void {
	const sensors = state(State.SENSOR_COUNT);
	let use = state(State.SENSOR_USES);
	for (let i: u32 = 0; i < state(State.AGENT_COUNT); i++) {
		for (let id: u32 = 0; id < sensors; id++) {
			store<u32>(use, <u32>agentRow(i), SensorUse.AGENT);
			store<u32>(
				use,
				state(State.SENSORS) + id * Sensor.SIZE,
				SensorUse.SENSOR,
			);
			store<u32>(use, id, SensorUse.ID);
			store<u32>(use, 1, SensorUse.ENABLED);
			use += SensorUse.SIZE;
		}
	}
}
