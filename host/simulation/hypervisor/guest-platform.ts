// A platform as a guest sees it: its own channels, its own resources by its own IDs, and itself as the only agent.
// SMCCC 1.4 (Arm DEN0028), section 6 (function ID ranges) and PSCI 1.1 (Arm DEN0022) for what the hypervisor answers.

import type { Clock, Platform, Service } from "../../platform/platform.ts";
import type { GuestChannel } from "./guest-area.ts";
import type { IdMap } from "./id-map.ts";

/** Function IDs of the vendor-specific hypervisor service: 0x86000000 and 0xc6000000. */
const VENDOR_HYPERVISOR = 0x0600_0000;
const OWNER_MASK = 0x3f00_0000;
export const PSCI_SYSTEM_OFF = 0x8400_0008;
export const PSCI_SYSTEM_RESET = 0x8400_0009;

/** A guest's channels: for commands, and for what the platform says by itself. */
export interface GuestChannels {
	tx: GuestChannel;
	rx?: GuestChannel;
}

export function channelList({ tx, rx }: GuestChannels): GuestChannel[] {
	return rx === undefined ? [tx] : [tx, rx];
}

/** The calls that the hypervisor answers with constants, or with the features of what it serves; `own` are its channels. */
export function hypervisorServices(own: readonly GuestChannel[]): Service[] {
	const ranged = own.filter(
		({ functionId }) => (functionId & OWNER_MASK) === VENDOR_HYPERVISOR,
	);
	const exceptionLevel = 2;
	return [
		{ functionId: 0x8000_0000, exceptionLevel, answer: [0x1_0004] }, // SMCCC_VERSION: 1.4
		{ functionId: 0x8000_0001, exceptionLevel, answer: "arch-features" },
		{ functionId: 0x8400_0000, exceptionLevel, answer: [0x1_0001] }, // PSCI_VERSION: 1.1
		{ functionId: 0x8400_000a, exceptionLevel, answer: "psci-features" },
		// Call count: the three queries and the channels.
		{ functionId: 0x8600_ff00, exceptionLevel, answer: [3 + ranged.length] },
		// 2f8b61d4-97c3-4e0a-b5d8-41e6a2709c3f, of this project's own, in x0..x3.
		{
			functionId: 0x8600_ff01,
			exceptionLevel,
			answer: [0xd461_8b2f, 0x0a4e_c397, 0xe641_d8b5, 0x3f9c_70a2],
		},
		{ functionId: 0x8600_ff03, exceptionLevel, answer: [1, 0] }, // revision 1.0
	];
}

/** What a guest has of the platform, beside its resources. */
export interface GuestParts {
	name: string;
	channels: GuestChannels;
	/** Names of register blocks that it reaches itself. */
	blocks: readonly string[];
	ids: IdMap;
	subVendor: string;
	vendor: string;
	implementationVersion: number;
	trapNs: number;
}

export function guestPlatform(platform: Platform, parts: GuestParts): Platform {
	const { name, ids, blocks } = parts;
	const own = channelList(parts.channels);
	const { devices: _, management: __, ...rest } = platform;
	const services = hypervisorServices(own);
	return {
		...rest,
		name: `${platform.name} guest ${name}`,
		vendor: parts.vendor,
		subVendor: parts.subVendor,
		implementationVersion: parts.implementationVersion,
		agents: [name],
		agentRights: {},
		// SMC is trapped: the same channels by either instruction.
		channels: ([2, 3] as const).flatMap((exceptionLevel) =>
			own.map(({ functionId, address, size, interrupt }, i) => ({
				functionId,
				exceptionLevel,
				agent: name,
				address,
				size,
				fromPlatform: i === 1,
				...(interrupt === undefined ? {} : { interrupt }),
			})),
		),
		services: ([2, 3] as const).flatMap((exceptionLevel) =>
			services.map((service) => ({ ...service, exceptionLevel })),
		),
		hypervisorPassesOn: true,
		trapNs: parts.trapNs,
		blocks: [
			...memoryOf(own),
			...platform.blocks.filter((block) => blocks.includes(block.name)),
		],
		clocks: seen(platform.clocks, (id) => ids.toGuest("clocks", id)).map(
			(clock) => withoutHiddenTarget(clock, platform, ids),
		),
		powerController: null,
		powerDomains: seen(platform.powerDomains, (id) =>
			ids.toGuest("powerDomains", id),
		).map((domain) => ({
			...domain,
			parent:
				domain.parent === null
					? null
					: (ids.toGuest("powerDomains", domain.parent) ?? null),
		})),
		performanceDomains: seen(platform.performanceDomains, (id) =>
			ids.toGuest("performanceDomains", id),
		).map((domain) => ({ ...domain, fastChannels: null })),
		resets: seen(platform.resets, (id) => ids.toGuest("resets", id)),
		rails: seen(platform.rails, (id) => ids.toGuest("rails", id)),
		sensors: seen(platform.sensors, (id) => ids.toGuest("sensors", id)),
		system: null,
		thermal: null,
		registers: [],
	};
}

/** One memory for areas that lie side by side, as a devicetree's SRAM has them. */
function memoryOf(own: readonly GuestChannel[]): Platform["blocks"] {
	const [tx, rx] = own as [GuestChannel, GuestChannel?];
	const ram = (name: string, address: number, size: number) =>
		({ name, address, size, kind: "ram" }) as const;
	if (rx === undefined) return [ram("shared-memory", tx.address, tx.size)];
	if (rx.address === tx.address + tx.size)
		return [ram("shared-memory", tx.address, tx.size + rx.size)];
	return [ram("tx", tx.address, tx.size), ram("rx", rx.address, rx.size)];
}

/** The rows that the guest sees, by its IDs. */
function seen<T extends { id: number }>(
	rows: readonly T[],
	idOf: (id: number) => number | undefined,
): T[] {
	return rows
		.flatMap((row) => {
			const id = idOf(row.id);
			return id === undefined ? [] : [{ ...row, id }];
		})
		.sort((a, b) => a.id - b.id);
}

/** A second name of a clock that the guest does not see is the clock itself to it. */
function withoutHiddenTarget(
	clock: Clock,
	platform: Platform,
	ids: IdMap,
): Clock {
	if (clock.kind !== "alias") return clock;
	const of = ids.toGuest("clocks", clock.of);
	if (of !== undefined) return { ...clock, of };
	const target = platform.clocks.find(({ id }) => id === clock.of) as Clock;
	return { ...target, id: clock.id, name: clock.name };
}
