// Checks the power controller and the power domains of a platform image, and makes their rows ready for use.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { findBlock } from "../hardware/bus";
import {
	Block,
	BlockKind,
	Domain,
	Handshake,
	Image,
	Index,
	LoadError,
	PowerController,
	Switch,
} from "../image";
import { Address, State } from "../layout";
import { check, failed, header, resolve, resolveName, state } from "./check";
import { isClock } from "./clocks";

/** Clocks and domains may be nested this deep. */
const MAX_DEPTH: u32 = 64;

export function checkPower(): void {
	const power = Address.IMAGE + Image.POWER;
	const switches = state(State.SWITCH_COUNT);
	const handshakes = state(State.HANDSHAKE_COUNT);
	if (switches !== 0 || handshakes !== 0) {
		resolvePower(power + PowerController.UP_REQUEST);
		resolvePower(power + PowerController.DOWN_REQUEST);
		resolvePower(power + PowerController.MAPPING);
		resolvePower(power + PowerController.HANDSHAKE);
	}
	for (let i: u32 = 0; i < switches; i++) {
		const row = state(State.SWITCHES) + i * Switch.SIZE;
		resolvePower(row + Switch.CONTROL);
		resolvePower(row + Switch.STATUS);
		store<u64>(row, 0, Switch.PENDING_AT);
		store<u32>(row, 0, Switch.PENDING);
	}
	for (let i: u32 = 0; i < handshakes; i++) {
		const row = state(State.HANDSHAKES) + i * Handshake.SIZE;
		check(
			within(load<u32>(row, Handshake.SWITCHES), switches),
			LoadError.REFERENCE,
			row + Handshake.SWITCHES,
		);
		store<u32>(row, 0, Handshake.PENDING);
		store<u64>(row, 0, Handshake.PENDING_AT);
	}
	for (let i: u32 = 0; i < state(State.DOMAIN_COUNT) && !failed(); i++) {
		checkDomain(state(State.DOMAINS) + i * Domain.SIZE, switches, handshakes);
	}
}

/** What the controller changes by itself: in another kind of block nobody would notice, and a clock may have its mux there. */
function resolvePower(field: usize): void {
	const block = findBlock(load<u32>(field), 4);
	const owned = block !== 0 && load<u32>(block, Block.KIND) === BlockKind.POWER;
	if (check(owned, LoadError.ADDRESS, field)) resolve(field);
}

/** Whether a mask has bits for the first `count` rows only. */
function within(mask: u32, count: u32): bool {
	return count >= 32 || mask >> count === 0;
}

function checkDomain(domain: usize, switches: u32, handshakes: u32): void {
	resolveName(domain + Domain.NAME);
	const regions = load<u32>(domain, Domain.SWITCHES);
	const shakes = load<u32>(domain, Domain.HANDSHAKES);
	check(
		within(regions, switches),
		LoadError.REFERENCE,
		domain + Domain.SWITCHES,
	);
	check(
		within(shakes, handshakes),
		LoadError.REFERENCE,
		domain + Domain.HANDSHAKES,
	);
	check((regions | shakes) !== 0, LoadError.RANGE, domain + Domain.SWITCHES);
	check(
		load<u16>(domain, Domain.KEEPS_CLOCKS) <= 1,
		LoadError.RANGE,
		domain + Domain.KEEPS_CLOCKS,
	);
	const first = load<u32>(domain, Domain.CLOCKS);
	const count = load<u32>(domain, Domain.CLOCK_COUNT);
	const most = header(Image.DOMAIN_CLOCKS + 4);
	if (
		!check(
			first <= most && count <= most - first,
			LoadError.REFERENCE,
			domain + Domain.CLOCKS,
		)
	)
		return;
	const clocks = Address.IMAGE + header(Image.DOMAIN_CLOCKS) + (first << 1);
	for (let i: u32 = 0; i < count; i++) {
		check(
			isClock(load<u16>(clocks + (i << 1))),
			LoadError.REFERENCE,
			clocks + (i << 1),
		);
	}
	store<u32>(domain, <u32>clocks, Domain.CLOCKS);
	store<u32>(domain, 0, Domain.REQUESTS);
	store<u32>(domain, 0, Domain.USE_COUNT);
	store<u32>(domain, 0, Domain.HOLDS_CLOCKS);
	store<u32>(domain, 0, Domain.STATE_AT);
	let above = domain;
	for (
		let depth: u32 = 0;
		load<u16>(above, Domain.PARENT) !== Index.NONE;
		depth++
	) {
		const parent = load<u16>(above, Domain.PARENT);
		if (
			!check(
				parent < state(State.DOMAIN_COUNT),
				LoadError.REFERENCE,
				above + Domain.PARENT,
			)
		)
			return;
		if (!check(depth < MAX_DEPTH, LoadError.CYCLE, domain + Domain.PARENT))
			return;
		above = state(State.DOMAINS) + parent * Domain.SIZE;
	}
}
