// The examples: each runs as its file says, and fails where its expectations are turned round.
// SCMI 3.2 (Arm DEN0056E); the format is docs/scenarios.md.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseScenario, runScenario } from "../../../host/node.ts";

const folder = fileURLToPath(
	new URL("../../../examples/scenarios/", import.meta.url),
);
const files = readdirSync(folder).sort();

it("there are five, each with a description of its own", () => {
	const descriptions = files.map(
		(file) =>
			parseScenario(readFileSync(folder + file, "utf8"), file).scenario
				.description,
	);
	expect(files).toHaveLength(5);
	expect(new Set(descriptions).size).toBe(5);
	expect(descriptions).not.toContain(undefined);
});

describe.each(files)("%s", (file) => {
	const text = readFileSync(folder + file, "utf8");

	it("runs as it says", () => {
		const { scenario, placeOf } = parseScenario(text, file);
		const report = runScenario(scenario, { placeOf });
		expect(report.failures).toEqual([]);
		expect(report.passed).toBe(true);
		expect(report.unread).toEqual([]);
		expect(report.steps).toHaveLength(scenario.steps.length);
	});

	it("what it expects can fail: every step that expects something else is told apart", () => {
		const { scenario } = parseScenario(text, file);
		const turned = scenario.steps.map((step) => {
			if ("expect" in step) {
				const state = step.expect as { on?: boolean; rate?: number };
				return state.on === undefined
					? { expect: { ...state, rate: 1 } }
					: { expect: { ...state, on: !state.on } };
			}
			if ("message" in step && step.status === undefined)
				return { ...step, status: "NOT_FOUND", reply: undefined };
			return step;
		});
		const changed = turned.filter((step, i) => step !== scenario.steps[i]);
		const report = runScenario({ ...scenario, steps: turned as never });
		expect(changed.length).toBeGreaterThan(1);
		const failed = report.steps.filter(({ failures }) => failures.length > 0);
		expect(failed).toHaveLength(changed.length);
	});
});
