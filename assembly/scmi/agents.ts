// Agents: their IDs and what each of them has.
// SCMI 3.2 (Arm DEN0056E), section 4.1.2.

import { Agent } from "../image";
import { Address, State } from "../layout";

/** An agent's ID: the index of its row; 0 is the platform. */
export function agentId(agent: usize): u32 {
	return <u32>((agent - load<u32>(Address.STATE, State.AGENTS)) / Agent.SIZE);
}

/** The row of an agent's ID. */
export function agentRow(id: u32): usize {
	return load<u32>(Address.STATE, State.AGENTS) + id * Agent.SIZE;
}
