// Devices, by which agents get and lose permissions, and what agents may when the platform is loaded.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2, leaves to the platform what a device is, and who may change permissions.

/** A device: what belongs to it, by the names in the platform's tables. */
export interface Device {
	/** 0 for the first one, ascending without holes. */
	id: number;
	/** Unique. */
	name: string;
	clocks?: readonly string[];
	powerDomains?: readonly string[];
	performanceDomains?: readonly string[];
	rails?: readonly string[];
	sensors?: readonly string[];
	resets?: readonly string[];
}

/** What an agent may. */
export interface AgentRights {
	/** It may change permissions, its own too, and reset the configuration of other agents. */
	trusted?: boolean;
	/** Names of the devices that it must not use until a trusted agent allows it. */
	denied?: readonly string[];
}
