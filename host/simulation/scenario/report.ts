// What a run reports: for each step who did what, what came of it and where it differs from what was expected.
// Follows no specification; messages are decoded as host/trace/decode.ts has them.

import type { DecodedMessage } from "../../trace/decode.ts";
import type { Difference } from "./compare.ts";
import type { Step } from "./scenario.ts";

/** A step when it is over. */
export interface StepReport {
	/** The step as it was given. */
	step: Step;
	/** Where it stands: a JSON pointer, in front of it file, line and column where there is a file. */
	place: string;
	/** The agent that does or is told something. */
	agent: string | undefined;
	/** The step in words: a message with its fields, "advance 1000 ns", "clock uart4". */
	action: string;
	/** What came of it in words: a status and a reply, a value, a state. */
	result: string;
	/** The message sent, and its answer; or the one that the agent was told. */
	request: DecodedMessage | undefined;
	reply: DecodedMessage | undefined;
	/** Where it is not as expected; empty when it is. */
	failures: Difference[];
	/** Virtual time in ns when it was over. */
	timeNs: number;
}

/** A scenario when it is over. */
export interface ScenarioReport {
	description: string | undefined;
	/** Whether everything was as expected. */
	passed: boolean;
	steps: StepReport[];
	/** The differences of all steps, each with its step's place. */
	failures: ({ place: string } & Difference)[];
	/** Names of what agents were told and no step has asked for. */
	unread: { agent: string; name: string }[];
	/** Virtual time in ns at the end. */
	timeNs: number;
}

/** Characters of a reply that a line has room for. */
const LONGEST_FIELDS = 72;

/** The fields of a message for a line, the status apart. */
export function fieldsText({ fields }: DecodedMessage): string {
	const text = fields
		.filter(({ name }) => name !== "header" && name !== "status")
		.map(({ name, text }) => `${name}=${text}`)
		.join(" ");
	return text.length <= LONGEST_FIELDS
		? text
		: `${text.slice(0, LONGEST_FIELDS - 3)}...`;
}

/** A difference for people. */
export function differenceText({ what, expected, found }: Difference): string {
	return `${what} is ${found}, expected ${expected}`;
}
