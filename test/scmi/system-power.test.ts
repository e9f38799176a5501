// The system power protocol's calls, word by word, and what an agent sees of a system that ends.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.4.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { SYSTEM_STATES } from "../../host/scmi/system-power.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { type Calls, checkRows } from "./call-table.ts";

describe("system power protocol", () => {
	checkRows(0x12, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.system.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x20001]],
			result: 0x20001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.system.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0]],
			result: 0,
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.system.messageAttributes(5),
			requests: [[2, 5]],
			replies: [[0, 0]],
			result: 0,
		},
		...(
			[
				[0x8000_0000, { warmReset: true, suspend: false }],
				[0x4000_0000, { warmReset: false, suspend: true }],
			] as const
		).map(([word, result]) => ({
			name: `PROTOCOL_MESSAGE_ATTRIBUTES of SYSTEM_POWER_STATE_SET, ${word}`,
			call: (calls: Calls) => calls.system.stateSetAttributes(),
			requests: [[2, 3]] as [number, number][],
			replies: [[0, word]],
			result,
		})),
		...(
			[
				["shutdown", undefined, 0, 0],
				["cold-reset", {}, 0, 1],
				["warm-reset", { graceful: false }, 0, 2],
				["power-up", { graceful: true }, 1, 3],
				["suspend", { graceful: true }, 1, 4],
				[0x8000_0001, undefined, 0, 0x8000_0001],
			] as const
		).map(([state, options, flags, word]) => ({
			name: `SYSTEM_POWER_STATE_SET to ${state}`,
			call: (calls: Calls) => calls.system.stateSet(state, options),
			requests: [[3, flags, word]] as [number, number, number][],
			replies: [[0]],
			result: undefined,
		})),
		...(
			[
				["shutdown", (calls: Calls) => calls.system.shutdown(), 0, 0],
				[
					"graceful shutdown",
					(calls: Calls) => calls.system.shutdown({ graceful: true }),
					1,
					0,
				],
				["reset", (calls: Calls) => calls.system.reset(), 0, 1],
				["cold reset", (calls: Calls) => calls.system.reset("cold"), 0, 1],
				[
					"graceful warm reset",
					(calls: Calls) => calls.system.reset("warm", { graceful: true }),
					1,
					2,
				],
			] as const
		).map(([name, call, flags, word]) => ({
			name: `a ${name}`,
			call,
			requests: [[3, flags, word]] as [number, number, number][],
			replies: [[0]],
			result: undefined,
		})),
		{
			name: "SYSTEM_POWER_STATE_GET",
			call: (calls) => calls.system.stateGet(),
			requests: [[4]],
			replies: [[0, 3]],
			result: SYSTEM_STATES["power-up"],
		},
		{
			name: "SYSTEM_POWER_STATE_NOTIFY on",
			call: (calls) => calls.system.stateNotify(true),
			requests: [[5, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "SYSTEM_POWER_STATE_NOTIFY off",
			call: (calls) => calls.system.stateNotify(false),
			requests: [[5, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.system.negotiate(0x10000),
			requests: [[0x10, 0x10000]],
			replies: [[0]],
			result: undefined,
		},
	]);
});

describe.each([
	["off", (calls: Calls) => calls.system.shutdown(), /the system is off$/],
	["off", (calls: Calls) => calls.system.stateSet(0), /the system is off$/],
	["reset", (calls: Calls) => calls.system.reset(), /the system was reset$/],
	[
		"reset",
		(calls: Calls) => calls.system.reset("warm", { graceful: true }),
		/the system was reset$/,
	],
] as const)("a call that ends the system: %s, %s", (why, end, message) => {
	const stopped = expect.objectContaining({
		code: "SYSTEM_STOPPED",
		message: expect.stringMatching(message),
	});

	it("direct: it throws why, and so does every later one, until reset()", () => {
		const engine = createEngine();
		const { agent } = openBoard(imx8mmBoard(), engine);
		expect(() => end(agent.sync)).toThrow(stopped);
		expect(engine.stopped).toBe(why);
		expect(() => agent.sync.clock.rateGet(2)).toThrow(stopped);
		engine.reset();
		expect(agent.sync.clock.rateGet(2)).toBe(24_000_000);
	});

	it("awaited: it rejects, and so does every later one, until reset()", async () => {
		const engine = createEngine();
		const { agent } = openBoard(imx8mmBoard(), engine);
		await expect(end(agent)).rejects.toEqual(stopped);
		await expect(agent.clock.rateGet(2)).rejects.toEqual(stopped);
		engine.reset();
		expect(await agent.clock.rateGet(2)).toBe(24_000_000);
	});

	it("is seen by onMessage as an exchange without a status", () => {
		const engine = createEngine();
		const events: unknown[] = [];
		const { agent } = openBoard(imx8mmBoard(), engine, {
			onMessage: ({ name, status, error }) =>
				events.push({ name, status, error }),
		});
		expect(() => end(agent.sync)).toThrow(stopped);
		expect(events).toEqual([
			{ name: "SYSTEM_POWER_STATE_SET", status: undefined, error: stopped },
		]);
	});
});
