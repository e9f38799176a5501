// CPUs in threads of their own on one shared memory: who may do what while others run. Only in the threaded build.
// WebAssembly threads proposal: atomic operations are sequentially consistent.
//
// Every trap that may change something, and everything that is not a trap, has the hardware for itself: it takes the lock,
// and waits until no channel is claimed. The code behind it is that of one thread, with its scratch memory.
//
// A message that only reads (versions, attributes, rates, states) is served without the lock. Its CPU claims the channel's
// word, then looks at the lock: one of two that meet sees the other, and whoever holds the lock is let by. So the hardware
// stands still for a reader, and readers of different channels share nothing that either of them writes, except
// what they find out about clocks: see clock-cache.ts.
//
// Virtual time counts those traps later, and nothing may become due meanwhile: when a CPU gives the lock back, the traps that
// fit in before the next thing is due are shared among the CPUs that make any, a lease for each. A trap without a lease takes the lock, and
// counts what all CPUs have used. If something is due earlier now, so do the leases end.
// So the sum of all traps' times is what it would be one after the other, and everything happens at its time.

import { executeEntries } from "./batch";
import { followPower } from "./hardware/thermal";
import { Channel } from "./image";
import { isLastCall, lastCallOf } from "./last-call";
import {
	Abi,
	Address,
	BatchEntry,
	Caller,
	Claim,
	Cpu,
	LastCall,
	State,
} from "./layout";
import { dispatch } from "./scmi/entry";
import { pollFastChannels } from "./scmi/performance-changes";
import { onlyReads } from "./scmi/read-only";
import { HEADER_SIZE, INTERRUPT_ENABLED, Smt, SmtStatus } from "./shmem";
import { quietTraps } from "./sim/quiet";
import { callerOf, callInFull, Smccc } from "./smccc";

/** Instead of a CPU: nobody gets a lease. */
export const NO_CPU: u32 = u32.MAX_VALUE;

/** The longest lease, so that time is counted now and then. */
const MOST_TRAPS: u64 = 1 << 20;
/** A CPU that has used none of its lease for so many traps' time gets none. */
const IDLE_TRAPS: u64 = 4096;
/** Leases that are not worth giving. */
const FEW_TRAPS: u64 = 200;
/** Looks at a word before the thread sleeps, and how long it does, in ns. */
const LOOKS: u32 = 1000;
const NAP_NS: i64 = 50_000;

function cpuRow(cpu: u32): usize {
	return Address.CPU + cpu * Address.CPU_STRIDE;
}

function cpuCount(): u32 {
	return load<u32>(Address.STATE, State.CPUS);
}

function claimWord(i: u32): usize {
	return Address.CLAIMS + i * Claim.STRIDE;
}

/** Waits until the word at `address`, 0 or 1, was seen to be 0. */
function waitUntilZero(address: usize): void {
	for (let looks: u32 = 0; atomic.load<u32>(address) !== 0; looks++) {
		if (looks >= LOOKS && atomic.load<u32>(Address.MAY_SLEEP) !== 0)
			atomic.wait<i32>(address, 1, NAP_NS);
	}
}

/** Waits until the hardware is this thread's alone. */
export function hold(): void {
	do waitUntilZero(Address.LOCK);
	while (atomic.cmpxchg<u32>(Address.LOCK, 0, 1) !== 0);
	for (let i: u32 = 0; i < <u32>Claim.COUNT; i++) waitUntilZero(claimWord(i));
	countTime();
}

/** Lets the others in again, with a new lease for a CPU. */
export function letGo(cpu: u32): void {
	giveLeases(cpu);
	atomic.store<u32>(Address.LOCK, 0);
}

/** Adds what was used of all leases to the virtual time. */
function countTime(): void {
	let traps: u64 = 0;
	for (let i: u32 = 0; i < cpuCount(); i++) {
		const cpu = cpuRow(i);
		const left = load<u32>(cpu, Cpu.LEASE);
		const used = load<u32>(cpu, Cpu.LEASED) - left;
		if (used === 0) continue;
		traps += used;
		store<u32>(cpu, left, Cpu.LEASED);
		store<u64>(cpu, load<u64>(Address.STATE, State.TIME), Cpu.USED_AT);
	}
	if (traps === 0) return;
	const ns = traps * load<u32>(Address.STATE, State.TRAP_NS);
	const time = load<u64>(Address.STATE, State.TIME) + ns;
	store<u64>(Address.STATE, time, State.TIME);
}

function setLease(cpu: usize, traps: u32): void {
	store<u32>(cpu, traps, Cpu.LEASE);
	store<u32>(cpu, traps, Cpu.LEASED);
}

/** Shares the traps until something is due among the receiver and the CPUs that have used theirs of late. */
function giveLeases(receiver: u32): void {
	// A system that has stopped has no CPUs; their leases end.
	const cpus: u32 = Abi.MAX_CPUS;
	let sharing: u32 = receiver < cpuCount() ? 1 << receiver : 0;
	for (let i: u32 = 0; i < cpus; i++) if (isActive(i)) sharing |= 1 << i;
	const sharers = max(popcnt(sharing), 1);
	if (sharers > 1 && quietTraps() < FEW_TRAPS * sharers) lookEarly();
	const share = <u32>min(quietTraps() / sharers, MOST_TRAPS);
	for (let i: u32 = 0; i < cpus; i++) {
		const cpu = cpuRow(i);
		const left = load<u32>(cpu, Cpu.LEASE);
		const due: u32 = sharing & (1 << i) ? share : 0;
		// Who still has about as much keeps it: the words stay in its own core's cache.
		if (left > due || left < (due + 1) >> 1) setLease(cpu, due);
	}
}

