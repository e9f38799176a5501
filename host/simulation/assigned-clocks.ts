// Parents and rates that a device's node assigns to clocks, before the device is used.
// Follows the clock binding's assigned-clocks, assigned-clock-parents and assigned-clock-rates(-u64).

import type { DtNode } from "../devicetree/tree.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import type { Consumers, Entries } from "./consumers.ts";
import type { Findings } from "./findings.ts";
import type { Subscriber } from "./subscriber.ts";

/** The firmware rounds to the nearest rate that it reaches, as Linux's clock framework would ask for. */
export const ROUND = { round: "auto" } as const;

const PARENTS = "assigned-clock-parents";
const RATES = "assigned-clock-rates";
const WIDE_RATES = "assigned-clock-rates-u64";

export class AssignedClocks {
	/** Whether the clock protocol's version has CLOCK_PARENT_SET. */
	hasParents = false;
	readonly #agent: ScmiAgent;
	readonly #consumers: Consumers;
	readonly #findings: Findings;
	readonly #subscriber: Subscriber;

	constructor(
		agent: ScmiAgent,
		consumers: Consumers,
		findings: Findings,
		subscriber: Subscriber,
	) {
		this.#agent = agent;
		this.#consumers = consumers;
		this.#findings = findings;
		this.#subscriber = subscriber;
	}

	/** Sets all parents, then all rates. */
	async assign(device: DtNode): Promise<void> {
		const clocks = this.#consumers.entries(device, "assigned-clocks");
		await this.#assignParents(device, clocks);
		await this.#assignRates(device, clocks);
	}

	async #assignParents(
		device: DtNode,
		clocks: Entries | undefined,
	): Promise<void> {
		const parents = this.#consumers.entries(device, PARENTS) ?? [];
		this.#checkSurplus(device, PARENTS, parents, clocks);
		for (const [i, to] of parents.entries()) {
			const from = clocks?.[i];
			if (to?.kind !== "clock" || from?.kind !== "clock") continue;
			// Older versions have no parents: the tree asks for what this firmware does not offer.
			if (this.hasParents) {
				await this.#findings.attempt(device, PARENTS, () =>
					this.#agent.clock.parentSet(from.id, to.id),
				);
			} else {
				this.#findings.unserve(device, PARENTS, to.target.path);
			}
		}
	}

	async #assignRates(
		device: DtNode,
		clocks: Entries | undefined,
	): Promise<void> {
		// Where both are given, Linux takes the wide ones.
		const property = device.properties.get(WIDE_RATES)?.length
			? WIDE_RATES
			: RATES;
		const rates = this.#rates(device, property);
		this.#checkSurplus(device, property, rates, clocks);
		for (const [i, rate] of rates.entries()) {
			const from = clocks?.[i];
			if (rate === 0 || from?.kind !== "clock") continue;
			await this.#findings.attempt(device, property, async () => {
				await this.#subscriber.watchRate(from.id);
				await this.#agent.clock.rateSet(from.id, rate, ROUND);
			});
		}
	}

	/** Tells of entries that no assigned clock belongs to. A list of clocks that cannot be read has been told already. */
	#checkSurplus(
		device: DtNode,
		property: string,
		entries: readonly unknown[],
		clocks: Entries | undefined,
	): void {
		if (clocks === undefined || entries.length <= clocks.length) return;
		const message = `${entries.length} entries, expected at most the ${clocks.length} of assigned-clocks`;
		this.#findings.fail(device, property, message);
	}

	#rates(device: DtNode, property: typeof RATES | typeof WIDE_RATES): number[] {
		try {
			if (property === RATES) return device.cells(RATES) ?? [];
			const bytes = device.properties.get(WIDE_RATES)?.length ?? 0;
			if (bytes % 8 !== 0)
				throw device.malformed(WIDE_RATES, "a whole number of 8-byte rates");
			const cells = device.cells(WIDE_RATES) ?? [];
			return Array.from(
				{ length: bytes / 8 },
				(_, i) => (cells[2 * i] ?? 0) * 2 ** 32 + (cells[2 * i + 1] ?? 0),
			);
		} catch (error) {
			this.#findings.failWith(device, property, error);
			return [];
		}
	}
}
