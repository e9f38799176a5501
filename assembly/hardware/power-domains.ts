// Power domains: requests of agents, use counts, and the firmware's register sequence that switches a domain.
// Sequence as Linux's imx gpcv2 driver has it: mapping, request, power down enable, handshake; parents on first, off last.

import {
	Domain,
	Handshake,
	Index,
	Pending,
	PowerController,
	Switch,
} from "../image";
import { Address, State } from "../layout";
import { now, pass } from "../sim/time";
import { dropClock, holdClock } from "./clock-gates";
import { clockRow } from "./clock-tree";
import {
	enablePowerDown,
	handshakeRow,
	powerRegister,
	readPowerWord,
	settlePower,
	switchesAreOn,
	switchRow,
	writePowerWord,
} from "./power-controller";

export function domainRow(id: u32): usize {
	return load<u32>(Address.STATE, State.DOMAINS) + id * Domain.SIZE;
}

/** The domain with an ID from outside, or 0. */
export function findDomain(id: u32): usize {
	return id < load<u32>(Address.STATE, State.DOMAIN_COUNT) ? domainRow(id) : 0;
}

function parentDomain(domain: usize): usize {
	const parent = load<u16>(domain, Domain.PARENT);
	return parent === Index.NONE ? 0 : domainRow(parent);
}

/** Whether all its regions have power and all its handshakes stand. */
export function domainIsOn(domain: usize): bool {
	settlePower();
	if (!switchesAreOn(load<u32>(domain, Domain.SWITCHES))) return false;
	const acknowledges = handshakeBits(
		load<u32>(domain, Domain.HANDSHAKES),
		Handshake.ACKNOWLEDGE,
	);
	return (
		acknowledges === 0 ||
		(load<u32>(powerRegister(PowerController.HANDSHAKE)) & acknowledges) ===
			acknowledges
	);
}

/** An agent's request: on or off. False when the hardware did not answer; nothing is held then. */
export function requestDomain(domain: usize, agent: u32, on: bool): bool {
	const requests = load<u32>(domain, Domain.REQUESTS);
	const bit: u32 = 1 << agent;
	if (on) {
		if (!(requests & bit)) {
			if (!holdDomain(domain)) return false;
			store<u32>(domain, requests | bit, Domain.REQUESTS);
		}
		// Held already, perhaps switched off by register writes since.
		if (domainIsOn(domain) || switchOn(domain)) return true;
		store<u32>(domain, requests & ~bit, Domain.REQUESTS);
		dropDomain(domain);
		return false;
	}
	if (requests & bit) {
		store<u32>(domain, requests & ~bit, Domain.REQUESTS);
		return dropDomain(domain);
	}
	// On without anybody's request: left so by whoever wrote the registers.
	return (
		load<u32>(domain, Domain.USE_COUNT) !== 0 ||
		!domainIsOn(domain) ||
		switchOff(domain)
	);
}

function holdDomain(domain: usize): bool {
	const count = load<u32>(domain, Domain.USE_COUNT);
	if (count === 0) {
		const parent = parentDomain(domain);
		if (parent !== 0 && !holdDomain(parent)) return false;
		if (!switchOn(domain)) {
			if (parent !== 0) dropDomain(parent);
			return false;
		}
	}
	store<u32>(domain, count + 1, Domain.USE_COUNT);
	return true;
}

function dropDomain(domain: usize): bool {
	const count = load<u32>(domain, Domain.USE_COUNT) - 1;
	store<u32>(domain, count, Domain.USE_COUNT);
	if (count !== 0) return true;
	const off = switchOff(domain);
	const parent = parentDomain(domain);
	return (parent === 0 || dropDomain(parent)) && off;
}

function switchOn(domain: usize): bool {
	const regions = load<u32>(domain, Domain.SWITCHES);
	const handshakes = load<u32>(domain, Domain.HANDSHAKES);
	holdDomainClocks(domain);
	finishPending(regions);
	let done: bool = true;
	if (regions !== 0 && !switchesAreOn(regions)) {
		done = requestSwitches(regions, PowerController.UP_REQUEST);
		enablePowerDown(regions, false);
	}
	if (done && handshakes !== 0) done = shakeHands(handshakes, true);
	if (!done || !load<u16>(domain, Domain.KEEPS_CLOCKS))
		dropDomainClocks(domain);
	return done;
}

