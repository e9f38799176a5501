// The 1416x (integer) and 1443x (fractional) PLLs: GNRL_CTL, DIV_CTL0 and DIV_CTL1 of the CCM analog block.
// i.MX 8M Mini reference manual, chapter 5.1.8; retuning as Linux's clk-pll14xx does it.

import { Clock, ClockState, Pll, PllRate } from "../image";
import { Address, State } from "../layout";
import { now, pass } from "../sim/time";
import { forget } from "./clock-cache";
import { clockRow } from "./clock-tree";
import { write } from "./registers";
import { better, Rounding } from "./rounding";

const enum Gnrl {
	BYPASS = 1 << 4,
	/** 0 holds the PLL in reset, powered down. */
	RESET_N = 1 << 9,
	LOCK = 1 << 31,
}

const enum Offset {
	DIV_CTL0 = 4,
	DIV_CTL1 = 8,
}

/** The divider's limits: VCO limits are not modelled. */
const enum Limit {
	PDIV_MAX = 63,
	SDIV_MAX = 6,
	/** m * 65536 + k at its smallest and largest: 64 * 65536 - 32768, 1023 * 65536 + 32767. */
	FACTOR_MIN = 4161536,
	FACTOR_MAX = 67076095,
	K_HALF = 32768,
}

/** The fields of DIV_CTL0 whose change unlocks the PLL. */
const MDIV_AND_PDIV: u32 = 0x003f_f3f0;

/** DIV_CTL0's fields, as Linux names them. */
function mdiv(divCtl0: u32): u32 {
	return (divCtl0 >> 12) & 0x3ff;
}
function pdiv(divCtl0: u32): u32 {
	return (divCtl0 >> 4) & 0x3f;
}
function sdiv(divCtl0: u32): u32 {
	return divCtl0 & 7;
}

/** The row of PLLS behind a PLL clock. */
export function pllOf(clock: usize): usize {
	return pllRow(load<u16>(clock, Clock.TARGET));
}

function pllRow(i: u32): usize {
	return load<u32>(Address.STATE, State.PLLS) + i * Pll.SIZE;
}

/** fin * factor / (pdiv * 65536 * 2^sdiv), in whole Hz; factor = mdiv * 65536 + kdiv. */
function output(fin: u64, factor: u64, p: u32, s: u32): u64 {
	return p === 0 ? 0 : (fin * factor) / (((<u64>p) << 16) << s);
}

/** mdiv * 65536 + kdiv as the registers have it; kdiv is signed and exists on fractional PLLs only. */
function factorOf(pll: usize, divCtl0: u32, divCtl1: u32): u64 {
	const k: i64 = load<u32>(pll, Pll.FRACTIONAL)
		? <i64>(<i16>(divCtl1 & 0xffff))
		: 0;
	return max<i64>(((<i64>mdiv(divCtl0)) << 16) + k, 0);
}

/** Rate in Hz from the registers, whether locked or not: what it will run at when enabled. */
export function pllRate(pll: usize, fin: u64): u64 {
	const control = load<u32>(pll, Pll.CONTROL);
	if (load<u32>(control) & Gnrl.BYPASS) return fin;
	const divCtl0 = load<u32>(control, Offset.DIV_CTL0);
	const factor = factorOf(pll, divCtl0, load<u32>(control, Offset.DIV_CTL1));
	return output(fin, factor, pdiv(divCtl0), sdiv(divCtl0));
}

/** Whether it is out of reset. */
export function pllOn(pll: usize): bool {
	return (load<u32>(load<u32>(pll, Pll.CONTROL)) & Gnrl.RESET_N) !== 0;
}

/** ns until LOCK after a reset or a change of mdiv or pdiv. */
function lockTime(pll: usize, fin: u64): u64 {
	const p = pdiv(load<u32>(load<u32>(pll, Pll.CONTROL), Offset.DIV_CTL0));
	return fin === 0
		? u64.MAX_VALUE
		: (<u64>load<u32>(pll, Pll.LOCK_CYCLES) * p * 1000000000) / fin;
}

/** LOCK follows after the lock time of the reference rate `fin` in Hz. */
export function startLocking(pll: usize, fin: u64): void {
	const ns = lockTime(pll, fin);
	const at = now() + ns;
	store<u64>(pll, at < ns ? u64.MAX_VALUE : at, Pll.LOCK_AT);
}

/** The bus reads a word of a PLL block: LOCK follows the time. */
export function readPllWord(register: usize): u32 {
	const value = load<u32>(register);
	const pll = pllWith(register);
	if (pll === 0 || <usize>load<u32>(pll, Pll.CONTROL) !== register)
		return value;
	const locked =
		(value & Gnrl.RESET_N) !== 0 && now() >= load<u64>(pll, Pll.LOCK_AT);
	return locked ? value | Gnrl.LOCK : value & ~Gnrl.LOCK;
}

