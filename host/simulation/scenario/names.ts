// Names where a message has an ID or a number: of agents, devices, clocks, domains, sensors; and messages by their names.
// Names of fields: the message tables in host/scmi/messages, after the SCMI specification 3.2 (Arm DEN0056), chapter 4.

import { CosimError } from "../../errors.ts";
import { type Platform, PROTOCOL_IDS } from "../../platform/platform.ts";
import { completeName, type Field, type Message } from "../../scmi/layout.ts";
import { type Protocol, protocols } from "../../scmi/messages.ts";
import { fieldValue } from "../../trace/encode.ts";
import { NUMBER_TEXT } from "./shape.ts";
import { type Spot, unknownName } from "./spot.ts";

/** A message with the protocol that has it. */
export interface Known {
	protocol: Protocol;
	message: Message;
}

/** Everything that an agent may send, and everything that it may be told. */
export const COMMANDS: readonly Known[] = protocols.flatMap((protocol) =>
	Object.values(protocol.messages).map((message) => ({ protocol, message })),
);
export const NOTIFICATIONS: readonly Known[] = protocols.flatMap((protocol) =>
	Object.values(protocol.notifications).map((message) => ({
		protocol,
		message,
	})),
);
/** Delayed responses, as messages of their own: their name, and their fields with the status as the reply. */
export const RESPONSES: readonly Known[] = COMMANDS.flatMap(
	({ protocol, message: { name, id, delayed } }) =>
		delayed === undefined
			? []
			: [
					{
						protocol,
						message: {
							name: completeName(name),
							id,
							request: [],
							reply: delayed,
						},
					},
				],
);

/** The names of some messages, each once. */
export function namesOf(rows: readonly Known[]): string[] {
	return [...new Set(rows.map(({ message }) => message.name))];
}

/** What an ID names, and what there is of it. */
interface Named {
	what: string;
	rows: readonly { id: number; name: string }[];
}

/** What a field of a protocol's messages names; undefined for one that is no ID. */
function namedBy(
	field: string,
	protocolId: number,
	platform: Platform,
): Named | undefined {
	switch (field) {
		case "agent_id":
			return {
				what: "agent",
				rows: ["platform", ...platform.agents].map((name, id) => ({
					name,
					id,
				})),
			};
		case "device_id":
			return { what: "device", rows: platform.devices ?? [] };
		case "clock_id":
		case "parent_id":
			return { what: "clock", rows: platform.clocks };
		case "sensor_id":
			return { what: "sensor", rows: platform.sensors };
		case "domain_id":
			return domainsOf(protocolId, platform);
		default:
			return undefined;
	}
}

function domainsOf(protocolId: number, platform: Platform): Named | undefined {
	switch (protocolId) {
		case PROTOCOL_IDS.powerDomain:
			return { what: "power domain", rows: platform.powerDomains };
		case PROTOCOL_IDS.performance:
			return { what: "performance domain", rows: platform.performanceDomains };
		case PROTOCOL_IDS.reset:
			return { what: "reset domain", rows: platform.resets };
		case PROTOCOL_IDS.voltage:
			return { what: "voltage domain", rows: platform.rails };
		default:
			return undefined;
	}
}

/**
 * The value that is given for a field: a number, the name of what an ID means, or names of values and bits.
 * @throws CosimError SCENARIO_INVALID with the place
 */
export function valueAt(
	spot: Spot,
	{ protocol, message }: Known,
	field: Field,
	version: number,
	platform: Platform,
): bigint {
	const given = spot.value;
	if (typeof given !== "number" && typeof given !== "string")
		throw spot.expected("a number or a text");
	const named = namedBy(field.name, protocol.id, platform);
	const row = named?.rows.find(({ name }) => name === given);
	if (row !== undefined) return BigInt(row.id);
	const words = Object.values(field.values ?? {});
	if (
		named !== undefined &&
		typeof given === "string" &&
		!NUMBER_TEXT.test(given) &&
		!words.includes(given)
	) {
		const known = [...named.rows.map(({ name }) => name), ...words];
		throw spot.refused(unknownName(named.what, given, known));
	}
	return atPlace(spot, () => fieldValue(message, field, given, version));
}

/** The same problem, with the place in front. */
function atPlace(spot: Spot, read: () => bigint): bigint {
	try {
		return read();
	} catch (error) {
		if (error instanceof CosimError) throw spot.refused(error.message);
		throw error;
	}
}
