// scmi-cosim boot --agents: the agents in the order of their boot, what Linux turned off, what survived on whose account.
// With --json the whole report.

import { InvalidArgumentError } from "commander";
import { CosimError } from "../errors.ts";
import { createEngine } from "../node.ts";
import { imx8mmWith } from "../platform/imx8mm/agents.ts";
import { TEE, VERSION_SETS } from "../platform/platform.ts";
import { openBoard, platformFor } from "../simulation/board.ts";
import {
	type AgentsReport,
	bootAgents,
	type NamesOfEach,
} from "../simulation/boot-agents.ts";
import type { Survivor } from "../simulation/survivors.ts";
import { type Checked, printViolations, watcherFor } from "./check.ts";
import {
	type BoardVerbOptions,
	count,
	inFile,
	print,
	printJson,
	printTable,
	readTree,
} from "./common.ts";

export interface AgentsOptions extends BoardVerbOptions {
	agents: readonly string[];
	teeDevices?: readonly string[];
	check?: true;
}

/** The words of an option's value. */
export function parseList(text: string): readonly string[] {
	const words = text.split(",");
	if (words.every((word) => word !== "")) return words;
	throw new InvalidArgumentError("expected names with commas between them.");
}

export async function runAgents(options: AgentsOptions): Promise<void> {
	const report = await boot(options);
	const { agents, violations = [] } = report;
	if (options.json) printJson(report);
	else {
		printAgents(report);
		const messages = agents.reduce((sum, agent) => sum + agent.messages, 0);
		printViolations(messages, report);
	}
	const failed = agents.some(
		({ errors, lost }) => errors.length > 0 || lists(lost) > 0,
	);
	if (failed || violations.length > 0) process.exitCode = 1;
}

async function boot(options: AgentsOptions): Promise<AgentsReport & Checked> {
	const { agents, teeDevices, scmi, dtb } = options;
	if (teeDevices !== undefined && !agents.includes(TEE)) {
		throw new CosimError(
			"USAGE",
			`--tee-devices: expected ${TEE} among the agents`,
		);
	}
	const served = { ...imx8mmWith(agents), protocols: VERSION_SETS[scmi] };
	const tree = readTree(dtb);
	try {
		const engine = createEngine(platformFor(tree, served));
		const watch = watcherFor(options);
		const board = openBoard(tree, watch.watch(engine));
		return watch.checked(await bootAgents(board, engine, teeDevices));
	} catch (error) {
		throw dtb === undefined ? error : inFile(dtb, error);
	}
}

function printAgents(report: AgentsReport): void {
	const { agents, survived } = report;
	printTable(
		["agent", "id", "world", "devices", "messages", "errors", "has for itself"],
		agents.map((agent) => [
			agent.name,
			agent.id,
			agent.secure ? "secure" : "normal",
			agent.devices,
			agent.messages,
			agent.errors.length,
			agent.reserved.join(", ") || "-",
		]),
	);
	for (const [what, rows] of [
		["clock", survived.clocks],
		["power domain", survived.powerDomains],
		["rail", survived.rails],
		["reset line", survived.resets.filter(isSomebodys)],
	] as const)
		printSurvivors(what, rows);
	print("");
	printTable(
		["on without a user of linux's", "clocks", "power domains", "rails"],
		[
			["turned off", ...counts(report.turnedOff)],
			["still on, others need it", ...counts(report.kept)],
			["refused", ...counts(report.refused)],
			["linux must not change it", report.forbidden.clocks.length, 0, 0],
		],
	);
	print("");
	for (const { name, errors, lost } of agents) {
		for (const { device, step, message } of errors)
			print(`error: ${name}: ${device}: ${step}: ${message}`);
		for (const [kind, names] of Object.entries(lost))
			if (names.length > 0)
				print(`lost: ${name}: ${kind}: ${names.join(", ")}`);
	}
	const messages = agents.reduce((sum, agent) => sum + agent.messages, 0);
	const errors = agents.reduce((sum, agent) => sum + agent.errors.length, 0);
	const off = lists(report.turnedOff);
	const on = Object.values(survived).reduce(
		(sum, rows) => sum + rows.length,
		0,
	);
	const lost = agents.reduce((sum, agent) => sum + lists(agent.lost), 0);
	print(
		`${report.board}: ${count(agents.length, "agent")}, ${count(messages, "message")}, ${count(errors, "error")}, ` +
			`${off} turned off, ${on} survived, ${lost} lost, ${(report.virtualTimeNs / 1e6).toFixed(3)} ms of virtual time`,
	);
}

/** What is on, with who asked for it, and who else needs it. */
function printSurvivors(what: string, rows: readonly Survivor[]): void {
	if (rows.length === 0) return;
	print("");
	printTable(
		[what, "id", "asked for by", "needed by"],
		rows.map(({ name, id, requestedBy, neededBy }) => [
			name,
			id,
			requestedBy.join(", ") || "-",
			neededBy.join(", ") || "nobody: left on at reset",
		]),
	);
}

function isSomebodys({ requestedBy }: Survivor): boolean {
	return requestedBy.length > 0;
}

function counts({ clocks, powerDomains, rails }: NamesOfEach): number[] {
	return [clocks.length, powerDomains.length, rails.length];
}

/** Number of names in all lists of a part of the report. */
function lists(part: object): number {
	return Object.values(part).reduce(
		(sum: number, names: readonly string[]) => sum + names.length,
		0,
	);
}
