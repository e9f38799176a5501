// Every message that holds an ID, by raw bytes: what a guest writes, and what reaches the firmware below, and back.
// SCMI 3.2 (Arm DEN0056E), chapter 4: places of the parameters.

import { describe, expect, it } from "vitest";
import { protocols } from "../../host/scmi/messages.ts";
import {
	BELOW_RX,
	BELOW_TX,
	GUEST_RX,
	type GuestTalker,
	LINUX,
	machine,
	VM1,
} from "../support/guests.ts";
import { clockId } from "../support/imx8mm-facts.ts";
import { DELAYED_RESPONSE, NOTIFICATION } from "../support/inbox.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	RESET,
	Smt,
	SUCCESS,
	SYSTEM,
	text,
	u32,
	u64,
} from "../support/smt.ts";

const PERFORMANCE = 0x13;
const SENSOR = 0x15;
const VOLTAGE = 0x17;

/** Guest's ID and platform's ID of what vm1 has; numbers of the bindings and of the platform's documentation. */
const UART2 = [1, 128] as const;
const GPU_PLL_OUT = [3, 42] as const;
const GPU = [1, 5] as const;
const A53 = [1, 0] as const;
const TEMPERATURE = [1, 0] as const;
const GPU_RESET = [0, 32] as const;
const BUCK2 = [0, 1] as const;

type Bytes = (id: number) => number[];

/** Protocol, message, IDs of guest and platform, and the request for an ID. */
type Row = [
	name: string,
	protocol: number,
	message: number,
	ids: readonly [number, number],
	request: Bytes,
];

const only: Bytes = (id) => u32(id);
const two =
	(value: number): Bytes =>
	(id) =>
		u32(id, value);

