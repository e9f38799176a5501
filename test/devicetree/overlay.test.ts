// Overlays: the same inputs through fdtoverlay and through this package give the same tree; bad ones change nothing.
// Follows the overlay layout of dtc -@.

import { describe, expect, test } from "vitest";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { applyOverlay } from "../../host/devicetree/overlay.ts";
import { references } from "../../host/devicetree/references.ts";
import { buildTree, type NodeSource } from "../../host/devicetree/source.ts";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { CosimError } from "../../host/errors.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { plain } from "../support/devicetree.ts";
import { compile, decompile, fdtoverlay } from "../support/dtc.ts";

const base = compile(
	`/dts-v1/; / {
		#address-cells = <1>; #size-cells = <1>; model = "base";
		clk: clock { #clock-cells = <1>; };
		soc: soc { #address-cells = <1>; #size-cells = <1>;
			uart: serial@10 { reg = <0x10 4>; clocks = <&clk 3>; status = "disabled"; };
		};
	};`,
	true,
);

const overlays = {
	"properties changed and added": `/dts-v1/; /plugin/;
		&uart { status = "okay"; current-speed = <115200>; };`,
	"nodes added below a label, with references both ways": `/dts-v1/; /plugin/;
		&soc { dma: dma@20 { reg = <0x20 4>; #dma-cells = <1>; clocks = <&clk 1>; };
			spi@30 { reg = <0x30 4>; dmas = <&dma 5>, <&dma 6>; clocks = <&clk 2>, <&clk 4>; }; };`,
	"a target path, and the root": `/dts-v1/; /plugin/;
		/ { fragment@0 { target-path = "/soc/serial@10"; __overlay__ { label = "tty"; }; };
			fragment@1 { target-path = "/"; __overlay__ { model = "changed"; extra: extra { link = <&uart>; }; }; }; };`,
	"fragments that build on each other": `/dts-v1/; /plugin/;
		&soc { hub: hub { }; }; &uart { parent = <&hub>; }; &clk { uart = <&uart>; };`,
	"nested nodes with local references": `/dts-v1/; /plugin/;
		&soc { a: a { b: b { c: c { peer = <&a &b &c &uart>; }; }; }; };`,
};

/** Everything but the order, which the two tools choose differently. */
function sorted(tree: DeviceTree): string {
	return decompile(writeFdt(tree));
}

describe("as fdtoverlay does", () => {
	test.each(Object.entries(overlays))("%s", (_, source) => {
		const overlay = compile(source, true);
		const tree = readFdt(base);
		const result = applyOverlay(tree, readFdt(overlay));
		expect(sorted(result)).toBe(decompile(fdtoverlay(base, [overlay])));
		expect(plain(tree)).toEqual(plain(readFdt(base)));
	});

	test("several in a row, each finding the labels of those before", () => {
		const first = compile(overlays["fragments that build on each other"], true);
		const second = compile(
			`/dts-v1/; /plugin/; &hub { port { back = <&hub &uart>; }; };`,
			true,
		);
		const result = [first, second].reduce(
			(tree, overlay) => applyOverlay(tree, readFdt(overlay)),
			readFdt(base),
		);
		expect(sorted(result)).toBe(decompile(fdtoverlay(base, [first, second])));
	});

	test("on the built-in board", () => {
		const overlay = compile(
			`/dts-v1/; /plugin/; &uart4 { status = "okay"; assigned-clocks = <&clk 130>; };`,
			true,
		);
		const blob = writeFdt(imx8mmBoard());
		const result = applyOverlay(imx8mmBoard(), readFdt(overlay));
		expect(result.byLabel("uart4")?.enabled).toBe(true);
		expect(sorted(result)).toBe(decompile(fdtoverlay(blob, [overlay])));
	});
});

test("a node that both trees give a phandle keeps the base's, and the overlay's references follow", () => {
	// fdtoverlay 1.6 overwrites the phandle and so cuts the base's references off.
	const overlay = compile(
		`/dts-v1/; /plugin/; / { fragment@0 { target-path = "/"; __overlay__ {
			mine: clock { rate = <1>; }; user { clocks = <&mine 9>; }; }; }; };`,
		true,
	);
	const result = applyOverlay(readFdt(base), readFdt(overlay));
	const clock = result.node("/clock");
	for (const path of ["/user", "/soc/serial@10"]) {
		const user = result.node(path);
		expect(user && references(user, "clocks", "#clock-cells")[0]?.target).toBe(
			clock,
		);
	}
});

