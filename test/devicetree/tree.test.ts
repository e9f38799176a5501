// The model: paths, aliases, phandles, properties, addresses through buses, references.
// Follows the Devicetree Specification v0.4, chapters 2.2 and 2.3.

import { describe, expect, test } from "vitest";
import {
	busAddress,
	physicalRegions,
	ranges,
	reg,
	translate,
} from "../../host/devicetree/address.ts";
import {
	namedReference,
	references,
} from "../../host/devicetree/references.ts";
import { buildTree } from "../../host/devicetree/source.ts";
import { DeviceTree, type DtNode } from "../../host/devicetree/tree.ts";
import { CosimError } from "../../host/errors.ts";
import { plain } from "../support/devicetree.ts";

const tree = buildTree({
	"#address-cells": 2,
	"#size-cells": 2,
	aliases: { console: "&uart", broken: "nowhere" },
	"soc: soc@0": {
		"#address-cells": 1,
		"#size-cells": 1,
		ranges: [0, 1, 0, 0x1000_0000],
		"bus@100000": {
			"#address-cells": 1,
			"#size-cells": 1,
			ranges: [0x10, 0x100010, 0xf0, 0x200, 0x200000, 0x100],
			"uart: serial@20": {
				reg: [0x20, 0x10, 0x210, 4],
				clocks: ["&clk", 7, 0, "&osc"],
				"clock-names": ["ipg", "none", "per"],
				status: "okay",
			},
			"serial@30": { reg: [0x30, 0x10], status: "disabled", child: {} },
			"serial@300": { reg: [0x300, 4] },
		},
		"plain@0": {
			ranges: true,
			"#address-cells": 1,
			"#size-cells": 1,
			"dev@4": { reg: [4, 4] },
		},
		"closed@0": { "#address-cells": 1, "#size-cells": 0, "dev@5": { reg: 5 } },
	},
	"clk: clock-controller": { "#clock-cells": 1 },
	"osc: oscillator": { "#clock-cells": 0 },
});

function at(path: string): DtNode {
	const node = tree.node(path);
	if (node === undefined) throw new Error(`no ${path}`);
	return node;
}

/** Expects a CosimError DT_BINDING whose message has all the words. */
function refuses(action: () => unknown, ...parts: string[]): void {
	try {
		action();
	} catch (error) {
		expect(error).toBeInstanceOf(CosimError);
		expect((error as CosimError).code).toBe("DT_BINDING");
		for (const part of parts) expect((error as Error).message).toContain(part);
		return;
	}
	expect.fail("nothing was refused");
}

describe("paths", () => {
	test("a node is found by path, without its unit address, by alias and by label", () => {
		const uart = at("/soc@0/bus@100000/serial@20");
		expect(at("/soc/bus/serial@20")).toBe(uart);
		expect(at("console")).toBe(uart);
		expect(tree.byLabel("uart")).toBe(uart);
		expect(uart.path).toBe("/soc@0/bus@100000/serial@20");
		expect(at("/")).toBe(tree.root);
		expect(tree.root.path).toBe("/");
		expect([uart.baseName, uart.unitAddress]).toEqual(["serial", "20"]);
	});

	test("what is ambiguous, broken or absent is not found", () => {
		for (const path of ["/soc/bus/serial", "broken", "nobody", "/soc@1", ""])
			expect(tree.node(path === "" ? "?" : path), path).toBeUndefined();
	});

	test("a status counts for all nodes below", () => {
		expect(at("console").enabled).toBe(true);
		expect(at("/soc/bus/serial@30/child").enabled).toBe(false);
	});
});

describe("properties", () => {
	const node = new DeviceTree().root;
	node
		.set("text", "Grün")
		.set("list", ["a", "b"])
		.set("cells", [1, 0xffffffff]);
	node
		.set("wide", (1n << 64n) - 1n)
		.set("flag", true)
		.set("raw", Uint8Array.of(1, 2, 3));

	test("values read back as what they were set to", () => {
		expect(node.text("text")).toBe("Grün");
		expect(node.texts("list")).toEqual(["a", "b"]);
		expect(node.cells("cells")).toEqual([1, 0xffffffff]);
		expect(node.u64("wide")).toBe((1n << 64n) - 1n);
		expect(node.properties.get("flag")).toHaveLength(0);
	});

	test("an absent property is undefined, or an empty list", () => {
		expect([
			node.text("x"),
			node.cells("x"),
			node.u32("x"),
			node.u64("x"),
		]).toEqual([undefined, undefined, undefined, undefined]);
		expect(node.texts("x")).toEqual([]);
	});

	test("a malformed value is refused with node, property, value and what was expected", () => {
		refuses(() => node.text("list"), '/: list is "a", "b"', "one string");
		refuses(() => node.text("raw"), "raw is [01 02 03]", "NUL-terminated");
		refuses(() => node.cells("raw"), "4-byte cells");
		refuses(() => node.u32("cells"), "<0x1 0xffffffff>", "one 4-byte cell");
		refuses(() => node.u64("cells2") ?? node.u64("raw"), "8 bytes");
	});

	test("what no tree can hold is refused when it is set", () => {
		refuses(() => node.set("a b", 1), '"a b"');
		refuses(() => node.set("x", -1), "-1 is not a u32");
		refuses(() => node.set("x", [0.5]), "0.5 is not a u32");
		refuses(() => node.set("x", 1n << 64n), "not a u64");
		refuses(() => node.addChild("a/b"), '"a/b"');
		node.addChild("twice");
		refuses(() => node.addChild("twice"), "already has a child twice");
		let deep = new DeviceTree().root;
		for (let depth = 1; depth < 64; depth++) deep = deep.addChild("a");
		refuses(() => deep.addChild("a"), "64 deep");
	});
});

