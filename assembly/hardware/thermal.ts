// A thermal unit, and what it measures: a body that a clock and its supply heat, with one thermal resistance and capacity.
// Registers as in the i.MX 8M Mini's TMU (reference manual, chapter on the thermal monitoring unit); the model is a textbook's.
//
// While the power stays the same, the temperature T after a time t is known in closed form:
//
//   T = steady + (T0 - steady) * e^(-t / timeConstant),   steady = ambient + resistance * power
//
// T0 and its time change only when the power does, never by being looked at. So it does not matter in how many steps
// time passes, and a long time costs no more than a short one. All of it is integer arithmetic, the same everywhere.

import { SensorKind, Thermal } from "../image";
import { Address, State } from "../layout";
import { now } from "../sim/time";
import { clockRow, isRunning, rateOf } from "./clock-tree";
import { railIsOn, railLevel, railRow } from "./rails";
import { generation, write } from "./registers";

/** No value: the unit does not measure, or not this. */
export const NO_READING: i64 = i64.MIN_VALUE;

/** 1 and 1/e with 32 fractional bits. */
const ONE: u64 = 0x1_0000_0000;
const ONE_BY_E: u64 = 0x5e2d_58d9;
/** After so many time constants nothing is left that 32 bits can tell. */
const FORGOTTEN: u64 = 23;
/** No steady temperature is higher, in µ°C: differences keep clear of 2^31. */
const HOTTEST: i64 = 1_000_000_000;
/** No supply is higher, in mV. */
const MAX_MILLIVOLTS: i32 = 10_000;
/** The longest that a change of power by a trap may go unnoticed, in ns. */
const SOON: u64 = 1_000_000;

/** Its row; 0 without one, and in an image that was refused. */
function unit(): usize {
	return load<u32>(Address.STATE, State.IMAGE_LENGTH) === 0
		? 0
		: <usize>load<u32>(Address.STATE, State.THERMAL);
}

/** The power in µW that the registers give. */
function powerNow(thermal: usize): u32 {
	const rail = railRow(load<u32>(thermal, Thermal.RAIL));
	if (!railIsOn(rail)) return 0;
	const level = max<i32>(railLevel(rail) / 1000, 0);
	const millivolts = <u64>min<i32>(level, MAX_MILLIVOLTS);
	const clock = clockRow(load<u32>(thermal, Thermal.CLOCK));
	const kilohertz = isRunning(clock) ? rateOf(clock) / 1000 : 0;
	const bySquare =
		(load<u32>(thermal, Thermal.DYNAMIC_POWER) * kilohertz) / 1000 +
		load<u32>(thermal, Thermal.STATIC_POWER);
	const power = (bySquare * millivolts * millivolts) / 1_000_000;
	return <u32>min<u64>(power, u32.MAX_VALUE);
}

/** Where the temperature goes with the present power, in µ°C. */
function steady(thermal: usize): i64 {
	const power = <u64>load<u32>(thermal, Thermal.POWER);
	const rise = (power * load<u32>(thermal, Thermal.RESISTANCE)) / 1000;
	const ambient = <i64>load<i32>(thermal, Thermal.AMBIENT) * 1000;
	return min<i64>(ambient + <i64>min<u64>(rise, <u64>HOTTEST * 2), HOTTEST);
}

/** e^(-elapsed / constant) with 32 fractional bits; both in µs, the constant below 2^32. */
function decay(elapsed: u64, constant: u64): u64 {
	const whole = elapsed / constant;
	if (whole >= FORGOTTEN) return 0;
	const x = ((elapsed % constant) << 32) / constant;
	// The power series for x below 1, from its last term that counts.
	let left = ONE;
	for (let k: u64 = 13; k > 0; k--) left = ONE - ((x * left) >> 32) / k;
	for (let k: u64 = 0; k < whole; k++) left = (left * ONE_BY_E) >> 32;
	return left;
}

