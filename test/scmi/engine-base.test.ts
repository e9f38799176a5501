// The base protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.2; version 1.0 as in DEN0056A.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	BASE,
	CLOCK,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
} from "../support/smt.ts";

function withBase(base: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, base } };
}

const V1 = 0x10000;
const V2 = 0x20000;
const V2_1 = 0x20001;
const VERSIONS = [V1, V2, V2_1];
const SELF = 0xffff_ffff;

describe.each(firmwares)("base protocol, $name", ({ create }) => {
	describe.each(VERSIONS)("version %i", (version) => {
		const smt = new Smt(create(withBase(version)));

		it.each([
			["PROTOCOL_VERSION", 0x0, [], u32(version)],
			// One agent, two protocols besides this one.
			["PROTOCOL_ATTRIBUTES", 0x1, [], u32(0x0000_0102)],
			["DISCOVER_VENDOR", 0x3, [], text("scmi-cosim", 16)],
			["DISCOVER_SUB_VENDOR", 0x4, [], text("imx8mm", 16)],
			["DISCOVER_IMPLEMENTATION_VERSION", 0x5, [], u32(1)],
			["LIST_PROTOCOLS", 0x6, u32(0), [...u32(2), 0x11, 0x14, 0, 0]],
			["LIST_PROTOCOLS, one skipped", 0x6, u32(1), [...u32(1), 0x14, 0, 0, 0]],
			["LIST_PROTOCOLS, all skipped", 0x6, u32(2), u32(0)],
		] as const)("%s", (_, message, payload, bytes) => {
			smt.expect(BASE, message, payload, bytes);
		});

		it.each([
			["LIST_PROTOCOLS, too many skipped", 0x6, u32(3), INVALID_PARAMETERS],
			["LIST_PROTOCOLS, far too many", 0x6, u32(SELF), INVALID_PARAMETERS],
			["DISCOVER_AGENT, unknown", 0x7, u32(2), NOT_FOUND],
			["DISCOVER_AGENT, far off", 0x7, u32(0x8000_0000), NOT_FOUND],
			["NOTIFY_ERRORS, optional", 0x8, u32(1), NOT_SUPPORTED],
			["SET_DEVICE_PERMISSIONS, optional", 0x9, u32(1, 0, 1), NOT_SUPPORTED],
			["RESET_AGENT_CONFIGURATION, optional", 0xb, u32(1, 0), NOT_SUPPORTED],
		] as const)("%s", (_, message, payload, status) => {
			smt.refuse(BASE, message, payload, status);
		});

		it.each([0, 1, 2, 3, 4, 5, 6, 7])(
			"message %i with too short or too long a payload: PROTOCOL_ERROR",
			(message) => {
				const size = [2, 6, 7].includes(message) ? 4 : 0;
				for (const wrong of [0, 1, 2, 3, 4, 5, 8, 100]) {
					if (wrong === size) continue;
					const payload = new Array<number>(wrong).fill(0);
					smt.refuse(BASE, message, payload, PROTOCOL_ERROR);
				}
			},
		);

		it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
			const served = [0, 1, 2, 3, 4, 5, 6, 7];
			if (version === V2_1) served.push(0x10);
			for (const message of [...Array(64).keys(), 0xff, 0x100, SELF]) {
				if (served.includes(message))
					smt.expect(BASE, 0x2, u32(message), u32(0));
				else smt.refuse(BASE, 0x2, u32(message), NOT_FOUND);
			}
		});
	});

	describe("DISCOVER_AGENT", () => {
		it("in version 1.0: the name alone, nobody asks for oneself", () => {
			const smt = new Smt(create(withBase(V1)));
			smt.expect(BASE, 0x7, u32(0), text("platform", 16));
			smt.expect(BASE, 0x7, u32(1), text("linux", 16));
			smt.refuse(BASE, 0x7, u32(SELF), NOT_FOUND);
		});

		it.each([V2, V2_1])(
			"in version %i: ID and name, 0xffffffff is oneself",
			(v) => {
				const smt = new Smt(create(withBase(v)));
				smt.expect(BASE, 0x7, u32(0), [...u32(0), ...text("platform", 16)]);
				smt.expect(BASE, 0x7, u32(1), [...u32(1), ...text("linux", 16)]);
				smt.expect(BASE, 0x7, u32(SELF), [...u32(1), ...text("linux", 16)]);
			},
		);
	});

	it("cuts a vendor's or agent's name at 15 characters", () => {
		const long = "a-name-of-exactly-31-characters";
		const smt = new Smt(
			create({
				...IMX8MM,
				vendor: long,
				subVendor: "fifteen-letters",
				implementationVersion: 0xfedc_ba98,
				agents: [long],
				channels: IMX8MM.channels.map((channel) => ({
					...channel,
					agent: long,
				})),
			}),
		);
		smt.expect(BASE, 0x3, [], text("a-name-of-exact", 16));
		smt.expect(BASE, 0x4, [], text("fifteen-letters", 16));
		smt.expect(BASE, 0x5, [], u32(0xfedc_ba98));
		smt.expect(BASE, 0x7, u32(1), [...u32(1), ...text("a-name-of-exact", 16)]);
	});

	it("counts every agent but the platform", () => {
		const smt = new Smt(
			create({ ...IMX8MM, agents: ["linux", "tee", "guest"] }),
		);
		smt.expect(BASE, 0x1, [], u32(0x0000_0302));
		smt.expect(BASE, 0x7, u32(3), [...u32(3), ...text("guest", 16)]);
		smt.refuse(BASE, 0x7, u32(4), NOT_FOUND);
	});
});

