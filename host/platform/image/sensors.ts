// A platform's sensors and the thermal unit behind them, compiled into the image.
// The format is assembly/image.ts.

import {
	Sensor,
	SensorAxis,
	SensorInterval,
	SensorKind,
	Thermal,
} from "../../../assembly/image.ts";
import type { Reading, UpdateInterval } from "../sensors.ts";
import { invalid, type Tables } from "./tables.ts";

const KINDS = {
	temperature: SensorKind.TEMPERATURE,
	level: SensorKind.LEVEL,
	rate: SensorKind.RATE,
	power: SensorKind.POWER,
} as const;

export function addSensors(tables: Tables): void {
	addThermal(tables);
	const sensors = [...tables.platform.sensors].sort((a, b) => a.id - b.id);
	for (const [index, sensor] of sensors.entries()) {
		const by = `sensor ${sensor.name}`;
		if (sensor.id !== index)
			throw invalid(`${by}: ID ${sensor.id}, expected ${index}`);
		const row = tables.sensors.row();
		const name = tables.string(sensor.name, "sensor");
		const { reads } = sensor;
		const axes = "kind" in reads ? [{ ...reads, name: sensor.name }] : reads;
		row.setUint32(Sensor.NAME, name, true);
		row.setUint32(Sensor.AXES, tables.sensorAxes.rows.length, true);
		row.setUint32(Sensor.AXIS_COUNT, axes.length, true);
		row.setUint32(Sensor.SCALAR, "kind" in reads ? 1 : 0, true);
		for (const axis of axes) addAxis(tables, axis, axis.name, by);
		row.setUint32(Sensor.INTERVALS, tables.sensorIntervals.rows.length, true);
		row.setUint32(Sensor.INTERVAL_COUNT, sensor.intervals.length, true);
		for (const interval of sensor.intervals) addInterval(tables, interval, by);
		const { timestampExponent } = sensor;
		row.setUint32(Sensor.TRIP_POINTS, sensor.tripPoints, true);
		row.setUint32(Sensor.TIMESTAMPS, timestampExponent === null ? 0 : 1, true);
		row.setInt32(Sensor.TIMESTAMP_EXPONENT, timestampExponent ?? 0, true);
		row.setUint32(Sensor.READING_NS, sensor.readingNs, true);
	}
}

function addAxis(
	tables: Tables,
	reading: Reading,
	name: string,
	by: string,
): void {
	const row = tables.sensorAxes.row();
	row.setUint32(SensorAxis.NAME, tables.string(name, "sensor axis"), true);
	row.setUint32(SensorAxis.KIND, KINDS[reading.kind], true);
	row.setUint32(SensorAxis.SOURCE, sourceOf(tables, reading, by), true);
	row.setUint32(SensorAxis.RESOLUTION, reading.resolution, true);
	row.setBigInt64(SensorAxis.MIN, BigInt(reading.min), true);
	row.setBigInt64(SensorAxis.MAX, BigInt(reading.max), true);
}

function sourceOf(tables: Tables, reading: Reading, by: string): number {
	if (reading.kind === "level") return railId(tables, reading.rail, by);
	if (reading.kind === "rate") return tables.clockId(reading.clock, by);
	return 0;
}

function railId(tables: Tables, name: string, by: string): number {
	const rail = tables.platform.rails.find((row) => row.name === name);
	if (rail === undefined) throw invalid(`${by}: there is no rail ${name}`);
	return rail.id;
}

function addInterval(
	tables: Tables,
	{ seconds, exponent }: UpdateInterval,
	by: string,
): void {
	if (seconds < 1 || seconds > 0xffff || exponent < -16 || exponent > 15) {
		throw invalid(
			`${by}: update interval of ${seconds} * 10^${exponent} s, expected 1 to 65535 and -16 to 15`,
		);
	}
	const width = SensorInterval.EXPONENT_WIDTH;
	const word = (seconds << width) | (exponent & ((1 << width) - 1));
	tables.sensorIntervals.row().setUint32(0, word, true);
}

function addThermal(tables: Tables): void {
	const { thermal } = tables.platform;
	if (thermal === null) return;
	const row = tables.thermal.row();
	const by = "the thermal unit";
	row.setUint32(Thermal.ENABLE_REGISTER, thermal.enable.address, true);
	row.setUint32(Thermal.ENABLE_MASK, thermal.enable.mask, true);
	row.setUint32(Thermal.READING_REGISTER, thermal.reading.address, true);
	row.setUint32(Thermal.VALID_MASK, thermal.reading.validMask, true);
	row.setInt32(Thermal.MIN, thermal.min, true);
	row.setInt32(Thermal.MAX, thermal.max, true);
	row.setUint32(Thermal.CLOCK, tables.clockId(thermal.clock, by), true);
	row.setUint32(Thermal.RAIL, railId(tables, thermal.rail, by), true);
	row.setUint32(Thermal.DYNAMIC_POWER, thermal.dynamicPower, true);
	row.setUint32(Thermal.STATIC_POWER, thermal.staticPower, true);
	row.setInt32(Thermal.AMBIENT, thermal.ambient, true);
	row.setUint32(Thermal.RESISTANCE, thermal.resistance, true);
	row.setUint32(Thermal.TIME_CONSTANT, thermal.timeConstantUs, true);
}
