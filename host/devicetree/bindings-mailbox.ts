// The bindings of mailboxes: behind SMC and HVC instructions, in the four shapes that its revisions gave it; messaging units.
// Follows the bindings arm,smc-mbox as posted to the Linux kernel in 2019, revisions 1, 2, 3 and 6, and fsl,mu.

import { physicalRegions } from "./address.ts";
import { type NodeCheck, soleCell } from "./finding.ts";
import { interruptParent, isGic } from "./interrupts.ts";
import type { DtNode } from "./tree.ts";

/** Greatest number of channels: the driver counts them in a signed integer. */
const MAX_CHANNELS = 0x7fffffff;

/**
 * The revision that a mailbox node was written for:
 * 1; 2 with interrupts; 3 and later with `transports`; 6 and later with one channel to a node.
 */
export function mailboxRevision(node: DtNode): 1 | 2 | 3 | 6 {
	const single = !node.has("arm,num-chans") && !node.has("method");
	const noCells = soleCell(node, "#mbox-cells") === 0;
	if (
		node.isCompatible("arm,hvc-mbox") ||
		node.has("arm,func-id") ||
		(single && noCells)
	)
		return 6;
	if (node.has("transports")) return 3;
	return node.has("interrupts") ? 2 : 1;
}

/** Checks one node with `arm,smc-mbox` or `arm,hvc-mbox`. */
export function checkMailbox(check: NodeCheck): void {
	const { node } = check;
	const revision = mailboxRevision(node);
	if (revision === 6) {
		check.exactly("#mbox-cells", 0);
		if (node.has("arm,func-id")) {
			const id = check.u32("arm,func-id", "one function ID");
			if (id !== undefined) check.functionId("arm,func-id", id);
		}
		const why = "from revision 6 on, each channel is a node of its own";
		for (const property of ["arm,num-chans", "arm,func-ids", "transports"])
			check.unwanted(property, why);
		check.unwanted(
			"method",
			"from revision 6 on, compatible tells SMC from HVC",
		);
		return;
	}
	check.exactly("#mbox-cells", 1);
	check.word("method", ["smc", "hvc"]);
	const channels = check.u32(
		"arm,num-chans",
		`1 to 0x${MAX_CHANNELS.toString(16)} channels`,
		1,
		MAX_CHANNELS,
	);
	if (node.has("arm,func-ids")) checkFunctionIds(check, channels);
	if (revision === 3) {
		check.word("transports", ["mem", "reg"]);
		check.unwanted("interrupts", "revision 3 put transports in their place");
	}
	if (revision === 2) checkInterrupts(check, channels);
}

/** Checks one node with `fsl,imx6sx-mu`. */
export function checkMessagingUnit(check: NodeCheck): void {
	const { node } = check;
	check.exactly("#mbox-cells", 2);
	const regions = check.read("reg", "the unit's registers", () =>
		physicalRegions(node),
	);
	if (regions !== undefined && regions.length !== 1)
		check.report("reg", "the unit's registers");
	if (!node.has("interrupts") && !node.has("interrupts-extended"))
		check.report("interrupts", "the interrupt of all channels");
	const why = "only later units have an interrupt for each direction";
	check.unwanted("interrupt-names", why);
}

function checkFunctionIds(
	check: NodeCheck,
	channels: number | undefined,
): void {
	const ids = check.cells("arm,func-ids", "one function ID for each channel");
	if (ids === undefined) return;
	if (ids.length === 0 || (channels !== undefined && ids.length > channels))
		check.report(
			"arm,func-ids",
			`1 to ${channels ?? "arm,num-chans"} function IDs, one for each channel`,
		);
	for (const id of ids) check.functionId("arm,func-ids", id);
}

/** Revision 2: one shared peripheral interrupt for each channel. */
function checkInterrupts(check: NodeCheck, channels: number | undefined): void {
	const expected = `${channels ?? "as many"} shared peripheral interrupts, one for each channel`;
	const cells = check.cells("interrupts", expected);
	if (cells === undefined) return;
	const controller = interruptParent(check.node);
	const width =
		controller === undefined
			? 0
			: (soleCell(controller, "#interrupt-cells") ?? 0);
	if (controller === undefined || width === 0) {
		check.report(
			"interrupt-parent",
			"a node with #interrupt-cells, here or above",
		);
		return;
	}
	const shared =
		!isGic(controller) ||
		cells.every((cell, at) => at % width !== 0 || cell === 0);
	if (
		cells.length % width !== 0 ||
		!shared ||
		(channels !== undefined && cells.length / width !== channels)
	)
		check.report("interrupts", expected);
}
