// The guest's devicetree: QEMU's own for its virt board, plus SCMI over SMC or HVC, and devices that use it.
// Bindings arm,scmi-smc and arm,scmi-shmem; consumers as the AMBA bus of a stock kernel takes them.

import type { DeviceTree, DtNode } from "../../devicetree/tree.ts";
import { CosimError } from "../../errors.ts";
import type { Method } from "../../mailbox/conduit.ts";
import type { Platform } from "../../platform/platform.ts";
import type { GuestArea } from "./platform.ts";

export interface GuestTreeOptions {
	platform: Platform;
	conduit: Method;
	functionId: number;
	/** One area for the SCMI node itself (protocol 0x10) and one for each further protocol. */
	areas: readonly GuestArea[];
	/** Everything that the guest must keep its hands off, at physical addresses. */
	reserved: { address: number; size: number };
	/** SPI that tells the end of a command; undefined for completion by return. */
	completionSpi: number | undefined;
	bootargs: string;
	/** Where the initramfs lies. */
	initrd: { address: number; size: number };
}

const BASE_PROTOCOL = 0x10;
const POWER_PROTOCOL = 0x11;
const CLOCK_PROTOCOL = 0x14;
const PROVIDER_CELLS: ReadonlyMap<number, string> = new Map([
	[POWER_PROTOCOL, "#power-domain-cells"],
	[CLOCK_PROTOCOL, "#clock-cells"],
]);
const GIC_SPI = 0;
const EDGE_RISING = 1;

/** Adds everything to QEMU's tree, in place. */
export function prepareGuestTree(
	tree: DeviceTree,
	options: GuestTreeOptions,
): void {
	addPsci(tree, options.conduit);
	const areas = addAreas(tree, options);
	const protocols = addScmi(tree, options, areas);
	for (const consumer of options.platform.guestConsumers) {
		for (const node of tree.compatible(consumer.compatible)) {
			if (node.enabled) consume(node, consumer, options.platform, protocols);
		}
	}
	const chosen = tree.root.ensureChild("chosen");
	chosen.set("bootargs", options.bootargs);
	const { address, size } = options.initrd;
	chosen.set("linux,initrd-start", BigInt(address));
	chosen.set("linux,initrd-end", BigInt(address + size));
}

/** With a secure world of its own QEMU leaves PSCI out, and it does not know our conduit. */
function addPsci(tree: DeviceTree, conduit: Method): void {
	const psci = tree.root.ensureChild("psci");
	psci.set("compatible", ["arm,psci-1.0", "arm,psci-0.2"]);
	psci.set("method", conduit);
	for (const cpu of tree.root.child("cpus")?.children.values() ?? []) {
		if (cpu.text("device_type") === "cpu") cpu.set("enable-method", "psci");
	}
}

function addAreas(
	tree: DeviceTree,
	options: GuestTreeOptions,
): Map<number, number> {
	const reserved = tree.root.ensureChild("reserved-memory");
	reserved
		.set("#address-cells", 2)
		.set("#size-cells", 2)
		.set("ranges", new Uint8Array());
	const phandles = new Map<number, number>();
	let end = options.reserved.address;
	for (const { protocol, address, size } of options.areas) {
		const node = reserved.addChild(`scmi-shmem@${address.toString(16)}`);
		node
			.set("compatible", "arm,scmi-shmem")
			.set("reg", [0, address, 0, size])
			.set("no-map", true);
		phandles.set(protocol, tree.phandleOf(node));
		end = Math.max(end, address + size);
	}
	const rest = options.reserved.address + options.reserved.size - end;
	reserved
		.addChild(`firmware@${end.toString(16)}`)
		.set("reg", [0, end, 0, rest])
		.set("no-map", true);
	return phandles;
}

/** Returns the phandles of the protocol nodes. */
function addScmi(
	tree: DeviceTree,
	options: GuestTreeOptions,
	areas: ReadonlyMap<number, number>,
): Map<number, number> {
	const scmi = tree.root.ensureChild("firmware").addChild("scmi");
	scmi.set("compatible", "arm,scmi-smc").set("arm,smc-id", options.functionId);
	scmi.set("#address-cells", 1).set("#size-cells", 0);
	scmi.set("shmem", area(areas, BASE_PROTOCOL));
	if (options.completionSpi !== undefined) {
		scmi.set("interrupts", [GIC_SPI, options.completionSpi, EDGE_RISING]);
		scmi.set("interrupt-names", "a2p");
	}
	const phandles = new Map<number, number>();
	for (const { protocol } of options.areas) {
		const cells = PROVIDER_CELLS.get(protocol);
		if (cells === undefined) continue;
		const node = scmi.addChild(`protocol@${protocol.toString(16)}`);
		node.set("reg", protocol).set(cells, 1).set("shmem", area(areas, protocol));
		phandles.set(protocol, tree.phandleOf(node));
	}
	return phandles;
}

function area(areas: ReadonlyMap<number, number>, protocol: number): number {
	const phandle = areas.get(protocol);
	if (phandle === undefined) {
		throw new CosimError(
			"PLATFORM_INVALID",
			`guest: no shared memory for protocol 0x${protocol.toString(16)}`,
		);
	}
	return phandle;
}

function consume(
	node: DtNode,
	consumer: Platform["guestConsumers"][number],
	platform: Platform,
	protocols: ReadonlyMap<number, number>,
): void {
	const clocks = protocols.get(CLOCK_PROTOCOL) as number;
	const domains = protocols.get(POWER_PROTOCOL) as number;
	const clockId = (name: string) =>
		platform.clocks.find((clock) => clock.name === name)?.id as number;
	const domainId = platform.powerDomains.find(
		({ name }) => name === consumer.domain,
	)?.id as number;
	node.set("clocks", [clocks, clockId(consumer.clock)]);
	node.set("clock-names", "apb_pclk");
	node.set(
		"assigned-clocks",
		consumer.assigned.flatMap(({ clock }) => [clocks, clockId(clock)]),
	);
	node.set(
		"assigned-clock-rates",
		consumer.assigned.map(({ rate }) => rate),
	);
	node.set("power-domains", [domains, domainId]);
}
