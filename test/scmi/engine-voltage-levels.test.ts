// VOLTAGE_DESCRIBE_LEVELS in pages, levels below zero, and asynchronous VOLTAGE_LEVEL_SET with its delayed response.
// SCMI 3.2 (Arm DEN0056E), sections 4.9.2.6, 4.9.2.9 and 4.9.3 (VOLTAGE_LEVEL_SET_COMPLETE).

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { Rail } from "../../host/platform/rails.ts";
import { railFact, usableLevels } from "../support/pmic-facts.ts";
import {
	headerOf,
	INVALID_PARAMETERS,
	NOT_FOUND,
	OUT_OF_RANGE,
	Smt,
	SUCCESS,
	TX,
	u32,
} from "../support/smt.ts";
import { pinned, RX, V2, V2_1, VOLTAGE } from "../support/voltage.ts";

const BUSY = -6;
const DELAYED_RESPONSE = 2;
const LEVEL_SET = 0x7;
const BUCK1 = 0;
const BUCK2 = 1;
const LDO5 = 10;
const { trapNs } = IMX8MM;

/** The platform with its first rail's levels and limits replaced. */
function withLevels(
	microvolts: readonly number[],
	maxMessageSize = 128,
): Platform {
	const [first, ...others] = IMX8MM.rails as [Rail, ...Rail[]];
	const rail: Rail = {
		...first,
		levels: microvolts.map((level, select) => ({ select, microvolts: level })),
		selector: { ...first.selector, mask: microvolts.length - 1 },
		min: Math.min(...microvolts),
		max: Math.max(...microvolts),
	};
	return { ...IMX8MM, maxMessageSize, rails: [rail, ...others] };
}

describe("pages", () => {
	// 256 levels in no order, steps 1000 and, once, 1001.
	const levels = Array.from({ length: 256 }, (_, i) => {
		const place = (i * 77) % 256;
		return place * 1000 + (place > 128 ? 1 : 0);
	});
	const sorted = levels.toSorted((a, b) => a - b);

	it.each([
		// 4 bytes a level behind header, status and flags.
		[76, 16],
		[80, 17],
		[128, 29],
		[488, 119],
	])("messages of %i bytes carry %i levels", (maxMessageSize, most) => {
		const smt = new Smt(createEngine(withLevels(levels, maxMessageSize)));
		for (const index of [0, 1, 100, 255 - most, 256 - most, 254, 255]) {
			const count = Math.min(most, 256 - index);
			smt.expect(VOLTAGE, 0x4, u32(BUCK1, index), [
				...u32(((256 - index - count) << 16) | count),
				...u32(...sorted.slice(index, index + count)),
			]);
		}
		for (const index of [256, 257, 0x8000_0000])
			smt.refuse(VOLTAGE, 0x4, u32(BUCK1, index), OUT_OF_RANGE);
	});

	it("BUCK3's 17 levels in messages of 76 bytes", () => {
		const smt = new Smt(createEngine({ ...IMX8MM, maxMessageSize: 76 }));
		const all = usableLevels(railFact("BUCK3"));
		expect(all).toHaveLength(17);
		smt.expect(VOLTAGE, 0x4, u32(2, 0), [
			...u32((1 << 16) | 16),
			...u32(...all.slice(0, 16)),
		]);
		smt.expect(VOLTAGE, 0x4, u32(2, 16), [...u32(1), ...u32(...all.slice(16))]);
	});

	it("equal steps of many levels are one triplet", () => {
		const equal = Array.from({ length: 256 }, (_, i) => i * 3 - 100);
		const smt = new Smt(createEngine(withLevels(equal, 76)));
		smt.expect(VOLTAGE, 0x4, u32(BUCK1, 0), [
			...u32(0x1003),
			...u32(-100, 665, 3),
		]);
	});

	it("one level is a list of one", () => {
		const smt = new Smt(createEngine(withLevels([5, 5, 5, 5])));
		smt.expect(VOLTAGE, 0x4, u32(BUCK1, 0), [...u32(1), ...u32(5)]);
		smt.refuse(VOLTAGE, 0x4, u32(BUCK1, 1), OUT_OF_RANGE);
	});
});

