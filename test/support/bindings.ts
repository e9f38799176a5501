// Nodes as the bindings show them, changed one property at a time, and the tests that each change is found.
// Follows arm,smc-mbox (revisions 1, 2, 3, 6), arm,scmi, arm,scmi-smc, arm,scmi-shmem and mmio-sram.

import { expect, test } from "vitest";
import { checkBindings, type Finding } from "../../host/devicetree/bindings.ts";
import { buildTree, type NodeSource } from "../../host/devicetree/source.ts";

const gic: NodeSource = {
	compatible: "arm,gic-v3",
	"interrupt-controller": true,
	"#interrupt-cells": 3,
};

/** An SRAM with two areas, labels tx and rx. */
export const sram: NodeSource = {
	compatible: "mmio-sram",
	reg: [0x93f000, 0x1000],
	"#address-cells": 1,
	"#size-cells": 1,
	ranges: [0, 0x93f000, 0x1000],
	"tx: scmi-shmem@0": { compatible: "arm,scmi-shmem", reg: [0, 0x200] },
	"rx: scmi-shmem@200": { compatible: "arm,scmi-shmem", reg: [0x200, 0x200] },
};

/** A mailbox of revision 1 with two channels. */
export const mailbox: NodeSource = {
	compatible: "arm,smc-mbox",
	"#mbox-cells": 1,
	"arm,num-chans": 2,
	method: "smc",
	"arm,func-ids": [0xc20000fe, 0xc20000ff],
};

/** A mailbox of revision 6. */
export const mailbox6: NodeSource = {
	compatible: "arm,smc-mbox",
	"#mbox-cells": 0,
	"arm,func-id": 0xc20000fe,
};

/** An SCMI node behind the mailbox. */
export const scmi: NodeSource = {
	compatible: "arm,scmi",
	mboxes: ["&mbox", 0, "&mbox", 1],
	"mbox-names": ["tx", "rx"],
	shmem: ["&tx", "&rx"],
	"#address-cells": 1,
	"#size-cells": 0,
	"protocol@11": { reg: 0x11, "#power-domain-cells": 1 },
	"protocol@14": { reg: 0x14, "#clock-cells": 1 },
};

/** An SCMI node without a mailbox. */
export const scmiSmc: NodeSource = {
	compatible: "arm,scmi-smc",
	"arm,smc-id": 0x82000010,
	shmem: ["&tx"],
};

/** A node with some properties changed, and those named dropped. */
export function but(
	node: NodeSource,
	changes: NodeSource,
	...dropped: string[]
): NodeSource {
	const entries = Object.entries({ ...node, ...changes });
	return Object.fromEntries(
		entries.filter(([name]) => !dropped.includes(name)),
	);
}

/** What is found in a tree with these nodes in place of the good ones. */
export function findings(nodes: {
	sram?: NodeSource;
	mailbox?: NodeSource;
	scmi?: NodeSource;
	psci?: NodeSource;
	more?: NodeSource;
}): Finding[] {
	return checkBindings(
		buildTree({
			"#address-cells": 1,
			"#size-cells": 1,
			"interrupt-parent": ["&gic"],
			"gic: gic": gic,
			psci: nodes.psci ?? { method: "smc" },
			"sram@93f000": nodes.sram ?? sram,
			firmware: {
				"mbox: mailbox": nodes.mailbox ?? mailbox,
				scmi: nodes.scmi ?? scmi,
			},
			...nodes.more,
		}),
	);
}

/** Paths of the nodes that {@link findings} changes. */
export const MBOX = "/firmware/mailbox";
export const SCMI = "/firmware/scmi";
export const SRAM = "/sram@93f000";

/** Nodes with one thing wrong: the node, property and value of the only finding, and a word of what is expected. */
export type Deviation = [
	name: string,
	nodes: Parameters<typeof findings>[0],
	node: string,
	property: string,
	value: string,
	expected: RegExp,
];

/** One test for each deviation. */
export function testDeviations(deviations: Deviation[]): void {
	test.each(deviations)("%s", (_, nodes, node, property, value, expected) => {
		const found = findings(nodes);
		expect(found).toHaveLength(1);
		expect(found[0]).toMatchObject({ node, property, value });
		expect(found[0]?.expected).toMatch(expected);
		expect(found[0]?.message).toBe(
			`${node}: ${property} is ${value}, expected ${found[0]?.expected}`,
		);
	});
}
