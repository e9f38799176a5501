// What is left of an agent after BASE_RESET_AGENT_CONFIGURATION, or after its host has reset it: nothing.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.

import { describe, expect, it } from "vitest";
import { Channel } from "../../assembly/image.ts";
import {
	GPU,
	GUEST,
	LINUX,
	TEE,
	THREE_AGENTS,
	threeAgents,
} from "../support/agents.ts";
import { rate } from "../support/clock-calls.ts";
import { channelState } from "../support/inbox.ts";
import {
	BASE,
	CLOCK,
	DENIED,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	RESET,
	SUCCESS,
	SYSTEM,
	u32,
	u64,
} from "../support/smt.ts";

const RESET_AGENT_CONFIGURATION = 0xb;
const PERFORMANCE = 0x13;
const SENSOR = 0x15;
const VOLTAGE = 0x17;
const UART2_CLOCK = 128;
const GPU3D = 248;
const GPU_DOMAIN = 5;
const GPUMIX = 4;
const GPU_RESET = 32;
const LDO5 = 10;
const FAR = 0xffff_ffff;

type Agents = ReturnType<typeof threeAgents>;

/** The two ways to the same end. */
const WAYS = [
	[
		"by message",
		({ tee }: Agents) =>
			tee.smt.expect(BASE, RESET_AGENT_CONFIGURATION, u32(LINUX, 0), []),
	],
	["by the host", ({ engine }: Agents) => engine.resetAgent("linux")],
] as const;

describe("BASE_RESET_AGENT_CONFIGURATION", () => {
	it.each([
		["no such agent", u32(4, 0), NOT_FOUND],
		["no agent by far", u32(FAR, 0), NOT_FOUND],
		["a reserved flag", u32(LINUX, 2), INVALID_PARAMETERS],
		["the highest flag", u32(LINUX, 0x8000_0000), INVALID_PARAMETERS],
		["the platform", u32(0, 0), DENIED],
		["short", u32(LINUX), PROTOCOL_ERROR],
		["long", u32(LINUX, 0, 0), PROTOCOL_ERROR],
	] as const)("%s", (_, payload, status) => {
		const { tee } = threeAgents();
		tee.smt.refuse(BASE, RESET_AGENT_CONFIGURATION, payload, status);
	});

	it("who is not trusted resets nobody but oneself, and no permissions", () => {
		const { engine, linux, tee } = threeAgents();
		linux.smt.expect(CLOCK, 0x7, u32(UART2_CLOCK, 1, 0), []);
		tee.smt.expect(CLOCK, 0x7, u32(UART2_CLOCK, 1, 0), []);
		for (const payload of [u32(TEE, 0), u32(GUEST, 0), u32(LINUX, 1)])
			linux.smt.refuse(BASE, RESET_AGENT_CONFIGURATION, payload, DENIED);
		expect(engine.clockRequests(UART2_CLOCK)).toBe(0b110);
		linux.smt.expect(BASE, RESET_AGENT_CONFIGURATION, u32(LINUX, 0), []);
		expect(engine.clockRequests(UART2_CLOCK)).toBe(0b100);
	});

	it("permissions only when asked: those at load", () => {
		const { guest, linux, tee } = threeAgents();
		const permissions = (agent: Agents["linux"]) =>
			agent.smt.words(CLOCK, 0xf, u32(GPU3D))[0];
		tee.smt.expect(BASE, 0x9, u32(LINUX, GPU, 0), []);
		tee.smt.expect(BASE, 0x9, u32(GUEST, GPU, 1), []);
		for (const id of [LINUX, GUEST])
			tee.smt.expect(BASE, RESET_AGENT_CONFIGURATION, u32(id, 0), []);
		expect([linux, guest].map(permissions)).toEqual([0, 0xe000_0000]);
		for (const id of [LINUX, GUEST])
			tee.smt.expect(BASE, RESET_AGENT_CONFIGURATION, u32(id, 1), []);
		expect([linux, guest].map(permissions)).toEqual([0xe000_0000, 0]);
	});

	it("without devices there is no such message", () => {
		const { tee } = threeAgents({
			...THREE_AGENTS,
			devices: [],
			agentRights: { tee: { trusted: true } },
		});
		const payload = u32(LINUX, 0);
		tee.smt.refuse(BASE, RESET_AGENT_CONFIGURATION, payload, NOT_SUPPORTED);
	});
});

