// NEGOTIATE_PROTOCOL_VERSION of every protocol: an agent that speaks another version is told of nothing any more that it
// subscribed to before. SCMI 3.2 (Arm DEN0056E), section 4.2.2.4 and its twins.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { Smt, SUCCESS, TX, u32 } from "../support/smt.ts";

const NEGOTIATE_PROTOCOL_VERSION = 0x10;
const P2A_STATUS = 0x04;
const P2A = { ...TX, address: TX.address + 0x200 };

/** Protocol, its version on this platform, how to subscribe, and what raises the notification. */
const ROWS: readonly [
	name: string,
	protocol: number,
	version: number,
	subscribe: readonly [number, number[]],
	raise: readonly [number, number[]] | "time",
][] = [
	[
		"power",
		0x11,
		IMX8MM.protocols.powerDomain,
		[0x6, u32(5, 1)],
		[0x4, u32(0, 5, 0)],
	],
	[
		"performance",
		0x13,
		IMX8MM.protocols.performance as number,
		[0xa, u32(0, 1)],
		[0x7, u32(0, 3)],
	],
	[
		"clock",
		0x14,
		IMX8MM.protocols.clock,
		[0x9, u32(110, 1)],
		[0x5, u32(0, 110, 12_000_000, 0)],
	],
	["sensor", 0x15, IMX8MM.protocols.sensor as number, [0xb, u32(0, 1)], "time"],
	[
		"reset",
		0x16,
		IMX8MM.protocols.reset as number,
		[0x5, u32(32, 1)],
		[0x4, u32(32, 1, 0)],
	],
];

describe.each(ROWS)("%s", (_, protocol, version, subscribe, raise) => {
	it.each([
		["without a negotiation the agent is told", false],
		["after it nothing comes", true],
	])("%s", (_, negotiates) => {
		const engine = createEngine();
		const smt = new Smt(engine);
		const area = new Smt(engine, P2A);
		const told = () => (area.view.getUint32(P2A_STATUS, true) & 1) === 0;
		expect(smt.status(protocol, ...subscribe)).toBe(SUCCESS);
		if (negotiates) {
			const id = NEGOTIATE_PROTOCOL_VERSION;
			expect(smt.status(protocol, id, u32(version))).toBe(SUCCESS);
		}
		expect(told()).toBe(false);
		if (raise === "time") engine.advance(2_000_000_000);
		else expect(smt.status(protocol, ...raise)).toBe(SUCCESS);
		expect(told()).toBe(!negotiates);
	});
});
