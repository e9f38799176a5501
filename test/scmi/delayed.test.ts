// Asynchronous commands and their delayed responses: awaited, direct, refused, late, too many.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1.3 and 4.6.3.1.

import { describe, expect, it } from "vitest";
import { setup } from "./agent-setup.ts";
import { header, listen } from "./talking-firmware.ts";

/** CLOCK_RATE_SET's delayed response: status, clock, rate. */
function rateIsSet(token: number, ...words: number[]) {
	return [header(2, 0x14, 5, token), words] as const;
}

/** Everything that has to run does so. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const ASYNC = { async: true } as const;

describe("an awaited call of an asynchronous command", () => {
	it("returns what the delayed response says, others go on meanwhile", async () => {
		const { firmware, agent, timers, events } = listen();
		firmware.will(0).will(0, 7, 0).will(0, 8, 0);
		let over = false;
		const call = agent.clock.rateSet(5, 2 ** 32 + 1, ASYNC).then((value) => {
			over = true;
			return value;
		});
		expect(firmware.last.payload).toEqual([1, 5, 1, 1]);
		expect(await agent.clock.rateGet(1)).toBe(7);
		expect(agent.sync.clock.rateGet(2)).toBe(8);
		await settled();
		expect(over).toBe(false);
		firmware.tell(...rateIsSet(0, 0, 5, 3, 1));
		expect(await call).toEqual({ clockId: 5, rate: 2 ** 32 + 3 });
		expect(timers.pending).toBe(0);
		expect(
			events.map(({ kind, name, status }) => [kind, name, status]),
		).toEqual([
			["command", "CLOCK_RATE_SET", 0],
			["command", "CLOCK_RATE_GET", 0],
			["command", "CLOCK_RATE_GET", 0],
			["delayed response", "CLOCK_RATE_SET_COMPLETE", 0],
		]);
		expect(agent.received).toEqual({
			notifications: 0,
			delayedResponses: 1,
			refused: 0,
		});
	});

	it("rejects with the delayed status", async () => {
		const { firmware, agent, reported } = listen();
		firmware.will(0);
		const call = agent.clock.rateSet(5, 1000, ASYNC);
		await settled();
		firmware.tell(...rateIsSet(0, -9 >>> 0));
		await expect(call).rejects.toMatchObject({
			code: "SCMI_HARDWARE_ERROR",
			message: expect.stringContaining("CLOCK_RATE_SET(flags 1, clock_id 5"),
		});
		expect(reported).toEqual([]);
	});

	it.each([
		[[], "0 payload bytes"],
		[[0], "4 payload bytes"],
		[[0, 5, 1], "12 payload bytes"],
	])("rejects when the delayed response has only %j", async (words, what) => {
		const { firmware, agent } = listen();
		firmware.will(0);
		const call = agent.clock.rateSet(5, 1000, ASYNC);
		await settled();
		firmware.tell(...rateIsSet(0, ...words));
		await expect(call).rejects.toMatchObject({
			code: "SCMI_LENGTH",
			message: expect.stringContaining(`${what}, expected 16`),
		});
		expect(firmware.rxFree).toBe(true);
	});

	it("rejects with what its values cannot be", async () => {
		const { firmware, agent } = listen();
		firmware.will(0);
		const call = agent.clock.rateSet(5, 1000, ASYNC);
		await settled();
		firmware.tell(...rateIsSet(0, 0, 5, 0, 0x200000));
		await expect(call).rejects.toMatchObject({ code: "SCMI_RANGE" });
	});

	it("may have its response before its reply", async () => {
		const { firmware, agent, timers } = listen();
		firmware.script.push((fw) => {
			firmware.tell(...rateIsSet(0, 0, 5, 1000, 0));
			fw.reply([0]);
		});
		expect(await agent.clock.rateSet(5, 1000, ASYNC)).toEqual({
			clockId: 5,
			rate: 1000,
		});
		expect(timers.pending).toBe(0);
	});

	it("that is not accepted waits for nothing", async () => {
		const { firmware, agent, timers } = listen();
		firmware.will(-6);
		await expect(agent.clock.rateSet(5, 1000, ASYNC)).rejects.toMatchObject({
			code: "SCMI_BUSY",
		});
		expect(timers.pending).toBe(0);
		firmware.tell(...rateIsSet(0, 0, 5, 1000, 0));
		expect(agent.received.refused).toBe(1);
	});

	it("returns when it is accepted where no response follows", async () => {
		const { firmware, agent } = listen();
		firmware.will(0).will(0);
		const options = { async: true, noDelayedResponse: true };
		expect(await agent.clock.rateSet(5, 1000, options)).toBeUndefined();
		expect(await agent.clock.rateSet(5, 1000)).toBeUndefined();
		const oneWay = setup();
		oneWay.firmware.will(0);
		expect(await oneWay.agent.clock.rateSet(5, 1000, ASYNC)).toBeUndefined();
	});

	it.each([
		[undefined, 1000],
		[20, 20],
	])(
		"gives up after maxRxTimeout %s, and a late response is refused",
		async (maxRxTimeout, ms) => {
			const { firmware, agent, timers, reported } = listen(
				maxRxTimeout === undefined ? {} : { maxRxTimeout },
			);
			firmware.will(0);
			let failed = false;
			const call = agent.clock.rateSet(5, 1000, ASYNC);
			call.catch(() => {
				failed = true;
			});
			await settled();
			timers.advance(ms - 1);
			await settled();
			expect(failed).toBe(false);
			timers.advance(1);
			await expect(call).rejects.toMatchObject({
				code: "MBOX_TIMEOUT",
				message: expect.stringContaining(
					`no delayed response within ${ms} ms; where time is virtual, it may have to be advanced`,
				),
			});
			firmware.tell(...rateIsSet(0, 0, 5, 1000, 0));
			expect(reported).toMatchObject([
				{ code: "SCMI_TOKEN", message: expect.stringContaining("given up") },
			]);
			expect(firmware.rxFree).toBe(true);
		},
	);

	it("rejects when the agent is closed", async () => {
		const { firmware, agent, timers } = listen();
		firmware.will(0);
		const call = agent.clock.rateSet(5, 1000, ASYNC);
		await settled();
		agent.close();
		await expect(call).rejects.toMatchObject({ code: "MBOX_INVALID" });
		expect(timers.pending).toBe(0);
	});
});

describe("each asynchronous command's delayed response", () => {
	type Agent = ReturnType<typeof listen>["agent"];
	it.each<
		[
			name: string,
			version: number | undefined,
			call: (agent: Agent) => Promise<unknown>,
			word: number,
			payload: number[],
			result: unknown,
			event: Record<string, unknown>,
		]
	>([
		[
			"CLOCK_RATE_SET_COMPLETE",
			undefined,
			(agent) => agent.clock.rateSet(5, 1, ASYNC),
			header(2, 0x14, 5),
			[5, 1000, 0],
			{ clockId: 5, rate: 1000 },
			{ protocol: "clock", clockId: 5, rate: 1000 },
		],
		[
			"VOLTAGE_LEVEL_SET_COMPLETE",
			undefined,
			(agent) => agent.voltage.levelSet(2, 850_000, ASYNC),
			header(2, 0x17, 7),
			[2, -5 >>> 0],
			{ domainId: 2, level: -5 },
			{ protocol: "voltage", domainId: 2, voltageLevel: -5 },
		],
		[
			"RESET_COMPLETE",
			undefined,
			(agent) => agent.reset.reset(3, ASYNC),
			header(2, 0x16, 4),
			[3],
			{ domainId: 3 },
			{ protocol: "reset", domainId: 3 },
		],
		[
			"SENSOR_READING_COMPLETE",
			0x10000,
			(agent) => agent.sensor.readingGetAsync(4),
			header(2, 0x15, 6, 1),
			[4, -7 >>> 0, -1 >>> 0],
			[{ value: -7, timestamp: 0 }],
			{ protocol: "sensor", sensorId: 4, sensorValue: -7 },
		],
		[
			"SENSOR_READING_COMPLETE",
			0x30000,
			(agent) => agent.sensor.readingGetAsync(4),
			header(2, 0x15, 6, 1),
			[4, 45, 0, 9, 1, -7 >>> 0, -1 >>> 0, 0, 0],
			[
				{ value: 45, timestamp: 2 ** 32 + 9 },
				{ value: -7, timestamp: 0 },
			],
			{
				protocol: "sensor",
				sensorId: 4,
				readings: [
					{ sensorValue: 45, timestamp: 2 ** 32 + 9 },
					{ sensorValue: -7, timestamp: 0 },
				],
			},
		],
	])(
		"%s of version %s",
		async (name, version, call, word, payload, result, event) => {
			const { firmware, agent } = listen();
			const told: unknown[] = [];
			agent.onNotification({}, (notification) => told.push(notification));
			if (version !== undefined) firmware.will(0, version);
			firmware.will(0);
			const awaited = call(agent);
			await settled();
			firmware.tell(word, [0, ...payload]);
			expect(await awaited).toEqual(result);
			expect(told).toEqual([]);
			// The same as a direct call; the version is known by now.
			firmware.will(0);
			expect(call(agent.sync as unknown as Agent)).toBeUndefined();
			firmware.tell(word + (1 << 18), [0, ...payload]);
			await settled();
			expect(told).toEqual([{ ...event, name, status: 0 }]);
		},
	);
});

describe("delayed responses", () => {
	it("find their calls in any order, by token, message and protocol", async () => {
		const { firmware, agent, reported } = listen();
		firmware.will(0).will(0).will(0);
		const calls = [1, 2, 3].map((id) => agent.clock.rateSet(id, id, ASYNC));
		await settled();
		// The same token, but another message, and another protocol.
		firmware.tell(header(2, 0x14, 7, 1), [0, 2, 20, 0]);
		firmware.tell(header(2, 0x15, 5, 1), [0, 2, 20, 0]);
		expect(reported).toHaveLength(2);
		for (const token of [2, 0, 1])
			firmware.tell(...rateIsSet(token, 0, token + 1, token, 0));
		expect(await Promise.all(calls)).toEqual([
			{ clockId: 1, rate: 0 },
			{ clockId: 2, rate: 1 },
			{ clockId: 3, rate: 2 },
		]);
		firmware.tell(...rateIsSet(1, 0, 2, 1, 0));
		expect(reported).toHaveLength(3);
	});

	it("that are to come keep their tokens", async () => {
		const { firmware, agent } = listen();
		firmware.will(0, 1, 0).will(0);
		agent.sync.clock.rateGet(1);
		const call = agent.clock.rateSet(5, 1000, ASYNC);
		for (let i = 2; i < 1026; i++) {
			firmware.will(0, 1, 0);
			agent.sync.clock.rateGet(1);
		}
		const tokens = firmware.seen.map((request) => request.header >>> 18);
		expect(tokens.slice(0, 3)).toEqual([0, 1, 2]);
		expect(tokens.slice(1022)).toEqual([1022, 1023, 0, 2]);
		firmware.tell(...rateIsSet(1, 0, 5, 1000, 0));
		expect(await call).toMatchObject({ clockId: 5 });
	});

	it("for every token leave none for another command", () => {
		const { firmware, agent } = listen();
		for (let i = 0; i < 1024; i++) {
			firmware.will(0);
			agent.sync.clock.rateSet(5, 1000, ASYNC);
		}
		expect(() => agent.sync.clock.rateGet(1)).toThrow(
			expect.objectContaining({ code: "SCMI_TOKEN" }),
		);
		firmware.tell(...rateIsSet(700, 0, 5, 1000, 0));
		firmware.will(0, 3, 0);
		expect(agent.sync.clock.rateGet(1)).toBe(3);
		expect(firmware.last.header >>> 18).toBe(700);
	});
});

describe("a direct call of an asynchronous command", () => {
	it("returns when it is accepted; its delayed response is an event", async () => {
		const { firmware, agent, timers } = listen();
		const stream = agent.notifications({ name: "CLOCK_RATE_SET_COMPLETE" });
		firmware.will(0).will(0).will(0);
		for (const id of [1, 2, 3])
			expect(agent.sync.clock.rateSet(id, 1000, ASYNC)).toBeUndefined();
		firmware.tell(...rateIsSet(0, 0, 1, 999, 0));
		firmware.tell(...rateIsSet(1, -9 >>> 0));
		firmware.tell(...rateIsSet(2, 0, 3));
		const name = "CLOCK_RATE_SET_COMPLETE";
		expect((await stream.next()).value).toEqual({
			protocol: "clock",
			name,
			status: 0,
			clockId: 1,
			rate: 999,
		});
		expect((await stream.next()).value).toEqual({
			protocol: "clock",
			name,
			status: -9,
		});
		expect(agent.received).toEqual({
			notifications: 0,
			delayedResponses: 2,
			refused: 1,
		});
		expect(timers.pending).toBe(0);
	});
});
