// What the firmware tells of sensors by itself: delayed readings, trip points, continuous updates, byte by byte.
// SCMI 3.2 (Arm DEN0056E), sections 4.7.2.8, 4.7.2.9, 4.7.2.12, 4.7.2.13, 4.7.3 and 4.7.4.

import { beforeEach, describe, expect, it } from "vitest";
import { Channel } from "../../assembly/image.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { Sensor } from "../../host/platform/sensors.ts";
import {
	channelState,
	DELAYED_RESPONSE,
	Inbox,
	type Left,
	notification,
} from "../support/inbox.ts";
import {
	BUSY,
	firstValue,
	HARDWARE_ERROR,
	pinned,
	SENSOR,
	setOperatingPoint,
	TER,
} from "../support/sensor-calls.ts";
import { headerOf, PROTOCOL_ERROR, Smt, u32, u64 } from "../support/smt.ts";

const MS = 1_000_000;
const SECOND = 1000 * MS;
/** ns that an asynchronous reading of the temperature takes. */
const READING_NS = 100_000;
const TRIP_POINT_EVENT = 0x0;
const UPDATE = 0x1;
const UPWARDS = 1 << 16;
/** sensor_config: enabled, sampled every 1, 10, 100 ms, 1 s. */
const EVERY_MS = 0x0001_e801;
const EVERY_SECOND = 0x0001_0001;
const TIMESTAMPS = 2;

/** No time is spent in traps: samples fall on whole intervals. */
const PLATFORM: Platform = { ...IMX8MM, trapNs: 0 };

/** Event bits of a trip point: upwards, downwards. */
function configure(
	smt: Smt,
	id: number,
	trip: number,
	events: number,
	value: bigint,
): void {
	const control = u32(id, (trip << 4) | events);
	smt.expect(SENSOR, 0x5, [...control, ...u64(BigInt.asUintN(64, value))], []);
}

/** Signed values and timestamps as bytes. */
function signed(...values: readonly bigint[]): number[] {
	return u64(...values.map((value) => BigInt.asUintN(64, value)));
}

/** A trip point's event as it must arrive. */
function tripped(id: number, event: number): Left {
	return notification(SENSOR, TRIP_POINT_EVENT, u32(0, id, event));
}

/** An update as it must arrive. */
function updated(id: number, ...readings: bigint[]): Left {
	const payload = [...u32(0, id), ...signed(...readings)];
	return notification(SENSOR, UPDATE, payload);
}

/** A word of a message's payload. */
function wordAt(message: Left | undefined, offset: number): number {
	const bytes = new Uint8Array(message?.payload ?? []);
	return new DataView(bytes.buffer).getUint32(offset, true);
}

describe("asynchronous readings", () => {
	it.each([
		[0x10000, []],
		[0x20000, [0, 0]],
		[0x30000, [0, 0]],
		[0x30001, [0, 0]],
	])(
		"version %i: the value when it is there, under the command's token",
		(version, time) => {
			const engine = createEngine(pinned(version, PLATFORM));
			const smt = new Smt(engine);
			const rx = new Inbox(engine);
			engine.advance(SECOND);
			const header = headerOf(SENSOR, 0x6, 0x2a5);
			const reply = smt.send(header, u32(0, 1));
			expect(reply).toMatchObject({ header, payload: u32(0) });
			engine.advance(READING_NS - 1);
			expect(rx.all()).toEqual([]);
			engine.advance(1);
			// Read at the same time, so that it is the same.
			const value = smt.words(SENSOR, 0x6, u32(0, 0))[0] as number;
			expect(value).toBeGreaterThan(26_000);
			expect(rx.all()).toEqual([
				{
					header: headerOf(SENSOR, 0x6, 0x2a5, DELAYED_RESPONSE),
					payload: u32(0, 0, value, 0, ...time),
				},
			]);
		},
	);

	it("with a timestamp of the reading, not of the request", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		smt.expect(SENSOR, 0xa, u32(0, EVERY_MS | TIMESTAMPS), []);
		engine.advance(7 * SECOND);
		smt.expect(SENSOR, 0x6, u32(0, 1), []);
		engine.advance(SECOND);
		const [message] = rx.all();
		expect(wordAt(message, 16)).toBe(7_000_000 + READING_NS / 1000);
	});

	it("as many as the queue has places for, then BUSY", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		for (let i = 0; i < 16; i++) smt.expect(SENSOR, 0x6, u32(0, 1), []);
		smt.refuse(SENSOR, 0x6, u32(0, 1), BUSY);
		engine.advance(READING_NS);
		expect(rx.all()).toHaveLength(16);
		smt.expect(SENSOR, 0x6, u32(0, 1), []);
		engine.advance(READING_NS);
		expect(rx.all()).toHaveLength(1);
	});

	it("what is wrong by then is told by the delayed status", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		smt.expect(SENSOR, 0x6, u32(0, 1), []);
		engine.write32(TER, 0);
		engine.advance(READING_NS);
		smt.expect(SENSOR, 0x6, u32(0, 1), []);
		smt.expect(SENSOR, 0xa, u32(0, 0), []);
		engine.advance(READING_NS);
		expect(rx.all().map(({ payload }) => payload)).toEqual([
			u32(HARDWARE_ERROR, 0),
			u32(PROTOCOL_ERROR, 0),
		]);
	});
});

