// Walls between agents: what one can do with another's function ID and area, and secure channels.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.2 and 5.1.2; SMCCC 1.4 (Arm DEN0028), section 2.9.

import { describe, expect, it } from "vitest";
import { armSmcMailbox } from "../../host/mailbox/arm-smc-mailbox.ts";
import { createEngine } from "../../host/node.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { LINUX, TEE, THREE_AGENTS, threeAgents } from "../support/agents.ts";
import { TEE_RX, TEE_TX } from "../support/inbox.ts";
import { BASE, CLOCK, headerOf, Smt, TX, text, u32 } from "../support/smt.ts";

const UART2 = 128;
const SELF = 0xffff_ffff;
const NOT_REQUIRED = -2n;
const NOT_SUPPORTED = -1n;
const TEE_IDS: readonly number[] = [TEE_TX.functionId, TEE_RX.functionId];

const SECURE: Platform = {
	...THREE_AGENTS,
	channels: THREE_AGENTS.channels.map((channel) => ({
		...channel,
		secure: TEE_IDS.includes(channel.functionId),
	})),
};

/** Rings with a function ID, whatever lies in whose area. */
function ring(smt: Smt, functionId: number, cpu = 0): bigint {
	return new Smt(smt.firmware, { ...smt.place, functionId }).trap(cpu);
}

describe("another agent's function ID", () => {
	it("does not serve the caller's area", () => {
		const { engine, linux } = threeAgents();
		linux.smt.write(headerOf(CLOCK, 0x7), u32(UART2, 1, 0));
		expect(ring(linux.smt, TEE_TX.functionId)).toBe(NOT_REQUIRED);
		expect(linux.smt.read(0n).channel).toBe(0);
		expect(engine.clockRequests(UART2)).toBe(0);
		expect(linux.smt.trap()).toBe(0n);
		expect(engine.clockRequests(UART2)).toBe(1 << LINUX);
	});

	it("serves the command that its owner has written, in the owner's name", () => {
		const { engine, linux, tee } = threeAgents();
		tee.smt.write(headerOf(CLOCK, 0x7), u32(UART2, 1, 0));
		expect(ring(linux.smt, TEE_TX.functionId)).toBe(0n);
		expect(engine.clockRequests(UART2)).toBe(1 << TEE);
		// Only once: the owner finds it done.
		expect(tee.smt.trap()).toBe(NOT_REQUIRED);
		expect(tee.smt.read(0n).payload).toEqual(u32(0));
	});

	it("who an agent is depends on its area, not on what it writes there", () => {
		const { linux, tee } = threeAgents();
		for (const token of [0, 5, 5, 1023]) {
			const header = headerOf(BASE, 0x7, token);
			const own = (smt: Smt) => smt.send(header, u32(SELF)).payload;
			expect(own(linux.smt)).toEqual([...u32(0, LINUX), ...text("linux", 16)]);
			expect(own(tee.smt)).toEqual([...u32(0, TEE), ...text("tee", 16)]);
		}
	});
});

describe("a secure channel", () => {
	it("does not exist for the normal world, by SMC or HVC, busy or free", () => {
		const { engine, linux, tee } = threeAgents(SECURE);
		for (const id of [TEE_TX.functionId, TEE_RX.functionId]) {
			expect(ring(linux.smt, id)).toBe(NOT_SUPPORTED);
			const place = { ...TX, functionId: id, method: "hvc" } as const;
			expect(new Smt(engine, place).trap()).toBe(NOT_SUPPORTED);
		}
		tee.smt.write(headerOf(CLOCK, 0x7), u32(UART2, 1, 0));
		expect(ring(linux.smt, TEE_TX.functionId)).toBe(NOT_SUPPORTED);
		expect(tee.smt.read(0n).channel).toBe(0);
		expect(engine.clockRequests(UART2)).toBe(0);
		engine.setSecure(0, true);
		expect(tee.smt.trap()).toBe(0n);
		expect(engine.clockRequests(UART2)).toBe(1 << TEE);
	});

	it("is served only while this very CPU is secure, whatever it called last", () => {
		const { engine, tee, linux } = threeAgents(SECURE);
		const call = (cpu: number) => {
			tee.smt.write(headerOf(BASE, 0x0), []);
			return tee.smt.trap(cpu);
		};
		engine.setSecure(1, true);
		expect(call(1)).toBe(0n);
		expect(call(1)).toBe(0n);
		expect(call(0)).toBe(NOT_SUPPORTED);
		engine.setSecure(1, false);
		expect(call(1)).toBe(NOT_SUPPORTED);
		engine.setSecure(1, true);
		expect(call(1)).toBe(0n);
		// The secure world reaches the others' channels as well.
		linux.smt.write(headerOf(BASE, 0x0), []);
		expect(linux.smt.trap(1)).toBe(0n);
	});

	it("a reset system begins in the normal world", () => {
		const { engine, tee } = threeAgents(SECURE);
		engine.setSecure(0, true);
		engine.reset();
		expect(tee.smt.trap()).toBe(NOT_SUPPORTED);
		expect(() => engine.setSecure(4, true)).toThrow("CPU 4");
	});

	it("all channels of a function ID are alike", () => {
		const [first] = THREE_AGENTS.channels;
		const channels = [
			...THREE_AGENTS.channels,
			{ ...(first as (typeof THREE_AGENTS.channels)[number]), secure: true },
		];
		expect(() => createEngine({ ...THREE_AGENTS, channels })).toThrow(
			"channels of function ID 0xc20000fe: some are secure, some are not",
		);
	});
});

describe("arm-smc-mailbox with the option secure", () => {
	const agentOn = (
		engine: ReturnType<typeof createEngine>,
		secure: boolean,
	) => {
		const { address, size, functionId } = TEE_TX;
		const controller = armSmcMailbox(
			engine,
			{ node: "/mailbox", method: "smc", numChans: 1, funcIds: [functionId] },
			{ secure },
		);
		const at = engine.memoryAt(address, size);
		return new ScmiAgent({
			controller,
			index: 0,
			memory: new SharedMemory(engine.buffer, at, size),
		});
	};

	it("calls from the secure world, and leaves the CPU in the normal one", () => {
		const { engine, linux } = threeAgents(SECURE);
		const { agentId } = agentOn(engine, true).sync.base.discoverAgent(SELF);
		expect(agentId).toBe(TEE);
		expect(ring(linux.smt, TEE_TX.functionId)).toBe(NOT_SUPPORTED);
		expect(() => agentOn(engine, false).sync.base.protocolVersion()).toThrow();
	});

	it("what an interrupt of its call makes others do, they do in the normal world", () => {
		const interrupt = 77;
		const { engine, linux } = threeAgents({
			...SECURE,
			channels: SECURE.channels.map((channel, i) =>
				i === 1 ? { ...channel, interrupt } : channel,
			),
		});
		linux.smt.expect(CLOCK, 0xa, u32(UART2, 1), []);
		const seen: bigint[] = [];
		engine.onInterrupt(interrupt, () => {
			seen.push(ring(linux.smt, TEE_TX.functionId));
		});
		agentOn(engine, true).sync.clock.rateSet(UART2, 12_000_000);
		expect(seen).toEqual([NOT_SUPPORTED]);
	});

	it("needs a conduit with two worlds", () => {
		const conduit = {
			cpus: 1,
			registers: () => new Uint32Array(36),
			trap: () => 0,
		};
		const properties = { node: "/mailbox", method: "smc", numChans: 1 };
		expect(() => armSmcMailbox(conduit, properties, { secure: true })).toThrow(
			"/mailbox: there is no secure world",
		);
	});
});
