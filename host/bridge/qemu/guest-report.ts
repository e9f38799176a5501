// Reads the guest's report out of its console: sections between marks, whatever else the console shows.
// Follows what the scripts of guest-init.ts print.

import { GUEST_MARK, GUEST_SECTIONS } from "./guest-init.ts";
import {
	type GuestClock,
	type GuestInterrupt,
	type GuestPowerDomain,
	parseClocks,
	parseInterrupts,
	parsePowerDomains,
	wholeNumber,
} from "./guest-tables.ts";

/** What a guest printed about itself. Lists are empty where a section is missing: see `missing`. */
export interface GuestReport {
	/** Linux came up and started our init. */
	booted: boolean;
	/** The report ran to its end, with all sections and steps that were asked for. */
	complete: boolean;
	/** What is not there, one phrase each; empty when complete. */
	missing: string[];
	/** Release, such as `6.1.0-56-cloud-arm64`; "" if it is missing. */
	kernel: string;
	/** CPUs on line. */
	cpus: number;
	/** Seconds from the kernel's start to the end of the report. */
	uptime?: number;
	/** What the kernel logged about SCMI, PSCI, SMCCC and its CPUs. */
	messages: string[];
	/** Lines of the log and the console that tell of a kernel in trouble: warnings with a trace, BUG, oops, panic. */
	faults: string[];
	/** Why the kernel panicked, if it did. */
	panic?: string;
	clocks: GuestClock[];
	powerDomains: GuestPowerDomain[];
	/** The interrupts that SCMI takes. */
	interrupts: GuestInterrupt[];
	/** The devices of the AMBA bus. */
	consumers: GuestConsumer[];
	/** Who waits for whom because of SCMI, as Linux's driver core sees it. */
	links: { supplier: string; consumer: string; status: string }[];
	/** Devices whose drivers wait for something that has not come, each with Linux's reason. */
	deferred: string[];
	/** Files of Linux's debugfs folder of SCMI, where the kernel has them: path and first line. */
	debug: Record<string, string>;
	/** The performance level that the fast channel told after the guest had written another one. */
	fastLevel?: number;
	hotplug?: GuestHotplug;
	rebind?: GuestRebind;
	bench?: GuestBench;
	/** Seconds for which the kernel printed its clock tree again and again. */
	throughputSeconds?: number;
}

/** A device of the AMBA bus. */
export interface GuestConsumer {
	device: string;
	driver?: string;
	/** Linux's runtime status, such as `active`. */
	status: string;
}

/** CPU 1 off line and back. */
export interface GuestHotplug {
	/** Both steps succeeded. */
	ok: boolean;
	/** The CPUs on line after each step, as Linux lists them: `0`, `0-1`. */
	off: string;
	on: string;
	/** A clock's rate as CPU 1 read it afterwards, in Hz. */
	rate?: number;
	messages: string[];
}

/** Clock rates read as fast as they come. */
export interface GuestRun {
	/** CPUs that read at the same time. */
	cpus: number;
	/** CLOCK_RATE_GETs, each made by one read. */
	calls: number;
	/** The longest that a CPU read. */
	seconds: number;
	/** Sum over the CPUs. */
	callsPerSecond: number;
	/** Passes in which a read failed. */
	errors: number;
	/** Passes in which a rate was not the one read in peace before. */
	mismatches: number;
}

export interface GuestBench {
	/** Clocks that are read: those whose rates Linux does not cache. */
	clocks: number;
	/** CPU 0 alone. */
	one?: GuestRun;
	/** All CPUs at once; a single one is not measured twice. */
	all?: GuestRun;
}

export interface GuestRebind {
	/** How often each device lost and got back its driver, and how many of these steps failed. */
	devices: { device: string; rounds: number; errors: number }[];
	seconds: number;
	/** The CPUs that read rates meanwhile. */
	readers?: GuestRun;
}

/** One section: its lines, and whether its end was seen. */
interface Section {
	lines: string[];
	ended: boolean;
}

interface Sections {
	byName: Map<string, Section>;
	/** Seconds; undefined if the report did not end. */
	uptime: number | undefined;
	/** Every line of the console. */
	all: string[];
}

