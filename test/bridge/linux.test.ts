// An unmodified Linux kernel in stock QEMU on the engine: what Linux printed, and what it left in the engine's registers.
// Debian's own arm64 kernels 6.1 and 6.12, by SMC and HVC, on one and four CPUs, with both ways of completion.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { reconnectOption } from "../../host/bridge/qemu/command.ts";
import type { Guest } from "../../host/bridge/qemu/guest.ts";
import {
	checkBusybox,
	checkKernel,
	type DebianGuest,
	debianGuest,
} from "../../host/bridge/qemu/guest-files.ts";
import { guestWords } from "../../host/bridge/qemu/guest-init.ts";
import { guestInitramfs } from "../../host/bridge/qemu/initramfs.ts";
import {
	type RunOptions,
	type RunReport,
	runGuest,
} from "../../host/bridge/qemu/run.ts";
import { userCacheFolder } from "../../host/debian.ts";
import type { Engine } from "../../host/engine.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { VERSION_SETS } from "../../host/platform/platform.ts";

const MINUTE = 60_000;

function imagesOf(debian: DebianGuest): {
	kernel: Uint8Array;
	initrd: Uint8Array;
} {
	const busybox = checkBusybox(debian.busybox);
	return {
		kernel: checkKernel(debian.kernel).bytes,
		initrd: guestInitramfs({ busybox }),
	};
}

/** Folders of guests that are still there. */
function leftovers(): string[] {
	return [tmpdir(), "/dev/shm"].flatMap((folder) =>
		readdirSync(folder)
			.filter((name) => name.startsWith("scmi-cosim-guest-"))
			.map((name) => `${folder}/${name}`),
	);
}

let images: { kernel: Uint8Array; initrd: Uint8Array };

beforeAll(async () => {
	images = imagesOf(await debianGuest({ cache: userCacheFolder() }));
}, 5 * MINUTE);

interface Run {
	report: RunReport;
	engine: Engine;
}

async function run(options: Partial<RunOptions> = {}): Promise<Run> {
	let guest: Guest | undefined;
	const report = await runGuest({
		...images,
		timeoutMs: 2 * MINUTE,
		...options,
		onStart: (started) => {
			guest = started;
		},
	});
	return { report, engine: (guest as Guest).engine };
}

/** A composite slice's mux, prediv and postdiv, from its register (CCM_TARGET_ROOT). */
function slice(engine: Engine, address: number): [number, number, number] {
	const value = engine.read32(address);
	return [(value >>> 24) & 7, ((value >>> 16) & 7) + 1, (value & 0x3f) + 1];
}

function expectLinuxUsedIt({ report, engine }: Run): void {
	expect(report.booted).toBe(true);
	expect(report.guest.faults).toEqual([]);
	expect(report.differences).toEqual([]);
	// The drivers probed: one instance for power domains, one for clocks.
	const log = report.guest.messages.join("\n");
	expect(log).toMatch(
		/SCMI Protocol v2\.0 'scmi-cosim:imx8mm' Firmware version 0x1/,
	);
	expect(log).not.toMatch(/arm-scmi.*(fail|timed out|error)/i);
	// Every clock of the platform under its own name.
	const seen = new Map(report.clocks.map((clock) => [clock.name, clock]));
	for (const { name } of IMX8MM.clocks) expect(seen.has(name), name).toBe(true);
	expect(seen.get("osc_24m")?.rate).toBe(24_000_000);
	expect(seen.get("sys_pll1_800m")?.rate).toBe(800_000_000);
	expect(seen.get("arm")?.rate).toBe(1_200_000_000);
	const domains = report.powerDomains.map(({ name }) => name).sort();
	expect(domains).toEqual(IMX8MM.powerDomains.map(({ name }) => name).sort());
	// What Linux set by assigned-clock-rates is in force in the registers.
	expect(seen.get("pwm1")?.rate).toBe(12_000_000);
	expect(slice(engine, 0x3038_b380)).toEqual([0, 1, 2]);
	expect(seen.get("i2c4")?.rate).toBe(6_000_000);
	expect(slice(engine, 0x3038_ae80)).toEqual([0, 1, 4]);
	expect(engine.read32(0x3036_0004)).toBe((655 << 12) | (5 << 4) | 3);
	expect(engine.read32(0x3036_0008)).toBe(23593);
	// Its AMBA devices hold their clocks and domains.
	expect(seen.get("pwm1_root_clk")?.enableCount).toBeGreaterThan(0);
	expect(engine.read32(0x3038_4280) & 3).toBe(3);
	expect(report.powerDomains.find(({ name }) => name === "gpumix")?.on).toBe(
		true,
	);
}

