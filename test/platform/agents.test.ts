// The i.MX8MM for several agents: each answers on its own channel, and tells its own name.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.11 BASE_DISCOVER_AGENT.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { imx8mmWith } from "../../host/platform/imx8mm/agents.ts";
import { BASE, headerOf, Smt, text, u32 } from "../support/smt.ts";

const DISCOVER_AGENT = 0x7;
const SELF = 0xffff_ffff;

describe("imx8mmWith", () => {
	it("gives every agent a channel of its own", () => {
		const platform = imx8mmWith(["linux", "tee", "guest", "rtos"]);
		const engine = createEngine(platform);
		engine.setSecure(0, true);
		for (const [i, agent] of platform.agents.entries()) {
			const row = platform.channels.find(
				(channel) => channel.agent === agent && !channel.fromPlatform,
			);
			const { address, size, functionId } = row as NonNullable<typeof row>;
			const smt = new Smt(engine, { address, size, functionId, method: "smc" });
			const reply = smt.send(headerOf(BASE, DISCOVER_AGENT), u32(SELF));
			expect(reply.payload).toEqual([...u32(0, i + 1), ...text(agent, 16)]);
		}
	});

	it("hides the TEE's from the normal world", () => {
		const engine = createEngine(imx8mmWith(["linux", "tee"]));
		const place = { address: 0x18_0000, size: 0x200, functionId: 0xc200_0100 };
		const smt = new Smt(engine, { ...place, method: "smc" });
		smt.write(headerOf(BASE, DISCOVER_AGENT), u32(SELF));
		expect(smt.trap()).toBe(-1n);
		engine.setSecure(0, true);
		expect(smt.trap()).toBe(0n);
	});

	it("gives linux the first channels in any order, which a board's SCMI node takes", () => {
		const { channels, agents } = imx8mmWith(["guest", "tee", "linux"]);
		expect(agents).toEqual(["guest", "tee", "linux"]);
		expect(channels.slice(0, 2).map(({ agent }) => agent)).toEqual([
			"linux",
			"linux",
		]);
	});

	it("gives every channel an interrupt of its own that the SoC has and leaves reserved", () => {
		// i.MX 8M Mini reference manual, table of Cortex-A53 interrupts: 0 to 127, these of them reserved.
		const reserved = [13, 42, 43, 74, 75, 76, 77, 80, 100, 111, 117, 126];
		const platform = imx8mmWith(["linux", "tee", "a", "b", "c", "d"]);
		const lines = platform.channels
			.filter(({ agent }) => agent !== "linux")
			.map(({ interrupt }) => interrupt);
		expect(lines).toHaveLength(10);
		expect(new Set(lines).size).toBe(10);
		expect(reserved).toEqual(expect.arrayContaining(lines));
	});

	it.each([
		[[]],
		[["tee"]],
		[["linux", "linux"]],
		[["linux", "a", "b", "c", "d", "e"]],
	])("refuses %j", (names) => {
		expect(() => imx8mmWith(names)).toThrow(
			`agents ${names.join(", ")}: expected different names`,
		);
	});

	it.each(["", "sixteen-letters!", "caf\u00e9", "two words", "platform"])(
		"refuses an agent named %j",
		(name) => {
			expect(() => imx8mmWith(["linux", name])).toThrow(
				`agent ${JSON.stringify(name)}: expected a name of 1 to 15`,
			);
		},
	);
});
