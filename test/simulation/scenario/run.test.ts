// What scenarios do and report: messages, replies, what agents are told, registers, time, agents that die, systems that stop.
// SCMI 3.2 (Arm DEN0056E); register addresses: i.MX 8M Mini reference manual, chapter 5 (CCM).

import { describe, expect, it } from "vitest";
import { runScenario } from "../../../host/node.ts";
import type { Step } from "../../../host/simulation/scenario/scenario.ts";

function play(...steps: Step[]) {
	return runScenario({ agents: ["linux", "tee", "guest"], steps });
}

/** The differences of a run, without their places. */
function differences(...steps: Step[]) {
	return play(...steps).failures.map(
		({ what, expected, found }) => `${what}: ${expected} / ${found}`,
	);
}

const UART4_RATE = {
	agent: "linux",
	message: "CLOCK_RATE_GET",
	clock_id: "uart4",
} as const;

describe("a message", () => {
	it("goes out in its agent's name, on its own channel", () => {
		const self = { message: "BASE_DISCOVER_AGENT", agent_id: "self" } as const;
		expect(
			differences(
				{ agent: "linux", ...self, reply: { agent_id: 1, name: "linux" } },
				{ agent: "tee", ...self, reply: { agent_id: "tee", name: "tee" } },
				{ agent: "guest", ...self, reply: { agent_id: 3, name: "guest" } },
			),
		).toEqual([]);
	});

	it("is decoded in the report, request and reply", () => {
		const [step] = play(UART4_RATE).steps;
		expect(step).toMatchObject({
			place: "/steps/0",
			agent: "linux",
			action: "CLOCK_RATE_GET clock_id=uart4",
			result: "SUCCESS rate=24000000 (0x16e3600)",
			failures: [],
			timeNs: 1000,
		});
		expect(step?.request?.message).toBe("CLOCK_RATE_GET");
		expect(step?.reply?.fields.at(-1)).toMatchObject({
			name: "rate",
			value: 24_000_000,
		});
	});

	it("differs by its status, then by its fields", () => {
		expect(
			differences(
				{ ...UART4_RATE, status: "DENIED" },
				{ ...UART4_RATE, clock_id: 9999 },
				{ ...UART4_RATE, clock_id: 9999, status: "NOT_FOUND" },
				{ ...UART4_RATE, clock_id: 9999, status: "any" },
				{ ...UART4_RATE, reply: { rate: 1 } },
				{ ...UART4_RATE, reply: { rate: "0x16e3600" } },
			),
		).toEqual([
			"status: DENIED (-3) / SUCCESS",
			"status: SUCCESS / NOT_FOUND (-4)",
			"rate: 1 / 24000000",
		]);
	});

	it("has arrays, records, bits and names", () => {
		const parents = {
			agent: "linux",
			message: "CLOCK_POSSIBLE_PARENTS_GET",
			clock_id: "sai3",
		} as const;
		const levels = {
			agent: "linux",
			message: "PERFORMANCE_DESCRIBE_LEVELS",
			domain_id: "a53",
		} as const;
		const attributes = {
			agent: "linux",
			message: "CLOCK_ATTRIBUTES",
			clock_id: "uart4",
		} as const;
		const first = ["osc_24m", "audio_pll1_out", "audio_pll2_out"];
		expect(
			differences(
				{
					...parents,
					reply: { num_parents: 8, parents: [...first, 40, 51, 3, 6, 7] },
				},
				{ ...parents, reply: { parents: [...first, 40, 51, 3, 6, 8] } },
				{ ...parents, reply: { parents: first } },
				{
					...levels,
					reply: {
						perf_levels: [
							{},
							{ indicative_frequency: 1_600_000, transition_latency: 154 },
							{ level_index: 2 },
						],
					},
				},
				{ ...attributes, reply: { enabled: true, clock_name: "uart4" } },
				{ ...attributes, reply: { enabled: false, clock_name: "uart" } },
			),
		).toEqual([
			"parents[7]: 8 / 7",
			"parents.length: 3 / 8",
			"perf_levels[2].level_index: 2 / 3",
			"enabled: false / 1",
			'clock_name: "uart" / uart4',
		]);
	});

	it("has the layout of the version that its agent speaks", () => {
		const old: Step[] = [
			{
				agent: "linux",
				message: "NEGOTIATE_PROTOCOL_VERSION",
				protocol: "clock",
				version: 0x20000,
			},
			{
				agent: "linux",
				message: "CLOCK_CONFIG_SET",
				clock_id: "uart4_root_clk",
				attributes: "enable",
			},
		];
		const { steps } = play(
			...old,
			...old.slice(1).map((step) => ({ ...step, agent: "guest" })),
		);
		const sizes = steps.map(({ request }) => request?.fields.length);
		// Header, clock ID and attributes; the guest's has extended_config_val behind them.
		expect(sizes).toEqual([2, 3, 4]);
		expect(steps.map(({ result }) => result)).toEqual(Array(3).fill("SUCCESS"));
		const [reset] = play(
			...old,
			{ reset: "linux" },
			...old.slice(1),
		).steps.slice(3);
		expect(reset?.request?.fields).toHaveLength(4);
	});
});

