#!/usr/bin/env node
// The command line: one program, one file per verb.
// Exit status: 0 done, 1 failed, 2 wrong use.

import { Command, CommanderError } from "commander";
import { CosimError } from "../errors.ts";
import { benchVerb } from "./bench.ts";
import { bootVerb } from "./boot.ts";
import { callVerb } from "./call.ts";
import { clkVerb } from "./clk.ts";
import { reason } from "./common.ts";
import { decodeVerb } from "./decode.ts";
import { diffVerb } from "./diff.ts";
import { dtVerb } from "./dt.ts";
import { imageVerb } from "./image.ts";
import { linuxVerb } from "./linux.ts";
import { powerVerb } from "./power.ts";
import { runVerb } from "./run.ts";
import { sensorsVerb } from "./sensors.ts";
import { serveVerb } from "./serve.ts";

const WRONG_USE: ReadonlySet<string> = new Set([
	"USAGE",
	"UNKNOWN_NAME",
	"SCENARIO_INVALID",
]);

function program(): Command {
	const root = new Command("scmi-cosim")
		.description(
			"SCMI firmware in a box: SMC trap, shared-memory SCMI server and i.MX8MM hardware in WebAssembly",
		)
		.helpCommand(false);
	for (const verb of [
		bootVerb(),
		clkVerb(),
		powerVerb(),
		sensorsVerb(),
		callVerb(),
		decodeVerb(),
		diffVerb(),
		runVerb(),
		dtVerb(),
		imageVerb(),
		linuxVerb(),
		serveVerb(),
		benchVerb(),
	])
		root.addCommand(verb);
	for (const command of [
		root,
		...root.commands,
		...root.commands.flatMap(({ commands }) => commands),
	]) {
		command.exitOverride().configureOutput({ outputError: () => {} });
	}
	return root;
}

/** Runs a command line. Returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
	try {
		const root = program();
		if (args.length === 0) {
			root.outputHelp();
			return 2;
		}
		await root.parseAsync([...args], { from: "user" });
		return Number(process.exitCode ?? 0);
	} catch (error) {
		return report(error);
	}
}

function report(error: unknown): number {
	if (error instanceof CommanderError) {
		// Help and version were asked for, and have been printed.
		if (error.exitCode === 0) return 0;
		if (error.code === "commander.help") return 2;
		return complain(error.message.replace(/^error: /, ""), 2);
	}
	if (error instanceof CosimError)
		return complain(error.message, WRONG_USE.has(error.code) ? 2 : 1);
	return complain(
		`internal error: ${error instanceof Error ? error.message : String(error)}`,
		1,
	);
}

function complain(message: string, status: number): number {
	process.stderr.write(`scmi-cosim: ${message.replace(/\s*\n\s*/g, " ")}\n`);
	return status;
}

// `scmi-cosim clk | head` closes the pipe early: that is nobody's mistake.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	process.exit(complain(`standard output: ${reason(error)}`, 1));
});

process.exitCode = await main(process.argv.slice(2));
