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
import { byId, invalid, type Tables } from "./tables.ts";

const KINDS = {
	temperature: SensorKind.TEMPERATURE,
	level: SensorKind.LEVEL,
	rate: SensorKind.RATE,
	power: SensorKind.POWER,
} as const;

export function addSensors(tables: Tables): void {
	addThermal(tables);
	const sensors = byId(tables.platform.sensors);
	for (const [index, sensor] of sensors.entries()) {
		const by = `sensor ${sensor.name}`;
		if (sensor.id !== index)
			throw invalid(`${by}: ID ${sensor.id}, expected ${index}`);
		const row = tables.sensors.row();
		const name = tables.string(sensor.name, "sensor");
		const { reads } = sensor;
		const axes = "kind" in reads ? [{ ...reads, name: sensor.name }] : reads;
		row.u32(Sensor.NAME, name);
		row.u32(Sensor.AXES, tables.sensorAxes.count);
		row.u32(Sensor.AXIS_COUNT, axes.length);
		row.u32(Sensor.SCALAR, "kind" in reads ? 1 : 0);
		for (const axis of axes) addAxis(tables, axis, axis.name, by);
		row.u32(Sensor.INTERVALS, tables.sensorIntervals.count);
		row.u32(Sensor.INTERVAL_COUNT, sensor.intervals.length);
		for (const interval of sensor.intervals) addInterval(tables, interval, by);
		const { timestampExponent } = sensor;
		row.u32(Sensor.TRIP_POINTS, sensor.tripPoints);
		row.u32(Sensor.TIMESTAMPS, timestampExponent === null ? 0 : 1);
		row.i32(Sensor.TIMESTAMP_EXPONENT, timestampExponent ?? 0);
		row.u32(Sensor.READING_NS, sensor.readingNs);
	}
}

function addAxis(
	tables: Tables,
	reading: Reading,
	name: string,
	by: string,
): void {
	const row = tables.sensorAxes.row();
	row.u32(SensorAxis.NAME, tables.string(name, "sensor axis"));
	row.u32(SensorAxis.KIND, KINDS[reading.kind]);
	row.u32(SensorAxis.SOURCE, sourceOf(tables, reading, by));
	row.u32(SensorAxis.RESOLUTION, reading.resolution);
	row.i64(SensorAxis.MIN, BigInt(reading.min));
	row.i64(SensorAxis.MAX, BigInt(reading.max));
}

function sourceOf(tables: Tables, reading: Reading, by: string): number {
	if (reading.kind === "level") return tables.railId(reading.rail, by);
	if (reading.kind === "rate") return tables.clockId(reading.clock, by);
	return 0;
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
	tables.sensorIntervals.row().u32(0, word);
}

function addThermal(tables: Tables): void {
	const { thermal } = tables.platform;
	if (thermal === null) return;
	const row = tables.thermal.row();
	const by = "the thermal unit";
	row.u32(Thermal.ENABLE_REGISTER, thermal.enable.address);
	row.u32(Thermal.ENABLE_MASK, thermal.enable.mask);
	row.u32(Thermal.READING_REGISTER, thermal.reading.address);
	row.u32(Thermal.VALID_MASK, thermal.reading.validMask);
	row.i32(Thermal.MIN, thermal.min);
	row.i32(Thermal.MAX, thermal.max);
	row.u32(Thermal.CLOCK, tables.clockId(thermal.clock, by));
	row.u32(Thermal.RAIL, tables.railId(thermal.rail, by));
	row.u32(Thermal.DYNAMIC_POWER, thermal.dynamicPower);
	row.u32(Thermal.STATIC_POWER, thermal.staticPower);
	row.i32(Thermal.AMBIENT, thermal.ambient);
	row.u32(Thermal.RESISTANCE, thermal.resistance);
	row.u32(Thermal.TIME_CONSTANT, thermal.timeConstantUs);
}
