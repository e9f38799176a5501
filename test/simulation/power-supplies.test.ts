// Rails as a boot leaves them: within the limits of the board's devicetree, on when they are to be on or used.
// Bindings regulator.yaml and rohm,bd71847; levels are read from the chip's registers, as its datasheet has them.

import { describe, expect, it } from "vitest";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { railFact } from "../support/pmic-facts.ts";

const CHIP = "/soc@0/bus@30800000/i2c@30a20000/pmic@4b";

async function bootTree(tree: DeviceTree, platform = IMX8MM) {
	const engine = createEngine(platform);
	const sent: { name: string; words: number[] }[] = [];
	const board = openBoard(tree, engine, {
		onMessage: ({ kind, name, request }) => {
			if (kind !== "command") return;
			const view = new DataView(request.buffer, request.byteOffset);
			const words: number[] = [];
			for (let at = 4; at < request.length; at += 4)
				words.push(view.getUint32(at, true));
			sent.push({ name, words });
		},
	});
	const report = await boot(board);
	const rail = (name: string) => {
		const { register, enable, enableBit, level } = railFact(name);
		return {
			microvolts: level(engine.read32(register)),
			on: (engine.read32(enable) & enableBit) !== 0,
		};
	};
	const words = (name: string) =>
		sent.filter((row) => row.name === name).map((row) => row.words);
	return { report, rail, words };
}

function regulators(tree: DeviceTree): DtNode {
	return tree.node(`${CHIP}/regulators`) as DtNode;
}

function limit(regulator: DtNode | undefined, min: number, max: number): void {
	regulator?.set("regulator-min-microvolt", min);
	regulator?.set("regulator-max-microvolt", max);
}

/** LDO5, which is off and which the built-in board does not describe. */
function addLdo5(tree: DeviceTree): DtNode {
	return regulators(tree).addChild("LDO5");
}

/** A device that has nothing but a supply. */
function addConsumer(tree: DeviceTree, supply: DtNode): DtNode {
	const phandle = tree.phandleOf(supply);
	return tree.root.addChild("supplied").set("vdd-supply", phandle);
}

describe("limits of the board", () => {
	it("that the loader's levels keep change nothing", async () => {
		const { report, words, rail } = await bootTree(imx8mmBoard());
		expect(report.errors).toEqual([]);
		expect(words("VOLTAGE_LEVEL_SET")).toEqual([]);
		expect(words("VOLTAGE_CONFIG_SET")).toEqual([]);
		expect(report.rails).toHaveLength(12);
		for (const { name, microvolts, on } of report.rails)
			expect({ microvolts, on }, name).toEqual(rail(name));
	});

	it.each([
		["above the level", 900_000, 950_000, 900_000],
		["below the level", 700_000, 815_000, 810_000],
		["between two levels", 851_000, 869_000, 860_000],
	])("%s move it as little as possible", async (_, min, max, expected) => {
		const tree = imx8mmBoard();
		limit(regulators(tree).child("BUCK1"), min, max);
		const { report, rail, words } = await bootTree(tree);
		expect(report.errors).toEqual([]);
		expect(rail("BUCK1")).toEqual({ microvolts: expected, on: true });
		expect(words("VOLTAGE_LEVEL_SET")).toEqual([[0, 0, expected]]);
		expect(report.rails[0]).toEqual({
			id: 0,
			name: "BUCK1",
			microvolts: expected,
			on: true,
		});
	});

	it("without a level between them are an error of the regulator", async () => {
		const tree = imx8mmBoard();
		limit(regulators(tree).child("BUCK1"), 861_000, 869_000);
		const { report, rail } = await bootTree(tree);
		expect(report.errors).toEqual([
			{
				device: `${CHIP}/regulators/BUCK1`,
				step: "voltage",
				message: "voltage domain 0 has no level from 861000 to 869000 µV",
			},
		]);
		expect(rail("BUCK1").microvolts).toBe(850_000);
	});

	it("that cannot be read are an error of the regulator, and the others are set", async () => {
		const tree = imx8mmBoard();
		regulators(tree)
			.child("BUCK1")
			?.set("regulator-min-microvolt", new Uint8Array(3));
		limit(regulators(tree).child("LDO3"), 1_900_000, 2_000_000);
		const { report, rail } = await bootTree(tree);
		expect(report.errors).toEqual([
			{
				device: `${CHIP}/regulators/BUCK1`,
				step: "voltage",
				message: expect.stringContaining("regulator-min-microvolt"),
			},
		]);
		expect(rail("LDO3").microvolts).toBe(1_900_000);
	});
});

