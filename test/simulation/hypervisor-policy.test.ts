// What a hypervisor refuses its guests, how they stop, and what becomes of what they held.
// SCMI 3.2 (Arm DEN0056E), sections 4.1.4 (DENIED), 4.2.2, 4.4 and 4.6.

import { describe, expect, it } from "vitest";
import { createEngine, createFirmware } from "../../host/node.ts";
import { imx8mmGuestChannels } from "../../host/platform/imx8mm/agents.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { Hypervisor } from "../../host/simulation/hypervisor/hypervisor.ts";
import type { GuestCommand } from "../../host/simulation/hypervisor/policy.ts";
import {
	AGENTS,
	GUEST_TX,
	LINUX,
	machine,
	VM1,
	VM1_RESOURCES,
	VM2,
} from "../support/guests.ts";
import {
	CLOCK,
	DENIED,
	headerOf,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	RESET,
	Smt,
	SUCCESS,
	SYSTEM,
	TX,
	u32,
	u64,
} from "../support/smt.ts";

const PERFORMANCE = 0x13;
const SENSOR = 0x15;
const VOLTAGE = 0x17;
const GPU_PLL_OUT = 3;

describe("what is read-only", () => {
	const readOnly = {
		clocks: ["uart2"],
		powerDomains: ["gpu"],
		performanceDomains: ["a53"],
		sensors: ["cpu-temperature"],
		resets: ["gpu-reset"],
		rails: ["BUCK2"],
	};

	it.each([
		["CLOCK_RATE_SET", CLOCK, 0x5, [...u32(0, 1), ...u64(24_000_000n)]],
		["CLOCK_CONFIG_SET", CLOCK, 0x7, u32(1, 1, 0)],
		["CLOCK_PARENT_SET", CLOCK, 0xd, u32(1, 2)],
		["POWER_STATE_SET", POWER, 0x4, u32(0, 1, 0)],
		["PERFORMANCE_LIMITS_SET", PERFORMANCE, 0x5, u32(1, 3, 1)],
		["PERFORMANCE_LEVEL_SET", PERFORMANCE, 0x7, u32(1, 2)],
		["SENSOR_TRIP_POINT_CONFIG", SENSOR, 0x5, [...u32(1, 1), ...u64(1n)]],
		["SENSOR_CONFIG_SET", SENSOR, 0xa, u32(1, 1)],
		["RESET", RESET, 0x4, u32(0, 1, 0)],
		["VOLTAGE_CONFIG_SET", VOLTAGE, 0x5, u32(0, 7)],
		["VOLTAGE_LEVEL_SET", VOLTAGE, 0x7, u32(0, 0, 900_000)],
	] as const)("%s is DENIED", (_, protocol, message, payload) => {
		const { vm1, recorder } = machine({ policy: { readOnly } });
		vm1.smt.refuse(protocol, message, payload, DENIED);
		expect(recorder.calls).toEqual([]);
		expect(machine().vm1.smt.status(protocol, message, payload)).toBe(SUCCESS);
	});

	it("is told as the firmware tells it, and its attributes say so", () => {
		const { vm1 } = machine({ policy: { readOnly } });
		const free = machine().vm1;
		const [bits] = vm1.smt.words(CLOCK, 0x3, u32(1));
		expect((bits as number) & 2).toBe(2);
		expect(vm1.smt.words(CLOCK, 0xf, u32(1))).toEqual([0]);
		expect(free.smt.words(CLOCK, 0xf, u32(1))).not.toEqual([0]);
		const top = (smt: Smt, protocol: number) =>
			(smt.words(protocol, 0x3, u32(1))[0] as number) >>> 29;
		// State set synchronously, asynchronously; limits and level.
		expect(top(vm1.smt, POWER) & 3).toBe(0);
		expect(top(free.smt, POWER) & 3).not.toBe(0);
		expect(top(vm1.smt, PERFORMANCE) >>> 1).toBe(0);
		expect(top(free.smt, PERFORMANCE) >>> 1).toBe(3);
		expect(vm1.smt.words(CLOCK, 0x6, u32(1))).toEqual([24_000_000, 0]);
	});
});

