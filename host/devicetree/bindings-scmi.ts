// The bindings of SCMI firmware nodes and of the protocols below them.
// Follows the bindings arm,scmi, arm,scmi-smc and arm,scmi-smc-param of the Linux kernel; protocol IDs of SCMI 3.2, chapter 4.

import { overlap, physicalRegions, type Region } from "./address.ts";
import { NodeCheck, soleCell } from "./finding.ts";
import { doorbellPairs, usesMessagingUnit } from "./messaging-unit.ts";
import { type Reference, references } from "./references.ts";
import { PROVIDER_CELLS } from "./scmi-nodes.ts";
import { psciConduit } from "./scmi-transport.ts";
import type { DeviceTree } from "./tree.ts";
import { hex } from "./values.ts";

/** Base to pin control. */
const STANDARD_PROTOCOLS = { first: 0x10, last: 0x19 };

/** First ID of the protocols that a vendor defines. */
const VENDOR_PROTOCOLS = 0x80;

/** Performance, which serves clocks or power domains. */
const PERFORMANCE = 0x13;

/** Voltage domains, each a regulator of its own. */
const VOLTAGE = 0x17;

/** Words of `mbox-names`, in their order; the one for delayed replies came later than the others. */
const MAILBOX_NAMES = ["tx", "tx_reply", "rx", "rx_reply"];

/** Checks one node with `arm,scmi`, `arm,scmi-smc` or `arm,scmi-smc-param`. */
export function checkScmi(check: NodeCheck, tree: DeviceTree): void {
	const { node } = check;
	const withMailbox = node.isCompatible("arm,scmi");
	if (withMailbox) {
		checkSharedMemory(check, checkMailboxes(check), 2);
		const why = "the interrupts are the mailbox's";
		check.unwanted("interrupts", why);
		check.unwanted("interrupt-names", why);
	} else {
		const id = check.u32("arm,smc-id", "one function ID");
		if (id !== undefined) check.functionId("arm,smc-id", id);
		checkSharedMemory(check, 1, 1);
		if (node.has("interrupts") || node.has("interrupt-names"))
			check.word("interrupt-names", ["a2p"]);
		if (
			node.has("interrupt-names") &&
			!node.has("interrupts") &&
			!node.has("interrupts-extended")
		)
			check.report("interrupts", 'the interrupt that "a2p" names');
		check.read("compatible", "a /psci node that tells SMC from HVC", () =>
			psciConduit(tree),
		);
	}
	if (node.children.size > 0) {
		check.exactly("#address-cells", 1);
		check.exactly("#size-cells", 0);
	}
	for (const child of node.children.values()) {
		if (child.enabled && child.baseName === "protocol")
			checkProtocol(new NodeCheck(child, check.findings), withMailbox);
	}
}

/** `mboxes` and `mbox-names`: a channel for each direction; returns the number of shared-memory areas they need. */
function checkMailboxes(check: NodeCheck): number {
	const expected = "one or two mailbox channels, transmit first";
	const list = checkReferences(check, "mboxes", "#mbox-cells", expected);
	if (list === undefined) return 1;
	if (list.length < 1 || list.length > MAILBOX_NAMES.length) {
		check.report("mboxes", expected);
		return 1;
	}
	for (const [index, { target, args }] of list.entries()) {
		const count = target && soleCell(target, "arm,num-chans");
		if (target === undefined) check.report("mboxes", expected);
		else if (count !== undefined && (args[0] ?? 0) >= count)
			check.report(
				"mboxes",
				`one of the ${count} channels of ${target.path} in entry ${index}`,
			);
	}
	const channels = list.map(({ target, args }) => `${target?.path} ${args}`);
	if (new Set(channels).size < channels.length)
		check.report("mboxes", "a channel of its own in each entry");
	if (!check.node.has("mbox-names") && list.length === 1) return 1;

	if (usesMessagingUnit(list)) {
		check.read("mboxes", "the doorbells of a messaging unit", () =>
			doorbellPairs(check.node),
		);
	}

	const names = check.texts("mbox-names");
	if (names === undefined) return 1;
	const places = names.map((name) => MAILBOX_NAMES.indexOf(name));
	const ordered = places.every(
		(place, index) => index === 0 || place > (places[index - 1] ?? 0),
	);
	if (names.length !== list.length || places[0] !== 0 || !ordered)
		check.report("mbox-names", 'one name for each channel: "tx", then "rx"');
	return names.includes("rx") ? 2 : 1;
}

