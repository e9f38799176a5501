// What is read out of a guest's console: recordings of real boots, whole and cut off anywhere, and older kernels' tables.
// Recorded with QEMU 7.2 and Debian's cloud kernels; linux-6.1-no-scmi.txt without firmware of ours.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { GuestConsole } from "../../host/bridge/qemu/guest-console.ts";
import { parseGuestReport } from "../../host/bridge/qemu/guest-report.ts";
import {
	parseClocks,
	parseInterrupts,
	parsePowerDomains,
} from "../../host/bridge/qemu/guest-tables.ts";

const sample = (name: string) =>
	readFileSync(new URL(`samples/${name}.txt`, import.meta.url), "utf8");

describe.each([
	["linux-6.1", "6.1.0-56-cloud-arm64"],
	["linux-6.12", "6.12.117+deb13-cloud-arm64"],
])("%s", (name, release) => {
	const report = parseGuestReport(sample(name));

	test("is complete and without faults", () => {
		expect(report).toMatchObject({
			booted: true,
			complete: true,
			missing: [],
			faults: [],
			deferred: [],
			kernel: release,
			cpus: 2,
		});
		expect(report.uptime).toBeGreaterThan(1);
	});

	test("messages tell of the driver and leave the command line out", () => {
		expect(report.messages.join("\n")).toContain(
			"SCMI Protocol v2.0 'node-qemu:lab' Firmware version 0x20260101",
		);
		expect(report.messages.join("\n")).not.toContain("scmi.bench");
	});

	test("clocks with rates, counts and users", () => {
		expect(report.clocks).toEqual([
			{
				name: "npu_clk",
				rate: 1_000_000_000,
				enableCount: 0,
				prepareCount: 0,
				hardwareEnabled: true,
				consumers: [],
			},
			{
				name: "gpu_clk",
				rate: 800_000_000,
				enableCount: 0,
				prepareCount: 0,
				hardwareEnabled: true,
				consumers: [],
			},
			{
				name: "emmc_clk",
				rate: 200_000_000,
				enableCount: 1,
				prepareCount: 1,
				hardwareEnabled: true,
				consumers: [{ device: "9030000.pl061", id: "apb_pclk" }],
			},
			{
				name: "uart_clk",
				rate: 24_000_000,
				enableCount: 1,
				prepareCount: 1,
				hardwareEnabled: true,
				consumers: [{ device: "9010000.pl031", id: "apb_pclk" }],
			},
			{
				name: "clk24mhz",
				rate: 24_000_000,
				enableCount: 2,
				prepareCount: 3,
				hardwareEnabled: true,
				consumers: [
					{ device: "9000000.pl011" },
					{ device: "9000000.pl011", id: "apb_pclk" },
				],
			},
		]);
	});

	test("power domains with their devices", () => {
		const on = { status: "on", on: true, children: [] };
		expect(report.powerDomains).toEqual([
			{
				name: "pd_npu",
				...on,
				devices: [{ name: "9030000.pl061", status: "active" }],
			},
			{
				name: "pd_gpu",
				...on,
				devices: [{ name: "9010000.pl031", status: "active" }],
			},
		]);
	});

	test("the completion interrupt, with a count for each CPU", () => {
		expect(report.interrupts).toHaveLength(1);
		expect(report.interrupts[0]?.counts[0]).toBeGreaterThan(40);
		expect(report.interrupts[0]?.counts).toHaveLength(2);
		expect(report.interrupts[0]?.text).toMatch(/^GICv3 132 Edge .*scmi/);
	});

	test("devices of the AMBA bus, and that they wait for SCMI", () => {
		expect(report.consumers).toContainEqual({
			device: "9030000.pl061",
			driver: "pl061_gpio",
			status: "active",
		});
		expect(report.links).toContainEqual({
			supplier: "platform:firmware:scmi",
			consumer: "amba:9030000.pl061",
			status: "active",
		});
	});

	test("bench and rebind", () => {
		expect(report.bench?.clocks).toBe(4);
		expect(report.bench?.one).toMatchObject({
			cpus: 1,
			errors: 0,
			mismatches: 0,
		});
		expect(report.bench?.all).toMatchObject({
			cpus: 2,
			errors: 0,
			mismatches: 0,
		});
		const { calls, seconds, callsPerSecond } = report.bench?.one ?? {};
		expect(calls).toBeGreaterThan(100);
		expect(callsPerSecond).toBe(Math.round((calls ?? 0) / (seconds ?? 0)));
		expect(report.rebind?.devices).toEqual([
			{ device: "9010000.pl031", rounds: 3, errors: 0 },
			{ device: "9030000.pl061", rounds: 3, errors: 0 },
		]);
		expect(report.rebind?.readers?.mismatches).toBe(0);
	});
});

