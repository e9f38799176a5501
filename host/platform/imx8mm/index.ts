// The i.MX8MM as a platform: clocks, domains and registers from their tables, channels as the mailbox binding's example.
// Function IDs and shared memory: the arm,smc-mbox binding of 2019; PSCI and SMCCC numbers: Arm DEN0022 and DEN0028.

import {
	frozen,
	type Platform,
	type Service,
	VERSION_SETS,
} from "../platform.ts";
import { BLOCKS, SRAM } from "./blocks.ts";
import { CLOCKS } from "./clocks.ts";
import { DEVICETREE } from "./controllers.ts";
import { GUEST_CONSUMERS } from "./guest.ts";
import { management } from "./management.ts";
import { PERFORMANCE_DOMAINS } from "./performance.ts";
import { POWER_CONTROLLER, POWER_DOMAINS } from "./power-domains.ts";
import { RAILS } from "./rails.ts";
import { REGISTERS } from "./registers.ts";
import { RESETS } from "./resets.ts";
import { SENSORS, THERMAL } from "./sensors.ts";
import { SYSTEM } from "./system.ts";

/** Function IDs of the two mailbox channels (SMC64, fast, SiP service). */
export const TX_FUNCTION_ID = 0xc200_00fe;
export const RX_FUNCTION_ID = 0xc200_00ff;
/** The same two areas, served by a hypervisor (SMC64, fast, vendor-specific hypervisor service). */
export const HVC_TX_FUNCTION_ID = 0xc600_00fe;
export const HVC_RX_FUNCTION_ID = 0xc600_00ff;
/** Shared peripheral interrupts of the two channels: some that the SoC leaves unused. */
export const TX_INTERRUPT = 115;
export const RX_INTERRUPT = 116;
/** Size of each shared-memory area in bytes. */
export const AREA_SIZE = 0x200;

/** What both exception levels answer themselves. */
function common(exceptionLevel: 2 | 3): Service[] {
	return [
		{ functionId: 0x8000_0000, exceptionLevel, answer: [0x1_0004] }, // SMCCC_VERSION: 1.4
		{ functionId: 0x8000_0001, exceptionLevel, answer: "arch-features" },
		{ functionId: 0x8400_0000, exceptionLevel, answer: [0x1_0001] }, // PSCI_VERSION: 1.1
		{ functionId: 0x8400_000a, exceptionLevel, answer: "psci-features" },
	];
}

/** SiP service queries: call count, UID, revision. */
const SIP: readonly Service[] = [
	// The three queries and the two channels.
	{ functionId: 0x8200_ff00, exceptionLevel: 3, answer: [5] },
	// 5c3a1d6e-0a5c-4f0b-9a86-6d1c7b3e2f48, of this project's own, in x0..x3.
	{
		functionId: 0x8200_ff01,
		exceptionLevel: 3,
		answer: [0x6e1d_3a5c, 0x0b4f_5c0a, 0x1c6d_869a, 0x482f_3e7b],
	},
	{ functionId: 0x8200_ff03, exceptionLevel: 3, answer: [1, 0] },
];

/** Frozen, so that the image which the build makes of it stays true. */
export const IMX8MM: Platform = frozen({
	name: "imx8mm",
	devicetree: DEVICETREE,
	guestConsumers: GUEST_CONSUMERS,
	vendor: "scmi-cosim",
	subVendor: "imx8mm",
	implementationVersion: 1,
	cpus: 4,
	maxMessageSize: 128,
	protocols: VERSION_SETS["scmi-3.2"],
	agents: ["linux"],
	channels: [
		{
			functionId: TX_FUNCTION_ID,
			exceptionLevel: 3,
			agent: "linux",
			address: SRAM,
			size: AREA_SIZE,
			interrupt: TX_INTERRUPT,
		},
		{
			functionId: RX_FUNCTION_ID,
			exceptionLevel: 3,
			agent: "linux",
			address: SRAM + AREA_SIZE,
			size: AREA_SIZE,
			fromPlatform: true,
			interrupt: RX_INTERRUPT,
		},
		{
			functionId: HVC_TX_FUNCTION_ID,
			exceptionLevel: 2,
			agent: "linux",
			address: SRAM,
			size: AREA_SIZE,
			interrupt: TX_INTERRUPT,
		},
		{
			functionId: HVC_RX_FUNCTION_ID,
			exceptionLevel: 2,
			agent: "linux",
			address: SRAM + AREA_SIZE,
			size: AREA_SIZE,
			fromPlatform: true,
			interrupt: RX_INTERRUPT,
		},
	],
	services: [...common(3), ...common(2), ...SIP],
	hypervisorPassesOn: true,
	trapNs: 1_000,
	blocks: BLOCKS,
	clocks: CLOCKS,
	powerController: POWER_CONTROLLER,
	powerDomains: POWER_DOMAINS,
	resets: RESETS,
	rails: RAILS,
	performanceDomains: PERFORMANCE_DOMAINS,
	sensors: SENSORS,
	system: SYSTEM,
	thermal: THERMAL,
	management: management([TX_FUNCTION_ID, RX_FUNCTION_ID]),
	registers: REGISTERS,
});
