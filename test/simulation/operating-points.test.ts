// The cores' operating point after a boot: what the tree's table, the part, the supply's limits and the firmware allow.
// Binding operating-points-v2; the ARM PLL is read as a clock's rate, the supply from its register.

import { describe, expect, it } from "vitest";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { VERSION_SETS } from "../../host/platform/platform.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { PMIC } from "../support/pmic-facts.ts";

/** BUCK2: its register, 700 mV and 10 mV for each step. */
const BUCK2_VOLT_RUN = PMIC + 4 * 0x10;
const BUCK2 = 1;
const CLK_ARM = 215;

const { performance: _, ...withoutPerformance } = IMX8MM.protocols;
const BY_HAND = { ...IMX8MM, protocols: withoutPerformance };

async function bootTree(tree: DeviceTree, platform = IMX8MM) {
	const engine = createEngine(platform);
	const sent: string[] = [];
	const board = openBoard(tree, engine, {
		onMessage: ({ kind, name, request }) => {
			if (kind !== "command") return;
			const view = new DataView(request.buffer, request.byteOffset);
			const word = (at: number) =>
				at < request.length ? view.getUint32(at, true) : undefined;
			if (/^PERFORMANCE_(LIMITS|LEVEL)_SET$/.test(name))
				sent.push(
					[name, word(8), word(12)]
						.filter((part) => part !== undefined)
						.join(" "),
				);
			if (name === "VOLTAGE_LEVEL_SET" && word(4) === BUCK2)
				sent.push(`${name} ${word(12)}`);
			if (name === "CLOCK_RATE_SET" && word(8) === CLK_ARM)
				sent.push(`${name} ${word(12)}`);
		},
	});
	const report = await boot(board);
	const rate = report.clocks.find(({ id }) => id === CLK_ARM)?.rate;
	const millivolts = 700 + 10 * (engine.read32(BUCK2_VOLT_RUN) & 0x3f);
	return { report, sent, rate, millivolts };
}

function point(tree: DeviceTree, megahertz: number): DtNode {
	return tree.node(`/opp-table/opp-${megahertz}000000`) as DtNode;
}

function buck2(tree: DeviceTree): DtNode {
	return tree
		.compatible("rohm,bd71847")[0]
		?.child("regulators")
		?.child("BUCK2") as DtNode;
}

/** The tree without the part's two highest operating points, by another speed grade. */
function slowPart(tree: DeviceTree): void {
	for (const megahertz of [1600, 1800])
		point(tree, megahertz).set("opp-supported-hw", [2, 1]);
}

