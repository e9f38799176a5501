// Which version of a protocol an agent speaks, as the steps before tell: its messages' layouts depend on it.
// SCMI 3.2 (Arm DEN0056E), section 4.1: NEGOTIATE_PROTOCOL_VERSION; a reset of the agent takes it back.

import {
	type Platform,
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../../platform/platform.ts";

export class Versions {
	readonly #platform: Platform;
	/** What agents have negotiated, by name and protocol. */
	readonly #negotiated = new Map<string, Map<number, number>>();

	constructor(platform: Platform) {
		this.#platform = platform;
	}

	/** The version in force; undefined for a protocol that the platform lacks. */
	of(agent: string, protocolId: number): number | undefined {
		const names = Object.keys(PROTOCOL_IDS) as (keyof ProtocolVersions)[];
		const name = names.find((each) => PROTOCOL_IDS[each] === protocolId);
		return (
			this.#negotiated.get(agent)?.get(protocolId) ??
			(name && this.#platform.protocols[name])
		);
	}

	negotiated(agent: string, protocolId: number, version: number): void {
		const versions = this.#negotiated.get(agent) ?? new Map<number, number>();
		this.#negotiated.set(agent, versions.set(protocolId, version));
	}

	reset(agent: string): void {
		this.#negotiated.delete(agent);
	}
}
