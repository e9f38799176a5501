// The simulations of a server: made with their first connection, gone with their last, each with firmware and time of its own.
// This project's own; what connections of one simulation hear from each other is what its hardware tells them.

import type { Firmware } from "../../firmware.ts";
import { AgentPort } from "./agent-port.ts";
import { frame, words } from "./frames.ts";
import { Push, ServeError, StopReason } from "./protocol.ts";
import { Refusal } from "./refusal.ts";

/** A connection, as its simulation sees it. */
export interface Peer {
	/** Sends a frame; false when the peer is slow and should be spared more for now. */
	push(frame: Uint8Array): boolean;
}

/** One firmware with its hardware, and who is connected to it. */
export class Simulation {
	readonly name: string;
	readonly firmware: Firmware;
	readonly peers = new Set<Peer>();
	readonly #agents = new Map<string, Peer>();
	#stopTold = false;

	constructor(name: string, firmware: Firmware) {
		this.name = name;
		this.firmware = firmware;
	}

	/** Makes a peer an agent. Throws Refusal UNKNOWN_NAME or BUSY. */
	openAgent(peer: Peer, agent: string): AgentPort {
		if (this.#agents.has(agent)) {
			throw new Refusal(
				ServeError.BUSY,
				`agent "${agent}" of simulation "${this.name}" has a connection already`,
			);
		}
		const port = new AgentPort(this.firmware, agent, (message) =>
			peer.push(frame(Push.PLATFORM_MESSAGE, 0, message)),
		);
		this.#agents.set(agent, peer);
		return port;
	}

	closeAgent(port: AgentPort, agent: string): void {
		port.close();
		this.#agents.delete(agent);
	}

	/** Hands a peer every interrupt of the platform. Returns how to end that. */
	watchInterrupts(peer: Peer): () => void {
		const { firmware } = this;
		const numbers = new Set(
			firmware.platform.channels.flatMap(({ interrupt }) => interrupt ?? []),
		);
		const ends = [...numbers].map((number) =>
			firmware.onInterrupt?.(number, () => {
				peer.push(frame(Push.INTERRUPT, 0, words(number)));
			}),
		);
		return () => {
			for (const end of ends) end?.();
		};
	}

	/** Tells everybody, once, when the system has stopped. */
	tellStop(): void {
		const { stopped = null } = this.firmware;
		if ((stopped !== null) === this.#stopTold) return;
		this.#stopTold = stopped !== null;
		if (stopped === null) return;
		const reason =
			stopped === "off"
				? StopReason.OFF
				: stopped === "reset"
					? StopReason.RESET
					: StopReason.FIRMWARE;
		for (const peer of this.peers)
			peer.push(frame(Push.STOPPED, 0, words(reason)));
	}
}

/** All of them, by name. */
export class Simulations {
	readonly #create: () => Firmware;
	readonly #most: number;
	readonly #byName = new Map<string, Simulation>();

	/** @param most how many there may be at a time */
	constructor(create: () => Firmware, most: number) {
		this.#create = create;
		this.#most = most;
	}

	/** Lets a peer into a simulation, which begins with that if it is the first. Throws Refusal LIMIT. */
	enter(peer: Peer, name: string): Simulation {
		let simulation = this.#byName.get(name);
		if (simulation === undefined) {
			if (this.#byName.size >= this.#most) {
				throw new Refusal(
					ServeError.LIMIT,
					`simulation "${name}": expected one of the ${this.#most} that run already`,
				);
			}
			simulation = new Simulation(name, this.#create());
			this.#byName.set(name, simulation);
		}
		simulation.peers.add(peer);
		return simulation;
	}

	leave(peer: Peer, simulation: Simulation): void {
		simulation.peers.delete(peer);
		if (simulation.peers.size === 0) this.#byName.delete(simulation.name);
	}
}
