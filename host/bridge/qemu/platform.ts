// The platform as a guest in QEMU reaches it: the same clocks and domains, shared-memory areas in the guest's own RAM.
// One area for each protocol under one function ID, since Linux serialises each area by itself.

import type { Method } from "../../mailbox/conduit.ts";
import type { Platform, ProtocolVersions } from "../../platform/platform.ts";

/** A shared-memory area in the guest's RAM: protocol ID, guest physical address, size in bytes. */
export interface GuestArea {
	protocol: number;
	address: number;
	size: number;
}

/** Bytes of an area: room for the longest message. */
const AREA_SIZE = 0x200;
/** Protocols with an area of their own; the base protocol's is the SCMI node's. */
const PROTOCOLS = [0x10, 0x11, 0x14] as const;

/** The areas, one behind the other from `address`. */
export function guestAreas(address: number): GuestArea[] {
	return PROTOCOLS.map((protocol, i) => ({
		protocol,
		address: address + i * AREA_SIZE,
		size: AREA_SIZE,
	}));
}

export interface GuestPlatformOptions {
	conduit: Method;
	cpus: number;
	protocols: ProtocolVersions;
	areas: readonly GuestArea[];
	/** Guest physical address and size of the memory that the areas lie in. */
	memory: { address: number; size: number };
}

/** The same platform with the first agent's first channel of a conduit spread over the guest's areas. */
export function guestPlatform(
	platform: Platform,
	options: GuestPlatformOptions,
): Platform {
	const exceptionLevel = options.conduit === "smc" ? 3 : 2;
	const functionId = guestFunctionId(platform, options.conduit);
	const agent = platform.agents[0] as string;
	return {
		...platform,
		cpus: options.cpus,
		protocols: options.protocols,
		blocks: [
			...platform.blocks.filter(({ kind }) => kind !== "ram"),
			{ name: "guest", ...options.memory, kind: "ram" },
		],
		channels: options.areas.map(({ address, size }) => ({
			functionId,
			exceptionLevel,
			agent,
			address,
			size,
		})),
	};
}

/** The function ID of the platform's first channel of a conduit. */
export function guestFunctionId(platform: Platform, conduit: Method): number {
	const exceptionLevel = conduit === "smc" ? 3 : 2;
	const channel = platform.channels.find(
		(row) => row.exceptionLevel === exceptionLevel,
	);
	return channel?.functionId ?? 0;
}