const REQUESTS: Row[] = [
	["POWER_DOMAIN_ATTRIBUTES", POWER, 0x3, GPU, only],
	["POWER_STATE_SET", POWER, 0x4, GPU, (id) => u32(0, id, 0)],
	["POWER_STATE_GET", POWER, 0x5, GPU, only],
	["POWER_STATE_NOTIFY", POWER, 0x6, GPU, two(1)],
	["POWER_STATE_CHANGE_REQUESTED_NOTIFY", POWER, 0x7, GPU, two(1)],
	["POWER_DOMAIN_NAME_GET", POWER, 0x8, GPU, only],
	["PERFORMANCE_DOMAIN_ATTRIBUTES", PERFORMANCE, 0x3, A53, only],
	["PERFORMANCE_DESCRIBE_LEVELS", PERFORMANCE, 0x4, A53, two(0)],
	["PERFORMANCE_LIMITS_SET", PERFORMANCE, 0x5, A53, (id) => u32(id, 3, 1)],
	["PERFORMANCE_LIMITS_GET", PERFORMANCE, 0x6, A53, only],
	["PERFORMANCE_LEVEL_SET", PERFORMANCE, 0x7, A53, two(2)],
	["PERFORMANCE_LEVEL_GET", PERFORMANCE, 0x8, A53, only],
	["PERFORMANCE_NOTIFY_LIMITS", PERFORMANCE, 0x9, A53, two(1)],
	["PERFORMANCE_NOTIFY_LEVEL", PERFORMANCE, 0xa, A53, two(1)],
	["PERFORMANCE_DOMAIN_NAME_GET", PERFORMANCE, 0xc, A53, only],
	["CLOCK_ATTRIBUTES", CLOCK, 0x3, GPU_PLL_OUT, only],
	["CLOCK_DESCRIBE_RATES", CLOCK, 0x4, UART2, two(0)],
	[
		"CLOCK_RATE_SET",
		CLOCK,
		0x5,
		UART2,
		(id) => [...u32(0, id), ...u64(24_000_000n)],
	],
	["CLOCK_RATE_GET", CLOCK, 0x6, UART2, only],
	["CLOCK_CONFIG_SET", CLOCK, 0x7, UART2, (id) => u32(id, 1, 0)],
	["CLOCK_NAME_GET", CLOCK, 0x8, UART2, only],
	["CLOCK_RATE_NOTIFY", CLOCK, 0x9, UART2, two(1)],
	["CLOCK_RATE_CHANGE_REQUESTED_NOTIFY", CLOCK, 0xa, UART2, two(1)],
	["CLOCK_CONFIG_GET", CLOCK, 0xb, UART2, two(0)],
	["CLOCK_POSSIBLE_PARENTS_GET", CLOCK, 0xc, UART2, two(0)],
	["CLOCK_PARENT_GET", CLOCK, 0xe, UART2, only],
	["CLOCK_GET_PERMISSIONS", CLOCK, 0xf, UART2, only],
	["SENSOR_TRIP_POINT_NOTIFY", SENSOR, 0x4, TEMPERATURE, two(1)],
	[
		"SENSOR_TRIP_POINT_CONFIG",
		SENSOR,
		0x5,
		TEMPERATURE,
		(id) => [...u32(id, 1), ...u64(90_000n)],
	],
	["SENSOR_READING_GET", SENSOR, 0x6, TEMPERATURE, two(0)],
	["SENSOR_AXIS_DESCRIPTION_GET", SENSOR, 0x7, [0, 3], two(0)],
	["SENSOR_LIST_UPDATE_INTERVALS", SENSOR, 0x8, TEMPERATURE, two(0)],
	["SENSOR_CONFIG_GET", SENSOR, 0x9, TEMPERATURE, only],
	["SENSOR_CONFIG_SET", SENSOR, 0xa, TEMPERATURE, two(1)],
	["SENSOR_CONTINUOUS_UPDATE_NOTIFY", SENSOR, 0xb, TEMPERATURE, two(1)],
	["SENSOR_NAME_GET", SENSOR, 0xc, TEMPERATURE, only],
	["RESET_DOMAIN_ATTRIBUTES", RESET, 0x3, GPU_RESET, only],
	["RESET", RESET, 0x4, GPU_RESET, (id) => u32(id, 2, 0)],
	["RESET_NOTIFY", RESET, 0x5, GPU_RESET, two(1)],
	["RESET_DOMAIN_NAME_GET", RESET, 0x6, GPU_RESET, only],
	["VOLTAGE_DOMAIN_ATTRIBUTES", VOLTAGE, 0x3, BUCK2, only],
	["VOLTAGE_DESCRIBE_LEVELS", VOLTAGE, 0x4, BUCK2, two(0)],
	["VOLTAGE_CONFIG_SET", VOLTAGE, 0x5, BUCK2, two(7)],
	["VOLTAGE_CONFIG_GET", VOLTAGE, 0x6, BUCK2, only],
	["VOLTAGE_LEVEL_SET", VOLTAGE, 0x7, BUCK2, (id) => u32(id, 0, 900_000)],
	["VOLTAGE_LEVEL_GET", VOLTAGE, 0x8, BUCK2, only],
	["VOLTAGE_DOMAIN_NAME_GET", VOLTAGE, 0x9, BUCK2, only],
];

/** Messages with IDs that have tests of their own below, or that no guest may send. */
const OTHERS = [
	"CLOCK_PARENT_SET",
	"PERFORMANCE_DESCRIBE_FASTCHANNEL",
	"SENSOR_AXIS_NAME_GET",
];

it("the table has every command of the specification with an ID of a resource", () => {
	const withIds = protocols.flatMap(({ messages }) =>
		Object.values(messages)
			.filter(({ request }) =>
				request.some(({ name }) =>
					/^(clock|domain|sensor|parent)_id$/.test(name),
				),
			)
			.map(({ name }) => name),
	);
	const tested = [...REQUESTS.map(([name]) => name), ...OTHERS];
	expect(withIds.sort()).toEqual(tested.sort());
});

