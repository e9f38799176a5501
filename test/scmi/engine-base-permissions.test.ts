// Permissions as trusted agents give and take them, byte by byte, and what becomes of each message that would change something.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	AUDIO,
	GPU,
	GUEST,
	LINUX,
	TEE,
	THREE_AGENTS,
	threeAgents,
	UART2,
} from "../support/agents.ts";
import {
	BASE,
	CLOCK,
	DENIED,
	INVALID_PARAMETERS,
	NOT_FOUND,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	RESET,
	Smt,
	SUCCESS,
	u32,
	u64,
} from "../support/smt.ts";

const SET_DEVICE_PERMISSIONS = 0x9;
const SET_PROTOCOL_PERMISSIONS = 0xa;
const PERFORMANCE = 0x13;
const SENSOR = 0x15;
const VOLTAGE = 0x17;
const DEVICES = THREE_AGENTS.devices?.length ?? 0;
const FAR = 0xffff_ffff;

/** IDs in the binding. */
const UART2_CLOCK = 128;
const AUDIO_AHB = 94;
const GPU3D = 248;
const GPU3D_ALIAS = 69;
/** The gate behind it, which no device has: its rate is that of gpu3d_core. */
const GPU3D_ROOT = 193;
const SYS_PLL1_100M = 52;
const GPU_DOMAIN = 5;
const GPU_RESET = 32;
const LDO5 = 10;

/** Every message that changes something of the device "gpu", and one of its protocol that only tells something. */
const CHANGES = [
	["CLOCK_CONFIG_SET", CLOCK, 0x7, u32(GPU3D, 1, 0), [0x6, u32(GPU3D)]],
	[
		"CLOCK_CONFIG_SET, alias",
		CLOCK,
		0x7,
		u32(GPU3D_ALIAS, 1, 0),
		[0x6, u32(GPU3D)],
	],
	[
		"CLOCK_RATE_SET",
		CLOCK,
		0x5,
		[...u32(0, GPU3D), ...u64(400_000_000n)],
		[0x3, u32(GPU3D)],
	],
	[
		"CLOCK_RATE_SET, asynchronous",
		CLOCK,
		0x5,
		[...u32(1, GPU3D), ...u64(400_000_000n)],
		[0x4, u32(GPU3D, 0)],
	],
	["CLOCK_PARENT_SET", CLOCK, 0xd, u32(GPU3D, 2), [0xe, u32(GPU3D)]],
	[
		"POWER_STATE_SET",
		POWER,
		0x4,
		u32(0, GPU_DOMAIN, 0),
		[0x5, u32(GPU_DOMAIN)],
	],
	[
		"POWER_STATE_SET, asynchronous",
		POWER,
		0x4,
		u32(1, GPU_DOMAIN, 0),
		[0x3, u32(GPU_DOMAIN)],
	],
	["PERFORMANCE_LIMITS_SET", PERFORMANCE, 0x5, u32(0, 3, 2), [0x6, u32(0)]],
	["PERFORMANCE_LEVEL_SET", PERFORMANCE, 0x7, u32(0, 2), [0x8, u32(0)]],
	[
		"SENSOR_TRIP_POINT_CONFIG",
		SENSOR,
		0x5,
		[...u32(0, 1), ...u64(50_000n)],
		[0x6, u32(0, 0)],
	],
	["SENSOR_CONFIG_SET", SENSOR, 0xa, u32(0, 1), [0x9, u32(0)]],
	["RESET", RESET, 0x4, u32(GPU_RESET, 1, 0), [0x3, u32(GPU_RESET)]],
	[
		"RESET, asynchronous",
		RESET,
		0x4,
		u32(GPU_RESET, 5, 0),
		[0x3, u32(GPU_RESET)],
	],
	["VOLTAGE_CONFIG_SET", VOLTAGE, 0x5, u32(LDO5, 7), [0x6, u32(LDO5)]],
	[
		"VOLTAGE_LEVEL_SET",
		VOLTAGE,
		0x7,
		u32(LDO5, 0, 1_800_000),
		[0x8, u32(LDO5)],
	],
	[
		"VOLTAGE_LEVEL_SET, asynchronous",
		VOLTAGE,
		0x7,
		u32(LDO5, 1, 1_800_000),
		[0x8, u32(LDO5)],
	],
] as const;

