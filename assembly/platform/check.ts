// What all checks of a platform image share: the first refusal and its place, names, addresses.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { linearAddress } from "../hardware/bus";
import { Image, LoadError } from "../image";
import { Address, State } from "../layout";

const MAX_NAME: u32 = 63;
/** Bytes of a name's short form, see Image.VENDOR. */
const SHORT_NAME: u32 = 16;

export function state(field: u32): u32 {
	return load<u32>(Address.STATE + field);
}

export function setState(field: u32, value: u32): void {
	store<u32>(Address.STATE + field, value);
}

export function header(field: u32): u32 {
	return load<u32>(Address.IMAGE + field);
}

export function failed(): bool {
	return state(State.LOAD_ERROR) !== LoadError.NONE;
}

/** Records the first refusal; `address` is where in linear memory, told as an offset in the image. */
export function check(holds: bool, error: u32, address: usize): bool {
	if (!holds && !failed()) {
		setState(State.LOAD_ERROR, error);
		setState(State.LOAD_ERROR_AT, <u32>(address - Address.IMAGE));
	}
	return holds;
}

/** Checks the name that the word at `field` points at: both forms of it. */
export function checkName(field: usize): void {
	const name = load<u32>(field);
	const size = header(Image.STRINGS + 4);
	const inside = name < size && size - name > SHORT_NAME;
	if (!check(inside, LoadError.REFERENCE, field)) return;
	const short = state(State.STRINGS) + name;
	let ended = false;
	for (let i: u32 = 0; i < SHORT_NAME; i++) {
		const isEnd = load<u8>(short + i) === 0;
		check(isEnd || !ended, LoadError.RANGE, field);
		ended = isEnd;
	}
	check(ended, LoadError.RANGE, field);
	// STRINGS ends with a NUL.
	let length: u32 = 0;
	while (load<u8>(short + SHORT_NAME + length) !== 0) length++;
	const fits = length === 0 || (length >= SHORT_NAME && length <= MAX_NAME);
	check(fits, LoadError.RANGE, field);
}

/** The same, and turns its offset in STRINGS into an address. */
export function resolveName(field: usize): void {
	checkName(field);
	store<u32>(field, state(State.STRINGS) + load<u32>(field));
}

/** Turns the physical address of a register at `field` into a linear one. */
export function resolve(field: usize): void {
	const physical = load<u32>(field);
	const linear = linearAddress(physical, 4);
	if (!check((physical & 3) === 0 && linear !== 0, LoadError.ADDRESS, field))
		return;
	store<u32>(field, <u32>linear);
}