describe("rate limits", () => {
	const rates = {
		gpu_pll_out: { min: 600_000_000, max: 900_000_000 },
		uart2: { max: 24_000_000 },
	};
	const setRate = (smt: Smt, id: number, rate: bigint) =>
		smt.status(CLOCK, 0x5, [...u32(0, id), ...u64(rate)]);

	it("bound what may be asked for", () => {
		const { vm1, engine } = machine({ policy: { rates } });
		expect(setRate(vm1.smt, GPU_PLL_OUT, 1_000_000_000n)).toBe(DENIED);
		expect(setRate(vm1.smt, GPU_PLL_OUT, 599_999_999n)).toBe(DENIED);
		expect(setRate(vm1.smt, GPU_PLL_OUT, 2n ** 64n - 1n)).toBe(DENIED);
		expect(setRate(vm1.smt, GPU_PLL_OUT, 600_000_000n)).toBe(SUCCESS);
		const linux = new Smt(engine, TX);
		expect(linux.words(CLOCK, 0x6, u32(42))).toEqual([600_000_000, 0]);
	});

	it("bound what is described: a list, and a range", () => {
		const { vm1 } = machine({ policy: { rates } });
		const free = machine().vm1;
		const list = (smt: Smt) => {
			const [, ...words] = smt.words(CLOCK, 0x4, u32(GPU_PLL_OUT, 0));
			return words.filter((_, i) => i % 2 === 0);
		};
		const all = list(free.smt);
		const within = all.filter((hz) => hz >= 600_000_000 && hz <= 900_000_000);
		expect(within.length).toBeGreaterThan(0);
		expect(within.length).toBeLessThan(all.length);
		expect(list(vm1.smt)).toEqual(within);
		expect(
			vm1.smt.status(CLOCK, 0x4, u32(GPU_PLL_OUT, within.length)),
		).toBeLessThan(0);
		const [format, min, , max] = vm1.smt.words(CLOCK, 0x4, u32(1, 0));
		expect(format).toBe((1 << 12) | 3);
		expect(max).toBe(24_000_000);
		expect(min).toBe(free.smt.words(CLOCK, 0x4, u32(1, 0))[1]);
	});

	it("keep the parent, too", () => {
		const { vm1 } = machine({ policy: { rates } });
		vm1.smt.refuse(CLOCK, 0xd, u32(1, 2), DENIED);
		const [permissions] = vm1.smt.words(CLOCK, 0xf, u32(1));
		expect(((permissions as number) >>> 30) & 1).toBe(0);
	});
});

describe("refused commands", () => {
	it("are DENIED by name", () => {
		const policy = { refused: ["SYSTEM_POWER_STATE_SET", "RESET"] };
		const { vm1 } = machine({ policy });
		vm1.smt.refuse(SYSTEM, 0x3, u32(0, 0), DENIED);
		vm1.smt.refuse(RESET, 0x4, u32(0, 1, 0), DENIED);
		expect(vm1.guest.stopped).toBeNull();
	});

	it("or by a function, which sees the guest's own bytes and cannot change them", () => {
		const seen: GuestCommand[] = [];
		const refuse = (command: GuestCommand) => {
			seen.push({ ...command, payload: command.payload.slice() });
			command.payload.fill(0xff);
			return command.resource === "uart2" ? -6 : undefined;
		};
		const { vm1 } = machine({ policy: { refuse } });
		vm1.smt.refuse(CLOCK, 0x6, u32(1), -6);
		vm1.smt.words(CLOCK, 0x6, u32(3));
		vm1.smt.words(CLOCK, 0x0, []);
		expect(seen).toEqual([
			{
				guest: "vm1",
				message: "CLOCK_RATE_GET",
				resource: "uart2",
				payload: new Uint8Array(u32(1)),
			},
			{
				guest: "vm1",
				message: "CLOCK_RATE_GET",
				resource: "gpu_pll_out",
				payload: new Uint8Array(u32(3)),
			},
			{
				guest: "vm1",
				message: "PROTOCOL_VERSION",
				resource: null,
				payload: new Uint8Array(),
			},
		]);
	});

	it("calls that are not SCMI's are passed on or not", () => {
		const policy = { passSmc: (id: number) => id !== 0x8200_ff00 };
		const { vm1, recorder } = machine({ policy });
		const registers = vm1.guest.registers(0);
		const ask = (id: number) => {
			registers.fill(0);
			registers[0] = id;
			return vm1.guest.trap(0, "smc");
		};
		expect(ask(0x8200_ff00)).toBe(-1);
		expect(ask(0x8200_ff03)).toBe(1);
		expect(recorder.calls.map(({ x }) => x[0])).toEqual([0x8200_ff03]);
	});
});

