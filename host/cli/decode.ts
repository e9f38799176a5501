// scmi-cosim decode: the bytes of a message to words.
// Bytes as hexadecimal digits, with or without spaces between them, header first. A message with missing fields is a failure.

import { Command } from "commander";
import { decodeMessage, hexBytes, parseHex } from "../trace/decode.ts";
import { printMessage } from "./call.ts";
import {
	type JsonOption,
	jsonOption,
	parseNumber,
	printJson,
} from "./common.ts";

interface DecodeVerbOptions extends JsonOption {
	reply?: true;
	protocolVersion?: number;
}

export function decodeVerb(): Command {
	return new Command("decode")
		.description(
			"decode the bytes of an SCMI message: header and payload in hexadecimal",
		)
		.argument(
			"<hex...>",
			"bytes, such as 06500000 80000000 (little-endian, as in memory)",
		)
		.option("--reply", "the bytes are a reply, not a request")
		.option(
			"--protocol-version <version>",
			"layout of this protocol version, such as 0x20000",
			parseNumber,
		)
		.addOption(jsonOption())
		.action(run);
}

function run(hex: string[], options: DecodeVerbOptions): void {
	const bytes = parseHex(hex.join(" "));
	const message = decodeMessage(bytes, {
		...(options.reply ? { reply: true } : {}),
		...(options.protocolVersion === undefined
			? {}
			: { version: options.protocolVersion }),
	});
	const decoded = { ...message, bytes: hexBytes(bytes) };
	if (options.json) printJson(decoded);
	else
		printMessage(
			`${message.protocol} ${message.message} ${message.kind}`,
			decoded,
		);
	if (message.fields.some(({ value }) => value === undefined))
		process.exitCode = 1;
}
