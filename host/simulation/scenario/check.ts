// A scenario checked against what there is: keys, agents, devices, versions; then its steps, in order.
// The format is shape.ts; names are those of imx8mmWith's platform.

import type { AgentRights } from "../../platform/devices.ts";
import { imx8mmWith } from "../../platform/imx8mm/agents.ts";
import { type Platform, VERSION_SETS } from "../../platform/platform.ts";
import { StepChecker } from "./check-steps.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./scenario.ts";
import { AGENT_NAME, MOST_STEPS, RIGHTS_KEYS, SCENARIO_KEYS } from "./shape.ts";
import { type PlaceOf, pointerOf, Spot, shown, unknownName } from "./spot.ts";

/** Linux, the TEE and four guests. */
const MOST_AGENTS = 6;

/**
 * Checks a scenario from anywhere.
 * @param placeOf where its parts stand, in a file
 * @throws CosimError SCENARIO_INVALID for the first thing that is wrong, with its place
 */
export function checkScenario(
	scenario: unknown,
	placeOf: PlaceOf = pointerOf,
): Plan {
	const spot = new Spot(scenario, placeOf);
	spot.object("a scenario", SCENARIO_KEYS);
	if (spot.has("$schema")) spot.member("$schema").text();
	const description = spot.has("description")
		? spot.member("description").text()
		: undefined;
	const platform = platformAt(spot);
	const checker = new StepChecker(platform);
	const steps = spot
		.member("steps")
		.list("steps", 1, MOST_STEPS)
		.map((step) => ({
			step: step.value as Step,
			pointer: step.pointer,
			planned: checker.check(step),
		}));
	return { description, platform, steps };
}

/** The platform that the scenario is for. */
function platformAt(spot: Spot): Platform {
	const agents = agentsAt(spot.member("agents"));
	const platform = withPlace(spot.member("agents"), () => imx8mmWith(agents));
	const sets = Object.keys(VERSION_SETS) as (keyof typeof VERSION_SETS)[];
	const scmi = spot.has("scmi")
		? spot.member("scmi").name("set of protocol versions", sets)
		: "scmi-3.2";
	const rights = spot.has("permissions")
		? rightsAt(spot.member("permissions"), platform)
		: platform.agentRights;
	return {
		...platform,
		protocols: VERSION_SETS[scmi],
		...(rights === undefined ? {} : { agentRights: rights }),
	};
}

function agentsAt(spot: Spot): string[] {
	const seen: string[] = [];
	for (const each of spot.list("names of agents", 1, MOST_AGENTS)) {
		const name = each.text();
		if (!AGENT_NAME.test(name) || name === "platform")
			throw each.expected(
				"an agent's name: a letter, then letters, digits, - and _, 15 characters at most, and not platform",
			);
		if (seen.includes(name))
			throw each.refused(`agent ${shown(name)} for the second time`);
		seen.push(name);
	}
	return seen;
}

function withPlace(spot: Spot, make: () => Platform): Platform {
	try {
		return make();
	} catch (error) {
		throw spot.refused((error as Error).message);
	}
}

function rightsAt(
	spot: Spot,
	{ agents, devices = [], agentRights = {} }: Platform,
): Record<string, AgentRights> {
	const rights: Record<string, AgentRights> = { ...agentRights };
	for (const name of spot.names("permissions by agents' names")) {
		if (!agents.includes(name))
			throw spot.keyRefused(name, unknownName("agent", name, agents));
		const given = spot.member(name);
		given.object("permissions", RIGHTS_KEYS);
		const denied = given.has("denied")
			? given
					.member("denied")
					.list("names of devices", 0, devices.length)
					.map((each) =>
						each.name(
							"device",
							devices.map((device) => device.name),
						),
					)
			: undefined;
		rights[name] = {
			...rights[name],
			...(given.has("trusted")
				? { trusted: given.member("trusted").boolean() }
				: {}),
			...(denied === undefined ? {} : { denied }),
		};
	}
	return rights;
}
