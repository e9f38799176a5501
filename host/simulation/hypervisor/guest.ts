// A guest of the hypervisor: a Firmware like any other, with its own CPUs' registers, memory map, channels and interrupts.
// HCR_EL2 of the Arm architecture (DDI 0487): TSC traps a guest's SMCs to EL2; stage 2 translation decides what it reaches.

import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import type { Method, Stopped } from "../../mailbox/conduit.ts";
import type { Platform } from "../../platform/platform.ts";
import { AgentChannel } from "./agent-channel.ts";
import { Forwarder, type Identity } from "./forward.ts";
import { GuestArea } from "./guest-area.ts";
import { GuestCalls } from "./guest-calls.ts";
import { GuestMemory } from "./guest-memory.ts";
import {
	channelList,
	type GuestChannels,
	guestPlatform,
	hypervisorServices,
} from "./guest-platform.ts";
import { type GuestResources, IdMap } from "./id-map.ts";
import { type GuestPolicy, Policy } from "./policy.ts";
import { REGISTER_WORDS, setResult } from "./smc.ts";
import { VirtualInterrupts } from "./virtual-interrupts.ts";

/** A guest: what it has, and what it may. */
export interface GuestOptions extends GuestResources {
	/** Its name, as DISCOVER_AGENT tells it: at most 15 characters are told. */
	readonly name: string;
	/** The agent of the platform below that it acts as, its own name when left out; no two guests share one. */
	readonly agent?: string;
	/** SMCCC client ID of its calls, 1 to 65535; its place among the guests, from 1, when left out. */
	readonly clientId?: number;
	/** A second channel exactly when its agent has one below. */
	readonly channels: GuestChannels;
	/** Names of the platform's register blocks that it reaches at their own addresses; none when left out. */
	readonly blocks?: readonly string[];
	/** What it may not. */
	readonly policy?: GuestPolicy;
}

const NOT_SUPPORTED = -1;
const NOT_REQUIRED = -2;
const SUCCESS = 0;

export class Guest implements Firmware {
	readonly name: string;
	/** The platform as it sees it. */
	readonly platform: Platform;
	readonly #firmware: Firmware;
	readonly #trapNs: number;
	readonly #memory: GuestMemory;
	readonly #registers: readonly Uint32Array[];
	readonly #interrupts: VirtualInterrupts;
	readonly #channel: AgentChannel;
	readonly #forwarder: Forwarder;
	readonly #calls: GuestCalls;
	readonly #tx: GuestArea;
	readonly #rx: GuestArea | undefined;
	#stopped: "off" | "reset" | null = null;
	/** Traps of its own that are under way. */
	#depth = 0;

