// What a trap has to look at besides its call: events, hardware that follows the time, fast channels, subscriptions.
// Only a few traps have anything of it to do: State.ATTENTION, one time for all of it, tells the others in one comparison.

import { settlePower } from "../hardware/power-controller";
import { followPowerSoon, powerLook } from "../hardware/thermal";
import { Address, State } from "../layout";
import { pollFastChannels } from "../scmi/performance-changes";
import { runDue } from "./events";
import { now } from "./time";

/** The time that a trap takes passes, with whatever is due. */
function passTrap(): void {
	const generation = load<u32>(Address.STATE, State.GENERATION);
	if (load<u32>(Address.STATE, State.THERMAL_GENERATION) !== generation)
		followPowerSoon();
	passTrapTime();
	const time = now();
	if (time >= load<u64>(Address.STATE, State.DUE)) {
		runDue();
		if (load<u32>(Address.STATE, State.STOP)) return;
	}
	if (time >= load<u64>(Address.STATE, State.FAST_LOOK)) pollFastChannels();
	settlePower();
	store<u64>(Address.STATE, nextAttention(), State.ATTENTION);
}

/** The same, where most have nothing of it to do. */
export function passTrapSoon(): void {
	if (now() >= load<u64>(Address.STATE, State.ATTENTION)) passTrap();
	else passTrapTime();
}

/** Only the time passes. */
function passTrapTime(): void {
	const trapNs = load<u64>(Address.STATE, State.TRAP_NS);
	store<u64>(Address.STATE, now() + trapNs, State.TIME);
}

/** When a trap begins that ends where something is due. */
function nextAttention(): u64 {
	// Subscribers are told by every trap what has changed.
	if (load<u32>(Address.STATE, State.WATCHES)) return 0;
	const due = load<u64>(Address.STATE, State.DUE);
	const look = load<u64>(Address.STATE, State.FAST_LOOK);
	const power = load<u64>(Address.STATE, State.POWER_DUE);
	const first = min(min(due, look), min(power, powerLook()));
	const trapNs = load<u64>(Address.STATE, State.TRAP_NS);
	return first > trapNs ? first - trapNs : 0;
}
