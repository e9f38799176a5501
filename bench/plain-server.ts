// The same firmware as the engine, as one would write it for Node: classes, Maps and Numbers, nothing cached.
// The bench measures the engine against it, and tests hold the two against each other. SMCCC 1.4 (Arm DEN0028).

import { CosimError } from "../host/errors.ts";
import type { Firmware } from "../host/firmware.ts";
import type { Method } from "../host/mailbox/conduit.ts";
import type { Platform } from "../host/platform/platform.ts";
import { baseProtocol } from "./plain/base-protocol.ts";
import { Bus } from "./plain/bus.ts";
import { Channel } from "./plain/channel.ts";
import { clockProtocol } from "./plain/clock-protocol.ts";
import { ClockTree } from "./plain/clock-tree.ts";
import { Time } from "./plain/numbers.ts";
import { createPowerDomains } from "./plain/power-domains.ts";
import { powerProtocol } from "./plain/power-protocol.ts";
import { Agent } from "./plain/protocol.ts";

const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const NOT_REQUIRED = -2;

/** Fields of a function ID, which is a signed 32-bit number here: those make the fastest keys. */
const FAST = 1 << 31;
const FAST_RESERVED = 0x00fe_0000;
const SVE_HINT = 0x0001_0000;
const OWNER_ARCH = 0;
const OWNER_STANDARD = 4;
const PSCI_LAST_NUMBER = 0x1f;
const SMCCC_VERSION = 0x8000_0000 | 0;

/** x0..x17, two words each. */
const REGISTER_WORDS = 36;

/** Answers a call with x0; further results go into the registers. */
type Service = (registers: Uint32Array, method: Method) => number;

export class PlainServer implements Firmware {
	readonly platform: Platform;
	readonly cpus: number;
	readonly buffer: ArrayBuffer;
	readonly #bus: Bus;
	readonly #time = new Time();
	readonly #registers: Uint32Array[];
	/** By function ID, for each exception level. */
	readonly #services: Record<2 | 3, Map<number, Service>> = {
		2: new Map(),
		3: new Map(),
	};

	constructor(platform: Platform) {
		this.platform = platform;
		this.cpus = platform.cpus;
		this.#bus = new Bus(platform);
		this.buffer = this.#bus.ram;
		this.#registers = Array.from(
			{ length: platform.cpus },
			() => new Uint32Array(REGISTER_WORDS),
		);
		this.#addServices();
		this.#addChannels();
	}

	registers(cpu: number): Uint32Array {
		const registers = this.#registers[cpu];
		if (registers === undefined) {
			throw new CosimError(
				"UNKNOWN_NAME",
				`CPU ${cpu}: ${this.platform.name} has CPUs 0 to ${this.cpus - 1}`,
			);
		}
		return registers;
	}

	trap(cpu: number, method: Method): number {
		const registers = this.#registers[cpu];
		if (registers === undefined) return NOT_SUPPORTED;
		this.#time.pass(this.platform.trapNs);
		const functionId = (registers[0] as number) & ~SVE_HINT;
		const service = this.#serviceFor(functionId, method);
		const result = service?.(registers, method) ?? NOT_SUPPORTED;
		registers[0] = result;
		registers[1] = result < 0 ? 0xffff_ffff : 0;
		return result;
	}

	#serviceFor(functionId: number, method: Method): Service | undefined {
		if ((functionId & FAST) !== 0 && (functionId & FAST_RESERVED) !== 0)
			return undefined;
		const secure = this.#services[3];
		if (method === "smc") return secure.get(functionId);
		const own = this.#services[2].get(functionId);
		if (own !== undefined || !this.platform.hypervisorPassesOn) return own;
		return secure.get(functionId);
	}

	#addServices(): void {
		for (const { functionId, exceptionLevel, answer } of this.platform
			.services) {
			const service =
				answer === "arch-features"
					? this.#archFeatures
					: answer === "psci-features"
						? this.#psciFeatures
						: constants(answer);
			this.#services[exceptionLevel].set(functionId | 0, service);
		}
	}

	#archFeatures: Service = (registers, method) => {
		const functionId = (registers[2] as number) | 0;
		const owner = (functionId >>> 24) & 0x3f;
		if (owner !== OWNER_ARCH) return NOT_SUPPORTED;
		return this.#serviceFor(functionId, method) ? SUCCESS : NOT_SUPPORTED;
	};

	#psciFeatures: Service = (registers, method) => {
		const functionId = (registers[2] as number) | 0;
		const owner = (functionId >>> 24) & 0x3f;
		const isPsci =
			owner === OWNER_STANDARD && (functionId & 0xffff) <= PSCI_LAST_NUMBER;
		if (!isPsci && functionId !== SMCCC_VERSION) return NOT_SUPPORTED;
		return this.#serviceFor(functionId, method) ? SUCCESS : NOT_SUPPORTED;
	};

	#addChannels(): void {
		const agents = this.#createAgents();
		const areas = new Map<string, Channel[]>();
		for (const table of this.platform.channels) {
			const agent = agents.get(table.agent) as Agent;
			const at = this.#bus.memoryAt(table.address, table.size);
			const channel = new Channel(agent, this.buffer, at, table.size);
			const key = `${table.exceptionLevel} ${table.functionId}`;
			const channels = areas.get(key) ?? [];
			areas.set(key, channels);
			channels.push(channel);
			this.#services[table.exceptionLevel].set(
				table.functionId | 0,
				serviceOf(channels),
			);
		}
	}

	/** The agents by name, with everything behind the protocols that they speak. */
	#createAgents(): Map<string, Agent> {
		const { platform } = this;
		const clocks = new ClockTree(platform, this.#bus, this.#time);
		const domains = createPowerDomains(platform, this.#bus, this.#time, clocks);
		const power = powerProtocol(platform.protocols.powerDomain, domains);
		const clock = clockProtocol(
			platform.protocols.clock,
			clocks,
			platform.maxMessageSize,
		);
		const protocols = [
			baseProtocol(platform, [power.id, clock.id]),
			power,
			clock,
		];
		return new Map(
			platform.agents.map((name, i) => [
				name,
				new Agent(i + 1, name, protocols),
			]),
		);
	}

	get timeNs(): number {
		return this.#time.now;
	}

	advance(ns: number): void {
		if (!Number.isSafeInteger(ns) || ns < 0) {
			throw new CosimError(
				"USAGE",
				`advance by ${ns}: expected whole nanoseconds, 0 to 2^53 - 1`,
			);
		}
		this.#time.pass(ns);
	}

	memoryAt(address: number, size: number): number {
		return this.#bus.memoryAt(address, size);
	}

	read32(address: number): number {
		return this.#bus.read32(address);
	}

	write32(address: number, value: number): void {
		this.#bus.write32(address, value);
	}
}

/** Constant words, x0's returned and the others written. */
function constants(words: readonly number[]): Service {
	return (registers) => {
		for (const [i, word] of words.entries()) {
			if (i === 0) continue;
			registers[2 * i] = word;
			registers[2 * i + 1] = 0;
		}
		return (words[0] ?? 0) | 0;
	};
}

/** Serves every busy area; with a single one that is not busy, nothing was asked. */
function serviceOf(channels: readonly Channel[]): Service {
	return () => {
		let served = 0;
		for (const channel of channels) {
			if (!channel.busy) continue;
			channel.serve();
			served++;
		}
		return served > 0 || channels.length > 1 ? SUCCESS : NOT_REQUIRED;
	};
}
