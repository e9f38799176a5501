// Who provides what a device refers to: the SCMI firmware, a block controller inside a domain, or someone else.
// Bindings of clock, power domain, reset and regulator consumers; which compatibles stand for what, the platform says.

import { type Reference, references } from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import {
	type BlockController,
	type Platform,
	PROTOCOL_IDS,
} from "../platform/platform.ts";

/** What a reference leads to. */
export type Provider =
	/** An SCMI clock, reset, performance or power domain; `node` is the power domain's own node where the tree has one. */
	| { kind: "clock"; id: number }
	| { kind: "reset"; id: number }
	| { kind: "performance"; id: number }
	| { kind: "domain"; id: number; node: DtNode | undefined }
	/** A domain of a block controller, which is local to the operating system. */
	| { kind: "block"; node: DtNode; controller: BlockController; id: number }
	/** A rail, which SCMI calls a voltage domain; `node` is the regulator that has the board's limits. */
	| { kind: "rail"; id: number; node: DtNode }
	/** A clock that runs by itself. */
	| { kind: "fixed" }
	/** A supply without a level to set, always on or behind a pin that the operating system drives. */
	| { kind: "switch" }
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

/** Supplies are consumed by properties of any name with this ending; regulators have no cells. */
const SUPPLY = "-supply";
const SWITCHES = ["regulator-fixed", "regulator-gpio"];
const CELLS: ReadonlyMap<string, string> = new Map(CONSUMED);

/** The properties by which a node consumes what controllers provide, in the order of their use. */
export function consumedBy(node: DtNode): string[] {
	const supplies = [...node.properties.keys()].filter(isSupply);
	return [...CELLS.keys(), ...supplies];
}

/** Whether a property refers to a regulator. */
export function isSupply(property: string): boolean {
	return property.endsWith(SUPPLY);
}

/** The cells of a consuming property's entries, as references() wants them. */
export function cellsOf(property: string): string | number {
	return CELLS.get(property) ?? 0;
}

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
		if (protocol === PROTOCOL_IDS.clock) return { kind: "clock", id };
		if (protocol === PROTOCOL_IDS.powerDomain)
			return { kind: "domain", id, node: undefined };
		if (protocol === PROTOCOL_IDS.performance)
			return { kind: "performance", id };
		if (protocol === PROTOCOL_IDS.reset) return { kind: "reset", id };
		if (isSupply(property)) return this.#supply(target);
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

	#supply(regulator: DtNode): Provider {
		const id = this.#railOf(regulator);
		if (id !== undefined) return { kind: "rail", id, node: regulator };
		if (regulator.isCompatible(...SWITCHES)) return { kind: "switch" };
		return { kind: "other", node: regulator };
	}

	/** The rail that a regulator's node describes: one of the firmware's power management chip, or of its protocol's node. */
	#railOf(regulator: DtNode): number | undefined {
		const { protocols, rails } = this.#platform;
		const controller = regulator.parent?.parent;
		if (protocols.voltage === undefined || controller === undefined)
			return undefined;
		if (this.#scmi.get(controller) === PROTOCOL_IDS.voltage)
			return regulator.u32("reg");
		const name = this.#chipOf(controller)?.regulators[regulator.name];
		return rails.find((rail) => rail.name === name)?.id;
	}

	#chipOf(node: DtNode) {
		const { powerChips } = this.#platform.devicetree;
		return powerChips.find(({ compatible }) => node.isCompatible(compatible));
	}

	/** The regulators below a controller that stand for rails of the firmware, with the rails' IDs. */
	regulatorsOf(controller: DtNode): { node: DtNode; id: number }[] {
		const nodes = controller.child("regulators")?.children.values() ?? [];
		return [...nodes].flatMap((node) => {
			const id = this.#railOf(node);
			return id === undefined ? [] : [{ node, id }];
		});
	}

	/** The performance domain that scales a clock; undefined when there is none, or the firmware does not serve it. */
	scalerOf(clockId: number): number | undefined {
		const { protocols, clocks, performanceDomains } = this.#platform;
		if (protocols.performance === undefined) return undefined;
		const clock = clocks.find(({ id }) => id === clockId);
		return performanceDomains.find((domain) => domain.clock === clock?.name)
			?.id;
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

	/** Whether a node uses or limits something of the firmware's, directly or through a block controller. */
	serves(node: DtNode): boolean {
		try {
			return (
				this.#limits(node) ||
				consumedBy(node).some((property) =>
					references(node, property, cellsOf(property)).some(
						(reference) =>
							hasTarget(reference) &&
							!LOCAL.has(this.of(reference, property).kind),
					),
				)
			);
		} catch {
			// What cannot be read is told when the device is probed.
			return true;
		}
	}

	/** Whether a node describes rails of the firmware, with anything to ask of them. */
	#limits(node: DtNode): boolean {
		return this.regulatorsOf(node).some(({ node: regulator }) =>
			CONSTRAINTS.some((property) => regulator.has(property)),
		);
	}
}

const LOCAL: ReadonlySet<Provider["kind"]> = new Set([
	"fixed",
	"switch",
	"other",
]);

/** The properties of a regulator that ask something of its rail by themselves. */
const CONSTRAINTS = [
	"regulator-min-microvolt",
	"regulator-max-microvolt",
	"regulator-always-on",
	"regulator-boot-on",
];

export function hasTarget(
	reference: Reference,
): reference is Reference & { target: DtNode } {
	return reference.target !== undefined;
}
