// The reset domain protocol as the firmware serves it, byte by byte, in each of its versions.
// SCMI 3.2 (Arm DEN0056E), section 4.8; domains as the devicetree binding of the i.MX8MM's reset controller numbers them.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { NO_RESETS, RESET_FACTS } from "../support/imx8mm-resets.ts";
import { oneWay } from "../support/one-way.ts";
import {
	DENIED,
	headerOf,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	PROTOCOL_ERROR,
	RESET,
	Smt,
	text,
	u32,
} from "../support/smt.ts";

const VERSIONS = [0x10000, 0x20000, 0x30000, 0x30001];
const LONG = [0x30000, 0x30001];
const ASYNC = 0x8000_0000;
const NOTIFY = 0x4000_0000;
const EXTENDED_NAME = 0x2000_0000;
/** µs: ten of them, as Linux waits for the PCIe PHY. */
const LATENCY = 10;
const DEASSERT = 0;
const AUTONOMOUS = 1;
const ASSERT = 2;
const COLD = 0;
const PCIEPHY = 26;
const PCIEPHY_REGISTER = 0x3039_002c;

function pinned(reset: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, reset } };
}

describe.each(VERSIONS)("reset protocol, version %i", (version) => {
	const engine = createEngine(pinned(version));
	const smt = new Smt(engine);
	const line = () => engine.read32(PCIEPHY_REGISTER) & 6;

	it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES", () => {
		smt.expect(RESET, 0x0, [], u32(version));
		// One more than the highest ID.
		smt.expect(RESET, 0x1, [], u32(53));
	});

	it("DOMAIN_ATTRIBUTES of every domain: asynchronous, told of, its latency and name", () => {
		for (const { id, name } of RESET_FACTS) {
			const long = version >= 0x30000 && name.length > 15 ? EXTENDED_NAME : 0;
			smt.expect(RESET, 0x3, u32(id), [
				...u32((ASYNC | NOTIFY | long) >>> 0, LATENCY),
				...text(name, 16),
			]);
		}
	});

	it("RESET asserts, releases, and does both", () => {
		smt.expect(RESET, 0x4, u32(PCIEPHY, ASSERT, COLD), []);
		expect(line()).toBe(6);
		smt.expect(RESET, 0x4, u32(PCIEPHY, DEASSERT, COLD), []);
		expect(line()).toBe(0);
		const before = engine.timeNs;
		smt.expect(RESET, 0x4, u32(PCIEPHY, AUTONOMOUS, COLD), []);
		expect(line()).toBe(0);
		expect(engine.timeNs - before).toBeGreaterThanOrEqual(LATENCY * 1000);
	});

	it("an autonomous reset ignores the explicit signal, and releases the line", () => {
		smt.expect(RESET, 0x4, u32(PCIEPHY, ASSERT, COLD), []);
		smt.expect(RESET, 0x4, u32(PCIEPHY, AUTONOMOUS | ASSERT, COLD), []);
		expect(line()).toBe(0);
	});

	it("no such domain, or a hole in the numbers: NOT_FOUND", () => {
		for (const id of NO_RESETS) {
			smt.refuse(RESET, 0x3, u32(id), NOT_FOUND);
			smt.refuse(RESET, 0x4, u32(id, AUTONOMOUS, COLD), NOT_FOUND);
			smt.refuse(RESET, 0x4, u32(id, 0xffff_ffff, 0xffff_ffff), NOT_FOUND);
			smt.refuse(RESET, 0x5, u32(id, 1), NOT_FOUND);
			smt.refuse(RESET, 0x5, u32(id, 2), NOT_FOUND);
		}
	});

	it("RESET's reserved flags: INVALID_PARAMETERS", () => {
		for (let bit = 3; bit < 32; bit++) {
			const flags = ((1 << bit) | ASSERT) >>> 0;
			smt.refuse(RESET, 0x4, u32(PCIEPHY, flags, COLD), INVALID_PARAMETERS);
		}
		expect(line()).toBe(0);
	});

	it.each([4, 6])(
		"RESET's flags %i, asynchronous but not autonomous: INVALID_PARAMETERS",
		(flags) => {
			smt.refuse(RESET, 0x4, u32(PCIEPHY, flags, COLD), INVALID_PARAMETERS);
			expect(line()).toBe(0);
		},
	);

	it.each([1, 2, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_ffff])(
		"RESET to state %i, which no domain has: INVALID_PARAMETERS",
		(state) => {
			for (const flags of [DEASSERT, AUTONOMOUS, ASSERT, 5])
				smt.refuse(RESET, 0x4, u32(PCIEPHY, flags, state), INVALID_PARAMETERS);
			expect(line()).toBe(0);
		},
	);

	it("RESET of what the agents run on: DENIED, whatever the way", () => {
		for (const { id, denied, address } of RESET_FACTS) {
			if (!denied) continue;
			const before = engine.read32(address);
			for (const flags of [DEASSERT, AUTONOMOUS, ASSERT, 5])
				smt.refuse(RESET, 0x4, u32(id, flags, COLD), DENIED);
			expect(engine.read32(address)).toBe(before);
		}
	});

	it("RESET_NOTIFY's reserved bits: INVALID_PARAMETERS", () => {
		for (let bit = 1; bit < 32; bit++)
			smt.refuse(
				RESET,
				0x5,
				u32(PCIEPHY, ((1 << bit) | 1) >>> 0),
				INVALID_PARAMETERS,
			);
		smt.expect(RESET, 0x5, u32(PCIEPHY, 1), []);
		smt.expect(RESET, 0x5, u32(PCIEPHY, 0), []);
	});

	it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
		const sizes: [message: number, size: number][] = [
			[0x0, 0],
			[0x1, 0],
			[0x2, 4],
			[0x3, 4],
			[0x4, 12],
			[0x5, 8],
		];
		if (version >= 0x30000) sizes.push([0x6, 4]);
		if (version >= 0x30001) sizes.push([0x10, 4]);
		for (const [message, size] of sizes) {
			for (const wrong of [0, 1, 3, 4, 5, 8, 11, 12, 13, 16, 100]) {
				if (wrong === size) continue;
				const payload = new Array<number>(wrong).fill(0xff);
				smt.refuse(RESET, message, payload, PROTOCOL_ERROR);
			}
		}
	});

	it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
		const served = [0, 1, 2, 3, 4, 5];
		if (version >= 0x30000) served.push(0x6);
		if (version >= 0x30001) served.push(0x10);
		for (const message of [...Array(64).keys(), 0xff, 0x100, 0xffff_ffff]) {
			if (served.includes(message))
				smt.expect(RESET, 0x2, u32(message), u32(0));
			else smt.refuse(RESET, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("messages that it does not have: NOT_SUPPORTED", () => {
		smt.refuse(RESET, 0x7, u32(0), NOT_SUPPORTED);
		if (version < 0x30000) smt.refuse(RESET, 0x6, u32(26), NOT_SUPPORTED);
		if (version < 0x30001) smt.refuse(RESET, 0x10, u32(0x10000), NOT_SUPPORTED);
	});

	it.each([1, 2, 3])("a message of type %i: PROTOCOL_ERROR", (type) => {
		const { payload } = smt.send(
			headerOf(RESET, 0x4, 1, type),
			u32(PCIEPHY, ASSERT, COLD),
		);
		expect(payload).toEqual(u32(PROTOCOL_ERROR));
		expect(line()).toBe(0);
	});
});