describe("a guest that stops", () => {
	/** vm1 and vm2 and the host want the same clock on; vm1 has a domain and a subscription of its own. */
	function busy() {
		const all = machine();
		all.vm1.smt.expect(CLOCK, 0x7, u32(1, 1, 0), []);
		all.vm2.smt.expect(CLOCK, 0x7, u32(0, 1, 0), []);
		new Smt(all.engine, TX).expect(CLOCK, 0x7, u32(128, 1, 0), []);
		all.vm1.smt.expect(POWER, 0x4, u32(0, 1, 0), []);
		expect(all.engine.clockRequests(128)).toBe(
			(1 << LINUX) | (1 << VM1) | (1 << VM2),
		);
		expect(all.engine.powerDomainRequests(5)).toBe(1 << VM1);
		return all;
	}

	it.each([
		["SHUTDOWN", 0, 0, "off"],
		["a graceful SHUTDOWN", 1, 0, "off"],
		["COLD_RESET", 0, 1, "reset"],
		["WARM_RESET", 0, 2, "reset"],
	] as const)(
		"by %s is the only one, and gives back what it held",
		(_, flags, state, how) => {
			const { vm1, vm2, engine } = busy();
			vm1.smt.write(headerOf(SYSTEM, 0x3), u32(flags, state));
			expect(vm1.smt.trap()).toBe(-1n);
			expect(vm1.guest.stopped).toBe(how);
			expect(vm2.guest.stopped).toBeNull();
			expect(engine.stopped).toBeNull();
			expect(engine.clockRequests(128)).toBe((1 << LINUX) | (1 << VM2));
			expect(engine.powerDomainRequests(5)).toBe(0);
			// Nothing is served until it begins again.
			vm1.smt.write(headerOf(CLOCK, 0x7), u32(1, 1, 0));
			expect(vm1.smt.trap()).toBe(-1n);
			expect(engine.clockRequests(128)).toBe((1 << LINUX) | (1 << VM2));
			vm1.guest.reset();
			expect(vm1.guest.stopped).toBeNull();
			vm1.smt.expect(CLOCK, 0x7, u32(1, 1, 0), []);
			vm2.smt.words(CLOCK, 0x6, u32(0));
		},
	);

	it.each([
		["SYSTEM_OFF", 0x8400_0008, "off"],
		["SYSTEM_RESET", 0x8400_0009, "reset"],
	] as const)("by PSCI %s, too", (_, functionId, how) => {
		const { vm1, engine } = busy();
		const registers = vm1.guest.registers(2);
		registers[0] = functionId;
		expect(vm1.guest.trap(2, "smc")).toBe(-1);
		expect(vm1.guest.stopped).toBe(how);
		expect(engine.stopped).toBeNull();
		expect(engine.clockRequests(128)).toBe((1 << LINUX) | (1 << VM2));
	});

	it("refuses what the specification refuses, and runs on", () => {
		const { vm1 } = busy();
		vm1.smt.refuse(SYSTEM, 0x3, u32(2, 0), INVALID_PARAMETERS);
		vm1.smt.refuse(SYSTEM, 0x3, u32(0, 5), INVALID_PARAMETERS);
		vm1.smt.refuse(SYSTEM, 0x3, u32(0, 3), NOT_SUPPORTED);
		vm1.smt.refuse(SYSTEM, 0x3, u32(0, 4), NOT_SUPPORTED);
		vm1.smt.refuse(SYSTEM, 0x3, u32(0, 0x8000_0001), NOT_SUPPORTED);
		vm1.smt.expect(SYSTEM, 0x4, [], u32(3));
		expect(vm1.guest.stopped).toBeNull();
	});

	it("hears nothing any more, and nothing old when it begins again", () => {
		const { vm1, engine } = busy();
		const heard: number[] = [];
		vm1.guest.onInterrupt(116, () => heard.push(engine.timeNs));
		vm1.smt.expect(CLOCK, 0x9, u32(GPU_PLL_OUT, 1), []);
		const linux = new Smt(engine, TX);
		const set = (hz: bigint) =>
			linux.expect(CLOCK, 0x5, [...u32(0, 42), ...u64(hz)], []);
		set(1_000_000_000n);
		expect(heard).toHaveLength(1);
		vm1.guest.reset();
		set(600_000_000n);
		expect(heard).toHaveLength(1);
		expect(vm1.inbox.busy).toBe(false);
	});

	it("when the whole machine stops, every guest has", () => {
		const { vm1, vm2, engine } = busy();
		const linux = new Smt(engine, TX);
		linux.write(headerOf(SYSTEM, 0x3), u32(0, 0));
		linux.trap();
		expect(engine.stopped).toBe("off");
		for (const { guest, smt } of [vm1, vm2]) {
			expect(guest.stopped).toBe("off");
			expect(smt.trap()).toBe(-1n);
		}
	});
});

