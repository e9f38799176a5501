// Opening a board: what its devicetree says of the channel is held against the channels that the firmware serves.
// Bindings arm,scmi, arm,smc-mbox and arm,scmi-shmem; version negotiation as SCMI 3.2, 4.2.2.4.

import { describe, expect, it } from "vitest";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";

function boardWith(change: (tree: DeviceTree) => void): DeviceTree {
	const tree = imx8mmBoard();
	change(tree);
	return tree;
}

const MAILBOX = "/firmware/mailbox";
const AREA = "/sram@93f000/scmi-shmem@0";

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
		board.node(MAILBOX)?.set("transports", "mem");
		// The channel in use is the second one.
		const scmi = board.node("/firmware/scmi");
		const [phandle] = scmi?.cells("mboxes") ?? [];
		scmi?.set("mboxes", [phandle as number, 1, phandle as number, 0]);
		scmi?.set("shmem", [...(scmi.cells("shmem") ?? [])].reverse());
	});
	const engine = createEngine();
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
