// What the draft firmware does with its clocks: rates from registers, and changes of registers by its rules.
// Follows the observed behaviour of the i.MX8MM SCMI draft of 2019; register fields: reference manual, chapter 5.1.

import type { Firmware } from "../../firmware.ts";
import {
	COMPOSITES,
	type CompositeClock,
	type DividerClock,
	DRAFT_CLOCKS,
	type DraftClock,
	type GateClock,
	type PllClock,
	POSITIONS,
	SLIPPED_NUMBER,
} from "./clock-table.ts";
import { End } from "./end.ts";
import type { QuirkId } from "./quirks.ts";

const OSCILLATOR = 24_000_000n;
/** GNRL_CTL: the PLL is passed by. */
const BYPASS = 1 << 4;
/** Of a composite's register: the gate, and what a change of the rate replaces: parent, predivider, postdivider. */
const GATE = 1 << 28;
const RATE_FIELDS = 0x0707_003f;
const PARENT_SHIFT = 24;
const PREDIV_SHIFT = 16;
const PREDIV_MAX = 8;
const POSTDIV_MAX = 64;
/** Of a CCGR: on in every power mode. */
const ALWAYS_ON = 3;

/** The hardware that it works on. */
export type Bus = Pick<Firmware, "read32" | "write32">;

export class DraftClocks {
	readonly #bus: Bus;
	readonly #note: (quirk: QuirkId) => void;
	/** Composites and gates that are in use, by ID: its counts never exceed 1. */
	readonly #inUse = new Set<number>();

	/** @param note hears of every quirk that shows */
	constructor(bus: Bus, note: (quirk: QuirkId) => void) {
		this.#bus = bus;
		this.#note = note;
	}

	find(id: number): DraftClock | undefined {
		return DRAFT_CLOCKS.find((clock) => clock.id === id);
	}

	/** Hz, in 64 bits. */
	rate(clock: DraftClock): bigint {
		switch (clock.kind) {
			case "oscillator":
				return OSCILLATOR;
			case "pll":
				return this.#pllRate(clock);
			case "divider":
				return this.#dividerRate(clock);
			case "composite":
				return this.#compositeRate(clock);
			case "gate":
				return this.#compositeRate(compositeOf(clock));
		}
	}

	setRate(clock: DraftClock, rate: bigint): void {
		if (this.#inUse.has(clock.id)) this.#note("rate-set-in-use");
		else if (clock.kind === "gate") this.#setGateRate(clock, rate);
		else if (clock.kind === "composite") this.#setCompositeRate(clock, rate);
		else this.#note("rate-set-ignored");
	}

	enable(clock: DraftClock): void {
		if (this.#inUse.has(clock.id)) {
			this.#note("config-set-again");
		} else if (clock.kind === "composite") {
			this.#openComposite(clock);
			this.#inUse.add(clock.id);
		} else if (clock.kind === "gate") {
			this.#openComposite(compositeOf(clock));
			this.#setBits(clock.register, ALWAYS_ON);
			this.#inUse.add(clock.id);
		} else {
			this.#note("config-set-nothing");
		}
	}

	disable(clock: DraftClock): void {
		if (!this.#inUse.has(clock.id)) {
			this.#note("disable-panics");
			throw new End({
				reason: "panic",
				message: `the monitor panics: ${clock.name} is disabled, and nobody uses it`,
				...(clock.kind === "oscillator" ? {} : { address: clock.register }),
			});
		}
		if (clock.kind === "gate") {
			const composite = compositeOf(clock);
			// It makes sure of its composite first, whatever it is about to do.
			this.#openComposite(composite);
			this.#clearBits(clock.register, ALWAYS_ON);
			this.#inUse.delete(clock.id);
			this.#note("gate-closes-composite");
			this.#closeComposite(composite);
		} else if (clock.kind === "composite" && clock.critical) {
			this.#note("critical-kept");
		} else if (clock.kind === "composite") {
			this.#closeComposite(clock);
			this.#inUse.delete(clock.id);
		}
	}

	#pllRate({ register, gateBit, fractional }: PllClock): bigint {
		const control = this.#bus.read32(register);
		if ((control & (1 << gateBit)) === 0) {
			this.#note("pll-gate");
			return 0n;
		}
		if ((control & BYPASS) !== 0) return OSCILLATOR;
		const divCtl0 = this.#bus.read32(register + 4);
		const m = (divCtl0 >>> 12) & 0x3ff;
		const p = (divCtl0 >>> 4) & 0x3f;
		const s = divCtl0 & 7;
		const k = fractional ? this.#bus.read32(register + 8) & 0xffff : 0;
		if (k >= 0x8000) this.#note("unsigned-k");
		return quotient(
			OSCILLATOR * BigInt(m * 65536 + k),
			BigInt(p * 65536 * 2 ** s),
		);
	}

