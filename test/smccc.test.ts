// The trap: which function IDs are served at which exception level, what comes back in which register.
// SMCCC 1.4 (Arm DEN0028), sections 2.5, 2.7, 2.9, 5 and 7; PSCI 1.1 (Arm DEN0022), section 5.

import { describe, expect, it } from "vitest";
import { callerOf } from "../host/engine.ts";
import type { Firmware } from "../host/firmware.ts";
import type { Method } from "../host/mailbox/conduit.ts";
import { createEngine } from "../host/node.ts";
import { imx8mmWith } from "../host/platform/imx8mm/agents.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { firmwares } from "./support/firmwares.ts";
import { BASE, CLOCK, headerOf, Smt, u32 } from "./support/smt.ts";

const NOT_SUPPORTED = 0xffff_ffff_ffff_ffffn;
const GARBAGE = 0xdead_beef_0000_0000n;

/** Traps with these registers from x0 up, all others holding their own number times 0x1111111111111111; returns x0..x17. */
function trap(
	firmware: Firmware,
	method: Method,
	registers: readonly bigint[],
	cpu = 0,
): bigint[] {
	const words = firmware.registers(cpu);
	for (let i = 0; i < 18; i++) {
		const value = registers[i] ?? filler(i);
		words[2 * i] = Number(value & 0xffff_ffffn);
		words[2 * i + 1] = Number(value >> 32n);
	}
	const result = firmware.trap(cpu, method);
	const after = Array.from({ length: 18 }, (_, i) => {
		const [low, high] = [words[2 * i], words[2 * i + 1]] as [number, number];
		return (BigInt(high) << 32n) | BigInt(low);
	});
	expect(BigInt.asIntN(32, after[0] as bigint)).toBe(BigInt(result));
	return after;
}

function filler(register: number): bigint {
	return BigInt(register % 16) * 0x1111_1111_1111_1111n;
}

function x0(
	firmware: Firmware,
	method: Method,
	...registers: readonly bigint[]
): bigint {
	return trap(firmware, method, registers)[0] as bigint;
}

describe.each(firmwares)("SMCCC function IDs, $name", ({ create }) => {
	const firmware = create();

	it.each([
		["smc", 0xc200_00fen],
		["smc", 0xc200_00ffn],
		["hvc", 0xc600_00fen],
		["hvc", 0xc600_00ffn],
		// Passed on by EL2.
		["hvc", 0xc200_00fen],
		["hvc", 0xc200_00ffn],
	] as const)("%s %i reaches a free mailbox channel", (method, id) => {
		expect(x0(firmware, method, id)).toBe(BigInt.asUintN(64, -2n));
	});

	it.each([
		["the SMC32 twin of a channel", "smc", 0x8200_00fen],
		["a yielding call", "smc", 0x4200_00fen],
		["a yielding 32-bit call", "smc", 0x0200_00fen],
		["another number", "smc", 0xc200_00fdn],
		["the hypervisor's channel by SMC", "smc", 0xc600_00fen],
		["the standard hypervisor service", "hvc", 0xc500_0020n],
		["PSCI CPU_ON", "smc", 0xc400_0003n],
		["PSCI SYSTEM_RESET", "smc", 0x8400_0009n],
		["function ID 0", "smc", 0n],
		["all ones", "smc", 0xffff_ffffn],
	] as const)("%s is NOT_SUPPORTED", (_, method, id) => {
		expect(x0(firmware, method, id)).toBe(NOT_SUPPORTED);
	});

	it("masks bit 16, the SVE hint, before the lookup", () => {
		expect(x0(firmware, "smc", 0x8001_0000n)).toBe(0x1_0004n);
		expect(x0(firmware, "hvc", 0x8001_0000n)).toBe(0x1_0004n);
		expect(x0(firmware, "smc", 0xc201_00fen)).toBe(BigInt.asUintN(64, -2n));
		const smt = new Smt(firmware, {
			address: 0x93f000,
			size: 0x200,
			functionId: 0xc201_00fe,
			method: "smc",
		});
		smt.expect(BASE, 0x1, [], u32(0x0102));
	});

	it.each([17, 18, 19, 20, 21, 22, 23])(
		"a fast call with bit %i set is NOT_SUPPORTED and serves nothing",
		(bit) => {
			const smt = new Smt(firmware);
			smt.write(headerOf(BASE, 0), []);
			const id = 0xc200_00fen | (1n << BigInt(bit));
			expect(x0(firmware, "smc", id)).toBe(NOT_SUPPORTED);
			expect(x0(firmware, "smc", id | 0x1_0000n)).toBe(NOT_SUPPORTED);
			expect(smt.view.getUint32(4, true)).toBe(0);
			expect(x0(firmware, "smc", 0x8000_0000n | (1n << BigInt(bit)))).toBe(
				NOT_SUPPORTED,
			);
			expect(smt.trap()).toBe(0n);
		},
	);

	it("has no services of other owners", () => {
		for (let owner = 0n; owner < 64n; owner++) {
			for (const convention of [0x8000_0000n, 0xc000_0000n, 0n, 0x4000_0000n]) {
				for (const number of [0x20n, 0xfdn, 0x100n, 0xff02n, 0xffffn]) {
					const id = convention | (owner << 24n) | number;
					expect(x0(firmware, "smc", id)).toBe(NOT_SUPPORTED);
					expect(x0(firmware, "hvc", id)).toBe(NOT_SUPPORTED);
				}
			}
		}
	});

	it("looks at the function ID's 32 bits only", () => {
		expect(x0(firmware, "smc", 0x8000_0000n | GARBAGE)).toBe(0x1_0004n);
		expect(x0(firmware, "smc", 0xc200_00fen | GARBAGE)).toBe(
			BigInt.asUintN(64, -2n),
		);
	});
});

