// What a guest's traps are: whose function IDs, which client, how long; SMCCC and PSCI as a guest finds them.
// SMCCC 1.4 (Arm DEN0028), sections 2, 6 and 7; PSCI 1.1 (Arm DEN0022); HCR_EL2.TSC of the Arm architecture (DDI 0487).

import { describe, expect, it } from "vitest";
import type { Firmware } from "../../host/firmware.ts";
import type { Method } from "../../host/mailbox/conduit.ts";
import { imx8mmGuestChannels } from "../../host/platform/imx8mm/agents.ts";
import {
	AGENTS,
	BELOW_RX,
	BELOW_TX,
	GUEST_TX,
	machine,
} from "../support/guests.ts";
import { CLOCK, headerOf, Smt, TX, u32 } from "../support/smt.ts";

const NOT_SUPPORTED = -1n;

/** Calls with x0 to x7; returns x0 to x3 as 64-bit numbers, x0 signed. */
function call(
	firmware: Firmware,
	words: readonly number[],
	method: Method = "hvc",
	cpu = 0,
): bigint[] {
	const registers = firmware.registers(cpu);
	registers.fill(0);
	for (const [i, word] of words.entries()) registers[2 * i] = word;
	firmware.trap(cpu, method);
	const x = (i: number) =>
		(BigInt(registers[2 * i + 1] as number) << 32n) |
		BigInt(registers[2 * i] as number);
	return [BigInt.asIntN(64, x(0)), x(1), x(2), x(3)];
}

const METHODS = ["hvc", "smc"] as const;

describe.each(METHODS)("by %s", (method) => {
	it("a guest's command reaches the firmware by SMC, with its client ID in w7", () => {
		const { vm1, vm2, recorder } = machine({}, { clientId: 0xbeef });
		const place = { ...GUEST_TX, method };
		new Smt(vm1.guest, place).words(CLOCK, 0x6, u32(1));
		expect(recorder.calls).toEqual([
			{
				method: "smc",
				cpu: 0,
				x: [BELOW_TX.functionId, 0, 0, 0, 0, 0, 0, 1],
				header: headerOf(CLOCK, 0x6, 1),
				payload: u32(128),
			},
		]);
		recorder.calls = [];
		new Smt(vm2.guest, place).words(CLOCK, 0x6, u32(0));
		expect(recorder.calls.map(({ x }) => x)).toEqual([
			[0xc200_0104, 0, 0, 0, 0, 0, 0, 0xbeef],
		]);
	});

	it("other calls go on with the guest's parameters, the secure OS it names, and the client ID", () => {
		const { vm1, recorder } = machine();
		const words = [0x8200_ff01, 1, 2, 3, 4, 5, 6, 0x1234_5678];
		expect(call(vm1.guest, words, method)).toEqual([
			0x6e1d_3a5cn,
			0x0b4f_5c0an,
			0x1c6d_869an,
			0x482f_3e7bn,
		]);
		expect(recorder.calls.map(({ x }) => x)).toEqual([
			[0x8200_ff01, 1, 2, 3, 4, 5, 6, 0x1234_0001],
		]);
		// SMCCC: x4 to x17 are preserved.
		expect(vm1.guest.registers(0)[14]).toBe(0x1234_5678);
	});

	it("runs on the guest's CPU, and leaves the host's registers alone", () => {
		const { vm1, recorder, engine } = machine();
		for (const cpu of [0, 3]) engine.registers(cpu).fill(0x5a5a_0000 + cpu);
		vm1.smt.write(headerOf(CLOCK, 0x6), u32(1));
		expect(call(vm1.guest, [GUEST_TX.functionId], method, 3)[0]).toBe(0n);
		expect(recorder.calls.map(({ cpu }) => cpu)).toEqual([3]);
		for (const cpu of [0, 3])
			expect(new Set(engine.registers(cpu))).toEqual(
				new Set([0x5a5a_0000 + cpu]),
			);
	});

	it.each([
		["SMCCC_VERSION", [0x8000_0000], 0x1_0004n],
		["with the hint that SVE state may go", [0x8001_0000], 0x1_0004n],
		["ARCH_FEATURES of itself", [0x8000_0001, 0x8000_0001], 0n],
		["ARCH_FEATURES of the version", [0x8000_0001, 0x8000_0000], 0n],
		["ARCH_FEATURES of no workaround", [0x8000_0001, 0x8000_8000], -1n],
		["ARCH_FEATURES of another range", [0x8000_0001, 0x8400_0000], -1n],
		["PSCI_VERSION", [0x8400_0000], 0x1_0001n],
		["PSCI_FEATURES of PSCI_VERSION", [0x8400_000a, 0x8400_0000], 0n],
		["PSCI_FEATURES of SYSTEM_OFF", [0x8400_000a, 0x8400_0008], 0n],
		["PSCI_FEATURES of SMCCC_VERSION", [0x8400_000a, 0x8000_0000], 0n],
		["PSCI_FEATURES of CPU_ON", [0x8400_000a, 0xc400_0003], -1n],
		["call count: three queries, two channels", [0x8600_ff00], 5n],
		["revision", [0x8600_ff03], 1n],
		["CPU_ON", [0xc400_0003], -1n],
		["CPU_OFF", [0x8400_0002], -1n],
		["an unknown call of the hypervisor's", [0xc600_1234], -1n],
		["of the standard hypervisor service", [0xc500_0020], -1n],
		["reserved bits", [0x8002_0000], -1n],
		["an unknown SiP call", [0xc200_0999], -1n],
		["a yielding call", [0x0200_0000], -1n],
	] as const)("%s", (_, words, result) => {
		const { vm1 } = machine();
		expect(call(vm1.guest, words, method)[0]).toBe(result);
	});

	it("the UID is the hypervisor's own: 2f8b61d4-97c3-4e0a-b5d8-41e6a2709c3f", () => {
		const { vm1 } = machine();
		const words = call(vm1.guest, [0x8600_ff01], method);
		const bytes = words.flatMap((word) => u32(Number(word)));
		const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
		expect(hex.join("")).toBe("2f8b61d497c34e0ab5d841e6a2709c3f");
	});
});