describe("bench", () => {
	const marked = (section: string, ...lines: string[]) =>
		[`begin ${section}`, ...lines, `end ${section}`]
			.map((line) => (lines.includes(line) ? line : `@@scmi-cosim:${line}`))
			.join("\r\n");
	/** A whole report whose bench has other results, with what comes behind it. */
	const withBench = (text: string, results: string[], after: string) =>
		text.replace(
			/@@scmi-cosim:begin bench[\s\S]*@@scmi-cosim:end bench/,
			[marked("bench", "clocks 4", ...results), after].join("\r\n"),
		);
	const text = sample("linux-6.1");
	const throughput = marked("throughput", "time 312");

	test("how long the kernel printed its clock tree", () => {
		expect(parseGuestReport(text).throughputSeconds).toBeUndefined();
		const { complete, throughputSeconds } = parseGuestReport(
			withBench(text, ["one 0 900 300 0 0", "all 0 900 300 0 0"], throughput),
		);
		expect({ complete, throughputSeconds }).toEqual({
			complete: true,
			throughputSeconds: 3.12,
		});
	});

	test("several CPUs must read at once, a single one need not", () => {
		const one = withBench(text, ["one 0 900 300 0 0"], throughput);
		expect(parseGuestReport(one).missing).toEqual([
			"the results of all of section bench",
		]);
		const single = one.replace("online 0-1", "online 0");
		expect(parseGuestReport(single)).toMatchObject({
			cpus: 1,
			complete: true,
			bench: { clocks: 4, one: { callsPerSecond: 300 } },
		});
		expect(parseGuestReport(single).bench).not.toHaveProperty("all");
	});
});

describe("a kernel without SCMI", () => {
	const report = parseGuestReport(sample("linux-6.1-no-scmi"));

	test("has empty lists where SCMI would be", () => {
		expect(report).toMatchObject({
			complete: true,
			powerDomains: [],
			interrupts: [],
			links: [],
		});
		expect(report.clocks.map(({ name }) => name)).toEqual(["clk24mhz"]);
	});

	test("takes CPU 1 off line and back", () => {
		expect(report.hotplug).toMatchObject({ ok: true, off: "0", on: "0-1" });
		expect(report.hotplug?.messages.join("\n")).toMatch(/psci: CPU1 killed/);
	});
});

describe("a kernel that panics in the middle", () => {
	const text = sample("linux-6.12-panic");
	const report = parseGuestReport(text);

	test("says why, and what is missing", () => {
		expect(report.booted).toBe(true);
		expect(report.complete).toBe(false);
		expect(report.panic).toBe("Attempted to kill the idle task!");
		expect(report.faults[0]).toContain("Internal error: Oops - BUG");
		expect(report.missing).toEqual([
			"the end of section hotplug",
			"section rebind",
			"section bench",
			"the end of the report",
		]);
		expect(report.hotplug?.ok).toBe(false);
	});

	test("what came before is there", () => {
		expect(report.clocks).toHaveLength(5);
		expect(report.powerDomains).toHaveLength(2);
	});

	test("a person sees the panic and not the report", () => {
		const shown = new GuestConsole().push(text);
		expect(shown).toContain("Kernel panic - not syncing");
		expect(shown).toContain("cpu_die+0x44");
		expect(shown).not.toContain("npu_clk");
	});
});

describe("cut off anywhere", () => {
	const text = sample("linux-6.12");
	const whole = parseGuestReport(text);

	test("never throws, and is complete only with its end", () => {
		const end = text.lastIndexOf("@@scmi-cosim:done");
		for (let length = 0; length < text.length; length += 13) {
			const report = parseGuestReport(text.slice(0, length));
			if (length < end) expect(report.complete, `${length}`).toBe(false);
			expect(report.missing.length === 0).toBe(report.complete);
			// No half line is read as a whole one.
			for (const clock of report.clocks)
				expect(whole.clocks.map(({ rate }) => rate)).toContain(clock.rate);
		}
	});

	test("nothing at all", () => {
		expect(parseGuestReport("")).toMatchObject({
			booted: false,
			complete: false,
			missing: ["everything: the guest's init did not run"],
		});
	});

	test("a kernel that never starts init", () => {
		const text =
			"[ 1.0] Kernel panic - not syncing: No working init found.  Try passing init=\r\n";
		expect(parseGuestReport(text)).toMatchObject({
			booted: false,
			panic: "No working init found.  Try passing init=",
		});
	});
});

test("other console lines in between, even before a mark, change nothing", () => {
	const text = sample("linux-6.1");
	const noisy = text
		.split("\r\n")
		.map((line) =>
			line.startsWith("@@scmi-cosim:") ? `[  1.0] half a line ${line}` : line,
		)
		.flatMap((line) => [line, "[    9.000000] random: a message (2)"])
		.join("\r\n");
	const { messages: _, ...report } = parseGuestReport(noisy);
	expect(parseGuestReport(text)).toMatchObject(report);
});

