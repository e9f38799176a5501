// Which agent must not change what, followed from the platform's tables and the messages alone.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2; what a permission covers here, assembly/scmi/permissions.ts says.

import type { Platform } from "../../platform/platform.ts";
import { type Effect, PROTOCOL, protocolOf } from "./effects.ts";

const FIRST_PROTOCOL = PROTOCOL.base;
const PROTOCOLS = 8;
/** Resources of different protocols do not meet below this many IDs. */
const IDS = 1 << 16;

export class Permissions {
	/** Devices of each resource, by protocol and ID. */
	readonly #devices = new Map<number, number[]>();
	/** For each device and protocol a bit for each agent that must not. */
	readonly #denied: Uint32Array;
	readonly #atLoad: Uint32Array;
	readonly #trusted: readonly boolean[];
	readonly #neverReset: ReadonlySet<number>;

	constructor(platform: Platform, resolveClock: (id: number) => number) {
		const devices = platform.devices ?? [];
		const ids = {
			clocks: byName(platform.clocks),
			powerDomains: byName(platform.powerDomains),
			performanceDomains: byName(platform.performanceDomains),
			rails: byName(platform.rails),
			resets: byName(platform.resets),
		};
		for (const device of devices) {
			const add = (protocol: number, id: number) => {
				const key = protocol * IDS + id;
				const known = this.#devices.get(key) ?? [];
				this.#devices.set(key, [...known, device.id]);
			};
			for (const name of device.clocks ?? [])
				add(PROTOCOL.clock, resolveClock(ids.clocks.get(name) as number));
			for (const name of device.powerDomains ?? [])
				add(PROTOCOL.power, ids.powerDomains.get(name) as number);
			for (const name of device.performanceDomains ?? [])
				add(PROTOCOL.performance, ids.performanceDomains.get(name) as number);
			for (const name of device.rails ?? [])
				add(PROTOCOL.voltage, ids.rails.get(name) as number);
			for (const name of device.resets ?? [])
				add(PROTOCOL.reset, ids.resets.get(name) as number);
		}
		this.#atLoad = new Uint32Array(devices.length * PROTOCOLS);
		const rights = platform.agentRights ?? {};
		this.#trusted = ["", ...platform.agents].map(
			(name) => rights[name]?.trusted === true,
		);
		for (const [i, name] of platform.agents.entries())
			for (const denied of rights[name]?.denied ?? []) {
				const device = devices.find((row) => row.name === denied);
				if (device !== undefined)
					setBits(this.#atLoad, device.id, allProtocols, 1 << (i + 1), true);
			}
		this.#denied = this.#atLoad.slice();
		this.#neverReset = new Set(
			platform.resets.filter(({ denied }) => denied).map(({ id }) => id),
		);
	}

	/** Begins anew. */
	restart(): void {
		this.#denied.set(this.#atLoad);
	}

	/** Whether an agent must not do this. Devices say so, or it is not trusted. */
	forbids(agent: number, effect: Effect): boolean {
		const { kind, id, value } = effect;
		if (kind === "device-permissions" || kind === "protocol-permissions")
			return this.#trusted[agent] !== true || id === 0;
		if (kind === "agent-reset")
			return (
				id === 0 ||
				(this.#trusted[agent] !== true && (id !== agent || value !== 0))
			);
		if (kind === "reset-line" && this.#neverReset.has(id)) return true;
		const protocol = protocolOf(kind);
		if (protocol === undefined) return false;
		const bit = 1 << agent;
		for (const device of this.devicesOf(protocol, id))
			if (this.denied(device, protocol) & bit) return true;
		return false;
	}

	/** A bit for each agent that must not use a protocol on a device. */
	denied(device: number, protocol: number): number {
		return this.#denied[device * PROTOCOLS + protocol - FIRST_PROTOCOL] ?? 0;
	}

	/** Devices that a resource belongs to; clocks by the ID that is no alias. */
	devicesOf(protocol: number, id: number): readonly number[] {
		return this.#devices.get(protocol * IDS + id) ?? [];
	}

	/** Follows a message that has changed permissions. */
	follow({ kind, id, value, device, command }: Effect): void {
		const bit = 1 << id;
		const only = (i: number) => i === command - FIRST_PROTOCOL;
		if (kind === "device-permissions")
			setBits(this.#denied, device, allProtocols, bit, value === 0);
		if (kind === "protocol-permissions")
			setBits(this.#denied, device, only, bit, value === 0);
	}

	/** An agent gets the permissions that it has at load. */
	resetAgent(agent: number): void {
		const bit = 1 << agent;
		for (let i = 0; i < this.#denied.length; i++) {
			const others = (this.#denied[i] as number) & ~bit;
			this.#denied[i] = others | ((this.#atLoad[i] as number) & bit);
		}
	}
}

function byName(
	rows: readonly { name: string; id: number }[],
): Map<string, number> {
	return new Map(rows.map(({ name, id }) => [name, id]));
}

const allProtocols = () => true;

function setBits(
	masks: Uint32Array,
	device: number,
	which: (protocol: number) => boolean,
	bit: number,
	set: boolean,
): void {
	for (let i = 0; i < PROTOCOLS; i++) {
		if (!which(i)) continue;
		const at = device * PROTOCOLS + i;
		const old = masks[at] as number;
		masks[at] = set ? old | bit : old & ~bit;
	}
}
