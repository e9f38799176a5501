// The trap: from x0..x17 and the exception level to the service behind the function ID, and back.
// SMCCC 1.4 (Arm DEN0028), sections 2.5 (function IDs), 2.9 (NOT_SUPPORTED) and 7; PSCI 1.1 (Arm DEN0022) PSCI_FEATURES.

import { Service, ServiceKind } from "./image";
import { isLastCall, lastCallOf, rememberCall } from "./last-call";
import { Abi, Address, Caller, Cpu, LastCall, Slot, State } from "./layout";
import { readMessages, serveChannel, serveChannels } from "./shmem";
import { passTrapSoon } from "./sim/attention";

export const enum Smccc {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	NOT_REQUIRED = -2,
	/** Function ID fields. */
	FAST = 1 << 31,
	SMC64 = 1 << 30,
	SVE_HINT = 1 << 16,
	/** Bits 23:17 must be zero in fast calls. */
	FAST_RESERVED = 0x00fe0000,
	OWNER_MASK = 0x3f000000,
	OWNER_ARCH = 0x00000000,
	OWNER_STANDARD = 0x04000000,
	/** Within the standard secure services, PSCI has the numbers 0 to 0x1f. */
	PSCI_LAST_NUMBER = 0x1f,
	VERSION_ID = 0x80000000,
}

const enum Level {
	EL2 = 2,
	EL3 = 3,
}

/** Executes a call, whatever it asks for. Returns the low word of x0. */
export function callInFull(functionId: u32, caller: u32): i32 {
	// A system that has stopped has no CPUs.
	if (caller >> Caller.CPU_SHIFT >= load<u32>(Address.STATE, State.CPUS))
		return Smccc.NOT_SUPPORTED;
	passTrapSoon();
	if (load<u32>(Address.STATE, State.STOP)) return Smccc.NOT_SUPPORTED;
	const result = callService(functionId, caller);
	// Who stops the system never sees the call return; here it has to.
	return load<u32>(Address.STATE, State.STOP) ? Smccc.NOT_SUPPORTED : result;
}

/** There is no such CPU, or the system no longer runs: nothing is served. */
export function refuse(cpu: u32): i32 {
	if (cpu < <u32>Abi.MAX_CPUS)
		store<i64>(registersOf(cpu), Smccc.NOT_SUPPORTED, Cpu.X0);
	return Smccc.NOT_SUPPORTED;
}

/** Who calls, when a CPU executes SMC (`level` 3) or HVC (`level` 2). */
export function callerOf(cpu: u32, level: u32): u32 {
	const secure = load<u32>(registersOf(cpu), Cpu.SECURE) !== 0;
	return (
		(cpu << Caller.CPU_SHIFT) |
		(secure ? Caller.SECURE : 0) |
		min<u32>(level, Caller.LEVEL_MASK)
	);
}

/** The registers of a CPU that there is. */
export function registersOf(cpu: u32): usize {
	return Address.CPU + cpu * Address.CPU_STRIDE;
}

function callService(functionId: u32, caller: u32): i32 {
	if (isLastCall(functionId, caller)) {
		const channel = load<u32>(lastCallOf(caller), LastCall.CHANNEL);
		return serveChannel(channel) ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
	}
	const service = serviceFor(functionId & ~Smccc.SVE_HINT, caller);
	if (service === 0) return Smccc.NOT_SUPPORTED;
	const single =
		load<u32>(service, Service.KIND) === ServiceKind.CHANNELS &&
		load<u32>(service, Service.COUNT) === 1;
	if (single)
		rememberCall(functionId, caller, load<u32>(service, Service.FIRST));
	return serve(service, caller);
}

/** The service of a function ID for a caller: one of the secure state does not exist outside of it; 0 for none. */
export function serviceFor(functionId: u32, caller: u32): usize {
	const service = serviceAt(functionId, caller & Caller.LEVEL_MASK);
	if (service === 0 || !load<u32>(service, Service.SECURE)) return service;
	return caller & Caller.SECURE ? service : 0;
}

