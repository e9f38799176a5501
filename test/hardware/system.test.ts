// The end of everything by registers, whoever writes them, and the beginning again.
// i.MX 8M Mini reference manual, chapters 6.4 (SNVS) and 6.6 (WDOG).

import { describe, expect, it } from "vitest";
import { Address, State } from "../../assembly/layout.ts";
import { callerOf, createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { enable, rate, setRate } from "../support/clock-calls.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	POWER,
	RESET,
	Smt,
	SUCCESS,
	u32,
} from "../support/smt.ts";
import {
	DP_EN,
	SNVS_LPCR,
	SRE,
	SRS,
	TOP,
	WDA,
	WDE,
	WDOG1_WCR,
} from "../support/system-registers.ts";

const SMCCC_VERSION = 0x8000_0000;

describe("SNVS_LPCR", () => {
	it.each([[TOP | DP_EN], [TOP | DP_EN | 1], [0xffff_ffff]])(
		"a write of %i turns power off",
		(value) => {
			const engine = createEngine();
			engine.write32(SNVS_LPCR, value);
			expect(engine.stopped).toBe("off");
		},
	);

	it("a write of what is there already turns power off, and no call is served any more", () => {
		const engine = createEngine({
			...IMX8MM,
			registers: [...IMX8MM.registers, [SNVS_LPCR, TOP | DP_EN]],
		});
		const smt = new Smt(engine);
		expect(rate(smt, "uart2")).toBe(24_000_000n);
		expect(rate(smt, "uart2")).toBe(24_000_000n);
		const [channel] = engine.platform.channels;
		const { address, functionId } = channel as {
			address: number;
			functionId: number;
		};
		const area = new Uint32Array(
			engine.buffer,
			engine.memoryAt(address, 128),
			32,
		);
		engine.write32(SNVS_LPCR, TOP | DP_EN);
		expect(engine.stopped).toBe("off");
		const time = engine.timeNs;
		area.set([0, 0], 1);
		area.set([8, headerOf(CLOCK, 6), 128], 5);
		const before = area.slice();
		expect(engine.rawCall(functionId, callerOf(0, "smc"))).toBe(-1);
		expect(engine.rawCall(functionId, callerOf(0, "smc"))).toBe(-1);
		expect(area).toEqual(before);
		expect(engine.timeNs).toBe(time);
	});

	it.each([0, 1, DP_EN, TOP, ~(TOP | DP_EN) >>> 0])(
		"a write of %i does not",
		(value) => {
			const engine = createEngine();
			engine.write32(SNVS_LPCR, value);
			expect(engine.stopped).toBeNull();
			expect(engine.read32(SNVS_LPCR)).toBe(value);
		},
	);
});

describe("WDOG1_WCR", () => {
	it.each([
		["the software reset signal", WDA | SRE | WDE],
		["WDOG_B", SRS | WDE],
		["both", 0],
		["the software reset signal, whatever WSR", 0x5555_0024],
	])("a write that pulls %s resets", (_, value) => {
		const engine = createEngine();
		engine.write32(WDOG1_WCR, value);
		expect(engine.stopped).toBe("reset");
	});

	it.each([WDA | SRS, WDA | SRS | WDE, 0xaaaa_0034, 0xffff_ffff])(
		"a write of %i does not",
		(value) => {
			const engine = createEngine();
			engine.write32(WDOG1_WCR, value);
			expect(engine.stopped).toBeNull();
			expect(engine.read32(WDOG1_WCR)).toBe(value);
		},
	);
});

it.each([
	["another register of SNVS", 0x3037_0034],
	["another register of the watchdog", 0x3028_0004],
	["a register of the reset controller", 0x3039_0008],
])("%s does neither", (_, address) => {
	const engine = createEngine();
	for (const value of [0, 0xffff_ffff]) {
		engine.write32(address, value);
		expect(engine.stopped).toBeNull();
		expect(engine.read32(address)).toBe(value);
	}
});

it("a platform that cannot be turned off has ordinary registers there", () => {
	const { systemPower: _, ...protocols } = IMX8MM.protocols;
	const engine = createEngine({ ...IMX8MM, protocols, system: null });
	engine.write32(SNVS_LPCR, TOP | DP_EN);
	engine.write32(WDOG1_WCR, 0);
	expect(engine.stopped).toBeNull();
	expect(new Smt(engine).status(BASE, 0x0, [])).toBe(SUCCESS);
});

