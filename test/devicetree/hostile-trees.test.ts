// Well-formed blobs with hostile values: every reader of a tree gives an answer or a CosimError, and soon.
// Follows the Devicetree Specification v0.4, chapter 2.3.

import fc from "fast-check";
import { expect, test } from "vitest";
import { physicalRegions } from "../../host/devicetree/address.ts";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { applyOverlay } from "../../host/devicetree/overlay.ts";
import { references } from "../../host/devicetree/references.ts";
import { addScmiNodes } from "../../host/devicetree/scmi-nodes.ts";
import { readScmiTransport } from "../../host/devicetree/scmi-transport.ts";
import { DeviceTree, type DtNode } from "../../host/devicetree/tree.ts";
import { CosimError } from "../../host/errors.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";

/** Runs an action; a refusal is fine, anything else that is thrown is not. */
function attempt(action: () => unknown): void {
	try {
		action();
	} catch (error) {
		if (!(error instanceof CosimError)) throw error;
	}
}

function readEverything(tree: DeviceTree): void {
	const phandles = [...tree.root.phandles.keys()].length;
	for (const node of tree.nodes()) {
		attempt(() => physicalRegions(node));
		attempt(() => references(node, "clocks", "#clock-cells"));
		attempt(() => references(node, "power-domains", "#power-domain-cells"));
		attempt(() => readScmiTransport(tree, node));
	}
	expect(checkBindings(tree)).toBeInstanceOf(Array);
	attempt(() => applyOverlay(tree, tree));
	attempt(() =>
		addScmiNodes(tree, {
			sram: { address: 0x93f000n, size: 0x1000n },
			functionIds: [1, 2],
			method: "smc",
		}),
	);
	expect([...tree.root.phandles.keys()].length).toBeGreaterThanOrEqual(
		phandles,
	);
}

const board = imx8mmBoard();
const interesting = [...board.nodes()].filter(
	(node) =>
		/sram|firmware|soc@0$|bus@|pgc|^\/$/.test(node.path) || node.depth < 3,
);
const cell = fc.oneof(
	fc.nat(4),
	fc.constantFrom(...board.root.phandles.keys()),
	fc.integer({ min: 0, max: 0xffffffff }),
);
const names = [
	...new Set(interesting.flatMap((node) => [...node.properties.keys()])),
];

test("values exchanged at random", () => {
	const change = fc.record({
		node: fc.nat(interesting.length - 1),
		name: fc.constantFrom(...names),
		value: fc.oneof(
			fc.constant(undefined),
			fc.uint8Array({ maxLength: 9 }),
			fc.array(cell, { maxLength: 9 }),
		),
	});
	fc.assert(
		fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
			const tree = board.clone();
			for (const { node, name, value } of changes) {
				const target = tree.node(interesting[node]?.path ?? "/") as DtNode;
				if (value === undefined) target.delete(name);
				else target.set(name, value);
			}
			readEverything(tree);
		}),
		{ numRuns: 60 },
	);
}, 60_000);

test("everything refers to everything, itself included", () => {
	const tree = board.clone();
	const all = [...tree.root.phandles.keys()];
	for (const node of tree.nodes()) {
		for (const name of [
			"clocks",
			"power-domains",
			"interrupt-parent",
			"mboxes",
		])
			node.set(name, name === "interrupt-parent" ? (all[0] ?? 1) : all);
		node.set("shmem", all.slice(0, 2)).set("ranges", all);
	}
	readEverything(tree);
});

test("thousands of ranges, entries and children", () => {
	const tree = new DeviceTree();
	tree.root.set("#address-cells", 1).set("#size-cells", 1);
	let bus = tree.root;
	for (let depth = 0; depth < 40; depth++) {
		bus = bus.addChild(`bus@${depth}`);
		bus.set("#address-cells", 1).set("#size-cells", 1);
		bus.set("ranges", Array<number>(128 * 3).fill(1));
	}
	const sram = bus.addChild("sram@0").set("compatible", "mmio-sram");
	sram.set("reg", Array<number>(2000).fill(1));
	sram.set("#address-cells", 1).set("#size-cells", 1).set("ranges", true);
	for (let index = 0; index < 2000; index++) {
		const area = sram
			.addChild(`a@${index}`)
			.set("compatible", "arm,scmi-shmem");
		area.set("reg", [1, 1]);
	}
	const start = performance.now();
	readEverything(tree);
	expect(performance.now() - start).toBeLessThan(10_000);
}, 30_000);
