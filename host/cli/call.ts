// scmi-cosim call: one SCMI message by name, request, reply and delayed response field by field and as bytes.
// Clocks, domains and sensors may be given by name, in any case, wherever a message takes their ID.

import { Command } from "commander";
import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
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

/** Most things that happen by themselves while a delayed response is waited for. */
const MAX_EVENTS = 1000;

const EXAMPLES = `
Examples:
  scmi-cosim call clock RATE_GET uart2
  scmi-cosim call clock RATE_SET clock_id=audio_pll1 rate=393216000 flags=round_auto
  scmi-cosim call power STATE_SET domain_id=gpumix power_state=ON
  scmi-cosim call performance LEVEL_SET a53 2
  scmi-cosim call voltage LEVEL_SET BUCK1 900000 flags=async   (the delayed response is waited for)
  scmi-cosim call base DISCOVER_AGENT 0xffffffff
  scmi-cosim call 0x15 3 1 0xff        (an unknown number: the request is 32-bit words)`;

export function callVerb(): Command {
	return withBoardOptions(
		new Command("call")
			.description(
				"send one SCMI message by name; print request, reply and delayed response, decoded and as bytes",
			)
			.argument(
				"<protocol>",
				"name or number: base, power, system, performance, clock, sensor, reset, voltage, 0x14",
			)
			.argument("<message>", "name or number: RATE_GET, CLOCK_RATE_GET, 6")
			.argument(
				"[args...]",
				"the request's fields, in order or as name=value; clocks, domains and sensors by name or ID",
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
		? args.map((argument, index) =>
				withId(argument, index, protocolId, platform),
			)
		: args;
	const { name, messageId, payload } = encodeMessage(
		protocol,
		message,
		words,
		version,
	);
	let request = new Uint8Array();
	let reply = new Uint8Array();
	let delayed: Uint8Array | undefined;
	const board = openBoardOf(options, {
		onMessage: (event) => {
			if (event.kind === "command") {
				request = new Uint8Array(event.request);
				reply = new Uint8Array(event.reply);
			} else if (event.kind === "delayed response") {
				delayed = new Uint8Array(event.reply);
			}
		},
	});
	if (options.boot) await boot(board);
	delayed = undefined;
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
	if (status === 0 && isAsynchronous(decoded.request))
		waitFor(board.firmware, () => delayed !== undefined);
	const response = delayed && {
		...decodeMessage(delayed, layout),
		bytes: hexBytes(delayed),
	};
	if (options.json) {
		printJson(response === undefined ? decoded : { ...decoded, response });
	} else {
		printMessage(`${name} request`, decoded.request);
		print("");
		printMessage(`${name} reply`, decoded.reply);
		if (response !== undefined) {
			print("");
			printMessage(`${name} delayed response`, response);
		}
	}
	if (status !== 0) process.exitCode = 1;
}

/** Whether a request asks for a delayed response. */
function isAsynchronous(request: DecodedMessage): boolean {
	return request.fields.some(({ bits }) =>
		bits?.some(({ name, value }) => name === "async" && value === 1),
	);
}

/** Lets virtual time pass until something is there, or nothing is to come any more. */
function waitFor(firmware: Firmware, isThere: () => boolean): void {
	for (let events = 0; !isThere() && events < MAX_EVENTS; events++) {
		const next = firmware.nextEventNs ?? null;
		if (next === null) return;
		firmware.advance(Math.max(0, next - firmware.timeNs));
	}
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
	index: number,
	protocolId: number,
	platform: Platform,
): string {
	const [, field, value] = /^(?:([a-z_]+)=)?(.*)$/i.exec(argument) ?? [];
	const [what, named] = namedBy(protocolId, platform);
	const prefix = field === undefined ? "" : `${field}=`;
	const word = value?.toLowerCase();
	const row = named.find(({ name }) => name.toLowerCase() === word);
	if (row !== undefined) return `${prefix}${row.id}`;
	// Without names the first field is the ID; what else is no number is a word for the encoder.
	const wantsId =
		field === undefined
			? index === 0 && !isWord(value ?? "")
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
