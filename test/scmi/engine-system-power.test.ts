// The system power protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.4; registers as TF-A's imx_system_off and imx_wdog_restart leave them.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { oneWay } from "../support/one-way.ts";
import {
	headerOf,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	PROTOCOL_ERROR,
	Smt,
	SYSTEM,
	u32,
} from "../support/smt.ts";
import {
	DP_EN,
	SNVS_LPCR,
	SRE,
	SRS,
	TOP,
	WDA,
	WDBG,
	WDE,
	WDOG1_WCR,
} from "../support/system-registers.ts";

const VERSIONS = [0x10000, 0x20000, 0x20001];
const FORCEFUL = 0;
const GRACEFUL = 1;
const SHUTDOWN = 0;
const COLD_RESET = 1;
const WARM_RESET = 2;
const POWER_UP = 3;
const SUSPEND = 4;
const WARM_RESET_SUPPORTED = 0x8000_0000;

function pinned(systemPower: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, systemPower } };
}

describe.each(VERSIONS)("system power protocol, version %i", (version) => {
	const engine = createEngine(pinned(version));
	const smt = new Smt(engine);

	it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES", () => {
		smt.expect(SYSTEM, 0x0, [], u32(version));
		smt.expect(SYSTEM, 0x1, [], u32(0));
	});

	it("PROTOCOL_MESSAGE_ATTRIBUTES: warm resets are there, suspend is not; else 0 or NOT_FOUND", () => {
		const served = [0, 1, 2, 3, 4, 5];
		if (version >= 0x20001) served.push(0x10);
		for (const message of [...Array(64).keys(), 0xff, 0x100, 0xffff_ffff]) {
			const attributes = message === 0x3 ? WARM_RESET_SUPPORTED : 0;
			if (served.includes(message))
				smt.expect(SYSTEM, 0x2, u32(message), u32(attributes));
			else smt.refuse(SYSTEM, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("STATE_GET: a caller that runs sees a system that is powered up", () => {
		smt.expect(SYSTEM, 0x4, [], u32(POWER_UP));
	});

	it("STATE_SET's reserved flags: INVALID_PARAMETERS", () => {
		for (let bit = 1; bit < 32; bit++) {
			for (const state of [SHUTDOWN, POWER_UP, SUSPEND])
				smt.refuse(
					SYSTEM,
					0x3,
					u32((1 << bit) >>> 0, state),
					INVALID_PARAMETERS,
				);
		}
	});

	it.each([5, 6, 0xff, 0x7fff_ffff])(
		"STATE_SET to the reserved state %i: INVALID_PARAMETERS",
		(state) => {
			for (const flags of [FORCEFUL, GRACEFUL])
				smt.refuse(SYSTEM, 0x3, u32(flags, state), INVALID_PARAMETERS);
		},
	);

	it.each([POWER_UP, SUSPEND, 0x8000_0000, 0xffff_ffff])(
		"STATE_SET to state %i, which is not for an agent of this platform: NOT_SUPPORTED",
		(state) => {
			for (const flags of [FORCEFUL, GRACEFUL])
				smt.refuse(SYSTEM, 0x3, u32(flags, state), NOT_SUPPORTED);
		},
	);

	it("STATE_NOTIFY's reserved bits: INVALID_PARAMETERS", () => {
		for (let bit = 1; bit < 32; bit++)
			smt.refuse(SYSTEM, 0x5, u32((1 << bit) >>> 0), INVALID_PARAMETERS);
		smt.expect(SYSTEM, 0x5, u32(1), []);
		smt.expect(SYSTEM, 0x5, u32(0), []);
	});

	it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
		const sizes: [message: number, size: number][] = [
			[0x0, 0],
			[0x1, 0],
			[0x2, 4],
			[0x3, 8],
			[0x4, 0],
			[0x5, 4],
		];
		if (version >= 0x20001) sizes.push([0x10, 4]);
		for (const [message, size] of sizes) {
			for (const wrong of [0, 1, 3, 4, 5, 7, 8, 9, 12, 16, 100]) {
				if (wrong === size) continue;
				const payload = new Array<number>(wrong).fill(0);
				smt.refuse(SYSTEM, message, payload, PROTOCOL_ERROR);
			}
		}
	});

	it("messages that it does not have: NOT_SUPPORTED", () => {
		smt.refuse(SYSTEM, 0x6, [], NOT_SUPPORTED);
		if (version < 0x20001)
			smt.refuse(SYSTEM, 0x10, u32(0x10000), NOT_SUPPORTED);
	});

	it.each([1, 2, 3])("a message of type %i: PROTOCOL_ERROR", (type) => {
		const { payload } = smt.send(
			headerOf(SYSTEM, 0x3, 1, type),
			u32(FORCEFUL, SHUTDOWN),
		);
		expect(payload).toEqual(u32(PROTOCOL_ERROR));
	});

	it("survives all of that", () => expect(engine.stopped).toBeNull());
});

