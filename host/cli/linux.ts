// scmi-cosim linux: boot an unmodified Linux kernel in QEMU on the engine, and compare what it sees with the engine.
// Without --kernel Debian's arm64 cloud kernel and busybox are fetched once into the user's cache.

import { Command, InvalidArgumentError, Option } from "commander";
import type { GuestCall } from "../bridge/qemu/calls.ts";
import type { Guest } from "../bridge/qemu/guest.ts";
import {
	checkBusybox,
	checkKernel,
	debianGuest,
} from "../bridge/qemu/guest-files.ts";
import { guestWords } from "../bridge/qemu/guest-init.ts";
import { guestInitramfs } from "../bridge/qemu/initramfs.ts";
import {
	attachGuest,
	type RoundTrip,
	type RunOptions,
	type RunReport,
	runGuest,
} from "../bridge/qemu/run.ts";
import { userCacheFolder } from "../debian.ts";
import type { Method } from "../mailbox/conduit.ts";
import {
	PROTOCOL_IDS,
	type ProtocolVersions,
	VERSION_SETS,
} from "../platform/platform.ts";
import { decodeMessage } from "../trace/decode.ts";
import {
	count,
	type JsonOption,
	jsonOption,
	parseNumber,
	print,
	printJson,
	readFile,
} from "./common.ts";

interface LinuxOptions extends JsonOption {
	kernel?: string;
	initrd?: string;
	append?: string;
	conduit: Method;
	cpus: number;
	memory: number;
	timeout: number;
	shell?: true;
	messages?: true;
	completion: "return" | "interrupt";
	scmi: keyof typeof VERSION_SETS;
	cpu: string;
	gic: "2" | "3";
	bench?: true;
	attach?: true;
	suite?: string;
	qemu?: string;
}

/** Seconds of each part of the guest's benchmark: one CPU, all CPUs, calls back to back. */
const BENCH_SECONDS = 5;

export function linuxVerb(): Command {
	return new Command("linux")
		.description("boot an unmodified Linux kernel in QEMU on the engine")
		.option(
			"--kernel <file>",
			"arm64 kernel Image (default: Debian's cloud kernel, fetched once)",
		)
		.option(
			"--initrd <file>",
			"initramfs of your own; what it prints is shown, not compared",
		)
		.option("--append <words>", "further words for the kernel's command line")
		.addOption(
			new Option("--conduit <conduit>", "SMC into EL3 or HVC into EL2")
				.choices(["smc", "hvc"])
				.default("smc"),
		)
		.option("--cpus <n>", "number of CPUs, 1 to 8", between(1, 8), 1)
		.option(
			"--memory <MiB>",
			"guest RAM, 129 to 65536",
			between(129, 65536),
			512,
		)
		.option(
			"--timeout <s>",
			"end the guest after so many seconds",
			between(1, 86400),
			120,
		)
		.option("--shell", "an interactive shell on the console; exit powers off")
		.option(
			"--messages",
			"print every SCMI message, decoded, beside the console",
		)
		.addOption(
			new Option("--completion <how>", "how a command's end is told")
				.choices(["return", "interrupt"])
				.default("return"),
		)
		.addOption(
			new Option(
				"--scmi <set>",
				"protocol versions that the firmware implements",
			)
				.choices(Object.keys(VERSION_SETS))
				.default("scmi-3.1"),
		)
		.option("--cpu <model>", "QEMU's -cpu", "cortex-a72")
		.addOption(
			new Option("--gic <version>", "interrupt controller")
				.choices(["2", "3"])
				.default("3"),
		)
		.option(
			"--bench",
			"let the guest make calls as fast as it can, and print how many it made a second",
		)
		.option(
			"--attach",
			"go on with a guest whose host was killed, within 30 s of that",
		)
		.option(
			"--suite <name>",
			"Debian release to fetch kernel and busybox from (default: this machine's)",
		)
		.option("--qemu <program>", "program to run instead of qemu-system-aarch64")
		.addOption(jsonOption())
		.action(run);
}

function between(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = parseNumber(text);
		if (value < least || value > most)
			throw new InvalidArgumentError(`expected ${least} to ${most}.`);
		return value;
	};
}

async function run(options: LinuxOptions): Promise<void> {
	const quiet = options.json === true;
	const show = {
		timeoutMs: options.timeout * 1000,
		...(quiet
			? {}
			: { onConsole: (text: string) => process.stdout.write(text) }),
		...(options.messages && !quiet
			? { onCall: printerOf(VERSION_SETS[options.scmi]) }
			: {}),
		onStart: (guest: Guest) => stopOnSignals(guest, options.shell === true),
	} satisfies Partial<RunOptions>;
	const report = options.attach
		? await attachGuest(show)
		: await runGuest({ ...show, ...(await guestOf(options)) });
	if (quiet) printJson(report);
	else printReport(report, options);
	if (report.differences.length > 0) process.exitCode = 1;
}

