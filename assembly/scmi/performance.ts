// The performance domain management protocol, 0x13: its messages by version, levels and limits, subscriptions.
// SCMI 3.2 (Arm DEN0056E), section 4.5; versions 1.0, 2.0 and 3.0 as in SCMI 1.0, 2.0 and 3.1.

import {
	currentPoint,
	findPerformance,
	performanceCount,
	performanceRow,
} from "../hardware/operating-points";
import { Performance } from "../image";
import { Address, Dispatch, State } from "../layout";
import { agentId } from "./agents";
import { NOTIFY_ENABLE, PROTOCOL_ATTRIBUTES, row } from "./common";
import { Reply } from "./entry";
import { openFastChannels } from "./fast-channels";
import {
	levelAnswered,
	limitsAnswered,
	lookAt,
	watchLevel,
	ZERO_KEEPS_LIMIT,
} from "./performance-changes";
import {
	attributes,
	attributesV1,
	describeFastChannel,
	describeLevels,
	describeLevelsV1,
	describeLevelsV3,
	messageAttributes,
	nameGet,
	PerformanceMessage,
	protocolAttributes,
	protocolAttributesV1,
	V1,
	V2,
	V3,
	V4,
} from "./performance-describe";
import { levelAt, requestLevel, requestLimits } from "./performance-levels";
import { Status } from "./status";

/** The first version with NEGOTIATE_PROTOCOL_VERSION. */
export const NEGOTIABLE_PERFORMANCE: u32 = V4;

export function isPerformanceVersion(version: u32): bool {
	return version === V1 || version === V2 || version === V3 || version === V4;
}

/** `notifies`: the agent has a channel for delayed responses and notifications. */
export function describePerformance(
	table: usize,
	version: u32,
	notifies: bool,
): void {
	row(
		table,
		PROTOCOL_ATTRIBUTES,
		0,
		version < V3 ? protocolAttributesV1.index : protocolAttributes.index,
	);
	row(table, PerformanceMessage.MESSAGE_ATTRIBUTES, 4, messageAttributes.index);
	row(
		table,
		PerformanceMessage.DOMAIN_ATTRIBUTES,
		4,
		version < V3 ? attributesV1.index : attributes.index,
	);
	row(
		table,
		PerformanceMessage.DESCRIBE_LEVELS,
		8,
		version < V3
			? describeLevelsV1.index
			: version < V4
				? describeLevelsV3.index
				: describeLevels.index,
	);
	row(
		table,
		PerformanceMessage.LIMITS_SET,
		12,
		version < ZERO_KEEPS_LIMIT ? limitsSetV1.index : limitsSet.index,
	);
	row(table, PerformanceMessage.LIMITS_GET, 4, limitsGet.index);
	row(table, PerformanceMessage.LEVEL_SET, 8, levelSet.index);
	row(table, PerformanceMessage.LEVEL_GET, 4, levelGet.index);
	if (notifies) {
		row(table, PerformanceMessage.NOTIFY_LIMITS, 8, notifyLimits.index);
		row(table, PerformanceMessage.NOTIFY_LEVEL, 8, notifyLevel.index);
	}
	if (version >= V2)
		row(
			table,
			PerformanceMessage.DESCRIBE_FASTCHANNEL,
			8,
			describeFastChannel.index,
		);
	if (version >= V3)
		row(table, PerformanceMessage.DOMAIN_NAME_GET, 4, nameGet.index);
	const tables = load<u32>(Address.STATE, State.DISPATCH);
	speakOfDomains(<u32>((table - tables) / Dispatch.SIZE), version);
}

/** What the version that an agent speaks means for each domain: names of the levels, fast channels. */
function speakOfDomains(agent: u32, version: u32): void {
	const bit: u32 = 1 << agent;
	for (let id: u32 = 0; id < performanceCount(); id++) {
		const domain = performanceRow(id);
		const indexed = load<u32>(domain, Performance.INDEXED);
		const indices = version >= V4 && load<u32>(domain, Performance.INDEXING);
		store<u32>(
			domain,
			indices ? indexed | bit : indexed & ~bit,
			Performance.INDEXED,
		);
		if (
			load<u32>(domain, Performance.FAST) !== 0 &&
			load<u32>(domain, Performance.FAST_AGENT) === agent
		)
			openFastChannels(domain, version >= V2 ? version : 0);
	}
}

function limitsSetV1(agent: usize, _protocol: u32, p: usize): i32 {
	return setLimits(agent, p, false);
}

function limitsSet(agent: usize, _protocol: u32, p: usize): i32 {
	return setLimits(agent, p, true);
}

function setLimits(agent: usize, p: usize, zeroKeeps: bool): i32 {
	const domain = findPerformance(load<u32>(p));
	const highest = load<u32>(p, 4);
	const lowest = load<u32>(p, 8);
	if (domain === 0) return Status.NOT_FOUND;
	lookAt(domain);
	const id = agentId(agent);
	const status = requestLimits(domain, id, highest, lowest, zeroKeeps);
	return limitsAnswered(domain, id, status);
}

function limitsGet(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	lookAt(domain);
	const id = agentId(agent);
	const max = load<u32>(domain, Performance.MAX);
	const min = load<u32>(domain, Performance.MIN);
	store<u32>(p, levelAt(domain, max, id), Reply.AT);
	store<u32>(p, levelAt(domain, min, id), Reply.AT + 4);
	return 8;
}

function levelSet(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	const level = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	lookAt(domain);
	const id = agentId(agent);
	return levelAnswered(domain, id, requestLevel(domain, id, level));
}

function levelGet(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	lookAt(domain);
	const level = levelAt(domain, currentPoint(domain), agentId(agent));
	store<u32>(p, level, Reply.AT);
	return 4;
}

function notifyLimits(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	const enable = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	const bit: u32 = 1 << agentId(agent);
	const watchers = load<u32>(domain, Performance.LIMITS_WATCHERS);
	store<u32>(
		domain,
		enable ? watchers | bit : watchers & ~bit,
		Performance.LIMITS_WATCHERS,
	);
	return 0;
}

function notifyLevel(agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	const enable = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	if (enable & ~NOTIFY_ENABLE) return Status.INVALID_PARAMETERS;
	// What has changed before is news to nobody.
	lookAt(domain);
	const bit: u32 = 1 << agentId(agent);
	const watchers = load<u32>(domain, Performance.LEVEL_WATCHERS);
	watchLevel(domain, enable ? watchers | bit : watchers & ~bit);
	return 0;
}