describe("a firmware without BASE_RESET_AGENT_CONFIGURATION", () => {
	it("gets one command for each thing that the guest held, the last first", () => {
		const { devices: _, ...platform } = AGENTS;
		const { vm1, engine, recorder } = machine({}, {}, platform);
		vm1.smt.expect(CLOCK, 0x7, u32(1, 1, 0), []);
		vm1.smt.expect(CLOCK, 0x7, u32(3, 1, 0), []);
		vm1.smt.expect(CLOCK, 0x7, u32(3, 0, 0), []);
		vm1.smt.expect(POWER, 0x4, u32(0, 1, 0), []);
		vm1.smt.expect(CLOCK, 0x9, u32(1, 1), []);
		vm1.smt.expect(POWER, 0x10, u32(0x20000), []);
		recorder.calls = [];
		vm1.guest.reset();
		expect(
			recorder.calls.map(({ header, payload }) => [header, payload]),
		).toEqual([
			[headerOf(0x10, 0xb), u32(VM1, 0)],
			[headerOf(CLOCK, 0x9), u32(128, 0)],
			[headerOf(POWER, 0x4), u32(0, 5, 0x4000_0000)],
			[headerOf(CLOCK, 0x7), u32(128, 0, 0)],
			[headerOf(POWER, 0x10), u32(0x30001)],
		]);
		expect(engine.clockRequests(128)).toBe(0);
		expect(engine.powerDomainRequests(5)).toBe(0);
	});

	it("may be another profile's: the draft firmware", () => {
		const draft = createFirmware("imx8mm-draft", IMX8MM);
		const { tx } = imx8mmGuestChannels(0);
		const hypervisor = new Hypervisor(draft, {
			guests: [
				{
					name: "vm",
					agent: "linux",
					channels: { tx: { ...tx, physical: 0x0093_fc00 } },
					clocks: ["uart2", "osc_24m"],
				},
			],
		});
		const smt = new Smt(hypervisor.guest("vm"), GUEST_TX);
		// The draft counts its clocks as it likes; the guest's are two.
		const [attributes] = smt.words(CLOCK, 0x1, []);
		expect((attributes as number) & 0xffff).toBe(2);
		expect(smt.words(CLOCK, 0x6, u32(1))).toEqual([24_000_000, 0]);
		// It lacks uart2, and leaves the request's length in the area.
		smt.refuse(CLOCK, 0x6, u32(0), NOT_FOUND);
	});
});

