// The SCMI nodes of a board for a platform: added where there are none, and pointed at SMC, HVC or a messaging unit.
// Bindings arm,scmi, arm,smc-mbox and fsl,mu; nothing here knows an SoC.

import {
	addScmiNodes,
	findScmi,
	type MailboxOptions,
	replaceMailbox,
} from "../devicetree/scmi-nodes.ts";
import type { Announcement } from "../devicetree/scmi-transport.ts";
import type { DeviceTree } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import {
	type Platform,
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../platform/platform.ts";

/**
 * Adds mailbox, shared memory and SCMI nodes for a platform's first two channels of a conduit, with every protocol that has
 * something to refer to; a tree that has an SCMI node is left alone. Returns whether nodes were added.
 */
export function addPlatformNodes(
	tree: DeviceTree,
	platform: Platform,
	mailbox: Announcement = "smc",
): boolean {
	const sram = platform.blocks.find(({ kind }) => kind === "ram");
	if (sram === undefined) throw noChannels(platform, mailbox);
	const { areaSize, ...options } = mailboxOptions(platform, mailbox);
	return addScmiNodes(tree, {
		...options,
		sram: { address: BigInt(sram.address), size: BigInt(sram.size) },
		areaSize,
		protocols: protocolsOf(platform),
		regulators: platform.rails,
	}).added;
}

/**
 * Makes a board reach its firmware by another mailbox, and changes nothing else; a tree without SCMI nodes gets them.
 * Throws DT_BINDING for an SCMI node without a mailbox, PLATFORM_INVALID when the platform does not serve such a one.
 */
export function setMailbox(
	tree: DeviceTree,
	platform: Platform,
	mailbox: Announcement,
): void {
	const scmi = findScmi(tree);
	if (scmi === undefined) addPlatformNodes(tree, platform, mailbox);
	else replaceMailbox(tree, scmi, mailboxOptions(platform, mailbox));
}

/** The platform's first two channels behind a conduit, or its first two doorbells. */
function mailboxOptions(
	platform: Platform,
	mailbox: Announcement,
): MailboxOptions & { areaSize: number } {
	const level = mailbox === "hvc" ? 2 : 3;
	const { management } = platform;
	const [tx, rx] =
		mailbox === "doorbell"
			? (management?.doorbells ?? []).map((id) =>
					platform.channels.find((row) => row.functionId === id),
				)
			: platform.channels.filter((row) => row.exceptionLevel === level);
	if (tx === undefined || rx === undefined) throw noChannels(platform, mailbox);
	const options: MailboxOptions & { areaSize: number } = {
		areaSize: tx.size,
		functionIds: [tx.functionId, rx.functionId],
		...(rx.fromPlatform !== true ||
		tx.interrupt === undefined ||
		rx.interrupt === undefined
			? {}
			: { interrupts: [tx.interrupt, rx.interrupt] }),
		method: mailbox === "hvc" ? "hvc" : "smc",
	};
	if (mailbox !== "doorbell" || management === undefined) return options;
	const { address, size, compatible, interrupt } = management;
	return {
		...options,
		messagingUnit: {
			address: BigInt(address),
			size: BigInt(size),
			compatible,
			interrupt,
		},
	};
}

function noChannels(platform: Platform, mailbox: Announcement): CosimError {
	return new CosimError(
		"PLATFORM_INVALID",
		`platform ${platform.name}: no memory with two ${mailbox} channels`,
	);
}

/** IDs of the protocols that serve something which devices refer to. */
function protocolsOf(platform: Platform): number[] {
	const served: [keyof ProtocolVersions, readonly unknown[]][] = [
		["powerDomain", platform.powerDomains],
		["performance", platform.performanceDomains],
		["clock", platform.clocks],
		["sensor", platform.sensors],
		["reset", platform.resets],
		["voltage", platform.rails],
	];
	return served
		.filter(([name, rows]) => platform.protocols[name] && rows.length > 0)
		.map(([name]) => PROTOCOL_IDS[name]);
}
