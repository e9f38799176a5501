// The blob reader and writer: bytes where the specification puts them, and trees that survive the way through them.
// Follows the Devicetree Specification v0.4, chapter 5; Debian's dtc is the second opinion.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { DeviceTree } from "../../host/devicetree/tree.ts";
import {
	addPlain,
	arbitraryNode,
	arbitraryTree,
	blob,
	plain,
	words,
} from "../support/devicetree.ts";
import { compile, decompile } from "../support/dtc.ts";

const BEGIN = 1;
const END_NODE = 2;
const PROP = 3;
const NOP = 4;
const END = 9;

describe("layout", () => {
	const tree = new DeviceTree();
	tree.bootCpu = 3;
	tree.reservations.push({ address: 0x1_0000_0000n, size: 0x2000n });
	tree.root.set("#size-cells", 2).set("model", "ab");
	tree.root.addChild("a@10").set("model", new Uint8Array([7]));
	const bytes = writeFdt(tree);

	test("header, reservations, structure and strings follow each other", () => {
		const structure = words(
			...[BEGIN, 0],
			...[PROP, 4, 0, 2],
			...[PROP, 3, 12, "ab"],
			...[BEGIN, "a@10"],
			...[PROP, 1, 12, 0x07000000],
			...[END_NODE, END_NODE, END],
		);
		const offStrings = 0x48 + structure.length;
		const expected = [
			...words(0xd00dfeed, offStrings + 18, 0x48, offStrings, 0x28),
			...words(17, 16, 3, 18, structure.length),
			...words(1, 0, 0, 0x2000, 0, 0, 0, 0),
			...structure,
			...Buffer.from("#size-cells\0model\0"),
		];
		expect([...bytes]).toEqual(expected);
	});

	test("what was written reads back, also with bytes behind it or before it", () => {
		const padded = new Uint8Array(bytes.length + 12);
		padded.set(bytes, 4);
		expect(plain(readFdt(bytes))).toEqual(plain(tree));
		expect(plain(readFdt(padded.subarray(4)))).toEqual(plain(tree));
	});

	test("a tree keeps nothing of the blob it was read from", () => {
		for (const copy of [bytes.slice(), Buffer.from(bytes)]) {
			const read = readFdt(copy);
			copy.fill(0xff);
			expect(plain(read)).toEqual(plain(tree));
		}
	});

	test("a version 16 blob, without the size of its structure, is read", () => {
		const old = blob([BEGIN, "", END_NODE, END], "", {
			20: 16,
			36: 0xffffffff,
		});
		expect(readFdt(old).root.children.size).toBe(0);
	});

	test("a later version that is compatible with 17 is read", () => {
		const later = blob([BEGIN, "", END_NODE, END], "", { 20: 18, 24: 17 });
		expect(readFdt(later).root.children.size).toBe(0);
	});

	test("FDT_NOP is skipped wherever it stands", () => {
		const struct = [NOP, BEGIN, "", NOP, PROP, 0, 0, NOP, BEGIN, "a", NOP];
		const tree = readFdt(
			blob([...struct, END_NODE, NOP, END_NODE, NOP, END], "p\0"),
		);
		expect(tree.root.has("p")).toBe(true);
		expect(tree.node("/a")?.path).toBe("/a");
	});
});

describe("round trips", () => {
	test("any tree reads back from what was written", () => {
		fc.assert(
			fc.property(arbitraryTree, (tree) => {
				expect(plain(readFdt(writeFdt(tree)))).toEqual(plain(tree));
			}),
			{ numRuns: 200 },
		);
	});

	test("any tree goes through dtc to source and back, and reads back equal", () => {
		// Many random nodes below one root: one run of dtc judges them all.
		const tree = new DeviceTree();
		tree.reservations.push({ address: 0x1000n, size: 0x2345n });
		tree.reservations.push({ address: 1n << 40n, size: 1n << 33n });
		for (const [index, node] of fc.sample(arbitraryNode, 300).entries())
			addPlain(tree.root.addChild(`random-${index}`), node);
		const written = writeFdt(tree);
		const source = decompile(written, false);
		expect(plain(readFdt(compile(source)))).toEqual(plain(tree));
	});

	test("a blob that dtc compiled holds what its source says", () => {
		const source = `/dts-v1/;
			/memreserve/ 0x10000000 0x4000;
			/ {
				#address-cells = <2>;
				model = "A board";
				bytes = [01 02 03];
				list = "one", "two";
				flag;
				wide = /bits/ 64 <0x123456789abcdef0>;
				user: user { target = <&device 7>; place = &device; };
				device: device@1f { #target-cells = <1>; };
			};`;
		const tree = readFdt(compile(source, true));
		const expected = new DeviceTree();
		expected.reservations.push({ address: 0x10000000n, size: 0x4000n });
		expected.root
			.set("#address-cells", 2)
			.set("model", "A board")
			.set("bytes", Uint8Array.of(1, 2, 3))
			.set("list", ["one", "two"])
			.set("flag", true)
			.set("wide", 0x123456789abcdef0n);
		const phandle = tree.node("/device@1f")?.phandle ?? 0;
		expected.root
			.addChild("user")
			.set("target", [phandle, 7])
			.set("place", "/device@1f")
			.set("phandle", tree.node("/user")?.phandle ?? 0);
		expected.root
			.addChild("device@1f")
			.set("#target-cells", 1)
			.set("phandle", phandle);
		expected.root
			.addChild("__symbols__")
			.set("user", "/user")
			.set("device", "/device@1f");
		expect(plain(tree)).toEqual(plain(expected));
	});
});
