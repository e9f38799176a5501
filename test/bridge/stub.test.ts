// The firmware stubs in stock QEMU: their bytes, what they forward, their PSCI, several CPUs at once, faults.
// Follows the SMC Calling Convention 1.4 (Arm DEN 0028) and PSCI 1.1 (Arm DEN 0022).

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as layout from "../../host/bridge/qemu/guest-layout.ts";
import { STUB_EL2, STUB_EL3 } from "../../host/bridge/qemu/stub-bytes.ts";
import {
	type Answer,
	assemble,
	Machine,
	type MachineOptions,
	type SlotState,
	until,
} from "./stub-machine.ts";

const STUBS = {
	2: Buffer.from(STUB_EL2, "base64"),
	3: Buffer.from(STUB_EL3, "base64"),
};
const SLOW = 60_000;
const ENTRY = BigInt(layout.KERNEL_ADDRESS);

/** A function ID of a vendor's service, forwarded by every firmware. */
const SCMI = 0xc20000fen;
const SVE_HINT = 1n << 16n;
const SMC64 = 1n << 30n;

const SUCCESS = 0n;
const NOT_SUPPORTED = -1n;
const INVALID_PARAMETERS = -2n;
const ALREADY_ON = -4n;
const ON_PENDING = -5n;
const INVALID_ADDRESS = -9n;

const PSCI = 0x84000000n;
const CPU_SUSPEND = PSCI + 1n;
const CPU_OFF = PSCI + 2n;
const CPU_ON = PSCI + 3n + SMC64;
const AFFINITY_INFO = PSCI + 4n + SMC64;
const MIGRATE_INFO_TYPE = PSCI + 6n;
const SYSTEM_OFF = PSCI + 8n;
const SYSTEM_RESET = PSCI + 9n;
const PSCI_FEATURES = PSCI + 10n;
const SMCCC_VERSION = 0x80000000n;

const ON = 0n;
const OFF = 1n;

const EXCEPTION_CLASS_SHIFT = 26n;
const SMC_CLASS = 0x17n;
const HVC_CLASS = 0x16n;
const AARCH32_SMC_CLASS = 0x13n;

const source = fileURLToPath(
	new URL("../../host/bridge/qemu/stub.S", import.meta.url),
);

function start(
	options: Pick<MachineOptions, "el" | "gic" | "cpus"> &
		Partial<MachineOptions>,
): Promise<Machine> {
	return Machine.start({ stub: STUBS[options.el], ...options });
}

/** Values that differ in every register. */
function pattern(functionId: bigint): bigint[] {
	return Array.from({ length: 18 }, (_, i) =>
		i === 0 ? functionId : 0x0123_4567_0000_0000n + BigInt(i) * 0x11n,
	);
}

/** Up to 2 ms or so, at random. */
const DAWDLE = `
	mrs	x11, cntpct_el0
	ubfiz	w11, w11, #14, #6
	orr	w11, w11, #1
99:	sub	w11, w11, #1
	cbnz	w11, 99b
`;