function permissionsOf(smt: Smt, clock: number): number {
	return smt.words(CLOCK, 0xf, u32(clock))[0] as number;
}

function allow(smt: Smt, agent: number, device: number, on: boolean): void {
	const payload = u32(agent, device, on ? 1 : 0);
	smt.expect(BASE, SET_DEVICE_PERMISSIONS, payload, []);
}

describe("BASE_SET_DEVICE_PERMISSIONS", () => {
	it.each([
		["no such agent", u32(4, GPU, 1), NOT_FOUND],
		["no agent by far", u32(FAR, GPU, 1), NOT_FOUND],
		["no such device", u32(LINUX, DEVICES, 1), NOT_FOUND],
		["no device by far", u32(LINUX, FAR, 1), NOT_FOUND],
		["a reserved flag", u32(LINUX, GPU, 2), INVALID_PARAMETERS],
		["the highest flag", u32(LINUX, GPU, 0x8000_0001), INVALID_PARAMETERS],
		["the platform", u32(0, GPU, 0), DENIED],
		["short", u32(LINUX, GPU), PROTOCOL_ERROR],
		["long", u32(LINUX, GPU, 1, 0), PROTOCOL_ERROR],
	] as const)("%s", (_, payload, status) => {
		const { tee } = threeAgents();
		tee.smt.refuse(BASE, SET_DEVICE_PERMISSIONS, payload, status);
	});

	it.each([
		["linux", LINUX],
		["guest", GUEST],
	] as const)("%s is not trusted with it", (name, id) => {
		const { smt } = threeAgents()[name];
		for (const agent of [LINUX, TEE, GUEST])
			smt.refuse(BASE, SET_DEVICE_PERMISSIONS, u32(agent, GPU, 0), DENIED);
		smt.refuse(BASE, SET_DEVICE_PERMISSIONS, u32(id, GPU, 1), DENIED);
	});

	it.each(CHANGES)(
		"%s: denied and allowed again, told all the while",
		(_, protocol, message, payload, [telling, question]) => {
			const { linux, tee } = threeAgents();
			allow(tee.smt, LINUX, GPU, false);
			linux.smt.refuse(protocol, message, payload, DENIED);
			expect(linux.smt.status(protocol, telling, question)).toBe(SUCCESS);
			// Nobody else has lost anything.
			expect(tee.smt.status(protocol, message, payload)).toBe(SUCCESS);
			const again = threeAgents();
			allow(again.tee.smt, LINUX, GPU, false);
			allow(again.tee.smt, LINUX, GPU, true);
			expect(again.linux.smt.status(protocol, message, payload)).toBe(SUCCESS);
		},
	);

	it.each(CHANGES)(
		"%s: what the platform denies at load",
		(_, protocol, message, payload) => {
			const { guest, tee } = threeAgents();
			guest.smt.refuse(protocol, message, payload, DENIED);
			allow(tee.smt, GUEST, GPU, true);
			expect(guest.smt.status(protocol, message, payload)).toBe(SUCCESS);
		},
	);

	it("tells an unknown ID and a bad flag before it denies", () => {
		const { guest } = threeAgents();
		guest.smt.refuse(CLOCK, 0x7, u32(GPU3D, 2, 0), INVALID_PARAMETERS);
		guest.smt.refuse(RESET, 0x4, u32(GPU_RESET, 8, 0), INVALID_PARAMETERS);
		guest.smt.refuse(VOLTAGE, 0x5, u32(LDO5, 3), INVALID_PARAMETERS);
	});

	it("CLOCK_GET_PERMISSIONS and the RESTRICTED attribute follow", () => {
		const { linux, tee } = threeAgents();
		const restricted = (smt: Smt) =>
			(smt.words(CLOCK, 0x3, u32(GPU3D))[0] as number) & 2;
		expect(permissionsOf(linux.smt, GPU3D)).toBe(0xe000_0000);
		expect(restricted(linux.smt)).toBe(0);
		allow(tee.smt, LINUX, GPU, false);
		for (const id of [GPU3D, GPU3D_ALIAS])
			expect(permissionsOf(linux.smt, id)).toBe(0);
		expect(restricted(linux.smt)).toBe(2);
		expect(permissionsOf(tee.smt, GPU3D)).toBe(0xe000_0000);
		expect(permissionsOf(linux.smt, UART2_CLOCK)).toBe(0xe000_0000);
	});

	it("what two devices share needs the permission for both", () => {
		const { linux, tee } = threeAgents();
		allow(tee.smt, LINUX, UART2, false);
		expect(permissionsOf(linux.smt, AUDIO_AHB)).toBe(0);
		allow(tee.smt, LINUX, AUDIO, false);
		allow(tee.smt, LINUX, UART2, true);
		expect(permissionsOf(linux.smt, AUDIO_AHB)).toBe(0);
		expect(permissionsOf(linux.smt, UART2_CLOCK)).toBe(0xe000_0000);
		allow(tee.smt, LINUX, AUDIO, true);
		expect(permissionsOf(linux.smt, AUDIO_AHB)).toBe(0xe000_0000);
	});

	it("a trusted agent may take its own, and what no device has is everybody's", () => {
		const { tee } = threeAgents();
		allow(tee.smt, TEE, GPU, false);
		tee.smt.refuse(POWER, 0x4, u32(0, GPU_DOMAIN, 0), DENIED);
		allow(tee.smt, TEE, GPU, true);
		tee.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0), []);
		for (let id = 0; id < DEVICES; id++) allow(tee.smt, TEE, id, false);
		tee.smt.expect(CLOCK, 0x7, u32(SYS_PLL1_100M, 1, 0), []);
	});

	it.each([
		["at once", 0],
		["later", 1],
	])("a rate set through a clock that everybody may set, %s", (_, flags) => {
		const { engine, guest, tee } = threeAgents();
		const set = u32(flags, GPU3D_ROOT, 12_000_000, 0);
		guest.smt.refuse(CLOCK, 0x5, set, DENIED);
		engine.advance(1_000_000);
		guest.smt.expect(CLOCK, 0x6, u32(GPU3D), u64(24_000_000n));
		allow(tee.smt, GUEST, GPU, true);
		guest.smt.expect(CLOCK, 0x5, set, []);
		engine.advance(1_000_000);
		guest.smt.expect(CLOCK, 0x6, u32(GPU3D), u64(12_000_000n));
	});

	it("a rate that waits for the firmware is not set without the permission", () => {
		const { engine, linux, tee } = threeAgents();
		linux.smt.expect(CLOCK, 0x5, u32(1, GPU3D_ROOT, 12_000_000, 0), []);
		allow(tee.smt, LINUX, GPU, false);
		engine.advance(1_000_000);
		tee.smt.expect(CLOCK, 0x6, u32(GPU3D), u64(24_000_000n));
	});

	it("a request made before stays in force", () => {
		const { engine, linux, tee } = threeAgents();
		linux.smt.expect(CLOCK, 0x7, u32(GPU3D, 1, 0), []);
		allow(tee.smt, LINUX, GPU, false);
		expect(engine.clockRequests(GPU3D)).toBe(1 << LINUX);
		linux.smt.refuse(CLOCK, 0x7, u32(GPU3D, 0, 0), DENIED);
		expect(engine.clockRequests(GPU3D)).toBe(1 << LINUX);
	});
});

