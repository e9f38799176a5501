// scmi-cosim boot: probe every device of a board's devicetree through SCMI and print what happened.
// The last lines are the summary; with --json the whole report.

import { Command, InvalidArgumentError } from "commander";
import type { Announcement } from "../devicetree/scmi-transport.ts";
import { CosimError } from "../errors.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import type { Board } from "../simulation/board.ts";
import { type BootReport, boot } from "../simulation/boot.ts";
import { Latencies, type Latency } from "../simulation/latency.ts";
import { parseList, runAgents } from "./boot-agents.ts";
import { type Checked, printViolations, watcherFor } from "./check.ts";
import { printClockTree } from "./clk.ts";
import {
	type BoardVerbOptions,
	count,
	openBoardOf,
	print,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";
import { printPower } from "./power.ts";

const MAILBOXES: readonly Announcement[] = ["smc", "hvc", "doorbell"];

interface BootOptions extends BoardVerbOptions {
	mailbox?: readonly Announcement[];
	agents?: readonly string[];
	teeDevices?: readonly string[];
	check?: true;
}

/** A boot over a mailbox, with what a message took. */
interface MeasuredReport extends BootReport, Checked {
	mailbox: Announcement;
	latency: Latency;
}

export function bootVerb(): Command {
	return withBoardOptions(
		new Command("boot").description(
			"probe every device of a board's devicetree through SCMI, as an operating system would",
		),
	)
		.option(
			"--mailbox <list>",
			`reach the firmware by ${MAILBOXES.join(", ")}, several of them or all, and print what a message takes`,
			parseMailboxes,
		)
		.option(
			"--agents <list>",
			"boot several agents, such as linux,tee or linux,tee,guest; linux turns off what it does not use; print what survives on whose account",
			parseList,
		)
		.option(
			"--tee-devices <list>",
			`the TEE's devices by path, alias, label or node name (default: those with secure-status okay, or else ${IMX8MM.devicetree.secureDevices.join(", ")})`,
			parseList,
		)
		.option(
			"--check",
			"check after every message what must always be true of clocks, domains, requests and registers",
		)
		.action(run);
}

function parseMailboxes(text: string): readonly Announcement[] {
	if (text === "all") return MAILBOXES;
	return text.split(",").map((word) => {
		const mailbox = MAILBOXES.find((name) => name === word);
		if (mailbox !== undefined) return mailbox;
		throw new InvalidArgumentError(
			`expected ${MAILBOXES.join(", ")}, several of them with commas, or all.`,
		);
	});
}

async function run(options: BootOptions): Promise<void> {
	const { agents, teeDevices, mailbox, profile } = options;
	if (agents !== undefined) {
		if (mailbox !== undefined)
			throw wrong("--agents and --mailbox: expected one of them");
		if (profile !== "spec")
			throw wrong(`--agents: profile ${profile} has one agent, expected spec`);
		await runAgents({ ...options, agents });
		return;
	}
	if (teeDevices !== undefined)
		throw wrong("--tee-devices: expected --agents with tee among them");
	if (options.mailbox !== undefined) {
		await runOver(options.mailbox, options);
		return;
	}
	const watch = watcherFor(options);
	const board = openBoardOf(options, {}, undefined, watch.watch);
	const report = watch.checked(await boot(board));
	if (options.json) printJson(report);
	else {
		printReport(board, report);
		printViolations(report.messages, report);
	}
	if (failed(report)) process.exitCode = 1;
}

function failed({ errors, violations = [] }: BootReport & Checked): boolean {
	return errors.length + violations.length > 0;
}

function wrong(message: string): CosimError {
	return new CosimError("USAGE", message);
}

/** The same boot over one mailbox after the other, each on a fresh firmware. */
async function runOver(
	mailboxes: readonly Announcement[],
	options: BootOptions,
): Promise<void> {
	const reports: MeasuredReport[] = [];
	for (const mailbox of mailboxes) {
		const latencies = new Latencies(() => board.firmware.timeNs);
		const watch = watcherFor(options);
		const board = openBoardOf(options, latencies, mailbox, watch.watch);
		const report = watch.checked(await boot(board));
		reports.push({ mailbox, latency: latencies.summary(), ...report });
		if (failed(report)) process.exitCode = 1;
		if (mailboxes.length === 1 && !options.json) printReport(board, report);
	}
	const [first] = reports;
	if (options.json)
		printJson(reports.length === 1 ? first : { mailboxes: reports });
	else {
		printLatencies(reports);
		for (const report of reports) printViolations(report.messages, report);
	}
}

function printLatencies(reports: readonly MeasuredReport[]): void {
	printTable(
		["mailbox", "messages", "errors", "p50 ns", "p99 ns", "max ns"],
		reports.map(({ mailbox, messages, errors, latency }) => [
			mailbox,
			messages,
			errors.length,
			latency.p50Ns,
			latency.p99Ns,
			latency.maxNs,
		]),
	);
	for (const { mailbox, errors } of reports)
		for (const { device, step, message } of errors)
			if (reports.length > 1)
				print(`error: ${mailbox}: ${device}: ${step}: ${message}`);
}

function printReport(board: Board, report: BootReport): void {
	printTable(
		["device", "messages"],
		report.probed.map(({ device, messages }) => [device, messages]),
	);
	print("");
	printClockTree(report.clocks);
	print("");
	printPower(report);
	if (report.unserved.length > 0) {
		print("\nunserved: references to controllers that are not the firmware's");
		printTable(
			["device", "property", "provider"],
			report.unserved.map(({ device, property, provider }) => [
				device,
				property,
				provider,
			]),
		);
	}
	for (const { device, step, message } of report.errors)
		print(`error: ${device}: ${step}: ${message}`);
	print("");
	print(`${report.board}: ${channelText(board)}`);
	print(
		`${count(report.devices, "device")}, ${count(report.messages, "message")}, ${count(report.notifications, "notification")}, ${count(report.errors.length, "error")}, ` +
			`${report.unserved.length} unserved, ${count(report.fixedClocks, "reference")} to fixed clocks, ${(report.virtualTimeNs / 1e6).toFixed(3)} ms of virtual time`,
	);
}

function channelText({ channel, addedScmiNodes }: Board): string {
	const id =
		channel.functionId === undefined
			? ""
			: ` 0x${channel.functionId.toString(16)}`;
	const added = addedScmiNodes ? ", nodes added to the tree" : "";
	return `SCMI over ${channel.conduit}${id}, shared memory at 0x${channel.sharedMemory.address.toString(16)}${added}`;
}
