// What a platform is: tables that say which clocks, domains, registers, channels and agents a firmware has.
// A second SoC is another value of this type; image.ts compiles it for the engine.

import type { AgentRights, Device } from "./devices.ts";
import type { Management } from "./management.ts";
import type { PerformanceDomain } from "./performance.ts";
import type { Rail } from "./rails.ts";
import type { Reset } from "./resets.ts";
import type { Sensor, Thermal } from "./sensors.ts";
import type { SystemRegisters } from "./system.ts";

/** Names of the agents that are not just one more operating system. */
export const LINUX = "linux";
export const TEE = "tee";

/** Versions of the protocols that a platform serves; those left out it does not serve. */
export interface ProtocolVersions {
	base: number;
	powerDomain: number;
	systemPower?: number;
	performance?: number;
	clock: number;
	sensor?: number;
	reset?: number;
	voltage?: number;
}

/** Their IDs, ascending. */
export const PROTOCOL_IDS = {
	base: 0x10,
	powerDomain: 0x11,
	systemPower: 0x12,
	performance: 0x13,
	clock: 0x14,
	sensor: 0x15,
	reset: 0x16,
	voltage: 0x17,
} as const satisfies Record<keyof ProtocolVersions, number>;

/** Named sets of protocol versions, as Arm's specification of that number has them. */
export const VERSION_SETS = {
	"scmi-3.2": {
		base: 0x20001,
		powerDomain: 0x30001,
		systemPower: 0x20001,
		performance: 0x40000,
		clock: 0x30000,
		sensor: 0x30001,
		reset: 0x30001,
		voltage: 0x20001,
	},
	"scmi-3.1": {
		base: 0x20000,
		powerDomain: 0x30000,
		systemPower: 0x20000,
		performance: 0x30000,
		clock: 0x20000,
		sensor: 0x30000,
		reset: 0x30000,
		voltage: 0x20000,
	},
	"scmi-2.0": {
		base: 0x20000,
		powerDomain: 0x20000,
		systemPower: 0x10000,
		performance: 0x20000,
		clock: 0x10000,
		sensor: 0x10000,
		reset: 0x10000,
	},
	"scmi-1.0": {
		base: 0x10000,
		powerDomain: 0x10000,
		systemPower: 0x10000,
		performance: 0x10000,
		clock: 0x10000,
		sensor: 0x10000,
	},
} as const satisfies Record<string, ProtocolVersions>;

/** A range of physical addresses that the engine backs. */
export interface Block {
	name: string;
	/** Physical base address and size in bytes, both multiples of 16. */
	address: number;
	size: number;
	/** Name of the power domain that it lies in: nothing answers there while that is off. */
	powerDomain?: string;
	/** How words behave: see BlockKind in assembly/image.ts. */
	kind:
		| "ram"
		| "registers"
		| "set-clear-toggle"
		| "pll"
		| "power"
		| "system"
		| "thermal";
}

/** A bit field of a register: physical address, lowest bit, width in bits. */
export interface Field {
	address: number;
	shift: number;
	width: number;
}

interface ClockBase {
	/** ID in the devicetree binding, the SCMI clock ID. */
	id: number;
	/** Unique, at most 63 characters. */
	name: string;
	/** Must not be disabled. */
	critical?: boolean;
	/** Its own gate: on when any bit of the field is set. One that clocks share stays open while any of them is in use. */
	gate?: Field;
	/** µs from the request to a running clock, 0 to 65535; 0 when not told. */
	enableDelay?: number;
}

/**
 * A clock by how its rate comes about. Parents are names; a mux has one for each value of its field. Registers of muxes, dividers
 * and gates lie in blocks of any kind but "ram" and "power", those of PLLs in blocks of the kind "pll".
 */
