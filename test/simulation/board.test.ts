// Opening a board: what its devicetree says of the channel is held against the channels that the firmware serves.
// Bindings arm,scmi, arm,smc-mbox and arm,scmi-shmem; version negotiation as SCMI 3.2, 4.2.2.4.

import { describe, expect, it } from "vitest";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { withoutPlatformChannels } from "../../host/platform/platform.ts";
import { openBoard, platformFor } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";

function boardWith(change: (tree: DeviceTree) => void): DeviceTree {
	const tree = imx8mmBoard();
	change(tree);
	return tree;
}

const MAILBOX = "/firmware/mailbox";
const AREA = "/sram@93f000/scmi-shmem@0";
const RX_AREA = "/sram@93f000/scmi-shmem@200";
const GPU = 5;
const GPU_PLL_OUT = 42;

describe("a channel that is none of the firmware's", () => {
	it.each<[string, (tree: DeviceTree) => void, RegExp]>([
		[
			"an area elsewhere in the memory",
			(tree) => tree.node(AREA)?.set("reg", [0x600, 0x200]),
			/tx is smc 0xc20000fe with 512 bytes at 0x93f600, expected one .*0xc20000fe with 512 bytes at 0x93f000/,
		],
		[
			"an area too small for the longest message",
			(tree) => tree.node(AREA)?.set("reg", [0, 0x40]),
			/with 64 bytes at 0x93f000, expected/,
		],
		[
			"another function ID",
			(tree) =>
				tree.node(MAILBOX)?.set("arm,func-ids", [0xc20000aa, 0xc20000ab]),
			/tx is smc 0xc20000aa .*expected/,
		],
		[
			"the function ID of the other area",
			(tree) =>
				tree.node(MAILBOX)?.set("arm,func-ids", [0xc20000ff, 0xc20000fe]),
			/tx is smc 0xc20000ff with 512 bytes at 0x93f000, expected/,
		],
	])("%s is refused by name", (_, change, message) => {
		expect(() => openBoard(boardWith(change), createEngine())).toThrow(
			expect.objectContaining({
				code: "DT_BINDING",
				message: expect.stringMatching(message),
			}),
		);
	});
});

it("a channel without a function ID takes it from the message", async () => {
	const tree = boardWith((board) =>
		board.node(MAILBOX)?.delete("arm,func-ids"),
	);
	const { agent } = openBoard(tree, createEngine());
	expect(await agent.clock.rateGet(2)).toBe(24_000_000);
});

it("transports = mem passes the channel's index in x1", () => {
	const tree = boardWith((board) => {
		board.node(MAILBOX)?.set("transports", "mem").delete("interrupts");
		// The channel in use is the second one.
		const scmi = board.node("/firmware/scmi");
		const [phandle] = scmi?.cells("mboxes") ?? [];
		scmi?.set("mboxes", [phandle as number, 1, phandle as number, 0]);
		scmi?.set("shmem", [...(scmi.cells("shmem") ?? [])].reverse());
	});
	// That binding has no interrupts, and the second channel takes commands as well.
	const engine = createEngine(platformFor(tree, IMX8MM));
	const { agent } = openBoard(tree, engine);
	engine.registers(0)[2] = 0xdead;
	agent.sync.clock.rateGet(2);
	expect(engine.registers(0)[2]).toBe(1);
});

it("an agent boots after one that went back to an older version", async () => {
	const engine = createEngine();
	const first = openBoard(imx8mmBoard(), engine).agent;
	first.sync.clock.negotiate(0x10000);
	first.close();
	const report = await boot(openBoard(imx8mmBoard(), engine));
	expect(report.errors).toEqual([]);
});

it("an agent boots after one that went back to older versions of every protocol", async () => {
	const engine = createEngine();
	const first = openBoard(imx8mmBoard(), engine).agent;
	const { base, power, system, performance, clock, sensor, reset, voltage } =
		first.sync;
	const all = [base, power, system, performance, clock, sensor, reset, voltage];
	for (const protocol of all) protocol.negotiate(0x10000);
	first.close();
	const names: string[] = [];
	const second = openBoard(imx8mmBoard(), engine, {
		onMessage: ({ name, protocolId, status }) => {
			if (name === "NEGOTIATE_PROTOCOL_VERSION" && status === 0)
				names.push(protocolId.toString(16));
		},
	});
	expect((await boot(second)).errors).toEqual([]);
	expect(names).toEqual(["10", "11", "12", "13", "14", "15", "16", "17"]);
});

