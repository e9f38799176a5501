// The voltage domain protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.9, and its first version, in SCMI 3.0.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	equalStep,
	RAIL_FACTS,
	SWITCHABLE,
	usableLevels,
} from "../support/pmic-facts.ts";
import {
	DENIED,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	OUT_OF_RANGE,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
} from "../support/smt.ts";
import {
	OFF,
	ON,
	oneWay,
	pinned,
	V1,
	V2,
	V2_1,
	VERSIONS,
	VOLTAGE,
} from "../support/voltage.ts";

const COUNT = RAIL_FACTS.length;
const NO_DOMAINS = [
	COUNT,
	COUNT + 1,
	0xffff,
	0x10000,
	0x10001,
	0x8000_0000,
	0xffff_ffff,
];
const ASYNCHRONOUS = 0x8000_0000;
const EXTENDED_NAME = 0x4000_0000;
const BUCK2 = 1;

/** Messages of a version with the exact size of their requests. */
function sizes(version: number): (readonly [message: number, size: number])[] {
	return [
		[0x0, 0],
		[0x1, 0],
		[0x2, 4],
		[0x3, 4],
		[0x4, 8],
		[0x5, 8],
		[0x6, 4],
		[0x7, 12],
		[0x8, 4],
		...(version >= V2 ? ([[0x9, 4]] as const) : []),
		...(version >= V2_1 ? ([[0x10, 4]] as const) : []),
	];
}

/** DESCRIBE_LEVELS: number returned in bits 11:0, format in bit 12, number remaining in bits 31:16. */
function flags(count: number, triplet: 0 | 1, remaining: number): number[] {
	return u32(count | (triplet << 12) | (remaining << 16));
}

