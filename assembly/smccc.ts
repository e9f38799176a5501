// The trap: from x0..x17 and the exception level to the service behind the function ID, and back.
// SMCCC 1.4 (Arm DEN0028), sections 2.5 (function IDs), 2.9 (NOT_SUPPORTED) and 7; PSCI 1.1 (Arm DEN0022) PSCI_FEATURES.

import { Agent, Channel, Service, ServiceKind } from "./image";
import { Abi, Address, CallKey, Cpu, Slot, State } from "./layout";
import { readMessages, serveChannel, serveChannels } from "./shmem";
import { passTrap } from "./sim/attention";

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

/** Executes SMC (into EL3) or HVC (into EL2) on a CPU, whatever it asks for. Returns the low word of x0. */
export function trapInFull(cpu: u32, level: u32): i32 {
	if (cpu >= load<u32>(Address.STATE, State.CPUS)) return refuse(cpu);
	const registers: usize = Address.CPU + cpu * Address.CPU_STRIDE;
	passTrap();
	if (load<u32>(Address.STATE, State.STOP)) return refuse(cpu);
	const result = callService(registers, callerOf(registers, level));
	// Who stops the system never sees the call return; here it has to.
	if (load<u32>(Address.STATE, State.STOP)) return refuse(cpu);
	// Sign-extended: 32-bit callers look at w0, 64-bit ones at x0.
	store<i64>(registers, result, Cpu.X0);
	return result;
}

/** Who calls: the exception level that the call goes to, and the state that it comes from. */
export function callerOf(registers: usize, level: u32): u32 {
	return (load<u32>(registers, Cpu.SECURE) << CallKey.SECURE_SHIFT) | level;
}

/** Whether a call is for the channel of the CPU's last one. */
export function isLastCall(registers: usize, x0: u32, caller: u32): bool {
	return (
		x0 === load<u32>(registers, Cpu.LAST_CALL) &&
		~caller === load<u32>(registers, Cpu.LAST_CALLER) &&
		load<u32>(registers, Cpu.LAST_CHANNEL) !== 0
	);
}

/** Keeps in mind what the next call most likely needs again. */
export function rememberCall(
	registers: usize,
	x0: u32,
	caller: u32,
	channel: usize,
): void {
	const agent = load<u32>(channel, Channel.AGENT_ROW);
	store<u32>(registers, x0, Cpu.LAST_CALL);
	store<u32>(registers, ~caller, Cpu.LAST_CALLER);
	store<u32>(registers, channel, Cpu.LAST_CHANNEL);
	store<u32>(registers, load<u32>(channel, Channel.LINEAR), Cpu.LAST_AREA);
	store<u32>(registers, agent, Cpu.LAST_AGENT);
	store<u32>(registers, load<u32>(agent, Agent.DISPATCH), Cpu.LAST_DISPATCH);
}

function callService(registers: usize, caller: u32): i32 {
	const x0 = load<u32>(registers, Cpu.X0);
	if (isLastCall(registers, x0, caller)) {
		const served = serveChannel(load<u32>(registers, Cpu.LAST_CHANNEL));
		return served ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
	}
	const service = serviceFor(x0 & ~Smccc.SVE_HINT, caller);
	if (service === 0) return Smccc.NOT_SUPPORTED;
	const single =
		load<u32>(service, Service.KIND) === ServiceKind.CHANNELS &&
		load<u32>(service, Service.COUNT) === 1;
	if (single)
		rememberCall(registers, x0, caller, load<u32>(service, Service.FIRST));
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
