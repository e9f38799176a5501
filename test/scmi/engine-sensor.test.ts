// The sensor protocol as the firmware serves it, byte by byte, in each of its versions: what sensors are, bad input.
// SCMI 3.2 (Arm DEN0056E), section 4.7; version 0x10000 as in SCMI 2.0 and in Linux 5.4's driver.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { SensorAxis } from "../../host/platform/sensors.ts";
import { oneWay } from "../support/one-way.ts";
import { pinned, SENSOR, smtOf, VERSIONS } from "../support/sensor-calls.ts";
import {
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
	u64,
} from "../support/smt.ts";

const NO_SENSORS = [4, 5, 31, 32, 0xffff, 0x10000, 0x8000_0000, 0xffff_ffff];
const EXTENDED_NAME = 0x2000_0000;

/** The platform's sensors as descriptors have them. */
const FACTS = [
	{
		name: "cpu-temperature",
		// Asynchronous, 4 trip points; continuous updates, timestamps in µs, extended attributes.
		low: [0x8000_0004, 0xc000_6b04],
		// °C, thousandths; every 1 * 10^-1 s.
		high: [0x0fc0_e802, 0x0000_e802],
		limits: [0xe800_0001, 10_000n, 125_000n],
	},
	{
		name: "vdd-arm",
		low: [0x0000_0002, 0x4000_6b02],
		high: [0x0fc0_d005, 0x0000_d005],
		limits: [0xd000_2710, 700_000n, 1_300_000n],
	},
	{
		name: "cpu-power",
		low: [0x0000_0000, 0x4000_6b00],
		high: [0x0fc0_e807, 0x0000_e807],
		limits: [0xe800_0001, 0n, 10_000n],
	},
	{
		name: "a53-operating-point",
		// Timestamps in ns; two axes, no unit of its own. Version 0x10000 knows the first axis alone.
		low: [0x0000_0000, 0x4000_5e00],
		high: [0x0fc0_0014, 0x0002_0101],
	},
] as const;

/** A descriptor. What an agent without platform messages is not offered is masked out. */
function descriptor(id: number, version: number, mask = 0xffff_ffff): number[] {
	const { name, low, high, ...rest } = FACTS[id] as (typeof FACTS)[number];
	if (version < 0x20000) {
		const words = u32(id, (low[0] & mask) >>> 0, high[0]);
		return [...words, ...text(name, 16)];
	}
	const long = version >= 0x30000 && name.length > 15 ? EXTENDED_NAME : 0;
	const words = u32(id, ((low[1] & mask) | long) >>> 0, high[1]);
	const limits = "limits" in rest ? rest.limits : undefined;
	return [
		...words,
		...text(name, 16),
		...(limits ? [...u32(0, limits[0]), ...u64(limits[1], limits[2])] : []),
	];
}

/** Requests of each message by its ID: bytes of their payloads. */
const SIZES = new Map([
	[0x0, 0],
	[0x1, 0],
	[0x2, 4],
	[0x3, 4],
	[0x4, 8],
	[0x5, 16],
	[0x6, 8],
	[0x7, 8],
	[0x8, 8],
	[0x9, 4],
	[0xa, 8],
	[0xb, 8],
	[0xc, 4],
	[0xd, 8],
	[0x10, 4],
]);

function servedAt(version: number): number[] {
	const last = version < 0x20000 ? 0x6 : version < 0x30000 ? 0xb : 0xd;
	return [...SIZES.keys()].filter(
		(id) => id <= last || (id === 0x10 && version >= 0x30001),
	);
}

