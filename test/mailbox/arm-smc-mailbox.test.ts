// The SMC mailbox: registers in, one trap, x0 out; and a client that has nothing to do with SCMI.
// Follows the devicetree binding arm,smc-mbox and its driver.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type ArmSmcMailboxProperties,
	armSmcMailbox,
	type UnsignedLong,
} from "../../host/mailbox/arm-smc-mailbox.ts";
import {
	type MailboxChannel,
	requestChannel,
} from "../../host/mailbox/framework.ts";
import { FakeFirmware } from "../scmi/fake-firmware.ts";

const properties: ArmSmcMailboxProperties = {
	node: "/mailbox@0",
	method: "smc",
	numChans: 2,
	funcIds: [0xc20000fe],
};

/** A client that acknowledges and keeps what it gets. */
function client(
	firmware: FakeFirmware,
	changes: Partial<ArmSmcMailboxProperties> = {},
	index = 0,
	cpu = 0,
) {
	const got: unknown[] = [];
	const controller = armSmcMailbox(
		firmware,
		{ ...properties, ...changes },
		{ cpu },
	);
	const channel: MailboxChannel = requestChannel(
		{
			rxCallback(x0) {
				got.push(x0);
				channel.txDone(0);
			},
		},
		controller,
		index,
	);
	return { channel, got };
}

