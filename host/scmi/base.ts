// Base protocol (0x10): who the platform is, what it speaks, who the agents are.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.2.

import { CosimError } from "../errors.ts";
import { call, checkCount, command, commonCommands } from "./command.ts";
import { baseProtocol, baseMessages as messages } from "./messages/base.ts";

/** What the platform has. */
export interface BaseAttributes {
	/** Number of protocols besides the base protocol. */
	protocols: number;
	/** Number of agents. */
	agents: number;
}

/** An agent as the platform knows it. */
export interface AgentDescription {
	/** Absent before version 0x20000. */
	agentId: number | undefined;
	name: string;
}

const { id } = baseProtocol;
const common = commonCommands(id, messages);

const protocolAttributes = command(id, messages.PROTOCOL_ATTRIBUTES, {
	decode: (reply): BaseAttributes => ({
		protocols: reply.u32(4) & 0xff,
		agents: (reply.u32(4) >>> 8) & 0xff,
	}),
});

const discoverListProtocols = command(id, messages.DISCOVER_LIST_PROTOCOLS, {
	encode: (request, _version, skip: number) => request.setU32(0, skip),
	decode: (reply, _version, size): number[] => {
		const count = reply.u32(4);
		// Four protocols to a word, the last one filled up.
		checkCount(
			messages.DISCOVER_LIST_PROTOCOLS.name,
			count,
			8 + 4 * Math.ceil(count / 4),
			size,
		);
		return [...reply.bytes.subarray(8, 8 + count)];
	},
});

/** The base protocol's calls. */
export const baseCommands = {
	...common,
	/** Numbers of protocols and agents. */
	protocolAttributes,
	/** The vendor's name. */
	discoverVendor: command(id, messages.DISCOVER_VENDOR, {
		decode: (reply) => reply.name(4, 16),
	}),
	/** The sub-vendor's name. */
	discoverSubVendor: command(id, messages.DISCOVER_SUB_VENDOR, {
		decode: (reply) => reply.name(4, 16),
	}),
	/** The vendor's own version of the firmware. */
	discoverImplementationVersion: command(
		id,
		messages.DISCOVER_IMPLEMENTATION_VERSION,
		{
			decode: (reply) => reply.u32(4),
		},
	),
	/** One page of the protocols' IDs, behind the first `skip`. */
	discoverListProtocols,
	/** The IDs of all protocols besides the base protocol. */
	*listProtocols() {
		const { protocols } = yield* call(protocolAttributes);
		const all: number[] = [];
		while (all.length < protocols) {
			const page = yield* call(discoverListProtocols, all.length);
			if (page.length === 0 || all.length + page.length > protocols) {
				throw new CosimError(
					"SCMI_PAGING",
					`${messages.DISCOVER_LIST_PROTOCOLS.name}: ${page.length} protocols behind the first ${all.length} of ${protocols}`,
				);
			}
			all.push(...page);
		}
		return all;
	},
	/** An agent's ID and name; 0xffffffff asks for the caller's own. */
	discoverAgent: command(id, messages.DISCOVER_AGENT, {
		versionFrom: common.protocolVersion,
		encode: (request, _version, agentId: number) => request.setU32(0, agentId),
		decode: (reply, version): AgentDescription =>
			version < 0x20000
				? { agentId: undefined, name: reply.name(4, 16) }
				: { agentId: reply.u32(4), name: reply.name(8, 16) },
	}),
	/** Asks to be told, by BASE_ERROR_EVENT, of commands of this agent that went wrong in the platform, or no more. */
	notifyErrors: command(id, messages.NOTIFY_ERRORS, {
		encode: (request, _version, enable: boolean) =>
			request.setU32(0, enable ? 1 : 0),
	}),
	/** Allows or denies an agent the use of a device. */
	setDevicePermissions: command(id, messages.SET_DEVICE_PERMISSIONS, {
		encode: (
			request,
			_version,
			agentId: number,
			deviceId: number,
			allow: boolean,
		) => {
			request.setU32(0, agentId);
			request.setU32(4, deviceId);
			request.setU32(8, allow ? 1 : 0);
		},
	}),
	/** Allows or denies an agent the use of a protocol on a device. */
	setProtocolPermissions: command(id, messages.SET_PROTOCOL_PERMISSIONS, {
		encode: (
			request,
			_version,
			agentId: number,
			deviceId: number,
			protocolId: number,
			allow: boolean,
		) => {
			request.setU32(0, agentId);
			request.setU32(4, deviceId);
			request.setU32(8, protocolId);
			request.setU32(12, allow ? 1 : 0);
		},
	}),
	/** Takes back what an agent has set, and its permissions too if asked. */
	resetAgentConfiguration: command(id, messages.RESET_AGENT_CONFIGURATION, {
		encode: (request, _version, agentId: number, permissions?: boolean) => {
			request.setU32(0, agentId);
			request.setU32(4, permissions ? 1 : 0);
		},
	}),
};
