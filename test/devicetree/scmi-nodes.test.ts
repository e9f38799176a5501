// Mailbox and SCMI nodes added to trees of all shapes, and read back as a driver would.
// Follows the bindings mmio-sram, arm,scmi-shmem, arm,smc-mbox, arm,scmi and arm,scmi-smc.

import { describe, expect, test } from "vitest";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import {
	addScmiNodes,
	type ScmiNodeOptions,
} from "../../host/devicetree/scmi-nodes.ts";
import {
	psciConduit,
	readScmiTransport,
	receivingChannel,
} from "../../host/devicetree/scmi-transport.ts";
import { buildTree, type NodeSource } from "../../host/devicetree/source.ts";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { CosimError } from "../../host/errors.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { plain } from "../support/devicetree.ts";
import { complaints } from "../support/dtc.ts";

const options: ScmiNodeOptions = {
	sram: { address: 0x93f000n, size: 0x1000n },
	functionIds: [0xc20000fe, 0xc20000ff],
	method: "smc",
};

const wide: NodeSource = {
	"#address-cells": 2,
	"#size-cells": 2,
	model: "test",
	compatible: "test,board",
};

function node(tree: DeviceTree, path: string): DtNode {
	const found = tree.node(path);
	if (found === undefined) throw new Error(`no ${path}`);
	return found;
}

/** Where a driver finds the two areas. */
function areas(tree: DeviceTree, scmi: DtNode): [bigint, bigint][] {
	return readScmiTransport(tree, scmi).channels.map(({ sharedMemory }) => [
		sharedMemory.address,
		sharedMemory.size,
	]);
}

/** Expects DT_BINDING with these words, and an unchanged tree. */
function refuses(tree: DeviceTree, action: () => unknown, ...parts: string[]) {
	const before = plain(tree);
	let refusal: unknown;
	try {
		action();
	} catch (error) {
		refusal = error;
	}
	expect(refusal).toBeInstanceOf(CosimError);
	expect((refusal as CosimError).code).toBe("DT_BINDING");
	for (const part of parts)
		expect((refusal as CosimError).message).toContain(part);
	expect(plain(tree)).toEqual(before);
}

