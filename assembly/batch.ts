// A batch: many traps in one call, their messages side by side in linear memory instead of one after the other in an area.
// Each entry does what its trap would do (SMCCC 1.4, SCMI 3.2 section 5.1.2), at the same virtual time.

import { Channel, Service, ServiceKind } from "./image";
import { Abi, Address, BatchEntry, Cpu, Dispatch, State } from "./layout";
import { grow } from "./platform/load";
import {
	allowedClock,
	attributesAtHand,
	notifiable,
	rateAtHand,
	stateAtHand,
	versionAtHand,
} from "./scmi/at-hand";
import { AtHand } from "./scmi/common";
import { entryIn, isKnown, protocolOf } from "./scmi/entry";
import { Status } from "./scmi/status";
import { HEADER_SIZE, SmtStatus, serveArea } from "./shmem";
import { passTrapSoon } from "./sim/attention";
import {
	callerOf,
	isLastCall,
	refuse,
	rememberCall,
	Smccc,
	serve,
	serviceFor,
} from "./smccc";

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
	if (cpu >= load<u32>(Address.STATE, State.CPUS)) return 0;
	const registers: usize = Address.CPU + cpu * Address.CPU_STRIDE;
	const stride = load<u32>(Address.STATE, State.BATCH_STRIDE);
	const caller = callerOf(registers, level);
	let entry: usize = load<u32>(Address.STATE, State.BATCH) + first * stride;
	if (load<u32>(Address.STATE, State.STOP)) {
		refuse(cpu);
		return 0;
	}
	let done: u32 = 0;
	while (done < count) {
		const read = answerEntries(registers, caller, entry, count - done);
		done += read;
		entry += read * stride;
		if (done === count) break;
		const result = execute(registers, caller, entry);
		done++;
		if (load<u32>(Address.STATE, State.STOP)) {
			store<i32>(entry, refuse(cpu), BatchEntry.RESULT);
			return done;
		}
		store<i32>(entry, result, BatchEntry.RESULT);
		store<i64>(registers, result, Cpu.X0);
		entry += stride;
	}
	return count;
}

/**
 * Executes what comes first of at most `count` entries: those for the channel of the CPU's last call whose answers are at
 * hand, as long as nothing is due, as in trap.ts. Returns how many there were.
 */
function answerEntries(
	registers: usize,
	caller: u32,
	first: usize,
	count: u32,
): u32 {
	const functionId = load<u32>(first, BatchEntry.FUNCTION_ID);
	if (!isLastCall(registers, functionId, caller)) return 0;
	const own = notifiable(load<u32>(registers, Cpu.LAST_AGENT));
	const table = load<u32>(registers, Cpu.LAST_DISPATCH);
	const stride = load<u32>(Address.STATE, State.BATCH_STRIDE);
	const attention = load<u64>(Address.STATE, State.ATTENTION);
	const trapNs = load<u64>(Address.STATE, State.TRAP_NS);
	let time = load<u64>(Address.STATE, State.TIME);
	let entry = first;
	let done: u32 = 0;
	for (; done < count; done++) {
		// Two words at a time, of which status and flags have to be 0: what is not so plain is executed like its trap.
		const header = load<u32>(entry, BatchEntry.HEADER);
		const mine =
			load<u64>(entry, BatchEntry.FUNCTION_ID) === functionId &&
			load<u32>(entry, BatchEntry.AREA) === 0 &&
			time + trapNs < attention &&
			isKnown(header);
		if (!mine) break;
		const found = entryIn(table, header);
		const length: u64 = (found >> Dispatch.SIZE_SHIFT) + HEADER_SIZE;
		if (load<u64>(entry, BatchEntry.FLAGS) !== length << 32) break;
		const p = entry + BatchEntry.PAYLOAD;
		let replied: u32 = 0;
		switch ((found >> Dispatch.AT_HAND_SHIFT) & Dispatch.AT_HAND_MASK) {
			case AtHand.PROTOCOL_VERSION:
				replied = versionAtHand(protocolOf(header), p);
				break;
			case AtHand.CLOCK_RATE_GET:
				replied = rateAtHand(p);
				break;
			case AtHand.CLOCK_ATTRIBUTES: {
				const clock = allowedClock(p);
				if (clock !== 0) replied = attributesAtHand(own, clock, p);
				break;
			}
			case AtHand.POWER_STATE_GET:
				replied = stateAtHand(p, time + trapNs);
				break;
			default:
				break;
		}
		if (replied === 0) break;
		time += trapNs;
		store<i32>(p, Status.SUCCESS);
		store<u32>(entry, replied, BatchEntry.LENGTH);
		store<u32>(entry, SmtStatus.FREE, BatchEntry.STATUS);
		store<i32>(entry, Smccc.SUCCESS, BatchEntry.RESULT);
		entry += stride;
	}
	if (done === 0) return 0;
	store<u64>(registers, Smccc.SUCCESS, Cpu.X0);
	store<u64>(Address.STATE, time, State.TIME);
	return done;
}

function execute(registers: usize, caller: u32, entry: usize): i32 {
	passTrapSoon();
	if (load<u32>(Address.STATE, State.STOP)) return Smccc.NOT_SUPPORTED;
	const x0 = load<u32>(entry, BatchEntry.FUNCTION_ID);
	const known =
		isLastCall(registers, x0, caller) &&
		load<u32>(entry, BatchEntry.AREA) === 0;
	if (!known) return executeAny(x0, registers, caller, entry);
	const served = serveArea(load<u32>(registers, Cpu.LAST_CHANNEL), entry);
	return served ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
}

// Services without messages get what the CPU's other registers hold.
function executeAny(x0: u32, registers: usize, caller: u32, entry: usize): i32 {
	const service = serviceFor(x0 & ~Smccc.SVE_HINT, caller);
	if (service === 0) return Smccc.NOT_SUPPORTED;
	if (load<u32>(service, Service.KIND) !== ServiceKind.CHANNELS)
		return serve(service, registers, caller);
	const area = load<u32>(entry, BatchEntry.AREA);
	const areas = load<u32>(service, Service.COUNT);
	if (area >= areas) return Smccc.NOT_SUPPORTED;
	const channel = load<u32>(service, Service.FIRST) + area * Channel.SIZE;
	if (areas === 1) rememberCall(registers, x0, caller, channel);
	const served = serveArea(channel, entry);
	return served || areas > 1 ? Smccc.SUCCESS : Smccc.NOT_REQUIRED;
}
