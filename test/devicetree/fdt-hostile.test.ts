// Blobs that do not hold together: each refused with code and offset, damaged ones never more than refused.
// Follows the Devicetree Specification v0.4, chapter 5.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_BLOB_SIZE, readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { CosimError } from "../../host/errors.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { blob, STRUCT, words } from "../support/devicetree.ts";

const BEGIN = 1;
const END_NODE = 2;
const PROP = 3;
const NOP = 4;
const END = 9;

/** The error that reading gives; anything but a CosimError fails the test. */
function refusal(bytes: Uint8Array): CosimError {
	try {
		readFdt(bytes);
	} catch (error) {
		if (error instanceof CosimError) return error;
		throw error;
	}
	throw new Error("the blob was accepted");
}

const good = [BEGIN, "", END_NODE, END];
const nested = (depth: number) => [
	...[BEGIN, ""],
	...Array(depth - 1)
		.fill([BEGIN, "a"])
		.flat(),
	...Array(depth).fill(END_NODE),
	END,
];

/** Blobs, the offset that the refusal must name, and a word of what was found or expected. */
const hostile: [name: string, Uint8Array, offset: number, word: RegExp][] = [
	["no bytes", new Uint8Array(0), 0, /0 bytes/],
	["four bytes", Uint8Array.from(words(0xd00dfeed)), 0, /4 bytes/],
	[
		"wrong magic",
		blob(good, "", { 0: 0xedfe0dd0 }),
		0,
		/0xedfe0dd0.*0xd00dfeed/,
	],
	["total size beyond the bytes", blob(good, "", { 4: 0x1000 }), 4, /0x1000/],
	[
		"total size of gigabytes",
		blob(good, "", { 4: 0xffffffff }),
		4,
		/0xffffffff.*0x1000000/,
	],
	["total size within the header", blob(good, "", { 4: 8 }), 4, /0x8/],
	["version 17 header cut short", blob(good, "", { 4: 36 }), 4, /version 17/],
	["cut in the middle", blob(good).subarray(0, 0x30), 4, /0x30/],
	["version 2", blob(good, "", { 20: 2 }), 20, /version 2/],
	["needs version 18", blob(good, "", { 20: 18, 24: 18 }), 24, /18.*17/],
	[
		"compatible with its future",
		blob(good, "", { 20: 16, 24: 17 }),
		24,
		/17.*16/,
	],
	["structure in the header", blob(good, "", { 8: 0x20 }), 8, /0x20/],
	["structure beyond the end", blob(good, "", { 8: 0x1000 }), 8, /0x1000/],
	[
		"structure misaligned",
		blob(good, "", { 8: STRUCT + 2 }),
		8,
		/multiple of 4/,
	],
	["structure too long", blob(good, "", { 36: 0x100 }), 36, /0x100/],
	["structure of odd size", blob(good, "", { 36: 14 }), 36, /multiple of 4/],
	[
		"strings beyond the end",
		blob(good, "", { 12: 0xfffffff0 }),
		12,
		/0xfffffff0/,
	],
	["strings too long", blob(good, "", { 32: 0xffffffff }), 32, /0xffffffff/],
	[
		"strings over the structure",
		blob(good, "p\0\0\0", { 12: STRUCT + 4, 32: 4 }),
		12,
		/behind the structure/,
	],
	[
		"reservations misaligned",
		blob(good, "", { 16: 0x2c }),
		16,
		/multiple of 8/,
	],
	[
		"reservations over the structure",
		blob([0, 0, 0, 0, ...good], "", { 8: 0x28, 36: 48 }),
		8,
		/memory reservation/,
	],
	[
		"reservations without end",
		blob(good, "", { 16: 0x48 }),
		0x48,
		/zero entry/,
	],
	["empty structure", blob([], "", { 36: 0 }), STRUCT, /a token/],
	["no root", blob([END]), STRUCT, /FDT_END.*FDT_BEGIN_NODE/],
	[
		"root with a name",
		blob([BEGIN, "x", END_NODE, END]),
		STRUCT + 4,
		/root node "x"/,
	],
	[
		"two roots",
		blob([BEGIN, "", END_NODE, BEGIN, "", END_NODE, END]),
		STRUCT + 12,
		/FDT_BEGIN_NODE.*FDT_END/,
	],
	["end without begin", blob([END_NODE, END]), STRUCT, /FDT_END_NODE/],
	[
		"one end too many",
		blob([BEGIN, "", END_NODE, END_NODE, END]),
		STRUCT + 12,
		/FDT_END_NODE.*FDT_END/,
	],
	[
		"no end of the root",
		blob([BEGIN, "", END]),
		STRUCT + 8,
		/FDT_END,.*FDT_END_NODE/,
	],
	[
		"no end of the structure",
		blob([BEGIN, "", END_NODE]),
		STRUCT + 12,
		/a token/,
	],
	[
		"bytes behind the end",
		blob([...good, NOP]),
		STRUCT + 16,
		/0x4 bytes behind/,
	],
	[
		"unknown token",
		blob([BEGIN, "", 5, END_NODE, END]),
		STRUCT + 8,
		/token 0x5/,
	],
	[
		"property before the root",
		blob([PROP, 0, 0, ...good], "p\0"),
		STRUCT,
		/FDT_PROP/,
	],
	[
		"property behind the root",
		blob([BEGIN, "", END_NODE, PROP, 0, 0, END], "p\0"),
		STRUCT + 12,
		/FDT_PROP/,
	],
	[
		"property behind a child",
		blob([BEGIN, "", BEGIN, "a", END_NODE, PROP, 0, 0, END_NODE, END], "p\0"),
		STRUCT + 20,
		/FDT_PROP behind/,
	],
	[
		"property without its words",
		blob([BEGIN, "", PROP, 0]),
		STRUCT + 16,
		/name/,
	],
	[
		"property longer than the block",
		blob([BEGIN, "", PROP, 0x100, 0, END_NODE, END], "p\0"),
		STRUCT + 12,
		/0x100/,
	],
	[
		"property of gigabytes",
		blob([BEGIN, "", PROP, 0xfffffffc, 0, END_NODE, END], "p\0"),
		STRUCT + 12,
		/0xfffffffc/,
	],
	[
		"name offset beyond the strings",
		blob([BEGIN, "", PROP, 0, 2, END_NODE, END], "p\0"),
		STRUCT + 16,
		/0x2/,
	],
	[
		"property name without end",
		blob([BEGIN, "", PROP, 0, 0, END_NODE, END], "ppp"),
		STRUCT + 28,
		/"ppp"/,
	],
	[
		"property without a name",
		blob([BEGIN, "", PROP, 0, 1, END_NODE, END], "p\0"),
		STRUCT + 29,
		/""/,
	],
	[
		"property name with a space",
		blob([BEGIN, "", PROP, 0, 0, END_NODE, END], "a b\0"),
		STRUCT + 28,
		/"a b"/,
	],
	[
		"property twice",
		blob([BEGIN, "", PROP, 0, 0, PROP, 0, 0, END_NODE, END], "p\0"),
		STRUCT + 28,
		/second property "p"/,
	],
	[
		"node without a name",
		blob([BEGIN, "", BEGIN, "", END_NODE, END_NODE, END]),
		STRUCT + 12,
		/node name ""/,
	],
	[
		"node name with a slash",
		blob([BEGIN, "", BEGIN, "a/b", END_NODE, END_NODE, END]),
		STRUCT + 12,
		/"a\/b"/,
	],
	[
		"node name with control characters",
		blob([BEGIN, "", BEGIN, "a\u001b[", END_NODE, END_NODE, END]),
		STRUCT + 12,
		/"a\\u001b\["/,
	],
	[
		"node name without end",
		blob([BEGIN, "", BEGIN, 0x61616161]),
		STRUCT + 12,
		/"aaaa"/,
	],
	[
		"node name of 300 characters",
		blob([BEGIN, "", BEGIN, "a".repeat(300), END_NODE, END_NODE, END]),
		STRUCT + 12,
		/at most 255/,
	],
	[
		"node twice",
		blob([
			BEGIN,
			"",
			BEGIN,
			"a",
			END_NODE,
			BEGIN,
			"a",
			END_NODE,
			END_NODE,
			END,
		]),
		STRUCT + 24,
		/second node "a"/,
	],
	["65 levels", blob(nested(65)), STRUCT + 12 + 63 * 8, /depth 65.*64/],
	[
		"phandle of two bytes",
		blob([BEGIN, "", PROP, 2, 0, 0x00010000, END_NODE, END], "phandle\0"),
		STRUCT + 20,
		/2 bytes/,
	],
	[
		"phandle 0",
		blob([BEGIN, "", PROP, 4, 0, 0, END_NODE, END], "phandle\0"),
		STRUCT + 20,
		/0x1 to/,
	],
	[
		"phandle of all ones",
		blob([BEGIN, "", PROP, 4, 0, 0xffffffff, END_NODE, END], "phandle\0"),
		STRUCT + 20,
		/0xfffffffe/,
	],
	[
		"one phandle for two nodes",
		blob(
			[
				BEGIN,
				"",
				PROP,
				4,
				0,
				1,
				BEGIN,
				"a",
				PROP,
				4,
				0,
				1,
				END_NODE,
				END_NODE,
				END,
			],
			"phandle\0",
		),
		STRUCT + 44,
		/phandle 0x1 in "\/a".*"\/" has/,
	],
	[
		"two phandles for one node",
		blob(
			[BEGIN, "", PROP, 4, 0, 1, PROP, 4, 8, 2, END_NODE, END],
			"phandle\0linux,phandle\0",
		),
		STRUCT + 36,
		/phandle 0x2/,
	],
];