/** A stub whose CPUs dawdle where another one may overtake them: behind each exclusive store. */
function dawdling(el: 2 | 3): Buffer {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-stub-"));
	const file = join(folder, "stub.S");
	const text = readFileSync(source, "utf8");
	writeFileSync(file, text.replace(/^\tcbnz\tw11, .*\n/gm, `$&${DAWDLE}`));
	try {
		return assemble(file, ["--defsym", `EL=${el}`]);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

describe("the bytes", () => {
	it.each([2, 3] as const)("of EL%i are what stub.S assembles to", (el) => {
		const bytes = assemble(source, ["--defsym", `EL=${el}`]);
		expect(STUBS[el].equals(bytes)).toBe(true);
		expect(bytes.length).toBeLessThanOrEqual(4096);
	});

	it("are what the script prints, head comment included", () => {
		const folder = new URL("../../host/bridge/qemu/", import.meta.url);
		const { stdout, stderr } = spawnSync("sh", ["assemble-stub.sh"], {
			cwd: fileURLToPath(folder),
			encoding: "utf8",
		});
		expect(stderr).toBe("");
		const kept = readFileSync(new URL("stub-bytes.ts", folder), "utf8");
		expect(stdout).toBe(kept);
	});

	it("use the memory map that the host uses", () => {
		const text = readFileSync(source, "latin1");
		const symbols = new Map(
			[...text.matchAll(/^\t\.equ\t(\w+), (0x\w+|\d+)\b(?!.*\+)/gm)].map(
				([, name, value]) => [name, Number(value)],
			),
		);
		const known: Record<string, number> = { ...layout };
		const shared = [...symbols.keys()].filter(
			(name) => name !== undefined && name in known,
		) as string[];
		expect(shared).toContain("SLOT_PENDING");
		for (const name of shared)
			expect([name, symbols.get(name)]).toEqual([name, known[name]]);
		expect(symbols.get("SHARED")).toBe(layout.REGION_BASE);
		expect(symbols.get("KERNEL")).toBe(layout.KERNEL_ADDRESS);
		expect(symbols.get("DTB")).toBe(layout.DTB_ADDRESS);
	});
});

describe.each([
	{ el: 3, gic: 2 },
	{ el: 3, gic: 3 },
	{ el: 2, gic: 2 },
	{ el: 2, gic: 3 },
] as const)("EL$el stub with GICv$gic", ({ el, gic }) => {
	let machine: Machine;
	const answering: Machine["handler"] = ({ registers, cpu }) => ({
		registers: [3n * (registers[1] as bigint) + BigInt(cpu)],
	});

	beforeAll(async () => {
		machine = await start({ el, gic, cpus: 4, reboot: true });
	}, SLOW);
	afterAll(() => machine?.stop());

	/** x0 of a PSCI or other call. */
	async function call(cpu: number, ...registers: bigint[]): Promise<bigint> {
		const [x0] = await machine.do(cpu, "smc", ...registers);
		return x0 as bigint;
	}

	/** Turns a CPU on and waits until it runs. */
	async function turnOn(cpu: number, context = 0n): Promise<void> {
		const starts = machine.starts(cpu);
		expect(await call(0, CPU_ON, BigInt(cpu), ENTRY, context)).toBe(SUCCESS);
		await until(`CPU ${cpu}`, () => machine.starts(cpu) === starts + 1);
	}

	async function turnOff(cpu: number): Promise<void> {
		machine.tell(cpu, "smc", [CPU_OFF]);
		const isOff = async () =>
			(await call(0, AFFINITY_INFO, BigInt(cpu))) === OFF;
		await until(`CPU ${cpu} to be off`, isOff);
	}

	/** Turns CPU 0's call into a wait for the host and gives the slot. */
	async function pendingCall(cpu: number, functionId = SCMI): Promise<void> {
		const before = machine.calls.length;
		machine.tell(cpu, "smc", pattern(functionId));
		await until("the doorbell", () => machine.calls.length > before);
	}

	it("starts the guest with the devicetree at the highest level that is the guest's", () => {
		expect(machine.context(0)).toBe(BigInt(layout.DTB_ADDRESS));
		expect(machine.level(0)).toBe(el === 3 ? 2 : 1);
	});

	it.each(el === 3 ? (["smc"] as const) : (["smc", "hvc"] as const))(
		"forwards all registers of %s and brings x0 to x3 back",
		async (conduit) => {
			let seen: SlotState | undefined;
			machine.handler = (slot) => {
				seen = slot;
				return { registers: [-1n, 0x1111n, 0x2222n, 0x3333n] };
			};
			const given = pattern(SCMI);
			const back = await machine.do(0, conduit, ...given);
			expect(back.slice(0, 4)).toEqual([-1n, 0x1111n, 0x2222n, 0x3333n]);
			expect(back.slice(4)).toEqual(given.slice(4));
			expect(machine.errors(0)).toBe(0);
			expect(seen).toMatchObject({
				registers: given,
				cpu: 0,
				fault: 0,
				pending: 1,
			});
			expect((seen as SlotState).esr >> EXCEPTION_CLASS_SHIFT).toBe(
				conduit === "smc" ? SMC_CLASS : HVC_CLASS,
			);
			// Stepped over: the instruction before is the call.
			expect(Number((seen as SlotState).spsr & 0xfn)).toBe(el === 3 ? 9 : 5);
			const call = machine.read32(Number(machine.slot(0).elr) - 4);
			if (conduit === "hvc") expect(call).toBe(0xd4000002);
			const { ticks, frequency } = machine.slot(0);
			expect(ticks / frequency).toBeGreaterThan(0);
			expect(ticks / frequency).toBeLessThan(10);
			expect(machine.slot(0).pending).toBe(0);
		},
		SLOW,
	);

	it.each([
		["SMCCC_VERSION", SMCCC_VERSION],
		["SMCCC_ARCH_FEATURES", SMCCC_VERSION + 1n],
		["with the SVE hint", SCMI | SVE_HINT],
		["TRNG_VERSION", PSCI + 0x50n],
		["the first beyond PSCI", PSCI + 0x20n],
		["the first beyond PSCI, 64-bit", PSCI + SMC64 + 0x20n],
		["a reserved bit in a PSCI number", PSCI + (1n << 17n)],
		["a yielding call", 0x0400_0000n],
		["a hypervisor's", 0xc600_0000n],
	])(
		"forwards %s",
		async (_, functionId) => {
			const before = machine.calls.length;
			machine.handler = () => ({ registers: [0x77n] });
			expect(await call(0, functionId)).toBe(0x77n);
			expect(machine.calls.length).toBe(before + 1);
			expect(machine.calls.at(-1)?.registers[0]).toBe(functionId);
		},
		SLOW,
	);

	it("forwards an SMC with another immediate than 0, even one that looks like PSCI", async () => {
		machine.handler = () => ({ registers: [0x78n] });
		const [x0] = await machine.do(0, "smcOther", PSCI);
		expect(x0).toBe(0x78n);
		expect((machine.calls.at(-1) as SlotState).esr & 0xffffn).toBe(7n);
	});

	describe("PSCI", () => {
		const everywhere: [string, bigint[], bigint][] = [
			["version", [PSCI], 0x10001n],
			["version, SVE hint", [PSCI | SVE_HINT], 0x10001n],
			["version, 64-bit", [PSCI | SMC64], NOT_SUPPORTED],
			["features: SMCCC_VERSION", [PSCI_FEATURES, SMCCC_VERSION], SUCCESS],
			["features: unknown", [PSCI_FEATURES, 0x8400001fn], NOT_SUPPORTED],
			["affinity of this CPU", [AFFINITY_INFO, 0n, 0n], ON],
			["affinity of a CPU that is off", [AFFINITY_INFO, 3n, 0n], OFF],
			["affinity of no CPU", [AFFINITY_INFO, 4n, 0n], INVALID_PARAMETERS],
			["on: no such CPU", [CPU_ON, 4n, ENTRY], INVALID_PARAMETERS],
			["on: no such CPU of ours", [CPU_ON, 9n, ENTRY], INVALID_PARAMETERS],
			["on: cluster 1", [CPU_ON, 0x101n, ENTRY], INVALID_PARAMETERS],
			["on: Aff3", [CPU_ON, 1n + (1n << 32n), ENTRY], INVALID_PARAMETERS],
			["on: itself", [CPU_ON, 0n, ENTRY], ALREADY_ON],
			["on: no memory there", [CPU_ON, 1n, 0x0900_0000n], INVALID_ADDRESS],
			["on: odd address", [CPU_ON, 1n, ENTRY + 2n], INVALID_ADDRESS],
			["migrate info type", [MIGRATE_INFO_TYPE], 2n],
			["freeze", [PSCI + 11n], NOT_SUPPORTED],
			["default suspend", [(PSCI + 12n) | SMC64], NOT_SUPPORTED],
			["system suspend", [PSCI + 14n], NOT_SUPPORTED],
			["the last of its range", [PSCI + 31n], NOT_SUPPORTED],
		];
		const ours: [string, bigint[], bigint][] = [
			["migrate", [PSCI + 5n], NOT_SUPPORTED],
			["migrate info CPU", [(PSCI + 7n) | SMC64], NOT_SUPPORTED],
			["off, 64-bit", [CPU_OFF | SMC64], NOT_SUPPORTED],
			["system off, 64-bit", [SYSTEM_OFF | SMC64], NOT_SUPPORTED],
			["reset 2", [(PSCI + 18n) | SMC64], NOT_SUPPORTED],
			["affinity of a level above", [AFFINITY_INFO, 0n, 1n], -2n],
			["affinity, 32-bit", [AFFINITY_INFO & ~SMC64, 3n, 0n], OFF],
			[
				"affinity, 32-bit, high halves ignored",
				[AFFINITY_INFO & ~SMC64, 3n + (7n << 32n), 5n << 32n],
				OFF,
			],
			["on: Aff2", [CPU_ON, 0x10001n, ENTRY], INVALID_PARAMETERS],
			["suspend: power down", [CPU_SUSPEND, 1n << 16n, ENTRY], -2n],
			["suspend: cluster", [CPU_SUSPEND, 1n << 24n], INVALID_PARAMETERS],
			["suspend: reserved bit", [CPU_SUSPEND, 1n << 31n], INVALID_PARAMETERS],
			["features: a forwarded one", [PSCI_FEATURES, SCMI], NOT_SUPPORTED],
			["features: other SMCCC", [PSCI_FEATURES, 0x80000001n], NOT_SUPPORTED],
		];
		it.each(el === 3 ? [...everywhere, ...ours] : everywhere)(
			"%s",
			async (_, registers, expected) => {
				const before = machine.calls.length;
				const rest = pattern(0n).slice(registers.length);
				const back = await machine.do(0, "smc", ...registers, ...rest);
				expect(back[0]).toBe(expected);
				expect(back.slice(registers.length)).toEqual(rest);
				expect(machine.calls.length).toBe(before);
			},
			SLOW,
		);

		if (el === 3)
			it(
				"features tell of exactly what works",
				async () => {
					const works = {
						32: [0, 1, 2, 3, 4, 6, 8, 9, 10],
						64: [1, 3, 4],
					};
					for (const width of [32, 64] as const) {
						const found: number[] = [];
						for (let i = 0; i < 32; i++) {
							const id = PSCI + BigInt(i) + (width === 64 ? SMC64 : 0n);
							const answer = await call(0, PSCI_FEATURES, id);
							expect([SUCCESS, NOT_SUPPORTED]).toContain(answer);
							if (answer === SUCCESS) found.push(i);
						}
						expect(found).toEqual(works[width]);
					}
				},
				SLOW,
			);

		it("answers ON_PENDING while a CPU is on its way", async () => {
			const state = layout.MAILBOXES + 2 * layout.MAILBOX_SIZE;
			const before = machine.read32(state);
			machine.write32(state, 2);
			expect(await call(0, CPU_ON, 2n, ENTRY)).toBe(ON_PENDING);
			if (el === 3) expect(await call(0, AFFINITY_INFO, 2n)).toBe(2n);
			machine.write32(state, before);
		});

		it(
			"turns a CPU on, off and on again",
			async () => {
				for (let i = 1; i <= 10; i++) {
					const context = 0xabcd_0000_0000_0000n + BigInt(i);
					await turnOn(1, context);
					expect(machine.context(1)).toBe(context);
					expect(machine.level(1)).toBe(el === 3 ? 2 : 1);
					expect(await call(0, AFFINITY_INFO, 1n)).toBe(ON);
					expect(await call(0, CPU_ON, 1n, ENTRY)).toBe(ALREADY_ON);
					machine.handler = answering;
					expect(await call(1, SCMI, 5n)).toBe(16n);
					expect(machine.calls.at(-1)?.cpu).toBe(1);
					await turnOff(1);
				}
			},
			SLOW,
		);

		it(
			"lets a 32-bit call turn a CPU on and two CPUs race for it",
			async () => {
				const narrow = CPU_ON & ~SMC64;
				const high = 0xffff_ffff_0000_0000n;
				expect(await call(0, narrow, 1n | high, ENTRY | high, 9n | high)).toBe(
					SUCCESS,
				);
				const starts = machine.starts(1);
				await until("CPU 1", () => machine.starts(1) > starts - 1);
				await until("its context", () => machine.context(1) === 9n);
				for (let i = 0; i < 10; i++) {
					const before = machine.starts(2);
					machine.tell(0, "smc", [CPU_ON, 2n, ENTRY, 100n]);
					machine.tell(1, "smc", [CPU_ON, 2n, ENTRY, 101n]);
					const [first] = await machine.told(0);
					const [second] = await machine.told(1);
					const winner = first === SUCCESS ? 100n : 101n;
					const lost = first === SUCCESS ? second : first;
					expect([first, second]).toContain(SUCCESS);
					expect([ALREADY_ON, ON_PENDING]).toContain(lost);
					await until("CPU 2", () => machine.starts(2) === before + 1);
					expect(machine.context(2)).toBe(winner);
					await turnOff(2);
				}
				await turnOff(1);
			},
			SLOW,
		);
	});

	it(
		"serves four CPUs at once, each correctly and none left behind",
		async () => {
			for (const cpu of [1, 2, 3]) await turnOn(cpu);
			const all = [0, 1, 2, 3];
			const count = 1000;
			const heard = machine.rings;
			const tickets = machine.read32(layout.LOCK);
			machine.handler = () => undefined;
			const burst = el === 3 ? "smcBurst" : "hvcBurst";
			for (const cpu of all) machine.tell(cpu, burst, pattern(SCMI), count);
			// The first waits for its answer until the others wait for their turn.
			const next = () => machine.read32(layout.LOCK);
			await until(
				"all to wait",
				() => machine.rings > heard && next() - tickets === all.length,
			);
			machine.handler = answering;
			const first = machine.calls.at(-1) as SlotState;
			const before = machine.calls.length - 1;
			machine.answer(first.cpu, answering(first) as Answer);
			await until("a burst", () => all.some((cpu) => !machine.isBusy(cpu)));
			const least = Math.min(...all.map((cpu) => machine.done(cpu)));
			for (const cpu of all) await machine.told(cpu);
			expect(all.map((cpu) => machine.errors(cpu))).toEqual([0, 0, 0, 0]);
			const calls = machine.calls.slice(before);
			for (const cpu of all)
				expect(calls.filter((call) => call.cpu === cpu).length).toBe(count);
			expect(least).toBeGreaterThan(count / 8);
		},
		SLOW,
	);

	it(
		"lets every CPU's interrupts through after calls of several at once",
		async () => {
			const stub = dawdling(el);
			const machine = await start({ el, gic, cpus: 4, stub });
			const all = [0, 1, 2, 3];
			const write = (cpu: number, address: number, value: number) =>
				machine.do(cpu, "write32", BigInt(address), BigInt(value));
			try {
				for (const cpu of all) {
					if (cpu > 0) await machine.do(0, "smc", CPU_ON, BigInt(cpu), ENTRY);
					await until(`CPU ${cpu}`, () => machine.starts(cpu) === 1);
					// SGI 1 is pending from now on, and let through to the CPU; it stays masked there.
					if (gic === 3) {
						const frame = 0x080b_0000 + cpu * 0x2_0000;
						await machine.do(cpu, "gicRegisters");
						await write(cpu, 0x0800_0000, 0x12);
						if (el === 2) await write(cpu, frame + 0x80, 0xffff_ffff);
						await write(cpu, frame + 0x400, 0xa0a0_a0a0);
						await write(cpu, frame + 0x100, 2);
						await write(cpu, frame + 0x200, 2);
					} else {
						await write(cpu, 0x0801_0004, 0xf0);
						await write(cpu, 0x0801_0000, 1);
						await write(cpu, 0x0800_0000, 1);
						await write(cpu, 0x0800_0400, 0xa0a0_a0a0);
						await write(cpu, 0x0800_0f00, 0x0200_0001);
					}
				}
				for (let round = 0; round < 50; round++) {
					for (const cpu of all)
						machine.tell(cpu, "smcBurst", pattern(SCMI), 1);
					for (const cpu of all) await machine.told(cpu);
					// Standby ends at once, unless something is before the interrupt.
					for (const cpu of all) machine.tell(cpu, "smc", [CPU_SUSPEND]);
					for (const cpu of all)
						expect((await machine.told(cpu))[0]).toBe(SUCCESS);
				}
			} finally {
				await machine.stop();
			}
		},
		SLOW,
	);

	it(
		"sleeps while calls wait, and while CPUs are off or in standby",
		async () => {
			// Three calls wait for the host, one behind the other, and CPU 3 is off.
			await turnOff(3);
			machine.handler = () => undefined;
			const before = machine.calls.length;
			for (const cpu of [0, 1, 2]) machine.tell(cpu, "smc", pattern(SCMI));
			await until("a doorbell", () => machine.calls.length > before);
			await sleep(200);
			expect(await machine.load(1000)).toBeLessThan(0.3);
			expect(machine.calls.length).toBe(before + 1);
			machine.handler = answering;
			machine.answer(machine.calls.at(-1)?.cpu as number, {
				registers: [0n],
			});
			for (const cpu of [0, 1, 2]) await machine.told(cpu);
			expect(machine.calls.length).toBe(before + 3);
			// All but CPU 0 are off, and that one is in standby for good.
			for (const cpu of [1, 2]) await turnOff(cpu);
			if (el === 2) return;
			machine.tell(0, "smc", [CPU_SUSPEND, 0n]);
			await sleep(200);
			expect(await machine.load(1000)).toBeLessThan(0.1);
			expect(machine.isBusy(0)).toBe(true);
			await machine.stop();
			machine = await start({ el, gic, cpus: 4, reboot: true });
		},
		SLOW,
	);

	it(
		"pends the interrupt that the host asks for, and ends standby with it",
		async () => {
			const pended = async (intid: number) => {
				const word = 0x0800_0200 + (intid >> 5) * 4;
				const [bits] = await machine.do(0, "read32", BigInt(word));
				return ((bits as bigint) >> BigInt(intid & 31)) & 1n;
			};
			const write = (address: number, value: number) =>
				machine.do(0, "write32", BigInt(address), BigInt(value));
			// The guest lets the interrupt through to CPU 0, as an operating system does; it stays masked there.
			if (gic === 3) {
				await machine.do(0, "gicRegisters");
				await write(0x0800_0000, 0x12);
				await write(0x0800_6000 + 100 * 8, 0);
			} else {
				await write(0x0801_0004, 0xf0);
				await write(0x0801_0000, 1);
				await write(0x0800_0000, 1);
				await write(0x0800_0800 + 100, 1);
			}
			if (el === 2 && gic === 3) await write(0x0800_0080 + 12, 0xffff_ffff);
			await write(0x0800_0100 + 12, 1 << 4);

			for (const spi of [0, 1, 31, 1020, 0xffff_ffff]) {
				machine.handler = () => ({ registers: [0n], spi });
				expect(await call(0, SCMI)).toBe(0n);
			}
			expect(await pended(100)).toBe(0n);
			machine.handler = () => ({ registers: [0n], spi: 100 });
			await call(0, SCMI);
			expect(await pended(100)).toBe(1n);
			machine.handler = answering;
			await call(0, SCMI);
			expect(await pended(100)).toBe(1n);
			expect(await pended(99)).toBe(0n);
			// Standby ends at once while it is pending.
			expect(await call(0, CPU_SUSPEND, 0n, 0n, 0n)).toBe(SUCCESS);
			// A pending interrupt of the guest neither disturbs a call nor keeps the host's CPU busy.
			machine.handler = () => undefined;
			await pendingCall(0);
			expect(await machine.load(500)).toBeLessThan(0.3);
			machine.handler = answering;
			machine.answer(0, { registers: [0x99n] });
			expect((await machine.told(0))[0]).toBe(0x99n);
		},
		SLOW,
	);

	it(
		"takes no byte for an answer before the host has answered",
		async () => {
			machine.handler = () => undefined;
			await pendingCall(0);
			machine.ring();
			machine.ring();
			await sleep(50);
			expect(machine.isBusy(0)).toBe(true);
			expect(machine.slot(0).pending).toBe(1);
			machine.answer(0, { registers: [0x55n] });
			expect((await machine.told(0))[0]).toBe(0x55n);
			// Left-over bytes do not answer the next call either.
			machine.ring();
			await pendingCall(0);
			await sleep(50);
			expect(machine.isBusy(0)).toBe(true);
			machine.answer(0, { registers: [0x56n] });
			expect((await machine.told(0))[0]).toBe(0x56n);
		},
		SLOW,
	);

	it(
		"rings again for a byte that is no answer, because its doorbell may be lost",
		async () => {
			machine.handler = () => undefined;
			await pendingCall(0);
			machine.handler = answering;
			machine.ring();
			expect((await machine.told(0))[0]).toBe(
				3n * (pattern(SCMI)[1] as bigint),
			);
			// Not for every call from now on.
			const before = machine.rings;
			for (let i = 0n; i < 20n; i++)
				expect(await call(0, SCMI, i)).toBe(3n * i);
			expect(machine.rings - before).toBeLessThan(30);
		},
		SLOW,
	);

	it(
		"lets another host finish a call",
		async () => {
			machine.handler = () => undefined;
			// Dead before it answered, or between the answer and the byte.
			for (const answered of [false, true]) {
				await pendingCall(0);
				if (answered) machine.answer(0, { registers: [0x66n] }, false);
				const before = machine.rings;
				machine.hangUp();
				await until("QEMU to connect again", () => machine.isConnected);
				if (!answered) {
					await until("the doorbell", () => machine.rings > before);
					machine.answer(0, { registers: [0x66n] });
				}
				expect((await machine.told(0))[0]).toBe(0x66n);
			}
			machine.handler = answering;
			expect(await call(0, SCMI, 4n)).toBe(12n);
		},
		SLOW,
	);

	it("powers off", async () => {
		machine.tell(0, "smc", [SYSTEM_OFF]);
		expect(await machine.ended).toBe(0);
	});
});

describe("other machines", () => {
	it.each([
		{ el: 3, gic: 2, cpu: "cortex-a72", cpus: 8 },
		{ el: 3, gic: 3, cpu: "max", cpus: 8 },
		{ el: 3, gic: 3, cpu: "max", cpus: 2, virtualization: false },
		{ el: 3, gic: 2, cpu: "cortex-a72", cpus: 1, virtualization: false },
		{ el: 2, gic: 2, cpu: "max", cpus: 8 },
		{ el: 2, gic: 3, cpu: "max", cpus: 8 },
	] as const)(
		"$cpus × $cpu, EL$el stub, GICv$gic",
		async (options) => {
			const machine = await start(options);
			try {
				const { cpus, el } = options;
				const level = el === 3 && !("virtualization" in options) ? 2 : 1;
				expect(machine.level(0)).toBe(level);
				for (let cpu = 1; cpu < cpus; cpu++) {
					const id = BigInt(cpu);
					const [x0] = await machine.do(0, "smc", CPU_ON, id, ENTRY, id);
					expect(x0).toBe(SUCCESS);
					await until(`CPU ${cpu}`, () => machine.starts(cpu) === 1);
					expect(machine.level(cpu)).toBe(level);
				}
				const [none] = await machine.do(0, "smc", CPU_ON, BigInt(cpus), ENTRY);
				expect(none).toBe(INVALID_PARAMETERS);
				const all = Array.from({ length: cpus }, (_, cpu) => cpu);
				for (const cpu of all) machine.tell(cpu, "smcBurst", pattern(SCMI), 50);
				for (const cpu of all) await machine.told(cpu);
				expect(all.map((cpu) => machine.errors(cpu))).toEqual(all.map(() => 0));
			} finally {
				await machine.stop();
			}
		},
		SLOW,
	);

	it.each([2, 3] as const)(
		"starts afresh after a reset, EL%i stub",
		async (el) => {
			const machine = await start({ el, gic: 3, cpus: 2, reboot: true });
			try {
				for (let round = 1; round <= 3; round++) {
					await machine.do(0, "smc", CPU_ON, 1n, ENTRY, BigInt(round));
					await until("CPU 1", () => machine.starts(1) === round);
					// The other CPU is in the middle of a call.
					machine.handler = () => undefined;
					const before = machine.calls.length;
					machine.tell(1, "smc", pattern(SCMI));
					await until("a call", () => machine.calls.length > before);
					machine.tell(0, "smc", [SYSTEM_RESET]);
					await until("the reset", () => machine.starts(0) === round + 1);
					expect(machine.slot(1).pending).toBe(0);
				}
			} finally {
				await machine.stop();
			}
		},
		SLOW,
	);
});

describe("a fault", () => {
	it.each([2, 3] as const)(
		"of the guest is reported and stops its CPU only, GICv%i",
		async (gic) => {
			const machine = await start({ el: 3, gic, cpus: 2 });
			try {
				await machine.do(0, "smc", CPU_ON, 1n, ENTRY);
				await until("CPU 1", () => machine.starts(1) === 1);
				machine.tell(1, "aarch32");
				await until("the fault", () => machine.calls.length === 1);
				const slot = machine.calls[0] as SlotState;
				expect(slot).toMatchObject({ cpu: 1, fault: 9, pending: 1 });
				expect(slot.esr >> EXCEPTION_CLASS_SHIFT).toBe(AARCH32_SMC_CLASS);
				expect(machine.read32(Number(slot.elr) - 4)).toBe(0xe1600070);
				const [x0] = await machine.do(0, "smc", SCMI, 7n);
				expect(x0).toBe(21n);
				await sleep(100);
				expect(machine.calls.length).toBe(2);
				expect(machine.isBusy(1)).toBe(true);
			} finally {
				await machine.stop();
			}
		},
		SLOW,
	);

	it.each([2, 3] as const)(
		"of the EL%i stub itself is reported",
		async (el) => {
			// A stub whose CPU_ON, or QEMU's PSCI, is no instruction.
			const stub = Buffer.from(STUBS[el]);
			const victim = el === 2 ? 0xd4000003 : 0x885ffd2a;
			let patched = -1;
			for (let at = 0; at < stub.length && patched < 0; at += 4)
				if (stub.readUInt32LE(at) === victim) patched = at;
			stub.writeUInt32LE(0, patched);
			const machine = await start({ el, gic: 3, cpus: 2, stub });
			try {
				machine.tell(0, "smc", [...(el === 2 ? [PSCI] : [CPU_ON, 1n, ENTRY])]);
				await until("the fault", () => machine.calls.length === 1);
				const slot = machine.calls[0] as SlotState;
				expect(slot).toMatchObject({ cpu: 0, fault: 5, pending: 1 });
				expect(slot.elr).toBe(BigInt(patched));
				await sleep(100);
				expect(machine.calls.length).toBe(1);
			} finally {
				await machine.stop();
			}
		},
		SLOW,
	);
});