/** The temperature in µ°C, with the power that was last looked at. */
function temperature(thermal: usize): i64 {
	const end = steady(thermal);
	const distance = load<i64>(thermal, Thermal.TEMPERATURE) - end;
	const elapsed = (now() - load<u64>(thermal, Thermal.SINCE)) / 1000;
	const left = decay(elapsed, load<u32>(thermal, Thermal.TIME_CONSTANT));
	return end + ((distance * <i64>left) >> 32);
}

/** Looks whether the power has changed: to be called when registers may have, before time passes and before a reading. */
export function followPower(): void {
	if (load<u32>(Address.STATE, State.THERMAL_GENERATION) === generation())
		return;
	store<u32>(Address.STATE, generation(), State.THERMAL_GENERATION);
	const thermal = unit();
	if (thermal !== 0) lookAtPower(thermal);
}

function lookAtPower(thermal: usize): void {
	store<u64>(thermal, now(), Thermal.LOOKED_AT);
	const power = powerNow(thermal);
	if (power === load<u32>(thermal, Thermal.POWER)) return;
	store<i64>(thermal, temperature(thermal), Thermal.TEMPERATURE);
	store<u64>(thermal, now(), Thermal.SINCE);
	store<u32>(thermal, power, Thermal.POWER);
}

/** The same from within a series of traps, few of which change the power: at most once in a while. */
export function followPowerSoon(): void {
	const thermal = unit();
	if (thermal !== 0 && now() - load<u64>(thermal, Thermal.LOOKED_AT) < SOON)
		return;
	followPower();
}

/** Virtual time at which the next trap is to call {@link followPowerSoon}; the end of time while nothing has changed, 0 without a unit. */
export function powerLook(): u64 {
	if (load<u32>(Address.STATE, State.THERMAL_GENERATION) === generation())
		return u64.MAX_VALUE;
	const thermal = unit();
	return thermal === 0 ? 0 : load<u64>(thermal, Thermal.LOOKED_AT) + SOON;
}

/** Begins at the temperature around it. */
export function coolDown(thermal: usize): void {
	const ambient = <i64>load<i32>(thermal, Thermal.AMBIENT) * 1000;
	store<u32>(thermal, 0, Thermal.POWER);
	store<i64>(thermal, ambient, Thermal.TEMPERATURE);
	store<u64>(thermal, 0, Thermal.SINCE);
	lookAtPower(thermal);
}

/** What the unit measures in m°C, or the model's power in mW; NO_READING of a temperature while it does not measure. */
export function thermalReading(kind: u32): i64 {
	const thermal = unit();
	followPower();
	if (kind === SensorKind.POWER)
		return load<u32>(thermal, Thermal.POWER) / 1000;
	const bits = load<u32>(thermal, Thermal.ENABLE_MASK);
	const enable = load<u32>(load<u32>(thermal, Thermal.ENABLE_REGISTER));
	if ((enable & bits) !== bits) return NO_READING;
	const reading = temperature(thermal) / 1000;
	const measurable =
		reading >= load<i32>(thermal, Thermal.MIN) &&
		reading <= load<i32>(thermal, Thermal.MAX);
	return measurable ? reading : NO_READING;
}

/** Reads a word of the unit's block. */
export function readThermalWord(register: usize): u32 {
	const thermal = unit();
	if (
		thermal === 0 ||
		register !== load<u32>(thermal, Thermal.READING_REGISTER)
	)
		return load<u32>(register);
	const reading = thermalReading(SensorKind.TEMPERATURE);
	if (reading === NO_READING) return 0;
	return <u8>(reading / 1000) | load<u32>(thermal, Thermal.VALID_MASK);
}

/** Writes a word of the unit's block; its reading is read-only. */
export function writeThermalWord(register: usize, value: u32): void {
	const thermal = unit();
	if (
		thermal === 0 ||
		register !== load<u32>(thermal, Thermal.READING_REGISTER)
	)
		write(register, value);
}
