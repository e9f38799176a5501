// Loading a platform: the image is checked section by section, addresses are resolved, the state behind it is laid out.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { linearAddress } from "../hardware/bus";
import {
	Agent,
	Block,
	BlockKind,
	Channel,
	ChannelDirection,
	Clock,
	Device,
	DeviceResource,
	Domain,
	Handshake,
	Image,
	LoadError,
	OperatingPoint,
	Performance,
	Pll,
	PllRate,
	Protocol,
	Queued,
	Rail,
	RailLevel,
	Register,
	Reset,
	Sensor,
	SensorAxis,
	SensorInterval,
	Service,
	Switch,
	System,
	Thermal,
} from "../image";
import { forgetCall } from "../last-call";
import {
	Abi,
	Address,
	ClockWatch,
	Dispatch,
	DomainWatch,
	Event,
	SensorUse,
	Slot,
	State,
} from "../layout";
import { Smt, SmtStatus } from "../shmem";
import { clearEvents } from "../sim/events";
import { check, checkName, failed, header, setState, state } from "./check";
import { checkClocks, checkPlls, holdCriticalClocks } from "./clocks";
import { checkDevices } from "./devices";
import { checkPerformance } from "./performance";
import { checkPower } from "./power";
import { checkRails } from "./rails";
import { checkResets } from "./resets";
import { checkSensors } from "./sensors";
import { checkAgents, checkChannels, fillTables } from "./services";
import { checkSystem } from "./system";

/** Makes room for an image of `length` bytes. Returns where to write it, or 0 when memory cannot grow that far. */
export function reserveImage(length: u32): usize {
	return grow(<u64>Address.IMAGE + length) ? <usize>Address.IMAGE : 0;
}

/** Makes sure that linear memory reaches to `end`. False when it cannot grow that far. */
export function grow(end: u64): bool {
	const pages = (end + Abi.WASM_PAGE - 1) / Abi.WASM_PAGE;
	const have = <u64>memory.size();
	if (pages <= have) return true;
	return pages <= 65536 && memory.grow(<i32>(pages - have)) >= 0;
}

/** Loads the image that lies at Address.IMAGE. Returns a LoadError. */
export function loadPlatform(length: u32): u32 {
	memory.fill(Address.STATE, 0, Address.IMAGE - Address.STATE);
	checkHeader(length);
	if (!failed()) resolveSections(length);
	if (!failed()) layOut(length);
	if (!failed()) checkBlocks();
	if (!failed()) resetRegisters();
	if (!failed()) checkPlls();
	if (!failed()) checkClocks();
	if (!failed()) checkPower();
	if (!failed()) checkResets();
	if (!failed()) checkRails();
	if (!failed()) checkPerformance();
	if (!failed()) checkSensors();
	if (!failed()) checkSystem();
	if (!failed()) checkDevices();
	if (!failed()) checkChannels();
	if (!failed()) checkAgents();
	if (!failed()) fillTables();
	if (failed()) return state(State.LOAD_ERROR);
	setState(State.IMAGE_LENGTH, length);
	setState(State.CPUS, header(Image.CPUS));
	holdCriticalClocks();
	return LoadError.NONE;
}

function checkHeader(length: u32): void {
	const at: usize = Address.IMAGE;
	const fits =
		length >= <u32>Image.HEADER_SIZE &&
		<u64>at + length <= <u64>memory.size() * Abi.WASM_PAGE;
	if (!check(fits, LoadError.LENGTH, at + Image.LENGTH)) return;
	check(
		header(Image.MAGIC) === Image.MAGIC_VALUE,
		LoadError.MAGIC,
		at + Image.MAGIC,
	);
	check(
		header(Image.VERSION) === Abi.VERSION,
		LoadError.VERSION,
		at + Image.VERSION,
	);
	check(header(Image.LENGTH) === length, LoadError.LENGTH, at + Image.LENGTH);
	const cpus = header(Image.CPUS);
	check(
		cpus >= 1 && cpus <= <u32>Abi.MAX_CPUS,
		LoadError.RANGE,
		at + Image.CPUS,
	);
	const size = header(Image.MAX_MESSAGE);
	const sizeOk =
		size >= <u32>Abi.MIN_MESSAGE_SIZE &&
		size <= <u32>Abi.MAX_MESSAGE_SIZE &&
		(size & 3) === 0;
	check(sizeOk, LoadError.RANGE, at + Image.MAX_MESSAGE);
	check(header(Image.PASS_ON) <= 1, LoadError.RANGE, at + Image.PASS_ON);
	setState(State.MAX_MESSAGE, size);
	setState(State.PASS_ON, header(Image.PASS_ON));
	setState(State.TRAP_NS, header(Image.TRAP_NS));
	setState(State.GENERATION, 1);
	store<u32>(Address.FREE_AREA, SmtStatus.FREE, Smt.STATUS);
	forgetCall();
	setState(State.POWER_CHANGES, 1);
	store<u64>(Address.STATE, u64.MAX_VALUE, State.POWER_DUE);
}