describe("Debian's own kernel", () => {
	it.each([
		["smc", 1, "return"],
		["smc", 4, "interrupt"],
		["hvc", 1, "interrupt"],
		["hvc", 4, "return"],
	] as const)(
		"boots by %s on %i CPUs, completion by %s",
		async (conduit, cpus, completion) => {
			const result = await run({ conduit, cpus, completion });
			expectLinuxUsedIt(result);
			expect(result.report.cpus).toBe(cpus);
			const interrupts = result.report.guest.interrupts
				.flatMap(({ counts }) => counts)
				.reduce((sum, n) => sum + n, 0);
			if (completion === "interrupt") expect(interrupts).toBeGreaterThan(1000);
			else expect(interrupts).toBe(0);
			expect(result.report.throughput).toBeNull();
			expect(leftovers()).toEqual([]);
		},
		3 * MINUTE,
	);

	it(
		"answers several CPUs at once, each correctly",
		async () => {
			const { report } = await run({
				cpus: 4,
				append: `quiet ${guestWords({ rebind: 3, bench: 2 })}`,
			});
			const { bench, rebind } = report.guest;
			expect(bench?.all?.cpus).toBe(4);
			expect(bench?.all?.calls).toBeGreaterThan(100);
			expect([bench?.one, bench?.all, rebind?.readers]).toEqual(
				[1, 2, 3].map(() =>
					expect.objectContaining({ errors: 0, mismatches: 0 }),
				),
			);
			expect(rebind?.devices.map(({ errors }) => errors)).not.toContain(1);
			// Calls back to back, counted while the kernel printed its clock tree.
			const { throughput } = report;
			expect(throughput?.calls).toBeGreaterThan(1000);
			expect(throughput?.calls).toBeLessThan(report.messages);
			expect(throughput?.seconds).toBeGreaterThanOrEqual(2);
			expect(throughput?.callsPerSecond).toBeGreaterThan(100);
			expect(throughput?.roundTripUs?.p50).toBeGreaterThan(0);
			expect(report.guest.faults).toEqual([]);
			expect(report.differences).toEqual([]);
		},
		3 * MINUTE,
	);

	it(
		"takes CPU 1 off line and back",
		async () => {
			const { report } = await run({
				cpus: 2,
				append: `quiet ${guestWords({ hotplug: true })}`,
			});
			expect(report.guest.hotplug).toMatchObject({
				ok: true,
				off: "0",
				on: "0-1",
			});
		},
		3 * MINUTE,
	);
});

it(
	"Debian 13's kernel 6.12 boots on -cpu max, with SCMI 3.2",
	async () => {
		const debian = await debianGuest({
			cache: userCacheFolder(),
			suite: "trixie",
		});
		const result = await run({
			...imagesOf(debian),
			cpu: "max",
			cpus: 2,
			protocols: VERSION_SETS["scmi-3.2"],
		});
		expect(result.report.kernel).toMatch(/^6\.12\./);
		expect(result.report.guest.faults).toEqual([]);
		expect(result.report.differences).toEqual([]);
		expect(result.report.clocks.length).toBeGreaterThan(IMX8MM.clocks.length);
	},
	10 * MINUTE,
);