describe("phandles", () => {
	test("the index follows every change", () => {
		const tree = new DeviceTree();
		const a = tree.root.addChild("a");
		const b = tree.root.addChild("b");
		expect(tree.phandleOf(a)).toBe(1);
		expect(tree.phandleOf(b)).toBe(2);
		expect(tree.phandleOf(a)).toBe(1);
		expect(tree.byPhandle(2)).toBe(b);
		b.set("phandle", 9);
		expect([tree.byPhandle(2), tree.byPhandle(9)]).toEqual([undefined, b]);
		b.remove();
		expect(tree.byPhandle(9)).toBeUndefined();
		expect(tree.freshPhandle()).toBe(2);
		a.set("phandle", 0xfffffffe);
		refuses(() => tree.freshPhandle(), "no phandle is left");
	});

	test("a clone shares nothing", () => {
		const copy = tree.clone();
		expect(plain(copy)).toEqual(plain(tree));
		copy.node("console")?.set("status", "disabled");
		copy.node("/soc/bus")?.remove();
		expect(at("console").text("status")).toBe("okay");
	});
});

describe("addresses", () => {
	test("reg is decoded by the cells of the bus", () => {
		expect(reg(at("console"))).toEqual([
			{ address: 0x20n, size: 0x10n },
			{ address: 0x210n, size: 4n },
		]);
		expect(reg(at("/soc/closed/dev"))).toEqual([{ address: 5n, size: 0n }]);
	});

	test("an address goes up through every bus, and down again", () => {
		expect(
			physicalRegions(at("console")).map(({ address }) => address),
		).toEqual([0x1_0010_0020n, 0x1_0020_0010n]);
		expect(translate(at("/soc/plain"), 4n)).toBe(0x1_0000_0004n);
		expect(busAddress(at("/soc/bus"), 0x1_0020_0010n, 4n)).toBe(0x210n);
		expect(busAddress(at("/soc/plain"), 0x1_0000_0004n)).toBe(4n);
	});

	test("what no entry of ranges covers is refused, and where", () => {
		refuses(
			() => physicalRegions(at("/soc/bus/serial@300")),
			"/soc@0/bus@100000: ranges",
			"covers 0x300",
		);
		refuses(() => translate(at("/soc/bus"), 0xfen, 4n), "0xfe");
		refuses(
			() => physicalRegions(at("/soc/closed/dev")),
			"/soc@0/closed@0: ranges is absent",
		);
		refuses(() => busAddress(at("/soc/bus"), 0n), "leads to 0x0");
	});

	test("lengths and cells that do not fit are refused", () => {
		const tree = buildTree({
			"#address-cells": 1,
			"#size-cells": 1,
			"a@0": { reg: [1, 2, 3] },
			bus: { ranges: [1], "#address-cells": 5 },
		});
		refuses(() => reg(tree.node("/a") as DtNode), "/a@0: reg", "1 + 1 cells");
		refuses(
			() => ranges(tree.node("/bus") as DtNode),
			"#address-cells is <0x5>",
			"0 to 4",
		);
		tree.root.set("#address-cells", 0).set("#size-cells", 0);
		refuses(() => reg(tree.node("/a") as DtNode), "0 + 0 cells");
	});
});

describe("references", () => {
	test("each entry takes the cells that its target asks for; <0> is a hole", () => {
		const list = references(at("console"), "clocks", "#clock-cells");
		expect(list.map(({ target, args }) => [target?.name, args])).toEqual([
			["clock-controller", [7]],
			[undefined, []],
			["oscillator", []],
		]);
		expect(references(at("console"), "absent", "#clock-cells")).toEqual([]);
	});

	test("an entry is found by name", () => {
		const find = (name: string) =>
			namedReference(
				at("console"),
				"clocks",
				"#clock-cells",
				"clock-names",
				name,
			);
		expect(find("ipg")?.args).toEqual([7]);
		expect(find("none")?.target).toBeUndefined();
		expect(find("ahb")).toBeUndefined();
	});

	test("loops and nonsense are refused or ignored, never followed for ever", () => {
		const tree = buildTree({
			"a: a": {
				clocks: ["&b", 1],
				"#clock-cells": 1,
				"power-domains": ["&a"],
				"interrupt-parent": ["&b"],
				ranges: ["&a"],
			},
			"b: b": {
				clocks: ["&a", 1],
				"#clock-cells": 0xffffffff,
				"interrupt-parent": ["&a"],
			},
		});
		const a = tree.node("/a") as DtNode;
		const b = tree.node("/b") as DtNode;
		refuses(
			() => references(a, "clocks", "#clock-cells"),
			"/a: clocks entry 0",
			"4294967295",
			"/b",
		);
		expect(references(b, "clocks", "#clock-cells")[0]?.target).toBe(a);
		refuses(
			() => references(a, "power-domains", "#power-domain-cells"),
			"#power-domain-cells",
		);
		b.set("clocks", [0x77, 1]);
		refuses(() => references(b, "clocks", "#clock-cells"), "phandle 0x77");
		refuses(() => translate(a, 0n), "/a");
	});
});

test("source refuses unknown and repeated labels", () => {
	refuses(() => buildTree({ clocks: ["&nobody"] }), "&nobody");
	refuses(() => buildTree({ "x: a": {}, "x: b": {} }), "label x", "/a", "/b");
});
