// CPUs at the highest operating point that the board allows: by the firmware's performance domain, or by clock and voltage.
// Bindings opp-v2 and arm,cpus; Linux's scmi-cpufreq and cpufreq-dt; SCMI 3.2 (Arm DEN0056E), section 4.5.

import { references } from "../devicetree/references.ts";
import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import { ROUND } from "./assigned-clocks.ts";
import { kilohertzOf, nameOf } from "./levels.ts";
import {
	cellsOf,
	hasTarget,
	type Provider,
	type Providers,
} from "./providers.ts";
import type { Subscriber } from "./subscriber.ts";
import { limitsOf, type Supplies, type VoltageRange } from "./supplies.ts";

const TABLE = "operating-points-v2";

/** An operating point of the tree. */
interface Point {
	/** Hz. */
	rate: number;
	/** Undefined when the tree does not say. */
	voltage: VoltageRange | undefined;
}

type Rail = Extract<Provider, { kind: "rail" }>;

export class OperatingPoints {
	readonly #agent: ScmiAgent;
	readonly #providers: Providers;
	readonly #subscriber: Subscriber;
	readonly #supplies: Supplies;
	/** See DevicetreeNames. */
	readonly #supportedHardware: readonly number[];
	/** The domains and clocks that are set already: the CPUs of a cluster share one. */
	readonly #done = new Set<string>();

	constructor(
		agent: ScmiAgent,
		providers: Providers,
		subscriber: Subscriber,
		supplies: Supplies,
		supportedHardware: readonly number[],
	) {
		this.#agent = agent;
		this.#providers = providers;
		this.#subscriber = subscriber;
		this.#supplies = supplies;
		this.#supportedHardware = supportedHardware;
	}

	/** Sets a CPU's operating point. */
	async raise(device: DtNode): Promise<void> {
		const providers = [
			...this.#providersOf(device, "clocks"),
			...this.#providersOf(device, "power-domains"),
		];
		const clock = providers.find(({ kind }) => kind === "clock");
		const domain = providers.find(({ kind }) => kind === "performance");
		const [rail] = this.#providersOf(device, "cpu-supply").filter(isRail);
		const id =
			domain?.kind === "performance"
				? domain.id
				: clock?.kind === "clock"
					? this.#providers.scalerOf(clock.id)
					: undefined;
		if (id !== undefined) {
			if (this.#isFirst(`performance domain ${id}`))
				await this.#byLevel(id, this.#pointsOf(device, rail));
		} else if (clock?.kind === "clock") {
			if (this.#isFirst(`clock ${clock.id}`))
				await this.#byHand(clock.id, rail, this.#pointsOf(device, rail));
		}
	}

	#providersOf(device: DtNode, property: string): Provider[] {
		return references(device, property, cellsOf(property))
			.filter(hasTarget)
			.map((reference) => this.#providers.of(reference, property));
	}

	#isFirst(what: string): boolean {
		const first = !this.#done.has(what);
		this.#done.add(what);
		return first;
	}

	/** The firmware's levels that the tree has as operating points, or all when it has none, are the limits. */
	async #byLevel(id: number, points: Point[] | undefined): Promise<void> {
		const { performance } = this.#agent;
		const domain = await performance.domainAttributes(id);
		const levels = await performance.describeLevels(id);
		const rates = points?.map(({ rate }) => Math.round(rate / 1000));
		const allowed = levels
			.filter((level) => rates?.includes(kilohertzOf(level, domain)) ?? true)
			.sort((a, b) => a.level - b.level);
		const [lowest] = allowed;
		const highest = allowed.at(-1);
		if (lowest === undefined || highest === undefined) {
			const names = levels.map((level) => kilohertzOf(level, domain));
			throw new CosimError(
				"DT_BINDING",
				`allows ${rates?.join(", ") || "no"} kHz, expected one of ${names.join(", ")} of performance domain ${id}`,
			);
		}
		await this.#subscriber.watchPerformance(id, domain);
		if (domain.setLimits) {
			const limits = {
				max: nameOf(highest, domain),
				min: nameOf(lowest, domain),
			};
			await performance.limitsSet(id, limits);
		}
		const sustained =
			allowed.findLast(({ level }) => level <= domain.sustainedLevel) ?? lowest;
		if (domain.setLevel)
			await performance.levelSet(id, nameOf(sustained, domain));
	}

	/** More voltage before a higher rate, less after a lower one. A supply that is not the firmware's is another driver's. */
	async #byHand(
		clockId: number,
		rail: Rail | undefined,
		points: Point[] | undefined,
	): Promise<void> {
		const point = points?.at(-1);
		if (point === undefined) return;
		const { clock } = this.#agent;
		const setVoltage = async () => {
			if (rail !== undefined && point.voltage !== undefined)
				await this.#supplies.set(rail.id, point.voltage);
		};
		const rising = point.rate > (await clock.rateGet(clockId));
		if (rising) await setVoltage();
		await this.#subscriber.watchRate(clockId);
		await clock.rateSet(clockId, point.rate, ROUND);
		if (!rising) await setVoltage();
	}

	/**
	 * The operating points that the part has and that the supply's limits let be reached, ascending; undefined when the
	 * tree has no table.
	 */
	#pointsOf(device: DtNode, rail: Rail | undefined): Point[] | undefined {
		const [reference] = references(device, TABLE, 0).filter(hasTarget);
		if (reference === undefined) return undefined;
		const limits = rail === undefined ? undefined : limitsOf(rail.node);
		return [...reference.target.children.values()]
			.filter((node) => node.has("opp-hz") && this.#isSupported(node))
			.map(readPoint)
			.filter(({ voltage }) => {
				if (limits === undefined || voltage === undefined) return true;
				return voltage.min <= limits.max && voltage.max >= limits.min;
			})
			.sort((a, b) => a.rate - b.rate);
	}

	/** opp-supported-hw: alternatives of as many words as the part has, each with a bit in common. */
	#isSupported(node: DtNode): boolean {
		const words = node.cells("opp-supported-hw");
		const part = this.#supportedHardware;
		if (words === undefined || part.length === 0) return true;
		for (let at = 0; at + part.length <= words.length; at += part.length) {
			if (part.every((bits, i) => ((words[at + i] ?? 0) & bits) !== 0))
				return true;
		}
		return false;
	}
}

/** Whether a node is a CPU: other devices choose an operating point when they have work. */
export function isCpu(device: DtNode): boolean {
	return device.text("device_type") === "cpu";
}

function isRail(provider: Provider): provider is Rail {
	return provider.kind === "rail";
}

/** opp-microvolt has a target alone, or a target with its limits. */
function readPoint(node: DtNode): Point {
	const rate = Number(node.u64("opp-hz"));
	const [target, min = target, max = target] =
		node.cells("opp-microvolt") ?? [];
	if (target === undefined || min === undefined || max === undefined)
		return { rate, voltage: undefined };
	return { rate, voltage: { target, min, max } };
}
