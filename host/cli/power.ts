// scmi-cosim power: the power domains after boot.
// With --json an array of {id, name, on}.

import { Command } from "commander";
import { boot } from "../simulation/boot.ts";
import {
	type BoardVerbOptions,
	openBoardOf,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";

export function powerVerb(): Command {
	return withBoardOptions(
		new Command("power").description("the power domains after boot"),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const { powerDomains } = await boot(openBoardOf(options));
	if (options.json) {
		printJson(powerDomains);
		return;
	}
	printTable(
		["power domain", "id", "state"],
		powerDomains.map(({ name, id, on }) => [name, id, on ? "on" : "off"]),
	);
}
