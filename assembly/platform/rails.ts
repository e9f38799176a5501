// Checks the supplies of a platform image, and makes their rows ready for use.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { Image, LoadError, Rail, RailLevel } from "../image";
import { Address, State } from "../layout";
import { check, failed, header, resolve, resolveName, state } from "./check";

/** Selectors are bits of 8-bit registers. */
const MAX_SELECTOR_BITS: u32 = 8;
/** ns in a second: no change takes longer. */
const MAX_NS: u32 = 1_000_000_000;

export function checkRails(): void {
	for (let i: u32 = 0; i < state(State.RAIL_COUNT) && !failed(); i++)
		checkRail(state(State.RAILS) + i * Rail.SIZE);
}

function checkRail(rail: usize): void {
	resolveName(rail + Rail.NAME);
	resolve(rail + Rail.REGISTER);
	resolve(rail + Rail.ENABLE_REGISTER);
	check(
		load<u32>(rail, Rail.ENABLE_MASK) !== 0,
		LoadError.RANGE,
		rail + Rail.ENABLE_MASK,
	);
	check(
		load<u32>(rail, Rail.ALWAYS_ON) <= 1,
		LoadError.RANGE,
		rail + Rail.ALWAYS_ON,
	);
	checkTime(rail + Rail.SETTLE_NS);
	checkTime(rail + Rail.ENABLE_NS);
	checkLevels(rail);
	if (!failed()) findUsable(rail);
	store<u64>(rail, 0, Rail.SETTLED_AT);
	store<u32>(rail, 0, Rail.PENDING);
	store<i32>(rail, 0, Rail.TARGET);
	store<u32>(rail, 0, Rail.ON_FOR);
	store<u32>(rail, 0, Rail.LEVEL_FOR);
}

function checkTime(field: usize): void {
	check(load<u32>(field) <= MAX_NS, LoadError.RANGE, field);
}

/** Every value of the selecting bits has one row, and levels never fall. */
function checkLevels(rail: usize): void {
	const first = load<u32>(rail, Rail.LEVELS);
	const count = load<u32>(rail, Rail.LEVEL_COUNT);
	const most = header(Image.RAIL_LEVELS + 4);
	const inside = first <= most && count <= most - first;
	if (!check(inside, LoadError.REFERENCE, rail + Rail.LEVELS)) return;
	const mask = load<u32>(rail, Rail.MASK);
	const bits = popcnt(mask);
	if (!check(bits <= MAX_SELECTOR_BITS, LoadError.RANGE, rail + Rail.MASK))
		return;
	const complete = count === (<u32>1) << bits;
	if (!check(complete, LoadError.RANGE, rail + Rail.LEVEL_COUNT)) return;
	const rows =
		Address.IMAGE + header(Image.RAIL_LEVELS) + first * RailLevel.SIZE;
	for (let i: u32 = 0; i < count; i++) {
		const row = rows + i * RailLevel.SIZE;
		const select = load<u32>(row, RailLevel.SELECT);
		check((select & ~mask) === 0, LoadError.RANGE, row);
		for (let other = rows; other < row; other += RailLevel.SIZE)
			check(load<u32>(other) !== select, LoadError.DUPLICATE, row);
		const ascending = i === 0 || levelAt(row - RailLevel.SIZE) <= levelAt(row);
		check(ascending, LoadError.RANGE, row + RailLevel.MICROVOLTS);
	}
	store<u32>(rail, <u32>rows, Rail.LEVELS);
}

function levelAt(row: usize): i32 {
	return load<i32>(row, RailLevel.MICROVOLTS);
}

/** Counts the different levels within the limits, at least one, and looks whether they have equal steps. */
function findUsable(rail: usize): void {
	const rows = load<u32>(rail, Rail.LEVELS);
	let count: u32 = 0;
	let step: i64 = 0;
	let equal: bool = true;
	let last: i32 = 0;
	for (let i: u32 = 0; i < load<u32>(rail, Rail.LEVEL_COUNT); i++) {
		const level = levelAt(rows + i * RailLevel.SIZE);
		if (level < load<i32>(rail, Rail.MIN) || level > load<i32>(rail, Rail.MAX))
			continue;
		if (count === 0) {
			store<u32>(rail, i, Rail.USABLE);
		} else {
			if (level === last) continue;
			const distance = <i64>level - <i64>last;
			if (count === 1) step = distance;
			else if (distance !== step) equal = false;
		}
		last = level;
		count++;
	}
	check(count !== 0, LoadError.RANGE, rail + Rail.MIN);
	store<u32>(rail, count, Rail.USABLE_COUNT);
	store<u32>(rail, equal && count > 2 ? <u32>step : 0, Rail.STEP);
}
