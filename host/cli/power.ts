// scmi-cosim power: the power domains and the reset lines after boot.
// With --json {powerDomains, resets}: arrays of {id, name, on} and of {id, name, asserted}.

import { Command } from "commander";
import { boot } from "../simulation/boot.ts";
import type { ResetState } from "../simulation/state.ts";
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
			"the power domains and the reset lines after boot",
		),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const { powerDomains, resets } = await boot(openBoardOf(options));
	if (options.json) {
		printJson({ powerDomains, resets });
		return;
	}
	printTable(
		["power domain", "id", "state"],
		powerDomains.map(({ name, id, on }) => [name, id, on ? "on" : "off"]),
	);
	printResets(resets);
}

/** Prints every reset line, behind an empty line; nothing when there are none. */
export function printResets(resets: readonly ResetState[]): void {
	if (resets.length === 0) return;
	print("");
	printTable(
		["reset domain", "id", "state"],
		resets.map(({ name, id, asserted }) => [
			name,
			id,
			asserted ? "asserted" : "released",
		]),
	);
}