describe.each(VERSIONS)("voltage protocol, version %i", (version) => {
	const smt = new Smt(createEngine(pinned(version)));

	it("PROTOCOL_VERSION, PROTOCOL_ATTRIBUTES: domains in bits 15:0", () => {
		smt.expect(VOLTAGE, 0x0, [], u32(version));
		smt.expect(VOLTAGE, 0x1, [], u32(12));
	});

	it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
		const served = sizes(version).map(([message]) => message);
		for (const message of [...Array(64).keys(), 0xff, 0x100, 0x8000_0003]) {
			if (served.includes(message))
				smt.expect(VOLTAGE, 0x2, u32(message), u32(0));
			else smt.refuse(VOLTAGE, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("messages that this version does not have: NOT_SUPPORTED", () => {
		const served = sizes(version).map(([message]) => message);
		for (let message = 0; message < 0x20; message++) {
			if (served.includes(message)) continue;
			for (const payload of [[], u32(1), u32(1, 0), u32(1, 0, 850_000)])
				smt.refuse(VOLTAGE, message, payload, NOT_SUPPORTED);
		}
	});

	it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
		for (const [message, size] of sizes(version)) {
			for (const wrong of [0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 20, 100]) {
				if (wrong === size) continue;
				const payload = new Array<number>(wrong).fill(0xff);
				smt.refuse(VOLTAGE, message, payload, PROTOCOL_ERROR);
			}
		}
	});

	it("no such domain: NOT_FOUND, whatever else the request says", () => {
		for (const id of NO_DOMAINS) {
			for (const [message, size] of sizes(version)) {
				if (message < 3 || message === 0x10) continue;
				for (const rest of [0, 0xff]) {
					const payload = [...u32(id), ...new Array<number>(8).fill(rest)];
					smt.refuse(VOLTAGE, message, payload.slice(0, size), NOT_FOUND);
				}
			}
		}
	});

	it("VOLTAGE_DOMAIN_ATTRIBUTES of every domain: attributes and 16 bytes of name", () => {
		for (const { id, name } of RAIL_FACTS)
			smt.expect(VOLTAGE, 0x3, u32(id), [
				...u32(version >= V2 ? ASYNCHRONOUS : 0),
				...text(name, 16),
			]);
	});

	it("VOLTAGE_DESCRIBE_LEVELS of every domain: a triplet for equal steps, else a list", () => {
		for (const fact of RAIL_FACTS) {
			const levels = usableLevels(fact);
			const step = equalStep(levels);
			const bytes =
				step === undefined
					? [...flags(levels.length, 0, 0), ...u32(...levels)]
					: [...flags(3, 1, 0), ...u32(fact.min, fact.max, step)];
			smt.expect(VOLTAGE, 0x4, u32(fact.id, 0), bytes);
			const beyond = step === undefined ? levels.length : 1;
			for (const index of [beyond, beyond + 1, 0x10000, 0xffff_ffff])
				smt.refuse(VOLTAGE, 0x4, u32(fact.id, index), OUT_OF_RANGE);
		}
	});

	it("VOLTAGE_DESCRIBE_LEVELS of BUCK2, BUCK5 and LDO2, by hand", () => {
		smt.expect(VOLTAGE, 0x4, u32(BUCK2, 0), [
			...u32(0x1003),
			...u32(700_000, 1_300_000, 10_000),
		]);
		smt.expect(VOLTAGE, 0x4, u32(4, 5), [
			...u32(3),
			...u32(1_905_000, 1_950_000, 1_995_000),
		]);
		smt.expect(VOLTAGE, 0x4, u32(7, 0), [...u32(2), ...u32(800_000, 900_000)]);
	});

	it("VOLTAGE_CONFIG_SET and VOLTAGE_CONFIG_GET: mode in bits 3:0, off 0, on 7", () => {
		smt.expect(VOLTAGE, 0x6, u32(SWITCHABLE), u32(OFF));
		for (const mode of [ON, ON, OFF, OFF]) {
			smt.expect(VOLTAGE, 0x5, u32(SWITCHABLE, mode), []);
			smt.expect(VOLTAGE, 0x6, u32(SWITCHABLE), u32(mode));
		}
	});

	it("VOLTAGE_CONFIG_SET: reserved and unsupported modes and reserved bits are INVALID_PARAMETERS", () => {
		const modes = Array.from({ length: 16 }, (_, mode) => mode).filter(
			(mode) => mode !== OFF && mode !== ON,
		);
		for (let bit = 4; bit < 32; bit++)
			modes.push((1 << bit) >>> 0, ((1 << bit) | ON) >>> 0);
		for (const mode of modes) {
			smt.refuse(VOLTAGE, 0x5, u32(SWITCHABLE, mode), INVALID_PARAMETERS);
			smt.refuse(VOLTAGE, 0x5, u32(BUCK2, mode), INVALID_PARAMETERS);
		}
		smt.expect(VOLTAGE, 0x6, u32(SWITCHABLE), u32(OFF));
	});

	it("VOLTAGE_CONFIG_SET: what must stay on is DENIED to be off", () => {
		for (const { id } of RAIL_FACTS) {
			if (id === SWITCHABLE) continue;
			smt.refuse(VOLTAGE, 0x5, u32(id, OFF), DENIED);
			smt.expect(VOLTAGE, 0x6, u32(id), u32(ON));
			smt.expect(VOLTAGE, 0x5, u32(id, ON), []);
		}
	});

	it("VOLTAGE_LEVEL_SET and VOLTAGE_LEVEL_GET: domain, flags, level in µV", () => {
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(850_000));
		smt.expect(VOLTAGE, 0x7, u32(BUCK2, 0, 950_000), []);
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(950_000));
		smt.expect(VOLTAGE, 0x7, u32(BUCK2, 0, 850_000), []);
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(850_000));
	});

	it("VOLTAGE_LEVEL_SET: reserved flags and levels that are none are INVALID_PARAMETERS", () => {
		for (let bit = version >= V2 ? 1 : 0; bit < 32; bit++) {
			const request = u32(BUCK2, (1 << bit) >>> 0, 950_000);
			smt.refuse(VOLTAGE, 0x7, request, INVALID_PARAMETERS);
		}
		for (const level of [690_000, 1_310_000, 855_000, 0, -850_000])
			smt.refuse(VOLTAGE, 0x7, u32(BUCK2, 0, level), INVALID_PARAMETERS);
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(850_000));
	});
});

describe("VOLTAGE_DOMAIN_NAME_GET", () => {
	it.each([V2, V2_1])("version %i: flags 0 and 64 bytes of name", (version) => {
		const smt = new Smt(createEngine(pinned(version)));
		for (const { id, name } of RAIL_FACTS)
			smt.expect(VOLTAGE, 0x9, u32(id), [...u32(0), ...text(name, 64)]);
	});

	const long =
		"a-voltage-domain-with-a-name-of-all-of-the-sixty-three-letters!";
	const names = [long, "fifteen-letters", "sixteen-letters!"];
	const renamed = (version: number): Platform => ({
		...pinned(version),
		performanceDomains: [],
		sensors: [],
		thermal: null,
		rails: IMX8MM.rails.map((rail) => ({
			...rail,
			name: names[rail.id] ?? rail.name,
		})),
	});

	it("of more than 15 letters: marked, cut in the attributes, whole by name", () => {
		expect(long).toHaveLength(63);
		for (const version of VERSIONS) {
			const smt = new Smt(createEngine(renamed(version)));
			for (const [id, name] of names.entries()) {
				const mark = name.length > 15 ? EXTENDED_NAME : 0;
				smt.expect(VOLTAGE, 0x3, u32(id), [
					...u32(version >= V2 ? ASYNCHRONOUS | mark : 0),
					...text(name, 16),
				]);
				if (version >= V2)
					smt.expect(VOLTAGE, 0x9, u32(id), [...u32(0), ...text(name, 64)]);
			}
		}
	});
});