function isActive(i: u32): bool {
	const time = load<u64>(Address.STATE, State.TIME);
	const usedAt = load<u64>(cpuRow(i), Cpu.USED_AT);
	if (usedAt === 0) return false;
	const idle = time - usedAt;
	return idle <= IDLE_TRAPS * load<u32>(Address.STATE, State.TRAP_NS);
}

// What is looked at now and then is looked at before its time, lest the CPUs come for ever smaller shares of the rest.
function lookEarly(): void {
	if (load<u32>(Address.STATE, State.STOP)) return;
	pollFastChannels();
	followPower();
}

/** A call, see trap.ts. */
export function sharedCall(functionId: u32, caller: u32): i32 {
	const cpu = caller >> Caller.CPU_SHIFT;
	if (cpu >= cpuCount()) return Smccc.NOT_SUPPORTED;
	const claim = claimFor(caller);
	const channel = load<u32>(lastCallOf(caller), LastCall.CHANNEL);
	const answered =
		isRepeated(functionId, caller) &&
		answer(channel, load<u32>(channel, Channel.LINEAR));
	if (answered) useLease(cpu);
	atomic.store<u32>(claim, 0);
	if (answered) return Smccc.SUCCESS;
	hold();
	const result = callInFull(functionId, caller);
	letGo(cpu);
	return result;
}

/** A batch, see index.ts. */
export function sharedBatch(cpu: u32, level: u32, first: u32, count: u32): u32 {
	for (let done: u32 = 0; done < count; ) {
		done += answerEntries(cpu, level, first + done, count - done);
		if (done === count) return done;
		hold();
		// The last place tells whether all of them are there.
		const known =
			first + count - 1 >= first &&
			first + count - 1 < load<u32>(Address.STATE, State.BATCH_COUNT);
		const executed = known ? executeEntries(cpu, level, first + done, 1) : 0;
		const stopped = load<u32>(Address.STATE, State.STOP) !== 0;
		letGo(executed === 0 ? NO_CPU : cpu);
		done += executed;
		if (executed === 0 || stopped) return done;
	}
	return count;
}

/** Serves entries without the lock as long as that is possible. Returns how many. */
function answerEntries(cpu: u32, level: u32, first: u32, count: u32): u32 {
	if (cpu >= cpuCount()) return 0;
	const caller = callerOf(cpu, level);
	const claim = claimFor(caller);
	const entries = load<u32>(Address.STATE, State.BATCH_COUNT);
	const stride = load<u32>(Address.STATE, State.BATCH_STRIDE);
	const channel = load<u32>(lastCallOf(caller), LastCall.CHANNEL);
	let entry: usize = load<u32>(Address.STATE, State.BATCH) + first * stride;
	let done: u32 = 0;
	if (first <= entries && count <= entries - first) {
		while (done < count) {
			// Whoever wants the lock comes first.
			if (atomic.load<u32>(Address.LOCK) !== 0) break;
			const functionId = load<u32>(entry, BatchEntry.FUNCTION_ID);
			const answered =
				load<u32>(entry, BatchEntry.AREA) === 0 &&
				isRepeated(functionId, caller) &&
				answer(channel, entry);
			if (!answered) break;
			store<i32>(entry, Smccc.SUCCESS, BatchEntry.RESULT);
			store<i64>(cpuRow(cpu), Smccc.SUCCESS, Cpu.X0);
			useLease(cpu);
			entry += stride;
			done++;
		}
	}
	atomic.store<u32>(claim, 0);
	return done;
}

/** Claims the channel of the CPU's last call, when whoever has it or the lock is done. Returns the claimed word. */
function claimFor(caller: u32): usize {
	const last = lastCallOf(caller);
	while (true) {
		const channel = load<u32>(last, LastCall.CHANNEL);
		const claim = claimWord((channel / Channel.SIZE) & (Claim.COUNT - 1));
		waitUntilZero(Address.LOCK);
		waitUntilZero(claim);
		if (atomic.cmpxchg<u32>(claim, 0, 1) !== 0) continue;
		const mine =
			atomic.load<u32>(Address.LOCK) === 0 &&
			load<u32>(last, LastCall.CHANNEL) === channel;
		if (mine) return claim;
		atomic.store<u32>(claim, 0);
	}
}

/** Whether a call is for the channel of the CPU's last one, and the CPU has a lease. */
function isRepeated(functionId: u32, caller: u32): bool {
	const cpu = cpuRow(caller >> Caller.CPU_SHIFT);
	return isLastCall(functionId, caller) && load<u32>(cpu, Cpu.LEASE) !== 0;
}

/** The call has returned: one trap of the lease is used. */
function useLease(cpu: u32): void {
	const row = cpuRow(cpu);
	store<u32>(row, load<u32>(row, Cpu.LEASE) - 1, Cpu.LEASE);
}

/** Serves a command that only reads. False, with nothing changed, when it may do more, or there is none. */
function answer(channel: usize, area: usize): bool {
	const busy =
		!(load<u32>(area, Smt.STATUS) & SmtStatus.FREE) &&
		!(load<u32>(area, Smt.FLAGS) & INTERRUPT_ENABLED);
	const size = load<u32>(area, Smt.LENGTH) - HEADER_SIZE;
	const header = load<u32>(area, Smt.HEADER);
	const fits = size <= load<u32>(channel, Channel.MOST);
	if (!busy || !fits || !onlyReads(header)) return false;
	const agent = load<u32>(channel, Channel.AGENT_ROW);
	const replied = dispatch(agent, header, area + Smt.PAYLOAD, size);
	store<u32>(area, HEADER_SIZE + replied, Smt.LENGTH);
	store<u32>(area, SmtStatus.FREE, Smt.STATUS);
	return true;
}
