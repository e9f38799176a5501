// scmi-cosim dt: check a devicetree's mailbox and SCMI nodes, add them to a board's blob, apply overlays.
// Bindings arm,smc-mbox, arm,scmi, arm,scmi-smc, arm,scmi-shmem and mmio-sram.

import { Command, Option } from "commander";
import { checkBindings } from "../devicetree/bindings.ts";
import { writeFdt } from "../devicetree/fdt.ts";
import { applyOverlay } from "../devicetree/overlay.ts";
import { findScmi } from "../devicetree/scmi-nodes.ts";
import {
	readScmiTransport,
	type ScmiChannel,
} from "../devicetree/scmi-transport.ts";
import type { DeviceTree, DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Method } from "../mailbox/conduit.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import { checkSoc } from "../simulation/board.ts";
import { addPlatformNodes } from "../simulation/platform-nodes.ts";
import {
	besides,
	count,
	inFile,
	inputName,
	type JsonOption,
	jsonOption,
	outputName,
	print,
	printJson,
	readTree,
	writeFile,
} from "./common.ts";

interface OutputOption extends JsonOption {
	output: string;
}

interface AddOptions extends OutputOption {
	method?: Method;
}

export function dtVerb(): Command {
	const output = () =>
		new Option(
			"-o, --output <file>",
			"where to write the blob; - for standard output, text then goes to standard error",
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
			new Option(
				"--method <conduit>",
				"the mailbox's conduit (default: smc, or what the SCMI nodes have that are there already)",
			).choices(["smc", "hvc"]),
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
		print(`${treeName(file)}: ${count(findings.length, "finding")}`);
	}
	if (findings.length > 0) process.exitCode = 1;
}

function add(file: string | undefined, options: AddOptions): void {
	const { output, method } = options;
	const tree = readTree(file);
	let added: boolean;
	try {
		checkSoc(tree, IMX8MM);
		if (method !== undefined) checkConduit(tree, method);
		added = addPlatformNodes(tree, IMX8MM, method);
	} catch (error) {
		throw inFile(treeName(file), error);
	}
	const what = added
		? "mailbox and SCMI nodes added"
		: "SCMI nodes were there already";
	write(tree, options, { output, added }, what);
}

/** Refuses a tree whose SCMI node is there already, but reaches the firmware another way. */
function checkConduit(tree: DeviceTree, method: Method): void {
	const node = findScmi(tree);
	if (node === undefined) return;
	const other = readScmiTransport(tree, node).channels.find(
		({ conduit }) => conduit !== method,
	);
	if (other === undefined) return;
	const { at, property, expected } = conduitSource(tree, other, method);
	throw at.malformed(property, `"${expected}" for --method ${method}`);
}

/** The property that gives a channel its conduit, and what it would be for another. */
function conduitSource(
	tree: DeviceTree,
	{ mailbox, conduit }: ScmiChannel,
	method: Method,
): { at: DtNode; property: string; expected: string } {
	if (mailbox !== undefined && conduit === "doorbell") {
		const expected = "arm,smc-mbox";
		return { at: mailbox.node, property: "compatible", expected };
	}
	if (mailbox?.node.u32("#mbox-cells") === 0) {
		const expected = `arm,${method}-mbox`;
		return { at: mailbox.node, property: "compatible", expected };
	}
	const psci = () =>
		tree.node("/psci") ??
		tree.compatible("arm,psci-1.0", "arm,psci-0.2", "arm,psci")[0];
	const at = mailbox?.node ?? psci();
	if (at === undefined)
		throw new CosimError("DT_BINDING", "/psci: absent, expected a node");
	return { at, property: "method", expected: method };
}

function overlay(
	base: string,
	overlays: string[],
	options: OutputOption,
): void {
	let tree = readTree(base);
	for (const file of overlays) {
		const changes = readTree(file);
		try {
			tree = applyOverlay(tree, changes);
		} catch (error) {
			throw inFile(file, error);
		}
	}
	const what = `${count(overlays.length, "overlay")} applied`;
	write(tree, options, { output: options.output, overlays }, what);
}

function treeName(file: string | undefined): string {
	return file === undefined ? "built-in board" : inputName(file);
}

/** Writes a tree's blob, then says so, as JSON or as text. */
function write(
	tree: DeviceTree,
	{ output, json }: OutputOption,
	value: object,
	what: string,
): void {
	writeFile(output, writeFdt(tree));
	const to = besides(output);
	if (json) printJson(value, to);
	else print(`${outputName(output)}: ${what}`, to);
}