describe("what agents are told", () => {
	const subscribe: Step = {
		agent: "guest",
		message: "CLOCK_RATE_NOTIFY",
		clock_id: "audio_pll1",
		notify_enable: 1,
	};
	const change: Step = {
		agent: "linux",
		message: "CLOCK_RATE_SET",
		clock_id: "audio_pll1",
		rate: 393_216_000,
		flags: "async",
	};
	const told: Step = {
		agent: "guest",
		notification: "CLOCK_RATE_CHANGED",
		agent_id: "linux",
		rate: 393_216_000,
	};

	it("is asked for by name, each once, and fields are compared", () => {
		expect(
			differences(
				subscribe,
				change,
				{ advance: 1_000_000 },
				{ agent: "guest", notification: "none" },
				{ ...told, rate: 1 },
				told,
				{ agent: "guest", notification: "none" },
				{ agent: "linux", response: "CLOCK_RATE_SET_COMPLETE", rate: 7 },
				{ agent: "linux", response: "CLOCK_RATE_SET_COMPLETE" },
			),
		).toEqual([
			"told: none / CLOCK_RATE_CHANGED",
			"rate: 1 / 393216000",
			"told: CLOCK_RATE_CHANGED / none",
			"rate: 7 / 393216000",
			"told: CLOCK_RATE_SET_COMPLETE / none",
		]);
	});

	it("is reported when no step asks for it, and forgotten with a dead agent", () => {
		const steps = [subscribe, change, { advance: 1_000_000 }] as const;
		expect(play(...steps).unread).toEqual([
			{ agent: "linux", name: "CLOCK_RATE_SET_COMPLETE" },
			{ agent: "guest", name: "CLOCK_RATE_CHANGED" },
		]);
		expect(
			play(...steps, { reset: "linux" }, { reset: "guest" }).unread,
		).toEqual([]);
	});

	it("a delayed response of another status", () => {
		const steps: Step[] = [change, { advance: 1_000_000 }];
		expect(
			differences(...steps, {
				agent: "linux",
				response: "CLOCK_RATE_SET_COMPLETE",
				status: "HARDWARE_ERROR",
			}),
		).toEqual(["status: HARDWARE_ERROR (-9) / SUCCESS"]);
	});
});

