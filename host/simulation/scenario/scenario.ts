// What a scenario is: several agents on one firmware, and step by step what they do, what they are told and how things stand.
// Names of messages, fields and statuses: SCMI specification 3.2 (Arm DEN0056), chapter 4, as in host/scmi/messages.

import type { AgentRights } from "../../platform/devices.ts";
import type { VERSION_SETS } from "../../platform/platform.ts";
import type {
	baseMessages,
	baseNotifications,
} from "../../scmi/messages/base.ts";
import type {
	clockMessages,
	clockNotifications,
} from "../../scmi/messages/clock.ts";
import type {
	performanceMessages,
	performanceNotifications,
} from "../../scmi/messages/performance.ts";
import type {
	powerMessages,
	powerNotifications,
} from "../../scmi/messages/power-domain.ts";
import type {
	resetMessages,
	resetNotifications,
} from "../../scmi/messages/reset-domain.ts";
import type {
	sensorMessages,
	sensorNotifications,
} from "../../scmi/messages/sensor.ts";
import type {
	systemMessages,
	systemNotifications,
} from "../../scmi/messages/system-power.ts";
import type {
	voltageMessages,
	voltageNotifications,
} from "../../scmi/messages/voltage.ts";
import type { ScmiStatusName } from "../../scmi/status.ts";

type NameIn<T> = {
	[K in keyof T]: T[K] extends { name: infer N extends string } ? N : never;
}[keyof T];

/** A command's whole name in the specification, such as CLOCK_RATE_SET. */
export type CommandName =
	| NameIn<typeof baseMessages>
	| NameIn<typeof powerMessages>
	| NameIn<typeof systemMessages>
	| NameIn<typeof performanceMessages>
	| NameIn<typeof clockMessages>
	| NameIn<typeof sensorMessages>
	| NameIn<typeof resetMessages>
	| NameIn<typeof voltageMessages>;

/** A notification's name, such as CLOCK_RATE_CHANGED. */
export type NotificationName =
	| NameIn<typeof baseNotifications>
	| NameIn<typeof powerNotifications>
	| NameIn<typeof systemNotifications>
	| NameIn<typeof performanceNotifications>
	| NameIn<typeof clockNotifications>
	| NameIn<typeof sensorNotifications>
	| NameIn<typeof resetNotifications>
	| NameIn<typeof voltageNotifications>;

/** The word for a protocol. */
export type ProtocolWord =
	| "base"
	| "power"
	| "system"
	| "performance"
	| "clock"
	| "sensor"
	| "reset"
	| "voltage";

/** A whole number; as text in decimal or hexadecimal, or as names: of a clock, domain, sensor, device or agent where an ID is meant, of values or bits. */
export type FieldValue = number | string;

/** What a message must have in it: fields and named bits with their values; arrays whole, of records the fields that matter. */
export type ExpectedValue =
	| FieldValue
	| boolean
	| readonly (FieldValue | Readonly<Record<string, FieldValue | boolean>>)[];

/** How a command is answered; "none": the call never returns, the system is off or was reset; "any" is not looked at. */
export type ExpectedStatus = ScmiStatusName | "none" | "any";

/** A remark for people; every step may have one. */
interface Remark {
	comment?: string;
}

/** An agent sends a command; its fields are further keys, those left out take their presets. */
export interface MessageStep extends Remark {
	agent: string;
	message: CommandName;
	/** Only for the messages that every protocol has, such as PROTOCOL_VERSION. */
	protocol?: ProtocolWord;
	/** SUCCESS when left out. */
	status?: ExpectedStatus;
	reply?: Readonly<Record<string, ExpectedValue>>;
	[field: string]:
		| FieldValue
		| Readonly<Record<string, ExpectedValue>>
		| undefined;
}

/** An agent has been told something, and no step before has asked for it; its fields are further keys. */
export interface NotificationStep extends Remark {
	agent: string;
	/** "none": it has been told nothing that no step has asked for. */
	notification: NotificationName | "none";
	[field: string]: ExpectedValue | undefined;
}

/** An agent has got a delayed response, such as CLOCK_RATE_SET_COMPLETE; its fields are further keys. */
export interface ResponseStep extends Remark {
	agent: string;
	response: string;
	/** SUCCESS when left out. */
	status?: ScmiStatusName | "any";
	[field: string]: ExpectedValue | undefined;
}

/** An agent has died: everything that it has asked for is taken back. */
export interface ResetStep extends Remark {
	reset: string;
}

/** Virtual time passes, in ns, ten minutes at most in all steps together. */
export interface AdvanceStep extends Remark {
	advance: FieldValue;
}

/** A register or memory word is written from outside, at a physical address. */
export interface WriteStep extends Remark {
	write: FieldValue;
	value: FieldValue;
}

/** It is read, and has this value if one is given. */
export interface ReadStep extends Remark {
	read: FieldValue;
	value?: FieldValue;
}

/** How a clock stands; looking changes nothing and takes no time. */
export interface ClockExpectation {
	clock: string;
	on?: boolean;
	/** Hz. */
	rate?: FieldValue;
	/** Names of all that want it on, in any order; "platform" is the firmware itself. */
	requests?: readonly string[];
}

/** How a power domain stands. */
export interface DomainExpectation {
	domain: string;
	on?: boolean;
	requests?: readonly string[];
}

/** Something stands as expected. */
export interface ExpectStep extends Remark {
	expect: ClockExpectation | DomainExpectation;
}

export type Step =
	| MessageStep
	| NotificationStep
	| ResponseStep
	| ResetStep
	| AdvanceStep
	| WriteStep
	| ReadStep
	| ExpectStep;

/** A run with several agents on one i.MX8MM; a scenario file is this object as JSON. */
export interface Scenario {
	/** Where editors find the schema. */
	$schema?: string;
	/** One sentence. */
	description?: string;
	/** In the order of their IDs, from 1 on; see imx8mmWith. */
	agents: readonly string[];
	/** By agents; what is left out is as in imx8mmWith, where the TEE is trusted. */
	permissions?: Readonly<Record<string, AgentRights>>;
	/** Versions of the protocols, scmi-3.2 when left out. */
	scmi?: keyof typeof VERSION_SETS;
	steps: readonly Step[];
}
