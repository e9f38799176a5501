// Boot: probes every device of a board that needs the firmware's clocks, domains, rails or resets, by real SCMI messages.
// How each is probed: probing.ts; in which order: devices.ts.

import type { Board } from "./board.ts";
import { devicesInOrder } from "./devices.ts";
import type { BootError, Unserved } from "./findings.ts";
import { Probing } from "./probing.ts";
import type {
	ClockState,
	PerformanceDomainState,
	PowerDomainState,
	RailState,
	ResetState,
} from "./state.ts";

export interface BootReport {
	/** The tree's model. */
	board: string;
	/** Number of devices probed. */
	devices: number;
	/** Number of SCMI commands sent, those that read the final state included. */
	messages: number;
	/** Number of notifications received meanwhile. */
	notifications: number;
	errors: BootError[];
	unserved: Unserved[];
	/** Number of references from the devices to clocks that run by themselves, which ask nothing of the firmware. */
	fixedClocks: number;
	/** Virtual time at the end, in ns. */
	virtualTimeNs: number;
	/** The devices in the order of their probing, with the SCMI commands that each took. */
	probed: { device: string; messages: number }[];
	clocks: ClockState[];
	powerDomains: PowerDomainState[];
	/** This and the following are empty when the firmware does not serve their protocol. */
	performanceDomains: PerformanceDomainState[];
	rails: RailState[];
	resets: ResetState[];
}

/** Boots a board. Whatever goes wrong with a device is in the report; only a dead channel throws. */
export async function boot(board: Board): Promise<BootReport> {
	const { tree, agent, firmware } = board;
	const { notifications } = agent.received;
	const probing = new Probing(board);
	await probing.discover();
	await probing.probe(devicesInOrder(tree, probing.providers));
	const states = await probing.states();
	return {
		board: boardName(board),
		devices: probing.probed.length,
		messages: agent.messages,
		notifications: agent.received.notifications - notifications,
		errors: probing.findings.errors,
		unserved: probing.findings.unserved,
		fixedClocks: probing.consumers.fixedClocks,
		virtualTimeNs: firmware.timeNs,
		probed: probing.probed,
		...states,
	};
}

/** A tree's model, or what stands for it. */
export function boardName({ tree }: Pick<Board, "tree">): string {
	return tree.root.text("model") ?? "unnamed board";
}