describe.each([
	["off", SNVS_LPCR, TOP | DP_EN],
	["reset", WDOG1_WCR, WDA],
] as const)("a system that is %s", (why, address, value) => {
	const stopped = () => {
		const engine = createEngine();
		engine.advance(1_000_000);
		engine.write32(address, value);
		expect(engine.stopped).toBe(why);
		return engine;
	};

	it("serves no trap: x0 is NOT_SUPPORTED, the channel stays as it is", () => {
		const engine = stopped();
		const smt = new Smt(engine);
		smt.write(headerOf(BASE, 0x0), []);
		expect(smt.trap()).toBe(-1n);
		expect(smt.trap(3)).toBe(-1n);
		expect(smt.view.getUint32(0x04, true)).toBe(0);
		const registers = engine.registers(0);
		for (const method of ["smc", "hvc"] as const) {
			registers.fill(0);
			registers[0] = SMCCC_VERSION;
			expect(engine.trap(0, method)).toBe(-1);
			expect([registers[0], registers[1]]).toEqual([0xffff_ffff, 0xffff_ffff]);
		}
	});

	it("has no time, and takes no writes", () => {
		const engine = stopped();
		const time = engine.timeNs;
		const word = engine.read32(0x3038_a300);
		engine.advance(10 ** 12);
		new Smt(engine).trap();
		engine.write32(0x3038_a300, ~word >>> 0);
		engine.write32(SNVS_LPCR, TOP | DP_EN);
		engine.write32(WDOG1_WCR, 0);
		expect(engine.timeNs).toBe(time);
		expect(engine.read32(0x3038_a300)).toBe(word);
		expect(engine.stopped).toBe(why);
	});

	it("begins again with reset()", () => {
		const engine = stopped();
		engine.reset();
		expect(engine.stopped).toBeNull();
		expect(engine.timeNs).toBe(0);
		expect(new Smt(engine).status(BASE, 0x0, [])).toBe(SUCCESS);
	});
});

describe("reset()", () => {
	it("leaves the memory as load did, whatever had happened", async () => {
		const engine = createEngine();
		const { buffer, memoryEnd } = engine;
		const memory = new Uint8Array(buffer, 0, memoryEnd);
		const fresh = memory.slice(Address.STATE);
		await boot(openBoard(imx8mmBoard(), engine));
		engine.advance(12_345_678);
		expect(memory.slice(Address.STATE)).not.toEqual(fresh);
		engine.reset();
		expect(engine.buffer).toBe(buffer);
		expect(engine.memoryEnd).toBe(memoryEnd);
		expect(memory.slice(Address.STATE)).toEqual(fresh);
	});

	it("keeps buffer and views: an agent goes on with its channel", () => {
		const engine = createEngine();
		const { agent } = openBoard(imx8mmBoard(), engine);
		agent.sync.clock.rateSet(128, 12_000_000);
		agent.sync.power.on(4);
		agent.sync.reset.deassert(26);
		const registers = engine.registers(0);
		engine.reset();
		expect(engine.registers(0)).toBe(registers);
		expect(agent.sync.clock.rateGet(128)).toBe(24_000_000);
		expect(agent.sync.power.stateGet(4)).toBe(0x4000_0000);
		expect(engine.read32(0x3039_002c)).toBe(0xe);
		expect(engine.powerDomainRequests(4)).toBe(0);
	});

	it("forgets negotiated versions, requests, registers and CPUs' registers", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		enable(smt, "uart3");
		setRate(smt, "uart3", 12_000_000n);
		smt.expect(CLOCK, 0x10, u32(0x10000), []);
		smt.expect(RESET, 0x10, u32(0x10000), []);
		smt.expect(POWER, 0x4, u32(0, 4, 0), []);
		engine.registers(2)[7] = 0xdead;
		engine.reset();
		expect(rate(smt, "uart3")).toBe(24_000_000n);
		// CONFIG_GET and NAME_GET are back.
		expect(smt.status(CLOCK, 0xb, u32(129, 0))).toBe(SUCCESS);
		expect(smt.status(RESET, 0x6, u32(26))).toBe(SUCCESS);
		expect(engine.clockRequests(129)).toBe(0);
		expect(engine.registers(2)[7]).toBe(0);
	});

	it("begins again in the middle of things, too: what was pending never comes", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		smt.expect(RESET, 0x4, u32(32, 5, 0), []);
		engine.reset();
		engine.advance(10 ** 9);
		const memory = new DataView(engine.buffer);
		expect(memory.getUint32(Address.STATE + State.INTERRUPTS, true)).toBe(0);
		expect(engine.read32(0x3039_0040)).toBe(0);
		smt.expect(RESET, 0x4, u32(32, 2, 0), []);
	});
});
