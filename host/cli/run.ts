// scmi-cosim run: scenarios from files, several agents on one firmware, each step on a line.
// The format is docs/scenarios.md. All files are checked before any runs; a step that is not as expected is a failure.

import { Command } from "commander";
import { CosimError } from "../errors.ts";
import { runScenario } from "../node.ts";
import {
	parseScenario,
	type ScenarioFile,
} from "../simulation/scenario/parse.ts";
import {
	differenceText,
	type ScenarioReport,
} from "../simulation/scenario/report.ts";
import { MOST_TEXT } from "../simulation/scenario/shape.ts";
import {
	count,
	inputName,
	type JsonOption,
	jsonOption,
	print,
	printJson,
	printTable,
	readAtMost,
} from "./common.ts";

const EXAMPLES = `
Examples:
  scmi-cosim run examples/scenarios/*.json
  scmi-cosim run - < scenario.json

The format is described in docs/scenarios.md and, for editors, in schema/scenario.schema.json.`;

interface FileReport extends ScenarioReport {
	file: string;
}

export function runVerb(): Command {
	return new Command("run")
		.description(
			"run scenarios: what several agents do on one firmware, and what is expected of it",
		)
		.argument("<file...>", "scenario files, - for standard input")
		.addOption(jsonOption())
		.addHelpText("after", EXAMPLES)
		.action(run);
}

function run(files: string[], options: JsonOption): void {
	const scenarios = files.map((file) => readScenario(file));
	const reports = scenarios.map(({ scenario, placeOf }, i): FileReport => {
		const file = inputName(files[i] as string);
		const report = { file, ...runScenario(scenario, { placeOf }) };
		if (!options.json) printReport(report);
		return report;
	});
	if (options.json) printJson(reports);
	else printSummary(reports);
	if (reports.some(({ passed }) => !passed)) process.exitCode = 1;
}

function readScenario(file: string): ScenarioFile {
	const name = inputName(file);
	const bytes = readAtMost(file, MOST_TEXT);
	if (bytes.length > MOST_TEXT)
		throw new CosimError(
			"SCENARIO_INVALID",
			`${name}: more than ${MOST_TEXT} bytes`,
		);
	return parseScenario(textOf(bytes, name), name);
}

function textOf(bytes: Uint8Array, name: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new CosimError("SCENARIO_INVALID", `${name}: not UTF-8`, { cause });
	}
}

function printReport({ file, description, steps, unread }: FileReport): void {
	print(description === undefined ? file : `${file}: ${description}`);
	printTable(
		["", "step", "agent", "action", "result"],
		steps.map(({ agent = "", action, result, failures }, i) => [
			failures.length > 0 ? "!" : "",
			i + 1,
			agent,
			action,
			result,
		]),
	);
	for (const { place, failures } of steps)
		for (const failure of failures)
			print(`${place}: ${differenceText(failure)}`);
	if (unread.length > 0) print(`not asked for: ${unreadText(unread)}`);
	print("");
}

function printSummary(reports: readonly FileReport[]): void {
	const steps = reports.flatMap((report) => report.steps);
	const failed = steps.filter(({ failures }) => failures.length > 0).length;
	print(
		`${count(reports.length, "scenario")}, ${count(steps.length, "step")}, ${failed === 0 ? "all as expected" : `${failed} not as expected`}`,
	);
}

/** "CLOCK_RATE_CHANGED to guest, 3 SENSOR_UPDATE to linux". */
function unreadText(unread: FileReport["unread"]): string {
	const times = new Map<string, number>();
	for (const { agent, name } of unread) {
		const what = `${name} to ${agent}`;
		times.set(what, (times.get(what) ?? 0) + 1);
	}
	return [...times]
		.map(([what, n]) => (n === 1 ? what : `${n} ${what}`))
		.join(", ");
}
