// The trap as it mostly is: a call for the channel of the last one, with nothing else due, and an answer at hand.
// SMCCC 1.4 (Arm DEN0028); SCMI 3.2 (Arm DEN0056E), sections 4.1.1 and 5.1.2. Everything else goes the full way, smccc.ts.
//
// One function without a call on its way: a call costs as much as all the checks of a message together. What is left to save are
// reads of memory and branches; CLOCK_ATTRIBUTES, the longest answer, comes first. The checks write nothing, so that the full
// way begins as if nobody had looked.

import { domainRow } from "./hardware/power-domains";
import { ClockState } from "./image";
import { isLastCall, lastCallOf } from "./last-call";
import { Address, AttributesFor, Cpu, LastCall, State } from "./layout";
import {
	attributesOf,
	clockWords,
	hasId,
	hasNothing,
	idIn,
	isClockId,
	isDomainId,
	isStateKnown,
	isVersion,
	Message,
	messageOf,
	stateOf,
	tellAttributes,
	tellRate,
	tellWord,
	versionFor,
} from "./scmi/at-hand";
import { INTERRUPT_ENABLED, Smt, SmtStatus } from "./shmem";
import { now } from "./sim/time";
import { callerOf, callInFull, refuse, registersOf, Smccc } from "./smccc";
import { sharedCall } from "./threads";

/**
 * The shortest way in: executes the SMC or HVC of `caller`, see Caller, with `functionId` for its x0, which is neither read nor
 * written, nor is Cpu.SECURE. All other registers are as in `trap`. Returns the low word of x0.
 */
export function call(functionId: u32, caller: u32): i32 {
	if (ASC_FEATURE_THREADS) return sharedCall(functionId, caller);
	const last = lastCallOf(caller);
	if (callKey(functionId, caller) !== load<u64>(last, LastCall.FUNCTION_ID))
		return callInFull(functionId, caller);
	const time = now();
	if (time >= load<u64>(Address.STATE, State.ATTENTION))
		return callInFull(functionId, caller);
	// Each word is read once: whoever shares the memory may change it meanwhile.
	const area = load<u32>(last, LastCall.AREA);
	if (load<u32>(area, Smt.STATUS) & SmtStatus.FREE)
		return callInFull(functionId, caller);
	if (load<u32>(area, Smt.FLAGS) & INTERRUPT_ENABLED)
		return callInFull(functionId, caller);
	const length = load<u32>(area, Smt.LENGTH);
	const message = messageOf(load<u32>(area, Smt.HEADER));
	if (message === Message.CLOCK_ATTRIBUTES) {
		const id = idIn(area);
		if (!hasId(length)) return callInFull(functionId, caller);
		if (!isClockId(id)) return callInFull(functionId, caller);
		const words = clockWords(id);
		const attributes = attributesOf(
			words,
			load<u32>(last, LastCall.ATTRIBUTES),
		);
		if (attributes & AttributesFor.MORE) return callInFull(functionId, caller);
		tellAttributes(area, attributes, words);
	} else if (message === Message.CLOCK_RATE_GET) {
		const id = idIn(area);
		if (!hasId(length)) return callInFull(functionId, caller);
		if (!isClockId(id)) return callInFull(functionId, caller);
		if (!(<u32>clockWords(id) & ClockState.RATE))
			return callInFull(functionId, caller);
		tellRate(area, id);
	} else if (message === Message.POWER_STATE_GET) {
		if (!hasId(length)) return callInFull(functionId, caller);
		const id = idIn(area);
		if (!isDomainId(id)) return callInFull(functionId, caller);
		const domain = domainRow(id);
		if (!isStateKnown(domain)) return callInFull(functionId, caller);
		tellWord(area, stateOf(domain));
	} else {
		if (!isVersion(message)) return callInFull(functionId, caller);
		if (!hasNothing(length)) return callInFull(functionId, caller);
		const version = versionFor(message);
		if (version === 0) return callInFull(functionId, caller);
		tellWord(area, version);
	}
	store<u64>(
		Address.STATE,
		time + load<u64>(Address.STATE, State.TRAP_NS),
		State.TIME,
	);
	store<u32>(area, SmtStatus.FREE, Smt.STATUS);
	return Smccc.SUCCESS;
}

/** Function ID and caller as they lie in LastCall, two words in one. */
function callKey(functionId: u32, caller: u32): u64 {
	return ((<u64>caller) << 32) | functionId;
}

/**
 * Executes SMC (`level` 3) or HVC (`level` 2) on a CPU with the registers at Address.CPU + cpu * Address.CPU_STRIDE.
 * Returns the low word of x0; x1..x3 hold further results.
 */
export function trap(cpu: u32, level: u32): i32 {
	// Of a system that has stopped, too, the CPUs find that nothing is served.
	if (cpu >= load<u32>(Address.STATE, State.CPUS)) return refuse(cpu);
	const registers = registersOf(cpu);
	const functionId = load<u32>(registers, Cpu.X0);
	const caller = callerOf(cpu, level);
	// Another one than the last would be looked at twice.
	const another = !ASC_FEATURE_THREADS && !isLastCall(functionId, caller);
	const result = another
		? callInFull(functionId, caller)
		: call(functionId, caller);
	// Sign-extended: 32-bit callers look at w0, 64-bit ones at x0.
	store<i64>(registers, result, Cpu.X0);
	return result;
}
