// The doorbell-mailbox controller on a bare messaging unit, whose other side the test plays.
// Follows Linux drivers/mailbox/imx-mailbox.c and mailbox.c.

import { expect, it, vi } from "vitest";
import {
	doorbellMailbox,
	MuType,
	muChannel,
} from "../../host/mailbox/doorbell-mailbox.ts";
import {
	ETIME,
	type MailboxClient,
	requestChannel,
} from "../../host/mailbox/framework.ts";
import { MessagingUnit } from "../../host/simulation/messaging-unit.ts";
import { TestTimers } from "../scmi/fake-firmware.ts";

const BASE = 0x30aa_0000;
const SR = 0x20;
const CR = 0x24;

function setup(prepare: (unit: MessagingUnit) => void = () => {}) {
	const unit = new MessagingUnit();
	prepare(unit);
	const timers = new TestTimers();
	const handlers = new Set<() => void>();
	unit.a.onLine((on) => {
		if (on) for (const handler of handlers) handler();
	});
	const bus = {
		read32: (address: number) => unit.a.read32(address - BASE),
		write32: (address: number, value: number) =>
			unit.a.write32(address - BASE, value),
		onInterrupt(interrupt: number, handler: () => void) {
			expect(interrupt).toBe(88);
			handlers.add(handler);
			return () => handlers.delete(handler);
		},
	};
	const controller = doorbellMailbox(
		bus,
		{ node: "/mu", address: BASE, interrupt: 88 },
		{ timers },
	);
	const open = (type: number, n: number, client: MailboxClient = {}) =>
		requestChannel(client, controller, muChannel(type, n));
	return { unit, timers, handlers, controller, open };
}

it("begins with every interrupt off and nothing pending", () => {
	const { unit, handlers } = setup((before) => {
		before.a.write32(CR, 0xfff0_0000);
		before.b.write32(CR, 0x000f_0000);
		before.b.write32(4, 1);
	});
	expect(unit.a.read32(CR)).toBe(0);
	expect(unit.a.read32(SR)).toBe(0x00f0_0000);
	expect(unit.b.read32(SR)).toBe(0x00f0_0000);
	expect(handlers.size).toBe(0);
});

it("has 16 channels, by type and number", () => {
	const { controller } = setup();
	expect(controller.numChans).toBe(16);
	expect(controller.txdoneMethod).toBe("irq");
	expect(muChannel(MuType.TX, 0)).toBe(0);
	expect(muChannel(MuType.RXDB, 3)).toBe(15);
});

it("a word is out when the other side has read it", () => {
	const { unit, open } = setup();
	const txDone = vi.fn();
	const channel = open(MuType.TX, 2, { txDone });
	channel.sendMessage(0x8000_0001);
	channel.sendMessage(2);
	expect(channel.busy).toBe(true);
	expect(txDone).not.toHaveBeenCalled();
	expect(unit.b.read32(0x18)).toBe(0x8000_0001);
	expect(txDone.mock.calls).toEqual([[0x8000_0001, 0]]);
	expect(unit.b.read32(0x18)).toBe(2);
	expect(txDone.mock.calls).toEqual([
		[0x8000_0001, 0],
		[2, 0],
	]);
	expect(unit.a.read32(CR)).toBe(0);
});

it("only the controller tells that a word is out", () => {
	const { open } = setup();
	const channel = open(MuType.TX, 0, { knowsTxdone: true });
	channel.sendMessage(1);
	channel.txDone(0);
	expect(channel.busy).toBe(true);
});

it("a blocking send resolves when its word was read", async () => {
	const { unit, timers, open } = setup();
	const channel = open(MuType.TX, 0, { txBlock: true, txTout: 10 });
	const send = channel.sendMessage(1);
	expect(timers.pending).toBe(1);
	unit.b.read32(0x10);
	expect(await send).toBe(0);
	expect(timers.pending).toBe(0);
});

