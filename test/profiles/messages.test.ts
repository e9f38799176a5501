// What the draft firmware answers to every message: the rows of its observed replies, byte by byte.
// Follows the observed replies of the i.MX8MM SCMI draft of 2019.

import { describe, expect, it } from "vitest";
import { BASE, CLOCK, POWER, u32 } from "../support/smt.ts";
import { DraftArea, type Expected, name } from "./area.ts";

type Row = [
	what: string,
	protocol: number,
	message: number,
	payload: readonly number[],
	expected: Expected,
];

const DOMAINS = [
	"HSIO_PD",
	"PCIE0_PD",
	"USB_OTG1_PD",
	"USB_OTG2_PD",
	"GPUMIX_PD",
	"VPUMIX_PD",
	"VPU_G1_PD",
	"VPG_G2_PD",
	"VPG_H1_PD",
	"DISPMIX_PD",
	"MIPI_PD",
];

const CLOCKS: [id: number, name: string][] = [
	[2, "osc_24m1"],
	[18, "audio_pll1_out1"],
	[19, "audio_pll2_out1"],
	[20, "video_pll1_out1"],
	[21, "dram_pll_out1"],
	[22, "gpu_pll_out1"],
	[23, "vpu_pll_out1"],
	[24, "arm_pll_out1"],
	[25, "sys_pll1_800m1"],
	[26, "sys_pll2_1000m1"],
	[27, "sys_pll3_out1"],
	[48, "sys_pll1_40m1"],
	[49, "sys_pll1_80m1"],
	[50, "sys_pll1_100m1"],
	[51, "sys_pll1_133m1"],
	[52, "sys_pll1_160m1"],
	[53, "sys_pll1_200m1"],
	[54, "sys_pll1_266m1"],
	[55, "sys_pll1_400m1"],
	[57, "sys_pll2_50m1"],
	[58, "sys_pll2_100m1"],
	[59, "sys_pll2_125m1"],
	[60, "sys_pll2_166m1"],
	[61, "sys_pll2_200m1"],
	[62, "sys_pll2_250m1"],
	[63, "sys_pll2_333m1"],
	[64, "sys_pll2_500m1"],
	[83, "nand_usdhc_bus1"],
	[145, "usdhc31"],
	[122, "usdhc21"],
	[208, "usdhc3_root"],
	[195, "usdhc2_root"],
];
const UNKNOWN_CLOCKS = Array.from({ length: 300 }, (_, id) => id).filter(
	(id) => !CLOCKS.some(([known]) => known === id),
);

const ON = 0;
const OFF = 1 << 30;
const SYNC = 1 << 29;

const ROWS: Row[] = [
	["base version", BASE, 0, [], { status: 0, bytes: u32(0x10000), length: 12 }],
	["base attributes", BASE, 1, [], { status: 0, bytes: u32(3), length: 12 }],
	["vendor", BASE, 3, [], { status: 0, bytes: name("NXP"), length: 2 }],
	["sub-vendor", BASE, 4, [], { status: 0, bytes: name("IMX"), length: 12 }],
	["implementation", BASE, 5, [], { status: 0, bytes: u32(0x100), length: 12 }],
	[
		"protocols",
		BASE,
		6,
		u32(0),
		{ status: 0, bytes: u32(2, 0x1411), length: 16 },
	],
	[
		"protocols, one skipped",
		BASE,
		6,
		u32(1),
		{ status: -2, bytes: u32(2, 0x1411), length: 16 },
	],
	[
		"protocols, very many skipped",
		BASE,
		6,
		u32(0xffff_ffff),
		{ status: -2, bytes: u32(2, 0x1411), length: 16 },
	],
	[
		"power version",
		POWER,
		0,
		[],
		{ status: 0, bytes: u32(0x10000), length: 12 },
	],
	[
		"power attributes",
		POWER,
		1,
		[],
		{ status: 0, bytes: u32(11, 0x93fc00, 0, 0x400), length: 24 },
	],
	...DOMAINS.slice(0, 10).map(
		(domain, id): Row => [
			`domain ${id}`,
			POWER,
			3,
			u32(id),
			{ status: 0, bytes: [...u32(SYNC), ...name(domain)], length: 32 },
		],
	),
	...[10, 11, 0xffff, 0x1_000a].map(
		(id): Row => [
			`domain ${id}`,
			POWER,
			3,
			u32(id),
			{ status: -1, bytes: u32(SYNC), length: 32 },
		],
	),
	[
		"domain 0x10003, which is 3",
		POWER,
		3,
		u32(0x1_0003),
		{ status: 0, bytes: [...u32(SYNC), ...name("USB_OTG2_PD")], length: 32 },
	],
	...[
		u32(0, 4, ON),
		u32(0, 4, OFF),
		u32(1, 99, 0x1234),
		u32(0xffff_ffff, 0xffff_ffff, 0xffff_ffff),
	].map(
		(payload): Row => [
			`power state set ${payload}`,
			POWER,
			4,
			payload,
			{ status: 0, length: 8 },
		],
	),
	...DOMAINS.map(
		(domain, id): Row => [
			`power state of ${domain}`,
			POWER,
			5,
			u32(id),
			{ status: 0, bytes: u32(OFF), length: 12 },
		],
	),
	[
		"clock version",
		CLOCK,
		0,
		[],
		{ status: 0, bytes: u32(0x10000), length: 12 },
	],
	[
		"clock attributes",
		CLOCK,
		1,
		[],
		{ status: 0, bytes: u32(0x000100ff), length: 12 },
	],
	...CLOCKS.map(
		([id, clock]): Row => [
			clock,
			CLOCK,
			3,
			u32(id),
			{
				status: 0,
				bytes: [...u32(0), ...name(clock)],
				length: 12 + clock.length + 1,
			},
		],
	),
	...[2, 18, 83, 0, 0xffff_ffff].map(
		(id): Row => [
			`rates of ${id}`,
			CLOCK,
			4,
			u32(id, 0),
			{ status: 0, bytes: u32(0, 400_000_000, 0), length: 20 },
		],
	),
];

