// scmi-cosim call: one SCMI message by name, request and reply field by field and as bytes.
// Clocks and power domains may be given by name wherever a message takes their ID.

import { Command } from "commander";
import { CosimError } from "../errors.ts";
import {
	type Platform,
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../platform/platform.ts";
import { findMessage, findProtocol } from "../scmi/lookup.ts";
import { nearest } from "../scmi/nearest.ts";
import { boot } from "../simulation/boot.ts";
import {
	type DecodedMessage,
	decodeMessage,
	hexBytes,
} from "../trace/decode.ts";
import { encodeMessage } from "../trace/encode.ts";
import {
	type BoardVerbOptions,
	openBoardOf,
	platformOf,
	print,
	printJson,
	printTable,
	withBoardOptions,
} from "./common.ts";

interface CallOptions extends BoardVerbOptions {
	boot?: true;
}

const EXAMPLES = `
Examples:
  scmi-cosim call clock RATE_GET uart2
  scmi-cosim call clock RATE_SET clock_id=audio_pll1 rate=393216000 flags=round_auto
  scmi-cosim call power STATE_SET domain_id=gpumix power_state=ON
  scmi-cosim call base DISCOVER_AGENT 0xffffffff
  scmi-cosim call 0x15 3 1 0xff        (an unknown number: the request is 32-bit words)`;

export function callVerb(): Command {
	return withBoardOptions(
		new Command("call")
			.description(
				"send one SCMI message by name; print request and reply, decoded and as bytes",
			)
			.argument("<protocol>", "name or number: base, power, clock, 0x14")
			.argument("<message>", "name or number: RATE_GET, CLOCK_RATE_GET, 6")
			.argument(
				"[args...]",
				"the request's fields, in order or as name=value; clocks and domains by name or ID",
			)
			.option("--boot", "boot the board first")
			.addHelpText("after", EXAMPLES),
	).action(run);
}

async function run(
	protocol: string,
	message: string,
	args: string[],
	options: CallOptions,
): Promise<void> {
	const platform = platformOf(options);
	const found = findProtocol(protocol);
	const protocolId = found.id;
	const known = findMessage(found, message).request !== undefined;
	const version = versionOf(protocolId, platform);
	const words = known
		? args.map((argument) => withId(argument, protocolId, platform))
		: args;
	const { name, messageId, payload } = encodeMessage(
		protocol,
		message,
		words,
		version,
	);
	let request = new Uint8Array();
	let reply = new Uint8Array();
	const board = openBoardOf(options, {
		onMessage: (event) => {
			if (event.kind !== "command") return;
			request = new Uint8Array(event.request);
			reply = new Uint8Array(event.reply);
		},
	});
	if (options.boot) await boot(board);
	const { status } = await board.agent.command(protocolId, messageId, payload);
	const layout = version === undefined ? {} : { version };
	const decoded = {
		request: {
			...decodeMessage(request, layout),
			bytes: hexBytes(request),
		},
		reply: {
			...decodeMessage(reply, { ...layout, reply: true }),
			bytes: hexBytes(reply),
		},
	};
	if (options.json) {
		printJson(decoded);
	} else {
		printMessage(`${name} request`, decoded.request);
		print("");
		printMessage(`${name} reply`, decoded.reply);
	}
	if (status !== 0) process.exitCode = 1;
}

/** A message's fields under a title, then its bytes. */
export function printMessage(
	title: string,
	message: DecodedMessage & { bytes: string },
): void {
	print(title);
	printTable(
		["offset", "field", "value"],
		message.fields.map(({ offset, name, text }) => [offset, name, text]),
	);
	print(`bytes ${message.bytes}`);
}

/** The version of a protocol that the platform implements; undefined, for the newest, when it lacks the protocol. */
function versionOf(protocolId: number, platform: Platform): number | undefined {
	const names = Object.keys(PROTOCOL_IDS) as (keyof ProtocolVersions)[];
	const name = names.find((name) => PROTOCOL_IDS[name] === protocolId);
	return name === undefined ? undefined : platform.protocols[name];
}

/** What the IDs of a protocol's messages name, and the word for one of them. */
function namedBy(
	protocolId: number,
	platform: Platform,
): [what: string, rows: readonly { id: number; name: string }[]] {
	switch (protocolId) {
		case PROTOCOL_IDS.powerDomain:
			return ["power domain", platform.powerDomains];
		case PROTOCOL_IDS.performance:
			return ["performance domain", platform.performanceDomains];
		case PROTOCOL_IDS.clock:
			return ["clock", platform.clocks];
		case PROTOCOL_IDS.sensor:
			return ["sensor", platform.sensors];
		case PROTOCOL_IDS.reset:
			return ["reset domain", platform.resets];
		case PROTOCOL_IDS.voltage:
			return ["voltage domain", platform.rails];
		default:
			return ["", []];
	}
}

/** Replaces the name of a clock, domain or sensor by its ID; other words stay for the encoder. */
function withId(
	argument: string,
	protocolId: number,
	platform: Platform,
): string {
	const [, field, value] = /^(?:([a-z_]+)=)?(.*)$/i.exec(argument) ?? [];
	const [what, named] = namedBy(protocolId, platform);
	const prefix = field === undefined ? "" : `${field}=`;
	const row = named.find(({ name }) => name === value);
	if (row !== undefined) return `${prefix}${row.id}`;
	const wantsId =
		field === undefined
			? !isWord(value ?? "")
			: /^(clock|parent|domain|sensor)_id$/.test(field);
	if (!wantsId || named.length === 0 || /^(0x)?[0-9a-f]+$/i.test(value ?? ""))
		return argument;
	const guess = nearest(
		value ?? "",
		named.map(({ name }) => name),
	);
	const hint = guess === undefined ? "" : `, the nearest name is ${guess}`;
	throw new CosimError("UNKNOWN_NAME", `there is no ${what} ${value}${hint}`);
}

/** Words that the encoder may know: names of values and bits. */
function isWord(text: string): boolean {
	return /^[A-Z_|,]+$/.test(text);
}