it("a blocking send that nobody reads ends with MBOX_TIMEOUT, and the next one goes out", async () => {
	const { unit, timers, open } = setup();
	const txDone = vi.fn();
	const channel = open(MuType.TX, 0, { txBlock: true, txTout: 10, txDone });
	const first = channel.sendMessage(1);
	const second = channel.sendMessage(2);
	timers.advance(9);
	expect(txDone).not.toHaveBeenCalled();
	const refused = expect(first).rejects.toMatchObject({
		code: "MBOX_TIMEOUT",
		message: "/mu channel 0: the message was not out within 10 ms",
	});
	const late = expect(second).rejects.toMatchObject({ code: "MBOX_TIMEOUT" });
	timers.advance(11);
	await refused;
	await late;
	expect(txDone.mock.calls).toEqual([
		[1, ETIME],
		[2, ETIME],
	]);
	expect(channel.busy).toBe(false);
	const third = channel.sendMessage(3);
	expect(unit.b.read32(0x10)).toBe(3);
	expect(await third).toBe(2);
});

it("a doorbell is out as soon as it rings, for a blocking client too", async () => {
	const { unit, timers, open } = setup();
	const txDone = vi.fn();
	const channel = open(MuType.TXDB, 1, { txBlock: true, txTout: 10, txDone });
	expect(await channel.sendMessage(undefined)).toBe(0);
	expect(txDone.mock.calls).toEqual([[undefined, 0]]);
	expect(timers.pending).toBe(0);
	expect(unit.b.read32(SR)).toBe(0x40f0_0000);
	// It rings already.
	expect(await channel.sendMessage(undefined)).toBe(1);
	expect(unit.b.read32(SR)).toBe(0x40f0_0000);
});

it("words and doorbells come in by interrupt, each to its client", () => {
	const { unit, open } = setup();
	const word = vi.fn();
	const bell = vi.fn();
	open(MuType.RX, 3, { rxCallback: word });
	open(MuType.RXDB, 3, { rxCallback: bell });
	expect(unit.a.read32(CR)).toBe(0x1100_0000);
	unit.b.write32(0xc, 0xffff_ffff);
	expect(word.mock.calls).toEqual([[0xffff_ffff]]);
	expect(bell).not.toHaveBeenCalled();
	unit.b.write32(CR, 0x0001_0000);
	expect(bell.mock.calls).toEqual([[undefined]]);
	expect(unit.a.read32(SR)).toBe(0x00f0_0000);
	expect(unit.a.line).toBe(false);
});

it("what has rung before a client came is its first interrupt", () => {
	const { unit, open } = setup();
	unit.b.write32(CR, 0x0008_0000);
	const bell = vi.fn();
	open(MuType.RXDB, 0, { rxCallback: bell });
	expect(bell).toHaveBeenCalledTimes(1);
});

it("a channel without a client has its interrupt off", () => {
	const { unit, handlers, open } = setup();
	const word = open(MuType.RX, 0);
	const bell = open(MuType.RXDB, 0);
	word.freeChannel();
	expect(unit.a.read32(CR)).toBe(0x8000_0000);
	expect(handlers.size).toBe(1);
	bell.freeChannel();
	expect(unit.a.read32(CR)).toBe(0);
	expect(handlers.size).toBe(0);
	unit.b.write32(CR, 0x0008_0000);
	expect(unit.a.line).toBe(false);
});

it.each([
	[MuType.RX, 0, "/mu channel 4: it receives, expected"],
	[MuType.RXDB, 0, "/mu channel 12: it receives, expected"],
	[MuType.TX, "text", "/mu channel 0: a message of text, expected"],
	[MuType.TX, 2 ** 32, "/mu channel 0: a message of 4294967296, expected"],
	[MuType.TX, undefined, "/mu channel 0: a message of undefined, expected"],
])("type %i refuses to send %s, and is not stuck", (type, message, text) => {
	const { open } = setup();
	const channel = open(type, 0);
	expect(() => channel.sendMessage(message)).toThrow(
		expect.objectContaining({
			code: "MBOX_INVALID",
			message: expect.stringContaining(text),
		}),
	);
	expect(channel.busy).toBe(false);
});
