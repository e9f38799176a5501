// Boot: probes every device of a board that needs the firmware's clocks or power domains, by real SCMI messages.
// Order of the steps as an operating system has it: power domains, assigned parents and rates, clocks.

import { physicalRegions } from "../devicetree/address.ts";
import {
	namedReference,
	type Reference,
	references,
} from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Board } from "./board.ts";
import { devicesInOrder } from "./devices.ts";
import { CONSUMED, hasTarget, type Provider, Providers } from "./providers.ts";
import {
	CLOCK_PARENTS,
	type ClockState,
	type PowerDomainState,
	readClocks,
	readPowerDomains,
} from "./state.ts";

/** A step that failed: the firmware refused it, or the devicetree cannot be read there. */
export interface BootError {
	/** Path of the device, or of the protocol's node. */
	device: string;
	step: string;
	message: string;
}

/** A reference that the firmware does not serve: to another controller, or to a parent clock in a version without them. */
export interface Unserved {
	device: string;
	property: string;
	/** Path of the other controller. */
	provider: string;
}

export interface BootReport {
	/** The tree's model. */
	board: string;
	/** Number of devices probed. */
	devices: number;
	/** Number of SCMI commands sent, those that read the final state included. */
	messages: number;
	errors: BootError[];
	unserved: Unserved[];
	/** Virtual time at the end, in ns. */
	virtualTimeNs: number;
	/** The devices in the order of their probing, with the SCMI commands that each took. */
	probed: { device: string; messages: number }[];
	clocks: ClockState[];
	powerDomains: PowerDomainState[];
}

/** The firmware rounds to the nearest rate that it reaches, as Linux's clock framework would ask for. */
const ROUND = { round: "auto" } as const;

/** Boots a board. Whatever goes wrong with a device is in the report; only a dead channel throws. */
export async function boot(board: Board): Promise<BootReport> {
	return new Boot(board).run();
}

class Boot {
	readonly #board: Board;
	readonly #providers: Providers;
	readonly #errors: BootError[] = [];
	readonly #unserved: Unserved[] = [];
	/** Whether the clock protocol's version has CLOCK_PARENT_SET. */
	#hasParents = false;