describe("guests that cannot be", () => {
	const channels = imx8mmGuestChannels(0);
	const one = { name: "vm1", channels };
	const make = (
		...guests: ConstructorParameters<typeof Hypervisor>[1]["guests"]
	) => new Hypervisor(createEngine(AGENTS), { guests });
	const other = { name: "vm2", channels: imx8mmGuestChannels(1) };

	it.each([
		[
			"an unknown clock",
			[{ ...one, clocks: ["uart22"] }],
			/no clock uart22; is it uart2\?/,
		],
		[
			"a clock twice",
			[{ ...one, clocks: ["uart2", "uart2"] }],
			/uart2 is listed twice/,
		],
		[
			"an ID without a sensor",
			[{ ...one, sensors: [null, "vdd-arm"] }],
			/sensors is left out/,
		],
		[
			"an unknown agent",
			[{ ...one, agent: "vm9" }],
			/agent vm9: .* expected one of linux/,
		],
		["a secure agent", [{ ...one, agent: "tee" }], /agent tee/],
		[
			"an agent of two",
			[one, { ...other, agent: "vm1" }],
			/agent vm1 is another guest's/,
		],
		[
			"a name of two",
			[one, { ...other, name: "vm1" }],
			/name vm1 is another guest's/,
		],
		[
			"a client ID of two",
			[one, { ...other, clientId: 1 }],
			/client ID 1 is another guest's/,
		],
		[
			"the hypervisor's client ID",
			[{ ...one, clientId: 0 }],
			/expected 1 to 65535/,
		],
		[
			"memory of two",
			[one, { ...other, channels }],
			/overlaps one of guest vm1/,
		],
		[
			"the host's memory",
			[
				{
					...one,
					channels: {
						...channels,
						tx: { ...channels.tx, physical: 0x93_f000 },
					},
				},
			],
			/overlaps one of a channel of agent linux/,
		],
		[
			"one function ID",
			[
				{
					...one,
					channels: {
						tx: channels.tx,
						rx: { ...channels.rx, functionId: channels.tx.functionId },
					},
				},
			],
			/expected two/,
		],
		[
			"too small an area",
			[
				{
					...one,
					channels: { ...channels, tx: { ...channels.tx, size: 148 } },
				},
			],
			/expected 152 bytes or more/,
		],
		[
			"no second channel",
			[{ ...one, channels: { tx: channels.tx } }],
			/channel rx is absent, expected it with one of agent vm1/,
		],
		["an unknown block", [{ ...one, blocks: ["srcc"] }], /no block srcc/],
		[
			"an unknown command",
			[{ ...one, policy: { refused: ["CLOCK_RATE_SETT"] } }],
			/is it CLOCK_RATE_SET\?/,
		],
		[
			"limits upside down",
			[{ ...one, policy: { rates: { uart2: { min: 2, max: 1 } } } }],
			/expected whole numbers, the lowest first/,
		],
	] as const)("%s", (_, guests, message) => {
		expect(() => make(...guests)).toThrow(
			expect.objectContaining({
				code: expect.stringMatching(/^(UNKNOWN_NAME|USAGE)$/),
				message: expect.stringMatching(message),
			}),
		);
	});

	it("a guest by another name", () => {
		expect(() => make(one, other).guest("vm3")).toThrow(
			/guest vm3: the hypervisor has vm1, vm2; is it vm/,
		);
		expect(() => imx8mmGuestChannels(16)).toThrow(/expected 0 to 15/);
		expect(VM1_RESOURCES.clocks).toHaveLength(5);
	});
});
