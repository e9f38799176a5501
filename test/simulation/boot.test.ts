// Boot on the built-in board and on every i.MX8MM board of Debian's kernel package.
// What a boot must leave behind is read from the devicetree's own properties and from registers, not from the report alone.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { readFdt } from "../../host/devicetree/fdt.ts";
import { references } from "../../host/devicetree/references.ts";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { VERSION_SETS } from "../../host/platform/platform.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { type BootReport, boot } from "../../host/simulation/boot.ts";
import { addPlatformNodes } from "../../host/simulation/platform-nodes.ts";
import { debianBoards } from "../support/debian-dtbs.ts";

const CLOCK_CONTROLLER = "fsl,imx8mm-ccm";

interface Booted {
	tree: DeviceTree;
	report: BootReport;
	engine: ReturnType<typeof createEngine>;
	events: number;
	/** Names of the notifications. */
	told: string[];
}

async function bootTree(tree: DeviceTree, platform = IMX8MM): Promise<Booted> {
	const engine = createEngine(platform);
	let events = 0;
	const told: string[] = [];
	const board = openBoard(tree, engine, {
		onMessage: ({ kind, name }) => {
			if (kind === "command") events++;
			else told.push(name);
		},
	});
	return { tree, report: await boot(board), engine, events, told };
}

/** Clock IDs that a property of a node refers to on the SoC's clock controller. */
function clockIds(node: DtNode, property: string): (number | undefined)[] {
	return references(node, property, "#clock-cells").map(({ target, args }) =>
		target?.isCompatible(CLOCK_CONTROLLER) ? args[0] : undefined,
	);
}

/** The ID that an alias stands for. */
function real(id: number): number {
	const clock = IMX8MM.clocks.find((row) => row.id === id);
	return clock?.kind === "alias" ? clock.of : id;
}

function isDomainNode(node: DtNode): boolean {
	return node.parent?.name === "pgc";
}

function isBlockController(node: DtNode): boolean {
	return node.texts("compatible").some((name) => name.endsWith("blk-ctrl"));
}

/** Every enabled device's clocks run, and its domains are on. */
function expectDevicesUp({ tree, report }: Booted): number {
	const clocks = new Map(report.clocks.map((clock) => [clock.id, clock]));
	const domains = new Map(report.powerDomains.map((row) => [row.id, row]));
	let checked = 0;
	for (const node of tree.nodes()) {
		if (!node.enabled || isDomainNode(node) || isBlockController(node))
			continue;
		for (const id of clockIds(node, "clocks")) {
			if (id === undefined) continue;
			expect(clocks.get(id), `${node.path}: clock ${id}`).toMatchObject({
				enabled: true,
			});
			checked++;
		}
		for (const { target } of references(
			node,
			"power-domains",
			"#power-domain-cells",
		)) {
			if (target === undefined || !isDomainNode(target)) continue;
			const id = target.u32("reg") ?? -1;
			expect(domains.get(id), `${node.path}: domain ${id}`).toMatchObject({
				on: true,
			});
			checked++;
		}
	}
	return checked;
}

/** Parents and rates that only one device asks for are as it asked. */
function expectAssigned({ tree, report }: Booted): number {
	const wishes = new Map<number, { parent?: number; rate?: number }[]>();
	for (const node of tree.nodes()) {
		if (!node.enabled) continue;
		const clocks = clockIds(node, "assigned-clocks");
		const parents = clockIds(node, "assigned-clock-parents");
		const rates = node.cells("assigned-clock-rates") ?? [];
		for (const [i, id] of clocks.entries()) {
			if (id === undefined) continue;
			const wish = {
				...(parents[i] === undefined ? {} : { parent: real(parents[i]) }),
				...(rates[i] ? { rate: rates[i] } : {}),
			};
			wishes.set(real(id), [...(wishes.get(real(id)) ?? []), wish]);
		}
	}
	const names = new Map(report.clocks.map(({ id, name }) => [id, name]));
	let checked = 0;
	for (const [id, asked] of wishes) {
		const clock = report.clocks.find((row) => row.id === id);
		const parents = new Set(asked.flatMap(({ parent }) => parent ?? []));
		const [parent] = parents;
		if (parent !== undefined && parents.size === 1) {
			expect(clock?.parent, `parent of ${clock?.name}`).toBe(names.get(parent));
			checked++;
		}
	}
	return checked;
}

/** Every enabled device's lines on the reset controller are released. */
function expectReleased({ tree, report }: Booted): number {
	let checked = 0;
	for (const node of tree.nodes()) {
		if (!node.enabled) continue;
		for (const { target, args } of references(node, "resets", "#reset-cells")) {
			if (!target?.isCompatible("fsl,imx8mq-src")) continue;
			const line = report.resets.find(({ id }) => id === args[0]);
			expect(line, `${node.path}: reset ${args[0]}`).toMatchObject({
				asserted: false,
			});
			checked++;
		}
	}
	return checked;
}