describe("limits", () => {
	const [first, ...others] = IMX8MM.rails as [Rail, ...Rail[]];
	const limited = { ...first, min: 795_000, max: 1_005_000 };
	const platform = { ...IMX8MM, rails: [limited, ...others] };

	it("what lies beyond them is neither described nor set", () => {
		const smt = new Smt(createEngine(platform));
		smt.expect(VOLTAGE, 0x4, u32(BUCK1, 0), [
			...u32(0x1003),
			...u32(800_000, 1_000_000, 10_000),
		]);
		for (const level of [790_000, 1_010_000, 700_000, 1_300_000])
			smt.refuse(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, level), INVALID_PARAMETERS);
		for (const level of [800_000, 1_000_000])
			smt.expect(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, level), []);
	});

	it("but told when the register has it", () => {
		const engine = createEngine(platform);
		engine.write32(railFact("BUCK1").register, 0x32);
		new Smt(engine).expect(VOLTAGE, 0x8, u32(BUCK1), u32(1_200_000));
	});
});

describe("levels are signed", () => {
	const levels = [-0x8000_0000, -5_000_000, -1, 0x7fff_ffff];

	it("described, set and told as they are", () => {
		const smt = new Smt(createEngine(withLevels(levels)));
		smt.expect(VOLTAGE, 0x4, u32(BUCK1, 0), [...u32(4), ...u32(...levels)]);
		for (const level of levels) {
			smt.expect(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, level), []);
			smt.expect(VOLTAGE, 0x8, u32(BUCK1), u32(level));
		}
		for (const level of [-2, 0, 1, 0x7fff_fffe])
			smt.refuse(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, level), INVALID_PARAMETERS);
	});

	it("from one end to the other takes its time, too", () => {
		const engine = createEngine(withLevels(levels));
		const smt = new Smt(engine);
		smt.expect(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, -0x8000_0000), []);
		const before = engine.timeNs;
		smt.expect(VOLTAGE, LEVEL_SET, u32(BUCK1, 0, 0x7fff_ffff), []);
		// (2^32 - 1) µV at 1250 µV/µs, rounded up.
		expect(engine.timeNs - before).toBe(trapNs + 3_435_973_836);
	});
});

describe.each([V2, V2_1])("asynchronous, version %i", (version) => {
	function start(platform = pinned(version)) {
		const engine = createEngine(platform);
		const smt = new Smt(engine);
		const rx = new Smt(engine, RX);
		let token = 0x200;
		return {
			engine,
			smt,
			/** Sends an asynchronous VOLTAGE_LEVEL_SET; returns its header and the status. */
			begin(id: number, level: number, flags = 1) {
				const header = headerOf(VOLTAGE, LEVEL_SET, ++token);
				const reply = smt.send(header, u32(id, flags, level));
				expect([reply.channel, reply.length, reply.header]).toEqual([
					1,
					8,
					header,
				]);
				const status = new DataView(new Uint8Array(reply.payload).buffer);
				return { header, token, status: status.getInt32(0, true) };
			},
			/** The platform's message, or undefined; then the area is free again and the platform knows. */
			receive() {
				const { channel, header, payload } = rx.read(0n);
				if (channel & 1) return undefined;
				rx.view.setUint32(0x04, 1, true);
				rx.trap();
				return { header, payload };
			},
		};
	}

	it("answers at once, and when the level is reached: status, domain, level", () => {
		const { engine, smt, begin, receive } = start();
		const { status, token } = begin(BUCK2, 1_000_000);
		expect(status).toBe(SUCCESS);
		// 150 mV at 1.25 mV/µs.
		expect(engine.timeNs).toBe(trapNs);
		engine.advance(119_999);
		expect(receive()).toBeUndefined();
		engine.advance(1);
		expect(receive()).toEqual({
			header: headerOf(VOLTAGE, LEVEL_SET, token, DELAYED_RESPONSE),
			payload: [...u32(SUCCESS), ...u32(BUCK2, 1_000_000)],
		});
		expect(receive()).toBeUndefined();
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(1_000_000));
	});

	it("without way to go answers at the next moment", () => {
		const { engine, begin, receive } = start();
		for (const [id, level] of [
			[BUCK2, 850_000],
			[LDO5, 3_300_000],
		] as const) {
			const { status, token } = begin(id, level);
			expect(status).toBe(SUCCESS);
			engine.advance(0);
			expect(receive()).toEqual({
				header: headerOf(VOLTAGE, LEVEL_SET, token, DELAYED_RESPONSE),
				payload: [...u32(SUCCESS), ...u32(id, level)],
			});
		}
	});

	it("one for each rail at a time: BUSY; others go on, in the order of their ends", () => {
		const { engine, smt, begin, receive } = start();
		const slow = begin(BUCK1, 1_300_000);
		const fast = begin(BUCK2, 860_000);
		expect([slow.status, fast.status]).toEqual([SUCCESS, SUCCESS]);
		expect(begin(BUCK1, 700_000).status).toBe(BUSY);
		smt.expect(VOLTAGE, 0x8, u32(BUCK1), u32(1_300_000));
		engine.advance(1_000_000);
		expect(receive()?.header).toBe(
			headerOf(VOLTAGE, LEVEL_SET, fast.token, DELAYED_RESPONSE),
		);
		expect(receive()).toEqual({
			header: headerOf(VOLTAGE, LEVEL_SET, slow.token, DELAYED_RESPONSE),
			payload: [...u32(SUCCESS), ...u32(BUCK1, 1_300_000)],
		});
		expect(begin(BUCK1, 700_000).status).toBe(SUCCESS);
	});

	it("a synchronous change behind it waits for both, and the answer tells its own level", () => {
		const { engine, smt, begin, receive } = start();
		const { token } = begin(BUCK2, 1_000_000);
		const before = engine.timeNs;
		smt.expect(VOLTAGE, LEVEL_SET, u32(BUCK2, 0, 900_000), []);
		// What is left of 120 µs when the trap has passed, then 100 mV back.
		expect(engine.timeNs - before).toBe(120_000 + 80_000);
		engine.advance(0);
		expect(receive()).toEqual({
			header: headerOf(VOLTAGE, LEVEL_SET, token, DELAYED_RESPONSE),
			payload: [...u32(SUCCESS), ...u32(BUCK2, 1_000_000)],
		});
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(900_000));
	});

	it("refused at once: level, domain, reserved flags; nothing follows", () => {
		const { engine, begin, receive } = start();
		expect(begin(BUCK2, 855_000).status).toBe(INVALID_PARAMETERS);
		expect(begin(BUCK2, 1_310_000).status).toBe(INVALID_PARAMETERS);
		expect(begin(12, 850_000).status).toBe(NOT_FOUND);
		for (let bit = 1; bit < 32; bit++)
			expect(begin(BUCK2, 900_000, ((1 << bit) | 1) >>> 0).status).toBe(
				INVALID_PARAMETERS,
			);
		engine.advance(10_000_000);
		expect(receive()).toBeUndefined();
		// None of them holds a place: 12 rails may still change at once.
		for (const { id, min } of IMX8MM.rails)
			expect(begin(id, min).status).toBe(SUCCESS);
	});

	it("more than the agent reads: BUSY at 16, none is lost", () => {
		const { engine, begin, receive } = start();
		const tokens: number[] = [];
		for (;;) {
			const { status, token } = begin(BUCK2, 850_000);
			if (status === BUSY) break;
			expect(status).toBe(SUCCESS);
			tokens.push(token);
			engine.advance(0);
		}
		// One lies in the area, the others wait.
		expect(tokens).toHaveLength(17);
		const received = tokens.map(() => receive()?.header);
		expect(received).toEqual(
			tokens.map((token) =>
				headerOf(VOLTAGE, LEVEL_SET, token, DELAYED_RESPONSE),
			),
		);
		expect(receive()).toBeUndefined();
		expect(begin(BUCK2, 860_000).status).toBe(SUCCESS);
	});
});

