// The i.MX8MM for several agents: linux, a TEE in the secure world, and further operating systems as guests.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2 (permissions); memory map and interrupts: i.MX 8M Mini reference manual.

import { CosimError } from "../../errors.ts";
import {
	type Block,
	type Channel,
	LINUX,
	type Platform,
	TEE,
} from "../platform.ts";
import { SRAM } from "./blocks.ts";
import { IMX8MM_DEVICES } from "./devices.ts";
import {
	AREA_SIZE,
	HVC_RX_FUNCTION_ID,
	HVC_TX_FUNCTION_ID,
	IMX8MM,
	RX_INTERRUPT,
	TX_INTERRUPT,
} from "./index.ts";

/** Agent 0 has this one. */
const PLATFORM = "platform";
/** BASE_DISCOVER_AGENT has 16 bytes for a name and its terminating zero. */
const NAME = /^[\x21-\x7e]{1,15}$/;

/** On-chip RAM that the secure world has for itself (OCRAM_S); and part of the other's end, where the guests' areas lie. */
const SECURE_RAM: Block = {
	name: "ocram-s",
	address: 0x0018_0000,
	size: 0x8000,
	kind: "ram",
};
const GUEST_RAM: Block = {
	name: "ocram",
	address: 0x0093_0000,
	size: 0x8000,
	kind: "ram",
};

/** Function IDs behind those of linux: two for the TEE, then two for each guest. */
const FIRST_FUNCTION_ID = 0xc200_0100;
/** Guests that the memory and the interrupts suffice for. */
const MOST_GUESTS = 4;
/** Shared peripheral interrupts of their two channels each, the TEE's first: those that the manual calls reserved. */
const INTERRUPTS: readonly (readonly [tx: number, rx: number])[] = [
	[42, 43],
	[74, 75],
	[76, 77],
	[80, 100],
	[111, 117],
];

/**
 * The i.MX8MM with several agents, each with a channel in either direction by SMC. "tee" has secure channels in secure
 * memory and may change permissions, "linux" must be among them and has the channels of {@link IMX8MM}, every other name is a guest.
 * @param names agents in the order of their IDs, the first one has ID 1; channels of linux come first in any order
 * @throws CosimError USAGE without linux, for two of a name, more than 4 guests, or a name that SCMI's 16 bytes do not hold
 */
export function imx8mmWith(names: readonly string[]): Platform {
	const guests = names.filter((name) => name !== LINUX && name !== TEE);
	if (
		!names.includes(LINUX) ||
		new Set(names).size !== names.length ||
		guests.length > MOST_GUESTS
	) {
		throw new CosimError(
			"USAGE",
			`agents ${names.join(", ")}: expected different names, ${LINUX} among them, ${TEE} if wanted, and at most ${MOST_GUESTS} others`,
		);
	}
	for (const name of names) {
		if (NAME.test(name) && name !== PLATFORM) continue;
		throw new CosimError(
			"USAGE",
			`agent ${JSON.stringify(name)}: expected a name of 1 to 15 printable ASCII characters, other than ${PLATFORM}`,
		);
	}
	// A board's SCMI node is linux's, and gets the first channels.
	const channels = [
		...IMX8MM.channels,
		...(names.includes(TEE) ? pair(TEE, 0, SECURE_RAM.address, true) : []),
		...guests.flatMap((name, i) =>
			pair(name, i + 1, GUEST_RAM.address + i * 2 * AREA_SIZE, false),
		),
	];
	return {
		...IMX8MM,
		agents: names,
		agentRights: names.includes(TEE) ? { [TEE]: { trusted: true } } : {},
		devices: IMX8MM_DEVICES,
		channels,
		blocks: [...IMX8MM.blocks, SECURE_RAM, GUEST_RAM],
	};
}

/** Areas of a hypervisor's guests, behind those of the agents. */
const HYPERVISOR_RAM = GUEST_RAM.address + 0x4000;
const MOST_HYPERVISOR_GUESTS = 16;

/** A channel of a hypervisor's guest: where the guest sees it, and where it is. */
interface TranslatedChannel {
	functionId: number;
	address: number;
	physical: number;
	size: number;
	interrupt: number;
}

/**
 * Channels for a guest of a hypervisor on {@link imx8mmWith}: HVC function IDs, addresses and interrupts are those that
 * {@link IMX8MM} has for its only operating system, the same for every guest; the memory behind them is each one's own.
 * @param place of the guest among all, 0 to 15
 * @throws CosimError USAGE for another place
 */
export function imx8mmGuestChannels(place: number): {
	tx: TranslatedChannel;
	rx: TranslatedChannel;
} {
	if (
		!Number.isInteger(place) ||
		place < 0 ||
		place >= MOST_HYPERVISOR_GUESTS
	) {
		throw new CosimError(
			"USAGE",
			`place ${place} of a guest: expected 0 to ${MOST_HYPERVISOR_GUESTS - 1}`,
		);
	}
	const physical = HYPERVISOR_RAM + place * 2 * AREA_SIZE;
	const size = AREA_SIZE;
	return {
		tx: {
			functionId: HVC_TX_FUNCTION_ID,
			address: SRAM,
			physical,
			size,
			interrupt: TX_INTERRUPT,
		},
		rx: {
			functionId: HVC_RX_FUNCTION_ID,
			address: SRAM + size,
			physical: physical + size,
			size,
			interrupt: RX_INTERRUPT,
		},
	};
}

/** Both channels of an agent; `place` counts the agents beside linux. */
function pair(
	agent: string,
	place: number,
	address: number,
	secure: boolean,
): Channel[] {
	return [false, true].map((fromPlatform, i) => ({
		functionId: FIRST_FUNCTION_ID + 2 * place + i,
		exceptionLevel: 3,
		agent,
		address: address + i * AREA_SIZE,
		size: AREA_SIZE,
		fromPlatform,
		interrupt: INTERRUPTS[place]?.[i] as number,
		secure,
	}));
}
