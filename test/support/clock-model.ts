// Clocks worked out from a platform's tables and its registers alone: rates, states, and which bits they depend on.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM); shares nothing with the engine, which finds and forgets these in rows.

import type { Clock, Field, Platform } from "../../host/platform/platform.ts";

/** Reads the 32-bit register at a physical address. */
export type Read = (address: number) => number;

/** Bits of a register from which a clock has its rate, or whether it runs, apart from its parent. */
export interface Setting {
	address: number;
	mask: number;
	rate: boolean;
	state: boolean;
}

/** A clock that is no alias. */
export type RealClock = Exclude<Clock, { kind: "alias" }>;

const GNRL_BYPASS = 1 << 4;
const GNRL_RESET_N = 1 << 9;

function maskOf({ shift, width }: Field): number {
	return ((2 ** width - 1) * 2 ** shift) >>> 0;
}

/** The three fields of a slice's register, CCM_TARGET_ROOT. */
function sliceFields(clock: Extract<Clock, { kind: "composite" }>) {
	const { address, prediv, postdivWidth } = clock;
	return {
		mux: { address, shift: 24, width: 3 },
		prediv: prediv ? { address, shift: 16, width: 3 } : undefined,
		postdiv: { address, shift: 0, width: postdivWidth },
	};
}

export function settingsOf(clock: RealClock): Setting[] {
	const bits = (field: Field, rate: boolean, state: boolean): Setting => ({
		address: field.address,
		mask: maskOf(field),
		rate,
		state,
	});
	const own: Setting[] = [];
	switch (clock.kind) {
		case "mux":
			own.push(bits(clock.field, true, true));
			break;
		case "divider":
			own.push(bits(clock.field, true, false));
			break;
		case "composite": {
			const { mux, prediv, postdiv } = sliceFields(clock);
			own.push(bits(mux, true, true), bits(postdiv, true, false));
			if (prediv !== undefined) own.push(bits(prediv, true, false));
			break;
		}
		case "pll": {
			const word = (offset: number, mask: number, rate: boolean) => ({
				...{ address: clock.address + offset, mask, rate },
				state: !rate,
			});
			// DIV_CTL0 and DIV_CTL1 count as a whole, in bypass too.
			own.push(word(0, GNRL_BYPASS, true), word(0, GNRL_RESET_N, false));
			own.push(word(4, 0xffff_ffff, true), word(8, 0xffff_ffff, true));
			return own;
		}
		default:
			break;
	}
	if (clock.gate !== undefined) own.push(bits(clock.gate, false, true));
	return own;
}

/** A platform's clocks by name. */
export class ClockModel {
	readonly clocks: readonly RealClock[];
	readonly byName: ReadonlyMap<string, RealClock>;
	readonly settings: ReadonlyMap<RealClock, readonly Setting[]>;
	/** Every register that one of them depends on, ascending. */
	readonly registers: readonly number[];

	constructor(platform: Platform) {
		this.clocks = platform.clocks.filter((clock) => clock.kind !== "alias");
		this.byName = new Map(this.clocks.map((clock) => [clock.name, clock]));
		this.settings = new Map(
			this.clocks.map((clock) => [clock, settingsOf(clock)]),
		);
		const addresses = [...this.settings.values()].flatMap((settings) =>
			settings.map(({ address }) => address),
		);
		this.registers = [...new Set(addresses)].sort((a, b) => a - b);
	}

	/** What the registers make of the clocks now. */
	now(read: Read): ClocksNow {
		return new ClocksNow(this, read);
	}
}

/** The clocks by the registers of one moment. */
export class ClocksNow {
	readonly #model: ClockModel;
	readonly #words: ReadonlyMap<number, number>;
	readonly #paths = new Map<RealClock, readonly RealClock[]>();
	readonly #rates = new Map<RealClock, bigint>();