describe("what stands", () => {
	/** Control of the root slice of UART4: the i.MX 8M Mini manual's CCM_TARGET_ROOT97. */
	const ROOT = "0x3038b080";

	it("registers are written and read from outside", () => {
		const { steps, failures } = play(
			{ write: ROOT, value: 0x1100_0001 },
			{ read: ROOT, value: "0x11000001" },
			{ read: ROOT, value: 0 },
			{ read: ROOT },
		);
		expect(failures).toEqual([
			{
				place: "/steps/2",
				what: "value",
				expected: "0x00000000",
				found: "0x11000001",
			},
		]);
		expect(steps[3]?.result).toBe("0x11000001");
	});

	it("clocks and domains are looked at without a trace", () => {
		const memories: Uint8Array[] = [];
		const enable = {
			agent: "tee",
			message: "CLOCK_CONFIG_SET",
			clock_id: "uart4_root_clk",
			attributes: 1,
		} as const;
		const report = runScenario(
			{
				agents: ["tee", "linux"],
				steps: [
					enable,
					{ expect: { clock: "uart4_root_clk", on: true, rate: 24_000_000 } },
					{ expect: { domain: "gpu", on: false, requests: [] } },
				],
			},
			{
				onStep: (_, { buffer, memoryEnd }) =>
					memories.push(new Uint8Array(buffer.slice(0, memoryEnd))),
			},
		);
		expect(report.failures).toEqual([]);
		expect(report.timeNs).toBe(1000);
		const [first, second, third] = memories as [
			Uint8Array,
			Uint8Array,
			Uint8Array,
		];
		for (const later of [second, third])
			expect(later.findIndex((byte, i) => byte !== first[i])).toBe(-1);
	});

	it("differs by state, rate, and on whose account", () => {
		const expect1 = { clock: "uart4_root_clk" };
		expect(
			differences(
				{
					agent: "guest",
					message: "CLOCK_CONFIG_SET",
					clock_id: "uart4_root_clk",
					attributes: 1,
				},
				{ expect: { ...expect1, on: false, rate: 1, requests: ["tee"] } },
				{ expect: { ...expect1, on: true, requests: ["guest"] } },
				{ expect: { domain: "gpu", on: true, requests: ["tee", "linux"] } },
			),
		).toEqual([
			"on: false / true",
			"rate: 1 / 24000000",
			"requests: tee / guest",
			"on: true / false",
			"requests: linux, tee / nobody",
		]);
	});

	it("a system that is off answers nobody, and says so", () => {
		expect(
			differences(
				{
					agent: "linux",
					message: "SYSTEM_POWER_STATE_SET",
					system_state: "shutdown",
					status: "none",
				},
				UART4_RATE,
				{ expect: { clock: "uart4", on: true } },
				{
					agent: "tee",
					message: "PROTOCOL_VERSION",
					protocol: "base",
					status: "none",
				},
			),
		).toEqual([
			"status: SUCCESS / no reply, the system is off",
			"state: one / no reply, the system is off",
		]);
	});
});

it("versions and permissions are the scenario's", () => {
	const version = {
		agent: "linux",
		message: "PROTOCOL_VERSION",
		protocol: "clock",
	} as const;
	const power = {
		message: "POWER_STATE_SET",
		domain_id: "gpu",
		power_state: "ON",
	} as const;
	const report = runScenario({
		agents: ["linux", "guest"],
		scmi: "scmi-2.0",
		permissions: { guest: { denied: ["gpu"] }, linux: { trusted: true } },
		steps: [
			{ ...version, reply: { version: 0x10000 } },
			{ agent: "guest", ...power, status: "DENIED" },
			{
				agent: "linux",
				message: "BASE_SET_DEVICE_PERMISSIONS",
				agent_id: "guest",
				device_id: "gpu",
				flags: "allow",
			},
			{ agent: "guest", ...power },
		],
	});
	expect(report.failures).toEqual([]);
	const { failures } = runScenario({
		agents: ["linux"],
		steps: [{ ...version, reply: { version: 0x10000 } }],
	});
	expect(failures).toEqual([
		{ place: "/steps/0", what: "version", expected: "65536", found: "196608" },
	]);
});
