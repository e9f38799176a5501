// Two results, row by row: what is worse than before by more than chance.
// Ratios are compared, so that another clock speed does not show; a rank test (Mann and Whitney) tells of chance.

import { CosimError } from "../host/errors.ts";
import { type BenchResult, FORMAT } from "./bench.ts";
import { shift } from "./figures.ts";
import type { Row } from "./row.ts";

export type Verdict = "better" | "worse" | "as before";

export interface Compared {
	name: string;
	/** The ratios; null where there is none. */
	old: number | null;
	new: number | null;
	/** (new - old) / old; null when one is missing or the old one is 0. */
	change: number | null;
	/** null when it cannot be told. */
	verdict: Verdict | null;
	/** Whether it is worse and counts: rows without a goal and times in ms do not, they are the machine's as well. */
	regression: boolean;
}

export interface Comparison {
	compared: Compared[];
	/** Why the two are not measured alike; empty when they are. */
	differences: string[];
}

/** A smaller change is not worth a word, however sure it is: a machine's states move ratios by as much. */
const LEAST_CHANGE = 0.03;
/** With four on either side the most different ranks are not rare enough. */
const FEWEST_SAMPLES = 5;
/** Standard deviations, as many as chance brings about in one row of two hundred. */
const NO_CHANCE = 2.58;

/**
 * Reads what `bench --json` has printed.
 * @param name of the file, for the message
 * @throws CosimError FILE when it is something else, or of another format
 */
export function parseResult(text: string, name: string): BenchResult {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		const { message } = cause as Error;
		throw new CosimError("FILE", `${name}: not JSON: ${message}`, { cause });
	}
	const expected = "expected what scmi-cosim bench --json prints";
	if (!isObject(value) || !("format" in value) || !Array.isArray(value.rows))
		throw new CosimError("FILE", `${name}: no benchmark's result: ${expected}`);
	if (value.format !== FORMAT)
		throw new CosimError(
			"FILE",
			`${name}: format ${JSON.stringify(value.format)}, this version compares format ${FORMAT}: measure the old version again with this benchmark`,
		);
	const wrong = value.rows.findIndex((row) => !isRow(row));
	if (wrong !== -1)
		throw new CosimError("FILE", `${name}: rows[${wrong}]: ${expected}`);
	if (!isObject(value.machine))
		throw new CosimError("FILE", `${name}: machine: ${expected}`);
	return value as unknown as BenchResult;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
	return typeof value === "number";
}

function isRow(row: unknown): row is Row {
	if (!isObject(row) || typeof row.name !== "string") return false;
	const { ratio, goal, samples } = row;
	return (
		[ratio, goal].every((value) => value === null || isNumber(value)) &&
		Array.isArray(samples) &&
		samples.every(isNumber)
	);
}

/** Compares the rows that the new result has. */
export function compare(old: BenchResult, now: BenchResult): Comparison {
	const before = new Map(old.rows.map((row) => [row.name, row]));
	return {
		compared: now.rows.map((row) => compareRows(before.get(row.name), row)),
		differences: differencesOf(old, now),
	};
}

function compareRows(old: Row | undefined, now: Row): Compared {
	const before = old?.ratio ?? null;
	const change =
		before === null || before === 0 || now.ratio === null
			? null
			: (now.ratio - before) / before;
	const verdict = old === undefined ? null : verdictOf(old, now);
	const counts = now.goal !== null && now.unit !== "ms";
	return {
		name: now.name,
		old: before,
		new: now.ratio,
		change,
		verdict,
		regression: verdict === "worse" && counts,
	};
}

function verdictOf(old: Row, now: Row): Verdict | null {
	if (isUntold(old) || isUntold(now)) return null;
	if (old.ratio === null || now.ratio === null) return null;
	if (isTooFew(old.samples, now.samples)) return null;
	const change = now.ratio - old.ratio;
	const least = Math.abs(old.ratio) * LEAST_CHANGE;
	if (Math.abs(change) <= least || isChance(old.samples, now.samples))
		return "as before";
	return change > 0 === (now.direction === "at least") ? "better" : "worse";
}

/** Bytes are the same each time, and measured once. */
function isExact(old: readonly number[], now: readonly number[]): boolean {
	return old.length === 1 && now.length === 1;
}

/** Of fewer samples the test finds nothing, whatever they are. */
function isTooFew(old: readonly number[], now: readonly number[]): boolean {
	return (
		!isExact(old, now) && Math.min(old.length, now.length) < FEWEST_SAMPLES
	);
}

function isChance(old: readonly number[], now: readonly number[]): boolean {
	if (isExact(old, now)) return false;
	return Math.abs(shift(old, now)) < NO_CHANCE;
}

/** A row that the machine could not answer then: two cores were not idle. */
function isUntold({ goal, holds }: Row): boolean {
	return goal !== null && holds === null;
}

function differencesOf(old: BenchResult, now: BenchResult): string[] {
	const pairs: [what: string, old: unknown, now: unknown][] = [
		["CPU", old.machine.cpu, now.machine.cpu],
		["cores", old.machine.cores, now.machine.cores],
		["Node", old.machine.node, now.machine.node],
		["quick", old.quick, now.quick],
	];
	return pairs
		.filter(([, before, after]) => before !== after)
		.map(([what, before, after]) => `${what}: ${before} then, ${after} now`);
}
