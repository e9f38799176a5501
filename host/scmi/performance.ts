// Performance domain management protocol (0x13): levels, limits, fast channels.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5, and the layouts of versions 0x10000 to 0x30000.

import {
	call,
	checkCount,
	command,
	commonCommands,
	flag,
	notifyCommand,
	pages,
} from "./command.ts";
import {
	performanceMessages as messages,
	performanceProtocol,
} from "./messages/performance.ts";

/** What the platform has. */
export interface PerformanceProtocolAttributes {
	/** Number of domains; IDs are below it. */
	domains: number;
	/** What power costs are told in; "abstract" is a linear scale without a unit. */
	powerUnit: "abstract" | "mW" | "µW";
	/** Physical address of the statistics area, 0 when there is none, and its length in bytes. */
	statisticsAddress: number;
	statisticsLength: number;
}

/** What a domain can do. What a version does not have is false. */
export interface PerformanceDomainAttributes {
	/** The name's first 15 characters. */
	name: string;
	/** PERFORMANCE_DOMAIN_NAME_GET has the whole name. */
	extendedName: boolean;
	/** The agent may set limits, and may set the level. */
	setLimits: boolean;
	setLevel: boolean;
	limitsChangeNotify: boolean;
	levelChangeNotify: boolean;
	fastChannels: boolean;
	/** Every level and limit is told and named by its index; {@link PerformanceLevel} has both. */
	levelIndexing: boolean;
	/** Time to keep between two requests by message in µs, 0 for none. */
	rateLimit: number;
	/** Frequency in kHz that corresponds to the sustained level, and that level, never an index. */
	sustainedFrequency: number;
	sustainedLevel: number;
}

/** A performance level. */
export interface PerformanceLevel {
	level: number;
	/** In the unit of {@link PerformanceProtocolAttributes}, 0 when it is not told. */
	power: number;
	/** Worst-case time to change to it in µs. */
	latency: number;
	/** Frequency in kHz, and the level's index; both count in level indexing mode only, absent before version 0x40000. */
	frequency: number | undefined;
	index: number | undefined;
}

/** Highest and lowest level allowed, or their indices. */
export interface PerformanceLimits {
	max: number;
	min: number;
}

/** The commands that a fast channel may stand for. */
export type FastMessage =
	| "LEVEL_SET"
	| "LEVEL_GET"
	| "LIMITS_SET"
	| "LIMITS_GET";

/** Where a fast channel lies; see LevelChannel and LimitsChannel. */
export interface FastChannelDescription {
	/** Physical address. */
	address: number;
	/** Bytes: 4 for levels, 8 for limits. */
	size: number;
	/** Time to keep between two requests in µs, 0 for none. */
	rateLimit: number;
	/** The register to write after each request; undefined when the platform looks by itself. */
	doorbell: FastChannelDoorbell | undefined;
}

/** The register to write after a request, to its old value with the bits of `preserveMask` kept and those of `setMask` set. */
export interface FastChannelDoorbell {
	/** Physical address. */
	address: number;
	/** Bits: 8, 16, 32 or 64. */
	width: number;
	setMask: number;
	preserveMask: number;
}

const { id } = performanceProtocol;
const common = commonCommands(id, messages);

const POWER_UNITS = ["abstract", "mW", "µW"] as const;

const domainAttributes = command(id, messages.DOMAIN_ATTRIBUTES, {
	versionFrom: common.protocolVersion,
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply, version): PerformanceDomainAttributes => {
		const word = reply.u32(4);
		return {
			name: reply.name(20, 16),
			extendedName: version >= 0x30000 && flag(word, 26),
			setLimits: flag(word, 31),
			setLevel: flag(word, 30),
			limitsChangeNotify: flag(word, 29),
			levelChangeNotify: flag(word, 28),
			fastChannels: version >= 0x20000 && flag(word, 27),
			levelIndexing: version >= 0x40000 && flag(word, 25),
			rateLimit: reply.u32(8) & 0xfffff,
			sustainedFrequency: reply.u32(12),
			sustainedLevel: reply.u32(16),
		};
	},
});