describe.each(VERSIONS)("on a one-way channel, version %i", (version) => {
	const smt = new Smt(createEngine(oneWay(pinned(version))));

	it("STATE_NOTIFY: NOT_SUPPORTED, which this protocol's attributes say, too", () => {
		smt.refuse(SYSTEM, 0x5, u32(1), NOT_SUPPORTED);
		smt.refuse(SYSTEM, 0x5, u32(0), NOT_SUPPORTED);
		smt.refuse(SYSTEM, 0x2, u32(0x5), NOT_SUPPORTED);
	});

	it("the rest is served", () => {
		smt.expect(SYSTEM, 0x2, u32(0x3), u32(WARM_RESET_SUPPORTED));
		smt.expect(SYSTEM, 0x4, [], u32(POWER_UP));
	});
});

// What is left of WCR: bits that can be written once only stay.
describe.each([
	["shutdown", SHUTDOWN, "off", DP_EN | TOP, WDA | SRS | WDBG],
	["cold reset", COLD_RESET, "reset", DP_EN, SRS | WDE | WDBG],
	["warm reset", WARM_RESET, "reset", DP_EN, SRE | WDA | WDE | WDBG],
] as const)("a %s", (_, state, stopped, lpcr, wcr) => {
	// Nobody else is there who could be told: a graceful request is fulfilled as well.
	it.each([FORCEFUL, GRACEFUL])(
		"with flags %i: the firmware writes the registers, and the call never returns",
		(flags) => {
			const engine = createEngine();
			const smt = new Smt(engine);
			smt.expect(SYSTEM, 0x5, u32(1), []);
			engine.write32(WDOG1_WCR, WDA | SRS | WDBG);
			smt.write(headerOf(SYSTEM, 0x3), u32(flags, state));
			expect(smt.trap()).toBe(-1n);
			expect(engine.stopped).toBe(stopped);
			expect(engine.read32(SNVS_LPCR)).toBe(lpcr);
			expect(engine.read32(WDOG1_WCR)).toBe(wcr);
		},
	);

	it("is the last thing that the firmware does: no other area is served any more", () => {
		const areas = [0x0093_f000, 0x0093_f200].map((address) => ({
			address,
			size: 0x200,
			functionId: 0xc200_00fe,
			method: "smc" as const,
		}));
		const engine = createEngine({
			...IMX8MM,
			channels: areas.map(({ address, size, functionId }) => ({
				functionId,
				exceptionLevel: 3,
				agent: "linux",
				address,
				size,
			})),
		});
		const [first, second] = areas.map((place) => new Smt(engine, place)) as [
			Smt,
			Smt,
		];
		second.write(headerOf(SYSTEM, 0x4), []);
		first.write(headerOf(SYSTEM, 0x3), u32(FORCEFUL, state));
		expect(first.trap()).toBe(-1n);
		expect(second.view.getUint32(0x04, true)).toBe(0);
	});
});
