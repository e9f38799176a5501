// The costs of traps as a table for people.
// How they are measured: trap.ts.

import Table from "cli-table3";
import type { Cost, TrapCosts } from "./trap.ts";

function ns({ median, low, high }: Cost): string {
	return `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
}

/** The costs as a table for people. */
export function tableOf({ rounds, emptyCall, rows }: TrapCosts): string {
	const table = new Table({
		head: [
			"message",
			"engine",
			"plain server",
			"plain / engine",
			"engine / empty call",
		],
		colAligns: ["left", "right", "right", "right", "right"],
		style: { head: [], border: [] },
	});
	for (const row of rows) {
		table.push([
			row.message,
			ns(row.engine),
			ns(row.plain),
			row.plainToEngine.toFixed(2),
			row.engineToEmptyCall.toFixed(2),
		]);
	}
	return [
		`ns per message, one trap each: median of ${rounds} rounds (lowest to highest)`,
		table.toString(),
		`empty call from JavaScript into WebAssembly: ${ns(emptyCall)} ns`,
	].join("\n");
}
