// The JSON Schema of scenario files, made from the same tables that the checker uses. It describes every version's fields, and
// no names of the platform: those the checker knows. Follows JSON Schema draft-07, which editors read best.

import { IMX8MM_DEVICES } from "../../platform/imx8mm/devices.ts";
import { VERSION_SETS } from "../../platform/platform.ts";
import { type Bits, type Field, isArray } from "../../scmi/layout.ts";
import { protocols } from "../../scmi/messages.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import {
	COMMANDS,
	type Known,
	NOTIFICATIONS,
	namesOf,
	RESPONSES,
} from "./names.ts";
import {
	AGENT_NAME,
	CLOCK_STATE_KEYS,
	DOMAIN_STATE_KEYS,
	type Key,
	type KeyType,
	LONGEST_ADVANCE_NS,
	MOST_STEPS,
	RIGHTS_KEYS,
	SCENARIO_KEYS,
	STEP_KINDS,
	type StepKind,
} from "./shape.ts";

type Schema = Record<string, unknown>;

const TEXT: Schema = { type: "string" };
const BOOLEAN: Schema = { type: "boolean" };
const AGENT: Schema = { type: "string", pattern: AGENT_NAME.source };
const STATUSES = Object.keys(ScmiStatus);

/** A whole number, or one as text. */
function number(minimum: number, maximum: number): Schema {
	return {
		type: ["integer", "string"],
		minimum,
		maximum,
		pattern: "^-?(\\d+|0[xX][0-9a-fA-F]+)$",
	};
}

/** What each type of key takes. */
const TYPES: Readonly<Record<KeyType, Schema>> = {
	text: TEXT,
	agent: AGENT,
	agents: { type: "array", items: AGENT, minItems: 1, uniqueItems: true },
	permissions: {
		type: "object",
		propertyNames: AGENT,
		additionalProperties: { $ref: "#/definitions/rights" },
	},
	"version set": { enum: Object.keys(VERSION_SETS) },
	steps: {
		type: "array",
		items: { $ref: "#/definitions/step" },
		minItems: 1,
		maxItems: MOST_STEPS,
	},
	protocol: { enum: protocols.map(({ name }) => name) },
	command: { enum: namesOf(COMMANDS) },
	notification: { enum: [...namesOf(NOTIFICATIONS), "none"] },
	response: { enum: namesOf(RESPONSES) },
	status: { enum: [...STATUSES, "none", "any"] },
	"response status": { enum: [...STATUSES, "any"] },
	"expected fields": { type: "object" },
	nanoseconds: number(0, LONGEST_ADVANCE_NS),
	address: number(0, 0xffff_ffff),
	word: number(0, 0xffff_ffff),
	rate: number(0, Number.MAX_SAFE_INTEGER),
	state: { $ref: "#/definitions/state" },
	requests: { type: "array", items: AGENT },
	clock: TEXT,
	domain: TEXT,
	boolean: BOOLEAN,
	devices: {
		type: "array",
		items: { enum: IMX8MM_DEVICES.map(({ name }) => name) },
	},
};

/** The whole schema. */
export function scenarioSchema(): Schema {
	return {
		$schema: "http://json-schema.org/draft-07/schema#",
		title: "scmi-cosim scenario",
		...objectOf(SCENARIO_KEYS),
		definitions: {
			rights: objectOf(RIGHTS_KEYS),
			state: {
				if: { type: "object", required: ["domain"] },
				// biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
				then: objectOf(DOMAIN_STATE_KEYS),
				else: objectOf(CLOCK_STATE_KEYS),
			},
			step: {
				type: "object",
				oneOf: STEP_KINDS.map(({ name }) => ({ required: [name] })),
				allOf: STEP_KINDS.map((kind) =>
					when(
						{ required: [kind.name] },
						{
							$ref: `#/definitions/${kind.name}`,
						},
					),
				),
			},
			...Object.fromEntries(
				STEP_KINDS.map((kind) => [kind.name, stepOf(kind)]),
			),
		},
	};
}

