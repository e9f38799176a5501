// Supplies: the rails of a power management chip, on its registers.
// SCMI 3.2 (Arm DEN0056E), section 4.10 calls them voltage domains.

import { Rail } from "../image";
import { Address, State } from "../layout";

/** The row of a rail. */
export function railRow(id: u32): usize {
	return load<u32>(Address.STATE, State.RAILS) + id * Rail.SIZE;
}

/** The rail with an ID from outside, or 0. */
export function findRail(id: u32): usize {
	return id < load<u32>(Address.STATE, State.RAIL_COUNT) ? railRow(id) : 0;
}

/** The level that the rail's registers give, in µV; also while it is off. */
export function railLevel(_rail: usize): i32 {
	return 0;
}

/** Sets a level in µV that the rail can have. False when it cannot. */
export function setRailLevel(_rail: usize, _microvolts: i32): bool {
	return false;
}
