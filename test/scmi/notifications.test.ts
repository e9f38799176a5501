// Notifications on their way from the platform's area to callbacks and iterators.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1.1, 4.6.4 and 5.1.2.

import { describe, expect, it } from "vitest";
import type { Notification } from "../../host/scmi/notification.ts";
import { setup } from "./agent-setup.ts";
import {
	header,
	listen,
	rateChanged,
	TalkingFirmware,
} from "./talking-firmware.ts";

const CLOCK_5 = {
	protocol: "clock",
	name: "CLOCK_RATE_CHANGED",
	agentId: 0,
	clockId: 5,
	rate: 1000,
} as const;

/** Everything that has to run does so. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

/** What callbacks without a filter get. */
function gather(agent: ReturnType<typeof listen>["agent"]): Notification[] {
	const got: Notification[] = [];
	agent.onNotification({}, (notification) => got.push(notification));
	return got;
}

describe("a notification", () => {
	it("is read at once, the area freed, the doorbell rung, and told in a microtask", async () => {
		const { firmware, agent, events, reported } = listen();
		const got = gather(agent);
		firmware.tell(...rateChanged(5, 1000));
		expect(firmware.rxFree).toBe(true);
		expect(firmware.rings).toEqual([[0xc20000ffn, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]);
		expect(got).toEqual([]);
		await Promise.resolve();
		expect(got).toEqual([CLOCK_5]);
		expect(events).toMatchObject([
			{
				kind: "notification",
				name: "CLOCK_RATE_CHANGED",
				protocolId: 0x14,
				messageId: 0,
				header: 0x5300,
				status: undefined,
				error: undefined,
			},
		]);
		expect(events[0]?.reply).toEqual(
			new Uint8Array([
				0, 0x53, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0,
			]),
		);
		expect(agent.received).toEqual({
			notifications: 1,
			delayedResponses: 0,
			refused: 0,
		});
		expect([agent.messages, reported]).toEqual([0, []]);
	});

	it("rings no doorbell that nobody asked for", () => {
		const { firmware } = listen();
		const [word, payload] = rateChanged(5, 1000);
		firmware.tell(word, payload, { flags: 0 });
		expect([firmware.rxFree, firmware.rings]).toEqual([true, []]);
	});

	it("is followed by those that waited for its area, in their order", async () => {
		const firmware = new TalkingFirmware();
		for (const clock of [1, 2, 3]) firmware.tell(...rateChanged(clock, 1));
		expect(firmware.rxFree).toBe(false);
		// The first one waits already when the agent comes.
		const { agent } = listen({}, firmware);
		expect(agent.received.notifications).toBe(3);
		const got = gather(agent);
		for (const clock of [4, 5]) firmware.tell(...rateChanged(clock, 1));
		await settled();
		expect(got.map((row) => "clockId" in row && row.clockId)).toEqual([4, 5]);
		expect(firmware.rings).toHaveLength(5);
	});

	it("has numbers, bits and arrays by the names of its table", async () => {
		const { firmware, agent } = listen();
		const got = gather(agent);
		firmware.tell(header(3, 0x11, 0), [1, 7, 0x40000000]);
		firmware.tell(header(3, 0x10, 0), [2, 0x80000002, 0x4407, 9, 5, 1]);
		firmware.tell(header(3, 0x14, 1), [3, 4, 0, 0x1fffff]);
		await settled();
		expect(got).toEqual([
			{
				protocol: "power",
				name: "POWER_STATE_CHANGED",
				agentId: 1,
				domainId: 7,
				powerState: 0x40000000,
			},
			{
				protocol: "base",
				name: "BASE_ERROR_EVENT",
				agentId: 2,
				cmdCount: 2,
				fatal: true,
				msgReports: [9 * 2 ** 32 + 0x4407, 2 ** 32 + 5],
			},
			{
				protocol: "clock",
				name: "CLOCK_RATE_CHANGE_REQUESTED",
				agentId: 3,
				clockId: 4,
				rate: 0x1fffff * 2 ** 32,
			},
		]);
	});

	it("that comes in the middle of a command is told after it", async () => {
		const { firmware, agent } = listen();
		const order: unknown[] = [];
		firmware.script.push((fw) => {
			firmware.tell(...rateChanged(5, 1000));
			fw.reply([0, 24_000_000, 0]);
		});
		firmware.will(0, 1000, 0);
		agent.onNotification({ name: "CLOCK_RATE_CHANGED" }, ({ clockId }) =>
			order.push(agent.sync.clock.rateGet(clockId)),
		);
		order.push(agent.sync.clock.rateGet(1));
		await settled();
		expect(order).toEqual([24_000_000, 1000]);
	});

	it("without a receiving side never comes", async () => {
		const { agent } = setup();
		expect([agent.receives, agent.received.notifications]).toEqual([false, 0]);
		const stream = agent.notifications();
		agent.close();
		expect(await stream.next()).toEqual({ done: true, value: undefined });
	});
});

describe("callbacks", () => {
	it("get what their filter lets through, until taken back", async () => {
		const { firmware, agent } = listen();
		const got: string[] = [];
		const note = (what: string) => () => got.push(what);
		agent.onNotification({ protocol: "clock" }, note("clock"));
		const back = agent.onNotification({ protocol: "power" }, note("power"));
		agent.onNotification({ name: "POWER_STATE_CHANGED" }, note("changed"));
		agent.onNotification(
			{ protocol: "clock", name: "CLOCK_RATE_CHANGE_REQUESTED" },
			note("requested"),
		);
		firmware.tell(...rateChanged(1, 1));
		firmware.tell(header(3, 0x11, 0), [0, 1, 0]);
		await settled();
		expect(got).toEqual(["clock", "power", "changed"]);
		firmware.tell(header(3, 0x11, 0), [0, 1, 0]);
		back();
		await settled();
		expect(got.slice(3)).toEqual(["changed"]);
	});

	it("that throw are reported and spoil nothing", async () => {
		const { firmware, agent, reported } = listen();
		const error = new Error("callback");
		agent.onNotification({}, () => {
			throw error;
		});
		const got = gather(agent);
		firmware.tell(...rateChanged(1, 1));
		await settled();
		expect(reported).toEqual([error]);
		expect(got).toHaveLength(1);
		expect(agent.received.refused).toBe(0);
	});

	it("are not called once the agent is closed", async () => {
		const { firmware, agent } = listen();
		const got = gather(agent);
		firmware.tell(...rateChanged(1, 1));
		agent.close();
		expect(firmware.subscribers).toBe(0);
		firmware.tell(...rateChanged(2, 1));
		await settled();
		expect([got, firmware.rxFree]).toEqual([[], false]);
	});
});

describe("an iterator", () => {
	it("has everything since it was made, and ends with the agent", async () => {
		const { firmware, agent } = listen();
		const stream = agent.notifications({ name: "CLOCK_RATE_CHANGED" });
		firmware.tell(...rateChanged(1, 1));
		firmware.tell(header(3, 0x11, 0), [0, 1, 0]);
		setTimeout(() => {
			firmware.tell(...rateChanged(2, 1));
			firmware.tell(...rateChanged(3, 1));
			agent.close();
		});
		const clocks: number[] = [];
		for await (const { clockId } of stream) clocks.push(clockId);
		expect(clocks).toEqual([1, 2, 3]);
		expect(await stream.next()).toEqual({ done: true, value: undefined });
	});

	it("drops the oldest when too many wait, and counts them", async () => {
		const { firmware, agent } = listen();
		const stream = agent.notifications({ protocol: "clock" }, { limit: 2 });
		for (const clock of [1, 2, 3, 4, 5])
			firmware.tell(...rateChanged(clock, 1));
		expect(stream.dropped).toBe(3);
		const first = await stream.next();
		const second = await stream.next();
		expect([first.value, second.value]).toMatchObject([
			{ clockId: 4 },
			{ clockId: 5 },
		]);
		expect(stream.dropped).toBe(3);
	});

	it("keeps 256 unless told otherwise", () => {
		const { firmware, agent } = listen();
		const stream = agent.notifications();
		for (let i = 0; i < 257; i++) firmware.tell(...rateChanged(i, 1));
		expect(stream.dropped).toBe(1);
	});

	it("that is left gets nothing more", async () => {
		const { firmware, agent } = listen();
		const stream = agent.notifications();
		firmware.tell(...rateChanged(1, 1));
		for await (const _ of stream) break;
		firmware.tell(...rateChanged(2, 1));
		expect(await stream.next()).toEqual({ done: true, value: undefined });
	});

	it("serves those who ask before there is anything, in turn", async () => {
		const { firmware, agent } = listen();
		const stream = agent.notifications();
		const asked = [stream.next(), stream.next(), stream.next()];
		firmware.tell(...rateChanged(1, 1));
		firmware.tell(...rateChanged(2, 1));
		agent.close();
		expect(await Promise.all(asked)).toMatchObject([
			{ value: { clockId: 1 } },
			{ value: { clockId: 2 } },
			{ done: true },
		]);
	});
});

describe("messages that cannot be used", () => {
	it.each<[string, string, (firmware: TalkingFirmware) => void]>([
		[
			"a busy area of length 0",
			"SCMI_LENGTH",
			(fw) => fw.tell(0x5300, [], { length: 0 }),
		],
		[
			"a length below the header's",
			"SCMI_LENGTH",
			(fw) => fw.tell(0x5300, [], { length: 3 }),
		],
		[
			"a length beyond the area",
			"SCMI_LENGTH",
			(fw) => fw.tell(0x5300, [0, 5, 1, 0], { length: 0x69 }),
		],
		[
			"the greatest length",
			"SCMI_LENGTH",
			(fw) => fw.tell(0x5300, [0, 5, 1, 0], { length: 0xffffffff }),
		],
		[
			"a notification that ends too early",
			"SCMI_LENGTH",
			(fw) => fw.tell(header(3, 0x14, 0), [0, 5, 1]),
		],
		[
			"a notification that ends within a word",
			"SCMI_LENGTH",
			(fw) => fw.tell(header(3, 0x14, 0), [0, 5, 1, 0], { length: 19 }),
		],
		[
			"a notification that counts more than it has",
			"SCMI_LENGTH",
			(fw) => fw.tell(header(3, 0x10, 0), [0, 2, 1, 1]),
		],
		[
			"a rate above 2^53 - 1",
			"SCMI_RANGE",
			(fw) => fw.tell(header(3, 0x14, 0), [0, 5, 0, 0x200000]),
		],
		[
			"an unknown protocol",
			"SCMI_TOKEN",
			(fw) => fw.tell(header(3, 0x80, 0), [0]),
		],
		[
			"an unknown notification",
			"SCMI_TOKEN",
			(fw) => fw.tell(header(3, 0x14, 0x40), [0]),
		],
		["a command", "SCMI_TOKEN", (fw) => fw.tell(header(0, 0x14, 6), [5])],
		["a reserved type", "SCMI_TOKEN", (fw) => fw.tell(header(1, 0x14, 0), [0])],
		[
			"a delayed response that nobody waits for",
			"SCMI_TOKEN",
			(fw) => fw.tell(header(2, 0x14, 5, 3), [0, 5, 1, 0]),
		],
	])(
		"%s: refused, counted, reported, the next one comes",
		async (_, code, send) => {
			const { firmware, agent, events, reported } = listen();
			const got = gather(agent);
			send(firmware);
			expect(firmware.rxFree).toBe(true);
			expect(firmware.rings).toHaveLength(1);
			expect(events).toMatchObject([{ error: { code }, status: undefined }]);
			expect(reported).toEqual([events[0]?.error]);
			firmware.tell(...rateChanged(5, 1000));
			await settled();
			expect(got).toEqual([CLOCK_5]);
			expect(agent.received).toEqual({
				notifications: 1,
				delayedResponses: 0,
				refused: 1,
			});
		},
	);

	it("are only counted where nobody listens", async () => {
		const { firmware, agent } = listen({}, new TalkingFirmware(), "silent");
		firmware.tell(0x5300, [], { length: 0 });
		firmware.tell(header(2, 0x14, 5), [0, 5, 1, 0]);
		await settled();
		expect(agent.received.refused).toBe(2);
		expect(firmware.rxFree).toBe(true);
	});

	it("an interrupt without a message is nothing", () => {
		const { firmware, agent, events, reported } = listen();
		firmware.interrupt();
		expect([events, reported, firmware.rings]).toEqual([[], [], []]);
		expect(agent.received.refused).toBe(0);
	});

	it("an observer that throws is reported, the area free", async () => {
		const error = new Error("observer");
		const { firmware, agent, reported } = listen({
			onMessage: () => {
				throw error;
			},
		});
		const got = gather(agent);
		firmware.tell(...rateChanged(5, 1000));
		await settled();
		expect(reported).toEqual([error]);
		expect(got).toEqual([CLOCK_5]);
		expect(firmware.rings).toHaveLength(1);
	});

	it("a doorbell that the firmware refuses is reported", () => {
		const { firmware, reported } = listen();
		firmware.ringResult = -1n & 0xffffffffffffffffn;
		firmware.tell(...rateChanged(5, 1000));
		expect(reported).toMatchObject([
			{
				code: "SMC_RESULT",
				message: expect.stringContaining("-1 (NOT_SUPPORTED) in x0"),
			},
		]);
		expect(firmware.rxFree).toBe(true);
	});
});