async function guestOf(options: LinuxOptions): Promise<RunOptions> {
	return {
		...(await files(options)),
		append: words(options),
		conduit: options.conduit,
		cpus: options.cpus,
		memory: options.memory,
		completion: options.completion,
		protocols: VERSION_SETS[options.scmi],
		cpu: options.cpu,
		gic: options.gic === "2" ? 2 : 3,
		expectReport: options.initrd === undefined && options.shell !== true,
		...(options.qemu === undefined ? {} : { qemu: options.qemu }),
	};
}

async function files(
	options: LinuxOptions,
): Promise<{ kernel: Uint8Array; initrd: Uint8Array }> {
	const fetches = options.kernel === undefined || options.initrd === undefined;
	const debian = fetches
		? await debianGuest({
				cache: userCacheFolder(),
				...(options.suite === undefined ? {} : { suite: options.suite }),
				progress: (line) => process.stderr.write(`scmi-cosim: ${line}\n`),
			})
		: undefined;
	const kernel = checkKernel(
		options.kernel ?? (debian?.kernel as string),
	).bytes;
	const initrd =
		options.initrd === undefined
			? guestInitramfs({ busybox: checkBusybox(debian?.busybox as string) })
			: readFile(options.initrd);
	return { kernel, initrd };
}

function words(options: LinuxOptions): string {
	const steps = guestWords({
		...(options.bench ? { bench: BENCH_SECONDS } : {}),
		...(options.shell ? { shell: true } : {}),
	});
	return [options.append ?? "", steps].join(" ").trim();
}

/** Whatever ends us ends the guest; a shell gets our terminal. */
function stopOnSignals(guest: Guest, shell: boolean): void {
	for (const [signal, status] of [
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129],
	] as const) {
		process.once(signal, () => {
			guest.stop();
			process.exit(status);
		});
	}
	if (!shell) return;
	if (process.stdin.isTTY) process.stdin.setRawMode(true);
	process.stdin.on("data", (data) => guest.type(data));
	guest.ended
		.finally(() => {
			if (process.stdin.isTTY) process.stdin.setRawMode(false);
			process.stdin.destroy();
		})
		.catch(() => {});
}

/** Prints messages in the layouts of the versions that the guest speaks. */
function printerOf(protocols: ProtocolVersions) {
	const names = Object.keys(PROTOCOL_IDS) as (keyof ProtocolVersions)[];
	const versions = new Map(
		names.map((name) => [PROTOCOL_IDS[name] as number, protocols[name]]),
	);
	return ({ request, reply }: GuestCall): void => {
		if (request.length === 0) return;
		const { protocolId } = decodeMessage(request);
		const version = versions.get(protocolId ?? -1);
		const options = version === undefined ? {} : { version };
		const asked = decodeMessage(request, options);
		const answered = decodeMessage(reply, { ...options, reply: true });
		const text = (fields: { name: string; text: string }[]) =>
			fields
				.slice(1)
				.map(({ name, text }) => `${name} ${text}`)
				.join(", ");
		print(
			`[scmi] ${asked.message}(${text(asked.fields)}) = ${text(answered.fields)}`,
		);
	};
}

function printReport(report: RunReport, options: LinuxOptions): void {
	print("");
	for (const { kind, name, what, guest, engine } of report.differences) {
		print(
			`difference: ${kind} ${name}: ${what}: guest ${guest}, engine ${engine}`,
		);
	}
	if (report.booted) {
		const { clocks, powerDomains } = report;
		print(
			`Linux ${report.kernel}, ${count(report.cpus, "CPU")}, ${options.conduit}: ${clocks.length} clocks, ${powerDomains.length} power domains`,
		);
	}
	print(
		`${count(report.messages, "message")} in ${(report.wallMs / 1000).toFixed(1)} s, ` +
			`${report.callsPerSecond} a second, ${count(report.differences.length, "difference")}`,
	);
	const { roundTripUs, throughput } = report;
	if (roundTripUs !== null) {
		print(
			`round trip in the guest, µs: ${percentiles(roundTripUs)}; ${report.serviceUs.toFixed(0)} of it in this process on average`,
		);
	}
	const { bench } = report.guest;
	for (const part of [bench?.one, bench?.all]) {
		if (part === undefined) continue;
		const { callsPerSecond, cpus, errors, mismatches } = part;
		print(
			`clk_rate read one by one on ${count(cpus, "CPU")}: ${callsPerSecond} calls a second, ` +
				`${count(errors, "error")}, ${count(mismatches, "wrong rate")}`,
		);
	}
	if (throughput !== null) {
		print(
			`clk_summary, calls back to back: ${throughput.callsPerSecond} a second` +
				(throughput.roundTripUs === null
					? ""
					: `; µs: ${percentiles(throughput.roundTripUs)}`),
		);
	}
}

function percentiles({ p50, p90, p99, p999 }: RoundTrip): string {
	const us = (value: number) => value.toFixed(0);
	return `p50 ${us(p50)}, p90 ${us(p90)}, p99 ${us(p99)}, p99.9 ${us(p999)}`;
}