describe("agents without messages from the platform", () => {
	it.each([V2, V2_1])(
		"version %i: no asynchronous bit, the flag is NOT_SUPPORTED",
		(version) => {
			const smt = new Smt(createEngine(oneWay(pinned(version))));
			for (const { id, name } of RAIL_FACTS)
				smt.expect(VOLTAGE, 0x3, u32(id), [...u32(0), ...text(name, 16)]);
			smt.refuse(VOLTAGE, 0x7, u32(BUCK2, 1, 950_000), NOT_SUPPORTED);
			smt.refuse(VOLTAGE, 0x7, u32(COUNT, 1, 950_000), NOT_FOUND);
			for (let bit = 1; bit < 32; bit++) {
				const request = u32(BUCK2, ((1 << bit) | 1) >>> 0, 950_000);
				smt.refuse(VOLTAGE, 0x7, request, INVALID_PARAMETERS);
			}
			smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(850_000));
			smt.expect(VOLTAGE, 0x7, u32(BUCK2, 0, 950_000), []);
			smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(950_000));
		},
	);

	it("version 1.0: the flag is reserved", () => {
		const smt = new Smt(createEngine(oneWay(pinned(V1))));
		smt.refuse(VOLTAGE, 0x7, u32(BUCK2, 1, 950_000), INVALID_PARAMETERS);
		smt.expect(VOLTAGE, 0x7, u32(BUCK2, 0, 950_000), []);
		smt.expect(VOLTAGE, 0x8, u32(BUCK2), u32(950_000));
	});
});

describe("NEGOTIATE_PROTOCOL_VERSION", () => {
	it("changes the layout that the agent is served, and back", () => {
		const smt = new Smt(createEngine(IMX8MM));
		smt.expect(VOLTAGE, 0x10, u32(V1), []);
		smt.expect(VOLTAGE, 0x0, [], u32(V2_1));
		smt.expect(VOLTAGE, 0x3, u32(0), [...u32(0), ...text("BUCK1", 16)]);
		smt.refuse(VOLTAGE, 0x9, u32(0), NOT_SUPPORTED);
		smt.refuse(VOLTAGE, 0x7, u32(BUCK2, 1, 950_000), INVALID_PARAMETERS);
		smt.expect(VOLTAGE, 0x10, u32(V2), []);
		const attributes = [...u32(ASYNCHRONOUS), ...text("BUCK1", 16)];
		smt.expect(VOLTAGE, 0x3, u32(0), attributes);
		smt.expect(VOLTAGE, 0x9, u32(0), [...u32(0), ...text("BUCK1", 64)]);
	});

	it.each([0, 0x10001, 0x1ffff, 0x20002, 0x30000, 0xffff_ffff])(
		"to version %i, which there is not: NOT_SUPPORTED",
		(version) => {
			const smt = new Smt(createEngine(IMX8MM));
			smt.refuse(VOLTAGE, 0x10, u32(version), NOT_SUPPORTED);
			smt.expect(VOLTAGE, 0x9, u32(0), [...u32(0), ...text("BUCK1", 64)]);
		},
	);
});

describe("other platforms", () => {
	it("a platform without rails counts none", () => {
		const smt = new Smt(
			createEngine({
				...IMX8MM,
				rails: [],
				performanceDomains: [],
				sensors: [],
				thermal: null,
			}),
		);
		smt.expect(VOLTAGE, 0x1, [], u32(0));
		smt.refuse(VOLTAGE, 0x3, u32(0), NOT_FOUND);
		smt.refuse(VOLTAGE, 0x8, u32(0), NOT_FOUND);
	});

	it("a platform without the protocol does not serve it", () => {
		const { base, powerDomain, clock } = IMX8MM.protocols;
		const protocols = { base, powerDomain, clock };
		const smt = new Smt(createEngine({ ...IMX8MM, protocols }));
		for (const [message, size] of sizes(V2_1)) {
			const payload = new Array<number>(size).fill(0);
			smt.refuse(VOLTAGE, message, payload, NOT_SUPPORTED);
		}
	});
});
