// Agents, protocols, services and channels of a platform, compiled into their sections.
// The format is assembly/image.ts.

import {
	Agent,
	Channel,
	ChannelDirection,
	Protocol,
	Service,
	ServiceKind,
} from "../../../assembly/image.ts";
import {
	type Channel as ChannelTable,
	type Platform,
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../platform.ts";
import { invalid, type Tables } from "./tables.ts";

type ProtocolName = keyof ProtocolVersions;

export function addAgents(tables: Tables): void {
	const { agents, agentRights = {}, protocols } = tables.platform;
	for (const name of ["platform", ...agents]) {
		const row = tables.agents.row();
		row.u32(Agent.NAME, tables.string(name, "agent"));
		const trusted = agentRights[name]?.trusted === true;
		row.u32(Agent.TRUSTED, trusted ? 1 : 0);
	}
	for (const name of Object.keys(PROTOCOL_IDS) as ProtocolName[]) {
		const id = PROTOCOL_IDS[name];
		const version = protocols[name];
		if (version === undefined) continue;
		const row = tables.protocols.row();
		row.u32(Protocol.ID, id);
		row.u32(Protocol.VERSION, version);
	}
}

export function addServices(tables: Tables): void {
	for (const { functionId, exceptionLevel, answer } of tables.platform
		.services) {
		const row = tables.services.row();
		row.u32(Service.FUNCTION_ID, functionId);
		row.u32(Service.EXCEPTION_LEVEL, exceptionLevel);
		if (answer === "arch-features") {
			row.u32(Service.KIND, ServiceKind.ARCH_FEATURES);
		} else if (answer === "psci-features") {
			row.u32(Service.KIND, ServiceKind.PSCI_FEATURES);
		} else {
			row.u32(Service.KIND, ServiceKind.RESULTS);
			row.u32(Service.FIRST, tables.results.count);
			row.u32(Service.COUNT, answer.length);
			for (const word of answer) tables.results.row().u32(0, word);
		}
	}
	for (const group of channelGroups(tables.platform))
		addChannels(tables, group);
}

/** A platform's channels as CHANNELS has its rows: areas of one function ID are neighbours. */
export function channelGroups({ channels }: Platform): ChannelTable[][] {
	const groups = new Map<string, ChannelTable[]>();
	for (const channel of channels) {
		const key = `${channel.exceptionLevel} ${channel.functionId}`;
		groups.set(key, [...(groups.get(key) ?? []), channel]);
	}
	return [...groups.values()];
}

/** The areas of one function ID. */
function addChannels(tables: Tables, group: ChannelTable[]): void {
	const { functionId, exceptionLevel } = group[0] as ChannelTable;
	const service = tables.services.row();
	service.u32(Service.FUNCTION_ID, functionId);
	service.u32(Service.EXCEPTION_LEVEL, exceptionLevel);
	const read = group.every(({ fromPlatform }) => fromPlatform === true);
	const kind = read ? ServiceKind.READ : ServiceKind.CHANNELS;
	service.u32(Service.KIND, kind);
	service.u32(Service.FIRST, tables.channels.count);
	service.u32(Service.COUNT, group.length);
	const secure = group[0]?.secure === true;
	if (group.some((channel) => (channel.secure === true) !== secure)) {
		throw invalid(
			`channels of function ID 0x${functionId.toString(16)}: some are secure, some are not`,
		);
	}
	service.u32(Service.SECURE, secure ? 1 : 0);
	for (const channel of group) {
		const agent = tables.platform.agents.indexOf(channel.agent);
		if (agent < 0) {
			throw invalid(
				`channel of function ID 0x${functionId.toString(16)}: there is no agent ${channel.agent}`,
			);
		}
		const row = tables.channels.row();
		row.u32(Channel.AREA, channel.address);
		row.u32(Channel.LENGTH, channel.size);
		row.u32(Channel.AGENT, agent + 1);
		const direction = channel.fromPlatform
			? ChannelDirection.PLATFORM_TO_AGENT
			: ChannelDirection.AGENT_TO_PLATFORM;
		row.u32(Channel.DIRECTION, direction);
	}
}
