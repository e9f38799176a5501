// Every quirk of the draft firmware by its name: a request that shows it, the reply, and that the firmware owns up to it.
// Follows the observed replies of the i.MX8MM SCMI draft of 2019.

import { describe, expect, it } from "vitest";
import { findProfile } from "../../host/profiles/index.ts";
import { BASE, CLOCK, POWER, u32 } from "../support/smt.ts";
import {
	DraftArea,
	type Expected,
	HANGING,
	name,
	type Oddities,
} from "./area.ts";

const NAND = 0x3038_8900;
const USDHC3 = 0x3038_bc80;
const ANATOP = 0x3036_0000;

interface Case {
	quirk: string;
	/** Register values and requests before: protocol, message, payload. */
	registers?: [address: number, value: number][];
	before?: [number, number, number[]][];
	request: [protocol: number, message: number, payload: number[], Oddities?];
	/** The reply, or why the firmware stops. */
	reply: Expected | "hang" | "panic" | "out-of-bounds";
	/** Register values afterwards. */
	after?: [address: number, value: number];
}

const done = { status: 0, length: 8 };
const ok = (length: number, ...words: number[]): Expected => ({
	status: 0,
	bytes: u32(...words),
	length,
});
const rate = (id: number, hz: number) => u32(0, id, hz, 0);

const CASES: Case[] = [
	{
		quirk: "channel-ignored",
		request: [CLOCK, 0, [], { status: 3 }],
		reply: ok(12, 0x10000),
	},
	{
		quirk: "length-ignored",
		request: [CLOCK, 0, [], { length: 0xffff }],
		reply: ok(12, 0x10000),
	},
	{
		quirk: "type-ignored",
		request: [CLOCK, 0, [], { type: 3 }],
		reply: ok(12, 0x10000),
	},
	{
		quirk: "call-hangs",
		request: [CLOCK, 0, [], { functionId: HANGING }],
		reply: "hang",
	},
	{
		quirk: "unknown-protocol",
		request: [0x13, 0, u32(1)],
		reply: { status: -1, length: 8 },
	},
	{
		quirk: "unknown-message",
		request: [CLOCK, 2, u32(0, 0)],
		reply: { status: -1, length: 12 },
	},
	{ quirk: "version-1.0", request: [POWER, 0, []], reply: ok(12, 0x10000) },
	{ quirk: "three-protocols", request: [BASE, 1, []], reply: ok(12, 3) },
	{
		quirk: "vendor-length",
		request: [BASE, 3, []],
		reply: { status: 0, bytes: name("NXP"), length: 2 },
	},
	{
		quirk: "sub-vendor-length",
		request: [BASE, 4, []],
		reply: { status: 0, bytes: name("IMX"), length: 12 },
	},
	{
		quirk: "implementation-version",
		request: [BASE, 5, []],
		reply: ok(12, 0x100),
	},
	{
		quirk: "two-protocols",
		request: [BASE, 6, u32(0)],
		reply: ok(16, 2, 0x1411),
	},
	{
		quirk: "skip-refused",
		request: [BASE, 6, u32(2)],
		reply: { status: -2, bytes: u32(2, 0x1411), length: 16 },
	},
	{
		quirk: "eleven-domains",
		request: [POWER, 1, []],
		reply: ok(24, 11, 0x93fc00, 0, 0x400),
	},
	{
		// The area's garbage follows the NUL, within the length.
		quirk: "name-tail",
		request: [POWER, 3, u32(0)],
		reply: {
			status: 0,
			bytes: [...u32(1 << 29), ...name("HSIO_PD")],
			length: 32,
		},
	},
	{
		quirk: "own-domains",
		request: [POWER, 3, u32(8)],
		reply: {
			status: 0,
			bytes: [...u32(1 << 29), ...name("VPG_H1_PD")],
			length: 32,
		},
	},
	{
		quirk: "domain-id-u16",
		request: [POWER, 3, u32(0x7_0001)],
		reply: {
			status: 0,
			bytes: [...u32(1 << 29), ...name("PCIE0_PD")],
			length: 32,
		},
	},
	{
		quirk: "failed-attributes",
		request: [POWER, 3, u32(99)],
		reply: { status: -1, bytes: u32(1 << 29), length: 32 },
	},
	{
		quirk: "last-domain",
		request: [POWER, 3, u32(10)],
		reply: { status: -1, bytes: u32(1 << 29), length: 32 },
	},
	{
		quirk: "state-set-nothing",
		request: [POWER, 4, u32(0, 1000, 77)],
		reply: done,
	},
	{
		quirk: "state-get-off",
		before: [[POWER, 4, u32(0, 4, 0)]],
		request: [POWER, 5, u32(4)],
		reply: ok(12, 1 << 30),
	},
	{
		quirk: "state-get-unchecked",
		request: [POWER, 5, u32(11)],
		reply: "out-of-bounds",
	},
	{ quirk: "255-clocks", request: [CLOCK, 1, []], reply: ok(12, 0x100ff) },
	{
		quirk: "never-enabled",
		before: [[CLOCK, 7, u32(145, 1)]],
		request: [CLOCK, 3, u32(145)],
		reply: { status: 0, bytes: [...u32(0), ...name("usdhc31")], length: 20 },
	},
	{
		quirk: "name-length",
		request: [CLOCK, 3, u32(2)],
		reply: { status: 0, bytes: [...u32(0), ...name("osc_24m1")], length: 21 },
	},
	{
		quirk: "one-rate",
		request: [CLOCK, 4, u32(2, 0)],
		reply: ok(20, 0, 400_000_000, 0),
	},
	{
		quirk: "few-clocks",
		request: [CLOCK, 6, u32(56)],
		reply: { status: -4, length: 8 },
	},
	{
		quirk: "rate-from-registers",
		registers: [[USDHC3, 0x0000_0001]],
		request: [CLOCK, 6, u32(145)],
		reply: ok(16, 12_000_000, 0),
	},
	{
		quirk: "pll-gate",
		registers: [[ANATOP, 0x0000_0210]],
		request: [CLOCK, 6, u32(18)],
		reply: ok(16, 0, 0),
	},
	{
		quirk: "divider-gate",
		registers: [[ANATOP + 0x94, 0xa000_0a00]],
		request: [CLOCK, 6, u32(48)],
		reply: ok(16, 0, 0),
	},
	{
		quirk: "unsigned-k",
		registers: [[ANATOP + 8, 0x8000]],
		request: [CLOCK, 6, u32(18)],
		reply: ok(16, 651_000_000, 0),
	},
	{
		quirk: "parent-position",
		registers: [[NAND, 0x1300_0000]],
		request: [CLOCK, 6, u32(83)],
		reply: ok(16, 200_000_000, 0),
	},
	{
		quirk: "parent-past-end",
		registers: [[USDHC3, 0x1300_0000]],
		request: [CLOCK, 6, u32(145)],
		reply: "out-of-bounds",
	},
	{
		quirk: "rate-set-succeeds",
		request: [CLOCK, 5, rate(145, 1)],
		reply: done,
		after: [USDHC3, 0x1107_003f],
	},
	{
		quirk: "rate-set-in-use",
		before: [[CLOCK, 7, u32(145, 1)]],
		request: [CLOCK, 5, rate(145, 1)],
		reply: done,
		after: [USDHC3, 0x1100_0001],
	},
	{
		quirk: "rate-set-ignored",
		request: [CLOCK, 5, rate(18, 1)],
		reply: done,
		after: [ANATOP + 4, 0x0014_5032],
	},
	{
		quirk: "rate-set-gate",
		registers: [[USDHC3, 0]],
		request: [CLOCK, 5, rate(208, 24_000_000)],
		reply: done,
		after: [USDHC3, 0x1000_0000],
	},
	{
		quirk: "rate-set-parent",
		registers: [[USDHC3, 0]],
		request: [CLOCK, 5, rate(145, 50_000_000)],
		reply: done,
		after: [USDHC3, 0x0100_0007],
	},
	{
		quirk: "rate-set-index-8",
		request: [CLOCK, 5, rate(83, 801_000_000)],
		reply: done,
		after: [NAND, 0x1800_0000],
	},
	{
		quirk: "rate-set-int32",
		request: [CLOCK, 5, u32(0, 83, 325_000_000, 1)],
		reply: done,
		after: [NAND, 0x1800_0001],
	},
	{
		quirk: "config-set-succeeds",
		registers: [[USDHC3, 0]],
		request: [CLOCK, 7, u32(145, 1)],
		reply: done,
		after: [USDHC3, 0x1000_0000],
	},
	{
		quirk: "config-set-again",
		before: [[CLOCK, 7, u32(208, 1)]],
		registers: [[USDHC3, 0]],
		request: [CLOCK, 7, u32(208, 1)],
		reply: done,
		after: [USDHC3, 0],
	},
	{
		quirk: "config-set-nothing",
		registers: [[ANATOP, 0]],
		request: [CLOCK, 7, u32(18, 1)],
		reply: done,
		after: [ANATOP, 0],
	},
	{
		quirk: "critical-kept",
		before: [[CLOCK, 7, u32(83, 1)]],
		request: [CLOCK, 7, u32(83, 0)],
		reply: done,
		after: [NAND, 0x1100_0000],
	},
	{
		quirk: "gate-closes-composite",
		before: [
			[CLOCK, 7, u32(145, 1)],
			[CLOCK, 7, u32(208, 1)],
		],
		request: [CLOCK, 7, u32(208, 0)],
		reply: done,
		after: [USDHC3, 0x0100_0001],
	},
	{
		quirk: "disable-panics",
		request: [CLOCK, 7, u32(208, 0)],
		reply: "panic",
	},
];

