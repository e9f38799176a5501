// The power controller's hardware: request bits that complete after a while, handshakes that are acknowledged.
// i.MX 8M Mini reference manual, chapter 5.2 (GPC).

import type {
	PowerController as ControllerTable,
	Platform,
} from "../../host/platform/platform.ts";
import type { Bus, Device, Register } from "./bus.ts";
import type { Time } from "./numbers.ts";

/** PGC control: the region may be powered down. PGC status: it is. */
const POWER_DOWN_ENABLE = 1;
const REGION_OFF = 1;
/** From one PGC to the next, and from control to status. */
const PGC_STRIDE = 0x40;
const PGC_STATUS = 0xc;

/** A power-gated region. */
export interface Region {
	/** Bits in the request and mapping registers. */
	request: number;
	mapping: number;
	control: Register;
	status: Register;
	pending: { up: boolean; at: number } | undefined;
}

/** A request bit that the bus of some regions acknowledges while they have power. */
export interface Handshake {
	request: number;
	acknowledge: number;
	regions: readonly Region[];
	/** When the acknowledge will follow the request. */
	pendingAt: number | undefined;
}

/** What a power domain is made of. */
export interface Supply {
	regions: readonly Region[];
	handshakes: readonly Handshake[];
}

function bitsOf<T>(rows: readonly T[], bits: (row: T) => number): number {
	return rows.reduce((sum, row) => sum | bits(row), 0);
}

export class PowerController implements Device {
	readonly #table: ControllerTable;
	readonly #time: Time;
	readonly #upRequest: Register;
	readonly #downRequest: Register;
	readonly #mapping: Register;
	readonly #handshake: Register;
	readonly #regions: Region[] = [];
	readonly #handshakes: Handshake[] = [];
	/** Nothing happens before. */
	#due = Infinity;
	readonly #statusAddresses = new Set<number>();
	/** By power domain ID. */
	readonly supplies = new Map<number, Supply>();

	constructor(
		table: ControllerTable,
		platform: Platform,
		bus: Bus,
		time: Time,
	) {
		this.#table = table;
		this.#time = time;
		this.#upRequest = bus.register(table.upRequest);
		this.#downRequest = bus.register(table.downRequest);
		this.#mapping = bus.register(table.mapping);
		this.#handshake = bus.register(table.handshake);
		for (const domain of platform.powerDomains) {
			const regions = domain.switches.map((row): Region => {
				const control = table.pgcBase + row.pgcIndex * PGC_STRIDE;
				this.#statusAddresses.add(control + PGC_STATUS);
				return {
					request: 1 << row.requestBit,
					mapping: 1 << row.mappingBit,
					control: bus.register(control),
					status: bus.register(control + PGC_STATUS),
					pending: undefined,
				};
			});
			const handshakes = domain.handshakes.map(
				(row): Handshake => ({
					request: 1 << row.requestBit,
					acknowledge: 1 << row.acknowledgeBit,
					regions,
					pendingAt: undefined,
				}),
			);
			this.#regions.push(...regions);
			this.#handshakes.push(...handshakes);
			this.supplies.set(domain.id, { regions, handshakes });
		}
		bus.attach("power", this);
	}

	read(_address: number, register: Register): number {
		this.#settle();
		return register.value;
	}

