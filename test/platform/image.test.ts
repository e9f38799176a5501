// The compiler of platforms: tables that contradict each other are refused in people's words, before any engine sees them.
// host/platform/image.ts; what it cannot know is the engine's to refuse.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Clock, Platform } from "../../host/platform/platform.ts";

function invalid(message: string) {
	return expect.objectContaining({
		code: "PLATFORM_INVALID",
		message: expect.stringContaining(message),
	});
}

/** The platform with one clock changed. */
function withClock(name: string, change: Partial<Clock>): Platform {
	return {
		...IMX8MM,
		clocks: IMX8MM.clocks.map((clock) =>
			clock.name === name ? ({ ...clock, ...change } as Clock) : clock,
		),
	};
}

/** The platform with one domain changed. */
function withDomain(
	id: number,
	change: Partial<Platform["powerDomains"][number]>,
): Platform {
	return {
		...IMX8MM,
		powerDomains: IMX8MM.powerDomains.map((domain) =>
			domain.id === id ? { ...domain, ...change } : domain,
		),
	};
}

const region = { requestBit: 1, mappingBit: 1, pgcIndex: 1 };

describe("compileImage refuses", () => {
	it.each<[string, Platform, string]>([
		[
			"a clock name used twice",
			withClock("uart1", { name: "uart2" }),
			"clock uart2: the name is used twice",
		],
		[
			"a clock ID used twice",
			withClock("uart1", { id: 128 }),
			"ID 128 is used twice",
		],
		[
			"a clock ID too high",
			withClock("uart1", { id: 65535 }),
			"clock ID 65535: expected at most 65534",
		],
		[
			"a parent that is not",
			withClock("uart2_root_clk", { parent: "uart9" }),
			"clock uart2_root_clk: there is no clock uart9",
		],
		[
			"one of many parents that is not",
			withClock("uart2", { parents: ["osc_24m", "nonsense"] }),
			"clock uart2: there is no clock nonsense",
		],
		[
			"more parents than a row can count",
			withClock("uart2", { parents: new Array<string>(256).fill("osc_24m") }),
			"clock uart2: 256 parents, expected at most 255",
		],
		[
			"a CPU's PLL that is not",
			withClock("arm", { pll: "no_pll" }),
			"there is no clock no_pll",
		],
		[
			"a parking input that the clock does not have",
			withClock("arm", { parkParent: "osc_32k" }),
			"clock arm: osc_32k is not a parent of arm_a53_div",
		],
		["an empty name", withClock("uart1", { name: "" }), 'clock ""'],
		[
			"a name of 64 characters",
			withClock("uart1", { name: "x".repeat(64) }),
			"expected 1 to 63 printable ASCII characters",
		],
		[
			"a name that is not ASCII",
			{ ...IMX8MM, vendor: "Zürich" },
			'vendor "Zürich"',
		],
		[
			"a name with a control character",
			{ ...IMX8MM, subVendor: "a\nb" },
			"sub-vendor",
		],
		[
			"domain IDs with a gap",
			withDomain(11, { id: 12 }),
			"power domain mipi: ID 12, expected 11",
		],
		[
			"domains without a power controller",
			{ ...IMX8MM, powerController: null },
			"power domain hsiomix: the platform has no power controller",
		],
		[
			"a domain's clock that is not",
			withDomain(0, { clocks: ["no_clock"] }),
			"power domain hsiomix: there is no clock no_clock",
		],
		[
			"more than 32 switches",
			withDomain(0, { switches: new Array(33).fill(region) }),
			"more than 32 switches or handshakes in all",
		],
		[
			"a channel of an agent that is not",
			{
				...IMX8MM,
				channels: IMX8MM.channels.map((channel) => ({
					...channel,
					agent: "windows",
				})),
			},
			"there is no agent windows",
		],
	])("%s", (_, platform, message) => {
		expect(() => compileImage(platform)).toThrow(invalid(message));
		expect(() => createEngine(platform)).toThrow(invalid(message));
	});

	it("says so in one line", () => {
		expect(() =>
			compileImage(withClock("uart1", { name: "a\nb" })),
		).not.toThrow(/\n/);
	});
});