/** One thing follows from another. */
function when(condition: Schema, consequence: Schema): Schema {
	// biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
	return { if: condition, then: consequence };
}

/** An object of these keys and no others. */
function objectOf(keys: readonly Key[]): Schema {
	return { ...openObjectOf(keys), additionalProperties: false };
}

function openObjectOf(keys: readonly Key[]): Schema {
	return {
		type: "object",
		properties: Object.fromEntries(
			keys.map(({ name, type, about }) => [
				name,
				{ description: about, ...TYPES[type] },
			]),
		),
		required: keys.filter(({ required }) => required).map(({ name }) => name),
	};
}

/** A step of a kind; one about a message has keys that depend on which one it is. */
function stepOf(kind: StepKind): Schema {
	const { name, about, keys, fields } = kind;
	if (!fields) return { description: about, ...objectOf(keys) };
	const rows =
		name === "message"
			? COMMANDS
			: name === "notification"
				? NOTIFICATIONS
				: RESPONSES;
	const own = keys.map((key) => key.name);
	return {
		description: about,
		...openObjectOf(keys),
		allOf: [
			...namesOf(rows).map((message) =>
				when(
					{ properties: { [name]: { const: message } } },
					messageOf(
						rows.filter((row) => row.message.name === message),
						own,
						name === "message",
					),
				),
			),
			...(name === "notification"
				? [
						when(
							{ properties: { notification: { const: "none" } } },
							{ propertyNames: { enum: own } },
						),
					]
				: []),
		],
	};
}

/** The keys of a step about a message; several protocols have some of one name. */
function messageOf(
	rows: readonly Known[],
	own: readonly string[],
	command: boolean,
): Schema {
	const request = (rows[0] as Known).message.request;
	const answers = rows.flatMap(({ message }) =>
		message.reply.filter(({ name }) => name !== "status"),
	);
	const expected = expectedFields(answers);
	if (!command)
		return {
			propertyNames: { enum: [...own, ...Object.keys(expected)] },
			properties: expected,
		};
	const needed = request.filter(
		({ preset, since, until }) =>
			preset === undefined && since === undefined && until === undefined,
	);
	return {
		propertyNames: { enum: [...own, ...request.map(({ name }) => name)] },
		required: [
			...needed.map(({ name }) => name),
			...(rows.length > 1 ? ["protocol"] : []),
		],
		properties: {
			...Object.fromEntries(
				request.map((field) => [field.name, schemaOf(field)]),
			),
			reply: {
				type: "object",
				properties: expected,
				additionalProperties: false,
			},
		},
	};
}

/** What fields of messages, and their named bits, may be expected to be. */
function expectedFields(fields: readonly Field[]): Record<string, Schema> {
	return Object.fromEntries([
		...fields.flatMap(({ bits = [] }) =>
			bits.map((row): [string, Schema] => [row.name, bitsOf(row)]),
		),
		...fields.map((field): [string, Schema] => [field.name, schemaOf(field)]),
	]);
}

/** What a field takes. */
function schemaOf(field: Field): Schema {
	if (field.kind === "name") return TEXT;
	if (field.record !== undefined) {
		const properties = expectedFields(field.record);
		const items = { type: "object", properties, additionalProperties: false };
		return { type: "array", items };
	}
	const bits = field.size === 8 ? 64 : 32;
	const signed = field.kind.startsWith("i");
	const value: Schema = {
		type: ["integer", "string"],
		minimum: signed ? -(2 ** (bits - 1)) : 0,
		maximum: signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1,
	};
	return isArray(field) ? { type: "array", items: value } : value;
}

/** What named bits take. */
function bitsOf({ width, signed }: Bits): Schema {
	const most = 2 ** (signed ? width - 1 : width) - 1;
	return {
		type: ["integer", "string", ...(width === 1 ? ["boolean"] : [])],
		minimum: signed ? -most - 1 : 0,
		maximum: most,
	};
}
