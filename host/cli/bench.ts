// scmi-cosim bench: what messages cost, as ratios of one run, each with its goal.
// With --json {format, version, quick, date, machine, rows: [{name, ratio, goal, holds, ...}], costs, throughput}.

import { Command } from "commander";
import type { BenchResult } from "../../bench/bench.ts";
import type { Compared, Comparison } from "../../bench/compare.ts";
import type { Row } from "../../bench/row.ts";
import { CosimError } from "../errors.ts";
import { nearest } from "../scmi/nearest.ts";
import {
	besides,
	inputName,
	type JsonOption,
	jsonOption,
	print,
	printJson,
	printTable,
	readAtMost,
	writeFile,
} from "./common.ts";

interface BenchOptions extends JsonOption {
	quick?: true;
	only?: string[];
	compare?: string;
	svg?: string;
}

/** Results are far smaller. */
const MOST_BYTES = 1 << 24;

const DETAILS = `
A row holds when its ratio is on the right side of its goal; "-" stands where this cannot be told on this machine now, and the
note says why. Rows that do not hold are no failure. With --compare, one that has become worse by more than 3 % and more than
chance is: the exit status is 1 then. Figures in ms and rows without a goal are compared but do not count.

What the rows mean and how to measure again: docs/benchmark.md.`;

export function benchVerb(): Command {
	return new Command("bench")
		.description("what messages cost: ratios of one run, each with its goal")
		.option("--quick", "fewer measurements: 40 seconds instead of two minutes")
		.option(
			"--only <name>",
			"this row or group of rows, such as trap/version or batch; may be repeated",
			(name, names: string[] = []) => [...names, name],
		)
		.option(
			"--compare <file>",
			'a result of --json from before, "-" for standard input; exit status 1 when a row has become worse',
		)
		.option(
			"--svg <file>",
			'write a picture of throughput by message and batch size, "-" for standard output',
		)
		.addOption(jsonOption())
		.addHelpText("after", DETAILS)
		.action(run);
}

async function run(options: BenchOptions): Promise<void> {
	// Other verbs need nothing of it.
	const { groupOf, QUESTIONS, runBench } = await import("../../bench/bench.ts");
	const { chartOf } = await import("../../bench/chart.ts");
	const { compare, parseResult } = await import("../../bench/compare.ts");
	const { only, svg } = options;
	const names = QUESTIONS.map(({ name }) => name);
	checkNames(only, [...new Set([...names.map(groupOf), ...names])]);
	if (svg !== undefined && only !== undefined)
		throw new CosimError(
			"USAGE",
			"--svg with --only: the picture shows all messages",
		);
	if (svg === "-" && options.json)
		throw new CosimError(
			"USAGE",
			"--svg - with --json: expected one of them on standard output",
		);
	// Whatever is wrong with it is to be known before minutes have gone by.
	const old =
		options.compare === undefined
			? undefined
			: parseResult(readText(options.compare), inputName(options.compare));

	const progress = new Progress();
	const result = await runBench({
		quick: options.quick === true,
		...(only === undefined ? {} : { only }),
		onStep: (step) => progress.show(step),
	});
	progress.end();

	const comparison = old === undefined ? undefined : compare(old, result);
	if (svg !== undefined) writeFile(svg, Buffer.from(chartOf(result)));
	if (options.json) printJson({ ...result, ...comparison });
	else {
		const to = besides(svg ?? "");
		printResult(result, to);
		if (comparison !== undefined) printComparison(comparison, to);
	}
	if (comparison?.compared.some(({ regression }) => regression))
		process.exitCode = 1;
}

function checkNames(
	only: readonly string[] | undefined,
	known: readonly string[],
): void {
	for (const name of only ?? []) {
		if (known.includes(name)) continue;
		const near = nearest(name, known);
		const hint =
			near === undefined
				? `expected one of ${known.filter((each) => !each.includes("/")).join(", ")}, or a row of them`
				: `did you mean ${near}?`;
		throw new CosimError("UNKNOWN_NAME", `--only ${name}: no row: ${hint}`);
	}
}

function readText(file: string): string {
	const bytes = readAtMost(file, MOST_BYTES);
	if (bytes.length > MOST_BYTES)
		throw new CosimError(
			"FILE",
			`${inputName(file)}: no benchmark's result: more than ${MOST_BYTES} bytes`,
		);
	return new TextDecoder().decode(bytes);
}

/** One line on a terminal, overwritten by the next. */
class Progress {
	readonly #terminal = process.stderr.isTTY === true;

	show(step: string): void {
		if (this.#terminal) process.stderr.write(`\r\u001b[Kbench: ${step}`);
	}

	end(): void {
		if (this.#terminal) process.stderr.write("\r\u001b[K");
	}
}

function figure(value: number | null, unit: Row["unit"]): string {
	if (value === null) return "-";
	const digits = unit === "bytes" || unit === "collections" ? 0 : 2;
	const text = value.toFixed(Number.isInteger(value) ? 0 : digits);
	return unit === "times" ? value.toFixed(2) : `${text} ${unit}`;
}

function spreadOf({ low, high, unit }: Row): string {
	if (low === null || high === null || low === high) return "";
	return `${low.toFixed(2)} to ${high.toFixed(2)}${unit === "times" ? "" : ` ${unit}`}`;
}

function holdsText({ goal, holds }: Row): string {
	if (holds === null) return goal === null ? "" : "-";
	return holds ? "holds" : "DOES NOT HOLD";
}

function printResult(
	{ machine, rows, version, quick }: BenchResult,
	to: NodeJS.WritableStream,
): void {
	const load = `load ${machine.loadBefore.toFixed(2)} before, ${machine.loadAfter.toFixed(2)} after`;
	print(
		`scmi-cosim ${version}${quick ? ", quick" : ""}: ${machine.cpu}, ${machine.cores} cores, ${machine.idleCores.toFixed(1)} of them idle, ${load}; ${machine.system}, Node ${machine.node}\n`,
		to,
	);
	printTable(
		["row", "ratio", "spread", "goal", "", "what"],
		rows.map((row) => [
			row.name,
			figure(row.ratio, row.unit),
			spreadOf(row),
			row.goal === null ? "" : `${row.direction} ${row.goal}`,
			holdsText(row),
			row.what,
		]),
		to,
	);
	const noted = rows.filter(({ note }) => note !== null);
	if (noted.length > 0) print("", to);
	for (const { name, note } of noted) print(`${name}: ${note}`, to);
	const failed = rows.filter(({ holds }) => holds === false).length;
	const untold = rows.filter(
		({ goal, holds }) => goal !== null && holds === null,
	).length;
	const held = rows.filter(({ holds }) => holds === true).length;
	print(`\n${held} hold, ${failed} do not, ${untold} cannot be told here`, to);
}

function changeText({ change }: Compared): string {
	if (change === null) return "";
	return `${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`;
}

function printComparison(
	{ compared, differences }: Comparison,
	to: NodeJS.WritableStream,
): void {
	print("", to);
	for (const difference of differences)
		print(`not measured alike: ${difference}`, to);
	const number = (value: number | null) => value?.toFixed(2) ?? "-";
	printTable(
		["row", "old", "new", "change", ""],
		compared.map((row) => [
			row.name,
			number(row.old),
			number(row.new),
			changeText(row),
			row.regression ? "WORSE" : (row.verdict ?? "-"),
		]),
		to,
	);
	const worse = compared.filter(({ regression }) => regression);
	print(
		worse.length === 0
			? "\nno row has become worse"
			: `\nworse: ${worse.map(({ name }) => name).join(", ")}`,
		to,
	);
}
