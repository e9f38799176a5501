// Blocking sends: promises, timeouts.
// Follows Linux include/linux/mailbox_client.h, include/linux/mailbox_controller.h and drivers/mailbox/mailbox.c.

import { describe, expect, it, vi } from "vitest";
import {
	ETIME,
	type MailboxChannel,
	type MailboxClient,
	MailboxController,
	requestChannel,
	wallTimers,
} from "../../host/mailbox/framework.ts";
import { echo, setup } from "./controllers.ts";

describe("txBlock", () => {
	it("resolves with the token when the message is out, whatever its result", async () => {
		const { controller, timers } = setup();
		const channel = requestChannel(
			{ txBlock: true, txTout: 10 },
			controller,
			0,
		);
		const sends = [channel.sendMessage("a"), channel.sendMessage("b")];
		channel.txDone(0);
		expect(await sends[0]).toBe(0);
		channel.txDone(-5);
		expect(await sends[1]).toBe(1);
		expect(timers.pending).toBe(0);
	});

	it("resolves with a synchronous controller too, and sets no timer", async () => {
		const { controller, timers } = setup({ extra: echo });
		const channel: MailboxChannel = requestChannel(
			{ txBlock: true, txTout: 10, rxCallback: () => channel.txDone(0) },
			controller,
			0,
		);
		const send = channel.sendMessage("a");
		expect(timers.pending).toBe(0);
		expect(await send).toBe(0);
	});

	it("rejects with MBOX_TIMEOUT after txTout, and the channel goes on", async () => {
		const { controller, sent, timers } = setup();
		const done = vi.fn();
		const channel = requestChannel(
			{ txBlock: true, txTout: 10, txDone: done },
			controller,
			0,
		);
		const first = channel.sendMessage("a");
		timers.advance(5);
		const second = channel.sendMessage("b");
		timers.advance(4);
		expect(sent).toEqual(["a"]);
		timers.advance(1);
		await expect(first).rejects.toMatchObject({
			code: "MBOX_TIMEOUT",
			message: "/mbox channel 0: the message was not out within 10 ms",
		});
		expect(sent).toEqual(["a", "b"]);
		expect(done.mock.calls).toEqual([["a", ETIME]]);
		channel.txDone(0);
		expect(await second).toBe(1);
	});

	it("drops a message that times out in the queue, and no other", async () => {
		const { controller, sent, timers } = setup();
		const client: MailboxClient = {
			txBlock: true,
			txTout: 100,
			txDone: vi.fn(),
		};
		const channel = requestChannel(client, controller, 0);
		const slow = channel.sendMessage("slow");
		client.txTout = 10;
		const late = channel.sendMessage("late");
		client.txTout = 0;
		const patient = channel.sendMessage("patient");
		timers.advance(50);
		await expect(late).rejects.toMatchObject({ code: "MBOX_TIMEOUT" });
		expect([channel.busy, channel.queued]).toEqual([true, 1]);
		channel.txDone(0);
		expect(await slow).toBe(0);
		expect(sent).toEqual(["slow", "patient"]);
		timers.advance(3_600_000);
		channel.txDone(0);
		expect(await patient).toBe(2);
		expect(vi.mocked(client.txDone as () => void).mock.calls).toEqual([
			["late", ETIME],
			["slow", 0],
			["patient", 0],
		]);
	});

	it("rejects when the queue is full, and when the channel is freed", async () => {
		const { controller, timers } = setup();
		const channel = requestChannel(
			{ txBlock: true, txTout: 10 },
			controller,
			0,
		);
		const sends = Array.from({ length: 21 }, (_, i) => channel.sendMessage(i));
		await expect(channel.sendMessage(21)).rejects.toMatchObject({
			code: "MBOX_QUEUE_FULL",
		});
		channel.freeChannel();
		for (const send of sends) {
			await expect(send).rejects.toMatchObject({ code: "MBOX_INVALID" });
		}
		expect(timers.pending).toBe(0);
	});

	it("rejects with what a callback or the controller throws, and the channel goes on", async () => {
		const { controller, timers, reported } = setup({
			extra: {
				sendData(channel, message) {
					if (message === "bad") {
						throw new Error("controller");
					}
					channel.chanReceivedData(message);
					return true;
				},
			},
		});
		const channel: MailboxChannel = requestChannel(
			{
				txBlock: true,
				txTout: 10,
				rxCallback(message) {
					if (message === "odd") {
						throw new Error("client");
					}
					channel.txDone(0);
				},
			},
			controller,
			0,
		);
		await expect(channel.sendMessage("bad")).rejects.toThrow("controller");
		await expect(channel.sendMessage("odd")).rejects.toThrow("client");
		expect(await channel.sendMessage("good")).toBe(2);
		expect([channel.busy, timers.pending, reported]).toEqual([false, 0, []]);
	});

	it("uses wall time by default", async () => {
		const controller = new MailboxController({
			name: "/m",
			numChans: 1,
			ops: { sendData: () => true },
		});
		expect(controller.timers).toBe(wallTimers);
		const channel = requestChannel({ txBlock: true, txTout: 1 }, controller, 0);
		await expect(channel.sendMessage("a")).rejects.toMatchObject({
			code: "MBOX_TIMEOUT",
		});
	});
});
