// Runs a scenario: an engine with its platform, every agent on its channels, one step after the other.
// Follows no specification of its own; what agents do is SCMI 3.2 (Arm DEN0056), by arm-smc-mailbox.

import { Engine } from "../../engine.ts";
import { checkScenario } from "./check.ts";
import { Player } from "./player.ts";
import type { ScenarioReport, StepReport } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { type PlaceOf, pointerOf } from "./spot.ts";

export interface ScenarioOptions {
	/** Where a part of the scenario stands, by its JSON pointer: see parseScenario. */
	placeOf?: PlaceOf;
	/** Sees every step when it is over, with the firmware and hardware as it has left them. */
	onStep?: (step: StepReport, engine: Engine) => void;
}

/**
 * Runs a scenario to its end, whatever is not as expected on the way.
 * @param module the compiled engine, `scmi.wasm`
 * @throws CosimError SCENARIO_INVALID for a scenario that is none, before anything runs
 */
export function playScenario(
	module: WebAssembly.Module,
	scenario: Scenario,
	{ placeOf = pointerOf, onStep }: ScenarioOptions = {},
): ScenarioReport {
	const { description, platform, steps } = checkScenario(scenario, placeOf);
	const engine = new Engine(module, platform);
	const player = new Player(engine);
	const reports = steps.map(({ step, pointer, planned }): StepReport => {
		const outcome = player.play(planned);
		const place = placeOf(pointer);
		const report = { step, place, ...outcome, timeNs: engine.timeNs };
		onStep?.(report, engine);
		return report;
	});
	const failures = reports.flatMap(({ place, failures }) =>
		failures.map((failure) => ({ place, ...failure })),
	);
	return {
		description,
		passed: failures.length === 0,
		steps: reports,
		failures,
		unread: player.unread,
		timeNs: engine.timeNs,
	};
}
