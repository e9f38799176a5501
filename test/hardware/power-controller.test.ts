// The power controller by its registers alone: requests that complete in time, power down enable, handshakes.
// i.MX 8M Mini reference manual, chapter 5.2 (GPC).

import { describe, expect, it } from "vitest";
import type { Firmware } from "../../host/firmware.ts";
import { isPowered } from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	bits,
	DOMAIN_FACTS,
	DOWN_REQUEST,
	HANDSHAKE,
	MAPPING,
	pgcControl,
	pgcStatus,
	UP_REQUEST,
} from "../support/imx8mm-power-facts.ts";
import { Smt } from "../support/smt.ts";

const REGIONS = DOMAIN_FACTS.flatMap(({ name, request, mapping, pgc }) =>
	request.map((bit, i) => ({
		name: `${name} ${i}`,
		request: bit,
		mapping: mapping[i] as number,
		pgc: pgc[i] as number,
	})),
);
type Region = (typeof REGIONS)[number];

/** Longer than any request takes. */
const LONG = 1_000_000;

function set(firmware: Firmware, address: number, word: number): void {
	firmware.write32(address, (firmware.read32(address) | word) >>> 0);
}

function clear(firmware: Firmware, address: number, word: number): void {
	firmware.write32(address, (firmware.read32(address) & ~word) >>> 0);
}

function powerUp(firmware: Firmware, region: Region): void {
	set(firmware, MAPPING, bits(region.mapping));
	set(firmware, UP_REQUEST, bits(region.request));
	firmware.advance(LONG);
}

function isOff(firmware: Firmware, region: Region): number {
	return firmware.read32(pgcStatus(region.pgc)) & 1;
}

describe.each(firmwares)("power requests, $name", ({ create }) => {
	it("every region is off at load", () => {
		const firmware = create();
		for (const region of REGIONS) expect(isOff(firmware, region)).toBe(1);
		for (const address of [UP_REQUEST, DOWN_REQUEST, HANDSHAKE])
			expect(firmware.read32(address)).toBe(0);
	});

	it.each(REGIONS)("$name: up, then down when enabled", (region) => {
		const firmware = create();
		const bit = bits(region.request);
		firmware.write32(MAPPING, bits(region.mapping));
		firmware.write32(UP_REQUEST, bit);
		expect(firmware.read32(UP_REQUEST)).toBe(bit);
		expect(isOff(firmware, region)).toBe(1);
		firmware.advance(LONG);
		expect(firmware.read32(UP_REQUEST)).toBe(0);
		expect(isOff(firmware, region)).toBe(0);
		for (const other of REGIONS)
			expect(isOff(firmware, other)).toBe(other === region ? 0 : 1);
		// Without power down enable the request completes and nothing happens.
		firmware.write32(DOWN_REQUEST, bit);
		firmware.advance(LONG);
		expect(firmware.read32(DOWN_REQUEST)).toBe(0);
		expect(isOff(firmware, region)).toBe(0);
		firmware.write32(pgcControl(region.pgc), 1);
		firmware.write32(DOWN_REQUEST, bit);
		expect(firmware.read32(DOWN_REQUEST)).toBe(bit);
		expect(isOff(firmware, region)).toBe(0);
		firmware.advance(LONG);
		expect(firmware.read32(DOWN_REQUEST)).toBe(0);
		expect(isOff(firmware, region)).toBe(1);
	});

	it.each(REGIONS)(
		"$name: requests are ignored while it is not mapped",
		(region) => {
			const firmware = create();
			firmware.write32(MAPPING, ~bits(region.mapping) >>> 0);
			firmware.write32(UP_REQUEST, bits(region.request));
			expect(firmware.read32(UP_REQUEST)).toBe(0);
			firmware.advance(LONG);
			expect(isOff(firmware, region)).toBe(1);
		},
	);

	it("complete to the nanosecond", () => {
		const firmware = create();
		const [region] = REGIONS as [Region];
		firmware.write32(MAPPING, bits(region.mapping));
		firmware.write32(UP_REQUEST, bits(region.request));
		firmware.advance(29_999);
		expect(isOff(firmware, region)).toBe(1);
		firmware.advance(1);
		expect(isOff(firmware, region)).toBe(0);
	});

	it("several at once, in one write", () => {
		const firmware = create();
		firmware.write32(MAPPING, bits(...REGIONS.map(({ mapping }) => mapping)));
		firmware.write32(
			UP_REQUEST,
			bits(...REGIONS.map(({ request }) => request)),
		);
		firmware.advance(LONG);
		for (const region of REGIONS) expect(isOff(firmware, region)).toBe(0);
	});

	it("bits that no region has do nothing", () => {
		const firmware = create();
		firmware.write32(MAPPING, 0xffff_ffff);
		const known = bits(...REGIONS.map(({ request }) => request));
		firmware.write32(UP_REQUEST, ~known >>> 0);
		expect(firmware.read32(UP_REQUEST)).toBe(0);
		firmware.advance(LONG);
		for (const region of REGIONS) expect(isOff(firmware, region)).toBe(1);
	});

	it("the status is read-only", () => {
		const firmware = create();
		for (const region of REGIONS) {
			firmware.write32(pgcStatus(region.pgc), 0);
			expect(firmware.read32(pgcStatus(region.pgc))).toBe(1);
		}
	});
});