const enum Section {
	/** Place in the image's header, bytes of a row, most rows, place in the state or 0. */
	FIELD = 0x0,
	ROW = 0x4,
	MOST = 0x8,
	TO = 0xc,
	SIZE = 0x10,
}

/** As many rows as fit. */
const ANY: u32 = u32.MAX_VALUE;
/** The state has the address and behind it the number of rows; else the address, 0 without rows. */
const COUNTED: u32 = 1 << 31;

/** In the order in which they follow one another. */
// biome-ignore format: one section in each line
const SECTIONS = memory.data<u32>([
	Image.CLOCKS, Clock.SIZE, 0xffff, State.CLOCKS | COUNTED,
	Image.BLOCKS, Block.SIZE, 64, State.BLOCKS | COUNTED,
	Image.PARENTS, 2, ANY, State.PARENTS,
	Image.PLLS, Pll.SIZE, 0xffff, State.PLLS | COUNTED,
	Image.PLL_RATES, PllRate.SIZE, ANY, 0,
	Image.REGISTERS, Register.SIZE, ANY, 0,
	Image.DOMAINS, Domain.SIZE, 0xffff, State.DOMAINS | COUNTED,
	Image.DOMAIN_CLOCKS, 2, ANY, 0,
	Image.SWITCHES, Switch.SIZE, 32, State.SWITCHES | COUNTED,
	Image.HANDSHAKES, Handshake.SIZE, 32, State.HANDSHAKES | COUNTED,
	Image.AGENTS, Agent.SIZE, Abi.MAX_AGENTS, State.AGENTS | COUNTED,
	Image.CHANNELS, Channel.SIZE, 0xffff, State.CHANNELS | COUNTED,
	Image.SERVICES, Service.SIZE, ANY, 0,
	Image.RESULTS, 4, ANY, 0,
	Image.PROTOCOLS, Protocol.SIZE, Dispatch.PROTOCOLS, State.PROTOCOLS | COUNTED,
	Image.RESETS, Reset.SIZE, 0xffff, State.RESETS | COUNTED,
	Image.RAILS, Rail.SIZE, 0xffff, State.RAILS | COUNTED,
	Image.RAIL_LEVELS, RailLevel.SIZE, ANY, 0,
	Image.PERFORMANCE, Performance.SIZE, 0xffff, State.PERFORMANCE | COUNTED,
	Image.OPERATING_POINTS, OperatingPoint.SIZE, ANY, 0,
	Image.SENSORS, Sensor.SIZE, 0xffff, State.SENSORS | COUNTED,
	Image.SENSOR_AXES, SensorAxis.SIZE, ANY, 0,
	Image.SENSOR_INTERVALS, SensorInterval.SIZE, ANY, 0,
	Image.SYSTEM, System.SIZE, 1, State.SYSTEM,
	Image.THERMAL, Thermal.SIZE, 1, State.THERMAL,
	Image.DEVICES, Device.SIZE, 0xffff, State.DEVICES | COUNTED,
	Image.DEVICE_RESOURCES, DeviceResource.SIZE, ANY, 0,
	Image.STRINGS, 1, ANY, State.STRINGS,
	0,
]);