describe.each(REQUESTS)("%s", (_, protocol, message, [own, its], request) => {
	it("reaches the firmware with its ID, and the guest keeps its own header", () => {
		const { vm1, recorder } = machine();
		const header = headerOf(protocol, message, 0x155);
		const reply = vm1.smt.send(header, request(own));
		expect(reply).toMatchObject({ x0: 0n, channel: 1, header });
		expect(reply.payload.slice(0, 4)).toEqual(u32(SUCCESS));
		const reached = recorder.calls.filter(
			(call) => call.x[0] === BELOW_TX.functionId,
		);
		expect(reached.map((call) => call.payload)).toContainEqual(request(its));
		for (const call of reached) {
			expect(call.header & 0x3ff00).toBe(protocol << 10);
			expect(call.payload).not.toEqual(request(own));
		}
	});

	it("is NOT_FOUND for what the guest does not have, and nothing reaches the firmware", () => {
		const { vm1, recorder } = machine();
		for (const id of [its + 200, 0x7fff_ffff, 0xffff_ffff])
			expect(vm1.smt.status(protocol, message, request(id))).toBe(NOT_FOUND);
		expect(recorder.calls).toEqual([]);
	});
});

it("PERFORMANCE_DOMAIN_ATTRIBUTES offers no fast channels, and there are none to describe", () => {
	const { vm1, recorder } = machine();
	const [attributes] = vm1.smt.words(PERFORMANCE, 0x3, u32(1));
	expect(((attributes as number) >>> 27) & 1).toBe(0);
	recorder.calls = [];
	for (const id of [0, 1]) {
		const status = vm1.smt.status(PERFORMANCE, 0xb, u32(id, 7));
		expect(status).toBe(NOT_SUPPORTED);
	}
	expect(vm1.smt.status(PERFORMANCE, 0x2, u32(0xb))).toBe(NOT_FOUND);
	expect(vm1.smt.words(PERFORMANCE, 0x2, u32(0x7))).toEqual([0]);
});

describe("parents", () => {
	it("are those that the guest sees, by its IDs", () => {
		const { vm1 } = machine();
		// uart2: osc_24m and seven that vm1 lacks; gpu3d_core: osc_24m, gpu_pll_out, audio_pll1 ... but only some are vm1's.
		expect(vm1.smt.words(CLOCK, 0xc, u32(1, 0))).toEqual([1, 2]);
		expect(vm1.smt.words(CLOCK, 0xe, u32(1))).toEqual([2]);
		const [counts, ...parents] = vm1.smt.words(CLOCK, 0xc, u32(0, 0));
		expect(counts).toBe(parents.length);
		expect(parents).toContain(2);
		expect(parents).toContain(3);
		expect(parents.every((id) => id < 5)).toBe(true);
		expect(vm1.smt.words(CLOCK, 0xc, u32(0, 1))).toEqual([
			(counts as number) - 1,
			...parents.slice(1),
		]);
		expect(vm1.smt.status(CLOCK, 0xc, u32(0, 99))).toBe(-2);
	});

	it("of a clock whose parents are all hidden there are none", () => {
		const { vm2 } = machine();
		const [attributes] = vm2.smt.words(CLOCK, 0x3, u32(0));
		expect(((attributes as number) >>> 28) & 1).toBe(0);
		expect(vm2.smt.status(CLOCK, 0xc, u32(0, 0))).toBe(NOT_SUPPORTED);
		expect(vm2.smt.status(CLOCK, 0xe, u32(0))).toBe(NOT_SUPPORTED);
		const [permissions] = vm2.smt.words(CLOCK, 0xf, u32(0));
		expect(((permissions as number) >>> 30) & 1).toBe(0);
	});

	it("CLOCK_PARENT_SET takes the guest's IDs for both", () => {
		const { vm1, recorder, engine } = machine();
		vm1.smt.expect(CLOCK, 0xd, u32(0, 2), []);
		expect(recorder.calls.at(-1)?.payload).toEqual(
			u32(clockId("gpu3d_core"), clockId("osc_24m")),
		);
		expect(vm1.smt.words(CLOCK, 0xe, u32(0))).toEqual([2]);
		// CCM_TARGET_ROOT of GPU3D, mux in bits 26:24.
		expect((engine.read32(0x3038_a180) >>> 24) & 7).toBe(0);
		expect(vm1.smt.status(CLOCK, 0xd, u32(0, 99))).toBe(NOT_FOUND);
	});
});

