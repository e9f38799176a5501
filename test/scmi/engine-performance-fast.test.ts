// Fast channels of the performance protocol: described by message, written and read in shared memory without one.
// SCMI 3.2 (Arm DEN0056E), section 4.5, DESCRIBE_FASTCHANNEL.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { rate } from "../support/clock-calls.ts";
import {
	ARM_PLL,
	DIV_CTL0,
	FAST,
	FastWords,
	hardware,
	hardwareAt,
	level,
	limits,
	PERFORMANCE,
	withoutIndices,
	withPerformance,
} from "../support/performance.ts";
import {
	CLOCK,
	NOT_FOUND,
	NOT_SUPPORTED,
	OUT_OF_RANGE,
	Smt,
	TX,
	u32,
} from "../support/smt.ts";

const V1 = 0x10000;
const V3 = 0x30000;
const V4 = 0x40000;
/** DOMAIN_ATTRIBUTES bit 27. */
const FAST_CHANNELS = 0x0800_0000;

interface Setup {
	engine: Engine;
	smt: Smt;
	fast: FastWords;
}

/** Levels by their values, unless a platform is given. */
function open(platform: Platform = withPerformance(V3)): Setup {
	const engine = createEngine(platform);
	const smt = new Smt(engine);
	return { engine, smt, fast: new FastWords(smt) };
}

function setLevel(smt: Smt, value: number): void {
	smt.expect(PERFORMANCE, 0x7, u32(0, value), []);
}

function setLimits(smt: Smt, max: number, min: number): void {
	smt.expect(PERFORMANCE, 0x5, u32(0, max, min), []);
}

describe.each([0x20000, V3, V4])(
	"DESCRIBE_FASTCHANNEL, version %i",
	(version) => {
		const { smt } = open(withPerformance(version));

		it.each([
			[0x7, FAST, 4],
			[0x8, FAST + 4, 4],
			[0x5, FAST + 8, 8],
			[0x6, FAST + 16, 8],
		])("message %i: address %i, %i bytes, no doorbell", (message, at, size) => {
			smt.expect(
				PERFORMANCE,
				0xb,
				u32(0, message),
				u32(0, 1000, at, 0, size, 0, 0, 0, 0, 0, 0),
			);
		});

		it("messages without one: NOT_SUPPORTED; no message at all: NOT_FOUND", () => {
			for (const message of [0x0, 0x1, 0x2, 0x3, 0x4, 0x9, 0xa, 0xb])
				smt.refuse(PERFORMANCE, 0xb, u32(0, message), NOT_SUPPORTED);
			for (const message of [0xd, 0x11, 0x1f, 0x20, 0x105, 0xffff_ffff])
				smt.refuse(PERFORMANCE, 0xb, u32(0, message), NOT_FOUND);
		});

		it("a domain without fast channels: NOT_SUPPORTED, no bits", () => {
			const platform = withPerformance(version, { fastChannels: null });
			const { smt } = open(platform);
			for (const message of [0x5, 0x6, 0x7, 0x8]) {
				smt.refuse(PERFORMANCE, 0xb, u32(0, message), NOT_SUPPORTED);
				smt.expect(PERFORMANCE, 0x2, u32(message), u32(0));
			}
			const [bits] = smt.words(PERFORMANCE, 0x3, u32(0));
			expect((bits as number) & FAST_CHANNELS).toBe(0);
		});
	},
);

describe("fast channels of another agent", () => {
	const TEE = { ...TX, address: FAST + 0x200, functionId: 0xc200_00fd };
	const base = withPerformance(V3);
	const [channel] = base.channels as [Platform["channels"][number]];
	const { smt, fast } = open({
		...base,
		agents: ["linux", "tee"],
		channels: [
			...base.channels,
			{
				...channel,
				agent: "tee",
				address: TEE.address,
				functionId: TEE.functionId,
			},
		],
	});
	const tee = new Smt(smt.firmware, TEE);

	it("are not this agent's", () => {
		const [bits] = tee.words(PERFORMANCE, 0x3, u32(0));
		expect((bits as number) & FAST_CHANNELS).toBe(0);
		tee.expect(PERFORMANCE, 0x2, u32(0x7), u32(0));
		tee.refuse(PERFORMANCE, 0xb, u32(0, 0x7), NOT_SUPPORTED);
		smt.expect(PERFORMANCE, 0x2, u32(0x7), u32(1));
	});

	it("show what this agent sets", () => {
		setLevel(tee, 1600);
		setLimits(tee, 1600, 1600);
		expect(fast.level).toBe(1600);
		expect(fast.limits).toEqual([1600, 1600]);
	});
});

