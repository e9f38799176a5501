// Checks the performance domains of a platform image and their operating points, and makes their rows ready for use.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { findBlock, linearAddress } from "../hardware/bus";
import { pointAt } from "../hardware/operating-points";
import {
	Block,
	BlockKind,
	FastChannels,
	Image,
	LoadError,
	OperatingPoint,
	Performance,
} from "../image";
import { Abi, Address, State } from "../layout";
import { lookLater } from "../scmi/performance-changes";
import { allowAll } from "../scmi/performance-levels";
import { check, failed, header, resolveName, state } from "./check";
import { isClock } from "./clocks";

/** Rates are told in kHz, in 32 bits. */
const MAX_RATE: u64 = 1 << 35;
/** Bits 19:0. */
const MAX_RATE_LIMIT: u32 = 0xfffff;
const MAX_LATENCY: u32 = 0xffff;

export function checkPerformance(): void {
	lookLater();
	for (let i: u32 = 0; i < state(State.PERFORMANCE_COUNT) && !failed(); i++)
		checkDomain(state(State.PERFORMANCE) + i * Performance.SIZE);
}

function checkDomain(domain: usize): void {
	resolveName(domain + Performance.NAME);
	check(
		isClock(load<u32>(domain, Performance.CLOCK)),
		LoadError.REFERENCE,
		domain + Performance.CLOCK,
	);
	check(
		load<u32>(domain, Performance.RAIL) < state(State.RAIL_COUNT),
		LoadError.REFERENCE,
		domain + Performance.RAIL,
	);
	checkRange(domain + Performance.RATE_LIMIT, MAX_RATE_LIMIT);
	checkRange(domain + Performance.INDEXING, 1);
	checkPoints(domain);
	if (load<u32>(domain, Performance.FAST) !== 0) checkFastChannels(domain);
	if (failed()) return;
	const last = load<u32>(domain, Performance.POINT_COUNT) - 1;
	memory.fill(
		domain + Performance.FAST_VERSION,
		0,
		Performance.SIZE - Performance.FAST_VERSION,
	);
	store<u32>(domain, last, Performance.MAX);
	store<u32>(domain, last, Performance.TOLD_MAX);
	for (let agent: u32 = 0; agent < <u32>Abi.MAX_AGENTS; agent++)
		allowAll(domain, agent);
}

function checkRange(field: usize, most: u32): void {
	check(load<u32>(field) <= most, LoadError.RANGE, field);
}

function checkPoints(domain: usize): void {
	const first = load<u32>(domain, Performance.POINTS);
	const count = load<u32>(domain, Performance.POINT_COUNT);
	const most = header(Image.OPERATING_POINTS + 4);
	const inside = first <= most && count <= most - first;
	if (!check(inside, LoadError.REFERENCE, domain + Performance.POINTS)) return;
	const some = count !== 0 && count <= <u32>Performance.LIMIT;
	if (!check(some, LoadError.RANGE, domain + Performance.POINT_COUNT)) return;
	check(
		load<u32>(domain, Performance.SUSTAINED) < count,
		LoadError.REFERENCE,
		domain + Performance.SUSTAINED,
	);
	store<u32>(
		domain,
		Address.IMAGE +
			header(Image.OPERATING_POINTS) +
			first * OperatingPoint.SIZE,
		Performance.POINTS,
	);
	let rate: u64 = 0;
	let level: u32 = 0;
	let index: u32 = 0;
	for (let i: u32 = 0; i < count; i++) {
		const point = pointAt(domain, i);
		const ascending =
			load<u64>(point, OperatingPoint.RATE) > rate &&
			load<u32>(point, OperatingPoint.LEVEL) > level &&
			load<u32>(point, OperatingPoint.INDEX) > index;
		rate = load<u64>(point, OperatingPoint.RATE);
		level = load<u32>(point, OperatingPoint.LEVEL);
		index = load<u32>(point, OperatingPoint.INDEX);
		check(ascending && rate <= MAX_RATE, LoadError.RANGE, point);
		checkRange(point + OperatingPoint.LATENCY, MAX_LATENCY);
	}
}

function checkFastChannels(domain: usize): void {
	const field = domain + Performance.FAST;
	const address = load<u32>(field);
	check((address & 7) === 0, LoadError.RANGE, field);
	const block = findBlock(address, FastChannels.SIZE);
	if (!check(block !== 0, LoadError.ADDRESS, field)) return;
	const isMemory = load<u32>(block, Block.KIND) === BlockKind.RAM;
	check(isMemory, LoadError.ADDRESS, field);
	const agent = load<u32>(domain, Performance.FAST_AGENT);
	check(
		agent !== 0 && agent < state(State.AGENT_COUNT),
		LoadError.REFERENCE,
		domain + Performance.FAST_AGENT,
	);
	checkRange(domain + Performance.FAST_RATE_LIMIT, MAX_RATE_LIMIT);
	store<u32>(
		domain,
		<u32>linearAddress(address, FastChannels.SIZE),
		Performance.FAST_LINEAR,
	);
}
