// Notifications of the performance protocol: who is told what, by which names of the levels, and because of whom.
// SCMI 3.2 (Arm DEN0056E), section 4.5, NOTIFY_LIMITS and NOTIFY_LEVEL.

import { describe, expect, it } from "vitest";
import { Address, State } from "../../assembly/layout.ts";
import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	ARM_PLL,
	DIV_CTL0,
	FAST,
	FastWords,
	PERFORMANCE,
	PlatformArea,
	withPerformance,
} from "../support/performance.ts";
import { OUT_OF_RANGE, Smt, TX, u32 } from "../support/smt.ts";

const V3 = 0x30000;
const V4 = 0x40000;
/** Headers: message ID, type 3, protocol 0x13. */
const LIMITS_CHANGED = 0x4f00;
const LEVEL_CHANGED = 0x4f01;
const NOBODY = 0;
const LINUX = 1;
const OTHER = 2;

interface Setup {
	engine: Engine;
	smt: Smt;
	area: PlatformArea;
}

function open(platform: Platform = withPerformance(V3)): Setup {
	const engine = createEngine(platform);
	const smt = new Smt(engine);
	return { engine, smt, area: new PlatformArea(smt) };
}

/** NOTIFY_LIMITS and NOTIFY_LEVEL. */
function watch(smt: Smt, what: "limits" | "level" | "both", on = true): void {
	const enable = u32(0, on ? 1 : 0);
	if (what !== "level") smt.expect(PERFORMANCE, 0x9, enable, []);
	if (what !== "limits") smt.expect(PERFORMANCE, 0xa, enable, []);
}

function setLevel(smt: Smt, level: number): void {
	smt.expect(PERFORMANCE, 0x7, u32(0, level), []);
}

function setLimits(smt: Smt, max: number, min: number): void {
	smt.expect(PERFORMANCE, 0x5, u32(0, max, min), []);
}

describe("PERFORMANCE_LEVEL_CHANGED", () => {
	it("follows LEVEL_SET: agent, domain, level", () => {
		const { smt, area } = open();
		watch(smt, "level");
		setLevel(smt, 1800);
		setLevel(smt, 1600);
		expect(area.take()).toEqual([
			[LEVEL_CHANGED, LINUX, 0, 1800],
			[LEVEL_CHANGED, LINUX, 0, 1600],
		]);
	});

	it("does not come unasked, nor any more once it is ended", () => {
		const { smt, area } = open();
		setLevel(smt, 1800);
		watch(smt, "limits");
		setLevel(smt, 1600);
		watch(smt, "level");
		watch(smt, "level", false);
		setLevel(smt, 1800);
		expect(area.take()).toEqual([]);
	});

	it("does not come when nothing changes, twice asked for is once", () => {
		const { smt, area } = open();
		watch(smt, "level");
		watch(smt, "level");
		setLevel(smt, 1200);
		smt.refuse(PERFORMANCE, 0x7, u32(0, 1), OUT_OF_RANGE);
		expect(area.take()).toEqual([]);
		setLevel(smt, 1600);
		expect(area.take()).toHaveLength(1);
		watch(smt, "level", false);
		watch(smt, "level", false);
		setLevel(smt, 1200);
		expect(area.take()).toEqual([]);
	});

	it("leaves nothing to be looked for once everybody has ended it", () => {
		const { engine, smt } = open();
		const view = new DataView(engine.buffer);
		const watches = () => view.getUint32(Address.STATE + State.WATCHES, true);
		for (const on of [true, true, false, false, true, false]) {
			watch(smt, "level", on);
			expect(watches()).toBe(on ? 1 : 0);
		}
	});

	it("follows a fast channel when time advances, as the agent's doing", () => {
		const { engine, smt, area } = open();
		watch(smt, "level");
		new FastWords(smt).setLevel(1800);
		engine.advance(1);
		expect(area.take()).toEqual([[LEVEL_CHANGED, LINUX, 0, 1800]]);
	});

	it("follows a register write at once, as nobody's doing", () => {
		const { engine, smt, area } = open();
		watch(smt, "level");
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		expect(area.take()).toEqual([[LEVEL_CHANGED, NOBODY, 0, 1800]]);
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		expect(area.take()).toEqual([]);
	});

	it("of a register does not take back what a fast channel asks for", () => {
		const { engine, smt, area } = open();
		watch(smt, "level");
		const fast = new FastWords(smt);
		fast.setLevel(1600);
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		expect(fast.level).toBe(1800);
		engine.advance(1);
		expect(fast.level).toBe(1600);
		expect(area.take()).toEqual([
			[LEVEL_CHANGED, NOBODY, 0, 1800],
			[LEVEL_CHANGED, LINUX, 0, 1600],
		]);
	});

	it("what changed before it was asked for is no news", () => {
		const { engine, smt, area } = open();
		engine.write32(ARM_PLL, DIV_CTL0[1800] as number);
		watch(smt, "level");
		engine.advance(1);
		expect(area.take()).toEqual([]);
		setLevel(smt, 1200);
		expect(area.take()).toHaveLength(1);
	});

	it("tells of the clock that fell although the rail did not", () => {
		const platform = withPerformance(V3);
		const { smt, area } = open({
			...platform,
			rails: platform.rails.map((rail) =>
				rail.name === "BUCK2" ? { ...rail, min: 950_000 } : rail,
			),
		});
		setLevel(smt, 1800);
		watch(smt, "level");
		smt.refuse(PERFORMANCE, 0x7, u32(0, 1200), -9);
		expect(area.take()).toEqual([[LEVEL_CHANGED, LINUX, 0, 1200]]);
	});
});

