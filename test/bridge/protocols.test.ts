// What stock kernels do with the protocols beside clocks and power domains: 6.1 releases resets, 6.12 also takes the
// performance domain; and a fast channel that the guest writes by hand. Debian's own arm64 kernels in stock QEMU.

import { describe, expect, it } from "vitest";
import type { GuestCall } from "../../host/bridge/qemu/calls.ts";
import type { Guest } from "../../host/bridge/qemu/guest.ts";
import {
	checkBusybox,
	checkKernel,
	debianGuest,
} from "../../host/bridge/qemu/guest-files.ts";
import { guestWords } from "../../host/bridge/qemu/guest-init.ts";
import { guestInitramfs } from "../../host/bridge/qemu/initramfs.ts";
import { type RunReport, runGuest } from "../../host/bridge/qemu/run.ts";
import { userCacheFolder } from "../../host/debian.ts";
import type { Engine } from "../../host/engine.ts";

const MINUTE = 60_000;
/** SRC_MIPIPHY_RCR and SRC_PCIEPHY_RCR of the reset controller. */
const MIPIPHY_RCR = 0x3039_0028;
const PCIEPHY_RCR = 0x3039_002c;
/** GNRL_CTL of the ARM PLL; DIV_CTL0 behind it: mdiv 21:12, pdiv 9:4, sdiv 2:0. */
const ARM_PLL = 0x3036_0084;

interface Run {
	report: RunReport;
	engine: Engine;
	/** Header and payload of every SCMI command that succeeded, as words. */
	commands: { protocol: number; message: number; payload: number[] }[];
}

async function run(suite: string | undefined, append = ""): Promise<Run> {
	const debian = await debianGuest({
		cache: userCacheFolder(),
		...(suite === undefined ? {} : { suite }),
	});
	const commands: Run["commands"] = [];
	let guest: Guest | undefined;
	const report = await runGuest({
		kernel: checkKernel(debian.kernel).bytes,
		initrd: guestInitramfs({ busybox: checkBusybox(debian.busybox) }),
		append,
		timeoutMs: 2 * MINUTE,
		onStart: (started) => {
			guest = started;
		},
		onCall: ({ request, reply }: GuestCall) => {
			if (request.length === 0) return;
			const words = wordsOf(request);
			const header = words[0] as number;
			if (wordsOf(reply)[1] !== 0) return;
			commands.push({
				protocol: (header >>> 10) & 0xff,
				message: header & 0xff,
				payload: words.slice(1),
			});
		},
	});
	return { report, engine: (guest as Guest).engine, commands };
}

function wordsOf(bytes: Uint8Array): number[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	return Array.from({ length: bytes.length / 4 }, (_, i) =>
		view.getUint32(4 * i, true),
	);
}

function expectResets({ report, engine, commands }: Run): void {
	expect(report.differences).toEqual([]);
	expect(report.guest.faults).toEqual([]);
	// RESET with flags 0: the AMBA bus released mipi-dsi-reset-n (22) and pciephy-perst (27).
	const resets = commands.filter(
		({ protocol, message }) => protocol === 0x16 && message === 0x4,
	);
	const released = resets.map(({ payload }) => payload.slice(0, 2));
	expect(released.sort()).toEqual([
		[22, 0],
		[27, 0],
	]);
	// The one is released by 1, the other by 0; both were asserted at load.
	expect(engine.read32(MIPIPHY_RCR) & 0x4).toBe(0x4);
	expect(engine.read32(PCIEPHY_RCR) & 0x8).toBe(0);
}

describe("stock kernels", () => {
	it(
		"6.1 releases the resets of its AMBA devices",
		async () => {
			const result = await run(undefined);
			expectResets(result);
			expect(result.commands.some(({ protocol }) => protocol === 0x13)).toBe(
				false,
			);
		},
		6 * MINUTE,
	);

	it(
		"6.12 binds the performance domain too, by its levels and fast channels",
		async () => {
			const result = await run("trixie");
			expectResets(result);
			const { report, commands } = result;
			expect(report.guest.messages.join("\n")).toMatch(
				/scmi-perf-domain .*Initialized 1 performance domains/,
			);
			expect(report.powerDomains.map(({ name }) => name)).toContain("a53_0");
			const asked = commands
				.filter(({ protocol }) => protocol === 0x13)
				.map(({ message }) => message);
			// DOMAIN_ATTRIBUTES, DESCRIBE_LEVELS, DESCRIBE_FASTCHANNEL of four messages.
			expect(asked).toEqual(expect.arrayContaining([0x3, 0x4]));
			expect(asked.filter((message) => message === 0xb)).toHaveLength(4);
		},
		6 * MINUTE,
	);
});

describe("a fast channel written in the guest", () => {
	it.each([
		[1600, 1_600_000_000, [200, 3, 0]],
		[1800, 1_800_000_000, [225, 3, 0]],
	])(
		"level %i: the operating point changes without a message",
		async (level, rate, [mdiv, pdiv, sdiv]) => {
			const { report, engine, commands } = await run(
				undefined,
				guestWords({ fast: level }),
			);
			expect(commands.some(({ protocol }) => protocol === 0x13)).toBe(false);
			expect(report.guest.fastLevel).toBe(level);
			const arm = report.clocks.find(({ name }) => name === "arm");
			expect(arm?.rate).toBe(rate);
			expect(report.differences).toEqual([]);
			const dividers = engine.read32(ARM_PLL + 4);
			expect([
				(dividers >>> 12) & 0x3ff,
				(dividers >>> 4) & 0x3f,
				dividers & 7,
			]).toEqual([mdiv, pdiv, sdiv]);
		},
		3 * MINUTE,
	);

	it(
		"a level that is none changes nothing",
		async () => {
			const { report } = await run(undefined, guestWords({ fast: 1700 }));
			expect(report.guest.fastLevel).toBe(1200);
			const arm = report.clocks.find(({ name }) => name === "arm");
			expect(arm?.rate).toBe(1_200_000_000);
		},
		3 * MINUTE,
	);
});
