// A batch: many traps in one call, their messages side by side in linear memory instead of one after the other in an area.
// Each entry does what its trap would do (SMCCC 1.4, SCMI 3.2 section 5.1.2), at the same virtual time.

import { Agent, Channel, Service, ServiceKind } from "./image";
import { Abi, Address, BatchEntry, Cpu, Dispatch, State } from "./layout";
import { grow } from "./platform/load";
import { onlyReads, PROTOCOL_SHIFT } from "./scmi/read-only";
import { HEADER_SIZE, INTERRUPT_ENABLED, SmtStatus, serveArea } from "./shmem";
import { passTrapSoon } from "./sim/attention";
import { quietTraps } from "./sim/quiet";
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
		const read = readEntries(registers, caller, entry, count - done);
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
 * Executes what comes first of at most `count` entries: those for the channel of the CPU's last call that only read, as
 * long as nothing is due. Time is looked at once for all of them. Returns how many there were.
 */
function readEntries(
	registers: usize,
	caller: u32,
	first: usize,
	count: u32,
): u32 {
	// One alone takes its trap's way.
	if (count < 2 || !onlyReads(load<u32>(first, BatchEntry.HEADER))) return 0;
	const functionId = load<u32>(registers, Cpu.LAST_CALL);
	if (!isLastCall(registers, functionId, caller)) return 0;
	const channel = load<u32>(registers, Cpu.LAST_CHANNEL);
	const agent = load<u32>(channel, Channel.AGENT_ROW);
	const handlers = load<u32>(agent, Agent.DISPATCH);
	const stride = load<u32>(Address.STATE, State.BATCH_STRIDE);
	const most = <u32>min<u64>(quietTraps(), count);
	let entry = first;
	let done: u32 = 0;
	for (; done < most; done++) {
		const header = load<u32>(entry, BatchEntry.HEADER);
		const mine =
			load<u32>(entry, BatchEntry.FUNCTION_ID) === functionId &&
			((load<u32>(entry, BatchEntry.STATUS) & SmtStatus.FREE) |
				(load<u32>(entry, BatchEntry.FLAGS) & INTERRUPT_ENABLED) |
				load<u32>(entry, BatchEntry.AREA)) ===
				0 &&
			onlyReads(header);
		if (!mine) break;
		// As entry.ts finds a handler; whatever is wrong is answered there.
		const protocol = (header >> PROTOCOL_SHIFT) & (Dispatch.PROTOCOLS - 1);
		const row =
			handlers +
			protocol * Dispatch.PROTOCOL_STRIDE +
			(header & (Dispatch.MESSAGES - 1)) * Dispatch.ENTRY;
		const handler = load<u32>(row);
		const length = load<u32>(entry, BatchEntry.LENGTH);
		if (
			handler === 0 ||
			length !== (handler >> Dispatch.SIZE_SHIFT) + HEADER_SIZE
		)
			break;
		const payload = entry + BatchEntry.PAYLOAD;
		const size = call_indirect<i32>(
			handler & Dispatch.HANDLER_MASK,
			agent,
			protocol,
			payload,
		);
		store<i32>(payload, min(size, 0));
		store<u32>(entry, HEADER_SIZE + 4 + max(size, 0), BatchEntry.LENGTH);
		store<u32>(entry, SmtStatus.FREE, BatchEntry.STATUS);
		store<i32>(entry, Smccc.SUCCESS, BatchEntry.RESULT);
		entry += stride;
	}
	if (done !== 0) store<i64>(registers, Smccc.SUCCESS, Cpu.X0);
	const ns = <u64>done * load<u32>(Address.STATE, State.TRAP_NS);
	const time = load<u64>(Address.STATE, State.TIME) + ns;
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