/** Checks that the sections lie in the image, none of them in another, and notes where. */
function resolveSections(length: u32): void {
	let behind: u64 = Image.HEADER_SIZE;
	for (let at = SECTIONS; load<u32>(at) !== 0; at += Section.SIZE) {
		const field = load<u32>(at, Section.FIELD);
		const offset = header(field);
		const count = header(field + 4);
		const end = <u64>offset + <u64>count * load<u32>(at, Section.ROW);
		const inside = <u64>offset >= behind && (offset & 7) === 0 && end <= length;
		check(count === 0 || inside, LoadError.SECTION, Address.IMAGE + field);
		if (count !== 0) behind = end;
		const fits = count <= load<u32>(at, Section.MOST);
		check(fits, LoadError.RANGE, Address.IMAGE + field + 4);
		const to = load<u32>(at, Section.TO);
		if (to === 0) continue;
		const counted = (to & COUNTED) !== 0;
		const address: u32 = Address.IMAGE + offset;
		setState(to & ~COUNTED, counted || count !== 0 ? address : 0);
		if (counted) setState((to & ~COUNTED) + 4, count);
	}
	check(
		state(State.CLOCKS) === <u32>Address.CLOCKS,
		LoadError.SECTION,
		Address.IMAGE + Image.CLOCKS,
	);
	const agents = state(State.AGENT_COUNT);
	check(agents >= 2, LoadError.RANGE, Address.IMAGE + Image.AGENTS);
	setState(State.POWER, Address.IMAGE + Image.POWER);
	const strings = header(Image.STRINGS + 4);
	const terminated =
		strings > 0 &&
		!failed() &&
		load<u8>(state(State.STRINGS) + strings - 1) === 0;
	check(terminated, LoadError.RANGE, Address.IMAGE + Image.STRINGS);
	if (failed()) return;
	checkName(Address.IMAGE + Image.VENDOR);
	checkName(Address.IMAGE + Image.SUB_VENDOR);
}

/** Slots of a hash table for that many rows. */
function slots(rows: u32): u32 {
	let count: u32 = 8;
	while (count < rows * 2) count <<= 1;
	return count;
}

/** How many registers have clocks' muxes, dividers or gates, at most. */
function clockRegisters(): u32 {
	let count: u32 = 0;
	for (let id: u32 = 0; id < state(State.CLOCK_COUNT); id++) {
		const clock: usize = Address.CLOCKS + id * Clock.SIZE;
		if (load<u32>(clock, Clock.REGISTER) !== 0) count++;
		if (load<u32>(clock, Clock.GATE_REGISTER) !== 0) count++;
	}
	return count;
}

/** Lays out dispatch tables, function-ID tables and the blocks' memory behind the image. */
function layOut(length: u32): void {
	const agents = state(State.AGENT_COUNT);
	const services = header(Image.SERVICES + 4);
	let at = align(<u64>Address.IMAGE + length);
	const events = at;
	at += <u64>Abi.EVENTS * Event.SIZE;
	const queues = at;
	at = align(at + <u64>platformChannels() * queueSize());
	const watches = at;
	if (platformChannels() !== 0) {
		at += <u64>state(State.CLOCK_COUNT) * ClockWatch.SIZE;
		at = align(at + <u64>state(State.DOMAIN_COUNT) * DomainWatch.SIZE);
	}
	const uses = at;
	at = align(at + <u64>agents * state(State.SENSOR_COUNT) * SensorUse.SIZE);
	const dispatch = at;
	at += <u64>agents * Dispatch.SIZE;
	const chains = at;
	const chainSlots = slots(clockRegisters());
	at = align(at + <u64>chainSlots * 2);
	const el2 = at;
	at += <u64>slots(services) * Slot.SIZE;
	const el3 = at;
	at = align(at + <u64>slots(services) * Slot.SIZE);
	const behind = at;
	const blocks = state(State.BLOCKS);
	for (let i: u32 = 0; i < state(State.BLOCK_COUNT); i++) {
		at = align(at + load<u32>(blocks + i * Block.SIZE, Block.LENGTH));
	}
	if (
		!check(
			at <= <u64>Abi.MAX_MEMORY && grow(at),
			LoadError.MEMORY,
			Address.IMAGE + Image.BLOCKS,
		)
	)
		return;
	memory.fill(Address.IMAGE + length, 0, <usize>at - Address.IMAGE - length);
	setState(State.EVENTS, <u32>events);
	clearEvents();
	placeQueues(<u32>queues);
	if (platformChannels() !== 0) {
		const clocks = state(State.CLOCK_COUNT);
		setState(State.CLOCK_WATCHES, <u32>watches);
		setState(State.DOMAIN_WATCHES, <u32>watches + clocks * ClockWatch.SIZE);
	}
	setState(State.SENSOR_USES, <u32>uses);
	setState(State.DISPATCH, <u32>dispatch);
	setState(State.CHAINS, <u32>chains);
	setState(State.CHAIN_MASK, chainSlots - 1);
	setState(State.EL2_TABLE, <u32>el2);
	setState(State.EL2_MASK, slots(services) - 1);
	setState(State.EL3_TABLE, <u32>el3);
	setState(State.EL3_MASK, slots(services) - 1);
	setState(State.END, <u32>at);
	let linear = behind;
	for (let i: u32 = 0; i < state(State.BLOCK_COUNT); i++) {
		const block = blocks + i * Block.SIZE;
		store<u32>(block, <u32>linear, Block.LINEAR);
		linear = align(linear + load<u32>(block, Block.LENGTH));
	}
}

