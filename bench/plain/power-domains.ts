// Power domains: who wants which one on; parents come up first and go down last, clocks run meanwhile.
// SCMI 3.2 (Arm DEN0056E), section 4.3; sequence as Linux's imx gpcv2 driver has it.

import type { Platform } from "../../host/platform/platform.ts";
import type { Bus } from "./bus.ts";
import type { Clock } from "./clock.ts";
import type { ClockTree } from "./clock-tree.ts";
import type { Time } from "./numbers.ts";
import { PowerController, type Supply } from "./power-controller.ts";

interface Parts {
	name: string;
	clocks: readonly Clock[];
	keepsClocksOn: boolean;
	controller: PowerController;
	supply: Supply;
}

export class PowerDomain {
	readonly #parts: Parts;
	parent: PowerDomain | undefined;
	/** Agents that want it on. */
	readonly #requests = new Set<number>();
	/** Agents and child domains that hold it. */
	#users = 0;
	#holdsClocks = false;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	get name(): string {
		return this.#parts.name;
	}

	get on(): boolean {
		return this.#parts.controller.isOn(this.#parts.supply);
	}

	/** An agent wants it on or off. False when hardware did not answer. */
	request(agent: number, on: boolean): boolean {
		if (on) {
			if (!this.#requests.has(agent)) {
				if (!this.hold()) return false;
				this.#requests.add(agent);
			}
			if (this.on || this.#switchOn()) return true;
			this.#requests.delete(agent);
			this.drop();
			return false;
		}
		if (this.#requests.delete(agent)) return this.drop();
		// On although nobody wants it: somebody wrote the registers.
		return this.#users !== 0 || !this.on || this.#switchOff();
	}

	private hold(): boolean {
		if (this.#users === 0) {
			if (this.parent?.hold() === false) return false;
			if (!this.#switchOn()) {
				this.parent?.drop();
				return false;
			}
		}
		this.#users++;
		return true;
	}

	private drop(): boolean {
		this.#users--;
		if (this.#users > 0) return true;
		const off = this.#switchOff();
		const parentOff = this.parent?.drop() ?? true;
		return off && parentOff;
	}

	#switchOn(): boolean {
		const { controller, supply, keepsClocksOn } = this.#parts;
		this.#holdClocks();
		const done = controller.switchOn(supply);
		if (!done || !keepsClocksOn) this.#dropClocks();
		return done;
	}

	#switchOff(): boolean {
		const { controller, supply } = this.#parts;
		this.#holdClocks();
		const done = controller.switchOff(supply);
		this.#dropClocks();
		return done;
	}

	#holdClocks(): void {
		if (this.#holdsClocks) return;
		this.#holdsClocks = true;
		for (const clock of this.#parts.clocks) clock.hold();
	}

	#dropClocks(): void {
		if (!this.#holdsClocks) return;
		this.#holdsClocks = false;
		for (const clock of this.#parts.clocks.toReversed()) clock.drop();
	}
}

/** The power domains of a platform, by ID. */
export function createPowerDomains(
	platform: Platform,
	bus: Bus,
	time: Time,
	clocks: ClockTree,
): Map<number, PowerDomain> {
	const domains = new Map<number, PowerDomain>();
	if (platform.powerController === null) return domains;
	const controller = new PowerController(
		platform.powerController,
		platform,
		bus,
		time,
	);
	for (const {
		id,
		name,
		clocks: names,
		keepsClocksOn,
	} of platform.powerDomains) {
		domains.set(
			id,
			new PowerDomain({
				name,
				clocks: names.map((each) => clocks.named(each)),
				keepsClocksOn,
				controller,
				supply: controller.supplies.get(id) as Supply,
			}),
		);
	}
	for (const { id, parent } of platform.powerDomains) {
		const domain = domains.get(id);
		if (domain !== undefined && parent !== null)
			domain.parent = domains.get(parent);
	}
	return domains;
}
