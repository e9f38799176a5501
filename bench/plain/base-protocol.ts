// The base protocol, 0x10.
// SCMI 3.2 (Arm DEN0056E), section 4.2.

import type { Platform } from "../../host/platform/platform.ts";
import {
	entriesPerReply,
	type Handler,
	type Protocol,
	SHORT_NAME,
	Status,
} from "./protocol.ts";

/** DISCOVER_AGENT: the caller itself. */
const SELF = 0xffff_ffff;

/** @param others IDs of the other protocols, ascending */
export function baseProtocol(
	platform: Platform,
	others: readonly number[],
): Protocol {
	const agents = ["platform", ...platform.agents];

	const attributes: Handler = (_agent, payload) => {
		payload.setResult(0, (platform.agents.length << 8) | others.length);
		return 4;
	};

	const name =
		(text: string): Handler =>
		(_agent, payload) => {
			payload.setName(0, text, SHORT_NAME);
			return SHORT_NAME;
		};

	const implementationVersion: Handler = (_agent, payload) => {
		payload.setResult(0, platform.implementationVersion);
		return 4;
	};

	const listProtocols: Handler = (_agent, payload) => {
		const skip = payload.argument(0);
		if (skip > others.length) return Status.INVALID_PARAMETERS;
		const room = entriesPerReply(platform.maxMessageSize, 1) & ~3;
		const listed = others.slice(skip, skip + room);
		const words = Math.ceil(listed.length / 4);
		payload.setResult(0, listed.length);
		for (let i = 0; i < words; i++) payload.setResult(1 + i, 0);
		payload.setBytes(1, listed);
		return 4 + words * 4;
	};

	const discoverAgent: Handler = (agent, payload) => {
		const wanted = payload.argument(0);
		const id = wanted === SELF ? agent.id : wanted;
		const found = agents[id];
		if (found === undefined) return Status.NOT_FOUND;
		payload.setResult(0, id);
		payload.setName(1, found, SHORT_NAME);
		return 4 + SHORT_NAME;
	};

	/** Version 1.0 returns the name alone and knows no SELF. */
	const discoverAgentV1: Handler = (_agent, payload) => {
		const found = agents[payload.argument(0)];
		if (found === undefined) return Status.NOT_FOUND;
		payload.setName(0, found, SHORT_NAME);
		return SHORT_NAME;
	};

	return {
		id: 0x10,
		version: platform.protocols.base,
		versions: [0x10000, 0x20000, 0x20001],
		negotiates: 0x20001,
		messages: (version) => [
			[0x1, 0, attributes],
			[0x3, 0, name(platform.vendor)],
			[0x4, 0, name(platform.subVendor)],
			[0x5, 0, implementationVersion],
			[0x6, 4, listProtocols],
			[0x7, 4, version >= 0x20000 ? discoverAgent : discoverAgentV1],
		],
	};
}
