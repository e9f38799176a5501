// The keys of a scenario: what each is called, what it takes, what it means. Checker, JSON Schema and documentation have them
// from here. Follows no specification: the format is this project's own; what SCMI names is named as in its tables.

/** What a key takes. */
export type KeyType =
	| "text"
	| "agent"
	| "agents"
	| "permissions"
	| "version set"
	| "steps"
	| "protocol"
	| "command"
	| "notification"
	| "response"
	| "status"
	| "response status"
	| "expected fields"
	| "nanoseconds"
	| "address"
	| "word"
	| "rate"
	| "state"
	| "requests"
	| "clock"
	| "domain"
	| "boolean"
	| "devices";

export interface Key {
	name: string;
	type: KeyType;
	required?: true;
	/** One sentence, for the schema's editors and the documentation. */
	about: string;
}

/** A kind of step: the key that tells it comes first. */
export interface StepKind {
	/** That key. */
	name: string;
	about: string;
	keys: readonly Key[];
	/** Further keys are the fields of the message that the first key names. */
	fields?: true;
}

export const SCENARIO_KEYS = [
	{ name: "$schema", type: "text", about: "where editors find the schema" },
	{ name: "description", type: "text", about: "one sentence" },
	{
		name: "agents",
		type: "agents",
		required: true,
		about:
			"the agents' names, in the order of their IDs from 1 on: linux, tee (in the secure world, and trusted), at most 4 guests of any name",
	},
	{
		name: "permissions",
		type: "permissions",
		about: "what agents may, by their names",
	},
	{
		name: "scmi",
		type: "version set",
		about: "versions of the protocols; scmi-3.2 when left out",
	},
	{
		name: "steps",
		type: "steps",
		required: true,
		about: "what happens, in order; 1 to 10000",
	},
] as const satisfies readonly Key[];

export const RIGHTS_KEYS = [
	{
		name: "trusted",
		type: "boolean",
		about:
			"it may change permissions and reset other agents; true for tee when left out",
	},
	{
		name: "denied",
		type: "devices",
		about:
			"names of the devices that it must not use until a trusted agent allows it",
	},
] as const satisfies readonly Key[];

const AGENT: Key = {
	name: "agent",
	type: "agent",
	required: true,
	about: "who",
};

const COMMENT: Key = {
	name: "comment",
	type: "text",
	about: "a remark for people",
};

export const STEP_KINDS: readonly StepKind[] = [
	{
		name: "message",
		about:
			"an agent sends a command; further keys are its fields, those left out take their presets",
		fields: true,
		keys: [
			AGENT,
			{
				name: "message",
				type: "command",
				required: true,
				about: "the command's whole name",
			},
			{
				name: "protocol",
				type: "protocol",
				about: "only for the commands that every protocol has",
			},
			{
				name: "status",
				type: "status",
				about:
					"expected; SUCCESS when left out, any is not looked at, none is a call that never returns",
			},
			{
				name: "reply",
				type: "expected fields",
				about:
					"fields and named bits of the reply with the values expected; arrays whole",
			},
			COMMENT,
		],
	},
	{
		name: "notification",
		about:
			"an agent has been told this, and no step before has asked for it; further keys are its fields, as expected",
		fields: true,
		keys: [
			AGENT,
			{
				name: "notification",
				type: "notification",
				required: true,
				about: "its name, or none: it has been told nothing more",
			},
			COMMENT,
		],
	},
	{
		name: "response",
		about:
			"an agent has got this delayed response, and no step before has asked for it; further keys are its fields, as expected",
		fields: true,
		keys: [
			AGENT,
			{
				name: "response",
				type: "response",
				required: true,
				about: "its name, such as CLOCK_RATE_SET_COMPLETE",
			},
			{
				name: "status",
				type: "response status",
				about: "expected; SUCCESS when left out, any is not looked at",
			},
			COMMENT,
		],
	},
	{
		name: "reset",
		about: "an agent has died: everything that it has asked for is taken back",
		keys: [
			{
				name: "reset",
				type: "agent",
				required: true,
				about: "who",
			},
			COMMENT,
		],
	},
	{
		name: "advance",
		about: "virtual time passes",
		keys: [
			{
				name: "advance",
				type: "nanoseconds",
				required: true,
				about: "ns; all steps together at most 600000000000, ten minutes",
			},
			COMMENT,
		],
	},
	{
		name: "write",
		about: "a register or memory word is written from outside",
		keys: [
			{
				name: "write",
				type: "address",
				required: true,
				about: "its physical address",
			},
			{
				name: "value",
				type: "word",
				required: true,
				about: "32 bits",
			},
			COMMENT,
		],
	},
	{
		name: "read",
		about: "a register or memory word is read from outside",
		keys: [
			{
				name: "read",
				type: "address",
				required: true,
				about: "its physical address",
			},
			{ name: "value", type: "word", about: "32 bits, as expected" },
			COMMENT,
		],
	},
	{
		name: "expect",
		about:
			"a clock or a power domain stands as expected; looking takes no time",
		keys: [
			{
				name: "expect",
				type: "state",
				required: true,
				about: "which one, and how it stands",
			},
			COMMENT,
		],
	},
];

const ON: Key = { name: "on", type: "boolean", about: "whether it is on" };
const REQUESTS: Key = {
	name: "requests",
	type: "requests",
	about:
		"names of all that want it on, in any order; platform is the firmware itself",
};

export const CLOCK_STATE_KEYS: readonly Key[] = [
	{ name: "clock", type: "clock", required: true, about: "its name" },
	ON,
	{ name: "rate", type: "rate", about: "Hz" },
	REQUESTS,
];

export const DOMAIN_STATE_KEYS: readonly Key[] = [
	{ name: "domain", type: "domain", required: true, about: "its name" },
	ON,
	REQUESTS,
];

/** What a scenario may have at most. */
export const MOST_STEPS = 10_000;
export const MOST_TEXT = 1 << 20;
/** Ten minutes in all: things that happen every millisecond are done, and told, one by one. */
export const LONGEST_ADVANCE_NS = 600_000_000_000;
/** BASE_DISCOVER_AGENT tells 15 characters and a NUL. */
export const AGENT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,14}$/;
/** A number as text. */
export const NUMBER_TEXT = /^-?(\d+|0x[0-9a-f]+)$/i;
