// How long nothing but time itself happens: so long traps that only read need not look.
// Follows what a trap looks at before it serves a message, in smccc.ts.

import { powerLook } from "../hardware/thermal";
import { Address, State } from "../layout";

/** How many traps fit in before one of them finds something to do. */
export function quietTraps(): u64 {
	const time = load<u64>(Address.STATE, State.TIME);
	const until = quietUntil();
	if (until <= time) return 0;
	const cost = max<u32>(load<u32>(Address.STATE, State.TRAP_NS), 1);
	return (until - time - 1) / cost;
}

/** The virtual time at which a trap finds something to do first. */
function quietUntil(): u64 {
	const running =
		load<u32>(Address.STATE, State.IMAGE_LENGTH) !== 0 &&
		!load<u32>(Address.STATE, State.STOP);
	if (!running) return 0;
	const generation = load<u32>(Address.STATE, State.GENERATION);
	const watched = load<u32>(Address.STATE, State.WATCHES) !== 0;
	const told =
		load<u32>(Address.STATE, State.WATCHED_GENERATION) === generation &&
		load<u32>(Address.STATE, State.POWER_CHANGES) ===
			load<u32>(Address.STATE, State.WATCHED_POWER_CHANGES);
	if (watched && !told) return 0;
	return min(
		min(
			load<u64>(Address.STATE, State.DUE),
			load<u64>(Address.STATE, State.FAST_LOOK),
		),
		min(load<u64>(Address.STATE, State.POWER_DUE), powerLook()),
	);
}
