// An operating system at work: it discovers the firmware, then probes devices, each with all that its node asks for.
// Order of the steps as in Linux: power, assigned parents and rates, supplies, clocks, resets.

import type { DtNode } from "../devicetree/tree.ts";
import { AssignedClocks } from "./assigned-clocks.ts";
import type { Board } from "./board.ts";
import { Consumers } from "./consumers.ts";
import { Findings } from "./findings.ts";
import { isCpu, OperatingPoints } from "./operating-points.ts";
import { PowerUp } from "./power-up.ts";
import { isSupply, Providers } from "./providers.ts";
import {
	CLOCK_PARENTS,
	type ClockState,
	type PerformanceDomainState,
	type PowerDomainState,
	type RailState,
	type ResetState,
	readClocks,
	readPerformanceDomains,
	readPowerDomains,
	readRails,
	readResets,
} from "./state.ts";
import { Subscriber } from "./subscriber.ts";
import { Supplies } from "./supplies.ts";
import { Uses } from "./uses.ts";
import { agreeOnVersions } from "./versions.ts";

/** What an operating system has before it: its devicetree, and its agent at the firmware. */
export type Seat = Pick<Board, "tree" | "firmware" | "agent" | "transport">;

/** What an agent reads of the whole firmware; empty for a protocol that is not served. */
export interface States {
	clocks: ClockState[];
	powerDomains: PowerDomainState[];
	performanceDomains: PerformanceDomainState[];
	rails: RailState[];
	resets: ResetState[];
}

export class Probing {
	readonly findings = new Findings();
	readonly uses = new Uses();
	readonly providers: Providers;
	readonly consumers: Consumers;
	/** The devices in the order of their probing, with the SCMI commands that each took. */
	readonly probed: { device: string; messages: number }[] = [];
	readonly #seat: Seat;
	readonly #subscriber: Subscriber;
	readonly #power: PowerUp;
	readonly #assigned: AssignedClocks;
	readonly #supplies: Supplies;
	readonly #operatingPoints: OperatingPoints;

	/** @param claimsRails it asks for the rails that it uses even when they are on: see Supplies */
	constructor(seat: Seat, claimsRails = false) {
		const { agent, firmware, transport } = seat;
		const { platform } = firmware;
		const { findings, uses } = this;
		const providers = new Providers(platform, transport.protocols);
		const consumers = new Consumers(providers, findings);
		const subscriber = new Subscriber(agent);
		const supplies = new Supplies(
			agent,
			providers,
			findings,
			uses,
			claimsRails,
		);
		this.#seat = seat;
		this.providers = providers;
		this.consumers = consumers;
		this.#subscriber = subscriber;
		this.#supplies = supplies;
		this.#power = new PowerUp(
			agent,
			firmware,
			providers,
			consumers,
			subscriber,
			uses,
		);
		this.#assigned = new AssignedClocks(agent, consumers, findings, subscriber);
		this.#operatingPoints = new OperatingPoints(
			agent,
			providers,
			subscriber,
			supplies,
			platform.devicetree.supportedHardware,
		);
	}

	/** What a kernel asks before it uses anything: who is there, that the protocols of the tree are served, what it may be told. */
	async discover(): Promise<void> {
		const { agent, transport } = this.#seat;
		const { base, clock } = agent;
		await this.read("versions", () => agreeOnVersions(agent), undefined);
		for (const ask of [
			base.protocolAttributes,
			base.discoverVendor,
			base.discoverSubVendor,
			base.discoverImplementationVersion,
		])
			await this.read<unknown>("discover", ask, undefined);
		const served = await this.read("discover", base.listProtocols, []);
		const version = await this.read("versions", clock.protocolVersion, 0);
		this.#assigned.hasParents = version >= CLOCK_PARENTS;
		for (const { id, node } of transport.protocols) {
			if (served.includes(id)) continue;
			const message = `protocol 0x${id.toString(16)} is not served by the firmware`;
			this.findings.fail(node, "discover", message);
		}
		await this.#subscriber.discover();
	}

	/** Probes devices in this order. What goes wrong with one is among the findings; only a dead channel throws. */
	async probe(devices: readonly DtNode[]): Promise<void> {
		const { agent } = this.#seat;
		for (const device of devices) {
			const before = agent.messages;
			await this.#probe(device);
			const messages = agent.messages - before;
			this.probed.push({ device: device.path, messages });
		}
	}

	async #probe(device: DtNode): Promise<void> {
		const { agent } = this.#seat;
		// What provides domains to others is not switched on by being probed.
		const used = !this.providers.isProvider(device);
		if (used) {
			await this.consumers.each(device, "power-domains", (provider) =>
				this.#power.on(provider),
			);
		}
		await this.#assigned.assign(device);
		for (const property of [...device.properties.keys()].filter(isSupply)) {
			await this.consumers.each(device, property, async (provider) => {
				if (provider.kind === "rail") await this.#supplies.enable(provider.id);
			});
		}
		await this.consumers.each(device, "clocks", async (provider) => {
			if (!used || provider.kind !== "clock") return;
			await agent.clock.enable(provider.id);
			this.uses.clocks.add(provider.id);
		});
		await this.consumers.each(device, "resets", async (provider) => {
			if (provider.kind !== "reset") return;
			await agent.reset.deassert(provider.id);
			this.uses.resets.add(provider.id);
		});
		await this.findings.attempt(device, "regulators", () =>
			this.#supplies.constrain(device),
		);
		if (isCpu(device)) {
			await this.findings.attempt(device, "operating-points-v2", () =>
				this.#operatingPoints.raise(device),
			);
		}
	}

	/** All that the firmware has, as this agent reads it. */
	async states(): Promise<States> {
		const { agent, firmware } = this.#seat;
		const { platform } = firmware;
		return {
			clocks: await this.read("clocks", () => readClocks(agent), []),
			powerDomains: await this.read(
				"power domains",
				() => readPowerDomains(agent),
				[],
			),
			performanceDomains: await this.read(
				"performance domains",
				() => readPerformanceDomains(agent, platform),
				[],
			),
			rails: await this.read("rails", () => readRails(agent, platform), []),
			resets: await this.read("resets", () => readResets(agent, firmware), []),
		};
	}

	/** What the firmware tells of itself and of the whole board; what it cannot tell is an error of the SCMI node. */
	async read<T>(
		step: string,
		read: () => Promise<T>,
		otherwise: T,
	): Promise<T> {
		let value = otherwise;
		const { node } = this.#seat.transport;
		await this.findings.attempt(node, step, async () => {
			value = await read();
		});
		return value;
	}
}
