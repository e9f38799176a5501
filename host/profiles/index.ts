// Firmware profiles by name: the specification's firmware, and known others with their quirks.
// A profile is one row here; what it is made of, profile.ts says.

import { Engine } from "../engine.ts";
import { CosimError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import { nearest } from "../scmi/nearest.ts";
import { IMX8MM_DRAFT } from "./imx8mm-draft/index.ts";
import type { Profile, ProfileFirmware, ProfileName } from "./profile.ts";

/** The engine as it is: SCMI as specified. */
const SPEC: Profile = {
	name: "spec",
	description: "SCMI as specified",
	quirks: [],
	clockIds: [],
	domainIds: [],
	platform: (platform) => platform,
	create: (createEngine, platform) => createEngine(platform),
};

/** Every profile, the default one first. */
export const PROFILES: readonly Profile[] = [SPEC, IMX8MM_DRAFT];

/** @throws CosimError UNKNOWN_NAME, with the nearest name */
export function findProfile(name: string): Profile {
	const found = PROFILES.find((profile) => profile.name === name);
	if (found !== undefined) return found;
	const names = PROFILES.map((profile) => profile.name);
	const guess = nearest(name, names);
	throw new CosimError(
		"UNKNOWN_NAME",
		`no firmware profile "${name}", ${guess === undefined ? `expected ${names.join(" or ")}` : `did you mean ${guess}?`}`,
	);
}

/**
 * A firmware of a profile on fresh hardware, in its state at load.
 * @param module the compiled engine, `scmi.wasm`
 * @throws CosimError UNKNOWN_NAME for a name that is no profile's, BUS_ERROR for a platform that lacks what the profile needs,
 * and what the engine's constructor throws
 */
export function createProfile(
	module: WebAssembly.Module,
	profile: ProfileName,
	platform: Platform,
): ProfileFirmware {
	return findProfile(profile).create(
		(platform) => new Engine(module, platform),
		platform,
	);
}
