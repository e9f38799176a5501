// Notifications and asynchronous commands of base, power domain and clock protocol: who is offered what, and bad requests.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2.10, 4.3.2.5 to 4.3.2.9, 4.6.2.2 to 4.6.2.13.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { withoutPlatformMessages } from "../support/firmwares.ts";
import { Inbox } from "../support/inbox.ts";
import {
	BASE,
	CLOCK,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	Smt,
	u32,
	u64,
} from "../support/smt.ts";

const UART2 = 128;
const USB_OTG1 = 2;

function pinned(
	base: number,
	powerDomain: number,
	clock: number,
	platform: Platform = IMX8MM,
): Platform {
	const protocols = { ...platform.protocols, base, powerDomain, clock };
	return { ...platform, protocols };
}

/** Each message that asks for notifications: what it is about, an ID that exists, and the first version that has it. */
const SUBSCRIPTIONS = [
	["BASE_NOTIFY_ERRORS", BASE, 0x8, undefined, 0x10000],
	["POWER_STATE_NOTIFY", POWER, 0x6, USB_OTG1, 0x10000],
	["POWER_STATE_CHANGE_REQUESTED_NOTIFY", POWER, 0x7, USB_OTG1, 0x20000],
	["CLOCK_RATE_NOTIFY", CLOCK, 0x9, UART2, 0x20000],
	["CLOCK_RATE_CHANGE_REQUESTED_NOTIFY", CLOCK, 0xa, UART2, 0x20000],
] as const;

const VERSIONS = {
	[BASE]: [0x10000, 0x20000, 0x20001],
	[POWER]: [0x10000, 0x20000, 0x30000, 0x30001],
	[CLOCK]: [0x10000, 0x20000, 0x30000],
};

function platformOf(protocol: 0x10 | 0x11 | 0x14, version: number): Platform {
	const { base, powerDomain, clock } = IMX8MM.protocols;
	return pinned(
		protocol === BASE ? version : base,
		protocol === POWER ? version : powerDomain,
		protocol === CLOCK ? version : clock,
	);
}

describe.each(SUBSCRIPTIONS)("%s", (_, protocol, message, id, since) => {
	const request = (enable: number) =>
		id === undefined ? u32(enable) : u32(id, enable);
	const versions = VERSIONS[protocol];

	it.each(versions.filter((version) => version >= since))(
		"in version %i: on, on again, off, off again",
		(version) => {
			const smt = new Smt(createEngine(platformOf(protocol, version)));
			smt.expect(protocol, 0x2, u32(message), u32(0));
			for (const enable of [1, 1, 0, 0])
				smt.expect(protocol, message, request(enable), []);
			expect(new Inbox(smt.firmware).busy).toBe(false);
		},
	);

	it("versions before it: NOT_SUPPORTED", () => {
		for (const version of versions.filter((version) => version < since)) {
			const smt = new Smt(createEngine(platformOf(protocol, version)));
			smt.refuse(protocol, message, request(1), NOT_SUPPORTED);
			smt.refuse(protocol, 0x2, u32(message), NOT_FOUND);
		}
	});

	it.each(versions)(
		"without a channel of the platform, version %i: NOT_SUPPORTED",
		(version) => {
			const platform = platformOf(protocol, version);
			const smt = new Smt(createEngine(withoutPlatformMessages(platform)));
			smt.refuse(protocol, message, request(1), NOT_SUPPORTED);
			smt.refuse(protocol, message, [], NOT_SUPPORTED);
			smt.refuse(protocol, 0x2, u32(message), NOT_FOUND);
		},
	);

	const smt = new Smt(createEngine());

	it("short and long payloads: PROTOCOL_ERROR", () => {
		const size = request(1).length;
		for (const wrong of [0, 1, 3, 4, 5, 7, 8, 9, 12, 100]) {
			if (wrong === size) continue;
			const payload = [...request(1), ...new Array<number>(96).fill(0)];
			smt.refuse(protocol, message, payload.slice(0, wrong), PROTOCOL_ERROR);
		}
	});

	it("reserved bits: INVALID_PARAMETERS", () => {
		for (let bit = 1; bit < 32; bit++) {
			const word = (1 << bit) >>> 0;
			smt.refuse(protocol, message, request(word), INVALID_PARAMETERS);
			smt.refuse(protocol, message, request(word | 1), INVALID_PARAMETERS);
		}
	});

	if (id === undefined) return;

	it("unknown IDs: NOT_FOUND, reserved bits or not", () => {
		for (const unknown of [15, 0xfff, 0x10000 + id, 0xffff_ffff]) {
			smt.refuse(protocol, message, u32(unknown, 1), NOT_FOUND);
			smt.refuse(protocol, message, u32(unknown, 2), NOT_FOUND);
		}
	});
});

