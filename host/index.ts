// The package's public API, the same in Node and in browsers.
// Node adds node.ts, which finds the engine's module by itself.

export { checkBindings, type Finding } from "./devicetree/bindings.ts";
export { readFdt, writeFdt } from "./devicetree/fdt.ts";
export { applyOverlay } from "./devicetree/overlay.ts";
export { addScmiNodes } from "./devicetree/scmi-nodes.ts";
export { DeviceTree, DtNode } from "./devicetree/tree.ts";
export { Engine } from "./engine.ts";
export { CosimError, type ErrorCode } from "./errors.ts";
export type { Firmware } from "./firmware.ts";
export { armSmcMailbox } from "./mailbox/arm-smc-mailbox.ts";
export type {
	Conduit,
	FirmwareStop,
	Method,
	Stopped,
} from "./mailbox/conduit.ts";
export {
	doorbellMailbox,
	MuType,
	muChannel,
} from "./mailbox/doorbell-mailbox.ts";
export {
	type MailboxChannel,
	type MailboxClient,
	MailboxController,
	requestChannel,
	requestChannelByName,
} from "./mailbox/framework.ts";
export type { AgentRights, Device } from "./platform/devices.ts";
export { imx8mmWith } from "./platform/imx8mm/agents.ts";
export { IMX8MM_DEVICES } from "./platform/imx8mm/devices.ts";
export { imx8mmBoard } from "./platform/imx8mm/devicetree.ts";
export { IMX8MM } from "./platform/imx8mm/index.ts";
export {
	type Platform,
	type ProtocolVersions,
	VERSION_SETS,
	withoutPlatformChannels,
} from "./platform/platform.ts";
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
	type AgentOptions,
	type MessageEvent,
	ScmiAgent,
} from "./scmi/agent.ts";
export { LevelChannel, LimitsChannel } from "./scmi/fast-channel.ts";
export type { ReceivingSide } from "./scmi/inbox.ts";
export type { Notification, NotificationFilter } from "./scmi/notification.ts";
export { POWER_STATE_OFF, POWER_STATE_ON } from "./scmi/power-domain.ts";
export { SENSOR_UNITS } from "./scmi/sensor.ts";
export { SharedMemory } from "./scmi/shared-memory.ts";
export { ScmiError } from "./scmi/status.ts";
export { NotificationStream } from "./scmi/subscriptions.ts";
export { VOLTAGE_MODE_OFF, VOLTAGE_MODE_ON } from "./scmi/voltage.ts";
export {
	type Board,
	openBoard,
	platformFor,
} from "./simulation/board.ts";
export { type BootReport, boot } from "./simulation/boot.ts";
export type { BootError, Unserved } from "./simulation/findings.ts";
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
export { ManagedFirmware } from "./simulation/managed-firmware.ts";
export { MessagingUnit } from "./simulation/messaging-unit.ts";
export { setMailbox } from "./simulation/platform-nodes.ts";
export {
	type ClockState,
	type PerformanceDomainState,
	type PowerDomainState,
	type RailState,
	type ResetState,
	readClocks,
	readPerformanceDomains,
	readPowerDomains,
	readRails,
	readResets,
} from "./simulation/state.ts";
export { decodeMessage } from "./trace/decode.ts";
export { encodeMessage } from "./trace/encode.ts";
