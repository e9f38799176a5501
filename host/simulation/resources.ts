// What devices use of the firmware, by the names in the platform's tables.
// Bindings of clock, power domain, reset and regulator consumers; a block controller's devices use its domains.

import { references } from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import type { Platform } from "../platform/platform.ts";
import { cellsOf, consumedBy, hasTarget, type Providers } from "./providers.ts";

/** Names of clocks, power domains, reset lines and rails. */
export interface Resources {
	clocks: Set<string>;
	domains: Set<string>;
	resets: Set<string>;
	rails: Set<string>;
}

/** What the nodes refer to, themselves or through block controllers. A property that cannot be read counts for nothing. */
export function resourcesOf(
	nodes: readonly DtNode[],
	providers: Providers,
	platform: Platform,
): Resources {
	const found: Resources = {
		clocks: new Set(),
		domains: new Set(),
		resets: new Set(),
		rails: new Set(),
	};
	for (const node of nodes)
		for (const property of consumedBy(node)) look(node, property);
	return found;

	function look(node: DtNode, property: string): void {
		for (const reference of readable(node, property)) {
			if (!hasTarget(reference)) continue;
			const provider = providers.of(reference, property);
			const add = (
				names: Set<string>,
				rows: readonly { id: number; name: string }[],
				id: number,
			) => {
				const row = rows.find((other) => other.id === id);
				if (row !== undefined) names.add(row.name);
			};
			switch (provider.kind) {
				case "clock":
					add(found.clocks, platform.clocks, realClock(platform, provider.id));
					break;
				case "domain":
					add(found.domains, platform.powerDomains, provider.id);
					break;
				case "reset":
					add(found.resets, platform.resets, provider.id);
					break;
				case "rail":
					add(found.rails, platform.rails, provider.id);
					break;
				case "block":
					for (const name of ["power-domains", "clocks"])
						look(provider.node, name);
			}
		}
	}
}

function readable(node: DtNode, property: string) {
	try {
		return references(node, property, cellsOf(property));
	} catch {
		return [];
	}
}

/** The clock that an ID stands for. */
export function realClock(platform: Platform, id: number): number {
	const clock = platform.clocks.find((row) => row.id === id);
	return clock?.kind === "alias" ? clock.of : id;
}
