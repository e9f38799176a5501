// Supplies: the rails of a power management chip, on its selector registers and enable bits.
// SCMI 3.2 (Arm DEN0056E), section 4.9 calls them voltage domains.

import { Rail, RailLevel } from "../image";
import { Address, State } from "../layout";
import { now, pass } from "../sim/time";
import { write } from "./registers";

/** The row of a rail. */
export function railRow(id: u32): usize {
	return load<u32>(Address.STATE, State.RAILS) + id * Rail.SIZE;
}

/** The rail with an ID from outside, or 0. */
export function findRail(id: u32): usize {
	return id < load<u32>(Address.STATE, State.RAIL_COUNT) ? railRow(id) : 0;
}

/** A rail's ID: the index of its row. */
export function railId(rail: usize): u32 {
	return <u32>((rail - load<u32>(Address.STATE, State.RAILS)) / Rail.SIZE);
}

/** The row of RAIL_LEVELS in place `i` of a rail. */
function levelRow(rail: usize, i: u32): usize {
	return load<u32>(rail, Rail.LEVELS) + i * RailLevel.SIZE;
}

/** The level that the rail's registers give, in µV; also while it is off. */
export function railLevel(rail: usize): i32 {
	const word = load<u32>(load<u32>(rail, Rail.REGISTER));
	const select = word & load<u32>(rail, Rail.MASK);
	let i: u32 = 0;
	// load() has seen to it that every value of these bits has a row.
	while (load<u32>(levelRow(rail, i), RailLevel.SELECT) !== select) i++;
	return load<i32>(levelRow(rail, i), RailLevel.MICROVOLTS);
}

/** The first row with a level within the rail's limits, or 0. */
function findLevel(rail: usize, microvolts: i32): usize {
	if (microvolts > load<i32>(rail, Rail.MAX)) return 0;
	const count = load<u32>(rail, Rail.LEVEL_COUNT);
	for (let i = load<u32>(rail, Rail.USABLE); i < count; i++) {
		const row = levelRow(rail, i);
		if (load<i32>(row, RailLevel.MICROVOLTS) === microvolts) return row;
	}
	return 0;
}

/** Whether the rail can be set to exactly this level. */
export function hasRailLevel(rail: usize, microvolts: i32): bool {
	return findLevel(rail, microvolts) !== 0;
}

/** Writes `count` of the different levels that the rail can be set to, ascending, from the one in place `first`. */
export function writeLevels(
	rail: usize,
	first: u32,
	count: u32,
	to: usize,
): void {
	const end = first + count;
	let i = load<u32>(rail, Rail.USABLE);
	for (let place: u32 = 0; place < end; place++) {
		const level = load<i32>(levelRow(rail, i), RailLevel.MICROVOLTS);
		if (place >= first) store<i32>(to + ((place - first) << 2), level);
		if (place + 1 === end) return;
		while (load<i32>(levelRow(rail, i), RailLevel.MICROVOLTS) === level) i++;
	}
}

/** The virtual time at which a change to this level settles that begins now, behind one that has not settled yet. */
export function settlesAt(rail: usize, microvolts: i32): u64 {
	const begin = max(now(), load<u64>(rail, Rail.SETTLED_AT));
	return begin + changeNs(rail, railLevel(rail), microvolts);
}

/** Begins a change to a level that the rail has. Returns when it settles. */
export function startRailLevel(rail: usize, microvolts: i32): u64 {
	const settled = settlesAt(rail, microvolts);
	const register = load<u32>(rail, Rail.REGISTER);
	const others = load<u32>(register) & ~load<u32>(rail, Rail.MASK);
	const select = load<u32>(findLevel(rail, microvolts), RailLevel.SELECT);
	write(register, others | select);
	store<u64>(rail, settled, Rail.SETTLED_AT);
	return settled;
}

/** How long a change takes: a rail that is off, or there already, takes no time. */
function changeNs(rail: usize, from: i32, to: i32): u64 {
	if (from === to || !railIsOn(rail)) return 0;
	const settle = <u64>load<u32>(rail, Rail.SETTLE_NS);
	const rate = <u64>load<u32>(rail, Rail.RAMP_RATE);
	if (rate === 0) return settle;
	const distance = <u64>abs(<i64>to - <i64>from);
	return settle + (distance * 1000 + rate - 1) / rate;
}

/** Sets exactly this level in µV and waits until it has settled. False when the rail cannot have it. */
export function setRailLevel(rail: usize, microvolts: i32): bool {
	if (!hasRailLevel(rail, microvolts)) return false;
	pass(startRailLevel(rail, microvolts) - now());
	return true;
}

/** Whether all its enable bits are set. */
export function railIsOn(rail: usize): bool {
	const bits = load<u32>(rail, Rail.ENABLE_MASK);
	return (load<u32>(load<u32>(rail, Rail.ENABLE_REGISTER)) & bits) === bits;
}

/** Switches the rail and waits until it is on. False when it must not be switched off. */
export function setRail(rail: usize, on: bool): bool {
	if (!on && load<u32>(rail, Rail.ALWAYS_ON)) return false;
	if (railIsOn(rail) === on) return true;
	const register = load<u32>(rail, Rail.ENABLE_REGISTER);
	const bits = load<u32>(rail, Rail.ENABLE_MASK);
	const word = load<u32>(register);
	write(register, on ? word | bits : word & ~bits);
	if (on) pass(load<u32>(rail, Rail.ENABLE_NS));
	return true;
}
