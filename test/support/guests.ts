// A hypervisor with two guests on an engine, and what it sends there: every SMC with its registers and its message.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; SMCCC 1.4 (Arm DEN0028), section 2.

import type { Engine } from "../../host/engine.ts";
import type { Firmware } from "../../host/firmware.ts";
import type { Method } from "../../host/mailbox/conduit.ts";
import { createEngine } from "../../host/node.ts";
import {
	imx8mmGuestChannels,
	imx8mmWith,
} from "../../host/platform/imx8mm/agents.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type {
	Guest,
	GuestOptions,
} from "../../host/simulation/hypervisor/guest.ts";
import { Hypervisor } from "../../host/simulation/hypervisor/hypervisor.ts";
import { Inbox } from "./inbox.ts";
import { type AreaPlace, Smt } from "./smt.ts";

/** IDs of the agents in the firmware below. */
export const LINUX = 1;
export const VM1 = 3;
export const VM2 = 4;

export const AGENTS: Platform = imx8mmWith(["linux", "tee", "vm1", "vm2"]);

/** What the guests see of their channels: the same for both. */
export const GUEST_TX: AreaPlace = {
	address: 0x0093_f000,
	size: 0x200,
	functionId: 0xc600_00fe,
	method: "hvc",
};
export const GUEST_RX: AreaPlace = {
	...GUEST_TX,
	address: 0x0093_f200,
	functionId: 0xc600_00ff,
};

/** The channels of agent vm1 in the firmware below. */
export const BELOW_TX: AreaPlace = {
	address: 0x0093_0000,
	size: 0x200,
	functionId: 0xc200_0102,
	method: "smc",
};
export const BELOW_RX: AreaPlace = {
	...BELOW_TX,
	address: 0x0093_0200,
	functionId: 0xc200_0103,
};

/** An SMC as it reached the firmware: x0 to x7, low words, and the message that lay in its area. */
export interface Reached {
	method: Method;
	cpu: number;
	x: number[];
	header: number;
	payload: number[];
}

/** A firmware that notes who calls it. */
export class Recorder implements Firmware {
	readonly firmware: Firmware;
	calls: Reached[] = [];

	constructor(firmware: Firmware) {
		this.firmware = firmware;
	}

	get platform() {
		return this.firmware.platform;
	}
	get buffer() {
		return this.firmware.buffer;
	}
	get cpus() {
		return this.firmware.cpus;
	}
	get timeNs() {
		return this.firmware.timeNs;
	}
	get nextEventNs() {
		return this.firmware.nextEventNs ?? null;
	}
	get stopped() {
		return this.firmware.stopped ?? null;
	}
	memoryAt(address: number, size: number): number {
		return this.firmware.memoryAt(address, size);
	}
	read32(address: number): number {
		return this.firmware.read32(address);
	}
	write32(address: number, value: number): void {
		this.firmware.write32(address, value);
	}
	advance(ns: number): void {
		this.firmware.advance(ns);
	}
	onInterrupt(interrupt: number, handler: () => void): () => void {
		return this.firmware.onInterrupt?.(interrupt, handler) ?? (() => {});
	}
	registers(cpu: number): Uint32Array {
		return this.firmware.registers(cpu);
	}

	trap(cpu: number, method: Method): number {
		const registers = this.firmware.registers(cpu);
		const x = Array.from({ length: 8 }, (_, i) => registers[2 * i] as number);
		const row = this.platform.channels.find(
			({ functionId }) => functionId === x[0],
		);
		let header = 0;
		let payload: number[] = [];
		if (row !== undefined) {
			const place = { ...BELOW_TX, address: row.address, size: row.size };
			({ header, payload } = new Smt(this.firmware, place).read(0n));
		}
		this.calls.push({ method, cpu, x, header, payload });
		return this.firmware.trap(cpu, method);
	}
}

/** What a guest talks with. */
export interface GuestTalker {
	guest: Guest;
	smt: Smt;
	inbox: Inbox;
}

export function talker(guest: Guest): GuestTalker {
	return {
		guest,
		smt: new Smt(guest, GUEST_TX),
		inbox: new Inbox(guest, GUEST_RX),
	};
}

/** vm1 with something of every kind, no ID the platform's; vm2 with other things, and some of the same. */
export const VM1_RESOURCES = {
	clocks: ["gpu3d_core", "uart2", "osc_24m", "gpu_pll_out", "audio_pll1"],
	powerDomains: ["mipi", "gpu"],
	performanceDomains: [null, "a53"],
	sensors: ["a53-operating-point", "cpu-temperature"],
	resets: ["gpu-reset", "disp-reset"],
	rails: ["BUCK2", "LDO5"],
} as const;
export const VM2_RESOURCES = {
	clocks: ["uart2", "gpu3d_core"],
	powerDomains: ["gpu"],
} as const;

export interface Machine {
	engine: Engine;
	recorder: Recorder;
	hypervisor: Hypervisor;
	vm1: GuestTalker;
	vm2: GuestTalker;
}

/** A machine with both guests, with changes to each. */
export function machine(
	first: Partial<GuestOptions> = {},
	second: Partial<GuestOptions> = {},
	platform: Platform = AGENTS,
): Machine {
	const engine = createEngine(platform);
	const recorder = new Recorder(engine);
	const hypervisor = new Hypervisor(recorder, {
		guests: [
			{
				name: "vm1",
				channels: imx8mmGuestChannels(0),
				...VM1_RESOURCES,
				...first,
			},
			{
				name: "vm2",
				channels: imx8mmGuestChannels(1),
				...VM2_RESOURCES,
				...second,
			},
		],
	});
	recorder.calls = [];
	return {
		engine,
		recorder,
		hypervisor,
		vm1: talker(hypervisor.guest("vm1")),
		vm2: talker(hypervisor.guest("vm2")),
	};
}
