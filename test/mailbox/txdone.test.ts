// The ways to learn that a message is out, blocking sends, flush, and errors on the way.
// Follows Linux include/linux/mailbox_client.h, include/linux/mailbox_controller.h and drivers/mailbox/mailbox.c.

import { describe, expect, it, vi } from "vitest";
import { CosimError } from "../../host/errors.ts";
import {
	EIO,
	ETIME,
	type MailboxChannel,
	requestChannel,
} from "../../host/mailbox/framework.ts";
import { code, setup } from "./controllers.ts";

describe("txdone", () => {
	it("by interrupt comes from the controller alone", () => {
		const { controller, sent } = setup({ txdoneIrq: true });
		const done = vi.fn();
		const channel = requestChannel(
			{ txDone: done, knowsTxdone: true },
			controller,
			0,
		);
		expect(channel.txdoneMethod).toBe("irq");
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.txDone(0);
		expect(sent).toEqual(["a"]);
		channel.chanTxDone(0);
		expect(sent).toEqual(["a", "b"]);
		channel.chanTxDone(-5);
		expect(done.mock.calls).toEqual([
			["a", 0],
			["b", -5],
		]);
	});

	it("by the client is not the controller's to tell", () => {
		const { controller, sent } = setup();
		const channel = requestChannel({}, controller, 0);
		expect(channel.txdoneMethod).toBe("ack");
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.chanTxDone(0);
		expect(sent).toEqual(["a"]);
	});

	it("by polling is asked for at once and then every period, while a message is under way", () => {
		let done = false;
		const asked: number[] = [];
		const { controller, sent, timers } = setup({
			txdonePoll: true,
			txpollPeriod: 5,
			extra: {
				lastTxDone() {
					asked.push(timers.now);
					return done;
				},
			},
		});
		const channel = requestChannel({}, controller, 0);
		expect(channel.txdoneMethod).toBe("poll");
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.txDone(0);
		timers.advance(12);
		expect(asked).toEqual([0, 5, 10]);
		expect(sent).toEqual(["a"]);
		done = true;
		timers.advance(3);
		expect(sent).toEqual(["a", "b"]);
		timers.advance(100);
		expect(asked).toEqual([0, 5, 10, 15, 15]);
		expect(timers.pending).toBe(0);
		expect(channel.busy).toBe(false);
	});

	it("by polling watches every channel", () => {
		const ready = new Set<number>();
		const { controller, timers } = setup({
			txdonePoll: true,
			extra: { lastTxDone: (channel) => ready.has(channel.index) },
		});
		const [a, b] = [
			requestChannel({}, controller, 0),
			requestChannel({}, controller, 1),
		];
		a.sendMessage(1);
		b.sendMessage(2);
		ready.add(1);
		timers.advance(10);
		expect([a.busy, b.busy]).toEqual([true, false]);
		ready.add(0);
		timers.advance(1);
		expect([a.busy, timers.pending]).toEqual([false, 0]);
	});

	it("by polling needs one timer however many channels there are", () => {
		const { controller, timers } = setup({
			txdonePoll: true,
			extra: { lastTxDone: (channel) => channel.index === 0 },
		});
		const [a, b] = [
			requestChannel({}, controller, 0),
			requestChannel({}, controller, 1),
		];
		for (const channel of [a, b]) {
			channel.sendMessage(1);
			channel.sendMessage(2);
			channel.sendMessage(3);
		}
		for (let ms = 0; ms < 5; ms++) {
			expect(timers.pending).toBe(1);
			timers.advance(1);
		}
		expect([a.busy, a.queued, b.busy, b.queued]).toEqual([false, 0, true, 2]);
	});

	it("by polling leaves a client that knows better alone beside one that does not", () => {
		const { controller, timers } = setup({
			txdonePoll: true,
			extra: { lastTxDone: () => true },
		});
		const knows = requestChannel({ knowsTxdone: true }, controller, 0);
		const asks = requestChannel({}, controller, 1);
		knows.sendMessage(1);
		asks.sendMessage(1);
		timers.advance(10);
		expect([knows.busy, asks.busy]).toEqual([true, false]);
	});

	it("by polling gives way to a client that knows better, for as long as it has the channel", () => {
		const lastTxDone = vi.fn(() => true);
		const { controller, timers } = setup({
			txdonePoll: true,
			extra: { lastTxDone },
		});
		const channel = requestChannel({ knowsTxdone: true }, controller, 0);
		expect(channel.txdoneMethod).toBe("ack");
		channel.sendMessage("a");
		timers.advance(10);
		expect([channel.busy, lastTxDone.mock.calls.length]).toEqual([true, 0]);
		channel.txDone(0);
		expect(channel.busy).toBe(false);
		channel.freeChannel();
		expect(requestChannel({}, controller, 0).txdoneMethod).toBe("poll");
	});

	it("by polling needs lastTxDone", () => {
		expect(code(() => setup({ txdonePoll: true }))).toBe("MBOX_INVALID");
	});
});