	constructor(board: Board) {
		this.#board = board;
		this.#providers = new Providers(
			board.firmware.platform,
			board.transport.protocols,
		);
	}

	async run(): Promise<BootReport> {
		const { agent, tree, firmware } = this.#board;
		await this.#discover();
		const devices = devicesInOrder(tree, this.#providers);
		const probed: BootReport["probed"] = [];
		for (const device of devices) {
			const before = agent.messages;
			await this.#probe(device);
			probed.push({ device: device.path, messages: agent.messages - before });
		}
		const clocks = await readClocks(agent);
		const powerDomains = await readPowerDomains(agent);
		return {
			board: tree.root.text("model") ?? "unnamed board",
			devices: devices.length,
			messages: agent.messages,
			errors: this.#errors,
			unserved: this.#unserved,
			virtualTimeNs: firmware.timeNs,
			probed,
			clocks,
			powerDomains,
		};
	}

	/** What a kernel asks before it uses anything: who is there, and that the protocols of the tree are served. */
	async #discover(): Promise<void> {
		const { base, clock } = this.#board.agent;
		await base.protocolVersion();
		await base.protocolAttributes();
		await base.discoverVendor();
		await base.discoverSubVendor();
		await base.discoverImplementationVersion();
		const served = await base.listProtocols();
		this.#hasParents = (await clock.protocolVersion()) >= CLOCK_PARENTS;
		for (const { id, node } of this.#board.transport.protocols) {
			if (served.includes(id)) continue;
			const message = `protocol 0x${id.toString(16)} is not served by the firmware`;
			this.#errors.push({ device: node.path, step: "discover", message });
		}
	}

	async #probe(device: DtNode): Promise<void> {
		if (!this.#providers.isProvider(device)) {
			await this.#each(device, "power-domains", (provider) =>
				this.#powerOn(provider),
			);
		}
		await this.#assignParents(device);
		await this.#assignRates(device);
		if (!this.#providers.isProvider(device)) {
			await this.#each(device, "clocks", (provider) =>
				this.#enableClock(provider),
			);
		} else {
			await this.#each(device, "clocks", () => Promise.resolve());
		}
		await this.#each(device, "resets", () => Promise.resolve());
	}

	/** Runs a step for every entry of a property that the firmware serves; others are listed. */
	async #each(
		device: DtNode,
		property: Property,
		step: (provider: Provider) => Promise<unknown>,
	): Promise<void> {
		for (const reference of this.#references(device, property)) {
			const provider = this.#provider(device, property, reference);
			if (provider !== undefined)
				await this.#attempt(device, property, () => step(provider));
		}
	}

	async #assignParents(device: DtNode): Promise<void> {
		const { clock } = this.#board.agent;
		const property = "assigned-clock-parents";
		const parents = this.#references(device, property);
		const clocks = this.#references(device, "assigned-clocks");
		if (!this.#enough(device, property, parents.length, clocks.length)) return;
		for (const [i, parent] of parents.entries()) {
			const to = this.#provider(device, property, parent);
			const from = this.#provider(device, "assigned-clocks", clocks[i]);
			if (to?.kind !== "clock" || from?.kind !== "clock") continue;
			// Older versions have no parents: the tree asks for what this firmware does not offer.
			if (this.#hasParents) {
				await this.#attempt(device, property, () =>
					clock.parentSet(from.id, to.id),
				);
			} else {
				this.#unserve(device, property, (parent.target as DtNode).path);
			}
		}
	}

	async #assignRates(device: DtNode): Promise<void> {
		const { clock } = this.#board.agent;
		const property = "assigned-clock-rates";
		const rates = this.#rates(device);
		const clocks = this.#references(device, "assigned-clocks");
		if (!this.#enough(device, property, rates.length, clocks.length)) return;
		for (const [i, rate] of rates.entries()) {
			if (rate === 0) continue;
			const provider = this.#provider(device, "assigned-clocks", clocks[i]);
			if (provider?.kind !== "clock") continue;
			await this.#attempt(device, property, () =>
				clock.rateSet(provider.id, rate, ROUND),
			);
		}
	}

	/** Whether there are clocks for all entries of a property; told when not. */
	#enough(
		device: DtNode,
		property: string,
		entries: number,
		clocks: number,
	): boolean {
		if (entries <= clocks) return true;
		const message = `${entries} entries, expected at most the ${clocks} of assigned-clocks`;
		this.#fail(device, property, message);
		return false;
	}

	#rates(device: DtNode): number[] {
		try {
			return device.cells("assigned-clock-rates") ?? [];
		} catch (error) {
			this.#failWith(device, "assigned-clock-rates", error);
			return [];
		}
	}

	async #enableClock(provider: Provider): Promise<void> {
		if (provider.kind === "clock")
			await this.#board.agent.clock.enable(provider.id);
	}

	async #powerOn(provider: Provider): Promise<void> {
		if (provider.kind === "domain") {
			await this.#powerOnDomain(provider.id, provider.node);
		} else if (provider.kind === "block") {
			await this.#powerOnBlock(provider);
		}
	}

	/** The tree may name a domain's parent; the operating system switches it on first. */
	async #powerOnDomain(
		id: number,
		node: DtNode | undefined,
		depth = 0,
	): Promise<void> {
		if (node !== undefined && depth < 16) {
			for (const reference of references(
				node,
				"power-domains",
				"#power-domain-cells",
			).filter(hasTarget)) {
				const parent = this.#providers.of(reference, "power-domains");
				if (parent.kind === "domain")
					await this.#powerOnDomain(parent.id, parent.node, depth + 1);
			}
		}
		await this.#board.agent.power.on(id);
	}

	/** The bus domain, the block's own reset and clocks, then the domain behind it. */
	async #powerOnBlock({
		node,
		controller,
		id,
	}: Extract<Provider, { kind: "block" }>): Promise<void> {
		const domain = controller.domains.find((row) => row.id === id);
		const base = Number(physicalRegions(node)[0]?.address);
		if (domain === undefined || Number.isNaN(base)) {
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: no domain ${id}, expected one of ${controller.domains.length}`,
			);
		}
		await this.#powerOn(
			this.#named(
				node,
				"power-domains",
				"#power-domain-cells",
				"power-domain-names",
				"bus",
			),
		);
		this.#clearBits(base + controller.softReset, domain.resetBits);
		for (const name of domain.clocks) {
			await this.#enableClock(
				this.#named(node, "clocks", "#clock-cells", "clock-names", name),
			);
		}
		this.#setBits(base + controller.clockEnable, domain.clockBits);
		await this.#powerOn(
			this.#named(
				node,
				"power-domains",
				"#power-domain-cells",
				"power-domain-names",
				domain.name,
			),
		);
		this.#setBits(base + controller.softReset, domain.resetBits);
	}

	#named(
		node: DtNode,
		property: string,
		cells: string,
		namesProperty: string,
		name: string,
	): Provider {
		const reference = namedReference(
			node,
			property,
			cells,
			namesProperty,
			name,
		);
		if (reference === undefined || !hasTarget(reference)) {
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: ${namesProperty} has no "${name}"`,
			);
		}
		return this.#providers.of(reference, property);
	}

	#setBits(address: number, bits: number): void {
		const { firmware } = this.#board;
		firmware.write32(address, firmware.read32(address) | bits);
	}

	#clearBits(address: number, bits: number): void {
		const { firmware } = this.#board;
		firmware.write32(address, firmware.read32(address) & ~bits);
	}

	#references(device: DtNode, property: Property): Reference[] {
		const cells = CELLS.get(property) as string;
		try {
			return references(device, property, cells);
		} catch (error) {
			this.#failWith(device, property, error);
			return [];
		}
	}

	/** Who provides an entry; undefined for an empty one and for other controllers, which are listed. */
	#provider(
		device: DtNode,
		property: Property,
		reference: Reference | undefined,
	): Provider | undefined {
		if (reference === undefined || !hasTarget(reference)) return undefined;
		const provider = this.#providers.of(reference, property);
		if (provider.kind !== "other") return provider;
		this.#unserve(device, property, provider.node.path);
		return undefined;
	}

	#unserve(device: DtNode, property: string, provider: string): void {
		const known = this.#unserved.some(
			(other) =>
				other.device === device.path &&
				other.property === property &&
				other.provider === provider,
		);
		if (!known) {
			this.#unserved.push({ device: device.path, property, provider });
		}
	}

	async #attempt(
		device: DtNode,
		step: string,
		action: () => Promise<unknown>,
	): Promise<void> {
		try {
			await action();
		} catch (error) {
			this.#failWith(device, step, error);
		}
	}

	/** Errors of this package are the device's; a channel that no longer works, and bugs, end the boot. */
	#failWith(device: DtNode, step: string, error: unknown): void {
		const ours = error instanceof CosimError && !DEAD_CHANNEL.has(error.code);
		if (!ours) throw error;
		this.#fail(device, step, error.message);
	}

	#fail(device: DtNode, step: string, message: string): void {
		this.#errors.push({ device: device.path, step, message });
	}
}

type Property = (typeof CONSUMED)[number][0];
const CELLS: ReadonlyMap<string, string> = new Map(CONSUMED);
const DEAD_CHANNEL: ReadonlySet<string> = new Set([
	"CHANNEL_BUSY",
	"CHANNEL_ERROR",
	"SMC_RESULT",
	"MBOX_TIMEOUT",
]);
