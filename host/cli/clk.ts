// scmi-cosim clk: the clock tree after boot, like Linux's clk_summary.
// With --json an array of {id, name, rate, enabled, parent}.

import { Command } from "commander";
import { boot } from "../simulation/boot.ts";
import type { ClockState } from "../simulation/state.ts";
import {
	type BoardVerbOptions,
	openBoardOf,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";

export function clkVerb(): Command {
	return withBoardOptions(
		new Command("clk").description(
			"the clock tree after boot, like clk_summary",
		),
	).action(run);
}

async function run(options: BoardVerbOptions): Promise<void> {
	const { clocks } = await boot(openBoardOf(options));
	if (options.json) printJson(clocks);
	else printClockTree(clocks);
}

/** Prints every clock under its parent. */
export function printClockTree(clocks: readonly ClockState[]): void {
	const children = new Map<string | null, ClockState[]>();
	for (const clock of clocks)
		children.set(clock.parent, [...(children.get(clock.parent) ?? []), clock]);
	const rows: (string | number)[][] = [];
	const add = (parent: string | null, depth: number) => {
		for (const { id, name, rate, enabled } of children.get(parent) ?? []) {
			rows.push([
				`${"  ".repeat(depth)}${name}`,
				id,
				rate,
				enabled ? "on" : "off",
			]);
			add(name, depth + 1);
		}
	};
	add(null, 0);
	printTable(["clock", "id", "rate (Hz)", "state"], rows);
}