describe("the channel on which the firmware speaks first", () => {
	it("brings the agent notifications, direct or while time passes", async () => {
		const engine = createEngine();
		const { agent } = openBoard(imx8mmBoard(), engine);
		expect(agent.receives).toBe(true);
		const stream = agent.notifications({ name: "POWER_STATE_CHANGED" });
		agent.sync.power.stateNotify(GPU, true);
		agent.sync.power.on(GPU);
		expect((await stream.next()).value).toEqual({
			protocol: "power",
			name: "POWER_STATE_CHANGED",
			agentId: 1,
			domainId: GPU,
			powerState: 0,
		});
		const rates: number[] = [];
		agent.sync.clock.rateNotify(GPU_PLL_OUT, true);
		agent.onNotification({ name: "CLOCK_RATE_CHANGED" }, ({ clockId }) =>
			rates.push(agent.sync.clock.rateGet(clockId)),
		);
		const call = agent.clock.rateSet(GPU_PLL_OUT, 1_000_000_000, {
			async: true,
		});
		expect(agent.sync.clock.rateGet(GPU_PLL_OUT)).toBe(800_000_000);
		engine.advance((engine.nextEventNs as number) - engine.timeNs);
		expect(await call).toEqual({ clockId: GPU_PLL_OUT, rate: 1_000_000_000 });
		expect(rates).toEqual([1_000_000_000]);
		expect(agent.received).toEqual({
			notifications: 2,
			delayedResponses: 1,
			refused: 0,
		});
	});

	it("takes in what an agent before this one has left", () => {
		const engine = createEngine();
		const first = openBoard(imx8mmBoard(), engine).agent;
		first.sync.power.stateNotify(GPU, true);
		first.close();
		const raw = openBoard(
			boardWith((tree) => tree.node(MAILBOX)?.delete("interrupts")),
			engine,
		).agent;
		expect(raw.receives).toBe(false);
		for (let i = 0; i < 3; i++) {
			raw.sync.power.on(GPU);
			raw.sync.power.off(GPU);
		}
		raw.close();
		const { agent } = openBoard(imx8mmBoard(), engine);
		expect(agent.received).toMatchObject({ notifications: 6, refused: 0 });
	});

	it("may be reached through a hypervisor", () => {
		const tree = boardWith((board) =>
			board
				.node(MAILBOX)
				?.set("method", "hvc")
				.set("arm,func-ids", [0xc60000fe, 0xc60000ff]),
		);
		const { agent } = openBoard(tree, createEngine());
		agent.sync.power.stateNotify(GPU, true);
		agent.sync.power.on(GPU);
		agent.sync.power.off(GPU);
		expect(agent.received.notifications).toBe(2);
	});

	it.each<[string, (tree: DeviceTree) => void]>([
		["no interrupts", (tree) => tree.node(MAILBOX)?.delete("interrupts")],
		[
			"one interrupt for two channels",
			(tree) => tree.node(MAILBOX)?.set("interrupts", [0, 116, 1]),
		],
		[
			"private interrupts",
			(tree) => tree.node(MAILBOX)?.set("interrupts", [0, 115, 1, 1, 11, 1]),
		],
		[
			"no channel rx",
			(tree) => {
				const scmi = tree.node("/firmware/scmi");
				scmi?.set("mboxes", (scmi.cells("mboxes") ?? []).slice(0, 2));
				scmi?.set("shmem", (scmi.cells("shmem") ?? []).slice(0, 1));
				scmi?.set("mbox-names", "tx");
			},
		],
		[
			"one channel with two areas",
			(tree) => {
				const scmi = tree.node("/firmware/scmi");
				scmi?.set("mboxes", (scmi.cells("mboxes") ?? []).slice(0, 2));
				scmi?.set("mbox-names", "tx");
			},
		],
		[
			"no GIC in a tree without SCMI nodes",
			(tree) => {
				tree.node("/sram")?.remove();
				tree.node("/firmware")?.remove();
				for (const node of tree.nodes())
					if (node.isCompatible("arm,gic-v3")) node.set("compatible", "other");
			},
		],
	])("%s: the firmware only answers", async (_, change) => {
		const platform = platformFor(boardWith(change), IMX8MM);
		expect(platform.channels.some((row) => row.fromPlatform)).toBe(false);
		const engine = createEngine(platform);
		const board = openBoard(boardWith(change), engine);
		expect(board.agent.receives).toBe(false);
		const { maxAsyncRequests } = board.agent.sync.clock.protocolAttributes();
		expect(maxAsyncRequests).toBe(0);
		expect(() => board.agent.sync.power.stateNotify(GPU, true)).toThrow(
			"NOT_SUPPORTED",
		);
		expect(await boot(board)).toMatchObject({ errors: [], notifications: 0 });
	});

	it("needs a platform that has one", () => {
		const engine = createEngine(withoutPlatformChannels(IMX8MM));
		expect(openBoard(imx8mmBoard(), engine).agent.receives).toBe(false);
		expect(platformFor(imx8mmBoard(), IMX8MM)).toBe(IMX8MM);
	});

	it.each<[string, (tree: DeviceTree) => void, RegExp]>([
		[
			"another interrupt",
			(tree) => tree.node(MAILBOX)?.set("interrupts", [0, 115, 1, 0, 117, 1]),
			/rx is smc 0xc20000ff with 512 bytes at 0x93f200 and interrupt 117, expected .* and interrupt 116/,
		],
		[
			"another area",
			(tree) => tree.node(RX_AREA)?.set("reg", [0x400, 0x200]),
			/rx is smc 0xc20000ff with 512 bytes at 0x93f400 and interrupt 116, expected/,
		],
	])("%s is refused by name", (_, change, message) => {
		expect(() => openBoard(boardWith(change), createEngine())).toThrow(
			expect.objectContaining({
				code: "DT_BINDING",
				message: expect.stringMatching(message),
			}),
		);
	});
});