describe("guests and hosts that go wrong", () => {
	it.each<[string, () => Partial<RunOptions>, string, RegExp]>([
		[
			"no QEMU",
			() => ({ qemu: "qemu-system-absent" }),
			"QEMU",
			/not found: install Debian's qemu-system-arm/,
		],
		[
			"no QEMU at all",
			() => ({ qemu: "true" }),
			"QEMU",
			/true: it wrote no devicetree/,
		],
		[
			"a QEMU that fails",
			() => ({ qemu: "false" }),
			"QEMU",
			/false: exit status 1/,
		],
		["QEMU refuses", () => ({ cpu: "no-such-cpu" }), "QEMU", /no-such-cpu/],
		[
			"panic",
			() => ({ append: guestWords({ panic: true }) }),
			"GUEST",
			/panicked/,
		],
		[
			"hang",
			() => ({ append: guestWords({ hang: true }), timeoutMs: 8000 }),
			"GUEST",
			/did not end within 8 s/,
		],
		[
			"no call at all",
			() => ({ kernel: notLinux(0x1400_0000), timeoutMs: 3000 }),
			"GUEST",
			/never started its init, 0 SCMI messages/,
		],
		["no CPU", () => ({ cpus: 0 }), "USAGE", /0 CPUs: a guest has 1 to 8/],
		["too many CPUs", () => ({ cpus: 9 }), "USAGE", /9 CPUs/],
		["half a MiB", () => ({ memory: 512.5 }), "USAGE", /512\.5 MiB/],
		[
			"too little memory",
			() => ({ initrd: new Uint8Array(2 << 20), memory: 129 }),
			"USAGE",
			/129 MiB of memory: kernel and initramfs need 130 MiB/,
		],
		[
			"a kernel that reaches the initramfs",
			() => ({ kernel: new Uint8Array(127 << 20) }),
			"USAGE",
			/a kernel of 127 MiB is too long/,
		],
	])(
		"%s: one clear error, nothing left behind",
		async (_, options, code, message) => {
			await expect(run(options())).rejects.toMatchObject({
				code,
				message: expect.stringMatching(message),
			});
			expect(leftovers()).toEqual([]);
		},
		MINUTE,
	);

	it(
		"QEMU killed from outside",
		async () => {
			const running = runGuest({
				...images,
				timeoutMs: MINUTE,
				onStart: (guest) =>
					setTimeout(() => process.kill(guest.pid as number, "SIGKILL"), 800),
			});
			await expect(running).rejects.toMatchObject({
				code: "QEMU",
				message: expect.stringMatching(/ended by SIGKILL/),
			});
			expect(leftovers()).toEqual([]);
		},
		MINUTE,
	);
});

/** An arm64 Image of these instructions; the one behind them is none. */
function notLinux(...instructions: number[]): Uint8Array {
	const image = new Uint8Array(4096);
	const view = new DataView(image.buffer);
	for (const [i, instruction] of instructions.entries())
		view.setUint32(i * 4, instruction, true);
	return image;
}

describe.each([
	["smc", 0xd400_0003],
	["hvc", 0xd400_0002],
] as const)("a guest that is no Linux, by %s", (conduit, call) => {
	// Its doorbell rings while QEMU may not yet have connected.
	it.each([1, 2, 3])(
		"may call at once (%i)",
		async () => {
			let guest: Guest | undefined;
			const kernel = notLinux(
				...[0xd2b8_4000, 0xf280_0400, call], // x0 = 0xc2000020
				...[0xd2b0_8000, 0xf280_0100, call], // SYSTEM_OFF
			);
			const report = await runGuest({
				...{ ...images, kernel, conduit, expectReport: false },
				timeoutMs: 10_000,
				onStart: (started) => {
					guest = started;
				},
			});
			expect(report.booted).toBe(false);
			expect(guest?.calls.others).toEqual(new Map([[0xc200_0020, 1]]));
		},
		MINUTE,
	);
});

