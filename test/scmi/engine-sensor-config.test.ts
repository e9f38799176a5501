// How sensors work for an agent, byte by byte: update intervals, configuration, timestamps.
// SCMI 3.2 (Arm DEN0056E), sections 4.7.2.7, 4.7.2.10 and 4.7.2.11.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { Sensor } from "../../host/platform/sensors.ts";
import { pinned, SENSOR, smtOf, VERSIONS } from "../support/sensor-calls.ts";
import {
	INVALID_PARAMETERS,
	NOT_SUPPORTED,
	PROTOCOL_ERROR,
	u32,
} from "../support/smt.ts";

describe("update intervals", () => {
	/** Seconds in bits 20:5, exponent of ten in bits 4:0. */
	const INTERVALS = [
		(1 << 5) | 31,
		(1 << 5) | 29,
		(1 << 5) | 30,
		1 << 5,
		(1 << 5) | 1,
	];

	it.each(VERSIONS.slice(1))("LIST_UPDATE_INTERVALS, version %i", (version) => {
		const smt = smtOf(pinned(version));
		for (let index = 0; index <= 5; index++) {
			const rest = INTERVALS.slice(index);
			smt.expect(SENSOR, 0x8, u32(0, index), u32(rest.length, ...rest));
		}
	});

	it("come in pages", () => {
		const intervals = Array.from({ length: 70 }, (_, i) => ({
			seconds: i + 1,
			exponent: -3,
		}));
		const [first] = IMX8MM.sensors;
		const smt = smtOf({
			...IMX8MM,
			sensors: [{ ...(first as Sensor), intervals }],
		});
		let index = 0;
		for (const count of [29, 29, 12]) {
			const words = smt.words(SENSOR, 0x8, u32(0, index));
			expect(words[0]).toBe(((70 - index - count) << 16) | count);
			expect(words.slice(1)).toEqual(
				Array.from({ length: count }, (_, i) => ((index + i + 1) << 5) | 29),
			);
			index += count;
		}
	});

	it("a sensor without any: NOT_SUPPORTED, none in its configuration", () => {
		const smt = smtOf(withoutIntervals());
		smt.refuse(SENSOR, 0x8, u32(0, 0), NOT_SUPPORTED);
		smt.refuse(SENSOR, 0xb, u32(0, 1), NOT_SUPPORTED);
		smt.expect(SENSOR, 0x9, u32(0), u32(1));
		smt.refuse(SENSOR, 0xa, u32(0, 0x0001_f801), NOT_SUPPORTED);
		smt.expect(SENSOR, 0xa, u32(0, 1), []);
		// Neither updates nor trip points nor timestamps, asynchronous all the same.
		expect(smt.words(SENSOR, 0x3, u32(0))[2]).toBe(0x8000_0100);
		const old = smtOf(pinned(0x10000, withoutIntervals()));
		expect(old.words(SENSOR, 0x3, u32(0))[3]).toBe(0xe802);
	});

	it("a preset of more seconds than version 0x10000 can say is not told", () => {
		const [first] = IMX8MM.sensors;
		const preset = (seconds: number) =>
			smtOf(
				pinned(0x10000, {
					...IMX8MM,
					sensors: [
						{ ...(first as Sensor), intervals: [{ seconds, exponent: -2 }] },
					],
				}),
			).words(SENSOR, 0x3, u32(0))[3];
		expect(preset(31)).toBe(((31 << 27) | (30 << 22) | 0xe802) >>> 0);
		expect(preset(32)).toBe(0xe802);
	});
});

function withoutIntervals(): Platform {
	const [first] = IMX8MM.sensors;
	const sensor = {
		...(first as Sensor),
		intervals: [],
		tripPoints: 0,
		timestampExponent: null,
	};
	return { ...IMX8MM, sensors: [sensor] };
}

