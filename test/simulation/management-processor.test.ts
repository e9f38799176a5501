// A management processor on its own time line: what a command costs, one that is busy, one that hangs, two agents.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; delays are those of the platform's table.

import { describe, expect, it } from "vitest";
import { MuType, muChannel } from "../../host/mailbox/doorbell-mailbox.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Management } from "../../host/platform/management.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { ManagedFirmware } from "../../host/simulation/managed-firmware.ts";
import { setMailbox } from "../../host/simulation/platform-nodes.ts";
import { TWO_AGENTS } from "../support/inbox.ts";

const GPU = 5;
const OTG1 = 2;
/** What a doorbell and the way back cost, and the command that does nothing but answer. */
const DELAYS = { agentInterruptNs: 2000, interruptNs: 1000, pollNs: 250 };
const COMMAND = IMX8MM.trapNs;
const ALONE = 1000 + 250 + COMMAND + 2000;
/** What it takes to switch on gpumix, with its handshake, and gpu: as long as by SMC. */
const SWITCH_ON = (() => {
	const engine = createEngine();
	openBoard(imx8mmBoard(), engine).agent.sync.power.on(GPU);
	return engine.timeNs;
})();

const management = { ...(IMX8MM.management as Management), ...DELAYS };

function setup(platform: Platform = IMX8MM) {
	const system = new ManagedFirmware(createEngine({ ...platform, management }));
	const tree = imx8mmBoard();
	setMailbox(tree, system.platform, "doorbell");
	const board = openBoard(tree, system);
	expect(board.firmware).toBe(system);
	return { system, agent: board.agent };
}

/** Two agents, each with a pair of doorbells of its own. */
function twoAgents() {
	const doorbells = TWO_AGENTS.channels.map(({ functionId }) => functionId);
	const platform = {
		...TWO_AGENTS,
		management: { ...management, doorbells },
	};
	const system = new ManagedFirmware(createEngine(platform));
	const controller = system.mailbox("/mu");
	const [linux, tee] = [0, 2].map((n) => {
		const { address, size } = platform.channels[n] as {
			address: number;
			size: number;
		};
		return new ScmiAgent({
			controller,
			index: muChannel(MuType.TXDB, n),
			replyIndex: muChannel(MuType.RXDB, n),
			memory: new SharedMemory(
				system.buffer,
				system.memoryAt(address, size),
				size,
			),
			interrupt: true,
		});
	}) as [ScmiAgent, ScmiAgent];
	return { system, linux, tee };
}

/** The time at which a promise is settled. */
async function timeOf(system: ManagedFirmware, promise: Promise<unknown>) {
	await promise.catch(() => {});
	return system.timeNs;
}

describe("a command", () => {
	it("costs interrupt, look, work and the interrupt back", async () => {
		const { system, agent } = setup();
		await agent.base.discoverVendor();
		expect(system.timeNs).toBe(ALONE);
		// Back so soon, it finds the processor awake.
		system.advance(1_000_000);
		const from = system.timeNs;
		agent.sync.base.discoverVendor();
		expect(system.timeNs - from).toBe(ALONE);
	});

	it("leaves the application processor its time", () => {
		const { system, agent } = setup();
		const call = agent.power.on(GPU);
		expect(system.processor.busy).toBe(true);
		system.advance(10_000);
		expect(system.timeNs).toBe(10_000);
		expect(system.read32(0x3038_0000 + 0x4000)).toBeTypeOf("number");
		expect(system.timeNs).toBe(10_000);
		return call;
	});

	it("has its reply when its time has come, not before", async () => {
		const { system, agent } = setup();
		await agent.power.stateGet(GPU);
		system.advance(1_000_000);
		const from = system.timeNs;
		const call = timeOf(system, agent.power.on(GPU));
		system.advance(1000 + 250 + SWITCH_ON - 1);
		expect(agent.memory.free).toBe(false);
		system.advance(1);
		expect(agent.memory.free).toBe(true);
		expect((await call) - from).toBe(1250 + SWITCH_ON + 2000);
	});

	it("without the wish for an interrupt is answered in silence", () => {
		const { system, linux } = twoAgents();
		linux.close();
		const memory = linux.memory;
		memory.payload.setU32(0, 0);
		memory.submit(0x4000, 4, false);
		const channel = system.mailbox("").channel(muChannel(MuType.TXDB, 0));
		channel.bindClient({});
		channel.sendMessage(undefined);
		system.advance(1_000_000);
		expect(memory.free).toBe(true);
		expect(system.unit.a.read32(0x20)).toBe(0x00f0_0000);
	});

	it("a doorbell without a command changes nothing", () => {
		const { system, agent } = setup();
		system.write32(0x30aa_0024, 0x0008_0000 | system.read32(0x30aa_0024));
		system.advance(1_000_000);
		expect(system.processor.busy).toBe(false);
		expect(agent.messages).toBe(0);
		expect(agent.sync.clock.rateGet(2)).toBe(24_000_000);
	});
});