/** How many channels of the platform there are. */
function platformChannels(): u32 {
	let count: u32 = 0;
	for (let i: u32 = 0; i < state(State.CHANNEL_COUNT); i++) {
		const channel = state(State.CHANNELS) + i * Channel.SIZE;
		if (isPlatformChannel(channel)) count++;
	}
	return count;
}

function isPlatformChannel(channel: usize): bool {
	const direction = load<u32>(channel, Channel.DIRECTION);
	return direction === ChannelDirection.PLATFORM_TO_AGENT;
}

function queueSize(): u32 {
	return Abi.QUEUE_LENGTH * (Queued.HEADER + state(State.MAX_MESSAGE));
}

function placeQueues(first: u32): void {
	let queue = first;
	for (let i: u32 = 0; i < state(State.CHANNEL_COUNT); i++) {
		const channel = state(State.CHANNELS) + i * Channel.SIZE;
		if (!isPlatformChannel(channel)) continue;
		store<u32>(channel, queue, Channel.QUEUE);
		queue += queueSize();
	}
}

function align(address: u64): u64 {
	return (address + 63) & ~63;
}

function checkBlocks(): void {
	const blocks = state(State.BLOCKS);
	const count = state(State.BLOCK_COUNT);
	for (let i: u32 = 0; i < count; i++) {
		const block = blocks + i * Block.SIZE;
		const base = load<u32>(block, Block.BASE);
		const size = load<u32>(block, Block.LENGTH);
		check(
			(base & 15) === 0 && size !== 0 && (size & 15) === 0,
			LoadError.RANGE,
			block,
		);
		check(<u64>base + size <= 0x100000000, LoadError.RANGE, block);
		check(
			load<u32>(block, Block.KIND) < <u32>BlockKind.COUNT,
			LoadError.RANGE,
			block + Block.KIND,
		);
		for (let j: u32 = 0; j < i; j++) {
			const other = blocks + j * Block.SIZE;
			const otherBase = load<u32>(other, Block.BASE);
			const apart =
				<u64>base >= <u64>otherBase + load<u32>(other, Block.LENGTH) ||
				<u64>otherBase >= <u64>base + size;
			check(apart, LoadError.DUPLICATE, block);
		}
	}
}

// Values at load are stored as they are: no write semantics, no time.
function resetRegisters(): void {
	const rows = Address.IMAGE + header(Image.REGISTERS);
	for (let i: u32 = 0; i < header(Image.REGISTERS + 4); i++) {
		const row = rows + i * Register.SIZE;
		const physical = load<u32>(row, Register.ADDRESS);
		const linear = linearAddress(physical, 4);
		if (!check((physical & 3) === 0 && linear !== 0, LoadError.ADDRESS, row))
			return;
		store<u32>(linear, load<u32>(row, Register.VALUE));
	}
}