	#dividerRate({ register, gateBit, parent, divisor }: DividerClock): bigint {
		if ((this.#bus.read32(register) & (1 << gateBit)) === 0) {
			this.#note("divider-gate");
			return 0n;
		}
		return this.rate(POSITIONS[parent] as DraftClock) / BigInt(divisor);
	}

	/** Whether its own gate is open makes no difference. */
	#compositeRate(clock: CompositeClock): bigint {
		const value = this.#bus.read32(clock.register);
		const prediv = BigInt(((value >>> PREDIV_SHIFT) & 7) + 1);
		const postdiv = BigInt((value & 0x3f) + 1);
		return this.rate(this.#currentParent(clock)) / prediv / postdiv;
	}

	#currentParent(clock: CompositeClock): DraftClock {
		const field = (this.#bus.read32(clock.register) >>> PARENT_SHIFT) & 7;
		return this.#parent(clock, field);
	}

	/** The parent of a parent field's value: its number is taken for a position. */
	#parent(clock: CompositeClock, index: number): DraftClock {
		const number = clock.parents[index] as number;
		if (number >= SLIPPED_NUMBER) this.#note("parent-position");
		const parent = POSITIONS[number];
		if (parent !== undefined) return parent;
		this.#note("parent-past-end");
		throw new End({
			reason: "out-of-bounds",
			message: `parent ${index} of ${clock.name} is read at position ${number} of a table with ${POSITIONS.length}`,
			address: clock.register,
		});
	}

	#setGateRate(clock: GateClock, rate: bigint): void {
		this.#note("rate-set-gate");
		const composite = compositeOf(clock);
		this.#openComposite(composite);
		this.setRate(composite, rate);
	}

	#setCompositeRate(clock: CompositeClock, rate: bigint): void {
		let index = (this.#bus.read32(clock.register) >>> PARENT_SHIFT) & 7;
		let parentRate = this.rate(this.#currentParent(clock));
		if (parentRate < rate) {
			this.#note("rate-set-parent");
			for (index = 0; index < clock.parents.length; index++) {
				parentRate = this.rate(this.#parent(clock, index));
				if (parentRate >= rate) break;
			}
			if (index === clock.parents.length) this.#note("rate-set-index-8");
		}
		const [prediv, postdiv] = this.#dividers(parentRate, rate);
		const kept = this.#bus.read32(clock.register) & ~RATE_FIELDS;
		this.#bus.write32(
			clock.register,
			kept |
				(index << PARENT_SHIFT) |
				((prediv - 1) << PREDIV_SHIFT) |
				(postdiv - 1),
		);
	}

	/** The first pair of least error. */
	#dividers(parentRate: bigint, rate: bigint): [number, number] {
		let best: [number, number] | undefined;
		let least = 0;
		let cut = false;
		for (let prediv = 1; prediv <= PREDIV_MAX; prediv++) {
			for (let postdiv = 1; postdiv <= POSTDIV_MAX; postdiv++) {
				const exact = parentRate / BigInt(prediv) / BigInt(postdiv) - rate;
				let error = Number(BigInt.asIntN(32, exact));
				cut ||= BigInt(error) !== exact;
				// The smallest number stays negative: there is none to turn it into.
				if (error < 0) error = -error | 0;
				if (best === undefined || error < least) {
					best = [prediv, postdiv];
					least = error;
				}
			}
		}
		if (cut) this.#note("rate-set-int32");
		return best as [number, number];
	}

	/** A composite in use is open already. Its parent is enabled with it, which does nothing but read it. */
	#openComposite(clock: CompositeClock): void {
		if (this.#inUse.has(clock.id)) return;
		this.#currentParent(clock);
		this.#setBits(clock.register, GATE);
	}

	#closeComposite(clock: CompositeClock): void {
		this.#currentParent(clock);
		this.#clearBits(clock.register, GATE);
	}

	#setBits(register: number, bits: number): void {
		this.#bus.write32(register, this.#bus.read32(register) | bits);
	}

	#clearBits(register: number, bits: number): void {
		this.#bus.write32(register, this.#bus.read32(register) & ~bits);
	}
}

function compositeOf(gate: GateClock): CompositeClock {
	return COMPOSITES.find(({ id }) => id === gate.composite) as CompositeClock;
}

/** As the processor divides: by 0 it is 0. */
function quotient(dividend: bigint, divisor: bigint): bigint {
	return divisor === 0n ? 0n : dividend / divisor;
}
