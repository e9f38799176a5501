// What a checked scenario is to do: names resolved, messages encoded, expectations with the paths that a decoded message has.
// Follows no specification: it lies between the checker and the runner.

import type { Platform } from "../../platform/platform.ts";
import type { Known } from "./names.ts";
import type { Step } from "./scenario.ts";

/** A value that a message must have at a path: "rate", "parents[0]", "levels[1].performance_level", "enabled". */
export interface ExpectedAt {
	path: string;
	value: bigint | string;
	/** The value as it was given. */
	text: string;
}

export interface PlannedMessage {
	kind: "message";
	agent: string;
	known: Known;
	/** In force for the agent, whose layouts are meant. */
	version: number | undefined;
	payload: Uint8Array;
	/** Its fields, as they were given. */
	fields: string;
	/** A status, null for a call that does not return, undefined for any. */
	status: number | null | undefined;
	reply: ExpectedAt[];
}

/** A message of the platform that an agent must have got; undefined for none. */
export interface PlannedTold {
	kind: "told";
	agent: string;
	known: Known | undefined;
	type: "notification" | "delayed response";
	version: number | undefined;
	status: number | undefined;
	fields: ExpectedAt[];
}

/** A clock or a power domain by its ID. */
export interface PlannedState {
	kind: "state";
	what: "clock" | "domain";
	name: string;
	id: number;
	/** As expected; undefined for what is not looked at. Requests are names in the order of IDs. */
	on: boolean | undefined;
	rate: number | undefined;
	requests: string[] | undefined;
}

export type PlannedStep =
	| PlannedMessage
	| PlannedTold
	| PlannedState
	| { kind: "reset"; agent: string }
	| { kind: "advance"; ns: number }
	| { kind: "write"; address: number; value: number }
	| { kind: "read"; address: number; value: number | undefined };

/** A checked scenario. */
export interface Plan {
	description: string | undefined;
	platform: Platform;
	steps: readonly { step: Step; pointer: string; planned: PlannedStep }[];
}
