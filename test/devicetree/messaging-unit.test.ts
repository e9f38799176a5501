// Messaging units as mailboxes of SCMI nodes: read, written, checked, and held against the platform.
// Follows the bindings fsl,mu and arm,scmi of the Linux kernel.

import { describe, expect, it } from "vitest";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import {
	addScmiNodes,
	findScmi,
	replaceMailbox,
} from "../../host/devicetree/scmi-nodes.ts";
import { readScmiTransport } from "../../host/devicetree/scmi-transport.ts";
import { DeviceTree, type DtNode } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { openBoard, platformFor } from "../../host/simulation/board.ts";
import { setMailbox } from "../../host/simulation/platform-nodes.ts";
import { plain } from "../support/devicetree.ts";

const MU = "/soc@0/bus@30800000/mailbox@30aa0000";

function doorbellBoard() {
	const tree = imx8mmBoard();
	setMailbox(tree, IMX8MM, "doorbell");
	const scmi = findScmi(tree) as DtNode;
	const unit = tree.node(MU) as DtNode;
	return { tree, scmi, unit, phandle: unit.phandle as number };
}

it("a board's SCMI node is pointed at the doorbells of the unit that it has", () => {
	const { tree, scmi, phandle } = doorbellBoard();
	expect(scmi.cells("mboxes")).toEqual(
		[
			[phandle, 2, 0],
			[phandle, 3, 0],
			[phandle, 3, 1],
			[phandle, 2, 1],
		].flat(),
	);
	expect(scmi.texts("mbox-names")).toEqual([
		"tx",
		"tx_reply",
		"rx",
		"rx_reply",
	]);
	expect(tree.node("/firmware/mailbox")).toBeUndefined();
	expect(readScmiTransport(tree, scmi).channels).toMatchObject([
		{
			name: "tx",
			conduit: "doorbell",
			functionId: undefined,
			mailbox: { index: 0 },
			interrupt: 88,
			answered: true,
		},
		{ name: "rx", conduit: "doorbell", mailbox: { index: 1 }, answered: true },
	]);
});

it("there and back is the board as it was, but for the order of its nodes", () => {
	const before = imx8mmBoard();
	const { tree } = doorbellBoard();
	setMailbox(tree, IMX8MM, "smc");
	const mailbox = tree.node("/firmware/mailbox");
	const [expected, found] = [before, tree].map((board) => {
		const scmi = findScmi(board) as DtNode;
		const { kind, channels } = readScmiTransport(board, scmi);
		return {
			kind,
			channels: channels.map(({ conduit, functionId, interrupt }) => ({
				conduit,
				functionId,
				interrupt,
			})),
			others: plain(board).root.children.filter(
				({ name }) => name !== "firmware",
			).length,
		};
	});
	expect(found).toEqual(expected);
	expect(mailbox?.text("method")).toBe("smc");
	expect(checkBindings(tree)).toEqual([]);
});

it("a mailbox that another node uses stays", () => {
	const tree = imx8mmBoard();
	const mailbox = tree.node("/firmware/mailbox") as DtNode;
	tree.root.addChild("other").set("mboxes", [tree.phandleOf(mailbox), 1]);
	setMailbox(tree, IMX8MM, "doorbell");
	expect(tree.node("/firmware/mailbox")).toBe(mailbox);
});

it("a tree without a unit gets one, with its SCMI nodes", () => {
	const tree = new DeviceTree();
	tree.root.set("#address-cells", 1).set("#size-cells", 1);
	const { scmi } = addScmiNodes(tree, {
		sram: { address: 0x93f000n, size: 0x1000n },
		functionIds: [1, 2],
		method: "smc",
		messagingUnit: {
			address: 0x30aa0000n,
			size: 0x10000n,
			compatible: ["fsl,imx8mm-mu", "fsl,imx6sx-mu"],
			interrupt: 88,
		},
	});
	const unit = tree.node("/mailbox@30aa0000");
	expect(unit?.cells("reg")).toEqual([0x30aa0000, 0x10000]);
	expect(unit?.u32("#mbox-cells")).toBe(2);
	expect(scmi.cells("mboxes")?.[0]).toBe(unit?.phandle);
	expect(tree.node("/firmware/mailbox")).toBeUndefined();
	// There is no GIC in it whose interrupt it could have.
	expect(checkBindings(tree).map(({ message }) => message)).toEqual([
		"/mailbox@30aa0000: interrupts is absent, expected the interrupt of all channels",
	]);
});

it("a disabled unit is enabled", () => {
	const tree = imx8mmBoard();
	tree.node(MU)?.set("status", "disabled");
	setMailbox(tree, IMX8MM, "doorbell");
	expect(tree.node(MU)?.enabled).toBe(true);
});

it("an SCMI node without a mailbox gets none", () => {
	const { tree, scmi } = doorbellBoard();
	scmi.set("compatible", "arm,scmi-smc");
	expect(() =>
		replaceMailbox(tree, scmi, { functionIds: [1, 2], method: "smc" }),
	).toThrow(expect.objectContaining({ code: "DT_BINDING" }));
	expect(scmi.has("mboxes")).toBe(true);
});

