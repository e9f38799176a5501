// Boot: probes every device of a board that needs the firmware's clocks, domains, rails or resets, by real SCMI messages.
// Order of the steps as an operating system has it: power, assigned parents and rates, supplies, clocks, resets.

import type { DtNode } from "../devicetree/tree.ts";
import { AssignedClocks } from "./assigned-clocks.ts";
import type { Board } from "./board.ts";
import { Consumers } from "./consumers.ts";
import { devicesInOrder } from "./devices.ts";
import { type BootError, Findings, type Unserved } from "./findings.ts";
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
import { agreeOnVersions } from "./versions.ts";

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
	return new Boot(board).run();
}

class Boot {
	readonly #board: Board;
	readonly #findings = new Findings();
	readonly #providers: Providers;
	readonly #consumers: Consumers;
	readonly #subscriber: Subscriber;
	readonly #power: PowerUp;
	readonly #assigned: AssignedClocks;
	readonly #supplies: Supplies;
	readonly #operatingPoints: OperatingPoints;

	constructor(board: Board) {
		const { agent, firmware, transport } = board;
		const { platform } = firmware;
		const findings = this.#findings;
		const providers = new Providers(platform, transport.protocols);
		const consumers = new Consumers(providers, findings);
		const subscriber = new Subscriber(agent);
		const supplies = new Supplies(agent, providers, findings);
		this.#board = board;
		this.#providers = providers;
		this.#consumers = consumers;
		this.#subscriber = subscriber;
		this.#supplies = supplies;
		this.#power = new PowerUp(
			agent,
			firmware,
			providers,
			consumers,
			subscriber,
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

	async run(): Promise<BootReport> {
		const { agent, tree, firmware } = this.#board;
		const { notifications } = agent.received;
		await this.#discover();
		await this.#subscriber.discover();
		const devices = devicesInOrder(tree, this.#providers);
		const probed: BootReport["probed"] = [];
		for (const device of devices) {
			const before = agent.messages;
			await this.#probe(device);
			probed.push({ device: device.path, messages: agent.messages - before });
		}
		const states = {
			clocks: await this.#read("clocks", () => readClocks(agent), []),
			powerDomains: await this.#read(
				"power domains",
				() => readPowerDomains(agent),
				[],
			),
			performanceDomains: await this.#read(
				"performance domains",
				() => readPerformanceDomains(agent, firmware.platform),
				[],
			),
			rails: await this.#read(
				"rails",
				() => readRails(agent, firmware.platform),
				[],
			),
			resets: await this.#read("resets", () => readResets(agent, firmware), []),
		};
		return {
			board: tree.root.text("model") ?? "unnamed board",
			devices: devices.length,
			messages: agent.messages,
			notifications: agent.received.notifications - notifications,
			errors: this.#findings.errors,
			unserved: this.#findings.unserved,
			fixedClocks: this.#consumers.fixedClocks,
			virtualTimeNs: firmware.timeNs,
			probed,
			...states,
		};
	}

	/** What a kernel asks before it uses anything: who is there, and that the protocols of the tree are served. */
	async #discover(): Promise<void> {
		const { agent } = this.#board;
		const { base, clock } = agent;
		await this.#read("versions", () => agreeOnVersions(agent), undefined);
		for (const ask of [
			base.protocolAttributes,
			base.discoverVendor,
			base.discoverSubVendor,
			base.discoverImplementationVersion,
		])
			await this.#read<unknown>("discover", ask, undefined);
		const served = await this.#read("discover", base.listProtocols, []);
		const version = await this.#read("versions", clock.protocolVersion, 0);
		this.#assigned.hasParents = version >= CLOCK_PARENTS;
		for (const { id, node } of this.#board.transport.protocols) {
			if (served.includes(id)) continue;
			const message = `protocol 0x${id.toString(16)} is not served by the firmware`;
			this.#findings.fail(node, "discover", message);
		}
	}

	async #probe(device: DtNode): Promise<void> {
		// What provides domains to others is not switched on by being probed.
		const used = !this.#providers.isProvider(device);
		if (used) {
			await this.#consumers.each(device, "power-domains", (provider) =>
				this.#power.on(provider),
			);
		}
		await this.#assigned.assign(device);
		for (const property of [...device.properties.keys()].filter(isSupply)) {
			await this.#consumers.each(device, property, async (provider) => {
				if (provider.kind === "rail") await this.#supplies.enable(provider.id);
			});
		}
		await this.#consumers.each(device, "clocks", async (provider) => {
			if (used && provider.kind === "clock")
				await this.#board.agent.clock.enable(provider.id);
		});
		await this.#consumers.each(device, "resets", async (provider) => {
			if (provider.kind === "reset")
				await this.#board.agent.reset.deassert(provider.id);
		});
		await this.#findings.attempt(device, "regulators", () =>
			this.#supplies.constrain(device),
		);
		if (isCpu(device)) {
			await this.#findings.attempt(device, "operating-points-v2", () =>
				this.#operatingPoints.raise(device),
			);
		}
	}

	/** What the firmware tells of itself and of the whole board; what it cannot tell is an error of the SCMI node. */
	async #read<T>(
		step: string,
		read: () => Promise<T>,
		otherwise: T,
	): Promise<T> {
		let value = otherwise;
		const { node } = this.#board.transport;
		await this.#findings.attempt(node, step, async () => {
			value = await read();
		});
		return value;
	}
}
