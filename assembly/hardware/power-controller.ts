// The power controller's hardware: request bits that complete after a while, handshakes that are acknowledged.
// i.MX 8M Mini reference manual, chapter 5.2 (GPC), registers PU_PGC_SW_PUP_REQ, _PDN_REQ, PGC_CPU_MAPPING, PU_PWRHSK, PGC_nCTRL, _SR.

import { Domain, Handshake, Pending, PowerController, Switch } from "../image";
import { Address, State } from "../layout";
import { callAttention, now } from "../sim/time";

/** PGC control: power down enable. PGC status: the region is off. */
const POWER_DOWN_ENABLE: u32 = 1;
const REGION_OFF: u32 = 1;

/** Linear address of one of the shared registers; 0 when the platform has no power controller. */
export function powerRegister(which: u32): usize {
	return load<u32>(load<u32>(Address.STATE, State.POWER) + which);
}

export function switchRow(i: u32): usize {
	return load<u32>(Address.STATE, State.SWITCHES) + i * Switch.SIZE;
}

export function handshakeRow(i: u32): usize {
	return load<u32>(Address.STATE, State.HANDSHAKES) + i * Handshake.SIZE;
}

function switchCount(): u32 {
	return load<u32>(Address.STATE, State.SWITCH_COUNT);
}

function handshakeCount(): u32 {
	return load<u32>(Address.STATE, State.HANDSHAKE_COUNT);
}

function parameter(which: u32): u32 {
	return load<u32>(load<u32>(Address.STATE, State.POWER) + which);
}

/** Whether a region has power. */
function switchIsOn(region: usize): bool {
	return (load<u32>(load<u32>(region, Switch.STATUS)) & REGION_OFF) === 0;
}

/** Whether every region of a mask over SWITCHES has power. */
export function switchesAreOn(mask: u32): bool {
	for (let rest = mask; rest !== 0; rest &= rest - 1) {
		if (!switchIsOn(switchRow(ctz(rest)))) return false;
	}
	return true;
}

/**
 * Completes what is due at the present virtual time: one moment after the other, so that it does not matter who
 * looked when.
 */
export function settlePower(): void {
	const time = now();
	while (true) {
		const due = load<u64>(Address.STATE, State.POWER_DUE);
		if (time < due || due === u64.MAX_VALUE) return;
		store<u64>(Address.STATE, u64.MAX_VALUE, State.POWER_DUE);
		completeUntil(due);
	}
}

/** Completes what is due by `moment`, in ns, and finds what is next. */
function completeUntil(moment: u64): void {
	const regions = switchCount();
	for (let i: u32 = 0; i < regions; i++) {
		const region = switchRow(i);
		const pending = load<u32>(region, Switch.PENDING);
		if (pending === Pending.NONE) continue;
		const at = load<u64>(region, Switch.PENDING_AT);
		if (at <= moment) completeSwitch(region, i, pending);
		else expect(at);
	}
	const handshakes = handshakeCount();
	for (let i: u32 = 0; i < handshakes; i++) {
		const row = handshakeRow(i);
		if (!load<u32>(row, Handshake.PENDING)) continue;
		const at = load<u64>(row, Handshake.PENDING_AT);
		if (at <= moment) completeHandshake(row);
		else expect(at);
	}
}

/** Something completes at `at`: look again then at the latest. */
function expect(at: u64): void {
	const due = load<u64>(Address.STATE, State.POWER_DUE);
	store<u64>(Address.STATE, min(at, due), State.POWER_DUE);
	callAttention();
}

/** A region or an acknowledge may have changed, and with it the state of a power domain. */
function countChange(): void {
	let changes = load<u32>(Address.STATE, State.POWER_CHANGES) + 1;
	if (changes === 0) {
		// After 2^32 changes a state from long ago could look fresh: forget them all.
		const domains = load<u32>(Address.STATE, State.DOMAINS);
		const count = load<u32>(Address.STATE, State.DOMAIN_COUNT);
		for (let i: u32 = 0; i < count; i++)
			store<u32>(domains + i * Domain.SIZE, 0, Domain.STATE_AT);
		changes = 1;
	}
	store<u32>(Address.STATE, changes, State.POWER_CHANGES);
}

function completeHandshake(row: usize): void {
	countChange();
	const handshake = powerRegister(PowerController.HANDSHAKE);
	store<u32>(row, 0, Handshake.PENDING);
	const word = load<u32>(handshake);
	const acknowledge = load<u32>(row, Handshake.ACKNOWLEDGE);
	const requested = (word & load<u32>(row, Handshake.REQUEST)) !== 0;
	const answers =
		requested && switchesAreOn(load<u32>(row, Handshake.SWITCHES));
	store<u32>(handshake, answers ? word | acknowledge : word & ~acknowledge);
}

