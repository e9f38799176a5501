// The mailbox framework as clients and controllers see it: channels, the queue, receiving.
// Follows Linux include/linux/mailbox_client.h, include/linux/mailbox_controller.h and drivers/mailbox/mailbox.c.

import { describe, expect, it, vi } from "vitest";
import {
	type MailboxChannel,
	type MailboxClient,
	requestChannel,
	requestChannelByName,
} from "../../host/mailbox/framework.ts";
import { code, echo, setup } from "./controllers.ts";

describe("a channel", () => {
	it("belongs to one client until it is freed", () => {
		const { controller } = setup();
		const channel = requestChannel({}, controller, 0);
		expect(code(() => requestChannel({}, controller, 0))).toBe("MBOX_BUSY");
		expect(requestChannel({}, controller, 1)).not.toBe(channel);
		channel.freeChannel();
		expect(requestChannel({}, controller, 0)).toBe(channel);
	});

	it("can be had by its name in mbox-names", () => {
		const { controller } = setup();
		const mboxes = [
			{ controller, index: 1, name: "tx" },
			{ controller, index: 0, name: "rx" },
		];
		expect(requestChannelByName({}, mboxes, "tx").index).toBe(1);
		expect(requestChannelByName({}, mboxes, "rx").index).toBe(0);
		expect(() => requestChannelByName({}, mboxes, "a2p")).toThrow(
			'mbox-names has no "a2p", only: tx, rx',
		);
		expect(code(() => requestChannelByName({}, mboxes, "tx"))).toBe(
			"MBOX_BUSY",
		);
	});

	it.each([-1, 2, 0.5, Number.NaN])("does not exist at index %s", (index) => {
		const { controller } = setup();
		expect(code(() => requestChannel({}, controller, index))).toBe(
			"MBOX_INVALID",
		);
	});

	it("starts up and shuts down with its client, and stays free when startup fails", () => {
		const calls: string[] = [];
		let fail = true;
		const { controller } = setup({
			extra: {
				startup() {
					calls.push("startup");
					if (fail) {
						throw new Error("no clock");
					}
				},
				shutdown() {
					calls.push("shutdown");
				},
			},
		});
		expect(() => requestChannel({}, controller, 0)).toThrow("no clock");
		fail = false;
		requestChannel({}, controller, 0).freeChannel();
		expect(calls).toEqual(["startup", "shutdown", "startup", "shutdown"]);
		controller.channel(0).freeChannel();
		expect(calls).toHaveLength(4);
	});

	it("is needed: no controller without", () => {
		expect(code(() => setup({ numChans: 0 }))).toBe("MBOX_INVALID");
	});
});

describe("sendMessage", () => {
	it("sends at once, then queues, in order, one message under way", () => {
		const { controller, sent } = setup();
		const channel = requestChannel({}, controller, 0);
		expect([
			channel.sendMessage("a"),
			channel.sendMessage("b"),
			channel.sendMessage("c"),
		]).toEqual([0, 1, 2]);
		expect(sent).toEqual(["a"]);
		expect([channel.busy, channel.queued]).toEqual([true, 2]);
		channel.txDone(0);
		expect(sent).toEqual(["a", "b"]);
		channel.txDone(0);
		channel.txDone(0);
		expect(sent).toEqual(["a", "b", "c"]);
		expect([channel.busy, channel.queued]).toEqual([false, 0]);
		channel.txDone(0);
		expect(sent).toHaveLength(3);
	});

	it("queues 20 messages and no more", () => {
		const { controller, sent } = setup();
		const channel = requestChannel({}, controller, 0);
		for (let i = 0; i <= 20; i++) {
			channel.sendMessage(i);
		}
		expect(channel.queued).toBe(20);
		expect(code(() => channel.sendMessage(21))).toBe("MBOX_QUEUE_FULL");
		channel.txDone(0);
		channel.sendMessage(22);
		expect(code(() => channel.sendMessage(23))).toBe("MBOX_QUEUE_FULL");
		for (let i = 0; i < 30; i++) {
			channel.txDone(0);
		}
		expect(sent).toEqual([...Array.from({ length: 21 }, (_, i) => i), 22]);
	});

	it("needs a client", () => {
		const { controller } = setup();
		const channel = requestChannel({}, controller, 0);
		channel.freeChannel();
		expect(code(() => channel.sendMessage(1))).toBe("MBOX_INVALID");
	});

	it("keeps a message first in the queue that the controller is too busy for", () => {
		let ready = false;
		const sent: unknown[] = [];
		const { controller } = setup({
			extra: {
				sendData(_channel, message) {
					if (ready) {
						sent.push(message);
					}
					return ready;
				},
			},
		});
		const channel = requestChannel({}, controller, 0);
		channel.sendMessage("a");
		channel.sendMessage("b");
		expect([channel.busy, channel.queued]).toEqual([false, 2]);
		ready = true;
		channel.sendMessage("c");
		expect(sent).toEqual(["a"]);
		channel.txDone(0);
		channel.txDone(0);
		expect(sent).toEqual(["a", "b", "c"]);
	});

	it("prepares each message right before it is sent", () => {
		const log: unknown[] = [];
		const { controller } = setup({
			extra: {
				sendData(_channel, message) {
					log.push(`send ${message}`);
					return true;
				},
			},
		});
		const channel = requestChannel(
			{
				txPrepare: (message) => log.push(`prepare ${message}`),
				txDone: (message, r) => log.push(`done ${message} ${r}`),
			},
			controller,
			0,
		);
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.txDone(0);
		channel.txDone(-5);
		expect(log).toEqual([
			"prepare a",
			"send a",
			"prepare b",
			"send b",
			"done a 0",
			"done b -5",
		]);
	});

	it("calls callbacks on their client", () => {
		class Client implements MailboxClient {
			got: unknown;
			rxCallback(message: unknown) {
				this.got = message;
			}
		}
		const { controller } = setup({ extra: echo });
		const client = new Client();
		requestChannel(client, controller, 0).sendMessage(42);
		expect(client.got).toBe(42);
	});
});