describe("hostile blobs", () => {
	test.each(hostile)("%s", (_, bytes, offset, word) => {
		const error = refusal(bytes);
		expect(error.code).toBe("FDT_INVALID");
		expect(error.message).toContain(`offset 0x${offset.toString(16)}:`);
		expect(error.message).toMatch(word);
		expect(error.message).toMatch(/found .+, expected .+/);
		expect(error.message).not.toMatch(/[^ -~]/);
	});

	test("64 levels are read", () => {
		expect([...readFdt(blob(nested(64))).nodes()].at(-1)?.depth).toBe(64);
	});

	test("both phandle properties may agree", () => {
		const struct = [BEGIN, "", PROP, 4, 0, 1, PROP, 4, 8, 1, END_NODE, END];
		const tree = readFdt(blob(struct, "phandle\0linux,phandle\0"));
		expect(tree.byPhandle(1)).toBe(tree.root);
	});

	test("the greatest blob of the smallest nodes takes time in proportion", () => {
		const count = (MAX_BLOB_SIZE - 128) / 16;
		const bytes = new Uint8Array(STRUCT + 16 + count * 16);
		bytes.set(blob(good, "", {}).subarray(0, STRUCT + 8));
		const view = new DataView(bytes.buffer);
		let at = STRUCT + 8;
		for (let index = 0; index < count; index++, at += 16) {
			view.setUint32(at, BEGIN);
			for (let digit = 0; digit < 6; digit++)
				bytes[at + 4 + digit] = 97 + ((index >> (digit * 4)) & 15);
			view.setUint32(at + 12, END_NODE);
		}
		view.setUint32(at, END_NODE);
		view.setUint32(at + 4, END);
		view.setUint32(4, bytes.length);
		view.setUint32(12, bytes.length);
		view.setUint32(36, bytes.length - STRUCT);
		const start = performance.now();
		expect(readFdt(bytes).root.children.size).toBe(count);
		expect(performance.now() - start).toBeLessThan(10_000);
	}, 20_000);

	test("cut or flipped anywhere, a blob gives a tree or a refusal with an offset", () => {
		const bytes = writeFdt(imx8mmBoard());
		const check = (damaged: Uint8Array) => {
			try {
				readFdt(damaged);
			} catch (error) {
				expect(error).toBeInstanceOf(CosimError);
				expect((error as CosimError).code).toBe("FDT_INVALID");
				expect((error as CosimError).message).toMatch(/offset 0x[0-9a-f]+:/);
			}
		};
		fc.assert(
			fc.property(
				fc.array(fc.nat(bytes.length * 8 - 1), { minLength: 1, maxLength: 6 }),
				fc.nat(bytes.length),
				(flips, length) => {
					const damaged = bytes.slice();
					for (const bit of flips)
						damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
					check(damaged);
					check(damaged.subarray(0, length));
				},
			),
			{ numRuns: 400 },
		);
		for (let bit = 0; bit < 0x60 * 8; bit++) {
			const damaged = bytes.slice();
			damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			check(damaged);
		}
	}, 30_000);
});