/** `shmem`: one area, or one for each direction. */
function checkSharedMemory(
	check: NodeCheck,
	least: number,
	most: number,
): void {
	const count = least === most ? `${least}` : `${least} or ${most}`;
	const expected = `${count} ${most === 1 ? "area" : "areas"} of shared memory`;
	const list = checkReferences(check, "shmem", 0, expected);
	if (list === undefined) return;
	if (list.length < least || list.length > most) {
		check.report("shmem", expected);
		return;
	}
	const areas: Region[] = [];
	for (const { target } of list) {
		if (target === undefined) {
			check.report("shmem", expected);
			continue;
		}
		if (!target.isCompatible("arm,scmi-shmem"))
			check.report("shmem", '"arm,scmi-shmem" nodes', target.path);
		// What is wrong with the area itself is reported by the check of that node.
		const regions = new NodeCheck(target, []).read("reg", "", () =>
			physicalRegions(target),
		);
		const area = regions?.[0];
		if (area === undefined) continue;
		if (areas.some((other) => overlap(other, area)))
			check.report("shmem", "areas that do not overlap");
		areas.push(area);
	}
}

function checkReferences(
	check: NodeCheck,
	property: string,
	cells: string | number,
	expected: string,
): Reference[] | undefined {
	return check.read(property, expected, () =>
		references(check.node, property, cells),
	);
}

function checkProtocol(check: NodeCheck, withMailbox: boolean): void {
	const { node } = check;
	const id = check.u32(
		"reg",
		"a protocol ID, 0x10 to 0x19 or 0x80 to 0xff",
		0x10,
		0xff,
	);
	if (id === undefined) return;
	if (id > STANDARD_PROTOCOLS.last && id < VENDOR_PROTOCOLS)
		check.report("reg", "a protocol ID, 0x10 to 0x19 or 0x80 to 0xff");
	if (node.unitAddress !== id.toString(16))
		check.report("reg", `the unit address, ${hexOrText(node.unitAddress)}`);
	const provider = PROVIDER_CELLS.get(id);
	if (provider !== undefined) check.exactly(provider, 1);
	if (id === PERFORMANCE) {
		const domains = node.has("#power-domain-cells");
		check.exactly(domains ? "#power-domain-cells" : "#clock-cells", 1);
	}
	const regulators = node.children.get("regulators");
	if (id === VOLTAGE && regulators !== undefined)
		checkRegulators(new NodeCheck(regulators, check.findings));
	if (withMailbox && node.has("mboxes")) checkMailboxes(check);
	if (node.has("shmem")) checkSharedMemory(check, 1, withMailbox ? 2 : 1);
}

/** The voltage domains that are regulators: each has its domain ID. */
function checkRegulators(check: NodeCheck): void {
	if (check.node.children.size === 0) return;
	check.exactly("#address-cells", 1);
	check.exactly("#size-cells", 0);
	for (const node of check.node.children.values()) {
		const regulator = new NodeCheck(node, check.findings);
		const id = regulator.u32("reg", "one voltage domain ID");
		if (id !== undefined && node.unitAddress !== id.toString(16))
			regulator.report(
				"reg",
				`the unit address, ${hexOrText(node.unitAddress)}`,
			);
	}
}

function hexOrText(unitAddress: string | undefined): string {
	const value = Number.parseInt(unitAddress ?? "", 16);
	return Number.isNaN(value) ? "which the name lacks" : hex(value);
}
