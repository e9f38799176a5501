// What happened last, kept as it came and put into words only when an invariant is found broken.
// SCMI 3.2 (Arm DEN0056E), section 4.1; names of fields are those of the message tables.

import { decodeMessage } from "../../trace/decode.ts";
import type { Cause } from "./violation.ts";

/** A message, or something else under a name. */
export interface Happening {
	/** ID; null for what is no agent's. */
	agent: number | null;
	/** What it was, if no message. */
	name: string | undefined;
	/** Header and payload, their bytes, and the reply's status. */
	words: Uint32Array;
	size: number;
	status: number | null;
}

/** Words that are kept of a message. */
export const KEPT_WORDS = 8;

/** @param agents names, of the first one with ID 1 */
export function causeOf(
	{ agent, name, words, size, status }: Happening,
	agents: readonly string[],
): Cause {
	const who = agent === null ? null : (agents[agent - 1] ?? null);
	if (name !== undefined) return { agent: who, name, fields: {}, status };
	const kept = Math.min(size, words.byteLength);
	const decoded = decodeMessage(new Uint8Array(words.buffer, 0, kept));
	const fields = Object.fromEntries(
		decoded.fields
			.filter(({ offset }) => offset >= 4)
			.map(({ name, text }) => [name, text]),
	);
	return { agent: who, name: decoded.message, fields, status };
}
