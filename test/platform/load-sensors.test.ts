// What the engine refuses an image for: sensors and the thermal unit. And what the host refuses to compile.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import {
	Image,
	LoadError,
	Sensor,
	SensorAxis,
	Thermal,
} from "../../assembly/image.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type {
	Reading,
	SensorAxis as SensorAxisTable,
	Sensor as SensorTable,
	Thermal as ThermalTable,
} from "../../host/platform/sensors.ts";
import {
	changed,
	count,
	engine,
	refuses,
	row,
} from "../support/image-cases.ts";
import { TRITSR } from "../support/sensor-calls.ts";

describe("sensors", () => {
	const temperature = row(Image.SENSORS, Sensor.SIZE, 0);
	const power = row(Image.SENSORS, Sensor.SIZE, 2);
	const point = row(Image.SENSORS, Sensor.SIZE, 3);
	const axis = (i: number) => row(Image.SENSOR_AXES, SensorAxis.SIZE, i);
	const interval = row(Image.SENSOR_INTERVALS, 4, 3);
	refuses([
		[
			"a name outside",
			temperature + Sensor.NAME,
			0x10_0000,
			4,
			LoadError.REFERENCE,
		],
		["no axes", point + Sensor.AXIS_COUNT, 0, 4, LoadError.RANGE],
		[
			"two axes of a scalar sensor",
			power + Sensor.AXIS_COUNT,
			2,
			4,
			LoadError.RANGE,
		],
		[
			"more axes than fit a message",
			point + Sensor.AXIS_COUNT,
			8,
			4,
			LoadError.RANGE,
		],
		[
			"axes outside",
			point + Sensor.AXES,
			count(Image.SENSOR_AXES) - 1,
			4,
			LoadError.REFERENCE,
		],
		["a scalar flag of 2", power + Sensor.SCALAR, 2, 4, LoadError.RANGE],
		[
			"intervals outside",
			temperature + Sensor.INTERVALS,
			count(Image.SENSOR_INTERVALS) - 4,
			4,
			LoadError.REFERENCE,
		],
		["an interval of 0", interval, 1, 4, LoadError.RANGE],
		[
			"an interval below 100 µs",
			interval,
			(99 << 5) | 0x1a,
			4,
			LoadError.RANGE,
		],
		["an interval beyond time", interval, (1 << 5) | 15, 4, LoadError.RANGE],
		[
			"an interval with reserved bits",
			interval,
			(1 << 21) | (1 << 5),
			4,
			LoadError.RANGE,
		],
		[
			"five trip points",
			temperature + Sensor.TRIP_POINTS,
			5,
			4,
			LoadError.RANGE,
		],
		["trip points of axes", point + Sensor.TRIP_POINTS, 1, 4, LoadError.RANGE],
		[
			"trip points without an interval",
			temperature + Sensor.INTERVAL_COUNT,
			0,
			4,
			LoadError.RANGE,
			temperature + Sensor.TRIP_POINTS,
		],
		[
			"a timestamp flag of 2",
			temperature + Sensor.TIMESTAMPS,
			2,
			4,
			LoadError.RANGE,
		],
		[
			"timestamps of 10 s",
			temperature + Sensor.TIMESTAMP_EXPONENT,
			1,
			4,
			LoadError.RANGE,
		],
		[
			"timestamps below 1 ns",
			temperature + Sensor.TIMESTAMP_EXPONENT,
			-10,
			4,
			LoadError.RANGE,
		],
		[
			"a reading of more than a second",
			temperature + Sensor.READING_NS,
			1_000_000_001,
			4,
			LoadError.RANGE,
		],
		[
			"an axis name outside",
			axis(4) + SensorAxis.NAME,
			0x10_0000,
			4,
			LoadError.REFERENCE,
		],
		["a kind that is none", axis(0) + SensorAxis.KIND, 4, 4, LoadError.RANGE],
		[
			"a rail that is none",
			axis(1) + SensorAxis.SOURCE,
			12,
			4,
			LoadError.REFERENCE,
		],
		[
			"a clock that is none",
			axis(3) + SensorAxis.SOURCE,
			258,
			4,
			LoadError.REFERENCE,
		],
		[
			"a temperature of something",
			axis(0) + SensorAxis.SOURCE,
			1,
			4,
			LoadError.REFERENCE,
		],
		[
			"too wide a resolution",
			axis(0) + SensorAxis.RESOLUTION,
			1 << 27,
			4,
			LoadError.RANGE,
		],
		[
			"a highest value below the lowest",
			axis(0) + SensorAxis.MAX,
			9_999,
			4,
			LoadError.RANGE,
			axis(0) + SensorAxis.MIN,
		],
	]);
});

