// The platform as a guest in QEMU reaches it: the same clocks and domains, shared-memory areas in the guest's own RAM.
// Each protocol has an area and a function ID of its own, so that several CPUs may call at once.
//
// One function ID for several areas would not do: Linux marks an area busy before it writes the message, so that a trap
// made for one area could find another busy but half-written, and nothing in memory tells which CPU wrote which. With an
// ID of its own per area a trap serves the caller's area alone, which is complete.

import type { Method } from "../../mailbox/conduit.ts";
import {
	type Platform,
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../../platform/platform.ts";

/** An SCMI instance of the guest: one protocol with its function ID and its area at a guest physical address. */
export interface GuestInstance {
	/** Protocol ID; the base protocol is served beside it. */
	protocol: number;
	functionId: number;
	address: number;
	/** Bytes. */
	size: number;
}

/** Bytes of an area: room for the longest message. */
const AREA_SIZE = 0x200;
/** Those that stock kernels have drivers for. */
const DRIVEN = ["powerDomain", "performance", "clock", "reset"] as const;
/** Fast SMC64 calls of the SiP service, and of the hypervisor vendor's service; the low byte is the protocol ID. */
const FUNCTION_IDS = { smc: 0xc200_0000, hvc: 0xc600_0000 } as const;

/** The instances, their areas one behind the other from `address`: one for each protocol served that Linux can drive. */
export function guestInstances(
	conduit: Method,
	address: number,
	protocols: ProtocolVersions,
): GuestInstance[] {
	const served = DRIVEN.filter((name) => protocols[name] !== undefined);
	return served
		.map((name) => PROTOCOL_IDS[name])
		.map((protocol, i) => ({
			protocol,
			functionId: FUNCTION_IDS[conduit] + protocol,
			address: address + i * AREA_SIZE,
			size: AREA_SIZE,
		}));
}

export interface GuestPlatformOptions {
	conduit: Method;
	cpus: number;
	protocols: ProtocolVersions;
	instances: readonly GuestInstance[];
	/** Guest physical address and size in bytes of the memory that the areas lie in. */
	memory: { address: number; size: number };
	/** Guest physical address of the performance domains' fast channels. */
	fastChannels: number;
}

/** Bytes from one domain's fast channels to the next one's. */
const FAST_CHANNELS_STRIDE = 32;

/** The same platform, its first agent on the guest's areas and fast channels. */
export function guestPlatform(
	platform: Platform,
	options: GuestPlatformOptions,
): Platform {
	const exceptionLevel = options.conduit === "smc" ? 3 : 2;
	const agent = platform.agents[0] as string;
	return {
		...platform,
		cpus: options.cpus,
		protocols: options.protocols,
		blocks: [
			...platform.blocks.filter(({ kind }) => kind !== "ram"),
			{ name: "guest", ...options.memory, kind: "ram" },
		],
		performanceDomains: platform.performanceDomains.map((domain, i) => ({
			...domain,
			fastChannels: domain.fastChannels && {
				...domain.fastChannels,
				agent,
				address: options.fastChannels + i * FAST_CHANNELS_STRIDE,
			},
		})),
		channels: options.instances.map(({ functionId, address, size }) => ({
			functionId,
			exceptionLevel,
			agent,
			address,
			size,
		})),
	};
}