describe.each(firmwares)("version negotiation, $name", ({ create }) => {
	const NEGOTIATE = 0x10;

	it.each([
		[BASE, V1],
		[BASE, V2],
		[POWER, 0x10000],
		[POWER, 0x20000],
		[POWER, 0x30000],
		[CLOCK, 0x10000],
		[CLOCK, 0x20000],
	])("protocol %i does not have it at version %i", (protocol, version) => {
		const { base, powerDomain, clock } = IMX8MM.protocols;
		const platform = {
			...IMX8MM,
			protocols: {
				base: protocol === BASE ? version : base,
				powerDomain: protocol === POWER ? version : powerDomain,
				clock: protocol === CLOCK ? version : clock,
			},
		};
		const smt = new Smt(create(platform));
		smt.refuse(protocol, NEGOTIATE, u32(version), NOT_SUPPORTED);
		smt.refuse(protocol, 0x2, u32(NEGOTIATE), NOT_FOUND);
		smt.expect(protocol, 0x0, [], u32(version));
	});

	it.each([
		[BASE, VERSIONS],
		[POWER, [0x10000, 0x20000, 0x30000, 0x30001]],
		[CLOCK, [0x10000, 0x20000, 0x30000]],
	])(
		"protocol %i: every version up to the platform's",
		(protocol, versions) => {
			const smt = new Smt(create());
			for (const version of [...versions, ...versions.toReversed()]) {
				smt.expect(protocol, NEGOTIATE, u32(version), []);
				// The platform's version, whatever the agent speaks.
				smt.expect(protocol, 0x0, [], u32(versions.at(-1) as number));
				smt.expect(protocol, 0x2, u32(NEGOTIATE), u32(0));
			}
		},
	);

	it.each([BASE, POWER, CLOCK])(
		"protocol %i refuses versions that there are not",
		(protocol) => {
			const smt = new Smt(create());
			for (const version of [0, 1, 0x10001, 0x40000, 0x30002, 0xffff_ffff])
				smt.refuse(protocol, NEGOTIATE, u32(version), NOT_SUPPORTED);
			smt.refuse(protocol, NEGOTIATE, [], PROTOCOL_ERROR);
			smt.refuse(protocol, NEGOTIATE, u32(0x10000, 0), PROTOCOL_ERROR);
		},
	);

	it("changes the layouts that this agent gets, and back", () => {
		const smt = new Smt(create());
		smt.expect(BASE, NEGOTIATE, u32(V1), []);
		smt.expect(BASE, 0x7, u32(1), text("linux", 16));
		smt.expect(BASE, NEGOTIATE, u32(V2_1), []);
		smt.expect(BASE, 0x7, u32(1), [...u32(1), ...text("linux", 16)]);

		smt.expect(CLOCK, NEGOTIATE, u32(0x20000), []);
		smt.refuse(CLOCK, 0xe, u32(128), NOT_SUPPORTED);
		smt.refuse(CLOCK, 0x2, u32(0xe), NOT_FOUND);
		smt.refuse(CLOCK, 0x7, u32(128, 1, 0), PROTOCOL_ERROR);
		smt.expect(CLOCK, 0x7, u32(128, 1), []);
		smt.expect(CLOCK, NEGOTIATE, u32(0x30000), []);
		smt.expect(CLOCK, 0xe, u32(128), u32(2));
		smt.refuse(CLOCK, 0x7, u32(128, 1), PROTOCOL_ERROR);

		smt.expect(POWER, NEGOTIATE, u32(0x20000), []);
		smt.refuse(POWER, 0x8, u32(0), NOT_SUPPORTED);
		smt.expect(POWER, NEGOTIATE, u32(0x30001), []);
		expect(smt.status(POWER, 0x8, u32(0))).toBe(0);
	});

	it("is each agent's own affair", () => {
		const tx = 0x0093_f000;
		const [first] = IMX8MM.channels;
		if (first === undefined) throw new Error("no channel");
		const firmware = create({
			...IMX8MM,
			agents: ["linux", "tee"],
			channels: [
				{ ...first, address: tx },
				{
					...first,
					address: tx + 0x200,
					functionId: 0xc200_00ff,
					agent: "tee",
				},
			],
		});
		const linux = new Smt(firmware);
		const tee = new Smt(firmware, {
			address: tx + 0x200,
			size: 0x200,
			functionId: 0xc200_00ff,
			method: "smc",
		});
		linux.expect(CLOCK, NEGOTIATE, u32(0x10000), []);
		linux.refuse(CLOCK, 0xe, u32(128), NOT_SUPPORTED);
		tee.expect(CLOCK, 0xe, u32(128), u32(2));
	});
});