describe("what attributes offer", () => {
	const TWO_WAY = [true, false];
	const engine = (twoWay: boolean, platform: Platform) =>
		new Smt(
			createEngine(twoWay ? platform : withoutPlatformMessages(platform)),
		);

	it.each(TWO_WAY)("POWER_DOMAIN_ATTRIBUTES, two-way %s", (twoWay) => {
		for (const [version, bits] of [
			[0x10000, 0xe000_0000],
			[0x20000, 0xf000_0000],
			[0x30000, 0xf000_0000],
			[0x30001, 0xf000_0000],
		] as const) {
			const smt = engine(twoWay, pinned(0x20001, version, 0x30000));
			for (let domain = 0; domain < 12; domain++) {
				const [word] = smt.words(POWER, 0x3, u32(domain));
				expect(word).toBe(twoWay ? bits : 0x2000_0000);
			}
		}
	});

	it.each(TWO_WAY)("CLOCK_ATTRIBUTES, two-way %s", (twoWay) => {
		for (const [version, bits] of [
			[0x10000, 0],
			[0x20000, 3],
			[0x30000, 3],
		] as const) {
			const smt = engine(twoWay, pinned(0x20001, 0x30001, version));
			// An oscillator, a slice, an alias.
			for (const clock of [2, UART2, 66]) {
				const [word] = smt.words(CLOCK, 0x3, u32(clock));
				expect((word as number) >>> 30).toBe(twoWay ? bits : 0);
			}
		}
	});

	it.each(TWO_WAY)("the clock protocol's attributes, two-way %s", (twoWay) => {
		for (const version of VERSIONS[CLOCK]) {
			const smt = engine(twoWay, pinned(0x20001, 0x30001, version));
			const [word] = smt.words(CLOCK, 0x1, []);
			expect((word as number) >>> 16).toBe(twoWay ? 4 : 0);
		}
	});
});

describe("asynchronous requests", () => {
	const setRate = (flags: number, clock: number, rate: bigint) => [
		...u32(flags, clock),
		...u64(rate),
	];

	it("without a channel of the platform: NOT_SUPPORTED, and nothing happens", () => {
		const engine = createEngine(withoutPlatformMessages(IMX8MM));
		const smt = new Smt(engine);
		for (const flags of [1, 3, 5, 9, 15])
			smt.refuse(CLOCK, 0x5, setRate(flags, UART2, 6_000_000n), NOT_SUPPORTED);
		smt.refuse(POWER, 0x4, u32(1, USB_OTG1, 0), NOT_SUPPORTED);
		engine.advance(1_000_000);
		smt.expect(CLOCK, 0x6, u32(UART2), u64(24_000_000n));
		smt.expect(POWER, 0x5, u32(USB_OTG1), u32(0x4000_0000));
	});

	const engine = createEngine();
	const smt = new Smt(engine);

	it.each([
		["no such clock", CLOCK, 0x5, setRate(1, 15, 6_000_000n), NOT_FOUND],
		["reserved", CLOCK, 0x5, setRate(17, UART2, 1n), INVALID_PARAMETERS],
		["too low", CLOCK, 0x5, setRate(1, UART2, 46_874n), INVALID_PARAMETERS],
		[
			"too high",
			CLOCK,
			0x5,
			setRate(5, UART2, 24_000_001n),
			INVALID_PARAMETERS,
		],
		["too short", CLOCK, 0x5, u32(1, UART2, 6_000_000), PROTOCOL_ERROR],
		["no such domain", POWER, 0x4, u32(1, 12, 0), NOT_FOUND],
		["reserved", POWER, 0x4, u32(3, USB_OTG1, 0), INVALID_PARAMETERS],
		["no such state", POWER, 0x4, u32(1, USB_OTG1, 1), INVALID_PARAMETERS],
		["too long", POWER, 0x4, u32(1, USB_OTG1, 0, 0), PROTOCOL_ERROR],
	] as const)("%s, protocol %i: refused at once, no response", (...row) => {
		const [, protocol, message, payload, status] = row;
		smt.refuse(protocol, message, payload, status);
		engine.advance(1_000_000);
		expect(new Inbox(engine).busy).toBe(false);
	});
});
