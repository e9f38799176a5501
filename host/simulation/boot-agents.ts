// Several agents boot on one firmware and one clock: the TEE first, then Linux, then guests; Linux turns off what is unused.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2 (agents, permissions); order as TF-A, OP-TEE and Linux start one another.

import type { Engine } from "../engine.ts";
import { CosimError } from "../errors.ts";
import { LINUX, TEE } from "../platform/platform.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import { baseMessages } from "../scmi/messages/base.ts";
import { agentByName } from "./agent-channel.ts";
import type { Board } from "./board.ts";
import { boardName } from "./boot.ts";
import { devicesInOrder, withPowerProviders } from "./devices.ts";
import type { BootError, Unserved } from "./findings.ts";
import { Probing, type States } from "./probing.ts";
import { realClock } from "./resources.ts";
import { exclusiveDevices, secureDevices } from "./secure-devices.ts";
import { exists } from "./subscriber.ts";
import { hasSwitch, type Survived, survivors } from "./survivors.ts";
import { type Asked, turnOffUnused } from "./unused.ts";
import type { Uses } from "./uses.ts";

/** Names of clocks, power domains and rails, as lists of a report. */
export interface NamesOfEach {
	clocks: string[];
	powerDomains: string[];
	rails: string[];
}

/** What one agent did. */
export interface AgentReport {
	name: string;
	/** SCMI agent ID. */
	id: number;
	/** Whether its channels are the secure world's. */
	secure: boolean;
	/** Number of devices probed. */
	devices: number;
	/** Number of SCMI commands sent; linux's include those that turn off what is unused and read the final state. */
	messages: number;
	/** Number of notifications received. */
	notifications: number;
	errors: BootError[];
	unserved: Unserved[];
	/** The devices in the order of their probing, with the SCMI commands that each took. */
	probed: { device: string; messages: number }[];
	/** Devices of the platform that this agent has for itself: it took the permission for them from all others. */
	reserved: string[];
	/** What it uses and is off in the end: nothing, on a firmware that keeps its word. */
	lost: NamesOfEach & { resets: string[] };
}

export interface AgentsReport extends States {
	/** The tree's model. */
	board: string;
	/** In the order in which they booted. */
	agents: AgentReport[];
	/** Virtual time at the end, in ns. */
	virtualTimeNs: number;
	/** What Linux found on without a user of its own, and is off now. */
	turnedOff: NamesOfEach;
	/** The same, asked to be off and still on: others need it. Clocks without a gate are left out. */
	kept: NamesOfEach;
	/** The same, where the firmware refused. */
	refused: NamesOfEach;
	/** Clocks that Linux found on without a user of its own, and must not change: it did not ask. */
	forbidden: { clocks: string[] };
	/** What is on in the end, and on whose account. */
	survived: Survived;
}

/**
 * Boots every agent of the engine's platform. "tee" brings up the devices that the devicetree gives to the secure world
 * (`secure-status = "okay"`; without any the platform's usual ones) and takes the permission for those that it alone uses
 * from all others; "linux" boots the board as boot() does and then turns off every clock, power domain and rail without a
 * user of its own; other agents discover the firmware and use nothing.
 * @param board linux's, on this engine or what watches it; of a platform such as imx8mmWith makes
 * @param teeDevices paths, aliases, labels or node names of the TEE's devices, in place of what the tree says
 * @throws CosimError USAGE when the platform has no agent linux, UNKNOWN_NAME for a device that the tree does not have;
 * what goes wrong with a device is in the report
 */
export async function bootAgents(
	board: Board,
	engine: Engine,
	teeDevices?: readonly string[],
): Promise<AgentsReport> {
	const { agents } = engine.platform;
	if (!agents.includes(LINUX)) {
		throw new CosimError(
			"USAGE",
			`agents ${agents.join(", ")}: expected ${LINUX} among them, whose board it is`,
		);
	}
	const seats = new Map<string, Booting>();
	const first = [TEE, LINUX].filter((name) => agents.includes(name));
	const order = [...first, ...agents.filter((name) => !first.includes(name))];
	for (const name of order) seats.set(name, new Booting(name, board, engine));
	const linux = seats.get(LINUX) as Booting;
	const tee = seats.get(TEE);
	if (tee !== undefined) await tee.bootSecure(teeDevices);
	await linux.bootBoard();
	for (const name of order)
		if (name !== LINUX && name !== TEE) await seats.get(name)?.bootGuest();
	const asked = await turnOffUnused(linux.seat, linux.probing);
	const states = await linux.probing.states();
	const uses = new Map(
		[...seats].map(([name, { probing }]) => [name, probing.uses]),
	);
	return {
		board: boardName(board),
		agents: [...seats.values()].map((seat) => seat.report(states)),
		virtualTimeNs: engine.timeNs,
		...outcomeOf(asked, states, (id) => hasSwitch(engine.platform, id)),
		survived: survivors(engine, states, uses),
		...states,
	};
}

