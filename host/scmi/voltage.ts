// Voltage domain management protocol (0x17): supplies, their levels, on and off.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.9, and the layouts of version 0x10000.

import { CosimError } from "../errors.ts";
import {
	call,
	checkCount,
	command,
	commonCommands,
	flag,
	pages,
} from "./command.ts";
import {
	voltageMessages as messages,
	VOLTAGE_MODE_OFF,
	VOLTAGE_MODE_ON,
	voltageProtocol,
} from "./messages/voltage.ts";

export { VOLTAGE_MODE_OFF, VOLTAGE_MODE_ON } from "./messages/voltage.ts";

/** What the platform has. */
export interface VoltageProtocolAttributes {
	/** Number of voltage domains; IDs are below it. */
	domains: number;
}

/** What a domain can do. What a version does not have is false. */
export interface VoltageDomainAttributes {
	/** The name's first 15 characters. */
	name: string;
	/** VOLTAGE_DOMAIN_NAME_GET has the whole name. */
	extendedName: boolean;
	/** Its level can be set asynchronously. */
	levelSetAsync: boolean;
}

/** Levels in µV that a domain can have, which may be negative: some, ascending, or from the lowest to the highest in equal steps. */
export type VoltageLevels =
	| { kind: "list"; levels: number[] }
	| { kind: "range"; min: number; max: number; step: number };

/** How VOLTAGE_LEVEL_SET is to go about it. */
export interface VoltageLevelSetOptions {
	/** The platform may answer before the level is reached; from version 0x20000. */
	async?: boolean;
}

/** What a delayed response to VOLTAGE_LEVEL_SET tells. */
export interface VoltageLevel {
	domainId: number;
	/** µV. */
	level: number;
}

const { id } = voltageProtocol;
const common = commonCommands(id, messages);

const attributes = command(id, messages.DOMAIN_ATTRIBUTES, {
	versionFrom: common.protocolVersion,
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply, version): VoltageDomainAttributes => {
		const word = version >= 0x20000 ? reply.u32(4) : 0;
		return {
			name: reply.name(8, 16),
			extendedName: flag(word, 30),
			levelSetAsync: flag(word, 31),
		};
	},
});

const describeLevelsPage = command(id, messages.DESCRIBE_LEVELS, {
	encode: (request, _version, domainId: number, levelIndex: number) => {
		request.setU32(0, domainId);
		request.setU32(4, levelIndex);
	},
	decode: (reply, _version, size) => {
		const word = reply.u32(4);
		const count = word & 0xfff;
		checkCount(messages.DESCRIBE_LEVELS.name, count, 8 + 4 * count, size);
		const items: number[] = [];
		for (let i = 0; i < count; i++) items.push(reply.i32(8 + 4 * i));
		return { items, remaining: word >>> 16, triplet: flag(word, 12) };
	},
});

const configSet = command(id, messages.CONFIG_SET, {
	encode: (request, _version, domainId: number, mode: number) => {
		request.setU32(0, domainId);
		request.setU32(4, mode);
	},
});

const nameGet = command(id, messages.DOMAIN_NAME_GET, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply) => reply.name(8, 64),
});

/** The voltage domain management protocol's calls. Levels are in µV, from -2^31 to 2^31 - 1. */
export const voltageCommands = {
	...common,
	/** Number of voltage domains. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply): VoltageProtocolAttributes => ({
			domains: reply.u32(4) & 0xffff,
		}),
	}),
	/** A domain's short name and what it can do. */
	attributes,
	/** The levels that a domain can have, all pages of them. */
	*describeLevels(domainId: number) {
		const what = `${messages.DESCRIBE_LEVELS.name}(domain_id ${domainId})`;
		let triplet = false;
		const levels = yield* pages(what, function* (skip) {
			const page = yield* call(describeLevelsPage, domainId, skip);
			triplet ||= page.triplet;
			return page;
		});
		if (!triplet) return { kind: "list", levels } as VoltageLevels;
		const [min, max, step] = levels;
		if (
			levels.length !== 3 ||
			min === undefined ||
			max === undefined ||
			step === undefined
		) {
			throw new CosimError(
				"SCMI_PAGING",
				`${what}: a triplet of ${levels.length} values, expected 3`,
			);
		}
		return { kind: "range", min, max, step } as VoltageLevels;
	},
	/** Sets a domain's mode: VOLTAGE_MODE_OFF, VOLTAGE_MODE_ON, or with bit 3 set one of the platform's own. */
	configSet,
	/** A domain's mode, such as VOLTAGE_MODE_ON. */
	configGet: command(id, messages.CONFIG_GET, {
		encode: (request, _version, domainId: number) =>
			request.setU32(0, domainId),
		decode: (reply) => reply.u32(4) & 0xf,
	}),
	/** Turns a domain on. */
	*enable(domainId: number) {
		yield* call(configSet, domainId, VOLTAGE_MODE_ON);
	},
	/** Turns a domain off. */
	*disable(domainId: number) {
		yield* call(configSet, domainId, VOLTAGE_MODE_OFF);
	},
	/**
	 * Sets a domain's level in µV, one that it has. With `async` the platform may answer before it is reached, and an
	 * awaited call of an agent that receives returns the level reached.
	 */
	levelSet: command(id, messages.LEVEL_SET, {
		encode: (
			request,
			_version,
			domainId: number,
			level: number,
			options?: VoltageLevelSetOptions,
		) => {
			request.setU32(0, domainId);
			request.setU32(4, options?.async ? 1 : 0);
			request.setI32(8, level);
		},
		asynchronous: (_domainId, _level, options?: VoltageLevelSetOptions) =>
			options?.async === true,
		delayed: (response): VoltageLevel => ({
			domainId: response.u32(4),
			level: response.i32(8),
		}),
	}),
	/** The level in µV that a domain is set to, also while it is off. */
	levelGet: command(id, messages.LEVEL_GET, {
		encode: (request, _version, domainId: number) =>
			request.setU32(0, domainId),
		decode: (reply) => reply.i32(4),
	}),
	/** A domain's long name, of up to 63 characters. */
	nameGet,
	/** A domain's whole name, in one message or two. */
	*name(domainId: number) {
		const { name, extendedName } = yield* call(attributes, domainId);
		return extendedName ? yield* call(nameGet, domainId) : name;
	},
};