describe("the built-in board", () => {
	let booted: Booted;
	beforeAll(async () => {
		booted = await bootTree(imx8mmBoard());
	});

	it("boots without an error", () => {
		expect(booted.report.errors).toEqual([]);
		expect(booted.report.devices).toBeGreaterThan(40);
		expect(booted.report.probed).toHaveLength(booted.report.devices);
	});

	it("counts the messages that really went through the mailbox", () => {
		expect(booted.report.messages).toBe(booted.events);
	});

	it("is told of the domains that it turns on and the clocks that it sets", () => {
		const { notifications, powerDomains } = booted.report;
		const on = powerDomains.filter((row) => row.on).length;
		expect(on).toBeGreaterThan(5);
		expect(notifications).toBe(booted.told.length);
		const states = booted.told.filter((name) => name === "POWER_STATE_CHANGED");
		expect(states).toHaveLength(on);
		const others = new Set(booted.told);
		expect([...others].sort()).toEqual([
			"CLOCK_RATE_CHANGED",
			"PERFORMANCE_LEVEL_CHANGED",
			"POWER_STATE_CHANGED",
		]);
	});

	it("brings up clocks, domains and parents", () => {
		expect(expectDevicesUp(booted)).toBeGreaterThan(100);
		expect(expectAssigned(booted)).toBeGreaterThan(20);
	});

	it("leaves the rates that the board asks for", () => {
		const rates = new Map(
			booted.report.clocks.map(({ name, rate }) => [name, rate]),
		);
		expect(rates.get("audio_pll1")).toBe(393_216_000);
		expect(rates.get("sys_pll3")).toBe(750_000_000);
		expect(rates.get("video_pll1")).toBe(594_000_000);
		expect(rates.get("audio_ahb")).toBe(400_000_000);
		expect(rates.get("ipg_audio_root")).toBe(400_000_000);
		expect(rates.get("noc")).toBe(750_000_000);
		expect(rates.get("arm")).toBe(1_800_000_000);
	});

	it("drives the block controllers by their registers", () => {
		const { engine } = booted;
		// VPU: resets released and clocks on for G1, G2 and H1.
		expect(engine.read32(0x3833_0000) & 7).toBe(7);
		expect(engine.read32(0x3833_0004) & 7).toBe(7);
		// DISP: DSI and LCDIF.
		expect(engine.read32(0x32e2_8004) & 0x3c0).toBe(0x3c0);
	});

	it("probes providers before those who use them", () => {
		const order = booted.report.probed.map(({ device }) => device);
		const clk = order.findIndex((path) => path.includes("clock-controller"));
		expect(clk).toBe(0);
		const blkCtrl = order.findIndex((path) =>
			path.includes("blk-ctrl@38330000"),
		);
		const codec = order.findIndex((path) => path.includes("38300000"));
		expect(blkCtrl).toBeGreaterThan(-1);
		expect(codec).toBeGreaterThan(blkCtrl);
	});

	it("releases the resets that devices refer to, and no others", () => {
		const { report, engine, tree } = booted;
		expect(expectReleased(booted)).toBeGreaterThan(3);
		const asserted = report.resets.filter((reset) => reset.asserted);
		expect(asserted.map(({ name }) => name)).toEqual([
			"sw-non-sclr-m4c-rst",
			"mipi-dsi-reset-byte-n",
			"mipi-dsi-reset-n",
			"mipi-dsi-dpi-reset-n",
			"mipi-dsi-esc-reset-n",
			"mipi-dsi-pclk-reset-n",
			"pciephy-perst",
			"m4-enable",
		]);
		expect(report.resets).toHaveLength(39);
		// PCIe: the PHY and its button released, PERST asserted, the application on.
		expect(engine.read32(0x3039_002c)).toBe(0x48);
		expect(tree.compatible("fsl,imx8mm-src")).toHaveLength(1);
		expect(report.unserved).toEqual([]);
	});
});

describe("a firmware without the reset protocol", () => {
	it("leaves the lines alone, and they are listed, apart from errors", async () => {
		const { reset: _, ...protocols } = IMX8MM.protocols;
		const { report, engine } = await bootTree(imx8mmBoard(), {
			...IMX8MM,
			protocols,
		});
		expect(report.errors).toEqual([]);
		expect(report.resets).toEqual([]);
		expect(engine.read32(0x3039_002c)).toBe(0xe);
		expect(report.unserved).toContainEqual({
			device: "/soc@0/pcie@33800000",
			property: "resets",
			provider: "/soc@0/bus@30000000/reset-controller@30390000",
		});
	});
});

describe("resets of a tree that is written for SCMI", () => {
	const withProtocol = (lines: readonly number[]) => {
		const tree = imx8mmBoard();
		addPlatformNodes(tree, IMX8MM);
		const protocol = (tree.node("/firmware/scmi") as DtNode)
			.addChild("protocol@16")
			.set("reg", 0x16)
			.set("#reset-cells", 1);
		const phandle = tree.phandleOf(protocol);
		const device = tree.root.addChild("reset-test");
		device.set(
			"resets",
			lines.flatMap((id) => [phandle, id]),
		);
		return tree;
	};

	it("are released", async () => {
		const { report } = await bootTree(withProtocol([27, 21]));
		expect(report.errors).toEqual([]);
		const asserted = (id: number) =>
			report.resets.find((row) => row.id === id)?.asserted;
		expect([asserted(27), asserted(21), asserted(22)]).toEqual([
			false,
			false,
			true,
		]);
	});

	it("that do not exist, or are not for an agent, are that device's errors", async () => {
		const { report } = await bootTree(withProtocol([30, 4]));
		expect(report.errors).toEqual([
			{
				device: "/reset-test",
				step: "resets",
				message: expect.stringContaining("NOT_FOUND"),
			},
			{
				device: "/reset-test",
				step: "resets",
				message: expect.stringContaining("DENIED"),
			},
		]);
	});
});