/** Some bits of a register are about to change: forgets what PLLs have from them. Two may share a register. */
export function forgetPlls(register: usize, changed: u32): void {
	if (register < <usize>load<u32>(Address.STATE, State.FIRST_PLL)) return;
	const last = load<u32>(Address.STATE, State.LAST_PLL);
	if (register > <usize>last + Offset.DIV_CTL1) return;
	for (let i: u32 = 0; i < load<u32>(Address.STATE, State.PLL_COUNT); i++) {
		const pll = pllRow(i);
		const offset = <u32>register - load<u32>(pll, Pll.CONTROL);
		if (offset > <u32>Offset.DIV_CTL1) continue;
		let lost: u32 = 0;
		if (offset !== 0 || changed & Gnrl.BYPASS) lost |= ClockState.RATES;
		if (offset === 0 && changed & Gnrl.RESET_N) lost |= ClockState.STATES;
		forget(clockRow(load<u32>(pll, Pll.CLOCK)), lost);
	}
}

/** The bus writes a word of a PLL block. Returns the PLL that has to lock anew, or 0. */
export function writePllWord(register: usize, value: u32): usize {
	const pll = pllWith(register);
	if (pll === 0) {
		write(register, value);
		return 0;
	}
	const old = load<u32>(register);
	write(register, value);
	const control = load<u32>(pll, Pll.CONTROL);
	// Leaving reset, or another mdiv or pdiv while out of it.
	const locks =
		register === control
			? (value & ~old & Gnrl.RESET_N) !== 0
			: register === control + Offset.DIV_CTL0 &&
				((value ^ old) & MDIV_AND_PDIV) !== 0 &&
				pllOn(pll);
	return locks ? pll : 0;
}

/** The PLL that owns a register of its block, or 0. */
function pllWith(register: usize): usize {
	for (let i: u32 = 0; i < load<u32>(Address.STATE, State.PLL_COUNT); i++) {
		const pll = pllRow(i);
		if (<u32>register - load<u32>(pll, Pll.CONTROL) <= <u32>Offset.DIV_CTL1)
			return pll;
	}
	return 0;
}

/** Takes it out of reset and waits for LOCK. */
export function powerUpPll(pll: usize, fin: u64): void {
	const control = load<u32>(pll, Pll.CONTROL);
	if (!pllOn(pll)) {
		write(control, load<u32>(control) | Gnrl.RESET_N);
		startLocking(pll, fin);
	}
	waitForLock(pll);
}

/** Holds it in reset. */
export function powerDownPll(pll: usize): void {
	const control = load<u32>(pll, Pll.CONTROL);
	write(control, load<u32>(control) & ~Gnrl.RESET_N);
}

function waitForLock(pll: usize): void {
	const at = load<u64>(pll, Pll.LOCK_AT);
	// A PLL without a reference never locks: Linux gives up after 10 ms.
	const wait = at > now() ? at - now() : 0;
	pass(min<u64>(wait, 10000000));
}

// Settings under consideration: the best so far, kept in one u64 each so that nothing is allocated.
// DIV_CTL0 in the high half, DIV_CTL1 in the low one.
const NO_SETTING: u64 = u64.MAX_VALUE;

/** The register values that come closest to `rate`, or NO_SETTING when none lies in the rounding's direction. */
function settingFor(pll: usize, rate: u64, fin: u64, rounding: u32): u64 {
	if (fin === 0) return NO_SETTING;
	const exact = settingFromTable(pll, rate, fin, rounding, true);
	if (exact !== NO_SETTING) return exact;
	if (!load<u32>(pll, Pll.FRACTIONAL))
		return settingFromTable(pll, rate, fin, rounding, false);
	const near = settingByKdiv(pll, rate, fin, rounding);
	return near !== NO_SETTING ? near : settingBySearch(rate, fin, rounding);
}

function settingRate(pll: usize, setting: u64, fin: u64): u64 {
	const divCtl0 = <u32>(setting >> 32);
	return output(
		fin,
		factorOf(pll, divCtl0, <u32>setting),
		pdiv(divCtl0),
		sdiv(divCtl0),
	);
}

/** The table row that gives the rate exactly, or the best one. */
function settingFromTable(
	pll: usize,
	rate: u64,
	fin: u64,
	rounding: u32,
	exact: bool,
): u64 {
	const count = load<u32>(pll, Pll.RATE_COUNT);
	let best = NO_SETTING;
	let bestRate: u64 = 0;
	for (let i: u32 = 0; i < count; i++) {
		const row = load<u32>(pll, Pll.RATES) + i * PllRate.SIZE;
		const setting =
			((<u64>load<u32>(row, PllRate.DIV_CTL0)) << 32) |
			load<u32>(row, PllRate.DIV_CTL1);
		const rowRate = settingRate(pll, setting, fin);
		if (
			exact
				? rowRate === rate && best === NO_SETTING
				: better(rowRate, bestRate, best !== NO_SETTING, rate, rounding)
		) {
			best = setting;
			bestRate = rowRate;
		}
	}
	return best;
}

