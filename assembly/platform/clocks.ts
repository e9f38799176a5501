// Checks the clocks and PLLs of a platform image, and makes their rows ready for use.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { findBlock } from "../hardware/bus";
import { PLATFORM, requestClock } from "../hardware/clock-gates";
import { positionOf } from "../hardware/clock-rate";
import { chain, hasField } from "../hardware/clock-registers";
import {
	clockRow,
	isCritical,
	kindOf,
	parentAt,
	parentCount,
} from "../hardware/clock-tree";
import { pllOf } from "../hardware/pll";
import {
	Block,
	BlockKind,
	Clock,
	ClockKind,
	Image,
	LoadError,
	Pll,
	PllRate,
} from "../image";
import { Address, State } from "../layout";
import {
	check,
	failed,
	header,
	resolve,
	resolveName,
	setState,
	state,
} from "./check";

/** Clocks and domains may be nested this deep. */
const MAX_DEPTH: u32 = 64;

export function checkPlls(): void {
	for (let i: u32 = 0; i < state(State.PLL_COUNT); i++) {
		const pll = state(State.PLLS) + i * Pll.SIZE;
		// All three registers must lie in a block that knows PLLs.
		const block = findBlock(load<u32>(pll, Pll.CONTROL), 12);
		const inside =
			block !== 0 && load<u32>(block, Block.KIND) === BlockKind.PLL;
		if (!check(inside, LoadError.ADDRESS, pll)) return;
		resolve(pll + Pll.CONTROL);
		const control = load<u32>(pll, Pll.CONTROL);
		if (i === 0 || control < state(State.FIRST_PLL))
			setState(State.FIRST_PLL, control);
		setState(State.LAST_PLL, max(control, state(State.LAST_PLL)));
		const first = load<u32>(pll, Pll.RATES);
		const count = load<u32>(pll, Pll.RATE_COUNT);
		const most = header(Image.PLL_RATES + 4);
		check(
			first <= most && count <= most - first,
			LoadError.REFERENCE,
			pll + Pll.RATES,
		);
		check(count <= 16, LoadError.RANGE, pll + Pll.RATE_COUNT);
		// An integer PLL has no rates but those of its table.
		const enough = count !== 0 || load<u32>(pll, Pll.FRACTIONAL) !== 0;
		check(enough, LoadError.RANGE, pll + Pll.RATE_COUNT);
		check(
			load<u32>(pll, Pll.FRACTIONAL) <= 1,
			LoadError.RANGE,
			pll + Pll.FRACTIONAL,
		);
		check(
			load<u32>(pll, Pll.LOCK_CYCLES) <= 1000000,
			LoadError.RANGE,
			pll + Pll.LOCK_CYCLES,
		);
		check(
			load<u32>(pll, Pll.CLOCK) < state(State.CLOCK_COUNT),
			LoadError.REFERENCE,
			pll + Pll.CLOCK,
		);
		store<u32>(
			pll,
			Address.IMAGE + header(Image.PLL_RATES) + first * PllRate.SIZE,
			Pll.RATES,
		);
		store<u64>(pll, 0, Pll.LOCK_AT);
	}
}

export function isClock(id: u32): bool {
	return (
		id < state(State.CLOCK_COUNT) && kindOf(clockRow(id)) > ClockKind.ALIAS
	);
}

export function checkClocks(): void {
	const count = state(State.CLOCK_COUNT);
	for (let id: u32 = 0; id < count && !failed(); id++)
		checkClock(clockRow(id), id);
	for (let id: u32 = 0; id < count && !failed(); id++)
		checkClockLinks(clockRow(id), id);
	for (let id: u32 = 0; id < count && !failed(); id++) {
		if (isClock(id))
			check(height(clockRow(id), 0) !== 0, LoadError.CYCLE, clockRow(id));
	}
	for (let id: u32 = 0; id < count; id++)
		store<u64>(clockRow(id), 0, Clock.RATE);
	for (let i: u32 = 0; i < state(State.PLL_COUNT) && !failed(); i++) {
		const pll = state(State.PLLS) + i * Pll.SIZE;
		const clock = clockRow(load<u32>(pll, Pll.CLOCK));
		const mutual =
			kindOf(clock) === ClockKind.PLL && load<u16>(clock, Clock.TARGET) === i;
		check(mutual, LoadError.REFERENCE, pll + Pll.CLOCK);
	}
}

