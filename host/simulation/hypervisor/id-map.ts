// What a guest has, and the IDs by which it knows them: 0 to n-1, in its own order, for each kind of resource.
// SCMI 3.2 (Arm DEN0056E), section 4.1: an ID means something between one agent and the platform only.

import { CosimError } from "../../errors.ts";
import {
	clockCount,
	type Platform,
	PROTOCOL_IDS,
} from "../../platform/platform.ts";
import { nearest } from "../../scmi/nearest.ts";

/**
 * Resources by their names in the platform's tables. A name's place in its list is the ID that the guest knows it by;
 * null leaves an ID out, NOT_FOUND for the guest.
 */
export interface GuestResources {
	readonly clocks?: readonly (string | null)[];
	readonly powerDomains?: readonly (string | null)[];
	readonly performanceDomains?: readonly (string | null)[];
	readonly sensors?: readonly (string | null)[];
	readonly resets?: readonly (string | null)[];
	readonly rails?: readonly (string | null)[];
}

export type ResourceKind = keyof GuestResources;

/** The kinds, each with the protocol that has its IDs and the word for it in error messages. */
export const KINDS: readonly {
	kind: ResourceKind;
	protocol: number;
	word: string;
}[] = [
	{ kind: "clocks", protocol: PROTOCOL_IDS.clock, word: "clock" },
	{
		kind: "powerDomains",
		protocol: PROTOCOL_IDS.powerDomain,
		word: "power domain",
	},
	{
		kind: "performanceDomains",
		protocol: PROTOCOL_IDS.performance,
		word: "performance domain",
	},
	{ kind: "sensors", protocol: PROTOCOL_IDS.sensor, word: "sensor" },
	{ kind: "resets", protocol: PROTOCOL_IDS.reset, word: "reset domain" },
	{ kind: "rails", protocol: PROTOCOL_IDS.voltage, word: "rail" },
];

/**
 * The ID of a resource by its name.
 * @throws CosimError UNKNOWN_NAME, with the nearest name
 */
export function resourceId(
	platform: Platform,
	kind: ResourceKind,
	name: string,
	whose: string,
): number {
	const rows: readonly { id: number; name: string }[] = platform[kind];
	const found = rows.find((row) => row.name === name);
	if (found !== undefined) return found.id;
	const word = KINDS.find((row) => row.kind === kind)?.word;
	const guess = nearest(
		name,
		rows.map((row) => row.name),
	);
	const hint = guess === undefined ? "" : `; is it ${guess}?`;
	throw new CosimError(
		"UNKNOWN_NAME",
		`${whose}: ${platform.name} has no ${word} ${name}${hint}`,
	);
}

/** Everything that a platform has, by the IDs that it has itself. */
export function allResources(platform: Platform): Required<GuestResources> {
	const list = (rows: readonly { id: number; name: string }[], count: number) =>
		Array.from(
			{ length: count },
			(_, id) => rows.find((row) => row.id === id)?.name ?? null,
		);
	const most = (rows: readonly { id: number }[]) =>
		rows.reduce((count, { id }) => Math.max(count, id + 1), 0);
	return {
		clocks: list(platform.clocks, clockCount(platform)),
		powerDomains: list(platform.powerDomains, most(platform.powerDomains)),
		performanceDomains: list(
			platform.performanceDomains,
			most(platform.performanceDomains),
		),
		sensors: list(platform.sensors, most(platform.sensors)),
		resets: list(platform.resets, most(platform.resets)),
		rails: list(platform.rails, most(platform.rails)),
	};
}

/** One kind's IDs, both ways. */
interface Ids {
	readonly names: readonly (string | null)[];
	readonly toPlatform: readonly (number | undefined)[];
	readonly toGuest: ReadonlyMap<number, number>;
}

export class IdMap {
	readonly #ids: ReadonlyMap<ResourceKind, Ids>;

	/** @throws CosimError UNKNOWN_NAME for a resource that there is none of, USAGE for one that is listed twice */
	constructor(platform: Platform, resources: GuestResources, whose: string) {
		this.#ids = new Map(
			KINDS.map(({ kind, word }) => {
				const names = resources[kind] ?? [];
				const toPlatform = names.map((name) =>
					name === null ? undefined : resourceId(platform, kind, name, whose),
				);
				// SENSOR_DESCRIPTION_GET counts its way through the sensors.
				if (kind === "sensors" && names.includes(null))
					throw new CosimError(
						"USAGE",
						`${whose}: an ID of the sensors is left out, expected all of them`,
					);
				const toGuest = new Map<number, number>();
				for (const [id, platformId] of toPlatform.entries()) {
					if (platformId === undefined) continue;
					if (toGuest.has(platformId))
						throw new CosimError(
							"USAGE",
							`${whose}: ${word} ${names[id]} is listed twice, expected once`,
						);
					toGuest.set(platformId, id);
				}
				return [kind, { names, toPlatform, toGuest }];
			}),
		);
	}

	/** One more than the highest ID. */
	count(kind: ResourceKind): number {
		return this.#of(kind).names.length;
	}

	/** The platform's ID; undefined for one that the guest does not have. */
	toPlatform(kind: ResourceKind, id: number): number | undefined {
		return this.#of(kind).toPlatform[id];
	}

	/** The guest's ID; undefined for what it does not see. */
	toGuest(kind: ResourceKind, id: number): number | undefined {
		return this.#of(kind).toGuest.get(id);
	}

	/** The name in the platform's tables. */
	name(kind: ResourceKind, id: number): string | null {
		return this.#of(kind).names[id] ?? null;
	}

	#of(kind: ResourceKind): Ids {
		return this.#ids.get(kind) as Ids;
	}
}
