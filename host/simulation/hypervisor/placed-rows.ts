// The rows of the message table by number, with the places that their fields have in each version.
// SCMI 3.2 (Arm DEN0056E), section 4.1.1: a header has the message's ID in bits 7:0 and the protocol's in bits 17:10.

import {
	fixedSize,
	type Message,
	type PlacedField,
	place,
} from "../../scmi/layout.ts";
import { protocols } from "../../scmi/messages.ts";
import type { Role, Roles, Row } from "./call.ts";
import { KINDS, type ResourceKind } from "./id-map.ts";
import { COMMANDS } from "./message-rows.ts";
import { NOTIFICATIONS } from "./notification-rows.ts";

/** A field with a role, in its place. */
export interface PlacedRole {
	role: Role;
	/** Bytes from the beginning of the payload, and of the field. */
	offset: number;
	size: number;
}

/** A message at a version. */
export interface Places {
	/** Bytes of the request; the least that a successful reply has. */
	requestSize: number;
	replySize: number;
	request: readonly PlacedRole[];
	reply: readonly PlacedRole[];
	delayed: readonly PlacedRole[];
	/** Place of the field by which the guest holds something, in the request. */
	held: number | undefined;
}

/** A row with its message. */
export class PlacedRow {
	readonly row: Row;
	readonly message: Message;
	readonly protocol: number;
	/** What the protocol's IDs are of; undefined for a protocol without. */
	readonly kind: ResourceKind | undefined;
	readonly #places = new Map<number, Places>();

	constructor(row: Row, message: Message, protocol: number) {
		this.row = row;
		this.message = message;
		this.protocol = protocol;
		this.kind = KINDS.find((entry) => entry.protocol === protocol)?.kind;
	}

	at(version: number): Places {
		let places = this.#places.get(version);
		if (places === undefined) {
			places = this.#place(version);
			this.#places.set(version, places);
		}
		return places;
	}

	#place(version: number): Places {
		const { row, message } = this;
		const request = place(message.request, version);
		const held = request.find(({ field }) => field.name === row.holds?.field);
		return {
			requestSize: fixedSize(message.request, version),
			replySize: fixedSize(message.reply, version),
			request: rolesIn(request, row.request),
			reply: rolesIn(place(message.reply, version), row.reply),
			delayed: rolesIn(place(message.delayed ?? [], version), row.delayed),
			held: held?.offset,
		};
	}
}

function rolesIn(fields: PlacedField[], roles: Roles = {}): PlacedRole[] {
	return fields.flatMap(({ field, offset }) => {
		const role = roles[field.name];
		return role === undefined ? [] : [{ role, offset, size: field.size }];
	});
}

function key(protocol: number, message: number): number {
	return (protocol << 8) | message;
}

function rowsOf(
	kind: "messages" | "notifications",
	tables: typeof COMMANDS,
): ReadonlyMap<number, PlacedRow> {
	const rows = new Map<number, PlacedRow>();
	for (const protocol of protocols) {
		for (const [name, message] of Object.entries(protocol[kind])) {
			const row = tables[protocol.name]?.[name];
			if (row !== undefined && row !== null)
				rows.set(
					key(protocol.id, message.id),
					new PlacedRow(row, message, protocol.id),
				);
		}
	}
	return rows;
}

const commands = rowsOf("messages", COMMANDS);
const notifications = rowsOf("notifications", NOTIFICATIONS);

/** The row of a command; undefined for one that does not pass. */
export function commandRow(
	protocol: number,
	message: number,
): PlacedRow | undefined {
	return commands.get(key(protocol, message));
}

/** The row of a notification; undefined for one that does not pass. */
export function notificationRow(
	protocol: number,
	message: number,
): PlacedRow | undefined {
	return notifications.get(key(protocol, message));
}
