// The guest's devicetree: QEMU's own for its virt board, plus SCMI over SMC or HVC, and devices that use it.
// Bindings arm,scmi-smc and arm,scmi-shmem; consumers as the AMBA bus of a stock kernel takes them.

import type { DeviceTree, DtNode } from "../../devicetree/tree.ts";
import type { Method } from "../../mailbox/conduit.ts";
import { type Platform, PROTOCOL_IDS } from "../../platform/platform.ts";
import type { GuestInstance } from "./platform.ts";

export interface GuestTreeOptions {
	platform: Platform;
	conduit: Method;
	instances: readonly GuestInstance[];
	/** Everything that the guest must keep its hands off, at physical addresses. */
	reserved: { address: number; size: number };
	/** First SPI of those that tell the end of a command, one for each instance; undefined for completion by return. */
	completionSpi: number | undefined;
	bootargs: string;
	/** Where the initramfs lies. */
	initrd: { address: number; size: number };
}

const PROVIDER_CELLS: ReadonlyMap<number, string> = new Map([
	[PROTOCOL_IDS.powerDomain, "#power-domain-cells"],
	[PROTOCOL_IDS.performance, "#power-domain-cells"],
	[PROTOCOL_IDS.clock, "#clock-cells"],
	[PROTOCOL_IDS.reset, "#reset-cells"],
]);
const GIC_SPI = 0;
const EDGE_RISING = 1;

/** Adds everything to QEMU's tree, in place. */
export function prepareGuestTree(
	tree: DeviceTree,
	options: GuestTreeOptions,
): void {
	addPsci(tree, options.conduit);
	const protocols = addInstances(tree, options);
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

/** Adds each instance with its area. Returns the phandles of the protocol nodes by protocol ID. */
function addInstances(
	tree: DeviceTree,
	options: GuestTreeOptions,
): Map<number, number> {
	const reserved = tree.root.ensureChild("reserved-memory");
	reserved.set("#address-cells", 2).set("#size-cells", 2);
	reserved.set("ranges", new Uint8Array());
	const firmware = tree.root.ensureChild("firmware");
	const phandles = new Map<number, number>();
	let end = options.reserved.address;
	for (const [i, instance] of options.instances.entries()) {
		const { protocol, functionId, address, size } = instance;
		const area = reserved.addChild(`scmi-shmem@${address.toString(16)}`);
		area.set("compatible", "arm,scmi-shmem").set("no-map", true);
		area.set("reg", [0, address, 0, size]);
		end = Math.max(end, address + size);

		const id = protocol.toString(16);
		const scmi = firmware.addChild(`scmi-${id}`);
		scmi.set("compatible", "arm,scmi-smc").set("arm,smc-id", functionId);
		scmi.set("#address-cells", 1).set("#size-cells", 0);
		scmi.set("shmem", tree.phandleOf(area));
		if (options.completionSpi !== undefined) {
			const spi = options.completionSpi + i;
			scmi.set("interrupts", [GIC_SPI, spi, EDGE_RISING]);
			scmi.set("interrupt-names", "a2p");
		}
		const node = scmi.addChild(`protocol@${id}`);
		node.set("reg", protocol);
		const cells = PROVIDER_CELLS.get(protocol);
		if (cells !== undefined) node.set(cells, 1);
		phandles.set(protocol, tree.phandleOf(node));
	}
	const rest = options.reserved.address + options.reserved.size - end;
	const keep = reserved.addChild(`firmware@${end.toString(16)}`);
	keep.set("reg", [0, end, 0, rest]).set("no-map", true);
	return phandles;
}

function consume(
	node: DtNode,
	consumer: Platform["guestConsumers"][number],
	platform: Platform,
	protocols: ReadonlyMap<number, number>,
): void {
	const clocks = protocols.get(PROTOCOL_IDS.clock) as number;
	const domains = protocols.get(PROTOCOL_IDS.powerDomain) as number;
	const resets = protocols.get(PROTOCOL_IDS.reset);
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
	const line = platform.resets.find(({ name }) => name === consumer.reset);
	if (resets !== undefined && line !== undefined)
		node.set("resets", [resets, line.id]);
}