it.each([
	[POWER, 2],
	[PERFORMANCE, 2],
	[CLOCK, 5],
	[SENSOR, 2],
	[RESET, 2],
	[VOLTAGE, 2],
])(
	"PROTOCOL_ATTRIBUTES of 0x%s counts what the guest has",
	(protocol, count) => {
		const { vm1 } = machine();
		const [attributes, ...rest] = vm1.smt.words(protocol, 0x1, []);
		expect((attributes as number) & 0xffff).toBe(count);
		// Addresses of statistics and readings.
		expect(rest.every((word) => word === 0)).toBe(true);
	},
);

describe("SENSOR_DESCRIPTION_GET", () => {
	/** Descriptors of a whole list: the word of attributes says how long each one is. */
	function list({ smt }: GuestTalker): { id: number; name: string }[] {
		const found: { id: number; name: string }[] = [];
		for (;;) {
			const reply = smt.call(SENSOR, 0x3, u32(found.length));
			const view = new DataView(new Uint8Array(reply).buffer);
			expect(view.getInt32(0, true)).toBe(SUCCESS);
			let at = 8;
			for (let i = view.getUint32(4, true) & 0xfff; i > 0; i--) {
				const id = view.getUint32(at, true);
				const extended = (view.getUint32(at + 4, true) >>> 8) & 1;
				const axes = (view.getUint32(at + 8, true) >>> 8) & 1;
				const bytes = new Uint8Array(view.buffer, at + 12, 16);
				const name = new TextDecoder().decode(bytes).split("\0")[0];
				found.push({ id, name: name as string });
				at += 28 + (extended ? 4 + (axes ? 0 : 20) : 0);
			}
			expect(at).toBe(reply.length);
			if (view.getUint32(4, true) >>> 16 === 0) return found;
		}
	}

	it("lists the guest's sensors in its order", () => {
		expect(list(machine().vm1)).toEqual([
			{ id: 0, name: "a53-operating-p" },
			{ id: 1, name: "cpu-temperature" },
		]);
	});

	it("pages of a longer list are joined without loss", () => {
		const sensors = [
			"cpu-power",
			"a53-operating-point",
			"vdd-arm",
			"cpu-temperature",
		];
		expect(list(machine({ sensors }).vm1).map(({ name }) => name)).toEqual([
			"cpu-power",
			"a53-operating-p",
			"vdd-arm",
			"cpu-temperature",
		]);
	});

	it("is refused behind the last one as the firmware does", () => {
		const { vm1, engine } = machine();
		const below = new Smt(engine, BELOW_TX);
		// The platform has four, vm1 two.
		for (const beyond of [1, 100, 0xffff_0000]) {
			const status = below.status(SENSOR, 0x3, u32(4 + beyond));
			expect(status).toBeLessThan(0);
			expect(vm1.smt.status(SENSOR, 0x3, u32(2 + beyond))).toBe(status);
		}
		below.expect(SENSOR, 0x3, u32(4), u32(0));
		vm1.smt.expect(SENSOR, 0x3, u32(2), u32(0));
	});
});

