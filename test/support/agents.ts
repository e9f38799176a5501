// Platforms of three agents: linux, a trusted tee and a guest, each with a channel in either direction, and devices.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.

import type { Engine } from "../../host/engine.ts";
import { createEngine } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { Inbox, RX, TEE_RX, TEE_TX, TWO_AGENTS } from "./inbox.ts";
import { type AreaPlace, Smt, TX } from "./smt.ts";

/** The agents' IDs. */
export const LINUX = 1;
export const TEE = 2;
export const GUEST = 3;

export const GUEST_TX: AreaPlace = {
	...TX,
	address: TX.address + 0x800,
	functionId: 0xc200_0102,
};
export const GUEST_RX: AreaPlace = {
	...RX,
	address: TX.address + 0xa00,
	functionId: 0xc200_0103,
};

/** IDs of the devices below. */
export const UART2 = 0;
export const GPU = 1;
export const AUDIO = 2;

/** They share the clock audio_ahb, which is no real UART's. */
export const THREE_AGENTS: Platform = {
	...TWO_AGENTS,
	agents: ["linux", "tee", "guest"],
	channels: [
		...TWO_AGENTS.channels,
		...[GUEST_TX, GUEST_RX].map((place) => ({
			...(TWO_AGENTS.channels[0] as Platform["channels"][number]),
			functionId: place.functionId,
			address: place.address,
			agent: "guest",
			fromPlatform: place === GUEST_RX,
		})),
	],
	agentRights: { tee: { trusted: true }, guest: { denied: ["gpu"] } },
	devices: [
		{ id: UART2, name: "uart2", clocks: ["uart2", "audio_ahb"] },
		{
			id: GPU,
			name: "gpu",
			clocks: ["gpu3d_core"],
			powerDomains: ["gpu"],
			performanceDomains: IMX8MM.performanceDomains.map(({ name }) => name),
			rails: ["LDO5"],
			sensors: IMX8MM.sensors.map(({ name }) => name),
			resets: ["gpu-reset"],
		},
		{ id: AUDIO, name: "audio", clocks: ["audio_ahb"] },
	],
};

/** What an agent has to talk with. */
export interface Talker {
	smt: Smt;
	inbox: Inbox;
}

/** An engine with the three agents. */
export function threeAgents(platform: Platform = THREE_AGENTS): {
	engine: Engine;
	linux: Talker;
	tee: Talker;
	guest: Talker;
} {
	const engine = createEngine(platform);
	const talker = (tx: AreaPlace, rx: AreaPlace): Talker => ({
		smt: new Smt(engine, tx),
		inbox: new Inbox(engine, rx),
	});
	return {
		engine,
		linux: talker(TX, RX),
		tee: talker(TEE_TX, TEE_RX),
		guest: talker(GUEST_TX, GUEST_RX),
	};
}
