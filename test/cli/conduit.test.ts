// dt add --method on trees that have an SCMI node already: its conduit is the one asked for, or the verb refuses.
// Bindings arm,scmi and arm,scmi-smc, arm,smc-mbox (revisions 1 and 6) and arm,psci.

import { describe, expect, it } from "vitest";
import { findScmi } from "../../host/devicetree/scmi-nodes.ts";
import type { DeviceTree } from "../../host/devicetree/tree.ts";
import { boardBlob, file, run } from "./program.ts";

const MAILBOX = "/firmware/mailbox";

const method = (word: string) => (tree: DeviceTree) => {
	tree.node(MAILBOX)?.set("method", word);
};

/** A mailbox whose compatible tells the conduit. */
function withoutMethod(tree: DeviceTree): void {
	const mailbox = tree.node(MAILBOX);
	const scmi = findScmi(tree);
	if (mailbox === undefined || scmi === undefined) return;
	mailbox.delete("method");
	mailbox.set("#mbox-cells", 0).set("arm,func-id", 0xc20000fe);
	const phandle = tree.phandleOf(mailbox);
	scmi.set("mboxes", [phandle]).set("mbox-names", ["tx"]);
	scmi.set("shmem", (scmi.cells("shmem") ?? []).slice(0, 1));
}

/** SCMI without a mailbox, by the conduit of PSCI. */
function withoutMailbox(tree: DeviceTree): void {
	const scmi = findScmi(tree);
	scmi?.set("compatible", "arm,scmi-smc").set("arm,smc-id", 0xc20000fe);
	scmi?.set("shmem", (scmi.cells("shmem") ?? []).slice(0, 1));
	tree.root.ensureChild("psci").set("method", "smc");
}

describe("another conduit is refused by node, property and value", () => {
	it.each<[string, (tree: DeviceTree) => void, "smc" | "hvc", string]>([
		[
			"a method",
			() => {},
			"hvc",
			`${MAILBOX}: method is "smc", expected "hvc"`,
		],
		[
			"the other way round",
			method("hvc"),
			"smc",
			`${MAILBOX}: method is "hvc", expected "smc"`,
		],
		[
			"a compatible",
			withoutMethod,
			"hvc",
			`${MAILBOX}: compatible is "arm,smc-mbox", expected "arm,hvc-mbox"`,
		],
		["PSCI", withoutMailbox, "hvc", '/psci: method is "smc", expected "hvc"'],
	])("%s", async (_, change, wanted, message) => {
		const input = file("there.dtb", boardBlob(change));
		expect(
			await run("dt", "add", input, "-o", "-", "--method", wanted),
		).toMatchObject({
			status: 1,
			stdout: "",
			stderr: `scmi-cosim: ${input}: ${message} for --method ${wanted}\n`,
		});
	});
});

describe("nodes that are there already are fine", () => {
	it.each<[string, (tree: DeviceTree) => void, string[]]>([
		["with the conduit asked for", method("hvc"), ["--method", "hvc"]],
		["with SMC asked for", () => {}, ["--method", "smc"]],
		["with HVC when nothing is asked for", method("hvc"), []],
	])("%s", async (_, change, options) => {
		const blob = boardBlob(change);
		const input = file("there.dtb", blob);
		const { status, stderr, bytes } = await run(
			"dt",
			"add",
			input,
			"-o",
			"-",
			...options,
		);
		expect(stderr).toBe("standard output: SCMI nodes were there already\n");
		expect(new Uint8Array(bytes)).toEqual(blob);
		expect(status).toBe(0);
	});
});