describe("flush", () => {
	it("completes the transfer under way", () => {
		const flushed: number[] = [];
		const { controller } = setup({
			txdoneIrq: true,
			extra: {
				flush(channel, timeout) {
					flushed.push(timeout);
					channel.chanTxDone(0);
				},
			},
		});
		const channel = requestChannel({}, controller, 0);
		channel.sendMessage("a");
		channel.flush(30);
		expect([channel.busy, flushed]).toEqual([false, [30]]);
	});

	it("ends the transfer when it fails", () => {
		const errors = [
			new CosimError("MBOX_TIMEOUT", "late"),
			new Error("broken"),
		];
		const { controller, sent } = setup({
			txdoneIrq: true,
			extra: {
				flush() {
					throw errors.shift();
				},
			},
		});
		const done = vi.fn();
		const channel = requestChannel({ txDone: done }, controller, 0);
		channel.sendMessage("a");
		channel.sendMessage("b");
		expect(code(() => channel.flush(30))).toBe("MBOX_TIMEOUT");
		expect(sent).toEqual(["a", "b"]);
		expect(() => channel.flush(30)).toThrow("broken");
		expect(done.mock.calls).toEqual([
			["a", ETIME],
			["b", EIO],
		]);
	});

	it("is the controller's to offer", () => {
		const { controller } = setup();
		expect(code(() => requestChannel({}, controller, 0).flush(1))).toBe(
			"MBOX_INVALID",
		);
	});
});

describe("errors in callbacks", () => {
	it.each(["ack", "irq"])(
		"come out of sendMessage, txdone by %s, and leave no channel busy",
		(method) => {
			const { controller, reported } = setup({
				txdoneIrq: method === "irq",
				extra: {
					sendData(channel, message) {
						channel.chanReceivedData(message);
						channel.chanTxDone(0);
						return true;
					},
				},
			});
			const channel: MailboxChannel = requestChannel(
				{
					rxCallback(message) {
						if (message === "bad") {
							throw new Error("client");
						}
						channel.txDone(0);
					},
				},
				controller,
				0,
			);
			expect(() => channel.sendMessage("bad")).toThrow("client");
			expect(channel.busy).toBe(false);
			channel.sendMessage("good");
			expect([channel.busy, reported]).toEqual([false, []]);
		},
	);

	it("in txPrepare drop the message", () => {
		const { controller, sent } = setup();
		const done = vi.fn();
		const channel = requestChannel(
			{
				txPrepare(message) {
					if (message === "bad") {
						throw new Error("client");
					}
				},
				txDone: done,
			},
			controller,
			0,
		);
		expect(() => channel.sendMessage("bad")).toThrow("client");
		expect(done.mock.calls).toEqual([["bad", EIO]]);
		channel.sendMessage("good");
		expect(sent).toEqual(["good"]);
	});

	it("in txDone do not stop the queue", () => {
		const { controller, sent, reported } = setup();
		const channel = requestChannel(
			{
				txDone() {
					throw new Error("client");
				},
			},
			controller,
			0,
		);
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.txDone(0);
		channel.txDone(0);
		expect([sent, channel.busy]).toEqual([["a", "b"], false]);
		expect(reported).toEqual([new Error("client"), new Error("client")]);
	});

	it("outside of sendMessage go to reportError, not to the controller", () => {
		const { controller, reported, sent } = setup();
		const channel = requestChannel(
			{
				rxCallback() {
					throw new Error("client");
				},
			},
			controller,
			0,
		);
		channel.sendMessage("a");
		channel.sendMessage("b");
		channel.chanReceivedData("x");
		expect(reported).toEqual([new Error("client")]);
		expect(sent).toEqual(["a", "b"]);
	});

	it("of a controller while it is polled end the transfer", () => {
		const { controller, timers, reported } = setup({
			txdonePoll: true,
			extra: {
				lastTxDone() {
					throw new Error("bus");
				},
			},
		});
		const done = vi.fn();
		const channel = requestChannel({ txDone: done }, controller, 0);
		channel.sendMessage("a");
		timers.advance(1);
		expect(reported).toEqual([new Error("bus")]);
		expect(done.mock.calls).toEqual([["a", EIO]]);
		expect(timers.pending).toBe(0);
	});
});
