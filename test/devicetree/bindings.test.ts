// The check of bindings: nodes as the bindings show them pass; what deviates in a mailbox is one finding each.
// Follows arm,smc-mbox (revisions 1, 2, 3, 6), arm,scmi, arm,scmi-smc, arm,scmi-shmem and mmio-sram.

import { describe, expect, test } from "vitest";
import {
	but,
	findings,
	MBOX,
	mailbox,
	mailbox6,
	SCMI,
	scmi,
	scmiSmc,
	testDeviations,
} from "../support/bindings.ts";

describe("good nodes", () => {
	const single = but(scmi, {
		mboxes: ["&mbox"],
		shmem: ["&tx"],
		"mbox-names": "tx",
	});
	test.each<[string, Parameters<typeof findings>[0]]>([
		["revision 1", {}],
		[
			"revision 1 without function IDs, with HVC",
			{ mailbox: but(mailbox, { method: "hvc" }, "arm,func-ids") },
		],
		[
			"revision 1 with an ID for the first channel only",
			{ mailbox: but(mailbox, { "arm,func-ids": 0xc20000fe }) },
		],
		[
			"revision 2",
			{ mailbox: but(mailbox, { interrupts: [0, 10, 4, 0, 11, 4] }) },
		],
		["revision 3, memory", { mailbox: but(mailbox, { transports: "mem" }) }],
		["revision 3, registers", { mailbox: but(mailbox, { transports: "reg" }) }],
		["revision 6", { mailbox: mailbox6, scmi: single }],
		[
			"revision 6, HVC, ID from the message",
			{
				mailbox: but(mailbox6, { compatible: "arm,hvc-mbox" }, "arm,func-id"),
				scmi: single,
			},
		],
		["arm,scmi-smc", { scmi: scmiSmc }],
		[
			"arm,scmi-smc with an interrupt",
			{
				scmi: but(scmiSmc, { interrupts: [0, 9, 4], "interrupt-names": "a2p" }),
			},
		],
		[
			"arm,scmi-smc-param",
			{ scmi: but(scmiSmc, { compatible: "arm,scmi-smc-param" }) },
		],
		[
			"one mailbox, two areas",
			{ scmi: but(scmi, { mboxes: ["&mbox", 0], "mbox-names": "tx" }) },
		],
		[
			"performance as clocks",
			{
				scmi: but(scmi, { "protocol@13": { reg: 0x13, "#clock-cells": 1 } }),
			},
		],
		[
			"every protocol, and a vendor's",
			{
				scmi: but(scmi, {
					"protocol@10": { reg: 0x10 },
					"protocol@12": { reg: 0x12 },
					"protocol@13": { reg: 0x13, "#power-domain-cells": 1 },
					"protocol@15": { reg: 0x15, "#thermal-sensor-cells": 1 },
					"protocol@16": { reg: 0x16, "#reset-cells": 1 },
					"protocol@17": {
						reg: 0x17,
						regulators: {
							"#address-cells": 1,
							"#size-cells": 0,
							"regulator@0": { reg: 0, "regulator-name": "buck1" },
							"regulator@a": { reg: 0xa },
						},
					},
					"protocol@80": { reg: 0x80 },
				}),
			},
		],
		[
			"memory of a protocol's own",
			{ scmi: but(scmi, { "protocol@10": { reg: 0x10, shmem: ["&tx"] } }) },
		],
		[
			"nodes that are disabled",
			{ mailbox: but(mailbox, { status: "disabled", method: "no" }) },
		],
		[
			"reserved memory",
			{
				more: {
					"reserved-memory": {
						"#address-cells": 1,
						"#size-cells": 1,
						ranges: true,
						"scmi@80000000": {
							compatible: "arm,scmi-shmem",
							reg: [0x80000000, 0x1000],
						},
					},
				},
			},
		],
	])("%s", (_, nodes) => {
		expect(findings(nodes)).toEqual([]);
	});
});