describe("CONFIG_GET and CONFIG_SET", () => {
	const config = (seconds: number, exponent: number, flags: number): number =>
		((seconds << 16) | ((exponent & 31) << 11) | flags) >>> 0;
	const ENABLED = 1;
	const TIMESTAMPS = 2;
	const UP = 1 << 9;
	const AUTO = 1 << 10;

	it("enabled without timestamps at the first interval, until an agent says otherwise", () => {
		const smt = smtOf(IMX8MM);
		for (let id = 0; id < 4; id++)
			smt.expect(SENSOR, 0x9, u32(id), u32(config(1, -1, ENABLED)));
		smt.expect(SENSOR, 0xa, u32(0, config(1, 1, ENABLED | TIMESTAMPS)), []);
		smt.expect(SENSOR, 0x9, u32(0), u32(config(1, 1, ENABLED | TIMESTAMPS)));
		smt.expect(SENSOR, 0x9, u32(1), u32(config(1, -1, ENABLED)));
		// Interval 0 keeps the one in force.
		smt.expect(SENSOR, 0xa, u32(0, 0), []);
		smt.expect(SENSOR, 0x9, u32(0), u32(config(1, 1, 0)));
	});

	it.each([
		// Asked for, rounded down, up, and to the nearest; undefined: none in that direction.
		[1, -1, [1, -1], [1, -1], [1, -1]],
		[1000, -3, [1, 0], [1, 0], [1, 0]],
		[99, -3, [1, -2], [1, -1], [1, -1]],
		[54, -3, [1, -2], [1, -1], [1, -2]],
		[2, 0, [1, 0], [1, 1], [1, 0]],
		[65_535, 15, [1, 1], undefined, [1, 1]],
		[1, -4, undefined, [1, -3], [1, -3]],
		[1, -16, undefined, [1, -3], [1, -3]],
	] as const)(
		"%i * 10^%i s is rounded down to %o, up to %o, to the nearest %o",
		(seconds, exponent, down, up, nearest) => {
			const smt = smtOf(IMX8MM);
			for (const [flag, interval] of [
				[0, down],
				[UP, up],
				[AUTO, nearest],
				[AUTO | UP, nearest],
			] as const) {
				const payload = u32(2, config(seconds, exponent, flag | ENABLED));
				if (interval === undefined) {
					smt.refuse(SENSOR, 0xa, payload, INVALID_PARAMETERS);
					continue;
				}
				smt.expect(SENSOR, 0xa, payload, []);
				const now = config(interval[0], interval[1], ENABLED);
				smt.expect(SENSOR, 0x9, u32(2), u32(now));
			}
		},
	);

	it("an interval of 0 times something: INVALID_PARAMETERS, nothing changes", () => {
		const smt = smtOf(IMX8MM);
		for (const exponent of [1, -1, 15, -16])
			smt.refuse(
				SENSOR,
				0xa,
				u32(0, config(0, exponent, 0)),
				INVALID_PARAMETERS,
			);
		smt.expect(SENSOR, 0x9, u32(0), u32(config(1, -1, ENABLED)));
	});

	it("timestamps of a sensor without: NOT_SUPPORTED", () => {
		const smt = smtOf(withoutIntervals());
		smt.refuse(SENSOR, 0xa, u32(0, ENABLED | TIMESTAMPS), NOT_SUPPORTED);
		smt.expect(SENSOR, 0x9, u32(0), u32(ENABLED));
	});

	it("a disabled sensor: PROTOCOL_ERROR from READING_GET, both ways", () => {
		const smt = smtOf(IMX8MM);
		smt.expect(SENSOR, 0xa, u32(0, 0), []);
		smt.refuse(SENSOR, 0x6, u32(0, 0), PROTOCOL_ERROR);
		smt.refuse(SENSOR, 0x6, u32(0, 1), PROTOCOL_ERROR);
		smt.expect(SENSOR, 0xa, u32(0, ENABLED), []);
		expect(smt.status(SENSOR, 0x6, u32(0, 0))).toBe(0);
	});

	it.each([
		[0, -6, 1000n],
		[3, -9, 1n],
	])("timestamps of sensor %i count 10^%i s", (id, _exponent, unit) => {
		const smt = smtOf({ ...IMX8MM, trapNs: 0 });
		smt.expect(SENSOR, 0xa, u32(id, ENABLED | TIMESTAMPS), []);
		smt.firmware.advance(1_234_567_891);
		const words = smt.words(SENSOR, 0x6, u32(id, 0));
		const time = 1_234_567_891n / unit;
		for (let i = 2; i < words.length; i += 4)
			expect(words.slice(i, i + 2)).toEqual([Number(time), 0]);
		expect(words).toHaveLength(id === 3 ? 8 : 4);
	});
});