describe("the thermal unit", () => {
	const at = row(Image.THERMAL, Thermal.SIZE);
	refuses([
		[
			"an enable register outside",
			at + Thermal.ENABLE_REGISTER,
			4,
			4,
			LoadError.ADDRESS,
		],
		[
			"a reading register outside",
			at + Thermal.READING_REGISTER,
			4,
			4,
			LoadError.ADDRESS,
		],
		["no enable bits", at + Thermal.ENABLE_MASK, 0, 4, LoadError.RANGE],
		[
			"a valid bit within the reading",
			at + Thermal.VALID_MASK,
			0x80,
			4,
			LoadError.RANGE,
		],
		["a clock that is none", at + Thermal.CLOCK, 258, 4, LoadError.REFERENCE],
		["a rail that is none", at + Thermal.RAIL, 12, 4, LoadError.REFERENCE],
		[
			"too much power",
			at + Thermal.DYNAMIC_POWER,
			1_000_001,
			4,
			LoadError.RANGE,
		],
		[
			"too much leakage",
			at + Thermal.STATIC_POWER,
			1_000_001,
			4,
			LoadError.RANGE,
		],
		[
			"too much resistance",
			at + Thermal.RESISTANCE,
			10_000_001,
			4,
			LoadError.RANGE,
		],
		["too hot a place", at + Thermal.AMBIENT, 500_001, 4, LoadError.RANGE],
		["too cold a place", at + Thermal.AMBIENT, -500_001, 4, LoadError.RANGE],
		["no time constant", at + Thermal.TIME_CONSTANT, 0, 4, LoadError.RANGE],
	]);
});

describe("an image that was refused", () => {
	const at = row(Image.THERMAL, Thermal.SIZE);

	it("has no thermal unit, its registers are memory", () => {
		const refused = changed(at + Thermal.CLOCK, 0xffff_ffff, 4);
		expect(engine.load(refused).error).toBe(LoadError.REFERENCE);
		engine.exports.write32(TRITSR, 7);
		expect(engine.exports.read32(TRITSR)).toBe(7);
	});
});

describe("tables that cannot be compiled", () => {
	const [first] = IMX8MM.sensors;
	const sensor = (change: Partial<SensorTable>): Platform => ({
		...IMX8MM,
		sensors: [{ ...(first as SensorTable), ...change }],
	});
	const thermal = (change: Partial<ThermalTable>): Platform => ({
		...IMX8MM,
		thermal: { ...(IMX8MM.thermal as ThermalTable), ...change },
	});
	const bounds = { min: 0, max: 1, resolution: 1 };
	const axes = (length: number): readonly SensorAxisTable[] =>
		Array.from({ length }, (_, i) => ({
			kind: "power",
			name: `axis ${i}`,
			...bounds,
		}));

	it.each<[string, Platform, string]>([
		["an ID twice", sensor({ id: 1 }), "ID 1, expected 0"],
		["an empty name", sensor({ name: "" }), "sensor"],
		[
			"a rail that is none",
			sensor({ reads: { kind: "level", rail: "BUCK9", ...bounds } as Reading }),
			"no rail BUCK9",
		],
		[
			"a clock that is none",
			sensor({ reads: { kind: "rate", clock: "none", ...bounds } as Reading }),
			"no clock none",
		],
		[
			"an interval of 0 s",
			sensor({ intervals: [{ seconds: 0, exponent: 0 }] }),
			"update interval of 0 * 10^0 s",
		],
		[
			"an exponent beyond five bits",
			sensor({ intervals: [{ seconds: 1, exponent: 16 }] }),
			"update interval of 1 * 10^16 s",
		],
		["a thermal rail that is none", thermal({ rail: "x" }), "no rail x"],
		["a thermal clock that is none", thermal({ clock: "x" }), "no clock x"],
		[
			"a temperature without a thermal unit",
			{ ...IMX8MM, thermal: null },
			"row 0 of the sensors' axes",
		],
	])("%s", (_what, platform, message) => {
		expect(() => createEngine(platform)).toThrow(
			expect.objectContaining({
				code: "PLATFORM_INVALID",
				message: expect.stringContaining(message),
			}),
		);
	});

	it("as many axes as an ID has bits for are the most", () => {
		const areas = (maxMessageSize: number, length: number): Platform => ({
			...sensor({ reads: axes(length), tripPoints: 0 }),
			maxMessageSize,
			blocks: [
				...IMX8MM.blocks,
				{ name: "areas", address: 0x0098_0000, size: 0x2000, kind: "ram" },
			],
			channels: IMX8MM.channels.map((channel) => ({
				...channel,
				address: 0x0098_0000,
				size: 0x2000,
			})),
		});
		createEngine(areas(12 + 63 * 16, 63));
		expect(() => createEngine(areas(4096, 64))).toThrow("row 0 of sensors");
	});
});
