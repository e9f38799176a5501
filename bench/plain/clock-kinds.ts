// The kinds of clocks: how each gets its rate, and how it serves a wanted one.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM).

import type { Field } from "./bus.ts";
import { Clock, type Identity } from "./clock.ts";
import { isBetter, type Rounding } from "./numbers.ts";
import type { Pll } from "./pll.ts";
import { listOf, type Rates, rangeOf, scaled } from "./rates.ts";

/** No request is taken further than this, in Hz: above every clock. */
export const HIGHEST_RATE = 2 ** 35;

export class FixedClock extends Clock {
	readonly #rate: number;

	constructor(identity: Identity, rate: number) {
		super(identity);
		this.#rate = rate;
	}

	rate(): number {
		return this.#rate;
	}
}

/** The rate of its parent, and requests passed on to it. */
export class GateClock extends Clock {
	rate(): number {
		return this.parentRate();
	}

	override get rateSettable(): boolean {
		return this.parent?.rateSettable ?? false;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		return this.parent?.reach(rate, rounding);
	}

	override applyRate(rate: number, rounding: Rounding): void {
		this.parent?.applyRate(rate, rounding);
	}

	override settings(rate: number, rounding: Rounding): readonly Clock[] {
		return this.parent?.settings(rate, rounding) ?? [];
	}

	override rates(): Rates {
		return this.parent?.rates() ?? listOf([]);
	}
}

/** Selects a parent. One that forwards, a PLL's bypass, passes rate requests to the selected parent. */
export class MuxClock extends GateClock {
	readonly #field: Field;
	readonly #forwards: boolean;

	constructor(identity: Identity, field: Field, forwards: boolean) {
		super(identity);
		this.#field = field;
		this.#forwards = forwards;
	}

	override get position(): number {
		return this.#field.value;
	}

	protected override select(position: number): void {
		this.#field.value = position;
	}

	override get rateSettable(): boolean {
		return this.#forwards && super.rateSettable;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		if (this.#forwards) return super.reach(rate, rounding);
		const own = this.rate();
		return isBetter(own, undefined, rate, rounding) ? own : undefined;
	}

	override applyRate(rate: number, rounding: Rounding): void {
		if (this.#forwards) super.applyRate(rate, rounding);
	}

	override settings(rate: number, rounding: Rounding): readonly Clock[] {
		return this.#forwards ? super.settings(rate, rounding) : [];
	}

	override rates(): Rates {
		return this.#forwards ? super.rates() : listOf([this.rate()]);
	}
}

/** The parent's rate that `* mult / div`, cut to whole Hz, comes closest to `rate` from the rounding's side. */
function beforeFactor(
	rate: number,
	mult: number,
	div: number,
	rounding: Rounding,
): number {
	const wanted =
		rounding === "down"
			? Math.floor(((rate + 1) * div - 1) / mult)
			: Math.ceil((rate * div) / mult);
	return Math.min(wanted, HIGHEST_RATE);
}

export class FactorClock extends GateClock {
	readonly #mult: number;
	readonly #div: number;

	constructor(identity: Identity, mult: number, div: number) {
		super(identity);
		this.#mult = mult;
		this.#div = div;
	}

	override rate(): number {
		return this.#scale(this.parentRate());
	}

