// Reset domain management protocol (0x16): lines asserted, released, or both in one go.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.8.

import { call, command, commonCommands, flag } from "./command.ts";
import {
	COLD_RESET_STATE,
	LATENCY_UNKNOWN,
	resetMessages as messages,
	resetProtocol,
} from "./messages/reset-domain.ts";

export { COLD_RESET_STATE } from "./messages/reset-domain.ts";

/** What the platform has. */
export interface ResetProtocolAttributes {
	/** Number of domains; IDs are below it, and some of them may be nobody's (NOT_FOUND). */
	domains: number;
}

/** What a domain can do. */
export interface ResetDomainAttributes {
	/** The name's first 15 characters. */
	name: string;
	/** RESET_DOMAIN_NAME_GET has the whole name. */
	extendedName: boolean;
	asyncReset: boolean;
	resetNotify: boolean;
	/** Longest time in microseconds until a reset has taken effect, undefined when not told. */
	latency: number | undefined;
}

/** How RESET is to go about it. */
export interface ResetOptions {
	/** The platform asserts and releases by itself, which is the default; or only one of the two. */
	mode?: "autonomous" | "assert" | "deassert";
	/** The reset state: COLD_RESET_STATE by default; with bit 31 set one that the implementation defines. */
	state?: number;
	/** The platform may answer before the reset is over; autonomous resets only. */
	async?: boolean;
}

const MODES = { deassert: 0, autonomous: 1, assert: 2 } as const;
const ASYNCHRONOUS = 4;

const { id } = resetProtocol;

const domainAttributes = command(id, messages.DOMAIN_ATTRIBUTES, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply): ResetDomainAttributes => {
		const attributes = reply.u32(4);
		const latency = reply.u32(8);
		return {
			name: reply.name(12, 16),
			extendedName: flag(attributes, 29),
			asyncReset: flag(attributes, 31),
			resetNotify: flag(attributes, 30),
			latency: latency === LATENCY_UNKNOWN ? undefined : latency,
		};
	},
});

const reset = command(id, messages.RESET, {
	encode: (request, _version, domainId: number, options?: ResetOptions) => {
		const mode = MODES[options?.mode ?? "autonomous"];
		request.setU32(0, domainId);
		request.setU32(4, mode | (options?.async ? ASYNCHRONOUS : 0));
		request.setU32(8, options?.state ?? COLD_RESET_STATE);
	},
	asynchronous: (_domainId, options?: ResetOptions) => options?.async === true,
	delayed: (response) => ({ domainId: response.u32(4) }),
});

const nameGet = command(id, messages.DOMAIN_NAME_GET, {
	encode: (request, _version, domainId: number) => request.setU32(0, domainId),
	decode: (reply) => reply.name(8, 64),
});

/** The reset domain management protocol's calls. */
export const resetCommands = {
	...commonCommands(id, messages),
	/** Number of domains. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply): ResetProtocolAttributes => ({
			domains: reply.u32(4) & 0xffff,
		}),
	}),
	/** A domain's short name and what it can do. */
	domainAttributes,
	/** Resets a domain, or asserts or releases its line. */
	reset,
	/** Asserts a domain's reset, and leaves it asserted. */
	*assert(domainId: number) {
		yield* call(reset, domainId, { mode: "assert" });
	},
	/** Releases a domain's reset. */
	*deassert(domainId: number) {
		yield* call(reset, domainId, { mode: "deassert" });
	},
	/** Asks for RESET_ISSUED whenever a domain is reset, or for no more of them. */
	notify: command(id, messages.NOTIFY, {
		encode: (request, _version, domainId: number, enable: boolean) => {
			request.setU32(0, domainId);
			request.setU32(4, enable ? 1 : 0);
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