describe("trip points of a level that is set at will", () => {
	let engine: ReturnType<typeof createEngine>;
	let smt: Smt;
	let rx: Inbox;
	/** The level goes there in mV and is sampled. */
	const go = (millivolts: number) => {
		setOperatingPoint(engine, 1200, millivolts);
		engine.advance(MS);
		return rx.all().map((message) => {
			const event = wordAt(message, 8);
			expect(message).toEqual(tripped(1, event));
			return event;
		});
	};

	beforeEach(() => {
		engine = createEngine(PLATFORM);
		smt = new Smt(engine);
		rx = new Inbox(engine);
		smt.expect(SENSOR, 0xa, u32(1, EVERY_MS), []);
	});

	it.each([
		[0, [[], [], [], [], [], []]],
		[1, [[UPWARDS], [], [], [], [UPWARDS], []]],
		[2, [[], [], [0], [], [], [0]]],
		[3, [[UPWARDS], [], [0], [], [UPWARDS], [0]]],
	])(
		"events %i: told when the value reaches or crosses it that way",
		(events, expected) => {
			smt.expect(SENSOR, 0x4, u32(1, 1), []);
			configure(smt, 1, 0, events, 900_000n);
			const levels = [910, 950, 890, 850, 900, 700];
			expect(levels.map(go)).toEqual(expected);
		},
	);

	it("reaching it from above is crossing it downwards, staying there or going on is none", () => {
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 1, 3, 900_000n);
		expect([950, 900, 900, 950, 900, 850].map(go)).toEqual([
			[1 | UPWARDS],
			[1],
			[],
			[1 | UPWARDS],
			[1],
			[],
		]);
	});

	it("one sample may cross several", () => {
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 3, 900_000n);
		configure(smt, 1, 1, 1, 950_000n);
		expect([1000, 700].map(go)).toEqual([[UPWARDS, 1 | UPWARDS], [0]]);
	});

	it("counts from the value there is when it is set, or when the agent asks to be told", () => {
		configure(smt, 1, 0, 3, 900_000n);
		expect(go(950)).toEqual([]);
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		expect(go(960)).toEqual([]);
		// 960 mV now: above already.
		configure(smt, 1, 0, 3, 955_000n);
		expect(go(970)).toEqual([]);
		expect(go(940)).toEqual([0]);
	});

	it("asking again changes nothing, asking no more ends it", () => {
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 3, 900_000n);
		setOperatingPoint(engine, 1200, 950);
		// Not a new beginning: the crossing since the last sample still counts.
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		expect(go(950)).toEqual([UPWARDS]);
		smt.expect(SENSOR, 0x4, u32(1, 0), []);
		expect(go(850)).toEqual([]);
	});

	it("a disabled sensor tells nothing, and goes on when it is enabled", () => {
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 3, 900_000n);
		smt.expect(SENSOR, 0xa, u32(1, 0), []);
		expect(go(950)).toEqual([]);
		smt.expect(SENSOR, 0xa, u32(1, EVERY_MS), []);
		expect(go(950)).toEqual([UPWARDS]);
	});

	it("is sampled at the interval, and only then", () => {
		smt.expect(SENSOR, 0xa, u32(1, EVERY_SECOND), []);
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 3, 900_000n);
		expect(go(950)).toEqual([]);
		// Back again before the first sample: nobody has seen it.
		expect(go(850)).toEqual([]);
		engine.advance(998 * MS);
		expect(rx.all()).toEqual([]);
		setOperatingPoint(engine, 1200, 950);
		engine.advance(SECOND);
		expect(rx.all()).toHaveLength(1);
	});

	it("values are signed", () => {
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 3, -1n);
		configure(smt, 1, 1, 3, 0x7fff_ffff_ffff_ffffn);
		expect(go(950)).toEqual([]);
	});
});