/** A line that marks a place in the report: kind, and name or time. */
export const MARK = new RegExp(`${GUEST_MARK}(begin|end|done) (\\S+)`);
/** A line that tells of a kernel in trouble. */
export const FAULT =
	/WARNING:|BUG:|Unable to handle|Internal error|\bOops\b|refcount_t|Kernel panic/;
/** A line of the kernel's log; these belong in some sections and come in between in all others. */
const LOGGED = /^\[ *\d+\.\d+\] /;
const LOG_SECTIONS: ReadonlySet<string> = new Set(["messages", "hotplug"]);
const PANIC = /Kernel panic - not syncing: (.*)$/;

/** Reads everything that a console has shown so far. */
export function parseGuestReport(text: string): GuestReport {
	const { byName, uptime, all } = splitSections(text);
	const lines = (name: string) => byName.get(name)?.lines ?? [];
	const facts = keyed(lines("kernel"));
	const messages = lines("messages");
	const panic = all.map((line) => PANIC.exec(line)?.[1]).find(Boolean);
	const missing = findMissing(byName, uptime, facts.get("cmdline") ?? "");
	const steps = {
		fastLevel: wholeNumber(keyed(lines("fast")).get("level")),
		hotplug: byName.has("hotplug") ? hotplug(lines("hotplug")) : undefined,
		rebind: byName.has("rebind") ? rebind(lines("rebind")) : undefined,
		bench: byName.has("bench") ? bench(lines("bench")) : undefined,
		throughputSeconds: byName.has("throughput")
			? seconds(lines("throughput"))
			: undefined,
	};
	const cpus = countCpus(facts.get("online") ?? "");
	const runs = cpus > 1 ? (["one", "all"] as const) : (["one"] as const);
	if (steps.bench !== undefined && steps.bench.clocks > 0)
		for (const name of runs)
			if (steps.bench[name] === undefined)
				missing.push(`the results of ${name} of section bench`);
	return {
		booted: byName.has("kernel"),
		complete: missing.length === 0,
		missing,
		kernel: /Linux version (\S+)/.exec(facts.get("version") ?? "")?.[1] ?? "",
		cpus,
		...defined({ uptime }),
		messages: messages.filter(
			(line) => !line.includes("Kernel command line:") && !FAULT.test(line),
		),
		// The console and the log may both tell of one fault.
		faults: [...new Set(all.filter((line) => FAULT.test(line)))],
		...defined({ panic }),
		clocks: parseClocks(lines("clocks")),
		powerDomains: parsePowerDomains(lines("domains")),
		interrupts: parseInterrupts(lines("interrupts")),
		consumers: consumers(lines("consumers")),
		links: links(lines("consumers")),
		deferred: lines("deferred").filter((line) => line !== ""),
		debug: Object.fromEntries(keyed(lines("debug"))),
		...defined(steps),
	};
}

function splitSections(text: string): Sections {
	const byName = new Map<string, Section>();
	let open: Section | undefined;
	let openName = "";
	let uptime: number | undefined;
	const all = text.split(/\r*\n/);
	// The last line has no end: it may be half a line.
	for (const line of all.slice(0, -1)) {
		const [, kind, value = ""] = MARK.exec(line) ?? [];
		if (kind === "begin") {
			open = { lines: [], ended: false };
			openName = value;
			byName.set(value, open);
		} else if (kind === "end") {
			const section = byName.get(value);
			if (section !== undefined && section === open) section.ended = true;
			open = undefined;
		} else if (kind === "done") {
			open = undefined;
			uptime = Number(value);
		} else if (!LOGGED.test(line) || LOG_SECTIONS.has(openName))
			open?.lines.push(line);
	}
	return { byName, uptime, all };
}

function findMissing(
	byName: ReadonlyMap<string, Section>,
	uptime: number | undefined,
	commandLine: string,
): string[] {
	if (byName.size === 0) return ["everything: the guest's init did not run"];
	const words = commandLine.split(" ");
	const steps = ["hotplug", "rebind", "bench"].filter((step) =>
		words.some((word) => word.split("=")[0] === `scmi.${step}`),
	);
	const missing = [...GUEST_SECTIONS, ...steps].flatMap((name) => {
		const section = byName.get(name);
		if (section === undefined) return [`section ${name}`];
		return section.ended ? [] : [`the end of section ${name}`];
	});
	return uptime === undefined ? [...missing, "the end of the report"] : missing;
}

