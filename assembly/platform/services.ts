// Checks agents, channels and services of a platform image, and fills dispatch tables and function-ID tables.
// This project's own format (image.ts); nothing of an image is believed before it was checked.

import { findBlock, linearAddress } from "../hardware/bus";
import { PLATFORM } from "../hardware/clock-gates";
import {
	Agent,
	Block,
	BlockKind,
	Channel,
	ChannelDirection,
	Image,
	LoadError,
	Protocol,
	Service,
	ServiceKind,
} from "../image";
import { Address, Dispatch, Slot, State } from "../layout";
import { agentRow } from "../scmi/agents";
import { isVersion, speak } from "../scmi/protocols";
import { Smt, SmtStatus } from "../shmem";
import { slotOf } from "../smccc";
import { check, failed, header, resolveName, setState, state } from "./check";

export function checkAgents(): void {
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
		if (failed()) return;
		const index = id - Dispatch.FIRST_PROTOCOL;
		setState(State.VERSIONS + (index << 2), load<u32>(row, Protocol.VERSION));
	}
	check(count !== 0, LoadError.PROTOCOL, Address.IMAGE + Image.PROTOCOLS);
	const agents = state(State.AGENT_COUNT);
	for (let i: u32 = 0; i < agents && !failed(); i++) {
		const agent = state(State.AGENTS) + i * Agent.SIZE;
		resolveName(agent + Agent.NAME);
		const trust = load<u32>(agent, Agent.TRUSTED);
		check(trust <= 1, LoadError.RANGE, agent + Agent.TRUSTED);
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

export function checkChannels(): void {
	for (let i: u32 = 0; i < state(State.AGENT_COUNT); i++)
		store<u32>(agentRow(i), 0, Agent.P2A);
	const smallest: u32 = Smt.HEADER + state(State.MAX_MESSAGE);
	for (let i: u32 = 0; i < state(State.CHANNEL_COUNT) && !failed(); i++) {
		const channel = state(State.CHANNELS) + i * Channel.SIZE;
		const area = load<u32>(channel, Channel.AREA);
		const size = load<u32>(channel, Channel.LENGTH);
		check(size >= smallest && (area & 3) === 0, LoadError.RANGE, channel);
		// Agents write areas without anybody's noticing: no registers may lie there.
		const block = findBlock(area, size);
		const isMemory =
			block !== 0 && load<u32>(block, Block.KIND) === BlockKind.RAM;
		if (!check(isMemory, LoadError.ADDRESS, channel)) return;
		const linear = linearAddress(area, size);
		const agent = load<u32>(channel, Channel.AGENT);
		check(
			agent !== PLATFORM && agent < state(State.AGENT_COUNT),
			LoadError.REFERENCE,
			channel + Channel.AGENT,
		);
		store<u32>(channel, <u32>linear, Channel.LINEAR);
		store<u32>(channel, <u32>agentRow(agent), Channel.AGENT_ROW);
		store<u32>(channel, size - Smt.PAYLOAD, Channel.MOST);
		store<u32>(channel, 0, Channel.REFUSED);
		store<u32>(channel, 0, Channel.INTERRUPTS);
		store<u32>(channel, 0, Channel.TAKEN);
		store<u32>(linear, SmtStatus.FREE, Smt.STATUS);
		checkDirection(channel);
	}
}

/** An agent's messages from the platform come on the first such channel that it has. */
function checkDirection(channel: usize): void {
	const direction = load<u32>(channel, Channel.DIRECTION);
	const known = direction < <u32>ChannelDirection.COUNT;
	check(known, LoadError.RANGE, channel + Channel.DIRECTION);
	if (direction !== ChannelDirection.PLATFORM_TO_AGENT || failed()) return;
	for (
		let field: u32 = Channel.FIRST;
		field < <u32>Channel.AGENT_ROW;
		field += 4
	)
		store<u32>(channel + field, 0);
	const agent = agentRow(load<u32>(channel, Channel.AGENT));
	if (load<u32>(agent, Agent.P2A) === 0)
		store<u32>(agent, <u32>channel, Agent.P2A);
}

/** Enters every service into its level's function-ID table. */
export function fillTables(): void {
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
		const secure = load<u32>(row, Service.SECURE);
		check(secure <= 1, LoadError.RANGE, row + Service.SECURE);
		if (kind === ServiceKind.CHANNELS || kind === ServiceKind.READ) {
			pointAtRows(
				row,
				state(State.CHANNELS),
				Channel.SIZE,
				state(State.CHANNEL_COUNT),
			);
			if (!failed()) checkService(row);
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

/** All channels of a function ID go the same way. */
function checkService(service: usize): void {
	const read = load<u32>(service, Service.KIND) === ServiceKind.READ;
	const wanted = read
		? ChannelDirection.PLATFORM_TO_AGENT
		: ChannelDirection.AGENT_TO_PLATFORM;
	const first = load<u32>(service, Service.FIRST);
	for (let i: u32 = 0; i < load<u32>(service, Service.COUNT); i++) {
		const channel = first + i * Channel.SIZE;
		const direction = load<u32>(channel, Channel.DIRECTION);
		check(direction === wanted, LoadError.REFERENCE, service);
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