/** What the platform says, with its IDs, and what vm1 gets of it. */
const HIDDEN = undefined;
const SAYS: [string, number, number, number, number[], number[] | undefined][] =
	[
		[
			"BASE_ERROR_EVENT",
			BASE,
			0x0,
			NOTIFICATION,
			u32(VM1, 1, 7, 8),
			u32(1, 1, 7, 8),
		],
		[
			"POWER_STATE_CHANGED",
			POWER,
			0x0,
			NOTIFICATION,
			u32(VM1, 5, 0),
			u32(1, 1, 0),
		],
		[
			"POWER_STATE_CHANGE_REQUESTED",
			POWER,
			0x1,
			NOTIFICATION,
			u32(LINUX, 5, 0),
			u32(0, 1, 0),
		],
		[
			"SYSTEM_POWER_STATE_NOTIFIER",
			SYSTEM,
			0x0,
			NOTIFICATION,
			u32(LINUX, 1, 0, 9),
			u32(0, 1, 0, 9),
		],
		[
			"PERFORMANCE_LIMITS_CHANGED",
			PERFORMANCE,
			0x0,
			NOTIFICATION,
			u32(2, 0, 3, 1),
			u32(0, 1, 3, 1),
		],
		[
			"PERFORMANCE_LEVEL_CHANGED",
			PERFORMANCE,
			0x1,
			NOTIFICATION,
			u32(VM1, 0, 3),
			u32(1, 1, 3),
		],
		[
			"CLOCK_RATE_CHANGED",
			CLOCK,
			0x0,
			NOTIFICATION,
			u32(VM1, 128, 5, 6),
			u32(1, 1, 5, 6),
		],
		[
			"CLOCK_RATE_CHANGE_REQUESTED",
			CLOCK,
			0x1,
			NOTIFICATION,
			u32(4, 128, 5, 6),
			u32(0, 1, 5, 6),
		],
		[
			"SENSOR_TRIP_POINT_EVENT",
			SENSOR,
			0x0,
			NOTIFICATION,
			u32(0, 3, 1),
			u32(0, 0, 1),
		],
		[
			"SENSOR_UPDATE",
			SENSOR,
			0x1,
			NOTIFICATION,
			u32(0, 0, 1, 2, 3, 4),
			u32(0, 1, 1, 2, 3, 4),
		],
		["RESET_ISSUED", RESET, 0x0, NOTIFICATION, u32(VM1, 32, 0), u32(1, 0, 0)],
		[
			"CLOCK_RATE_SET_COMPLETE",
			CLOCK,
			0x5,
			DELAYED_RESPONSE,
			u32(0, 128, 5, 6),
			u32(0, 1, 5, 6),
		],
		[
			"SENSOR_READING_COMPLETE",
			SENSOR,
			0x6,
			DELAYED_RESPONSE,
			u32(0, 3, 1, 2, 3, 4),
			u32(0, 0, 1, 2, 3, 4),
		],
		["RESET_COMPLETE", RESET, 0x4, DELAYED_RESPONSE, u32(0, 32), u32(0, 0)],
		[
			"VOLTAGE_LEVEL_SET_COMPLETE",
			VOLTAGE,
			0x7,
			DELAYED_RESPONSE,
			u32(0, 1, 9),
			u32(0, 0, 9),
		],
		[
			"a delayed failure",
			CLOCK,
			0x5,
			DELAYED_RESPONSE,
			u32(-9, 128, 0, 0),
			u32(-9, 1, 0, 0),
		],
		[
			"a delayed failure without parameters",
			CLOCK,
			0x5,
			DELAYED_RESPONSE,
			u32(-9),
			u32(-9),
		],
		[
			"a clock that is not the guest's",
			CLOCK,
			0x0,
			NOTIFICATION,
			u32(VM1, 129, 5, 6),
			HIDDEN,
		],
		[
			"a domain that is not the guest's",
			POWER,
			0x0,
			NOTIFICATION,
			u32(VM1, 1, 0),
			HIDDEN,
		],
		[
			"a message too short for its ID",
			CLOCK,
			0x0,
			NOTIFICATION,
			u32(VM1),
			HIDDEN,
		],
		[
			"a notification of no layout",
			CLOCK,
			0x9,
			NOTIFICATION,
			u32(VM1, 128),
			HIDDEN,
		],
		[
			"a delayed response to no asynchronous command",
			CLOCK,
			0x6,
			DELAYED_RESPONSE,
			u32(0, 128),
			HIDDEN,
		],
		[
			"a message of a protocol that is none",
			0x50,
			0x0,
			NOTIFICATION,
			u32(VM1, 128),
			HIDDEN,
		],
		["a command from the platform", CLOCK, 0x5, 0, u32(0, 128, 5, 6), HIDDEN],
	];

it("the table has every notification of the specification", () => {
	const names = protocols.flatMap(({ notifications }) =>
		Object.values(notifications).map(({ name }) => name),
	);
	const tested = SAYS.map(([name]) => name);
	expect(names.filter((name) => !tested.includes(name))).toEqual([]);
});