describe.each(VERSIONS)("sensor protocol, version %i", (version) => {
	const smt = smtOf(pinned(version));
	const v2 = version >= 0x20000;

	it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES", () => {
		smt.expect(SENSOR, 0x0, [], u32(version));
		// 4 sensors, 16 asynchronous readings; no memory with readings.
		smt.expect(SENSOR, 0x1, [], u32(0x0010_0004, 0, 0, 0));
	});

	it("DESCRIPTION_GET from every index: as many descriptors as 128 bytes hold", () => {
		for (let first = 0; first < 4; first++) {
			const whole = v2 ? Math.min(first + 2, 4) : 4;
			const ids = [0, 1, 2, 3].slice(first, whole);
			smt.expect(SENSOR, 0x3, u32(first), [
				...u32(((4 - whole) << 16) | ids.length),
				...ids.flatMap((id) => descriptor(id, version)),
			]);
		}
		smt.expect(SENSOR, 0x3, u32(4), u32(0));
	});

	it("an index behind the end: INVALID_PARAMETERS", () => {
		for (const index of [5, 0xffff, 0x8000_0000, 0xffff_ffff]) {
			smt.refuse(SENSOR, 0x3, u32(index), INVALID_PARAMETERS);
			if (!v2) continue;
			smt.refuse(SENSOR, 0x7, u32(3, index), INVALID_PARAMETERS);
			smt.refuse(SENSOR, 0x8, u32(0, Math.max(index, 6)), INVALID_PARAMETERS);
		}
	});

	it("READING_GET: the value, from version 0x20000 on with a timestamp and of every axis", () => {
		const time = v2 ? [0n] : [];
		smt.expect(SENSOR, 0x6, u32(1, 0), u64(850_000n, ...time));
		smt.expect(SENSOR, 0x6, u32(2, 0), u64(593n, ...time));
		smt.expect(
			SENSOR,
			0x6,
			u32(3, 0),
			v2 ? u64(1_200_000_000n, 0n, 850_000n, 0n) : u64(1_200_000_000n),
		);
	});

	it("no such sensor: NOT_FOUND, whatever else is wrong", () => {
		for (const id of NO_SENSORS) {
			smt.refuse(SENSOR, 0x4, u32(id, 0xff), NOT_FOUND);
			smt.refuse(SENSOR, 0x5, u32(id, 0xffff_ffff, 0, 0), NOT_FOUND);
			smt.refuse(SENSOR, 0x6, u32(id, 0xff), NOT_FOUND);
			if (!v2) continue;
			smt.refuse(SENSOR, 0x7, u32(id, 0), NOT_FOUND);
			smt.refuse(SENSOR, 0x8, u32(id, 0), NOT_FOUND);
			smt.refuse(SENSOR, 0x9, u32(id), NOT_FOUND);
			smt.refuse(SENSOR, 0xa, u32(id, 0xff), NOT_FOUND);
			smt.refuse(SENSOR, 0xb, u32(id, 0xff), NOT_FOUND);
			if (version < 0x30000) continue;
			smt.refuse(SENSOR, 0xc, u32(id), NOT_FOUND);
			smt.refuse(SENSOR, 0xd, u32(id, 0), NOT_FOUND);
		}
	});

	it("reserved bits of the second word: INVALID_PARAMETERS", () => {
		const messages: [id: number, reserved: number][] = [
			[0x4, 0xffff_fffe], // TRIP_POINT_NOTIFY
			[0x5, 0xffff_f00c], // TRIP_POINT_CONFIG
			[0x6, 0xffff_fffe], // READING_GET
		];
		if (v2) messages.push([0xa, 0x1fc], [0xb, 0xffff_fffe]);
		for (const [id, reserved] of messages) {
			for (let bit = 0; bit < 32; bit++) {
				const word = (1 << bit) >>> 0;
				if ((word & reserved) === 0) continue;
				const rest = id === 0x5 ? [0, 0] : [];
				const payload = u32(0, word, ...rest);
				smt.refuse(SENSOR, id, payload, INVALID_PARAMETERS);
			}
		}
	});

	it("what a sensor does not have: NOT_SUPPORTED", () => {
		// Trip points: the power has none.
		smt.refuse(SENSOR, 0x4, u32(2, 1), NOT_SUPPORTED);
		smt.refuse(SENSOR, 0x5, u32(2, 1, 0, 0), NOT_SUPPORTED);
		// Asynchronous readings: only the temperature has them.
		for (const id of [1, 2, 3])
			smt.refuse(SENSOR, 0x6, u32(id, 1), NOT_SUPPORTED);
		// Axes: only the operating point has them.
		for (const id of v2 ? [0, 1, 2] : [])
			smt.refuse(SENSOR, 0x7, u32(id, 0), NOT_SUPPORTED);
		for (const id of version >= 0x30000 ? [0, 1, 2] : [])
			smt.refuse(SENSOR, 0xd, u32(id, 0), NOT_SUPPORTED);
	});

	it("TRIP_POINT_CONFIG of a trip point that the sensor does not have: INVALID_PARAMETERS", () => {
		for (const [id, trips] of [
			[0, 4],
			[1, 2],
		] as const) {
			for (const trip of [0, 1, 2, 3, 4, 5, 127, 255]) {
				const payload = u32(id, trip << 4, 0, 0);
				if (trip < trips) smt.expect(SENSOR, 0x5, payload, []);
				else smt.refuse(SENSOR, 0x5, payload, INVALID_PARAMETERS);
			}
		}
	});

	it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
		for (const message of servedAt(version)) {
			for (const wrong of [0, 1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 100]) {
				if (wrong === SIZES.get(message)) continue;
				const payload = new Array<number>(wrong).fill(0xff);
				smt.refuse(SENSOR, message, payload, PROTOCOL_ERROR);
			}
		}
	});

	it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
		const served = servedAt(version);
		for (const message of [...Array(64).keys(), 0xff, 0x100]) {
			if (served.includes(message))
				smt.expect(SENSOR, 0x2, u32(message), u32(0));
			else smt.refuse(SENSOR, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("messages of later versions: NOT_SUPPORTED", () => {
		for (const [message, size] of SIZES) {
			if (servedAt(version).includes(message)) continue;
			const payload = new Array<number>(size).fill(0);
			smt.refuse(SENSOR, message, payload, NOT_SUPPORTED);
		}
	});

	describe("an agent that gets no messages from the platform", () => {
		const alone = smtOf(oneWay(pinned(version)));

		it("is offered nothing asynchronous, no trip points, no updates", () => {
			alone.expect(SENSOR, 0x1, [], u32(4, 0, 0, 0));
			for (let id = 0; id < 4; id++) {
				const reply = alone.call(SENSOR, 0x3, u32(id));
				const bytes = descriptor(id, version, 0x3fff_ff00);
				expect(reply.slice(8, 8 + bytes.length)).toEqual(bytes);
			}
		});

		it("is refused what it was not offered: NOT_SUPPORTED, NOT_FOUND as attributes", () => {
			alone.refuse(SENSOR, 0x4, u32(0, 1), NOT_SUPPORTED);
			alone.refuse(SENSOR, 0x5, u32(0, 1, 0, 0), NOT_SUPPORTED);
			alone.refuse(SENSOR, 0x6, u32(0, 1), NOT_SUPPORTED);
			alone.refuse(SENSOR, 0xb, u32(0, 1), NOT_SUPPORTED);
			for (const message of [0x4, 0x5, 0xb])
				alone.refuse(SENSOR, 0x2, u32(message), NOT_FOUND);
		});

		it("reads as any other", () => {
			const time = v2 ? [0n] : [];
			alone.expect(SENSOR, 0x6, u32(1, 0), u64(850_000n, ...time));
		});
	});
});

