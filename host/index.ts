// The package's public API, the same in Node and in browsers.
// Node adds node.ts, which finds the engine's module by itself.

export { Engine } from "./engine.ts";
export { CosimError, type ErrorCode } from "./errors.ts";
export type { Firmware } from "./firmware.ts";
export type { Conduit, Method } from "./mailbox/conduit.ts";
export { IMX8MM } from "./platform/imx8mm/index.ts";
export {
	type Platform,
	type ProtocolVersions,
	VERSION_SETS,
} from "./platform/platform.ts";
