// Protocols and messages by the names and numbers that people write.
// Follows the SCMI specification 3.2 (Arm DEN0056), chapter 4, for the protocols' numbers.

import { CosimError } from "../errors.ts";
import type { Message } from "./layout.ts";
import { type Protocol, protocols } from "./messages.ts";
import { nearest } from "./nearest.ts";

/** Names of the specification's protocols, known or not. */
const protocolNames: Readonly<Record<number, string>> = {
	16: "base",
	17: "power",
	18: "system",
	19: "performance",
	20: "clock",
	21: "sensor",
	22: "reset",
	23: "voltage",
	24: "powercap",
	25: "pinctrl",
};

/** The word for a protocol: its name, or its number where the specification names none. */
export function protocolName(id: number): string {
	return protocolNames[id] ?? `0x${id.toString(16)}`;
}

/** A message that no table describes: its payload is words without names. */
export interface UnknownMessage {
	name: string;
	id: number;
	request: undefined;
}

/**
 * A protocol by its name or number; one without messages for a number that is none of the known protocols'.
 * @param name "clock", "power-domain", "20" or "0x14", in any case
 * @throws CosimError UNKNOWN_NAME, with the nearest name; USAGE for a number above 255
 */
export function findProtocol(name: string | number): Protocol {
	const id = idOf(name, "protocol");
	const word = String(name)
		.toLowerCase()
		.replaceAll("_", "-")
		.replace(/-domain$/, "");
	const found = protocols.find(
		(protocol) => protocol.id === id || protocol.name === word,
	);
	if (found) return found;
	if (id !== undefined)
		return { id, name: protocolName(id), messages: {}, notifications: {} };
	throw unknown(
		`protocol "${name}"`,
		word,
		protocols.map((protocol) => protocol.name),
	);
}

/**
 * A protocol's message by its name or number.
 * @param name "RATE_GET", "CLOCK_RATE_GET", "clock-rate-get", "6" or "0x6"; PROTOCOL_ and DOMAIN_ may be left out where that is unambiguous
 * @throws CosimError UNKNOWN_NAME, with the nearest name; USAGE for a number above 255
 */
export function findMessage(
	protocol: Protocol,
	name: string | number,
): Message | UnknownMessage {
	const rows = Object.entries(protocol.messages);
	const id = idOf(name, "message");
	const word = String(name).toUpperCase().replaceAll("-", "_");
	const found =
		rows.find(
			([key, row]) => key === word || row.name === word || row.id === id,
		) ??
		rows.find(
			([key]) => key === `PROTOCOL_${word}` || key === `DOMAIN_${word}`,
		);
	if (found) return found[1];
	if (id !== undefined) {
		const hex = `0x${id.toString(16)}`;
		return { name: `${protocol.name} ${hex}`, id, request: undefined };
	}
	throw unknown(
		`${protocol.name} message "${name}"`,
		word,
		rows.map(([key]) => key),
	);
}

/** The ID that a text in decimal or hexadecimal means; undefined for a name. */
function idOf(
	name: string | number,
	what: "protocol" | "message",
): number | undefined {
	if (!/^(\d+|0x[0-9a-f]+)$/i.test(String(name))) return undefined;
	const id = Number(name);
	if (id <= 0xff) return id;
	throw new CosimError("USAGE", `${what} ${name}, expected 0 to 255`);
}

function unknown(
	what: string,
	word: string,
	known: readonly string[],
): CosimError {
	const guess = nearest(word, known);
	const expected =
		known.length > 0
			? `expected one of ${known.join(", ")}`
			: "expected a number of 0 to 255";
	return new CosimError(
		"UNKNOWN_NAME",
		`no ${what}, ${guess ? `did you mean ${guess}?` : expected}`,
	);
}