describe("trip points of the temperature", () => {
	it("tell of its rise and fall at the sample behind the crossing", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		engine.advance(1000 * SECOND);
		smt.expect(SENSOR, 0x4, u32(0, 1), []);
		smt.expect(SENSOR, 0xa, u32(0, EVERY_MS), []);
		configure(smt, 0, 3, 3, 40_000n);
		const crossing = (upwards: boolean) => {
			for (let ms = 1; ms < 60_000; ms++) {
				engine.advance(MS);
				const above = firstValue(smt, 0) >= 40_000n;
				const reached = upwards ? above : firstValue(smt, 0) <= 40_000n;
				const messages = rx.all();
				expect(messages).toEqual(
					reached ? [tripped(0, upwards ? 3 | UPWARDS : 3)] : [],
				);
				if (reached) return ms;
			}
			return undefined;
		};
		setOperatingPoint(engine, 1800, 1000);
		expect(crossing(true)).toBeGreaterThan(1000);
		engine.advance(1000 * SECOND);
		expect(rx.all()).toEqual([]);
		setOperatingPoint(engine, 1200, 850);
		expect(crossing(false)).toBeGreaterThan(1000);
	});

	it("a unit that does not measure crosses nothing; afterwards it counts from the last sample", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		engine.write32(TER, 0);
		smt.expect(SENSOR, 0xa, u32(0, EVERY_MS), []);
		smt.expect(SENSOR, 0x4, u32(0, 1), []);
		// Unknown when it is set: the first sample is where it counts from.
		configure(smt, 0, 0, 3, 25_100n);
		engine.advance(SECOND);
		engine.write32(TER, 0x8000_0000);
		engine.advance(SECOND);
		expect(firstValue(smt, 0)).toBeGreaterThan(25_100n);
		expect(rx.all()).toEqual([]);
		configure(smt, 0, 0, 3, 30_000n);
		engine.write32(TER, 0);
		engine.advance(100 * SECOND);
		expect(rx.all()).toEqual([]);
		engine.write32(TER, 0x8000_0000);
		engine.advance(MS);
		expect(rx.all()).toHaveLength(1);
	});
});