	write(address: number, register: Register, value: number): void {
		this.#settle();
		if (address === this.#table.upRequest) this.#request(value, true);
		else if (address === this.#table.downRequest) this.#request(value, false);
		else if (address === this.#table.handshake) this.#writeHandshake(value);
		else if (!this.#statusAddresses.has(address)) register.value = value;
		this.#settle();
	}

	/** Lets everything happen that is due, in the order in which it is due. */
	#settle(): void {
		while (this.#due <= this.#time.now) {
			const region = earliest(this.#regions, (row) => row.pending?.at);
			const handshake = earliest(this.#handshakes, (row) => row.pendingAt);
			const regionAt = region?.pending?.at ?? Infinity;
			const handshakeAt = handshake?.pendingAt ?? Infinity;
			this.#due = Math.min(regionAt, handshakeAt);
			if (this.#due > this.#time.now) return;
			if (region !== undefined && regionAt <= handshakeAt)
				this.#complete(region, regionAt);
			else if (handshake !== undefined) this.#acknowledge(handshake);
		}
	}

	/** When something completes that takes `ns` and starts at `from`. */
	#schedule(from: number, ns: number): number {
		const at = from + ns;
		this.#due = Math.min(this.#due, at);
		return at;
	}

	#complete(region: Region, at: number): void {
		const up = region.pending?.up === true;
		region.pending = undefined;
		(up ? this.#upRequest : this.#downRequest).clear(region.request);
		if (up) region.status.clear(REGION_OFF);
		else if (region.control.has(POWER_DOWN_ENABLE))
			region.status.set(REGION_OFF);
		// A bus that gains or loses power answers its handshake anew.
		for (const handshake of this.#handshakes) {
			if (handshake.regions.includes(region))
				handshake.pendingAt = this.#schedule(at, this.#table.handshakeNs);
		}
	}

	#acknowledge(handshake: Handshake): void {
		handshake.pendingAt = undefined;
		const stands =
			this.#handshake.has(handshake.request) && arePowered(handshake.regions);
		if (stands) this.#handshake.set(handshake.acknowledge);
		else this.#handshake.clear(handshake.acknowledge);
	}

	/** Setting a bit starts a request, which hardware clears; only regions that are mapped to a CPU take one. */
	#request(value: number, up: boolean): void {
		const register = up ? this.#upRequest : this.#downRequest;
		for (const region of this.#regions) {
			if ((value & region.request) === 0) continue;
			if (!this.#mapping.has(region.mapping)) continue;
			if (region.pending !== undefined) continue;
			register.set(region.request);
			const at = this.#schedule(this.#time.now, this.#table.switchNs);
			region.pending = { up, at };
		}
	}

	/** Acknowledge bits are read-only; each follows its request bit. */
	#writeHandshake(value: number): void {
		const old = this.#handshake.value;
		const acknowledges = bitsOf(this.#handshakes, (row) => row.acknowledge);
		for (const handshake of this.#handshakes) {
			if (((value ^ old) & handshake.request) !== 0)
				handshake.pendingAt = this.#schedule(
					this.#time.now,
					this.#table.handshakeNs,
				);
		}
		this.#handshake.value = (value & ~acknowledges) | (old & acknowledges);
	}

	/** Whether all regions have power and all handshakes stand. */
	isOn({ regions, handshakes }: Supply): boolean {
		this.#settle();
		const acknowledges = bitsOf(handshakes, (row) => row.acknowledge);
		return (
			arePowered(regions) &&
			(this.#handshake.value & acknowledges) === acknowledges
		);
	}

	/** The firmware's sequence: mapping, request, power down disabled, handshake. False when hardware did not answer. */
	switchOn({ regions, handshakes }: Supply): boolean {
		this.#finishPending(regions);
		let done = true;
		if (!arePowered(regions)) {
			done = this.#requestAndWait(regions, true);
			for (const { control } of regions) control.clear(POWER_DOWN_ENABLE);
		}
		return done && this.#shakeHands(handshakes, true);
	}

	/** The other way round. */
	switchOff({ regions, handshakes }: Supply): boolean {
		this.#finishPending(regions);
		if (!this.#shakeHands(handshakes, false)) return false;
		if (regions.length === 0) return true;
		for (const { control } of regions) control.set(POWER_DOWN_ENABLE);
		return this.#requestAndWait(regions, false);
	}

	/** Waits for requests that somebody else has made: hardware takes no other one meanwhile. */
	#finishPending(regions: readonly Region[]): void {
		this.#settle();
		for (const { pending } of regions) {
			if (pending === undefined) continue;
			this.#time.pass(Math.max(0, pending.at - this.#time.now));
			this.#settle();
		}
	}

	#requestAndWait(regions: readonly Region[], up: boolean): boolean {
		this.#settle();
		this.#mapping.set(bitsOf(regions, (row) => row.mapping));
		const register = up ? this.#upRequest : this.#downRequest;
		const requests = bitsOf(regions, (row) => row.request);
		this.#request(register.value | requests, up);
		this.#time.pass(this.#table.switchNs);
		this.#settle();
		return !register.has(requests);
	}

	#shakeHands(handshakes: readonly Handshake[], on: boolean): boolean {
		this.#settle();
		if (handshakes.length === 0) return true;
		const requests = bitsOf(handshakes, (row) => row.request);
		const acknowledges = bitsOf(handshakes, (row) => row.acknowledge);
		const stands = (bits: number) =>
			(this.#handshake.value & bits) === (on ? bits : 0);
		if (stands(requests) && stands(acknowledges)) return true;
		const old = this.#handshake.value;
		this.#writeHandshake(on ? old | requests : old & ~requests);
		this.#time.pass(this.#table.handshakeNs);
		this.#settle();
		return stands(acknowledges);
	}
}

function arePowered(regions: readonly Region[]): boolean {
	return regions.every(({ status }) => !status.has(REGION_OFF));
}

/** The row whose time comes first, rows without a time left out. */
function earliest<T>(
	rows: readonly T[],
	at: (row: T) => number | undefined,
): T | undefined {
	let first: T | undefined;
	let firstAt = Infinity;
	for (const row of rows) {
		const time = at(row) ?? Infinity;
		if (time >= firstAt) continue;
		first = row;
		firstAt = time;
	}
	return first;
}
