// The package's public API, the same in Node and in browsers: the engine, and the host that an operating system is.
// Node adds node.ts, browsers browser.ts, which find the engine's module by themselves; tools.ts is what works on top of it.

export { BATCH_WORD, Batch, type BatchOptions } from "./batch.ts";
export { readFdt, writeFdt } from "./devicetree/fdt.ts";
// Whatever a type above is made of.
export type * from "./devicetree/scmi-nodes.ts";
export { addScmiNodes } from "./devicetree/scmi-nodes.ts";
export type * from "./devicetree/scmi-transport.ts";
export { DeviceTree, DtNode } from "./devicetree/tree.ts";
export type * from "./devicetree/values.ts";
export { callerOf, Engine, type EngineOptions } from "./engine.ts";
export { CosimError, type ErrorCode } from "./errors.ts";
export type { Firmware } from "./firmware.ts";
export type * from "./mailbox/arm-smc-mailbox.ts";
export { armSmcMailbox } from "./mailbox/arm-smc-mailbox.ts";
export type * from "./mailbox/conduit.ts";
export type {
	Conduit,
	FirmwareStop,
	Method,
	Stopped,
} from "./mailbox/conduit.ts";
export type * from "./mailbox/doorbell-mailbox.ts";
export {
	doorbellMailbox,
	MuType,
	muChannel,
} from "./mailbox/doorbell-mailbox.ts";
export type * from "./mailbox/framework.ts";
export {
	type MailboxChannel,
	type MailboxClient,
	MailboxController,
	requestChannel,
	requestChannelByName,
} from "./mailbox/framework.ts";
export type * from "./platform/devices.ts";
export type { AgentRights, Device } from "./platform/devices.ts";
export { imx8mmGuestChannels, imx8mmWith } from "./platform/imx8mm/agents.ts";
export { IMX8MM_DEVICES } from "./platform/imx8mm/devices.ts";
export { imx8mmBoard } from "./platform/imx8mm/devicetree.ts";
export { IMX8MM } from "./platform/imx8mm/index.ts";
export type * from "./platform/management.ts";
export type * from "./platform/performance.ts";
export type * from "./platform/platform.ts";
export {
	type Platform,
	type ProtocolVersions,
	VERSION_SETS,
	withoutPlatformChannels,
} from "./platform/platform.ts";
export type * from "./platform/rails.ts";
export type * from "./platform/resets.ts";
export type * from "./platform/sensors.ts";
export type * from "./platform/system.ts";
export type * from "./scmi/agent.ts";
export {
	type AgentOptions,
	type MessageEvent,
	ScmiAgent,
} from "./scmi/agent.ts";
export type * from "./scmi/base.ts";
export type * from "./scmi/clock.ts";
export type { AsyncCalls, RawReply } from "./scmi/command.ts";
export type { DelayedResponse } from "./scmi/delayed.ts";
export type * from "./scmi/exchange.ts";
export { LevelChannel, LimitsChannel } from "./scmi/fast-channel.ts";
export type * from "./scmi/inbox.ts";
export type { ReceivingSide } from "./scmi/inbox.ts";
export type * from "./scmi/notification.ts";
export type { Notification, NotificationFilter } from "./scmi/notification.ts";
export type * from "./scmi/payload.ts";
export type * from "./scmi/performance.ts";
export type * from "./scmi/power-domain.ts";
export { POWER_STATE_OFF, POWER_STATE_ON } from "./scmi/power-domain.ts";
export type * from "./scmi/reset-domain.ts";
export type * from "./scmi/sensor.ts";
export { SENSOR_UNITS } from "./scmi/sensor.ts";
export { SharedMemory } from "./scmi/shared-memory.ts";
export { ScmiError } from "./scmi/status.ts";
export type * from "./scmi/subscriptions.ts";
export { NotificationStream } from "./scmi/subscriptions.ts";
export type * from "./scmi/system-power.ts";
export type * from "./scmi/voltage.ts";
export { VOLTAGE_MODE_OFF, VOLTAGE_MODE_ON } from "./scmi/voltage.ts";
export type * from "./simulation/board.ts";
export {
	type Board,
	openBoard,
	platformFor,
} from "./simulation/board.ts";
export { type BootReport, boot } from "./simulation/boot.ts";
export type { BootError, Unserved } from "./simulation/findings.ts";
export { ManagedFirmware } from "./simulation/managed-firmware.ts";
export type * from "./simulation/management-processor.ts";
export type * from "./simulation/messaging-unit.ts";
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
export {
	attachEngine,
	type OpenedEngine,
	openSharedEngine,
	SharedEngine,
	type SharedEngineOptions,
	type SharedFirmware,
	whyNoThreads,
} from "./threads.ts";