describe.each(firmwares)("handshakes, $name", ({ create }) => {
	it("of a bus without a power switch are acknowledged after a while", () => {
		const firmware = create();
		firmware.write32(HANDSHAKE, bits(5));
		expect(firmware.read32(HANDSHAKE)).toBe(bits(5));
		firmware.advance(1_999);
		expect(firmware.read32(HANDSHAKE)).toBe(bits(5));
		firmware.advance(1);
		expect(firmware.read32(HANDSHAKE)).toBe(bits(5, 23));
		set(firmware, HANDSHAKE, bits(6));
		firmware.advance(LONG);
		expect(firmware.read32(HANDSHAKE)).toBe(bits(5, 6, 23, 24));
		clear(firmware, HANDSHAKE, bits(5));
		firmware.advance(LONG);
		expect(firmware.read32(HANDSHAKE)).toBe(bits(6, 24));
	});

	it.each(
		DOMAIN_FACTS.filter(
			({ handshake, pgc }) => handshake.length > 0 && pgc.length > 0,
		),
	)(
		"$name acknowledges only with power, and no longer without",
		({ id, handshake, acknowledge, request, mapping, pgc }) => {
			const smt = new Smt(create());
			const { firmware } = smt;
			firmware.write32(HANDSHAKE, bits(...handshake));
			firmware.advance(LONG);
			expect(firmware.read32(HANDSHAKE)).toBe(bits(...handshake));
			expect(isPowered(smt, id)).toBe(false);
			for (const region of REGIONS.filter((r) => pgc.includes(r.pgc)))
				powerUp(firmware, region);
			firmware.advance(LONG);
			expect(firmware.read32(HANDSHAKE)).toBe(
				bits(...handshake, ...acknowledge),
			);
			expect(isPowered(smt, id)).toBe(true);
			for (const index of pgc) firmware.write32(pgcControl(index), 1);
			firmware.write32(MAPPING, bits(...mapping));
			firmware.write32(DOWN_REQUEST, bits(...request));
			firmware.advance(LONG);
			// The bus notices the loss a while after it.
			expect(firmware.read32(DOWN_REQUEST)).toBe(0);
			firmware.advance(LONG);
			expect(firmware.read32(HANDSHAKE)).toBe(bits(...handshake));
			expect(isPowered(smt, id)).toBe(false);
		},
	);

	it("acknowledge bits are read-only", () => {
		const firmware = create();
		firmware.write32(HANDSHAKE, bits(23, 24, 25, 26, 27, 28, 29));
		expect(firmware.read32(HANDSHAKE)).toBe(0);
		firmware.write32(HANDSHAKE, bits(5));
		firmware.advance(LONG);
		firmware.write32(HANDSHAKE, bits(5));
		expect(firmware.read32(HANDSHAKE)).toBe(bits(5, 23));
	});

	it("STATE_GET needs power and handshake: the truth of the registers", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		const otg1 = REGIONS.find(({ name }) => name === "usb-otg1 0") as Region;
		expect(isPowered(smt, 2)).toBe(false);
		powerUp(firmware, otg1);
		expect(isPowered(smt, 2)).toBe(true);
		expect(isPowered(smt, 0)).toBe(false);
		firmware.write32(HANDSHAKE, bits(5));
		firmware.advance(LONG);
		expect(isPowered(smt, 0)).toBe(false);
		firmware.write32(HANDSHAKE, bits(5, 6));
		firmware.advance(LONG);
		expect(isPowered(smt, 0)).toBe(true);
	});
});
