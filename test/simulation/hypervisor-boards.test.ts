// Boards on a hypervisor: each guest boots its own devicetree by the same driver, with method = "hvc".
// Bindings arm,smc-mbox, arm,scmi; the IDs in a guest's tree are the guest's own.

import { expect, it } from "vitest";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { buildTree } from "../../host/devicetree/source.ts";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { type Board, openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { allResources } from "../../host/simulation/hypervisor/id-map.ts";
import { setMailbox } from "../../host/simulation/platform-nodes.ts";
import { AGENTS, machine, VM1, VM2 } from "../support/guests.ts";

const UART2 = 128;
const GPU = 5;

/** A guest's tree: an SCMI node with its protocols, and one device that uses what the guest has by the guest's IDs. */
function guestTree(compatible: string, clocks: number[], domain: number) {
	return buildTree({
		compatible: ["test,guest", "fsl,imx8mm"],
		model: `a guest with a ${compatible}`,
		"#address-cells": 1,
		"#size-cells": 1,
		"interrupt-parent": ["&gic"],
		"gic: interrupt-controller@38800000": {
			compatible: "arm,gic-v3",
			reg: [0x3880_0000, 0x1_0000],
			"interrupt-controller": true,
			"#interrupt-cells": 3,
		},
		"sram@93f000": {
			compatible: "mmio-sram",
			reg: [0x93f000, 0x400],
			"#address-cells": 1,
			"#size-cells": 1,
			ranges: [0, 0x93f000, 0x400],
			"tx: scmi-shmem@0": { compatible: "arm,scmi-shmem", reg: [0, 0x200] },
			"rx: scmi-shmem@200": {
				compatible: "arm,scmi-shmem",
				reg: [0x200, 0x200],
			},
		},
		firmware: {
			"mbox: mailbox": {
				compatible: "arm,smc-mbox",
				"#mbox-cells": 1,
				"arm,num-chans": 2,
				method: "hvc",
				"arm,func-ids": [0xc600_00fe, 0xc600_00ff],
				interrupts: [0, 115, 1, 0, 116, 1],
			},
			scmi: {
				compatible: "arm,scmi",
				mboxes: ["&mbox", 0, "&mbox", 1],
				"mbox-names": ["tx", "rx"],
				shmem: ["&tx", "&rx"],
				"#address-cells": 1,
				"#size-cells": 0,
				"power: protocol@11": { reg: 0x11, "#power-domain-cells": 1 },
				"clk: protocol@14": { reg: 0x14, "#clock-cells": 1 },
			},
		},
		"device@50000000": {
			compatible,
			reg: [0x5000_0000, 0x1000],
			clocks: clocks.flatMap((id) => ["&clk" as const, id]),
			"power-domains": ["&power", domain],
		},
	});
}

function open(tree: DeviceTree, guest: Board["firmware"]): Board {
	const board = openBoard(readFdt(writeFdt(tree)), guest);
	expect(board.channel.conduit).toBe("hvc");
	expect(board.addedScmiNodes).toBe(false);
	expect(board.agent.receives).toBe(true);
	return board;
}

it("two guests boot interleaved, each with its own IDs, and the engine keeps them apart", async () => {
	const { hypervisor, engine } = machine({
		performanceDomains: ["a53"],
		blocks: ["src"],
	});
	const trees = {
		vm1: guestTree("test,gpu", [1, 0], 1),
		vm2: guestTree("test,uart", [0], 0),
	};
	for (const tree of Object.values(trees))
		expect(checkBindings(tree)).toEqual([]);
	const boards = {
		vm1: open(trees.vm1, hypervisor.guest("vm1")),
		vm2: open(trees.vm2, hypervisor.guest("vm2")),
	};
	const [first, second] = await Promise.all([
		boot(boards.vm1),
		boot(boards.vm2),
	]);
	for (const report of [first, second]) {
		expect(report.errors).toEqual([]);
		expect(report.unserved).toEqual([]);
		expect(report.devices).toBe(1);
	}
	expect(first.clocks.map(({ id, name }) => [id, name])).toEqual([
		[0, "gpu3d_core"],
		[1, "uart2"],
		[2, "osc_24m"],
		[3, "gpu_pll_out"],
		[4, "audio_pll1"],
	]);
	expect(first.clocks[1]?.parent).toBe("osc_24m");
	expect(first.powerDomains).toEqual([
		{ id: 0, name: "mipi", on: false },
		{ id: 1, name: "gpu", on: true },
	]);
	expect(
		second.clocks.map(({ id, name, parent }) => [id, name, parent]),
	).toEqual([
		[0, "uart2", null],
		[1, "gpu3d_core", null],
	]);
	expect(second.powerDomains).toEqual([{ id: 0, name: "gpu", on: true }]);
	expect(engine.clockRequests(UART2)).toBe((1 << VM1) | (1 << VM2));
	expect(engine.powerDomainRequests(GPU)).toBe((1 << VM1) | (1 << VM2));

	// One ends; what the other uses stays on.
	expect(() => boards.vm1.agent.sync.system.shutdown()).toThrow(
		expect.objectContaining({ code: "SYSTEM_STOPPED" }),
	);
	expect(engine.clockRequests(UART2)).toBe(1 << VM2);
	expect(engine.powerDomainRequests(GPU)).toBe(1 << VM2);
	expect(await boards.vm2.agent.clock.rateGet(0)).toBe(24_000_000);
	hypervisor.guest("vm1").reset();
	const again = await boot(openBoard(trees.vm1, hypervisor.guest("vm1")));
	expect(again.errors).toEqual([]);
	expect(engine.clockRequests(UART2)).toBe((1 << VM1) | (1 << VM2));
});

it("a notification goes to each guest with its own IDs", async () => {
	const { hypervisor } = machine();
	const agents = ["vm1", "vm2"].map(
		(name) =>
			openBoard(guestTree("test,device", [0], 0), hypervisor.guest(name)).agent,
	);
	const told: unknown[] = [];
	for (const agent of agents) {
		agent.onNotification({ name: "POWER_STATE_CHANGED" }, (event) =>
			told.push([agents.indexOf(agent), event.agentId, event.domainId]),
		);
	}
	agents[0]?.sync.power.stateNotify(1, true);
	agents[1]?.sync.power.stateNotify(0, true);
	agents[1]?.sync.power.on(0);
	await Promise.resolve();
	expect(told.sort()).toEqual([
		[0, 0, 1],
		[1, 1, 0],
	]);
});

it("a delayed response comes to the guest that has asked, with its ID and token", async () => {
	const { hypervisor, engine } = machine();
	const { agent } = openBoard(
		guestTree("test,device", [0], 0),
		hypervisor.guest("vm1"),
	);
	const done = agent.clock.rateSet(3, 1_000_000_000, { async: true });
	engine.advance(1_000_000);
	expect(await done).toEqual({ clockId: 3, rate: 1_000_000_000 });
});

it("a guest that has the whole board boots it with the same messages and states as the host would", async () => {
	const blocks = ["src", "vpu-blk-ctrl", "disp-blk-ctrl"];
	const { hypervisor } = machine({ ...allResources(AGENTS), blocks });
	const tree = imx8mmBoard();
	setMailbox(tree, hypervisor.guest("vm1").platform, "hvc");
	const { virtualTimeNs, ...guest } = await boot(
		openBoard(tree, hypervisor.guest("vm1")),
	);
	const { virtualTimeNs: direct, ...host } = await boot(
		openBoard(imx8mmBoard(), createEngine(AGENTS)),
	);
	expect(guest.errors).toEqual([]);
	expect(guest).toEqual(host);
	// Each message costs the trap to EL2 besides.
	expect(virtualTimeNs).toBeGreaterThanOrEqual(direct + 1000 * host.messages);
});