describe.each(WAYS)("an agent reset %s", (_, resetLinux) => {
	it("holds nothing: what nobody else wants is off", () => {
		const agents = threeAgents();
		const { engine, linux, tee } = agents;
		const before = engine.read32(0x3038_4000 + 73 * 16); // CCGR73, uart2
		for (const agent of [linux, tee])
			agent.smt.expect(POWER, 0x4, u32(0, GPUMIX, 0), []);
		linux.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0), []);
		linux.smt.expect(CLOCK, 0x7, u32(GPU3D, 1, 0), []);
		tee.smt.expect(CLOCK, 0x7, u32(UART2_CLOCK, 1, 0), []);
		linux.smt.expect(CLOCK, 0x7, u32(UART2_CLOCK, 1, 0), []);
		resetLinux(agents);
		expect(engine.powerDomainRequests(GPUMIX)).toBe(1 << TEE);
		expect(engine.powerDomainRequests(GPU_DOMAIN)).toBe(0);
		expect(engine.clockRequests(GPU3D)).toBe(0);
		expect(engine.clockRequests(UART2_CLOCK)).toBe(1 << TEE);
		tee.smt.expect(POWER, 0x5, u32(GPU_DOMAIN), u32(0x4000_0000));
		tee.smt.expect(POWER, 0x5, u32(GPUMIX), u32(0));
		const running = (id: number) =>
			(tee.smt.words(CLOCK, 0x3, u32(id))[0] as number) & 1;
		expect(running(GPU3D)).toBe(0);
		expect(running(UART2_CLOCK)).toBe(1);
		expect(engine.read32(0x3038_4000 + 73 * 16)).toBe(before);
		// Asking again counts once: the agent has really gone.
		linux.smt.expect(CLOCK, 0x7, u32(GPU3D, 1, 0), []);
		linux.smt.expect(CLOCK, 0x7, u32(GPU3D, 0, 0), []);
		expect(running(GPU3D)).toBe(0);
	});

	it("hears of nothing any more", () => {
		const agents = threeAgents();
		const { engine, linux, tee } = agents;
		const subscriptions = [
			[BASE, 0x8, u32(1)],
			[CLOCK, 0x9, u32(GPU3D, 1)],
			[CLOCK, 0xa, u32(GPU3D, 1)],
			[POWER, 0x6, u32(GPU_DOMAIN, 1)],
			[POWER, 0x7, u32(GPU_DOMAIN, 1)],
			[SYSTEM, 0x5, u32(1)],
			[PERFORMANCE, 0x9, u32(0, 1)],
			[PERFORMANCE, 0xa, u32(0, 1)],
			[SENSOR, 0xb, u32(0, 1)],
			[RESET, 0x5, u32(GPU_RESET, 1)],
		] as const;
		const disturb = () => {
			tee.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0), []);
			tee.smt.status(CLOCK, 0x5, [...u32(0, GPU3D), ...u64(100_000_000n)]);
			tee.smt.expect(RESET, 0x4, u32(GPU_RESET, 1, 0), []);
			tee.smt.expect(PERFORMANCE, 0x5, u32(0, 2, 2), []);
			engine.advance(10_000_000_000);
		};
		for (const [protocol, message, payload] of subscriptions)
			linux.smt.expect(protocol, message, payload, []);
		disturb();
		// It was told of all that, and has read nothing yet.
		expect(linux.inbox.busy).toBe(true);
		expect(channelState(engine, 1, Channel.WAITING)).toBeGreaterThan(4);
		resetLinux(agents);
		expect(linux.inbox.busy).toBe(false);
		tee.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0x4000_0000), []);
		tee.smt.expect(PERFORMANCE, 0x5, u32(0, 3, 1), []);
		disturb();
		expect(linux.inbox.all()).toEqual([]);
	});

	it("gets no delayed response, and has all places for new ones", () => {
		const agents = threeAgents();
		const { engine, linux } = agents;
		const start = () => {
			linux.smt.expect(CLOCK, 0x5, [...u32(1, GPU3D), ...u64(50_000_000n)], []);
			linux.smt.expect(POWER, 0x4, u32(1, GPU_DOMAIN, 0), []);
			linux.smt.expect(RESET, 0x4, u32(GPU_RESET, 5, 0), []);
			linux.smt.expect(VOLTAGE, 0x7, u32(LDO5, 1, 3_000_000), []);
			linux.smt.expect(SENSOR, 0x6, u32(0, 1), []);
		};
		linux.smt.expect(VOLTAGE, 0x5, u32(LDO5, 7), []);
		const before = rate(linux.smt, "gpu3d_core");
		start();
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(4);
		resetLinux(agents);
		expect(channelState(engine, 1, Channel.RESERVED)).toBe(0);
		engine.advance(1_000_000_000);
		expect(linux.inbox.all()).toEqual([]);
		// Neither rate nor domain have changed, the line is released and the rail has its level.
		expect(rate(linux.smt, "gpu3d_core")).toBe(before);
		expect(engine.powerDomainRequests(GPU_DOMAIN)).toBe(0);
		expect(engine.read32(0x3039_0040) & 1).toBe(0);
		linux.smt.expect(VOLTAGE, 0x8, u32(LDO5), u32(3_000_000));
		linux.smt.expect(VOLTAGE, 0x5, u32(LDO5, 7), []);
		linux.smt.expect(VOLTAGE, 0x7, u32(LDO5, 0, 1_800_000), []);
		start();
		engine.advance(1_000_000_000);
		expect(linux.inbox.all()).toHaveLength(4);
	});

	it("sets no limits", () => {
		const agents = threeAgents();
		const { linux, tee } = agents;
		linux.smt.expect(PERFORMANCE, 0x5, u32(0, 2, 2), []);
		tee.smt.expect(PERFORMANCE, 0x6, u32(0), u32(2, 2));
		tee.smt.expect(PERFORMANCE, 0x9, u32(0, 1), []);
		resetLinux(agents);
		tee.smt.expect(PERFORMANCE, 0x6, u32(0), u32(3, 1));
		expect(tee.inbox.all().map(({ payload }) => payload)).toEqual([
			u32(LINUX, 0, 3, 1),
		]);
	});

	it("its graceful shutdown does not come", () => {
		const agents = threeAgents();
		const { engine, linux, tee } = agents;
		tee.smt.expect(SYSTEM, 0x5, u32(1), []);
		linux.smt.expect(SYSTEM, 0x3, u32(1, 0), []);
		resetLinux(agents);
		engine.advance(60_000_000_000);
		expect(engine.stopped).toBeNull();
		linux.smt.expect(SYSTEM, 0x3, u32(1, 0), []);
		engine.advance(60_000_000_000);
		expect(engine.stopped).toBe("off");
	});

	it("speaks the platform's versions, and configures sensors anew", () => {
		const agents = threeAgents();
		const { linux } = agents;
		linux.smt.expect(CLOCK, 0x10, u32(0x10000), []);
		linux.smt.expect(SENSOR, 0xa, u32(0, 0), []);
		linux.smt.refuse(CLOCK, 0xf, u32(GPU3D), NOT_SUPPORTED);
		resetLinux(agents);
		expect(linux.smt.status(CLOCK, 0xf, u32(GPU3D))).toBe(SUCCESS);
		expect((linux.smt.words(SENSOR, 0x9, u32(0))[0] as number) & 1).toBe(1);
	});

	it("the others keep everything", () => {
		const agents = threeAgents();
		const { engine, guest, tee } = agents;
		guest.smt.expect(CLOCK, 0x9, u32(UART2_CLOCK, 1), []);
		guest.smt.expect(CLOCK, 0x7, u32(UART2_CLOCK, 1, 0), []);
		tee.smt.expect(POWER, 0x4, u32(1, GPU_DOMAIN, 0), []);
		tee.smt.expect(PERFORMANCE, 0x5, u32(0, 2, 2), []);
		resetLinux(agents);
		engine.advance(1_000_000);
		expect(engine.clockRequests(UART2_CLOCK)).toBe(1 << GUEST);
		expect(engine.powerDomainRequests(GPU_DOMAIN)).toBe(1 << TEE);
		tee.smt.expect(PERFORMANCE, 0x6, u32(0), u32(2, 2));
		guest.smt.expect(
			CLOCK,
			0x5,
			[...u32(0, UART2_CLOCK), ...u64(12_000_000n)],
			[],
		);
		expect(guest.inbox.all()).toHaveLength(1);
	});
});

describe("the host's reset", () => {
	it("takes back a command that was written, but not served", () => {
		const { engine, linux } = threeAgents();
		linux.smt.write(0x10 << 10, []);
		engine.resetAgent("linux");
		// NOT_REQUIRED: nothing is there.
		expect(linux.smt.trap()).toBe(-2n);
	});

	it("with permissions, or without", () => {
		const { engine, linux, tee } = threeAgents();
		tee.smt.expect(BASE, 0x9, u32(LINUX, GPU, 0), []);
		engine.resetAgent("linux");
		linux.smt.refuse(POWER, 0x4, u32(0, GPU_DOMAIN, 0), DENIED);
		engine.resetAgent("linux", true);
		linux.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0), []);
	});

	it.each(["platform", "nobody", ""])("of %j: no such agent", (name) => {
		const { engine } = threeAgents();
		expect(() => engine.resetAgent(name)).toThrow(
			expect.objectContaining({ code: "UNKNOWN_NAME" }),
		);
	});
});
