// The 1416x (integer) and 1443x (fractional) PLLs of the analog block: rate, lock, and settings for a wanted rate.
// i.MX 8M Mini reference manual, chapter 5.1.8; retuning as Linux's clk-pll14xx does it.

import type { Clock } from "../../host/platform/platform.ts";
import type { Bus, Register } from "./bus.ts";
import { isBetter, mulDiv, type Rounding, type Time } from "./numbers.ts";

const BYPASS = 1 << 4;
const RESET_N = 1 << 9;
const LOCK = 1 << 31;
/** mdiv and pdiv in DIV_CTL0: changing them costs the lock. */
const LOOP_FIELDS = 0x003f_f3f0;

const MDIV_MIN = 64;
const MDIV_MAX = 1023;
const PDIV_MAX = 63;
const SDIV_MAX = 6;
const KDIV_MIN = -32768;
const KDIV_MAX = 32767;
const ONE = 65536;
/** Firmware gives up waiting for LOCK after 10 ms. */
const LOCK_TIMEOUT_NS = 10_000_000;

type PllTable = Extract<Clock, { kind: "pll" }>;

/** What DIV_CTL0 and DIV_CTL1 hold. */
interface Setting {
	divCtl0: number;
	divCtl1: number;
}

export class Pll {
	readonly #table: PllTable;
	readonly #time: Time;
	readonly #control: Register;
	readonly #divCtl0: Register;
	readonly #divCtl1: Register;
	#lockedAt = 0;
	/** Rate of the reference in Hz, told by the clock that the PLL is. */
	reference: () => number = () => 0;

	constructor(table: PllTable, bus: Bus, time: Time) {
		this.#table = table;
		this.#time = time;
		this.#control = bus.register(table.address);
		this.#divCtl0 = bus.register(table.address + 4);
		this.#divCtl1 = bus.register(table.address + 8);
	}

	get on(): boolean {
		return this.#control.has(RESET_N);
	}

	/** Rate in Hz that its registers stand for. */
	rate(): number {
		const fin = this.reference();
		if (this.#control.has(BYPASS)) return fin;
		return this.#rateWith(fin, {
			divCtl0: this.#divCtl0.value,
			divCtl1: this.#divCtl1.value,
		});
	}

	/** Takes it out of reset if needed, and waits for LOCK. */
	powerUp(): void {
		if (!this.on) {
			this.#control.set(RESET_N);
			this.#startLocking();
		}
		const wait = Math.max(this.#lockedAt - this.#time.now, 0);
		this.#time.pass(Math.min(wait, LOCK_TIMEOUT_NS));
	}

	powerDown(): void {
		this.#control.clear(RESET_N);
	}

	owns(address: number): boolean {
		return address >= this.#table.address && address <= this.#table.address + 8;
	}

	read(address: number, register: Register): number {
		if (address !== this.#table.address) return register.value;
		const locked = this.on && this.#time.now >= this.#lockedAt;
		return (locked ? register.value | LOCK : register.value & ~LOCK) >>> 0;
	}

	write(address: number, register: Register, value: number): void {
		const changed = register.value ^ value;
		register.value = value;
		const leavesReset =
			address === this.#table.address && this.on && (changed & RESET_N) !== 0;
		const losesLock =
			address === this.#table.address + 4 &&
			this.on &&
			(changed & LOOP_FIELDS) !== 0;
		if (leavesReset || losesLock) this.#startLocking();
	}

	#startLocking(): void {
		const fin = this.reference();
		const cycles = this.#table.lockCycles * pdiv(this.#divCtl0.value);
		this.#lockedAt =
			fin === 0 ? Infinity : this.#time.now + mulDiv(cycles, 1e9, fin);
	}

	#rateWith(fin: number, { divCtl0, divCtl1 }: Setting): number {
		const k = this.#table.fractional ? (divCtl1 << 16) >> 16 : 0;
		const factor = Math.max(mdiv(divCtl0) * ONE + k, 0);
		return output(fin, factor, pdiv(divCtl0), sdiv(divCtl0));
	}

	/** The rate that a request for `rate` would give; undefined when none lies in the rounding's direction. */
	reach(rate: number, rounding: Rounding): number | undefined {
		const setting = this.#settingFor(rate, rounding);
		return setting && this.#rateWith(this.reference(), setting);
	}

	/** Retunes; with another mdiv or pdiv a running PLL goes through reset. */
	retune(rate: number, rounding: Rounding): void {
		const setting = this.#settingFor(rate, rounding);
		if (setting === undefined) return;
		const changed = setting.divCtl0 ^ this.#divCtl0.value;
		const relocks = this.on && (changed & LOOP_FIELDS) !== 0;
		if (relocks) this.powerDown();
		this.#divCtl0.value = setting.divCtl0;
		if (this.#table.fractional) this.#divCtl1.value = setting.divCtl1;
		this.#control.clear(BYPASS);
		if (relocks) this.powerUp();
	}

	/** The rates of its table with the present reference, in Hz. */
	tableRates(): number[] {
		const fin = this.reference();
		return this.#tableSettings().map((setting) => this.#rateWith(fin, setting));
	}

	/** Lowest and highest rate of a fractional PLL, in Hz. */
	get limits(): [lowest: number, highest: number] {
		const fin = this.reference();
		return [
			output(fin, MDIV_MIN * ONE + KDIV_MIN, PDIV_MAX, SDIV_MAX),
			output(fin, MDIV_MAX * ONE + KDIV_MAX, 1, 0),
		];
	}

	#tableSettings(): Setting[] {
		return this.#table.rates.map(({ mdiv: m, pdiv: p, sdiv: s, kdiv = 0 }) =>
			settingOf(m * ONE + kdiv, p, s),
		);
	}

	#settingFor(rate: number, rounding: Rounding): Setting | undefined {
		const fin = this.reference();
		if (fin === 0) return undefined;
		const rows = this.#tableSettings();
		const exact = rows.find((row) => this.#rateWith(fin, row) === rate);
		if (exact !== undefined) return exact;
		if (!this.#table.fractional) {
			let best: Setting | undefined;
			let bestRate: number | undefined;
			for (const row of rows) {
				const candidate = this.#rateWith(fin, row);
				if (!isBetter(candidate, bestRate, rate, rounding)) continue;
				best = row;
				bestRate = candidate;
			}
			return best;
		}
		return (
			this.#settingByKdiv(rate, fin, rounding) ?? search(rate, fin, rounding)
		);
	}

	/** Another kdiv alone, when that covers the rate: the PLL stays locked. */
	#settingByKdiv(
		rate: number,
		fin: number,
		rounding: Rounding,
	): Setting | undefined {
		const divCtl0 = this.#divCtl0.value;
		const [m, p, s] = [mdiv(divCtl0), pdiv(divCtl0), sdiv(divCtl0)];
		if (m < MDIV_MIN || p === 0 || s > SDIV_MAX) return undefined;
		const lowest = m * ONE + KDIV_MIN;
		const highest = m * ONE + KDIV_MAX;
		if (rate < output(fin, lowest, p, s)) return undefined;
		if (rate > output(fin, highest, p, s)) return undefined;
		const wanted = factorFor(rate, fin, p, s, rounding);
		const factor = Math.min(Math.max(wanted, lowest), highest);
		return { divCtl0, divCtl1: (factor - m * ONE) & 0xffff };
	}
}