it("BUSY when nothing more can be scheduled, and the place for the response is free again", () => {
	const names = ["a", "b", "c", "d", "e"];
	const [first] = IMX8MM.rails as [Rail];
	const [channel] = IMX8MM.channels as [(typeof IMX8MM.channels)[number]];
	const place = (i: number) => ({
		...TX,
		address: TX.address + i * 0x80,
		size: 0x80,
		functionId: 0xc200_0100 + i,
	});
	const areas = names.flatMap((agent, i) =>
		[place(2 * i), place(2 * i + 1)].map(
			({ address, size, functionId }, j) => ({
				...channel,
				address,
				size,
				functionId,
				agent,
				fromPlatform: j === 1,
			}),
		),
	);
	const engine = createEngine({
		...IMX8MM,
		maxMessageSize: 76,
		agents: names,
		channels: areas,
		rails: Array.from({ length: 81 }, (_, id) => ({ ...first, id })),
		performanceDomains: [],
		sensors: [],
		thermal: null,
	});
	// All rails share one register: to the other end each time, or it would be there already.
	const begin = (agent: number, id: number) =>
		new Smt(engine, place(2 * agent)).status(
			VOLTAGE,
			LEVEL_SET,
			u32(id, 1, id & 1 ? 700_000 : 1_300_000),
		);
	const round = () => Array.from({ length: 80 }, (_, id) => begin(id >> 4, id));
	const expected = Array.from({ length: 80 }, (_, id) =>
		id < 64 ? SUCCESS : BUSY,
	);
	expect(round()).toEqual(expected);
	engine.advance(10_000_000);
	// The last agent had nothing pending: all its places are free.
	for (let id = 64; id < 80; id++) expect(begin(4, id)).toBe(SUCCESS);
	expect(begin(4, 80)).toBe(BUSY);
});
