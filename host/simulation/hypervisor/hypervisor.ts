// A hypervisor at EL2: its guests see a firmware of their own, and the one below sees one agent for each of them.
// SCMI 3.2 (Arm DEN0056E), section 4.1.2 (agents); SMCCC 1.4 (Arm DEN0028), sections 2 (client ID) and 6.
//
// A guest's HVC, or its SMC, which is trapped, costs the time of a trap. What the hypervisor does not answer goes on by SMC,
// on the channels of the guest's agent, with the guest's client ID in w7, and costs the time of that trap, too. So the
// firmware keeps apart what its agents have asked for, and nothing here has to.

import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import type { Method, Stopped } from "../../mailbox/conduit.ts";
import type { Platform } from "../../platform/platform.ts";
import { nearest } from "../../scmi/nearest.ts";
import { Guest, type GuestOptions } from "./guest.ts";
import { GuestCalls } from "./guest-calls.ts";
import { channelList, hypervisorServices } from "./guest-platform.ts";
import { Policy } from "./policy.ts";

export interface HypervisorOptions {
	readonly guests: readonly GuestOptions[];
	/** What it tells guests in place of the platform's own; the vendor and version are the platform's when left out. */
	readonly vendor?: string;
	/** "hypervisor" when left out. */
	readonly subVendor?: string;
	readonly implementationVersion?: number;
	/** Virtual ns that a trap to it costs, the platform's when left out. */
	readonly trapNs?: number;
}

/** Bytes of an area in front of its message. */
const SMT_HEADER = 0x18;
const MOST_CLIENTS = 0xffff;
/** The hypervisor itself. */
const NO_CLIENT = 0;

/**
 * A hypervisor on a firmware. As a Firmware it is what its own host sees: HVC that it does not serve, and SMC, go to the
 * firmware below as the hypervisor's own, client 0. Its guests' are {@link guest}.
 */
export class Hypervisor implements Firmware {
	/** The platform below as the host reaches it: channels by SMC, the hypervisor's own services by HVC. */
	readonly platform: Platform;
	/** The firmware below. */
	readonly firmware: Firmware;
	/** Names of the guests. */
	readonly guests: readonly string[];
	readonly #guests: ReadonlyMap<string, Guest>;
	readonly #calls: GuestCalls;
	readonly #trapNs: number;

