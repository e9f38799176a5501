// The agent at large: commands in the shared memory, raw commands, the observer, the channel.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 5.1.2.

import { describe, expect, it } from "vitest";
import { armSmcMailbox } from "../../host/mailbox/arm-smc-mailbox.ts";
import { requestChannel } from "../../host/mailbox/framework.ts";
import { type MessageEvent, ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { caught, STATUS, setup } from "./agent-setup.ts";
import { AREA, AREA_SIZE, FakeFirmware } from "./fake-firmware.ts";

describe("a command in the shared memory", () => {
	it("has header, length, flags and payload where the specification puts them, and marks the channel busy", () => {
		const { firmware, agent } = setup();
		firmware.will(0, 24_000_000, 0);
		expect(agent.sync.clock.rateGet(128)).toBe(24_000_000);
		expect(firmware.last).toMatchObject({
			x: [0xc20000fen, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
			channelStatus: 0,
			flags: 0,
			length: 8,
			// message 6, type 0, protocol 0x14, token 0
			header: 0x6 | (0x14 << 10),
			payload: [128],
		});
		// The reserved words belong to nobody.
		expect(firmware.view.getUint32(AREA, true)).toBe(0xeeeeeeee);
		expect(firmware.view.getUint32(AREA + 0x08, true)).toBe(0xeeeeeeee);
		expect(firmware.view.getUint32(AREA + 0x0c, true)).toBe(0xeeeeeeee);
	});

	it("asks for an interrupt when told to", () => {
		const { firmware, agent } = setup({ interrupt: true });
		firmware.will(0, 1, 0);
		agent.sync.clock.rateGet(1);
		expect(firmware.last.flags).toBe(1);
	});

	it("counts tokens in ten bits", () => {
		const { firmware, agent } = setup();
		for (let i = 0; i < 1025; i++) {
			firmware.will(0, 0x30000);
			agent.sync.clock.protocolVersion();
		}
		const tokens = firmware.seen.map(({ header }) => header >>> 18);
		expect(tokens.slice(0, 3)).toEqual([0, 1, 2]);
		expect(tokens.slice(1022)).toEqual([1022, 1023, 0]);
		expect(agent.messages).toBe(1025);
	});

	it("passes its message on to the controller, function ID included", () => {
		const firmware = new FakeFirmware();
		const controller = armSmcMailbox(
			firmware,
			{ node: "/mailbox", method: "hvc", numChans: 1 },
			{ cpu: 2 },
		);
		const memory = new SharedMemory(firmware.buffer, AREA, AREA_SIZE);
		const agent = new ScmiAgent({
			controller,
			index: 0,
			memory,
			message: { a0: 0xc6000001, a7: 7 },
		});
		firmware.will(0, 0x20001);
		expect(agent.sync.base.protocolVersion()).toBe(0x20001);
		expect(firmware.last).toMatchObject({
			cpu: 2,
			method: "hvc",
			x: [0xc6000001n, 0n, 0n, 0n, 0n, 0n, 0n, 7n],
		});
	});

	it("is not sent over a channel that the platform still has", () => {
		const { firmware, agent } = setup();
		firmware.view.setUint32(STATUS, 0, true);
		firmware.view.setUint32(AREA + 0x1c, 0x12345678, true);
		expect(caught(() => agent.sync.clock.rateGet(1)).code).toBe("CHANNEL_BUSY");
		expect(firmware.seen).toHaveLength(0);
		expect(firmware.view.getUint32(AREA + 0x1c, true)).toBe(0x12345678);
	});

	it("is not sent when it does not fit", () => {
		const firmware = new FakeFirmware();
		const controller = armSmcMailbox(firmware, {
			node: "/mailbox",
			method: "smc",
			numChans: 1,
			funcIds: [1],
		});
		const agent = new ScmiAgent({
			controller,
			index: 0,
			memory: new SharedMemory(firmware.buffer, AREA, 0x20),
		});
		expect(caught(() => agent.sync.clock.rateSet(1, 1)).code).toBe(
			"SCMI_LENGTH",
		);
		expect(firmware.seen).toHaveLength(0);
	});

	it.each([-1, 1.5, 2 ** 32, Number.NaN])("refuses clock_id %s", (id) => {
		const { firmware, agent } = setup();
		const error = caught(() => agent.sync.clock.rateGet(id));
		expect(error.code).toBe("SCMI_RANGE");
		expect(error.message).toContain("CLOCK_RATE_GET");
		expect(firmware.seen).toHaveLength(0);
		firmware.will(0, 5, 0);
		expect(agent.sync.clock.rateGet(1)).toBe(5);
	});
});

describe("raw commands", () => {
	it("take and return bytes, whatever the status", async () => {
		const { firmware, agent } = setup();
		firmware.will(-4, 0x04030201);
		expect(
			agent.sync.command(0x90, 0xfe, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])),
		).toEqual({
			status: -4,
			payload: new Uint8Array([1, 2, 3, 4]),
		});
		expect(firmware.last).toMatchObject({
			header: 0xfe | (0x90 << 10),
			length: 12,
			payload: [0x04030201, 0x08070605],
		});
		firmware.will(0);
		expect(await agent.command(0x10, 0)).toEqual({
			status: 0,
			payload: new Uint8Array(0),
		});
		expect(firmware.last.length).toBe(4);
	});

	it("keep the length of a payload that is not whole words", () => {
		const { firmware, agent } = setup();
		firmware.will(0);
		agent.sync.command(0x11, 3, new Uint8Array([9, 0]));
		expect(firmware.last.length).toBe(6);
		expect((firmware.last.payload[0] as number) & 0xffff).toBe(9);
	});

	it.each([
		[-1, 0],
		[256, 0],
		[0x10, 256],
		[0x10, 0.5],
	])("refuse protocol %s, message %s", async (protocol, message) => {
		const { agent } = setup();
		expect(caught(() => agent.sync.command(protocol, message)).code).toBe(
			"SCMI_RANGE",
		);
		await expect(agent.command(protocol, message)).rejects.toMatchObject({
			code: "SCMI_RANGE",
		});
	});

	it("refuse a payload that does not fit", () => {
		const { agent } = setup();
		expect(
			caught(() =>
				agent.sync.command(0x10, 0, new Uint8Array(AREA_SIZE - 0x1c + 1)),
			).code,
		).toBe("SCMI_LENGTH");
	});
});