function completeSwitch(region: usize, index: u32, pending: u32): void {
	const at = load<u64>(region, Switch.PENDING_AT);
	countChange();
	store<u32>(region, Pending.NONE, Switch.PENDING);
	const request = powerRegister(
		pending === Pending.UP
			? PowerController.UP_REQUEST
			: PowerController.DOWN_REQUEST,
	);
	store<u32>(request, load<u32>(request) & ~load<u32>(region, Switch.REQUEST));
	const status = load<u32>(region, Switch.STATUS);
	if (pending === Pending.UP) {
		store<u32>(status, load<u32>(status) & ~REGION_OFF);
	} else if (load<u32>(load<u32>(region, Switch.CONTROL)) & POWER_DOWN_ENABLE) {
		store<u32>(status, load<u32>(status) | REGION_OFF);
	}
	// A bus that gains or loses power answers its handshake anew.
	const handshakes = handshakeCount();
	for (let i: u32 = 0; i < handshakes; i++) {
		const row = handshakeRow(i);
		if (load<u32>(row, Handshake.SWITCHES) & (1 << index))
			startHandshake(row, at);
	}
}

/** The acknowledge follows a change at `since`, in ns. */
function startHandshake(row: usize, since: u64): void {
	const at = since + parameter(PowerController.HANDSHAKE_NS);
	store<u32>(row, 1, Handshake.PENDING);
	store<u64>(row, at, Handshake.PENDING_AT);
	expect(at);
}

/** The bus reads a word of the power controller's block. */
export function readPowerWord(register: usize): u32 {
	settlePower();
	return load<u32>(register);
}

/** The bus writes a word of the power controller's block. */
export function writePowerWord(register: usize, value: u32): void {
	settlePower();
	if (register === powerRegister(PowerController.UP_REQUEST)) {
		request(register, value, Pending.UP);
	} else if (register === powerRegister(PowerController.DOWN_REQUEST)) {
		request(register, value, Pending.DOWN);
	} else if (register === powerRegister(PowerController.HANDSHAKE)) {
		writeHandshake(register, value);
	} else if (!isStatus(register)) {
		store<u32>(register, value);
	}
	settlePower();
}

// Setting a bit starts a request; hardware clears it. A region that is not mapped to a CPU takes no requests.
function request(register: usize, value: u32, direction: u32): void {
	const mapping = load<u32>(powerRegister(PowerController.MAPPING));
	const count = switchCount();
	let accepted = load<u32>(register);
	for (let i: u32 = 0; i < count; i++) {
		const region = switchRow(i);
		const bit = load<u32>(region, Switch.REQUEST);
		if (!(value & bit) || !(mapping & load<u32>(region, Switch.MAPPING)))
			continue;
		if (load<u32>(region, Switch.PENDING) !== Pending.NONE) continue;
		accepted |= bit;
		const at = now() + parameter(PowerController.SWITCH_NS);
		store<u32>(region, direction, Switch.PENDING);
		store<u64>(region, at, Switch.PENDING_AT);
		expect(at);
	}
	store<u32>(register, accepted);
}

// Acknowledge bits are read-only; each follows its request bit.
function writeHandshake(register: usize, value: u32): void {
	const old = load<u32>(register);
	const count = handshakeCount();
	let acknowledges: u32 = 0;
	for (let i: u32 = 0; i < count; i++) {
		const row = handshakeRow(i);
		acknowledges |= load<u32>(row, Handshake.ACKNOWLEDGE);
		if ((value ^ old) & load<u32>(row, Handshake.REQUEST))
			startHandshake(row, now());
	}
	store<u32>(register, (value & ~acknowledges) | (old & acknowledges));
}

function isStatus(register: usize): bool {
	const count = switchCount();
	for (let i: u32 = 0; i < count; i++) {
		if (<usize>load<u32>(switchRow(i), Switch.STATUS) === register) return true;
	}
	return false;
}

/** Power down enable of every region in a mask over SWITCHES. */
export function enablePowerDown(mask: u32, enable: bool): void {
	const count = switchCount();
	for (let i: u32 = 0; i < count; i++) {
		if (!(mask & (1 << i))) continue;
		const control = load<u32>(switchRow(i), Switch.CONTROL);
		const word = load<u32>(control);
		store<u32>(
			control,
			enable ? word | POWER_DOWN_ENABLE : word & ~POWER_DOWN_ENABLE,
		);
	}
}
