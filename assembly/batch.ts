// A batch: many traps in one call, their messages side by side in linear memory instead of one after the other in an area.
// Each entry does what its trap would do (SMCCC 1.4, SCMI 3.2 section 5.1.2), at the same virtual time.

import { domainRow } from "./hardware/power-domains";
import { Channel, ClockState, Service, ServiceKind } from "./image";
import { isLastCall, lastCallOf, rememberCall } from "./last-call";
import {
	Abi,
	Address,
	AtHand,
	BatchEntry,
	Cpu,
	LastCall,
	State,
} from "./layout";
import { grow } from "./platform/load";
import {
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
import { SmtStatus, serveArea } from "./shmem";
import { passTrapSoon } from "./sim/attention";
import { callerOf, registersOf, Smccc, serve, serviceFor } from "./smccc";

/** Entries begin where a cache line does. */
const LINE: u32 = 64;

/** Makes room for `count` entries behind the platform, with whatever lies there. Returns the first one's address, or 0 when memory cannot grow. */
export function reserveEntries(count: u32): u32 {
	if (load<u32>(Address.STATE, State.IMAGE_LENGTH) === 0) return 0;
	const longest =
		BatchEntry.HEADER + load<u32>(Address.STATE, State.MAX_MESSAGE);
	const stride = (longest + LINE - 1) & ~(LINE - 1);
	const first = load<u32>(Address.STATE, State.END);
	const end = <u64>first + <u64>count * stride;
	if (end > <u64>Abi.MAX_MEMORY || !grow(end)) return 0;
	store<u32>(Address.STATE, first, State.BATCH);
	store<u32>(Address.STATE, count, State.BATCH_COUNT);
	store<u32>(Address.STATE, stride, State.BATCH_STRIDE);
	return first;
}

/** Executes entries `first` to `first + count - 1` on a CPU. Returns how many: fewer when one of them stops the system. */
export function executeEntries(
	cpu: u32,
	level: u32,
	first: u32,
	count: u32,
): u32 {
	const entries = load<u32>(Address.STATE, State.BATCH_COUNT);
	if (first > entries || count > entries - first) return 0;
	// A system that has stopped has no CPUs.
	if (cpu >= load<u32>(Address.STATE, State.CPUS)) return 0;
	const stride = load<u32>(Address.STATE, State.BATCH_STRIDE);
	const caller = callerOf(cpu, level);
	const begin: usize = load<u32>(Address.STATE, State.BATCH) + first * stride;
	const end = begin + count * stride;
	let entry = begin;
	let result: i32 = Smccc.SUCCESS;
	while (entry !== end) {
		const next = answerEntries(caller, entry, end, stride);
		if (next !== entry) result = Smccc.SUCCESS;
		entry = next;
		if (entry === end) break;
		result = execute(caller, entry);
		if (load<u32>(Address.STATE, State.STOP)) result = Smccc.NOT_SUPPORTED;
		store<i32>(entry, result, BatchEntry.RESULT);
		entry += stride;
		if (load<u32>(Address.STATE, State.STOP)) break;
	}
	if (entry !== begin) store<i64>(registersOf(cpu), result, Cpu.X0);
	return <u32>((entry - begin) / stride);
}

/**
 * Executes what comes first of the entries before `end`: those for the channel of the last call whose answers are at hand, as
 * long as nothing is due, as in trap.ts. Returns the first one that is left.
 */
function answerEntries(
	caller: u32,
	first: usize,
	end: usize,
	stride: u32,
): usize {
	const functionId = load<u32>(first, BatchEntry.FUNCTION_ID);
	if (!isLastCall(functionId, caller)) return first;
	const last = lastCallOf(caller);
	const atHand = load<u32>(last, LastCall.AT_HAND);
	const trapNs = load<u64>(Address.STATE, State.TRAP_NS);
	let time = load<u64>(Address.STATE, State.TIME);
	let entry = first;
	while (entry !== end) {
		if (time >= load<u64>(Address.STATE, State.ATTENTION)) break;
		// Two words at a time, of which status, area and flags have to be 0: what is not so plain is executed like its trap.
		if (load<u64>(entry, BatchEntry.FUNCTION_ID) !== functionId) break;
		if (load<u32>(entry, BatchEntry.AREA) !== 0) break;
		if (load<u32>(entry, BatchEntry.FLAGS) !== 0) break;
		const length = load<u32>(entry, BatchEntry.LENGTH);
		const message = messageOf(load<u32>(entry, BatchEntry.HEADER));
		if (message === Message.CLOCK_RATE_GET) {
			if (!(atHand & AtHand.CLOCK_RATE_GET)) break;
			const id = idIn(entry);
			if (!hasId(length)) break;
			if (!isClockId(id)) break;
			if (!(<u32>clockWords(id) & ClockState.RATE)) break;
			tellRate(entry, id);
		} else if (message === Message.CLOCK_ATTRIBUTES) {
			if (!(atHand & AtHand.CLOCK_ATTRIBUTES)) break;
			const id = idIn(entry);
			if (!hasId(length)) break;
			if (!isClockId(id)) break;
			const words = clockWords(id);
			if (!(<u32>words & ClockState.EVERYBODYS)) break;
			tellAttributes(entry, words, atHand);
		} else if (message === Message.POWER_STATE_GET) {
			if (!(atHand & AtHand.POWER_STATE_GET)) break;
			if (!hasId(length)) break;
			const id = idIn(entry);
			if (!isDomainId(id)) break;
			const domain = domainRow(id);
			if (!isStateKnown(domain)) break;
			tellWord(entry, stateOf(domain));
		} else {
			if (!isVersion(message)) break;
			if (!hasNothing(length)) break;
			const version = versionFor(message);
			if (version === 0) break;
			tellWord(entry, version);
		}
		time += trapNs;
		store<u32>(entry, SmtStatus.FREE, BatchEntry.STATUS);
		store<i32>(entry, Smccc.SUCCESS, BatchEntry.RESULT);
		entry += stride;
	}
	store<u64>(Address.STATE, time, State.TIME);
	return entry;
}

function execute(caller: u32, entry: usize): i32 {
	passTrapSoon();
	if (load<u32>(Address.STATE, State.STOP)) return Smccc.NOT_SUPPORTED;
	const functionId = load<u32>(entry, BatchEntry.FUNCTION_ID);
	const known =
		isLastCall(functionId, caller) && load<u32>(entry, BatchEntry.AREA) === 0;
	if (!known) return executeAny(functionId, caller, entry);
	const channel = load<u32>(lastCallOf(caller), LastCall.CHANNEL);
	return serveArea(channel, entry) ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
}

// Services without messages get what the CPU's other registers hold.
function executeAny(functionId: u32, caller: u32, entry: usize): i32 {
	const service = serviceFor(functionId & ~Smccc.SVE_HINT, caller);
	if (service === 0) return Smccc.NOT_SUPPORTED;
	if (load<u32>(service, Service.KIND) !== ServiceKind.CHANNELS)
		return serve(service, caller);
	const area = load<u32>(entry, BatchEntry.AREA);
	const areas = load<u32>(service, Service.COUNT);
	if (area >= areas) return Smccc.NOT_SUPPORTED;
	const channel = load<u32>(service, Service.FIRST) + area * Channel.SIZE;
	if (areas === 1) rememberCall(functionId, caller, channel);
	const served = serveArea(channel, entry);
	return served || areas > 1 ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
}