function mdiv(divCtl0: number): number {
	return (divCtl0 >>> 12) & 0x3ff;
}

function pdiv(divCtl0: number): number {
	return (divCtl0 >>> 4) & 0x3f;
}

function sdiv(divCtl0: number): number {
	return divCtl0 & 7;
}

/** Whole Hz of fin * (factor / 65536) / p / 2^s. */
function output(fin: number, factor: number, p: number, s: number): number {
	return p === 0 ? 0 : mulDiv(fin, factor, p * ONE * 2 ** s);
}

/** Registers for a factor m * 65536 + k with k in its signed 16 bits. */
function settingOf(factor: number, p: number, s: number): Setting {
	const m = Math.floor((factor - KDIV_MIN) / ONE);
	return {
		divCtl0: (m << 12) | (p << 4) | s,
		divCtl1: (factor - m * ONE) & 0xffff,
	};
}

/** The factor whose output comes closest to `rate` from the rounding's side, however large. */
function factorFor(
	rate: number,
	fin: number,
	p: number,
	s: number,
	rounding: Rounding,
): number {
	const divisor = p * ONE * 2 ** s;
	// The largest whose output, cut to whole Hz, is not above `rate`: the one before `rate + 1`.
	if (rounding === "down") return mulDiv(rate + 1, divisor, fin, -1);
	if (rounding === "up") return mulDiv(rate, divisor, fin, fin - 1);
	const low = mulDiv(rate, divisor, fin);
	const below = rate - output(fin, low, p, s);
	const above = output(fin, low + 1, p, s) - rate;
	return above < below ? low + 1 : low;
}

/** All pdiv, then all sdiv, each with its best mdiv and kdiv: the first of the least error. */
function search(
	rate: number,
	fin: number,
	rounding: Rounding,
): Setting | undefined {
	let best: Setting | undefined;
	let bestRate: number | undefined;
	for (let p = 1; p <= PDIV_MAX; p++) {
		for (let s = 0; s <= SDIV_MAX; s++) {
			const wanted = factorFor(rate, fin, p, s, rounding);
			const factor = Math.min(
				Math.max(wanted, MDIV_MIN * ONE + KDIV_MIN),
				MDIV_MAX * ONE + KDIV_MAX,
			);
			const candidate = output(fin, factor, p, s);
			if (!isBetter(candidate, bestRate, rate, rounding)) continue;
			best = settingOf(factor, p, s);
			bestRate = candidate;
			if (candidate === rate) return best;
		}
	}
	return best;
}