describe("messages of the draft firmware", () => {
	it.each(ROWS)("%s", (_, protocol, message, payload, expected) => {
		new DraftArea().expect(protocol, message, payload, expected);
	});

	it("a domain that was switched on is off", () => {
		const area = new DraftArea();
		area.expect(POWER, 4, u32(0, 4, ON), { status: 0, length: 8 });
		area.expect(POWER, 5, u32(4), { status: 0, bytes: u32(OFF), length: 12 });
	});

	it.each([
		["base", BASE, [0, 1, 3, 4, 5, 6]],
		["power", POWER, [0, 1, 3, 4, 5]],
		["clock", CLOCK, [0, 1, 3, 4, 5, 6, 7]],
	] as const)(
		"%s: every other message is -1, length unchanged",
		(_, protocol, served) => {
			const area = new DraftArea();
			for (let message = 0; message <= 0xff; message++) {
				if ((served as readonly number[]).includes(message)) continue;
				area.expect(protocol, message, u32(1, 2, 3), { status: -1 });
			}
		},
	);

	it("every other protocol is -1, length unchanged", () => {
		const area = new DraftArea();
		for (let protocol = 0; protocol <= 0xff; protocol++) {
			if ([BASE, POWER, CLOCK].includes(protocol)) continue;
			for (const message of [0, 1, 3, 0xff])
				area.expect(protocol, message, u32(9), { status: -1 });
		}
	});

	it("an unknown clock is -4, length unchanged, and nothing else is written", () => {
		const area = new DraftArea();
		for (const id of [...UNKNOWN_CLOCKS, 0x1_0002, 0xffff_ffff]) {
			area.expect(CLOCK, 3, u32(id), { status: -4 });
			area.expect(CLOCK, 5, u32(0, id, 24_000_000, 0), { status: -4 });
			area.expect(CLOCK, 6, u32(id), { status: -4 });
			area.expect(CLOCK, 7, u32(id, 1), { status: -4 });
			area.expect(CLOCK, 7, u32(id, 0), { status: -4 });
		}
		expect(area.firmware.stopped).toBeNull();
	});
});

describe("what the draft firmware does not look at", () => {
	const version = { status: 0, bytes: u32(0x10000), length: 12 };

	it.each([0, 1, 2, 3])("message type %i", (type) => {
		new DraftArea().expect(CLOCK, 0, [], version, { type });
	});

	it.each([0, 1, 0x3ff])("token %i", (token) => {
		new DraftArea().expect(CLOCK, 0, [], version, { token });
	});

	it.each([0, 1, 2, 3, 0xffff_fffe])("channel status %i", (status) => {
		new DraftArea().expect(CLOCK, 0, [], version, { status });
	});

	it.each([0, 3, 5, 0x1000, 0xffff_ffff])("length %i", (length) => {
		const area = new DraftArea();
		area.expect(CLOCK, 0, [], version, { length });
		area.expect(BASE, 2, u32(0), { status: -1, length }, { length });
		area.expect(
			CLOCK,
			6,
			u32(2),
			{ status: 0, bytes: u32(24_000_000, 0), length: 16 },
			{ length },
		);
	});

	it.each([0, 1, 2, 3])("CPU %i", (cpu) => {
		new DraftArea().expect(CLOCK, 0, [], version, { cpu });
	});

	it("parameters that were not sent are what the memory holds", () => {
		// 0xa5a5a5a5 protocols skipped; the domain is 0xa5a5.
		const area = new DraftArea();
		const list = u32(2, 0x1411);
		area.expect(BASE, 6, [], { status: -2, bytes: list, length: 16 });
		area.expect(POWER, 3, [], { status: -1, bytes: u32(SYNC), length: 32 });
		area.expect(CLOCK, 6, [], { status: -4 });
	});
});