describe("adding", () => {
	test.each([
		[2, 2, [0, 0x93f000, 0, 0x1000], [0, 0, 0x93f000, 0x1000]],
		[1, 1, [0x93f000, 0x1000], [0, 0x93f000, 0x1000]],
		[2, 1, [0, 0x93f000, 0x1000], [0, 0, 0x93f000, 0x1000]],
	])("respects a root with %i and %i cells", (address, size, reg, ranges) => {
		const tree = buildTree({
			...wide,
			"#address-cells": address,
			"#size-cells": size,
		});
		const result = addScmiNodes(tree, options);
		expect(result.added).toBe(true);
		const sram = node(tree, "/sram@93f000");
		expect(sram.cells("reg")).toEqual(reg);
		expect(sram.cells("ranges")).toEqual(ranges);
		expect(node(tree, "/sram/scmi-shmem@200").cells("reg")).toEqual([
			0x200, 0x200,
		]);
		expect(areas(tree, result.scmi)).toEqual([
			[0x93f000n, 0x200n],
			[0x93f200n, 0x200n],
		]);
		expect(checkBindings(tree)).toEqual([]);
		expect(complaints(writeFdt(tree))).toEqual([]);
	});

	test("writes the properties of the bindings", () => {
		const tree = buildTree(wide);
		addScmiNodes(tree, { ...options, method: "hvc", protocols: [0x10, 0x16] });
		const back = readFdt(writeFdt(tree));
		const mailbox = node(back, "/firmware/mailbox");
		expect(mailbox.text("compatible")).toBe("arm,smc-mbox");
		expect(mailbox.text("method")).toBe("hvc");
		expect(mailbox.u32("#mbox-cells")).toBe(1);
		expect(mailbox.u32("arm,num-chans")).toBe(2);
		expect(mailbox.cells("arm,func-ids")).toEqual([0xc20000fe, 0xc20000ff]);
		const scmi = node(back, "/firmware/scmi");
		const phandle = mailbox.phandle ?? 0;
		expect(scmi.cells("mboxes")).toEqual([phandle, 0, phandle, 1]);
		expect(scmi.texts("mbox-names")).toEqual(["tx", "rx"]);
		expect([...scmi.children.keys()]).toEqual(["protocol@10", "protocol@16"]);
		expect(node(back, "/firmware/scmi/protocol@16").u32("#reset-cells")).toBe(
			1,
		);
	});

	const gic: NodeSource = {
		compatible: "arm,gic-v3",
		"interrupt-controller": true,
		"#interrupt-cells": 3,
	};
	test.each<[string, NodeSource, number[] | undefined, boolean]>([
		[
			"the root's interrupt parent",
			{ "interrupt-parent": ["&gic"], "gic: gic": gic },
			[0, 115, 1, 0, 116, 1],
			false,
		],
		[
			"a GIC that is nobody's parent",
			{ "gic: gic": gic },
			[0, 115, 1, 0, 116, 1],
			true,
		],
		[
			"a GIC behind another parent",
			{
				"interrupt-parent": ["&other"],
				"other: other": { "#interrupt-cells": 1 },
				"gic: gic": gic,
			},
			[0, 115, 1, 0, 116, 1],
			true,
		],
		[
			"a GIC with a cell for affinities",
			{
				"interrupt-parent": ["&gic"],
				"gic: gic": { ...gic, "#interrupt-cells": 4 },
			},
			[0, 115, 1, 0, 0, 116, 1, 0],
			false,
		],
		["no GIC", {}, undefined, false],
		[
			"another controller",
			{
				"interrupt-parent": ["&other"],
				"other: other": { "#interrupt-cells": 3 },
			},
			undefined,
			false,
		],
	])("gives each channel its interrupt at %s", (_, source, cells, parent) => {
		const tree = buildTree({ ...wide, ...source });
		const { scmi } = addScmiNodes(tree, { ...options, interrupts: [115, 116] });
		const mailbox = node(tree, "/firmware/mailbox");
		expect(mailbox.cells("interrupts") ?? undefined).toEqual(cells);
		expect(mailbox.has("interrupt-parent")).toBe(parent);
		if (parent)
			expect(mailbox.u32("interrupt-parent")).toBe(node(tree, "/gic").phandle);
		expect(checkBindings(tree)).toEqual([]);
		const transport = readScmiTransport(tree, scmi);
		const interrupts = transport.channels.map(({ interrupt }) => interrupt);
		expect(interrupts).toEqual(cells ? [115, 116] : [undefined, undefined]);
		expect(receivingChannel(transport)?.name).toBe(cells ? "rx" : undefined);
	});

	test.each(["#power-domain-cells", "#clock-cells"] as const)(
		"gives every protocol its cells, performance %s, voltage its regulators",
		(performanceCells) => {
			const tree = buildTree(wide);
			addScmiNodes(tree, {
				...options,
				protocols: [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17],
				...(performanceCells === "#clock-cells" ? { performanceCells } : {}),
				regulators: [
					{ id: 0, name: "buck1" },
					{ id: 0xa, name: "ldo 5" },
				],
			});
			const cells = [...node(tree, "/firmware/scmi").children.values()].map(
				(child) =>
					[...child.properties.keys()].find((name) => name.endsWith("-cells")),
			);
			expect(cells).toEqual([
				"#power-domain-cells",
				undefined,
				performanceCells,
				"#clock-cells",
				"#thermal-sensor-cells",
				"#reset-cells",
				undefined,
			]);
			const regulators = node(tree, "/firmware/scmi/protocol@17/regulators");
			expect(
				[...regulators.children.values()].map((child) => [
					child.name,
					child.u32("reg"),
					child.text("regulator-name"),
				]),
			).toEqual([
				["regulator@0", 0, "buck1"],
				["regulator@a", 0xa, "ldo 5"],
			]);
			expect(checkBindings(tree)).toEqual([]);
			expect(complaints(writeFdt(tree))).toEqual([]);
		},
	);

	test("a second time changes nothing and says so", () => {
		const tree = buildTree(wide);
		addScmiNodes(tree, options);
		const before = plain(tree);
		const again = addScmiNodes(tree, options);
		expect(again).toMatchObject({
			added: false,
			scmi: node(tree, "/firmware/scmi"),
			message: expect.stringContaining("/firmware/scmi"),
		});
		expect(plain(tree)).toEqual(before);
		expect(addScmiNodes(imx8mmBoard(), options).added).toBe(false);
	});

	test("uses an SRAM that covers the areas, through the buses above it", () => {
		const tree = buildTree({
			...wide,
			"soc@0": {
				"#address-cells": 1,
				"#size-cells": 1,
				ranges: [0, 0, 0x800000, 0x1000000],
				"sram@100000": {
					compatible: "mmio-sram",
					reg: [0x100000, 0x40000],
					"#address-cells": 1,
					"#size-cells": 1,
					ranges: [0x5000, 0x100000, 0x40000],
					"boot@5000": { reg: [0x5000, 0x100] },
				},
			},
			firmware: { optee: { compatible: "linaro,optee-tz" } },
		});
		const { scmi } = addScmiNodes(tree, options);
		expect(tree.node("/sram@93f000")).toBeUndefined();
		// 0x93f000 on the CPU's side is 0x13f000 on the bus and 0x44000 within the SRAM.
		expect(node(tree, "/soc/sram/scmi-shmem@44000").cells("reg")).toEqual([
			0x44000, 0x200,
		]);
		expect(areas(tree, scmi)[1]).toEqual([0x93f200n, 0x200n]);
		expect([...node(tree, "/firmware").children.keys()]).toEqual([
			...["optee", "mailbox", "scmi"],
		]);
		expect(checkBindings(tree)).toEqual([]);
	});

	test("gives an SRAM without children its bus", () => {
		const tree = buildTree({
			...wide,
			"sram@900000": {
				compatible: "mmio-sram",
				reg: [0, 0x900000, 0, 0x40000],
			},
		});
		addScmiNodes(tree, options);
		expect(node(tree, "/sram/scmi-shmem@3f000").cells("reg")).toEqual([
			0x3f000, 0x200,
		]);
		expect(checkBindings(tree)).toEqual([]);
	});

	test("finds names and phandles that are free", () => {
		const tree = buildTree({
			...wide,
			"a: a": {},
			firmware: { mailbox: {}, scmi: { compatible: "other" } },
		});
		const { scmi } = addScmiNodes(tree, options);
		expect(scmi.path).toBe("/firmware/scmi-1");
		expect(node(tree, "/firmware/mailbox-1").phandle).toBeGreaterThan(1);
		expect(readFdt(writeFdt(tree)).byPhandle(1)?.path).toBe("/a");
	});
});

