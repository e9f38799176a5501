// The trap: from x0..x17 and the exception level to the service behind the function ID, and back.
// SMCCC 1.4 (Arm DEN0028), sections 2.5 (function IDs), 2.9 (NOT_SUPPORTED) and 7; PSCI 1.1 (Arm DEN0022) PSCI_FEATURES.

import { followPowerSoon } from "./hardware/thermal";
import { Service, ServiceKind } from "./image";
import { Abi, Address, CallKey, Cpu, Slot, State } from "./layout";
import { pollFastChannels } from "./scmi/performance-changes";
import { readMessages, serveChannel, serveChannels } from "./shmem";
import { runDue } from "./sim/events";

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

/** Executes SMC (into EL3) or HVC (into EL2) on a CPU. Returns the low word of x0. */
export function trap(cpu: u32, level: u32): i32 {
	if (cpu >= load<u32>(Address.STATE, State.CPUS)) return refuse(cpu);
	const registers: usize = Address.CPU + cpu * Address.CPU_STRIDE;
	const time = timeAfterTrap();
	if (isQuiet(time)) store<u64>(Address.STATE, time, State.TIME);
	else if (!catchUp(time)) return refuse(cpu);
	const functionId = load<u32>(registers, Cpu.X0) & ~Smccc.SVE_HINT;
	let result: i32 = Smccc.SUCCESS;
	// Most calls are for the channel of the CPU's last one.
	const channel = load<u32>(registers, Cpu.LAST_CHANNEL);
	const caller = callerOf(registers, level);
	if (load<u64>(registers, Cpu.LAST_CALL) !== callKey(functionId, caller))
		result = callService(functionId, registers, caller);
	else if (!serveChannel(channel)) result = Smccc.NOT_REQUIRED;
	// Who stops the system never sees the call return; here it has to.
	if (load<u32>(Address.STATE, State.STOP)) return refuse(cpu);
	// Sign-extended: 32-bit callers look at w0, 64-bit ones at x0.
	store<i64>(registers, result, Cpu.X0);
	return result;
}

/** Virtual time behind a trap that begins now, in ns. */
export function timeAfterTrap(): u64 {
	return (
		load<u64>(Address.STATE, State.TIME) +
		load<u32>(Address.STATE, State.TRAP_NS)
	);
}

/** Whether nothing but time itself happens until `time`. */
export function isQuiet(time: u64): bool {
	return (
		load<u32>(Address.STATE, State.THERMAL_GENERATION) ===
			load<u32>(Address.STATE, State.GENERATION) &&
		time < load<u64>(Address.STATE, State.DUE) &&
		time < load<u64>(Address.STATE, State.FAST_LOOK)
	);
}

/** Lets time pass until then, with what happens meanwhile. False when that has stopped the system. */
export function catchUp(time: u64): bool {
	const generation = load<u32>(Address.STATE, State.GENERATION);
	if (load<u32>(Address.STATE, State.THERMAL_GENERATION) !== generation)
		followPowerSoon();
	store<u64>(Address.STATE, time, State.TIME);
	if (time >= load<u64>(Address.STATE, State.DUE)) {
		runDue();
		if (load<u32>(Address.STATE, State.STOP)) return false;
	}
	if (time >= load<u64>(Address.STATE, State.FAST_LOOK)) pollFastChannels();
	return true;
}

/** Who calls: the exception level that the call goes to, and the state that it comes from. */
export function callerOf(registers: usize, level: u32): u32 {
	return (load<u32>(registers, Cpu.SECURE) << CallKey.SECURE_SHIFT) | level;
}

export function callKey(functionId: u32, caller: u32): u64 {
	return ((<u64>caller) << 32) | functionId;
}

function callService(functionId: u32, registers: usize, caller: u32): i32 {
	const service = serviceFor(functionId, caller);
	if (service === 0) return Smccc.NOT_SUPPORTED;
	const single =
		load<u32>(service, Service.KIND) === ServiceKind.CHANNELS &&
		load<u32>(service, Service.COUNT) === 1;
	if (single) {
		store<u64>(registers, callKey(functionId, caller), Cpu.LAST_CALL);
		const channel = load<u32>(service, Service.FIRST);
		store<u32>(registers, channel, Cpu.LAST_CHANNEL);
	}
	return serve(service, registers, caller);
}

/** There is no such CPU, or the system no longer runs: nothing is served. */
export function refuse(cpu: u32): i32 {
	const registers: usize = Address.CPU + cpu * Address.CPU_STRIDE;
	if (cpu < <u32>Abi.MAX_CPUS)
		store<i64>(registers, Smccc.NOT_SUPPORTED, Cpu.X0);
	return Smccc.NOT_SUPPORTED;
}

/** The service of a function ID for a caller: one of the secure state does not exist outside of it; 0 for none. */
export function serviceFor(functionId: u32, caller: u32): usize {
	const service = serviceAt(functionId, caller & CallKey.LEVEL_MASK);
	if (service === 0 || !load<u32>(service, Service.SECURE)) return service;
	return caller >> CallKey.SECURE_SHIFT !== 0 ? service : 0;
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

export function serve(service: usize, registers: usize, caller: u32): i32 {
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
