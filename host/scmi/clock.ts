// Clock management protocol (0x14): rates, gates, parents.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.6, and the layouts of versions 0x10000 and 0x20000.

import { CosimError } from "../errors.ts";
import {
	call,
	checkCount,
	command,
	commonCommands,
	flag,
	notifyCommand,
	pages,
} from "./command.ts";
import { clockProtocol, clockMessages as messages } from "./messages/clock.ts";

/** What the platform has. */
export interface ClockProtocolAttributes {
	/** Number of clocks; IDs are below it. */
	clocks: number;
	/** Asynchronous rate changes that may be pending, 0 for none. */
	maxAsyncRequests: number;
}

/** A clock's state and abilities. What a version does not have is false. */
export interface ClockAttributes {
	/** The name's first 15 characters. */
	name: string;
	enabled: boolean;
	/** The agent may not do everything: see getPermissions. */
	restricted: boolean;
	extendedConfig: boolean;
	/** The clock's parent can be asked for and may be changed. */
	parents: boolean;
	/** CLOCK_NAME_GET has the whole name. */
	extendedName: boolean;
	rateChangedNotify: boolean;
	rateChangeRequestedNotify: boolean;
	/** Worst-case time from enable to a stable clock in microseconds, 0 for unknown; absent before version 0x20000. */
	enableDelay: number | undefined;
}

/** Rates in Hz that a clock can have: some, ascending, or all of a range. */
export type ClockRates =
	| { kind: "list"; rates: number[] }
	| { kind: "range"; min: number; max: number; step: number };

/** How CLOCK_RATE_SET is to go about it. */
export interface RateSetOptions {
	/** Which way to round a rate that the clock cannot have: down by default, up, or as the platform likes. */
	round?: "down" | "up" | "auto";
	/** The platform may answer before the rate is set. */
	async?: boolean;
	/** Nothing shall follow an asynchronous change. */
	noDelayedResponse?: boolean;
}

/** What a delayed response to CLOCK_RATE_SET tells. */
export interface ClockRate {
	clockId: number;
	/** Hz. */
	rate: number;
}

/** What CLOCK_CONFIG_SET makes of the gate. */
export type ClockState = "off" | "on" | "unchanged";

/** What CLOCK_CONFIG_GET tells. */
export interface ClockConfig {
	enabled: boolean;
	/** Value of the extended configuration asked for. */
	extendedValue: number;
}

/** What the agent may do with a clock. */
export interface ClockPermissions {
	state: boolean;
	parent: boolean;
	rate: boolean;
}

const { id } = clockProtocol;
const common = commonCommands(id, messages);

const attributes = command(id, messages.ATTRIBUTES, {
	versionFrom: common.protocolVersion,
	encode: (request, _version, clockId: number) => request.setU32(0, clockId),
	decode: (reply, version): ClockAttributes => {
		const word = reply.u32(4);
		const v2 = version >= 0x20000;
		const v3 = version >= 0x30000;
		return {
			name: reply.name(8, 16),
			enabled: flag(word, 0),
			restricted: v3 && flag(word, 1),
			extendedConfig: v3 && flag(word, 27),
			parents: v3 && flag(word, 28),
			extendedName: v2 && flag(word, 29),
			rateChangedNotify: v2 && flag(word, 31),
			rateChangeRequestedNotify: v2 && flag(word, 30),
			enableDelay: v2 ? reply.u32(24) : undefined,
		};
	},
});

const describeRatesPage = command(id, messages.DESCRIBE_RATES, {
	encode: (request, _version, clockId: number, rateIndex: number) => {
		request.setU32(0, clockId);
		request.setU32(4, rateIndex);
	},
	decode: (reply, _version, size) => {
		const word = reply.u32(4);
		const count = word & 0xfff;
		checkCount(messages.DESCRIBE_RATES.name, count, 8 + 8 * count, size);
		const items: number[] = [];
		for (let i = 0; i < count; i++) {
			items.push(reply.u64(8 + 8 * i));
		}
		return { items, remaining: word >>> 16, range: flag(word, 12) };
	},
});

const configSet = command(id, messages.CONFIG_SET, {
	versionFrom: common.protocolVersion,
	encode: (
		request,
		version,
		clockId: number,
		state: ClockState,
		extendedType?: number,
		extendedValue?: number,
	) => {
		request.setU32(0, clockId);
		if (version >= 0x30000) {
			request.setU32(
				4,
				(state === "off" ? 0 : state === "on" ? 1 : 3) |
					(byte(extendedType ?? 0) << 16),
			);
			request.setU32(8, extendedValue ?? 0);
			return;
		}
		if (state === "unchanged" || extendedType) {
			throw new CosimError(
				"SCMI_RANGE",
				`version 0x${version.toString(16)} can only turn a clock off and on, extended configuration needs 0x30000`,
			);
		}
		request.setU32(4, state === "on" ? 1 : 0);
	},
});

const nameGet = command(id, messages.NAME_GET, {
	encode: (request, _version, clockId: number) => request.setU32(0, clockId),
	decode: (reply) => reply.name(8, 64),
});

const possibleParentsPage = command(id, messages.POSSIBLE_PARENTS_GET, {
	encode: (request, _version, clockId: number, skip: number) => {
		request.setU32(0, clockId);
		request.setU32(4, skip);
	},
	decode: (reply, _version, size) => {
		const word = reply.u32(4);
		const count = word & 0xff;
		checkCount(messages.POSSIBLE_PARENTS_GET.name, count, 8 + 4 * count, size);
		return {
			items: [...reply.words.subarray(2, 2 + count)],
			remaining: word >>> 24,
		};
	},
});