describe("axes and names", () => {
	const LEVEL_LIMITS = [...u32(0xd000_2710), ...u64(700_000n, 1_300_000n)];
	const AXES = [
		...u32(0, 0x100, 0x14),
		...text("rate", 16),
		...u32(1),
		...u64(0n, 1_800_000_000n),
		...u32(1, 0x100, 0xd005),
		...text("level", 16),
		...LEVEL_LIMITS,
	];

	it.each(VERSIONS.slice(1))("AXIS_DESCRIPTION_GET, version %i", (version) => {
		const smt = smtOf(pinned(version));
		smt.expect(SENSOR, 0x7, u32(3, 0), [...u32(2), ...AXES]);
		smt.expect(SENSOR, 0x7, u32(3, 1), [...u32(1), ...AXES.slice(48)]);
		smt.expect(SENSOR, 0x7, u32(3, 2), u32(0));
	});

	it.each(VERSIONS.slice(2))(
		"NAME_GET and AXIS_NAME_GET, version %i",
		(version) => {
			const smt = smtOf(pinned(version));
			for (const [id, { name }] of FACTS.entries())
				smt.expect(SENSOR, 0xc, u32(id), [...u32(0), ...text(name, 64)]);
			const names = ["rate", "level"];
			for (const [axis, name] of names.entries())
				smt.expect(SENSOR, 0xd, u32(3, axis), [
					...u32(((1 - axis) << 26) | 1, axis),
					...text(name, 64),
				]);
			for (const axis of [2, 3, 64, 0xffff_ffff])
				smt.refuse(SENSOR, 0xd, u32(3, axis), NOT_FOUND);
		},
	);

	const long =
		"an-axis-with-a-name-of-as-many-as-sixty-three-characters-in-all";
	const platform: Platform = {
		...IMX8MM,
		sensors: IMX8MM.sensors.map((sensor) =>
			"kind" in sensor.reads
				? sensor
				: {
						...sensor,
						name: "axes",
						reads: Array.from({ length: 7 }, (_, i) => ({
							...((sensor.reads as readonly SensorAxis[])[i % 2] as SensorAxis),
							name: i === 4 ? long : `axis ${i}`,
						})),
					},
		),
	};

	it("AXIS_DESCRIPTION_GET and AXIS_NAME_GET of seven axes in pages", () => {
		expect(long).toHaveLength(63);
		const smt = smtOf(platform);
		let first = 0;
		for (const count of [2, 2, 2, 1]) {
			const rest = 7 - first - count;
			const words = smt.words(SENSOR, 0x7, u32(3, first));
			expect(words[0]).toBe(((rest << 26) | count) >>> 0);
			expect(words).toHaveLength(1 + 12 * count);
			for (let i = 0; i < count; i++) {
				expect(words[1 + 12 * i]).toBe(first + i);
				const marked = first + i === 4 ? 0x300 : 0x100;
				expect(words[2 + 12 * i]).toBe(marked);
			}
			first += count;
		}
		for (let axis = 0; axis < 7; axis++)
			smt.expect(SENSOR, 0xd, u32(3, axis), [
				...u32((((6 - axis) << 26) | 1) >>> 0, axis),
				...text(axis === 4 ? long : `axis ${axis}`, 64),
			]);
	});

	it("messages that cannot hold a long name of an axis have no AXIS_NAME_GET, and mark none", () => {
		const axes = platform.sensors[3]?.reads as readonly SensorAxis[];
		const sensors = platform.sensors.map((sensor) =>
			sensor.id === 3 ? { ...sensor, reads: axes.slice(4, 5) } : sensor,
		);
		for (const [maxMessageSize, mark] of [
			[76, 0x100],
			[80, 0x300],
		] as const) {
			const smt = smtOf({ ...platform, sensors, maxMessageSize });
			expect(smt.words(SENSOR, 0x7, u32(3, 0))[2]).toBe(mark);
			const status = mark === 0x100 ? NOT_SUPPORTED : 0;
			expect(smt.status(SENSOR, 0xd, u32(3, 0))).toBe(status);
		}
	});

	it("version 0x20000 cuts long names of axes and says nothing", () => {
		const smt = smtOf(pinned(0x20000, platform));
		const words = smt.words(SENSOR, 0x7, u32(3, 4));
		expect(words[2]).toBe(0x100);
		const bytes = smt.call(SENSOR, 0x7, u32(3, 4)).slice(20, 36);
		expect(bytes).toEqual(text(long, 16));
	});

	it("READING_GET of seven axes fills the message", () => {
		const smt = smtOf(platform);
		const pair = [1_200_000_000n, 0n, 850_000n, 0n];
		const values = [...pair, ...pair, ...pair, ...pair.slice(0, 2)];
		smt.expect(SENSOR, 0x6, u32(3, 0), u64(...values));
	});
});

