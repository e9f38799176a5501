// scmi-cosim power: the power domains, performance domains, rails and reset lines after boot.
// With --json {powerDomains, performanceDomains, rails, resets}: arrays as in the report of boot.

import { Command } from "commander";
import { type BootReport, boot } from "../simulation/boot.ts";
import {
	type BoardVerbOptions,
	openBoardOf,
	print,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";

export function powerVerb(): Command {
	return withBoardOptions(
		new Command("power").description(
			"power domains, performance domains, rails and reset lines after boot",
		),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const report = await boot(openBoardOf(options));
	const { powerDomains, performanceDomains, rails, resets } = report;
	if (options.json) {
		printJson({ powerDomains, performanceDomains, rails, resets });
		return;
	}
	printPower(report);
}

/** Prints what has power, and how much; what the firmware has none of is left out. */
export function printPower(report: BootReport): void {
	const { powerDomains, performanceDomains, rails, resets } = report;
	printTable(
		["power domain", "id", "state"],
		powerDomains.map(({ name, id, on }) => [name, id, on ? "on" : "off"]),
	);
	printMore(
		["performance domain", "id", "level", "lowest", "highest", "rate (Hz)"],
		performanceDomains.map(({ name, id, level, min, max, rate }) => [
			name,
			id,
			level,
			min,
			max,
			rate,
		]),
	);
	printMore(
		["rail", "id", "µV", "state"],
		rails.map(({ name, id, microvolts, on }) => [
			name,
			id,
			microvolts,
			on ? "on" : "off",
		]),
	);
	printMore(
		["reset domain", "id", "state"],
		resets.map(({ name, id, asserted }) => [
			name,
			id,
			asserted ? "asserted" : "released",
		]),
	);
}

/** A table behind an empty line; nothing when it has no rows. */
function printMore(
	head: readonly string[],
	rows: readonly (readonly (string | number)[])[],
): void {
	if (rows.length === 0) return;
	print("");
	printTable(head, rows);
}
