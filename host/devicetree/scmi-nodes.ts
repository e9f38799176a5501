// Adds a mailbox, its shared memory and an SCMI firmware node to the devicetree of any board.
// Follows the bindings arm,smc-mbox (revisions 1 and 2), fsl,mu, mmio-sram, arm,scmi-shmem and arm,scmi of the Linux kernel.

import { CosimError } from "../errors.ts";
import type { Method } from "../mailbox/conduit.ts";
import {
	addressCells,
	busAddress,
	describeRegion,
	overlap,
	physicalRegions,
	type Region,
	reg,
	regCells,
	toCells,
	within,
} from "./address.ts";
import { setSharedInterrupts } from "./interrupts.ts";
import {
	MESSAGING_UNIT,
	type MessagingUnitNode,
	messagingUnit,
	setDoorbells,
} from "./messaging-unit.ts";
import { references } from "./references.ts";
import type { DeviceTree, DtNode } from "./tree.ts";

/** SCMI protocols that other nodes refer to, with the property that tells how many cells a reference has. */
export const PROVIDER_CELLS: ReadonlyMap<number, string> = new Map([
	[0x11, "#power-domain-cells"],
	[0x14, "#clock-cells"],
	[0x15, "#thermal-sensor-cells"],
	[0x16, "#reset-cells"],
]);

/** Performance domains are referred to in one of two ways; voltage domains are, too, but as regulators of their own. */
const PERFORMANCE = 0x13;
const VOLTAGE = 0x17;

/** How the firmware is reached. */
export interface MailboxOptions {
	/** SMC function IDs of the channels "tx" and "rx". */
	functionIds: readonly [number, number];
	/**
	 * Their shared peripheral interrupts: the firmware may speak first. Left out, or in a tree without a GIC, it only
	 * answers.
	 */
	interrupts?: readonly [number, number];
	method: Method;
	/** Doorbells of this unit in place of function IDs: its node is used, or added. */
	messagingUnit?: MessagingUnitNode;
}

/** What {@link addScmiNodes} builds. All addresses are the CPU's physical ones. */
export interface ScmiNodeOptions extends MailboxOptions {
	/** The SRAM that holds the shared memory; an `mmio-sram` node that covers the areas is used when there is one. */
	sram: Region;
	/** Bytes of each of the two shared-memory areas, at the start of the SRAM; 0x200 when left out. */
	areaSize?: number;
	/** IDs of the protocols that get a node; power domains (0x11) and clocks (0x14) when left out. */
	protocols?: readonly number[];
	/** How consumers refer to performance domains: as power domains when left out, as clocks in older kernels. */
	performanceCells?: "#power-domain-cells" | "#clock-cells";
	/** The voltage domains that get a regulator in the node of protocol 0x17. */
	regulators?: readonly { id: number; name: string }[];
}

/** What {@link addScmiNodes} did. */
export interface ScmiNodesResult {
	/** False when the tree has an SCMI node already and was left alone. */
	added: boolean;
	/** The SCMI node, new or found. */
	scmi: DtNode;
	/** One sentence for people. */
	message: string;
}

/**
 * Adds the SRAM with two `arm,scmi-shmem` areas, `/firmware/mailbox` and `/firmware/scmi` with its protocols.
 * A tree that has an SCMI node already is left alone. On an error nothing has been changed.
 * @throws CosimError DT_BINDING when the SRAM cannot be described in the tree or its place is taken
 */
export function addScmiNodes(
	tree: DeviceTree,
	options: ScmiNodeOptions,
): ScmiNodesResult {
	const existing = findScmi(tree);
	if (existing !== undefined) {
		return {
			added: false,
			scmi: existing,
			message: `${existing.path} is an SCMI node already; the tree is left as it is`,
		};
	}
	// A rehearsal on a copy: what can be refused is refused before the tree is touched.
	build(tree.clone(), options);
	return build(tree, options);
}

function build(tree: DeviceTree, options: ScmiNodeOptions): ScmiNodesResult {
	const size = BigInt(options.areaSize ?? 0x200);
	const areas = [0n, size].map((offset) => ({
		address: options.sram.address + offset,
		size,
	}));
	for (const area of areas) {
		if (size % 4n !== 0n || !within(area, options.sram))
			throw new CosimError(
				"DT_BINDING",
				`shared memory: ${describeRegion(area)}, expected whole words within the SRAM of ${describeRegion(options.sram)}`,
			);
	}
	const sram = findSram(tree, areas) ?? addSram(tree, options.sram);
	const [tx, rx] = areas.map((area) => addArea(sram, area)) as [DtNode, DtNode];

	const firmware = tree.root.ensureChild("firmware");
	const mailbox = mailboxFor(tree, firmware, options);
	const scmi = addUnique(firmware, "scmi").set("compatible", "arm,scmi");
	connect(tree, scmi, mailbox);
	scmi
		.set("shmem", [tree.phandleOf(tx), tree.phandleOf(rx)])
		.set("#address-cells", 1)
		.set("#size-cells", 0);
	for (const id of options.protocols ?? [0x11, 0x14]) {
		const protocol = scmi.addChild(`protocol@${id.toString(16)}`);
		protocol.set("reg", id);
		const cells =
			id === PERFORMANCE
				? (options.performanceCells ?? "#power-domain-cells")
				: PROVIDER_CELLS.get(id);
		if (cells !== undefined) protocol.set(cells, 1);
		if (id === VOLTAGE) addRegulators(tree, protocol, options.regulators ?? []);
		tree.phandleOf(protocol);
	}
	return {
		added: true,
		scmi,
		message: `added ${mailbox.path}, ${scmi.path} and two shared-memory areas in ${sram.path}`,
	};
}

