// Short words for the clock and power messages that many tests need, on raw shared memory.
// SCMI 3.2 (Arm DEN0056E), sections 4.3 and 4.6, message IDs and payload offsets.

import { clockId } from "./imx8mm-facts.ts";
import { CLOCK, POWER, type Smt, u32, u64 } from "./smt.ts";

export const ROUND_DOWN = 0;
export const ROUND_UP = 4;
export const ROUND_AUTO = 8;

export const POWER_ON = 0;
export const POWER_OFF = 0x4000_0000;

/** CLOCK_RATE_GET by ID. */
export function rateById(smt: Smt, id: number): bigint {
	const [low, high] = smt.words(CLOCK, 0x6, u32(id)) as [number, number];
	return (BigInt(high) << 32n) | BigInt(low);
}

export function rate(smt: Smt, name: string): bigint {
	return rateById(smt, clockId(name));
}

/** CLOCK_RATE_SET; returns the status. */
export function trySetRate(
	smt: Smt,
	name: string,
	hz: bigint,
	flags = ROUND_DOWN,
): number {
	return smt.status(CLOCK, 0x5, [...u32(flags, clockId(name)), ...u64(hz)]);
}

/** CLOCK_RATE_SET that must succeed; returns the rate that came out. */
export function setRate(
	smt: Smt,
	name: string,
	hz: bigint,
	flags = ROUND_DOWN,
): bigint {
	smt.expect(CLOCK, 0x5, [...u32(flags, clockId(name)), ...u64(hz)], []);
	return rate(smt, name);
}

/** Bit 0 of CLOCK_ATTRIBUTES. */
export function enabled(smt: Smt, name: string): boolean {
	const [attributes] = smt.words(CLOCK, 0x3, u32(clockId(name)));
	return ((attributes as number) & 1) === 1;
}

/** CLOCK_CONFIG_SET in the layout of version 3.0; must succeed. */
export function enable(smt: Smt, name: string, on = true): void {
	smt.expect(CLOCK, 0x7, u32(clockId(name), on ? 1 : 0, 0), []);
}

export function disable(smt: Smt, name: string): void {
	enable(smt, name, false);
}

/** CLOCK_PARENT_SET; must succeed. */
export function setParent(smt: Smt, name: string, parent: string): void {
	smt.expect(CLOCK, 0xd, u32(clockId(name), clockId(parent)), []);
}

/** CLOCK_PARENT_GET: the parent's ID. */
export function parent(smt: Smt, name: string): number {
	return smt.words(CLOCK, 0xe, u32(clockId(name)))[0] as number;
}

/** POWER_STATE_SET; returns the status. */
export function setPower(smt: Smt, domain: number, on: boolean): number {
	return smt.status(POWER, 0x4, u32(0, domain, on ? POWER_ON : POWER_OFF));
}

/** POWER_STATE_SET that must succeed. */
export function power(smt: Smt, domain: number, on: boolean): void {
	smt.expect(POWER, 0x4, u32(0, domain, on ? POWER_ON : POWER_OFF), []);
}

/** POWER_STATE_GET: whether a domain is on. */
export function isPowered(smt: Smt, domain: number): boolean {
	return smt.words(POWER, 0x5, u32(domain))[0] === POWER_ON;
}