describe("the way to say that a socket connects again", () => {
	it.each([
		["7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)", "reconnect=1"],
		["9.1.0", "reconnect=1"],
		["9.2.0", "reconnect-ms=1000"],
		["10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)", "reconnect-ms=1000"],
		["11.1.3 (Debian 1:11.1.3+ds-1)", "reconnect-ms=1000"],
		["unknown", "reconnect-ms=1000"],
	])("of QEMU %s", (version, option) => {
		const text = `QEMU emulator version ${version}\nCopyright (c) 2003-2026\n`;
		expect(reconnectOption(text)).toBe(option);
	});

	it("is the one of the QEMU that runs", async () => {
		const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-qemu-"));
		const qemu = join(folder, "qemu");
		for (const [version, option] of [
			["9.1.0", "reconnect=1"],
			["11.0.0", "reconnect-ms=1000"],
		]) {
			const script = [
				"#!/bin/sh",
				"case $* in",
				`--version) echo QEMU emulator version ${version} ;;`,
				"*dumpdtb*) exec qemu-system-aarch64 $* ;;",
				`*) printf '%s\\n' $* | grep -o 'reconnect.*' >&2; exit 1 ;;`,
				"esac",
			];
			writeFileSync(qemu, script.join("\n"), { mode: 0o755 });
			await expect(run({ qemu })).rejects.toMatchObject({
				code: "QEMU",
				message: `${qemu}: ${option}\n${option}`,
			});
		}
		rmSync(folder, { recursive: true });
	});
});

it(
	"the README's example of the library boots a guest",
	() => {
		const root = fileURLToPath(new URL("../..", import.meta.url));
		const readme = readFileSync(`${root}README.md`, "utf8");
		const example = [...readme.matchAll(/```js\n([\s\S]*?)```/g)]
			.map(([, text]) => text as string)
			.find((text) => text.includes("scmi-cosim/qemu"));
		const output = execFileSync(
			process.execPath,
			["--input-type=module", "-e", example as string],
			{ encoding: "utf8", cwd: root },
		);
		expect(output).toMatch(/^6\.\d+\.\S+ \d{4} \[\]\n$/);
		expect(leftovers()).toEqual([]);
	},
	MINUTE,
);

describe("a host that is killed", () => {
	const program = fileURLToPath(
		new URL("../../build/host/cli/main.js", import.meta.url),
	);

	/** Starts the command line; resolves with its output once `until` is seen there, or with all of it at its end. */
	function host(
		args: string[],
		until?: string,
	): Promise<{ output: string; status: number | null; child: ChildProcess }> {
		const child = spawn(process.execPath, [program, "linux", ...args]);
		let output = "";
		return new Promise((resolve) => {
			const take = (data: Buffer) => {
				output += data.toString("latin1");
				if (until !== undefined && output.includes(until)) {
					resolve({ output, status: null, child });
				}
			};
			child.stdout.on("data", take);
			child.stderr.on("data", take);
			child.on("close", (status) => resolve({ output, status, child }));
		});
	}

	it(
		"leaves its guest to a successor, which finishes the call that was open",
		async () => {
			// Killed while Linux asks for the clocks one by one, twice.
			const first = await host(["--cpus", "2"], "SCMI Protocol v2.0");
			first.child.kill("SIGKILL");
			expect(leftovers()).toHaveLength(1);
			const second = await host(["--attach"], "Run /init");
			second.child.kill("SIGKILL");
			const last = await host(["--attach"]);
			expect(last.output).toMatch(/reboot: Power down/);
			expect(last.output).toMatch(/\d+ messages in .* 0 differences/);
			expect(last.status).toBe(0);
			expect(leftovers()).toEqual([]);
		},
		2 * MINUTE,
	);

	it(
		"leaves nothing when no successor comes",
		async () => {
			const { child } = await host([], "SCMI Protocol v2.0");
			child.kill("SIGKILL");
			expect(leftovers()).toHaveLength(1);
			await new Promise((resolve) => setTimeout(resolve, 34_000));
			expect(leftovers()).toEqual([]);
		},
		2 * MINUTE,
	);

	it(
		"a successor without a guest says so",
		async () => {
			const { output, status } = await host(["--attach"]);
			expect(output).toMatch(/^scmi-cosim: no guest waits for a host/);
			expect(status).toBe(1);
		},
		MINUTE,
	);

	it.each(["SIGINT", "SIGTERM"] as const)(
		"%s ends the guest, too",
		async (signal) => {
			const { child } = await host([], "SCMI Protocol v2.0");
			child.kill(signal);
			await new Promise((resolve) => child.once("exit", resolve));
			expect(leftovers()).toEqual([]);
		},
		MINUTE,
	);
});