describe("BASE_SET_PROTOCOL_PERMISSIONS", () => {
	it.each([
		["no such agent", u32(4, GPU, CLOCK, 1), NOT_FOUND],
		["no such device", u32(LINUX, DEVICES, CLOCK, 1), NOT_FOUND],
		["no such protocol", u32(LINUX, GPU, 0x18, 1), NOT_FOUND],
		["a protocol below", u32(LINUX, GPU, 0xf, 1), NOT_FOUND],
		["a reserved flag", u32(LINUX, GPU, CLOCK, 2), INVALID_PARAMETERS],
		["a reserved bit", u32(LINUX, GPU, 0x114, 1), INVALID_PARAMETERS],
		["the base protocol", u32(LINUX, GPU, BASE, 0), DENIED],
		["the platform", u32(0, GPU, CLOCK, 0), DENIED],
		["short", u32(LINUX, GPU, CLOCK), PROTOCOL_ERROR],
		["long", u32(LINUX, GPU, CLOCK, 1, 0), PROTOCOL_ERROR],
	] as const)("%s", (_, payload, status) => {
		const { tee } = threeAgents();
		tee.smt.refuse(BASE, SET_PROTOCOL_PERMISSIONS, payload, status);
	});

	it("an agent that is not trusted with it", () => {
		const { linux } = threeAgents();
		const payload = u32(LINUX, GPU, CLOCK, 1);
		linux.smt.refuse(BASE, SET_PROTOCOL_PERMISSIONS, payload, DENIED);
	});

	it("a protocol that this platform does not serve", () => {
		const { base, powerDomain, clock } = IMX8MM.protocols;
		const protocols = { base, powerDomain, clock };
		const { tee } = threeAgents({ ...THREE_AGENTS, protocols });
		const payload = u32(LINUX, GPU, RESET, 0);
		tee.smt.refuse(BASE, SET_PROTOCOL_PERMISSIONS, payload, NOT_FOUND);
	});

	it.each([CLOCK, POWER, PERFORMANCE, SENSOR, RESET, VOLTAGE])(
		"protocol %i alone, and back",
		(denied) => {
			for (const [, protocol, message, payload] of CHANGES) {
				const { linux, tee } = threeAgents();
				const set = (flags: number) =>
					tee.smt.expect(
						BASE,
						SET_PROTOCOL_PERMISSIONS,
						u32(LINUX, GPU, denied, flags),
						[],
					);
				set(0);
				const status = linux.smt.status(protocol, message, payload);
				expect(status).toBe(protocol === denied ? DENIED : SUCCESS);
				set(1);
				if (protocol === denied)
					expect(linux.smt.status(protocol, message, payload)).toBe(SUCCESS);
			}
		},
	);

	it("the device's permission sets that of every protocol", () => {
		const { linux, tee } = threeAgents();
		const payload = u32(LINUX, GPU, POWER, 0);
		tee.smt.expect(BASE, SET_PROTOCOL_PERMISSIONS, payload, []);
		allow(tee.smt, LINUX, GPU, true);
		linux.smt.expect(POWER, 0x4, u32(0, GPU_DOMAIN, 0), []);
	});
});

