// What every clock has: parents, a gate, users, and the questions that the clock protocol asks.
// i.MX 8M Mini reference manual, chapter 5.1; SCMI 3.2 (Arm DEN0056E), section 4.6.

import type { Field } from "./bus.ts";
import { isBetter, type Rounding } from "./numbers.ts";
import { listOf, type Rates } from "./rates.ts";

/** What a platform's table says about any clock. */
export interface Identity {
	id: number;
	name: string;
	critical: boolean;
	/** µs. */
	enableDelay: number;
	gate: Field | undefined;
}

export abstract class Clock {
	readonly id: number;
	readonly name: string;
	readonly critical: boolean;
	readonly enableDelay: number;
	readonly gate: Field | undefined;
	/** By the value that selects them; several values may select the same. */
	parents: readonly Clock[] = [];
	/** Other clocks behind the same gate. */
	sharing: readonly Clock[] = [];
	/** Agents that want it on; 0 is the platform. */
	readonly #requests = new Set<number>();
	/** Agents, children and power domains that hold it. */
	#users = 0;
	/** The parent that it holds while it is in use. */
	#held: Clock | undefined;

	constructor({ id, name, critical, enableDelay, gate }: Identity) {
		this.id = id;
		this.name = name;
		this.critical = critical;
		this.enableDelay = enableDelay;
		this.gate = gate;
	}

	/** In Hz, whether it runs or not. */
	abstract rate(): number;

	/** Which parent is selected. */
	get position(): number {
		return 0;
	}

	get parent(): Clock | undefined {
		return this.parents[this.position];
	}

	protected select(_position: number): void {}

	/** Whether RATE_SET can change anything. */
	get rateSettable(): boolean {
		return false;
	}

	/** What RATE_SET gives; undefined when nothing lies in the rounding's direction. */
	reach(rate: number, rounding: Rounding): number | undefined {
		const own = this.rate();
		return isBetter(own, undefined, rate, rounding) ? own : undefined;
	}

	/** Does what `reach` found. */
	applyRate(_rate: number, _rounding: Rounding): void {}

	/** The clocks whose settings `applyRate` changes. */
	settings(_rate: number, _rounding: Rounding): readonly Clock[] {
		return [];
	}

	/** The rates that RATE_SET reaches. */
	rates(): Rates {
		return listOf([this.rate()]);
	}

	protected parentRate(): number {
		return this.parent?.rate() ?? 0;
	}

	protected gateIsOpen(): boolean {
		return this.gate === undefined || this.gate.value !== 0;
	}

	protected openGate(): void {
		if (this.gate !== undefined) this.gate.value = this.gate.max;
	}

	protected closeGate(): void {
		if (this.gate === undefined) return;
		if (this.sharing.every((other) => other.#users === 0)) this.gate.value = 0;
	}

	/** Whether its gate and those of all its ancestors are open. */
	get running(): boolean {
		let clock: Clock | undefined = this;
		while (clock?.gateIsOpen()) clock = clock.parent;
		return clock === undefined;
	}

	/** One more user; the first one brings up the parents, then the clock. */
	hold(): void {
		this.#users++;
		if (this.#users > 1) return;
		this.#held = this.parent;
		this.#held?.hold();
		this.openGate();
	}

	/** One user less; the last one stops the clock, then lets the parent go. */
	drop(): void {
		this.#users--;
		if (this.#users > 0) return;
		this.closeGate();
		this.#held?.drop();
	}

	/** Whether another agent wants it on; the platform is none. */
	isHeldFromOutside(agent: number): boolean {
		return [...this.#requests].some((id) => id !== 0 && id !== agent);
	}

	/** Whether it is this clock, or gets its rate from it, by the parents selected now. */
	dependsOn(other: Clock): boolean {
		let clock: Clock | undefined = this;
		while (clock !== undefined && clock !== other) clock = clock.parent;
		return clock !== undefined;
	}

	/** An agent wants it on or off. */
	request(agent: number, on: boolean): void {
		if (on) {
			if (!this.#requests.has(agent)) {
				this.#requests.add(agent);
				this.hold();
			}
			this.restore();
		} else if (this.#requests.delete(agent)) {
			this.drop();
		} else if (this.#users === 0) {
			// Left open by a boot loader or a debugger.
			this.closeGate();
		}
	}

	/** Registers may have been written past the users: what is in use gets its parents and its gate back. */
	private restore(): void {
		this.#followParent();
		this.parent?.restore();
		if (!this.gateIsOpen()) this.openGate();
	}

	#followParent(): void {
		const [before, after] = [this.#held, this.parent];
		if (before === after) return;
		this.#held = after;
		after?.hold();
		before?.drop();
	}

	/** Switches to a parent; a clock in use holds the new one before it lets the old one go. */
	setParent(parent: Clock): void {
		const selected = this.parent === parent;
		const position = selected ? this.position : this.parents.indexOf(parent);
		if (this.#users === 0) {
			this.select(position);
			return;
		}
		parent.hold();
		this.select(position);
		this.#followParent();
		parent.drop();
	}
}