/** At an exception level, or at EL3 when EL2 passes on what it does not serve. */
function serviceAt(functionId: u32, level: u32): usize {
	if (functionId & Smccc.FAST && functionId & Smccc.FAST_RESERVED) return 0;
	if (level === Level.EL3)
		return lookUp(functionId, State.EL3_TABLE, State.EL3_MASK);
	if (level !== Level.EL2) return 0;
	const service = lookUp(functionId, State.EL2_TABLE, State.EL2_MASK);
	if (service !== 0 || !load<u32>(Address.STATE, State.PASS_ON)) return service;
	return lookUp(functionId, State.EL3_TABLE, State.EL3_MASK);
}

/** The first slot that a function ID may lie in. */
export function slotOf(functionId: u32, mask: u32): u32 {
	return ((functionId * 0x9e3779b1) >> 16) & mask;
}

function lookUp(functionId: u32, table: u32, mask: u32): usize {
	const slots = load<u32>(Address.STATE + table);
	const last = load<u32>(Address.STATE + mask);
	let i = slotOf(functionId, last);
	while (true) {
		const slot = slots + i * Slot.SIZE;
		const service = load<u32>(slot, Slot.SERVICE);
		if (service === 0 || load<u32>(slot, Slot.FUNCTION_ID) === functionId)
			return service;
		i = (i + 1) & last;
	}
}

/** Arguments but the function ID, and results but the first, are in the CPU's registers. */
export function serve(service: usize, caller: u32): i32 {
	const registers = registersOf(caller >> Caller.CPU_SHIFT);
	switch (load<u32>(service, Service.KIND)) {
		case ServiceKind.CHANNELS:
			return channels(service);
		case ServiceKind.READ:
			readMessages(
				load<u32>(service, Service.FIRST),
				load<u32>(service, Service.COUNT),
			);
			return Smccc.SUCCESS;
		case ServiceKind.ARCH_FEATURES:
			return archFeatures(load<u32>(registers, Cpu.X1), caller);
		case ServiceKind.PSCI_FEATURES:
			return psciFeatures(load<u32>(registers, Cpu.X1), caller);
		default:
			return results(service, registers);
	}
}

// Linux gives each protocol an area of its own under one function ID, and a call made for one area may find it served
// already by another CPU's: nothing to do is success there. With a single area it is the caller's mistake.
function channels(service: usize): i32 {
	const count = load<u32>(service, Service.COUNT);
	const served = serveChannels(load<u32>(service, Service.FIRST), count);
	return served !== 0 || count > 1 ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
}

/** Constant words; x0's is returned, the others are written. */
function results(service: usize, registers: usize): i32 {
	const first = load<u32>(service, Service.FIRST);
	const count = load<u32>(service, Service.COUNT);
	for (let i: u32 = 1; i < count; i++) {
		store<u64>(registers + (i << 3), load<u32>(first + (i << 2)));
	}
	return load<i32>(first);
}

function archFeatures(functionId: u32, caller: u32): i32 {
	if ((functionId & Smccc.OWNER_MASK) !== Smccc.OWNER_ARCH)
		return Smccc.NOT_SUPPORTED;
	return serviceFor(functionId, caller) === 0
		? Smccc.NOT_SUPPORTED
		: Smccc.SUCCESS;
}

function psciFeatures(functionId: u32, caller: u32): i32 {
	const isPsci =
		(functionId & Smccc.OWNER_MASK) === Smccc.OWNER_STANDARD &&
		(functionId & 0xffff) <= <u32>Smccc.PSCI_LAST_NUMBER;
	if (!isPsci && functionId !== Smccc.VERSION_ID) return Smccc.NOT_SUPPORTED;
	return serviceFor(functionId, caller) === 0
		? Smccc.NOT_SUPPORTED
		: Smccc.SUCCESS;
}