it("every function ID of the platform's channels is NOT_SUPPORTED to a guest, and nothing reaches the firmware", () => {
	const { vm1, recorder } = machine();
	const ids = AGENTS.channels
		.map(({ functionId }) => functionId)
		.filter((id) => id >>> 24 === 0xc2);
	expect(ids).toContain(BELOW_TX.functionId);
	expect(ids).toContain(TX.functionId);
	for (const id of ids) {
		for (const word of [id, id | 0x1_0000])
			expect(call(vm1.guest, [word >>> 0])[0]).toBe(NOT_SUPPORTED);
	}
	expect(recorder.calls).toEqual([]);
});

it("the same function ID is another channel in another guest, and an own one does not exist elsewhere", () => {
	const { tx, rx } = imx8mmGuestChannels(1);
	const { vm1, vm2, recorder } = machine(
		{},
		{
			channels: {
				tx: { ...tx, functionId: 0xc600_0200 },
				rx: { ...rx, functionId: 0xc600_0201 },
			},
		},
	);
	vm1.smt.write(headerOf(CLOCK, 0x6), u32(1));
	expect(call(vm1.guest, [0xc600_0200])[0]).toBe(NOT_SUPPORTED);
	expect(call(vm2.guest, [0xc600_00fe])[0]).toBe(NOT_SUPPORTED);
	expect(vm1.smt.read(0n).channel).toBe(0);
	expect(recorder.calls).toEqual([]);
	expect(call(vm2.guest, [0xc600_0200])[0]).toBe(-2n);
});

describe("time", () => {
	it("a trap to EL2 costs its own, and the SMC behind it as well", () => {
		const { vm1, engine } = machine();
		const cost = (words: readonly number[]) => {
			const before = engine.timeNs;
			call(vm1.guest, words);
			return engine.timeNs - before;
		};
		expect(cost([0x8000_0000])).toBe(1000);
		expect(cost([0x8200_ff00])).toBe(2000);
		vm1.smt.write(headerOf(CLOCK, 0x6), u32(1));
		expect(cost([GUEST_TX.functionId])).toBe(2000);
	});
});

describe("the host", () => {
	it("keeps its own channels by SMC, and HVC that is not the hypervisor's goes on as client 0", () => {
		const { hypervisor, recorder } = machine();
		new Smt(hypervisor, TX).words(CLOCK, 0x6, u32(128));
		new Smt(hypervisor, { ...TX, method: "hvc" }).words(CLOCK, 0x6, u32(128));
		expect(recorder.calls.map(({ method, x }) => [method, x[0], x[7]])).toEqual(
			[
				["smc", TX.functionId, 0],
				["smc", TX.functionId, 0],
			],
		);
		expect(call(hypervisor, [0x8600_ff00])[0]).toBe(3n);
		expect(call(hypervisor, [0x8000_0000])[0]).toBe(0x1_0004n);
		expect(call(hypervisor, [0xc600_00fe])[0]).toBe(NOT_SUPPORTED);
	});
});

it("a guest's interrupts come when its trap is over, and leave its registers alone", () => {
	const { vm1, recorder } = machine();
	const seen: [number, number][] = [];
	vm1.guest.onInterrupt(115, () => {
		seen.push([115, vm1.smt.read(0n).channel]);
		// A call of the handler's own.
		vm1.guest.registers(0).fill(0);
		vm1.guest.registers(0)[0] = 0x8000_0000;
		vm1.guest.trap(0, "hvc");
	});
	vm1.guest.onInterrupt(116, () => seen.push([116, vm1.smt.read(0n).channel]));
	vm1.smt.expect(0x11, 0x6, u32(1, 1), []);
	recorder.calls = [];
	vm1.smt.write(headerOf(0x11, 0x4), u32(0, 1, 0), undefined, 1);
	expect(vm1.smt.trap()).toBe(0n);
	expect(seen).toEqual([
		[115, 1],
		[116, 1],
	]);
	// The command, and the platform's doorbell after its message.
	expect(recorder.calls.map(({ x }) => [x[0], x[7]])).toEqual([
		[BELOW_TX.functionId, 1],
		[BELOW_RX.functionId, 1],
	]);
	expect(vm1.inbox.all().map(({ payload }) => payload)).toEqual([u32(1, 1, 0)]);
});
