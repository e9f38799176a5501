// Boot: probes every device of a board that needs the firmware's clocks, power domains or resets, by real SCMI messages.
// Order of the steps as an operating system has it: power domains, assigned parents and rates, clocks, resets.

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
	type ResetState,
	readClocks,
	readPowerDomains,
	readResets,
} from "./state.ts";
import { Subscriber } from "./subscriber.ts";
import { agreeOnVersions } from "./versions.ts";

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
	/** Empty when the firmware does not serve the reset protocol. */
	resets: ResetState[];
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
	#fixedClocks = 0;
	/** Whether the clock protocol's version has CLOCK_PARENT_SET. */
	#hasParents = false;
	readonly #subscriber: Subscriber;

	constructor(board: Board) {
		this.#board = board;
		this.#subscriber = new Subscriber(board.agent);
		this.#providers = new Providers(
			board.firmware.platform,
			board.transport.protocols,
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
		const clocks = await this.#read("clocks", () => readClocks(agent), []);
		const powerDomains = await this.#read(
			"power domains",
			() => readPowerDomains(agent),
			[],
		);
		const resets = await this.#read(
			"resets",
			() => readResets(agent, firmware),
			[],
		);
		return {
			board: tree.root.text("model") ?? "unnamed board",
			devices: devices.length,
			messages: agent.messages,
			notifications: agent.received.notifications - notifications,
			errors: this.#errors,
			unserved: this.#unserved,
			fixedClocks: this.#fixedClocks,
			virtualTimeNs: firmware.timeNs,
			probed,
			clocks,
			powerDomains,
			resets,
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
		this.#hasParents = version >= CLOCK_PARENTS;
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
		const clocks = this.#providersOf(device, "assigned-clocks");
		await this.#assignParents(device, clocks);
		await this.#assignRates(device, clocks);
		if (!this.#providers.isProvider(device)) {
			await this.#each(device, "clocks", (provider) =>
				this.#enableClock(provider),
			);
		} else {
			await this.#each(device, "clocks", () => Promise.resolve());
		}
		await this.#each(device, "resets", (provider) => this.#release(provider));
	}

	/** Runs a step for every entry of a property that the firmware serves; others are listed. */
	async #each(
		device: DtNode,
		property: Property,
		step: (provider: Provider) => Promise<unknown>,
	): Promise<void> {
		for (const provider of this.#providersOf(device, property) ?? []) {
			if (provider !== undefined)
				await this.#attempt(device, property, () => step(provider));
		}
	}

	async #assignParents(
		device: DtNode,
		clocks: Entries | undefined,
	): Promise<void> {
		const { clock } = this.#board.agent;
		const property = "assigned-clock-parents";
		const parents = this.#providersOf(device, property) ?? [];
		this.#checkSurplus(device, property, parents, clocks);
		for (const [i, to] of parents.entries()) {
			const from = clocks?.[i];
			if (to?.kind !== "clock" || from?.kind !== "clock") continue;
			// Older versions have no parents: the tree asks for what this firmware does not offer.
			if (this.#hasParents) {
				await this.#attempt(device, property, () =>
					clock.parentSet(from.id, to.id),
				);
			} else {
				this.#unserve(device, property, to.target.path);
			}
		}
	}

	async #assignRates(
		device: DtNode,
		clocks: Entries | undefined,
	): Promise<void> {
		const { clock } = this.#board.agent;
		// Where both are given, Linux takes the wide ones.
		const property = device.properties.get(WIDE_RATES)?.length
			? WIDE_RATES
			: RATES;
		const rates = this.#rates(device, property);
		this.#checkSurplus(device, property, rates, clocks);
		for (const [i, rate] of rates.entries()) {
			const from = clocks?.[i];
			if (rate === 0 || from?.kind !== "clock") continue;
			await this.#attempt(device, property, async () => {
				await this.#subscriber.watchRate(from.id);
				await clock.rateSet(from.id, rate, ROUND);
			});
		}
	}

	/** Tells of entries that no assigned clock belongs to. A list of clocks that cannot be read has been told already. */
	#checkSurplus(
		device: DtNode,
		property: string,
		entries: readonly unknown[],
		clocks: Entries | undefined,
	): void {
		if (clocks === undefined || entries.length <= clocks.length) return;
		const message = `${entries.length} entries, expected at most the ${clocks.length} of assigned-clocks`;
		this.#fail(device, property, message);
	}

	#rates(device: DtNode, property: typeof RATES | typeof WIDE_RATES): number[] {
		try {
			if (property === RATES) return device.cells(RATES) ?? [];
			const bytes = device.properties.get(WIDE_RATES)?.length ?? 0;
			if (bytes % 8 !== 0)
				throw device.malformed(WIDE_RATES, "a whole number of 8-byte rates");
			const cells = device.cells(WIDE_RATES) ?? [];
			return Array.from(
				{ length: bytes / 8 },
				(_, i) => (cells[2 * i] ?? 0) * 2 ** 32 + (cells[2 * i + 1] ?? 0),
			);
		} catch (error) {
			this.#failWith(device, property, error);
			return [];
		}
	}

	async #enableClock(provider: Provider): Promise<void> {
		if (provider.kind === "clock")
			await this.#board.agent.clock.enable(provider.id);
	}

	async #release(provider: Provider): Promise<void> {
		if (provider.kind === "reset")
			await this.#board.agent.reset.deassert(provider.id);
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
		await this.#subscriber.watchState(id);
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
		await this.#powerOn(this.#named(node, "power-domains", "bus"));
		this.#clearBits(base + controller.softReset, domain.resetBits);
		for (const name of domain.clocks) {
			await this.#enableClock(this.#named(node, "clocks", name));
		}
		this.#setBits(base + controller.clockEnable, domain.clockBits);
		await this.#powerOn(this.#named(node, "power-domains", domain.name));
		this.#setBits(base + controller.softReset, domain.resetBits);
	}

	#named(
		node: DtNode,
		property: "power-domains" | "clocks",
		name: string,
	): Provider {
		const names = property === "clocks" ? "clock-names" : "power-domain-names";
		const cells = cellsOf(property);
		const reference = namedReference(node, property, cells, names, name);
		if (reference === undefined || !hasTarget(reference)) {
			throw new CosimError(
				"DT_BINDING",
				`${node.path}: ${names} has no "${name}"`,
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

	/** Who provides each entry of a property; undefined for a list that cannot be read, which is told. */
	#providersOf(device: DtNode, property: Property): Entries | undefined {
		try {
			return references(device, property, cellsOf(property)).map((reference) =>
				this.#provider(device, property, reference),
			);
		} catch (error) {
			this.#failWith(device, property, error);
			return undefined;
		}
	}

	/** Who provides an entry; undefined for an empty one and for other controllers, which are listed. */
	#provider(
		device: DtNode,
		property: Property,
		reference: Reference,
	): Entry | undefined {
		if (!hasTarget(reference)) return undefined;
		const provider = this.#providers.of(reference, property);
		if (provider.kind === "fixed") this.#fixedClocks++;
		const { target } = reference;
		if (provider.kind !== "other") return { ...provider, target };
		this.#unserve(device, property, target.path);
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

	/** What the firmware tells of itself and of the whole board; what it cannot tell is an error of the SCMI node. */
	async #read<T>(
		step: string,
		read: () => Promise<T>,
		otherwise: T,
	): Promise<T> {
		let value = otherwise;
		await this.#attempt(this.#board.transport.node, step, async () => {
			value = await read();
		});
		return value;
	}

	/** Errors of this package are the device's; a channel that no longer works, and bugs, end the boot. */
	#failWith(device: DtNode, step: string, error: unknown): void {
		const ours = error instanceof CosimError && !DEAD_CHANNEL.has(error.code);
		if (!ours) throw error;
		this.#fail(device, step, withoutPlace(error.message, device.path, step));
	}

	#fail(device: DtNode, step: string, message: string): void {
		this.#errors.push({ device: device.path, step, message });
	}
}

type Property = (typeof CONSUMED)[number][0];
type Entry = Provider & { target: DtNode };
type Entries = readonly (Entry | undefined)[];
const RATES = "assigned-clock-rates";
const WIDE_RATES = "assigned-clock-rates-u64";
const CELLS: ReadonlyMap<string, string> = new Map(CONSUMED);
const DEAD_CHANNEL: ReadonlySet<string> = new Set([
	"CHANNEL_BUSY",
	"CHANNEL_ERROR",
	"FIRMWARE_STOPPED",
	"SMC_RESULT",
	"SYSTEM_STOPPED",
	"MBOX_TIMEOUT",
]);

function cellsOf(property: Property): string {
	return CELLS.get(property) as string;
}

/** A message without the device and the property at its beginning, which the report has in fields of their own. */
function withoutPlace(message: string, path: string, step: string): string {
	if (!message.startsWith(`${path}: `)) return message;
	const rest = message.slice(path.length + 2);
	return rest.startsWith(`${step} `) ? rest.slice(step.length + 1) : rest;
}
