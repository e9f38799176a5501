// System power management protocol (0x12): the whole system off and reset.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.4.

import { call, command, commonCommands, flag } from "./command.ts";
import {
	systemMessages as messages,
	SYSTEM_STATES,
	systemProtocol,
} from "./messages/system-power.ts";

export { SYSTEM_STATES } from "./messages/system-power.ts";

/** A state of the system: one of the specification's by name, or any by number. */
export type SystemState = keyof typeof SYSTEM_STATES | number;

/** How SYSTEM_POWER_STATE_SET is to go about it. */
export interface SystemStateSetOptions {
	/** Agents that have asked for it are told first, and get time; without, it happens at once. */
	graceful?: boolean;
}

/** Which states SYSTEM_POWER_STATE_SET may be asked for, besides shutdown and cold reset. */
export interface SystemStateSetAttributes {
	warmReset: boolean;
	suspend: boolean;
}

const { id } = systemProtocol;
const common = commonCommands(id, messages);

const stateSet = command(id, messages.STATE_SET, {
	encode: (
		request,
		_version,
		state: SystemState,
		options?: SystemStateSetOptions,
	) => {
		request.setU32(0, options?.graceful ? 1 : 0);
		request.setU32(4, typeof state === "number" ? state : SYSTEM_STATES[state]);
	},
});

/**
 * The system power management protocol's calls. One that turns the system off or resets it does not return: it throws
 * SYSTEM_STOPPED.
 */
export const systemCommands = {
	...common,
	/** No attributes are defined: 0. */
	protocolAttributes: command(id, messages.PROTOCOL_ATTRIBUTES, {
		decode: (reply) => reply.u32(4),
	}),
	/** What SYSTEM_POWER_STATE_SET can do. */
	*stateSetAttributes() {
		const word = yield* call(common.messageAttributes, messages.STATE_SET.id);
		const attributes: SystemStateSetAttributes = {
			warmReset: flag(word, 31),
			suspend: flag(word, 30),
		};
		return attributes;
	},
	/** Requests a state. */
	stateSet,
	/** Turns the system off. */
	*shutdown(options?: SystemStateSetOptions) {
		yield* call(stateSet, "shutdown", options);
	},
	/** Resets the system, cold by default. */
	*reset(kind?: "cold" | "warm", options?: SystemStateSetOptions) {
		yield* call(
			stateSet,
			kind === "warm" ? "warm-reset" : "cold-reset",
			options,
		);
	},
	/** The state that the system is in, as a number of SYSTEM_STATES or a vendor's. */
	stateGet: command(id, messages.STATE_GET, {
		decode: (reply) => reply.u32(4),
	}),
	/** Asks for SYSTEM_POWER_STATE_NOTIFIER when another agent makes a request, or for no more of them. */
	stateNotify: command(id, messages.STATE_NOTIFY, {
		encode: (request, _version, enable: boolean) =>
			request.setU32(0, enable ? 1 : 0),
	}),
};
