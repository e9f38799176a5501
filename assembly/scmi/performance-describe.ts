// What the performance domain management protocol tells of its domains: attributes, levels, fast channels, names.
// SCMI 3.2 (Arm DEN0056E), section 4.5; versions 1.0, 2.0 and 3.0 as in SCMI 1.0, 2.0 and 3.1.

import {
	findPerformance,
	performanceCount,
	performanceRow,
	pointAt,
	pointCount,
} from "../hardware/operating-points";
import { FastChannels, OperatingPoint, Performance } from "../image";
import { agentId } from "./agents";
import {
	entriesPerReply,
	isLong,
	NameSize,
	writeExtendedName,
	writeShortName,
} from "./common";
import { entryFor, Reply } from "./entry";
import { hasFastChannels } from "./fast-channels";
import { canNotify } from "./notify";
import { usesIndices } from "./performance-levels";
import { Status } from "./status";

export const enum PerformanceMessage {
	/** PROTOCOL_MESSAGE_ATTRIBUTES: this protocol has its own. */
	MESSAGE_ATTRIBUTES = 0x2,
	DOMAIN_ATTRIBUTES = 0x3,
	DESCRIBE_LEVELS = 0x4,
	LIMITS_SET = 0x5,
	LIMITS_GET = 0x6,
	LEVEL_SET = 0x7,
	LEVEL_GET = 0x8,
	NOTIFY_LIMITS = 0x9,
	NOTIFY_LEVEL = 0xa,
	DESCRIBE_FASTCHANNEL = 0xb,
	DOMAIN_NAME_GET = 0xc,
}

export const V1: u32 = 0x10000;
/** Fast channels. */
export const V2: u32 = 0x20000;
/** Power in µW, extended names, limits that stay what they are. */
export const V3: u32 = 0x30000;
/** Indicative frequencies, level indices. */
export const V4: u32 = 0x40000;

const enum Attribute {
	SET_LIMITS = 1 << 31,
	SET_LEVEL = 1 << 30,
	NOTIFY_LIMITS = 1 << 29,
	NOTIFY_LEVEL = 1 << 28,
	FAST_CHANNELS = 1 << 27,
	EXTENDED_NAME = 1 << 26,
	LEVEL_INDEXING = 1 << 25,
}

/** The unit of power, PROTOCOL_ATTRIBUTES bits 17:16. */
const enum PowerUnit {
	MILLIWATT = 1 << 16,
	MICROWATT = 2 << 16,
}

export function protocolAttributesV1(
	_agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	return writeProtocolAttributes(p, PowerUnit.MILLIWATT);
}

export function protocolAttributes(
	_agent: usize,
	_protocol: u32,
	p: usize,
): i32 {
	return writeProtocolAttributes(p, PowerUnit.MICROWATT);
}

function writeProtocolAttributes(p: usize, unit: u32): i32 {
	store<u32>(p, unit | performanceCount(), Reply.AT);
	// No statistics region: address and length 0.
	store<u64>(p, 0, Reply.AT + 4);
	store<u32>(p, 0, Reply.AT + 12);
	return 16;
}

// Bit 0: there is a fast channel for the message.
export function messageAttributes(agent: usize, index: u32, p: usize): i32 {
	const message = load<u32>(p);
	if (entryFor(agent, index, message) === 0) return Status.NOT_FOUND;
	let fast: u32 = 0;
	for (let id: u32 = 0; id < performanceCount(); id++) {
		if (hasFastChannels(performanceRow(id), agentId(agent)))
			fast = channelSize(message) === 0 ? 0 : 1;
	}
	store<u32>(p, fast, Reply.AT);
	return 4;
}

export function attributesV1(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, false);
}

export function attributes(agent: usize, _protocol: u32, p: usize): i32 {
	return writeAttributes(agent, p, true);
}