describe("the engine refuses, and the host says where", () => {
	it.each<[string, Platform, string]>([
		["no CPUs", { ...IMX8MM, cpus: 0 }, "out of range, in cpus, 1 to 16"],
		["messages too long", { ...IMX8MM, maxMessageSize: 4100 }, "out of range"],
		[
			"messages longer than an area",
			{ ...IMX8MM, maxMessageSize: 0x200 },
			"out of range",
		],
		[
			"a protocol version that there is not",
			{ ...IMX8MM, protocols: { ...IMX8MM.protocols, clock: 0x40000 } },
			"a protocol or version that the engine does not have",
		],
		[
			"a channel outside the memory",
			{
				...IMX8MM,
				channels: IMX8MM.channels.map((channel) => ({
					...channel,
					address: 0x4000_0000,
				})),
			},
			"a physical address that no block covers",
		],
		[
			"a clock that is its own ancestor",
			withClock("ipg_root", { parent: "gpio1_root_clk" }),
			"its own ancestor",
		],
		["a domain in itself", withDomain(0, { parent: 0 }), "its own ancestor"],
		[
			"overlapping blocks",
			{
				...IMX8MM,
				blocks: [
					...IMX8MM.blocks,
					{ name: "twice", address: 0x3038_0000, size: 16, kind: "registers" },
				],
			},
			"a duplicate",
		],
		[
			"one function ID for two services",
			{
				...IMX8MM,
				services: [
					...IMX8MM.services,
					{ functionId: 0xc200_00fe, exceptionLevel: 3, answer: [1] },
				],
			},
			"a duplicate",
		],
		[
			"17 settings of a PLL",
			withClock("gpu_pll", {
				rates: new Array(17).fill({ rate: 1, mdiv: 64, pdiv: 1, sdiv: 0 }),
			}),
			"out of range",
		],
		[
			"no agents",
			{ ...IMX8MM, agents: [], channels: [], performanceDomains: [] },
			"out of range",
		],
	])("%s", (_, platform, message) => {
		expect(() => createEngine(platform)).toThrow(invalid(message));
		expect(() => createEngine(platform)).toThrow(invalid("platform imx8mm: "));
	});
});

describe("platforms at their edges", () => {
	it.each<[string, Platform]>([
		["16 CPUs", { ...IMX8MM, cpus: 16 }],
		["one CPU", { ...IMX8MM, cpus: 1 }],
		["the smallest messages", { ...IMX8MM, maxMessageSize: 76 }],
		["messages as long as an area", { ...IMX8MM, maxMessageSize: 0x1e8 }],
		[
			"31 agents",
			{
				...IMX8MM,
				agents: [
					"linux",
					...Array.from({ length: 30 }, (_, i) => `guest-${i}`),
				],
			},
		],
		["no channels", { ...IMX8MM, channels: [] }],
		["no services", { ...IMX8MM, services: [] }],
		[
			"no clocks",
			{
				...IMX8MM,
				clocks: [],
				powerDomains: [],
				powerController: null,
				performanceDomains: [],
				sensors: [],
				thermal: null,
			},
		],
	])("%s", (_, platform) => {
		const engine = createEngine(platform);
		expect(engine.cpus).toBe(platform.cpus);
		expect(engine.read32(0x0093_f000)).toBe(0);
	});

	it("the image begins with its magic number and knows its length", () => {
		const image = compileImage(IMX8MM);
		expect(new TextDecoder().decode(image.subarray(0, 4))).toBe("SCMI");
		expect(new DataView(image.buffer).getUint32(8, true)).toBe(image.length);
	});

	it("compiling twice gives the same bytes", () => {
		expect(compileImage(IMX8MM)).toEqual(compileImage(IMX8MM));
	});

	it("the tables that the build has compiled cannot be changed", () => {
		const [clock] = IMX8MM.clocks as [Clock];
		expect(() => Object.assign(IMX8MM, { cpus: 2 })).toThrow(TypeError);
		expect(() => Object.assign(clock, { critical: true })).toThrow(TypeError);
		expect(() => (IMX8MM.agents as string[]).push("tee")).toThrow(TypeError);
	});

	it.each([-1, 1.5, Number.NaN])("a clock with the ID %d is refused", (id) => {
		const odd = { ...(IMX8MM.clocks[0] as Clock), id, name: "odd" };
		const clocks = [odd, ...IMX8MM.clocks];
		expect(() => compileImage({ ...IMX8MM, clocks })).toThrow(
			invalid(`ID ${id}, expected 0 to 65534`),
		);
	});
});