	/**
	 * @param firmware the engine, or any other
	 * @throws CosimError UNKNOWN_NAME for a resource, block, command or agent that there is none of; USAGE for guests that
	 * share a name, an agent, a client ID or memory, or whose areas are too small
	 */
	constructor(firmware: Firmware, options: HypervisorOptions) {
		const { platform } = firmware;
		const { guests, trapNs = platform.trapNs } = options;
		checkApart(platform, guests);
		const identity = {
			vendor: options.vendor ?? platform.vendor,
			subVendor: options.subVendor ?? "hypervisor",
			implementationVersion:
				options.implementationVersion ?? platform.implementationVersion,
		};
		const services = hypervisorServices([]);
		this.firmware = firmware;
		this.#trapNs = trapNs;
		this.platform = {
			...platform,
			channels: platform.channels.filter((row) => row.exceptionLevel === 3),
			services: [
				...platform.services.filter((row) => row.exceptionLevel === 3),
				...services,
			],
			hypervisorPassesOn: true,
		};
		this.guests = guests.map(({ name }) => name);
		this.#guests = new Map(
			guests.map((guest, i) => {
				const clientId = guest.clientId ?? i + 1;
				const parts = { clientId, trapNs, identity };
				return [guest.name, new Guest(firmware, guest, parts)];
			}),
		);
		this.#calls = new GuestCalls({
			firmware,
			policy: new Policy(platform, {}, "host"),
			clientId: NO_CLIENT,
			services,
			channel: () => undefined,
			foreign: new Set(),
		});
	}

	/**
	 * A guest's view, for `openBoard` and everything else that takes a firmware.
	 * @throws CosimError UNKNOWN_NAME, with the nearest name
	 */
	guest(name: string): Guest {
		const guest = this.#guests.get(name);
		if (guest !== undefined) return guest;
		const guess = nearest(name, this.guests);
		const hint = guess === undefined ? "" : `; is it ${guess}?`;
		throw new CosimError(
			"UNKNOWN_NAME",
			`guest ${name}: the hypervisor has ${this.guests.join(", ") || "none"}${hint}`,
		);
	}

	get cpus(): number {
		return this.firmware.cpus;
	}

	get buffer(): ArrayBuffer {
		return this.firmware.buffer;
	}

	get stopped(): Stopped {
		return this.firmware.stopped ?? null;
	}

	get timeNs(): number {
		return this.firmware.timeNs;
	}

	get nextEventNs(): number | null {
		return this.firmware.nextEventNs ?? null;
	}

	advance(ns: number): void {
		this.firmware.advance(ns);
	}

	registers(cpu: number): Uint32Array {
		return this.firmware.registers(cpu);
	}

	setSecure(cpu: number, secure: boolean): void {
		this.firmware.setSecure?.(cpu, secure);
	}

	trap(cpu: number, method: Method): number {
		const { firmware } = this;
		if (method === "smc" || cpu >= this.cpus || firmware.stopped)
			return firmware.trap(cpu, "smc");
		firmware.advance(this.#trapNs);
		return this.#calls.serve(cpu, firmware.registers(cpu));
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		return this.firmware.onInterrupt?.(interrupt, handler) ?? (() => {});
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
}

interface Claim {
	whose: string;
	address: number;
	size: number;
}

/** Refuses guests that would reach each other, the host's channels, or nothing. */
function checkApart(platform: Platform, guests: readonly GuestOptions[]): void {
	once(guests, "name", ({ name }) => name);
	once(guests, "agent", ({ name, agent }) => agent ?? name);
	once(guests, "client ID", ({ clientId }, i) => clientId ?? i + 1);
	const claims: Claim[] = platform.channels.map(({ agent, address, size }) => ({
		whose: `a channel of agent ${agent}`,
		address,
		size,
	}));
	const least = SMT_HEADER + platform.maxMessageSize;
	for (const { name, clientId = 1, channels } of guests) {
		if (!Number.isInteger(clientId) || clientId < 1 || clientId > MOST_CLIENTS)
			throw wrong(name, `client ID ${clientId}, expected 1 to ${MOST_CLIENTS}`);
		const own = channelList(channels);
		if (own.length === 2 && own[0]?.functionId === own[1]?.functionId)
			throw wrong(name, "one function ID for both channels, expected two");
		const seen: Claim[] = [];
		for (const { functionId, address, physical, size } of own) {
			const area = `area of ${size} bytes at 0x${address.toString(16)}, physical 0x${physical.toString(16)}`;
			if (functionId >>> 0 !== functionId)
				throw wrong(name, `function ID ${functionId}, expected 32 bits`);
			if (size < least || (address | physical | size) % 4 !== 0)
				throw wrong(name, `${area}, expected ${least} bytes or more, in words`);
			const claim = { whose: `guest ${name}`, address: physical, size };
			refuseOverlap(name, area, claims, claim);
			refuseOverlap(name, area, seen, { ...claim, address });
			claims.push(claim);
			seen.push({ ...claim, address });
		}
	}
}

function refuseOverlap(
	name: string,
	area: string,
	claims: readonly Claim[],
	{ address, size }: Claim,
): void {
	const other = claims.find(
		(claim) =>
			address < claim.address + claim.size && claim.address < address + size,
	);
	if (other !== undefined)
		throw wrong(
			name,
			`${area} overlaps one of ${other.whose}, expected its own`,
		);
}

function once(
	guests: readonly GuestOptions[],
	what: string,
	of: (guest: GuestOptions, place: number) => unknown,
): void {
	const found = guests.map(of);
	for (const [i, value] of found.entries()) {
		if (found.indexOf(value) !== i)
			throw wrong(
				(guests[i] as GuestOptions).name,
				`${what} ${value} is another guest's, expected its own`,
			);
	}
}

function wrong(name: string, message: string): CosimError {
	return new CosimError("USAGE", `guest ${name}: ${message}`);
}