	constructor(model: ClockModel, read: Read) {
		this.#model = model;
		this.#words = new Map(
			model.registers.map((address) => [address, read(address) >>> 0]),
		);
	}

	word(address: number): number {
		return this.#words.get(address) as number;
	}

	#value({ address, shift, width }: Field): number {
		return Math.floor(this.word(address) / 2 ** shift) % 2 ** width;
	}

	/** The parent in use; undefined for a clock without one. */
	parent(clock: RealClock): RealClock | undefined {
		if ("parent" in clock) return this.#model.byName.get(clock.parent);
		if (!("parents" in clock)) return undefined;
		const mux = clock.kind === "mux" ? clock.field : sliceFields(clock).mux;
		const name = clock.parents[this.#value(mux)] as string;
		return this.#model.byName.get(name);
	}

	/** The clock, its parent and so on up. */
	path(clock: RealClock): readonly RealClock[] {
		let path = this.#paths.get(clock);
		if (path === undefined) {
			const parent = this.parent(clock);
			path = parent === undefined ? [clock] : [clock, ...this.path(parent)];
			this.#paths.set(clock, path);
		}
		return path;
	}

	/** In Hz, rounded down from each clock to the next. */
	rate(clock: RealClock): bigint {
		const known = this.#rates.get(clock);
		if (known !== undefined) return known;
		const rate = this.#rate(clock);
		this.#rates.set(clock, rate);
		return rate;
	}

	#rate(clock: RealClock): bigint {
		if (clock.kind === "fixed") return BigInt(clock.rate);
		const fin = this.rate(this.parent(clock) as RealClock);
		const factor = (field: Field) => BigInt(this.#value(field) + 1);
		switch (clock.kind) {
			case "fixed-factor":
				return (fin * BigInt(clock.mult)) / BigInt(clock.div);
			case "divider":
				return fin / factor(clock.field);
			case "composite": {
				const { prediv, postdiv } = sliceFields(clock);
				return fin / (factor(postdiv) * (prediv ? factor(prediv) : 1n));
			}
			case "pll":
				return this.#pll(clock, fin);
			default:
				return fin;
		}
	}

	#pll(clock: Extract<Clock, { kind: "pll" }>, fin: bigint): bigint {
		const { address, fractional } = clock;
		if (this.word(address) & GNRL_BYPASS) return fin;
		const field = (shift: number, width: number) =>
			this.#value({ address: address + 4, shift, width });
		const p = field(4, 6);
		const k = fractional ? (this.word(address + 8) << 16) >> 16 : 0;
		const factor = field(12, 10) * 65536 + k;
		if (p === 0 || factor < 0) return 0n;
		return (fin * BigInt(factor)) / BigInt(p * 65536 * 2 ** field(0, 3));
	}

	/** Its own gate is open, and its parent runs. */
	running(clock: RealClock): boolean {
		return this.path(clock).every((each) =>
			each.kind === "pll"
				? (this.word(each.address) & GNRL_RESET_N) !== 0
				: each.gate === undefined || this.#value(each.gate) !== 0,
		);
	}

	/** CLOCK_RATE_SET can change something: it ends at a divider or at a PLL that agents may retune. */
	rateSettable(clock: RealClock): boolean {
		switch (clock.kind) {
			case "composite":
			case "divider":
			case "cpu":
				return true;
			case "pll":
				return clock.fixedRate !== true;
			case "fixed":
				return false;
			case "mux":
				if (clock.forwardsRate !== true) return false;
				break;
			default:
				break;
		}
		return this.rateSettable(this.parent(clock) as RealClock);
	}

	/** The clocks whose rate, or state, depends on some bits of a register. */
	dependents(
		what: "rate" | "state",
		address: number,
		bits: number,
	): Set<RealClock> {
		const { clocks, settings } = this.#model;
		const changed = new Set(
			clocks.filter((clock) =>
				settings
					.get(clock)
					?.some(
						(setting) =>
							setting[what] &&
							setting.address === address &&
							(setting.mask & bits) !== 0,
					),
			),
		);
		return new Set(
			clocks.filter((clock) =>
				this.path(clock).some((each) => changed.has(each)),
			),
		);
	}
}