describe("a message", () => {
	it("goes to x1..x7 under the channel's function ID", () => {
		const firmware = new FakeFirmware();
		const { channel, got } = client(firmware);
		channel.sendMessage({
			a0: 99,
			a1: 1,
			a2: 2,
			a3: 3,
			a4: 4,
			a5: 5,
			a6: 6,
			a7: 0xffffffffffffffffn,
		});
		expect(firmware.seen).toMatchObject([
			{
				cpu: 0,
				method: "smc",
				x: [0xc20000fen, 1n, 2n, 3n, 4n, 5n, 6n, 0xffffffffffffffffn],
			},
		]);
		expect([got, channel.busy]).toEqual([[0], false]);
	});

	it("brings its own function ID where the devicetree gives none", () => {
		const firmware = new FakeFirmware();
		const { channel } = client(firmware, { method: "hvc" }, 1, 3);
		channel.sendMessage({ a0: 0x84000000 });
		expect(firmware.seen).toMatchObject([
			{ cpu: 3, method: "hvc", x: [0x84000000n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
		]);
		expect(() => channel.sendMessage({ a1: 1 })).toThrow(
			"/mailbox@0 channel 1: no function ID, neither in arm,func-ids nor in the message's a0",
		);
		expect(firmware.seen).toHaveLength(1);
	});

	it("leaves nothing of the one before in the registers", () => {
		const firmware = new FakeFirmware();
		const { channel } = client(firmware);
		firmware.registers(0).fill(0xffffffff);
		channel.sendMessage(undefined);
		expect(firmware.last.x).toEqual([0xc20000fen, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
	});

	it("carries unsigned longs, as numbers or bigints", () => {
		const long = fc.oneof(fc.maxSafeNat(), fc.bigInt(0n, (1n << 64n) - 1n));
		fc.assert(
			fc.property(
				fc.array(long, { minLength: 7, maxLength: 7 }),
				fc.bigInt(0n, (1n << 64n) - 1n),
				(longs, x0) => {
					const firmware = new FakeFirmware();
					firmware.x0 = x0;
					const { channel, got } = client(firmware);
					const [a1, a2, a3, a4, a5, a6, a7] = longs as [
						number,
						number,
						number,
						number,
						number,
						number,
						number,
					];
					channel.sendMessage({ a1, a2, a3, a4, a5, a6, a7 });
					expect(firmware.last.x.slice(1)).toEqual(longs.map(BigInt));
					expect(got).toEqual([
						x0 <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(x0) : x0,
					]);
				},
			),
		);
	});

	it.each<[bigint, UnsignedLong]>([
		[0x7fffffffn, 0x7fffffff],
		[0xffffffffn, 0xffffffff],
		[0x100000000n, 0x100000000],
		[0x1fffffffffffffn, Number.MAX_SAFE_INTEGER],
		[0x20000000000000n, 0x20000000000000n],
		[0x20000000000001n, 0x20000000000001n],
	])("has x0 = %s delivered as it is", (x0, delivered) => {
		const firmware = new FakeFirmware();
		firmware.x0 = x0;
		const { channel, got } = client(firmware);
		channel.sendMessage(undefined);
		expect(got).toEqual([delivered]);
	});

	it.each<UnsignedLong>([-1, 1.5, 2 ** 53, Number.NaN, -1n, 1n << 64n])(
		"refuses %s",
		(a3) => {
			const firmware = new FakeFirmware();
			const { channel } = client(firmware);
			expect(() => channel.sendMessage({ a3 })).toThrow(
				expect.objectContaining({
					code: "MBOX_INVALID",
					message: expect.stringContaining("a3"),
				}),
			);
			expect([firmware.seen.length, channel.busy]).toEqual([0, false]);
		},
	);

	it("has the channel's index in x1 where transports says mem", () => {
		const firmware = new FakeFirmware();
		const { channel } = client(firmware, { transports: "mem" }, 1);
		channel.sendMessage({ a0: 5, a1: 77, a2: 2 });
		expect(firmware.last.x.slice(0, 3)).toEqual([5n, 1n, 2n]);
		const { channel: reg } = client(firmware, { transports: "reg" }, 1);
		reg.sendMessage({ a0: 5, a1: 77, a2: 2 });
		expect(firmware.last.x.slice(0, 3)).toEqual([5n, 77n, 2n]);
	});
});

describe("probe", () => {
	it.each<[Partial<ArmSmcMailboxProperties>, string]>([
		[
			{ numChans: 0 },
			"/mailbox@0: arm,num-chans is 0, expected 1 to 0x7fffffff",
		],
		[
			{ numChans: -1 },
			"/mailbox@0: arm,num-chans is -1, expected 1 to 0x7fffffff",
		],
		[
			{ numChans: 0x80000000 },
			"/mailbox@0: arm,num-chans is 2147483648, expected 1 to 0x7fffffff",
		],
		[
			{ numChans: 1.5 },
			"/mailbox@0: arm,num-chans is 1.5, expected 1 to 0x7fffffff",
		],
		[{ method: "svc" }, '/mailbox@0: method is "svc", expected "smc" or "hvc"'],
		[{ method: "SMC" }, '/mailbox@0: method is "SMC", expected "smc" or "hvc"'],
		[
			{ funcIds: [1, 2 ** 32] },
			"/mailbox@0: arm,func-ids is 4294967296, expected u32 function IDs",
		],
		[
			{ interrupts: [41] },
			"/mailbox@0: interrupts is <41>, expected 2 interrupt numbers, one for each channel",
		],
		[
			{ interrupts: [41, 2 ** 32] },
			"/mailbox@0: interrupts is <41 4294967296>, expected 2 interrupt numbers, one for each channel",
		],
		[
			{ transports: "i2c" },
			'/mailbox@0: transports is "i2c", expected "mem" or "reg"',
		],
	])("refuses %o", (changes, message) => {
		expect(() =>
			armSmcMailbox(new FakeFirmware(), { ...properties, ...changes }),
		).toThrow(expect.objectContaining({ code: "MBOX_INVALID", message }));
	});

	it.each([-1, 4, 0.5])("refuses CPU %s", (cpu) => {
		expect(() =>
			armSmcMailbox(new FakeFirmware(), properties, { cpu }),
		).toThrow("expected 0 to 3");
	});

	it("makes channels when they are asked for: 0x7fffffff of them cost nothing", () => {
		const firmware = new FakeFirmware();
		const { channel } = client(firmware, { numChans: 0x7fffffff }, 0x7ffffffe);
		channel.sendMessage({ a0: 1 });
		expect(firmware.seen).toHaveLength(1);
		expect(channel.controller.numChans).toBe(0x7fffffff);
		expect(() => channel.controller.channel(0x7fffffff)).toThrow(
			"expected 0 to 2147483646",
		);
	});

	it("has txdone by the client", () => {
		expect(armSmcMailbox(new FakeFirmware(), properties).txdoneMethod).toBe(
			"ack",
		);
	});
});

describe("interrupts of revision 2", () => {
	function setup() {
		const firmware = new FakeFirmware();
		const lines = new Map<number, () => void>();
		const controller = armSmcMailbox(
			firmware,
			{ ...properties, interrupts: [41, 42] },
			{
				onInterrupt: (interrupt, handler) => {
					lines.set(interrupt, handler);
					return () => lines.delete(interrupt);
				},
			},
		);
		return { firmware, lines, controller };
	}

	it("come to the channel's client as data that is undefined", () => {
		const { firmware, lines, controller } = setup();
		const got: [number, unknown][] = [];
		const channels = [0, 1].map((index) => {
			const channel = requestChannel(
				{
					rxCallback(message) {
						got.push([index, message]);
						if (message !== undefined) channel.txDone(0);
					},
				},
				controller,
				index,
			);
			return channel;
		});
		lines.get(42)?.();
		lines.get(41)?.();
		expect(got).toEqual([
			[1, undefined],
			[0, undefined],
		]);
		// A doorbell: no message but the function ID, and x0 as its answer.
		channels[1]?.sendMessage({ a0: 0xc20000ff });
		expect(got.at(-1)).toEqual([1, 0]);
		expect(firmware.last.x).toEqual([0xc20000ffn, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
		expect(channels.map(({ busy }) => busy)).toEqual([false, false]);
	});

	it("are asked for as long as the channel has a client", () => {
		const { lines, controller } = setup();
		expect([...lines.keys()]).toEqual([]);
		const channel = requestChannel({}, controller, 1);
		expect([...lines.keys()]).toEqual([42]);
		// A client without a callback loses nothing but its data.
		lines.get(42)?.();
		channel.freeChannel();
		expect([...lines.keys()]).toEqual([]);
		requestChannel({}, controller, 1);
		expect([...lines.keys()]).toEqual([42]);
	});

	it("are nobody's where nothing can be subscribed to", () => {
		const controller = armSmcMailbox(new FakeFirmware(), {
			...properties,
			interrupts: [41, 42],
		});
		requestChannel({}, controller, 0).freeChannel();
		expect(controller.channel(0).busy).toBe(false);
	});
});

describe("a client that is not SCMI", () => {
	/** Asks a vendor's SiP service for the SoC's revision and reads it from x0: no shared memory, no protocol. */
	function socRevision(channel: MailboxChannel, answers: unknown[]): number {
		channel.sendMessage({ a0: 0xc2000003, a1: 1 });
		const x0 = answers.pop();
		if (typeof x0 !== "number") {
			throw new Error(`no revision: ${x0}`);
		}
		return x0 & 0xff;
	}

	it("signals a SiP call and reads x0", () => {
		const firmware = new FakeFirmware();
		const { channel, got } = client(firmware, { funcIds: [] });
		const before = new Uint8Array(firmware.buffer.slice(0));
		firmware.script.push((fw) => {
			fw.x0 = fw.last.x[1] === 1n ? 0x824010n : 0n;
		});
		expect(socRevision(channel, got)).toBe(0x10);
		expect(firmware.last.x[0]).toBe(0xc2000003n);
		// The shared memory is no business of the mailbox.
		expect(new Uint8Array(firmware.buffer)).toEqual(before);
		firmware.script.push((fw) => {
			fw.x0 = 0xffffffffffffffffn;
		});
		expect(() => socRevision(channel, got)).toThrow(
			"no revision: 18446744073709551615",
		);
	});
});