const describeLevelsPage = command(id, messages.DESCRIBE_LEVELS, {
	versionFrom: common.protocolVersion,
	encode: (request, _version, domainId: number, levelIndex: number) => {
		request.setU32(0, domainId);
		request.setU32(4, levelIndex);
	},
	decode: (reply, version, size) => {
		const word = reply.u32(4);
		const count = word & 0xfff;
		const v4 = version >= 0x40000;
		const bytes = v4 ? 20 : 12;
		checkCount(messages.DESCRIBE_LEVELS.name, count, 8 + bytes * count, size);
		const items = Array.from({ length: count }, (_, i): PerformanceLevel => {
			const at = 8 + bytes * i;
			return {
				level: reply.u32(at),
				power: reply.u32(at + 4),
				latency: reply.u32(at + 8) & 0xffff,
				frequency: v4 ? reply.u32(at + 12) : undefined,
				index: v4 ? reply.u32(at + 16) : undefined,
			};
		});
		return { items, remaining: word >>> 16 };
	},
});

const nameGet = command(id, messages.DOMAIN_NAME_GET, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply) => reply.name(8, 64),
});

/**
 * The performance domain management protocol's calls. Levels and limits are level values, or indices where
 * {@link PerformanceDomainAttributes.levelIndexing} says so.
 */
export const performanceCommands = {
	...common,
	/** Number of domains, the unit of power, and where statistics are. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		versionFrom: common.protocolVersion,
		decode: (reply, version): PerformanceProtocolAttributes => {
			const word = reply.u32(4);
			const unit = (word >>> 16) & (version >= 0x30000 ? 3 : 1);
			return {
				domains: word & 0xffff,
				powerUnit: POWER_UNITS[unit] ?? "abstract",
				statisticsAddress: reply.u64(8),
				statisticsLength: reply.u32(16),
			};
		},
	}),
	/** A domain's short name, what it can do, and what it sustains. */
	domainAttributes,
	/** The levels that a domain can have, ascending, all pages of them. */
	*describeLevels(domainId: number) {
		return yield* pages(
			`${messages.DESCRIBE_LEVELS.name}(domain_id ${domainId})`,
			(skip) => call(describeLevelsPage, domainId, skip),
		);
	},
	/** Sets the limits within which levels are allowed. From version 0x30000 on a limit of 0 stays what it is. */
	limitsSet: command(id, messages.LIMITS_SET, {
		encode: (
			request,
			_version,
			domainId: number,
			limits: PerformanceLimits,
		) => {
			request.setU32(0, domainId);
			request.setU32(4, limits.max);
			request.setU32(8, limits.min);
		},
	}),
	/** The limits in force. */
	limitsGet: command(id, messages.LIMITS_GET, {
		encode: (request, _version, domainId: number) =>
			request.setU32(0, domainId),
		decode: (reply): PerformanceLimits => ({
			max: reply.u32(4),
			min: reply.u32(8),
		}),
	}),
	/** Sets a domain's level. */
	levelSet: command(id, messages.LEVEL_SET, {
		encode: (request, _version, domainId: number, level: number) => {
			request.setU32(0, domainId);
			request.setU32(4, level);
		},
	}),
	/** A domain's level. */
	levelGet: command(id, messages.LEVEL_GET, {
		encode: (request, _version, domainId: number) =>
			request.setU32(0, domainId),
		decode: (reply) => reply.u32(4),
	}),
	/** Asks for PERFORMANCE_LIMITS_CHANGED of a domain, or no longer. */
	notifyLimits: notifyCommand(id, messages.NOTIFY_LIMITS),
	/** Asks for PERFORMANCE_LEVEL_CHANGED of a domain, or no longer. */
	notifyLevel: notifyCommand(id, messages.NOTIFY_LEVEL),
	/** Where the fast channel for a command of a domain lies. NOT_SUPPORTED when there is none. */
	describeFastChannel: command(id, messages.DESCRIBE_FASTCHANNEL, {
		encode: (request, _version, domainId: number, fastMessage: FastMessage) => {
			request.setU32(0, domainId);
			request.setU32(4, messages[fastMessage].id);
		},
		decode: (reply): FastChannelDescription => {
			const word = reply.u32(4);
			return {
				address: reply.u64(12),
				size: reply.u32(20),
				rateLimit: reply.u32(8) & 0xfffff,
				doorbell: flag(word, 0)
					? {
							address: reply.u64(24),
							width: 8 << ((word >>> 1) & 3),
							setMask: reply.u64(32),
							preserveMask: reply.u64(40),
						}
					: undefined,
			};
		},
	}),
	/** A domain's long name, of up to 63 characters. */
	nameGet,
	/** A domain's whole name, in one message or two. */
	*name(domainId: number) {
		const { name, extendedName } = yield* call(domainAttributes, domainId);
		return extendedName ? yield* call(nameGet, domainId) : name;
	},
};