describe.each(LONG)("names in version %i", (version) => {
	const smt = new Smt(createEngine(pinned(version)));

	it("DOMAIN_NAME_GET has the whole of every name", () => {
		for (const { id, name } of RESET_FACTS)
			smt.expect(RESET, 0x6, u32(id), [...u32(0), ...text(name, 64)]);
	});

	it("DOMAIN_NAME_GET without such a domain: NOT_FOUND", () => {
		for (const id of NO_RESETS) smt.refuse(RESET, 0x6, u32(id), NOT_FOUND);
	});
});

describe("names of 63, 15 and 16 characters", () => {
	const most =
		"a-reset-line-with-a-name-of-as-many-as-sixty-three-characters--";
	const names = [most, "fifteen-letters", "sixteen-letters!"];
	const resets = names.map((name, id) => ({
		...(IMX8MM.resets[26] as Platform["resets"][number]),
		id,
		name,
	}));

	it("are cut, marked and told", () => {
		expect(most).toHaveLength(63);
		const smt = new Smt(createEngine({ ...IMX8MM, resets }));
		smt.expect(RESET, 0x1, [], u32(3));
		for (const [id, name] of names.entries()) {
			const long = name.length > 15 ? EXTENDED_NAME : 0;
			smt.expect(RESET, 0x3, u32(id), [
				...u32((ASYNC | NOTIFY | long) >>> 0, LATENCY),
				...text(name, 16),
			]);
			smt.expect(RESET, 0x6, u32(id), [...u32(0), ...text(name, 64)]);
		}
	});
});

