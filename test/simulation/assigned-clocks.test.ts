// What a boot makes of assigned clocks, their parents and rates, and how its report tells of what is wrong with them.
// Properties as the clock binding of the devicetree schema has them: assigned-clocks, -parents, -rates, -rates-u64.

import { describe, expect, it } from "vitest";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { type BootReport, boot } from "../../host/simulation/boot.ts";

/** Clock IDs of the i.MX8MM binding. */
const OSC_24M = 2;
const SYS_PLL1_80M = 49;
const UART3 = 129;
const UART4 = 130;
const UART3_NAME = "uart3";
const UART4_NAME = "uart4";
const MHZ = 1_000_000;

interface Setup {
	tree: DeviceTree;
	/** A device of its own, behind everything else. */
	device: DtNode;
	/** Phandles of the clock controller and of a clock that runs by itself. */
	ccm: number;
	fixed: number;
}

function setup(): Setup {
	const tree = imx8mmBoard();
	// Only this device asks for the UARTs' clocks.
	for (const node of tree.compatible("fsl,imx8mm-uart"))
		node.set("status", "disabled");
	const ccm = tree.phandleOf(tree.compatible("fsl,imx8mm-ccm")[0] as DtNode);
	const clock = tree.root
		.addChild("clock-test")
		.set("compatible", "fixed-clock")
		.set("#clock-cells", 0);
	const device = tree.root.addChild("dev3").set("clocks", [ccm, UART3]);
	return { tree, device, ccm, fixed: tree.phandleOf(clock) };
}

function start(tree: DeviceTree): Promise<BootReport> {
	return boot(openBoard(tree, createEngine()));
}

function clock(report: BootReport, name: string) {
	return report.clocks.find((row) => row.name === name);
}

/** 64-bit rates as a property's cells. */
function wide(...rates: bigint[]): number[] {
	return rates.flatMap((rate) => [
		Number(rate >> 32n),
		Number(rate & 0xffff_ffffn),
	]);
}

describe("assigned-clock-rates-u64", () => {
	it("is honoured, and wins over assigned-clock-rates", async () => {
		const { tree, device, ccm } = setup();
		device
			.set("assigned-clocks", [ccm, UART3, ccm, UART4])
			.set("assigned-clock-rates", [8 * MHZ, 6 * MHZ])
			.set("assigned-clock-rates-u64", wide(4_000_000n, 0n));
		const report = await start(tree);
		expect(report.errors).toEqual([]);
		expect(clock(report, UART3_NAME)?.rate).toBe(4 * MHZ);
		// 0 leaves a clock as it is; the narrow rates count for nothing.
		expect(clock(report, UART4_NAME)?.rate).toBe(24 * MHZ);
	});

	it("without a value is as good as absent", async () => {
		const { tree, device, ccm } = setup();
		device
			.set("assigned-clocks", [ccm, UART3])
			.set("assigned-clock-rates", [8 * MHZ])
			.set("assigned-clock-rates-u64", true);
		const report = await start(tree);
		expect(report.errors).toEqual([]);
		expect(clock(report, UART3_NAME)?.rate).toBe(8 * MHZ);
	});

	it.each<[string, number[], RegExp]>([
		[
			"of half a rate",
			[0, 8 * MHZ, 0],
			/^is <0x0 .*>, expected a whole number of 8-byte rates$/,
		],
		[
			"beyond what a number holds",
			wide(1n << 63n),
			/^CLOCK_RATE_SET: 9223372036854776000 .*expected 0 to 9007199254740991$/,
		],
		[
			"for more clocks than are assigned",
			wide(8_000_000n, 1n),
			/^2 entries, expected at most the 1 of assigned-clocks$/,
		],
	])("%s is one error", async (_, cells, message) => {
		const { tree, device, ccm } = setup();
		device
			.set("assigned-clocks", [ccm, UART3])
			.set("assigned-clock-rates-u64", cells);
		expect((await start(tree)).errors).toEqual([
			{
				device: "/dev3",
				step: "assigned-clock-rates-u64",
				message: expect.stringMatching(message),
			},
		]);
	});
});

describe("more entries than assigned-clocks", () => {
	it("the valid ones are applied, the surplus is one error for each property", async () => {
		const { tree, device, ccm } = setup();
		const message = "3 entries, expected at most the 1 of assigned-clocks";
		device
			.set("assigned-clocks", [ccm, UART3])
			.set("assigned-clock-parents", [
				...[ccm, SYS_PLL1_80M],
				...[ccm, OSC_24M],
				...[ccm, OSC_24M],
			])
			.set("assigned-clock-rates", [40 * MHZ, 1, 1]);
		const report = await start(tree);
		expect(report.errors).toEqual([
			{ device: "/dev3", step: "assigned-clock-parents", message },
			{ device: "/dev3", step: "assigned-clock-rates", message },
		]);
		expect(clock(report, UART3_NAME)).toMatchObject({
			rate: 40 * MHZ,
			parent: "sys_pll1_80m",
		});
	});

	it("a list of clocks that cannot be read is the only error", async () => {
		const { tree, device, ccm } = setup();
		device
			.set("assigned-clocks", [0x9999])
			.set("assigned-clock-parents", [ccm, OSC_24M])
			.set("assigned-clock-rates", [1]);
		expect((await start(tree)).errors).toEqual([
			{
				device: "/dev3",
				step: "assigned-clocks",
				message: "entry 0 names phandle 0x9999, expected one that a node has",
			},
		]);
	});
});

describe("the report", () => {
	it("counts each reference to a clock that runs by itself once", async () => {
		const before = await start(setup().tree);
		const { tree, device, ccm, fixed } = setup();
		device
			.set("clocks", [fixed, ccm, UART3, fixed])
			.set("assigned-clocks", [fixed, ccm, UART3])
			.set("assigned-clock-parents", [0, fixed])
			.set("assigned-clock-rates", [1, 0]);
		const report = await start(tree);
		expect(report.errors).toEqual([]);
		expect(report.fixedClocks).toBe(before.fixedClocks + 4);
	});

	it("names device and property of an error once", async () => {
		const { tree, device } = setup();
		device.set("clocks", [0x99, 1]);
		expect((await start(tree)).errors).toEqual([
			{
				device: "/dev3",
				step: "clocks",
				message: "entry 0 names phandle 0x99, expected one that a node has",
			},
		]);
	});

	it("names another node where that is what is wrong", async () => {
		const { tree, device } = setup();
		const path = "/clock-test";
		const clock = tree.node(path) as DtNode;
		clock.set("#clock-cells", [0, 0]);
		device.set("clocks", [tree.phandleOf(clock)]);
		expect((await start(tree)).errors).toEqual([
			{
				device: "/dev3",
				step: "clocks",
				message: `${path}: #clock-cells is <0x0 0x0>, expected one 4-byte cell`,
			},
		]);
	});
});