describe("console as it comes", () => {
	const text = sample("linux-6.1-no-scmi");

	test.each([1, 7, 1000])("in pieces of %i, gives the same report", (size) => {
		const console = new GuestConsole();
		let shown = "";
		for (let at = 0; at < text.length; at += size)
			shown += console.push(text.slice(at, at + size));
		expect(console.report()).toEqual(parseGuestReport(text));
		expect(shown).toContain("Booting Linux");
		expect(shown).toContain("reboot: Power down");
		expect(shown).not.toMatch(/@@|pl061/);
	});

	test.each([1, 7, 1000])("in pieces of %i, tells each mark once", (size) => {
		const marks: string[] = [];
		const console = new GuestConsole((kind, value) =>
			marks.push(`${kind} ${value}`),
		);
		for (let at = 0; at < text.length; at += size)
			console.push(text.slice(at, at + size));
		expect(marks.slice(0, 2)).toEqual(["begin kernel", "end kernel"]);
		expect(marks.at(-1)).toMatch(/^done \d+\.\d+$/);
		expect(new Set(marks).size).toBe(marks.length);
		expect(marks.length).toBe(text.match(/@@scmi-cosim:/g)?.length);
	});

	test("a prompt is shown at once, although its line has no end", () => {
		const console = new GuestConsole();
		console.push(text);
		expect(console.push("/ # ")).toBe("/ # ");
		expect(console.push("ls")).toBe("ls");
		expect(console.push("\r\nbin\r\n/ # ")).toBe("\r\nbin\r\n/ # ");
	});

	test("after the report only faults are kept", () => {
		const console = new GuestConsole();
		console.push(text);
		const before = console.text.length;
		console.push("y\r\n".repeat(1000));
		console.push("[ 9.0] Kernel panic - not syncing: later\r\n");
		expect(console.text.length - before).toBeLessThan(100);
		expect(console.report()).toMatchObject({ complete: true, panic: "later" });
	});
});

describe("tables of other kernels", () => {
	test("clk_summary of Linux 5.10: no column for hardware and users", () => {
		const lines = [
			"                                 enable  prepare  protect                                duty",
			"   clock                          count    count    count        rate   accuracy phase  cycle",
			"---------------------------------------------------------------------------------------------",
			" osc_24m                              5        6        0    24000000          0     0  50000",
			"    sys_pll1                          1        1        0   800000000          0     0  50000",
			"       a_name_that_is_longer_than_its_column        0        0        0   100000000          0     0  50000",
			" dummy                                0        0        0           0          0     0  50000",
		];
		expect(parseClocks(lines)).toEqual([
			{
				name: "osc_24m",
				rate: 24_000_000,
				enableCount: 5,
				prepareCount: 6,
				consumers: [],
			},
			{
				name: "sys_pll1",
				parent: "osc_24m",
				rate: 800_000_000,
				enableCount: 1,
				prepareCount: 1,
				consumers: [],
			},
			{
				name: "a_name_that_is_longer_than_its_column",
				parent: "sys_pll1",
				rate: 100_000_000,
				enableCount: 0,
				prepareCount: 0,
				consumers: [],
			},
			{
				name: "dummy",
				rate: 0,
				enableCount: 0,
				prepareCount: 0,
				consumers: [],
			},
		]);
	});

	test("clk_summary of Linux 6.1.0: hardware, but no users; a phase that is not known", () => {
		const lines = [
			"                                 enable  prepare  protect                                duty  hardware",
			"   clock                          count    count    count        rate   accuracy phase  cycle    enable",
			"-------------------------------------------------------------------------------------------------------",
			" uart_clk                             1        1        0    48000000          0 -----  50000         N",
			" gpu_clk                              0        0        0   800000000          0     0  50000         ?",
		];
		expect(parseClocks(lines)).toEqual([
			{
				name: "uart_clk",
				rate: 48_000_000,
				enableCount: 1,
				prepareCount: 1,
				hardwareEnabled: false,
				consumers: [],
			},
			{
				name: "gpu_clk",
				rate: 800_000_000,
				enableCount: 0,
				prepareCount: 0,
				consumers: [],
			},
		]);
	});

	test("no table, no clocks", () => {
		expect(parseClocks([])).toEqual([]);
		expect(parseClocks(["cat: can't open 'clk_summary'"])).toEqual([]);
	});

	test("power domains with children and states", () => {
		const lines = [
			"domain                          status          children                           performance",
			"    /device                                             runtime status",
			"----------------------------------------------------------------------------------------------",
			"gpu                             off-0                                              0",
			"                                                gpu2d, gpu3d",
			"    /devices/platform/soc@0/38000000.gpu                suspended                  0",
			"folder gpu",
		];
		expect(parsePowerDomains(lines)).toEqual([
			{
				name: "gpu",
				status: "off-0",
				on: false,
				children: ["gpu2d", "gpu3d"],
				devices: [{ name: "38000000.gpu", status: "suspended" }],
			},
		]);
	});

	test("interrupts of four CPUs", () => {
		expect(
			parseInterrupts([
				"           CPU0       CPU1       CPU2       CPU3",
				" 21:         10          0          3          0     GICv3  96 Edge      scmi",
			]),
		).toEqual([
			{ line: "21", counts: [10, 0, 3, 0], text: "GICv3 96 Edge scmi" },
		]);
	});
});
