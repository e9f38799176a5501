// The last call for a single channel: what the next one most likely needs again, found once.
// SMCCC 1.4 (Arm DEN0028), section 2.5: a function ID tells the service, and here the channel.

import { Channel } from "./image";
import { Abi, Address, Caller, Cpu, LastCall } from "./layout";
import { attributesFor, hasAtHand } from "./scmi/at-hand";

/** Where it is kept: at an address that the compiler knows, or where threads do not get into each other's way. */
export function lastCallOf(caller: u32): usize {
	return ASC_FEATURE_THREADS
		? Address.CPU +
				(caller >> Caller.CPU_SHIFT) * Address.CPU_STRIDE +
				Cpu.LAST_CALL
		: Address.LAST_CALL;
}

/** Whether a call is for the channel of the last one. */
export function isLastCall(functionId: u32, caller: u32): bool {
	const last = lastCallOf(caller);
	return (
		functionId === load<u32>(last, LastCall.FUNCTION_ID) &&
		caller === load<u32>(last, LastCall.CALLER) &&
		load<u32>(last, LastCall.CHANNEL) !== 0
	);
}

/** Keeps a call in mind. */
export function rememberCall(
	functionId: u32,
	caller: u32,
	channel: usize,
): void {
	const last = lastCallOf(caller);
	const agent = load<u32>(channel, Channel.AGENT_ROW);
	store<u32>(last, functionId, LastCall.FUNCTION_ID);
	store<u32>(last, caller, LastCall.CALLER);
	store<u32>(last, channel, LastCall.CHANNEL);
	const area = hasAtHand(agent)
		? load<u32>(channel, Channel.LINEAR)
		: <u32>Address.FREE_AREA;
	store<u32>(last, area, LastCall.AREA);
	store<u32>(last, attributesFor(agent), LastCall.ATTRIBUTES);
}

/** What an agent's messages mean has changed. */
export function forgetCall(): void {
	if (!ASC_FEATURE_THREADS) {
		forget(Address.LAST_CALL);
		return;
	}
	for (let cpu: u32 = 0; cpu < <u32>Abi.MAX_CPUS; cpu++)
		forget(lastCallOf(cpu << Caller.CPU_SHIFT));
}

function forget(last: usize): void {
	store<u32>(last, Caller.NOBODY, LastCall.CALLER);
	store<u32>(last, 0, LastCall.CHANNEL);
	store<u32>(last, Address.FREE_AREA, LastCall.AREA);
}
