// scmi-cosim serve: the engine on sockets, for programs that are not JavaScript. The protocol is docs/serve.md.
// Prints where it listens; with --json as {listening: [addresses]}. Ends with SIGINT or SIGTERM.

import { Command, InvalidArgumentError, Option } from "commander";
import { type ScmiServer, serve } from "../bridge/serve/server.ts";
import { CosimError } from "../errors.ts";
import { createFirmware } from "../node.ts";
import { imx8mmWith } from "../platform/imx8mm/agents.ts";
import { VERSION_SETS } from "../platform/platform.ts";
import { findProfile, PROFILES } from "../profiles/index.ts";
import type { ProfileName } from "../profiles/profile.ts";
import {
	count,
	type JsonOption,
	jsonOption,
	parseNumber,
	print,
	printJson,
	readFile,
} from "./common.ts";

const DEFAULT_ADDRESS = "tcp:127.0.0.1:7414";
const MOST_CONNECTIONS = 1_000_000;

interface Options extends JsonOption {
	listen?: readonly string[];
	agents: readonly string[];
	scmi: keyof typeof VERSION_SETS;
	profile: ProfileName;
	tokenFile?: string;
	connections: number;
	simulations: number;
}

export function serveVerb(): Command {
	return new Command("serve")
		.description("the engine on sockets, an agent or a simulator on each")
		.option(
			"--listen <address>",
			`unix:PATH, tcp:HOST:PORT or ws:HOST:PORT, several times if need be (default: ${DEFAULT_ADDRESS})`,
			(address: string, before: readonly string[] | undefined) => [
				...(before ?? []),
				address,
			],
		)
		.option(
			"--agents <list>",
			"names of the agents, with commas",
			(text) => text.split(","),
			["linux"],
		)
		.addOption(
			new Option(
				"--scmi <set>",
				"protocol versions that the firmware implements",
			)
				.choices(Object.keys(VERSION_SETS))
				.default("scmi-3.2"),
		)
		.option(
			"--profile <name>",
			`the firmware: ${PROFILES.map(({ name }) => name).join(", ")}`,
			(name) => findProfile(name).name,
			"spec",
		)
		.option(
			"--token-file <file>",
			"what clients must bring: the file's text; for addresses that other machines reach it must be there",
		)
		.option(
			"--connections <n>",
			"how many there may be at a time",
			parseLimit,
			10_000,
		)
		.option(
			"--simulations <n>",
			"how many there may be at a time",
			parseLimit,
			64,
		)
		.addOption(jsonOption())
		.action(run);
}

function parseLimit(text: string): number {
	const value = parseNumber(text);
	if (value >= 1 && value <= MOST_CONNECTIONS) return value;
	throw new InvalidArgumentError(`expected 1 to ${MOST_CONNECTIONS}.`);
}

async function run(options: Options): Promise<void> {
	const { agents, scmi, profile, connections, simulations } = options;
	const platform = findProfile(profile).platform({
		...imx8mmWith(agents),
		protocols: VERSION_SETS[scmi],
	});
	const token =
		options.tokenFile === undefined ? undefined : tokenIn(options.tokenFile);
	const server = await serve({
		listen: options.listen ?? [DEFAULT_ADDRESS],
		createFirmware: () => createFirmware(profile, platform),
		connections,
		simulations,
		...(token === undefined ? {} : { token }),
	});
	if (options.json) printJson({ listening: server.addresses });
	else for (const address of server.addresses) print(`listening on ${address}`);
	await ended(server);
}

function tokenIn(file: string): string {
	const token = Buffer.from(readFile(file)).toString().trim();
	if (token !== "") return token;
	throw new CosimError("USAGE", `${file}: empty, expected a token`);
}

/** Until somebody wants the server to end. */
async function ended(server: ScmiServer): Promise<void> {
	const signal = await new Promise<string>((resolve) => {
		for (const name of ["SIGINT", "SIGTERM"] as const)
			process.once(name, resolve);
	});
	const { connections } = server;
	await server.close();
	process.stderr.write(
		`${signal}: closed, with ${count(connections, "connection")}\n`,
	);
}