export type Clock = ClockBase &
	(
		| { kind: "fixed"; rate: number }
		| { kind: "fixed-factor"; parent: string; mult: number; div: number }
		| {
				kind: "mux";
				parents: readonly string[];
				field: Field;
				forwardsRate?: boolean;
		  }
		| { kind: "divider"; parent: string; field: Field }
		| { kind: "gate"; parent: string }
		| {
				kind: "composite";
				parents: readonly string[];
				address: number;
				prediv: boolean;
				postdivWidth: number;
		  }
		| {
				kind: "pll";
				parent: string;
				/** Physical address of GNRL_CTL; DIV_CTL0 and DIV_CTL1 follow. */
				address: number;
				fractional: boolean;
				rates: readonly PllRate[];
				/** Reference cycles, divided by pdiv, until LOCK. */
				lockCycles: number;
				/** Agents cannot change its rate. */
				fixedRate?: boolean;
		  }
		| {
				kind: "cpu";
				parent: string;
				pll: string;
				park: string;
				parkParent: string;
		  }
		| { kind: "alias"; of: number }
	);

/** A PLL setting: rate in Hz and dividers. */
export interface PllRate {
	rate: number;
	mdiv: number;
	pdiv: number;
	sdiv: number;
	kdiv?: number;
}

/** A power domain. Bit numbers are those of the power controller's registers. */
export interface PowerDomain {
	id: number;
	name: string;
	/** ID of the enclosing domain. */
	parent: number | null;
	/** Regions with their request bit, mapping bit and PGC index. */
	switches: readonly {
		requestBit: number;
		mappingBit: number;
		pgcIndex: number;
	}[];
	handshakes: readonly { requestBit: number; acknowledgeBit: number }[];
	/** Clocks that run while it is switched, and with `keepsClocksOn` as long as it is on. */
	clocks: readonly string[];
	keepsClocksOn: boolean;
}

/** The power controller's registers, physical addresses. */
export interface PowerController {
	upRequest: number;
	downRequest: number;
	mapping: number;
	handshake: number;
	/** Control register of PGC index i: `pgcBase + i * 0x40`; its status 0xc behind it. */
	pgcBase: number;
	/** ns from a request to its completion. */
	switchNs: number;
	handshakeNs: number;
}

/** A mailbox channel of the firmware: one shared-memory area behind a function ID. */
export interface Channel {
	functionId: number;
	/** SMC lands in EL3, HVC in EL2. */
	exceptionLevel: 2 | 3;
	/** Name of the agent that owns it. */
	agent: string;
	/** Physical address and size of the area in bytes; it lies in one block of kind "ram". */
	address: number;
	size: number;
	/**
	 * The platform sends its messages here, delayed responses and notifications, and the function ID is how the agent
	 * tells that it has read one; without such a channel an agent is offered nothing asynchronous.
	 */
	fromPlatform?: boolean;
	/**
	 * Number of the shared peripheral interrupt that it raises: for each message of the platform, and for commands that
	 * ask for one when they are done.
	 */
	interrupt?: number;
	/**
	 * Its function ID is served only for a CPU in the secure state; from the normal world it does not exist. All channels of
	 * a function ID are alike.
	 */
	secure?: boolean;
}

/** A function ID that answers with constants, x0 first, or with the features of its owner. */
export interface Service {
	functionId: number;
	exceptionLevel: 2 | 3;
	answer: readonly number[] | "arch-features" | "psci-features";
}

/** A block controller: resets and clock gates of its own inside a mix domain, driven by the operating system. */
export interface BlockController {
	compatible: string;
	/** Offsets of the reset register (1 releases) and of the clock enable register. */
	softReset: number;
	clockEnable: number;
	/** By ID of its `#power-domain-cells`. The name is that of the domain above in `power-domain-names`. */
	domains: readonly {
		id: number;
		name: string;
		resetBits: number;
		clockBits: number;
		clocks: readonly string[];
	}[];
}