it("a boot that ends with the system throws why", async () => {
	const engine = createEngine();
	const board = openBoard(imx8mmBoard(), engine, {
		onMessage: ({ name }) => {
			if (name === "POWER_STATE_SET") engine.write32(0x3028_0000, 0);
		},
	});
	await expect(boot(board)).rejects.toMatchObject({ code: "SYSTEM_STOPPED" });
});

describe("older protocol versions", () => {
	it.each(["scmi-1.0", "scmi-2.0", "scmi-3.1"] as const)(
		"%s boots; parents are unserved, not errors",
		async (set) => {
			const platform = { ...IMX8MM, protocols: VERSION_SETS[set] };
			const { report } = await bootTree(imx8mmBoard(), platform);
			expect(report.errors).toEqual([]);
			expect(
				report.unserved.filter(
					({ property }) => property === "assigned-clock-parents",
				).length,
			).toBeGreaterThan(10);
			expect(report.clocks.every(({ parent }) => parent === null)).toBe(true);
		},
	);
});

describe("boards of Debian's kernel package", () => {
	it("all boot with an empty error list", { timeout: 300_000 }, async () => {
		const boards = await debianBoards();
		const names = boards.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(["imx8mm-evk"]));
		expect(names.length).toBeGreaterThan(10);
		for (const { name, file } of boards) {
			const booted = await bootTree(
				readFdt(new Uint8Array(readFileSync(file))),
			);
			expect(booted.report.errors, name).toEqual([]);
			expect(booted.report.devices, name).toBeGreaterThan(20);
			expect(expectDevicesUp(booted), name).toBeGreaterThan(40);
			expect(expectAssigned(booted), name).toBeGreaterThan(5);
			expectReleased(booted);
		}
	});
});

describe("trees that go wrong", () => {
	it("refuses another SoC before it changes anything", () => {
		const tree = imx8mmBoard();
		tree.root.set("compatible", ["vendor,board", "fsl,imx8mq"]);
		tree.compatible(CLOCK_CONTROLLER)[0]?.set("compatible", "fsl,imx8mq-ccm");
		expect(() => openBoard(tree, createEngine())).toThrow(
			expect.objectContaining({
				code: "DT_BINDING",
				message: expect.stringContaining('expected "fsl,imx8mm"'),
			}),
		);
	});

	it.each([
		["clocks", [0x7777, 1], "clocks"],
		["clocks", [], "clocks"],
		[
			"assigned-clock-rates",
			[1, 2, 3, 4, 5, 6, 7, 8, 9],
			"assigned-clock-rates",
		],
	] as const)(
		"tells a broken %s of one device and boots the others",
		async (property, cells, step) => {
			const tree = imx8mmBoard();
			const uart = tree.node("/soc@0/bus@30800000/serial@30a60000");
			const device = uart?.enabled
				? uart
				: (tree
						.compatible("fsl,imx8mm-uart")
						.find((node) => node.enabled) as DtNode);
			const phandle = tree.phandleOf(
				tree.compatible(CLOCK_CONTROLLER)[0] as DtNode,
			);
			device.set(property, cells.length === 0 ? [phandle] : [...cells]);
			const { report } = await bootTree(tree);
			expect(report.errors).toEqual([
				{ device: device.path, step, message: expect.any(String) },
			]);
		},
	);

	it("tells a clock that does not exist", async () => {
		const tree = imx8mmBoard();
		const device = tree
			.compatible("fsl,imx8mm-uart")
			.find((node) => node.enabled) as DtNode;
		const phandle = tree.phandleOf(
			tree.compatible(CLOCK_CONTROLLER)[0] as DtNode,
		);
		device.set("clocks", [phandle, 15]);
		const { report } = await bootTree(tree);
		expect(report.errors).toEqual([
			{
				device: device.path,
				step: "clocks",
				message: expect.stringContaining("NOT_FOUND"),
			},
		]);
	});

	it("does not follow circles of suppliers for ever", async () => {
		const tree = imx8mmBoard();
		const [a, b] = tree
			.compatible("fsl,imx8mm-uart")
			.filter((node) => node.enabled) as [DtNode, DtNode];
		for (const node of [a, b]) node.set("#clock-cells", [0]);
		a.set("clocks", [tree.phandleOf(b)]);
		b.set("clocks", [tree.phandleOf(a)]);
		const { report } = await bootTree(tree);
		expect(report.errors).toEqual([]);
	});
});