describe("quirks", () => {
	it.each(CASES)("$quirk", (one) => {
		const area = new DraftArea();
		const { firmware } = area;
		for (const request of one.before ?? []) area.send(...request);
		for (const [address, value] of one.registers ?? [])
			firmware.write32(address, value);
		const [protocol, message, payload, oddities] = one.request;
		if (typeof one.reply === "string")
			area.expectStop(one.reply, () => area.send(...one.request));
		else area.expect(protocol, message, payload, one.reply, oddities);
		expect(firmware.quirks).toContain(one.quirk);
		if (one.after !== undefined) {
			const [address, value] = one.after;
			expect(firmware.read32(address) >>> 0).toBe(value);
		}
	});

	it("are these and no others, each told in a line", () => {
		const { quirks } = findProfile("imx8mm-draft");
		expect(quirks.map(({ id }) => id)).toEqual(CASES.map(({ quirk }) => quirk));
		for (const { text } of quirks) expect(text).toMatch(/^[^\n]{10,120}$/);
	});

	it("are those of the last call", () => {
		const area = new DraftArea();
		area.send(BASE, 3, []);
		expect(area.firmware.quirks).toEqual(["vendor-length"]);
		area.send(CLOCK, 6, u32(2));
		expect(area.firmware.quirks).toEqual(["rate-from-registers"]);
	});
});