describe("where there are no such messages", () => {
	const withBase = (base: number): Platform => ({
		...THREE_AGENTS,
		protocols: { ...THREE_AGENTS.protocols, base },
	});

	it("before version 2.0", () => {
		const { tee } = threeAgents(withBase(0x10000));
		for (const [message, size] of [
			[0x9, 3],
			[0xa, 4],
		] as const) {
			const payload = u32(...[LINUX, GPU, CLOCK, 1].slice(0, size));
			tee.smt.refuse(BASE, message, payload, NOT_SUPPORTED);
			tee.smt.refuse(BASE, 0x2, u32(message), NOT_FOUND);
		}
	});

	it("without devices", () => {
		const smt = new Smt(createEngine({ ...IMX8MM, devices: [] }));
		for (const message of [0x9, 0xa]) {
			smt.refuse(BASE, message, u32(1, 0, 1), NOT_SUPPORTED);
			smt.refuse(BASE, 0x2, u32(message), NOT_FOUND);
		}
	});

	it.each([0x20000, 0x20001])("but in version %i", (version) => {
		const { tee } = threeAgents(withBase(version));
		for (const message of [0x9, 0xa])
			tee.smt.expect(BASE, 0x2, u32(message), u32(0));
		allow(tee.smt, LINUX, GPU, false);
	});
});

describe("tables that do not hold together", () => {
	const device = { id: 0, name: "uart2", clocks: ["uart2"] };
	it.each([
		[
			"an unknown agent's rights",
			{ agentRights: { tea: {} } },
			"rights of tea: there is no such agent",
		],
		[
			"rights to an unknown device",
			{ agentRights: { linux: { denied: ["gpo"] } } },
			"rights of linux: there is no device gpo",
		],
		[
			"a device of an unknown clock",
			{ devices: [{ ...device, clocks: ["uort2"] }], agentRights: {} },
			"device uart2: uort2 is none of the platform's clocks",
		],
		[
			"a device of an unknown rail",
			{ devices: [{ ...device, rails: ["uart2"] }], agentRights: {} },
			"device uart2: uart2 is none of the platform's rails",
		],
		[
			"a name twice",
			{ devices: [device, { ...device, id: 1 }], agentRights: {} },
			"device uart2: the name is used twice",
		],
		[
			"a hole in the IDs",
			{ devices: [{ ...device, id: 1 }], agentRights: {} },
			"device uart2: ID 1, expected 0",
		],
	] as const)("%s", (_, change, message) => {
		expect(() => createEngine({ ...THREE_AGENTS, ...change })).toThrow(message);
	});
});
