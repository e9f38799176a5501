// Who provides what a device refers to: the SCMI firmware, a block controller inside a domain, or someone else.
// Bindings of clock, power domain and reset consumers; which compatibles stand for the SoC's controllers, the platform says.

import { type Reference, references } from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import type { BlockController, Platform } from "../platform/platform.ts";

const POWER_PROTOCOL = 0x11;
const CLOCK_PROTOCOL = 0x14;
const RESET_PROTOCOL = 0x16;

/** What a reference leads to. */
export type Provider =
	/** An SCMI clock, reset or power domain; `node` is the power domain's own node where the tree has one. */
	| { kind: "clock"; id: number }
	| { kind: "reset"; id: number }
	| { kind: "domain"; id: number; node: DtNode | undefined }
	/** A domain of a block controller, which is local to the operating system. */
	| { kind: "block"; node: DtNode; controller: BlockController; id: number }
	/** A clock that runs by itself. */
	| { kind: "fixed" }
	/** Another controller. */
	| { kind: "other"; node: DtNode };

/** The properties that refer to clock, power and reset controllers, with the cells property of their targets. */
export const CONSUMED = [
	["power-domains", "#power-domain-cells"],
	["clocks", "#clock-cells"],
	["assigned-clocks", "#clock-cells"],
	["assigned-clock-parents", "#clock-cells"],
	["resets", "#reset-cells"],
] as const;

export class Providers {
	readonly #platform: Platform;
	readonly #scmi: ReadonlyMap<DtNode, number>;

	/** @param protocols the protocol nodes of the tree's SCMI node, which boards written for SCMI refer to */
	constructor(
		platform: Platform,
		protocols: readonly { id: number; node: DtNode }[],
	) {
		this.#platform = platform;
		this.#scmi = new Map(protocols.map(({ id, node }) => [node, id]));
	}

	/** Where an entry of `property` leads. */
	of(reference: Reference & { target: DtNode }, property: string): Provider {
		const { target, args } = reference;
		const id = args[0] ?? 0;
		const names = this.#platform.devicetree;
		const protocol = this.#scmi.get(target);
		if (protocol === CLOCK_PROTOCOL) return { kind: "clock", id };
		if (protocol === POWER_PROTOCOL)
			return { kind: "domain", id, node: undefined };
		if (protocol === RESET_PROTOCOL) return { kind: "reset", id };
		if (property === "resets" && this.#servesResets(target))
			return { kind: "reset", id };
		if (property.includes("clock")) {
			if (target.isCompatible(names.clockController))
				return { kind: "clock", id };
			if (target.isCompatible("fixed-clock")) return { kind: "fixed" };
		} else if (property === "power-domains") {
			if (this.isDomainNode(target))
				return { kind: "domain", id: target.u32("reg") ?? 0, node: target };
			const controller = names.blockControllers.find(({ compatible }) =>
				target.isCompatible(compatible),
			);
			if (controller !== undefined)
				return { kind: "block", node: target, controller, id };
		}
		return { kind: "other", node: target };
	}

	/** Whether a node is the SoC's reset controller, and the firmware has its lines. */
	#servesResets(node: DtNode): boolean {
		const { devicetree, protocols } = this.#platform;
		return (
			protocols.reset !== undefined &&
			devicetree.resetControllers.some((name) => node.isCompatible(name))
		);
	}

	/** Whether a node describes one domain of the SoC's power controller. */
	isDomainNode(node: DtNode): boolean {
		if (!node.has("#power-domain-cells") || !node.has("reg")) return false;
		for (let above = node.parent; above !== undefined; above = above.parent) {
			if (above.isCompatible(this.#platform.devicetree.powerController))
				return true;
		}
		return false;
	}

	/** Whether a node provides domains to others and is not switched on by being probed. */
	isProvider(node: DtNode): boolean {
		const { blockControllers } = this.#platform.devicetree;
		return (
			this.isDomainNode(node) ||
			blockControllers.some(({ compatible }) => node.isCompatible(compatible))
		);
	}

	/** Whether a node refers to the firmware's clocks, domains or resets, directly or through a block controller. */
	serves(node: DtNode): boolean {
		return CONSUMED.some(([property, cells]) => {
			if (!node.has(property)) return false;
			try {
				return references(node, property, cells).some((reference) => {
					if (!hasTarget(reference)) return false;
					const { kind } = this.of(reference, property);
					return kind !== "fixed" && kind !== "other";
				});
			} catch {
				// A list that cannot be read is told when the device is probed.
				return true;
			}
		});
	}
}

export function hasTarget(
	reference: Reference,
): reference is Reference & { target: DtNode } {
	return reference.target !== undefined;
}