describe("refused, with the tree untouched", () => {
	test.each<[string, NodeSource, Partial<ScmiNodeOptions>, string[]]>([
		[
			"areas beyond the SRAM",
			{},
			{ areaSize: 0x900 },
			["0x93f900", "0x1000 bytes at 0x93f000"],
		],
		["areas of odd size", {}, { areaSize: 0x1fe }, ["whole words"]],
		[
			"an SRAM above 4 GiB with one cell",
			{ "#address-cells": 1 },
			{ sram: { address: 1n << 32n, size: 0x1000n } },
			["0x100000000", "1 cells"],
		],
		["a taken name", { "sram@93f000": {} }, {}, ["sram@93f000"]],
		[
			"an SRAM that covers a part",
			{
				"sram@93f100": {
					compatible: "mmio-sram",
					reg: [0, 0x93f100, 0, 0x1000],
				},
			},
			{},
			["/sram@93f100", "in part"],
		],
		[
			"an area in use",
			{
				"sram@93f000": {
					compatible: "mmio-sram",
					reg: [0, 0x93f000, 0, 0x1000],
					"#address-cells": 1,
					"#size-cells": 1,
					ranges: [0, 0, 0x93f000, 0x1000],
					"boot@300": { reg: [0x300, 0x10] },
				},
			},
			{},
			["/sram@93f000/boot@300", "in use"],
		],
		[
			"function IDs that are none",
			{},
			{ functionIds: [-1, 0] },
			["-1 is not a u32"],
		],
	])("%s", (_, source, more, parts) => {
		const tree = buildTree({ ...wide, ...source });
		const asked = { ...options, ...more };
		refuses(tree, () => addScmiNodes(tree, asked), ...parts);
	});
});