/** The row by itself: ranges and addresses. */
function checkClock(clock: usize, _id: u32): void {
	const kind = kindOf(clock);
	if (!check(kind < ClockKind.COUNT, LoadError.RANGE, clock)) return;
	// Nothing is ever known of an ID without a clock of its own, an alias too.
	store<u16>(clock, 0, Clock.STATE);
	if (kind === ClockKind.NONE) return;
	resolveName(clock + Clock.NAME);
	if (kind === ClockKind.ALIAS) {
		check(
			isClock(load<u16>(clock, Clock.TARGET)),
			LoadError.REFERENCE,
			clock + Clock.TARGET,
		);
		return;
	}
	const shift: u32 = load<u8>(clock, Clock.SHIFT);
	const width: u32 = load<u8>(clock, Clock.WIDTH);
	let inputs: u32 = 1;
	switch (kind) {
		case ClockKind.FIXED:
			inputs = 0;
			break;
		case ClockKind.MUX:
			check(width >= 1 && width <= 7, LoadError.RANGE, clock + Clock.WIDTH);
			inputs = 1 << min<u32>(width, 7);
			break;
		case ClockKind.COMPOSITE:
			check(width >= 1 && width <= 6, LoadError.RANGE, clock + Clock.WIDTH);
			inputs = 8;
			break;
		case ClockKind.DIVIDER:
			check(width >= 1 && width <= 8, LoadError.RANGE, clock + Clock.WIDTH);
			break;
		case ClockKind.FIXED_FACTOR: {
			const mult = load<u32>(clock, Clock.MULT);
			const div = load<u32>(clock, Clock.DIV);
			check(mult >= 1 && mult <= 0xffff, LoadError.RANGE, clock + Clock.MULT);
			check(div >= 1 && div <= 0xffff, LoadError.RANGE, clock + Clock.DIV);
			break;
		}
		default:
			break;
	}
	check(shift + width <= 32, LoadError.RANGE, clock + Clock.SHIFT);
	check(
		parentCount(clock) === inputs,
		LoadError.RANGE,
		clock + Clock.PARENT_COUNT,
	);
	if (hasField(clock)) resolveRegister(clock + Clock.REGISTER);
	if (load<u32>(clock, Clock.GATE_REGISTER) !== 0) {
		const gateWidth: u32 = load<u8>(clock, Clock.GATE_WIDTH);
		check(
			gateWidth >= 1 && gateWidth <= 8,
			LoadError.RANGE,
			clock + Clock.GATE_WIDTH,
		);
		check(
			load<u8>(clock, Clock.GATE_SHIFT) + gateWidth <= 32,
			LoadError.RANGE,
			clock + Clock.GATE_SHIFT,
		);
		resolveRegister(clock + Clock.GATE_REGISTER);
	}
	const first = load<u32>(clock, Clock.PARENTS);
	const most = header(Image.PARENTS + 4);
	check(
		first <= most && inputs <= most - first,
		LoadError.REFERENCE,
		clock + Clock.PARENTS,
	);
	store<u64>(clock, 0, Clock.RATE);
	store<u32>(clock, 0, Clock.REQUESTS);
	store<u32>(clock, 0, Clock.USE_COUNT);
	store<u8>(clock, 0, Clock.HELD_PARENT);
	store<u32>(clock, 0, Clock.FIRST_CHILD);
	if (!failed()) chain(clock);
}

/** The register of a mux, divider or gate must lie where writes are noticed. */
function resolveRegister(field: usize): void {
	const block = findBlock(load<u32>(field), 4);
	const kind: u32 = block === 0 ? BlockKind.RAM : load<u32>(block, Block.KIND);
	const noticed = kind !== BlockKind.RAM && kind !== BlockKind.POWER;
	if (check(noticed, LoadError.ADDRESS, field)) resolve(field);
}

/** The rows that it points at. */
function checkClockLinks(clock: usize, id: u32): void {
	const kind = kindOf(clock);
	if (kind <= ClockKind.ALIAS) return;
	const parents = state(State.PARENTS) + (load<u32>(clock, Clock.PARENTS) << 1);
	for (let i: u32 = 0; i < parentCount(clock); i++) {
		check(
			isClock(load<u16>(parents + (i << 1))),
			LoadError.REFERENCE,
			parents + (i << 1),
		);
	}
	if (failed()) return;
	const target = load<u16>(clock, Clock.TARGET);
	if (kind === ClockKind.PLL) {
		// Changes of its registers are told to the clock that the row names.
		const owns =
			target < state(State.PLL_COUNT) &&
			load<u32>(pllOf(clock), Pll.CLOCK) === id;
		check(owns, LoadError.REFERENCE, clock + Clock.TARGET);
	} else if (kind === ClockKind.CPU) {
		checkCpu(clock, target);
	}
}

/** The parent is a mux with both the parking clock and the clock to retune among its inputs. */
function checkCpu(clock: usize, target: u32): void {
	const mux = parentAt(clock, 0);
	const park = load<u16>(clock, Clock.PARK);
	const known =
		isClock(park) && isClock(target) && kindOf(mux) === ClockKind.MUX;
	if (!check(known, LoadError.REFERENCE, clock + Clock.PARK)) return;
	const inputs = parentCount(mux);
	const linked =
		positionOf(mux, clockRow(park)) < inputs &&
		positionOf(mux, clockRow(target)) < inputs;
	check(linked, LoadError.REFERENCE, clock + Clock.PARK);
	const position: u32 = load<u8>(clock, Clock.PARK_PARENT);
	check(
		position < max<u32>(parentCount(clockRow(park)), 1),
		LoadError.RANGE,
		clock + Clock.PARK_PARENT,
	);
}

/** Levels below a clock, at least 1; 0 when it is its own ancestor or too deep. Kept in RATE: 1 under way, else height + 1. */
function height(clock: usize, depth: u32): u32 {
	const known = load<u64>(clock, Clock.RATE);
	if (known > 1) return <u32>known - 1;
	if (known === 1 || depth > MAX_DEPTH) return 0;
	store<u64>(clock, 1, Clock.RATE);
	let most: u32 = 0;
	for (let i: u32 = 0; i < parentCount(clock); i++) {
		const parent = height(parentAt(clock, i), depth + 1);
		if (parent === 0) return 0;
		most = max(most, parent);
	}
	if (most >= MAX_DEPTH) return 0;
	store<u64>(clock, most + 2, Clock.RATE);
	return most + 1;
}

export function holdCriticalClocks(): void {
	for (let id: u32 = 0; id < state(State.CLOCK_COUNT); id++) {
		const clock = clockRow(id);
		if (kindOf(clock) > ClockKind.ALIAS && isCritical(clock))
			requestClock(clock, PLATFORM, true);
	}
}
