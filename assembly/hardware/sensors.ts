// Sensors: what the rows of a sensor's axes read, each from the hardware that it names.
// SCMI 3.2 (Arm DEN0056E), section 4.7; units are those of SensorKind.

import { Sensor, SensorAxis, SensorInterval, SensorKind } from "../image";
import { Address, State } from "../layout";
import { clockRow, isRunning, rateOf } from "./clock-tree";
import { railIsOn, railLevel, railRow } from "./rails";
import { thermalReading } from "./thermal";

const NS_EXPONENT: i32 = 9;
const SECONDS_MASK: u32 = 0xffff;

/** The sensor with an ID from outside, or 0. */
export function findSensor(id: u32): usize {
	if (id >= load<u32>(Address.STATE, State.SENSOR_COUNT)) return 0;
	return load<u32>(Address.STATE, State.SENSORS) + id * Sensor.SIZE;
}

/** The row of an axis; of a scalar sensor, axis 0 is the sensor itself. */
export function axisRow(sensor: usize, axis: u32): usize {
	return load<u32>(sensor, Sensor.AXES) + axis * SensorAxis.SIZE;
}

/** The value of an axis in the unit of its kind; NO_READING when the hardware gives none. */
export function readAxis(axis: usize): i64 {
	const kind = load<u32>(axis, SensorAxis.KIND);
	const source = load<u32>(axis, SensorAxis.SOURCE);
	if (kind === SensorKind.LEVEL) {
		const rail = railRow(source);
		return railIsOn(rail) ? railLevel(rail) : 0;
	}
	if (kind === SensorKind.RATE) {
		const clock = clockRow(source);
		return isRunning(clock) ? <i64>rateOf(clock) : 0;
	}
	return thermalReading(kind);
}

/** The unit of a kind: 10 to the power of this °C, V, Hz or W. */
export function exponentOf(kind: u32): i32 {
	switch (kind) {
		case SensorKind.LEVEL:
			return -6;
		case SensorKind.RATE:
			return 0;
		default:
			return -3;
	}
}

/** The interval in a place of the sensor's list, as it is encoded there. */
export function intervalAt(sensor: usize, place: u32): u32 {
	return load<u32>(
		load<u32>(sensor, Sensor.INTERVALS) + place * SensorInterval.SIZE,
	);
}

/** Its whole ns, at most 2^64 - 1. */
export function intervalNs(interval: u32): u64 {
	let ns = <u64>((interval >> SensorInterval.EXPONENT_WIDTH) & SECONDS_MASK);
	const unused: u32 = 32 - SensorInterval.EXPONENT_WIDTH;
	const exponent = (<i32>(interval << unused) >> unused) + NS_EXPONENT;
	for (let i: i32 = 0; i < exponent; i++)
		ns = ns > u64.MAX_VALUE / 10 ? u64.MAX_VALUE : ns * 10;
	for (let i: i32 = exponent; i < 0; i++) ns /= 10;
	return ns;
}
