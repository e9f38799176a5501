// Loading a platform: the image is checked row by row, addresses are resolved, and the state behind it is laid out.
// This project's own format (layout.ts); nothing of an image is believed before it was checked.

import { linearAddress } from "./hardware/bus";
import { isCritical, PLATFORM, requestClock } from "./hardware/clock-gates";
import { positionOf } from "./hardware/clock-rate";
import { clockRow, kindOf, parentAt, parentCount } from "./hardware/clock-tree";
import {
	Abi,
	Address,
	Agent,
	Block,
	BlockKind,
	Channel,
	Clock,
	ClockKind,
	Dispatch,
	Domain,
	Handshake,
	Image,
	Index,
	LoadError,
	Pll,
	PllRate,
	PowerController,
	Protocol,
	Register,
	Service,
	ServiceKind,
	Slot,
	State,
	Switch,
} from "./layout";
import { isVersion, speak } from "./scmi/agents";
import { Smt, SmtStatus } from "./shmem";
import { slotOf } from "./smccc";

/** Clocks and domains may be nested this deep. */
const MAX_DEPTH: u32 = 64;
const MAX_NAME: u32 = 63;
/** Names are padded to this size. */
const SHORT_NAME: u32 = 16;

function state(field: u32): u32 {
	return load<u32>(Address.STATE + field);
}

function setState(field: u32, value: u32): void {
	store<u32>(Address.STATE + field, value);
}

function header(field: u32): u32 {
	return load<u32>(Address.IMAGE + field);
}

function failed(): bool {
	return state(State.LOAD_ERROR) !== LoadError.NONE;
}

/** Records the first refusal; `address` is where in linear memory, told as an offset in the image. */
function check(holds: bool, error: u32, address: usize): bool {
	if (!holds && !failed()) {
		setState(State.LOAD_ERROR, error);
		setState(State.LOAD_ERROR_AT, <u32>(address - Address.IMAGE));
	}
	return holds;
}

/** Makes room for an image of `length` bytes. Returns where to write it, or 0 when memory cannot grow that far. */
export function reserveImage(length: u32): usize {
	return grow(<u64>Address.IMAGE + length) ? <usize>Address.IMAGE : 0;
}

function grow(end: u64): bool {
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
	if (!failed()) checkAgents();
	if (!failed()) checkChannels();
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
	store<u64>(Address.STATE, u64.MAX_VALUE, State.POWER_DUE);
}

/** Checks that a section lies in the image. Returns its address. */
function section(field: u32, rowSize: u32, length: u32): u32 {
	const offset = header(field);
	const count = header(field + 4);
	const end = <u64>offset + <u64>count * rowSize;
	const inside =
		offset >= <u32>Image.HEADER_SIZE && (offset & 7) === 0 && end <= length;
	check(count === 0 || inside, LoadError.SECTION, Address.IMAGE + field);
	return Address.IMAGE + offset;
}

function table(
	field: u32,
	rowSize: u32,
	length: u32,
	address: u32,
	most: u32,
): void {
	setState(address, section(field, rowSize, length));
	setState(address + 4, header(field + 4));
	check(header(field + 4) <= most, LoadError.RANGE, Address.IMAGE + field + 4);
}