function consumers(lines: readonly string[]): GuestConsumer[] {
	const all = lines.map((line) => line.split(" "));
	const drivers = new Map(
		all
			.filter(([kind]) => kind === "driver")
			.map(([, device, driver]) => [device, driver]),
	);
	return all
		.filter(([kind]) => kind === "device")
		.map(([, device = "", status = ""]) => ({
			device,
			...defined({ driver: drivers.get(device) }),
			status,
		}));
}

function links(lines: readonly string[]): GuestReport["links"] {
	return lines.flatMap((line) => {
		const match = /^link (\S+)--(\S+) (.*)$/.exec(line);
		if (match === null) return [];
		const [, supplier = "", consumer = "", status = ""] = match;
		return [{ supplier, consumer, status }];
	});
}

function hotplug(lines: readonly string[]): GuestHotplug {
	const facts = keyed(lines);
	const [offFailed, off = ""] = (facts.get("off") ?? "").split(" ");
	const [onFailed, on = ""] = (facts.get("on") ?? "").split(" ");
	const [rateFailed, rate] = (facts.get("rate") ?? "").split(" ");
	return {
		ok:
			offFailed === "0" &&
			onFailed === "0" &&
			(rateFailed === "0" || !facts.has("rate")),
		off,
		on,
		...defined({ rate: wholeNumber(rate) }),
		messages: lines.filter((line) => /^\[.*(CPU1|psci: )/.test(line)),
	};
}

function bench(lines: readonly string[]): GuestBench {
	return {
		clocks: wholeNumber(keyed(lines).get("clocks")) ?? 0,
		...defined({ one: run(lines, "one"), all: run(lines, "all") }),
	};
}

function rebind(lines: readonly string[]): GuestRebind {
	const devices = lines.flatMap((line) => {
		const match = /^device (\S+) (\d+) (\d+)$/.exec(line);
		if (match === null) return [];
		const [, device = "", rounds, errors] = match;
		return [{ device, rounds: Number(rounds), errors: Number(errors) }];
	});
	return {
		// They come in the order in which they were done.
		devices: devices.sort((a, b) => (a.device < b.device ? -1 : 1)),
		seconds: seconds(lines),
		...defined({ readers: run(lines, "reader") }),
	};
}

/** Of a line "time" in centiseconds. */
function seconds(lines: readonly string[]): number {
	return (wholeNumber(keyed(lines).get("time")) ?? 0) / 100;
}

/** Adds up the readers' lines: CPU, calls, centiseconds, passes with errors, passes with other rates. */
function run(lines: readonly string[], kind: string): GuestRun | undefined {
	const rows = lines.flatMap((line) => {
		const [first, ...words] = line.split(" ");
		const numbers = words.map(wholeNumber);
		const [, calls, time, errors, mismatches] = numbers;
		if (
			first !== kind ||
			calls === undefined ||
			time === undefined ||
			errors === undefined ||
			mismatches === undefined
		)
			return [];
		return [{ calls, seconds: Math.max(time, 1) / 100, errors, mismatches }];
	});
	if (rows.length === 0) return undefined;
	const sum = (of: (row: (typeof rows)[number]) => number) =>
		rows.reduce((total, row) => total + of(row), 0);
	return {
		cpus: rows.length,
		calls: sum((row) => row.calls),
		seconds: Math.max(...rows.map((row) => row.seconds)),
		callsPerSecond: Math.round(sum((row) => row.calls / row.seconds)),
		errors: sum((row) => row.errors),
		mismatches: sum((row) => row.mismatches),
	};
}

/** Lines "key value", by key. */
function keyed(lines: readonly string[]): Map<string, string> {
	return new Map(
		lines.flatMap((line): [string, string][] => {
			const match = /^(\S+) (.*)$/.exec(line);
			return match === null ? [] : [[match[1] ?? "", match[2] ?? ""]];
		}),
	);
}

/** How many CPUs a list such as `0-2,5` names. */
function countCpus(list: string): number {
	return list.split(",").reduce((sum, range) => {
		const [first, last = first] = range.split("-").map(wholeNumber);
		return first === undefined || last === undefined
			? sum
			: sum + last - first + 1;
	}, 0);
}

/** The object without its undefined members. */
function defined<T extends object>(
	object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(
		Object.entries(object).filter(([, value]) => value !== undefined),
	) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
