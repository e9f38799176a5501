// The trap as it mostly is: a call for the channel of the CPU's last one, with nothing else due, and an answer at hand.
// SMCCC 1.4 (Arm DEN0028); SCMI 3.2 (Arm DEN0056E), sections 4.1.1 and 5.1.2. Everything else goes the full way, smccc.ts.
//
// One function without a call, but for a rate that has to be walked for: a call costs as much as all the checks of a message
// together. The checks write nothing, so that the full way begins as if nobody had looked.

import { Address, Cpu, Dispatch, State } from "./layout";
import {
	allowedClock,
	attributesAtHand,
	notifiable,
	rateAtHand,
	stateAtHand,
	versionAtHand,
	walkedRate,
} from "./scmi/at-hand";
import { AtHand } from "./scmi/common";
import { entryIn, isKnown, protocolOf } from "./scmi/entry";
import { Status } from "./scmi/status";
import {
	HEADER_SIZE,
	INTERRUPT_ENABLED,
	raiseInterrupt,
	Smt,
	SmtStatus,
} from "./shmem";
import { callerOf, Smccc, trapInFull } from "./smccc";
import { sharedTrap } from "./threads";

/**
 * Executes SMC (`level` 3) or HVC (`level` 2) on a CPU with the registers at Address.CPU + cpu * Address.CPU_STRIDE.
 * Returns the low word of x0; x1..x3 hold further results.
 */
export function trap(cpu: u32, level: u32): i32 {
	if (ASC_FEATURE_THREADS) return sharedTrap(cpu, level);
	const registers: usize = Address.CPU + cpu * Address.CPU_STRIDE;
	const time =
		load<u64>(Address.STATE, State.TIME) +
		load<u64>(Address.STATE, State.TRAP_NS);
	if (cpu >= load<u32>(Address.STATE, State.CPUS))
		return trapInFull(cpu, level);
	if (time >= load<u64>(Address.STATE, State.ATTENTION))
		return trapInFull(cpu, level);
	if (load<u32>(registers, Cpu.X0) !== load<u32>(registers, Cpu.LAST_CALL))
		return trapInFull(cpu, level);
	if (~callerOf(registers, level) !== load<u32>(registers, Cpu.LAST_CALLER))
		return trapInFull(cpu, level);
	// A CPU without a last call has area 0, where no message lies. Read once: whoever shares the memory may change it meanwhile.
	const area = load<u32>(registers, Cpu.LAST_AREA);
	const status = load<u32>(area, Smt.STATUS);
	const size = load<u32>(area, Smt.LENGTH) - HEADER_SIZE;
	const header = load<u32>(area, Smt.HEADER);
	if (status & SmtStatus.FREE) return trapInFull(cpu, level);
	if (!isKnown(header)) return trapInFull(cpu, level);
	const flags = load<u32>(area, Smt.FLAGS);
	const p = area + Smt.PAYLOAD;
	const entry = entryIn(load<u32>(registers, Cpu.LAST_DISPATCH), header);
	if (size !== entry >> Dispatch.SIZE_SHIFT) return trapInFull(cpu, level);
	let length: u32 = 0;
	switch ((entry >> Dispatch.AT_HAND_SHIFT) & Dispatch.AT_HAND_MASK) {
		case AtHand.PROTOCOL_VERSION:
			length = versionAtHand(protocolOf(header), p);
			break;
		case AtHand.CLOCK_RATE_GET:
			length = rateAtHand(p);
			if (length === 0) length = walkedRate(p);
			break;
		case AtHand.CLOCK_ATTRIBUTES: {
			const own = notifiable(load<u32>(registers, Cpu.LAST_AGENT));
			const clock = allowedClock(p);
			if (clock !== 0) length = attributesAtHand(own, clock, p);
			break;
		}
		case AtHand.POWER_STATE_GET:
			length = stateAtHand(p, time);
			break;
		default:
			break;
	}
	if (length === 0) return trapInFull(cpu, level);
	store<u64>(Address.STATE, time, State.TIME);
	store<i32>(p, Status.SUCCESS);
	store<u32>(area, length, Smt.LENGTH);
	store<u32>(area, SmtStatus.FREE, Smt.STATUS);
	if (flags & INTERRUPT_ENABLED)
		raiseInterrupt(load<u32>(registers, Cpu.LAST_CHANNEL));
	store<u64>(registers, Smccc.SUCCESS, Cpu.X0);
	return Smccc.SUCCESS;
}