describe("the channels to get", () => {
	it("hold level and limits from the start, as do those to set", () => {
		const { fast } = open();
		expect(fast.level).toBe(1200);
		expect(fast.limits).toEqual([1800, 1200]);
		expect(fast.asked).toEqual([1200, 1800, 1200]);
	});

	it("follow messages at once", () => {
		const { smt, fast } = open();
		setLevel(smt, 1800);
		expect(fast.level).toBe(1800);
		setLimits(smt, 1600, 1200);
		expect(fast.level).toBe(1600);
		expect(fast.limits).toEqual([1600, 1200]);
	});

	it("follow registers when time advances, or with the next message about the domain", () => {
		const { engine, smt, fast } = open();
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		engine.advance(0);
		expect(fast.level).toBe(1800);
		engine.write32(ARM_PLL, DIV_CTL0[1600] as number);
		level(smt);
		expect(fast.level).toBe(1600);
		expect(fast.asked[0]).toBe(1600);
	});
});

describe("the channel to set the level", () => {
	it("moves PLL and rail without a message, when time advances", () => {
		const { engine, smt, fast } = open();
		fast.setLevel(1800);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1800));
		expect(fast.level).toBe(1800);
		// 15 steps of the rail, 8 µs each, and the PLL's lock time.
		expect(engine.timeNs).toBe(120_000 + 33_750);
		expect(rate(smt, "arm")).toBe(1_800_000_000n);
	});

	it("is not looked at by messages of other protocols, but before those about level and limits", () => {
		const { smt, fast } = open();
		fast.setLevel(1600);
		expect(rate(smt, "arm")).toBe(1_200_000_000n);
		smt.words(PERFORMANCE, 0x4, u32(0, 0));
		expect(rate(smt, "arm")).toBe(1_200_000_000n);
		expect(level(smt)).toBe(1600);
		fast.setLevel(1800);
		setLimits(smt, 1800, 1200);
		expect(hardware(smt)).toEqual(hardwareAt(1800));
		fast.setLevel(1200);
		expect(limits(smt)).toEqual([1800, 1200]);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
	});

	it("comes before a message that is sent after it: the message wins", () => {
		const { engine, smt, fast } = open();
		fast.setLevel(1800);
		setLevel(smt, 1600);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		engine.advance(1_000_000);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		expect(fast.asked[0]).toBe(1600);
	});

	it("the last one to ask wins: a level by fast channel, another by message, the first one again", () => {
		const { engine, smt, fast } = open();
		fast.setLevel(1800);
		engine.advance(1);
		setLevel(smt, 1600);
		fast.setLevel(1800);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1800));
	});

	it("the same again after registers were written asks again", () => {
		const { engine, smt, fast } = open();
		fast.setLevel(1600);
		engine.advance(1);
		engine.write32(ARM_PLL, DIV_CTL0[1200] as number);
		engine.advance(1);
		expect(fast.level).toBe(1200);
		fast.setLevel(1600);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
	});

	it("comes after a register that was written meanwhile", () => {
		const { engine, smt, fast } = open();
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		fast.setLevel(1600);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		expect(fast.level).toBe(1600);
	});

	it("the same value again changes nothing", () => {
		const { engine, smt, fast } = open();
		fast.setLevel(1600);
		engine.advance(200_000);
		const before = engine.timeNs;
		fast.setLevel(1600);
		engine.advance(10);
		expect(engine.timeNs).toBe(before + 10);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
	});

	it.each([0, 1, 2, 3, 1199, 1201, 1_800_000, 0x8000_0000, 0xffff_ffff])(
		"%i is no level: nothing changes",
		(value) => {
			const { engine, smt, fast } = open();
			setLevel(smt, 1600);
			const before = engine.timeNs;
			fast.setLevel(value);
			engine.advance(10);
			expect(engine.timeNs).toBe(before + 10);
			expect(level(smt)).toBe(1600);
			expect(fast.level).toBe(1600);
			expect(hardware(smt)).toEqual(hardwareAt(1600));
		},
	);

	it("a level outside the limits changes nothing; wider limits later do not make it one, asking again does", () => {
		const { engine, smt, fast } = open();
		setLimits(smt, 1600, 1200);
		fast.setLevel(1800);
		engine.advance(1);
		expect(level(smt)).toBe(1200);
		setLimits(smt, 1800, 1200);
		engine.advance(1);
		expect(level(smt)).toBe(1200);
		fast.setLevel(1800);
		engine.advance(1);
		expect(level(smt)).toBe(1800);
	});

	it("a level that the rail does not have changes nothing", () => {
		const platform = withPerformance(V3);
		const { engine, smt, fast } = open({
			...platform,
			rails: platform.rails.map((rail) =>
				rail.name === "BUCK2" ? { ...rail, max: 900_000 } : rail,
			),
		});
		fast.setLevel(1800);
		engine.advance(1);
		expect(level(smt)).toBe(1200);
		expect(fast.level).toBe(1200);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
	});
});