describe("a synchronous controller", () => {
	it("has message, reply and acknowledgement inside sendMessage", () => {
		const { controller } = setup({ extra: echo });
		const log: unknown[] = [];
		const channel: MailboxChannel = requestChannel(
			{
				rxCallback(message) {
					log.push(message);
					channel.txDone(0);
				},
			},
			controller,
			0,
		);
		for (let i = 0; i < 50; i++) {
			expect(channel.sendMessage(i)).toBe(i % 20);
			expect([log.at(-1), channel.busy, channel.queued]).toEqual([i, false, 0]);
		}
	});

	it("sends what a callback sends after the message under way, without nesting", () => {
		const order: unknown[] = [];
		let depth = 0;
		const { controller } = setup({
			extra: {
				sendData(channel, message) {
					expect(++depth).toBe(1);
					order.push(message);
					channel.chanReceivedData(message);
					depth--;
					return true;
				},
			},
		});
		const channel: MailboxChannel = requestChannel(
			{
				rxCallback(message) {
					channel.txDone(0);
					if ((message as number) < 100) {
						channel.sendMessage((message as number) + 1);
					}
				},
			},
			controller,
			0,
		);
		channel.sendMessage(0);
		expect(order).toEqual(Array.from({ length: 101 }, (_, i) => i));
	});
});

describe("peekData", () => {
	it("delivers what was waiting", () => {
		const waiting = ["x"];
		const { controller } = setup({
			extra: {
				peekData(channel) {
					const message = waiting.shift();
					if (message === undefined) {
						return false;
					}
					channel.chanReceivedData(message);
					return true;
				},
			},
		});
		const got: unknown[] = [];
		const channel = requestChannel(
			{ rxCallback: (message) => got.push(message) },
			controller,
			0,
		);
		expect([channel.peekData(), channel.peekData(), got]).toEqual([
			true,
			false,
			["x"],
		]);
	});

	it("finds nothing where the controller has no such operation", () => {
		const { controller } = setup();
		expect(requestChannel({}, controller, 0).peekData()).toBe(false);
	});
});

describe("freeChannel", () => {
	it("drops the queue without callbacks, and late events find nobody", () => {
		const { controller, sent } = setup();
		const done = vi.fn();
		const received = vi.fn();
		const channel = requestChannel(
			{ txDone: done, rxCallback: received },
			controller,
			0,
		);
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.freeChannel();
		channel.txDone(0);
		channel.chanReceivedData("late");
		expect([channel.busy, channel.queued, sent]).toEqual([false, 0, ["a"]]);
		expect(done).not.toHaveBeenCalled();
		expect(received).not.toHaveBeenCalled();
		const next = requestChannel({}, controller, 0);
		expect(next.sendMessage("c")).toBe(0);
		expect(sent).toEqual(["a", "c"]);
	});
});