/** The node of the mailbox: a new one for SMC or HVC, the messaging unit's otherwise. */
function mailboxFor(
	tree: DeviceTree,
	firmware: DtNode,
	options: MailboxOptions,
): DtNode {
	if (options.messagingUnit !== undefined)
		return messagingUnit(tree, options.messagingUnit);
	const mailbox = addUnique(firmware, "mailbox")
		.set("compatible", "arm,smc-mbox")
		.set("#mbox-cells", 1)
		.set("arm,num-chans", options.functionIds.length)
		.set("method", options.method)
		.set("arm,func-ids", options.functionIds);
	if (options.interrupts !== undefined)
		setSharedInterrupts(tree, mailbox, options.interrupts);
	return mailbox;
}

function connect(tree: DeviceTree, scmi: DtNode, mailbox: DtNode): void {
	if (mailbox.isCompatible(MESSAGING_UNIT)) {
		setDoorbells(tree, scmi, mailbox);
		return;
	}
	const phandle = tree.phandleOf(mailbox);
	scmi.set("mboxes", [phandle, 0, phandle, 1]).set("mbox-names", ["tx", "rx"]);
}

/**
 * Gives an `arm,scmi` node with two areas another mailbox. The node of an SMC mailbox goes when nobody else names it.
 * @throws CosimError DT_BINDING for an SCMI node of another kind
 */
export function replaceMailbox(
	tree: DeviceTree,
	scmi: DtNode,
	options: MailboxOptions,
): void {
	if (!scmi.isCompatible("arm,scmi"))
		throw scmi.malformed("compatible", '"arm,scmi", which has a mailbox');
	if (references(scmi, "shmem", 0).length !== 2)
		throw scmi.malformed("shmem", "two areas of shared memory");
	const before = mailboxesOf(scmi);
	scmi.delete("mboxes");
	const used = new Set([...tree.nodes()].flatMap(mailboxesOf));
	for (const mailbox of new Set(before)) {
		const ours = mailbox.isCompatible("arm,smc-mbox", "arm,hvc-mbox");
		if (ours && !used.has(mailbox)) mailbox.remove();
	}
	const firmware = tree.root.ensureChild("firmware");
	connect(tree, scmi, mailboxFor(tree, firmware, options));
}

function mailboxesOf(node: DtNode): DtNode[] {
	return references(node, "mboxes", "#mbox-cells").flatMap(
		({ target }) => target ?? [],
	);
}

/** One regulator for each voltage domain, by its ID. */
function addRegulators(
	tree: DeviceTree,
	protocol: DtNode,
	domains: readonly { id: number; name: string }[],
): void {
	if (domains.length === 0) return;
	const regulators = protocol
		.addChild("regulators")
		.set("#address-cells", 1)
		.set("#size-cells", 0);
	for (const { id, name } of domains) {
		const regulator = regulators
			.addChild(`regulator@${id.toString(16)}`)
			.set("reg", id)
			.set("regulator-name", name);
		tree.phandleOf(regulator);
	}
}

/** The first enabled SCMI node of a tree that this package can drive; undefined when there is none. */
export function findScmi(tree: DeviceTree): DtNode | undefined {
	return tree
		.compatible("arm,scmi", "arm,scmi-smc", "arm,scmi-smc-param")
		.find((node) => node.enabled);
}

/** An SRAM node whose area covers all of the areas, with a bus for children. */
function findSram(tree: DeviceTree, areas: Region[]): DtNode | undefined {
	for (const node of tree.compatible("mmio-sram")) {
		const regions = physicalRegions(node);
		const covers = (area: Region) =>
			regions.some((region) => within(area, region));
		if (areas.every(covers)) return withBus(node);
		const partly = regions.find((region) =>
			areas.some((area) => overlap(area, region)),
		);
		if (partly !== undefined)
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: ${describeRegion(partly)} covers the shared memory in part, expected all of it or none`,
			);
	}
	return undefined;
}

/** An SRAM node that can have children, with `ranges` of its own area when it had no children so far. */
function withBus(sram: DtNode): DtNode {
	const area = reg(sram)[0];
	if (sram.has("ranges") || sram.children.size > 0 || area === undefined)
		return sram;
	const bus = sram.parent as DtNode;
	const base = toCells(bus, area.address, addressCells(bus));
	return sram
		.set("#address-cells", 1)
		.set("#size-cells", 1)
		.set("ranges", [0, ...base, ...toCells(bus, area.size, 1)]);
}

function addSram(tree: DeviceTree, sram: Region): DtNode {
	return withBus(
		tree.root
			.addChild(`sram@${sram.address.toString(16)}`)
			.set("compatible", "mmio-sram")
			.set("reg", regCells(tree.root, sram)),
	);
}

function addArea(sram: DtNode, area: Region): DtNode {
	for (const child of sram.children.values())
		for (const taken of physicalRegions(child))
			if (overlap(taken, area))
				throw new CosimError(
					"DT_BINDING",
					`${child.path}: ${describeRegion(taken)} are in use, expected ${describeRegion(area)} to be free for shared memory`,
				);
	const address = busAddress(sram, area.address, area.size);
	return sram
		.addChild(`scmi-shmem@${address.toString(16)}`)
		.set("compatible", "arm,scmi-shmem")
		.set("reg", regCells(sram, { address, size: area.size }));
}

/** Adds a child, numbered when the name is taken. */
function addUnique(parent: DtNode, name: string): DtNode {
	let free = name;
	for (let number = 1; parent.children.has(free); number++)
		free = `${name}-${number}`;
	return parent.addChild(free);
}