describe("a firmware with performance domains", () => {
	it("is asked for the highest level, within the levels of the tree", async () => {
		const { report, sent, rate, millivolts } = await bootTree(imx8mmBoard());
		// Levels are named by their indices in this version.
		expect(sent).toEqual([
			"PERFORMANCE_LIMITS_SET 3 1",
			"PERFORMANCE_LEVEL_SET 3",
		]);
		expect([rate, millivolts]).toEqual([1_800_000_000, 1000]);
		expect(report.performanceDomains).toEqual([
			{
				id: 0,
				name: "a53",
				level: 1800,
				min: 1200,
				max: 1800,
				rate: 1_800_000_000,
			},
		]);
	});

	it.each(["scmi-1.0", "scmi-2.0", "scmi-3.1"] as const)(
		"is asked by levels in %s",
		async (set) => {
			const protocols = VERSION_SETS[set];
			const { report, sent } = await bootTree(imx8mmBoard(), {
				...IMX8MM,
				protocols,
			});
			expect(sent).toEqual([
				"PERFORMANCE_LIMITS_SET 1800 1200",
				"PERFORMANCE_LEVEL_SET 1800",
			]);
			expect(report.performanceDomains[0]).toMatchObject({
				level: 1800,
				min: 1200,
				max: 1800,
				rate: 1_800_000_000,
			});
		},
	);

	it("is not asked for what another part has", async () => {
		const tree = imx8mmBoard();
		slowPart(tree);
		const { sent, rate, millivolts, report } = await bootTree(tree);
		expect(sent).toEqual([
			"PERFORMANCE_LIMITS_SET 1 1",
			"PERFORMANCE_LEVEL_SET 1",
		]);
		expect([rate, millivolts]).toEqual([1_200_000_000, 850]);
		expect(report.performanceDomains[0]).toMatchObject({
			min: 1200,
			max: 1200,
		});
	});

	it("takes any of several alternatives of opp-supported-hw", async () => {
		const tree = imx8mmBoard();
		slowPart(tree);
		point(tree, 1600).set("opp-supported-hw", [2, 1, 8, 4, 8, 1]);
		expect((await bootTree(tree)).rate).toBe(1_600_000_000);
	});

	it("is not asked for a voltage beyond the supply's limits", async () => {
		const tree = imx8mmBoard();
		buck2(tree).set("regulator-max-microvolt", 980_000);
		const { rate, millivolts } = await bootTree(tree);
		expect([rate, millivolts]).toEqual([1_600_000_000, 950]);
	});

	it("that has none of the tree's rates is an error of the first core", async () => {
		const tree = imx8mmBoard();
		slowPart(tree);
		point(tree, 1200).set("opp-hz", [0, 1_000_000_000]);
		const { report, sent } = await bootTree(tree);
		expect(sent).toEqual([]);
		expect(report.errors).toEqual([
			{
				device: "/cpus/cpu@0",
				step: "operating-points-v2",
				message:
					"allows 1000000 kHz, expected one of 1200000, 1600000, 1800000 of performance domain 0",
			},
		]);
	});

	it.each(["clocks", "power-domains"])(
		"is found by %s of the cores as well, and then needs no table",
		async (property) => {
			const tree = imx8mmBoard();
			const protocol = (tree.node("/firmware/scmi") as DtNode)
				.addChild("protocol@13")
				.set("reg", 0x13)
				.set(property === "clocks" ? "#clock-cells" : "#power-domain-cells", 1);
			for (const cpu of tree.node("/cpus")?.children.values() ?? []) {
				for (const name of ["operating-points-v2", "cpu-supply", "clocks"])
					cpu.delete(name);
				cpu.set(property, [tree.phandleOf(protocol), 0]);
			}
			const { report, sent } = await bootTree(tree);
			expect([report.errors, report.unserved]).toEqual([[], []]);
			expect(sent).toEqual([
				"PERFORMANCE_LIMITS_SET 3 1",
				"PERFORMANCE_LEVEL_SET 3",
			]);
		},
	);
});

describe("a firmware without performance domains", () => {
	it("is asked for voltage before rate on the way up", async () => {
		const { report, sent, rate, millivolts } = await bootTree(
			imx8mmBoard(),
			BY_HAND,
		);
		expect([report.errors, report.performanceDomains]).toEqual([[], []]);
		expect(sent).toEqual([
			"VOLTAGE_LEVEL_SET 1000000",
			"CLOCK_RATE_SET 1800000000",
		]);
		expect([rate, millivolts]).toEqual([1_800_000_000, 1000]);
	});

	it("is asked for rate before voltage on the way down", async () => {
		const tree = imx8mmBoard();
		slowPart(tree);
		// A loader's level that is higher than the operating point needs.
		buck2(tree).set("regulator-min-microvolt", 800_000);
		point(tree, 1200).set("opp-microvolt", [820_000, 820_000, 1_000_000]);
		const { sent, rate, millivolts } = await bootTree(tree, BY_HAND);
		expect(sent).toEqual([
			"CLOCK_RATE_SET 1200000000",
			"VOLTAGE_LEVEL_SET 820000",
		]);
		expect([rate, millivolts]).toEqual([1_200_000_000, 820]);
	});

	it("stays at its rate when the voltage is refused", async () => {
		const tree = imx8mmBoard();
		point(tree, 1800).set("opp-microvolt", 1_005_000);
		const { report, sent, rate } = await bootTree(tree, BY_HAND);
		expect(sent).toEqual([]);
		expect(rate).toBe(1_200_000_000);
		expect(report.errors).toEqual([
			{
				device: "/cpus/cpu@0",
				step: "operating-points-v2",
				message: "voltage domain 1 has no level from 1005000 to 1005000 µV",
			},
		]);
	});

	it("leaves the voltage to the driver of another chip", async () => {
		const tree = imx8mmBoard();
		tree.compatible("rohm,bd71847")[0]?.set("compatible", "vendor,other-chip");
		const { sent } = await bootTree(tree, BY_HAND);
		expect(sent).toEqual(["CLOCK_RATE_SET 1800000000"]);
	});
});
