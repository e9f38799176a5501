// The built-in board: accepted by dtc, whole, and saying about clocks and power domains what a driver looks for.
// Follows the bindings fsl,imx8mm-ccm, fsl,imx8mm-gpc and arm,smc-mbox.

import { expect, test } from "vitest";
import { physicalRegions } from "../../host/devicetree/address.ts";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { references } from "../../host/devicetree/references.ts";
import { readScmiTransport } from "../../host/devicetree/scmi-transport.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { plain } from "../support/devicetree.ts";
import { compile, complaints, decompile } from "../support/dtc.ts";

const board = imx8mmBoard();

function label(name: string) {
	const node = board.byLabel(name);
	if (node === undefined) throw new Error(`the board has no ${name}`);
	return node;
}

test("dtc has nothing to complain about, and the board survives the way through its source", () => {
	const blob = writeFdt(board);
	expect(complaints(blob)).toEqual([]);
	expect(plain(readFdt(blob))).toEqual(plain(board));
	const back = compile(decompile(blob, false));
	expect(plain(readFdt(back))).toEqual(plain(board));
});

test("each call gives a tree of its own", () => {
	const changed = imx8mmBoard();
	changed.root.set("model", "changed");
	expect(imx8mmBoard().root.text("model")).not.toBe("changed");
});

test("mailbox, shared memory and SCMI nodes keep their bindings and say how to reach the firmware", () => {
	expect(checkBindings(board)).toEqual([]);
	const transport = readScmiTransport(board, label("scmi"));
	expect(transport.kind).toBe("mailbox");
	expect(
		transport.channels.map(({ name, conduit, functionId, sharedMemory }) => [
			...[name, conduit, functionId],
			...[sharedMemory.address, sharedMemory.size],
		]),
	).toEqual([
		["tx", "smc", 0xc20000fe, 0x93f000n, 0x200n],
		["rx", "smc", 0xc20000ff, 0x93f200n, 0x200n],
	]);
	expect(transport.protocols.map(({ id }) => id)).toEqual([0x11, 0x14]);
});

test("every reference to clocks, power domains, resets and PHYs can be followed", () => {
	const lists = [
		["clocks", "#clock-cells"],
		["assigned-clocks", "#clock-cells"],
		["assigned-clock-parents", "#clock-cells"],
		["power-domains", "#power-domain-cells"],
		["resets", "#reset-cells"],
		["phys", "#phy-cells"],
	] as const;
	let count = 0;
	for (const node of board.nodes())
		for (const [property, cells] of lists)
			for (const { target } of references(node, property, cells)) {
				expect(target, `${node.path}: ${property}`).toBeDefined();
				count++;
			}
	expect(count).toBeGreaterThan(200);
});

test("every device's registers are at an address of the CPU", () => {
	for (const node of board.nodes())
		if (node.parent?.isCompatible("simple-bus"))
			expect(() => physicalRegions(node), node.path).not.toThrow();
	expect(physicalRegions(label("clk"))).toEqual([
		{ address: 0x30380000n, size: 0x10000n },
	]);
	expect(physicalRegions(label("jr1"))).toEqual([
		{ address: 0x30902000n, size: 0x1000n },
	]);
});

test("the clock controller asks for the parents and rates of a real board", () => {
	const clk = label("clk");
	const ids = (property: string) =>
		references(clk, property, "#clock-cells").map(({ args }) => args[0]);
	// A53_SRC, A53_CORE, NOC, AUDIO_AHB, IPG_AUDIO_ROOT, SYS_PLL3, VIDEO_PLL1, AUDIO_PLL1
	expect(ids("assigned-clocks")).toEqual([66, 251, 91, 94, 96, 27, 20, 18]);
	// SYS_PLL1_800M, ARM_PLL_OUT, SYS_PLL3_OUT, SYS_PLL1_800M
	expect(ids("assigned-clock-parents")).toEqual([56, 44, 47, 56]);
	expect(clk.cells("assigned-clock-rates")).toEqual([
		0, 0, 0, 400000000, 400000000, 750000000, 594000000, 393216000,
	]);
});

test("the twelve power domains are numbered as in the binding, children below their mix domain", () => {
	const domains = [...(label("gpc").child("pgc")?.children.values() ?? [])];
	expect(domains.map((node) => node.u32("reg"))).toEqual([
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	]);
	const parents = domains.map((node) =>
		references(node, "power-domains", "#power-domain-cells").map(({ target }) =>
			target?.u32("reg"),
		),
	);
	expect(parents.flatMap((parent) => parent[0] ?? -1)).toEqual([
		-1, 0, 0, 0, -1, 4, -1, 6, 6, 6, -1, 10,
	]);
});
