// The base protocol's calls, word by word.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.2.

import { describe, expect, it } from "vitest";
import { agentOn, checkRows } from "./call-table.ts";
import { FakeFirmware, nameWords } from "./fake-firmware.ts";

describe("base protocol", () => {
	checkRows(0x10, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.base.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x20001]],
			result: 0x20001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.base.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xffff_0302]],
			result: { protocols: 2, agents: 3 },
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.base.messageAttributes(7),
			requests: [[2, 7]],
			replies: [[0, 0x80000001]],
			result: 0x80000001,
		},
		{
			name: "BASE_DISCOVER_VENDOR",
			call: (calls) => calls.base.discoverVendor(),
			requests: [[3]],
			replies: [[0, ...nameWords("cosim", 16)]],
			result: "cosim",
		},
		{
			name: "BASE_DISCOVER_SUB_VENDOR",
			call: (calls) => calls.base.discoverSubVendor(),
			requests: [[4]],
			replies: [[0, ...nameWords("sixteen letters!", 16)]],
			result: "sixteen letters!",
		},
		{
			name: "BASE_DISCOVER_IMPLEMENTATION_VERSION",
			call: (calls) => calls.base.discoverImplementationVersion(),
			requests: [[5]],
			replies: [[0, 0xfedcba98]],
			result: 0xfedcba98,
		},
		{
			name: "BASE_DISCOVER_LIST_PROTOCOLS, one page",
			call: (calls) => calls.base.discoverListProtocols(3),
			requests: [[6, 3]],
			replies: [[0, 5, 0x14131211, 0xffffff15]],
			result: [0x11, 0x12, 0x13, 0x14, 0x15],
		},
		{
			name: "every page of BASE_DISCOVER_LIST_PROTOCOLS",
			call: (calls) => calls.base.listProtocols(),
			requests: [[1], [6, 0], [6, 4], [6, 6]],
			replies: [
				[0, 7],
				[0, 4, 0x14131211],
				[0, 2, 0x1615],
				[0, 1, 0x17],
			],
			result: [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17],
		},
		{
			name: "BASE_DISCOVER_AGENT of version 2",
			call: (calls) => calls.base.discoverAgent(0xffffffff),
			version: 0x20000,
			requests: [[7, 0xffffffff]],
			replies: [[0, 2, ...nameWords("hypervisor", 16)]],
			result: { agentId: 2, name: "hypervisor" },
		},
		{
			name: "BASE_DISCOVER_AGENT of version 1",
			call: (calls) => calls.base.discoverAgent(1),
			version: 0x10000,
			requests: [[7, 1]],
			replies: [[0, ...nameWords("linux", 16)]],
			result: { agentId: undefined, name: "linux" },
		},
		{
			name: "BASE_NOTIFY_ERRORS, on",
			call: (calls) => calls.base.notifyErrors(true),
			requests: [[8, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "BASE_NOTIFY_ERRORS, off",
			call: (calls) => calls.base.notifyErrors(false),
			requests: [[8, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "BASE_SET_DEVICE_PERMISSIONS",
			call: (calls) => calls.base.setDevicePermissions(1, 2, true),
			requests: [[9, 1, 2, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "BASE_SET_PROTOCOL_PERMISSIONS",
			call: (calls) => calls.base.setProtocolPermissions(1, 2, 0x14, false),
			requests: [[0xa, 1, 2, 0x14, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "BASE_RESET_AGENT_CONFIGURATION",
			call: (calls) => calls.base.resetAgentConfiguration(3, true),
			requests: [[0xb, 3, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.base.negotiate(0x20000),
			requests: [[0x10, 0x20000]],
			replies: [[0]],
			result: undefined,
		},
	]);

	it("counts more protocols than the reply has: SCMI_LENGTH", () => {
		const firmware = new FakeFirmware()
			.will(0, 5, 0x14131211)
			.will(0, 0xffffffff, 0x14131211);
		const { base } = agentOn(firmware).sync;
		expect(() => base.discoverListProtocols(0)).toThrow(
			expect.objectContaining({ code: "SCMI_LENGTH" }),
		);
		expect(() => base.discoverListProtocols(0)).toThrow(
			expect.objectContaining({ code: "SCMI_LENGTH" }),
		);
	});

	it("ends with SCMI_PAGING when a page is empty, or brings more than there are", () => {
		const empty = new FakeFirmware().will(0, 5).will(0, 2, 0x1211).will(0, 0);
		expect(() => agentOn(empty).sync.base.listProtocols()).toThrow(
			expect.objectContaining({
				code: "SCMI_PAGING",
				message:
					"BASE_DISCOVER_LIST_PROTOCOLS: 0 protocols behind the first 2 of 5",
			}),
		);
		expect(empty.seen).toHaveLength(3);
		const many = new FakeFirmware().will(0, 3).will(0, 4, 0x14131211);
		expect(() => agentOn(many).sync.base.listProtocols()).toThrow(
			expect.objectContaining({ code: "SCMI_PAGING" }),
		);
	});
});

describe("the version of a protocol", () => {
	it("is asked for once, when a layout depends on it, for each protocol by itself", async () => {
		const firmware = new FakeFirmware();
		const agent = agentOn(firmware);
		firmware
			.will(0, 0x10000)
			.will(0, ...nameWords("one", 16))
			.will(0, ...nameWords("two", 16))
			.will(0, 0x20000)
			.will(0);
		expect((await agent.base.discoverAgent(1)).name).toBe("one");
		expect(agent.sync.base.discoverAgent(2).name).toBe("two");
		agent.sync.clock.enable(7);
		expect(
			firmware.seen.map(({ header }) => [
				(header >>> 10) & 0xff,
				header & 0xff,
			]),
		).toEqual([
			[0x10, 0],
			[0x10, 7],
			[0x10, 7],
			[0x14, 0],
			[0x14, 7],
		]);
	});

	it("is what was negotiated, even when the platform goes on telling its newest", () => {
		const firmware = new FakeFirmware();
		const { base } = agentOn(firmware).sync;
		firmware
			.will(0, 0x20001)
			.will(0, 2, ...nameWords("new", 16))
			.will(0)
			.will(0, 0x20001)
			.will(0, ...nameWords("old", 16));
		expect(base.discoverAgent(2)).toEqual({ agentId: 2, name: "new" });
		base.negotiate(0x10000);
		expect(base.protocolVersion()).toBe(0x20001);
		expect(base.discoverAgent(2)).toEqual({ agentId: undefined, name: "old" });
	});

	it("stays when the platform refuses to negotiate", () => {
		const firmware = new FakeFirmware();
		const { base } = agentOn(firmware).sync;
		firmware
			.will(0, 0x20001)
			.will(-1)
			.will(0, 2, ...nameWords("new", 16));
		base.protocolVersion();
		expect(() => base.negotiate(0x10000)).toThrow(
			"NEGOTIATE_PROTOCOL_VERSION(version 65536): NOT_SUPPORTED (-1)",
		);
		expect(base.discoverAgent(2)).toEqual({ agentId: 2, name: "new" });
	});
});
