// What the hypervisor answers itself: who it is, which agents a guest sees, what its messages can do, and how it stops.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2 (base protocol) and 4.4.2 (system power management).

import { PROTOCOL_IDS } from "../../platform/platform.ts";
import { NEWEST } from "../../scmi/layout.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { payloadOf } from "./agent-channel.ts";
import type { Answer, Call } from "./call.ts";

/** Agents as a guest sees them: the platform is 0, the guest itself 1, and there is nobody else. */
export const GUEST_AGENT = 1;
const PLATFORM_AGENT = 0;
/** As an agent ID: the caller itself. */
const SELF = 0xffff_ffff;
/** Version of the base protocol that tells the agent's ID. */
const BASE_V2 = 0x20000;
const SHORT_NAME = 16;

/** A name field: 16 bytes, cut to leave a NUL. */
function named(words: number[], name: string): Answer {
	const head = payloadOf(ScmiStatus.SUCCESS, ...words);
	const bytes = new Uint8Array(head.length + SHORT_NAME);
	bytes.set(head);
	bytes.set(
		new TextEncoder().encode(name).slice(0, SHORT_NAME - 1),
		head.length,
	);
	return bytes;
}

/** The platform's protocols, and one agent. */
export function baseAttributes(word: number): number {
	return (word & 0xff) | (1 << 8);
}

export function discoverVendor({ caller }: Call): Answer {
	return named([], caller.vendor);
}

export function discoverSubVendor({ caller }: Call): Answer {
	return named([], caller.subVendor);
}

export function discoverImplementationVersion({ caller }: Call): Answer {
	return payloadOf(ScmiStatus.SUCCESS, caller.implementationVersion);
}

export function discoverAgent({ caller, request, version }: Call): Answer {
	const tellsId = version >= BASE_V2;
	const wanted = request.getUint32(0, true);
	const id = tellsId && wanted === SELF ? GUEST_AGENT : wanted;
	if (id > GUEST_AGENT) return ScmiStatus.NOT_FOUND;
	const name = id === PLATFORM_AGENT ? "platform" : caller.name;
	return named(tellsId ? [id] : [], name);
}

/** A guest may reset its own configuration. */
export function resetConfiguration(call: Call): Answer {
	const { caller, request, message } = call;
	const id = request.getUint32(0, true);
	const flags = request.getUint32(4, true);
	if (id > GUEST_AGENT) return ScmiStatus.NOT_FOUND;
	if (id === PLATFORM_AGENT) return ScmiStatus.DENIED;
	const reply = call.send(message, caller.agentId, flags);
	const status = reply.getInt32(0, true);
	if (status === ScmiStatus.SUCCESS) caller.forget();
	return status;
}

/** A message that the hypervisor does not pass on does not exist; nothing that passes has a fast channel. */
export function messageAttributes(call: Call): Answer {
	const { caller, protocol, request } = call;
	if (!caller.serves(protocol, request.getUint32(0, true)))
		return ScmiStatus.NOT_FOUND;
	const answer = call.forward();
	if (protocol === PROTOCOL_IDS.performance && typeof answer !== "number")
		answer.fill(0, 4);
	return answer;
}

/** The layouts follow the version that the firmware has agreed to. */
export function negotiate(call: Call): Answer {
	const { caller, protocol, request } = call;
	const answer = call.forward();
	const agreed =
		typeof answer !== "number" &&
		answer.every((byte) => byte === ScmiStatus.SUCCESS);
	if (agreed) caller.speak(protocol, request.getUint32(0, true));
	return answer;
}

const GRACEFUL = 1;
const SHUTDOWN = 0;
const WARM_RESET = 2;
const SUSPEND = 4;
/** From here on they are a vendor's. */
const VENDOR_STATES = 0x8000_0000;

/** There is no other agent in a guest to be told of a graceful request: it comes true at once. */
export function systemStateSet({ caller, cpu, request }: Call): Answer {
	const flags = request.getUint32(0, true);
	const state = request.getUint32(4, true);
	if ((flags & ~GRACEFUL) !== 0) return ScmiStatus.INVALID_PARAMETERS;
	if (state > SUSPEND && state < VENDOR_STATES)
		return ScmiStatus.INVALID_PARAMETERS;
	if (state > WARM_RESET) return ScmiStatus.NOT_SUPPORTED;
	caller.stop(state === SHUTDOWN ? "off" : "reset", cpu);
	return ScmiStatus.SUCCESS;
}

/** Attributes without these bits for a resource that the guest cannot change. */
export function unlessReadOnly(
	bits: number,
): (word: number, call: Call) => number {
	return (word, { caller, protocol, target = NEWEST }) =>
		caller.policy.isReadOnly(protocol, target) ? word & ~bits : word;
}