describe.each(firmwares)("SMCCC services, $name", ({ create }) => {
	const firmware = create();

	it.each(["smc", "hvc"] as const)("%s: SMCCC_VERSION is 1.4", (method) => {
		expect(x0(firmware, method, 0x8000_0000n)).toBe(0x1_0004n);
	});

	it.each(["smc", "hvc"] as const)("%s: PSCI_VERSION is 1.1", (method) => {
		expect(x0(firmware, method, 0x8400_0000n)).toBe(0x1_0001n);
	});

	it.each([
		["SMCCC_VERSION", 0x8000_0000n, 0n],
		["SMCCC_ARCH_FEATURES", 0x8000_0001n, 0n],
		["SMCCC_ARCH_SOC_ID", 0x8000_0002n, NOT_SUPPORTED],
		["SMCCC_ARCH_WORKAROUND_1", 0x8000_8000n, NOT_SUPPORTED],
		["SMCCC_ARCH_WORKAROUND_3", 0x8000_3fffn, NOT_SUPPORTED],
		["PSCI_VERSION, no architecture call", 0x8400_0000n, NOT_SUPPORTED],
		["the mailbox, no architecture call", 0xc200_00fen, NOT_SUPPORTED],
	] as const)("ARCH_FEATURES of %s", (_, id, answer) => {
		for (const method of ["smc", "hvc"] as const) {
			expect(x0(firmware, method, 0x8000_0001n, id)).toBe(answer);
			// A 32-bit call: upper halves of its arguments count for nothing.
			expect(x0(firmware, method, 0x8000_0001n, id | GARBAGE)).toBe(answer);
		}
	});

	it.each([
		["PSCI_VERSION", 0x8400_0000n, 0n],
		["PSCI_FEATURES", 0x8400_000an, 0n],
		["SMCCC_VERSION", 0x8000_0000n, 0n],
		["CPU_SUSPEND", 0x8400_0001n, NOT_SUPPORTED],
		["CPU_OFF", 0x8400_0002n, NOT_SUPPORTED],
		["CPU_ON", 0xc400_0003n, NOT_SUPPORTED],
		["SYSTEM_RESET2", 0x8400_0012n, NOT_SUPPORTED],
		["SMCCC_ARCH_FEATURES, no PSCI call", 0x8000_0001n, NOT_SUPPORTED],
		["the mailbox, no PSCI call", 0xc200_00fen, NOT_SUPPORTED],
	] as const)("PSCI_FEATURES of %s", (_, id, answer) => {
		for (const method of ["smc", "hvc"] as const) {
			expect(x0(firmware, method, 0x8400_000an, id)).toBe(answer);
			expect(x0(firmware, method, 0x8400_000an, id | GARBAGE)).toBe(answer);
		}
	});

	it("SiP call count: three queries and two channels", () => {
		expect(x0(firmware, "smc", 0x8200_ff00n)).toBe(5n);
	});

	it("SiP UID: sixteen bytes in w0..w3, the first in the lowest bits of w0", () => {
		const registers = trap(firmware, "smc", [0x8200_ff01n]);
		const bytes = registers
			.slice(0, 4)
			.flatMap((x) => u32(Number(x & 0xffff_ffffn)));
		const hex = bytes.map((b) => b.toString(16).padStart(2, "0")).join("");
		expect(hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")).toBe(
			"5c3a1d6e-0a5c-4f0b-9a86-6d1c7b3e2f48",
		);
		for (const x of registers.slice(1, 4)) expect(x >> 32n).toBe(0n);
	});

	it("SiP revision: major in w0, minor in w1", () => {
		const [major, minor] = trap(firmware, "smc", [0x8200_ff03n]);
		expect([major, minor]).toEqual([1n, 0n]);
	});
});