describe("mboxes that no driver could use are refused and found", () => {
	it.each<[string, (phandle: number, scmi: DtNode) => void, RegExp]>([
		[
			"a word's channel to send",
			(mu, scmi) =>
				scmi.set("mboxes", [mu, 0, 0, mu, 3, 0, mu, 3, 1, mu, 2, 1]),
			/<&mailbox@30aa0000 2 n>, n 0 to 3, for "tx" in entry 0/,
		],
		[
			"directions exchanged",
			(mu, scmi) =>
				scmi.set("mboxes", [mu, 2, 0, mu, 2, 1, mu, 3, 1, mu, 2, 1]),
			/3 n>, n as in the entry before, for "tx_reply" in entry 1/,
		],
		[
			"a reply on another doorbell",
			(mu, scmi) =>
				scmi.set("mboxes", [mu, 2, 0, mu, 3, 1, mu, 3, 1, mu, 2, 1]),
			/n as in the entry before, for "tx_reply" in entry 1/,
		],
		[
			"a doorbell that the unit lacks",
			(mu, scmi) =>
				scmi.set("mboxes", [mu, 2, 4, mu, 3, 4, mu, 3, 1, mu, 2, 1]),
			/n 0 to 3, for "tx" in entry 0/,
		],
		[
			"two entries for two areas",
			(mu, scmi) => scmi.set("mboxes", [mu, 2, 0, mu, 3, 0]),
			/3 or 4 doorbells for two areas of shared memory/,
		],
	])("%s", (_, change, message) => {
		const { tree, scmi, phandle } = doorbellBoard();
		change(phandle, scmi);
		const refused = expect.objectContaining({
			code: "DT_BINDING",
			message: expect.stringMatching(message),
		});
		expect(() => openBoard(tree, createEngine())).toThrow(refused);
		expect(
			checkBindings(tree).some((finding) => message.test(finding.message)),
		).toBe(true);
	});
});

describe("a unit that is not the platform's", () => {
	it.each<[string, (unit: DtNode) => void, RegExp]>([
		[
			"another address",
			(unit) => unit.set("reg", [0x30ab0000, 0x10000]),
			/reg is .*expected 0x30aa0000, where imx8mm has its messaging unit/,
		],
		[
			"another interrupt",
			(unit) => unit.set("interrupts", [0, 97, 4]),
			/interrupts is .*expected the shared peripheral interrupt 88/,
		],
	])("%s", (_, change, message) => {
		const { tree, unit } = doorbellBoard();
		change(unit);
		expect(() => openBoard(tree, createEngine())).toThrow(message);
	});

	it("a doorbell that nobody answers", () => {
		const { tree, scmi, phandle: mu } = doorbellBoard();
		scmi.set("mboxes", [mu, 2, 2, mu, 3, 2, mu, 3, 1, mu, 2, 1]);
		expect(() => openBoard(tree, createEngine())).toThrow(
			`${MU}: nobody answers doorbell 2, expected 0 to 1`,
		);
	});

	it("a platform without a management processor", () => {
		const { management: _, ...platform } = IMX8MM;
		const { tree } = doorbellBoard();
		expect(() => openBoard(tree, createEngine(platform))).toThrow(
			"expected another mailbox: imx8mm has no management processor",
		);
		expect(() => setMailbox(imx8mmBoard(), platform, "doorbell")).toThrow(
			"no memory with two doorbell channels",
		);
	});
});

describe("a node with fsl,imx6sx-mu is checked", () => {
	it.each<[string, (unit: DtNode) => void, string]>([
		["one cell", (unit) => unit.set("#mbox-cells", 1), "#mbox-cells"],
		["no registers", (unit) => unit.delete("reg"), "reg"],
		["no interrupt", (unit) => unit.delete("interrupts"), "interrupts"],
		[
			"names of interrupts",
			(unit) => unit.set("interrupt-names", ["tx", "rx"]),
			"interrupt-names",
		],
	])("%s", (_, change, property) => {
		const tree = imx8mmBoard();
		expect(checkBindings(tree)).toEqual([]);
		change(tree.node(MU) as DtNode);
		expect(checkBindings(tree)).toMatchObject([{ node: MU, property }]);
	});
});

it("without the doorbell back the firmware's messages come all the same", () => {
	const { tree, scmi, phandle: mu } = doorbellBoard();
	scmi
		.set("mboxes", [mu, 2, 0, mu, 3, 0, mu, 3, 1])
		.set("mbox-names", ["tx", "tx_reply", "rx"]);
	expect(checkBindings(tree)).toEqual([]);
	const { agent, firmware } = openBoard(tree, createEngine());
	agent.sync.power.stateNotify(5, true);
	agent.sync.power.on(5);
	agent.sync.power.off(5);
	firmware.advance(1_000_000);
	expect(agent.received.notifications).toBe(2);
});

it("with one area the firmware only answers", () => {
	const { tree, scmi, phandle: mu } = doorbellBoard();
	scmi
		.set("mboxes", [mu, 2, 0, mu, 3, 0])
		.set("mbox-names", ["tx", "tx_reply"])
		.set("shmem", (scmi.cells("shmem") ?? []).slice(0, 1));
	expect(checkBindings(tree)).toEqual([]);
	const engine = createEngine(platformFor(tree, IMX8MM));
	const { agent } = openBoard(tree, engine);
	expect(agent.receives).toBe(false);
	expect(agent.sync.clock.rateGet(2)).toBe(24_000_000);
});