function writeAttributes(agent: usize, p: usize, extended: bool): i32 {
	const domain = findPerformance(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	const name = load<u32>(domain, Performance.NAME);
	let bits: u32 = Attribute.SET_LIMITS | Attribute.SET_LEVEL;
	if (canNotify(agent))
		bits |= Attribute.NOTIFY_LIMITS | Attribute.NOTIFY_LEVEL;
	if (hasFastChannels(domain, agentId(agent))) bits |= Attribute.FAST_CHANNELS;
	if (extended && isLong(name)) bits |= Attribute.EXTENDED_NAME;
	if (usesIndices(domain, agentId(agent))) bits |= Attribute.LEVEL_INDEXING;
	const sustained = pointAt(domain, load<u32>(domain, Performance.SUSTAINED));
	store<u32>(p, bits, Reply.AT);
	store<u32>(p, load<u32>(domain, Performance.RATE_LIMIT), Reply.AT + 4);
	store<u32>(p, kilohertz(sustained), Reply.AT + 8);
	store<u32>(p, load<u32>(sustained, OperatingPoint.LEVEL), Reply.AT + 12);
	writeShortName(p + Reply.AT + 16, name);
	return 16 + NameSize.SHORT;
}

function kilohertz(point: usize): u32 {
	return <u32>(load<u64>(point, OperatingPoint.RATE) / 1000);
}

export function describeLevelsV1(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeLevels(p, V1);
}

export function describeLevelsV3(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeLevels(p, V3);
}

export function describeLevels(_agent: usize, _protocol: u32, p: usize): i32 {
	return writeLevels(p, V4);
}

function writeLevels(p: usize, version: u32): i32 {
	const domain = findPerformance(load<u32>(p));
	const index = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	const total = pointCount(domain);
	if (index >= total) return Status.OUT_OF_RANGE;
	const size: u32 = version < V4 ? 12 : 20;
	const count = min(total - index, entriesPerReply(size));
	store<u32>(p, ((total - index - count) << 16) | count, Reply.AT);
	for (let i: u32 = 0; i < count; i++)
		writeLevel(
			p + Reply.AT + 4 + i * size,
			pointAt(domain, index + i),
			version,
		);
	return 4 + count * size;
}

function writeLevel(to: usize, point: usize, version: u32): void {
	const microwatts = load<u32>(point, OperatingPoint.POWER);
	store<u32>(to, load<u32>(point, OperatingPoint.LEVEL));
	// Rounded up: 0 would mean that the platform does not tell.
	const milliwatts = <u32>((<u64>microwatts + 999) / 1000);
	store<u32>(to, version < V3 ? milliwatts : microwatts, 4);
	store<u32>(to, load<u32>(point, OperatingPoint.LATENCY), 8);
	if (version < V4) return;
	store<u32>(to, kilohertz(point), 12);
	store<u32>(to, load<u32>(point, OperatingPoint.INDEX), 16);
}

export function describeFastChannel(agent: usize, index: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	const message = load<u32>(p, 4);
	if (domain === 0) return Status.NOT_FOUND;
	if (entryFor(agent, index, message) === 0) return Status.NOT_FOUND;
	const size = channelSize(message);
	if (size === 0 || !hasFastChannels(domain, agentId(agent)))
		return Status.NOT_SUPPORTED;
	const address = load<u32>(domain, Performance.FAST) + channelOffset(message);
	// No doorbell: attributes 0, its address and masks 0.
	memory.fill(p + Reply.AT, 0, 44);
	store<u32>(p, load<u32>(domain, Performance.FAST_RATE_LIMIT), Reply.AT + 4);
	store<u32>(p, address, Reply.AT + 8);
	store<u32>(p, size, Reply.AT + 16);
	return 44;
}

/** Bytes of the fast channel for a message, 0 when there is none. */
function channelSize(message: u32): u32 {
	switch (message) {
		case PerformanceMessage.LEVEL_SET:
		case PerformanceMessage.LEVEL_GET:
			return 4;
		case PerformanceMessage.LIMITS_SET:
		case PerformanceMessage.LIMITS_GET:
			return 8;
		default:
			return 0;
	}
}

/** Where it lies. */
function channelOffset(message: u32): u32 {
	switch (message) {
		case PerformanceMessage.LEVEL_SET:
			return FastChannels.LEVEL_SET;
		case PerformanceMessage.LEVEL_GET:
			return FastChannels.LEVEL_GET;
		case PerformanceMessage.LIMITS_SET:
			return FastChannels.LIMITS_SET;
		default:
			return FastChannels.LIMITS_GET;
	}
}

export function nameGet(_agent: usize, _protocol: u32, p: usize): i32 {
	const domain = findPerformance(load<u32>(p));
	if (domain === 0) return Status.NOT_FOUND;
	store<u32>(p, 0, Reply.AT);
	writeExtendedName(p + Reply.AT + 4, load<u32>(domain, Performance.NAME));
	return 4 + NameSize.EXTENDED;
}