/** A power management chip whose regulators are the firmware's rails. */
export interface PowerChip {
	compatible: string;
	/** Names of the rails by the names of the nodes below `regulators`. */
	regulators: Readonly<Record<string, string>>;
}

/** How a board's devicetree names this SoC and its controllers: values of `compatible`. */
export interface DevicetreeNames {
	soc: string;
	clockController: string;
	powerController: string;
	/** Any of these is the one whose references are the reset domains' IDs. */
	resetControllers: readonly string[];
	blockControllers: readonly BlockController[];
	powerChips: readonly PowerChip[];
	/** Names of the nodes that a TEE uses on a board whose tree says it of none (`secure-status`). */
	secureDevices: readonly string[];
	/** What the part's fuses say of it, as `opp-supported-hw` of operating points has it: one word of bits for each. */
	supportedHardware: readonly number[];
}

/** A device of a guest's board that is made to use the firmware's clocks and domains, by their names. */
export interface GuestConsumer {
	/** `compatible` of the device; every enabled one gets the properties. */
	compatible: string;
	/** Its `clocks` entry, enabled by its bus. */
	clock: string;
	/** Its `assigned-clocks` with `assigned-clock-rates`, in Hz. */
	assigned: readonly { clock: string; rate: number }[];
	/** Its `power-domains` entry. */
	domain: string;
	/** Its `resets` entry, released by its bus. */
	reset: string;
}

export interface Platform {
	name: string;
	devicetree: DevicetreeNames;
	/** What a Linux guest on a board of another kind uses of this platform. */
	guestConsumers: readonly GuestConsumer[];
	vendor: string;
	subVendor: string;
	implementationVersion: number;
	/** 1 to 16. */
	cpus: number;
	/** Longest SMT message in bytes, header included, 76 to 4096. */
	maxMessageSize: number;
	protocols: ProtocolVersions;
	/** Agents by name; the platform itself is agent 0 and not listed. */
	agents: readonly string[];
	/** What the agents may, by their names; those left out may use every device, and change nobody's permissions. */
	agentRights?: Readonly<Record<string, AgentRights>>;
	/** What permissions are given for; without devices the platform serves no messages about permissions. */
	devices?: readonly Device[];
	channels: readonly Channel[];
	services: readonly Service[];
	/** EL2 passes calls that it does not serve on to EL3. */
	hypervisorPassesOn: boolean;
	/** Virtual ns that a trap costs. */
	trapNs: number;
	blocks: readonly Block[];
	clocks: readonly Clock[];
	powerController: PowerController | null;
	powerDomains: readonly PowerDomain[];
	resets: readonly Reset[];
	rails: readonly Rail[];
	performanceDomains: readonly PerformanceDomain[];
	sensors: readonly Sensor[];
	/** How the system is turned off and reset; null when it cannot be. */
	system: SystemRegisters | null;
	thermal: Thermal | null;
	/** The management processor that serves the channels where a devicetree names its mailbox; absent without one. */
	management?: Management;
	/** Register values at load: physical address, value. */
	registers: readonly (readonly [address: number, value: number])[];
}

/** num_clocks of a platform: one more than its highest clock ID. */
export function clockCount(platform: Platform): number {
	return platform.clocks.reduce(
		(most, clock) => Math.max(most, clock.id + 1),
		0,
	);
}

/**
 * The same platform for agents that cannot receive: no channel for the platform's messages, so that nothing asynchronous is
 * offered. The function IDs of such channels take commands.
 */
export function withoutPlatformChannels(platform: Platform): Platform {
	return {
		...platform,
		channels: platform.channels.map(
			({ fromPlatform: _, ...channel }) => channel,
		),
	};
}

/** The same tables, from now on as they are: nothing in them can be changed. */
export function frozen<Table>(table: Table): Table {
	if (typeof table === "object" && table !== null && !Object.isFrozen(table)) {
		Object.freeze(table);
		for (const value of Object.values(table)) frozen(value);
	}
	return table;
}