/** The factor, unclamped, whose output comes closest to `rate` with the rounding. `d` = pdiv * 65536 * 2^sdiv. */
function factorFor(rate: u64, fin: u64, d: u64, rounding: u32): u64 {
	if (rounding === Rounding.DOWN) return ((rate + 1) * d - 1) / fin;
	if (rounding === Rounding.UP) return (rate * d + fin - 1) / fin;
	const low = (rate * d) / fin;
	const below = rate - (fin * low) / d;
	const above = (fin * (low + 1)) / d - rate;
	return above < below ? low + 1 : low;
}

/** Only another kdiv, when the rate lies within its reach: no relocking. */
function settingByKdiv(pll: usize, rate: u64, fin: u64, rounding: u32): u64 {
	const divCtl0 = load<u32>(load<u32>(pll, Pll.CONTROL), Offset.DIV_CTL0);
	const p = pdiv(divCtl0);
	const s = sdiv(divCtl0);
	const m = mdiv(divCtl0);
	if (p === 0 || m < 64 || s > <u32>Limit.SDIV_MAX) return NO_SETTING;
	const lowest = ((<u64>m) << 16) - Limit.K_HALF;
	const highest = lowest + 0xffff;
	if (rate < output(fin, lowest, p, s) || rate > output(fin, highest, p, s))
		return NO_SETTING;
	const factor = min(
		max(factorFor(rate, fin, ((<u64>p) << 16) << s, rounding), lowest),
		highest,
	);
	return ((<u64>divCtl0) << 32) | ((factor - ((<u64>m) << 16)) & 0xffff);
}

/** pdiv 1..63, then sdiv 0..6, each with its best factor: the first of least error. */
function settingBySearch(rate: u64, fin: u64, rounding: u32): u64 {
	let best = NO_SETTING;
	let bestRate: u64 = 0;
	for (let p: u32 = 1; p <= <u32>Limit.PDIV_MAX; p++) {
		for (let s: u32 = 0; s <= <u32>Limit.SDIV_MAX; s++) {
			const wanted = factorFor(rate, fin, ((<u64>p) << 16) << s, rounding);
			const factor = min<u64>(
				max<u64>(wanted, Limit.FACTOR_MIN),
				Limit.FACTOR_MAX,
			);
			const candidate = output(fin, factor, p, s);
			if (!better(candidate, bestRate, best !== NO_SETTING, rate, rounding))
				continue;
			const m = <u32>((factor + Limit.K_HALF) >> 16);
			best =
				((<u64>((m << 12) | (p << 4) | s)) << 32) |
				((factor - ((<u64>m) << 16)) & 0xffff);
			bestRate = candidate;
			if (candidate === rate) return best;
		}
	}
	return best;
}

/** Lowest and highest rate that retuning reaches, in Hz. */
export function pllMinimum(fin: u64): u64 {
	return output(fin, Limit.FACTOR_MIN, Limit.PDIV_MAX, Limit.SDIV_MAX);
}
export function pllMaximum(fin: u64): u64 {
	return output(fin, Limit.FACTOR_MAX, 1, 0);
}

/** The rate of row `i` of an integer PLL's table, in Hz. */
export function pllTableRate(pll: usize, i: u32, fin: u64): u64 {
	const row = load<u32>(pll, Pll.RATES) + i * PllRate.SIZE;
	const setting =
		((<u64>load<u32>(row, PllRate.DIV_CTL0)) << 32) |
		load<u32>(row, PllRate.DIV_CTL1);
	return settingRate(pll, setting, fin);
}

/** The rate that retuning to `rate` would give, or u64.MAX_VALUE. */
export function pllReach(pll: usize, rate: u64, fin: u64, rounding: u32): u64 {
	const setting = settingFor(pll, rate, fin, rounding);
	return setting === NO_SETTING
		? u64.MAX_VALUE
		: settingRate(pll, setting, fin);
}

/** Retunes. With another mdiv or pdiv a running PLL goes through reset and the call waits for LOCK. */
export function retunePll(
	pll: usize,
	rate: u64,
	fin: u64,
	rounding: u32,
): bool {
	const setting = settingFor(pll, rate, fin, rounding);
	if (setting === NO_SETTING) return false;
	const control = load<u32>(pll, Pll.CONTROL);
	const divCtl0 = <u32>(setting >> 32);
	const relock =
		((divCtl0 ^ load<u32>(control, Offset.DIV_CTL0)) & MDIV_AND_PDIV) !== 0 &&
		pllOn(pll);
	if (relock) powerDownPll(pll);
	write(control + Offset.DIV_CTL0, divCtl0);
	if (load<u32>(pll, Pll.FRACTIONAL))
		write(control + Offset.DIV_CTL1, <u32>setting);
	// A PLL that was told its rate drives it: the internal bypass ends here.
	write(control, load<u32>(control) & ~Gnrl.BYPASS);
	if (relock) powerUpPll(pll, fin);
	return true;
}
