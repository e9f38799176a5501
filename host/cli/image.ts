// scmi-cosim image: the platform image that scmi.wasm loads, for hosts that embed it without this package: docs/abi.md.
// With --json {output, platform, bytes, abiVersion, scmi, cpus, agents, channels: [{functionId, ...}]}.

import { Command, InvalidArgumentError, Option } from "commander";
import { Abi } from "../../assembly/layout.ts";
import { channelGroups } from "../platform/image/services.ts";
import { compileImage } from "../platform/image.ts";
import { imx8mmWith } from "../platform/imx8mm/agents.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import { type Platform, VERSION_SETS } from "../platform/platform.ts";
import {
	besides,
	count,
	type JsonOption,
	jsonOption,
	outputName,
	print,
	printJson,
	printTable,
	writeFile,
} from "./common.ts";

interface ImageOptions extends JsonOption {
	output?: string;
	scmi: keyof typeof VERSION_SETS;
	agents?: readonly string[];
}

const DETAILS = `
The image holds the platform's tables: registers, clocks, power domains, agents and their channels. A host copies it into the
engine's memory and calls loadImage; in C, scmi_create takes it. Channels are listed in the order of their indices there.
Without -o nothing is written, only printed.`;

export function imageVerb(): Command {
	return new Command("image")
		.description(
			"write the platform image that scmi.wasm loads, for hosts in other languages",
		)
		.option(
			"-o, --output <file>",
			"where to write the image; - for standard output, text then goes to standard error",
		)
		.option(
			"--agents <names>",
			"agents, separated by commas: linux, tee and up to four others (default: linux alone)",
			parseNames,
		)
		.addOption(
			new Option(
				"--scmi <set>",
				"protocol versions that the firmware implements",
			)
				.choices(Object.keys(VERSION_SETS))
				.default("scmi-3.2"),
		)
		.addOption(jsonOption())
		.addHelpText("after", DETAILS)
		.action(run);
}

function parseNames(text: string): string[] {
	const names = text.split(",");
	if (names.includes(""))
		throw new InvalidArgumentError("expected names, separated by commas.");
	return names;
}

function run({ output, scmi, agents, json }: ImageOptions): void {
	const platform: Platform = {
		...(agents === undefined ? IMX8MM : imx8mmWith(agents)),
		protocols: VERSION_SETS[scmi],
	};
	const image = compileImage(platform);
	if (output !== undefined) writeFile(output, image);
	const to = output === undefined ? process.stdout : besides(output);
	if (json) {
		const facts = {
			output: output ?? null,
			platform: platform.name,
			bytes: image.length,
			abiVersion: Abi.VERSION,
			scmi,
			cpus: platform.cpus,
			agents: platform.agents,
			channels: channelsOf(platform),
		};
		printJson(facts, to);
		return;
	}
	print(
		`${output === undefined ? "" : `${outputName(output)}: `}${platform.name} with ${scmi}, ${image.length} bytes, ABI version ${Abi.VERSION}, ${count(platform.cpus, "CPU")}`,
		to,
	);
	printTable(
		[
			"channel",
			"function ID",
			"by",
			"area",
			"bytes",
			"agent",
			"messages from",
			"interrupt",
			"world",
		],
		channelsOf(platform).map((row) => [
			row.channel,
			hex(row.functionId),
			row.conduit,
			hex(row.address),
			row.size,
			row.agent,
			row.fromPlatform ? "platform" : "agent",
			row.interrupt ?? "-",
			row.secure ? "secure" : "normal",
		]),
		to,
	);
}

/** The channels as the image has its rows. */
function channelsOf(platform: Platform) {
	return channelGroups(platform)
		.flat()
		.map((row, channel) => ({
			channel,
			functionId: row.functionId,
			conduit: row.exceptionLevel === 3 ? "smc" : "hvc",
			address: row.address,
			size: row.size,
			agent: row.agent,
			agentId: platform.agents.indexOf(row.agent) + 1,
			fromPlatform: row.fromPlatform === true,
			interrupt: row.interrupt ?? null,
			secure: row.secure === true,
		}));
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}
