// The messaging unit's registers by their offsets, on both sides.
// i.MX 8M Mini reference manual, chapter on the messaging unit, and Linux drivers/mailbox/imx-mailbox.c ("fsl,imx6sx-mu").

import { beforeEach, describe, expect, it } from "vitest";
import { MessagingUnit } from "../../host/simulation/messaging-unit.ts";

const SR = 0x20;
const CR = 0x24;
const IDLE = 0x00f0_0000;

let unit: MessagingUnit;
let lines: string[];

beforeEach(() => {
	unit = new MessagingUnit();
	lines = [];
	unit.a.onLine((on) => lines.push(`a ${on}`));
	unit.b.onLine((on) => lines.push(`b ${on}`));
});

it("all transmit registers are empty at first, all else 0", () => {
	for (const side of [unit.a, unit.b]) {
		expect(side.read32(SR)).toBe(IDLE);
		expect(side.read32(CR)).toBe(0);
		for (let at = 0; at < 0x20; at += 4) expect(side.read32(at)).toBe(0);
	}
	expect(lines).toEqual([]);
});

describe.each([
	["a", "b"],
	["b", "a"],
] as const)("from side %s to side %s", (from, to) => {
	it.each([0, 1, 2, 3])("word %i: full until it is read", (n) => {
		const rf = 0x0800_0000 >>> n;
		const te = 0x0080_0000 >>> n;
		unit[from].write32(4 * n, 0xdead_beef);
		expect(unit[from].read32(SR)).toBe(IDLE & ~te);
		expect(unit[to].read32(SR)).toBe(IDLE | rf);
		expect(unit[from].read32(4 * n)).toBe(0);
		expect(unit[to].read32(0x10 + 4 * n)).toBe(0xdead_beef);
		expect(unit[from].read32(SR)).toBe(IDLE);
		expect(unit[to].read32(SR)).toBe(IDLE);
		expect(lines).toEqual([]);
	});

	it.each([0, 1, 2, 3])("doorbell %i: rings until it is answered", (n) => {
		const gir = 0x0008_0000 >>> n;
		const gip = 0x8000_0000 >>> n;
		unit[from].write32(CR, gir);
		expect(unit[from].read32(CR)).toBe(gir);
		expect(unit[to].read32(SR)).toBe((IDLE | gip) >>> 0);
		// Neither a 0 in CR nor a 0 in SR silences it.
		unit[from].write32(CR, 0);
		unit[to].write32(SR, 0x0fff_ffff);
		expect(unit[from].read32(CR)).toBe(gir);
		unit[to].write32(SR, gip);
		expect(unit[to].read32(SR)).toBe(IDLE);
		expect(unit[from].read32(CR)).toBe(0);
	});

	it("the line is up while an enabled doorbell rings", () => {
		unit[from].write32(CR, 0x0004_0000);
		expect(lines).toEqual([]);
		unit[to].write32(CR, 0x4000_0000);
		expect(lines).toEqual([`${to} true`]);
		unit[to].write32(SR, 0x8000_0000);
		expect(unit[to].line).toBe(true);
		unit[to].write32(SR, 0x4000_0000);
		expect(lines).toEqual([`${to} true`, `${to} false`]);
	});

	it("the line is up while an enabled word waits, and for an empty transmit register", () => {
		unit[to].write32(CR, 0x0100_0000);
		unit[from].write32(0xc, 7);
		unit[from].write32(CR, 0x0010_0000);
		unit[to].read32(0x1c);
		unit[from].write32(CR, 0);
		expect(lines).toEqual([
			`${to} true`,
			`${to} false`,
			`${from} true`,
			`${from} false`,
		]);
	});

	it("flags of CR are the other side's in SR", () => {
		unit[from].write32(CR, 5);
		expect(unit[to].read32(SR)).toBe(IDLE | 5);
		expect(unit[from].read32(SR)).toBe(IDLE);
	});
});

it("side A resets both sides, side B cannot", () => {
	unit.a.write32(0, 1);
	unit.a.write32(CR, 0x0008_0003);
	unit.b.write32(CR, 0xff00_0020);
	expect(unit.b.read32(CR)).toBe(0xff00_0000);
	expect(lines).toEqual(["b true"]);
	unit.a.write32(CR, 0x20);
	expect(lines).toEqual(["b true", "b false"]);
	for (const side of [unit.a, unit.b]) {
		expect(side.read32(SR)).toBe(IDLE);
		expect(side.read32(CR)).toBe(0);
	}
});

it.each([0x28, 0x2, -4, 0x100])("there is nothing at offset %i", (offset) => {
	const refused = expect.objectContaining({ code: "BUS_ERROR" });
	expect(() => unit.a.read32(offset)).toThrow(refused);
	expect(() => unit.b.write32(offset, 1)).toThrow(refused);
});