function switchOff(domain: usize): bool {
	const regions = load<u32>(domain, Domain.SWITCHES);
	const handshakes = load<u32>(domain, Domain.HANDSHAKES);
	holdDomainClocks(domain);
	finishPending(regions);
	let done: bool = handshakes === 0 || shakeHands(handshakes, false);
	if (done && regions !== 0) {
		enablePowerDown(regions, true);
		done = requestSwitches(regions, PowerController.DOWN_REQUEST);
	}
	dropDomainClocks(domain);
	return done;
}

/** The bits of one field over the rows of a mask over HANDSHAKES. */
function handshakeBits(mask: u32, which: usize): u32 {
	let bits: u32 = 0;
	for (let rest = mask; rest !== 0; rest &= rest - 1) {
		bits |= load<u32>(handshakeRow(ctz(rest)) + which);
	}
	return bits;
}

/** The bits of one field over the rows of a mask over SWITCHES. */
function switchBits(mask: u32, which: usize): u32 {
	let bits: u32 = 0;
	for (let rest = mask; rest !== 0; rest &= rest - 1) {
		bits |= load<u32>(switchRow(ctz(rest)) + which);
	}
	return bits;
}

/** Waits for requests that somebody else has made: hardware takes no other one meanwhile. */
function finishPending(regions: u32): void {
	settlePower();
	for (let rest = regions; rest !== 0; rest &= rest - 1) {
		const region = switchRow(ctz(rest));
		if (load<u32>(region, Switch.PENDING) === Pending.NONE) continue;
		pass(load<u64>(region, Switch.PENDING_AT) - now());
		settlePower();
	}
}

/** Maps the regions to the CPUs, writes their request bits and waits until hardware clears them. */
function requestSwitches(regions: u32, which: u32): bool {
	const mapping = powerRegister(PowerController.MAPPING);
	writePowerWord(
		mapping,
		readPowerWord(mapping) | switchBits(regions, Switch.MAPPING),
	);
	const register = powerRegister(which);
	const bits = switchBits(regions, Switch.REQUEST);
	writePowerWord(register, readPowerWord(register) | bits);
	pass(parameterNs(PowerController.SWITCH_NS));
	return (readPowerWord(register) & bits) === 0;
}

/** Raises or clears the handshake requests and waits until the acknowledges follow. */
function shakeHands(handshakes: u32, on: bool): bool {
	const register = powerRegister(PowerController.HANDSHAKE);
	const requests = handshakeBits(handshakes, Handshake.REQUEST);
	const acknowledges = handshakeBits(handshakes, Handshake.ACKNOWLEDGE);
	const word = readPowerWord(register);
	const done = on ? acknowledges : 0;
	if (
		(word & acknowledges) === done &&
		(word & requests) === (on ? requests : 0)
	)
		return true;
	writePowerWord(register, on ? word | requests : word & ~requests);
	pass(parameterNs(PowerController.HANDSHAKE_NS));
	return (readPowerWord(register) & acknowledges) === done;
}

function parameterNs(which: u32): u64 {
	return load<u32>(load<u32>(Address.STATE, State.POWER) + which);
}

// A domain's clocks run while it is switched, and longer when its bus needs them.
function holdDomainClocks(domain: usize): void {
	if (load<u32>(domain, Domain.HOLDS_CLOCKS)) return;
	store<u32>(domain, 1, Domain.HOLDS_CLOCKS);
	const count = load<u32>(domain, Domain.CLOCK_COUNT);
	for (let i: u32 = 0; i < count; i++) holdClock(domainClock(domain, i));
}

function dropDomainClocks(domain: usize): void {
	if (!load<u32>(domain, Domain.HOLDS_CLOCKS)) return;
	store<u32>(domain, 0, Domain.HOLDS_CLOCKS);
	for (let i = load<u32>(domain, Domain.CLOCK_COUNT); i > 0; i--)
		dropClock(domainClock(domain, i - 1));
}

function domainClock(domain: usize, i: u32): usize {
	return clockRow(load<u16>(load<u32>(domain, Domain.CLOCKS) + (i << 1)));
}
