// What the guest sees otherwise than the engine: names and rates of clocks, and what it holds on against its own requests.
// Gates that the loader left open, and domains on the platform's account, are nobody's request and no difference.

import type { Engine } from "../../engine.ts";
import type { GuestReport } from "./guest-report.ts";

/** The state of the engine to compare with, taken while the guest printed its report. */
export interface EngineView {
	clocks: readonly {
		id: number;
		name: string;
		rate: number;
		wanted: boolean;
	}[];
	powerDomains: readonly { id: number; name: string; wanted: boolean }[];
}

export interface Difference {
	/** "clock" or "power domain", and its name. */
	kind: "clock" | "power domain";
	name: string;
	what: "absent" | "rate" | "enabled";
	guest: string | number | boolean | null;
	engine: string | number | boolean | null;
}

/** The guest's agent: the first behind the platform. */
const GUEST_AGENT = 1 << 1;

/** Who wants what, with rates by ID as an agent reads them. */
export function engineView(
	engine: Engine,
	rates: ReadonlyMap<number, number>,
): EngineView {
	const { clocks, powerDomains } = engine.platform;
	return {
		clocks: clocks.map(({ id, name }) => ({
			id,
			name,
			rate: rates.get(id) ?? 0,
			wanted: (engine.clockRequests(id) & GUEST_AGENT) !== 0,
		})),
		powerDomains: powerDomains.map(({ id, name }) => ({
			id,
			name,
			wanted: (engine.powerDomainRequests(id) & GUEST_AGENT) !== 0,
		})),
	};
}

/** Every difference; an empty list says that the guest sees the engine as it is. */
export function differences(
	guest: GuestReport,
	engine: EngineView,
	aliases: ReadonlyMap<number, number>,
): Difference[] {
	return [
		...clockDifferences(guest, engine, aliases),
		...domainDifferences(guest, engine),
	];
}

function clockDifferences(
	guest: GuestReport,
	engine: EngineView,
	aliases: ReadonlyMap<number, number>,
): Difference[] {
	const found: Difference[] = [];
	const byName = new Map(guest.clocks.map((clock) => [clock.name, clock]));
	// A clock and its aliases share one request: the guest holds it when it holds any of them.
	const held = new Set<number>();
	for (const { id, name } of engine.clocks) {
		if ((byName.get(name)?.enableCount ?? 0) > 0)
			held.add(aliases.get(id) ?? id);
	}
	for (const { id, name, rate, wanted } of engine.clocks) {
		const seen = byName.get(name);
		if (seen === undefined) {
			found.push({
				kind: "clock",
				name,
				what: "absent",
				guest: null,
				engine: rate,
			});
			continue;
		}
		if (seen.rate !== rate)
			found.push({
				kind: "clock",
				name,
				what: "rate",
				guest: seen.rate,
				engine: rate,
			});
		const holds = held.has(aliases.get(id) ?? id);
		if (holds !== wanted)
			found.push({
				kind: "clock",
				name,
				what: "enabled",
				guest: holds,
				engine: wanted,
			});
	}
	return found;
}

function domainDifferences(
	guest: GuestReport,
	engine: EngineView,
): Difference[] {
	const found: Difference[] = [];
	for (const { name, wanted } of engine.powerDomains) {
		const seen = guest.powerDomains.find((domain) => domain.name === name);
		const on = seen?.on === true;
		if (seen === undefined) {
			found.push({
				kind: "power domain",
				name,
				what: "absent",
				guest: null,
				engine: wanted,
			});
		} else if (on !== wanted) {
			found.push({
				kind: "power domain",
				name,
				what: "enabled",
				guest: on,
				engine: wanted,
			});
		}
	}
	return found;
}
