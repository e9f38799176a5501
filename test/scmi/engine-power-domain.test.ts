// The power domain protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.3; domains as the devicetree binding of the i.MX8MM's GPC numbers them.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	isPowered,
	POWER_OFF,
	POWER_ON,
	power,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
} from "../support/smt.ts";

const VERSIONS = [0x10000, 0x20000, 0x30000, 0x30001];
const NAMES = [
	"hsiomix",
	"pcie",
	"usb-otg1",
	"usb-otg2",
	"gpumix",
	"gpu",
	"vpumix",
	"vpu-g1",
	"vpu-g2",
	"vpu-h1",
	"dispmix",
	"mipi",
];
const SYNCHRONOUS = 0x2000_0000;
const EXTENDED_NAME = 0x0800_0000;
const NO_DOMAINS = [12, 13, 31, 32, 0xffff, 0x10000, 0x8000_0000, 0xffff_ffff];

function pinned(powerDomain: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, powerDomain } };
}

describe.each(firmwares)("power domain protocol, $name", ({ create }) => {
	describe.each(VERSIONS)("version %i", (version) => {
		const smt = new Smt(create(pinned(version)));

		it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES", () => {
			smt.expect(POWER, 0x0, [], u32(version));
			// 12 domains; no statistics region.
			smt.expect(POWER, 0x1, [], u32(12, 0, 0, 0));
		});

		it("DOMAIN_ATTRIBUTES of every domain: synchronous, its name", () => {
			for (const [id, name] of NAMES.entries())
				smt.expect(POWER, 0x3, u32(id), [
					...u32(SYNCHRONOUS),
					...text(name, 16),
				]);
		});

		it("STATE_SET and STATE_GET", () => {
			smt.expect(POWER, 0x5, u32(2), u32(POWER_OFF));
			smt.expect(POWER, 0x4, u32(0, 2, POWER_ON), []);
			smt.expect(POWER, 0x5, u32(2), u32(POWER_ON));
			smt.expect(POWER, 0x4, u32(0, 2, POWER_OFF), []);
			smt.expect(POWER, 0x5, u32(2), u32(POWER_OFF));
		});

		it("no such domain: NOT_FOUND", () => {
			for (const id of NO_DOMAINS) {
				smt.refuse(POWER, 0x3, u32(id), NOT_FOUND);
				smt.refuse(POWER, 0x4, u32(0, id, POWER_ON), NOT_FOUND);
				smt.refuse(POWER, 0x5, u32(id), NOT_FOUND);
			}
		});

		it("STATE_SET's reserved flags: INVALID_PARAMETERS; asynchronous: NOT_SUPPORTED", () => {
			for (let bit = 1; bit < 32; bit++)
				smt.refuse(
					POWER,
					0x4,
					u32((1 << bit) >>> 0, 2, POWER_ON),
					INVALID_PARAMETERS,
				);
			smt.refuse(POWER, 0x4, u32(1, 2, POWER_ON), NOT_SUPPORTED);
			expect(isPowered(smt, 2)).toBe(false);
		});

		it.each([
			1, 2, 0x0fff_ffff, 0x1000_0000, 0x2000_0000, 0x4000_0001, 0x8000_0000,
			0xc000_0000, 0xffff_ffff,
		])(
			"STATE_SET to state %i, which no domain has: INVALID_PARAMETERS",
			(state) => {
				smt.refuse(POWER, 0x4, u32(0, 2, state), INVALID_PARAMETERS);
				expect(isPowered(smt, 2)).toBe(false);
			},
		);

		it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
			const sizes: [message: number, size: number][] = [
				[0x0, 0],
				[0x1, 0],
				[0x2, 4],
				[0x3, 4],
				[0x4, 12],
				[0x5, 4],
			];
			if (version >= 0x30000) sizes.push([0x8, 4]);
			for (const [message, size] of sizes) {
				for (const wrong of [0, 1, 3, 4, 5, 8, 11, 12, 13, 16, 100]) {
					if (wrong !== size)
						smt.refuse(
							POWER,
							message,
							new Array<number>(wrong).fill(0xff),
							PROTOCOL_ERROR,
						);
				}
			}
		});

		it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
			const served = [0, 1, 2, 3, 4, 5];
			if (version >= 0x30000) served.push(0x8);
			if (version >= 0x30001) served.push(0x10);
			for (const message of [...Array(64).keys(), 0xff, 0x100]) {
				if (served.includes(message))
					smt.expect(POWER, 0x2, u32(message), u32(0));
				else smt.refuse(POWER, 0x2, u32(message), NOT_FOUND);
			}
		});

		it("optional messages: NOT_SUPPORTED", () => {
			smt.refuse(POWER, 0x6, u32(0, 1), NOT_SUPPORTED);
			smt.refuse(POWER, 0x7, u32(0, 1), NOT_SUPPORTED);
		});
	});

	it.each([0x30000, 0x30001])("NAME_GET in version %i", (version) => {
		const smt = new Smt(create(pinned(version)));
		for (const [id, name] of NAMES.entries())
			smt.expect(POWER, 0x8, u32(id), [...u32(0), ...text(name, 64)]);
		for (const id of NO_DOMAINS) smt.refuse(POWER, 0x8, u32(id), NOT_FOUND);
	});

	it.each([0x10000, 0x20000])("no NAME_GET in version %i", (version) => {
		const smt = new Smt(create(pinned(version)));
		smt.refuse(POWER, 0x8, u32(0), NOT_SUPPORTED);
	});

	describe("NAME_GET, names longer than 15 characters", () => {
		const long =
			"a-power-domain-with-a-name-of-as-many-as-sixty-three-characters";
		const fifteen = "fifteen-letters";
		const sixteen = "sixteen-letters!";
		const platform = (version: number): Platform => ({
			...pinned(version),
			powerDomains: IMX8MM.powerDomains.map((domain) => ({
				...domain,
				name:
					([long, fifteen, sixteen] as const)[domain.id] ??
					`domain-${domain.id}`,
			})),
		});

		it("have 63 at most", () => expect(long).toHaveLength(63));

		it.each([0x10000, 0x20000])(
			"version %i cuts them and says nothing",
			(version) => {
				const smt = new Smt(create(platform(version)));
				smt.expect(POWER, 0x3, u32(0), [
					...u32(SYNCHRONOUS),
					...text(long, 16),
				]);
				smt.expect(POWER, 0x3, u32(1), [
					...u32(SYNCHRONOUS),
					...text(fifteen, 16),
				]);
			},
		);

		it.each([0x30000, 0x30001])(
			"version %i marks them and has NAME_GET",
			(version) => {
				const smt = new Smt(create(platform(version)));
				const marked = u32(SYNCHRONOUS | EXTENDED_NAME);
				smt.expect(POWER, 0x3, u32(0), [...marked, ...text(long, 16)]);
				smt.expect(POWER, 0x3, u32(1), [
					...u32(SYNCHRONOUS),
					...text(fifteen, 16),
				]);
				smt.expect(POWER, 0x3, u32(2), [...marked, ...text(sixteen, 16)]);
				smt.expect(POWER, 0x8, u32(0), [...u32(0), ...text(long, 64)]);
				smt.expect(POWER, 0x8, u32(1), [...u32(0), ...text(fifteen, 64)]);
				smt.expect(POWER, 0x8, u32(2), [...u32(0), ...text(sixteen, 64)]);
			},
		);
	});

	it("a platform without domains counts none", () => {
		const smt = new Smt(
			create({
				...IMX8MM,
				powerController: null,
				powerDomains: [],
			}),
		);
		smt.expect(POWER, 0x1, [], u32(0, 0, 0, 0));
		smt.refuse(POWER, 0x3, u32(0), NOT_FOUND);
		smt.refuse(POWER, 0x5, u32(0), NOT_FOUND);
	});

	it("switches on and off again every domain, each by itself", () => {
		for (const id of NAMES.keys()) {
			const smt = new Smt(create());
			expect(isPowered(smt, id)).toBe(false);
			power(smt, id, true);
			expect(isPowered(smt, id)).toBe(true);
			power(smt, id, true);
			power(smt, id, false);
			expect(NAMES.map((_, other) => isPowered(smt, other))).toEqual(
				NAMES.map(() => false),
			);
		}
	});
});