describe("reading", () => {
	const memory: NodeSource = {
		"sram@1000": {
			compatible: "mmio-sram",
			reg: [0, 0x1000, 0, 0x1000],
			"#address-cells": 1,
			"#size-cells": 1,
			ranges: [0, 0, 0x1000, 0x1000],
			"tx: scmi-shmem@0": { compatible: "arm,scmi-shmem", reg: [0, 0x80] },
			"rx: scmi-shmem@80": { compatible: "arm,scmi-shmem", reg: [0x80, 0x80] },
			"own: scmi-shmem@100": {
				compatible: "arm,scmi-shmem",
				reg: [0x100, 0x80],
			},
		},
	};

	test("arm,scmi-smc: the conduit is that of PSCI, protocols may have memory of their own", () => {
		const tree = buildTree({
			...wide,
			...memory,
			psci: { compatible: "arm,psci-1.0", method: "hvc" },
			firmware: {
				scmi: {
					compatible: "arm,scmi-smc",
					"arm,smc-id": 0x82000010,
					shmem: ["&tx"],
					"interrupt-names": "a2p",
					interrupts: [0, 1, 4],
					"#address-cells": 1,
					"#size-cells": 0,
					"protocol@14": { reg: 0x14, "#clock-cells": 1, shmem: ["&own"] },
					"protocol@16": { reg: 0x16, status: "disabled" },
				},
			},
		});
		const transport = readScmiTransport(tree, node(tree, "/firmware/scmi"));
		expect(transport).toMatchObject({
			kind: "smc",
			completionInterrupt: true,
			channels: [
				{
					name: "tx",
					conduit: "hvc",
					functionId: 0x82000010,
					mailbox: undefined,
					sharedMemory: { address: 0x1000n, size: 0x80n },
				},
			],
			protocols: [{ id: 0x14, sharedMemory: [{ address: 0x1100n }] }],
		});
		expect(transport.protocols).toHaveLength(1);
		node(tree, "/firmware/scmi").set("compatible", "arm,scmi-smc-param");
		expect(readScmiTransport(tree, node(tree, "/firmware/scmi")).kind).toBe(
			"smc-param",
		);
	});

	test("one mailbox to a channel, as from revision 6 on", () => {
		const tree = buildTree({
			...wide,
			...memory,
			"a: mailbox-a": {
				compatible: "arm,smc-mbox",
				"#mbox-cells": 0,
				"arm,func-id": 0xc20000fe,
			},
			"b: mailbox-b": { compatible: "arm,hvc-mbox", "#mbox-cells": 0 },
			scmi: {
				compatible: "arm,scmi",
				mboxes: ["&a", "&b"],
				"mbox-names": ["tx", "rx"],
				shmem: ["&tx", "&rx"],
			},
		});
		const { channels } = readScmiTransport(tree, node(tree, "/scmi"));
		expect(
			channels.map(({ conduit, functionId, mailbox }) => [
				...[conduit, functionId, mailbox?.node.path, mailbox?.index],
			]),
		).toEqual([
			["smc", 0xc20000fe, "/mailbox-a", 0],
			["hvc", undefined, "/mailbox-b", 0],
		]);
	});

	test("one channel for both directions, with two areas", () => {
		const tree = imx8mmBoard();
		const scmi = node(tree, "/firmware/scmi");
		scmi.set("mboxes", (scmi.cells("mboxes") ?? []).slice(0, 2));
		scmi.set("mbox-names", "tx");
		const { channels } = readScmiTransport(tree, scmi);
		expect(channels.map(({ name, functionId }) => [name, functionId])).toEqual([
			["tx", 0xc20000fe],
			["rx", 0xc20000fe],
		]);
	});

	test("a channel without a function ID of its own leaves it to the message", () => {
		const tree = imx8mmBoard();
		node(tree, "/firmware/mailbox").set("arm,func-ids", 0xc20000fe);
		const scmi = node(tree, "/firmware/scmi");
		expect(
			readScmiTransport(tree, scmi).channels[1]?.functionId,
		).toBeUndefined();
	});

	test("what a driver cannot use is refused, with node and property", () => {
		const cases: [(tree: DeviceTree) => void, string[]][] = [
			[
				(t) => node(t, "/firmware/scmi").delete("shmem"),
				["/firmware/scmi: shmem"],
			],
			[
				(t) => node(t, "/firmware/scmi").set("shmem", [1, 2, 3]),
				["at most two"],
			],
			[
				(t) => node(t, "/firmware/scmi").set("shmem", [0x777]),
				["phandle 0x777"],
			],
			[(t) => node(t, "/firmware/scmi").delete("mboxes"), ["mboxes"]],
			[
				(t) => node(t, "/firmware/mailbox").set("method", "svc"),
				["/firmware/mailbox: method", '"svc"'],
			],
			[
				(t) => node(t, "/firmware/mailbox").set("arm,num-chans", 1),
				["arm,num-chans", "more than 1"],
			],
			[
				(t) => node(t, "/firmware/mailbox").set("compatible", "other"),
				["/firmware/mailbox: compatible"],
			],
			[
				(t) => node(t, "/firmware/scmi").set("compatible", "other"),
				["/firmware/scmi: compatible"],
			],
			[
				(t) => node(t, "/sram/scmi-shmem@0").delete("reg"),
				["/sram@93f000/scmi-shmem@0: reg"],
			],
			[(t) => node(t, "/sram").delete("ranges"), ["/sram@93f000: ranges"]],
			[
				(t) => node(t, "/firmware/scmi/protocol@14").set("reg", 0x114),
				["protocol@14: reg"],
			],
		];
		for (const [spoil, parts] of cases) {
			const tree = imx8mmBoard();
			const scmi = node(tree, "/firmware/scmi");
			spoil(tree);
			refuses(tree, () => readScmiTransport(tree, scmi), ...parts);
		}
		const bare = buildTree({});
		refuses(bare, () => psciConduit(bare), "/psci");
	});
});
