// scmi-cosim dt: check a devicetree's mailbox and SCMI nodes, add them to a board's blob, apply overlays.
// Bindings arm,smc-mbox, arm,scmi, arm,scmi-smc, arm,scmi-shmem and mmio-sram.

import { Command, Option } from "commander";
import { checkBindings } from "../devicetree/bindings.ts";
import { writeFdt } from "../devicetree/fdt.ts";
import { applyOverlay } from "../devicetree/overlay.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import { addPlatformNodes, checkSoc } from "../simulation/board.ts";
import {
	count,
	inFile,
	type JsonOption,
	jsonOption,
	print,
	printJson,
	readTree,
	writeFile,
} from "./common.ts";

interface OutputOption extends JsonOption {
	output: string;
}

interface AddOptions extends OutputOption {
	method: "smc" | "hvc";
}

export function dtVerb(): Command {
	const output = () =>
		new Option(
			"-o, --output <file>",
			"where to write the blob",
		).makeOptionMandatory();
	const dt = new Command("dt").description(
		"check a devicetree's mailbox and SCMI nodes; add them to a board's blob",
	);
	dt.command("check")
		.description("check mailbox and SCMI nodes against their bindings")
		.argument("[file]", "devicetree blob (default: the built-in board)")
		.addOption(jsonOption())
		.action(check);
	dt.command("add")
		.description("add shared memory, mailbox and SCMI nodes")
		.argument("[file]", "devicetree blob (default: the built-in board)")
		.addOption(output())
		.addOption(
			new Option("--method <conduit>", "the mailbox's conduit")
				.choices(["smc", "hvc"])
				.default("smc"),
		)
		.addOption(jsonOption())
		.action(add);
	dt.command("overlay")
		.description("apply overlays to a base blob, in order")
		.argument("<base>", "devicetree blob")
		.argument("<overlays...>", "overlay blobs")
		.addOption(output())
		.addOption(jsonOption())
		.action(overlay);
	return dt;
}

function check(file: string | undefined, options: JsonOption): void {
	const findings = checkBindings(readTree(file));
	if (options.json) {
		printJson(findings);
	} else {
		for (const { message } of findings) print(message);
		print(`${file ?? "built-in board"}: ${count(findings.length, "finding")}`);
	}
	if (findings.length > 0) process.exitCode = 1;
}

function add(file: string | undefined, options: AddOptions): void {
	const tree = readTree(file);
	let added: boolean;
	try {
		checkSoc(tree, IMX8MM);
		added = addPlatformNodes(tree, IMX8MM, options.method);
	} catch (error) {
		throw inFile(file ?? "built-in board", error);
	}
	writeFile(options.output, writeFdt(tree));
	if (options.json) printJson({ output: options.output, added });
	else
		print(
			`${options.output}: ${added ? "mailbox and SCMI nodes added" : "SCMI nodes were there already"}`,
		);
}

function overlay(
	base: string,
	overlays: string[],
	options: OutputOption,
): void {
	let tree = readTree(base);
	for (const file of overlays) {
		try {
			tree = applyOverlay(tree, readTree(file));
		} catch (error) {
			throw inFile(file, error);
		}
	}
	writeFile(options.output, writeFdt(tree));
	if (options.json) printJson({ output: options.output, overlays });
	else print(`${options.output}: ${count(overlays.length, "overlay")} applied`);
}
