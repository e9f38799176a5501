// Rails of the firmware as an operating system's regulator framework handles them: within the board's limits, on when used.
// Bindings regulator.yaml and rohm,bd71847; SCMI 3.2 (Arm DEN0056E), section 4.9.

import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import { VOLTAGE_MODE_ON, type VoltageLevels } from "../scmi/voltage.ts";
import type { Findings } from "./findings.ts";
import type { Providers } from "./providers.ts";
import type { Uses } from "./uses.ts";

/** What is asked of a rail, in µV: the level nearest to `target` that it has from `min` to `max`. */
export interface VoltageRange {
	target: number;
	min: number;
	max: number;
}

export class Supplies {
	readonly #agent: ScmiAgent;
	readonly #providers: Providers;
	readonly #findings: Findings;
	readonly #uses: Uses;
	/** IDs of rails that are known to be on. */
	readonly #on = new Set<number>();
	readonly #claims: boolean;

	/**
	 * @param claims whether a rail that is on already is asked for as well: OP-TEE does, and so holds it; Linux does not
	 */
	constructor(
		agent: ScmiAgent,
		providers: Providers,
		findings: Findings,
		uses: Uses,
		claims: boolean,
	) {
		this.#agent = agent;
		this.#uses = uses;
		this.#claims = claims;
		this.#providers = providers;
		this.#findings = findings;
	}

	/** Brings the rails that a controller's node describes within its limits, and turns on those that are to be on. */
	async constrain(controller: DtNode): Promise<void> {
		for (const { node, id } of this.#providers.regulatorsOf(controller)) {
			await this.#findings.attempt(node, "voltage", () =>
				this.#intoLimits(node, id),
			);
			if (node.has("regulator-always-on") || node.has("regulator-boot-on"))
				await this.#findings.attempt(node, "enable", () => this.#turnOn(id));
		}
	}

	/** A level that is within the limits stays what it is. */
	async #intoLimits(regulator: DtNode, id: number): Promise<void> {
		const { min, max } = limitsOf(regulator);
		if (min === 0 && max === Number.POSITIVE_INFINITY) return;
		const level = await this.#agent.voltage.levelGet(id);
		const target = Math.min(Math.max(level, min), max);
		if (target !== level) await this.set(id, { target, min, max });
	}

	/** Turns a rail on for a user. */
	async enable(id: number): Promise<void> {
		await this.#turnOn(id);
		this.#uses.rails.add(id);
	}

	/** Turns a rail on that is off, or claims it. */
	async #turnOn(id: number): Promise<void> {
		if (this.#on.has(id)) return;
		const { voltage } = this.#agent;
		if (this.#claims || (await voltage.configGet(id)) !== VOLTAGE_MODE_ON)
			await voltage.enable(id);
		this.#on.add(id);
	}

	/** @throws CosimError DT_BINDING when the rail has no level in the range */
	async set(id: number, range: VoltageRange): Promise<void> {
		const { voltage } = this.#agent;
		const level = nearestLevel(await voltage.describeLevels(id), range);
		if (level === undefined) {
			throw new CosimError(
				"DT_BINDING",
				`voltage domain ${id} has no level from ${range.min} to ${range.max} µV`,
			);
		}
		await voltage.levelSet(id, level);
	}
}

/** The limits of a regulator's node in µV; one that it lacks does not limit. */
export function limitsOf(regulator: DtNode): { min: number; max: number } {
	return {
		min: regulator.u32("regulator-min-microvolt") ?? 0,
		max: regulator.u32("regulator-max-microvolt") ?? Number.POSITIVE_INFINITY,
	};
}

/** The level of a rail that is nearest to the target, within the range; undefined when there is none. */
function nearestLevel(
	levels: VoltageLevels,
	{ target, min, max }: VoltageRange,
): number | undefined {
	const distance = (level: number) => Math.abs(level - target);
	return candidates(levels, target)
		.filter((level) => level >= min && level <= max)
		.reduce<number | undefined>(
			(best, level) =>
				best === undefined || distance(level) < distance(best) ? level : best,
			undefined,
		);
}

/** All levels of a list; of a range those on both sides of the target. */
function candidates(levels: VoltageLevels, target: number): number[] {
	if (levels.kind === "list") return levels.levels;
	const { min, max, step } = levels;
	if (step <= 0) return [min, max];
	const inside = Math.min(Math.max(target, min), max);
	const below = min + Math.floor((inside - min) / step) * step;
	return [below, Math.min(below + step, max)];
}
