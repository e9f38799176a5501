// Scenarios for programs, in Node as in browsers: part of "scmi-cosim/tools".
// The format is docs/scenarios.md; texts with places are read in Node only, by parseScenario.

export type { Difference } from "./compare.ts";
export type { ScenarioReport, StepReport } from "./report.ts";
export { playScenario, type ScenarioOptions } from "./run.ts";
export type {
	CommandName,
	NotificationName,
	Scenario,
	Step,
} from "./scenario.ts";
