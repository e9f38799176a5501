// Power for a device: the firmware's domains, with their parents, and the block controllers between them and the device.
// Bindings power-domain and fsl,*-blk-ctrl; block controllers are the operating system's own, by registers.

import { physicalRegions } from "../devicetree/address.ts";
import { references } from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import type { Consumers } from "./consumers.ts";
import { hasTarget, type Provider, type Providers } from "./providers.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Uses } from "./uses.ts";

/** Parents of a domain that are followed at most; a tree may name them in a circle. */
const MAX_PARENTS = 16;

export class PowerUp {
	readonly #agent: ScmiAgent;
	readonly #firmware: Firmware;
	readonly #providers: Providers;
	readonly #consumers: Consumers;
	readonly #subscriber: Subscriber;
	readonly #uses: Uses;

	constructor(
		agent: ScmiAgent,
		firmware: Firmware,
		providers: Providers,
		consumers: Consumers,
		subscriber: Subscriber,
		uses: Uses,
	) {
		this.#agent = agent;
		this.#firmware = firmware;
		this.#providers = providers;
		this.#consumers = consumers;
		this.#subscriber = subscriber;
		this.#uses = uses;
	}

	/** Switches on what an entry of power-domains leads to. */
	async on(provider: Provider): Promise<void> {
		if (provider.kind === "domain") {
			await this.#domainOn(provider.id, provider.node);
		} else if (provider.kind === "block") {
			await this.#blockOn(provider);
		}
	}

	/** The tree may name a domain's parent; the operating system switches it on first. */
	async #domainOn(
		id: number,
		node: DtNode | undefined,
		depth = 0,
	): Promise<void> {
		if (node !== undefined && depth < MAX_PARENTS) {
			for (const reference of references(
				node,
				"power-domains",
				"#power-domain-cells",
			).filter(hasTarget)) {
				const parent = this.#providers.of(reference, "power-domains");
				if (parent.kind === "domain")
					await this.#domainOn(parent.id, parent.node, depth + 1);
			}
		}
		await this.#subscriber.watchState(id);
		await this.#agent.power.on(id);
		this.#uses.powerDomains.add(id);
	}

	/** The bus domain, the block's own reset and clocks, then the domain behind it. */
	async #blockOn({
		node,
		controller,
		id,
	}: Extract<Provider, { kind: "block" }>): Promise<void> {
		const domain = controller.domains.find((row) => row.id === id);
		const base = Number(physicalRegions(node)[0]?.address);
		if (domain === undefined || Number.isNaN(base)) {
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: no domain ${id}, expected one of ${controller.domains.length}`,
			);
		}
		await this.on(this.#consumers.named(node, "power-domains", "bus"));
		this.#clearBits(base + controller.softReset, domain.resetBits);
		for (const name of domain.clocks) {
			const clock = this.#consumers.named(node, "clocks", name);
			if (clock.kind !== "clock") continue;
			await this.#agent.clock.enable(clock.id);
			this.#uses.clocks.add(clock.id);
		}
		this.#setBits(base + controller.clockEnable, domain.clockBits);
		await this.on(this.#consumers.named(node, "power-domains", domain.name));
		this.#setBits(base + controller.softReset, domain.resetBits);
	}

	#setBits(address: number, bits: number): void {
		this.#firmware.write32(address, this.#firmware.read32(address) | bits);
	}

	#clearBits(address: number, bits: number): void {
		this.#firmware.write32(address, this.#firmware.read32(address) & ~bits);
	}
}
