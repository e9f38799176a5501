// The messages that two profiles are compared by: what a boot sends, and every command for the IDs that matter.
// Payloads follow the message tables in host/scmi, at the versions that a platform serves.

import type { DeviceTree } from "../devicetree/tree.ts";
import type { Firmware } from "../firmware.ts";
import { type Platform, PROTOCOL_IDS } from "../platform/platform.ts";
import {
	type Field,
	fixedSize,
	inVersion,
	type Message,
	place,
} from "../scmi/layout.ts";
import { protocols } from "../scmi/messages.ts";
import { POWER_STATE_OFF, POWER_STATE_ON } from "../scmi/power-domain.ts";
import { openBoard } from "../simulation/board.ts";
import { boot } from "../simulation/boot.ts";
import { PROFILES } from "./index.ts";

const HEADER_SIZE = 4;
const TOKENS = 1024;
const UNKNOWN_MESSAGE = 0xff;
/** Beyond most parents, which may stop a firmware; and one that every clock may come near to, so that it stays to be read. */
const RATES = [900_000_000, 400_000_000];

/** The base protocol comes last: its permissions may change what the others answer. */
const COMPARED = ["powerDomain", "clock", "base"] as const;

/** Boots a board; returns the requests that its agent sent, header and payload, in order. */
export async function recordBoot(
	tree: DeviceTree,
	firmware: Firmware,
): Promise<Uint8Array[]> {
	const requests: Uint8Array[] = [];
	await boot(
		openBoard(tree, firmware, {
			onMessage: ({ kind, request }) => {
				if (kind === "command") requests.push(request);
			},
		}),
	);
	return requests;
}

/**
 * Every command of the base, power domain and clock protocols, in the layouts of a platform's versions: each for the first,
 * the last and an unknown ID, and for those that some profile treats in a way of its own.
 */
export function everyCommand(platform: Platform): Uint8Array[] {
	const requests: Uint8Array[] = [];
	for (const name of COMPARED) {
		const version = platform.protocols[name];
		const values = parameters(platform, version);
		const protocol = protocols.find(({ id }) => id === PROTOCOL_IDS[name]);
		const messages = Object.values<Message>(protocol?.messages ?? {});
		for (const message of messages.sort((a, b) => a.id - b.id)) {
			const fields = message.request.filter((row) => inVersion(row, version));
			for (const choice of choices(fields, values)) {
				const token = requests.length % TOKENS;
				const header = (token << 18) | (PROTOCOL_IDS[name] << 10) | message.id;
				requests.push(encode(message, version, header, choice));
			}
		}
	}
	return requests;
}

/** The values that fields take by their names; others are their presets, or 0. */
function parameters(
	{ clocks, powerDomains, agents }: Platform,
	version: number,
): ReadonlyMap<string, readonly number[]> {
	const ids = (rows: readonly { id: number }[], own: readonly number[]) => {
		const first = rows[0]?.id ?? 0;
		const last = Math.max(first, ...rows.map(({ id }) => id));
		return [...new Set([first, last, last + 1, ...own])];
	};
	const clockIds = PROFILES.flatMap(({ clockIds }) => clockIds);
	const domainIds = PROFILES.flatMap(({ domainIds }) => domainIds);
	return new Map([
		["clock_id", ids(clocks, clockIds)],
		["domain_id", ids(powerDomains, domainIds)],
		["agent_id", [0, agents.length, agents.length + 1]],
		["message_id", [0, UNKNOWN_MESSAGE]],
		["skip", [0, 1]],
		["version", [version]],
		["power_state", [POWER_STATE_ON, POWER_STATE_OFF]],
		["rate", RATES],
		// CLOCK_CONFIG_SET: on, off.
		["attributes", [1, 0]],
	]);
}

/** Every combination of the fields' values by name: rates change last of all, then the first field. */
function choices(
	fields: readonly Field[],
	values: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, number>[] {
	const slow = fields.filter(({ kind }) => kind === "u64");
	const fast = fields.filter(({ kind }) => kind !== "u64");
	return [...slow, ...fast].reduce<ReadonlyMap<string, number>[]>(
		(all, { name, preset = 0 }) =>
			all.flatMap((before) =>
				(values.get(name) ?? [preset]).map((value) =>
					new Map(before).set(name, value),
				),
			),
		[new Map()],
	);
}

function encode(
	{ request }: Message,
	version: number,
	header: number,
	values: ReadonlyMap<string, number>,
): Uint8Array {
	const view = new DataView(
		new ArrayBuffer(HEADER_SIZE + fixedSize(request, version)),
	);
	view.setUint32(0, header, true);
	for (const { field, offset } of place(request, version))
		view.setUint32(HEADER_SIZE + offset, values.get(field.name) ?? 0, true);
	return new Uint8Array(view.buffer);
}