describe("PERFORMANCE_LIMITS_CHANGED", () => {
	it("follows LIMITS_SET: agent, domain, highest, lowest; then the level that had to move", () => {
		const { smt, area } = open();
		watch(smt, "both");
		setLimits(smt, 1800, 1600);
		expect(area.take()).toEqual([
			[LIMITS_CHANGED, LINUX, 0, 1800, 1600],
			[LEVEL_CHANGED, LINUX, 0, 1600],
		]);
		setLimits(smt, 1800, 1200);
		expect(area.take()).toEqual([[LIMITS_CHANGED, LINUX, 0, 1800, 1200]]);
	});

	it("does not come when limits stay, or when it is not asked for", () => {
		const { smt, area } = open();
		watch(smt, "limits");
		setLimits(smt, 1800, 1200);
		smt.refuse(PERFORMANCE, 0x5, u32(0, 1, 1), OUT_OF_RANGE);
		watch(smt, "limits", false);
		watch(smt, "level");
		setLimits(smt, 1600, 1200);
		expect(area.take()).toEqual([]);
	});

	it("follows a fast channel", () => {
		const { engine, smt, area } = open();
		watch(smt, "limits");
		new FastWords(smt).setLimits(1600, 1600);
		engine.advance(1);
		expect(area.take()).toEqual([[LIMITS_CHANGED, LINUX, 0, 1600, 1600]]);
	});
});

describe("two agents", () => {
	const OTHER_TX = { ...TX, address: FAST + 0x200, functionId: 0xc200_00fd };
	const base = withPerformance(V4);
	const [channel] = base.channels as [Platform["channels"][number]];
	const platform: Platform = {
		...base,
		agents: ["linux", "other"],
		channels: [
			...base.channels,
			{
				...channel,
				agent: "other",
				address: OTHER_TX.address,
				functionId: OTHER_TX.functionId,
			},
		],
	};

	it("each is told by the names it uses, because of whom", () => {
		const { smt, area } = open(platform);
		const other = new Smt(smt.firmware, OTHER_TX);
		watch(smt, "both");
		setLevel(other, 3);
		setLimits(other, 3, 2);
		expect(area.take()).toEqual([
			[LEVEL_CHANGED, OTHER, 0, 3],
			[LIMITS_CHANGED, OTHER, 0, 3, 2],
		]);
		smt.expect(PERFORMANCE, 0x10, u32(V3), []);
		watch(smt, "both");
		setLevel(other, 2);
		setLimits(other, 2, 1);
		expect(area.take()).toEqual([
			[LEVEL_CHANGED, OTHER, 0, 1600],
			[LIMITS_CHANGED, OTHER, 0, 1600, 1200],
		]);
	});
});
