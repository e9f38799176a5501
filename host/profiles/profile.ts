// A firmware profile: a known firmware, right or wrong, under a name.
// What all of them share; the table of them is index.ts.

import type { Firmware } from "../firmware.ts";
import type { Platform } from "../platform/platform.ts";

/** A firmware that may have quirks. */
export interface ProfileFirmware extends Firmware {
	/** IDs of the quirks behind the last reply, or behind the stop: the one that says most about it last. */
	readonly quirks?: readonly string[];
}

/** A deviation from the specification. */
export interface Quirk {
	id: string;
	text: string;
}

export type ProfileName = "spec" | "imx8mm-draft";

export interface Profile {
	name: ProfileName;
	/** One line for people. */
	description: string;
	quirks: readonly Quirk[];
	/** IDs of the clocks and power domains that it treats in a way of its own. */
	clockIds: readonly number[];
	domainIds: readonly number[];
	/** What of a platform this firmware serves, and in which versions. */
	platform(platform: Platform): Platform;
	/**
	 * A firmware on fresh hardware.
	 * @param createEngine makes the hardware, with the specification's firmware on it
	 */
	create(
		createEngine: (platform: Platform) => Firmware,
		platform: Platform,
	): ProfileFirmware;
}