describe("pages of descriptions", () => {
	it.each([80, 84, 92, 116, 120, 128, 172, 232])(
		"messages of %i bytes hold all that fits, and nothing is lost",
		(maxMessageSize) => {
			const smt = smtOf({ ...IMX8MM, maxMessageSize });
			const sizes = [52, 52, 52, 28];
			for (let first = 0; first < 4; ) {
				let count = 0;
				let room = maxMessageSize - 12;
				for (const size of sizes.slice(first)) {
					room -= size;
					if (room < 0) break;
					count++;
				}
				const ids = [0, 1, 2, 3].slice(first, first + count);
				expect(ids.length).toBeGreaterThan(0);
				smt.expect(SENSOR, 0x3, u32(first), [
					...u32(((4 - first - count) << 16) | count),
					...ids.flatMap((id) => descriptor(id, 0x30001)),
				]);
				first += count;
			}
		},
	);
});

describe("several versions and agents", () => {
	it("NEGOTIATE_PROTOCOL_VERSION goes back to each older layout", () => {
		const smt = smtOf(IMX8MM);
		for (const version of VERSIONS) {
			smt.expect(SENSOR, 0x10, u32(version), []);
			const whole = version < 0x20000 ? [0, 1, 2, 3] : [0, 1];
			smt.expect(SENSOR, 0x3, u32(0), [
				...u32(((4 - whole.length) << 16) | whole.length),
				...whole.flatMap((id) => descriptor(id, version)),
			]);
		}
		for (const version of [0, 0x10001, 0x30002, 0x40000])
			smt.refuse(SENSOR, 0x10, u32(version), NOT_SUPPORTED);
	});

	it("agents configure their sensors each for itself", () => {
		const functionId = 0xc200_0042;
		const platform: Platform = {
			...IMX8MM,
			agents: ["linux", "tee"],
			channels: [
				...IMX8MM.channels,
				{
					functionId,
					exceptionLevel: 3,
					agent: "tee",
					address: 0x0093_f400,
					size: 0x200,
				},
			],
		};
		const linux = smtOf(platform);
		const place = { ...linux.place, address: 0x0093_f400, functionId };
		const tee = new Smt(linux.firmware, place);
		tee.expect(SENSOR, 0xa, u32(0, 0), []);
		tee.refuse(SENSOR, 0x6, u32(0, 0), PROTOCOL_ERROR);
		expect(linux.status(SENSOR, 0x6, u32(0, 0))).toBe(0);
		expect(linux.words(SENSOR, 0x9, u32(0))[0]).toBe(0x0001_f801);
	});

	it("a platform without sensors counts none", () => {
		const smt = smtOf({ ...IMX8MM, sensors: [], thermal: null });
		smt.expect(SENSOR, 0x1, [], u32(0x0010_0000, 0, 0, 0));
		smt.expect(SENSOR, 0x3, u32(0), u32(0));
		smt.refuse(SENSOR, 0x3, u32(1), INVALID_PARAMETERS);
		smt.refuse(SENSOR, 0x6, u32(0, 0), NOT_FOUND);
	});
});
