// Power domain management protocol (0x11): domains on and off.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.3.

import {
	call,
	command,
	commonCommands,
	flag,
	notifyCommand,
} from "./command.ts";
import {
	powerMessages as messages,
	POWER_STATE_OFF,
	POWER_STATE_ON,
	powerProtocol,
} from "./messages/power-domain.ts";

export { POWER_STATE_OFF, POWER_STATE_ON } from "./messages/power-domain.ts";

/** What the platform has. */
export interface PowerAttributes {
	/** Number of domains. */
	domains: number;
	/** Physical address of the statistics area, 0 when there is none, and its length in bytes. */
	statisticsAddress: number;
	statisticsLength: number;
}

/** What a domain can do. */
export interface PowerDomainAttributes {
	/** The name's first 15 characters. */
	name: string;
	/** POWER_DOMAIN_NAME_GET has the whole name. */
	extendedName: boolean;
	stateSetSync: boolean;
	stateSetAsync: boolean;
	stateChangeNotify: boolean;
	stateChangeRequestedNotify: boolean;
}

const { id } = powerProtocol;

const domainAttributes = command(id, messages.DOMAIN_ATTRIBUTES, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply): PowerDomainAttributes => {
		const attributes = reply.u32(4);
		return {
			name: reply.name(8, 16),
			extendedName: flag(attributes, 27),
			stateSetSync: flag(attributes, 29),
			stateSetAsync: flag(attributes, 30),
			stateChangeNotify: flag(attributes, 31),
			stateChangeRequestedNotify: flag(attributes, 28),
		};
	},
});

const stateSet = command(id, messages.STATE_SET, {
	encode: (
		request,
		_version,
		domainId: number,
		state: number,
		options?: { async?: boolean },
	) => {
		request.setU32(0, options?.async ? 1 : 0);
		request.setU32(4, domainId);
		request.setU32(8, state);
	},
});

const nameGet = command(id, messages.DOMAIN_NAME_GET, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply) => reply.name(8, 64),
});

/** The power domain protocol's calls. */
export const powerCommands = {
	...commonCommands(id, messages),
	/** Number of domains, and where their statistics are. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply): PowerAttributes => ({
			domains: reply.u32(4) & 0xffff,
			statisticsAddress: reply.u64(8),
			statisticsLength: reply.u32(16),
		}),
	}),
	/** A domain's short name and what it can do. */
	domainAttributes,
	/** Sets a domain's state, such as POWER_STATE_ON; with `async` the platform may answer before it is reached. */
	stateSet,
	/** A domain's state, such as POWER_STATE_OFF. */
	stateGet: command(id, messages.STATE_GET, {
		encode: (request, _version, domainId: number) =>
			request.setU32(0, domainId),
		decode: (reply) => reply.u32(4),
	}),
	/** Asks to be told, by POWER_STATE_CHANGED, when a domain's state has changed, or no more. */
	stateNotify: notifyCommand(id, messages.STATE_NOTIFY),
	/**
	 * Asks to be told, by POWER_STATE_CHANGE_REQUESTED, when another agent asks for a state of a domain, or no more.
	 * Since version 0x20000.
	 */
	stateChangeRequestedNotify: notifyCommand(
		id,
		messages.STATE_CHANGE_REQUESTED_NOTIFY,
	),
	/** A domain's long name, of up to 63 characters. */
	nameGet,
	/** A domain's whole name, in one message or two. */
	*name(domainId: number) {
		const { name, extendedName } = yield* call(domainAttributes, domainId);
		return extendedName ? yield* call(nameGet, domainId) : name;
	},
	/** Turns a domain on. */
	*on(domainId: number) {
		yield* call(stateSet, domainId, POWER_STATE_ON);
	},
	/** Turns a domain off. */
	*off(domainId: number) {
		yield* call(stateSet, domainId, POWER_STATE_OFF);
	},
};
