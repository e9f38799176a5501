// The i.MX8MM for several agents: linux, a TEE in the secure world, and further operating systems as guests.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2 (permissions); memory map: i.MX 8M Mini reference manual, chapter 2.

import { CosimError } from "../../errors.ts";
import type { Block, Channel, Platform } from "../platform.ts";
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

/** The agents that are not just one more operating system. */
const LINUX = "linux";
const TEE = "tee";

/** On-chip RAM that the secure world has for itself; and the last 64 KiB of the other, where the guests' areas lie. */
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
/** Shared peripheral interrupts of their two channels each, the TEE's first. */
const FIRST_INTERRUPT = 128;

/**
 * The i.MX8MM with several agents, each with a channel in either direction by SMC. "tee" has secure channels in secure
 * memory and may change permissions, "linux" has the channels of {@link IMX8MM}, every other name is a guest.
 * @param names agents in the order of their IDs, the first one has ID 1
 * @throws CosimError USAGE for none, two of a name, or more than 4 guests
 */
export function imx8mmWith(names: readonly string[]): Platform {
	const guests = names.filter((name) => name !== LINUX && name !== TEE);
	if (
		names.length === 0 ||
		new Set(names).size !== names.length ||
		guests.length > MOST_GUESTS
	) {
		throw new CosimError(
			"USAGE",
			`agents ${names.join(", ")}: expected different names, linux, tee and at most ${MOST_GUESTS} others`,
		);
	}
	const channels = names.flatMap((name) => {
		if (name === LINUX) return IMX8MM.channels;
		if (name === TEE) return pair(TEE, 0, SECURE_RAM.address, true);
		const i = guests.indexOf(name);
		return pair(name, i + 1, GUEST_RAM.address + i * 2 * AREA_SIZE, false);
	});
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
		interrupt: FIRST_INTERRUPT + 2 * place + i,
		secure,
	}));
}