/** Overlays that cannot be applied, and words that the refusal must have. */
const bad: [name: string, NodeSource, ...words: string[]][] = [
	["no fragment", {}, "no fragment"],
	[
		"no content",
		{ "fragment@0": { "target-path": "/" } },
		"fragment@0",
		"__overlay__",
	],
	[
		"no target",
		{ "fragment@3": { __overlay__: {} } },
		"fragment@3",
		"no target",
	],
	[
		"a path that leads nowhere",
		{ "fragment@0": { "target-path": "/nowhere", __overlay__: {} } },
		"fragment@0",
		'"/nowhere"',
		"path of a node",
	],
	[
		"a phandle of nobody",
		{ "fragment@0": { target: 0x1234, __overlay__: {} } },
		"fragment@0",
		"<0x1234>",
	],
	[
		"a target left open",
		{ "fragment@0": { target: 0xffffffff, __overlay__: {} } },
		"fragment@0",
		"<0xffffffff>",
	],
	[
		"an unknown label",
		{
			"fragment@0": { target: 0xffffffff, __overlay__: {} },
			__fixups__: { nobody: "/fragment@0:target:0" },
		},
		"fragment@0",
		'"nobody"',
		"__symbols__",
	],
	[
		"a fixup of no cell",
		{
			"fragment@0": { target: 0, __overlay__: {} },
			__fixups__: { uart: "/fragment@0:target:1" },
		},
		"fragment@0",
		'"/fragment@0:target:1"',
	],
	[
		"a fixup of no place",
		{
			"fragment@0": { target: 0, __overlay__: {} },
			__fixups__: { uart: "fragment" },
		},
		'"fragment"',
	],
	[
		"a fixup that is no text",
		{ "fragment@0": { target: 0, __overlay__: {} }, __fixups__: { uart: 7 } },
		"__fixups__",
		"uart",
	],
	[
		"a local fixup of no cell",
		{
			"fragment@0": { "target-path": "/", __overlay__: { x: 1 } },
			__local_fixups__: { "fragment@0": { __overlay__: { x: 4 } } },
		},
		"fragment@0",
		"x <0x4>",
	],
	[
		"a local fixup of no node",
		{
			"fragment@0": { "target-path": "/", __overlay__: {} },
			__local_fixups__: { other: { x: 0 } },
		},
		"x <0x0>",
	],
	[
		"phandles beyond the last",
		{
			"fragment@0": {
				"target-path": "/",
				__overlay__: { a: { phandle: 0xfffffffe } },
			},
		},
		"fragment@0",
		"0xfffffffe",
	],
	[
		"a second fragment that fails",
		{
			"fragment@0": { "target-path": "/", __overlay__: { x: 1 } },
			"fragment@1": { "target-path": "/no", __overlay__: {} },
		},
		"fragment@1",
	],
];

describe("refused", () => {
	test.each(bad)("%s", (_, source, ...words) => {
		const overlay = buildTree(source);
		overlay.root.child("__symbols__")?.remove();
		const tree = readFdt(base);
		let refusal: unknown;
		try {
			applyOverlay(tree, overlay);
		} catch (error) {
			refusal = error;
		}
		expect(refusal).toBeInstanceOf(CosimError);
		expect((refusal as CosimError).code).toBe("DT_OVERLAY");
		for (const word of words)
			expect((refusal as CosimError).message).toContain(word);
		expect((refusal as CosimError).message).toMatch(/found .+, expected .+/);
		expect(plain(tree)).toEqual(plain(readFdt(base)));
	});

	test("a base without symbols, where the overlay needs a label", () => {
		const tree = readFdt(base);
		tree.root.child("__symbols__")?.remove();
		const overlay = readFdt(
			compile(overlays["properties changed and added"], true),
		);
		expect(() => applyOverlay(tree, overlay)).toThrow(/fragment@0.*"uart"/);
	});
});