describe("CONTINUOUS_UPDATE_NOTIFY", () => {
	it.each([0x20000, 0x30000, 0x30001])(
		"version %i: value and timestamp of every axis at every interval",
		(version) => {
			const engine = createEngine(pinned(version, PLATFORM));
			const smt = new Smt(engine);
			const rx = new Inbox(engine);
			smt.expect(SENSOR, 0xa, u32(3, EVERY_SECOND | TIMESTAMPS), []);
			engine.advance(SECOND / 4);
			smt.expect(SENSOR, 0xb, u32(3, 1), []);
			for (const [mhz, mv, at] of [
				[1200, 850, 1.25],
				[1800, 1000, 2.25],
			] as const) {
				setOperatingPoint(engine, mhz, mv);
				engine.advance(SECOND - 1);
				expect(rx.all()).toEqual([]);
				engine.advance(1);
				const time = BigInt(at * SECOND);
				const values = [
					BigInt(mhz) * 1_000_000n,
					time,
					BigInt(mv) * 1000n,
					time,
				];
				expect(rx.all()).toEqual([updated(3, ...values)]);
			}
			smt.expect(SENSOR, 0xb, u32(3, 0), []);
			engine.advance(10 * SECOND);
			expect(rx.all()).toEqual([]);
		},
	);

	it("come in one advance as in many", () => {
		const run = (steps: number) => {
			const engine = createEngine(PLATFORM);
			const smt = new Smt(engine);
			const rx = new Inbox(engine);
			smt.expect(SENSOR, 0xa, u32(0, EVERY_MS | TIMESTAMPS), []);
			smt.expect(SENSOR, 0xb, u32(0, 1), []);
			for (let i = 0; i < steps; i++) engine.advance((12 * MS) / steps);
			return rx.all();
		};
		const whole = run(1);
		expect(whole).toHaveLength(12);
		expect(whole.map((message) => wordAt(message, 16))).toEqual(
			Array.from({ length: 12 }, (_, i) => 1000 * (i + 1)),
		);
		expect(run(1000)).toEqual(whole);
	});

	it("a new interval begins when it is set, the old one keeps its times", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		smt.expect(SENSOR, 0xb, u32(1, 1), []);
		engine.advance(60 * MS);
		// The interval in force, once more.
		smt.expect(SENSOR, 0xa, u32(1, 0x0001_f801), []);
		engine.advance(40 * MS);
		expect(rx.all()).toHaveLength(1);
		engine.advance(60 * MS);
		smt.expect(SENSOR, 0xa, u32(1, EVERY_SECOND), []);
		engine.advance(SECOND - 1);
		expect(rx.all()).toEqual([]);
		engine.advance(1);
		expect(rx.all()).toHaveLength(1);
	});

	it("are left out while the sensor has no reading", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		smt.expect(SENSOR, 0xb, u32(0, 1), []);
		engine.write32(TER, 0);
		engine.advance(SECOND);
		expect(rx.all()).toEqual([]);
		engine.write32(TER, 0x8000_0000);
		engine.advance(SECOND);
		expect(rx.all()).toHaveLength(10);
	});

	it("and trip points of the same sensor come together", () => {
		const engine = createEngine(PLATFORM);
		const smt = new Smt(engine);
		const rx = new Inbox(engine);
		smt.expect(SENSOR, 0xb, u32(1, 1), []);
		smt.expect(SENSOR, 0x4, u32(1, 1), []);
		configure(smt, 1, 0, 1, 900_000n);
		setOperatingPoint(engine, 1600, 950);
		engine.advance(SECOND / 10);
		expect(rx.all()).toEqual([tripped(1, UPWARDS), updated(1, 950_000n, 0n)]);
		// One of both is left.
		smt.expect(SENSOR, 0xb, u32(1, 0), []);
		setOperatingPoint(engine, 1200, 850);
		engine.advance(SECOND);
		setOperatingPoint(engine, 1600, 950);
		engine.advance(SECOND / 10);
		expect(rx.all()).toHaveLength(1);
	});

	it("go on in traps, which take time as well: late by a trap, but not ever later", () => {
		const engine = createEngine({ ...IMX8MM, trapNs: 300_000 });
		const smt = new Smt(engine);
		smt.expect(SENSOR, 0xa, u32(1, EVERY_MS), []);
		smt.expect(SENSOR, 0xb, u32(1, 1), []);
		for (let i = 0; i < 40; i++) smt.expect(SENSOR, 0x9, u32(1), u32(EVERY_MS));
		const waiting = channelState(engine, 1, Channel.WAITING);
		// The first one is in the area already.
		expect(1 + waiting).toBe(12);
	});

	it("with more samples than can be scheduled: BUSY, and later not", () => {
		const [first] = IMX8MM.sensors;
		const sensors = Array.from({ length: 66 }, (_, id) => ({
			...(first as Sensor),
			id,
			name: `temperature ${id}`,
		}));
		const engine = createEngine({ ...PLATFORM, sensors });
		const smt = new Smt(engine);
		for (let id = 0; id < 64; id++) smt.expect(SENSOR, 0xb, u32(id, 1), []);
		smt.refuse(SENSOR, 0xb, u32(64, 1), BUSY);
		smt.expect(SENSOR, 0x4, u32(64, 1), []);
		smt.refuse(SENSOR, 0x5, u32(64, 1, 0, 0), BUSY);
		for (let i = 0; i < 20; i++) smt.refuse(SENSOR, 0x6, u32(64, 1), BUSY);
		// One whose turn comes back: it is not enabled then.
		smt.expect(SENSOR, 0xa, u32(0, 0), []);
		smt.expect(SENSOR, 0xb, u32(64, 1), []);
		smt.refuse(SENSOR, 0xa, u32(0, 1), BUSY);
		smt.expect(SENSOR, 0x9, u32(0), u32(0x0001_f800));
		smt.expect(SENSOR, 0xb, u32(64, 0), []);
		// None of the places for responses was lost.
		smt.expect(SENSOR, 0x6, u32(64, 1), []);
		engine.advance(READING_NS);
		smt.expect(SENSOR, 0xa, u32(0, 1), []);
	});
});
