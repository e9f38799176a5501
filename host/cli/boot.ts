// scmi-cosim boot: probe every device of a board's devicetree through SCMI and print what happened.
// The last lines are the summary; with --json the whole report.

import { Command } from "commander";
import type { Board } from "../simulation/board.ts";
import { type BootReport, boot } from "../simulation/boot.ts";
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

export function bootVerb(): Command {
	return withBoardOptions(
		new Command("boot").description(
			"probe every device of a board's devicetree through SCMI, as an operating system would",
		),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const board = openBoardOf(options);
	const report = await boot(board);
	if (options.json) printJson(report);
	else printReport(board, report);
	if (report.errors.length > 0) process.exitCode = 1;
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
