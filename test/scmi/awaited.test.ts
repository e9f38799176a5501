// Awaited calls: queueing, controllers that answer later, timeouts; and direct calls over such controllers.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 5.1.2.

import { describe, expect, it } from "vitest";
import { ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { caught, lateMailbox, setup } from "./agent-setup.ts";
import { AREA, AREA_SIZE, FakeFirmware, TestTimers } from "./fake-firmware.ts";

describe("awaited calls", () => {
	it("queue, any number of them, and keep their order", async () => {
		const { firmware, agent } = setup();
		for (let i = 0; i < 300; i++) {
			firmware.will(0, i, 0);
		}
		const rates = await Promise.all(
			Array.from({ length: 300 }, (_, i) => agent.clock.rateGet(i)),
		);
		expect(rates).toEqual(Array.from({ length: 300 }, (_, i) => i));
		expect(firmware.seen.map(({ payload }) => payload[0])).toEqual(rates);
	});

	it("wait for a controller that answers later, one message at a time", async () => {
		const firmware = new FakeFirmware();
		const timers = new TestTimers();
		const { controller, pending, deliver } = lateMailbox(firmware, timers);
		const memory = new SharedMemory(firmware.buffer, AREA, AREA_SIZE);
		const agent = new ScmiAgent({ controller, index: 0, memory });
		firmware.will(0, 11, 0).will(0, 22, 0);
		const both = [agent.clock.rateGet(1), agent.clock.rateGet(2)] as const;
		await Promise.resolve();
		expect(pending).toHaveLength(1);
		expect(caught(() => agent.sync.clock.rateGet(3)).code).toBe("MBOX_BUSY");
		deliver();
		expect(await both[0]).toBe(11);
		await Promise.resolve();
		expect(pending).toHaveLength(1);
		deliver();
		expect(await both[1]).toBe(22);
		expect(timers.pending).toBe(0);
	});

	it("time out, leave the area to the platform, and work again when it has freed it", async () => {
		const firmware = new FakeFirmware();
		const timers = new TestTimers();
		const { controller, deliver } = lateMailbox(firmware, timers);
		const memory = new SharedMemory(firmware.buffer, AREA, AREA_SIZE);
		const agent = new ScmiAgent({ controller, index: 0, memory, timeout: 30 });
		const call = agent.clock.rateGet(1);
		await Promise.resolve();
		timers.advance(29);
		timers.advance(1);
		await expect(call).rejects.toMatchObject({
			code: "MBOX_TIMEOUT",
			message: "CLOCK_RATE_GET: no answer within 30 ms",
		});
		await expect(agent.clock.rateGet(1)).rejects.toMatchObject({
			code: "CHANNEL_BUSY",
		});
		firmware.will(0, 11, 0).will(0, 12, 0);
		deliver();
		const again = agent.clock.rateGet(1);
		await Promise.resolve();
		await Promise.resolve();
		deliver();
		expect(await again).toBe(12);
	});

	it("give the mailbox channel up when they time out, so that the next message goes out", async () => {
		const firmware = new FakeFirmware();
		const timers = new TestTimers();
		const { controller, pending } = lateMailbox(firmware, timers);
		const memory = new SharedMemory(firmware.buffer, AREA, AREA_SIZE);
		const agent = new ScmiAgent({ controller, index: 0, memory, timeout: 30 });
		const call = agent.clock.rateGet(1);
		await Promise.resolve();
		timers.advance(30);
		await expect(call).rejects.toMatchObject({ code: "MBOX_TIMEOUT" });
		memory.release();
		const next = agent.clock.rateGet(1);
		await Promise.resolve();
		await Promise.resolve();
		expect(pending).toHaveLength(2);
		timers.advance(30);
		await expect(next).rejects.toMatchObject({ code: "MBOX_TIMEOUT" });
	});

	it("survive one of them failing", async () => {
		const { firmware, agent } = setup();
		firmware.will(-4).will(0, 2, 0);
		const results = await Promise.allSettled([
			agent.clock.rateGet(1),
			agent.clock.rateGet(2),
		]);
		expect(results).toMatchObject([
			{ status: "rejected" },
			{ status: "fulfilled", value: 2 },
		]);
	});
});

describe("direct calls over a controller that is not synchronous", () => {
	it.each(["flush", "peek"] as const)("work through %s", (how) => {
		const firmware = new FakeFirmware();
		const { controller } = lateMailbox(firmware, new TestTimers(), {
			[how]: true,
		});
		const agent = new ScmiAgent({
			controller,
			index: 0,
			memory: new SharedMemory(firmware.buffer, AREA, AREA_SIZE),
		});
		firmware.will(0, 5, 0);
		expect(agent.sync.clock.rateGet(1)).toBe(5);
	});

	it("say so otherwise", () => {
		const firmware = new FakeFirmware();
		const { controller } = lateMailbox(firmware, new TestTimers());
		const agent = new ScmiAgent({
			controller,
			index: 0,
			memory: new SharedMemory(firmware.buffer, AREA, AREA_SIZE),
		});
		expect(caught(() => agent.sync.clock.rateGet(1))).toMatchObject({
			code: "MBOX_TIMEOUT",
			message:
				"CLOCK_RATE_GET: /late did not answer at once, await the call instead",
		});
	});
});
