// Prints what a trap costs: `npm run bench`, or with `-- --json` one object.
// How it is measured: trap.ts.

import { parseArgs } from "node:util";
import { measureTraps } from "./trap.ts";
import { tableOf } from "./trap-table.ts";

try {
	const { values } = parseArgs({ options: { json: { type: "boolean" } } });
	const costs = measureTraps();
	console.log(values.json === true ? JSON.stringify(costs) : tableOf(costs));
} catch (error) {
	console.error(`bench: ${(error as Error).message}`);
	process.exitCode = 1;
}