describe("bad mailboxes", () => {
	testDeviations([
		[
			"no method",
			{ mailbox: but(mailbox, {}, "method") },
			MBOX,
			"method",
			"absent",
			/"smc" or "hvc"/,
		],
		[
			"another method",
			{ mailbox: but(mailbox, { method: "svc" }) },
			MBOX,
			"method",
			'"svc"',
			/"smc" or "hvc"/,
		],
		[
			"two methods",
			{ mailbox: but(mailbox, { method: ["smc", "hvc"] }) },
			MBOX,
			"method",
			'"smc", "hvc"',
			/"smc" or "hvc"/,
		],
		[
			"two cells to a channel",
			{
				mailbox: but(mailbox, { "#mbox-cells": 2 }),
				scmi: but(scmi, { mboxes: ["&mbox", 0, 0, "&mbox", 1, 0] }),
			},
			MBOX,
			"#mbox-cells",
			"<0x2>",
			/<1>/,
		],
		[
			"no number of channels",
			{ mailbox: but(mailbox, {}, "arm,num-chans") },
			MBOX,
			"arm,num-chans",
			"absent",
			/1 to 0x7fffffff/,
		],
		[
			"no channels",
			{
				mailbox: but(mailbox, { "arm,num-chans": 0 }, "arm,func-ids"),
				scmi: scmiSmc,
			},
			MBOX,
			"arm,num-chans",
			"<0x0>",
			/1 to/,
		],
		[
			"more channels than the driver counts",
			{ mailbox: but(mailbox, { "arm,num-chans": 0x80000000 }) },
			MBOX,
			"arm,num-chans",
			"<0x80000000>",
			/0x7fffffff/,
		],
		[
			"more function IDs than channels",
			{ mailbox: but(mailbox, { "arm,func-ids": [1, 2, 3] }) },
			MBOX,
			"arm,func-ids",
			"<0x1 0x2 0x3>",
			/1 to 2/,
		],
		[
			"function IDs cut off",
			{ mailbox: but(mailbox, { "arm,func-ids": "ab" }) },
			MBOX,
			"arm,func-ids",
			'"ab"',
			/one function ID/,
		],
		[
			"a function ID with reserved bits",
			{ mailbox: but(mailbox, { "arm,func-ids": [0xc2a000fe] }) },
			MBOX,
			"arm,func-ids",
			"0xc2a000fe",
			/bits 23 to 17/,
		],
		[
			"revision 2, one interrupt for two channels",
			{ mailbox: but(mailbox, { interrupts: [0, 10, 4] }) },
			MBOX,
			"interrupts",
			"<0x0 0xa 0x4>",
			/2 shared/,
		],
		[
			"revision 2, a private interrupt",
			{ mailbox: but(mailbox, { interrupts: [0, 10, 4, 1, 11, 4] }) },
			MBOX,
			"interrupts",
			"<0x0 0xa 0x4 0x1 0xb 0x4>",
			/shared peripheral/,
		],
		[
			"revision 2, no controller",
			{
				mailbox: but(mailbox, {
					interrupts: [0, 10, 4],
					"interrupt-parent": 0x999,
				}),
			},
			MBOX,
			"interrupt-parent",
			"<0x999>",
			/#interrupt-cells/,
		],
		[
			"revision 3, another transport",
			{ mailbox: but(mailbox, { transports: "pipe" }) },
			MBOX,
			"transports",
			'"pipe"',
			/"mem" or "reg"/,
		],
		[
			"revision 3 with interrupts",
			{ mailbox: but(mailbox, { transports: "mem", interrupts: [0, 10, 4] }) },
			MBOX,
			"interrupts",
			"<0x0 0xa 0x4>",
			/none/,
		],
		[
			"revision 6 with a cell",
			{
				mailbox: but(mailbox6, { "#mbox-cells": 1 }),
				scmi: but(scmi, {
					mboxes: ["&mbox", 0],
					"mbox-names": "tx",
					shmem: ["&tx"],
				}),
			},
			MBOX,
			"#mbox-cells",
			"<0x1>",
			/<0>/,
		],
		[
			"revision 6 with a method",
			{ mailbox: but(mailbox6, { method: "smc" }), scmi: scmiSmc },
			MBOX,
			"method",
			'"smc"',
			/none/,
		],
	]);

	test("several deviations are several findings, in the order of the tree", () => {
		const found = findings({
			mailbox: but(mailbox, { method: "x", "#mbox-cells": 1 }, "arm,num-chans"),
			scmi: but(scmi, {}, "shmem"),
		});
		expect(found.map(({ node, property }) => `${node} ${property}`)).toEqual([
			`${MBOX} method`,
			`${MBOX} arm,num-chans`,
			`${SCMI} shmem`,
		]);
	});
});
