// What works on top of engine and host, the same in Node and in browsers: several agents, profiles, scenarios, words for bytes.
// Apart from index.ts, so that a page which only needs a firmware stays small: `scmi-cosim/tools` there, all of it in Node.

export { checkBindings, type Finding } from "./devicetree/bindings.ts";
export { applyOverlay } from "./devicetree/overlay.ts";
export { diffProfiles, type ProfileDiff } from "./profiles/diff.ts";
export {
	createProfile,
	findProfile,
	PROFILES,
} from "./profiles/index.ts";
export type {
	Profile,
	ProfileFirmware,
	ProfileName,
	Quirk,
} from "./profiles/profile.ts";
export { everyCommand, recordBoot } from "./profiles/traffic.ts";
export {
	type AgentReport,
	type AgentsReport,
	bootAgents,
} from "./simulation/boot-agents.ts";
export { Guest, type GuestOptions } from "./simulation/hypervisor/guest.ts";
export type { GuestChannel } from "./simulation/hypervisor/guest-area.ts";
export type { GuestChannels } from "./simulation/hypervisor/guest-platform.ts";
export {
	Hypervisor,
	type HypervisorOptions,
} from "./simulation/hypervisor/hypervisor.ts";
export {
	allResources,
	type GuestResources,
} from "./simulation/hypervisor/id-map.ts";
export type {
	GuestCommand,
	GuestPolicy,
} from "./simulation/hypervisor/policy.ts";
export {
	type Cause,
	INVARIANTS,
	InvariantChecker,
	type InvariantName,
	type Violation,
	violationText,
	WatchedFirmware,
	type WatchOptions,
	watchInvariants,
} from "./simulation/invariants/index.ts";
export * from "./simulation/scenario/index.ts";
export type { Survived, Survivor } from "./simulation/survivors.ts";
export { decodeMessage } from "./trace/decode.ts";
export { encodeMessage } from "./trace/encode.ts";
