// A batch: many traps in one call, their messages side by side in linear memory instead of one after the other in an area.
// Each entry does what its trap would do (SMCCC 1.4, SCMI 3.2 section 5.1.2), at the same virtual time.

import { domainRow } from "./hardware/power-domains";
import { Channel, ClockState, Service, ServiceKind } from "./image";
import { isLastCall, lastCallOf, rememberCall } from "./last-call";
import {
	Abi,
	Address,
	AttributesFor,
	BatchEntry,
	Cpu,
	LastCall,
	State,
} from "./layout";
import { grow } from "./platform/load";
import {
	attributesOf,
	clockWords,
	idIn,
	isClockId,
	isDomainId,
	isStateKnown,
	isVersion,
	Length,
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
import { now } from "./sim/time";
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
	const begin = load<u32>(Address.STATE, State.BATCH) + first * stride;
	let done: u32 = 0;
	let result: i32 = Smccc.SUCCESS;
	while (done < count) {
		const entry: usize = begin + done * stride;
		const answered = answerEntries(caller, entry, count - done, stride);
		done += answered;
		if (answered !== 0) {
			result = Smccc.SUCCESS;
			continue;
		}
		result = execute(caller, entry);
		if (load<u32>(Address.STATE, State.STOP)) result = Smccc.NOT_SUPPORTED;
		store<i32>(entry, result, BatchEntry.RESULT);
		done++;
		if (load<u32>(Address.STATE, State.STOP)) break;
	}
	if (done !== 0) store<i64>(registersOf(cpu), result, Cpu.X0);
	return done;
}

/** How many traps, at most `count`, may follow one another before anything is due; not quite as many as there are. */
function quietEntries(count: u32): u32 {
	const trapNs = load<u64>(Address.STATE, State.TRAP_NS);
	const attention = load<u64>(Address.STATE, State.ATTENTION);
	const time = now();
	if (time >= attention) return 0;
	let quiet = count;
	while ((<u64>quiet - 1) * trapNs >= attention - time) quiet >>= 1;
	return quiet;
}

/**
 * Executes what comes first of `count` entries: those for the channel of the last call whose answers are at hand, as long as
 * nothing is due, as in trap.ts. Returns how many there were.
 */
function answerEntries(
	caller: u32,
	first: usize,
	count: u32,
	stride: u32,
): u32 {
	const functionId: u64 = load<u32>(first, BatchEntry.FUNCTION_ID);
	if (!isLastCall(<u32>functionId, caller)) return 0;
	const agents = load<u32>(lastCallOf(caller), LastCall.ATTRIBUTES);
	const area = load<u32>(lastCallOf(caller), LastCall.AREA);
	if (area === <u32>Address.FREE_AREA) return 0;
	const end = first + quietEntries(count) * stride;
	let entry = first;
	let run = end;
	// Entries with the same message are looked through together.
	while (entry !== run && entry !== end) {
		run = entry;
		const message = messageOf(load<u32>(entry, BatchEntry.HEADER));
		if (message === Message.CLOCK_RATE_GET) {
			for (; entry !== end; entry += stride) {
				if (isAnother(entry, functionId, message, Length.HEADER_AND_ID)) break;
				const id = idIn(entry);
				if (!isClockId(id)) break;
				if (!(<u32>clockWords(id) & ClockState.RATE)) break;
				tellRate(entry, id);
				free(entry, functionId);
			}
		} else if (message === Message.CLOCK_ATTRIBUTES) {
			for (; entry !== end; entry += stride) {
				if (isAnother(entry, functionId, message, Length.HEADER_AND_ID)) break;
				const id = idIn(entry);
				if (!isClockId(id)) break;
				const words = clockWords(id);
				const attributes = attributesOf(words, agents);
				if (attributes & AttributesFor.MORE) break;
				tellAttributes(entry, attributes, words);
				free(entry, functionId);
			}
		} else if (message === Message.POWER_STATE_GET) {
			for (; entry !== end; entry += stride) {
				if (isAnother(entry, functionId, message, Length.HEADER_AND_ID)) break;
				const id = idIn(entry);
				if (!isDomainId(id)) break;
				const domain = domainRow(id);
				if (!isStateKnown(domain)) break;
				tellWord(entry, stateOf(domain));
				free(entry, functionId);
			}
		} else if (isVersion(message) && versionFor(message) !== 0) {
			const version = versionFor(message);
			for (; entry !== end; entry += stride) {
				if (isAnother(entry, functionId, message, Length.HEADER)) break;
				tellWord(entry, version);
				free(entry, functionId);
			}
		}
	}
	const done = <u32>((entry - first) / stride);
	const passed = <u64>done * load<u64>(Address.STATE, State.TRAP_NS);
	store<u64>(Address.STATE, now() + passed, State.TIME);
	return done;
}

/** Whether an entry has another function ID, message or length than those before it, or what is not so plain. */
function isAnother(
	entry: usize,
	functionId: u64,
	message: u32,
	length: u32,
): bool {
	// The function ID with the status behind it: two words at a time.
	const other =
		(load<u64>(entry, BatchEntry.FUNCTION_ID) ^ functionId) |
		load<u32>(entry, BatchEntry.AREA) |
		load<u32>(entry, BatchEntry.FLAGS) |
		(load<u32>(entry, BatchEntry.LENGTH) ^ length) |
		messageOf(load<u32>(entry, BatchEntry.HEADER) ^ message);
	return other !== 0;
}

/** What is left to do with an entry that is answered. */
function free(entry: usize, functionId: u64): void {
	const status: u64 = SmtStatus.FREE;
	store<u64>(entry, functionId | (status << 32), BatchEntry.FUNCTION_ID);
	store<u64>(entry, 0, BatchEntry.AREA);
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