describe("two agents at once", () => {
	it("are served one after the other, each in its own memory", async () => {
		const { system, linux, tee } = twoAgents();
		const first = timeOf(system, linux.power.on(GPU));
		const second = timeOf(system, tee.base.discoverVendor());
		const times = await Promise.all([first, second]);
		// The second reply is there before the interrupt of the first is taken.
		expect(250 + COMMAND).toBeLessThan(2000);
		expect(times).toEqual([1250 + SWITCH_ON + 2000, 1250 + SWITCH_ON + 2000]);
		const from = system.timeNs;
		system.advance(1_000_000);
		const slow = timeOf(system, tee.power.on(OTG1));
		system.advance(1250);
		const quick = timeOf(system, linux.base.discoverVendor());
		const [done, after] = await Promise.all([slow, quick]);
		expect(done - from).toBeGreaterThan(1_000_000 + ALONE);
		expect(after).toBeGreaterThanOrEqual(done);
	});

	it("take turns however fast one of them is", async () => {
		const { linux, tee } = twoAgents();
		const order: string[] = [];
		const ask = async (agent: ScmiAgent, name: string, times: number) => {
			for (let i = 0; i < times; i++) {
				await agent.clock.rateGet(2);
				order.push(name);
			}
		};
		await Promise.all([ask(linux, "linux", 4), ask(tee, "tee", 4)]);
		expect(order).toEqual(new Array(4).fill(["linux", "tee"]).flat());
	});

	it("know who they are", async () => {
		const { linux, tee } = twoAgents();
		const [a, b] = await Promise.all([
			linux.base.discoverAgent(0xffff_ffff),
			tee.base.discoverAgent(0xffff_ffff),
		]);
		expect([a.name, b.name]).toEqual(["linux", "tee"]);
	});

	it("a call by SMC waits for what the other processor has begun", async () => {
		const { system, linux } = twoAgents();
		const call = linux.power.on(GPU);
		system.advance(1250);
		const registers = system.registers(0);
		registers[0] = 0x8000_0000;
		system.trap(0, "smc");
		expect(registers[0]).toBe(0x1_0004);
		expect(system.timeNs).toBe(1250 + SWITCH_ON + COMMAND);
		await call;
	});
});

describe("a processor that hangs", () => {
	it.each(["direct", "awaited"] as const)(
		"%s calls end with MBOX_TIMEOUT, and work again after it",
		async (way) => {
			const { system, agent } = setup();
			system.processor.stuck = true;
			const call = async () =>
				way === "direct" ? agent.sync.clock.rateGet(2) : agent.clock.rateGet(2);
			await expect(call()).rejects.toMatchObject({ code: "MBOX_TIMEOUT" });
			expect(system.timeNs).toBe(1_000_000_000);
			// The area is still the platform's.
			await expect(call()).rejects.toMatchObject({ code: "CHANNEL_BUSY" });
			system.processor.stuck = false;
			system.advance(1_000_000);
			expect(await call()).toBe(24_000_000);
		},
	);

	it("a reply that comes late is not taken for another command's", async () => {
		const { system, agent } = setup();
		await agent.clock.protocolVersion();
		system.processor.stuck = true;
		await expect(agent.clock.rateGet(2)).rejects.toThrow();
		system.processor.stuck = false;
		// The area is free, and the doorbell rings while the next command is under way.
		while (!agent.memory.free) system.advance(1);
		expect(system.unit.a.line).toBe(true);
		expect(agent.sync.clock.rateGet(42)).toBe(800_000_000);
	});

	it("what it had begun it finishes", async () => {
		const { system, agent } = setup();
		const call = agent.clock.protocolVersion();
		system.advance(1250);
		system.processor.stuck = true;
		expect(await call).toBe(0x3_0000);
		await expect(agent.base.discoverVendor()).rejects.toMatchObject({
			code: "MBOX_TIMEOUT",
		});
	});
});

it("a platform without one is refused", () => {
	const { management: _, ...rest } = IMX8MM;
	expect(() => new ManagedFirmware(createEngine(rest))).toThrow(
		expect.objectContaining({ code: "PLATFORM_INVALID" }),
	);
});

it.each([-1, 0.5, Number.NaN])("time does not pass by %s", (ns) => {
	const { system } = setup();
	expect(() => system.advance(ns)).toThrow(
		expect.objectContaining({ code: "USAGE" }),
	);
});
