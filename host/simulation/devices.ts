// The devices that an operating system probes, suppliers before consumers.
// Order as Linux's driver core finds it: buses before their children, providers before those who refer to them.

import { references } from "../devicetree/references.ts";
import type { DeviceTree, DtNode } from "../devicetree/tree.ts";
import { cellsOf, consumedBy, hasTarget, type Providers } from "./providers.ts";

/** Every enabled device that uses or limits something of the firmware's, in the order to probe them. */
export function devicesInOrder(
	tree: DeviceTree,
	providers: Providers,
): DtNode[] {
	const devices = new Set<DtNode>();
	for (const node of tree.nodes()) {
		if (node.enabled && providers.serves(node)) devices.add(node);
	}
	return inOrder(devices, (node) => devices.has(node));
}

/** These devices, enabled or not, behind the power domains and block controllers that they need. */
export function withPowerProviders(
	devices: readonly DtNode[],
	providers: Providers,
): DtNode[] {
	const wanted = new Set(devices);
	return inOrder(
		wanted,
		(node) =>
			wanted.has(node) ||
			(providers.isProvider(node) && providers.serves(node)),
	);
}

/** Those of the devices and their suppliers that are to be probed, suppliers first. */
function inOrder(
	devices: ReadonlySet<DtNode>,
	isProbed: (node: DtNode) => boolean,
): DtNode[] {
	const order: DtNode[] = [];
	const visited = new Set<DtNode>();
	for (const device of devices) visit(device);
	return order;

	// Depth first with a stack of its own: trees from outside may be deep, and their references may form circles.
	function visit(start: DtNode): void {
		const stack: { node: DtNode; suppliers: DtNode[] }[] = [];
		const enter = (node: DtNode) => {
			if (visited.has(node)) return;
			visited.add(node);
			stack.push({ node, suppliers: suppliersOf(node).reverse() });
		};
		enter(start);
		while (stack.length > 0) {
			const top = stack[stack.length - 1] as {
				node: DtNode;
				suppliers: DtNode[];
			};
			const next = top.suppliers.pop();
			if (next !== undefined) {
				enter(next);
			} else {
				if (isProbed(top.node)) order.push(top.node);
				stack.pop();
			}
		}
	}
}

/** The nodes that must be there first: the parent, and whoever the node refers to. */
function suppliersOf(node: DtNode): DtNode[] {
	const suppliers = node.parent === undefined ? [] : [node.parent];
	for (const property of consumedBy(node)) {
		try {
			suppliers.push(
				...references(node, property, cellsOf(property))
					.filter(hasTarget)
					.map(({ target }) => target),
			);
		} catch {
			// Told when the device is probed.
		}
	}
	return suppliers;
}