describe("the channel to set limits", () => {
	it("sets them, and moves the level inside", () => {
		const { engine, smt, fast } = open();
		fast.setLimits(1800, 1600);
		engine.advance(1);
		expect(limits(smt)).toEqual([1800, 1600]);
		expect(fast.limits).toEqual([1800, 1600]);
		expect(fast.level).toBe(1600);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		smt.refuse(PERFORMANCE, 0x7, u32(0, 1200), OUT_OF_RANGE);
	});

	it("comes before the level: both may be written together", () => {
		const { engine, smt, fast } = open();
		setLimits(smt, 1200, 1200);
		fast.setLevel(1800);
		fast.setLimits(1800, 1600);
		engine.advance(1);
		expect(level(smt)).toBe(1800);
		expect(limits(smt)).toEqual([1800, 1600]);
	});

	it("found half written is left as it is until the other word follows", () => {
		const { engine, smt, fast } = open();
		setLimits(smt, 1800, 1800);
		// From 1800..1800 to 1200..1200, the highest first.
		fast.setMax(1200);
		engine.advance(1);
		expect(limits(smt)).toEqual([1800, 1800]);
		fast.setMin(1200);
		engine.advance(1);
		expect(limits(smt)).toEqual([1200, 1200]);
		expect(level(smt)).toBe(1200);
	});

	it("half written is not taken back by a level that changes meanwhile", () => {
		const { engine, fast, smt } = open();
		fast.setLimits(1800, 1600);
		engine.advance(1);
		fast.setMax(1200);
		fast.setLevel(1800);
		engine.advance(1);
		expect(level(smt)).toBe(1800);
		engine.write32(ARM_PLL, DIV_CTL0[1600] as number);
		engine.advance(1);
		fast.setMin(1200);
		engine.advance(1);
		expect(limits(smt)).toEqual([1200, 1200]);
		expect(hardware(smt)).toEqual(hardwareAt(1200));
	});

	it("0 leaves a limit as it is since version 3.0", () => {
		const { engine, smt, fast } = open();
		fast.setLimits(1600, 0);
		engine.advance(1);
		expect(limits(smt)).toEqual([1600, 1200]);
		expect(fast.asked.slice(1)).toEqual([1600, 1200]);
		const old = open(withPerformance(0x20000));
		old.fast.setLimits(1600, 0);
		old.engine.advance(1);
		expect(limits(old.smt)).toEqual([1800, 1200]);
	});

	it.each([
		[1199, 1199],
		[1801, 1200],
		[1200, 1800],
		[0, 0],
		[0xffff_ffff, 0xffff_ffff],
		[3, 1],
	])("%i and %i are no limits: nothing changes", (max, min) => {
		const { engine, smt, fast } = open();
		fast.setLimits(max, min);
		engine.advance(1);
		expect(limits(smt)).toEqual([1800, 1200]);
		expect(fast.limits).toEqual([1800, 1200]);
		expect(level(smt)).toBe(1200);
	});
});

