// docs/scenarios.md beside the format: its tables of keys, its list of examples, and the scenario that it shows.
// Follows no specification: the tables are compared row by row with host/simulation/scenario/shape.ts, from which the schema is made.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseScenario, runScenario } from "../../host/node.ts";
import {
	CLOCK_STATE_KEYS,
	DOMAIN_STATE_KEYS,
	type Key,
	RIGHTS_KEYS,
	SCENARIO_KEYS,
	STEP_KINDS,
} from "../../host/simulation/scenario/shape.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Without the spaces and dashes that make a table's columns equally wide. */
const page = readFileSync(`${root}docs/scenarios.md`, "utf8")
	.replace(/ +\|/g, " |")
	.replace(/^\| -.*\|$/gm, "|---|");

/** The rows of a table as the page has them. */
function rows(keys: readonly Key[]): string {
	return keys
		.map(
			({ name, required, about }) =>
				`| \`${name}\` |${required ? " yes" : ""} | ${about} |\n`,
		)
		.join("");
}

const HEAD = "| key | required | |\n|---|\n";

describe("the tables", () => {
	it("have the keys of a scenario, of permissions and of every kind of step", () => {
		expect(page).toContain(HEAD + rows(SCENARIO_KEYS));
		expect(page).toContain(HEAD + rows(RIGHTS_KEYS));
		for (const { name, about, keys } of STEP_KINDS)
			expect(page).toContain(
				`### ${name}\n\n${about[0]?.toUpperCase()}${about.slice(1)}.\n\n${HEAD}${rows(keys)}`,
			);
		for (const keys of [CLOCK_STATE_KEYS, DOMAIN_STATE_KEYS])
			expect(page).toContain(HEAD + rows(keys));
	});

	it("have no others", () => {
		const keys = [...page.matchAll(/^\| `/gm)].length;
		const known = [
			SCENARIO_KEYS,
			RIGHTS_KEYS,
			CLOCK_STATE_KEYS,
			DOMAIN_STATE_KEYS,
			...STEP_KINDS.map(({ keys }) => keys),
		].flat();
		expect(keys).toBe(known.length);
	});
});

it("the examples are listed with their descriptions", () => {
	const files = readdirSync(`${root}examples/scenarios`);
	const listed = [
		...page.matchAll(
			/\| \[([^\]]+)\]\(\.\.\/examples\/scenarios\/\1\) \| (.*) \|/g,
		),
	];
	expect(listed.map(([, file]) => file).sort()).toEqual(files.sort());
	for (const [, file, description] of listed) {
		const text = readFileSync(`${root}examples/scenarios/${file}`, "utf8");
		expect(JSON.parse(text).description).toBe(description);
	}
});

it("the scenario that is shown runs, and the error is the one for its mistake", () => {
	const text = /```json\n([\s\S]*?)```/.exec(page)?.[1] as string;
	const { scenario } = parseScenario(text, "tee.json");
	expect(runScenario(scenario).failures).toEqual([]);
	const error = /^scmi-cosim: (.*)$/m.exec(page)?.[1] as string;
	const wrong = text.replace("uart4_root_clk", "uart44_root_clk");
	expect(() => parseScenario(wrong, "tee.json")).toThrow(error);
});