describe.each(firmwares)("SMCCC registers, $name", ({ create }) => {
	const firmware = create();

	it.each([
		["smc", 0x8000_0000n],
		["hvc", 0x8000_0000n],
		["smc", 0x8200_ff01n],
		["smc", 0x8400_000an],
		["smc", 0xc200_00fen],
		["smc", 0xc200_1234n],
	] as const)("%s %i preserves x4 to x17", (method, id) => {
		const after = trap(firmware, method, [id]);
		expect(after.slice(4)).toEqual(
			Array.from({ length: 14 }, (_, i) => filler(i + 4)),
		);
	});

	it("has registers of their own for each CPU", () => {
		expect(firmware.cpus).toBe(4);
		for (let cpu = 0; cpu < 4; cpu++) firmware.registers(cpu).fill(cpu + 1);
		firmware.registers(2)[0] = 0x8400_0000;
		expect(firmware.trap(2, "smc")).toBe(0x1_0001);
		expect([...firmware.registers(2).subarray(0, 2)]).toEqual([0x1_0001, 0]);
		for (const cpu of [0, 1, 3]) {
			expect([...firmware.registers(cpu)]).toEqual(
				new Array<number>(36).fill(cpu + 1),
			);
		}
	});

	it("serves the same channel from every CPU", () => {
		const smt = new Smt(firmware);
		for (let cpu = 0; cpu < 4; cpu++) {
			smt.write(headerOf(BASE, 0), []);
			expect(smt.trap(cpu)).toBe(0n);
			expect(smt.read(0n).payload).toEqual(u32(0, 0x20001));
		}
	});

	it("costs the platform's trap time, whatever the answer", () => {
		const before = firmware.timeNs;
		x0(firmware, "smc", 0x8000_0000n);
		x0(firmware, "smc", 0x1234n);
		expect(firmware.timeNs - before).toBe(2000);
	});
});

describe.each(firmwares)("EL2 without pass-on, $name", ({ create }) => {
	const firmware = create({ ...IMX8MM, hypervisorPassesOn: false });

	it.each([
		["the firmware's channel", 0xc200_00fen, NOT_SUPPORTED],
		["SiP revision", 0x8200_ff03n, NOT_SUPPORTED],
		["its own channel", 0xc600_00fen, BigInt.asUintN(64, -2n)],
		["SMCCC_VERSION", 0x8000_0000n, 0x1_0004n],
		["PSCI_VERSION", 0x8400_0000n, 0x1_0001n],
	] as const)("HVC of %s", (_, id, answer) => {
		expect(x0(firmware, "hvc", id)).toBe(answer);
	});

	it("SMC is not the hypervisor's business", () => {
		expect(x0(firmware, "smc", 0x8200_ff03n)).toBe(1n);
		expect(x0(firmware, "smc", 0xc600_00fen)).toBe(NOT_SUPPORTED);
	});
});

