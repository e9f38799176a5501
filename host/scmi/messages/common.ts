// What the protocols' message tables share: the messages that all of them have, sizes of names, the notify parameter.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 4.2.2.

import { bit, type Field, type Messages, message, u32 } from "../layout.ts";

/** A protocol: its number, its names, its messages by their names without the protocol's own. */
export interface Protocol {
	id: number;
	/** The word for it on command lines and in traces. */
	name: string;
	/** Commands; those that may be asynchronous have their delayed response beside their reply. */
	messages: Messages;
	/** What the platform sends unasked once it has been asked to; `reply` has the parameters, without a status. */
	notifications: Messages;
}

/** Bytes of name fields. */
export const SHORT_NAME = 16;
export const LONG_NAME = 64;

/** The commands that every protocol has. */
export function common(attributes: readonly Field[]) {
	return {
		PROTOCOL_VERSION: message("PROTOCOL_VERSION", 0x0, [], [u32("version")]),
		PROTOCOL_ATTRIBUTES: message("PROTOCOL_ATTRIBUTES", 0x1, [], attributes),
		PROTOCOL_MESSAGE_ATTRIBUTES: message(
			"PROTOCOL_MESSAGE_ATTRIBUTES",
			0x2,
			[u32("message_id")],
			[u32("attributes")],
		),
		NEGOTIATE_PROTOCOL_VERSION: message("NEGOTIATE_PROTOCOL_VERSION", 0x10, [
			u32("version"),
		]),
	};
}

export const notify = u32("notify_enable", { bits: [bit("enable", 0)] });