function resolveSections(length: u32): void {
	table(Image.BLOCKS, Block.SIZE, length, State.BLOCKS, 64);
	table(Image.CLOCKS, Clock.SIZE, length, State.CLOCKS, 0xffff);
	table(Image.PLLS, Pll.SIZE, length, State.PLLS, 0xffff);
	table(Image.DOMAINS, Domain.SIZE, length, State.DOMAINS, 0xffff);
	table(Image.SWITCHES, Switch.SIZE, length, State.SWITCHES, 32);
	table(Image.HANDSHAKES, Handshake.SIZE, length, State.HANDSHAKES, 32);
	table(Image.AGENTS, Agent.SIZE, length, State.AGENTS, Abi.MAX_AGENTS);
	table(Image.CHANNELS, Channel.SIZE, length, State.CHANNELS, 0xffff);
	table(
		Image.PROTOCOLS,
		Protocol.SIZE,
		length,
		State.PROTOCOLS,
		Dispatch.PROTOCOLS,
	);
	setState(State.STRINGS, section(Image.STRINGS, 1, length));
	setState(State.PARENTS, section(Image.PARENTS, 2, length));
	section(Image.PLL_RATES, PllRate.SIZE, length);
	section(Image.REGISTERS, Register.SIZE, length);
	section(Image.DOMAIN_CLOCKS, 2, length);
	section(Image.SERVICES, Service.SIZE, length);
	section(Image.RESULTS, 4, length);
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

/** Checks the name that the word at `field` points at. */
function checkName(field: usize): void {
	const name = load<u32>(field);
	const size = header(Image.STRINGS + 4);
	const inside = name < size && size - name >= SHORT_NAME;
	if (!check(inside, LoadError.REFERENCE, field)) return;
	const text = state(State.STRINGS) + name;
	let length: u32 = 0;
	while (load<u8>(text + length) !== 0) length++;
	check(length <= MAX_NAME, LoadError.RANGE, field);
	for (let i = length; i < SHORT_NAME; i++)
		check(load<u8>(text + i) === 0, LoadError.RANGE, field);
}

function slots(services: u32): u32 {
	let count: u32 = 8;
	while (count < services * 2) count <<= 1;
	return count;
}

/** Lays out dispatch tables, function-ID tables and the blocks' memory behind the image. */
function layOut(length: u32): void {
	const agents = state(State.AGENT_COUNT);
	const services = header(Image.SERVICES + 4);
	let at = align(<u64>Address.IMAGE + length);
	const dispatch = at;
	at += <u64>agents * Dispatch.SIZE;
	const el2 = at;
	at += <u64>slots(services) * Slot.SIZE;
	const el3 = at;
	at = align(at + <u64>slots(services) * Slot.SIZE);
	const behind = at;
	const blocks = state(State.BLOCKS);
	for (let i: u32 = 0; i < state(State.BLOCK_COUNT); i++) {
		at = align(at + load<u32>(blocks + i * Block.SIZE, Block.LENGTH));
	}
	if (!check(grow(at), LoadError.MEMORY, Address.IMAGE + Image.BLOCKS)) return;
	memory.fill(Address.IMAGE + length, 0, <usize>at - Address.IMAGE - length);
	setState(State.DISPATCH, <u32>dispatch);
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

/** Turns the physical address of a register at `field` into a linear one. */
function resolve(field: usize): void {
	const physical = load<u32>(field);
	const linear = linearAddress(physical, 4);
	if (!check((physical & 3) === 0 && linear !== 0, LoadError.ADDRESS, field))
		return;
	store<u32>(field, <u32>linear);
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

function checkPlls(): void {
	for (let i: u32 = 0; i < state(State.PLL_COUNT); i++) {
		const pll = state(State.PLLS) + i * Pll.SIZE;
		// All three registers must lie in the block.
		const inside = linearAddress(load<u32>(pll, Pll.CONTROL), 12) !== 0;
		if (!check(inside, LoadError.ADDRESS, pll)) return;
		resolve(pll + Pll.CONTROL);
		const first = load<u32>(pll, Pll.RATES);
		const count = load<u32>(pll, Pll.RATE_COUNT);
		const most = header(Image.PLL_RATES + 4);
		check(
			first <= most && count <= most - first,
			LoadError.REFERENCE,
			pll + Pll.RATES,
		);
		check(count <= 16, LoadError.RANGE, pll + Pll.RATE_COUNT);
		check(
			load<u32>(pll, Pll.FRACTIONAL) <= 1,
			LoadError.RANGE,
			pll + Pll.FRACTIONAL,
		);
		check(
			load<u32>(pll, Pll.LOCK_CYCLES) <= 1000000,
			LoadError.RANGE,
			pll + Pll.LOCK_CYCLES,
		);
		check(
			load<u32>(pll, Pll.CLOCK) < state(State.CLOCK_COUNT),
			LoadError.REFERENCE,
			pll + Pll.CLOCK,
		);
		store<u32>(
			pll,
			Address.IMAGE + header(Image.PLL_RATES) + first * PllRate.SIZE,
			Pll.RATES,
		);
		store<u64>(pll, 0, Pll.LOCK_AT);
	}
}

function isClock(id: u32): bool {
	return (
		id < state(State.CLOCK_COUNT) && kindOf(clockRow(id)) > ClockKind.ALIAS
	);
}

function checkClocks(): void {
	const count = state(State.CLOCK_COUNT);
	for (let id: u32 = 0; id < count && !failed(); id++)
		checkClock(clockRow(id), id);
	for (let id: u32 = 0; id < count && !failed(); id++)
		checkClockLinks(clockRow(id), id);
	for (let id: u32 = 0; id < count && !failed(); id++) {
		if (isClock(id))
			check(height(clockRow(id), 0) !== 0, LoadError.CYCLE, clockRow(id));
	}
	for (let id: u32 = 0; id < count; id++)
		store<u64>(clockRow(id), 0, Clock.RATE);
	for (let i: u32 = 0; i < state(State.PLL_COUNT) && !failed(); i++) {
		const pll = state(State.PLLS) + i * Pll.SIZE;
		const clock = clockRow(load<u32>(pll, Pll.CLOCK));
		const mutual =
			kindOf(clock) === ClockKind.PLL && load<u16>(clock, Clock.TARGET) === i;
		check(mutual, LoadError.REFERENCE, pll + Pll.CLOCK);
	}
}

/** The row by itself: ranges and addresses. */
function checkClock(clock: usize, _id: u32): void {
	const kind = kindOf(clock);
	if (!check(kind < ClockKind.COUNT, LoadError.RANGE, clock)) return;
	if (kind === ClockKind.NONE) return;
	checkName(clock + Clock.NAME);
	if (kind === ClockKind.ALIAS) {
		check(
			isClock(load<u16>(clock, Clock.TARGET)),
			LoadError.REFERENCE,
			clock + Clock.TARGET,
		);
		return;
	}
	const shift: u32 = load<u8>(clock, Clock.SHIFT);
	const width: u32 = load<u8>(clock, Clock.WIDTH);
	let inputs: u32 = 1;
	let hasRegister = true;
	switch (kind) {
		case ClockKind.FIXED:
			inputs = 0;
			hasRegister = false;
			break;
		case ClockKind.MUX:
			check(width >= 1 && width <= 7, LoadError.RANGE, clock + Clock.WIDTH);
			inputs = 1 << min<u32>(width, 7);
			break;
		case ClockKind.COMPOSITE:
			check(width >= 1 && width <= 6, LoadError.RANGE, clock + Clock.WIDTH);
			inputs = 8;
			break;
		case ClockKind.DIVIDER:
			check(width >= 1 && width <= 8, LoadError.RANGE, clock + Clock.WIDTH);
			break;
		case ClockKind.FIXED_FACTOR: {
			const mult = load<u32>(clock, Clock.MULT);
			const div = load<u32>(clock, Clock.DIV);
			check(mult >= 1 && mult <= 0xffff, LoadError.RANGE, clock + Clock.MULT);
			check(div >= 1 && div <= 0xffff, LoadError.RANGE, clock + Clock.DIV);
			hasRegister = false;
			break;
		}
		default:
			hasRegister = false;
			break;
	}
	check(shift + width <= 32, LoadError.RANGE, clock + Clock.SHIFT);
	check(
		parentCount(clock) === inputs,
		LoadError.RANGE,
		clock + Clock.PARENT_COUNT,
	);
	if (hasRegister) resolve(clock + Clock.REGISTER);
	if (load<u32>(clock, Clock.GATE_REGISTER) !== 0) {
		const gateWidth: u32 = load<u8>(clock, Clock.GATE_WIDTH);
		check(
			gateWidth >= 1 && gateWidth <= 8,
			LoadError.RANGE,
			clock + Clock.GATE_WIDTH,
		);
		check(
			load<u8>(clock, Clock.GATE_SHIFT) + gateWidth <= 32,
			LoadError.RANGE,
			clock + Clock.GATE_SHIFT,
		);
		resolve(clock + Clock.GATE_REGISTER);
	}
	const first = load<u32>(clock, Clock.PARENTS);
	const most = header(Image.PARENTS + 4);
	check(
		first <= most && inputs <= most - first,
		LoadError.REFERENCE,
		clock + Clock.PARENTS,
	);
	store<u32>(clock, 0, Clock.GENERATION);
	store<u64>(clock, 0, Clock.RATE);
	store<u32>(clock, 0, Clock.REQUESTS);
	store<u32>(clock, 0, Clock.USE_COUNT);
	store<u8>(clock, 0, Clock.HELD_PARENT);
}

/** The rows that it points at. */
function checkClockLinks(clock: usize, _id: u32): void {
	const kind = kindOf(clock);
	if (kind <= ClockKind.ALIAS) return;
	const parents = state(State.PARENTS) + (load<u32>(clock, Clock.PARENTS) << 1);
	for (let i: u32 = 0; i < parentCount(clock); i++) {
		check(
			isClock(load<u16>(parents + (i << 1))),
			LoadError.REFERENCE,
			parents + (i << 1),
		);
	}
	if (failed()) return;
	checkSharing(clock);
	const target = load<u16>(clock, Clock.TARGET);
	if (kind === ClockKind.PLL) {
		const owns = target < state(State.PLL_COUNT);
		check(owns, LoadError.REFERENCE, clock + Clock.TARGET);
	} else if (kind === ClockKind.CPU) {
		checkCpu(clock, target);
	}
}

/** The ring of clocks that share a gate comes back to its start and stays with the same bits. */
function checkSharing(clock: usize): void {
	let other = clock;
	for (let steps: u32 = 0; steps < 16; steps++) {
		const next = load<u16>(other, Clock.SHARE_NEXT);
		if (!check(isClock(next), LoadError.REFERENCE, other + Clock.SHARE_NEXT))
			return;
		other = clockRow(next);
		const same =
			load<u32>(other, Clock.GATE_REGISTER) ===
				load<u32>(clock, Clock.GATE_REGISTER) &&
			load<u8>(other, Clock.GATE_SHIFT) === load<u8>(clock, Clock.GATE_SHIFT);
		if (!check(same, LoadError.REFERENCE, clock + Clock.SHARE_NEXT)) return;
		if (other === clock) return;
	}
	check(false, LoadError.CYCLE, clock + Clock.SHARE_NEXT);
}

/** The parent is a mux with both the parking clock and the clock to retune among its inputs. */
function checkCpu(clock: usize, target: u32): void {
	const mux = parentAt(clock, 0);
	const park = load<u16>(clock, Clock.PARK);
	const known =
		isClock(park) && isClock(target) && kindOf(mux) === ClockKind.MUX;
	if (!check(known, LoadError.REFERENCE, clock + Clock.PARK)) return;
	const inputs = parentCount(mux);
	const linked =
		positionOf(mux, clockRow(park)) < inputs &&
		positionOf(mux, clockRow(target)) < inputs;
	check(linked, LoadError.REFERENCE, clock + Clock.PARK);
	const position: u32 = load<u8>(clock, Clock.PARK_PARENT);
	check(
		position < max<u32>(parentCount(clockRow(park)), 1),
		LoadError.RANGE,
		clock + Clock.PARK_PARENT,
	);
}

/** Levels below a clock, at least 1; 0 when it is its own ancestor or too deep. Kept in RATE: 1 under way, else height + 1. */
function height(clock: usize, depth: u32): u32 {
	const known = load<u64>(clock, Clock.RATE);
	if (known > 1) return <u32>known - 1;
	if (known === 1 || depth > MAX_DEPTH) return 0;
	store<u64>(clock, 1, Clock.RATE);
	let most: u32 = 0;
	for (let i: u32 = 0; i < parentCount(clock); i++) {
		const parent = height(parentAt(clock, i), depth + 1);
		if (parent === 0) return 0;
		most = max(most, parent);
	}
	if (most >= MAX_DEPTH) return 0;
	store<u64>(clock, most + 2, Clock.RATE);
	return most + 1;
}

function checkPower(): void {
	const power = Address.IMAGE + Image.POWER;
	const switches = state(State.SWITCH_COUNT);
	const handshakes = state(State.HANDSHAKE_COUNT);
	if (switches !== 0 || handshakes !== 0) {
		resolve(power + PowerController.UP_REQUEST);
		resolve(power + PowerController.DOWN_REQUEST);
		resolve(power + PowerController.MAPPING);
		resolve(power + PowerController.HANDSHAKE);
	}
	for (let i: u32 = 0; i < switches; i++) {
		const row = state(State.SWITCHES) + i * Switch.SIZE;
		resolve(row + Switch.CONTROL);
		resolve(row + Switch.STATUS);
		store<u64>(row, 0, Switch.PENDING_AT);
		store<u32>(row, 0, Switch.PENDING);
	}
	for (let i: u32 = 0; i < handshakes; i++) {
		const row = state(State.HANDSHAKES) + i * Handshake.SIZE;
		check(
			within(load<u32>(row, Handshake.SWITCHES), switches),
			LoadError.REFERENCE,
			row + Handshake.SWITCHES,
		);
		store<u32>(row, 0, Handshake.PENDING);
		store<u64>(row, 0, Handshake.PENDING_AT);
	}
	for (let i: u32 = 0; i < state(State.DOMAIN_COUNT) && !failed(); i++) {
		checkDomain(state(State.DOMAINS) + i * Domain.SIZE, switches, handshakes);
	}
}

/** Whether a mask has bits for the first `count` rows only. */
function within(mask: u32, count: u32): bool {
	return count >= 32 || mask >> count === 0;
}

function checkDomain(domain: usize, switches: u32, handshakes: u32): void {
	checkName(domain + Domain.NAME);
	const regions = load<u32>(domain, Domain.SWITCHES);
	const shakes = load<u32>(domain, Domain.HANDSHAKES);
	check(
		within(regions, switches),
		LoadError.REFERENCE,
		domain + Domain.SWITCHES,
	);
	check(
		within(shakes, handshakes),
		LoadError.REFERENCE,
		domain + Domain.HANDSHAKES,
	);
	check((regions | shakes) !== 0, LoadError.RANGE, domain + Domain.SWITCHES);
	check(
		load<u16>(domain, Domain.KEEPS_CLOCKS) <= 1,
		LoadError.RANGE,
		domain + Domain.KEEPS_CLOCKS,
	);
	const first = load<u32>(domain, Domain.CLOCKS);
	const count = load<u32>(domain, Domain.CLOCK_COUNT);
	const most = header(Image.DOMAIN_CLOCKS + 4);
	if (
		!check(
			first <= most && count <= most - first,
			LoadError.REFERENCE,
			domain + Domain.CLOCKS,
		)
	)
		return;
	const clocks = Address.IMAGE + header(Image.DOMAIN_CLOCKS) + (first << 1);
	for (let i: u32 = 0; i < count; i++) {
		check(
			isClock(load<u16>(clocks + (i << 1))),
			LoadError.REFERENCE,
			clocks + (i << 1),
		);
	}
	store<u32>(domain, <u32>clocks, Domain.CLOCKS);
	store<u32>(domain, 0, Domain.REQUESTS);
	store<u32>(domain, 0, Domain.USE_COUNT);
	store<u32>(domain, 0, Domain.HOLDS_CLOCKS);
	let above = domain;
	for (
		let depth: u32 = 0;
		load<u16>(above, Domain.PARENT) !== Index.NONE;
		depth++
	) {
		const parent = load<u16>(above, Domain.PARENT);
		if (
			!check(
				parent < state(State.DOMAIN_COUNT),
				LoadError.REFERENCE,
				above + Domain.PARENT,
			)
		)
			return;
		if (!check(depth < MAX_DEPTH, LoadError.CYCLE, domain + Domain.PARENT))
			return;
		above = state(State.DOMAINS) + parent * Domain.SIZE;
	}
}

function checkAgents(): void {
	const protocols = state(State.PROTOCOLS);
	const count = state(State.PROTOCOL_COUNT);
	let last: u32 = 0;
	for (let i: u32 = 0; i < count; i++) {
		const row = protocols + i * Protocol.SIZE;
		const id = load<u32>(row, Protocol.ID);
		check(
			isVersion(id, load<u32>(row, Protocol.VERSION)),
			LoadError.PROTOCOL,
			row,
		);
		check(
			i === 0 ? id === Dispatch.FIRST_PROTOCOL : id > last,
			LoadError.PROTOCOL,
			row,
		);
		last = id;
	}
	check(count !== 0, LoadError.PROTOCOL, Address.IMAGE + Image.PROTOCOLS);
	const agents = state(State.AGENT_COUNT);
	check(agents >= 2, LoadError.RANGE, Address.IMAGE + Image.AGENTS);
	for (let i: u32 = 0; i < agents && !failed(); i++) {
		const agent = state(State.AGENTS) + i * Agent.SIZE;
		checkName(agent + Agent.NAME);
		store<u32>(
			agent,
			state(State.DISPATCH) + i * Dispatch.SIZE,
			Agent.DISPATCH,
		);
		for (let j: u32 = 0; j < count && !failed(); j++) {
			const row = protocols + j * Protocol.SIZE;
			speak(
				agent,
				load<u32>(row, Protocol.ID),
				load<u32>(row, Protocol.VERSION),
			);
		}
	}
}

function checkChannels(): void {
	const smallest: u32 = Smt.HEADER + state(State.MAX_MESSAGE);
	for (let i: u32 = 0; i < state(State.CHANNEL_COUNT) && !failed(); i++) {
		const channel = state(State.CHANNELS) + i * Channel.SIZE;
		const area = load<u32>(channel, Channel.AREA);
		const size = load<u32>(channel, Channel.LENGTH);
		check(size >= smallest && (area & 3) === 0, LoadError.RANGE, channel);
		const linear = linearAddress(area, size);
		if (!check(linear !== 0, LoadError.ADDRESS, channel)) return;
		const agent = load<u32>(channel, Channel.AGENT);
		check(
			agent !== PLATFORM && agent < state(State.AGENT_COUNT),
			LoadError.REFERENCE,
			channel + Channel.AGENT,
		);
		store<u32>(channel, <u32>linear, Channel.LINEAR);
		store<u32>(channel, 0, Channel.SERVED);
		store<u32>(channel, 0, Channel.REFUSED);
		store<u32>(channel, 0, Channel.INTERRUPTS);
		store<u32>(linear, SmtStatus.FREE, Smt.STATUS);
	}
}

/** Enters every service into its level's function-ID table. */
function fillTables(): void {
	const rows = Address.IMAGE + header(Image.SERVICES);
	for (let i: u32 = 0; i < header(Image.SERVICES + 4) && !failed(); i++) {
		const row = rows + i * Service.SIZE;
		const level = load<u32>(row, Service.EXCEPTION_LEVEL);
		const kind = load<u32>(row, Service.KIND);
		check(
			level === 2 || level === 3,
			LoadError.RANGE,
			row + Service.EXCEPTION_LEVEL,
		);
		check(kind < <u32>ServiceKind.COUNT, LoadError.RANGE, row + Service.KIND);
		if (kind === ServiceKind.CHANNELS) {
			pointAtRows(
				row,
				state(State.CHANNELS),
				Channel.SIZE,
				state(State.CHANNEL_COUNT),
			);
		} else if (kind === ServiceKind.RESULTS) {
			check(
				load<u32>(row, Service.COUNT) <= 4,
				LoadError.RANGE,
				row + Service.COUNT,
			);
			pointAtRows(
				row,
				Address.IMAGE + header(Image.RESULTS),
				4,
				header(Image.RESULTS + 4),
			);
		}
		if (failed()) return;
		if (level === 2) enter(row, state(State.EL2_TABLE), state(State.EL2_MASK));
		else enter(row, state(State.EL3_TABLE), state(State.EL3_MASK));
	}
}

/** Turns FIRST from an index into an address. */
function pointAtRows(service: usize, rows: usize, size: u32, most: u32): void {
	const first = load<u32>(service, Service.FIRST);
	const count = load<u32>(service, Service.COUNT);
	const inside = count >= 1 && first <= most && count <= most - first;
	if (!check(inside, LoadError.REFERENCE, service + Service.FIRST)) return;
	store<u32>(service, <u32>(rows + first * size), Service.FIRST);
}

function enter(service: usize, slots: usize, mask: u32): void {
	const functionId = load<u32>(service, Service.FUNCTION_ID);
	let i = slotOf(functionId, mask);
	while (load<u32>(slots + i * Slot.SIZE, Slot.SERVICE) !== 0) {
		const other = load<u32>(slots + i * Slot.SIZE, Slot.FUNCTION_ID);
		if (!check(other !== functionId, LoadError.DUPLICATE, service)) return;
		i = (i + 1) & mask;
	}
	store<u32>(slots + i * Slot.SIZE, functionId, Slot.FUNCTION_ID);
	store<u32>(slots + i * Slot.SIZE, <u32>service, Slot.SERVICE);
}

function holdCriticalClocks(): void {
	for (let id: u32 = 0; id < state(State.CLOCK_COUNT); id++) {
		const clock = clockRow(id);
		if (kindOf(clock) > ClockKind.ALIAS && isCritical(clock))
			requestClock(clock, PLATFORM, true);
	}
}
