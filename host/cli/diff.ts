// scmi-cosim diff: the same messages to two firmware profiles, and the replies that differ.
// With --json {profiles, messages, differences: [{message, protocol, messageId, request, a, b, quirk}]}.

import { Command } from "commander";
import { createFirmware } from "../node.ts";
import {
	type Difference,
	diffProfiles,
	type ProfileAnswer,
	type ProfileDiff,
} from "../profiles/diff.ts";
import { findProfile, PROFILES } from "../profiles/index.ts";
import type { Profile, Quirk } from "../profiles/profile.ts";
import { everyCommand } from "../profiles/traffic.ts";
import { boot } from "../simulation/boot.ts";
import { decodeMessage } from "../trace/decode.ts";
import {
	type BoardVerbOptions,
	count,
	openBoardOf,
	platformOf,
	print,
	printJson,
	printTable,
	withPlatformOptions,
} from "./common.ts";

interface DiffOptions extends BoardVerbOptions {
	all?: true;
}

const DETAILS = `
Profiles:
${PROFILES.map(({ name, description }) => `  ${name.padEnd(14)}${description}`).join("\n")}

The messages are those that boot sends to the profile spec, and then every command of the base, power domain and clock
protocols for the first, the last and an unknown ID and for those that a profile treats in a way of its own. Before each
one the shared memory of both holds the same garbage. Compared are x0, channel status, length and header, and the payload
as far as the length says. When one of the two stops (a call that never returns, a panic, a read past the end of a table),
that is a difference, and both start again from their state at load. Differences are no failure: the exit status is 0.`;

export function diffVerb(): Command {
	return withPlatformOptions(
		new Command("diff")
			.description(
				"send the same messages to two firmware profiles and print the replies that differ",
			)
			.argument("<profile>", "such as spec")
			.argument("<profile>", "such as imx8mm-draft")
			.option("--all", "print every difference instead of each message's first")
			.addHelpText("after", DETAILS),
	).action(run);
}

async function run(
	first: string,
	second: string,
	options: DiffOptions,
): Promise<void> {
	const profiles = [findProfile(first), findProfile(second)] as const;
	const requests: Uint8Array[] = [];
	await boot(
		openBoardOf(options, {
			onMessage: ({ kind, request }) => {
				if (kind === "command") requests.push(request);
			},
		}),
	);
	const platform = platformOf(options);
	requests.push(...everyCommand(platform));
	const diff = diffProfiles(profiles, requests, ({ name }) =>
		createFirmware(name, platform),
	);
	if (options.json) printJson(diff);
	else printDiff(profiles, diff, options.all === true);
}

function printDiff(
	profiles: readonly Profile[],
	{ profiles: names, messages, differences }: ProfileDiff,
	all: boolean,
): void {
	const groups = groupBy(
		differences,
		({ protocol, message }) => `${protocol} ${message}`,
	);
	const quirks = profiles.flatMap(({ quirks }) => quirks);
	for (const group of groups.values()) {
		for (const one of all ? group : group.slice(0, 1)) {
			printDifference(one, names, quirks);
			print("");
		}
	}
	if (groups.size > 0) {
		printTable(
			["protocol", "message", "differences", "quirks"],
			[...groups.values()].map((group) => [
				(group[0] as Difference).protocol,
				(group[0] as Difference).message,
				group.length,
				quirksOf(group),
			]),
		);
		print("");
	}
	print(
		`${names.join(", ")}: ${count(messages, "message")}, ${count(differences.length, "difference")}`,
	);
}

function groupBy(
	differences: readonly Difference[],
	key: (difference: Difference) => string,
): Map<string, Difference[]> {
	const groups = new Map<string, Difference[]>();
	for (const difference of differences) {
		const name = key(difference);
		groups.set(name, [...(groups.get(name) ?? []), difference]);
	}
	return groups;
}

/** The quirks behind a message's differences, and how many each is behind. */
function quirksOf(group: readonly Difference[]): string {
	return [...groupBy(group, ({ quirk }) => quirk ?? "none")]
		.map(([quirk, { length }]) => `${quirk} ${length}`)
		.join(", ");
}

function printDifference(
	{ protocol, message, request, a, b, quirk }: Difference,
	names: readonly string[],
	quirks: readonly Quirk[],
): void {
	const asked = decodeMessage(request)
		.fields.slice(1)
		.map(({ name, text }) => `${name} ${text}`)
		.join(", ");
	print(`${protocol} ${message}(${asked})`);
	const left = rowsOf(a);
	const right = rowsOf(b);
	const fields = new Set([...left.keys(), ...right.keys()]);
	printTable(
		["", "field", ...names],
		[...fields].map((field) => {
			const [one, other] = [left.get(field) ?? "-", right.get(field) ?? "-"];
			return [one === other ? "" : "*", field, one, other];
		}),
	);
	const text = quirks.find(({ id }) => id === quirk)?.text;
	if (text !== undefined) print(`quirk ${quirk}: ${text}`);
}

/** An answer's fields by name. */
function rowsOf(answer: ProfileAnswer): Map<string, string> {
	if ("stopped" in answer) {
		const { stopped } = answer;
		const text =
			typeof stopped === "string"
				? stopped
				: `${stopped.reason}: ${stopped.message}`;
		return new Map([["stopped", text]]);
	}
	return new Map([
		["x0", `${answer.x0}`],
		["channel status", `${answer.channel}`],
		["length", `${answer.length}`],
		...answer.fields.map(({ name, text }): [string, string] => [name, text]),
	]);
}