describe("the observer", () => {
	it("sees header, request, reply and status of each exchange", () => {
		const events: MessageEvent[] = [];
		const { firmware, agent } = setup({
			onMessage: (event) => events.push(event),
		});
		firmware.will(0, 0x01020304, 0).will(-4);
		agent.sync.clock.rateGet(0x80);
		caught(() => agent.sync.clock.rateGet(0x81));
		expect(events).toEqual([
			{
				kind: "command",
				name: "CLOCK_RATE_GET",
				protocolId: 0x14,
				messageId: 6,
				header: 0x5006,
				request: new Uint8Array([0x06, 0x50, 0, 0, 0x80, 0, 0, 0]),
				reply: new Uint8Array([
					0x06, 0x50, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0,
				]),
				status: 0,
				error: undefined,
			},
			{
				kind: "command",
				name: "CLOCK_RATE_GET",
				protocolId: 0x14,
				messageId: 6,
				header: 0x45006,
				request: new Uint8Array([0x06, 0x50, 4, 0, 0x81, 0, 0, 0]),
				reply: new Uint8Array([0x06, 0x50, 4, 0, 0xfc, 0xff, 0xff, 0xff]),
				status: -4,
				error: undefined,
			},
		]);
	});

	it("sees what went wrong", () => {
		const events: MessageEvent[] = [];
		const { firmware, agent } = setup({
			onMessage: (event) => events.push(event),
		});
		firmware.script.push(() => {});
		const error = caught(() => agent.sync.clock.rateGet(1));
		expect(events).toMatchObject([
			{ status: undefined, error, reply: new Uint8Array(0) },
		]);
	});

	it("may call the agent, and may throw, without spoiling the next call", () => {
		const { firmware, agent } = setup({
			onMessage: ({ messageId }) => {
				if (messageId === 6) {
					agent.sync.clock.protocolVersion();
					throw new Error("observer");
				}
			},
		});
		firmware.will(0, 1, 0).will(0, 0x30000).will(0, 0x30000);
		expect(() => agent.sync.clock.rateGet(1)).toThrow("observer");
		expect(agent.sync.clock.protocolVersion()).toBe(0x30000);
	});
});

describe("the channel", () => {
	it("is the agent's alone until it is closed", async () => {
		const { firmware, controller, memory, agent } = setup();
		expect(
			caught(() => new ScmiAgent({ controller, index: 0, memory })).code,
		).toBe("MBOX_BUSY");
		agent.close();
		expect(caught(() => agent.sync.clock.rateGet(1)).code).toBe("MBOX_INVALID");
		await expect(agent.clock.rateGet(1)).rejects.toMatchObject({
			code: "MBOX_INVALID",
		});
		expect(firmware.seen).toHaveLength(0);
		// What never went out left the area free.
		const other = new ScmiAgent({ controller, index: 0, memory });
		firmware.will(0, 4, 0);
		expect(other.sync.clock.rateGet(1)).toBe(4);
		expect(caught(() => requestChannel({}, controller, 0)).code).toBe(
			"MBOX_BUSY",
		);
	});

	it("is left idle by a conduit that throws", () => {
		const { firmware, agent } = setup();
		firmware.script.push(() => {
			throw new Error("unreachable executed");
		});
		expect(() => agent.sync.clock.rateGet(1)).toThrow("unreachable executed");
		firmware.will(0, 4, 0);
		expect(agent.sync.clock.rateGet(1)).toBe(4);
	});
});