describe("the engine's trap", () => {
	const engine = createEngine();

	it.each([4, 5, 16, 255])("CPU %i does not exist", (cpu) => {
		expect(engine.trap(cpu, "smc")).toBe(-1);
		expect(() => engine.registers(cpu)).toThrow(
			expect.objectContaining({ code: "UNKNOWN_NAME" }),
		);
	});

	it.each([-1, 0.5])("CPU %d has no registers", (cpu) => {
		expect(() => engine.registers(cpu)).toThrow(
			expect.objectContaining({ code: "UNKNOWN_NAME" }),
		);
	});

	it.each([0, 1, 4, 0xffff_ffff])(
		"exception level %i serves nothing",
		(level) => {
			engine.registers(0).fill(0);
			engine.registers(0)[0] = 0x8000_0000;
			expect(engine.rawTrap(0, level)).toBe(-1);
		},
	);
});

describe("the engine's call", () => {
	const TX = 0xc200_00fe;

	/** x0 as `call` returns it, with the CPU's own x0 as it was. */
	function call(
		engine: ReturnType<typeof createEngine>,
		method: Method,
		functionId: number,
		cpu = 0,
	): number {
		const registers = engine.registers(cpu);
		registers.fill(0x5a5a_5a5a, 0, 2);
		const result = engine.rawCall(functionId, callerOf(cpu, method));
		expect([registers[0], registers[1]]).toEqual([0x5a5a_5a5a, 0x5a5a_5a5a]);
		return result;
	}

	it.each([
		["smc", 0x8000_0000],
		["smc", 0x8400_0000],
		["smc", 0x8200_ff01],
		["hvc", 0x8600_ff01],
		["hvc", TX],
		["smc", 0x1234],
		["hvc", 0xc600_00ff],
	] as const)("%s %i does what its trap does", (method, functionId) => {
		const [called, trapped] = [createEngine(), createEngine()];
		trapped.registers(2)[0] = functionId;
		const result = trapped.trap(2, method);
		expect(call(called, method, functionId, 2)).toBe(result);
		expect(called.registers(2).slice(2)).toEqual(trapped.registers(2).slice(2));
		expect(called.timeNs).toBe(trapped.timeNs);
	});

	it("has its arguments behind the function ID in the registers", () => {
		const engine = createEngine();
		engine.registers(0)[2] = 0x8000_0000;
		expect(call(engine, "smc", 0x8400_000a)).toBe(0);
		engine.registers(0)[2] = 0x1234;
		expect(call(engine, "smc", 0x8400_000a)).toBe(-1);
	});

	it("answers messages, by whichever CPU", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		for (const cpu of [0, 0, 3, 0]) {
			smt.write(headerOf(CLOCK, 0x6), u32(128));
			expect(call(engine, "smc", TX, cpu)).toBe(0);
			expect(smt.read(0n).payload).toEqual(u32(0, 24_000_000, 0));
		}
		expect(call(engine, "smc", TX)).toBe(-2);
	});

	it("comes from the world that its caller says", () => {
		const engine = createEngine(imx8mmWith(["linux", "tee"]));
		const secure = engine.platform.channels.find(({ secure }) => secure);
		const functionId = secure?.functionId ?? 0;
		engine.setSecure(0, true);
		expect(engine.rawCall(functionId, callerOf(0, "smc"))).toBe(-1);
		engine.setSecure(0, false);
		expect(engine.rawCall(functionId, callerOf(0, "smc", true))).toBe(-2);
	});

	it.each([
		["a CPU that does not exist", callerOf(4, "smc")],
		["the last CPU that can be told", 0xffff_0003],
		["nobody", 0xffff_ffff],
		["exception level 0", 0],
		["exception level 4", 4],
	])("%s is served nothing", (_, caller) => {
		const engine = createEngine();
		const smt = new Smt(engine);
		smt.write(headerOf(CLOCK, 0x6), u32(128));
		expect(call(engine, "smc", TX)).toBe(0);
		// The agent's negotiation makes the engine forget the last call.
		smt.write(headerOf(CLOCK, 0x10), u32(0x2_0000));
		expect(call(engine, "smc", TX)).toBe(0);
		smt.write(headerOf(CLOCK, 0x6), u32(128));
		for (const functionId of [TX, 0, 0x8000_0000]) {
			expect(engine.rawCall(functionId, caller)).toBe(-1);
			expect(smt.view.getUint32(0x04, true)).toBe(0);
		}
		expect(call(engine, "smc", TX)).toBe(0);
		expect(smt.read(0n).payload).toEqual(u32(0, 24_000_000, 0));
	});
});