describe.each(VERSIONS)("on a one-way channel, version %i", (version) => {
	const engine = createEngine(oneWay(pinned(version)));
	const smt = new Smt(engine);
	const line = () => engine.read32(PCIEPHY_REGISTER) & 6;

	it("no domain is asynchronous or told of", () => {
		for (const { id } of RESET_FACTS) {
			const [attributes] = smt.words(RESET, 0x3, u32(id));
			expect((attributes as number) & ~EXTENDED_NAME).toBe(0);
		}
	});

	it("a request that is asynchronous all the same: NOT_SUPPORTED", () => {
		smt.expect(RESET, 0x4, u32(PCIEPHY, DEASSERT, COLD), []);
		for (const flags of [4, 5, 6, 7])
			smt.refuse(RESET, 0x4, u32(PCIEPHY, flags, COLD), NOT_SUPPORTED);
		expect(line()).toBe(0);
	});

	it("RESET_NOTIFY: NOT_SUPPORTED, and not found", () => {
		smt.refuse(RESET, 0x5, u32(PCIEPHY, 1), NOT_SUPPORTED);
		smt.refuse(RESET, 0x5, u32(PCIEPHY, 0), NOT_SUPPORTED);
		smt.refuse(RESET, 0x2, u32(0x5), NOT_FOUND);
	});

	it("RESET does the rest", () => {
		smt.expect(RESET, 0x4, u32(PCIEPHY, ASSERT, COLD), []);
		expect(line()).toBe(6);
		smt.expect(RESET, 0x4, u32(PCIEPHY, AUTONOMOUS, COLD), []);
		expect(line()).toBe(0);
	});
});

it("a platform without reset domains counts none", () => {
	const smt = new Smt(createEngine({ ...IMX8MM, resets: [] }));
	smt.expect(RESET, 0x1, [], u32(0));
	smt.refuse(RESET, 0x3, u32(0), NOT_FOUND);
	smt.refuse(RESET, 0x4, u32(0, AUTONOMOUS, COLD), NOT_FOUND);
});

it("NEGOTIATE_PROTOCOL_VERSION: an agent of old loses the long names, and gets them back", () => {
	const smt = new Smt(createEngine());
	const old = [...u32((ASYNC | NOTIFY) >>> 0, LATENCY)];
	smt.expect(RESET, 0x10, u32(0x20000), []);
	smt.expect(RESET, 0x3, u32(0), [...old, ...text("a53-core-por-re", 16)]);
	smt.refuse(RESET, 0x6, u32(0), NOT_SUPPORTED);
	smt.expect(RESET, 0x10, u32(0x30001), []);
	smt.expect(RESET, 0x6, u32(0), [
		...u32(0),
		...text("a53-core-por-reset0", 64),
	]);
	for (const version of [0, 0x20001, 0x30002, 0x40000])
		smt.refuse(RESET, 0x10, u32(version), NOT_SUPPORTED);
});