it.each(SAYS)(
	"%s reaches the guest with its IDs, or not at all",
	(_, protocol, message, type, its, own) => {
		const { vm1, engine } = machine();
		const header = headerOf(protocol, message, 0x2aa, type);
		new Smt(engine, BELOW_RX).write(header, its);
		// The guest rings, as after every message that it has read.
		expect(new Smt(vm1.guest, GUEST_RX).trap()).toBe(0n);
		expect(vm1.inbox.read()).toEqual(
			own === undefined ? undefined : { header, payload: own },
		);
		expect(new Smt(engine, BELOW_RX).read(0n).channel & 1).toBe(1);
	},
);

describe("DISCOVER_AGENT", () => {
	it("knows the platform and the guest, and nobody else", () => {
		const { vm1, vm2 } = machine();
		const of = (id: number) => u32(id);
		vm1.smt.expect(BASE, 0x7, of(0), [...u32(0), ...text("platform", 16)]);
		vm1.smt.expect(BASE, 0x7, of(1), [...u32(1), ...text("vm1", 16)]);
		vm2.smt.expect(BASE, 0x7, of(0xffff_ffff), [...u32(1), ...text("vm2", 16)]);
		for (const id of [2, VM1, 4]) vm1.smt.refuse(BASE, 0x7, of(id), NOT_FOUND);
		// One agent in bits 15:8, seven protocols in 7:0.
		expect(vm1.smt.words(BASE, 0x1, [])).toEqual([(1 << 8) | 7]);
	});

	it("the hypervisor says who it is", () => {
		const { vm1 } = machine();
		vm1.smt.expect(BASE, 0x3, [], text("scmi-cosim", 16));
		vm1.smt.expect(BASE, 0x4, [], text("hypervisor", 16));
		vm1.smt.expect(BASE, 0x5, [], u32(1));
	});
});

it("permissions are not a guest's to change, its own configuration is", () => {
	const { vm1, vm2, engine } = machine();
	vm1.smt.expect(CLOCK, 0x7, u32(1, 1, 0), []);
	vm2.smt.expect(CLOCK, 0x7, u32(0, 1, 0), []);
	expect(engine.clockRequests(128)).toBe((1 << 3) | (1 << 4));
	for (const [message, words] of [
		[0x9, [1, 0, 1]],
		[0xa, [1, 0, 0x14, 1]],
	] as const) {
		vm1.smt.refuse(BASE, message, u32(...words), NOT_SUPPORTED);
		vm1.smt.refuse(BASE, 0x2, u32(message), NOT_FOUND);
	}
	vm1.smt.refuse(BASE, 0xb, u32(4, 0), NOT_FOUND);
	vm1.smt.refuse(BASE, 0xb, u32(0, 0), -3);
	vm1.smt.refuse(BASE, 0xb, u32(1, 1), -3);
	expect(engine.clockRequests(128)).toBe((1 << 3) | (1 << 4));
	vm1.smt.expect(BASE, 0xb, u32(1, 0), []);
	expect(engine.clockRequests(128)).toBe(1 << 4);
});

it("an older version has its own layouts, and comes to an end with the configuration", () => {
	const { vm1 } = machine();
	vm1.smt.expect(CLOCK, 0x10, u32(0x10000), []);
	// CLOCK_CONFIG_SET of version 1.0 has two words, CLOCK_ATTRIBUTES no delay.
	vm1.smt.expect(CLOCK, 0x7, u32(1, 1), []);
	expect(vm1.smt.call(CLOCK, 0x7, u32(1, 1, 0))).toEqual(u32(-10));
	expect(vm1.smt.call(CLOCK, 0x3, u32(1))).toHaveLength(4 + 4 + 16);
	expect(vm1.smt.status(CLOCK, 0xc, u32(1, 0))).toBe(NOT_SUPPORTED);
	expect(vm1.smt.status(CLOCK, 0xb, u32(1))).toBe(NOT_SUPPORTED);
	vm1.smt.expect(BASE, 0xb, u32(1, 0), []);
	vm1.smt.expect(CLOCK, 0x7, u32(1, 1, 0), []);
	expect(vm1.smt.words(CLOCK, 0xc, u32(1, 0))).toEqual([1, 2]);
});