describe("names of the levels", () => {
	it("are indices in level indexing mode", () => {
		const { engine, smt, fast } = open(withPerformance(V4));
		expect(fast.level).toBe(1);
		expect(fast.limits).toEqual([3, 1]);
		fast.setLevel(1800);
		engine.advance(1);
		expect(fast.level).toBe(1);
		fast.setLevel(3);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1800));
	});

	it("are values in version 4.0 without it", () => {
		const { engine, smt, fast } = open(withPerformance(V4, withoutIndices()));
		fast.setLevel(1800);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1800));
		expect(fast.level).toBe(1800);
	});

	it("change with the version that the agent negotiates, at once; version 1.0 has no fast channels", () => {
		const { engine, smt, fast } = open(withPerformance(V4));
		smt.expect(PERFORMANCE, 0x10, u32(V3), []);
		expect(fast.level).toBe(1200);
		expect(fast.limits).toEqual([1800, 1200]);
		expect(fast.asked).toEqual([1200, 1800, 1200]);
		fast.setLevel(1600);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		smt.expect(PERFORMANCE, 0x10, u32(V1), []);
		fast.setLevel(1800);
		engine.advance(1);
		expect(hardware(smt)).toEqual(hardwareAt(1600));
		expect(fast.level).toBe(1600);
		smt.expect(PERFORMANCE, 0x10, u32(V4), []);
		expect(fast.asked).toEqual([2, 3, 1]);
	});

	it("a platform of version 1.0 leaves the memory alone", () => {
		const { engine, smt, fast } = open(withPerformance(V1));
		fast.setLevel(1800);
		engine.advance(1);
		expect(level(smt)).toBe(1200);
		expect(fast.level).toBe(0);
	});
});

it("a fast channel is looked at when time passes by traps alone, every millisecond", () => {
	const { engine, smt, fast } = open();
	smt.status(CLOCK, 0x6, u32(2));
	const start = engine.timeNs;
	fast.setLevel(1600);
	while (engine.timeNs < start + 900_000) smt.status(CLOCK, 0x6, u32(2));
	expect(fast.level).not.toBe(1600);
	while (engine.timeNs < start + 1_100_000) smt.status(CLOCK, 0x6, u32(2));
	expect(fast.level).toBe(1600);
	expect(hardware(smt)).toEqual(hardwareAt(1600));
});

it("whatever is written and sent, channels to get, messages and registers agree", () => {
	const values = fc.constantFrom(
		0,
		1,
		1199,
		1200,
		1400,
		1600,
		1800,
		2 ** 32 - 1,
	);
	const step = fc.oneof(
		fc.record({ kind: fc.constant("fast level"), a: values, b: values }),
		fc.record({ kind: fc.constant("fast limits"), a: values, b: values }),
		fc.record({ kind: fc.constant("level"), a: values, b: values }),
		fc.record({ kind: fc.constant("limits"), a: values, b: values }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
			const { engine, smt, fast } = open();
			for (const { kind, a, b } of steps) {
				if (kind === "fast level") fast.setLevel(a);
				else if (kind === "fast limits") fast.setLimits(a, b);
				else if (kind === "level") smt.status(PERFORMANCE, 0x7, u32(0, a));
				else smt.status(PERFORMANCE, 0x5, u32(0, a, b));
				engine.advance(1);
				const [max, min] = fast.limits;
				expect(fast.level).toBeGreaterThanOrEqual(min);
				expect(fast.level).toBeLessThanOrEqual(max);
				expect(hardware(smt)).toEqual(hardwareAt(fast.level));
				expect(level(smt)).toBe(fast.level);
				expect(limits(smt)).toEqual([max, min]);
			}
		}),
		{ numRuns: 60 },
	);
});
