// What must always be true of a firmware and its hardware, by stable names, and how a breach of it is told.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2, 4.3.2 and 4.6.2; i.MX 8M Mini reference manual, chapters 5.1 (CCM) and 5.2 (GPC).

/** Every invariant by its name. */
export const INVARIANTS = {
	"clock-gated-in-use":
		"the gate of a clock that somebody wants, or that such a clock runs from, is open",
	"clock-under-gated-parent": "no enabled clock is under a gated parent",
	"critical-clock-off": "a critical clock runs",
	"clock-left-on": "a gate that nobody needs any more is closed",
	"domain-off-in-use": "a power domain that somebody wants is on",
	"domain-under-off-parent": "no power domain is on under one that is off",
	"domain-left-on": "a power domain that nobody needs any more is off",
	"device-in-off-domain":
		"nobody reads or writes a device whose power domain is off",
	requests: "the firmware holds what the agents have asked for, nothing else",
	"use-count": "use counts are those of the agents' requests",
	"register-changed": "a message changes only registers of what it is about",
	"held-by-other":
		"nobody changes the rate, level or reset line of what another agent holds",
	permission: "a message that an agent must not send is refused",
} as const;

export type InvariantName = keyof typeof INVARIANTS;

/** What happened before an invariant was found broken. */
export interface Cause {
	/** Name of the agent; null when it was no agent's: a register access from outside, or time. */
	agent: string | null;
	/** The message's name, or what else it was. */
	name: string;
	/** Parameters of the message by their names in the specification. */
	fields: Readonly<Record<string, string>>;
	/** Status of the reply; null when there is none. */
	status: number | null;
}

/** A broken invariant. */
export interface Violation {
	invariant: InvariantName;
	/** The clock, domain, rail, line or agent. */
	what: string;
	/** Physical address of the register; null when it is none. */
	where: number | null;
	expected: string;
	found: string;
	/** The last thing that happened, which need not be the cause; null when nothing has yet. */
	message: Cause | null;
}

/** A violation before it is known what happened last. */
export type Finding = Omit<Violation, "message">;

/** A violation in one line, for people. */
export function violationText(violation: Violation): string {
	const { invariant, what, where, expected, found, message } = violation;
	const at = where === null ? "" : ` at 0x${hex(where)}`;
	return `${invariant}: ${what}${at}: expected ${expected}, found ${found}${causeText(message)}`;
}

function causeText(message: Cause | null): string {
	if (message === null) return "";
	const fields = Object.entries(message.fields).map(
		([name, text]) => `${name} ${text}`,
	);
	const who = message.agent === null ? "" : `${message.agent}'s `;
	return `, after ${[who + message.name, ...fields].join(" ")}`;
}

/** A word as eight hexadecimal digits. */
export function hex(word: number): string {
	return (word >>> 0).toString(16).padStart(8, "0");
}