describe("a rail that is off", () => {
	it.each(["regulator-always-on", "regulator-boot-on"])(
		"is turned on by %s",
		async (property) => {
			const tree = imx8mmBoard();
			addLdo5(tree).set(property, true);
			const { report, rail, words } = await bootTree(tree);
			expect(report.errors).toEqual([]);
			expect(rail("LDO5").on).toBe(true);
			expect(words("VOLTAGE_CONFIG_SET")).toEqual([[10, 7]]);
		},
	);

	it("stays off when the tree describes it, and nobody uses it", async () => {
		const tree = imx8mmBoard();
		limit(addLdo5(tree), 1_800_000, 3_300_000);
		expect((await bootTree(tree)).rail("LDO5").on).toBe(false);
	});

	it("is turned on, within its limits, for a device", async () => {
		const tree = imx8mmBoard();
		const regulator = addLdo5(tree);
		limit(regulator, 2_500_000, 3_300_000);
		const device = addConsumer(tree, regulator);
		const { report, rail } = await bootTree(tree);
		expect(report.errors).toEqual([]);
		expect(rail("LDO5")).toEqual({ microvolts: 2_500_000, on: true });
		const order = report.probed.map((row) => row.device);
		expect(order.indexOf(CHIP)).toBeGreaterThan(-1);
		expect(order.indexOf(device.path)).toBeGreaterThan(order.indexOf(CHIP));
	});

	it("stays off for a device that is disabled", async () => {
		const tree = imx8mmBoard();
		addConsumer(tree, addLdo5(tree)).set("status", "disabled");
		expect((await bootTree(tree)).rail("LDO5").on).toBe(false);
	});

	it("is turned on by a regulator of the SCMI node as well", async () => {
		const tree = imx8mmBoard();
		const protocol = (tree.node("/firmware/scmi") as DtNode)
			.addChild("protocol@17")
			.set("reg", 0x17);
		const regulator = protocol
			.addChild("regulators")
			.addChild("regulator@a")
			.set("reg", 10);
		limit(regulator, 3_000_000, 3_000_000);
		addConsumer(tree, regulator);
		const { report, rail } = await bootTree(tree);
		expect(report.errors).toEqual([]);
		expect(rail("LDO5")).toEqual({ microvolts: 3_000_000, on: true });
	});
});

describe("supplies that are not the firmware's", () => {
	it("of another chip are listed for the devices that use them", async () => {
		const tree = imx8mmBoard();
		tree.node(CHIP)?.set("compatible", "vendor,other-chip");
		const { report } = await bootTree(tree);
		expect(report.errors).toEqual([]);
		expect(report.unserved).toEqual(
			[0, 1, 2, 3].map((number) => ({
				device: `/cpus/cpu@${number}`,
				property: "cpu-supply",
				provider: `${CHIP}/regulators/BUCK2`,
			})),
		);
	});

	it("that are fixed, or switched by a pin, are nobody's to serve", async () => {
		const tree = imx8mmBoard();
		const fixed = tree.root
			.addChild("regulator-3v3")
			.set("compatible", "regulator-fixed");
		const uart = tree
			.compatible("fsl,imx8mm-uart")
			.find((node) => node.enabled) as DtNode;
		uart.set("vcc-supply", tree.phandleOf(fixed));
		const { report } = await bootTree(tree);
		expect([report.errors, report.unserved]).toEqual([[], []]);
	});

	it("nor is any without the voltage protocol", async () => {
		const { voltage: _, ...protocols } = IMX8MM.protocols;
		const { report } = await bootTree(imx8mmBoard(), { ...IMX8MM, protocols });
		expect(report.errors).toEqual([]);
		expect(report.rails).toEqual([]);
		expect(report.unserved).toHaveLength(4);
	});
});