	#scale(rate: number): number {
		return Math.floor((rate * this.#mult) / this.#div);
	}

	#before(rate: number, rounding: Rounding): number {
		return beforeFactor(rate, this.#mult, this.#div, rounding);
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		const parent = super.reach(this.#before(rate, rounding), rounding);
		return parent === undefined ? undefined : this.#scale(parent);
	}

	override applyRate(rate: number, rounding: Rounding): void {
		super.applyRate(this.#before(rate, rounding), rounding);
	}

	override settings(rate: number, rounding: Rounding): readonly Clock[] {
		return super.settings(this.#before(rate, rounding), rounding);
	}

	override rates(): Rates {
		return scaled(super.rates(), this.#mult, [this.#div]);
	}
}

/** A slice: parent, predivider and postdivider in one register. Requests never change its parent. */
export class CompositeClock extends Clock {
	readonly #mux: Field;
	readonly #prediv: Field | undefined;
	readonly #postdiv: Field;

	constructor(
		identity: Identity,
		mux: Field,
		prediv: Field | undefined,
		postdiv: Field,
	) {
		super(identity);
		this.#mux = mux;
		this.#prediv = prediv;
		this.#postdiv = postdiv;
	}

	rate(): number {
		const prediv = (this.#prediv?.value ?? 0) + 1;
		return Math.floor(this.parentRate() / (prediv * (this.#postdiv.value + 1)));
	}

	override get position(): number {
		return this.#mux.value;
	}

	protected override select(position: number): void {
		this.#mux.value = position;
	}

	override get rateSettable(): boolean {
		return true;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		return this.#bestPair(rate, rounding)?.rate;
	}

	override applyRate(rate: number, rounding: Rounding): void {
		const best = this.#bestPair(rate, rounding);
		if (best === undefined) return;
		if (this.#prediv !== undefined) this.#prediv.value = best.prediv - 1;
		this.#postdiv.value = best.postdiv - 1;
	}

	override settings(): readonly Clock[] {
		return [this];
	}

	/** For each predivider only the postdividers on both sides of the wanted rate can be best. */
	#bestPair(
		wanted: number,
		rounding: Rounding,
	): { prediv: number; postdiv: number; rate: number } | undefined {
		const fin = this.parentRate();
		const predivs = (this.#prediv?.max ?? 0) + 1;
		const postdivs = this.#postdiv.max + 1;
		let best: { prediv: number; postdiv: number; rate: number } | undefined;
		for (let prediv = 1; prediv <= predivs; prediv++) {
			const quotient =
				wanted === 0 ? postdivs : Math.floor(fin / (wanted * prediv));
			const above = Math.min(Math.max(quotient, 1), postdivs);
			const below = Math.min(above + 1, postdivs);
			for (let postdiv = above; postdiv <= below; postdiv++) {
				const rate = Math.floor(fin / (prediv * postdiv));
				if (isBetter(rate, best?.rate, wanted, rounding))
					best = { prediv, postdiv, rate };
			}
			if (best?.rate === wanted) break;
		}
		return best;
	}

	override rates(): Rates {
		const fin = this.parentRate();
		const predivs = upTo((this.#prediv?.max ?? 0) + 1);
		const postdivs = upTo(this.#postdiv.max + 1);
		return listOf(
			predivs.flatMap((prediv) =>
				postdivs.map((postdiv) => Math.floor(fin / (prediv * postdiv))),
			),
		);
	}
}

function upTo(last: number): number[] {
	return Array.from({ length: last }, (_, i) => i + 1);
}

/** Its own field as long as that serves a request exactly, else together with whatever the parent can change. */
export class DividerClock extends Clock {
	readonly #field: Field;

	constructor(identity: Identity, field: Field) {
		super(identity);
		this.#field = field;
	}

	rate(): number {
		return Math.floor(this.parentRate() / (this.#field.value + 1));
	}

	override get rateSettable(): boolean {
		return true;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		return this.#best(rate, rounding)?.rate;
	}

	override applyRate(rate: number, rounding: Rounding): void {
		const best = this.#best(rate, rounding);
		if (best === undefined) return;
		if (best.parentRate !== undefined)
			this.parent?.applyRate(best.parentRate, rounding);
		this.#field.value = best.div - 1;
	}

	override settings(rate: number, rounding: Rounding): readonly Clock[] {
		const asked = this.#best(rate, rounding)?.parentRate;
		return asked === undefined
			? [this]
			: (this.parent?.settings(asked, rounding) ?? []);
	}

	/** The best divider, and what to ask the parent for when that helps. */
	#best(
		wanted: number,
		rounding: Rounding,
	): { div: number; rate: number; parentRate: number | undefined } | undefined {
		const divs = upTo(this.#field.max + 1);
		const fin = this.parentRate();
		let best:
			| { div: number; rate: number; parentRate: number | undefined }
			| undefined;
		for (const div of divs) {
			const rate = Math.floor(fin / div);
			if (isBetter(rate, best?.rate, wanted, rounding))
				best = { div, rate, parentRate: undefined };
		}
		if (best?.rate === wanted) return best;
		for (const div of divs) {
			const parentRate = beforeFactor(wanted, 1, div, rounding);
			const reached = this.parent?.reach(parentRate, rounding);
			if (reached === undefined) continue;
			const rate = Math.floor(reached / div);
			if (isBetter(rate, best?.rate, wanted, rounding))
				best = { div, rate, parentRate };
		}
		return best;
	}

	override rates(): Rates {
		const parent = this.parent?.rates() ?? listOf([]);
		return scaled(parent, 1, upTo(this.#field.max + 1));
	}
}

export class PllClock extends Clock {
	readonly #pll: Pll;
	readonly #fractional: boolean;
	/** Agents can neither retune nor stop it. */
	readonly #fixed: boolean;

	constructor(
		identity: Identity,
		pll: Pll,
		fractional: boolean,
		fixed: boolean,
	) {
		super(identity);
		this.#pll = pll;
		this.#fractional = fractional;
		this.#fixed = fixed;
		pll.reference = () => this.parentRate();
	}

	rate(): number {
		return this.#pll.rate();
	}

	protected override gateIsOpen(): boolean {
		return this.#pll.on;
	}

	protected override openGate(): void {
		this.#pll.powerUp();
	}

	protected override closeGate(): void {
		if (!this.#fixed) this.#pll.powerDown();
	}

	override get rateSettable(): boolean {
		return !this.#fixed;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		const still = (this.parent?.rate() ?? 0) === 0;
		if (this.#fixed || still) return super.reach(rate, rounding);
		return this.#pll.reach(rate, rounding);
	}

	override applyRate(rate: number, rounding: Rounding): void {
		if (!this.#fixed) this.#pll.retune(rate, rounding);
	}

	override settings(): readonly Clock[] {
		return [this];
	}

	override rates(): Rates {
		if (this.#fixed) return super.rates();
		if (this.parentRate() === 0) return listOf([0]);
		return this.#fractional
			? rangeOf(...this.#pll.limits)
			: listOf(this.#pll.tableRates());
	}
}

/** A CPU cluster: runs from a parking clock while its PLL relocks. */
export class CpuClock extends Clock {
	pll: Clock | undefined;
	park: Clock | undefined;
	parkParent: Clock | undefined;

	rate(): number {
		return this.parentRate();
	}

	override get rateSettable(): boolean {
		return true;
	}

	override reach(rate: number, rounding: Rounding): number | undefined {
		return this.pll?.reach(rate, rounding);
	}

	override applyRate(rate: number, rounding: Rounding): void {
		const { parent: mux, pll, park, parkParent } = this;
		if (mux === undefined || pll === undefined) return;
		if (park === undefined || parkParent === undefined) return;
		park.hold();
		park.setParent(parkParent);
		mux.setParent(park);
		pll.applyRate(rate, rounding);
		mux.setParent(pll);
		park.drop();
	}

	override settings(rate: number, rounding: Rounding): readonly Clock[] {
		const { parent: mux, pll, park } = this;
		return [mux, park, ...(pll?.settings(rate, rounding) ?? [])].filter(
			(clock) => clock !== undefined,
		);
	}

	override rates(): Rates {
		return this.pll?.rates() ?? listOf([]);
	}
}
