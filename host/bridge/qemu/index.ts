// The package's entry scmi-cosim/qemu, for Node: Linux guests in stock QEMU on the engine.
// Public API: what is not named here may change.

export { userCacheFolder } from "../../debian.ts";
export type { CallService, GuestCall, GuestFault } from "./calls.ts";
export type { Difference } from "./compare.ts";
export { GRACE_SECONDS, type Orphan, orphans } from "./files.ts";
export { Guest, type GuestEnd, type GuestOptions } from "./guest.ts";
export {
	checkBusybox,
	checkKernel,
	type DebianGuest,
	type DebianGuestOptions,
	debianGuest,
	type KernelImage,
} from "./guest-files.ts";
export { type GuestSteps, guestWords } from "./guest-init.ts";
export type {
	GuestBench,
	GuestConsumer,
	GuestHotplug,
	GuestRebind,
	GuestReport,
	GuestRun,
} from "./guest-report.ts";
export type {
	GuestClock,
	GuestInterrupt,
	GuestPowerDomain,
} from "./guest-tables.ts";
export { guestInitramfs } from "./initramfs.ts";
export {
	attachGuest,
	type RoundTrip,
	type RunOptions,
	type RunReport,
	runGuest,
	type Throughput,
} from "./run.ts";