/** One agent that boots. */
class Booting {
	readonly seat: Omit<Board, "channel" | "addedScmiNodes">;
	readonly probing: Probing;
	readonly #name: string;
	readonly #engine: Engine;
	#reserved: string[] = [];

	constructor(name: string, board: Board, engine: Engine) {
		const { tree, transport, firmware } = board;
		const isLinux = name === LINUX;
		this.seat = isLinux
			? board
			: { tree, transport, firmware, agent: agentByName(firmware, name) };
		this.probing = new Probing(this.seat, name === TEE);
		this.#name = name;
		this.#engine = engine;
	}

	async bootSecure(names: readonly string[] | undefined): Promise<void> {
		const { tree } = this.seat;
		const { platform } = this.#engine;
		const { probing } = this;
		const devices = secureDevices(tree, probing.providers, platform, names);
		await probing.discover();
		await probing.probe(withPowerProviders(devices, probing.providers));
		const own = exclusiveDevices(tree, probing.providers, platform, devices);
		await probing.read(
			"permissions",
			() => this.#reserve(own.map(({ id, name }) => ({ id, name }))),
			undefined,
		);
	}

	/** Takes the permission for devices from all other agents, where the platform knows permissions. */
	async #reserve(
		devices: readonly { id: number; name: string }[],
	): Promise<void> {
		const { base } = this.seat.agent;
		const { SET_DEVICE_PERMISSIONS } = baseMessages;
		const attributes = base.messageAttributes(SET_DEVICE_PERMISSIONS.id);
		if (!(await exists(attributes))) return;
		for (const { id, name } of devices) {
			for (const [i, other] of this.#engine.platform.agents.entries())
				if (other !== this.#name)
					await base.setDevicePermissions(i + 1, id, false);
			this.#reserved.push(name);
		}
	}

	async bootBoard(): Promise<void> {
		const { probing, seat } = this;
		await probing.discover();
		await probing.probe(devicesInOrder(seat.tree, probing.providers));
	}

	async bootGuest(): Promise<void> {
		await this.probing.discover();
	}

	report(states: States): AgentReport {
		const { agents, channels } = this.#engine.platform;
		const { findings, probed, uses } = this.probing;
		const agent: ScmiAgent = this.seat.agent;
		return {
			name: this.#name,
			id: agents.indexOf(this.#name) + 1,
			secure: channels.some(
				(row) => row.agent === this.#name && row.secure === true,
			),
			devices: probed.length,
			messages: agent.messages,
			notifications: agent.received.notifications,
			errors: findings.errors,
			unserved: findings.unserved,
			probed,
			reserved: this.#reserved,
			lost: lostOf(uses, states, this.#engine),
		};
	}
}

/** What an agent uses and is off, or is a line that is asserted. */
function lostOf(
	uses: Uses,
	states: States,
	{ platform }: Engine,
): AgentReport["lost"] {
	const clocks = new Set([...uses.clocks].map((id) => realClock(platform, id)));
	return {
		clocks: namesOf(states.clocks, ({ id, enabled }) => {
			return clocks.has(id) && !enabled;
		}),
		powerDomains: namesOf(states.powerDomains, ({ id, on }) => {
			return uses.powerDomains.has(id) && !on;
		}),
		rails: namesOf(states.rails, ({ id, on }) => uses.rails.has(id) && !on),
		resets: namesOf(states.resets, ({ id, asserted }) => {
			return uses.resets.has(id) && asserted;
		}),
	};
}

/** What came of Linux's wish to have things off. */
function outcomeOf(
	asked: Asked,
	states: States,
	canBeOff: (clock: number) => boolean,
) {
	const pick = (accepted: boolean, on: boolean): NamesOfEach => ({
		clocks: namesOf(states.clocks, ({ id, enabled }) => {
			const meant = asked.clocks.get(id) === accepted && enabled === on;
			return meant && canBeOff(id);
		}),
		powerDomains: namesOf(states.powerDomains, (row) => {
			return asked.powerDomains.get(row.id) === accepted && row.on === on;
		}),
		rails: namesOf(states.rails, (row) => {
			return asked.rails.get(row.id) === accepted && row.on === on;
		}),
	});
	return {
		turnedOff: pick(true, false),
		kept: pick(true, true),
		refused: pick(false, true),
		forbidden: {
			clocks: namesOf(states.clocks, ({ id }) => asked.forbiddenClocks.has(id)),
		},
	};
}

function namesOf<Row extends { name: string }>(
	rows: readonly Row[],
	isMeant: (row: Row) => boolean,
): string[] {
	return rows.filter(isMeant).map(({ name }) => name);
}
