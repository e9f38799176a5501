// A scenario from the text of a file: read with places, checked, and ready to run.
// The format is shape.ts; docs/scenarios.md describes it, schema/scenario.schema.json for editors.

import { checkScenario } from "./check.ts";
import type { Scenario } from "./scenario.ts";
import type { PlaceOf } from "./spot.ts";
import { readJson } from "./text.ts";

/** A scenario with the places of its parts. */
export interface ScenarioFile {
	scenario: Scenario;
	/** File, line, column and JSON pointer of what is behind a pointer, or of the key in front of it. */
	placeOf: PlaceOf;
}

/**
 * Reads a scenario and checks it.
 * @param fileName for places in errors and reports
 * @throws CosimError SCENARIO_INVALID, "file:line:column: /steps/3/clock_id: ..."
 */
export function parseScenario(text: string, fileName: string): ScenarioFile {
	const { value, placeOf } = readJson(text, fileName);
	checkScenario(value, placeOf);
	return { scenario: value as Scenario, placeOf };
}
