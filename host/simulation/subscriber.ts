// What an operating system asks to be told: changes of the domains that it uses and of the clocks that it sets.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 (POWER_STATE_NOTIFY), 4.5 (PERFORMANCE_NOTIFY_*) and 4.6 (CLOCK_RATE_NOTIFY).

import type { ScmiAgent } from "../scmi/agent.ts";
import { clockMessages } from "../scmi/messages/clock.ts";
import { powerMessages } from "../scmi/messages/power-domain.ts";
import type { PerformanceDomainAttributes } from "../scmi/performance.ts";
import { ScmiError } from "../scmi/status.ts";

export class Subscriber {
	readonly #agent: ScmiAgent;
	/** Whether the platform has the messages. */
	#states = false;
	#rates = false;
	/** IDs of what is watched, or cannot be. */
	readonly #domains = new Set<number>();
	readonly #clocks = new Set<number>();

	constructor(agent: ScmiAgent) {
		this.#agent = agent;
	}

	/** Asks what there is to be told. An agent that cannot receive need not ask. */
	async discover(): Promise<void> {
		const { power, clock, receives } = this.#agent;
		if (!receives) return;
		const states = power.messageAttributes(powerMessages.STATE_NOTIFY.id);
		this.#states = await exists(states);
		const rates = clock.messageAttributes(clockMessages.RATE_NOTIFY.id);
		this.#rates = await exists(rates);
	}

	/** Asks to be told of a power domain's state, if the domain offers that. */
	async watchState(id: number): Promise<void> {
		if (!this.#states || this.#domains.has(id)) return;
		this.#domains.add(id);
		const { power } = this.#agent;
		const { stateChangeNotify } = await power.domainAttributes(id);
		if (stateChangeNotify) await power.stateNotify(id, true);
	}

	/** The same for a clock's rate. */
	async watchRate(id: number): Promise<void> {
		if (!this.#rates || this.#clocks.has(id)) return;
		this.#clocks.add(id);
		const { clock } = this.#agent;
		const { rateChangedNotify } = await clock.attributes(id);
		if (rateChangedNotify) await clock.rateNotify(id, true);
	}

	/** Asks to be told of a performance domain's limits and level, as its attributes offer it. */
	async watchPerformance(
		id: number,
		attributes: PerformanceDomainAttributes,
	): Promise<void> {
		const { performance, receives } = this.#agent;
		if (!receives) return;
		if (attributes.limitsChangeNotify) await performance.notifyLimits(id, true);
		if (attributes.levelChangeNotify) await performance.notifyLevel(id, true);
	}
}

/** Whether the platform has the message whose attributes were asked for. */
export async function exists(attributes: Promise<number>): Promise<boolean> {
	try {
		await attributes;
		return true;
	} catch (error) {
		const missing =
			error instanceof ScmiError && error.code === "SCMI_NOT_FOUND";
		if (missing) return false;
		throw error;
	}
}
