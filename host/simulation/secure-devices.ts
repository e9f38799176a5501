// Devices of the secure world: what the devicetree says of them, what the user names, and which ones it has for itself.
// Linux's Documentation/devicetree/bindings/arm/secure.txt: `secure-status` is `status` as the secure world sees it.

import type { DeviceTree, DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Device } from "../platform/devices.ts";
import type { Platform } from "../platform/platform.ts";
import { nearest } from "../scmi/nearest.ts";
import type { Providers } from "./providers.ts";
import { type Resources, resourcesOf } from "./resources.ts";

const SECURE_STATUS = "secure-status";

/**
 * The devices that the secure world brings up: those of the list, or those whose `secure-status` is "okay", or, in a tree
 * that says it of none, the platform's usual ones that the tree has. (By the binding, a node without that property may be
 * used by both worlds; that does not mean that it is.)
 * @param names paths, aliases, labels or node names
 * @throws CosimError UNKNOWN_NAME, with the nearest name; USAGE for a node that uses nothing of the firmware's
 */
export function secureDevices(
	tree: DeviceTree,
	providers: Providers,
	platform: Platform,
	names?: readonly string[],
): DtNode[] {
	if (names !== undefined)
		return [...new Set(names.map((name) => named(tree, providers, name)))];
	const nodes = [...tree.nodes()].filter((node) => providers.serves(node));
	const told = nodes.filter(isSecure);
	if (told.length > 0) return told;
	const usual = platform.devicetree.secureDevices;
	return nodes.filter(({ name }) => usual.includes(name));
}

function named(tree: DeviceTree, providers: Providers, name: string): DtNode {
	const nodes = [...tree.nodes()];
	// The root's name is empty.
	const node =
		name === ""
			? undefined
			: (tree.node(name) ??
				tree.byLabel(name) ??
				nodes.find((other) => other.name === name));
	if (node === undefined) {
		const known = nodes
			.filter((other) => providers.serves(other))
			.flatMap((other) => [other.name, other.path]);
		const labels = tree.root.child("__symbols__")?.properties.keys() ?? [];
		const guess = nearest(name, [...known, ...labels]);
		throw new CosimError(
			"UNKNOWN_NAME",
			`device ${JSON.stringify(name)}: the devicetree has no such path, alias, label or node name` +
				(guess === undefined ? "" : `; did you mean ${guess}?`),
		);
	}
	if (providers.serves(node) && !providers.isProvider(node)) return node;
	throw new CosimError(
		"USAGE",
		`device ${name}: ${node.path} uses no clock, power domain, rail or reset line of the firmware's`,
	);
}

/** Whether the tree says that a device is used by the secure world. */
function isSecure(node: DtNode): boolean {
	return node.has(SECURE_STATUS) && isOkay(node.texts(SECURE_STATUS)[0]);
}

function isOkay(status: string | undefined): boolean {
	return status === "okay" || status === "ok";
}

/**
 * The platform's devices that the secure world has for itself: its nodes use something of them, no device that is enabled in
 * the normal world does.
 */
export function exclusiveDevices(
	tree: DeviceTree,
	providers: Providers,
	platform: Platform,
	secure: readonly DtNode[],
): Device[] {
	const normal = [...tree.nodes()].filter(
		(node) => node.enabled && !providers.isProvider(node),
	);
	const usedBySecure = resourcesOf(secure, providers, platform);
	const usedByNormal = resourcesOf(normal, providers, platform);
	return (platform.devices ?? []).filter(
		(device) => uses(usedBySecure, device) && !uses(usedByNormal, device),
	);
}

function uses(resources: Resources, device: Device): boolean {
	return (
		(device.clocks ?? []).some((name) => resources.clocks.has(name)) ||
		(device.powerDomains ?? []).some((name) => resources.domains.has(name)) ||
		(device.resets ?? []).some((name) => resources.resets.has(name)) ||
		(device.rails ?? []).some((name) => resources.rails.has(name))
	);
}
