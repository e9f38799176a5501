// What is on in the end, and on whose account: who has asked for it, and who needs it because something depends on it.
// SCMI 3.2 (Arm DEN0056E), sections 4.3.2, 4.6.2 and 4.9.2: on while any agent wants it. Parents are read from registers.

import type { Engine } from "../engine.ts";
import type { Clock, Platform } from "../platform/platform.ts";
import type { States } from "./probing.ts";
import type { Uses } from "./uses.ts";

/** Something that is on, or a line that is released. */
export interface Survivor {
	id: number;
	name: string;
	/** The agents that have asked for it, by their names; "platform" is the firmware itself, for what must never be off. */
	requestedBy: string[];
	/** Those, and the agents that have asked for something that depends on it. Nobody: it was left so at reset. */
	neededBy: string[];
}

export interface Survived {
	/** Clocks that can be off: those with a gate, and PLLs. */
	clocks: Survivor[];
	powerDomains: Survivor[];
	rails: Survivor[];
	resets: Survivor[];
}

/** A composite slice selects its parent by these bits of its register. */
const SLICE_MUX = { shift: 24, width: 3 };

/** @param uses what each agent uses, by the agents' names: who has released a reset line, the firmware does not keep */
export function survivors(
	engine: Engine,
	states: States,
	uses: ReadonlyMap<string, Uses>,
): Survived {
	const { platform } = engine;
	const names = ["platform", ...platform.agents];
	const named = (bits: number) => names.filter((_, i) => (bits >>> i) & 1);
	const domainNeeds = needsOf(
		platform.powerDomains.map(({ id }) => id),
		(id) => engine.powerDomainRequests(id),
		(id) => platform.powerDomains.find((row) => row.id === id)?.parent ?? null,
	);
	const clockNeeds = clockNeedsOf(engine, domainNeeds);
	const row = (
		{ id, name }: { id: number; name: string },
		requests: number,
		needs: number,
	): Survivor => ({
		id,
		name,
		requestedBy: named(requests),
		neededBy: named(requests | needs),
	});
	return {
		clocks: states.clocks
			.filter(({ id, enabled }) => enabled && hasSwitch(platform, id))
			.map((clock) =>
				row(
					clock,
					engine.clockRequests(clock.id),
					clockNeeds.get(clock.id) ?? 0,
				),
			),
		powerDomains: states.powerDomains
			.filter(({ on }) => on)
			.map((domain) =>
				row(
					domain,
					engine.powerDomainRequests(domain.id),
					domainNeeds.get(domain.id) ?? 0,
				),
			),
		rails: states.rails
			.filter(({ on }) => on)
			.map((rail) => {
				const always = platform.rails.some(
					({ id, alwaysOn }) => id === rail.id && alwaysOn,
				);
				return row(rail, engine.railRequests(rail.id) | (always ? 1 : 0), 0);
			}),
		resets: states.resets
			.filter(({ asserted }) => !asserted)
			.map(({ id, name }) => {
				const released = platform.agents.filter((agent) =>
					uses.get(agent)?.resets.has(id),
				);
				return { id, name, requestedBy: released, neededBy: released };
			}),
	};
}

/** Whether a clock can be off by itself: not one without a gate, which runs when its parent does. */
export function hasSwitch({ clocks }: Platform, id: number): boolean {
	const clock = clocks.find((row) => row.id === id);
	return clock?.gate !== undefined || clock?.kind === "pll";
}

/** The requests for each ID, with those for everything that depends on it: a bit for each agent. */
function needsOf(
	ids: readonly number[],
	requests: (id: number) => number,
	parentOf: (id: number) => number | null,
): Map<number, number> {
	const needs = new Map<number, number>();
	for (const id of ids) {
		const bits = requests(id);
		if (bits === 0) continue;
		const seen = new Set<number>();
		for (
			let at: number | null = id;
			at !== null && !seen.has(at);
			at = parentOf(at)
		) {
			seen.add(at);
			needs.set(at, (needs.get(at) ?? 0) | bits);
		}
	}
	return needs;
}

/** Who needs which clock: for itself, for what it feeds, or for a power domain that keeps its clocks on. */
function clockNeedsOf(
	engine: Engine,
	domainNeeds: ReadonlyMap<number, number>,
): Map<number, number> {
	const { clocks, powerDomains } = engine.platform;
	const ids = new Map(clocks.map(({ id, name }) => [name, id]));
	const rows = new Map(clocks.map((clock) => [clock.id, clock]));
	const forDomains = new Map<number, number>();
	for (const domain of powerDomains) {
		if (!domain.keepsClocksOn) continue;
		for (const name of domain.clocks) {
			const id = ids.get(name) as number;
			const bits = domainNeeds.get(domain.id) ?? 0;
			forDomains.set(id, (forDomains.get(id) ?? 0) | bits);
		}
	}
	return needsOf(
		clocks.filter(({ kind }) => kind !== "alias").map(({ id }) => id),
		(id) => engine.clockRequests(id) | (forDomains.get(id) ?? 0),
		(id) => {
			const clock = rows.get(id);
			const parent = clock && selectedParent(engine, clock);
			return (parent === undefined ? undefined : ids.get(parent)) ?? null;
		},
	);
}

/** Name of the parent that a clock has by its registers; undefined for one without. */
function selectedParent(engine: Engine, clock: Clock): string | undefined {
	const bits = (address: number, shift: number, width: number) =>
		(engine.read32(address) >>> shift) & (2 ** width - 1);
	switch (clock.kind) {
		case "fixed":
		case "alias":
			return undefined;
		case "mux": {
			const { address, shift, width } = clock.field;
			return clock.parents[bits(address, shift, width)];
		}
		case "composite":
			return clock.parents[
				bits(clock.address, SLICE_MUX.shift, SLICE_MUX.width)
			];
		default:
			return clock.parent;
	}
}