	constructor(
		firmware: Firmware,
		options: GuestOptions,
		{
			clientId,
			trapNs,
			identity,
		}: { clientId: number; trapNs: number; identity: Identity },
	) {
		const { name, agent = name, channels, blocks = [] } = options;
		const { platform } = firmware;
		const whose = `guest ${name}`;
		for (const block of blocks) checkBlock(platform, block, whose);
		const ids = new IdMap(platform, options, whose);
		const policy = new Policy(platform, options.policy ?? {}, name);
		this.#channel = new AgentChannel(firmware, agent, clientId);
		if (this.#channel.receives !== (channels.rx !== undefined))
			throw new CosimError(
				"USAGE",
				`${whose}: channel rx is ${channels.rx ? "there" : "absent"}, expected it ` +
					`${this.#channel.receives ? "with" : "without"} one of agent ${agent} in ${platform.name}`,
			);
		this.name = name;
		this.#firmware = firmware;
		this.#trapNs = trapNs;
		this.platform = guestPlatform(platform, {
			...identity,
			name,
			channels,
			blocks,
			ids,
			trapNs,
		});
		this.#memory = new GuestMemory(this.platform, channelList(channels));
		this.#registers = Array.from(
			{ length: firmware.cpus },
			() => new Uint32Array(REGISTER_WORDS),
		);
		this.#interrupts = new VirtualInterrupts(this.#registers);
		const stop = (how: "off" | "reset", cpu: number) => this.#stop(how, cpu);
		this.#forwarder = new Forwarder({
			name,
			ids,
			policy,
			channel: this.#channel,
			platform,
			identity,
			stop,
		});
		this.#tx = new GuestArea(firmware, channels.tx);
		this.#rx = channels.rx && new GuestArea(firmware, channels.rx);
		this.#calls = new GuestCalls({
			firmware,
			policy,
			clientId,
			services: hypervisorServices(channelList(channels)),
			channel: (functionId, cpu) => this.#ring(functionId, cpu),
			// Every channel of the firmware is its owner's alone, this guest's agent's is the hypervisor's.
			foreign: new Set(platform.channels.map((row) => row.functionId)),
			stop,
		});
		if (this.#channel.interrupt !== undefined)
			firmware.onInterrupt?.(this.#channel.interrupt, () => {
				if (this.#depth > 0) return;
				this.#collect(0);
				this.#interrupts.handOn();
			});
	}

	get cpus(): number {
		return this.#firmware.cpus;
	}

	/** The machine's memory; {@link memoryAt} says where the guest's own is. */
	get buffer(): ArrayBuffer {
		return this.#firmware.buffer;
	}

	/** Why it no longer runs: it has turned itself off or reset itself, until {@link reset}, or the machine has stopped. */
	get stopped(): Stopped {
		return this.#stopped ?? this.#firmware.stopped ?? null;
	}

	get timeNs(): number {
		return this.#firmware.timeNs;
	}

	get nextEventNs(): number | null {
		return this.#firmware.nextEventNs ?? null;
	}

	/** Time passes for everybody. */
	advance(ns: number): void {
		this.#firmware.advance(ns);
	}

	/** Begins again, running or not: areas empty, registers 0, nothing asked for of the firmware below. */
	reset(): void {
		if (!this.#firmware.stopped) this.#release(0);
		for (const registers of this.#registers) registers.fill(0);
		this.#stopped = null;
	}

	registers(cpu: number): Uint32Array {
		const view = this.#registers[cpu];
		if (view !== undefined) return view;
		throw new CosimError(
			"UNKNOWN_NAME",
			`CPU ${cpu}: ${this.platform.name} has CPUs 0 to ${this.cpus - 1}`,
		);
	}

	/** HVC, or an SMC that is trapped: both come to the hypervisor. */
	trap(cpu: number, _method: Method): number {
		const registers = this.#registers[cpu];
		if (registers === undefined) return NOT_SUPPORTED;
		if (this.stopped === null) this.#firmware.advance(this.#trapNs);
		if (this.stopped !== null) return refuse(registers);
		this.#depth++;
		let result: number;
		try {
			result = this.#calls.serve(cpu, registers);
			this.#collect(cpu);
		} finally {
			this.#depth--;
		}
		// Who stops the system never sees the call return; here it has to.
		if (this.stopped !== null) return refuse(registers);
		if (this.#depth === 0) this.#interrupts.handOn();
		return result;
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		return this.#interrupts.subscribe(interrupt, handler);
	}

	/** Only its own areas are mapped; see Firmware. */
	memoryAt(address: number, size: number): number {
		return this.#firmware.memoryAt(this.#memory.memory(address, size), size);
	}

	read32(address: number): number {
		return this.#firmware.read32(this.#memory.word(address, "read"));
	}

	write32(address: number, value: number): void {
		this.#firmware.write32(this.#memory.word(address, "write"), value);
	}

	/** A channel's function ID: the command in its area, or that a message of the platform has been read. */
	#ring(functionId: number, cpu: number): number | undefined {
		if (functionId === this.#rx?.channel.functionId) return SUCCESS;
		if (functionId !== this.#tx.channel.functionId) return undefined;
		const area = this.#tx;
		const command = area.read();
		if (command === undefined) return NOT_REQUIRED;
		const { header, payload, valid, interrupt } = command;
		if (valid) area.reply(header, this.#forwarder.answer(cpu, header, payload));
		else area.refuse();
		if (interrupt) this.#interrupts.raise(area.channel.interrupt);
		return SUCCESS;
	}

	/** Hands on what the platform has said, as long as the guest has read the message before; the firmware keeps the rest. */
	#collect(cpu: number): void {
		const area = this.#rx;
		if (area === undefined || this.#firmware.stopped) return;
		while (this.#stopped !== null || area.free) {
			const message = this.#channel.take(cpu);
			if (message === undefined) return;
			const seen = this.#forwarder.receive(message);
			if (seen === undefined || this.#stopped !== null) continue;
			area.deliver(seen);
			this.#interrupts.raise(area.channel.interrupt);
		}
	}

	#stop(how: "off" | "reset", cpu: number): void {
		this.#stopped = how;
		this.#release(cpu);
	}

	#release(cpu: number): void {
		this.#forwarder.release(cpu);
		while (this.#channel.take(cpu) !== undefined) {}
		this.#interrupts.clear();
		this.#tx.clear();
		this.#rx?.clear();
	}
}

/** Nothing is served: x0 says so. */
function refuse(registers: Uint32Array): number {
	setResult(registers, NOT_SUPPORTED);
	return NOT_SUPPORTED;
}

function checkBlock(platform: Platform, name: string, whose: string): void {
	const known = platform.blocks.filter(({ kind }) => kind !== "ram");
	if (known.some((block) => block.name === name)) return;
	throw new CosimError(
		"UNKNOWN_NAME",
		`${whose}: ${platform.name} has no block ${name}, expected one of ${known.map((block) => block.name).join(", ")}`,
	);
}
