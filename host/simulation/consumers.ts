// The references of a device that is being probed, as an operating system resolves them.
// Bindings of clock, power domain, reset and regulator consumers; other controllers are listed, not failed on.

import {
	namedReference,
	type Reference,
	references,
} from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Findings } from "./findings.ts";
import {
	cellsOf,
	hasTarget,
	type Provider,
	type Providers,
} from "./providers.ts";

/** An entry of a list of references: who provides it, and the node that it names. */
export type Entry = Provider & { target: DtNode };
export type Entries = readonly (Entry | undefined)[];

export class Consumers {
	readonly #providers: Providers;
	readonly #findings: Findings;
	/** Number of references to clocks that run by themselves. */
	fixedClocks = 0;

	constructor(providers: Providers, findings: Findings) {
		this.#providers = providers;
		this.#findings = findings;
	}

	/** Runs a step for every entry of a property that the firmware serves; others are listed. */
	async each(
		device: DtNode,
		property: string,
		step: (entry: Entry) => Promise<unknown>,
	): Promise<void> {
		for (const entry of this.entries(device, property) ?? []) {
			if (entry !== undefined)
				await this.#findings.attempt(device, property, () => step(entry));
		}
	}

	/** Who provides each entry of a property; undefined for a list that cannot be read, which is told. */
	entries(device: DtNode, property: string): Entries | undefined {
		try {
			return references(device, property, cellsOf(property)).map((reference) =>
				this.#entry(device, property, reference),
			);
		} catch (error) {
			this.#findings.failWith(device, property, error);
			return undefined;
		}
	}

	/** Who provides an entry; undefined for an empty one and for other controllers, which are listed. */
	#entry(
		device: DtNode,
		property: string,
		reference: Reference,
	): Entry | undefined {
		if (!hasTarget(reference)) return undefined;
		const provider = this.#providers.of(reference, property);
		if (provider.kind === "fixed") this.fixedClocks++;
		const { target } = reference;
		if (provider.kind !== "other") return { ...provider, target };
		this.#findings.unserve(device, property, target.path);
		return undefined;
	}

	/** The provider of the entry with this name, which must be there. */
	named(
		node: DtNode,
		property: "power-domains" | "clocks",
		name: string,
	): Provider {
		const names = property === "clocks" ? "clock-names" : "power-domain-names";
		const cells = cellsOf(property);
		const reference = namedReference(node, property, cells, names, name);
		if (reference === undefined || !hasTarget(reference)) {
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: ${names} has no "${name}"`,
			);
		}
		return this.#providers.of(reference, property);
	}
}