/** The clock protocol's calls. Rates are in Hz; above 2^53 - 1 they are refused with SCMI_RANGE in both directions. */
export const clockCommands = {
	...common,
	/** Numbers of clocks and of asynchronous changes. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply): ClockProtocolAttributes => ({
			clocks: reply.u32(4) & 0xffff,
			maxAsyncRequests: (reply.u32(4) >>> 16) & 0xff,
		}),
	}),
	/** A clock's short name, state and abilities. */
	attributes,
	/** The rates that a clock can have, all pages of them. */
	*describeRates(clockId: number) {
		let range = false;
		const rates = yield* pages(
			`${messages.DESCRIBE_RATES.name}(clock_id ${clockId})`,
			function* (skip) {
				const page = yield* call(describeRatesPage, clockId, skip);
				range ||= page.range;
				return page;
			},
		);
		if (!range) {
			return { kind: "list", rates } as ClockRates;
		}
		const [min, max, step] = rates;
		if (
			rates.length !== 3 ||
			min === undefined ||
			max === undefined ||
			step === undefined
		) {
			throw new CosimError(
				"SCMI_PAGING",
				`${messages.DESCRIBE_RATES.name}(clock_id ${clockId}): a range of ${rates.length} values, expected 3`,
			);
		}
		return { kind: "range", min, max, step } as ClockRates;
	},
	/**
	 * Sets a clock's rate in Hz. With `async` an awaited call returns the rate that the clock has in the end, unless no
	 * delayed response is wanted or the agent cannot receive one.
	 */
	rateSet: command(id, messages.RATE_SET, {
		encode: (
			request,
			_version,
			clockId: number,
			rate: number,
			options?: RateSetOptions,
		) => {
			let flags = 0;
			if (options) {
				flags =
					(options.async ? 1 : 0) |
					(options.noDelayedResponse ? 2 : 0) |
					(options.round === "up" ? 4 : options.round === "auto" ? 8 : 0);
			}
			request.setU32(0, flags);
			request.setU32(4, clockId);
			request.setU64(8, rate);
		},
		asynchronous: (_clockId, _rate, options?: RateSetOptions) =>
			options?.async === true && !options.noDelayedResponse,
		delayed: (response): ClockRate => ({
			clockId: response.u32(4),
			rate: response.u64(8),
		}),
	}),
	/** A clock's rate in Hz. */
	rateGet: command(id, messages.RATE_GET, {
		encode: (request, _version, clockId: number) => request.setU32(0, clockId),
		decode: (reply) => reply.u64(4),
	}),
	/** Asks to be told, by CLOCK_RATE_CHANGED, when a clock's rate has changed, or no more. Since version 0x20000. */
	rateNotify: notifyCommand(id, messages.RATE_NOTIFY),
	/**
	 * Asks to be told, by CLOCK_RATE_CHANGE_REQUESTED, when another agent asks for a rate of a clock, or no more.
	 * Since version 0x20000.
	 */
	rateChangeRequestedNotify: notifyCommand(
		id,
		messages.RATE_CHANGE_REQUESTED_NOTIFY,
	),
	/** Turns a clock off or on; from version 0x30000 also sets an extended configuration, of a type of 0 to 255. */
	configSet,
	/** Turns a clock on. */
	*enable(clockId: number) {
		yield* call(configSet, clockId, "on");
	},
	/** Turns a clock off, as far as this agent is concerned. */
	*disable(clockId: number) {
		yield* call(configSet, clockId, "off");
	},
	/** A clock's state, and an extended configuration if a type of 1 to 255 is given. */
	configGet: command(id, messages.CONFIG_GET, {
		encode: (request, _version, clockId: number, extendedType?: number) => {
			request.setU32(0, clockId);
			request.setU32(4, byte(extendedType ?? 0));
		},
		decode: (reply): ClockConfig => ({
			enabled: flag(reply.u32(8), 0),
			extendedValue: reply.u32(12),
		}),
	}),
	/** A clock's long name, of up to 63 characters. */
	nameGet,
	/** A clock's whole name, in one message or two. */
	*name(clockId: number) {
		const { name, extendedName } = yield* call(attributes, clockId);
		return extendedName ? yield* call(nameGet, clockId) : name;
	},
	/** IDs of the clocks that can be a clock's parent, all pages of them. */
	*possibleParents(clockId: number) {
		return yield* pages(
			`${messages.POSSIBLE_PARENTS_GET.name}(clock_id ${clockId})`,
			(skip) => call(possibleParentsPage, clockId, skip),
		);
	},
	/** Makes another clock a clock's parent. */
	parentSet: command(id, messages.PARENT_SET, {
		encode: (request, _version, clockId: number, parentId: number) => {
			request.setU32(0, clockId);
			request.setU32(4, parentId);
		},
	}),
	/** ID of a clock's parent. */
	parentGet: command(id, messages.PARENT_GET, {
		encode: (request, _version, clockId: number) => request.setU32(0, clockId),
		decode: (reply) => reply.u32(4),
	}),
	/** What the agent may do with a clock. */
	getPermissions: command(id, messages.GET_PERMISSIONS, {
		encode: (request, _version, clockId: number) => request.setU32(0, clockId),
		decode: (reply): ClockPermissions => {
			const word = reply.u32(4);
			return {
				state: flag(word, 31),
				parent: flag(word, 30),
				rate: flag(word, 29),
			};
		},
	}),
};

function byte(value: number): number {
	if ((value & 0xff) !== value) {
		throw new CosimError(
			"SCMI_RANGE",
			`${value} is not an extended configuration type, expected 0 to 255`,
		);
	}
	return value;
}
